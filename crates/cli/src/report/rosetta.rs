//! Whether Rosetta is on, what decides that, and how to turn it on.

use companion::view::{Probed, Rosetta, RuntimeRosetta};

use crate::text::{WIDTH, clean, short, wrapped};

/// How far the words stand in from their titles.
const INDENT: &str = "            ";

/// The verdict, what it rests on, what contradicts it and what to do; then the other runtimes.
pub(crate) fn rosetta(rosetta: &Rosetta) -> String {
    let mut lines = vec![format!(
        "Rosetta     {} (by {}, {})",
        rosetta.state, rosetta.source, rosetta.confidence
    )];
    lines.extend(
        rosetta
            .probed
            .as_ref()
            .filter(|probed| probed.known)
            .map(programs),
    );
    let name = named(
        &rosetta.runtime,
        rosetta.instance.as_deref(),
        rosetta.runtime_version.as_deref(),
    );
    lines.push(format!("Runtime     {name}"));
    lines.extend(rosetta.vmm.as_ref().map(|vmm| format!("Machine     {vmm}")));
    lines.extend(
        rosetta
            .file
            .as_ref()
            .map(|file| format!("File        {}", clean(file))),
    );
    lines.extend(key(rosetta));
    if rosetta.locked {
        lines.push("Locked      by an administrator".to_owned());
    }
    lines.push(format!("\n{}", wrapped(&rosetta.why, "")));
    lines.extend(rosetta.conflicts.iter().map(|conflict| marked("! ", conflict)));
    lines.extend(rosetta.unseen.iter().map(|unseen| marked("? ", unseen)));
    if !rosetta.steps.is_empty() {
        let is_off = ["off", "impossible"].contains(&rosetta.state.as_str());
        let has_not_run = rosetta.works != Some(false);
        let title = if is_off && has_not_run {
            "To turn it on:"
        } else {
            "What you can do:"
        };
        lines.push(format!("\n{title}"));
    }
    let steps = rosetta.steps.iter().zip(1..);
    lines.extend(steps.map(|(step, number)| marked(&format!("{number}. "), step)));
    lines.extend(here(rosetta));
    lines.extend(others(rosetta));
    lines.join("\n")
}

/// Where `rosetta on` would not be refused. Of several runtimes, it has to be told which.
fn here(rosetta: &Rosetta) -> Option<String> {
    if !rosetta.turns_on_here {
        return None;
    }
    let machine = rosetta.instance.as_deref();
    let machine = machine.map(|it| format!(":{}", clean(it))).unwrap_or_default();
    let named = match rosetta.runtimes.len() {
        0 | 1 => String::new(),
        _ => format!(" --runtime {}{machine}", rosetta.runtime),
    };
    let line = format!("`archlight rosetta on{named}` does it here, and shows first what it changes");
    Some(format!("\n{}", wrapped(&line, "")))
}

fn named(runtime: &str, instance: Option<&str>, version: Option<&str>) -> String {
    let instance = instance.map(|it| format!(" ({})", clean(it))).unwrap_or_default();
    let version = version.map(|it| format!(" {}", clean(it))).unwrap_or_default();
    format!("{runtime}{instance}{version}")
}

/// What was seen of the programs that a probe ran.
fn programs(probed: &Probed) -> String {
    let platform = clean(&probed.platform);
    if probed.runs {
        format!(
            "Programs    of {platform} run (translator: {})",
            clean(&probed.translator)
        )
    } else {
        format!("Programs    of {platform} do not run")
    }
}

fn key(rosetta: &Rosetta) -> Option<String> {
    let key = clean(rosetta.key.as_ref()?);
    Some(match &rosetta.value {
        Some(value) => format!("Key         {key}: {}", clean(value)),
        None => format!("Key         {key}, which is not there"),
    })
}

fn marked(mark: &str, text: &str) -> String {
    let indent = " ".repeat(mark.chars().count());
    let text = wrapped(text, &indent);
    format!("{mark}{}", text.trim_start())
}

