//! What shows the cause: bytes first, then what others say, then what was not seen.

use platform::{Proof, Role, Target};

use crate::{
    Cause, Evidence, EvidenceKind, JudgedLink, Known, State,
    fate::Fate,
    foreign_text::{quoted, quoted_words, shown},
    rules::Case,
    words::place_of,
};

pub(crate) fn of(case: &Case<'_>) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    evidence.extend(bytes(case));
    evidence.extend(absent(case));
    evidence.extend(label(case));
    evidence.extend(words_of_others(case));
    evidence.extend(engine_state(case));
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
        None => proof(judged).or_else(|| proof(namer()?))?,
    };
    Some(piece(EvidenceKind::Bytes, text))
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
        .chain
        .iter()
        .find(|judged| judged.link.target == Target::Missing)?;
    let whole = match case.facts.ending.state {
        State::Image => "a container of the image",
        State::Created | State::Running | State::Restarting | State::Ended => "the container",
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

fn words_of_others(case: &Case<'_>) -> Option<Evidence> {
    let ending = &case.facts.ending;
    if let Fate::Refused(refusal) = case.fate {
        let from_engine = !ending.error.is_empty();
        let kind = if from_engine {
            EvidenceKind::Engine
        } else {
            EvidenceKind::Log
        };
        return Some(piece(kind, quoted_words(&refusal.words)));
    }
    let matters = matches!(
        case.cause,
        Cause::ApplicationExit | Cause::IllegalInstruction | Cause::CrlfLineEndings | Cause::Unknown
    );
    let lines = case
        .facts
        .log
        .as_known()
        .filter(|_| matters && ending.exit_code != 0)?;
    let last = lines.iter().rev().find(|line| !line.trim().is_empty())?;
    Some(piece(EvidenceKind::Log, quoted_words(last)))
}

fn engine_state(case: &Case<'_>) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    if case.facts.ending.out_of_memory {
        let text = "the engine says that the kernel ended a process for want of memory".to_owned();
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
    let text = if case.cause == Cause::MislabelledImage && binaries.count() == 1 {
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
