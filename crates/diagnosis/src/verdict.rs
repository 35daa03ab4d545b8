//! The rules, from the surest to the least sure. Bytes decide the cause; words decide whether the program ran, and alone
//! never make a cause more than likely.

mod end;
mod foreign;
mod image;
mod start;
mod unnamed;
mod words;

use platform::{Format, Native, Platform, Program, Role, Via};

use crate::{
    Cause, Confidence, Facts, JudgedLink, Known, State, attempts, diagnose::has, fate::Fate, faults::Fault,
    signature::Signature,
};

pub(crate) use end::{SIGNALLED, is_another_failure, naming_at};
pub(crate) use foreign::fits;

/// What the rules say.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) cause: Cause,
    pub(crate) confidence: Confidence,
    /// The known text that says it, where one does.
    pub(crate) signature: Option<&'static Signature>,
    /// The line that holds it.
    pub(crate) said: Option<String>,
    /// The faulty link, by its place in the chain.
    pub(crate) faulty: Option<usize>,
}

impl Verdict {
    fn new(cause: Cause) -> Self {
        let confidence = if cause == Cause::Unknown {
            Confidence::Nothing
        } else {
            Confidence::Certain
        };
        Self {
            cause,
            confidence,
            signature: None,
            said: None,
            faulty: None,
        }
    }

    fn likely(cause: Cause) -> Self {
        Self {
            confidence: Confidence::Likely,
            ..Self::new(cause)
        }
    }

