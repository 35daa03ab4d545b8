//! The main job on real engines: a container that died of its architecture is found, explained, re-run and put back.

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};
use serde_json::Value;

const SLEEP: [&str; 3] = ["/bin/sh", "-c", "sleep 1000"];

fn foreign_platform() -> String {
    format!("linux/{FOREIGN}")
}

/// An image of one platform that sleeps, with `label` over a program for `architecture`.
fn sleeper(lab: &Lab, name: &str, label: &str, architecture: &str) -> ImageSpec {
    let variant = Variant::with_tools(label, lab.busybox(architecture)).command(&SLEEP);
    ImageSpec::new(name, "1").variant(variant)
}

fn container<'a>(list: &'a Value, name: &str) -> &'a Value {
    let containers = list["containers"].as_array().expect("a list");
    containers
        .iter()
        .find(|container| container["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {list}"))
}

fn start_and_wait(engine: &Engine, name: &str, arguments: &[&str]) {
    engine.docker_ok(&[&["run", "-d", "--name", name], arguments].concat());
    engine.docker_ok(&["wait", name]);
}

#[test]
fn a_foreign_container_is_explained_re_run_and_put_back() {
    let lab = lab::require!("the main job");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&sleeper(&lab, "acme/api", &foreign_platform(), FOREIGN));
        start_and_wait(&engine, "api", &["--platform", &foreign_platform(), &image]);
        let old_id = engine.docker_ok(&["inspect", "-f", "{{.Id}}", "api"]);

        let list = archlight.ask_ok(&["containers"]);
        assert_eq!(list["host"]["platform"], format!("linux/{NATIVE}"));
        let listed = container(&list, "api");
        assert_eq!(listed["platform"], foreign_platform());
        assert_eq!(listed["cause"], "wrong-architecture");
        assert_eq!(listed["translation"], "impossible");

        let diagnosis = archlight.ask_ok(&["diagnose", "api"]);
        assert_eq!(diagnosis["cause"], "wrong-architecture");
        assert_eq!(diagnosis["platform"]["actual"], foreign_platform());
        assert_eq!(diagnosis["chain"][0]["resolved"], "/bin/busybox");

        // Without a translator the new one would die as well: it is not even made.
        let failed = archlight.ask(&["rerun", "api", "--platform", &foreign_platform(), "--yes"]);
        assert_eq!(
            (failed.code, &failed.json["error"]["kind"]),
            (4, &Value::from("not-safe"))
        );
        let ids = engine.docker_ok(&[
            "ps",
            "-a",
            "--no-trunc",
            "--format",
            "{{.ID}} {{.Names}} {{.State}}",
        ]);
        assert_eq!(ids, format!("{old_id} api exited"));

        engine.enable_translator(FOREIGN, Loading::Registration);
        let done = archlight.ask_ok(&[
            "rerun",
            "api",
            "--platform",
            &foreign_platform(),
            "--yes",
            "--wait",
            "1",
        ]);
        assert_eq!(
            (&done["old_id"], &done["state"]),
            (&Value::from(old_id.clone()), &Value::from("running"))
        );
        let new_id = done["new_id"].as_str().expect("an id");
        let running = engine.docker_ok(&["inspect", "-f", "{{.Id}} {{.State.Running}}", "api"]);
        assert_eq!(running, format!("{new_id} true"));
        let list = archlight.ask_ok(&["containers"]);
        assert_eq!(container(&list, "api")["translation"], "emulated");

        let undone = archlight.ask_ok(&["undo", "api"]);
        assert_eq!(
            (&undone["id"], &undone["removed_id"]),
            (&Value::from(old_id.clone()), &done["new_id"])
        );
        let ids = engine.docker_ok(&[
            "ps",
            "-a",
            "--no-trunc",
            "--format",
            "{{.ID}} {{.Names}} {{.State}}",
        ]);
        assert_eq!(ids, format!("{old_id} api exited"));
    }
}

#[test]
fn a_label_that_lies_is_told_from_a_foreign_image() {
    let lab = lab::require!("the main job");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let native = format!("linux/{NATIVE}");
        let lying = engine.push(&sleeper(&lab, "acme/lying", &native, FOREIGN));
        let script = Variant::with_tools(&native, lab.busybox(FOREIGN))
            .file("/start.sh", 0o755, "#!/bin/sh\nexec sleep 1000\n")
            .command(&["/start.sh"]);
        let script = engine.push(&ImageSpec::new("acme/script", "1").variant(script));
        let honest = engine.push(&sleeper(&lab, "acme/honest", &foreign_platform(), NATIVE));
        start_and_wait(&engine, "lying", &[&lying]);
        start_and_wait(&engine, "script", &[&script]);
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "native-inside",
            "--platform",
            &foreign_platform(),
            &honest,
        ]);

        for name in ["lying", "script"] {
            let diagnosis = archlight.ask_ok(&["diagnose", name]);
            assert_eq!(
                diagnosis["cause"], "mislabelled-image",
                "{generation:?} {name}: {diagnosis}"
            );
            assert_eq!(diagnosis["platform"]["claimed"], native);
            assert_eq!(diagnosis["platform"]["actual"], foreign_platform());
        }
        // It says that it is foreign and is not: it simply runs.
        let list = archlight.ask_ok(&["containers"]);
        let inside = container(&list, "native-inside");
        assert_eq!(
            (&inside["translation"], &inside["actual"]),
            (&Value::from("native"), &Value::from(native))
        );
    }
}

#[test]
fn a_program_that_ran_is_not_blamed_on_its_architecture() {
    let lab = lab::require!("the main job");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let native = engine.push(&sleeper(&lab, "acme/native", &format!("linux/{NATIVE}"), NATIVE));
        let foreign = engine.push(&sleeper(&lab, "acme/foreign", &foreign_platform(), FOREIGN));
        engine.enable_translator(FOREIGN, Loading::Registration);
        start_and_wait(
            &engine,
            "native",
            &[
                &native,
                "/bin/sh",
                "-c",
                "echo exec format error; echo bye; exit 3",
            ],
        );
        start_and_wait(
            &engine,
            "translated",
            &[
                "--platform",
                &foreign_platform(),
                &foreign,
                "/bin/sh",
                "-c",
                "exit 1",
            ],
        );
        start_and_wait(&engine, "fine", &[&native, "/bin/true"]);
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "stopped",
            &native,
            "/bin/sh",
            "-c",
            "sleep 1000",
        ]);
        engine.docker_ok(&["stop", "-t", "1", "stopped"]);

        let list = archlight.ask_ok(&["containers"]);
        assert_eq!(container(&list, "native")["cause"], "application-exit", "{list}");
        assert_eq!(
            container(&list, "translated")["cause"],
            "application-exit",
            "{list}"
        );
        assert_eq!(container(&list, "fine")["cause"], Value::Null);
        assert_eq!(container(&list, "stopped")["cause"], "stopped", "{list}");
        assert_eq!(archlight.ask_ok(&["diagnose", "native"])["exit_code"], 3);
        let second = archlight.ask_ok(&["containers"]);
        assert_eq!(second["undiagnosed"], 0);
    }
}
