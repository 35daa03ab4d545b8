//! What a re-run would do or did, and what undo and discard did.

use companion::view::{Change, Interrupted, Note, Problem, RerunDone, RerunPlan, Restored};

use crate::text::clean;

/// The plan: what changes, what stays, the steps, and the same as a command.
pub(crate) fn plan(plan: &RerunPlan) -> String {
    let mut lines = vec![format!("Re-run {} as {}", clean(&plan.container), plan.to)];
    lines.push("\nChanges".to_owned());
    lines.extend(plan.changes.iter().map(change));
    lines.push(format!("  kept as it is: {}", plan.kept.join(", ")));
    lines.push("\nSteps".to_owned());
    lines.extend(
        plan.steps
            .iter()
            .zip(1..)
            .map(|(step, number)| format!("  {number}. {}", clean(step))),
    );
    lines.extend(plan.warnings.iter().map(|warning| note("!", warning)));
    lines.extend(plan.blockers.iter().map(|blocker| note("✕", blocker)));
    lines.push(format!("\nThe same by hand\n  {}", clean(&plan.command)));
    if !plan.unsaid.is_empty() {
        lines.push(format!(
            "  it has no words for {}",
            clean(&plan.unsaid.join(", "))
        ));
    }
    lines.join("\n")
}

fn change(change: &Change) -> String {
    format!(
        "  {}: {} → {} ({})",
        change.field,
        clean(&change.from),
        clean(&change.to),
        change.why
    )
}

fn note(mark: &str, note: &Note) -> String {
    format!("\n{mark} {}", clean(&note.text))
}

/// What a re-run did.
pub(crate) fn done(done: &RerunDone) -> String {
    let name = clean(&done.plan.container);
    let mut lines = vec![
        format!("{name} is {} as {}", done.state, done.plan.to),
        format!("The old container is kept as {}", clean(&done.kept_as)),
        format!("`archlight undo {name}` puts it back, `archlight discard {name}` removes it"),
    ];
    let unexpected = done.differences.iter().filter(|difference| !difference.expected);
    lines.extend(unexpected.map(|difference| {
        format!(
            "! {} differs: {} → {}",
            difference.field,
            clean(&difference.old),
            clean(&difference.new)
        )
    }));
    lines.join("\n")
}

/// Why one of several was not re-run.
pub(crate) fn failed(container: &str, error: &Problem) -> String {
    format!(
        "✕ {}: {}\n  {}",
        clean(container),
        clean(&error.message),
        clean(&error.hint)
    )
}

/// What was interrupted, and what can be done about it.
pub(crate) fn interrupted(rerun: &Interrupted) -> String {
    let name = clean(&rerun.container);
    format!(
        "\n! {}\n  `archlight undo {name}` takes it back, `archlight rerun {name} --platform {}` finishes it",
        clean(&rerun.text),
        clean(&rerun.platform)
    )
}

/// What `undo` did.
pub(crate) fn undone(restored: &Restored) -> String {
    format!(
        "{} is back as it was, and is {}",
        clean(&restored.container),
        restored.state
    )
}

/// What `discard` did.
pub(crate) fn discarded(restored: &Restored) -> String {
    format!(
        "The container that was kept for {} is removed",
        clean(&restored.container)
    )
}
