//! A diagnosis as Markdown, for somebody else to read: without secrets, and with nothing that breaks out of its place.
//!
//! Values of the environment are left out, wherever they stand: programs print them, and shells put them into paths. So
//! are the arguments of the command, since they may hold passwords, also where somebody's words repeat them. The user's
//! home folder is written as `~`.
//!
//! Not hidden, because nothing would be left to read: values and arguments of less than four letters, numbers of less than
//! six digits, the platforms that the diagnosis is about, the values of `PATH`, `HOME`, `LANG`, `TERM` and `HOSTNAME`, and
//! what the chain itself names as a path. A single word of a longer value is hidden from eight letters on.

mod checklist;
mod veil;

use std::path::Path;

use crate::view::{Diagnosis, Engine, Evidence, Host, Link, LinkVerdict, Mount, Proof, Remedy};
pub use checklist::checklist;
use veil::Veil;

/// Links, pieces of evidence and remedies that are written, of each: nobody reads on after so many.
const MOST: usize = 40;

/// Bytes in a line, as everywhere.
const ROW: usize = 16;

/// The diagnosis for an issue report. `home` is the folder of the user who asks.
pub fn markdown(diagnosis: &Diagnosis, engine: &Engine, host: &Host, home: &Path) -> String {
    let veil = Veil::over(diagnosis, home);
    let mut lines = head(diagnosis, &veil);
    lines.extend(facts(diagnosis, engine, host, &veil));
    let chain = diagnosis.chain.iter().map(|it| link(it, &veil));
    section(&mut lines, "What was to be started", chain);
    let evidence = diagnosis.evidence.iter().map(|it| evidence(it, &veil));
    section(&mut lines, "What shows it", evidence);
    let remedies = diagnosis.remedies.iter().map(|it| remedy(it, &veil));
    section(&mut lines, "What can be done", remedies);
    lines.push(String::new());
    lines.join("\n")
}

fn head(diagnosis: &Diagnosis, veil: &Veil) -> Vec<String> {
    let cause = diagnosis.cause.as_deref();
    let sure = match diagnosis.confidence.as_str() {
        "certain" => "certain",
        "likely" => likely(diagnosis),
        _ => "not known for certain",
    };
    let cause = cause.map_or_else(|| "no fault found".to_owned(), |cause| veil.fact(cause));
    vec![
        format!("### Diagnosis of {}", veil.fact(&diagnosis.container)),
        String::new(),
        format!("{} ({cause}, {sure})", veil.said(&diagnosis.summary)),
        String::new(),
    ]
}

/// Why it is not certain.
fn likely(diagnosis: &Diagnosis) -> &'static str {
    match diagnosis.cause.as_deref() {
        Some("wrong-architecture") if diagnosis.subject == "image" => {
            "likely: only a start shows whether something translates it"
        }
        Some("mislabelled-image") if diagnosis.platform.actual.is_some() => {
            "likely: only one of its files says so"
        }
        _ if diagnosis.evidence.iter().any(|evidence| evidence.kind == "bytes") => {
            "likely: the bytes agree, and whether it ended of this is not certain"
        }
        _ => "likely: only words say so, not bytes",
    }
}

fn facts(diagnosis: &Diagnosis, engine: &Engine, host: &Host, veil: &Veil) -> Vec<String> {
    let platform = |known: &Option<String>| {
        known
            .as_deref()
            .map_or_else(|| "not known".to_owned(), |it| veil.fact(it))
    };
    let sample = if engine.sample { " (the sample engine)" } else { "" };
    let translated = if host.translated_process {
        ", translated"
    } else {
        ""
    };
    let mut lines = vec![format!("- Image: {}", veil.fact(&diagnosis.image))];
    lines.push(format!(
        "- Platform of the label: {}",
        platform(&diagnosis.platform.claimed)
    ));
    lines.push(format!(
        "- Platform of the program: {}",
        platform(&diagnosis.platform.actual)
    ));
    lines.extend(diagnosis.exit_code.map(|code| format!("- Exit code: {code}")));
    lines.extend(command(&diagnosis.command, veil));
    lines.push(format!(
        "- Engine: {}{sample} {}, API {}, {}, store {}, runtime {}",
        veil.fact(&engine.name),
        veil.fact(&engine.version),
        veil.fact(&engine.api_version),
        veil.fact(&engine.platform),
        veil.fact(&engine.store),
        veil.fact(&engine.runtime)
    ));
    lines.push(format!(
        "- Machine: {} on {}{translated}",
        veil.fact(&host.os),
        veil.fact(&host.architecture)
    ));
    lines.push(format!("- Archlight {}", env!("CARGO_PKG_VERSION")));
    lines
}

