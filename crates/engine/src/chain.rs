//! What the kernel would start in a container: the program, its interpreter, its loader, each read from its own bytes.
//!
//! Nothing is executed. Every step is a question to the engine's archive, and the number of steps is bounded.

use platform::{File, Format, Link, Role, Target, Via};

use crate::{Engine, EngineError, FileKind, Inspection, Stat};

/// The kernel follows five interpreters at most (`bprm_execve`'s recursion limit); each may have a loader.
const STEPS: usize = 10;

/// The kernel gives up after forty symbolic links (`MAXSYMLINKS`).
const LINKS: usize = 40;

/// What the runtime looks through when the environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Folders of a `PATH` that are looked at; longer ones exist only to waste time.
const FOLDERS: usize = 64;

impl Engine {
    /// Follows what container `inspection` was to start, without running anything.
    ///
    /// The error is the engine's or says that the container is gone; what is wrong inside it is in the links.
    pub async fn chain(&self, inspection: &Inspection) -> Result<Vec<Link>, EngineError> {
        let walk = Walk {
            engine: self,
            inspection,
        };
        let mut links = vec![walk.command(inspection.program()).await?];
        let mut sought_by_env = None;
        while links.len() <= STEPS {
            sought_by_env = sought_by_env.or_else(|| links.last().and_then(through_env));
            // `env` itself is started first, with a loader of its own.
            let Some(next) = links.last().and_then(next_of).or_else(|| sought_by_env.take()) else {
                break;
            };
            links.push(walk.follow(&next).await?);
        }
        if links.iter().all(|link| link.target == Target::Missing) {
            // A container that is gone answers like a file that is not there.
            self.inspect(inspection.id()).await?;
        }
        Ok(links)
    }
}

/// What a link leads to.
struct Next {
    role: Role,
    path: String,
    lookup: Lookup,
}

#[derive(Clone, Copy)]
enum Lookup {
    /// The path as it is.
    Exact,
    /// A name in `PATH`, as `env` does.
    InPath,
}

fn next_of(link: &Link) -> Option<Next> {
    let program = link.program()?;
    if program.format == Format::Script {
        let script = program.script().filter(|script| script.refusal.is_none())?;
        return Some(Next {
            role: Role::Interpreter,
            path: script.interpreter.clone(),
            lookup: Lookup::Exact,
        });
    }
    let loader = program.elf()?.interpreter.clone()?;
    Some(Next {
        role: Role::Loader,
        path: loader,
        lookup: Lookup::Exact,
    })
    .filter(|_| link.role != Role::Loader)
}

/// What `env` is to find, when a script is started through it: a plain name, without options or variables before it.
fn through_env(link: &Link) -> Option<Next> {
    let program = link.program()?;
    let script = program.script().filter(|_| program.format == Format::Script)?;
    let argument = script.argument.as_deref()?;
    let is_env = script.interpreter.rsplit('/').next() == Some("env");
    let plain = !argument.starts_with('-') && !argument.contains(['=', ' ', '/']);
    (is_env && plain).then(|| Next {
        role: Role::Interpreter,
        path: argument.to_owned(),
        lookup: Lookup::InPath,
    })
}

struct Walk<'a> {
    engine: &'a Engine,
    inspection: &'a Inspection,
}

impl Walk<'_> {
    /// What the runtime starts: a path when there is a slash in it, else a name to be looked for.
    async fn command(&self, program: &str) -> Result<Link, EngineError> {
        let lookup = if program.contains('/') {
            Lookup::Exact
        } else {
            Lookup::InPath
        };
        self.follow(&Next {
            role: Role::Command,
            path: program.to_owned(),
            lookup,
        })
        .await
    }

    async fn follow(&self, next: &Next) -> Result<Link, EngineError> {
        let found = match next.lookup {
            Lookup::Exact => self.resolve(&self.absolute(&next.path)).await?,
            Lookup::InPath => self.in_path(&next.path).await?,
        };
        let Some((path, stat)) = found else {
            let target = Target::Missing;
            return Ok(Link {
                role: next.role,
                via: Via::Kernel,
                path: next.path.clone(),
                resolved: None,
                target,
                mount: None,
            });
        };
        let target = self.read(&path, &stat).await?;
        Ok(Link {
            role: role(next.role, &target),
            via: Via::Kernel,
            path: next.path.clone(),
            resolved: Some(path),
            target,
            mount: None,
        })
    }

    async fn in_path(&self, name: &str) -> Result<Option<(String, Stat)>, EngineError> {
        let environment = self.inspection.environment();
        let path = environment
            .iter()
            .find_map(|variable| variable.strip_prefix("PATH="));
        for folder in path.unwrap_or(DEFAULT_PATH).split(':').take(FOLDERS) {
            let candidate = self.absolute(&format!("{}/{name}", folder.trim_end_matches('/')));
            let found = self.resolve(&candidate).await?;
            if found
                .as_ref()
                .is_some_and(|(_, stat)| stat.kind == FileKind::Regular && stat.executable)
            {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Follows symbolic links. The engine keeps every step inside of the container's root.
    async fn resolve(&self, path: &str) -> Result<Option<(String, Stat)>, EngineError> {
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let Some(stat) = self.engine.stat(self.inspection.id(), &path).await? else {
                return Ok(None);
            };
            if stat.kind != FileKind::Link {
                return Ok(Some((path, stat)));
            }
            let Some(target) = stat.link_target else {
                return Ok(None);
            };
            path = absolute(parent(&path), &target);
        }
        Ok(None)
    }

    async fn read(&self, path: &str, stat: &Stat) -> Result<Target, EngineError> {
        match stat.kind {
            FileKind::Directory => return Ok(Target::Directory),
            FileKind::Other | FileKind::Link => return Ok(Target::Special),
            FileKind::Regular => {}
        }
        match self
            .engine
            .head(self.inspection.id(), path, platform::PREFIX_LIMIT)
            .await
        {
            Ok(head) => {
                let program = platform::read_program(&head.bytes, head.size);
                Ok(Target::File(Box::new(File {
                    program,
                    executable: stat.executable,
                    readable: true,
                })))
            }
            Err(error) if matches!(error, EngineError::Unreachable { .. }) => Err(error),
            Err(error) => Ok(Target::Unreadable(error.to_string())),
        }
    }

    fn absolute(&self, path: &str) -> String {
        absolute(self.inspection.working_directory(), path)
    }
}

/// The first link is called by what it turned out to be.
fn role(asked: Role, target: &Target) -> Role {
    let (Role::Command, Target::File(file)) = (asked, target) else {
        return asked;
    };
    match file.program.format {
        Format::Script => Role::Script,
        Format::Elf | Format::MachO | Format::Pe => Role::Program,
        Format::Text | Format::Empty | Format::Other => Role::Command,
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(parent, _)| parent)
}

fn absolute(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", folder.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_start_in_the_folder_that_is_given() {
        assert_eq!(absolute("/app", "./server"), "/app/./server");
        assert_eq!(absolute("/", "bin/sh"), "/bin/sh");
        assert_eq!(absolute("/app/", "/bin/sh"), "/bin/sh");
        assert_eq!(absolute(parent("/bin/sh"), "busybox"), "/bin/busybox");
    }
}
