//! An image that never ran: what would keep it from starting.

use platform::{Role, Via};

use super::{Verdict, first_fault, module, of_fault};
use crate::{Cause, Facts, JudgedLink, attempts, faults::Fault};

/// What the kernel would meet first, or what would be met later, as far as that is certain.
pub(super) fn of(facts: &Facts, chain: &[JudgedLink]) -> Verdict {
    let first = first_fault(chain, 0).or_else(|| later_fault(facts, chain));
    let verdict = first.map(|(at, fault)| of_fault(facts, chain, at, fault));
    let verdict = verdict
        .or_else(|| module(chain, Via::Loader, |_| true))
        .or_else(|| line_endings(chain));
    let Some(verdict) = verdict else {
        return Verdict::new(Cause::Unknown);
    };
    // What a shell did before, where it looks for things, and where it ends, only a start shows.
    let before = &chain[..=verdict.faulty.unwrap_or_default()];
    let by_shell = before.iter().any(|judged| judged.link.via == Via::Shell);
    // Newer runtimes still have the rights of root when they start the first program of another user.
    let by_user = verdict.cause == Cause::NotExecutable && !facts.user.is_empty();
    let by_launcher = verdict.faulty.is_some_and(|at| is_text_of_launcher(chain, at));
    if by_shell || by_user || by_launcher {
        verdict.weakened()
    } else {
        verdict
    }
}

/// What reads lines that end in CR LF stumbles over them, as a rule.
fn line_endings(chain: &[JudgedLink]) -> Option<Verdict> {
    let at = chain
        .iter()
        .position(|judged| judged.kind == Some(Fault::LineEndings) && judged.link.role == Role::Script)?;
    Some(Verdict::likely(Cause::CrlfLineEndings).at(at))
}

/// What shells and launchers would start.
fn later_fault(facts: &Facts, chain: &[JudgedLink]) -> Option<(usize, Fault)> {
    let attempts = 1..=attempts::last(chain);
    attempts
        .filter_map(|attempt| first_fault(chain, attempt))
        .find(|(at, fault)| !may_be_mended(facts, chain, *at, *fault))
}

/// Whether what a shell does before may mend it, or what starts it passes it over.
fn may_be_mended(facts: &Facts, chain: &[JudgedLink], at: usize, fault: Fault) -> bool {
    let link = &chain[at].link;
    let by_shell = matches!(link.via, Via::Shell | Via::Reader);
    if fault == Fault::MissingCommand && by_shell {
        // Nothing comes before it that could bring a program of this name.
        let starts = &facts.asides.starts;
        let is_first = starts.iter().all(|start| *start == link.path);
        return link.path.contains('/') || !is_first;
    }
    let is_touched = facts
        .asides
        .touched
        .iter()
        .any(|path| path == &link.path || path == link.place());
    by_shell && is_touched || is_text_of_launcher(chain, at) && !is_refused_by(chain, at)
}

/// Whether a text without a first line is handed to the kernel by a launcher.
fn is_text_of_launcher(chain: &[JudgedLink], at: usize) -> bool {
    let judged = &chain[at];
    let of_text = matches!(judged.kind, Some(Fault::NoShebang | Fault::BytesBeforeShebang));
    of_text && matches!(judged.link.via, Via::Env | Via::Launcher)
}

/// Whether the launcher before `at` ends with the kernel's refusal: glibc hands such a text to a shell, musl does not, and
/// `gosu`, which is written in Go, has neither.
fn is_refused_by(chain: &[JudgedLink], at: usize) -> bool {
    let before = &chain[..at];
    let is_musl = before
        .iter()
        .rfind(|judged| judged.link.role == Role::Loader)
        .is_some_and(|judged| judged.link.path.contains("ld-musl"));
    let launcher = before.iter().rfind(|judged| judged.link.role != Role::Loader);
    is_musl || launcher.is_some_and(|judged| judged.link.path.ends_with("gosu"))
}
