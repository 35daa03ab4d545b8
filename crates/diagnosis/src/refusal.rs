//! What engines, runtimes, translators and shells write of a program that was not started.

use platform::{Role, Target};

use crate::Facts;

/// Somebody's words, and the error that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) words: String,
    /// `None` when the words are about something else than the program.
    pub(crate) errno: Option<Errno>,
}

/// Why the kernel refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errno {
    /// `ENOEXEC`: it does not know the format.
    Format,
    /// `ENOENT` or `ENOTDIR`: the file, its interpreter or its loader is not there.
    NotThere,
    /// `EACCES` or `EISDIR`.
    Denied,
    /// `ELIBBAD` or `EIO`: the loader is none, or a file ends too early.
    Broken,
    /// A translator runs the program and does not find its loader.
    NoLoader,
}

const ERRNOS: [(&str, Errno); 8] = [
    ("exec format error", Errno::Format),
    ("no such file or directory", Errno::NotThere),
    ("executable file not found", Errno::NotThere),
    ("not a directory", Errno::NotThere),
    ("is a directory", Errno::Denied),
    ("permission denied", Errno::Denied),
    ("accessing a corrupted shared library", Errno::Broken),
    ("input/output error", Errno::Broken),
];

/// The lines of old runc, tini and crun, which podman wraps in JSON, begin so. Newer runc's is looked at more closely.
const BEGINNINGS: [&str; 4] = [
    "standard_init_linux.go:",
    "[fatal tini ",
    "exec container process ",
    r#"{"msg":"exec container process "#,
];

/// A shell that starts a program which traps adds this behind the translator's words.
const TRAP: &str = "trace/breakpoint trap";

/// The engine's own words. They are about the program when they name it behind `exec`; otherwise about a port, a mount,
/// a user or something else that is no file of the chain.
pub(crate) fn of_engine(words: &str, facts: &Facts) -> Refusal {
    let lower = words.to_ascii_lowercase();
    let is_about_program = command(facts).is_some_and(|path| {
        let path = path.to_ascii_lowercase();
        let forms = [
            format!("exec: \"{path}\""),
            format!("exec: \"{}\"", path.escape_debug()),
            format!("exec {path}:"),
            format!("executable file `{path}` not found"),
        ];
        forms.iter().any(|form| lower.contains(form.as_str()))
    });
    Refusal {
        words: words.to_owned(),
        errno: errno(&lower).filter(|_| is_about_program),
    }
}

/// The last line, when it is a runtime's.
pub(crate) fn of_runtime(lines: &[String], facts: &Facts) -> Option<Refusal> {
    let last = last(lines)?;
    let lower = last.to_ascii_lowercase();
    let from_runtime =
        is_of_runc(&lower, facts) || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning));
    let named = errno(&lower).filter(|_| from_runtime)?;
    Some(Refusal {
        words: last.to_owned(),
        errno: Some(named),
    })
}

/// The last line, when a translator says there that it did not find the loader which is not there.
pub(crate) fn of_translator(lines: &[String], facts: &Facts) -> Option<Refusal> {
    let loader = missing_loader(facts)?;
    let mut from_end = lines
        .iter()
        .rev()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty());
    let line = from_end.find(|line| !line.to_ascii_lowercase().starts_with(TRAP))?;
    let qemu = line.contains(&format!(": Could not open '{loader}'"));
    let rosetta = line.starts_with("rosetta error: failed to open elf at ") && line.ends_with(loader);
    (qemu || rosetta).then(|| Refusal {
        words: line.to_owned(),
        errno: Some(Errno::NoLoader),
    })
}

/// A shell that reads a binary as a script says so: the C library hands a program that the kernel refused to `/bin/sh`.
pub(crate) fn of_shell(lines: &[String], facts: &Facts) -> Option<Refusal> {
    let chain = facts.chain.as_known()?;
    let first = chain.first().filter(|link| link.role == Role::Program)?;
    let last = last(lines)?;
    let words = last
        .split_once(&format!("{}:", first.path))?
        .1
        .to_ascii_lowercase();
    let read_by_shell = words.contains("syntax error") || words.contains("cannot execute binary file");
    read_by_shell.then(|| Refusal {
        words: last.to_owned(),
        errno: Some(Errno::Format),
    })
}

