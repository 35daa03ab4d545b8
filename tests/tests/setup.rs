//! The set-up checklist on real engines: what their stores can hold, and which translators are registered beside them.

use lab::{Archlight, FOREIGN, Generation, Loading};
use serde_json::Value;

/// The check of that id.
fn check<'a>(answer: &'a Value, id: &str) -> &'a Value {
    let checks = answer["checks"].as_array().expect("a list");
    let found = checks.iter().find(|it| it["id"] == id);
    found.unwrap_or_else(|| panic!("no {id} in {answer:#}"))
}

#[test]
fn what_an_engine_can_hold_and_build_is_told() {
    let lab = lab::require!("the set-up checklist");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let answer = Archlight::for_engine(&engine).ask_ok(&["setup"]);
        assert_eq!(answer["unseen"], Value::Null, "{answer:#}");
        let store = check(&answer, "image-store");
        let builder = check(&answer, "builder");
        let status = Archlight::for_engine(&engine).ask_ok(&["status"]);
        let (held, built) = if status["engine"]["store"] == "containerd" {
            ("ok", "ok")
        } else {
            ("warn", "todo")
        };
        assert_eq!(
            (&store["state"], &builder["state"]),
            (&held.into(), &built.into()),
            "{generation:?}: {answer:#}"
        );
    }
}

#[test]
fn translators_are_told_by_their_flag() {
    let lab = lab::require!("the set-up checklist");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let state = || {
        let answer = archlight.ask_inside(&engine, &["setup"]);
        check(&answer, "translator")["state"].clone()
    };
    assert_eq!(state(), "todo");
    for (loading, expected) in [(Loading::Registration, "ok"), (Loading::Execution, "todo")] {
        engine.enable_translator(FOREIGN, loading);
        assert_eq!(state(), expected, "{loading:?}");
        engine.disable_translator(FOREIGN);
    }
}

#[test]
fn without_an_engine_it_answers_and_succeeds() {
    let archlight = Archlight::at("unix:///nowhere/docker.sock");
    let answer = archlight.ask(&["setup"]);
    assert_eq!(answer.code, 0, "{}", answer.json);
    let unseen = answer.json["unseen"]["checks"].as_array().expect("a list");
    assert!(unseen.contains(&"image-store".into()), "{}", answer.json);
    let text = archlight.run(&["setup"]);
    assert_eq!(text.code, Some(0));
    let prose = text
        .stdout
        .lines()
        .filter(|line| !line.trim_start().starts_with('$'));
    assert!(
        prose.clone().count() > 30 && prose.clone().all(|line| line.chars().count() <= 80),
        "{}",
        text.stdout
    );
    let report = archlight.run(&["setup", "--markdown"]);
    assert!(report.stdout.contains("| State | Check |"), "{}", report.stdout);
    assert!(
        !report.stdout.contains(&*archlight.home().to_string_lossy()),
        "{}",
        report.stdout
    );
}

#[test]
fn what_was_not_tried_yet_is_not_called_proven() {
    let lab = lab::require!("the set-up checklist");
    let engine = lab.start(Generation::New);
    let answer = Archlight::for_engine(&engine).ask_ok(&["setup"]);
    let translation = check(&answer, "translation");
    assert_eq!(translation["state"], "unknown", "{translation:#}");
    assert_eq!(
        translation["fix"]["command"], "archlight probe",
        "{translation:#}"
    );
    assert_eq!(
        check(&answer, "resources")["state"],
        "not-applicable",
        "{answer:#}"
    );
}
