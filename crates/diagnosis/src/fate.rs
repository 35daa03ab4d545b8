//! Whether the program ever ran. Words decide only this, never why.

use crate::{
    Facts, Known, State,
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

pub(crate) fn fate(facts: &Facts) -> Fate {
    let ending = &facts.ending;
    if !ending.error.is_empty() {
        return Fate::Refused(refusal::of_engine(&ending.error, facts));
    }
    if matches!(ending.state, State::Created | State::Image) {
        return Fate::Silent;
    }
    match &facts.log {
        Known::Known(lines) => from_log(lines, facts),
        Known::Unknown(_) if !may_be_refusal(ending.exit_code) => Fate::Ran,
        Known::Unknown(why) => Fate::Unsure(why.clone()),
    }
}

/// Only the end of the log counts: a program that ran after an earlier refusal has left its own words behind it.
fn from_log(lines: &[String], facts: &Facts) -> Fate {
    let by_other = refusal::of_translator(lines, facts).or_else(|| refusal::of_shell(lines, facts));
    let by_runtime = || refusal::of_runtime(lines, facts).filter(|_| may_be_refusal(facts.ending.exit_code));
    by_other.or_else(by_runtime).map_or(Fate::Ran, Fate::Refused)
}

fn may_be_refusal(code: i64) -> bool {
    CODES_OF_REFUSALS.contains(&code)
}
