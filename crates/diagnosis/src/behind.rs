//! What stands behind a line that tells of a failure: whether the program ended there, or went on.

use crate::verdict::is_another_failure;

/// What follows a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// Nothing but what belongs to it.
    Nothing,
    /// The program went on, and said more.
    Talk,
    /// Something else failed.
    Failure,
}

/// What runtimes and what starts them print behind an error, at a line's beginning.
const CONTINUATIONS: [&str; 15] = [
    "at ",
    "from ",
    "}",
    "{",
    "Node.js v",
    "npm ",
    "npm ERR!",
    "error Command failed",
    "info Visit",
    "[nodemon]",
    "Caused by:",
    "... ",
    "ELIFECYCLE",
    "Aborted",
    "Emitted ",
];

/// What loaders say of a program whose libraries they do not find: that one never begins, and ends with 127.
const OF_A_START: [&str; 3] = [
    ": error while loading shared libraries: ",
    "Error loading shared library ",
    "Error relocating ",
];

/// What follows the line at `at`, which is about `place`.
pub(crate) fn behind(lines: &[String], at: usize, place: &str) -> Behind {
    let rest = lines.get(at + 1..).unwrap_or_default();
    let others: Vec<&String> = rest.iter().filter(|line| !continues(line)).collect();
    if others.iter().any(|line| is_another_failure(line, place)) {
        Behind::Failure
    } else if others.is_empty() {
        Behind::Nothing
    } else {
        Behind::Talk
    }
}

/// Whether `line` belongs to the error before it.
pub(crate) fn continues(line: &str) -> bool {
    let is_indented = line.starts_with([' ', '\t']);
    let text = line.trim();
    let says_again = OF_A_START.iter().any(|words| text.contains(words));
    text.is_empty() || is_indented || says_again || CONTINUATIONS.iter().any(|begin| text.starts_with(begin))
}

/// Whether a loader says it of a program that it was to start.
pub(crate) fn is_of_a_start(line: &str) -> bool {
    OF_A_START.iter().any(|words| line.contains(words))
}

/// Whether `line` begins with the name of an error, as runtimes print one that nobody caught.
pub(crate) fn is_uncaught(line: &str) -> bool {
    let head = line.split([':', ' ']).next().unwrap_or_default();
    let name = head.rsplit('.').next().unwrap_or(head);
    ["Error", "Exception"].iter().any(|end| name.ends_with(end))
        || line.contains("(LoadError)")
        || is_of_a_start(line)
}

/// Whether `line` says that something failed, in any words.
pub(crate) fn speaks_of_failure(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    ["fail", "error", "could not", "cannot", "can't", "unable", "abort"]
        .iter()
        .any(|words| lower.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Behind {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        behind(&lines, 0, "/app/x.node")
    }

    #[test]
    fn a_stack_belongs_to_its_error_and_other_words_do_not() {
        let stack =
            "Error: /app/x.node: invalid ELF header\n    at Module.load\n  code: 'ERR'\n}\n\nNode.js v20.1.0";
        assert_eq!(of(stack), Behind::Nothing);
        assert_eq!(
            of("no x: /app/x.node: invalid ELF header\nusing JS instead"),
            Behind::Talk
        );
        assert_eq!(
            of("no x: /app/x.node\nlistening\nFATAL: no database"),
            Behind::Failure
        );
    }

    #[test]
    fn what_nobody_caught_begins_with_its_name() {
        for line in [
            "ImportError: x",
            "Error: x",
            "java.lang.UnsatisfiedLinkError: x",
            "a: error while loading shared libraries: b",
        ] {
            assert!(is_uncaught(line), "{line}");
        }
        assert!(!is_uncaught("WARN no speedups: x") && !is_uncaught("bufferutil not available: x"));
    }
}
