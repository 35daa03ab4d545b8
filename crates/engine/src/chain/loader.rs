//! Where a loader finds the libraries that a file needs.
//!
//! As `ld.so(8)` of glibc and musl's `ldso/dynlink.c` do it.

use std::collections::HashSet;

use futures_util::future::try_join_all;
use platform::{Dynamic, Link, Platform, Role, Target, Via, read_dynamic};

use super::{
    cache::Cache,
    root::{Root, absolute, parent},
};
use crate::{EngineError, FileKind};

/// Libraries that are followed for one program.
const LIBRARIES: usize = 64;

/// Folders that are looked in for one library.
const FOLDERS: usize = 48;

/// The first of these folders, which have almost every library: the others are looked in for what is not there.
const LIKELY: usize = 2;

/// What musl looks through when it has no file that says otherwise.
const MUSL_FOLDERS: &str = "/lib:/usr/local/lib:/usr/lib";

/// Architectures, and how Debian's folders and musl's files call them.
const NAMES: [(&str, &str, &str); 7] = [
    ("amd64", "x86_64-linux-gnu", "x86_64"),
    ("arm64", "aarch64-linux-gnu", "aarch64"),
    ("386", "i386-linux-gnu", "i386"),
    ("arm", "arm-linux-gnueabihf", "armhf"),
    ("riscv64", "riscv64-linux-gnu", "riscv64"),
    ("s390x", "s390x-linux-gnu", "s390x"),
    ("ppc64le", "powerpc64le-linux-gnu", "powerpc64le"),
];

/// Libraries that are looked for at a time: an engine answers for one container one after the other.
const AT_ONCE: usize = 8;

/// The libraries of a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Libraries {
    /// Those that were looked for.
    pub links: Vec<Link>,
    /// Whether there are more than are followed.
    pub is_cut: bool,
}

/// The folders of the system.
#[derive(Clone, Debug)]
struct System {
    /// Folders that a file configures, from which glibc takes what its cache names.
    configured: Vec<String>,
    cache: Cache,
    /// Folders that are always looked in.
    usual: Vec<String>,
}

impl System {
    /// Whether what is at `path`, in `folder`, is found.
    fn finds(&self, folder: &str, path: &str) -> bool {
        let is = |list: &[String]| list.iter().any(|known| known == folder);
        !is(&self.configured) || is(&self.usual) || self.cache.has(path)
    }
}

/// A file that needs libraries.
#[derive(Clone, Debug)]
pub(crate) struct Needy {
    /// Where it is.
    path: String,
    /// What its libraries must be for.
    platform: Option<Platform>,
    /// The loader that looks for them.
    loader: String,
    own: Dynamic,
    /// What a program's own `rpath` adds to what its libraries need.
    inherited: Vec<String>,
}

