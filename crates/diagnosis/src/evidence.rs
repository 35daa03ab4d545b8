//! What shows the cause: bytes first, then what others say.

use platform::Proof;

use crate::{
    Cause, Evidence, EvidenceKind, JudgedLink, Known,
    fate::Fate,
    rules::Case,
    words::{place_of, quoted},
};

pub(crate) fn of(case: &Case<'_>) -> Vec<Evidence> {
    let mut evidence = Vec::new();
    evidence.extend(case.faulty().or_else(|| case.program()).and_then(bytes));
    evidence.extend(label(case));
    evidence.extend(words_of_others(case));
    evidence.extend(missing(case));
    evidence
}

fn bytes(judged: &JudgedLink) -> Option<Evidence> {
    let Proof {
        bytes,
        from,
        to,
        meaning,
    } = judged.link.program()?.proof()?;
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let deciding = hex(bytes.get(from..to).unwrap_or_default());
    let text = format!(
        "{}: bytes {from} to {to} are {deciding} ({meaning})",
        place_of(judged)
    );
    Some(Evidence {
        kind: EvidenceKind::Bytes,
        text,
    })
}

fn label(case: &Case<'_>) -> Option<Evidence> {
    let matters = matches!(
        case.cause,
        Cause::WrongArchitecture | Cause::MislabelledImage | Cause::ForeignBinary | Cause::ApplicationExit
    );
    let claimed = case.facts.claimed.as_known().filter(|_| matters)?;
    let text = format!(
        "the image {} says {claimed}; the engine is {}",
        quoted(&case.facts.image),
        case.facts.engine
    );
    Some(Evidence {
        kind: EvidenceKind::Label,
        text,
    })
}

fn words_of_others(case: &Case<'_>) -> Vec<Evidence> {
    let ending = &case.facts.ending;
    let mut evidence = Vec::new();
    if !ending.error.is_empty() {
        evidence.push(Evidence {
            kind: EvidenceKind::Engine,
            text: quoted(&ending.error),
        });
    } else if let Fate::Refused(line) = case.fate {
        evidence.push(Evidence {
            kind: EvidenceKind::Log,
            text: quoted(line),
        });
    } else if case.cause == Cause::ApplicationExit && ending.exit_code != 0 {
        let last = case
            .facts
            .log
            .as_known()
            .and_then(|lines| lines.iter().rev().find(|line| !line.is_empty()));
        evidence.extend(last.map(|line| Evidence {
            kind: EvidenceKind::Log,
            text: quoted(line),
        }));
    }
    if ending.out_of_memory {
        let text = "the engine says that the kernel ended it for want of memory".to_owned();
        evidence.push(Evidence {
            kind: EvidenceKind::Engine,
            text,
        });
    }
    if case.cause == Cause::Stopped {
        let text = "the engine's events hold a request to stop or kill it".to_owned();
        evidence.push(Evidence {
            kind: EvidenceKind::Engine,
            text,
        });
    }
    evidence
}

/// What could not be read, so that a weak finding shows why it is weak.
fn missing(case: &Case<'_>) -> Vec<Evidence> {
    let mut reasons = Vec::new();
    if let Known::Unknown(why) = &case.facts.chain {
        reasons.push(format!("the program could not be read: {why}"));
    }
    if let Known::Unknown(why) = &case.facts.log {
        reasons.push(format!("the log could not be read: {why}"));
    }
    if let Known::Unknown(why) = &case.facts.claimed {
        reasons.push(format!("the image's platform is not known: {why}"));
    }
    for judged in case.chain {
        if let crate::Target::Unreadable(why) = &judged.link.target {
            reasons.push(format!("{} could not be read: {why}", place_of(judged)));
        }
    }
    reasons
        .into_iter()
        .map(|text| Evidence {
            kind: EvidenceKind::Missing,
            text,
        })
        .collect()
}
