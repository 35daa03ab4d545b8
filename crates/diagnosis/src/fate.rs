//! Whether the program ever ran, and whether what it started did. Words decide only this, never why.

use crate::{
    Facts, JudgedLink, Known, State, attempts,
    refusal::{self, Refusal},
};

/// What came of the attempt to start the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was not started, and somebody says so.
    Refused(Refusal),
    /// It ran.
    Ran,
    /// It was not started, and nobody says why.
    Silent,
    /// Nothing tells, for this reason.
    Unsure(String),
}

/// What runc (1 before 1.2, then 255), tini and crun end with when the kernel refuses a program; also what any shell does.
/// A container that ended otherwise was started, whatever an earlier start left in its log.
const CODES_OF_REFUSALS: [i64; 4] = [1, 126, 127, 255];

/// What shells end with when a program of theirs was refused, also for the commands behind it; `xargs` says 123 of any
/// failure, 124 of 255, and 125 as `timeout` does.
const CODES_OF_SHELLS: [i64; 9] = [1, 2, 123, 124, 125, 126, 127, 128, 255];

pub(crate) fn fate(facts: &Facts, chain: &[JudgedLink]) -> Fate {
    let ending = &facts.ending;
    if !ending.error.is_empty() {
        return Fate::Refused(refusal::of_engine(&ending.error, facts));
    }
    if matches!(ending.state, State::Created | State::Image) {
        return Fate::Silent;
    }
    match &facts.log {
        Known::Known(lines) => from_log(lines, facts, chain),
        Known::Unknown(_) if !may_be_refusal(ending.exit_code) => Fate::Ran,
        Known::Unknown(why) => Fate::Unsure(why.clone()),
    }
}

/// Only the end of the log counts: a program that ran after an earlier refusal has left its own words behind it.
fn from_log(lines: &[String], facts: &Facts, chain: &[JudgedLink]) -> Fate {
    let code = facts.ending.exit_code;
    let by_translator = || refusal::of_translator(lines, facts);
    let by_runtime = || refusal::of_runtime(lines, facts, chain).filter(|_| may_be_refusal(code));
    let by_shell = || refusal::of_shell(lines, facts);
    let inside = || {
        let ended_so = CODES_OF_SHELLS.contains(&code) && facts.ending.state != State::Running;
        refusal::inside(lines, facts, chain).filter(|_| ended_so)
    };
    let refusal = by_translator()
        .or_else(by_runtime)
        .or_else(inside)
        .or_else(by_shell);
    refusal.map_or(Fate::Ran, Fate::Refused)
}

fn may_be_refusal(code: i64) -> bool {
    CODES_OF_REFUSALS.contains(&code)
}

/// The links of the attempt that was refused.
pub(crate) fn refused<'a>(fate: &Fate, chain: &'a [JudgedLink]) -> Vec<&'a JudgedLink> {
    match fate {
        Fate::Refused(refusal) => attempts::links(chain, refusal.attempt).collect(),
        Fate::Ran | Fate::Silent | Fate::Unsure(_) => Vec::new(),
    }
}
