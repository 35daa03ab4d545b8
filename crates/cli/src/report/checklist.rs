//! What decides whether containers run well here.

use companion::view::{Check, CheckState, Checklist};

use crate::text::{clean, wrapped};

/// Where everything below a check's headline begins.
const INDENT: &str = "           ";

/// Each check with what was seen; where something is to do, why it matters and how; at last how things stand.
pub(crate) fn checklist(list: &Checklist) -> String {
    let mut lines: Vec<String> = list.checks.iter().flat_map(check).collect();
    lines.push(String::new());
    if let Some(unseen) = &list.unseen {
        lines.push(wrapped(
            &format!("No engine answered, so some could not be seen: {}", unseen.why),
            "",
        ));
    }
    lines.push(wrapped(&list.summary, ""));
    lines.join("\n")
}

fn check(check: &Check) -> Vec<String> {
    let title = wrapped(&check.title, INDENT);
    let mut lines = vec![format!("{:<11}{}", state(check.state), title.trim_start())];
    lines.push(wrapped(&check.detail, INDENT));
    lines.extend(check.lines.iter().map(|line| {
        let at = line.line.map_or_else(String::new, |number| format!(":{number}"));
        wrapped(&format!("{}{at}  {}", line.place, line.text), INDENT)
    }));
    if let Some(fix) = &check.fix {
        lines.push(wrapped(&check.why, INDENT));
        lines.push(wrapped(&format!("→ {}", fix.how), INDENT));
        // A command stays in one piece, so that it can be copied.
        let command = fix.command.iter();
        lines.extend(command.map(|it| format!("{INDENT}$ {}", clean(it))));
    }
    lines
}

fn state(state: CheckState) -> &'static str {
    match state {
        CheckState::Ok => "✓ ok",
        CheckState::Todo => "✕ to do",
        CheckState::Warn => "! look",
        CheckState::Unknown => "? unknown",
        CheckState::NotApplicable => "– not here",
    }
}

#[cfg(test)]
mod tests {
    use companion::view::{CheckFix, FoundLine};

    use super::*;

    #[test]
    fn all_but_commands_keep_to_the_width_and_nothing_is_obeyed() {
        let long = "word ".repeat(60) + "\u{1b}[31m";
        let list = Checklist {
            checks: vec![Check {
                id: "tools".to_owned(),
                title: long.clone(),
                state: CheckState::NotApplicable,
                detail: long.clone(),
                why: long.clone(),
                lines: vec![FoundLine {
                    place: "~/.zshrc".to_owned(),
                    line: Some(3),
                    text: long.clone(),
                }],
                fix: Some(CheckFix {
                    kind: "x".to_owned(),
                    command: Some("true".to_owned()),
                    how: long,
                }),
            }],
            summary: "0 of 1 are in place".to_owned(),
            in_place: 0,
            counted: 1,
            measured: Vec::new(),
            unseen: None,
        };
        let text = checklist(&list);
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= crate::text::WIDTH),
            "{text}"
        );
        assert!(!text.contains('\u{1b}') && text.contains("~/.zshrc:3"));
        assert!(text.ends_with("0 of 1 are in place"));
    }
}
