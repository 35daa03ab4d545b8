//! Files that the chain does not lead to and somebody's words do.

use platform::{Asides, Format, Link, Platform, Role, Sought, Target, Via};

use super::{
    root::{Root, absolute, parent},
    shell::{Setting, follow},
};
use crate::{EngineError, FileKind};

/// Folders that are tried for a path that does not begin at the root: texts go to few.
const PLACES: usize = 12;

/// Folders of a Python package that are looked in.
const FOLDERS: usize = 3;

/// The oldest and the newest Python that a module's name is guessed for, when the program does not tell its own.
const PYTHONS: std::ops::RangeInclusive<u32> = 9..=14;

/// What Python calls the platforms that a module may be for.
const PYTHON_PLATFORMS: [&str; 11] = [
    "x86_64-linux-gnu",
    "aarch64-linux-gnu",
    "x86_64-linux-musl",
    "aarch64-linux-musl",
    "darwin",
    "arm-linux-gnueabihf",
    "i386-linux-gnu",
    "s390x-linux-gnu",
    "powerpc64le-linux-gnu",
    "riscv64-linux-gnu",
    "i686-linux-gnu",
];

impl Root<'_> {
    /// Reads what is sought; `chain` is what was started, and `asides` what its texts say. A program comes with what the kernel
    /// would start for it. Empty when nothing of the chain could have sought it, or it is in the chain already.
    pub async fn seek(
        &self,
        sought: &Sought,
        chain: &[Link],
        asides: &Asides,
    ) -> Result<Vec<Link>, EngineError> {
        let folder = self.inspection.working_directory();
        match sought {
            Sought::Module(path) => {
                let link = self.link(Role::Module, Via::Words, path, folder).await?;
                Ok(vec![link])
            }
            Sought::Program(name) if chain.iter().any(|link| is_asked_as(link, name)) => Ok(Vec::new()),
            Sought::Program(name) if name.starts_with('/') || !name.contains('/') => {
                self.kernel_chain(name, folder).await
            }
            Sought::Program(path) => self.relative_program(path, chain, asides).await,
            Sought::Library { name, needed_by } => {
                let found = self.sought_library(name, needed_by.as_deref(), chain).await?;
                Ok(found.into_iter().collect())
            }
            Sought::PythonModule { name, folders } => {
                let found = self.python_module(name, folders, chain).await?;
                Ok(found.into_iter().collect())
            }
        }
    }

    /// A program by a path from a folder that may not be the container's own. Where it is not found although something went to
    /// another folder, nothing is known of it.
    async fn relative_program(
        &self,
        path: &str,
        chain: &[Link],
        asides: &Asides,
    ) -> Result<Vec<Link>, EngineError> {
        let own = self.inspection.working_directory();
        let scripts = chain.iter().filter(|link| {
            link.program()
                .is_some_and(|program| program.format == Format::Script)
        });
        let beside: Vec<String> = scripts.map(|link| parent(link.place()).to_owned()).collect();
        let gone_to = asides.folders.iter().cloned().chain(self.folders_in_words());
        let mut places: Vec<String> = gone_to.map(|folder| absolute(own, &folder)).collect();
        let moves = !places.is_empty() || !asides.unclear.is_empty();
        // Most that go to a folder that is only known then go to their script's own.
        let (first, last) = if asides.unclear.is_empty() {
            (vec![own.to_owned()], beside)
        } else {
            (beside, vec![own.to_owned()])
        };
        places.extend(first.into_iter().chain(last));
        for folder in places.into_iter().take(PLACES) {
            let found = self.find(&absolute(&folder, path)).await?;
            if found.is_some_and(|found| found.stat.kind == FileKind::Regular) {
                return self.kernel_chain(path, &folder).await;
            }
        }
        let links = self.kernel_chain(path, own).await?;
        let unread = |link: Link| {
            if link.target != Target::Missing {
                return link;
            }
            let why = "in which folder it was looked for is not known".to_owned();
            Link {
                target: Target::Unreadable(why),
                ..link
            }
        };
        Ok(if moves {
            links.into_iter().map(unread).collect()
        } else {
            links
        })
    }

    /// Folders that the configured command is told to go to, and those that texts within it do.
    fn folders_in_words(&self) -> Vec<String> {
        let words = self.inspection.arguments();
        let mut folders = Vec::new();
        for (at, word) in words.iter().enumerate() {
            match *word {
                "-C" | "--chdir" => folders.extend(words.get(at + 1).map(|folder| (*folder).to_owned())),
                word => {
                    folders.extend(word.strip_prefix("--chdir=").map(str::to_owned));
                    if word.contains("cd ") {
                        folders.extend(follow(word, Setting::default()).asides.folders);
                    }
                }
            }
        }
        folders
    }

    async fn sought_library(
        &self,
        name: &str,
        needed_by: Option<&str>,
        chain: &[Link],
    ) -> Result<Option<Link>, EngineError> {
        let needed_by = match needed_by {
            Some(path) if path.contains('/') => {
                let folder = self.inspection.working_directory();
                Some(self.link(Role::Module, Via::Words, path, folder).await?)
            }
            Some(name) => Some(self.link_in_path(Role::Program, Via::Words, name, None).await?),
            None => None,
        };
        // A program that the chain does not lead to looks for its own.
        let own = needed_by.as_ref().filter(|link| has_loader(link));
        let Some(program) = dynamic_program(chain).or(own) else {
            return Ok(None);
        };
        let architecture = |link: &Link| link.platform().map(|platform| platform.architecture().to_owned());
        let is_foreign = |link: &&Link| {
            link.role == Role::Module
                && link.platform().is_some()
                && architecture(link) != architecture(program)
        };
        // What it needs is no matter: it cannot be loaded itself.
        if let Some(stranger) = needed_by.as_ref().filter(is_foreign) {
            return Ok(Some(stranger.clone()));
        }
        let needed_by = needed_by.as_ref().filter(|link| link.program().is_some());
        let link = self
            .library_for(name, needed_by.unwrap_or(program), program)
            .await?;
        Ok(Some(Link {
            via: Via::Words,
            ..link
        }))
    }

    /// A module for the program's own platform is preferred; else what is there is for another one.
    async fn python_module(
        &self,
        name: &str,
        folders: &[String],
        chain: &[Link],
    ) -> Result<Option<Link>, EngineError> {
        let paths: Vec<String> = folders
            .iter()
            .take(FOLDERS)
            .map(|folder| absolute(self.inspection.working_directory(), folder))
            .flat_map(|folder| {
                file_names(name, chain)
                    .into_iter()
                    .map(move |file| format!("{folder}/{file}"))
            })
            .collect();
        let wanted = dynamic_program(chain)
            .and_then(Link::platform)
            .map(Platform::architecture);
        let mut other = None;
        for path in paths.chunks(32) {
            if let Some(found) = self
                .first(path, |found| found.stat.kind == FileKind::Regular)
                .await?
            {
                let link = self.link(Role::Module, Via::Words, &found.path, "/").await?;
                if link.platform().map(Platform::architecture) == wanted {
                    return Ok(Some(link));
                }
                other = other.or(Some(link));
            }
        }
        Ok(other.filter(|link| link.target != Target::Missing))
    }
}

