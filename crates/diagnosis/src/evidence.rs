//! What shows the cause: bytes first, then what others say, then what was not seen.

use platform::{Proof, Role, Target, Truncation};

use crate::{
    Cause, Evidence, EvidenceKind, JudgedLink, Known, State,
    diagnose::Case,
    fate::Fate,
    faults::Fault,
    foreign_text::{quoted, quoted_words, sentence, shown},
    verdict::naming_at,
    words::{mounted, place_of},
};

pub(crate) fn of(case: &Case<'_>) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    evidence.extend(bytes(case));
    evidence.extend(absent(case));
    evidence.extend(label(case));
    evidence.extend(words_of_others(case));
    evidence.extend(known_text(case));
    evidence.extend(engine_state(case));
    evidence.extend(witness(case));
    evidence.extend(mount(case));
    evidence.extend(unread(case));
    evidence.extend(weakness(case));
    evidence.extend(never_ran(case));
    evidence
}

fn piece(kind: EvidenceKind, text: String) -> Evidence {
    Evidence { kind, text }
}

/// The bytes of the link that decides; of the one that names it, when it is not there.
fn bytes(case: &Case<'_>) -> Option<Evidence> {
    let judged = case.faulty().or_else(|| case.program())?;
    let at = case.chain.iter().position(|other| std::ptr::eq(other, judged))?;
    let namer = || at.checked_sub(1).and_then(|before| case.chain.get(before));
    let loader = (judged.link.role == Role::Loader && judged.link.target == Target::Missing)
        .then(namer)
        .flatten();
    let text = match loader {
        Some(program) => format!(
            "{} names {} as its loader",
            place_of(program),
            quoted(&judged.link.path)
        ),
        None if judged.kind == Some(Fault::Truncated) => cut_off(judged)?,
        // What loads or starts it is sound, and its bytes tell nothing of what is not there.
        None if matches!(judged.kind, Some(Fault::MissingLibrary | Fault::MissingCommand)) => return None,
        None if judged.kind == Some(Fault::MissingInterpreter) => proof(naming_script(case, at)?)?,
        None => proof(judged).or_else(|| proof(namer()?))?,
    };
    Some(piece(EvidenceKind::Bytes, text))
}

/// The script whose first line names the interpreter at `at`, through `env` as well.
fn naming_script<'a>(case: &'a Case<'_>, at: usize) -> Option<&'a JudgedLink> {
    let before = case.chain.get(..at)?;
    before.iter().rfind(|judged| {
        let program = judged.link.program();
        program.is_some_and(|program| program.script().is_some())
    })
}

/// How long a file is, and how long its headers say that it is.
fn cut_off(judged: &JudgedLink) -> Option<String> {
    let program = judged.link.program()?;
    let (place, size) = (place_of(judged), program.size);
    Some(match program.elf()?.truncation {
        Truncation::ProgramHeaders { ends }
        | Truncation::Segment { ends }
        | Truncation::Sections { ends } => {
            format!("{place} has {size} bytes, and its headers name bytes up to {ends}")
        }
        Truncation::Header | Truncation::NotSeen => {
            format!("{place} has {size} bytes, and ends within its header")
        }
    })
}

fn proof(judged: &JudgedLink) -> Option<String> {
    let Proof {
        bytes,
        from,
        to,
        meaning,
    } = judged.link.program()?.proof()?;
    let deciding = bytes.get(from..to).unwrap_or_default();
    let hex: Vec<String> = deciding.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{}: `{}` ({meaning})", place_of(judged), hex.join(" ")))
}

