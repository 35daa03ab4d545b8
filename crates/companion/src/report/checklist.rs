//! The set-up checklist as Markdown, for a team's page on how to start.
//!
//! Values that may be credentials were left out when the files were read; here nothing breaks out of its place, and the
//! home folder is written as `~`.

use std::path::Path;

use super::veil::Veil;
use crate::view::{Check, CheckState, Checklist};

/// The checklist as a table, and below it what can be done, in order. `home` is the folder of the user who asks.
pub fn checklist(checklist: &Checklist, home: &Path) -> String {
    let veil = Veil::over_home(home);
    let mut lines = vec![
        "### Set-up for containers".to_owned(),
        String::new(),
        veil.said(&checklist.summary),
        String::new(),
        "| State | Check | What was seen |".to_owned(),
        "| --- | --- | --- |".to_owned(),
    ];
    lines.extend(checklist.checks.iter().map(|check| row(check, &veil)));
    let measured = checklist.measured.iter();
    let measured = measured.map(|it| format!("- {}: {}", veil.said(&it.label), veil.said(&it.value)));
    section(&mut lines, "What was found out", measured);
    let fixes = checklist.checks.iter().filter_map(|check| fix(check, &veil));
    section(&mut lines, "What can be done", fixes);
    let unseen = checklist.unseen.iter();
    let unseen = unseen.map(|it| format!("- No engine answered: {}", veil.said(&it.why)));
    section(&mut lines, "What could not be seen", unseen);
    lines.push(String::new());
    lines.push(format!("Checked by Archlight {}", env!("CARGO_PKG_VERSION")));
    lines.push(String::new());
    lines.join("\n")
}

fn section(lines: &mut Vec<String>, title: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_some() {
        lines.extend([String::new(), format!("#### {title}"), String::new()]);
        lines.extend(items);
    }
}

fn row(check: &Check, veil: &Veil) -> String {
    let mut seen = veil.said(&check.detail);
    for line in &check.lines {
        let at = line.line.map_or_else(String::new, |number| format!(":{number}"));
        let place = veil.code(&format!("{}{at}", line.place));
        seen = format!("{seen}<br>{place}: {}", veil.code(&line.text));
    }
    let state = match check.state {
        CheckState::Ok => "✓ in place",
        CheckState::Todo => "✕ to do",
        CheckState::Warn => "! to look at",
        CheckState::Unknown => "? not known",
        CheckState::NotApplicable => "– not here",
    };
    format!(
        "| {state} | {} | {} |",
        cell(&veil.said(&check.title)),
        cell(&seen)
    )
}

/// A bar ends a cell also within code, where only a backslash keeps it.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        if letter == '|' && before != '\\' {
            cell.push('\\');
        }
        cell.push(letter);
        before = letter;
    }
    cell
}

fn fix(check: &Check, veil: &Veil) -> Option<String> {
    let fix = check.fix.as_ref()?;
    let command = fix.command.as_deref();
    let command = command.map_or_else(String::new, |it| format!("  \n  {}", veil.code(it)));
    Some(format!(
        "- {}: {}. {}{command}",
        veil.said(&check.title),
        veil.said(&fix.how),
        veil.said(&check.why)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{CheckFix, FoundLine, Measured, Unseen};

    fn hostile() -> Checklist {
        let text = "a | b <script> `/home/ada/x|y` @team\n| c";
        Checklist {
            checks: vec![Check {
                id: "socket".to_owned(),
                title: format!("# {text}"),
                state: CheckState::Todo,
                detail: text.to_owned(),
                why: text.to_owned(),
                lines: vec![FoundLine {
                    place: "~/.z`sh|rc".to_owned(),
                    line: Some(12),
                    text: "DOCKER_HOST=a|b\u{202e}".to_owned(),
                }],
                fix: Some(CheckFix {
                    kind: "x".to_owned(),
                    command: Some("echo `id`\nrm".to_owned()),
                    how: text.to_owned(),
                }),
            }],
            summary: "0 of 1 are in place".to_owned(),
            in_place: 0,
            counted: 1,
            measured: vec![Measured {
                value: "arm64".to_owned(),
                label: text.to_owned(),
            }],
            unseen: Some(Unseen {
                why: text.to_owned(),
                checks: Vec::new(),
            }),
        }
    }

    #[test]
    fn nothing_breaks_out_of_a_cell_or_a_line() {
        let report = checklist(&hostile(), Path::new("/home/ada"));
        let table: Vec<&str> = report.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(table.len(), 3, "{report}");
        for line in table {
            let bars = line
                .match_indices('|')
                .filter(|(at, _)| !line[..*at].ends_with('\\'));
            assert_eq!(bars.count(), 4, "{line}");
        }
        assert!(!report.contains("<script>") && !report.contains('\u{202e}') && !report.contains("@team"));
        assert!(
            !report.contains("/home/ada") && report.contains("~/x"),
            "{report}"
        );
        assert!(
            !report
                .lines()
                .any(|line| line.starts_with("rm") || line.starts_with("# "))
        );
    }
}
