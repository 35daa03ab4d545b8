//! `docker buildx`, run as a child: arguments as a list, no shell, and never for ever.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use engine::Endpoint;
use platform::Platform;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    Setup,
    compose::{Failure, quoted, within},
    runtime_command,
};

/// `ls` dials every builder, and buildx itself gives each 20 seconds.
const QUICK: Duration = Duration::from_secs(45);
/// An engine on another machine is reached over a network.
const ENGINE: Duration = Duration::from_secs(10);
/// A hundred builders with all their labels are some hundred kilobytes.
const ANSWER_BYTES: u64 = 4 * 1024 * 1024;
/// As much of its complaints as is kept.
const COMPLAINT_BYTES: usize = 4096;
/// The first version that lists builders and tells progress as JSON.
const OLDEST: (u32, u32) = (0, 13);
/// After a request to end, it tells `BuildKit` to give up; then it is killed.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// Why there is no buildx to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// The files are another machine's, whose programs are not run.
    NotHere,
    /// No `docker` is where programs are looked for.
    NoDocker,
    /// It has no `buildx`.
    NoBuildx,
    /// It is older than what is needed of it.
    TooOld(String),
    /// It failed.
    Failed(Failure),
}

/// Which engine the client is told of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Host(String),
    Context(String),
    /// What it finds by itself.
    Nothing,
}

/// The program, and what it is told.
#[derive(Clone, Debug)]
pub(crate) struct Buildx {
    docker: PathBuf,
    path: OsString,
    home: PathBuf,
    told: Told,
    /// Its version, as it says it.
    pub(crate) version: String,
}

impl Buildx {
    /// The first `docker` that is where programs are looked for, and its buildx. `endpoint` is the engine that answers.
    pub(crate) async fn find(setup: &Setup, endpoint: Option<&Endpoint>) -> Result<Self, Lack> {
        if !setup.is_of_here() {
            return Err(Lack::NotHere);
        }
        let mut buildx = Self {
            docker: runtime_command::find(setup, "docker").ok_or(Lack::NoDocker)?,
            path: runtime_command::path(setup),
            home: setup.home.clone(),
            told: told(setup, endpoint),
            version: String::new(),
        };
        let answer = match buildx.ask(&["version".into()]).await {
            Ok(answer) => answer,
            Err(Failure::Failed(_)) => return Err(Lack::NoBuildx),
            Err(failure) => return Err(Lack::Failed(failure)),
        };
        buildx.version = version(&answer).ok_or(Lack::NoBuildx)?;
        match number(&buildx.version) {
            Some(number) if number < OLDEST => Err(Lack::TooOld(buildx.version)),
            // A version that is no number is of somebody who builds it: as new as it can be.
            Some(_) | None => Ok(buildx),
        }
    }

    /// What it answers, bounded, within a short time.
    pub(crate) async fn ask(&self, words: &[OsString]) -> Result<Vec<u8>, Failure> {
        within(QUICK, self.answer(&of_buildx(words))).await
    }

    async fn answer(&self, words: &[OsString]) -> Result<Vec<u8>, Failure> {
        let mut running = self.start(words, Path::new("/"))?;
        let (stdout, stderr) = running.pipes();
        {
            let (answer, complaint, status) = tokio::join!(whole(stdout), whole(stderr), running.ended());
            let status = status.map_err(|error| Failure::Broken(error.to_string()))?;
            if !status.success() {
                return Err(Failure::Failed(last(&complaint)));
            }
            if answer.len() as u64 > ANSWER_BYTES {
                return Err(Failure::TooMuch);
            }
            Ok(answer)
        }
    }

    /// The platform of the engine at `endpoint`, a context's name or an address; `None` where it does not say.
    pub(crate) async fn engine_platform(&self, endpoint: &str) -> Option<Platform> {
        let option = if endpoint.contains("://") {
            "--host"
        } else {
            "--context"
        };
        let words = [
            option,
            endpoint,
            "version",
            "--format",
            "{{.Server.Os}}/{{.Server.Arch}}",
        ]
        .map(Into::into);
        let answer = timeout(ENGINE, self.answer(&words)).await.ok()?.ok()?;
        String::from_utf8_lossy(&answer).trim().parse().ok()
    }

