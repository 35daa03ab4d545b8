//! Whether the program ever ran. The log decides only this, never why.

use crate::{Facts, Known, State};

/// What came of the attempt to start the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The kernel refused to execute it, and this line says so.
    Refused(String),
    /// It ran.
    Ran,
    /// Nothing tells, for this reason.
    Unsure(String),
}

/// Runtimes write these of a program that was not started; the wording around them differs between versions.
const REFUSALS: [&str; 3] = [
    "exec format error",
    "no such file or directory",
    "permission denied",
];

/// A runtime's own line starts with one of these; the first is runc's, the others are older ones', tini's and crun's.
const BEGINNINGS: [&str; 4] = [
    "exec ",
    "standard_init_linux.go",
    "[fatal tini",
    "exec container process",
];

pub(crate) fn fate(facts: &Facts) -> Fate {
    let ending = &facts.ending;
    if ending.state == State::Created && !ending.error.is_empty() {
        return Fate::Refused(ending.error.clone());
    }
    match &facts.log {
        Known::Known(lines) => refusal(lines).map_or(Fate::Ran, |line| Fate::Refused(line.clone())),
        Known::Unknown(why) => Fate::Unsure(why.clone()),
    }
}

/// The last line, when it is a runtime's: a program that ran before in the same container may have left others.
fn refusal(lines: &[String]) -> Option<&String> {
    let last = lines.iter().rev().find(|line| !line.trim().is_empty())?;
    let line = last.to_ascii_lowercase();
    let refused = REFUSALS.iter().any(|refusal| line.contains(refusal));
    let from_runtime = BEGINNINGS.iter().any(|beginning| line.starts_with(beginning));
    (refused && from_runtime).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(lines: &[&str]) -> bool {
        refusal(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>()).is_some()
    }

    #[test]
    fn refusals_of_every_runtime_are_known() {
        for line in [
            "exec /bin/uname: exec format error",
            "exec /app/start.sh: no such file or directory",
            "exec /app/start.sh: permission denied",
            "standard_init_linux.go:228: exec user process caused: exec format error",
            "[FATAL tini (7)] exec uname failed: Exec format error",
            "exec container process `/bin/sh`: Exec format error",
        ] {
            assert!(refused(&["before", line, ""]), "{line}");
        }
    }

    #[test]
    fn what_a_program_says_itself_is_no_refusal() {
        for line in [
            "open /etc/x: no such file or directory",
            "bash: ./x: cannot execute: Exec format error",
            "",
        ] {
            assert!(!refused(&[line]), "{line}");
        }
        assert!(!refused(&["exec /x: exec format error", "server started"]));
        assert!(!refused(&[]));
    }
}
