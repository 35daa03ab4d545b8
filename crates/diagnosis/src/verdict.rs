//! The rules, from the surest to the least sure. Bytes decide the cause; words decide whether the program ran, and alone
//! never make a cause more than likely.

use platform::{Format, MountKind, Native, Platform, Program, Role, Via};

use crate::{
    Cause, Confidence, Facts, JudgedLink, Known, State, attempts,
    fate::{self, Fate},
    faults::Fault,
    refusal::{self, Errno, Refusal},
    rules::has,
    signature::{self, Holds, Signature},
};

/// The exit code of what looks a program up and does not find it; a loader ends with it too.
const NOT_FOUND: i64 = 127;

/// The exit code of what finds a program that cannot be executed.
const NOT_EXECUTABLE: i64 = 126;

/// The exit code of a program that a signal ended is this and the signal's number.
pub(crate) const SIGNALLED: i64 = 128;
const SIGILL: i64 = SIGNALLED + 4;
const SIGBUS: i64 = SIGNALLED + 7;
const SIGKILL: i64 = SIGNALLED + 9;
const SIGSEGV: i64 = SIGNALLED + 11;
const SIGTERM: i64 = SIGNALLED + 15;

/// Lines at the end of a log that may say why it ended: a stack trace stands between the words and the end.
const LAST_WORDS: usize = 60;

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
        let confidence = match cause {
            Cause::Unknown => Confidence::Nothing,
            _ => Confidence::Certain,
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
        return of_image(facts, chain);
    }
    if ending.state == State::Running {
        return running(facts, chain);
    }
    if ending.state == State::Created && !ending.is_bad() {
        return silent(facts);
    }
    if !ending.is_bad() {
        return match ending.state {
            State::Restarting | State::Ended if is_stop_requested(facts) => Verdict::new(Cause::Stopped),
            State::Restarting | State::Ended => Verdict::new(Cause::ApplicationExit),
            State::Created | State::Running | State::Image => Verdict::new(Cause::Unknown),
        };
    }
    if ending.out_of_memory {
        return Verdict::new(Cause::OutOfMemory);
    }
    match fate {
        Fate::Refused(refusal) => refused(facts, refusal, chain),
        Fate::Silent => silent(facts),
        Fate::Ran => ran(facts, chain),
        Fate::Unsure(_) => unsure(facts, chain),
    }
}

/// It never ran: what would keep it from starting is what the kernel would meet first.
fn of_image(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let own = first_fault(chain, 0).or_else(|| later_fault(chain));
    match own {
        Some((at, Fault::Foreign)) => foreign(facts, chain, at),
        Some((at, fault)) => Verdict::new(fault.cause()).at(at),
        None => module(chain, Via::Loader).unwrap_or_else(|| Verdict::new(Cause::Unknown)),
    }
}

/// What shells and launchers would start. A shell goes on behind what it could not start, but the start is not whole then.
fn later_fault(chain: &[JudgedLink]) -> Option<(usize, Fault)> {
    (1..=attempts::last(chain)).find_map(|attempt| first_fault(chain, attempt))
}

