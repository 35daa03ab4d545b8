//! What ran, and how it ended.

use platform::{Role, Via};

use super::{Verdict, foreign, is_stop_requested, module, words};
use crate::{Cause, Facts, JudgedLink, attempts, faults::Fault, refusal::Errno, tail};

/// The exit code of what looks a program up and does not find it; a loader ends with it too.
pub(super) const NOT_FOUND: i64 = 127;

/// The exit code of what finds a program that cannot be executed.
pub(super) const NOT_EXECUTABLE: i64 = 126;

/// The exit code of a program that a signal ended is this and the signal's number.
pub(crate) const SIGNALLED: i64 = 128;
const SIGILL: i64 = SIGNALLED + 4;
const SIGBUS: i64 = SIGNALLED + 7;
pub(super) const SIGKILL: i64 = SIGNALLED + 9;
const SIGSEGV: i64 = SIGNALLED + 11;
const SIGTERM: i64 = SIGNALLED + 15;

pub(super) fn ran(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let code = facts.ending.exit_code;
    if is_stop_requested(facts) {
        return Verdict::new(Cause::Stopped);
    }
    // Nothing but the code says that a library was missed.
    let by_loader = || {
        (code == NOT_FOUND)
            .then(|| module(chain, Via::Loader).map(Verdict::weakened))
            .flatten()
    };
    let lines = last_words(facts);
    let by_bytes = named_module(lines, chain)
        .or_else(by_loader)
        .or_else(|| confirmed(facts, chain));
    if let Some(verdict) = by_bytes {
        return verdict;
    }
    let known = words::by_signature(lines, facts, chain);
    // The files are not what was started, or nobody reported the refusal in words that are known here.
    let broken = || {
        let own = attempts::links(chain, 0);
        own.filter_map(|judged| judged.kind).any(Fault::forbids_running)
    };
    known.unwrap_or_else(|| match code {
        _ if broken() => Verdict::new(Cause::Unknown),
        // A program may choose the code that the signal leads to.
        SIGILL => Verdict::likely(Cause::IllegalInstruction),
        // Somebody sent it, and nobody remembers who.
        SIGKILL | SIGTERM if facts.stop_requested.as_known().is_none() => Verdict::new(Cause::Unknown),
        // Nobody asked the engine for it: what is inside may have sent it, or the machine.
        SIGKILL | SIGTERM => Verdict::likely(Cause::ApplicationExit),
        _ => Verdict::new(Cause::ApplicationExit),
    })
}

/// The end of the log.
fn last_words(facts: &Facts) -> &[String] {
    let lines = facts.log.as_known().map(Vec::as_slice).unwrap_or_default();
    &lines[lines.len().saturating_sub(tail::LAST_WORDS)..]
}

/// A module that the end of the log names and that is at fault; what else failed behind it is the cause instead.
pub(super) fn named_module(lines: &[String], chain: &[JudgedLink]) -> Option<Verdict> {
    let is_named = |judged: &&JudgedLink| {
        let last = naming_at(lines, judged.link.place());
        last.is_some_and(|at| {
            !lines[at + 1..]
                .iter()
                .any(|line| is_another_failure(line, judged.link.place()))
        })
    };
    let by_words = chain
        .iter()
        .filter(|judged| judged.link.role == Role::Module && judged.link.via == Via::Words);
    let blamed = by_words.filter(|judged| judged.kind.is_some()).find(is_named)?;
    let at = chain.iter().position(|judged| std::ptr::eq(judged, blamed))?;
    Some(Verdict::new(blamed.kind?.cause()).at(at))
}

/// The last line that names the file at `place`. Python's modules are named without what says which platform they are for.
pub(crate) fn naming_at(lines: &[String], place: &str) -> Option<usize> {
    let base = place.rsplit('/').next().unwrap_or(place);
    let stem = base.split('.').next().unwrap_or(base);
    let names = |name: &str| {
        lines
            .iter()
            .rposition(|line| !name.is_empty() && line.contains(name))
    };
    names(base).or_else(|| names(stem))
}

/// Whether a line begins as a failure does, and is about something else.
pub(crate) fn is_another_failure(line: &str, place: &str) -> bool {
    let head = line.trim_start().split([':', ' ']).next().unwrap_or_default();
    let kind = head.rsplit('.').next().unwrap_or(head).to_ascii_lowercase();
    let fails = ["error", "exception", "fatal", "panic"]
        .iter()
        .any(|word| kind.ends_with(word) || kind.starts_with(word));
    // What a loader that failed is reported as is the same failure once more.
    let again = [
        "ImportError",
        "ModuleNotFoundError",
        "LoadError",
        "UnsatisfiedLinkError",
        "ERR_DLOPEN",
    ];
    let is_same = line.contains(place) || again.iter().any(|word| line.contains(word));
    fails && !is_same
}

/// A fault that shows only after the start, by the exit code that it leads to.
fn confirmed(facts: &Facts, chain: &[JudgedLink]) -> Option<Verdict> {
    let code = facts.ending.exit_code;
    let of = attempts::of(chain);
    let judged = chain.iter().zip(of).enumerate();
    let mut faults = judged.filter_map(|(at, (judged, attempt))| Some((at, judged.kind?, attempt?)));
    // A shell knows commands of its own, and a text may make others known.
    let is_looked_up =
        |at: usize| matches!(chain[at].link.via, Via::Shell) && !chain[at].link.path.contains('/');
    let leads_here = |at: usize, fault: Fault, attempt: usize| match code {
        _ if fault == Fault::LineEndings => stumbles_over_carriage_return(facts),
        _ if is_looked_up(at) => false,
        NOT_FOUND => attempt > 0 && fault.explains(Errno::NotThere, Role::Program),
        NOT_EXECUTABLE => {
            attempt > 0
                && (fault.explains(Errno::Denied, Role::Program)
                    || fault.explains(Errno::Format, Role::Program))
        }
        // Memory behind the end of the file cannot be read.
        SIGBUS | SIGSEGV => fault == Fault::Truncated,
        _ => false,
    };
    let (at, fault, attempt) = faults.find(|(at, fault, attempt)| leads_here(*at, *fault, *attempt))?;
    let verdict = if fault == Fault::Foreign {
        foreign::foreign(facts, chain, at)
    } else {
        Verdict::new(fault.cause()).at(at)
    };
    // What a shell starts may never have been reached: only the code says so.
    let by_shell = attempt > 0 && chain[..=at].iter().any(|judged| judged.link.via == Via::Shell);
    Some(if by_shell { verdict.weakened() } else { verdict })
}

/// Shells quote the word that a carriage return spoiled, or write it as it is. Others use one to draw over a line.
fn stumbles_over_carriage_return(facts: &Facts) -> bool {
    const COMPLAINTS: [&str; 6] = [
        "not found",
        "illegal option -",
        "invalid option",
        "syntax error",
        "unexpected",
        "no such file",
    ];
    last_words(facts).iter().any(|line| {
        let lower = line.trim_end_matches('\n').to_ascii_lowercase();
        let returns = lower.contains('\r') || lower.contains(r"\r") || lower.ends_with("illegal option -");
        returns && COMPLAINTS.iter().any(|words| lower.contains(words))
    })
}
