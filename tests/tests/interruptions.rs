//! A re-run that is stopped after any of its calls, by its own end or by the engine's: nothing is lost, and it can be
//! taken back or finished.

use std::{path::PathBuf, process::Output, sync::Arc, thread, time::Duration};

use lab::{
    Archlight, Engine, FOREIGN, Generation, ImageSpec, Interruption, Lab, Loading, NATIVE, Variant, Victim,
};
use serde_json::{Value, json};

/// A re-run makes fewer calls than this; more of them would be a loop.
const MOST: usize = 60;

/// An image with a build for both platforms, which ends as soon as it is asked to.
fn both(lab: &Lab) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new("acme/app", "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            let variant = variant.config("StopSignal", "SIGKILL".into());
            image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
        })
}

struct Stage {
    engine: Arc<Engine>,
    archlight: Archlight,
    image: String,
}

impl Stage {
    fn new(lab: &Lab, generation: Generation) -> Self {
        Self::on(lab, lab.start(generation))
    }

    fn on(lab: &Lab, engine: Engine) -> Self {
        engine.enable_translator(FOREIGN, Loading::Registration);
        let image = engine.push(&both(lab));
        engine.docker_ok(&["pull", "--quiet", &image]);
        engine.docker_ok(&["network", "create", "back"]);
        let stage = Self {
            archlight: Archlight::for_engine(&engine),
            engine: Arc::new(engine),
            image,
        };
        stage.run(&[
            "--name",
            "kept",
            "--restart",
            "always",
            "-p",
            "127.0.0.1:7000:7000",
        ]);
        stage
            .engine
            .docker_ok(&["network", "connect", "--alias", "deep", "back", "kept"]);
        stage
    }

    fn run(&self, options: &[&str]) {
        let volumes = ["-v", "/anonymous", "-v", "named:/named:ro"];
        self.engine
            .docker_ok(&[&["run", "-d"], options, &volumes, &[self.image.as_str()]].concat());
    }

    /// What must be so again after an undo.
    fn facts(&self, name: &str) -> Value {
        let json = self.engine.inspect(name);
        let mut mounts: Vec<String> = json["Mounts"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|mount| format!("{} {}", mount["Name"], mount["Destination"]))
            .collect();
        mounts.sort();
        let networks: Vec<_> = json["NetworkSettings"]["Networks"]
            .as_object()
            .into_iter()
            .flatten()
            .collect();
        json!({
            "platform": self.machine(name),
            "running": json["State"]["Running"],
            "policy": json["HostConfig"]["RestartPolicy"],
            "auto_remove": json["HostConfig"]["AutoRemove"],
            "env": json["Config"]["Env"],
            "image": json["Config"]["Image"],
            "ports": json["HostConfig"]["PortBindings"],
            "mounts": mounts,
            "networks": networks.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            "volumes": self.engine.docker_ok(&["volume", "ls", "--quiet"]),
            "tag": self.engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &self.image]),
            "containers": self.engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]).lines().count(),
        })
    }

    fn machine(&self, name: &str) -> String {
        self.engine.docker(&["exec", name, "uname", "-m"]).stdout
    }

    /// Starts a re-run that `deed` interrupts at a call. Says whether it came to that call.
    fn interrupted(&self, name: &str, call: usize, deed: Deed) -> bool {
        let victim = Victim::default();
        let (heard, engine) = (victim.clone(), Arc::clone(&self.engine));
        let at = move || match deed {
            Deed::KillsArchlight => heard.signal("KILL"),
            Deed::KillsEngine => engine.kill(),
        };
        let interruption = Interruption::at(&self.socket(), &self.engine.socket(), call, at);
        self.rerun_through(&interruption, &victim, name);
        interruption.came()
    }

    /// Where an interruption listens.
    fn socket(&self) -> PathBuf {
        self.archlight.home().join("interruption.sock")
    }

    fn rerun_through(&self, interruption: &Interruption, victim: &Victim, name: &str) -> Output {
        let platform = format!("linux/{FOREIGN}");
        let words = [
            "rerun",
            name,
            "--platform",
            &platform,
            "--yes",
            "--wait",
            "0",
            "--json",
        ];
        let mut command = self.archlight.command(&words);
        victim.run(command.env("DOCKER_HOST", interruption.docker_host()))
    }

    /// Nothing that was pulled stays, so that the next time pulls again.
    fn forget_pulled(&self) {
        self.engine.docker_ok(&["image", "prune", "--all", "--force"]);
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    KillsArchlight,
    KillsEngine,
}

