//! The set-up checklist: the answer of `setup`.

use serde::Serialize;
use specta::Type;

/// What decides whether containers run well on this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Checklist {
    /// All checks, always in the same order.
    pub checks: Vec<Check>,
    /// One sentence: how many are in place.
    pub summary: String,
    /// How many are in place.
    pub in_place: u32,
    /// How many count: all but those that do not apply here.
    pub counted: u32,
    /// What was measured and found out, in a few words each.
    pub measured: Vec<Measured>,
    /// What could not be seen because no engine answered.
    pub unseen: Option<Unseen>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Check {
    /// What scripts know it by, in kebab case.
    pub id: String,
    /// What was found, as a headline.
    pub title: String,
    /// Whether it is in place.
    pub state: CheckState,
    /// What was seen.
    pub detail: String,
    /// Why it matters.
    pub why: String,
    /// Lines of files that it is about.
    pub lines: Vec<FoundLine>,
    /// What can be done.
    pub fix: Option<CheckFix>,
}

/// Whether something is in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// It is.
    Ok,
    /// Something is to be done.
    Todo,
    /// It may surprise, and may be meant so.
    Warn,
    /// It could not be seen.
    Unknown,
    /// It has no meaning on this machine.
    NotApplicable,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct FoundLine {
    /// The file.
    pub place: String,
    /// The line, from 1, where the file has lines.
    pub line: Option<u32>,
    /// What it sets, without credentials and without what else stands in it.
    pub text: String,
}

/// What can be done about a check.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct CheckFix {
    /// What faces act on, in kebab case.
    pub kind: String,
    /// A command that does it, where one does.
    pub command: Option<String>,
    /// What to do, in a sentence.
    pub how: String,
}

/// Something measured, or found out, in a few words.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Measured {
    /// The value: `arm64`, `QEMU`, `0.17×`.
    pub value: String,
    /// Of what.
    pub label: String,
}

/// What could not be seen because no engine answered.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Unseen {
    /// Why none did.
    pub why: String,
    /// The ids of the checks that are not known because of it.
    pub checks: Vec<String>,
}
