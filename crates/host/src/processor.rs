//! Which processor another Mac has, by what is found on one kind of Mac alone.
//!
//! What may lie on both tells nothing: a folder of an Intel Homebrew, a program for both, a settings file of a runtime.

use std::path::Path;

use crate::docker_desktop::App;
use crate::document::Document;
use crate::{Os, Roots, Version, checks, folders, homebrew, host_rosetta, plist_file, read};

const APPLES: &str = "arm64";
const INTELS: &str = "amd64";

/// The first macOS for Apple Silicon, as its own file writes it, and the first that runs on nothing else.
const FIRST_FOR_APPLES: (u32, u32) = (10, 16);
const FIRST_FOR_APPLES_ALONE: (u32, u32) = (27, 0);
/// The list of the network's interfaces, which names the Mac that has them: `MacBookPro18,3`. The settings beside it name
/// one as well, and may have come along from an older Mac.
const INTERFACES: &str = "Library/Preferences/SystemConfiguration/NetworkInterfaces.plist";
const MODEL: &str = "Model";
/// Families of Macs that had both, with the number of the first with Apple Silicon; the others had one of them only.
const MODELS: [(&str, u32); 4] = [
    ("MacBookPro", 17),
    ("MacBookAir", 10),
    ("Macmini", 9),
    ("iMac", 21),
];
const MODELS_OF_APPLE: [&str; 2] = ["Mac", "VirtualMac"];
const MODELS_OF_INTEL: [&str; 3] = ["iMacPro", "MacPro", "MacBook"];
/// Applications of runtimes, with one for each kind of Mac.
const APPS: [&str; 3] = ["Docker.app", "OrbStack.app", "Rancher Desktop.app"];
/// Machines of Lima and of Colima that Apple's framework ran, which it does for its own processor alone.
const LIMAS: [&str; 3] = [".lima", ".colima/_lima", ".config/colima/_lima"];
const RAN_IN_VZ: &str = "vz-identifier";
/// Machines of Podman that Apple's framework runs, with the image that each starts.
const PODMANS: &str = ".config/containers/podman/machine/applehv";
const PODMAN_IMAGE: &str = "ImagePath.Path";
/// More machines of one runtime than anybody keeps.
const MACHINES: usize = 64;

/// The processor of the Mac whose files are under `roots`, in the containers' words; `None` where nothing tells it.
pub(crate) fn of_files(roots: &Roots, macos: Option<&Version>) -> Option<String> {
    let has_rosetta = host_rosetta::is_apple_silicon(roots);
    let found = by_macos(macos)
        .or_else(|| has_rosetta.then_some(APPLES))
        .or_else(|| by_model(&model(roots)?))
        .or_else(|| homebrew::is_of_apple_silicon(roots).then_some(APPLES))
        .or_else(|| by_programs(roots))
        .or_else(|| by_machines(roots));
    found.map(str::to_owned)
}

fn by_macos(macos: Option<&Version>) -> Option<&'static str> {
    let macos = macos?;
    let is_from = |(major, minor)| macos.is_at_least(major, minor);
    if is_from(FIRST_FOR_APPLES_ALONE) {
        Some(APPLES)
    } else {
        (!is_from(FIRST_FOR_APPLES)).then_some(INTELS)
    }
}

fn model(roots: &Roots) -> Option<String> {
    let list = plist_file::dictionary(roots, &roots.known(INTERFACES)).ok()?;
    Some(list.get(MODEL)?.as_str()?.to_owned())
}

fn by_model(model: &str) -> Option<&'static str> {
    let split = model.find(|letter: char| letter.is_ascii_digit())?;
    let (family, number) = model.split_at(split);
    let number: u32 = number.split(',').next()?.parse().ok()?;
    if MODELS_OF_APPLE.contains(&family) {
        return Some(APPLES);
    }
    if MODELS_OF_INTEL.contains(&family) {
        return Some(INTELS);
    }
    let (_, first) = MODELS.into_iter().find(|(name, _)| *name == family)?;
    Some(if number >= first { APPLES } else { INTELS })
}

/// Programs for Apple Silicon run there alone. Those for Intel run there too, if an installed Rosetta translates them:
/// without one, whose absence is known when this is asked, an application of theirs was used on an Intel Mac.
fn by_programs(roots: &Roots) -> Option<&'static str> {
    let apps = APPS.into_iter().filter_map(|name| {
        let bundle = folders::bundle(roots, name)?;
        App::at(bundle).architecture(roots)
    });
    let apps: Vec<_> = apps.collect();
    let is_of_apple = apps.iter().any(|it| it == APPLES) || checks::has_program_of(roots, Os::MacOs, APPLES);
    if is_of_apple {
        return Some(APPLES);
    }
    apps.iter().any(|it| it == INTELS).then_some(INTELS)
}

fn by_machines(roots: &Roots) -> Option<&'static str> {
    let of_lima = LIMAS.into_iter().find_map(|folder| {
        let folder = roots.home.join(folder);
        let names = read::names(roots, &folder, MACHINES).ok()?;
        names.iter().find_map(|name| of_lima(roots, &folder.join(name)))
    });
    of_lima.or_else(|| {
        let folder = roots.home.join(PODMANS);
        let names = read::names(roots, &folder, MACHINES).ok()?;
        names.iter().find_map(|name| of_podman(roots, &folder.join(name)))
    })
}

fn of_lima(roots: &Roots, folder: &Path) -> Option<&'static str> {
    if !roots.is_file(&folder.join(RAN_IN_VZ)) {
        return None;
    }
    let settings = Document::yaml(roots, &folder.join("lima.yaml")).ok()??;
    match settings.word("arch")?.value.as_str() {
        "aarch64" => Some(APPLES),
        "x86_64" => Some(INTELS),
        _ => None,
    }
}

/// Podman names the image after the processor: `podman-machine-default-arm64.raw`.
fn of_podman(roots: &Roots, file: &Path) -> Option<&'static str> {
    let image = Document::json(roots, file).ok()??.word(PODMAN_IMAGE)?.value;
    let name = Path::new(&image).file_stem()?.to_str()?;
    match name.rsplit('-').next()? {
        "arm64" | "aarch64" => Some(APPLES),
        "amd64" | "x86_64" => Some(INTELS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_macs_model_tells_its_processor_where_it_is_known() {
        for (model, expected) in [
            ("MacBookPro18,3", Some(APPLES)),
            ("MacBookPro16,1", Some(INTELS)),
            ("MacBookAir10,1", Some(APPLES)),
            ("Macmini8,1", Some(INTELS)),
            ("iMac21,2", Some(APPLES)),
            ("iMacPro1,1", Some(INTELS)),
            ("Mac16,7", Some(APPLES)),
            ("MacPro7,1", Some(INTELS)),
            ("Xserve3,1", None),
            ("MacBookPro", None),
            ("MacBookProx,1", None),
            ("", None),
        ] {
            assert_eq!(by_model(model), expected, "{model}");
        }
    }

    #[test]
    fn a_macos_of_one_kind_of_mac_alone_tells_it() {
        for (macos, expected) in [
            ("10.15.7", Some(INTELS)),
            ("10.16", None),
            ("11.0", None),
            ("26.6.2", None),
            ("27.0", Some(APPLES)),
        ] {
            assert_eq!(by_macos(Version::parse(macos).as_ref()), expected, "{macos}");
        }
        assert_eq!(by_macos(None), None);
    }
}
