//! What the kernel would start in a container, and what that would start and load, each read from its own bytes.
//!
//! Nothing is executed. Every step is a question to the engine's archive; the number of steps and of bytes is bounded.

pub(crate) mod budget;
mod build;
mod cache;
mod copied;
mod kept;
pub(crate) mod launcher;
mod loader;
pub(crate) mod mounts;
mod root;
pub(crate) mod shell;
mod sought;
mod user;
mod witness;

use std::{collections::HashMap, time::Duration};

pub use budget::Share;
pub use copied::Copied;
use launcher::Told;
pub use loader::Libraries;
use platform::{Asides, Format, Line, Link, Program, Role, Target, Via};
pub use root::Root;
use tokio::time::{Instant, timeout_at};

use crate::{Engine, EngineError, Inspection};

/// Links that are followed in all: a script that starts six programs of three links each, with room.
const STEPS: usize = 32;

/// The kernel follows five interpreters at most (`bprm_execve`'s recursion limit); shells that start shells end as well.
const DEPTH: usize = 8;

/// How long one chain is followed: an engine answers a hundred questions in two seconds on a busy machine, and whoever
/// waits is better off with what is known by then.
pub(crate) const LIMIT: Duration = Duration::from_secs(8);

/// An archive's first block, of which one is enough to know that there are files.
const BLOCK: usize = 512;

/// What was followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain {
    /// The links, in the order in which they are started or loaded.
    pub links: Vec<Link>,
    /// What goes on and could not be followed, in words: `what the shell starts: $SERVER`.
    pub unfollowed: Vec<String>,
    /// What the texts that its shells were given say beside it.
    pub asides: Asides,
}

impl Engine {
    /// Follows what container `inspection` was to start, without running anything.
    ///
    /// The error is the engine's or says that the container is gone; what is wrong inside it is in the links.
    pub async fn chain(&self, inspection: &Inspection) -> Result<Chain, EngineError> {
        self.root(inspection).chain().await
    }
}

impl Root<'_> {
    /// As [`Engine::chain`].
    pub async fn chain(&self) -> Result<Chain, EngineError> {
        let end = Instant::now() + self.files.patience();
        let arguments = self.inspection.arguments().into_iter().map(str::to_owned);
        let words = std::iter::once(self.inspection.program().to_owned()).chain(arguments);
        let words: Vec<String> = words.collect();
        let chain = self
            .followed(self.configured(words, Via::Kernel), Reach::All, end)
            .await?;
        if chain.links.iter().all(|link| link.target == Target::Missing) {
            // A container that is gone, or whose mounts cannot be made, answers like a file that is not there.
            let share = self.budget.share("/", BLOCK)?;
            let there = timeout_at(end, self.files.readable(&share));
            there.await.unwrap_or_else(|_| Err(self.too_slow()))?;
        }
        Ok(chain)
    }

    /// Follows what its health check starts; nothing when it has none.
    pub async fn health_chain(&self) -> Result<Chain, EngineError> {
        let end = Instant::now() + self.files.patience();
        let words = self.inspection.health_command();
        self.followed(self.configured(words, Via::HealthCheck), Reach::All, end)
            .await
    }

    /// What the kernel would do with the program `path` in `folder`, and nothing of what that would start.
    pub(crate) async fn kernel_chain(&self, path: &str, folder: &str) -> Result<Vec<Link>, EngineError> {
        let start = Start {
            folder: folder.to_owned(),
            ..self.configured(vec![path.to_owned()], Via::Words)
        };
        let chain = self
            .followed(start, Reach::Kernel, Instant::now() + self.files.patience())
            .await?;
        Ok(chain.links)
    }

    /// The start of `words` as it is configured.
    fn configured(&self, words: Vec<String>, via: Via) -> Start {
        Start {
            words,
            role: Role::Command,
            via,
            folder: self.inspection.working_directory().to_owned(),
            path: None,
            asked_in: None,
            depth: 0,
        }
    }

    /// Follows `start`, until `end`.
    async fn followed(&self, start: Start, reach: Reach, end: Instant) -> Result<Chain, EngineError> {
        let mut walk = Walk {
            root: self,
            chain: Chain::default(),
            due: vec![start],
            reach,
        };
        while let Some(start) = walk.due.pop() {
            let why = if walk.chain.links.len() >= STEPS {
                "there are too many"
            } else {
                match timeout_at(end, Box::pin(walk.start(start))).await {
                    Ok(started) => {
                        started?;
                        continue;
                    }
                    Err(_) if walk.chain.links.is_empty() => return Err(self.too_slow()),
                    Err(_) => "reading it takes too long",
                }
            };
            let what = format!("what comes behind the last link: {why}");
            walk.chain.unfollowed.push(what);
            break;
        }
        Ok(walk.chain)
    }

    fn too_slow(&self) -> EngineError {
        EngineError::TimedOut {
            what: "reading the container's files".to_owned(),
            seconds: self.files.patience().as_secs(),
        }
    }
}

