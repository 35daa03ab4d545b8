//! The folder that is built: what is in it, what a build sees of it, and what its files are.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use platform::{Program, read_program};

use super::{Dockerfile, Ignore, copies, ignore};

/// The most files and folders that are looked at. Rules go by what is there, never by what was not seen.
const ENTRIES: usize = 20_000;

/// How deep folders may lie in folders.
const DEPTH: usize = 16;

/// The most files of which the first bytes are read.
const HEADS: usize = 4000;

/// The first bytes: headers of programs, and a script's first line.
const HEAD: u64 = 4096;

/// The longest `.dockerignore`.
const IGNORE: u64 = 1024 * 1024;

/// How far up from the Dockerfile the folder that is built is looked for.
const PARENTS: usize = 4;

/// Folders that are noted and not looked into: they hold thousands of files, and are told by themselves.
const CLOSED: [&str; 4] = [".git", "node_modules", ".hg", ".svn"];

/// What makes a folder a Python environment.
const ENVIRONMENT: &str = "pyvenv.cfg";

/// A file or folder of the context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A folder.
    Folder,
    /// A Python environment, which is not looked into.
    Environment,
    /// A file: its permissions, and what its first bytes say, where they were read.
    File(u32, Option<Box<Program>>),
}

/// The folder that is built, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    root: Option<PathBuf>,
    entries: BTreeMap<String, Entry>,
    ignore: Option<Ignore>,
}

impl Context {
    /// Nothing is known of it.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Looks at the folder `root`, for the Dockerfile at `file`, which may have a `.dockerignore` of its own.
    pub fn look(root: &Path, file: &Path) -> Self {
        let mut own = file.as_os_str().to_owned();
        own.push(".dockerignore");
        let text = text(Path::new(&own)).or_else(|| text(&root.join(".dockerignore")));
        let mut context = Self {
            root: Some(root.to_owned()),
            entries: BTreeMap::new(),
            ignore: text.map(|text| Ignore::parse(&text)),
        };
        let mut heads = HEADS;
        context.walk(root, "", 0, &mut heads);
        context
    }

    /// The nearest folder, from that of the Dockerfile at `path` up, that has what it copies. Unknown where none has.
    pub fn beside(path: &Path, file: &Dockerfile) -> Self {
        let wanted = copies::wanted(file);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let has_all = |root: &&Path| wanted.iter().all(|source| root.join(source).exists());
        if wanted.is_empty() {
            return Self::look(folder, path);
        }
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let found = whole.ancestors().take(PARENTS).find(has_all);
        found.map_or_else(Self::unknown, |root| Self::look(root, path))
    }

    /// Where it is; `None` where nothing is known of it.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Whether there is a `.dockerignore`.
    pub fn has_ignore(&self) -> bool {
        self.ignore.is_some()
    }

