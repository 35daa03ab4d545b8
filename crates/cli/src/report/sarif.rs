//! SARIF 2.1.0, as code scanning reads it.

use std::fmt::Write as _;

use companion::view::Severity;
use serde_json::{Value, json};

use super::dockerfile::severity;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One result.
pub(super) struct Said {
    /// The rule's id, one of those that are listed.
    pub(super) rule: String,
    pub(super) severity: Severity,
    pub(super) text: String,
    pub(super) place: Place,
}

/// Where a result is.
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
}

/// One run of one tool, which has these rules: an id and a title each.
pub(super) fn log(rules: &[(&str, &str)], said: impl Iterator<Item = Said>) -> Value {
    let result = |said: Said| {
        json!({
            "ruleId": said.rule,
            "ruleIndex": rules.iter().position(|(id, _)| *id == said.rule),
            "level": severity(said.severity),
            "message": { "text": said.text },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&said.place.file) },
                "region": { "startLine": said.place.line.max(1) },
            } }],
        })
    };
    let results: Vec<Value> = said.map(result).collect();
    let descriptions: Vec<Value> = rules
        .iter()
        .map(|(id, title)| json!({ "id": id, "shortDescription": { "text": title } }))
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
    fn paths_become_references() {
        assert_eq!(uri("./a b/Dockerfile"), "a%20b/Dockerfile");
        assert_eq!(uri("/x/ü"), "file:///x/%C3%BC");
    }
}
