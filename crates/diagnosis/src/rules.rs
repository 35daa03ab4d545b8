//! The rules, from the surest to the least sure. Bytes decide the cause; the log only decides whether the program ran.

use platform::{Native, Platform};

use crate::{
    Cause, Diagnosis, Facts, JudgedLink, Known, Link, Role, State, evidence,
    fate::{Fate, fate},
    faults::{Fault, fault},
    remedies, words,
};

/// The exit code of a program that a signal ended is this and the signal's number.
const SIGNALLED: i64 = 128;
const SIGILL: i64 = SIGNALLED + 4;
const SIGKILL: i64 = SIGNALLED + 9;
const SIGTERM: i64 = SIGNALLED + 15;

/// Says why the container ended.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    let fate = fate(facts);
    let chain = judged(facts, &fate);
    let cause = cause(facts, &fate, &chain);
    let actual = actual(&chain);
    let case = Case {
        facts,
        fate: &fate,
        chain: &chain,
        cause,
        actual: actual.as_ref(),
    };
    let summary = words::summary(&case);
    let evidence = evidence::of(&case);
    let remedies = remedies::of(&case);
    Diagnosis {
        cause,
        summary,
        actual,
        chain,
        evidence,
        remedies,
    }
}

/// Everything that words, evidence and remedies are made from.
pub(crate) struct Case<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) fate: &'a Fate,
    pub(crate) chain: &'a [JudgedLink],
    pub(crate) cause: Cause,
    pub(crate) actual: Option<&'a Platform>,
}

impl Case<'_> {
    /// The link that decides: the first one with a fault.
    pub(crate) fn faulty(&self) -> Option<&JudgedLink> {
        self.chain.iter().find(|judged| judged.kind.is_some())
    }

    /// The program itself: the link whose platform is the container's actual one.
    pub(crate) fn program(&self) -> Option<&JudgedLink> {
        self.chain.iter().find(|judged| judged.link.platform().is_some())
    }
}

fn judged(facts: &Facts, fate: &Fate) -> Vec<JudgedLink> {
    let Known::Known(links) = &facts.chain else {
        return Vec::new();
    };
    let before = std::iter::once(None).chain(links.iter().map(Some));
    let mut chain: Vec<JudgedLink> = links
        .iter()
        .zip(before)
        .map(|(link, before)| judge(facts, link, before))
        .collect();
    if is_format_error(fate) && chain.iter().all(|judged| judged.kind.is_none()) {
        blame_what_may_be_foreign(&mut chain, &facts.engine);
    }
    chain
}

fn judge(facts: &Facts, link: &Link, before: Option<&Link>) -> JudgedLink {
    let kind = fault(link, before, &facts.engine);
    let fault = kind.map(|kind| words::fault(kind, link, &facts.engine));
    JudgedLink {
        fault,
        detail: words::detail(link),
        link: link.clone(),
        kind,
    }
}

/// Some processors run a program of this platform and others do not: the kernel has just said that this one does not.
fn blame_what_may_be_foreign(chain: &mut [JudgedLink], engine: &Platform) {
    let depends = |judged: &&mut JudgedLink| {
        judged
            .link
            .platform()
            .is_some_and(|platform| platform.runs_on(engine) == Native::Depends)
    };
    if let Some(judged) = chain.iter_mut().find(depends) {
        judged.kind = Some(Fault::Foreign);
        judged.fault = Some(words::fault(Fault::Foreign, &judged.link, engine));
    }
}

fn is_format_error(fate: &Fate) -> bool {
    matches!(fate, Fate::Refused(line) if line.to_ascii_lowercase().contains("exec format error"))
}

/// The platform of the program that was to run: of the first link whose bytes name one.
fn actual(chain: &[JudgedLink]) -> Option<Platform> {
    chain.iter().find_map(|judged| judged.link.platform()).cloned()
}

