//! `docker compose`, run as a child: arguments as a list, no shell, and never for ever.

use std::{
    ffi::{OsStr, OsString},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use engine::act::Held;
use rustix::process::Signal;
use sources::compose::Project;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use super::process;

/// A project's files are read and joined; some wait for a slow disk.
const QUICK: Duration = Duration::from_secs(30);

/// Large images are pulled, and containers take their time to end.
const LONG: Duration = Duration::from_hours(2);

/// Projects of hundreds of services are some hundred kilobytes.
const ANSWER_BYTES: u64 = 8 * 1024 * 1024;

/// It ends at once when it is asked to, unless the machine is very busy.
const ENDING: Duration = Duration::from_secs(10);

/// As much of a line as is kept.
const LINE_BYTES: u64 = 4096;

/// Lines that say why it failed are the last ones.
const LAST_LINES: usize = 4;

/// People read no more lines than this.
const TELL: Duration = Duration::from_millis(500);

/// Why Compose did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No `docker` is where programs are looked for.
    NoDocker,
    /// It has no `compose`.
    NoCompose,
    /// It could not be started, or read.
    Broken(String),
    /// It said more than anybody expects.
    TooMuch,
    /// It did not end.
    TooLong(Duration),
    /// It failed, with its last words.
    Failed(String),
}

/// What becomes of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    /// It is made and started.
    Up,
    /// It is only made.
    NoStart,
    /// What is there of it is stopped, each container within its own time.
    Stopped,
}

/// The program, and the engine that it is to talk to.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    docker: PathBuf,
    path: OsString,
    host: String,
}

impl Program {
    /// The first `docker` in `path` that has `compose`, for the engine at `host`.
    pub(crate) async fn find(path: Option<&OsStr>, host: &str) -> Result<Self, Failure> {
        let path = path.ok_or(Failure::NoDocker)?;
        let mut programs = std::env::split_paths(path).map(|folder| folder.join("docker"));
        let program = Self {
            docker: programs.find(|file| is_program(file)).ok_or(Failure::NoDocker)?,
            path: path.to_owned(),
            host: host.to_owned(),
        };
        let words = ["compose".into(), "version".into()];
        match program.ask(&words, Path::new("/"), "").await {
            Ok(_) => Ok(program),
            Err(Failure::Failed(_)) => Err(Failure::NoCompose),
            Err(failure) => Err(failure),
        }
    }

    /// The whole project with `addition` as its last file, as JSON.
    pub(crate) async fn config(
        &self,
        project: &Project,
        files: &[PathBuf],
        addition: &str,
    ) -> Result<Vec<u8>, Failure> {
        let files: Vec<_> = files.iter().cloned().chain([PathBuf::from("-")]).collect();
        let rest = ["config", "--format", "json", &project.service];
        self.ask(&arguments(project, &files, &rest), &project.folder, addition)
            .await
    }

    /// The whole project in `folder`, all profiles, with `addition` as its last file, as JSON.
    pub(crate) async fn whole(
        &self,
        folder: &Path,
        files: &[PathBuf],
        addition: &str,
    ) -> Result<Vec<u8>, Failure> {
        let mut words: Vec<OsString> = vec!["compose".into(), "--project-directory".into(), folder.into()];
        words.extend(["--profile".into(), "*".into()]);
        words.extend(files.iter().flat_map(|file| ["-f".into(), file.into()]));
        words.extend(["-f", "-", "config", "--format", "json"].map(Into::into));
        self.ask(&words, folder, addition).await
    }

    /// What Compose makes of the service as `files` say it, in one word.
    pub(crate) async fn hash(&self, project: &Project, files: &[PathBuf]) -> Result<String, Failure> {
        let rest = ["config", "--hash", &project.service];
        let answer = self
            .ask(&arguments(project, files, &rest), &project.folder, "")
            .await?;
        let answer = String::from_utf8_lossy(&answer);
        Ok(answer.split_whitespace().nth(1).unwrap_or_default().to_owned())
    }

