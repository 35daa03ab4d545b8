//! Containers that do not run, or that are gone as soon as they stop, and others that need the new one.

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};
use serde_json::Value;

/// An image with a build for both platforms: one sleeps, and the foreign one does `foreign`.
fn image(lab: &Lab, foreign: &str) -> ImageSpec {
    let variant = |architecture: &str, script: &str| {
        let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
        let variant = variant.file("app", 0o755, format!("#!/bin/sh\n{script}\n"));
        variant.config("StopSignal", "SIGKILL".into()).command(&["/app"])
    };
    ImageSpec::new("acme/app", "1")
        .variant(variant(NATIVE, SLEEP))
        .variant(variant(FOREIGN, foreign))
}

const SLEEP: &str = "exec sleep 1000";

struct Stage {
    engine: Engine,
    archlight: Archlight,
    image: String,
}

impl Stage {
    fn new(lab: &Lab, generation: Generation, foreign: &str) -> Self {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        Self {
            archlight: Archlight::for_engine(&engine),
            image: engine.push(&image(lab, foreign)),
            engine,
        }
    }

    fn run(&self, name: &str, options: &[&str]) {
        let run = [&["run", "-d", "--name", name], options, &[&self.image]].concat();
        self.engine.docker_ok(&run);
    }

    fn rerun(&self, name: &str, options: &[&str]) -> lab::Answer {
        let to = format!("linux/{FOREIGN}");
        self.archlight
            .ask(&[&["rerun", name, "--platform", &to, "--wait", "2"], options].concat())
    }

    fn rows(&self) -> Vec<String> {
        let rows = self
            .engine
            .docker_ok(&["ps", "-a", "--format", "{{.ID}} {{.Names}} {{.State}}"]);
        let mut rows: Vec<String> = rows.lines().map(ToOwned::to_owned).collect();
        rows.sort();
        rows
    }
}

#[test]
fn that_a_stopped_container_will_run_is_said_before() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SLEEP);
        stage.run("stopped", &["--restart", "unless-stopped"]);
        stage.engine.docker_ok(&["stop", "stopped"]);
        stage.run("runs", &[]);
        stage
            .engine
            .docker_ok(&["create", "--name", "created", &stage.image]);
        let crash = [stage.image.as_str(), "sh", "-c", "exit 3"];
        stage
            .engine
            .docker(&[&["run", "--name", "crashed"], &crash[..]].concat());
        let plan = stage.rerun("crashed", &["--dry-run"]).json;
        assert!(
            plan["steps"].to_string().contains("crashed does not run now"),
            "{plan:#}"
        );
        for (name, told, then) in [
            ("stopped", true, "running"),
            ("runs", false, "running"),
            ("created", false, "created"),
        ] {
            let plan = stage.rerun(name, &["--dry-run"]).json;
            let warnings = plan["warnings"].as_array().expect("a list");
            let is_told = warnings.iter().any(|warning| warning["kind"] == "not-running");
            assert_eq!(is_told, told, "{generation:?} {name}: {plan:#}");
            let before = stage.engine.inspect(name)["State"]["Status"].clone();
            let done = stage.rerun(name, &["--yes"]).json;
            assert_eq!(done["state"], then, "{generation:?} {name}: {done:#}");
            let undone = stage.archlight.ask_ok(&["undo", name]);
            assert_eq!(undone["state"], before, "{generation:?} {name}");
        }
    }
}

#[test]
fn of_a_new_container_that_was_removed_as_it_ended_the_exit_code_is_told() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let stage = Stage::new(&lab, generation, "exit 7");
        stage.run("once", &["--rm", "-v", "/data"]);
        let failed = stage.rerun("once", &["--yes"]);
        let error = &failed.json["error"];
        assert_eq!(
            (failed.code, &error["kind"]),
            (1, &"not-possible".into()),
            "{generation:?}: {error:#}"
        );
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("exit code 7"), "{generation:?}: {message}");
        let rows = stage.rows();
        assert!(
            rows.len() == 1 && rows[0].ends_with(" once running"),
            "{generation:?}: {rows:?}"
        );
    }
}

#[test]
fn an_undo_that_others_would_lose_by_is_refused_before_anything_is_stopped() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SLEEP);
        stage.run("provider", &[]);
        let done = stage.rerun("provider", &["--yes"]);
        assert_eq!(done.code, 0, "{}", done.json);
        stage.run("dependent", &["--network", "container:provider"]);
        let before = stage.rows();
        let refused = stage.archlight.ask(&["undo", "provider"]);
        let error = &refused.json["error"];
        assert_eq!(
            (refused.code, &error["kind"]),
            (4, &"dependents".into()),
            "{generation:?}: {error:#}"
        );
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("dependent"), "{message}");
        assert_eq!(stage.rows(), before, "{generation:?}");
        stage.engine.docker_ok(&["rm", "-f", "dependent"]);
        let undone = stage.archlight.ask_ok(&["undo", "provider"]);
        assert_eq!(undone["id"], done.json["old_id"], "{generation:?}");
    }
}

#[test]
fn a_container_that_stopping_removes_comes_back_without_what_was_written_down() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let stage = Stage::new(&lab, generation, SLEEP);
        stage.run("once", &["--rm", "-v", "/data", "-e", "KEY=value"]);
        stage
            .engine
            .docker_ok(&["exec", "once", "sh", "-c", "echo kept > /data/file"]);
        let said = |inspect: &Value| {
            let mut config = inspect["Config"].clone();
            config["Hostname"].take();
            let mut host = inspect["HostConfig"].clone();
            host["Binds"].take();
            (config, host)
        };
        let before = said(&stage.engine.inspect("once"));
        let done = stage.rerun("once", &["--yes"]);
        assert_eq!(done.code, 0, "{generation:?}: {}", done.json);
        let journal = stage.archlight.home().join(".local/share/archlight/reruns");
        std::fs::remove_dir_all(journal).expect("it was written");

        let undone = stage.archlight.ask_ok(&["undo", "once"]);
        assert_eq!(undone["state"], "running", "{generation:?}");
        let now = stage.engine.inspect("once");
        assert_eq!(said(&now), before, "{generation:?}");
        let architecture = stage.engine.docker_ok(&["exec", "once", "uname", "-m"]);
        assert_eq!(architecture == "aarch64", NATIVE == "arm64", "{generation:?}");
        let file = stage.engine.docker_ok(&["exec", "once", "cat", "/data/file"]);
        assert_eq!((file.as_str(), stage.rows().len()), ("kept", 1), "{generation:?}");
    }
}
