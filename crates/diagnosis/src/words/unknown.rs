//! What is said when no cause is known.

use platform::Target;

use super::{ended, place_of};
use crate::{
    JudgedLink, Known, State,
    diagnose::Case,
    fate::Fate,
    faults::Fault,
    foreign_text::{engine_words, shown},
    verdict::SIGNALLED,
};

pub(super) fn unknown(case: &Case<'_>) -> String {
    let facts = case.facts;
    match facts.ending.state {
        State::Running if facts.health.is_some() => {
            return "It runs, its health check fails, and nothing that was read says why".to_owned();
        }
        State::Running => return "It runs; there is nothing to explain".to_owned(),
        State::Created if !facts.ending.is_bad() => return "It was never started".to_owned(),
        State::Image => return unknown_image(case),
        State::Created | State::Restarting | State::Ended | State::HealthCheck => {}
    }
    match (case.fate, &facts.chain) {
        (Fate::Refused(refusal), Known::Unknown(why)) => format!(
            "It could not be started, and its program could not be read ({}): {}",
            shown(why),
            engine_words(&refusal.words)
        ),
        (Fate::Refused(refusal), Known::Known(_)) => format!(
            "It could not be started, and its files do not show why: {}",
            engine_words(&refusal.words)
        ),
        (Fate::Silent, _) => "It could not be started, and the engine does not say why".to_owned(),
        (Fate::Unsure(why), _) => format!(
            "It {}, and its log could not be read: {}",
            ended(case),
            shown(why)
        ),
        (Fate::Ran, _) => unknown_end(case),
    }
}

fn unknown_image(case: &Case<'_>) -> String {
    if let Known::Unknown(why) = &case.facts.chain {
        return format!("What it would run is not known: {}", shown(why));
    }
    // What is neither a program nor a text has no cause of its own.
    let faulty = case
        .chain
        .iter()
        .find(|judged| judged.kind == Some(Fault::Unrecognised));
    let unread = |judged: &&JudgedLink| matches!(judged.link.target, Target::Unreadable(_));
    match (faulty, case.chain.iter().find(unread)) {
        (Some(judged), _) => format!(
            "{} would not start: {}",
            place_of(judged),
            judged.fault.as_deref().unwrap_or_default()
        ),
        (None, Some(judged)) => format!(
            "Whether it starts is not known: {} could not be read",
            place_of(judged)
        ),
        (None, None) => "Nothing that was read keeps it from starting".to_owned(),
    }
}

fn unknown_end(case: &Case<'_>) -> String {
    let is_broken = |judged: &&JudgedLink| judged.kind.is_some_and(Fault::forbids_running);
    match case.chain.iter().find(is_broken) {
        Some(judged) => format!(
            "It {}; {} cannot be run as it is now, and the log does not say so",
            ended(case),
            place_of(judged)
        ),
        None if case.facts.ending.exit_code > SIGNALLED => {
            format!("It {}, and nothing tells who sent the signal", ended(case))
        }
        None => format!("It {}, and nothing that was read tells why", ended(case)),
    }
}