/// Files that are not there have no bytes: the engine says that there is nothing.
fn absent(case: &Case<'_>) -> Option<Evidence> {
    let missing = case
        .faulty()
        .filter(|judged| judged.link.target == Target::Missing);
    let named = || {
        // The script decides, and what it names is what is missing.
        let returns = |judged: &&JudgedLink| judged.kind == Some(Fault::CarriageReturn);
        case.chain
            .iter()
            .find(returns)
            .filter(|_| case.cause == Cause::CrlfLineEndings)
    };
    // A foreign program without its loader is a stray one.
    let loader = || {
        let strays = matches!(case.cause, Cause::ForeignBinary | Cause::MislabelledImage);
        let missing = |judged: &&JudgedLink| judged.kind == Some(Fault::MissingLoader);
        case.chain.iter().find(missing).filter(|_| strays)
    };
    let missing = missing.or_else(named).or_else(loader)?;
    if let Some(folder) = &case.facts.hints.uncached {
        let text = format!(
            "{} has {}, and the loader's cache `/etc/ld.so.cache` does not name it",
            quoted(folder),
            place_of(missing)
        );
        return Some(piece(EvidenceKind::Engine, text));
    }
    let whole = match case.facts.ending.state {
        State::Image => "a container of the image",
        State::Created | State::Running | State::Restarting | State::Ended | State::HealthCheck => {
            "the container"
        }
    };
    let text = format!("the engine finds no {} in {whole}", place_of(missing));
    Some(piece(EvidenceKind::Engine, text))
}

fn label(case: &Case<'_>) -> Option<Evidence> {
    let matters = case.is_foreign() || case.cause == Cause::ApplicationExit;
    let claimed = case.facts.claimed.as_known().filter(|_| matters)?;
    let image = quoted(&case.facts.image);
    let engine = &case.facts.engine;
    Some(piece(
        EvidenceKind::Label,
        format!("the image {image} says {claimed}; the engine is {engine}"),
    ))
}

/// The words that decide whether something ran, or that alone tell the cause.
fn words_of_others(case: &Case<'_>) -> Option<Evidence> {
    let ending = &case.facts.ending;
    let of_engine = !ending.error.is_empty();
    if let Some(said) = case.said {
        let kind = if of_engine {
            EvidenceKind::Engine
        } else {
            EvidenceKind::Log
        };
        return Some(piece(kind, quoted_words(said.trim())));
    }
    if let Fate::Refused(refusal) = case.fate {
        let kind = if of_engine {
            EvidenceKind::Engine
        } else {
            EvidenceKind::Log
        };
        return Some(piece(kind, quoted_words(&refusal.words)));
    }
    let lines = match &case.facts.health {
        Some(health) => &health.output,
        None => case.facts.log.as_known()?,
    };
    let named = case.faulty().filter(|judged| judged.link.role == Role::Module);
    if let Some(line) = named.and_then(|judged| naming(lines, judged)) {
        return Some(piece(EvidenceKind::Log, quoted_words(line.trim())));
    }
    let matters = matches!(
        case.cause,
        Cause::ApplicationExit
            | Cause::IllegalInstruction
            | Cause::CrlfLineEndings
            | Cause::NotExecutable
            | Cause::MissingInterpreter
            | Cause::CommandNotFound
            | Cause::MissingLibrary
            | Cause::Unknown
    );
    let ended = ending.exit_code != 0 || case.facts.health.is_some();
    let last = lines.iter().rev().find(|line| !line.trim().is_empty());
    let last = last.filter(|_| matters && ended)?;
    Some(piece(EvidenceKind::Log, quoted_words(last)))
}

/// Where the text was reported, so that whoever reads it can see for themselves.
fn known_text(case: &Case<'_>) -> Option<Evidence> {
    let known = case.signature?;
    let kind = if known.is_of_engine() {
        EvidenceKind::Engine
    } else {
        EvidenceKind::Log
    };
    Some(piece(
        kind,
        format!("a known text (`{}`): {}", known.id, known.source),
    ))
}

/// The last line that names the link's file.
fn naming<'a>(lines: &'a [String], judged: &JudgedLink) -> Option<&'a String> {
    naming_at(lines, judged.link.place()).and_then(|at| lines.get(at))
}

/// Another binary of the image.
fn witness(case: &Case<'_>) -> Option<Evidence> {
    let link = case.facts.witness.as_ref()?;
    let platform = link.platform()?;
    let matters = matches!(
        case.cause,
        Cause::ForeignBinary | Cause::MislabelledImage | Cause::WrongArchitecture
    );
    matters.then(|| {
        let text = format!(
            "{} of the same image is built for {}",
            quoted(link.place()),
            platform.short()
        );
        piece(EvidenceKind::Bytes, text)
    })
}

