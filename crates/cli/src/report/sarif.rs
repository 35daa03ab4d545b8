//! SARIF 2.1.0, as code scanning reads it.

use std::fmt::Write as _;

use companion::{dockerfile::rules, view::DockerfileReport};
use serde_json::{Value, json};

use super::dockerfile::severity;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A report as one run of one tool.
pub(crate) fn sarif(report: &DockerfileReport) -> Value {
    let rules = rules();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let text = match &finding.fix {
                Some(fix) => format!("{}. {fix}.", finding.message),
                None => format!("{}.", finding.message),
            };
            let index = rules.iter().position(|rule| rule.id == finding.rule);
            json!({
                "ruleId": finding.rule,
                "ruleIndex": index,
                "level": severity(finding.severity),
                "message": { "text": text },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": uri(&report.file) },
                    "region": { "startLine": finding.line.max(1) },
                } }],
            })
        })
        .collect();
    let descriptions: Vec<Value> = rules
        .iter()
        .map(|rule| json!({ "id": rule.id, "shortDescription": { "text": rule.title } }))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Archlight",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": descriptions,
            } },
            "results": results,
        }],
    })
}

/// A path as a reference: what is no plain letter of one is written as its bytes.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = if path.starts_with('/') {
        "file://".to_owned()
    } else {
        String::new()
    };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _written = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_names_a_rule_that_is_listed() {
        let log = sarif(&super::super::dockerfile::tests::sample());
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
    fn paths_become_references() {
        assert_eq!(uri("./a b/Dockerfile"), "a%20b/Dockerfile");
        assert_eq!(uri("/x/ü"), "file:///x/%C3%BC");
    }
}
