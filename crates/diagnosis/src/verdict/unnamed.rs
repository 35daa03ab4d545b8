//! Programs that a runtime could not start, when it does not say which: nothing tells then, and the code least of all.

use super::Verdict;
use crate::{Cause, behind::continues};

/// The kernel's refusal of a format, as runtimes say it without a name.
const OF_FORMAT: [&str; 3] = [
    "OSError: [Errno 8] Exec format error",
    "Error: spawn ENOEXEC",
    "Error: spawn Unknown system error -8",
];

/// What they say of what is not there, or may not be executed.
const OF_PATHS: [&str; 2] = [
    "FileNotFoundError: [Errno 2] No such file or directory",
    "PermissionError: [Errno 13] Permission denied",
];

/// What a runtime that starts others says before the name.
const SPAWN: &str = "Error: spawn ";

/// What the last words tell of a start that failed inside.
pub(super) fn failure(lines: &[String]) -> Option<Verdict> {
    let last = lines.iter().rev().find(|line| !continues(line))?.trim();
    if OF_FORMAT.contains(&last) {
        return Some(Verdict::new(Cause::Unknown));
    }
    let of_paths = OF_PATHS.contains(&last) || last.starts_with(SPAWN);
    of_paths.then(|| Verdict::likely(Cause::ApplicationExit))
}