/// Where the faulty file lies, when it is not of the image.
fn mount(case: &Case<'_>) -> Option<Evidence> {
    let judged = case.faulty()?;
    let mount = judged.link.mount.as_ref()?;
    let source = if mount.source.is_empty() {
        String::new()
    } else {
        format!(", from {}", quoted(&mount.source))
    };
    let text = format!(
        "{} lies on {}{source}, not in the image",
        place_of(judged),
        mounted(mount)
    );
    Some(piece(EvidenceKind::Engine, text))
}

fn engine_state(case: &Case<'_>) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    if case.facts.ending.out_of_memory {
        let text = "the engine says that the kernel ended a process for want of memory".to_owned();
        evidence.push(piece(EvidenceKind::Engine, text));
    }
    if let Some(source) = case
        .facts
        .missing_source
        .as_ref()
        .filter(|_| case.cause == Cause::MountSourceMissing)
    {
        let text = format!("there is no {} on the engine's machine", quoted(source));
        evidence.push(piece(EvidenceKind::Engine, text));
    }
    if case.cause == Cause::Stopped {
        let text = "the engine's events hold a request to stop or kill it".to_owned();
        evidence.push(piece(EvidenceKind::Engine, text));
    }
    evidence
}

/// What could not be read.
fn unread(case: &Case<'_>) -> Vec<Evidence> {
    let facts = case.facts;
    let mut reasons = Vec::new();
    if let Known::Unknown(why) = &facts.chain {
        reasons.push(format!("the program could not be read: {}", shown(why)));
    }
    if let Known::Unknown(why) = &facts.log {
        reasons.push(format!("the log could not be read: {}", shown(why)));
    }
    if let Known::Unknown(why) = &facts.claimed {
        reasons.push(format!("the image's platform is not known: {}", shown(why)));
    }
    if let (Known::Unknown(why), Cause::Unknown) = (&facts.stop_requested, case.cause) {
        reasons.push(format!(
            "whether somebody stopped it is not known: {}",
            shown(why)
        ));
    }
    for judged in case.chain {
        if let Target::Unreadable(why) = &judged.link.target {
            reasons.push(format!("{} could not be read: {}", place_of(judged), shown(why)));
        }
    }
    reasons.extend(
        facts
            .unfollowed
            .iter()
            .map(|what| format!("not followed: {}", sentence(what))),
    );
    let missing = |text| piece(EvidenceKind::Missing, text);
    reasons.into_iter().map(missing).collect()
}

/// What only a start would show.
fn never_ran(case: &Case<'_>) -> Option<Evidence> {
    if case.facts.ending.state != State::Image {
        return None;
    }
    let text = match (case.cause, case.actual) {
        (Cause::WrongArchitecture, Some(actual)) => format!(
            "it was not run, so whether something here translates {} programs is not known",
            actual.short()
        ),
        (Cause::Unknown, _) => {
            "it was not run: only what is started first was read, not what that needs or starts later"
                .to_owned()
        }
        _ => return None,
    };
    Some(piece(EvidenceKind::Missing, text))
}

/// Where the finding rests on little, and what else it may be.
fn weakness(case: &Case<'_>) -> Option<Evidence> {
    let binaries = case
        .chain
        .iter()
        .filter(|judged| judged.link.platform().is_some());
    let has_run = case.cause == Cause::ApplicationExit;
    let has_fault = case.program().is_some_and(|judged| judged.kind.is_some());
    let alone = binaries.count() == 1 && case.facts.witness.is_none();
    let text = if case.cause == Cause::MislabelledImage && alone {
        "only this program was read; the rest of the image may be what its label says"
    } else if has_run && case.is_foreign() {
        "no translator was seen; that it ran is known because nothing reports that it could not be started"
    } else if has_run && has_fault {
        "the program has a fault that should have kept it from running"
    } else {
        return None;
    };
    Some(piece(EvidenceKind::Missing, text.to_owned()))
}
