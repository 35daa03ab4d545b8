//! What a probe found out is kept for as long as the engine runs, and no longer.

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Loading, NATIVE, Variant};
use serde_json::{Value, json};

fn status(archlight: &Archlight) -> Value {
    archlight.ask_ok(&["status"])["translator"].clone()
}

/// The name of a container that runs, of an image that has both platforms.
fn running(lab: &lab::Lab, engine: &Engine) -> &'static str {
    let variant = |architecture: &str| {
        Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture)).command(&[
            "/bin/sh",
            "-c",
            "sleep 600",
        ])
    };
    let spec = ImageSpec::new("acme/both", "1");
    let image = engine.push(&spec.variant(variant(NATIVE)).variant(variant(FOREIGN)));
    engine.docker_ok(&["run", "-d", "--name", "both", &image]);
    "both"
}

#[test]
fn it_is_known_until_the_engine_starts_anew() {
    let lab = lab::require!("probes");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        let archlight = Archlight::for_engine(&engine);
        assert_eq!(status(&archlight), Value::Null, "{generation:?}");
        let said = archlight.ask_ok(&["probe"]);
        let known = status(&archlight);
        assert_eq!(known["translator"], "qemu", "{generation:?}: {known:#}");
        assert_eq!(known["native"], said["native"], "{generation:?}: {known:#}");
        for field in ["platform", "runs", "evidence", "features", "speed", "dynamic"] {
            assert_eq!(
                known["foreign"][0][field], said["foreign"][0][field],
                "{generation:?} {field}"
            );
        }
        assert!(known["foreign"][0]["at"].as_u64() > Some(1_700_000_000));

        // Another cache knows nothing of it, and one that was lost is none.
        assert_eq!(status(&Archlight::for_engine(&engine)), Value::Null);
        let own = archlight.ask_ok(&["probe", "--platform", "native"]);
        assert_eq!(status(&archlight)["native"]["probed"]["runs"], true, "{own:#}");

        engine.kill();
        engine.disable_translator(FOREIGN);
        engine.restart();
        assert_eq!(status(&archlight), Value::Null, "{generation:?}");
        let anew = archlight.ask_ok(&["probe"]);
        assert_eq!(anew["foreign"][0]["translator"], "none", "{anew:#}");
        assert_eq!(status(&archlight)["translator"], "none", "{generation:?}");
    }
}

#[test]
fn a_plan_for_another_platform_keeps_what_it_found_out() {
    let lab = lab::require!("probes");
    let engine = lab.start(Generation::New);
    engine.enable_translator(FOREIGN, Loading::Registration);
    let archlight = Archlight::for_engine(&engine);
    let name = running(&lab, &engine);
    let platform = format!("linux/{FOREIGN}");
    let plan = || archlight.ask_inside(&engine, &["rerun", name, "--platform", &platform, "--dry-run"]);
    let planned = plan();
    assert_eq!(planned["blockers"], json!([]), "{planned:#}");
    let known = status(&archlight);
    assert_eq!(known["translator"], "qemu", "{known:#}");
    assert_eq!(known["foreign"][0]["speed"], Value::Null, "{known:#}");

    // What was measured stays when a plan looks again.
    let measured = archlight.ask_ok(&["probe"])["foreign"][0]["speed"].clone();
    assert!(measured.is_object(), "{measured:#}");
    plan();
    assert_eq!(status(&archlight)["foreign"][0]["speed"], measured);
}