/// It runs, and still something is wrong: its health check fails, or it hangs behind a translator's last words.
fn running(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let unknown = Verdict::new(Cause::Unknown);
    if !facts.health.is_empty() {
        let known = || by_signature(&facts.health, facts, chain);
        return module(chain, Via::Words).or_else(known).unwrap_or(unknown);
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
    by_signature(std::slice::from_ref(last), facts, chain)
        .filter(ends)
        .unwrap_or(unknown)
}

/// What QEMU writes of a program of its; when that is process 1, it hangs behind these words for ever.
pub const FATAL: &str = "uncaught target signal";

fn is_stop_requested(facts: &Facts) -> bool {
    facts.stop_requested == Known::Known(true)
}

/// It was not started, and its state does not say why: an engine that refuses its mounts says so again when its files are
/// to be read.
fn silent(facts: &Facts) -> Verdict {
    if facts.missing_source.is_some() {
        return Verdict::new(Cause::MountSourceMissing);
    }
    let Known::Unknown(why) = &facts.chain else {
        return Verdict::new(Cause::Unknown);
    };
    let known = signature::in_engine_words(why).filter(|known| known.is_about_engine());
    known.map_or_else(
        || Verdict::new(Cause::Unknown),
        |known| Verdict::by_words((known, why)),
    )
}

/// Something was not started: the first faulty link of that attempt says why, when the kernel's error is the one that it
/// leads to. With another error something else is wrong that was not read.
fn refused(facts: &Facts, refusal: &Refusal, chain: &[JudgedLink]) -> Verdict {
    let Some(errno) = refusal.errno else {
        return of_engine(facts, refusal);
    };
    let first = first_fault(chain, refusal.attempt);
    match first {
        Some((at, Fault::Foreign)) if errno == Errno::NoLoader => without_loader(facts, chain, at),
        Some((at, fault @ Fault::Foreign)) if fault.explains(errno, chain[at].link.role) => {
            foreign(facts, chain, at)
        }
        Some((at, fault)) if fault.explains(errno, chain[at].link.role) => Verdict::new(fault.cause()).at(at),
        Some((at, Fault::Foreign)) if errno == Errno::NotThere => without_translator(facts, chain, at),
        // A program may write such a line itself: where nothing keeps it from running, it ran.
        None if matches!(errno, Errno::Format | Errno::NotThere) && is_native(chain, &facts.engine) => {
            ran(facts, chain)
        }
        _ if errno == Errno::Denied => denied(refusal, chain),
        Some(_) | None => Verdict::new(Cause::Unknown),
    }
}

/// The engine speaks of something else than the program's files.
fn of_engine(facts: &Facts, refusal: &Refusal) -> Verdict {
    let own = (!facts.ending.error.is_empty()).then(|| signature::in_engine_words(&refusal.words));
    let said = own
        .flatten()
        .filter(|known| known.is_about_engine())
        .map(|known| (known, refusal.words.as_str()));
    said.map_or_else(|| Verdict::new(Cause::Unknown), Verdict::by_words)
}

/// The kernel looked for something that is not there, and all that the foreign program names is: it is the translator
/// that it did not find, because it was registered without being opened then (flag `F` of `binfmt_misc`).
fn without_translator(facts: &Facts, chain: &[JudgedLink], at: usize) -> Verdict {
    let verdict = foreign(facts, chain, at);
    match verdict.cause {
        Cause::WrongArchitecture => Verdict {
            cause: Cause::TranslatorFailure,
            ..verdict
        },
        _ => verdict,
    }
}

/// All permissions are there, and it is refused: where it lies on a mount, that forbids to execute it. In the image's own
/// files nothing that is read here does.
fn denied(refusal: &Refusal, chain: &[JudgedLink]) -> Verdict {
    let of = attempts::of(chain);
    let on_mount = |(judged, attempt): (&JudgedLink, Option<usize>)| {
        let kind = judged.link.mount.as_ref().map(|mount| mount.kind);
        attempt == Some(refusal.attempt) && matches!(kind, Some(MountKind::Bind | MountKind::Volume))
    };
    let at = chain.iter().zip(of).position(on_mount);
    at.map_or_else(
        || Verdict::new(Cause::Unknown),
        |at| Verdict::likely(Cause::NoexecMount).at(at),
    )
}

/// The first fault that the kernel meets in an attempt.
fn first_fault(chain: &[JudgedLink], attempt: usize) -> Option<(usize, Fault)> {
    let of = attempts::of(chain);
    let judged = chain.iter().zip(of).enumerate();
    let own = judged.filter(|(_, (_, of))| *of == Some(attempt));
    own.filter_map(|(at, (judged, _))| Some((at, judged.kind?)))
        .find(|(_, fault)| *fault != Fault::LineEndings)
}

/// A translator ran the program and missed its loader: the image is not the program's, or it is incomplete.
fn without_loader(facts: &Facts, chain: &[JudgedLink], at: usize) -> Verdict {
    let claimed = facts.claimed.as_known();
    let belongs = |platform: &Platform| claimed.is_none_or(|claimed| fits(platform, claimed));
    if chain[at].link.mount.is_none() && foreign_ones(chain).all(belongs) {
        let loader = chain
            .iter()
            .position(|judged| judged.kind == Some(Fault::MissingLoader));
        Verdict::new(Cause::MissingLoader).at(loader.unwrap_or(at))
    } else {
        Verdict::new(Cause::ForeignBinary).at(at)
    }
}

/// Whether the whole image is foreign, only says that it is not, or holds one foreign program.
fn foreign(facts: &Facts, chain: &[JudgedLink], at: usize) -> Verdict {
    // What lies on a mount says nothing of the image.
    let own = || chain.iter().filter(|judged| judged.link.mount.is_none());
    let platforms = || {
        own()
            .filter_map(|judged| judged.link.platform())
            .chain(witnessed(facts))
    };
    let claimed = facts.claimed.as_known();
    let agrees = |platform: &Platform| claimed.is_none_or(|claimed| fits(platform, claimed));
    let faulty = chain[at].link.platform();
    let is_mounted = chain[at].link.mount.is_some();
    if is_mounted || platforms().any(|platform| platform.runs_on(&facts.engine) == Native::Yes) {
        return Verdict::new(Cause::ForeignBinary).at(at);
    }
    // A loader that is missing for the program's platform belongs to an image of another one.
    let is_mixed = || platforms().any(agrees) || has(chain, Fault::MissingLoader);
    if faulty.is_none_or(agrees) && foreign_ones(chain).all(agrees) {
        Verdict::new(Cause::WrongArchitecture).at(at)
    } else if is_mixed() {
        Verdict::new(Cause::ForeignBinary).at(at)
    } else if own().filter(|judged| judged.link.platform().is_some()).count() + witnessed(facts).count() > 1 {
        Verdict::new(Cause::MislabelledImage).at(at)
    } else {
        Verdict::likely(Cause::MislabelledImage).at(at)
    }
}

/// The platform of another binary of the image.
fn witnessed(facts: &Facts) -> impl Iterator<Item = &Platform> {
    facts.witness.iter().filter_map(|link| link.platform())
}

fn foreign_ones(chain: &[JudgedLink]) -> impl Iterator<Item = &Platform> {
    chain
        .iter()
        .filter(|judged| judged.kind == Some(Fault::Foreign) && judged.link.mount.is_none())
        .filter_map(|judged| judged.link.platform())
}

/// Whether a program belongs into an image that claims this. Variants do not tell: labels leave them out or overstate
/// them. An image may hold programs of a narrower architecture that its own processors run.
pub(crate) fn fits(program: &Platform, claimed: &Platform) -> bool {
    let is_same = program.os() == claimed.os() && program.architecture() == claimed.architecture();
    is_same || program.runs_on(claimed) != Native::No
}

fn ran(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
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
    let known = last.and_then(|lines| by_signature(lines, facts, chain));
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

/// A module that is at fault, which was read because of `via`.
fn module(chain: &[JudgedLink], via: Via) -> Option<Verdict> {
    let is_it = |judged: &JudgedLink| judged.link.role == Role::Module && judged.link.via == via;
    let at = chain
        .iter()
        .position(|judged| is_it(judged) && judged.kind.is_some())?;
    // One that is sound was found in its place.
    let kind = chain[at].kind?;
    Some(Verdict::new(kind.cause()).at(at))
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
        return Some(foreign(facts, chain, at));
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

/// A known text among `lines`, where bytes that were read do not say otherwise.
fn by_signature(lines: &[String], facts: &Facts, chain: &[JudgedLink]) -> Option<Verdict> {
    let foreign = has(chain, Fault::Foreign)
        || facts
            .claimed
            .as_known()
            .is_some_and(|claimed| claimed.runs_on(&facts.engine) != Native::Yes);
    let sound = chain.iter().any(|judged| {
        judged.link.role == Role::Module
            && judged.link.via == Via::Words
            && judged.kind.is_none()
            && judged.link.program().is_some()
    });
    let code = facts.ending.exit_code;
    let plausible = |known: &Signature| {
        let of_modules = matches!(known.cause, Cause::ForeignModule | Cause::MissingLibrary);
        let ended_so = matches!(code, NOT_FOUND | NOT_EXECUTABLE) || !is_of_a_start(known.cause);
        (known.holds == Holds::Anywhere || foreign) && !(of_modules && sound) && ended_so
    };
    let (known, line) = signature::in_log_where(lines, plausible)?;
    // What was read and is sound, the words are wrong about.
    let is_sound = |judged: &JudgedLink| {
        judged.kind.is_none() && judged.link.program().is_some() && judged.link.via != Via::Kernel
    };
    let names_sound = chain
        .iter()
        .any(|judged| is_sound(judged) && refusal::names(line, &judged.link));
    (!names_sound).then(|| Verdict::by_words((known, line)))
}

/// Causes by which something was not started: what started it ends in a way of its own then.
fn is_of_a_start(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::WrongArchitecture
            | Cause::MislabelledImage
            | Cause::ForeignBinary
            | Cause::NotLinuxBinary
            | Cause::CrlfLineEndings
            | Cause::ByteOrderMark
            | Cause::MissingShebang
            | Cause::MissingInterpreter
            | Cause::MissingLoader
            | Cause::CommandNotFound
            | Cause::NotExecutable
            | Cause::IsADirectory
    )
}

/// Without a log, a program is known not to have run when nothing can run it, and to have run when the engine can.
fn unsure(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    match first_fault(chain, 0) {
        Some((at, fault)) if fault.forbids_running() => Verdict::new(fault.cause()).at(at),
        None if is_native(chain, &facts.engine) => ran(facts, chain),
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

/// Whether what was started by the container itself ran.
pub(crate) fn has_run(facts: &Facts, fate: &Fate) -> bool {
    facts.ending.state == State::Running || fate::began(fate)
}