fn cause(facts: &Facts, fate: &Fate, chain: &[JudgedLink]) -> Cause {
    let ending = &facts.ending;
    if !ending.is_bad() {
        return if ending.state == State::Ended {
            Cause::ApplicationExit
        } else {
            Cause::Unknown
        };
    }
    if ending.out_of_memory {
        return Cause::OutOfMemory;
    }
    match fate {
        Fate::Refused(_) => refused(facts, fate, chain),
        Fate::Ran => ran(facts),
        Fate::Unsure(_) => unsure(facts, chain),
    }
}

/// The program never ran: the first faulty link says why.
fn refused(facts: &Facts, fate: &Fate, chain: &[JudgedLink]) -> Cause {
    let Some(fault) = chain.iter().find_map(|judged| judged.kind) else {
        return Cause::Unknown;
    };
    match fault {
        Fault::Foreign if is_format_error(fate) => foreign(facts, chain),
        // A foreign program for which another error is reported has a second fault that was not read.
        Fault::Foreign => Cause::Unknown,
        Fault::NotLinux => Cause::NotLinuxBinary,
        Fault::CarriageReturn => Cause::CrlfLineEndings,
        Fault::ByteOrderMark => Cause::ByteOrderMark,
        Fault::NoShebang => Cause::MissingShebang,
        Fault::MissingCommand => Cause::CommandNotFound,
        Fault::MissingInterpreter => Cause::MissingInterpreter,
        Fault::MissingLoader => Cause::MissingLoader,
        Fault::Empty => Cause::EmptyProgram,
        Fault::Truncated => Cause::TruncatedProgram,
        Fault::NotExecutable => Cause::NotExecutable,
        Fault::Directory => Cause::IsADirectory,
    }
}

/// Whether the whole image is foreign, only says that it is not, or holds one foreign program.
fn foreign(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    let claimed = facts.claimed.as_known();
    let platforms = || chain.iter().filter_map(|judged| judged.link.platform());
    let agrees = |platform: &Platform| claimed.is_none_or(|claimed| same(platform, claimed));
    let foreign_ones = || chain.iter().filter(|judged| judged.kind == Some(Fault::Foreign));
    if foreign_ones()
        .filter_map(|judged| judged.link.platform())
        .all(agrees)
    {
        return Cause::WrongArchitecture;
    }
    // A loader that is missing for the program's platform belongs to an image of another one.
    let mixed = platforms().any(agrees)
        || chain
            .iter()
            .any(|judged| judged.kind == Some(Fault::MissingLoader));
    if mixed {
        Cause::ForeignBinary
    } else {
        Cause::MislabelledImage
    }
}

/// Labels leave out or overstate variants: an `arm/v7` image may hold `arm/v5` programs.
fn same(program: &Platform, claimed: &Platform) -> bool {
    program.os() == claimed.os() && program.architecture() == claimed.architecture()
}

fn ran(facts: &Facts) -> Cause {
    match facts.ending.exit_code {
        _ if facts.stop_requested == Known::Known(true) => Cause::Stopped,
        SIGILL => Cause::IllegalInstruction,
        // Somebody sent it, and nobody remembers who.
        SIGKILL | SIGTERM if facts.stop_requested.as_known().is_none() => Cause::Unknown,
        _ => Cause::ApplicationExit,
    }
}

/// Without a log, only a program that this engine can certainly run is known to have run.
fn unsure(facts: &Facts, chain: &[JudgedLink]) -> Cause {
    let sound = !chain.is_empty()
        && chain
            .iter()
            .all(|judged| judged.kind.is_none() && is_read(&judged.link));
    let native = chain
        .iter()
        .filter_map(|judged| judged.link.platform())
        .all(|platform| platform.runs_on(&facts.engine) == Native::Yes);
    let has_program = chain.iter().any(|judged| judged.link.platform().is_some());
    if sound && native && has_program {
        ran(facts)
    } else {
        Cause::Unknown
    }
}

fn is_read(link: &Link) -> bool {
    link.program().is_some() || link.role == Role::Loader
}
