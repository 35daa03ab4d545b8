//! What is wrong with a Dockerfile.

use companion::{
    dockerfile::rules,
    view::{CheckedDigest, DockerfileFinding, DockerfileReport, Severity},
};
use serde_json::Value;

use super::sarif::{self, Place, Said};
use crate::text::{clean, wrapped};

/// Every finding with its line and fix, then what was asked of registries.
pub(crate) fn dockerfile(report: &DockerfileReport) -> String {
    let file = clean(&report.file).replace('\n', " ");
    let mut parts: Vec<String> = report.findings.iter().map(|one| finding(&file, one)).collect();
    if !report.checked.is_empty() {
        let lines = report.checked.iter().map(checked);
        parts.push(format!(
            "Images by their digest\n{}",
            lines.collect::<Vec<_>>().join("\n")
        ));
    }
    if report.context.is_none() {
        parts.push(wrapped(
            "The folder that is built was not found, so nothing is said of its files; name it with `--context DIR`",
            "",
        ));
    }
    parts.push(summary(report));
    parts.join("\n\n")
}

fn finding(file: &str, finding: &DockerfileFinding) -> String {
    let severity = severity(finding.severity);
    let mut lines = vec![
        format!("{file}:{}  {severity}  {}", finding.line, finding.rule),
        wrapped(&finding.message, "  "),
    ];
    lines.extend(
        finding
            .fix
            .as_ref()
            .map(|fix| wrapped(&format!("fix: {fix}"), "  ")),
    );
    lines.join("\n")
}

fn checked(checked: &CheckedDigest) -> String {
    let what = match (checked.kind.as_str(), &checked.why) {
        ("index", _) => format!("an index, which is fine: {}", checked.platforms.join(", ")),
        ("manifest", _) => format!("one build: {}", checked.platforms.join(", ")),
        (_, Some(why)) => format!("not known: {why}"),
        (_, None) => "not known".to_owned(),
    };
    let name = format!("line {}: {}", checked.line, checked.reference);
    format!("{}\n{}", wrapped(&name, "  "), wrapped(&what, "    "))
}

fn summary(report: &DockerfileReport) -> String {
    let count = |wanted: Severity| {
        report
            .findings
            .iter()
            .filter(|one| one.severity == wanted)
            .count()
    };
    if report.findings.is_empty() {
        return format!("Nothing found in {}", clean(&report.file));
    }
    let kinds =
        [Severity::Error, Severity::Warning, Severity::Note].map(|kind| (count(kind), severity(kind)));
    let said = kinds.iter().filter(|(count, _)| *count > 0).map(|(count, name)| {
        let plural = if *count == 1 { "" } else { "s" };
        format!("{count} {name}{plural}")
    });
    said.collect::<Vec<_>>().join(", ")
}

/// The same for code scanning.
pub(crate) fn dockerfile_sarif(report: &DockerfileReport) -> Value {
    let all = rules();
    let rules: Vec<_> = all
        .iter()
        .map(|rule| (rule.id.as_str(), rule.title.as_str()))
        .collect();
    let said = report.findings.iter().map(|finding| Said {
        rule: finding.rule.clone(),
        severity: finding.severity,
        text: match &finding.fix {
            Some(fix) => format!("{}. {fix}.", finding.message),
            None => format!("{}.", finding.message),
        },
        place: Place {
            file: report.file.clone(),
            line: usize::try_from(finding.line).unwrap_or(1),
        },
    });
    sarif::log(&rules, said)
}

/// As it is written in reports.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::WIDTH;

    fn sample() -> DockerfileReport {
        let finding = |line, severity, fix: Option<&str>| DockerfileFinding {
            rule: "single-architecture-download".to_owned(),
            line,
            severity,
            message: "`tool-linux-amd64.tar.gz` is for amd64 only, whatever is built for".to_owned(),
            fix: fix.map(ToOwned::to_owned),
        };
        DockerfileReport {
            file: "web/Dockerfile".to_owned(),
            context: None,
            findings: vec![
                finding(
                    3,
                    Severity::Error,
                    Some("Write `ARG TARGETARCH` in this stage, and choose by it"),
                ),
                finding(9, Severity::Note, None),
            ],
            checked: vec![CheckedDigest {
                line: 1,
                reference: "alpine@sha256:00".to_owned(),
                kind: "index".to_owned(),
                platforms: vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()],
                why: None,
            }],
        }
    }

    #[test]
    fn every_result_names_a_rule_that_is_listed() {
        let log = dockerfile_sarif(&sample());
        let run = &log["runs"][0];
        assert_eq!(log["version"], "2.1.0");
        let results = run["results"].as_array().expect("a list");
        assert_eq!(results.len(), 2);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        assert_eq!(results[0]["level"], "error");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "web/Dockerfile");
        assert_eq!(place["region"]["startLine"], 3);
    }

    #[test]
    fn a_report_is_tidy_at_eighty_columns() {
        let text = dockerfile(&sample());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(
            text.starts_with("web/Dockerfile:3  error  single-architecture-download\n  `tool-"),
            "{text}"
        );
        assert!(text.contains("\n  fix: Write `ARG TARGETARCH`"), "{text}");
        assert!(
            text.contains("an index, which is fine: linux/amd64, linux/arm64"),
            "{text}"
        );
        assert!(text.ends_with("1 error, 1 note"), "{text}");
        let good = DockerfileReport {
            findings: Vec::new(),
            checked: Vec::new(),
            context: Some(".".to_owned()),
            ..sample()
        };
        assert_eq!(dockerfile(&good), "Nothing found in web/Dockerfile");
    }
}