    fn by_words((known, line): (&'static Signature, &str)) -> Self {
        Self {
            confidence: known.confidence,
            signature: Some(known),
            said: Some(line.to_owned()),
            ..Self::new(known.cause)
        }
    }

    fn weakened(self) -> Self {
        let confidence = match self.confidence {
            Confidence::Certain | Confidence::Likely => Confidence::Likely,
            Confidence::Nothing => Confidence::Nothing,
        };
        Self { confidence, ..self }
    }

    fn at(self, faulty: usize) -> Self {
        Self {
            faulty: Some(faulty),
            ..self
        }
    }
}

/// The cause, by the fate of the start and the faults of the chain.
pub(crate) fn of(facts: &Facts, fate: &Fate, chain: &[JudgedLink]) -> Verdict {
    let ending = &facts.ending;
    if ending.state == State::Image {
        return match fate {
            Fate::Refused(refusal) => start::of_engine(facts, refusal),
            Fate::Ran | Fate::Silent | Fate::Unsure(_) => image::of(facts, chain),
        };
    }
    if ending.state == State::Running {
        return running(facts, chain);
    }
    if ending.state == State::Created && !ending.is_bad() {
        return start::silent(facts);
    }
    if !ending.is_bad() {
        return match ending.state {
            State::Restarting | State::Ended if is_stop_requested(facts) => Verdict::new(Cause::Stopped),
            State::Restarting | State::Ended => Verdict::new(Cause::ApplicationExit),
            State::Created | State::Running | State::Image | State::HealthCheck => {
                Verdict::new(Cause::Unknown)
            }
        };
    }
    if ending.out_of_memory && !is_stop_requested(facts) {
        return out_of_memory(facts, fate, chain);
    }
    by_fate(facts, fate, chain)
}

fn by_fate(facts: &Facts, fate: &Fate, chain: &[JudgedLink]) -> Verdict {
    match fate {
        Fate::Refused(refusal) => start::refused(facts, refusal, chain),
        Fate::Silent => start::silent(facts),
        Fate::Ran => end::ran(facts, chain),
        Fate::Unsure(_) => unsure(facts, chain),
    }
}

/// The kernel may have ended a child, and the program something else: what bytes show of its end wins then.
fn out_of_memory(facts: &Facts, fate: &Fate, chain: &[JudgedLink]) -> Verdict {
    if facts.ending.exit_code == end::SIGKILL {
        return Verdict::new(Cause::OutOfMemory);
    }
    let other = by_fate(facts, fate, chain);
    match other.faulty {
        Some(_) if other.cause != Cause::Unknown => other.weakened(),
        Some(_) | None => Verdict::likely(Cause::OutOfMemory),
    }
}

fn of_fault(facts: &Facts, chain: &[JudgedLink], at: usize, fault: Fault) -> Verdict {
    if fault == Fault::Foreign {
        return foreign::foreign(facts, chain, at);
    }
    Verdict::new(fault.cause()).at(at)
}

/// It runs, and still something is wrong: its health check fails, or it hangs behind a translator's last words.
fn running(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let unknown = Verdict::new(Cause::Unknown);
    if let Some(health) = &facts.health {
        let known = || words::by_signature(&health.output, facts, chain);
        return end::named_module(&health.output, chain, None)
            .or_else(known)
            .unwrap_or(unknown);
    }
    let last = facts
        .log
        .as_known()
        .and_then(|lines| lines.iter().rev().find(|line| !line.trim().is_empty()));
    let Some(last) = last.filter(|_| has(chain, Fault::Foreign) || !is_native(chain, &facts.engine)) else {
        return unknown;
    };
    let ends = |known: &Verdict| {
        known
            .signature
            .is_some_and(|known| known.pattern.iter().any(|text| text.contains(FATAL)))
    };
    words::by_signature(std::slice::from_ref(last), facts, chain)
        .filter(ends)
        .unwrap_or(unknown)
}

/// What QEMU writes of a program of its; when that is process 1, it hangs behind these words for ever.
pub const FATAL: &str = "uncaught target signal";

fn is_stop_requested(facts: &Facts) -> bool {
    facts.stop_requested == Known::Known(true)
}

/// The first fault that the kernel meets in an attempt.
fn first_fault(chain: &[JudgedLink], attempt: usize) -> Option<(usize, Fault)> {
    let of = attempts::of(chain);
    let judged = chain.iter().zip(of).enumerate();
    let own = judged.filter(|(_, (_, of))| *of == Some(attempt));
    let first = own
        .filter_map(|(at, (judged, _))| Some((at, judged.kind?)))
        .find(|(_, fault)| *fault != Fault::LineEndings);
    match first {
        Some((at, Fault::CarriageReturn)) => script_before(chain, at).or(first),
        _ => first,
    }
}

/// The script whose first line made `env` ask for the name at `at`.
fn script_before(chain: &[JudgedLink], at: usize) -> Option<(usize, Fault)> {
    let script = Fault::ScriptCarriageReturn;
    let before = chain[..at].iter().rposition(|judged| judged.kind == Some(script));
    before.map(|at| (at, script))
}

/// A module with a fault that is `wanted`, which was read because of `via`.
fn module(chain: &[JudgedLink], via: Via, wanted: impl Fn(Fault) -> bool) -> Option<Verdict> {
    let is_it = |judged: &JudgedLink| {
        judged.link.role == Role::Module && judged.link.via == via && judged.kind.is_some_and(&wanted)
    };
    let at = chain.iter().position(is_it)?;
    Some(Verdict::new(chain[at].kind?.cause()).at(at))
}

/// Without a log, a program is known not to have run when nothing can run it, and to have run when the engine can.
fn unsure(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    match first_fault(chain, 0) {
        Some((at, fault)) if fault.forbids_running() => Verdict::new(fault.cause()).at(at),
        None if is_native(chain, &facts.engine) => end::ran(facts, chain),
        Some(_) | None => Verdict::new(Cause::Unknown),
    }
}

/// Whether every link of the container's own start was read, and every binary, at least one, is for the engine's platform.
fn is_native(chain: &[JudgedLink], engine: &Platform) -> bool {
    let programs: Option<Vec<&Program>> = attempts::links(chain, 0)
        .map(|judged| judged.link.program())
        .collect();
    let programs = programs.unwrap_or_default();
    let mut binaries = programs
        .iter()
        .filter(|program| program.format == Format::Elf)
        .peekable();
    let runs = |platform: &Platform| platform.runs_on(engine) == Native::Yes;
    binaries.peek().is_some() && binaries.all(|program| program.platform.as_ref().is_some_and(runs))
}
