//! From a file, its context and the registries' answers to findings.

use super::{Answers, Checked, Context, Dockerfile, Finding, rules};

/// What was found, and what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By line, then by rule; each once.
    pub findings: Vec<Finding>,
    /// The images by their digest, with what registries said of each.
    pub checked: Vec<Checked>,
}

/// Applies every rule. The same input gives the same report; nothing is read, nobody is asked.
///
/// `name` is the path of the file, as people would write it: `Dockerfile.arm64` is for one architecture on purpose.
pub fn check(file: &Dockerfile, name: &str, context: &Context, answers: &Answers) -> Report {
    let places = rules::Places::of(file, name);
    let mut findings = rules::all(file, &places, context, answers);
    // Of two that say the same of a line, the worse one stays.
    findings.sort_by(|one, other| {
        let place = (one.line, one.rule).cmp(&(other.line, other.rule));
        let worse = other.severity.cmp(&one.severity);
        place.then(worse).then_with(|| one.message.cmp(&other.message))
    });
    findings.dedup_by(|one, other| (one.line, one.rule) == (other.line, other.rule));
    let checked = file.pins().into_iter().map(|pin| Checked {
        answer: answers.get(&pin.reference).cloned(),
        pin,
    });
    Report {
        findings,
        checked: checked.collect(),
    }
}
