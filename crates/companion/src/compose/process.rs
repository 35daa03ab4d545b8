//! A process, written down so that it is known again: numbers are given out anew, so its beginning belongs to it.

use rustix::{
    io::Errno,
    process::{Pid, Signal, getpgid, kill_process_group, test_kill_process},
};

/// Whether the process of a word still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lives {
    /// It does.
    Yes,
    /// It has ended, whatever has its number by now.
    No,
    /// It was seen before the machine's last start, on another machine, or in another namespace of processes.
    Unknown,
}

/// Parts of a word are kept apart by this.
const BETWEEN: char = '/';

/// A word for this process.
pub(crate) fn this() -> Option<String> {
    word(std::process::id())
}

/// A word for the process that has this number now.
pub(crate) fn word(pid: u32) -> Option<String> {
    let began = system::began(pid)?;
    Some([pid.to_string(), began, system::world()].join(&BETWEEN.to_string()))
}

/// Whether the process of `word` still runs.
pub(crate) fn lives(word: &str) -> Lives {
    let Some((pid, began)) = here(word) else {
        return Lives::Unknown;
    };
    match system::began(pid) {
        Some(now) if now == began => Lives::Yes,
        // It is there, and nothing tells which one it is.
        None if is_there(pid) => Lives::Unknown,
        _ => Lives::No,
    }
}

/// Its number, for people.
pub(crate) fn number(word: &str) -> Option<u32> {
    word.split(BETWEEN).next()?.parse().ok()
}

/// Asks the process of `word`, which leads a group of its own, and all of its group to end; one of another's is never.
pub(crate) fn end(word: &str, signal: Signal) {
    if lives(word) == Lives::Yes
        && let Some(pid) = number(word)
    {
        end_group(pid, signal);
    }
}

/// The same by its number, for a child that was not waited for yet, which keeps its number.
pub(crate) fn end_group(pid: u32, signal: Signal) {
    if let Some(pid) = raw(pid)
        && getpgid(Some(pid)) == Ok(pid)
    {
        kill_process_group(pid, signal).ok();
    }
}

/// What a word of this machine's present says.
fn here(text: &str) -> Option<(u32, &str)> {
    let mut parts = text.splitn(3, BETWEEN);
    let (pid, began, world) = (parts.next()?, parts.next()?, parts.next()?);
    (world == system::world()).then_some((pid.parse().ok()?, began))
}

fn is_there(pid: u32) -> bool {
    raw(pid).is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

fn raw(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    /// The field of the beginning, in ticks since the machine's own, from the state on: names before it hold anything.
    const BEGAN: usize = 19;

    /// When the process began. None when there is none, or only what its parent did not ask for.
    pub(super) fn began(pid: u32) -> Option<String> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let has_ended = ["Z", "X"].contains(fields.first()?);
        (!has_ended).then(|| fields.get(BEGAN).map(ToString::to_string))?
    }

    /// The machine's present start, and the namespace in which numbers mean something.
    pub(super) fn world() -> String {
        let start = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let space = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        format!("{}/{}", start.trim(), space.display())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::process::{Command, Stdio};

    /// When the process began. None when there is none.
    pub(super) fn began(pid: u32) -> Option<String> {
        let asked = Command::new("/bin/ps")
            .args(["-o", "lstart=", "-p", &pid.to_string()])
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output();
        let told = String::from_utf8_lossy(&asked.ok()?.stdout).trim().to_owned();
        (!told.is_empty()).then_some(told)
    }

    /// The beginning is a time of day: it tells a start of the machine from another by itself.
    pub(super) fn world() -> String {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_is_known_again_and_another_one_with_its_number_is_not() {
        let own = this().expect("a word");
        assert_eq!(lives(&own), Lives::Yes);
        assert_eq!(number(&own), Some(std::process::id()));
        let mut parts: Vec<_> = own.splitn(3, BETWEEN).map(ToOwned::to_owned).collect();
        parts[1] = "1".to_owned();
        assert_eq!(
            lives(&parts.join("/")),
            Lives::No,
            "its number is another's by now"
        );
        parts[2] = "elsewhere".to_owned();
        assert_eq!(lives(&parts.join("/")), Lives::Unknown);
        for word in ["", "1", "1-2-3", "x/y/z"] {
            assert_eq!(lives(word), Lives::Unknown, "{word}");
        }
    }

    #[test]
    fn only_the_process_that_is_meant_is_ended() {
        use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cat"]).stdin(Stdio::piped()).process_group(0);
        let mut child = command.spawn().expect("a shell");
        let told = word(child.id()).expect("a word");
        let (pid, rest) = told.split_once(BETWEEN).expect("parts");
        let (_, world) = rest.split_once(BETWEEN).expect("parts");
        end(&format!("{pid}/1/{world}"), Signal::KILL);
        assert_eq!(lives(&told), Lives::Yes, "another one with the same number");
        end(&told, Signal::TERM);
        let status = child.wait().expect("it ends");
        assert_eq!(status.signal(), Some(15));
        assert_eq!(lives(&told), Lives::No);
    }
}
