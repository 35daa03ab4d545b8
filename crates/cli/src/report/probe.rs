//! What runs foreign programs.

use companion::view::{ProbeReport, Probed};

use crate::text::{clean, wrapped};

/// The engine's own platform, then what was tried.
pub(crate) fn probe(report: &ProbeReport) -> String {
    let mut parts = vec![format!("Native      {}", report.native.platform)];
    parts.extend(report.native.probed.iter().map(probed));
    parts.extend(report.foreign.iter().map(probed));
    parts.join("\n\n")
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
    lines.push(format!("\n{}", wrapped(&probed.why, "")));
    lines.extend(probed.hint.iter().map(|hint| wrapped(hint, "")));
    lines.join("\n")
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
