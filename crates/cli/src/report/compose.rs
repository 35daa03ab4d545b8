//! What Compose files say of platforms, for people.

use std::path::Path;

use companion::view::{ComposeCheck, ComposeFix, ComposeFixed, ComposeRefused, ComposeService, Severity};
use serde_json::Value;

use super::sarif::{self, Place, Said};
use crate::text::{clean, short, wrapped};

/// What is said to code scanning, by advice.
const RULES: [(&str, &str, &str, Severity); 4] = [
    (
        "wrong",
        "wrong-platform",
        "The image is not offered for the platform that the file says",
        Severity::Error,
    ),
    (
        "harmful",
        "harmful-platform",
        "`platform:` makes a foreign build run although a native one exists",
        Severity::Warning,
    ),
    (
        "needed",
        "needed-platform",
        "The image has no native build",
        Severity::Note,
    ),
    (
        "unknown",
        "unknown-platform",
        "It could not be found out what the image is offered for",
        Severity::Note,
    ),
];

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

/// The same for code scanning; paths begin at `folder` where they are below it.
pub(crate) fn compose_sarif(check: &ComposeCheck, folder: &Path) -> Value {
    let rules: Vec<_> = RULES.iter().map(|(_, id, title, _)| (*id, *title)).collect();
    let said = check.services.iter().filter_map(|service| {
        let (_, rule, _, severity) = rule(service)?;
        let file = Path::new(&service.file);
        let file = file.strip_prefix(folder).unwrap_or(file);
        Some(Said {
            rule: (*rule).to_owned(),
            severity: *severity,
            text: format!("Service `{}`: {}.", service.service, service.why),
            place: Place {
                file: file.display().to_string(),
                line: service.line,
            },
        })
    });
    sarif::log(&rules, said)
}

/// How bad the worst of it is; `None` where all is fine.
pub(crate) fn compose_worst(check: &ComposeCheck) -> Option<Severity> {
    let said = check.services.iter().filter_map(rule);
    said.map(|(.., severity)| *severity).max()
}

fn rule(service: &ComposeService) -> Option<&'static (&'static str, &'static str, &'static str, Severity)> {
    RULES.iter().find(|(advice, ..)| *advice == service.advice)
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

#[cfg(test)]
mod tests {
    use companion::view::NativeHere;

    use super::*;

    fn service(name: &str, advice: &str, file: &str) -> ComposeService {
        ComposeService {
            service: name.to_owned(),
            image: Some("mysql:5.7".to_owned()),
            platform: None,
            offered: None,
            native_elsewhere: None,
            advice: advice.to_owned(),
            why: "It is so".to_owned(),
            fix: None,
            file: file.to_owned(),
            line: 7,
            builds: false,
            profiles: Vec::new(),
        }
    }

    #[test]
    fn code_scanning_hears_of_what_is_not_fine() {
        let check = ComposeCheck {
            native: NativeHere {
                platform: None,
                source: "machine".to_owned(),
            },
            files: Vec::new(),
            services: vec![
                service("web", "fine", "/src/compose.yaml"),
                service("db", "harmful", "/src/compose.yaml"),
                service("old", "needed", "/etc/compose.yaml"),
            ],
        };
        let log = compose_sarif(&check, Path::new("/src"));
        let results = log["runs"][0]["results"].as_array().expect("results");
        let said = |at: usize| {
            let place = &results[at]["locations"][0]["physicalLocation"];
            let uri = &place["artifactLocation"]["uri"];
            format!(
                "{} {} {uri} {}",
                results[at]["ruleId"], results[at]["level"], place["region"]["startLine"]
            )
        };
        assert_eq!(results.len(), 2);
        assert_eq!(said(0), r#""harmful-platform" "warning" "compose.yaml" 7"#);
        assert_eq!(
            said(1),
            r#""needed-platform" "note" "file:///etc/compose.yaml" 7"#
        );
        assert_eq!(compose_worst(&check), Some(Severity::Warning));
    }
}
