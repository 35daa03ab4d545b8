//! The rules, from the surest to the least sure. Bytes decide the cause; words only decide whether the program ran.

use platform::{Format, Native, Platform, Program, Role};

use crate::{
    Cause, Facts, JudgedLink, Known, State,
    fate::Fate,
    faults::Fault,
    refusal::{Errno, Refusal},
    rules::has,
};

/// The exit code of what looks a program up and does not find it.
const NOT_FOUND: i64 = 127;

/// The exit code of a program that a signal ended is this and the signal's number.
pub(crate) const SIGNALLED: i64 = 128;
const SIGILL: i64 = SIGNALLED + 4;
const SIGBUS: i64 = SIGNALLED + 7;
const SIGKILL: i64 = SIGNALLED + 9;
const SIGSEGV: i64 = SIGNALLED + 11;
const SIGTERM: i64 = SIGNALLED + 15;

/// The cause, by the fate of the start and the faults of the chain.
pub(crate) fn cause(facts: &Facts, fate: &Fate, chain: &[JudgedLink]) -> Cause {
    let ending = &facts.ending;
    if ending.state == State::Image {
        return of_image(facts, chain);
    }
    if !ending.is_bad() {
        return match ending.state {
            State::Created | State::Running | State::Image => Cause::Unknown,
            State::Restarting | State::Ended if is_stop_requested(facts) => Cause::Stopped,
            State::Restarting | State::Ended => Cause::ApplicationExit,
        };
    }
    if ending.out_of_memory {
        return Cause::OutOfMemory;
    }
    match fate {
        Fate::Refused(refusal) => refused(facts, refusal, chain),
        Fate::Silent => Cause::Unknown,
        Fate::Ran => ran(facts, chain),
        Fate::Unsure(_) => unsure(facts, chain),
    }
}

/// It never ran: what would keep it from starting is what the kernel would meet first.
fn of_image(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    let any = || chain.iter().find_map(|judged| judged.kind);
    match first_fault(chain).map(|(fault, _)| fault).or_else(any) {
        Some(Fault::Foreign) => foreign(facts, chain),
        Some(fault) => fault.cause(),
        None => Cause::Unknown,
    }
}

fn is_stop_requested(facts: &Facts) -> bool {
    facts.stop_requested == Known::Known(true)
}

/// The program never ran: the first faulty link says why, when the kernel's error is the one that it leads to. With
/// another error something else is wrong that was not read.
fn refused(facts: &Facts, refusal: &Refusal, chain: &[JudgedLink]) -> Cause {
    let Some((errno, (fault, role))) = refusal.errno.zip(first_fault(chain)) else {
        return Cause::Unknown;
    };
    if fault == Fault::Foreign && errno == Errno::NoLoader {
        without_loader(facts, chain)
    } else if !fault.explains(errno, role) {
        Cause::Unknown
    } else if fault == Fault::Foreign {
        foreign(facts, chain)
    } else {
        fault.cause()
    }
}

/// The first fault that the kernel meets. What `env` is to find is no matter of the kernel's.
fn first_fault(chain: &[JudgedLink]) -> Option<(Fault, Role)> {
    chain
        .iter()
        .filter_map(|judged| Some((judged.kind?, judged.link.role)))
        .find(|(fault, _)| *fault != Fault::CarriageReturnForEnv)
}

/// A translator ran the program and missed its loader: the image is not the program's, or it is incomplete.
fn without_loader(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    let claimed = facts.claimed.as_known();
    let belongs = foreign_ones(chain).all(|platform| claimed.is_none_or(|claimed| fits(platform, claimed)));
    if belongs {
        Cause::MissingLoader
    } else {
        Cause::ForeignBinary
    }
}

/// Whether the whole image is foreign, only says that it is not, or holds one foreign program.
fn foreign(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    let platforms = || chain.iter().filter_map(|judged| judged.link.platform());
    if platforms().any(|platform| platform.runs_on(&facts.engine) == Native::Yes) {
        return Cause::ForeignBinary;
    }
    let claimed = facts.claimed.as_known();
    let agrees = |platform: &Platform| claimed.is_none_or(|claimed| fits(platform, claimed));
    // A loader that is missing for the program's platform belongs to an image of another one.
    let is_mixed = || platforms().any(agrees) || has(chain, Fault::MissingLoader);
    if foreign_ones(chain).all(agrees) {
        Cause::WrongArchitecture
    } else if is_mixed() {
        Cause::ForeignBinary
    } else {
        Cause::MislabelledImage
    }
}

fn foreign_ones(chain: &[JudgedLink]) -> impl Iterator<Item = &Platform> {
    chain
        .iter()
        .filter(|judged| judged.kind == Some(Fault::Foreign))
        .filter_map(|judged| judged.link.platform())
}

/// Whether a program belongs into an image that claims this. Variants do not tell: labels leave them out or overstate
/// them. An image may hold programs of a narrower architecture that its own processors run.
pub(crate) fn fits(program: &Platform, claimed: &Platform) -> bool {
    let is_same = program.os() == claimed.os() && program.architecture() == claimed.architecture();
    is_same || program.runs_on(claimed) != Native::No
}

fn ran(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    let code = facts.ending.exit_code;
    if is_stop_requested(facts) {
        return Cause::Stopped;
    }
    if let Some(cause) = confirmed_by(code, chain) {
        return cause;
    }
    // The files are not what was started, or nobody reported the refusal in words that are known here.
    if chain
        .iter()
        .any(|judged| judged.kind.is_some_and(Fault::forbids_running))
    {
        return Cause::Unknown;
    }
    match code {
        SIGILL => Cause::IllegalInstruction,
        // Somebody sent it, and nobody remembers who.
        SIGKILL | SIGTERM if facts.stop_requested.as_known().is_none() => Cause::Unknown,
        _ => Cause::ApplicationExit,
    }
}

/// A fault that shows only after the start, by the exit code that it leads to.
fn confirmed_by(code: i64, chain: &[JudgedLink]) -> Option<Cause> {
    let shown: &[Cause] = match code {
        NOT_FOUND => &[Cause::CrlfLineEndings, Cause::MissingInterpreter],
        // Memory behind the end of the file cannot be read.
        SIGBUS | SIGSEGV => &[Cause::TruncatedProgram],
        _ => &[],
    };
    let faults = chain.iter().filter_map(|judged| judged.kind);
    faults.map(Fault::cause).find(|cause| shown.contains(cause))
}

/// Without a log, a program is known not to have run when nothing can run it, and to have run when the engine can.
fn unsure(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    match first_fault(chain) {
        Some((fault, _)) if fault.forbids_running() => fault.cause(),
        None if is_native(chain, &facts.engine) => ran(facts, chain),
        Some(_) | None => Cause::Unknown,
    }
}

/// Whether every link was read, and every binary, at least one, is for the engine's platform.
fn is_native(chain: &[JudgedLink], engine: &Platform) -> bool {
    let programs: Option<Vec<&Program>> = chain.iter().map(|judged| judged.link.program()).collect();
    let programs = programs.unwrap_or_default();
    let mut binaries = programs
        .iter()
        .filter(|program| program.format == Format::Elf)
        .peekable();
    let runs = |platform: &Platform| platform.runs_on(engine) == Native::Yes;
    binaries.peek().is_some() && binaries.all(|program| program.platform.as_ref().is_some_and(runs))
}
