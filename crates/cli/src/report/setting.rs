//! A change of Rosetta's setting, planned or made.

use companion::view::{Restart, SettingChange};

use crate::text::{clean, wrapped};

/// What changes where, what is run, what to know, and what came of it.
pub(crate) fn setting(change: &SettingChange) -> String {
    let mut lines = vec![head(change)];
    lines.extend(row("File", change.file.as_deref()));
    lines.extend(row("Key", value(change).as_deref()));
    lines.extend(row("Backup", change.backup.as_deref()));
    if !change.diff.is_empty() && !change.applied {
        lines.push(format!("\n{}", clean(change.diff.trim_end())));
    }
    if !change.commands.is_empty() {
        let title = if change.applied { "It ran" } else { "It runs" };
        lines.push(format!("\n{title}"));
        lines.extend(
            change
                .commands
                .iter()
                .map(|command| format!("  {}", clean(command))),
        );
    }
    let marked = |mark: &str, text: &str| format!("\n{mark} {}", wrapped(text, "  ").trim_start());
    if !change.applied {
        lines.extend(change.warnings.iter().map(|note| marked("!", &note.text)));
    }
    lines.extend(change.stops.as_deref().map(|names| marked("!", &stops(names))));
    lines.extend(change.refusals.iter().map(|note| marked("✕", &note.text)));
    lines.extend(change.restart.as_ref().map(restart));
    if !change.refusals.is_empty() && !change.steps.is_empty() {
        lines.push("\nWhat you can do:".to_owned());
        let steps = change.steps.iter().zip(1..);
        lines.extend(steps.map(|(step, number)| format!("{number}. {}", clean(step))));
    }
    if change.applied && change.aim != "before" {
        lines.push("\n`archlight rosetta undo` takes it back".to_owned());
    }
    lines.join("\n")
}

fn head(change: &SettingChange) -> String {
    let version = change
        .runtime_version
        .as_deref()
        .map(|version| format!(" {}", clean(version)));
    let machine = change
        .machine
        .as_deref()
        .map(|machine| format!(" ({})", clean(machine)));
    let runtime = format!(
        "{}{}{}",
        change.title,
        version.unwrap_or_default(),
        machine.unwrap_or_default()
    );
    let now = change.state_after.as_deref().unwrap_or(&change.state);
    if change.already {
        let nothing = if change.aim == "before" {
            "as it was before"
        } else {
            "as wanted"
        };
        return format!("{runtime}: Rosetta is {now}, {nothing}; nothing has to be done");
    }
    if change.applied {
        return format!("{runtime}: done; by its settings, Rosetta is {now}");
    }
    let aim = if change.aim == "before" {
        "as it was before"
    } else {
        &change.aim
    };
    format!("{runtime}: Rosetta {now} → {aim}")
}

fn value(change: &SettingChange) -> Option<String> {
    let word = |value: Option<bool>| value.map_or("not there", |value| if value { "true" } else { "false" });
    let key = change.key.as_ref()?;
    Some(format!("{key}: {} → {}", word(change.from), word(change.to)))
}

fn restart(restart: &Restart) -> String {
    if restart.done {
        return "\nIt was restarted".to_owned();
    }
    let commands = restart
        .commands
        .iter()
        .map(|command| format!("\n  {}", clean(command)));
    format!("\n{}{}", wrapped(&restart.text, ""), commands.collect::<String>())
}

fn stops(names: &[String]) -> String {
    if names.is_empty() {
        return "No container runs now".to_owned();
    }
    format!("Running now, and stopped by a restart: {}", names.join(", "))
}

/// Nothing where there is nothing to say.
fn row(title: &str, text: Option<&str>) -> Option<String> {
    text.map(|text| format!("{title:<12}{}", clean(text)))
}
