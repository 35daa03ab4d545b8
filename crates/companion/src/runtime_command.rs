//! A runtime's own command, run as a child: words as a list, no shell, and never for ever.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use host::apply::Command;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader},
    process::Child,
    sync::mpsc,
    task::JoinSet,
    time::timeout,
};

use crate::{
    Setup,
    compose::{Failure, is_program, quoted, within},
};

/// A machine that starts may load its image first.
const LIMIT: Duration = Duration::from_mins(30);

/// How long what it said is read after its end.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// As much of a line as is kept, and as many lines as wait to be heard.
const LINE_BYTES: u64 = 4096;
const LINES: usize = 64;

/// Lines that say why it failed are the last ones.
const LAST_LINES: usize = 4;

/// People read no more lines than this.
const TELL: Duration = Duration::from_millis(500);

/// Where runtimes put their programs. A window has no terminal's `PATH`.
const FOLDERS: [&str; 4] = [
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/opt/podman/bin",
    "/Applications/Docker.app/Contents/Resources/bin",
];
/// The same below the user's home folder.
const OWN_FOLDERS: [&str; 3] = [".docker/bin", ".orbstack/bin", ".rd/bin"];

/// The words of `command`, so that a shell reads them back.
pub(crate) fn shown(command: &Command) -> String {
    let words: Vec<_> = command.words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// The program of `command`, as a file.
pub(crate) fn program(setup: &Setup, command: &Command) -> Option<PathBuf> {
    find(setup, command.words.first()?)
}

/// The program that is called `name`, as a file.
pub(crate) fn find(setup: &Setup, name: &str) -> Option<PathBuf> {
    let folders = env::split_paths(&path(setup)).collect::<Vec<_>>();
    let mut programs = folders.iter().map(|folder| folder.join(name));
    programs.find(|file| is_program(file))
}

/// Runs `command`, and tells `line` what it says, some of it.
pub(crate) async fn run(
    setup: &Setup,
    command: &Command,
    line: &(dyn Fn(&str) + Send + Sync),
) -> Result<(), Failure> {
    let no_program = || Failure::Broken("it is not where programs are looked for".to_owned());
    let program = program(setup, command).ok_or_else(no_program)?;
    let broken = |error: std::io::Error| Failure::Broken(error.to_string());
    let mut child = tokio::process::Command::new(program)
        .args(&command.words[1..])
        .env("PATH", path(setup))
        .env("HOME", &setup.home)
        .current_dir(folder(&setup.home))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(broken)?;
    let (said, hears) = mpsc::channel(LINES);
    let mut readers = JoinSet::new();
    readers.spawn(read(child.stdout.take(), said.clone()));
    readers.spawn(read(child.stderr.take(), said));
    let (status, last) = within(LIMIT, async {
        hear(&mut child, hears, line).await.map_err(broken)
    })
    .await?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Failed(last.join("; ")))
}

/// Hears it until it ends, and keeps its last lines. What it leaves running may hold its pipes open for ever.
async fn hear(
    child: &mut Child,
    mut hears: mpsc::Receiver<String>,
    tell: &(dyn Fn(&str) + Send + Sync),
) -> std::io::Result<(ExitStatus, Vec<String>)> {
    let (mut last, mut told) = (Vec::new(), None::<Instant>);
    let mut status = None;
    loop {
        let next = match status {
            None => tokio::select! {
                next = hears.recv() => next,
                ended = child.wait() => {
                    status = Some(ended?);
                    continue;
                }
            },
            Some(_) => timeout(LAST_WORDS, hears.recv()).await.unwrap_or_default(),
        };
        let Some(text) = next else { break };
        if told.is_none_or(|at| at.elapsed() >= TELL) {
            told = Some(Instant::now());
            tell(&text);
        }
        last.push(text);
        let surplus = last.len().saturating_sub(LAST_LINES);
        last.drain(..surplus);
    }
    let status = match status {
        Some(status) => status,
        None => child.wait().await?,
    };
    Ok((status, last))
}

/// Sends the lines of `from`, each cut. That nobody hears any more ends it.
async fn read(from: Option<impl AsyncRead + Unpin>, said: mpsc::Sender<String>) {
    let Some(from) = from else { return };
    let mut from = BufReader::new(from);
    loop {
        let mut bytes = Vec::new();
        let count = (&mut from).take(LINE_BYTES).read_until(b'\n', &mut bytes).await;
        if count.is_err() || bytes.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        if !text.is_empty() && said.send(text).await.is_err() {
            return;
        }
    }
}

/// What was passed in first, then the usual places of this machine.
pub(crate) fn path(setup: &Setup) -> OsString {
    let given = setup.path.clone().unwrap_or_default();
    let mut folders: Vec<_> = env::split_paths(&given).collect();
    // Programs of another machine, whose files are looked at, are never run.
    if setup.roots().is_here() {
        folders.extend(FOLDERS.map(PathBuf::from));
        folders.extend(OWN_FOLDERS.map(|folder| setup.home.join(folder)));
    }
    env::join_paths(folders).unwrap_or(given)
}

fn folder(home: &Path) -> &Path {
    if home.is_dir() { home } else { Path::new("/") }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A folder with a program that is a script, and a setup whose `PATH` leads to it.
    fn scripted(script: &str) -> (tempfile::TempDir, Setup) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("colima");
        // Written by another process: no thread of this one may hold it open for writing as it is run.
        let text = format!(
            "cat > '{0}' <<'E'\n#!/bin/sh\n{script}\nE\nchmod 755 '{0}'",
            file.display()
        );
        let written = std::process::Command::new("/bin/sh").args(["-c", &text]).status();
        assert!(written.expect("a shell").success());
        let setup = Setup {
            root: folder.path().to_owned(),
            home: folder.path().to_owned(),
            path: Some(
                env::join_paths([folder.path(), Path::new("/usr/bin"), Path::new("/bin")]).expect("a path"),
            ),
            ..Setup::default()
        };
        (folder, setup)
    }

    fn command(words: &[&str]) -> Command {
        Command {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[tokio::test]
    async fn words_reach_it_as_they_are_and_what_it_says_is_told() {
        let (folder, setup) = scripted("printf '<%s>' \"$@\" >&2; echo >&2; [ \"$HOME\" = \"$PWD\" ] && cat");
        let heard = Mutex::new(Vec::new());
        let line = |line: &str| heard.lock().expect("nobody panicked").push(line.to_owned());
        run(&setup, &command(&["colima", "start", "$(x) 'y"]), &line)
            .await
            .expect("it ends well");
        assert_eq!(*heard.lock().expect("nobody panicked"), ["<start><$(x) 'y>"]);
        assert_eq!(shown(&command(&["colima", "a b"])), "colima 'a b'");
        assert_eq!(
            program(&setup, &command(&["colima"])),
            Some(folder.path().join("colima"))
        );
    }

    #[tokio::test]
    async fn its_last_words_say_why_it_failed_and_what_it_leaves_behind_is_not_waited_for() {
        let (_folder, setup) = scripted("sleep 300 & echo one; echo two >&2; exit 3");
        let failed = run(&setup, &command(&["colima"]), &|_| {}).await;
        let Err(Failure::Failed(last)) = failed else {
            panic!("{failed:?}")
        };
        assert!(last.contains("two") && last.contains("one"), "{last}");
        let none = run(&setup, &command(&["limactl-that-is-nowhere"]), &|_| {}).await;
        assert!(matches!(none, Err(Failure::Broken(_))));
    }
}
