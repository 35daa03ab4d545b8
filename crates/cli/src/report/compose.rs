//! What Compose files say of platforms, for people.

use companion::view::{ComposeCheck, ComposeFix, ComposeFixed, ComposeRefused, ComposeService};

use crate::text::{clean, short, wrapped};

/// Longer names are cut, so that lines keep to 80 columns; the JSON has them whole.
const NAME: usize = 20;
const PLATFORM: usize = 16;
const IMAGE: usize = 24;

/// Each service with its advice and a sentence.
pub(crate) fn compose_check(check: &ComposeCheck) -> String {
    let native = check.native.platform.as_deref().unwrap_or("not known");
    let mut lines: Vec<String> = check.files.iter().map(|file| clean(file)).collect();
    lines.push(format!(
        "Native here: {native}, says the {}\n",
        check.native.source
    ));
    for service in &check.services {
        lines.push(row(service));
        lines.push(wrapped(&service.why, "     "));
        lines.extend(service.native_elsewhere.iter().map(|elsewhere| {
            let source = elsewhere.source.as_ref().map(|source| format!(" ({source})"));
            wrapped(
                &format!("{}{}", elsewhere.why, source.unwrap_or_default()),
                "     ",
            )
        }));
    }
    let can = check
        .services
        .iter()
        .filter(|service| service.fix.is_some())
        .count();
    if can > 0 {
        let what = if can == 1 {
            "1 service".to_owned()
        } else {
            format!("{can} services")
        };
        lines.push(format!(
            "\n`archlight compose fix FILE --diff` shows what would change of {what}"
        ));
    }
    lines.join("\n")
}

fn row(service: &ComposeService) -> String {
    let platform = service.platform.as_deref().unwrap_or("-");
    let image = match (&service.image, service.builds) {
        (_, true) => "(built)".to_owned(),
        (Some(image), false) => short(image, IMAGE),
        (None, false) => "-".to_owned(),
    };
    let row = format!(
        "{} {:<NAME$} {:<11} {:<PLATFORM$} {image}",
        mark(&service.advice),
        short(&service.service, NAME),
        service.advice,
        short(platform, PLATFORM),
    );
    row.trim_end().to_owned()
}

fn mark(advice: &str) -> &'static str {
    match advice {
        "harmful" | "wrong" => "✕",
        "needed" => "!",
        "unknown" => "?",
        _ => "✓",
    }
}

/// What was written, and where the text of before is.
pub(crate) fn compose_fix(fix: &ComposeFix) -> String {
    let file = clean(&fix.file);
    if !fix.changed {
        return format!("Nothing to change in {file}");
    }
    let mut lines = vec![format!("Wrote {file}")];
    lines.extend(fix.services.iter().map(fixed));
    lines.extend(
        fix.backup
            .iter()
            .map(|backup| format!("The text of before is in {}", clean(backup))),
    );
    lines.extend(
        fix.earlier_backup
            .iter()
            .map(|backup| format!("An earlier backup is now {}", clean(backup))),
    );
    lines.extend(fix.later.iter().map(|later| wrapped(later, "")));
    if fix.read_by_compose == "yes" {
        lines.push("Docker Compose reads it, and sees no other change".to_owned());
    }
    lines.join("\n")
}

fn fixed(fixed: &ComposeFixed) -> String {
    let name = clean(&fixed.service);
    let said = |platform: &Option<String>| platform.as_deref().map_or("no platform".to_owned(), clean);
    format!("  {name}: {} → {}", said(&fixed.from), said(&fixed.to))
}

/// Why a service was left as it is.
pub(crate) fn compose_refused(refused: &ComposeRefused) -> String {
    format!(
        "left as it is: {}\nhint: {}",
        clean(&refused.why),
        clean(&refused.hint)
    )
}