fn command(words: &[String], veil: &Veil) -> Option<String> {
    let (program, arguments) = words.split_first()?;
    let left_out = match arguments.len() {
        0 => "without arguments".to_owned(),
        1 => "one argument, left out here".to_owned(),
        count => format!("{count} arguments, left out here"),
    };
    Some(format!("- Command: {}, {left_out}", veil.code(program)))
}

fn section(lines: &mut Vec<String>, title: &str, items: impl ExactSizeIterator<Item = String>) {
    let more = items.len().saturating_sub(MOST);
    if items.len() == 0 {
        return;
    }
    lines.extend([String::new(), format!("#### {title}"), String::new()]);
    lines.extend(
        items
            .take(MOST)
            .zip(1..)
            .map(|(item, number)| format!("{number}. {item}")),
    );
    if more > 0 {
        lines.push(format!("\nand {more} more"));
    }
}

fn link(link: &Link, veil: &Veil) -> String {
    let led = link.resolved.as_deref().filter(|resolved| *resolved != link.path);
    let led = led.map_or_else(String::new, |resolved| format!(" → {}", veil.code(resolved)));
    let verdict = match link.verdict {
        LinkVerdict::Fine => "fine",
        LinkVerdict::Wrong => "**wrong**",
        LinkVerdict::Absent => "not there",
        LinkVerdict::Unknown => "not read",
    };
    let fault = link
        .fault
        .as_deref()
        .map(|fault| format!(", {}", veil.said(fault)));
    let mut lines = vec![format!(
        "{}{led}: {verdict}{}",
        veil.code(&link.path),
        fault.unwrap_or_default()
    )];
    // Some details begin with what the part is called.
    let role = Some(veil.said(&link.role)).filter(|_| !link.detail.starts_with(&link.role));
    let described = role.into_iter().chain([veil.said(&link.detail)]);
    lines.push(described.collect::<Vec<_>>().join(", "));
    lines.extend(
        link.platform
            .as_deref()
            .map(|it| format!("platform {}", veil.fact(it))),
    );
    lines.extend(asked_by(&link.via).map(str::to_owned));
    lines.extend(link.mount.as_ref().map(|it| mount(it, veil)));
    let proof = link.proof.as_ref().map(|it| proof(it, veil)).unwrap_or_default();
    // Two blanks at its end break a line within an item.
    lines.join("  \n   ") + &proof
}

fn asked_by(via: &str) -> Option<&'static str> {
    match via {
        "env" => Some("looked up by `env`"),
        "shell" => Some("started by the shell"),
        "loader" => Some("needed by the program"),
        "words" => Some("named in the log"),
        "health-check" => Some("started for the health check"),
        _ => None,
    }
}

fn mount(mount: &Mount, veil: &Veil) -> String {
    let place = veil.code(&mount.destination);
    match mount.kind.as_str() {
        "bind" => format!("on {place}, mounted from {}", veil.code(&mount.source)),
        "volume" => format!("on the volume {} at {place}", veil.code(&mount.source)),
        "tmpfs" => format!("on {place}, which is memory"),
        _ => format!("on the mount {place}"),
    }
}

/// The bytes in rows, with carets below those that decide.
fn proof(proof: &Proof, veil: &Veil) -> String {
    let bytes: Vec<&str> = proof.hex.split_whitespace().take(ROW * 4).collect();
    let decides = |at: usize| u32::try_from(at).is_ok_and(|at| at >= proof.from && at < proof.to);
    let mut lines = vec!["text".to_owned()];
    for (row, chunk) in bytes.chunks(ROW).enumerate() {
        lines.push(veil::escaped(&chunk.join(" ")));
        let marks: Vec<&str> = (0..chunk.len())
            .map(|column| if decides(row * ROW + column) { "^^" } else { "  " })
            .collect();
        let marks = marks.join(" ");
        lines.extend((!marks.trim().is_empty()).then(|| marks.trim_end().to_owned()));
    }
    lines.push(veil.plain(&proof.meaning));
    let fence = veil::fence(&lines.join("\n"), 3);
    format!("\n\n   {fence}{}\n   {fence}", lines.join("\n   "))
}

fn evidence(evidence: &Evidence, veil: &Veil) -> String {
    format!("{}: {}", veil.said(&evidence.kind), veil.said(&evidence.text))
}

fn remedy(remedy: &Remedy, veil: &Veil) -> String {
    let command = remedy
        .command
        .as_deref()
        .map_or_else(String::new, |it| format!("  \n   {}", veil.code(it)));
    format!(
        "{}. {}{command}",
        veil.said(&remedy.title),
        veil.said(&remedy.why)
    )
}

#[cfg(test)]
mod tests;
