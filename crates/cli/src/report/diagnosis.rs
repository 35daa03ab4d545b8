//! Why a container ended.

use companion::view::{Diagnosis, Link, Remedy};

use crate::text::{clean, wrapped};

/// The sentence, the chain with its verdicts, what shows it, and what can be done.
pub(crate) fn diagnosis(diagnosis: &Diagnosis) -> String {
    let mut lines = vec![wrapped(
        &format!("{} ({})", diagnosis.summary, diagnosis.cause),
        "",
    )];
    let code = diagnosis
        .exit_code
        .map(|code| format!(", exit code {code}"))
        .unwrap_or_default();
    lines.push(format!(
        "{} from {}{code}",
        clean(&diagnosis.container),
        clean(&diagnosis.image)
    ));
    section(
        &mut lines,
        "What the kernel tried to start",
        diagnosis.chain.iter().map(link),
    );
    let evidence = diagnosis
        .evidence
        .iter()
        .map(|evidence| wrapped(&format!("{}: {}", evidence.kind, evidence.text), "  "));
    section(&mut lines, "What shows it", evidence);
    section(
        &mut lines,
        "What you can do",
        diagnosis.remedies.iter().zip(1..).map(remedy),
    );
    lines.join("\n")
}

fn section(lines: &mut Vec<String>, title: &str, content: impl Iterator<Item = String>) {
    let mut content = content.peekable();
    if content.peek().is_some() {
        lines.push(format!("\n{title}"));
        lines.extend(content);
    }
}

fn link(link: &Link) -> String {
    let mark = if link.fault.is_some() { "✕" } else { "✓" };
    let resolved = link.resolved.as_deref().filter(|resolved| *resolved != link.path);
    let arrow = resolved
        .map(|resolved| format!(" → {}", clean(resolved)))
        .unwrap_or_default();
    let fault = link
        .fault
        .as_deref()
        .map(|fault| format!("\n{}", wrapped(fault, "    ")))
        .unwrap_or_default();
    format!(
        "  {mark} {} {}{arrow}\n    {}{fault}",
        link.role,
        clean(&link.path),
        clean(&link.detail)
    )
}

fn remedy((remedy, number): (&Remedy, usize)) -> String {
    let command = remedy
        .command
        .as_deref()
        .map(|command| format!("\n     {}", clean(command)))
        .unwrap_or_default();
    format!(
        "  {number}. {}\n{}{command}",
        clean(&remedy.title),
        wrapped(&remedy.why, "     ")
    )
}