/// Interrupts the re-run of `name` at each call, takes it back or finishes it, and compares.
fn at_every_call(stage: &Stage, name: &str, deed: Deed, generation: Generation) {
    let before = stage.facts(name);
    let mut calls = 0;
    for call in 1..MOST {
        if !stage.interrupted(name, call, deed) {
            break;
        }
        calls = call;
        if deed == Deed::KillsEngine {
            stage.engine.restart();
        }
        let told = stage.archlight.ask_ok(&["status"]);
        let was_begun = !told["interrupted"].as_array().expect("a list").is_empty();
        let context = format!("{generation:?}, {name}, {deed:?} at call {call}");
        // One that came to its end without its last word has nothing to finish.
        if was_begun && call % 2 == 0 {
            let platform = format!("linux/{FOREIGN}");
            let words = ["rerun", name, "--platform", &platform, "--yes", "--wait", "0"];
            let finished = stage.archlight.ask(&words);
            assert_eq!(finished.code, 0, "{context}: {}", finished.json);
            assert_eq!(stage.machine(name).trim(), machine(FOREIGN), "{context}");
        }
        let undone = stage.archlight.ask(&["undo", name]);
        assert!(undone.code == 0 || !was_begun, "{context}: {}", undone.json);
        if deed == Deed::KillsEngine && !was_begun {
            // An engine that ends stops what it does not start again by itself.
            stage.engine.docker(&["start", name]);
        }
        assert_eq!(stage.facts(name), before, "{context}");
        assert_eq!(
            stage.archlight.ask_ok(&["status"])["interrupted"],
            json!([]),
            "{context}"
        );
        stage.forget_pulled();
    }
    assert!(
        calls > 5,
        "{generation:?}, {name}: {calls} calls are too few to be a re-run"
    );
    let undone = stage.archlight.ask(&["undo", name]);
    assert_eq!(undone.code, 0, "{}", undone.json);
    assert_eq!(stage.facts(name), before, "{generation:?}, {name} after all");
}

fn machine(architecture: &str) -> &'static str {
    if architecture == "arm64" {
        "aarch64"
    } else {
        "x86_64"
    }
}

#[test]
fn a_re_run_that_is_killed_after_any_call_can_be_taken_back_and_finished() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        at_every_call(&stage, "kept", Deed::KillsArchlight, generation);
        stage.run(&["--name", "gone", "--rm", "-e", "KEY=value"]);
        at_every_call(&stage, "gone", Deed::KillsArchlight, generation);
    }
}

#[test]
fn a_re_run_whose_engine_is_killed_after_any_call_can_be_taken_back_and_finished() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        at_every_call(&stage, "kept", Deed::KillsEngine, generation);
    }
}

/// A name can be taken by others at any moment: the old container runs all the same, and gets its name when that is free.
#[test]
fn a_name_that_others_take_in_between_is_given_back_when_it_is_free() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        let before = stage.facts("kept");
        let (engine, image) = (Arc::clone(&stage.engine), stage.image.clone());
        let take = move || drop(engine.docker_ok(&["create", "--name", "kept", &image]));
        let line = "/rename?name=kept HTTP";
        let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), line, take);
        let output = stage.rerun_through(&interruption, &Victim::default(), "kept");
        assert!(interruption.came());
        let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(said["error"]["kind"], "rollback-failed", "{said}");
        let running = stage.engine.docker_ok(&["ps", "--format", "{{.Names}}"]);
        let kept = running.lines().find(|name| name.starts_with("kept.kept-for-"));
        assert!(kept.is_some(), "{generation:?}: {running}");
        assert!(
            said["error"]["hint"]
                .as_str()
                .unwrap_or_default()
                .contains(kept.unwrap_or_default())
        );

        assert_eq!(
            stage.archlight.ask(&["undo", "kept"]).code,
            1,
            "the name is still taken"
        );
        stage.engine.docker_ok(&["rm", "kept"]);
        let undone = stage.archlight.ask(&["undo", "kept"]);
        assert_eq!(undone.code, 0, "{generation:?}: {}", undone.json);
        assert_eq!(stage.facts("kept"), before, "{generation:?}");
    }
}