    /// Whether a build does not see `path`.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.ignore.as_ref().is_some_and(|ignore| ignore.leaves_out(path))
    }

    /// What is at `path`, whether a build sees it or not.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// What a build sees of it, below the folder `path` (empty is all).
    pub fn below<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let start = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        let from = self.entries.range(start.clone()..);
        from.take_while(move |(name, _)| name.starts_with(&start))
            .filter(|(name, _)| !self.leaves_out(name))
            .map(|(name, entry)| (name.as_str(), entry))
    }

    /// What a source of `COPY` names, whether a build sees it or not.
    pub(crate) fn sources(&self, pattern: &str) -> Vec<&str> {
        let Some(pattern) = ignore::cleaned(pattern) else {
            return vec![""];
        };
        if let Some((name, _)) = self.entries.get_key_value(&pattern) {
            return vec![name];
        }
        if !pattern.contains(['*', '?', '[']) {
            return Vec::new();
        }
        let fits = |name: &&String| ignore::is_match(&pattern, name);
        self.entries.keys().filter(fits).map(String::as_str).collect()
    }

    fn walk(&mut self, folder: &Path, above: &str, depth: usize, heads: &mut usize) {
        let Ok(list) = fs::read_dir(folder) else { return };
        let mut list: Vec<_> = list.filter_map(Result::ok).take(ENTRIES).collect();
        list.sort_by_key(fs::DirEntry::file_name);
        for found in list {
            let (Ok(name), Ok(kind)) = (found.file_name().into_string(), found.file_type()) else {
                continue;
            };
            if self.entries.len() >= ENTRIES {
                return;
            }
            let path = if above.is_empty() {
                name.clone()
            } else {
                format!("{above}/{name}")
            };
            if kind.is_dir() {
                let is_environment = found.path().join(ENVIRONMENT).is_file();
                let entry = if is_environment {
                    Entry::Environment
                } else {
                    Entry::Folder
                };
                self.entries.insert(path.clone(), entry);
                if depth < DEPTH && !is_environment && !CLOSED.contains(&name.as_str()) {
                    self.walk(&found.path(), &path, depth + 1, heads);
                }
            } else if kind.is_file() {
                let program = (*heads > 0 && !self.leaves_out(&path))
                    .then(|| head(&found.path()))
                    .flatten();
                *heads -= usize::from(program.is_some());
                let mode = found
                    .metadata()
                    .map_or(0o777, |metadata| metadata.permissions().mode());
                self.entries
                    .insert(path, Entry::File(mode & 0o777, program.map(Box::new)));
            }
        }
    }
}

fn head(path: &Path) -> Option<Program> {
    let file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let mut bytes = Vec::new();
    file.take(HEAD).read_to_end(&mut bytes).ok()?;
    Some(read_program(&bytes, size))
}

fn text(path: &Path) -> Option<String> {
    // Asked before opening: a pipe would wait for its writer.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(IGNORE).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, "x").expect("a file");
        }
        folder
    }

    #[test]
    fn a_build_sees_what_is_not_left_out() {
        let folder = folder(&[
            "a/b.txt",
            "a/c.log",
            "node_modules/x/y",
            "venv/pyvenv.cfg",
            "venv/z",
        ]);
        fs::write(folder.path().join(".dockerignore"), "**/*.log\n").expect("a file");
        let context = Context::look(folder.path(), &folder.path().join("Dockerfile"));
        let seen: Vec<_> = context.below("").map(|(name, _)| name).collect();
        assert_eq!(seen, [".dockerignore", "a", "a/b.txt", "node_modules", "venv"]);
        assert_eq!(context.entry("venv"), Some(&Entry::Environment));
        assert_eq!(context.sources("./a/*.txt"), ["a/b.txt"]);
        assert_eq!(context.sources("."), [""]);
        assert!(context.sources("none").is_empty());
        assert_eq!(
            context.below("a").map(|(name, _)| name).collect::<Vec<_>>(),
            ["a/b.txt"]
        );
        fs::write(folder.path().join("Dockerfile.dockerignore"), "a\n").expect("a file");
        let own = Context::look(folder.path(), &folder.path().join("Dockerfile"));
        assert!(own.leaves_out("a/b.txt") && own.has_ignore());
    }

    #[test]
    fn the_folder_that_is_built_is_the_one_that_has_the_sources() {
        let folder = folder(&["src/main.c", "docker/Dockerfile"]);
        let path = folder.path().join("docker/Dockerfile");
        let beside = |text: &str| {
            let file = Dockerfile::parse(text.as_bytes()).expect("it is whole");
            let root = Context::beside(&path, &file).root().map(Path::to_owned)?;
            Some(fs::canonicalize(root).expect("it is there"))
        };
        let top = fs::canonicalize(folder.path()).expect("it is there");
        assert_eq!(beside("FROM a\nCOPY src /x"), Some(top.clone()));
        assert_eq!(beside("FROM a\nCOPY Dockerfile /x"), Some(top.join("docker")));
        assert_eq!(beside("FROM a\nCOPY gone /x"), None);
        assert_eq!(beside("FROM a\nCOPY . /x"), Some(top.join("docker")));
    }
}
