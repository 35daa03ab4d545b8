//! What a walk finds: counts, foreign files, and whose they are. Bounded, whatever is found.

use std::collections::{BTreeMap, HashMap};

use platform::{
    Detail, Distribution, Format, Native, Package, PackageKind, Platform, Program, family, read_program,
};

use super::{Foreign, Group, Scan};

/// So many foreign files are listed by their paths; more are counted. An image of the wrong platform has some thousands.
const LISTED: usize = 20_000;

/// So many packages with programs are told apart. Large images have some hundreds.
const PACKAGES: usize = 4096;

/// Entries of Python's folders whose distribution is known: some for each distribution.
const ENTRIES: usize = 16 * 1024;

/// All paths and names together, so that memory does not depend on how long somebody made them.
const TEXT: usize = 2 * 1024 * 1024;

/// Platforms of one package that are told apart; there are not many more in all.
const PLATFORMS: usize = 16;

/// A count of files, and of those among them that are for another platform. Files are shown to it one after the other.
#[derive(Debug)]
pub struct Census {
    of: Platform,
    files: u64,
    programs: u64,
    unnamed: u64,
    foreign: Vec<Foreign>,
    left_out: u64,
    packages: HashMap<Package, Group>,
    /// What a distribution brought, by folder and entry, with the distribution's name.
    brought: HashMap<(String, String), String>,
    text: usize,
}

impl Census {
    /// Nothing yet; what does not run on `of` will be foreign.
    pub fn new(of: Platform) -> Self {
        Self {
            of,
            files: 0,
            programs: 0,
            unnamed: 0,
            foreign: Vec::new(),
            left_out: 0,
            packages: HashMap::new(),
            brought: HashMap::new(),
            text: 0,
        }
    }

    pub(super) fn files(&self) -> u64 {
        self.files
    }

    /// Takes the file that lies at `path`, on the mount with this number: its first bytes, and how many there are.
    pub fn take(&mut self, path: &[u8], head: &[u8], size: u64, mount: Option<usize>) {
        self.files += 1;
        if may_be_program(head) {
            self.take_program(&String::from_utf8_lossy(path), &read_program(head, size), mount);
        } else if describes_distribution(path) {
            self.take_description(&String::from_utf8_lossy(path), head);
        }
    }

    fn take_program(&mut self, path: &str, program: &Program, mount: Option<usize>) {
        let Some((platform, is_foreign)) = self.judge(program) else {
            return;
        };
        self.programs += 1;
        let Some(platform) = platform else {
            self.unnamed += 1;
            return;
        };
        let foreign = is_foreign.then(|| Foreign {
            path: path.to_owned(),
            platform,
            format: program.format,
            group: None,
            mount,
        });
        if let Some(package) = Package::of(path) {
            self.count(package, path, foreign.as_ref(), mount);
        }
        if let Some(foreign) = foreign {
            self.list(foreign);
        }
    }

    /// The platform of a program, `None` when it has no name, and whether it is foreign; `None` for what is no program.
    fn judge(&self, program: &Program) -> Option<(Option<Platform>, bool)> {
        let platform = program.platform.clone();
        let or_unknown = |os: &str| platform.clone().or_else(|| Some(Platform::new(os, "", "")));
        match program.format {
            Format::Elf => {
                let foreign = |platform: &Platform| platform.runs_on(&self.of) == Native::No;
                Some((platform.clone(), platform.as_ref().is_some_and(foreign)))
            }
            Format::MachO => Some((or_unknown("darwin"), true)),
            // Two letters and a number that leads somewhere are not enough.
            Format::Pe if matches!(&program.detail, Detail::Pe(pe) if pe.machine.is_none()) => None,
            Format::Pe => Some((or_unknown("windows"), true)),
            Format::Script | Format::Text | Format::Empty | Format::Other => None,
        }
    }

    fn list(&mut self, foreign: Foreign) {
        let room = self.foreign.len() < LISTED && self.has_room(foreign.path.len());
        if room {
            self.foreign.push(foreign);
        } else {
            self.left_out += 1;
        }
    }

    fn count(&mut self, package: Package, path: &str, foreign: Option<&Foreign>, mount: Option<usize>) {
        if !self.packages.contains_key(&package) {
            let length = package.folder.len() + package.name.len();
            if self.packages.len() >= PACKAGES || !self.has_room(length * 2) {
                return;
            }
        }
        let inside = path.get(package.folder.len()..).unwrap_or_default();
        let inside = inside.strip_prefix('/').unwrap_or(inside);
        let inside = inside.strip_prefix(package.name.as_str()).unwrap_or(inside);
        let tagged = family(inside).is_some();
        let group = self
            .packages
            .entry(package)
            .or_insert_with_key(|package| Group::new(package.clone(), mount));
        group.count(foreign, tagged);
    }

    fn take_description(&mut self, path: &str, head: &[u8]) {
        let Some(Distribution { folder, name }) = Distribution::described_by(path) else {
            return;
        };
        let mut entries = vec![plain(&name)];
        match path.rsplit('/').next() {
            Some("RECORD") => entries.extend(Distribution::entries(head)),
            Some("top_level.txt") => {
                let text = String::from_utf8_lossy(head);
                entries.extend(text.lines().map(|line| line.trim().to_owned()));
            }
            _ => {}
        }
        for entry in entries {
            let key = (folder.clone(), entry);
            let known = self.brought.contains_key(&key);
            let length = folder.len() + key.1.len() + name.len();
            if !known && self.brought.len() < ENTRIES && self.has_room(length) {
                self.brought.insert(key, name.clone());
            }
        }
    }