/// `exec PATH: WHY`, where the path leads to what was asked for. A program may write such a line of another one.
fn is_of_runc(line: &str, facts: &Facts) -> bool {
    let Some(rest) = line.strip_prefix("exec ") else {
        return false;
    };
    let Some((path, why)) = rest.rsplit_once(": ") else {
        return false;
    };
    let named = command(facts).map(|command| base(command).to_ascii_lowercase());
    ERRNOS.iter().any(|(words, _)| *words == why) && named.is_none_or(|named| named == base(path))
}

fn errno(lower: &str) -> Option<Errno> {
    let named = ERRNOS.iter().find(|(words, _)| lower.contains(words));
    named.map(|(_, errno)| *errno)
}

fn command(facts: &Facts) -> Option<&str> {
    let links = facts.chain.as_known()?;
    links.first().map(|link| link.path.as_str())
}

fn missing_loader(facts: &Facts) -> Option<&str> {
    let links = facts.chain.as_known()?;
    let missing = |role, target: &Target| role == Role::Loader && *target == Target::Missing;
    let link = links.iter().find(|link| missing(link.role, &link.target))?;
    Some(link.path.as_str()).filter(|path| !path.is_empty())
}

fn last(lines: &[String]) -> Option<&str> {
    lines
        .iter()
        .rev()
        .map(|line| line.trim())
        .find(|line| !line.is_empty())
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ending, Known};
    use platform::{Link, Platform, Via};

    fn facts(path: &str) -> Facts {
        let link = Link {
            role: Role::Command,
            via: Via::Kernel,
            path: path.to_owned(),
            resolved: None,
            target: Target::Special,
            mount: None,
        };
        Facts {
            container: String::new(),
            image: String::new(),
            engine: Platform::linux("arm64"),
            claimed: Known::Unknown(String::new()),
            ending: Ending::default(),
            chain: Known::Known(vec![link]),
            unfollowed: Vec::new(),
            witness: None,
            health: Vec::new(),
            log: Known::Unknown(String::new()),
            stop_requested: Known::Known(false),
        }
    }

    fn by_runtime(line: &str, path: &str) -> Option<Errno> {
        of_runtime(
            &["before".to_owned(), line.to_owned(), String::new()],
            &facts(path),
        )?
        .errno
    }

    #[test]
    fn the_words_of_every_runtime_are_known() {
        for (line, errno) in [
            ("exec /bin/uname: exec format error", Errno::Format),
            ("exec /bin/uname: no such file or directory", Errno::NotThere),
            ("exec ./uname: permission denied", Errno::Denied),
            (
                "exec /bin/uname: accessing a corrupted shared library",
                Errno::Broken,
            ),
            (
                "standard_init_linux.go:228: exec user process caused: exec format error",
                Errno::Format,
            ),
            (
                r#"standard_init_linux.go:190: exec user process caused "no such file or directory""#,
                Errno::NotThere,
            ),
            (
                "[FATAL tini (7)] exec uname failed: Exec format error",
                Errno::Format,
            ),
            (
                "exec container process `/bin/uname`: Exec format error",
                Errno::Format,
            ),
            (
                r#"{"msg":"exec container process `/bin/uname`: Exec format error","level":"error"}"#,
                Errno::Format,
            ),
        ] {
            assert_eq!(by_runtime(line, "uname"), Some(errno), "{line}");
        }
    }

    #[test]
    fn what_a_program_writes_itself_is_no_refusal() {
        for line in [
            "open /etc/x: no such file or directory",
            "bash: ./x: cannot execute: Exec format error",
            "exec /app/plugin: exec format error",
            "exec: \"uname\": executable file not found in $PATH",
            "exec format error",
            "",
        ] {
            assert_eq!(by_runtime(line, "/bin/uname"), None, "{line}");
        }
        assert_eq!(of_runtime(&[], &facts("/bin/uname")), None);
    }

    #[test]
    fn the_engine_is_heard_of_the_program_only() {
        let errno = |error, path| of_engine(error, &facts(path)).errno;
        let missing = r#"unable to start container process: exec: "/app/nope": stat /app/nope: no such file or directory: unknown"#;
        assert_eq!(errno(missing, "/app/nope"), Some(Errno::NotThere));
        assert_eq!(errno(missing, "/app/other"), None);
        let mount = r#"error mounting "/x" to rootfs at "/app/nope": no such file or directory"#;
        assert_eq!(errno(mount, "/app/nope"), None);
        let old = "unable to start container process: exec /app/start.sh: permission denied: unknown";
        assert_eq!(errno(old, "/app/start.sh"), Some(Errno::Denied));
    }
}