/// A program that is to be started.
#[derive(Clone, Debug)]
struct Start {
    /// It, and its arguments.
    words: Vec<String>,
    role: Role,
    via: Via,
    /// Where it is started.
    folder: String,
    /// Where a name is looked for, when it is not the container's `PATH`.
    path: Option<String>,
    /// The line of a script that asks for it.
    asked_in: Option<Line>,
    depth: usize,
}

impl Start {
    fn next(&self, words: Vec<String>, via: Via) -> Self {
        Self {
            words,
            via,
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}

/// How far is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// As far as it can be said.
    All,
    /// As far as the kernel goes, and `env` behind a script's first line.
    Kernel,
}

struct Walk<'a> {
    root: &'a Root<'a>,
    reach: Reach,
    chain: Chain,
    /// What is still to be followed, the next one last.
    due: Vec<Start>,
}

impl Walk<'_> {
    async fn start(&mut self, start: Start) -> Result<(), EngineError> {
        let Some(name) = start.words.first() else {
            return Ok(());
        };
        let by_path = name.contains('/') || (start.role == Role::Interpreter && start.via == Via::Kernel);
        let link = if by_path {
            self.root.link(start.role, start.via, name, &start.folder).await?
        } else {
            self.root
                .link_in_path(start.role, start.via, name, start.path.as_deref())
                .await?
        };
        let program = link.program().cloned();
        let resolved = link.resolved.clone();
        // The kernel refuses it, and what it was given is not read.
        let refuses = link.role == Role::Interpreter && link.file().is_some_and(|file| !file.executable);
        self.chain.links.push(Link {
            asked_in: start.asked_in.clone(),
            ..link
        });
        let (Some(program), Some(resolved)) = (program, resolved) else {
            return Ok(());
        };
        if refuses {
            return Ok(());
        }
        if start.depth >= DEPTH {
            self.chain
                .unfollowed
                .push("what comes behind the last link: it is too deep".to_owned());
            return Ok(());
        }
        match program.format {
            Format::Script => self.script(&start, &program, &resolved),
            Format::Elf => self.binary(start, &program, &resolved).await?,
            Format::MachO | Format::Pe | Format::Text | Format::Empty | Format::Other => {}
        }
        Ok(())
    }

    /// The kernel starts what the first line names, with the script's own path behind its one argument.
    fn script(&mut self, start: &Start, program: &Program, resolved: &str) {
        let Some(script) = program.script().filter(|script| script.refusal.is_none()) else {
            return;
        };
        let asked = &start.words[0];
        // What was found in `PATH` is handed on as it was found.
        let own = if asked.contains('/') {
            asked.clone()
        } else {
            resolved.to_owned()
        };
        let words = std::iter::once(script.interpreter.clone())
            .chain(script.argument.clone().filter(|argument| !argument.is_empty()))
            .chain([own])
            .chain(start.words[1..].iter().cloned());
        self.due.push(Start {
            role: Role::Interpreter,
            asked_in: None,
            ..start.next(words.collect(), Via::Kernel)
        });
    }

    /// A binary has a loader, and may be one that starts others.
    async fn binary(&mut self, start: Start, program: &Program, resolved: &str) -> Result<(), EngineError> {
        if let Some(loader) = program.elf().and_then(|elf| elf.interpreter.clone()) {
            let link = self
                .root
                .link(Role::Loader, Via::Kernel, &loader, &start.folder)
                .await?;
            self.chain.links.push(link);
        }
        if self.reach == Reach::Kernel && start.role != Role::Interpreter {
            return Ok(());
        }
        let (mut name, mut arguments) = (base(&start.words[0]).to_owned(), &start.words[1..]);
        if name == "busybox" {
            let Some((applet, rest)) = arguments.split_first() else {
                return Ok(());
            };
            (name, arguments) = (applet.clone(), rest);
        }
        if name == "env" {
            let env = launcher::env(arguments);
            let path = env.path.clone().or_else(|| start.path.clone());
            let folder = env.folder.as_deref().map_or_else(
                || start.folder.clone(),
                |folder| root::absolute(&start.folder, folder),
            );
            let next = Start {
                folder,
                path,
                ..start.next(env.words, Via::Env)
            };
            self.due.push(next);
        } else if self.reach == Reach::Kernel {
            return Ok(());
        } else if launcher::is_loader(&name) {
            self.loaded(&start, arguments).await?;
        } else if name == "chroot" {
            self.elsewhere(&start, arguments).await?;
        } else if let Some(words) = launcher::launched(&name, arguments) {
            let role = if start.role == Role::Interpreter {
                Role::Interpreter
            } else {
                Role::Command
            };
            self.due.push(Start {
                role,
                ..start.next(words, Via::Launcher)
            });
        } else if launcher::is_shell(&name) || launcher::is_shell(base(resolved)) {
            self.shell(&start, arguments).await?;
        }
        Ok(())
    }

    /// A loader that is started itself loads the program that it is given, as it loads libraries.
    async fn loaded(&mut self, start: &Start, arguments: &[String]) -> Result<(), EngineError> {
        if let Some(program) = launcher::loaded(arguments) {
            let link = self
                .root
                .link(Role::Module, Via::Launcher, &program, &start.folder)
                .await?;
            self.chain.links.push(link);
        }
        Ok(())
    }

    /// A program in another root. What that one needs is looked for there, so it is not followed.
    async fn elsewhere(&mut self, start: &Start, arguments: &[String]) -> Result<(), EngineError> {
        let Some([root, program]) = arguments.first_chunk() else {
            return Ok(());
        };
        let within = format!("{root}/{}", program.trim_start_matches('/'));
        let link = self
            .root
            .link(Role::Command, Via::Launcher, &within, &start.folder)
            .await?;
        if program.starts_with('/') && link.resolved.is_some() {
            self.chain.links.push(Link {
                path: program.clone(),
                ..link
            });
        }
        self.chain
            .unfollowed
            .push(format!("what `{program}` needs in its own root"));
        Ok(())
    }

    async fn shell(&mut self, start: &Start, arguments: &[String]) -> Result<(), EngineError> {
        let (script, text, arguments) = match launcher::told(arguments) {
            None => return Ok(()),
            Some(Told::Text(text, arguments)) => (None, text, arguments),
            Some(Told::File(file, arguments)) => {
                let text = self.read_script(start, &file).await?;
                (Some(file), text, arguments)
            }
        };
        let setting = shell::Setting {
            variables: variables(self.root.inspection),
            arguments,
            folder: start.folder.clone(),
        };
        let course = shell::follow(&text, setting);
        let unknown = course
            .unknown
            .iter()
            .map(|what| format!("what the shell starts: {what}"));
        self.chain.unfollowed.extend(unknown);
        add(&mut self.chain.asides, course.asides);
        let last = course.runs.len().saturating_sub(1);
        let runs = course.runs.into_iter().enumerate().rev();
        // Plain names before the last one are the system's own tools, as a rule.
        let runs = runs.filter(|(at, run)| *at == last || run.words[0].contains('/'));
        let line = |number| script.clone().map(|script| Line { script, number });
        self.due.extend(runs.map(|(_, run)| Start {
            asked_in: line(run.line),
            words: run.words,
            role: Role::Command,
            via: Via::Shell,
            folder: run.folder,
            path: run.path,
            depth: start.depth + 1,
        }));
        Ok(())
    }

    /// The text of a file that a shell reads. It is a link of the chain already when the kernel came through it.
    async fn read_script(&mut self, start: &Start, file: &str) -> Result<String, EngineError> {
        let is_it = |link: &Link| link.path == file || link.resolved.as_deref() == Some(file);
        let known = self.chain.links.iter().rposition(is_it);
        let at = if let Some(at) = known {
            at
        } else {
            let link = self
                .root
                .link(Role::Script, Via::Reader, file, &start.folder)
                .await?;
            self.chain.links.push(link);
            self.chain.links.len() - 1
        };
        let link = &self.chain.links[at];
        let is_text = link
            .program()
            .is_some_and(|program| matches!(program.format, Format::Script | Format::Text));
        match &link.resolved {
            Some(resolved) if is_text => self.root.text(resolved).await,
            _ => Ok(String::new()),
        }
    }
}

/// Adds what one text says to what others said.
fn add(asides: &mut Asides, more: Asides) {
    asides.exits.extend(more.exits);
    asides.starts.extend(more.starts);
    asides.touched.extend(more.touched);
    asides.folders.extend(more.folders);
    asides.unclear.extend(more.unclear);
}

/// The environment of the container's first program, as far as it is configured.
fn variables(inspection: &Inspection) -> HashMap<String, String> {
    let pair = |variable: &str| {
        let (name, value) = variable.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    inspection.environment().into_iter().filter_map(pair).collect()
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
