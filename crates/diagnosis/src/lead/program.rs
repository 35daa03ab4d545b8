//! What shells, inits and runtimes say of programs that they could not start.

use platform::Sought;

use super::name;

/// What is said of a program, in small letters.
const REASONS: [&str; 6] = [
    "cannot execute",
    "exec format error",
    "not found",
    "command not found",
    "no such file or directory",
    "permission denied",
];

/// Who says so with their own name before.
const STARTERS: [&str; 9] = [
    "sh", "bash", "ash", "dash", "busybox", "zsh", "env", "su-exec", "nohup",
];

/// Who takes what the kernel refuses for a script, and in which words it then fails.
const SYNTAX: &str = "syntax error";

/// What stands before the path of a program, and what ends it. The first are the most telling.
const QUOTED: [(&str, &str); 10] = [
    ("can't execute '", "': "),
    ("exec: \"", "\": "),
    ("fork/exec ", ": "),
    ("[Errno 8] Exec format error: '", "'"),
    ("Cannot run program \"", "\""),
    ("Can't exec \"", "\""),
    ("Error: spawn ", " E"),
    ("couldn't exec ", ": "),
    ("exec container process `", "`: "),
    ("exec container process '", "': "),
];

/// As many pieces of a line as are looked at: `who: line 1: program: why: more`.
const PIECES: usize = 16;

pub(super) fn wanted(line: &str) -> Option<Sought> {
    let program = quoted(line)
        .or_else(|| by_runtime(line))
        .or_else(|| by_init(line))
        .or_else(|| by_shell(line))?;
    Some(Sought::Program(program))
}

fn quoted(line: &str) -> Option<String> {
    let between = |(begin, end): &(&str, &str)| {
        let (_, rest) = line.split_once(begin)?;
        let (named, _) = rest.split_once(end)?;
        with_carriage_return(named)
    };
    QUOTED.iter().find_map(between)
}

/// `exec PATH: WHY`
fn by_runtime(line: &str) -> Option<String> {
    let (path, why) = line.strip_prefix("exec ")?.rsplit_once(": ")?;
    is_reason(why).then(|| name::path(path)).flatten()
}

/// `[FATAL tini (7)] exec PROGRAM failed: WHY`
fn by_init(line: &str) -> Option<String> {
    let (_, rest) = line.strip_prefix("[FATAL tini ")?.split_once(")] exec ")?;
    name::program(rest.split_once(" failed: ")?.0)
}

/// `WHO: PROGRAM: WHY`, `WHO: line 1: PROGRAM: WHY`, `WHO: 1: PROGRAM: WHY`; and a program that was read as a script.
fn by_shell(line: &str) -> Option<String> {
    let pieces: Vec<&str> = line.split(": ").take(PIECES).collect();
    let at = pieces
        .iter()
        .position(|piece| is_reason(piece) || is_syntax(piece))?;
    let before = |count: usize| at.checked_sub(count).and_then(|index| pieces.get(index).copied());
    if is_syntax(pieces.get(at)?) {
        return before(1)
            .filter(|place| is_line(place))
            .and(before(2))
            .and_then(read_as_script);
    }
    let named = before(1)?;
    let who = before(2)?;
    if is_line(who) {
        let who = before(3).filter(|who| is_starter(who) || is_script(who))?;
        return if has_magic(named) {
            read_as_script(who)
        } else {
            name::program(named)
        };
    }
    is_starter(who).then(|| with_carriage_return(named)).flatten()
}

/// A bare name would be a message's subject rather than a program's path.
fn read_as_script(who: &str) -> Option<String> {
    name::path(last_word(who))
}

fn is_reason(piece: &str) -> bool {
    REASONS.iter().any(|reason| {
        let begin = piece.get(..reason.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(reason))
    })
}

fn is_syntax(piece: &str) -> bool {
    let begin = piece.get(..SYNTAX.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(SYNTAX))
}

/// `line 12` or `12`
fn is_line(piece: &str) -> bool {
    let number = piece.strip_prefix("line ").unwrap_or(piece);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_starter(who: &str) -> bool {
    let base = last_word(who).rsplit('/').next().unwrap_or_default();
    STARTERS.contains(&base)
}

fn is_script(who: &str) -> bool {
    let who = last_word(who);
    who.strip_suffix(".sh").is_some() || name::path(who).is_some()
}

/// What a shell reads at the beginning of an ELF file.
fn has_magic(named: &str) -> bool {
    named.contains("\u{7f}ELF") || named.starts_with("ELF")
}

/// Other words before are a log's own.
fn last_word(who: &str) -> &str {
    who.rsplit(' ').next().unwrap_or(who)
}

/// A name that ends in a carriage return, as it is or as `\r`, says that a script's first line does.
fn with_carriage_return(named: &str) -> Option<String> {
    let inner = named.trim_matches(['\'', '‘', '’', '"']);
    let bare = inner.strip_suffix('\r').or_else(|| inner.strip_suffix("\\r"));
    match bare {
        Some(bare) => name::program(bare).map(|program| format!("{program}\r")),
        None => name::program(named),
    }
}