    /// Starts it in a process group of its own, for what `docker` starts to end with it.
    pub(crate) fn start(&self, words: &[OsString], folder: &Path) -> Result<Running, Failure> {
        let mut command = Command::new(&self.docker);
        command
            .args(words)
            .current_dir(folder)
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        match &self.told {
            Told::Host(url) => command.env("DOCKER_HOST", url).env_remove("DOCKER_CONTEXT"),
            Told::Context(name) => command.env("DOCKER_CONTEXT", name).env_remove("DOCKER_HOST"),
            Told::Nothing => &mut command,
        };
        let child = command.spawn();
        let child = child.map_err(|error| Failure::Broken(error.to_string()))?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Ok(Running { child, group })
    }
}

/// Words behind `docker buildx`.
pub(crate) fn of_buildx(words: &[OsString]) -> Vec<OsString> {
    std::iter::once("buildx".into())
        .chain(words.iter().cloned())
        .collect()
}

/// The words of a command of it, so that a shell reads them back.
pub(crate) fn shown(words: &[OsString]) -> String {
    let words = of_buildx(words);
    let words = words.iter().map(|word| quoted(&word.to_string_lossy()));
    std::iter::once("docker".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A child with all that it started. Dropping it kills them.
pub(crate) struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    /// Its output and its complaints, once.
    pub(crate) fn pipes(
        &mut self,
    ) -> (
        Option<tokio::process::ChildStdout>,
        Option<tokio::process::ChildStderr>,
    ) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> std::io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        // From now on the number may be another's.
        self.group = None;
        Ok(status)
    }

    /// Asks it to end as Ctrl-C does, and kills it when it does not.
    pub(crate) async fn stop(&mut self) {
        let group = self.group;
        self.signal(Signal::INT);
        let ended = timeout(LAST_WORDS, self.ended()).await;
        // What it started may not have heeded that, and outlived it.
        self.group = group;
        self.signal(Signal::KILL);
        if ended.is_err() {
            self.ended().await.ok();
        }
        self.group = None;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // One that has just ended needs no signal.
            kill_process_group(group, signal).ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// What the user named wins; an engine that was found where its client would not look is named.
fn told(setup: &Setup, endpoint: Option<&Endpoint>) -> Told {
    let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let of_environment = || match (said(&setup.docker_host), said(&setup.docker_context)) {
        (Some(url), _) => Some(Told::Host(url)),
        (None, Some(name)) => Some(Told::Context(name)),
        (None, None) => None,
    };
    let found = || match endpoint {
        // Its own current context, which it finds by itself.
        Some(endpoint) if endpoint.source.starts_with("context ") => None,
        Some(endpoint) => Some(Told::Host(endpoint.url.clone())),
        None => None,
    };
    said(&setup.host)
        .map(Told::Host)
        .or_else(|| said(&setup.context).map(Told::Context))
        .or_else(of_environment)
        .or_else(found)
        .unwrap_or(Told::Nothing)
}

/// `0.29.1` of `github.com/docker/buildx v0.29.1 a32761a`.
fn version(answer: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    let word = text.split_whitespace().nth(1)?;
    let plain = word
        .trim_start_matches('v')
        .chars()
        .take(VERSION)
        .filter(char::is_ascii_graphic);
    Some(plain.collect())
}

/// Longer than any version with a commit behind it.
const VERSION: usize = 60;

fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '+', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

async fn whole(from: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // What breaks off shows in its status, or in what cannot be read of it.
        (&mut from)
            .take(ANSWER_BYTES + 1)
            .read_to_end(&mut bytes)
            .await
            .ok();
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await.ok();
    }
    bytes
}

fn last(complaint: &[u8]) -> String {
    let from = complaint.len().saturating_sub(COMPLAINT_BYTES);
    let text = String::from_utf8_lossy(&complaint[from..]);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let from = lines.len().saturating_sub(LAST_LINES);
    lines[from..].join("; ")
}

/// Lines that say why it failed are the last ones.
const LAST_LINES: usize = 4;

#[cfg(test)]
pub(in crate::build) mod tests {
    use super::*;

    /// A setup whose `docker` is a script.
    pub(in crate::build) fn scripted(script: &str) -> (tempfile::TempDir, Setup) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("docker");
        // Written by another process: no thread of this one may hold it open for writing as it is run.
        let text = format!(
            "cat > '{0}' <<'E'\n#!/bin/sh\n{script}\nE\nchmod 755 '{0}'",
            file.display()
        );
        let written = std::process::Command::new("/bin/sh").args(["-c", &text]).status();
        assert!(written.expect("a shell").success());
        let folders = [folder.path(), Path::new("/usr/bin"), Path::new("/bin")];
        let setup = Setup {
            home: folder.path().to_owned(),
            path: Some(std::env::join_paths(folders).expect("a path")),
            ..Setup::default()
        };
        (folder, setup)
    }

    #[tokio::test]
    async fn a_buildx_that_is_missing_or_too_old_is_told_from_one_that_will_do() {
        let cases = [
            ("echo no such command >&2; exit 1", Err(Lack::NoBuildx)),
            (
                "echo github.com/docker/buildx v0.12.1 30feaa1",
                Err(Lack::TooOld("0.12.1".to_owned())),
            ),
            (
                "echo github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4",
                Ok("0.29.1+ds1".to_owned()),
            ),
            ("echo github.com/docker/buildx v0.13.0 x", Ok("0.13.0".to_owned())),
            ("echo github.com/docker/buildx dev x", Ok("dev".to_owned())),
        ];
        for (script, expected) in cases {
            let (_folder, setup) = scripted(script);
            let found = Buildx::find(&setup, None).await.map(|buildx| buildx.version);
            assert_eq!(found, expected, "{script}");
        }
        let elsewhere = Setup {
            root: "/another".into(),
            ..Setup::default()
        };
        assert_eq!(Buildx::find(&elsewhere, None).await.err(), Some(Lack::NotHere));
    }

    #[test]
    fn the_client_is_told_the_engine_only_where_it_would_find_another() {
        let endpoint = |source: &str| Endpoint {
            url: "unix:///x.sock".to_owned(),
            source: source.to_owned(),
        };
        let setup = |host: &str, context: &str, docker_host: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            Setup {
                host: some(host),
                context: some(context),
                docker_host: some(docker_host),
                docker_context: some("env"),
                ..Setup::default()
            }
        };
        let host = |url: &str| Told::Host(url.to_owned());
        let context = |name: &str| Told::Context(name.to_owned());
        assert_eq!(told(&setup("a", "", "b"), None), host("a"));
        assert_eq!(told(&setup("", "c", "b"), None), context("c"));
        assert_eq!(told(&setup("", "", "b"), None), host("b"));
        assert_eq!(told(&setup("", "", ""), None), context("env"));
        let plain = Setup::default();
        assert_eq!(
            told(&plain, Some(&endpoint("known socket"))),
            host("unix:///x.sock")
        );
        assert_eq!(told(&plain, Some(&endpoint("context colima"))), Told::Nothing);
        assert_eq!(told(&plain, None), Told::Nothing);
    }

    #[tokio::test]
    async fn what_it_started_ends_with_it() {
        let (folder, setup) = scripted(
            "[ $2 = version ] && { echo buildx v1.2.3; exit; }; sleep 300 & echo $! > \"$HOME/pid\"; wait",
        );
        let buildx = Buildx::find(&setup, None).await.expect("it answers");
        let mut running = buildx
            .start(&["buildx".into(), "build".into()], Path::new("/"))
            .expect("it starts");
        let file = folder.path().join("pid");
        let pid = loop {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if text.ends_with('\n') {
                break text.trim().to_owned();
            }
            tokio::task::yield_now().await;
        };
        running.stop().await;
        let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        while cfg!(target_os = "linux") && !(state().is_empty() || state().contains(") Z ")) {
            tokio::task::yield_now().await;
        }
    }
}