/// One line for each of the other runtimes, where there are any.
fn others(rosetta: &Rosetta) -> Vec<String> {
    let is_other =
        |it: &&RuntimeRosetta| (&it.runtime, &it.instance) != (&rosetta.runtime, &rosetta.instance);
    let mut lines = Vec::new();
    for (at, other) in rosetta.runtimes.iter().filter(is_other).enumerate() {
        let name = named(
            &other.runtime,
            other.instance.as_deref(),
            other.runtime_version.as_deref(),
        );
        let title = if at == 0 { "\nAlso here   " } else { INDENT };
        let line = format!(
            "{name}: {} (by {}, {})",
            other.state, other.source, other.confidence
        );
        lines.push(format!("{title}{}", short(&line, WIDTH - INDENT.len())));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(runtime: &str, instance: Option<&str>) -> RuntimeRosetta {
        RuntimeRosetta {
            state: "off".to_owned(),
            source: "default".to_owned(),
            confidence: "likely".to_owned(),
            runtime: runtime.to_owned(),
            instance: instance.map(str::to_owned),
            runtime_version: None,
            vmm: None,
            file: None,
            key: None,
            value: None,
            socket: None,
            locked: false,
            why: "word ".repeat(40),
            steps: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    fn answer() -> Rosetta {
        Rosetta {
            state: "off".to_owned(),
            source: "probe".to_owned(),
            confidence: "certain".to_owned(),
            decides: "probe".to_owned(),
            works: Some(false),
            runtime: "colima".to_owned(),
            instance: Some("work\u{1b}[31m".to_owned()),
            runtime_version: Some("0.10.3".to_owned()),
            vmm: Some("qemu".to_owned()),
            file: Some("/Users/me/.colima/work/colima.yaml".to_owned()),
            key: Some("rosetta".to_owned()),
            value: None,
            socket: None,
            locked: true,
            why: "word ".repeat(40),
            steps: vec!["step ".repeat(40)],
            turns_on_here: true,
            conflicts: vec!["conflict ".repeat(20)],
            unseen: vec!["unseen ".repeat(20)],
            probed: Some(Probed {
                platform: "linux/amd64".to_owned(),
                runs: false,
                known: true,
                why: String::new(),
                hint: None,
                translator: "none".to_owned(),
                evidence: String::new(),
                features: std::collections::BTreeMap::new(),
                dynamic: None,
                relative_speed: None,
                speed: None,
                pace: None,
                at: 0,
            }),
            runtimes: vec![
                one("colima", Some("work\u{1b}[31m")),
                one("lima", Some(&"x".repeat(200))),
                one("finch", None),
            ],
        }
    }

    #[test]
    fn every_line_fits_and_nothing_foreign_is_obeyed() {
        let text = rosetta(&answer());
        for line in text.lines() {
            assert!(
                line.chars().count() <= WIDTH && !line.contains('\u{1b}'),
                "{line}"
            );
        }
        assert!(text.contains("Programs    of linux/amd64 do not run"));
        assert!(text.contains("Key         rosetta, which is not there"));
        assert!(text.contains("\nWhat you can do:\n1. step"));
        assert!(text.contains("\nAlso here   lima (xxx") && text.contains("\n            finch: off"));
        assert!(!text.contains("Also here   colima"));
    }

    #[test]
    fn it_is_offered_only_where_it_is_done() {
        let offered = rosetta(&answer());
        assert!(
            offered.contains("`archlight rosetta on --runtime colima:work"),
            "{offered}"
        );
        let refused = rosetta(&Rosetta {
            turns_on_here: false,
            ..answer()
        });
        assert!(!refused.contains("archlight rosetta on"), "{refused}");
        let only = rosetta(&Rosetta {
            runtimes: vec![one("colima", None)],
            ..answer()
        });
        assert!(only.contains("`archlight rosetta on` does it here"), "{only}");
    }
}