    /// Whether `length` bytes more may be kept; if so they count as kept.
    fn has_room(&mut self, length: usize) -> bool {
        let room = self.text + length <= TEXT;
        if room {
            self.text += length;
        }
        room
    }

    /// The package under the name that its manager knows.
    fn known_as(&self, mut package: Package) -> Package {
        if package.kind != PackageKind::Python {
            return package;
        }
        let guessed = Distribution::guessed(&package.name).to_owned();
        let keys = [package.name.clone(), plain(&guessed), guessed.clone()];
        let brought = keys
            .into_iter()
            .find_map(|entry| self.brought.get(&(package.folder.clone(), entry)));
        package.name = brought.cloned().unwrap_or(guessed);
        package
    }

    /// Everything, with each file's package.
    pub fn finish(mut self) -> Scan {
        let mut merged: BTreeMap<Package, Group> = BTreeMap::new();
        for (package, group) in std::mem::take(&mut self.packages) {
            let known = self.known_as(package);
            match merged.get_mut(&known) {
                Some(all) => all.add(&group),
                None => drop(merged.insert(
                    known.clone(),
                    Group {
                        package: known,
                        ..group
                    },
                )),
            }
        }
        cover_families(&mut merged);
        let groups: Vec<Group> = merged.into_values().filter(|group| group.files > 0).collect();
        let places: HashMap<&Package, usize> = groups
            .iter()
            .enumerate()
            .map(|(index, group)| (&group.package, index))
            .collect();
        let mut foreign = std::mem::take(&mut self.foreign);
        for file in &mut foreign {
            let package = Package::of(&file.path).map(|package| self.known_as(package));
            file.group = package.and_then(|package| places.get(&package).copied());
        }
        Scan {
            platform: self.of,
            files: self.files,
            programs: self.programs,
            unnamed: self.unnamed,
            foreign,
            left_out: self.left_out,
            groups,
            mounts: Vec::new(),
            broken: None,
        }
    }
}

impl Group {
    fn new(package: Package, mount: Option<usize>) -> Self {
        Self {
            package,
            files: 0,
            native: 0,
            tagged: 0,
            elf: 0,
            mach_o: 0,
            launchers: 0,
            platforms: Vec::new(),
            covered: false,
            mount,
        }
    }

    fn count(&mut self, foreign: Option<&Foreign>, tagged: bool) {
        let Some(foreign) = foreign else {
            self.native += 1;
            return;
        };
        self.files += 1;
        self.tagged += u64::from(tagged);
        self.elf += u64::from(foreign.format == Format::Elf);
        self.mach_o += u64::from(foreign.format == Format::MachO);
        let launches = foreign.format == Format::Pe && ends_in_exe(&foreign.path);
        self.launchers += u64::from(launches);
        self.add_platform(&foreign.platform);
    }

    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.native += other.native;
        self.tagged += other.tagged;
        self.elf += other.elf;
        self.mach_o += other.mach_o;
        self.launchers += other.launchers;
        for platform in &other.platforms {
            self.add_platform(platform);
        }
    }

    fn add_platform(&mut self, platform: &Platform) {
        if self.platforms.len() < PLATFORMS && !self.platforms.contains(platform) {
            self.platforms.push(platform.clone());
            self.platforms.sort();
        }
    }
}

/// A package that names platforms in its files and has some for this one picks these; so does a family of packages.
fn cover_families(groups: &mut BTreeMap<Package, Group>) {
    let kin = |package: &Package| Some((package.kind, package.folder.clone(), family(&package.name)?));
    let native: Vec<_> = groups
        .iter()
        .filter(|(_, group)| group.native > 0)
        .filter_map(|(package, _)| kin(package))
        .collect();
    for (package, group) in groups {
        let picks = group.native > 0 && group.tagged == group.files;
        group.covered = picks || kin(package).is_some_and(|kin| native.contains(&kin));
    }
}

/// Whether a file that begins so is worth a closer look.
fn may_be_program(head: &[u8]) -> bool {
    const MACH_O: [[u8; 4]; 6] = [
        [0xfe, 0xed, 0xfa, 0xce],
        [0xfe, 0xed, 0xfa, 0xcf],
        [0xce, 0xfa, 0xed, 0xfe],
        [0xcf, 0xfa, 0xed, 0xfe],
        [0xca, 0xfe, 0xba, 0xbe],
        [0xca, 0xfe, 0xba, 0xbf],
    ];
    head.starts_with(b"\x7fELF")
        || head.starts_with(b"MZ")
        || MACH_O.iter().any(|magic| head.starts_with(magic))
}

fn describes_distribution(path: &[u8]) -> bool {
    let has = |part: &[u8]| path.windows(part.len()).any(|window| window == part);
    has(b".dist-info") || has(b".egg-info")
}

fn ends_in_exe(path: &str) -> bool {
    path.len() > 4 && path.as_bytes()[path.len() - 4..].eq_ignore_ascii_case(b".exe")
}

/// A name of a distribution in one spelling: pip takes `Foo-Bar`, `foo_bar` and `foo.bar` for the same.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.'], "_")
}

#[cfg(test)]
mod tests;
