//! What engines, runtimes, translators and shells write of a program that was not started.

#[cfg(test)]
mod tests;

use platform::{Format, Link, Role, Target, Via};

use crate::{
    Ending, Facts, JudgedLink, State, attempts,
    behind::{continues, speaks_of_failure},
    signature::{self, Signature},
    tail,
    verdict::is_another_failure,
};

/// Somebody's words, and the error that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) words: String,
    /// `None` when the words are about something else than the program.
    pub(crate) errno: Option<Errno>,
    /// The attempt that was refused: 0 is the container's own start.
    pub(crate) attempt: usize,
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

const ERRNOS: [(&str, Errno); 9] = [
    ("too many levels of symbolic links", Errno::NotThere),
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
    TINI,
    "exec container process ",
    r#"{"msg":"exec container process "#,
];

const TINI: &str = "[fatal tini ";

/// A shell that starts a program which traps adds this behind the translator's words.
const TRAP: &str = "trace/breakpoint trap";

/// The engine's own words. They are about the program when they name it behind `exec`; otherwise about a port, a mount,
/// a user or something else that is no file of the chain.
pub(crate) fn of_engine(words: &str, facts: &Facts) -> Refusal {
    let lower = words.to_ascii_lowercase();
    let is_about_program = command(facts).is_some_and(|program| is_about(&lower, program));
    Refusal {
        words: words.to_owned(),
        errno: errno(&lower).filter(|_| is_about_program && !is_of_mount(words)),
        attempt: 0,
    }
}

/// Whether an engine's words, in small letters, say that they could not execute `program`.
fn is_about(lower: &str, program: &str) -> bool {
    let path = program.to_ascii_lowercase();
    let forms = [
        format!("exec: \"{path}\""),
        format!("exec: \"{}\"", path.escape_debug()),
        format!("exec: \"{}\"", go_quoted(&path)),
        format!("exec {path}:"),
        format!("executable file `{path}` not found"),
    ];
    forms.iter().any(|form| lower.contains(form.as_str()))
}

/// What engines say when neither the image nor the container names a program.
const NO_COMMAND: &str = "no command specified";

/// Whether an engine's words are about what was to be started, or say that nothing was.
pub(crate) fn is_about_program(words: &str, facts: &Facts) -> bool {
    let lower = words.to_ascii_lowercase();
    if facts.program.is_empty() {
        return lower.contains(NO_COMMAND);
    }
    is_about(&lower, &facts.program)
}

/// Control characters as the engine's language writes them.
fn go_quoted(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        letter if letter.is_ascii_control() => format!("\\x{:02x}", u32::from(letter)),
        letter => letter.to_string(),
    };
    text.chars().map(letter).collect()
}

/// Older engines name the program behind what is about a mount, a port or the platform.
fn is_of_mount(words: &str) -> bool {
    words.contains("error mounting ")
        || signature::in_engine_words(words).is_some_and(Signature::is_about_engine)
}

/// The last line, when it is a runtime's. What `tini` says is about what it was to start, wherever it runs itself.
pub(crate) fn of_runtime(lines: &[String], facts: &Facts, chain: &[JudgedLink]) -> Option<Refusal> {
    let last = last(lines)?;
    let lower = last.to_ascii_lowercase();
    let from_runtime =
        is_of_runc(&lower, facts) || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning));
    let named = errno(&lower).filter(|_| from_runtime)?;
    let launched = || chain.iter().position(|judged| judged.link.via == Via::Launcher);
    let at = lower.starts_with(TINI).then(launched).flatten();
    let attempt = at.and_then(|at| attempts::of(chain).get(at).copied().flatten());
    Some(Refusal {
        words: last.to_owned(),
        errno: Some(named),
        attempt: attempt.unwrap_or_default(),
    })
}

/// Whether the log holds nothing but these words, or others of a runtime.
pub(crate) fn is_all(refusal: &Refusal, facts: &Facts, chain: &[JudgedLink]) -> bool {
    let lines = facts.log.as_known().map(Vec::as_slice).unwrap_or_default();
    let is_of_it = |line: &String| {
        let text = line.trim();
        text.is_empty()
            || text == refusal.words.trim()
            || text.to_ascii_lowercase().starts_with(TRAP)
            || of_runtime(std::slice::from_ref(line), facts, chain).is_some()
    };
    lines.iter().all(is_of_it)
}

/// What shells end with when their last command was not started.
const CODES_OF_NOT_STARTED: [i64; 2] = [126, 127];

/// What shells and launchers say of what they could not start, beside what the kernel's errors are called.
const SAID_BY_SHELLS: [(&str, Errno); 8] = [
    // What runtimes of languages call the kernel's errors.
    ("enoexec", Errno::Format),
    ("enoent", Errno::NotThere),
    ("eacces", Errno::Denied),
    ("cannot execute binary file", Errno::Format),
    ("required file not found", Errno::NotThere),
    ("bad interpreter", Errno::NotThere),
    ("not found", Errno::NotThere),
    ("can't open", Errno::NotThere),
];

/// What loaders say of libraries.
const OF_LOADERS: [&str; 3] = [
    "error while loading shared libraries",
    "error loading shared library",
    "error relocating",
];

