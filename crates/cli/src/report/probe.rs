//! What runs foreign programs.

use companion::view::{ProbeReport, Probed, ProbedSpeed, Translator};

use crate::text::{clean, wrapped};

/// The engine's own platform, then what was tried.
pub(crate) fn probe(report: &ProbeReport) -> String {
    let mut parts = vec![format!("Native      {}", report.native.platform)];
    parts.extend(report.native.probed.iter().map(probed));
    parts.extend(report.foreign.iter().map(probed));
    parts.join("\n\n")
}

/// What is known of it, in a line for each foreign platform.
pub(crate) fn known(translator: &Translator) -> Vec<String> {
    let line = |probed: &Probed| {
        let pace = probed.pace.iter().map(|pace| format!("; {}", lowercase(pace)));
        let text = [probed.why.clone()].into_iter().chain(pace).collect::<String>();
        row("Translator", &text)
    };
    translator.report.foreign.iter().filter_map(line).collect()
}

fn probed(probed: &Probed) -> String {
    let state = match (probed.known, probed.runs) {
        (true, true) => "runs",
        (true, false) => "does not run",
        (false, _) => "not known",
    };
    let mut lines = vec![format!("{:<11} {state}", clean(&probed.platform))];
    if probed.runs {
        lines.push(format!("Translator  {}", probed.translator));
    }
    lines.extend(row("Seen", &probed.evidence));
    let features: Vec<&str> = offered(probed).collect();
    lines.extend(row("Features", &features.join(" ")));
    lines.extend(speeds(probed));
    lines.push(format!("\n{}", wrapped(&probed.why, "")));
    lines.extend(probed.pace.iter().map(|pace| wrapped(pace, "")));
    // What runs all needs no words of its own.
    let dynamic = probed
        .dynamic
        .iter()
        .filter(|dynamic| dynamic.runs != probed.runs || !dynamic.known);
    lines.extend(dynamic.map(|dynamic| wrapped(&dynamic.why, "")));
    lines.extend(probed.hint.iter().map(|hint| wrapped(hint, "")));
    lines.join("\n")
}

/// The engine's own platform is 1.
fn speeds(probed: &Probed) -> Option<String> {
    let speed = probed.speed.as_ref()?;
    let kinds = [
        ("integer work", speed.integer),
        ("memory", speed.memory),
        ("system calls", speed.system_calls),
    ];
    let shown = |speed: ProbedSpeed| format!("{:.2} ({:.2} to {:.2})", speed.relative, speed.low, speed.high);
    let measured = kinds
        .into_iter()
        .filter_map(|(kind, speed)| Some(format!("{kind} {}", shown(speed?))));
    row("Speed", &measured.collect::<Vec<_>>().join(", "))
}

fn lowercase(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// Nothing where there is nothing to say.
fn row(title: &str, text: &str) -> Option<String> {
    let text = wrapped(text, "            ");
    (!text.is_empty()).then(|| format!("{title:<12}{}", text.trim_start()))
}

fn offered(probed: &Probed) -> impl Iterator<Item = &str> {
    let features = probed.features.iter();
    features
        .filter(|(_, offered)| **offered)
        .map(|(name, _)| name.as_str())
}
