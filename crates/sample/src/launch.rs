//! What the kernel and the runtime would do with a container's program, decided by its bytes as they would.

use crate::{
    containers::{Container, texts},
    elf,
    recorded::Kernel,
    tree::{Node, Tree, joined},
};

/// The kernel follows this many scripts.
const SCRIPTS: usize = 5;

/// Where programs are looked for when the environment does not say.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What runc ends with when the program cannot be executed, in the version that is recorded.
const NOT_EXECUTED: i64 = 255;

/// What came of a start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It runs, and shows as this in a process list.
    Runs(String),
    /// It was started and ended at once, with this last line.
    Ends { code: i64, line: String },
    /// The runtime did not start it.
    Refused { code: i64, why: String },
}

/// What becomes of `container` when it is started on `kernel`.
pub(crate) fn launch(kernel: &Kernel, container: &Container) -> Fate {
    let launch = Launch {
        kernel,
        container,
        tree: &container.program.tree,
    };
    let command = container.command();
    let Some((program, arguments)) = command.split_first() else {
        return refused(127, "exec: \"\": executable file not found in $PATH");
    };
    match launch.find(program) {
        Ok(path) => launch.run(&path, arguments),
        Err(fate) => fate,
    }
}

struct Launch<'a> {
    kernel: &'a Kernel,
    container: &'a Container,
    tree: &'a Tree,
}

/// Why the kernel does not execute a file, in its own words.
type Errno = &'static str;

const NO_FORMAT: Errno = "exec format error";
const NO_FILE: Errno = "no such file or directory";

impl Launch<'_> {
    /// What the runtime checks before it executes anything.
    fn find(&self, program: &str) -> Result<String, Fate> {
        if !program.contains('/') {
            return self.in_path(program).ok_or_else(|| {
                refused(
                    127,
                    &format!("exec: {program:?}: executable file not found in $PATH"),
                )
            });
        }
        let path = joined(self.folder(), program);
        match self.tree.resolve(&path) {
            None => Err(refused(
                127,
                &format!("exec: {program:?}: stat {program}: no such file or directory"),
            )),
            Some((_, Node::Folder)) => Err(refused(
                126,
                &format!("exec: {program:?}: is a directory: permission denied"),
            )),
            Some((_, Node::File { mode, .. })) if mode & 0o111 == 0 => {
                Err(refused(126, &format!("exec: {program:?}: permission denied")))
            }
            Some(_) => Ok(path),
        }
    }

    /// Executes `path`, and what an entrypoint script executes in its turn.
    fn run(&self, path: &str, arguments: &[String]) -> Fate {
        let started = match self.execute(path, SCRIPTS) {
            Ok(program) => program,
            Err(errno) => {
                let line = format!("exec {path}: {errno}");
                return Fate::Ends {
                    code: NOT_EXECUTED,
                    line,
                };
            }
        };
        let Some(next) = arguments.first().filter(|_| self.hands_over(path)) else {
            return Fate::Runs([&[started][..], arguments].concat().join(" "));
        };
        let found = if next.contains('/') {
            Some(joined(self.folder(), next))
        } else {
            self.in_path(next)
        };
        match found.map(|found| self.execute(&found, SCRIPTS)) {
            Some(Ok(program)) => Fate::Runs([&[program][..], &arguments[1..]].concat().join(" ")),
            Some(Err(NO_FORMAT)) => Fate::Ends {
                code: 126,
                line: format!("{path}: 3: exec: {next}: Exec format error"),
            },
            Some(Err(_)) | None => Fate::Ends {
                code: 127,
                line: format!("{path}: 3: exec: {next}: not found"),
            },
        }
    }

    /// What the kernel starts for `path`, with its translator when there is one.
    fn execute(&self, path: &str, scripts_left: usize) -> Result<String, Errno> {
        let Some((_, Node::File { bytes, .. })) = self.tree.resolve(path) else {
            return Err(NO_FILE);
        };
        if let Some(interpreter) = interpreter(bytes) {
            let left = scripts_left.checked_sub(1).ok_or(NO_FORMAT)?;
            return Ok(format!("{} {path}", self.execute(&interpreter, left)?));
        }
        let head = elf::head(bytes).ok_or(NO_FORMAT)?;
        let translator = self.translator(head.machine).ok_or(NO_FORMAT)?;
        match head.loader {
            Some(loader) if self.tree.resolve(&loader).is_none() => Err(NO_FILE),
            _ if translator.is_empty() => Ok(path.to_owned()),
            _ => Ok(format!("{translator} {path}")),
        }
    }

    /// What runs programs for `machine` in this container: empty when the processor does, `None` when nothing does.
    fn translator(&self, machine: u16) -> Option<&str> {
        if self.kernel.machine(&self.kernel.native.architecture) == Some(machine) {
            return Some("");
        }
        // This engine gives a translator only to containers of the platform that it translates.
        let own = &self.container.architecture;
        let translator = self.kernel.translators.get(own)?;
        (self.kernel.machine(own) == Some(machine)).then_some(translator)
    }

    /// Whether a script ends by executing what it was given.
    fn hands_over(&self, path: &str) -> bool {
        match self.tree.resolve(path) {
            Some((_, Node::File { bytes, .. })) => String::from_utf8_lossy(bytes).contains("exec \"$@\""),
            _ => false,
        }
    }

    fn in_path(&self, name: &str) -> Option<String> {
        let environment = texts(self.container.config.get("Env"));
        let path = environment
            .iter()
            .find_map(|variable| variable.strip_prefix("PATH="));
        let candidates = path
            .unwrap_or(DEFAULT_PATH)
            .split(':')
            .map(|folder| format!("{folder}/{name}"));
        let is_program = |path: &String| matches!(self.tree.resolve(path), Some((_, Node::File { mode, .. })) if mode & 0o111 != 0);
        candidates.into_iter().find(is_program)
    }

    fn folder(&self) -> &str {
        Some(self.container.text("WorkingDir"))
            .filter(|folder| !folder.is_empty())
            .unwrap_or("/")
    }
}

/// What the first line of a script names. Nothing is stripped at its end but blanks: the kernel strips no `\r`.
fn interpreter(bytes: &[u8]) -> Option<String> {
    let line = bytes.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let line = line.trim_matches([' ', '\t']);
    Some(line.split([' ', '\t']).next().unwrap_or_default().to_owned())
}

fn refused(code: i64, why: &str) -> Fate {
    let why = format!(
        "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: {why}"
    );
    Fate::Refused { code, why }
}