/// The engine goes on with a stop that was asked for, though nobody waits for it any more.
#[test]
fn an_undo_outlasts_a_stop_that_is_under_way() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        let deaf = "trap '' TERM; while true; do sleep 0.1; done";
        let options = [
            "run",
            "-d",
            "--name",
            "deaf",
            "--stop-signal",
            "SIGTERM",
            "--stop-timeout",
            "2",
        ];
        stage
            .engine
            .docker_ok(&[&options[..], &[&stage.image, "/bin/sh", "-c", deaf]].concat());
        let victim = Victim::default();
        let heard = victim.clone();
        let kill = move || heard.signal("KILL");
        let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), "/stop", kill);
        stage.rerun_through(&interruption, &victim, "deaf");
        assert!(interruption.came());
        let undone = stage.archlight.ask(&["undo", "deaf"]);
        assert_eq!(undone.code, 0, "{generation:?}: {}", undone.json);
        let started = stage.engine.inspect("deaf")["State"]["StartedAt"].clone();
        // As long as the stop would have taken.
        thread::sleep(Duration::from_secs(3));
        let now = &stage.engine.inspect("deaf")["State"];
        assert_eq!(
            (&now["Running"], &now["StartedAt"]),
            (&true.into(), &started),
            "{generation:?}"
        );
    }
}

/// Whoever removed the old container by hand meanwhile keeps the new one: there is a way out of every state.
#[test]
fn what_was_interrupted_and_lost_its_old_container_is_settled_for_the_new_one() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        let victim = Victim::default();
        let heard = victim.clone();
        let kill = move || heard.signal("KILL");
        let line = "/rename?name=kept HTTP";
        let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), line, kill);
        stage.rerun_through(&interruption, &victim, "kept");
        let refused = stage.archlight.ask(&["discard", "kept"]);
        assert_eq!(
            refused.json["error"]["kind"], "interrupted-rerun",
            "{generation:?}"
        );
        let left = || stage.archlight.ask_ok(&["status"])["interrupted"][0]["left"].take();
        assert_eq!(left(), "old", "{generation:?}");
        let names = stage.engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]);
        let kept = names.lines().find(|name| name.starts_with("kept.kept-for-"));
        stage.engine.docker_ok(&["rm", "-f", kept.expect("it is kept")]);

        assert_eq!(left(), "new", "{generation:?}");
        let platform = format!("linux/{FOREIGN}");
        for words in [
            &["undo", "kept"][..],
            &["rerun", "kept", "--platform", &platform, "--dry-run"],
        ] {
            let lost = stage.archlight.ask(words);
            assert_eq!(lost.json["error"]["kind"], "old-gone", "{generation:?} {words:?}");
            let hint = lost.json["error"]["hint"].as_str().expect("a hint");
            assert!(hint.contains("archlight discard kept"), "{hint}");
        }
        stage.archlight.ask_ok(&["discard", "kept"]);
        assert_eq!(stage.machine("kept").trim(), machine(FOREIGN), "{generation:?}");
        assert_eq!(stage.archlight.ask_ok(&["status"])["interrupted"], json!([]));
    }
}

/// What the engine removes as it stops is made again by an undo: a discard does not forget it.
#[test]
fn an_interrupted_re_run_of_what_the_engine_removes_is_not_settled_for_the_new_one() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        stage.run(&["--name", "gone", "--rm"]);
        let before = stage.facts("gone");
        let victim = Victim::default();
        let heard = victim.clone();
        let kill = move || heard.signal("KILL");
        let line = "/rename?name=gone HTTP";
        let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), line, kill);
        stage.rerun_through(&interruption, &victim, "gone");
        let refused = stage.archlight.ask(&["discard", "gone"]);
        assert_eq!(
            refused.json["error"]["kind"], "interrupted-rerun",
            "{generation:?}: {}",
            refused.json
        );
        stage.archlight.ask_ok(&["undo", "gone"]);
        assert_eq!(stage.facts("gone"), before, "{generation:?}");
    }
}