/// Whether the chain has the program that words call `name`; marks around a name are taken for quotes there.
fn is_asked_as(link: &Link, name: &str) -> bool {
    let bare = link.path.trim_matches(['[', ']', '"', '\'']);
    link.role != Role::Module && (link.path == name || bare == name)
}

fn has_loader(link: &Link) -> bool {
    let elf = link.program().and_then(|program| program.elf());
    elf.is_some_and(|elf| elf.interpreter.is_some())
}

/// The program that loads libraries: the last one that was started.
fn dynamic_program(chain: &[Link]) -> Option<&Link> {
    chain.iter().rfind(|link| link.loads_libraries())
}

/// The names that a compiled module may have, the likeliest first.
fn file_names(module: &str, chain: &[Link]) -> Vec<String> {
    let own = chain.iter().find_map(|link| python_version(link.place()));
    let versions: Vec<u32> = own.map_or_else(|| PYTHONS.rev().collect(), |version| vec![version]);
    let plain = [format!("{module}.so"), format!("{module}.abi3.so")];
    let tagged = versions.iter().flat_map(|version| {
        PYTHON_PLATFORMS
            .iter()
            .map(move |platform| format!("{module}.cpython-3{version}-{platform}.so"))
    });
    plain.into_iter().chain(tagged).collect()
}

/// The minor version in a path such as `/usr/bin/python3.11`.
fn python_version(path: &str) -> Option<u32> {
    path.rsplit('/').next()?.strip_prefix("python3.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_chain_has_is_known_by_its_name_without_marks() {
        let link = |role, path: &str| Link {
            role,
            via: Via::Shell,
            path: path.to_owned(),
            resolved: None,
            target: Target::Missing,
            mount: None,
            asked_in: None,
        };
        assert!(is_asked_as(&link(Role::Command, "./x"), "./x"));
        assert!(is_asked_as(&link(Role::Command, "[/app/x,"), "/app/x,"));
        assert!(!is_asked_as(&link(Role::Command, "/srv/x"), "./x"));
        assert!(!is_asked_as(&link(Role::Module, "./x"), "./x"));
    }

    #[test]
    fn a_module_is_guessed_for_the_python_that_runs() {
        assert_eq!(python_version("/usr/local/bin/python3.11"), Some(11));
        assert_eq!(python_version("/usr/bin/python3"), None);
        let names = file_names("_psycopg", &[]);
        assert!(names.contains(&"_psycopg.cpython-312-aarch64-linux-gnu.so".to_owned()));
        assert_eq!(names[0], "_psycopg.so");
    }
}