/// Somebody inside of the container, near its end, says of a link that it was not started.
pub(crate) fn inside(lines: &[String], facts: &Facts, chain: &[JudgedLink]) -> Option<Refusal> {
    let Ending { state, exit_code, .. } = &facts.ending;
    let of = attempts::of(chain);
    // A shell reads the script that the kernel handed to it, and may not be allowed to.
    let is_script = |judged: &JudgedLink| judged.link.role == Role::Script;
    let is_asked =
        |judged: &JudgedLink, attempt| attempt > 0 && judged.link.via != Via::Kernel || is_script(judged);
    let later: Vec<(&JudgedLink, usize)> = chain
        .iter()
        .zip(of)
        .filter_map(|(judged, attempt)| Some((judged, attempt?)))
        .filter(|(judged, attempt)| is_asked(judged, *attempt))
        .collect();
    let end = tail::newest(lines)
        .filter(|line| !line.trim().is_empty())
        .take(tail::LAST_WORDS);
    let newest: Vec<&str> = end.collect();
    newest.iter().enumerate().find_map(|(place, &line)| {
        let said = |(judged, attempt): &(&JudgedLink, usize)| {
            let errno = said_of(line.trim(), judged)?;
            // A shell ends with 127 where its last command is not there; where it ends otherwise, it went on. Checks of the
            // health are told to end with 1.
            let is_gone = errno == Errno::NotThere && judged.link.target == Target::Missing;
            let went_on = is_gone && is_of_shell(line) && *state != State::HealthCheck;
            let is_sure = CODES_OF_NOT_STARTED.contains(exit_code)
                || !went_on && is_the_end(&newest[..place], errno, judged, chain);
            if !is_sure {
                return None;
            }
            Some(Refusal {
                words: line.trim().to_owned(),
                errno: Some(errno),
                attempt: *attempt,
            })
        };
        later.iter().rev().find_map(said)
    })
}

/// Whether a shell says it, in the words that all of them have for a name that they do not find.
fn is_of_shell(line: &str) -> bool {
    let line = line.trim();
    line.ends_with(": not found") || line.ends_with(": command not found")
}

/// A shell goes on behind what it could not start: that the end came of it is only known by what stands behind the words, and by
/// bytes that nobody tries by chance.
fn is_the_end(later: &[&str], errno: Errno, judged: &JudgedLink, chain: &[JudgedLink]) -> bool {
    let others: Vec<&&str> = later.iter().filter(|line| !continues(line)).collect();
    let goes_on = others
        .iter()
        .any(|line| is_another_failure(line, judged.link.place()));
    let is_there = judged.link.program().is_some();
    let of_it = || {
        let mut links = chain.iter().skip_while(|other| !std::ptr::eq(*other, judged));
        let first = links.next();
        let own = first
            .into_iter()
            .chain(links.take_while(|other| other.link.via == Via::Kernel));
        let mut faults = own.filter_map(|other| Some((other.kind?, other.link.role)));
        faults.any(|(fault, role)| fault.explains(errno, role))
    };
    match others[..] {
        [] => true,
        _ if errno == Errno::Format => !goes_on,
        // What is there and cannot be started, and one line more, which says that this failed.
        [line] => is_there && speaks_of_failure(line) && of_it(),
        _ => false,
    }
}

/// The error that `said` names, when it names the link as well.
fn said_of(said: &str, judged: &JudgedLink) -> Option<Errno> {
    let link = &judged.link;
    let path = link.path.trim_end_matches('\r');
    let lower = said.to_ascii_lowercase();
    // Its loader was started, and speaks of libraries.
    if OF_LOADERS.iter().any(|words| lower.contains(words)) {
        return None;
    }
    // What a script says of others begins with its own name.
    let opens = lower.contains("can't open") || lower.contains("cannot open");
    if link.role == Role::Script && judged.link.via == Via::Kernel && !opens {
        return None;
    }
    let at = path_in(said, path).or_else(|| path_in(said, link.resolved.as_deref()?))?;
    let (before, behind) = (said[..at].to_ascii_lowercase(), said[at..].to_ascii_lowercase());
    // A shell that reads a binary as its own text stumbles over it.
    let is_text = |format| matches!(format, Format::Script | Format::Text);
    let is_binary = !link.program().is_none_or(|program| is_text(program.format));
    if is_binary && (behind.contains("syntax error") || behind.contains(": line ") || reads_number(&behind)) {
        return Some(Errno::Format);
    }
    let known = |text: &str| {
        let shell = SAID_BY_SHELLS
            .iter()
            .find(|(words, _)| text.contains(words))
            .map(|(_, errno)| *errno);
        errno(text).or(shell)
    };
    known(&behind).or_else(|| known(&before))
}

/// Whether `said` names the file of `link`.
pub(crate) fn names(said: &str, link: &Link) -> bool {
    path_in(said, link.path.trim_end_matches('\r')).is_some() || path_in(said, link.place()).is_some()
}

/// Where `path` stands in `line`, as a word of its own.
fn path_in(line: &str, path: &str) -> Option<usize> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '_' | '-' | '.');
    let alone = |at: &usize| {
        let before = line[..*at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(|letter| is_part(letter) && letter != '.')
    };
    let mut places = line.match_indices(path).map(|(at, _)| at);
    (!path.is_empty()).then(|| places.find(alone))?
}

/// `/app/x: 1: …`, as dash and `BusyBox` number the lines of what they read.
fn reads_number(behind: &str) -> bool {
    let mut pieces = behind.split(": ");
    let number = pieces.nth(1).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
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
        attempt: missing_loader_attempt(facts),
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
        attempt: 0,
    })
}

/// The attempt in which a loader is missing.
fn missing_loader_attempt(facts: &Facts) -> usize {
    let links = facts.chain.as_known().map(Vec::as_slice).unwrap_or_default();
    let missing = |link: &Link| link.role == Role::Loader && link.target == Target::Missing;
    let before = links.iter().take_while(|link| !missing(link));
    let later = |link: &&Link| link.role != Role::Module && !matches!(link.via, Via::Kernel | Via::Loader);
    before.skip(1).filter(later).count()
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
