//! Dockerfiles are checked without an engine, and against a real registry where they name digests.

use std::{fs, path::Path};

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, NATIVE, Variant};
use serde_json::Value;

fn write(folder: &Path, text: &str) -> String {
    let file = folder.join("Dockerfile");
    fs::write(&file, text).expect("the folder can be written");
    file.display().to_string()
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("a list");
    findings
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect()
}

/// The image as its digest names it.
fn pinned(engine: &Engine, image: &ImageSpec) -> String {
    let pushed = engine.push(image);
    engine.docker_ok(&["pull", "--quiet", &pushed]);
    let format = "{{index .RepoDigests 0}}";
    let said = engine.docker_ok(&["image", "inspect", "--format", format, &pushed]);
    said.trim().to_owned()
}

#[test]
fn a_digest_of_one_build_is_told_from_one_of_an_index() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let platforms = [NATIVE, FOREIGN].map(|architecture| format!("linux/{architecture}"));
    let filled = |platform: &String| Variant::new(platform).file("/file", 0o644, platform.as_bytes());
    let several = ImageSpec::new("lab/several", "1").variant(filled(&platforms[0]));
    let index = pinned(&engine, &several.variant(filled(&platforms[1])));
    let single = pinned(
        &engine,
        &ImageSpec::new("lab/single", "1").variant(filled(&platforms[0])),
    );

    let archlight = Archlight::at("unix:///nobody");
    let text = format!("FROM {index} AS one\nRUN true\nFROM {single}\nCOPY --from=one /file /file\n");
    let file = write(archlight.home(), &text);
    let report = archlight.ask_inside(&engine, &["dockerfile", "check", &file]);
    assert_eq!(rules(&report), ["from-single-platform-digest"], "{report}");
    assert_eq!(report["findings"][0]["line"], 3, "{report}");
    let message = report["findings"][0]["message"].as_str().expect("a sentence");
    assert!(message.contains(&platforms[0]), "{message}");
    let kinds = [&report["checked"][0]["kind"], &report["checked"][1]["kind"]];
    assert_eq!(kinds, ["index", "manifest"], "{report}");
    assert_eq!(
        report["checked"][0]["platforms"],
        serde_json::json!(platforms),
        "{report}"
    );

    let offline = archlight.ask_inside(&engine, &["dockerfile", "check", &file, "--offline"]);
    assert_eq!(rules(&offline), [""; 0], "{offline}");
    assert_eq!(offline["checked"][0]["kind"], "unknown");
}

#[test]
fn a_file_is_checked_where_no_engine_is_and_ends_as_it_was_asked_to() {
    let archlight = Archlight::at("unix:///nobody");
    let file = write(
        archlight.home(),
        "FROM --platform=linux/amd64 debian:12\nCOPY start.sh /\nENTRYPOINT [\"/start.sh\"]\n",
    );
    fs::write(archlight.home().join("start.sh"), "#!/bin/sh\r\n").expect("the folder can be written");
    let check = ["dockerfile", "check", &file, "--offline"];
    let report = archlight.ask_ok(&check);
    let expected = ["from-constant-platform", "script-crlf", "script-not-executable"];
    assert_eq!(rules(&report), expected, "{report}");

    let text = archlight.run(&check);
    assert_eq!(text.code, Some(0), "{text:?}");
    assert!(
        text.stdout
            .contains(&format!("{file}:1  warning  from-constant-platform")),
        "{text:?}"
    );
    assert!(
        text.stdout.trim_end().ends_with("2 errors, 1 warning"),
        "{text:?}"
    );
    let with = |words: &[&str]| archlight.run(&[&check[..], words].concat());
    assert_eq!(with(&["--fail-on", "error"]).code, Some(1));
    let sarif = with(&["--sarif", "--fail-on", "note"]);
    assert_eq!(sarif.code, Some(1));
    let sarif: Value = serde_json::from_str(&sarif.stdout).expect("one document");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(3));
    assert_eq!(with(&["--sarif", "--json"]).code, Some(2));

    let elsewhere = archlight.home().join("elsewhere");
    fs::create_dir(&elsewhere).expect("the folder can be written");
    let elsewhere = elsewhere.display().to_string();
    let named = archlight.ask_ok(&[&check[..], &["--context", &elsewhere]].concat());
    assert_eq!(rules(&named), ["from-constant-platform"], "{named}");
    let gone = archlight.ask(&["dockerfile", "check", "/nothing/here"]);
    assert_eq!(
        (gone.code, &gone.json["error"]["kind"]),
        (1, &"file-not-usable".into())
    );
    let damaged = archlight.ask(&["dockerfile", "check", &write(archlight.home(), "FROM a\nHELLO\n")]);
    assert_eq!(
        (damaged.code, &damaged.json["error"]["kind"]),
        (1, &"dockerfile-damaged".into())
    );
}
