//! What becomes of a re-run where the registry does not have what is wanted, or does not answer.

use std::thread;

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};
use serde_json::Value;

fn image(lab: &Lab, architectures: &[&str]) -> ImageSpec {
    let variant = |architecture: &&str| {
        let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
        variant.command(&["/bin/sh", "-c", "sleep 1000"])
    };
    let variants = architectures.iter().map(variant);
    variants.fold(ImageSpec::new("acme/app", "1"), ImageSpec::variant)
}

/// An engine on which `app` runs, made of an image that the registry has for these architectures.
fn stage(lab: &Lab, generation: Generation, architectures: &[&str]) -> (Engine, Archlight) {
    let engine = lab.start(generation);
    let archlight = Archlight::for_engine(&engine);
    let image = engine.push(&image(lab, architectures));
    engine.enable_translator(FOREIGN, Loading::Registration);
    engine.docker_ok(&["run", "-d", "--name", "app", "--stop-timeout", "1", &image]);
    (engine, archlight)
}

fn rows(engine: &Engine) -> String {
    engine.docker_ok(&[
        "ps",
        "-a",
        "--no-trunc",
        "--format",
        "{{.ID}} {{.Names}} {{.State}}",
    ])
}

#[test]
fn an_image_for_one_platform_only_is_not_pulled_for_another() {
    let lab = lab::require!("re-runs and a registry");
    for generation in Generation::ALL {
        let (engine, archlight) = stage(&lab, generation, &[NATIVE]);
        let before = rows(&engine);
        let to = format!("linux/{FOREIGN}");
        let rerun = ["rerun", "app", "--platform", &to, "--yes", "--wait", "0"];
        let has = format!("it has linux/{NATIVE}");
        let tells = |error: &Value| error["message"].as_str().is_some_and(|text| text.contains(&has));
        let refused = archlight.answer_inside(&engine, &rerun);
        let error = &refused.json["error"];
        assert_eq!(
            (refused.code, &error["kind"]),
            (4, &"not-safe".into()),
            "{generation:?}: {error:#}"
        );
        assert!(tells(error), "{generation:?}: {error:#}");
        // From here only the engine reaches the registry, and it may find out by a pull only.
        let refused = archlight.ask(&rerun);
        let error = &refused.json["error"];
        assert_eq!(refused.code, 4, "{generation:?}: {error:#}");
        assert!(tells(error), "{generation:?}: {error:#}");
        assert_eq!(rows(&engine), before, "{generation:?}");
    }
}

#[test]
fn a_registry_that_never_answers_is_told_and_given_up() {
    let lab = lab::require!("re-runs and a registry");
    let lab = &lab;
    thread::scope(|scope| {
        for generation in Generation::ALL {
            scope.spawn(move || never_answers(lab, generation));
        }
    });
}

fn never_answers(lab: &Lab, generation: Generation) {
    let (engine, archlight) = stage(lab, generation, &[NATIVE, FOREIGN]);
    // It still takes connections, as what has hung does.
    let frozen = engine
        .command("pkill")
        .args(["-STOP", "docker-registry"])
        .status();
    assert!(frozen.is_ok_and(|status| status.success()));
    let (before, image) = (
        rows(&engine),
        engine.docker_ok(&["images", "--quiet", "--no-trunc"]),
    );
    let to = format!("linux/{FOREIGN}");
    let plan = archlight.ask_inside(&engine, &["rerun", "app", "--platform", &to, "--dry-run"]);
    let is_told = |warning: &Value| {
        let text = warning["text"].as_str().unwrap_or_default();
        warning["kind"] == "registry-unknown" && text.contains("did not answer")
    };
    let warnings = plan["warnings"].as_array().expect("a list");
    assert!(warnings.iter().any(is_told), "{generation:?}: {plan:#}");
    let rerun = ["rerun", "app", "--platform", &to, "--yes", "--wait", "0"];
    let failed = archlight.answer_inside(&engine, &rerun);
    let error = &failed.json["error"];
    assert_eq!(
        (failed.code, &error["kind"]),
        (1, &"pull-failed".into()),
        "{generation:?}: {error:#}"
    );
    assert_ne!(error["hint"], "");
    assert_eq!(rows(&engine), before, "{generation:?}");
    assert_eq!(engine.docker_ok(&["images", "--quiet", "--no-trunc"]), image);
    assert_eq!(
        archlight.ask_ok(&["status"])["interrupted"],
        serde_json::json!([])
    );
}