impl Root<'_> {
    /// The libraries that `program` needs, and those that these need, as far as the bounds allow.
    ///
    /// No links for a static program; `None` when what it needs stands too far behind its beginning.
    pub async fn libraries(&self, program: &Link) -> Result<Option<Libraries>, EngineError> {
        let Some(needy) = self.needy(program, None).await? else {
            return Ok(None);
        };
        let folders = self.system_folders(&needy).await?;
        let (mut libraries, mut seen) = (Libraries::default(), HashSet::new());
        let mut due = vec![needy];
        while let Some(needy) = due.pop() {
            let names = needy
                .own
                .needed
                .iter()
                .filter(|name| !is_loader(name, &needy.loader));
            let mut new: Vec<&String> = names.filter(|name| seen.insert((*name).clone())).collect();
            let room = LIBRARIES.saturating_sub(libraries.links.len());
            libraries.is_cut |= new.len() > room;
            new.truncate(room);
            let mut found = Vec::new();
            for names in new.chunks(AT_ONCE) {
                let looked = names.iter().map(|name| self.library(name, &needy, &folders));
                found.extend(try_join_all(looked).await?);
            }
            for link in found {
                if is_sound(&link, &needy)
                    && let Some(next) = self.needy(&link, Some(&needy)).await?
                {
                    due.push(next);
                }
                libraries.links.push(link);
            }
        }
        Ok(Some(libraries))
    }

    /// The library `name`, as the loader of `needed_by` looks for it.
    pub(crate) async fn library_for(
        &self,
        name: &str,
        needed_by: &Link,
        program: &Link,
    ) -> Result<Link, EngineError> {
        let program = self.needy_or_bare(program, None).await?;
        let needy = self.needy_or_bare(needed_by, Some(&program)).await?;
        let folders = self.system_folders(&needy).await?;
        self.library(name, &needy, &folders).await
    }

    async fn needy_or_bare(&self, link: &Link, from: Option<&Needy>) -> Result<Needy, EngineError> {
        let needy = self.needy(link, from).await?;
        Ok(needy.unwrap_or_else(|| bare(link, from)))
    }

    async fn needy(&self, link: &Link, from: Option<&Needy>) -> Result<Option<Needy>, EngineError> {
        let Some(path) = link
            .resolved
            .as_deref()
            .filter(|_| link.program().is_some_and(|program| program.elf().is_some()))
        else {
            return Ok(None);
        };
        let Ok(head) = self.head(path, platform::PREFIX_LIMIT).await else {
            return Ok(None);
        };
        let mut dynamic = read_dynamic(&head.bytes);
        // Only the program's own needs are worth a closer look: its libraries are many.
        if dynamic.is_none() && from.is_none() {
            dynamic = match self.whole_head(path).await {
                Ok(head) => read_dynamic(&head.bytes),
                Err(_) => None,
            };
        }
        Ok(dynamic.map(|own| Needy {
            own,
            ..bare(link, from)
        }))
    }

    async fn library(&self, name: &str, needy: &Needy, system: &System) -> Result<Link, EngineError> {
        if name.contains('/') {
            let folder = self.inspection.working_directory();
            return self.link(Role::Module, Via::Loader, name, folder).await;
        }
        let mut folders = needy.folders(self.variable("LD_LIBRARY_PATH"));
        let named = folders.len();
        folders.extend_from_slice(&system.configured);
        folders.extend_from_slice(&system.usual);
        // A folder that is not looked in, or whose name only its loader knows, may have it.
        let is_whole = folders.len() <= FOLDERS && !folders.iter().any(|folder| folder.contains('$'));
        folders.truncate(FOLDERS);
        let place =
            |folder: &String| absolute(self.inspection.working_directory(), &format!("{folder}/{name}"));
        let placed = folders
            .iter()
            .enumerate()
            .map(|(at, folder)| (at, folder, place(folder)));
        let paths: Vec<String> = placed
            .filter(|(at, folder, path)| *at < named || system.finds(folder, path))
            .map(|(_, _, path)| path)
            .collect();
        let (likely, others) = paths.split_at(LIKELY.min(paths.len()));
        let mut other = None;
        for paths in [likely, others] {
            for path in self.regular(paths).await? {
                let link = self.link(Role::Module, Via::Loader, path, "/").await?;
                let link = Link {
                    path: name.to_owned(),
                    ..link
                };
                // What is for another platform is passed over.
                if is_sound(&link, needy) {
                    return Ok(link);
                }
                other = other.or(Some(link));
            }
        }
        let target = if is_whole {
            Target::Missing
        } else {
            Target::Unreadable("not all folders in which it may be were looked in".to_owned())
        };
        Ok(other.unwrap_or_else(|| absent(name, target)))
    }

    /// Those of `paths` at which a file is.
    async fn regular<'a>(
        &self,
        paths: &'a [String],
    ) -> Result<impl Iterator<Item = &'a String>, EngineError> {
        let found = try_join_all(paths.iter().map(|path| self.find(path))).await?;
        let there = paths.iter().zip(found).filter(|(_, found)| {
            found
                .as_ref()
                .is_some_and(|found| found.stat.kind == FileKind::Regular)
        });
        Ok(there.map(|(path, _)| path))
    }

    /// The folders of the system, which come behind those that files name.
    async fn system_folders(&self, needy: &Needy) -> Result<System, EngineError> {
        let architecture = needy.platform.as_ref().map(Platform::architecture);
        let names = NAMES.iter().find(|(name, ..)| Some(*name) == architecture);
        if needy.is_musl() {
            let file = names.map(|(_, _, musl)| format!("/etc/ld-musl-{musl}.path"));
            let text = match file {
                Some(file) => self.text(&file).await?,
                None => String::new(),
            };
            let text = if text.trim().is_empty() {
                MUSL_FOLDERS
            } else {
                text.as_str()
            };
            let folders = text.split([':', '\n']).filter(|folder| !folder.is_empty());
            return Ok(System {
                configured: Vec::new(),
                cache: Cache::Unread,
                usual: folders.map(str::to_owned).collect(),
            });
        }
        let configured = self.configured_folders().await?;
        let cache = if configured.is_empty() {
            Cache::Unread
        } else {
            self.cache().await?
        };
        let mut folders = Vec::new();
        if let Some((_, debian, _)) = names {
            folders.extend([format!("/lib/{debian}"), format!("/usr/lib/{debian}")]);
        }
        folders.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(str::to_owned));
        Ok(System {
            configured,
            cache,
            usual: folders,
        })
    }

    /// The configured folder that has the library `name`, where glibc's cache does not name it.
    pub async fn uncached_folder(&self, name: &str) -> Result<Option<String>, EngineError> {
        if name.contains('/') {
            return Ok(None);
        }
        let (folders, cache) = (self.configured_folders().await?, self.cache().await?);
        let paths: Vec<String> = folders
            .iter()
            .take(FOLDERS)
            .map(|folder| format!("{folder}/{name}"))
            .collect();
        let there: Vec<String> = self.regular(&paths).await?.cloned().collect();
        let missed = there.iter().find(|path| !cache.has(path));
        Ok(missed.map(|path| parent(path).to_owned()))
    }

    /// What `/etc/ld.so.conf` and the files that it includes name.
    async fn configured_folders(&self) -> Result<Vec<String>, EngineError> {
        let text = self.text("/etc/ld.so.conf").await?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let included = self.small_files("/etc/ld.so.conf.d", ".conf").await?;
        let lines = text.lines().chain(included.iter().flat_map(|text| text.lines()));
        let folders = lines.map(|line| line.split('#').next().unwrap_or_default().trim());
        Ok(folders
            .filter(|line| line.starts_with('/'))
            .map(str::to_owned)
            .collect())
    }
}

