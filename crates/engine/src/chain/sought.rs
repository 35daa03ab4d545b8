//! Files that the chain does not lead to and somebody's words do.

use platform::{Link, Platform, Role, Sought, Target, Via};

use super::root::{Root, absolute};
use crate::{EngineError, FileKind};

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
    /// Reads what is sought; `chain` is what was started. `None` when nothing of the chain could have sought it.
    pub async fn seek(&self, sought: &Sought, chain: &[Link]) -> Result<Option<Link>, EngineError> {
        let folder = self.inspection.working_directory();
        match sought {
            Sought::Module(path) => self.link(Role::Module, Via::Words, path, folder).await.map(Some),
            Sought::Program(name) if name.contains('/') => {
                self.link(Role::Command, Via::Words, name, folder).await.map(Some)
            }
            Sought::Program(name) => self
                .link_in_path(Role::Command, Via::Words, name, None)
                .await
                .map(Some),
            Sought::Library { name, needed_by } => {
                self.sought_library(name, needed_by.as_deref(), chain).await
            }
            Sought::PythonModule { name, folders } => self.python_module(name, folders, chain).await,
        }
    }

    async fn sought_library(
        &self,
        name: &str,
        needed_by: Option<&str>,
        chain: &[Link],
    ) -> Result<Option<Link>, EngineError> {
        let Some(program) = dynamic_program(chain) else {
            return Ok(None);
        };
        let needed_by = match needed_by {
            Some(path) if path.contains('/') => Some(
                self.link(
                    Role::Module,
                    Via::Words,
                    path,
                    self.inspection.working_directory(),
                )
                .await?,
            ),
            _ => None,
        };
        let link = self
            .library_for(name, needed_by.as_ref().unwrap_or(program), program)
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
    fn a_module_is_guessed_for_the_python_that_runs() {
        assert_eq!(python_version("/usr/local/bin/python3.11"), Some(11));
        assert_eq!(python_version("/usr/bin/python3"), None);
        let names = file_names("_psycopg", &[]);
        assert!(names.contains(&"_psycopg.cpython-312-aarch64-linux-gnu.so".to_owned()));
        assert_eq!(names[0], "_psycopg.so");
    }
}
