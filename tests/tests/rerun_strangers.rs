//! Containers of others under names that a re-run uses: they are told from its own, and left alone.

use std::sync::Arc;

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Interruption, Lab, Loading, NATIVE, Variant};
use serde_json::{Value, json};

fn both(lab: &Lab) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new("acme/app", "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            let variant = variant.config("StopSignal", "SIGKILL".into());
            let variant = variant.config("Env", json!([format!("BUILT_FOR={architecture}"), "SAME=1"]));
            image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
        })
}

fn stage(lab: &Lab, generation: Generation) -> (Engine, Archlight, String) {
    let engine = lab.start(generation);
    engine.enable_translator(FOREIGN, Loading::Registration);
    let image = engine.push(&both(lab));
    engine.docker_ok(&["pull", "--quiet", &image]);
    let archlight = Archlight::for_engine(&engine);
    (engine, archlight, image)
}

fn rerun(archlight: &Archlight, name: &str) -> lab::Answer {
    let to = format!("linux/{FOREIGN}");
    archlight.ask(&["rerun", name, "--platform", &to, "--yes", "--wait", "0"])
}

/// The same through one who comes in between.
fn through(archlight: &Archlight, between: &Interruption) -> Value {
    let to = format!("linux/{FOREIGN}");
    let mut command = archlight.command(&[
        "rerun",
        "web",
        "--platform",
        &to,
        "--yes",
        "--wait",
        "0",
        "--json",
    ]);
    let output = command
        .env("DOCKER_HOST", between.docker_host())
        .output()
        .expect("it was built");
    serde_json::from_slice(&output.stdout).expect("one document")
}

fn id_and_state(engine: &Engine, name: &str) -> (Value, Value) {
    let json = engine.inspect(name);
    (json["Id"].clone(), json["State"]["Status"].clone())
}

#[test]
fn a_container_that_has_the_name_of_a_begun_one_is_left_alone() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let (engine, archlight, image) = stage(&lab, generation);
        let old = engine.docker_ok(&["run", "-d", "--name", "web", &image]);
        let begun = format!("web.rerun-of-{}", &old[..12]);
        for make in [&["run", "-d"][..], &["create"]] {
            let stranger = ["--name", &begun, "-e", "PRECIOUS=1", &image];
            engine.docker_ok(&[make, &stranger].concat());
            let before = (id_and_state(&engine, &begun), id_and_state(&engine, "web"));
            let answer = rerun(&archlight, "web");
            assert_eq!(
                answer.json["error"]["kind"], "conflict",
                "{generation:?} {make:?}"
            );
            let after = (id_and_state(&engine, &begun), id_and_state(&engine, "web"));
            assert_eq!(after, before, "{generation:?} {make:?}");
            engine.docker_ok(&["rm", "-f", &begun]);
        }
        assert_eq!(rerun(&archlight, "web").code, 0, "{generation:?}");
        archlight.ask_ok(&["undo", "web"]);
        assert_eq!(engine.inspect("web")["Id"], json!(old));
    }
}

#[test]
fn one_who_takes_the_name_of_a_container_that_the_engine_removed_gets_nothing_of_it() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let (engine, archlight, image) = stage(&lab, generation);
        let engine = Arc::new(engine);
        engine.docker_ok(&[
            "run", "-d", "--rm", "-v", "/own", "-e", "KEEP=me", "--name", "web", &image,
        ]);
        let before = engine.inspect("web");
        let (thief, stolen) = (Arc::clone(&engine), image.clone());
        let steal = move || {
            thief.docker_ok(&[
                "create",
                "--name",
                "web",
                "--label",
                "who=stranger",
                &stolen,
                "sleep",
                "4242",
            ]);
        };
        let socket = archlight.home().join("thief.sock");
        let thief = Interruption::before(&socket, &engine.socket(), "/rename?", steal);
        let answer = through(&archlight, &thief);
        assert!(thief.came(), "{generation:?}");
        assert!(!answer["error"].is_null(), "{generation:?}");
        let is_strangers = || {
            let json = engine.inspect("web");
            assert_eq!(
                json["Config"]["Labels"]["who"], "stranger",
                "{generation:?}: {answer}"
            );
            assert_eq!(json["State"]["Status"], "created", "{generation:?}: {answer}");
        };
        is_strangers();
        let status = archlight.ask_ok(&["status"]);
        assert_eq!(
            status["interrupted"][0]["container"], "web",
            "{generation:?}: {status}"
        );
        assert_ne!(
            archlight.ask(&["undo", "web"]).code,
            0,
            "{generation:?}: the name is taken"
        );
        is_strangers();

        engine.docker_ok(&["rename", "web", "stranger"]);
        archlight.ask_ok(&["undo", "web"]);
        let after = engine.inspect("web");
        for place in [
            "/Config/Env",
            "/HostConfig/AutoRemove",
            "/State/Running",
            "/Mounts/0/Name",
        ] {
            assert_eq!(
                after.pointer(place),
                before.pointer(place),
                "{generation:?} {place}"
            );
        }
        let names = engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]);
        assert_eq!(
            names.lines().collect::<Vec<_>>(),
            ["web", "stranger"],
            "{generation:?}"
        );
    }
}

#[test]
fn two_who_keep_different_notes_do_not_both_move_a_container() {
    let lab = lab::require!("re-runs");
    let (engine, archlight, image) = stage(&lab, Generation::New);
    let engine = Arc::new(engine);
    engine.docker_ok(&["run", "-d", "--name", "web", &image]);
    let other = Archlight::at(&engine.docker_host());
    let first = Arc::new(archlight);
    let mine = Arc::clone(&first);
    let go_between = move || assert_eq!(rerun(&mine, "web").code, 0);
    let socket = first.home().join("between.sock");
    // The other one has made its container, and is about to look whether it may go on.
    let between = Interruption::before(
        &socket,
        &engine.socket(),
        "/containers/create?name=web.rerun-of-",
        go_between,
    );
    let answer = through(&other, &between);
    assert!(between.came());
    assert_eq!(answer["error"]["kind"], "conflict", "{answer}");
    let names = engine.docker_ok(&["ps", "-a", "--format", "{{.Names}} {{.State}}"]);
    let new = engine.inspect("web")["Id"].as_str().expect("an id")[..12].to_owned();
    assert_eq!(
        names.lines().collect::<Vec<_>>(),
        ["web running", &format!("web.kept-for-{new} exited")]
    );
    first.ask_ok(&["undo", "web"]);
}