impl Needy {
    fn is_musl(&self) -> bool {
        self.loader.contains("ld-musl")
    }

    /// The folders that come before the system's. A file with a `runpath` has no `rpath`.
    fn folders(&self, environment: Option<&str>) -> Vec<String> {
        let environment = environment
            .into_iter()
            .flat_map(|list| list.split([':', ';']))
            .filter(|folder| !folder.is_empty());
        let environment = environment.map(str::to_owned);
        let own =
            |list: &[String]| -> Vec<String> { list.iter().flat_map(|folder| self.placed(folder)).collect() };
        if self.own.runpath.is_empty() {
            let rpath = own(&self.own.rpath)
                .into_iter()
                .chain(self.inherited.iter().cloned());
            rpath.chain(environment).collect()
        } else {
            environment.chain(own(&self.own.runpath)).collect()
        }
    }

    /// `folder` with the file's own place for `$ORIGIN`, and with each of the names that systems have for `$LIB`.
    fn placed(&self, folder: &str) -> Vec<String> {
        let origin = parent(&self.path);
        let folder = folder.replace("${ORIGIN}", origin).replace("$ORIGIN", origin);
        if !folder.contains("$LIB") && !folder.contains("${LIB}") {
            return vec![folder];
        }
        let debian = debian_folder(self.platform.as_ref()).map(|name| format!("lib/{name}"));
        let names = debian.into_iter().chain(["lib64", "lib"].map(str::to_owned));
        names
            .map(|name| folder.replace("${LIB}", &name).replace("$LIB", &name))
            .collect()
    }
}

/// What Debian calls its folder for this platform's libraries.
fn debian_folder(platform: Option<&Platform>) -> Option<&'static str> {
    let architecture = platform.map(Platform::architecture)?;
    let names = NAMES.iter().find(|(name, ..)| *name == architecture);
    names.map(|(_, debian, _)| *debian)
}

/// What is known of `link` without reading what it needs; `from` is what led to it.
fn bare(link: &Link, from: Option<&Needy>) -> Needy {
    let inherited = from.map(|from| {
        let own = from.own.rpath.iter().filter(|_| from.own.runpath.is_empty());
        own.flat_map(|folder| from.placed(folder))
            .chain(from.inherited.iter().cloned())
            .collect()
    });
    let interpreter = link
        .program()
        .and_then(|program| program.elf()?.interpreter.clone());
    Needy {
        path: link.place().to_owned(),
        platform: from.map_or_else(|| link.platform().cloned(), |from| from.platform.clone()),
        loader: from
            .map(|from| from.loader.clone())
            .or(interpreter)
            .unwrap_or_default(),
        own: Dynamic::default(),
        inherited: inherited.unwrap_or_default(),
    }
}

/// Whether `link` is a library that what needs it can load.
fn is_sound(link: &Link, needy: &Needy) -> bool {
    let wanted = needy.platform.as_ref().map(Platform::architecture);
    link.platform()
        .is_some_and(|platform| wanted.is_none_or(|wanted| wanted == platform.architecture()))
}

/// The loader is there already, under its own name, and musl's is the C library as well.
fn is_loader(name: &str, loader: &str) -> bool {
    let is_own = loader.rsplit('/').next() == Some(name);
    is_own || (loader.contains("ld-musl") && (name == "libc.so" || name.starts_with("libc.musl-")))
}

fn absent(name: &str, target: Target) -> Link {
    Link {
        role: Role::Module,
        via: Via::Loader,
        path: name.to_owned(),
        resolved: None,
        target,
        mount: None,
        asked_in: None,
    }
}
