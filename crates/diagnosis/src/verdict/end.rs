//! What ran, and how it ended.

use platform::{Role, Via};

use super::{Verdict, foreign, is_stop_requested, module, unnamed, words};
use crate::{
    Cause, Facts, JudgedLink, attempts,
    behind::{Behind, behind, is_of_a_start, is_uncaught},
    faults::Fault,
    refusal::{self, Errno},
    tail,
};

/// The exit code of what looks a program up and does not find it; a loader ends with it too.
pub(super) const NOT_FOUND: i64 = 127;

/// The exit code of what finds a program that cannot be executed.
pub(super) const NOT_EXECUTABLE: i64 = 126;

/// The exit code of a program that a signal ended is this and the signal's number.
pub(crate) const SIGNALLED: i64 = 128;
pub(super) const SIGILL: i64 = SIGNALLED + 4;
const SIGBUS: i64 = SIGNALLED + 7;
pub(super) const SIGKILL: i64 = SIGNALLED + 9;
const SIGSEGV: i64 = SIGNALLED + 11;
const SIGTERM: i64 = SIGNALLED + 15;

pub(super) fn ran(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let code = facts.ending.exit_code;
    if is_stop_requested(facts) {
        return Verdict::new(Cause::Stopped);
    }
    let lines = last_words(facts);
    let by_bytes = named_module(lines, chain, Some(code))
        .or_else(|| unnamed_library(chain, code))
        .or_else(|| confirmed(facts, chain));
    if let Some(verdict) = by_bytes {
        return verdict;
    }
    words::by_signature(lines, facts, chain).unwrap_or_else(|| by_code(facts, chain))
}

/// What its code alone tells.
fn by_code(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let code = facts.ending.exit_code;
    let lines = last_words(facts);
    // The files are not what was started, or nobody reported the refusal in words that are known here.
    let broken = || {
        let own = attempts::links(chain, 0);
        own.filter_map(|judged| judged.kind).any(Fault::forbids_running)
    };
    let chosen = facts.asides.exits.contains(&code);
    match code {
        _ if broken() => Verdict::new(Cause::Unknown),
        SIGILL | SIGKILL | SIGTERM | NOT_FOUND | NOT_EXECUTABLE if chosen => {
            Verdict::likely(Cause::ApplicationExit)
        }
        // A program may choose the code that the signal leads to.
        SIGILL => Verdict::likely(Cause::IllegalInstruction),
        // Nobody chooses it: somebody sent it, and nobody remembers who.
        SIGKILL => Verdict::new(Cause::Unknown),
        SIGTERM if facts.stop_requested.as_known().is_none() => Verdict::new(Cause::Unknown),
        // Nobody asked the engine for it: what is inside may have sent it, or the machine.
        SIGTERM => Verdict::likely(Cause::ApplicationExit),
        // A shell would have said so: what it would have started has a fault, and perhaps nothing was started.
        NOT_FOUND | NOT_EXECUTABLE if led_by_code(facts, chain).is_some() => Verdict::new(Cause::Unknown),
        _ => unnamed::failure(lines).unwrap_or_else(|| {
            let verdict = Verdict::new(Cause::ApplicationExit);
            if names_faulty_module(lines, chain) || names_missing_program(lines, chain) {
                verdict.weakened()
            } else {
                verdict
            }
        }),
    }
}

/// A library that nobody names and that the code leads to: one that is missing, or one that ends too early, behind which
/// memory cannot be read.
fn unnamed_library(chain: &[JudgedLink], code: i64) -> Option<Verdict> {
    match code {
        NOT_FOUND => module(chain, Via::Loader, |_| true),
        SIGBUS | SIGSEGV => module(chain, Via::Loader, |fault| fault == Fault::Truncated),
        _ => None,
    }
    .map(Verdict::weakened)
}

/// The end of the log.
fn last_words(facts: &Facts) -> &[String] {
    let lines = facts.log.as_known().map(Vec::as_slice).unwrap_or_default();
    &lines[lines.len().saturating_sub(tail::LAST_WORDS)..]
}

/// A module that the end of the log names and that is at fault. Whether the program ended for it is told by what stands behind
/// that, and by `code`, where there is one: a loader that does not find a program's libraries ends with 127.
pub(super) fn named_module(lines: &[String], chain: &[JudgedLink], code: Option<i64>) -> Option<Verdict> {
    let mut named = named_modules(lines, chain);
    named.find_map(|(at, line)| {
        let verdict = Verdict::new(chain[at].kind?.cause()).at(at);
        let of_a_start = is_of_a_start(&lines[line]);
        let agrees = code.is_none_or(|code| code == NOT_FOUND);
        match behind(lines, line, chain[at].link.place()) {
            Behind::Nothing if of_a_start && !agrees => Some(verdict.weakened()),
            Behind::Nothing => Some(verdict),
            Behind::Talk if of_a_start && agrees => Some(verdict),
            Behind::Failure if of_a_start && agrees => Some(verdict.weakened()),
            Behind::Talk if !of_a_start && is_uncaught(&lines[line]) => Some(verdict.weakened()),
            Behind::Talk | Behind::Failure => None,
        }
    })
}

/// The places of faulty modules in the chain, with the last lines that name them.
fn named_modules(lines: &[String], chain: &[JudgedLink]) -> impl Iterator<Item = (usize, usize)> {
    let is_it = |judged: &JudgedLink| {
        judged.link.role == Role::Module
            && matches!(judged.link.via, Via::Words | Via::Launcher)
            && judged.kind.is_some()
    };
    let faulty = chain.iter().enumerate().filter(move |(_, judged)| is_it(judged));
    faulty.filter_map(|(at, judged)| Some((at, naming_at(lines, judged.link.place())?)))
}

fn names_faulty_module(lines: &[String], chain: &[JudgedLink]) -> bool {
    named_modules(lines, chain).next().is_some()
}

/// Whether the last words say of a program that it is not there, and it is not.
fn names_missing_program(lines: &[String], chain: &[JudgedLink]) -> bool {
    let Some(last) = lines.iter().rev().find(|line| !line.trim().is_empty()) else {
        return false;
    };
    let mut missing = chain
        .iter()
        .filter(|judged| judged.kind == Some(Fault::MissingCommand));
    missing.any(|judged| refusal::names(last, &judged.link))
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
    let (at, fault, attempt) = led_by_code(facts, chain)?;
    let verdict = if fault == Fault::Foreign {
        foreign::foreign(facts, chain, at)
    } else {
        Verdict::new(fault.cause()).at(at)
    };
    let by_shell = attempt > 0 && chain[..=at].iter().any(|judged| judged.link.via == Via::Shell);
    // What a shell starts may never have been reached: it would have said something of it.
    let is_named = || {
        last_words(facts)
            .iter()
            .any(|line| refusal::names(line, &chain[at].link))
    };
    let would_say = by_shell && matches!(facts.ending.exit_code, NOT_FOUND | NOT_EXECUTABLE);
    let is_told = fault == Fault::LineEndings || !would_say || is_named();
    let verdict = if by_shell { verdict.weakened() } else { verdict };
    is_told.then_some(verdict)
}

/// The first fault that leads to the exit code, its place and its attempt.
fn led_by_code(facts: &Facts, chain: &[JudgedLink]) -> Option<(usize, Fault, usize)> {
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
    faults.find(|(at, fault, attempt)| leads_here(*at, *fault, *attempt))
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