#[test]
fn a_re_run_that_is_interrupted_by_its_user_says_what_can_be_done() {
    let lab = lab::require!("interruptions");
    let stage = Stage::new(&lab, Generation::New);
    let before = stage.facts("kept");
    let victim = Victim::default();
    let heard = victim.clone();
    let stop = move || heard.signal("INT");
    let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), "/stop", stop);
    let output = stage.rerun_through(&interruption, &victim, "kept");
    let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let error = &said["error"];
    assert_eq!(error["kind"], "interrupted", "{said}");
    assert!(
        error["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("`archlight status`")),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(130));
    stage.archlight.ask_ok(&["undo", "kept"]);
    assert_eq!(stage.facts("kept"), before);
}

/// Containers, and images by their names: what a probe makes is among them.
fn made(engine: &Engine) -> [String; 2] {
    [
        engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]),
        engine.docker_ok(&["images", "--format", "{{.Repository}}:{{.Tag}}"]),
    ]
}

#[test]
fn a_probe_that_is_interrupted_leaves_nothing_behind() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        let before = made(&stage.engine);
        let platform = format!("linux/{FOREIGN}");
        let rerun = ["rerun", "kept", "--platform", &platform, "--yes", "--wait", "0"];
        let commands: [&[&str]; 3] = [&["probe"], &["rosetta", "--probe"], &rerun];
        for words in commands {
            for (signal, code, line) in [
                ("INT", 130, "/containers/create"),
                ("TERM", 143, "/start"),
                ("HUP", 129, "/images/load"),
            ] {
                let victim = Victim::default();
                let heard = victim.clone();
                let stop = move || heard.signal(signal);
                let (own, theirs) = (stage.socket(), stage.engine.socket());
                let interruption = Interruption::before(&own, &theirs, line, stop);
                let mut command = stage.archlight.command(words);
                let output = victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
                let context = format!("{generation:?}, {words:?}, {signal} before {line}");
                assert!(interruption.came(), "{context}");
                assert_eq!(output.status.code(), Some(code), "{context}");
                assert_eq!(made(&stage.engine), before, "{context}");
            }
        }
    }
}

/// Lets a shell inside of the engine's namespaces run `command`.
fn inside(engine: &Engine, command: &str) {
    let ran = engine.command("/bin/sh").args(["-c", command]).status();
    assert!(ran.is_ok_and(|status| status.success()), "{command}");
}

/// The registry goes away between the plan and the pull.
#[test]
fn a_registry_that_is_lost_changes_nothing() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        let before = stage.facts("kept");
        let engine = Arc::clone(&stage.engine);
        let lose = move || inside(&engine, "pkill -KILL docker-registry");
        let line = "/images/create";
        let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), line, lose);
        let output = stage.rerun_through(&interruption, &Victim::default(), "kept");
        assert!(interruption.came(), "{generation:?}");
        let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(said["error"]["kind"], "pull-failed", "{generation:?}: {said}");
        assert_eq!(stage.facts("kept"), before, "{generation:?}");
        assert_eq!(stage.archlight.ask_ok(&["status"])["interrupted"], json!([]));
    }
}

/// The engine's disk is full from one call on: what it keeps of containers cannot be written any more.
#[test]
fn a_disk_that_is_full_from_any_call_on_loses_nothing() {
    let lab = lab::require!("interruptions");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let folder = format!("{}/data/containers", engine.folder().display());
        inside(&engine, &format!("mount -t tmpfs -o size=1m none {folder}"));
        let stage = Stage::on(&lab, engine);
        let before = stage.facts("kept");
        for line in ["/containers/create", "/update", "/stop", "/rename", "/start"] {
            let engine = Arc::clone(&stage.engine);
            let filled = format!("{folder}/filled");
            let fill = format!("! cat /dev/zero > {filled} 2> /dev/null");
            let fill = move || inside(&engine, &fill);
            let interruption = Interruption::before(&stage.socket(), &stage.engine.socket(), line, fill);
            let output = stage.rerun_through(&interruption, &Victim::default(), "kept");
            let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let context = format!("{generation:?}, full from {line} on: {said}");
            assert!(interruption.came(), "{context}");
            assert!(said["error"].is_object(), "{context}");

            inside(&stage.engine, &format!("rm {filled}"));
            if said["error"]["kind"] == "rollback-failed" {
                stage.archlight.ask_ok(&["undo", "kept"]);
            }
            assert_eq!(stage.facts("kept"), before, "{context}");
            assert_eq!(
                stage.archlight.ask_ok(&["status"])["interrupted"],
                json!([]),
                "{context}"
            );
        }
    }
}
