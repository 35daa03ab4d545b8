//! Why a container ended, or what keeps an image from starting.

use companion::view::{Diagnosis, Link, LinkVerdict, Remedy};

use crate::text::{clean, wrapped};

/// The sentence, the chain with its verdicts, what shows it, and what can be done.
pub(crate) fn diagnosis(diagnosis: &Diagnosis) -> String {
    let cause = diagnosis.cause.as_deref();
    let cause = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
    let mut lines = vec![wrapped(&format!("{}{cause}", diagnosis.summary), "")];
    let is_image = diagnosis.subject == "image";
    lines.push(if is_image {
        image(diagnosis)
    } else {
        container(diagnosis)
    });
    let title = if is_image {
        "What the kernel would start"
    } else {
        "What the kernel tried to start"
    };
    section(&mut lines, title, diagnosis.chain.iter().map(link));
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

fn container(diagnosis: &Diagnosis) -> String {
    let code = diagnosis.exit_code.map(|code| format!(", exit code {code}"));
    format!(
        "{} from {}{}",
        clean(&diagnosis.container),
        clean(&diagnosis.image),
        code.unwrap_or_default()
    )
}

fn image(diagnosis: &Diagnosis) -> String {
    let claimed = diagnosis.platform.claimed.as_deref();
    let claimed = claimed.map(|claimed| format!(" for {}", clean(claimed)));
    format!(
        "{}{}, an image that was not run",
        clean(&diagnosis.image),
        claimed.unwrap_or_default()
    )
}

fn section(lines: &mut Vec<String>, title: &str, content: impl Iterator<Item = String>) {
    let mut content = content.peekable();
    if content.peek().is_some() {
        lines.push(format!("\n{title}"));
        lines.extend(content);
    }
}

fn link(link: &Link) -> String {
    let mark = match link.verdict {
        LinkVerdict::Fine => "✓",
        LinkVerdict::Wrong => "✕",
        LinkVerdict::Absent => "–",
        LinkVerdict::Unknown => "?",
    };
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
