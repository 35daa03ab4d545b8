//! What a re-run would do or did, and what undo and discard did.

use companion::view::{ByCompose, Change, Interrupted, Note, Problem, RerunDone, RerunPlan, Restored};

use crate::text::clean;

/// The plan: what changes, what stays, the steps, and the same as a command.
pub(crate) fn plan(plan: &RerunPlan) -> String {
    let mut lines = vec![format!("Re-run {} as {}", clean(&plan.container), plan.to)];
    lines.push("\nChanges".to_owned());
    lines.extend(plan.changes.iter().map(change));
    lines.push(format!("  kept as it is: {}", plan.kept.join(", ")));
    lines.extend(
        plan.mounts
            .iter()
            .map(|mount| format!("  mounted as before: {}", clean(mount))),
    );
    lines.push("\nSteps".to_owned());
    lines.extend(
        plan.steps
            .iter()
            .zip(1..)
            .map(|(step, number)| format!("  {number}. {}", clean(step))),
    );
    lines.extend(plan.warnings.iter().map(|warning| note("!", warning)));
    lines.extend(plan.blockers.iter().map(|blocker| note("✕", blocker)));
    if let Some(by) = &plan.by_compose {
        lines.push(by_compose(by));
        return lines.join("\n");
    }
    lines.push(format!("\nThe same by hand\n  {}", clean(&plan.command)));
    if clean(&plan.command) != plan.command {
        lines.push(
            "  what no terminal shows is escaped here; `--json` has the words as a shell takes them"
                .to_owned(),
        );
    }
    if !plan.unsaid.is_empty() {
        lines.push(format!(
            "  it has no words for {}",
            clean(&plan.unsaid.join(", "))
        ));
    }
    let service = plan.compose.lines().map(|line| format!("  {}", clean(line)));
    lines.push("\nThe same as a Compose file".to_owned());
    lines.extend(service);
    if !plan.compose_unsaid.is_empty() {
        lines.push(format!(
            "  it has no words for {}",
            clean(&plan.compose_unsaid.join(", "))
        ));
    }
    lines.join("\n")
}

/// The file, and what is run.
fn by_compose(by: &ByCompose) -> String {
    let content = by.content.lines().map(|line| format!("  {}", clean(line)));
    let content: Vec<_> = content.collect();
    format!(
        "\n{}\n{}\n\n{}\n\nThe same by hand, after that file\n  {}\n\n`--by-hand` makes the container without Compose",
        clean(&by.file),
        content.join("\n"),
        clean(&by.later),
        clean(&by.command)
    )
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
    let (kept, then) = match &done.plan.by_compose {
        Some(by) => (
            format!("Compose made it anew, as {} says", clean(&by.file)),
            format!(
                "`archlight undo {name}` takes the file back, `archlight discard {name}` keeps it for good"
            ),
        ),
        None => (
            format!("The old container is kept as {}", clean(&done.kept_as)),
            format!("`archlight undo {name}` puts it back, `archlight discard {name}` removes it"),
        ),
    };
    let mut lines = vec![
        format!("{name} is {} as {}", done.state, done.plan.to),
        kept,
        then,
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
    if rerun.left == "new" {
        return format!(
            "\n! {}\n  `archlight discard {name}` settles it",
            clean(&rerun.text)
        );
    }
    format!(
        "\n! {}\n  `archlight undo {name}` takes it back, `archlight rerun {name} --platform {}` finishes it",
        clean(&rerun.text),
        clean(&rerun.platform)
    )
}

/// What `undo` did.
pub(crate) fn undone(restored: &Restored) -> String {
    let (name, state) = (clean(&restored.container), &restored.state);
    match &restored.file {
        Some(file) => format!(
            "{} is as it was; Compose made {name} anew, and it is {state}",
            clean(file)
        ),
        None => format!("{name} is back as it was, and is {state}"),
    }
}

/// What `discard` did.
pub(crate) fn discarded(restored: &Restored) -> String {
    let name = clean(&restored.container);
    match &restored.file {
        Some(file) => format!(
            "{} stays, and is yours: an undo of {name} is no longer possible",
            clean(file)
        ),
        None if restored.removed_id.is_empty() => {
            format!(
                "{name} is the new container now, and is {}: nothing was kept for it",
                restored.state
            )
        }
        None => format!("The container that was kept for {name} is removed"),
    }
}