    /// Begins to make the service as `files` say it. Compose has what `lock` holds for as long as it runs.
    pub(crate) fn begin(
        &self,
        project: &Project,
        files: &[PathBuf],
        make: Make,
        lock: Option<&mut Held>,
    ) -> Result<Running, Failure> {
        let lock = lock.and_then(|held| held.shared().ok());
        let mut command = self.command(&arguments(project, files, &deed(project, make)), &project.folder);
        // One that is left alone is ended with the plugin that it runs, which is a process of its own.
        command
            .process_group(0)
            .stdin(lock.map_or_else(Stdio::null, Stdio::from));
        Ok(Running {
            child: command.spawn().map_err(|error| broken(&error))?,
        })
    }

    async fn ask(&self, arguments: &[OsString], folder: &Path, input: &str) -> Result<Vec<u8>, Failure> {
        let mut child = self.start(arguments, folder)?;
        within(QUICK, converse(&mut child, input, &|_| {})).await
    }

    fn start(&self, arguments: &[OsString], folder: &Path) -> Result<Child, Failure> {
        let mut command = self.command(arguments, folder);
        command
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| broken(&error))
    }

    fn command(&self, arguments: &[OsString], folder: &Path) -> Command {
        let mut command = Command::new(&self.docker);
        command
            .args(arguments)
            .current_dir(folder)
            .env("PATH", &self.path)
            .env("DOCKER_HOST", &self.host)
            .env_remove("DOCKER_CONTEXT")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// A Compose that changes something. Dropped before its end, it is asked to end.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// What it is known again by.
    pub(crate) fn word(&self) -> Option<String> {
        process::word(self.child.id()?)
    }

    /// Waits for its end, and tells `line` what it says.
    pub(crate) async fn end(mut self, line: &(dyn Fn(&str) + Send + Sync)) -> Result<(), Failure> {
        let ended = within(LONG, converse(&mut self.child, "", line)).await;
        if ended.is_err() {
            self.give_up().await;
        }
        ended.map(drop)
    }

    /// Nobody is to begin another one beside it.
    async fn give_up(&mut self) {
        for signal in [Signal::TERM, Signal::KILL] {
            let Some(pid) = self.child.id() else { return };
            process::end_group(pid, signal);
            timeout(ENDING, self.child.wait()).await.ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(pid) = self.child.id() {
            process::end_group(pid, Signal::TERM);
        }
    }
}

/// What is run for an `up`, as words that a shell reads back.
pub(crate) fn command(project: &Project, files: &[PathBuf]) -> String {
    let words = arguments(project, files, &deed(project, Make::Up));
    let words = words.iter().map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("docker".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

fn deed(project: &Project, make: Make) -> Vec<&str> {
    let start = match make {
        Make::Stopped => return vec!["stop", &project.service],
        Make::Up => "-d",
        Make::NoStart => "--no-start",
    };
    vec!["up", start, "--no-deps", "--no-build", &project.service]
}

fn arguments(project: &Project, files: &[PathBuf], rest: &[&str]) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["compose".into(), "-p".into(), (&project.name).into()];
    words.extend(["--project-directory".into(), project.folder.clone().into()]);
    words.extend(files.iter().flat_map(|file| ["-f".into(), file.into()]));
    let environment = project.environment.iter();
    words.extend(environment.flat_map(|file| ["--env-file".into(), file.into()]));
    words.extend(rest.iter().map(Into::into));
    words
}

pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@+%".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

pub(crate) fn is_program(file: &Path) -> bool {
    let runs = |metadata: std::fs::Metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    file.is_absolute() && file.metadata().is_ok_and(runs)
}

pub(crate) async fn within<T>(
    limit: Duration,
    running: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(limit, running)
        .await
        .unwrap_or(Err(Failure::TooLong(limit)))
}

fn broken(error: &std::io::Error) -> Failure {
    Failure::Broken(error.to_string())
}

/// Gives it `input`, hears what it says, and waits for its end.
async fn converse(
    child: &mut Child,
    input: &str,
    line: &(dyn Fn(&str) + Send + Sync),
) -> Result<Vec<u8>, Failure> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let writing = async {
        if let Some(mut stdin) = stdin {
            // One that does not read it can still answer.
            stdin.write_all(input.as_bytes()).await.ok();
        }
    };
    let ((), answer, last) = tokio::join!(writing, whole(stdout), lines(stderr, line));
    let answer = answer.map_err(|error| broken(&error))?;
    let status = child.wait().await.map_err(|error| broken(&error))?;
    if !status.success() {
        return Err(Failure::Failed(last.join("; ")));
    }
    if answer.len() as u64 > ANSWER_BYTES {
        return Err(Failure::TooMuch);
    }
    Ok(answer)
}

async fn whole(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        (&mut from).take(ANSWER_BYTES + 1).read_to_end(&mut bytes).await?;
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

/// Tells some lines as they come, and keeps the last ones.
async fn lines(from: Option<impl AsyncRead + Unpin>, tell: &(dyn Fn(&str) + Send + Sync)) -> Vec<String> {
    let (mut last, mut told) = (Vec::new(), None::<Instant>);
    let Some(from) = from else { return last };
    let mut from = BufReader::new(from);
    loop {
        let mut bytes = Vec::new();
        let count = (&mut from).take(LINE_BYTES).read_until(b'\n', &mut bytes).await;
        if count.is_err() || bytes.is_empty() {
            return last;
        }
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        if told.is_none_or(|at| at.elapsed() >= TELL) {
            told = Some(Instant::now());
            tell(&text);
        }
        last.push(text);
        let surplus = last.len().saturating_sub(LAST_LINES);
        last.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Project {
        Project {
            name: "shop".to_owned(),
            folder: "/srv/my shop".into(),
            files: Vec::new(),
            environment: vec!["/srv/prod.env".into()],
            service: "web".to_owned(),
        }
    }

    #[test]
    fn the_command_that_is_shown_is_the_one_that_is_run() {
        let files = [PathBuf::from("/srv/a.yaml"), PathBuf::from("/srv/it's.yaml")];
        let shown = command(&project(), &files);
        let words: Vec<_> = arguments(&project(), &files, &deed(&project(), Make::Up));
        let read = shlex::split(&shown).expect("a command that a shell can read");
        assert_eq!(read[0], "docker");
        assert!(read[1..].iter().map(OsString::from).eq(words), "{shown}");
        assert!(
            shown.ends_with("--env-file /srv/prod.env up -d --no-deps --no-build web"),
            "{shown}"
        );
    }

    /// A `docker` that is a script.
    async fn scripted(script: &str) -> (tempfile::TempDir, Result<Program, Failure>) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("docker");
        // Written by another process: no thread of this one may hold it open for writing as it is run.
        let mut write = std::process::Command::new("/bin/sh");
        let text = format!(
            "cat > '{0}' <<'E'\n#!/bin/sh\n{script}\nE\nchmod 755 '{0}'",
            file.display()
        );
        assert!(write.args(["-c", &text]).status().expect("a shell").success());
        let path = std::env::join_paths([Path::new("/nowhere"), folder.path(), Path::new("/bin")]);
        let program = Program::find(Some(&path.expect("a path")), "unix:///x.sock").await;
        (folder, program)
    }

    #[tokio::test]
    async fn only_a_docker_with_compose_will_do() {
        assert_eq!(Program::find(None, "").await.err(), Some(Failure::NoDocker));
        let nowhere = Program::find(Some(OsStr::new("/nowhere:bin")), "").await;
        assert_eq!(nowhere.err(), Some(Failure::NoDocker));
        let (_folder, program) = scripted("echo no such command >&2; exit 1").await;
        assert_eq!(program.err(), Some(Failure::NoCompose));
    }

    #[tokio::test]
    async fn it_is_told_the_engine_and_its_last_words_are_kept() {
        let (folder, program) =
            scripted("[ \"$2\" = version ] || { echo one; echo $DOCKER_HOST >&2; cat >&2; exit 3; }").await;
        let program = program.expect("it answers");
        let project = Project {
            folder: folder.path().to_owned(),
            ..project()
        };
        let failed = program.config(&project, &[], "from stdin").await;
        assert_eq!(
            failed,
            Err(Failure::Failed("unix:///x.sock; from stdin".to_owned()))
        );
    }
}
