//! What ran, and how it ended.

use platform::{Role, Via};

use super::{Verdict, foreign, is_stop_requested, module, words};
use crate::{Cause, Facts, JudgedLink, attempts, faults::Fault, refusal::Errno};

/// The exit code of what looks a program up and does not find it; a loader ends with it too.
pub(super) const NOT_FOUND: i64 = 127;

/// The exit code of what finds a program that cannot be executed.
pub(super) const NOT_EXECUTABLE: i64 = 126;

/// The exit code of a program that a signal ended is this and the signal's number.
pub(crate) const SIGNALLED: i64 = 128;
const SIGILL: i64 = SIGNALLED + 4;
const SIGBUS: i64 = SIGNALLED + 7;
const SIGKILL: i64 = SIGNALLED + 9;
const SIGSEGV: i64 = SIGNALLED + 11;
const SIGTERM: i64 = SIGNALLED + 15;

/// Lines at the end of a log that may say why it ended: a stack trace stands between the words and the end.
const LAST_WORDS: usize = 60;

pub(super) fn ran(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let code = facts.ending.exit_code;
    if is_stop_requested(facts) {
        return Verdict::new(Cause::Stopped);
    }
    let by_loader = || (code == NOT_FOUND).then(|| module(chain, Via::Loader)).flatten();
    let by_bytes = module(chain, Via::Words)
        .or_else(by_loader)
        .or_else(|| confirmed(facts, chain));
    if let Some(verdict) = by_bytes {
        return verdict;
    }
    let last = facts
        .log
        .as_known()
        .map(|lines| &lines[lines.len().saturating_sub(LAST_WORDS)..]);
    let known = last.and_then(|lines| words::by_signature(lines, facts, chain));
    // The files are not what was started, or nobody reported the refusal in words that are known here.
    let broken = || {
        let own = attempts::links(chain, 0);
        own.filter_map(|judged| judged.kind).any(Fault::forbids_running)
    };
    known.unwrap_or_else(|| {
        Verdict::new(match code {
            _ if broken() => Cause::Unknown,
            SIGILL => Cause::IllegalInstruction,
            // Somebody sent it, and nobody remembers who.
            SIGKILL | SIGTERM if facts.stop_requested.as_known().is_none() => Cause::Unknown,
            _ => Cause::ApplicationExit,
        })
    })
}

/// A fault that shows only after the start, by the exit code that it leads to.
fn confirmed(facts: &Facts, chain: &[JudgedLink]) -> Option<Verdict> {
    let code = facts.ending.exit_code;
    let of = attempts::of(chain);
    let judged = chain.iter().zip(of).enumerate();
    let mut faults = judged.filter_map(|(at, (judged, attempt))| Some((at, judged.kind?, attempt?)));
    let leads_here = |fault: Fault, attempt: usize| match code {
        _ if fault == Fault::LineEndings => stumbles_over_carriage_return(facts),
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
    let (at, fault, _) = faults.find(|(_, fault, attempt)| leads_here(*fault, *attempt))?;
    if fault == Fault::Foreign {
        return Some(foreign::foreign(facts, chain, at));
    }
    Some(Verdict::new(fault.cause()).at(at))
}

/// Shells quote the word that a carriage return spoiled, or write it as it is.
fn stumbles_over_carriage_return(facts: &Facts) -> bool {
    let lines = facts.log.as_known().map(Vec::as_slice).unwrap_or_default();
    let last = &lines[lines.len().saturating_sub(LAST_WORDS)..];
    last.iter().any(|line| {
        let inside = line.trim_end();
        inside.contains('\r')
            || inside.contains(r"\r")
            || inside.contains("illegal option -")
            || inside.contains("Illegal option -")
    })
}
