//! Whether a tag is what it says.

use companion::view::{Severity, Verdict, Verification, VerifiedPlatform};
use serde_json::Value;

use super::sarif::{self, Place, Said};
use crate::{
    text::{clean, short, wrapped},
    verify::severity,
};

/// Longer names are cut, so that lines keep to 80 columns; the JSON has them whole.
const PLATFORM: usize = 20;

/// What a report for code scanning may hold, by verdict.
const RULES: [(Verdict, &str, &str); 4] = [
    (
        Verdict::Missing,
        "missing-platform",
        "A platform that is wanted or named is not there",
    ),
    (
        Verdict::Mislabelled,
        "mislabelled-image",
        "The image says one platform and is built for another",
    ),
    (
        Verdict::ForeignBinary,
        "foreign-binary",
        "A program or a native module is for another platform than its image",
    ),
    (
        Verdict::Unknown,
        "unverified-platform",
        "It could not be found out whether the image is what it says",
    ),
];

/// Each platform with its verdict and a sentence, then a count.
pub(crate) fn verification(verification: &Verification) -> String {
    let mut lines = vec![
        clean(&verification.name).replace('\n', " "),
        format!("{}, {}\n", verification.kind, clean(&verification.digest)),
    ];
    for platform in &verification.platforms {
        lines.push(format!(
            "{} {:<PLATFORM$} {}",
            mark(platform.verdict),
            short(&platform.platform, PLATFORM),
            platform.verdict.as_str()
        ));
        lines.push(wrapped(&platform.why, "     "));
        lines.extend(
            platform
                .fix
                .as_ref()
                .map(|fix| wrapped(&format!("fix: {fix}"), "     ")),
        );
    }
    lines.push(format!("\n{}", counted(verification)));
    lines.join("\n")
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "✓",
        Verdict::Missing | Verdict::Mislabelled | Verdict::ForeignBinary => "✕",
        Verdict::Unknown => "?",
    }
}

fn counted(verification: &Verification) -> String {
    let all = verification.platforms.len();
    let good = verification
        .platforms
        .iter()
        .filter(|platform| platform.verdict == Verdict::Ok)
        .count();
    match (all, good) {
        (1, 1) => "Its platform is what it says".to_owned(),
        (all, good) if all == good => format!("All {all} platforms are what they say"),
        (all, good) => format!("{good} of {all} platforms are what they say"),
    }
}

/// The same for code scanning: a result for each platform that is not fine.
pub(crate) fn verify_sarif(verification: &Verification) -> Value {
    let rules: Vec<_> = RULES.iter().map(|(_, id, title)| (*id, *title)).collect();
    let said = verification
        .platforms
        .iter()
        .filter_map(|platform| said(verification, platform));
    sarif::log(&rules, said)
}

fn said(verification: &Verification, platform: &VerifiedPlatform) -> Option<Said> {
    let (_, rule, _) = RULES.iter().find(|(verdict, ..)| *verdict == platform.verdict)?;
    let fix = platform.fix.as_ref().map(|fix| format!(" {fix}."));
    Some(Said {
        rule: (*rule).to_owned(),
        severity: severity(platform.verdict).unwrap_or(Severity::Note),
        text: format!(
            "{}, {}: {}.{}",
            verification.name,
            platform.platform,
            platform.why,
            fix.unwrap_or_default()
        ),
        place: Place {
            file: verification.reference.clone(),
            line: 1,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::WIDTH;

    fn platform(name: &str, verdict: Verdict, why: &str) -> VerifiedPlatform {
        VerifiedPlatform {
            platform: name.to_owned(),
            digest: None,
            present: verdict != Verdict::Missing,
            configured: None,
            program: None,
            actual: None,
            foreign_modules: 0,
            verdict,
            cause: None,
            why: why.to_owned(),
            fix: (verdict != Verdict::Ok).then(|| "Build it again for this platform".to_owned()),
            chain: Vec::new(),
            modules: Vec::new(),
            programs: 0,
            foreign_programs: 0,
            error: None,
        }
    }

    fn sample() -> Verification {
        Verification {
            reference: "ghcr.io/acme/web:1".to_owned(),
            name: "ghcr.io/acme/web:1".to_owned(),
            digest: format!("sha256:{}", "0".repeat(64)),
            kind: "index".to_owned(),
            platforms: vec![
                platform("linux/amd64", Verdict::Ok, "`/web` is for linux/amd64"),
                platform(
                    "linux/arm64",
                    Verdict::Mislabelled,
                    "It says linux/arm64, and its program `/a/long/path/to/\u{1b}web` is built for linux/amd64",
                ),
                platform("linux/arm/v7", Verdict::Unknown, "Nobody knows"),
            ],
            requests: 9,
        }
    }

    #[test]
    fn a_report_is_tidy_at_eighty_columns() {
        let text = verification(&sample());
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert!(text.contains("✓ linux/amd64          ok\n"), "{text}");
        assert!(text.contains("✕ linux/arm64          mislabelled\n"), "{text}");
        assert!(text.contains("\n     fix: Build it again"), "{text}");
        assert!(text.ends_with("1 of 3 platforms are what they say"), "{text}");
    }

    #[test]
    fn code_scanning_hears_of_what_is_not_fine() {
        let log = verify_sarif(&sample());
        let results = log["runs"][0]["results"].as_array().expect("results");
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        assert_eq!(results.len(), 2);
        assert_eq!(results[0]["level"], "error");
        assert_eq!(results[1]["level"], "warning");
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "ghcr.io/acme/web%3A1");
        }
    }
}
