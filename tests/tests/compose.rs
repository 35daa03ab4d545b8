//! What Compose made is re-run by Compose: an override file says the platform, and is taken back by an undo.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use lab::{
    Archlight, Engine, FOREIGN, Generation, ImageSpec, Interruption, Lab, Loading, NATIVE, Variant, Victim,
};
use serde_json::{Value, json};

/// An `up` of one service makes fewer calls than this.
const MOST: usize = 30;

/// What a file beside the project's first one is called, where Compose takes none by itself.
const OWN: &str = "compose.archlight.yaml";

/// An image with a build for both platforms, which ends as soon as it is asked to.
fn both(lab: &Lab, name: &str) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new(name, "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            let variant = variant.config("StopSignal", "SIGKILL".into());
            image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
        })
}

/// A project with two services, made by Compose.
struct Stage {
    engine: Arc<Engine>,
    archlight: Archlight,
    folder: PathBuf,
    files: Vec<&'static str>,
}

impl Stage {
    /// With `files` said by `-f`, or found by Compose itself when there are none. `more` are written beside them.
    fn new(lab: &Lab, generation: Generation, files: &[&'static str], more: &[(&str, &str)]) -> Self {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        let images = ["acme/web", "acme/db"].map(|name| engine.push(&both(lab, name)));
        for image in &images {
            engine.docker_ok(&["pull", "--quiet", image]);
        }
        let folder = engine.folder().join("shop");
        fs::create_dir(&folder).expect("the engine's folder can be written");
        let base = format!(
            "services:\n  web:\n    image: {}\n    volumes: [/anonymous, named:/named]\n  db:\n    image: {}\n\
             volumes:\n  named: {{}}\n",
            images[0], images[1]
        );
        let first = files.first().unwrap_or(&"compose.yaml");
        fs::write(folder.join(first), base).expect("a file");
        for (name, text) in more {
            fs::write(folder.join(name), text).expect("a file");
        }
        let stage = Self {
            archlight: Archlight::with_compose(&engine),
            engine: Arc::new(engine),
            folder,
            files: files.to_vec(),
        };
        stage.up();
        let mark = "echo kept > /anonymous/file; echo kept > /named/file";
        stage
            .engine
            .docker_ok(&["exec", "shop-web-1", "/bin/sh", "-c", mark]);
        stage
    }

    /// As a user would call it.
    fn up(&self) {
        self.up_with(&self.files);
    }

    fn up_with(&self, files: &[&str]) {
        let folder = self.folder.display().to_string();
        let files: Vec<_> = files.iter().map(|name| format!("{folder}/{name}")).collect();
        let mut words = vec!["--project-directory", &folder];
        for file in &files {
            words.extend(["-f", file]);
        }
        words.extend(["up", "-d"]);
        let output = self.engine.compose(&words);
        assert_eq!(output.code, Some(0), "{output:?}");
    }

    fn id(&self, name: &str) -> Value {
        self.engine.inspect(name)["Id"].clone()
    }

    fn machine(&self, name: &str) -> String {
        self.engine.docker_ok(&["exec", name, "uname", "-m"])
    }

    /// Names and texts of all files of the project.
    fn texts(&self) -> Vec<(String, String)> {
        texts(&self.folder)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What must be so again after an undo.
    fn facts(&self) -> Value {
        let json = self.engine.inspect("shop-web-1");
        let mut mounts: Vec<String> = json["Mounts"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|mount| format!("{} {}", mount["Name"], mount["Destination"]))
            .collect();
        mounts.sort();
        json!({
            "machine": self.machine("shop-web-1"),
            "hash": json["Config"]["Labels"]["com.docker.compose.config-hash"],
            "image": json["Config"]["Image"],
            "state": json["State"]["Status"],
            "mounts": mounts,
            "data": self.data(),
            "db": self.id("shop-db-1"),
            "volumes": self.engine.docker_ok(&["volume", "ls", "--quiet"]),
            "names": self.engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]).lines().collect::<std::collections::BTreeSet<_>>(),
            "texts": self.texts(),
        })
    }

    fn data(&self) -> String {
        let read = [
            "exec",
            "shop-web-1",
            "/bin/sh",
            "-c",
            "cat /anonymous/file /named/file",
        ];
        self.engine.docker_ok(&read)
    }

    fn rerun(&self) -> Value {
        let platform = format!("linux/{FOREIGN}");
        let words = [
            "rerun",
            "shop-web-1",
            "--platform",
            &platform,
            "--yes",
            "--wait",
            "1",
        ];
        self.archlight.ask_ok(&words)
    }

    fn plan(&self) -> Value {
        let platform = format!("linux/{FOREIGN}");
        let words = ["rerun", "shop-web-1", "--platform", &platform, "--dry-run"];
        self.archlight.ask_ok(&words)
    }
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut texts: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a text"))
        })
        .collect();
    texts.sort();
    texts
}

fn machine(architecture: &str) -> &'static str {
    if architecture == "arm64" {
        "aarch64"
    } else {
        "x86_64"
    }
}

fn kinds(notes: &Value) -> Vec<&str> {
    let notes = notes.as_array().expect("a list");
    notes.iter().filter_map(|note| note["kind"].as_str()).collect()
}

/// There by `file`, and back.
fn there_and_back(stage: &Stage, file: &str, later: impl Fn(&Stage)) {
    let before = stage.facts();
    assert_eq!(before["machine"], machine(NATIVE));
    let plan = stage.plan();
    let path = stage.folder.join(file).display().to_string();
    assert_eq!(plan["blockers"], json!([]), "{plan}");
    assert_eq!(plan["by_compose"]["file"], path, "{plan}");
    assert!(!kinds(&plan["warnings"]).contains(&"compose-drift"), "{plan}");
    assert!(!kinds(&plan["warnings"]).contains(&"compose"), "{plan}");
    assert_eq!(stage.facts(), before, "a plan does nothing");

    let done = stage.rerun();
    assert_eq!(
        (&done["state"], &done["new_id"]),
        (&json!("running"), &stage.id("shop-web-1"))
    );
    assert_ne!(done["old_id"], done["new_id"]);
    assert_eq!(stage.read(file), plan["by_compose"]["content"]);
    let after = stage.facts();
    assert_eq!(after["machine"], machine(FOREIGN));
    for same in ["mounts", "data", "db", "volumes", "names"] {
        assert_eq!(after[same], before[same], "{same}");
    }
    later(stage);
    assert_eq!(
        stage.id("shop-web-1"),
        done["new_id"],
        "a later `up` changes nothing more"
    );
    assert_eq!(stage.facts(), after, "nor anything else");

    let again = stage.plan();
    assert_eq!(kinds(&again["blockers"]), ["has-kept"], "{again}");
    let undone = stage.archlight.ask_ok(&["undo", "shop-web-1"]);
    assert_eq!(
        (&undone["file"], &undone["removed_id"]),
        (&json!(path), &done["new_id"])
    );
    assert_eq!(stage.facts(), before, "byte for byte");
    let web = stage.id("shop-web-1");
    stage.up();
    assert_eq!(stage.id("shop-web-1"), web, "`up` agrees");
    assert_eq!(
        stage.archlight.ask(&["undo", "shop-web-1"]).code,
        1,
        "nothing is left to undo"
    );
}

#[test]
fn a_usual_project_gets_an_override_that_each_later_up_takes_by_itself() {
    let lab = lab::require!("re-runs by Compose");
    for generation in Generation::ALL {
        let stage = Stage::new(&lab, generation, &[], &[]);
        there_and_back(&stage, "compose.override.yaml", Stage::up);
    }
}

#[test]
fn files_that_were_named_and_an_override_that_is_there_are_left_alone() {
    let lab = lab::require!("re-runs by Compose");
    let label = "services:\n  web:\n    labels: {theirs: \"1\"}\n";
    let stage = Stage::new(
        &lab,
        Generation::New,
        &["base.yaml", "prod.yaml"],
        &[("prod.yaml", label)],
    );
    there_and_back(&stage, OWN, |stage| {
        stage.up_with(&["base.yaml", "prod.yaml", OWN]);
    });
    drop(stage);
    let stage = Stage::new(&lab, Generation::Old, &[], &[("compose.override.yaml", label)]);
    let files = ["compose.yaml", "compose.override.yaml", OWN];
    there_and_back(&stage, OWN, |stage| stage.up_with(&files));
}

#[test]
fn a_file_that_somebody_changed_is_refused_and_left_alone() {
    let lab = lab::require!("re-runs by Compose");
    let stage = Stage::new(&lab, Generation::New, &[], &[]);
    stage.rerun();
    let file = stage.folder.join("compose.override.yaml");
    let ours = stage.read("compose.override.yaml");
    fs::write(&file, format!("{ours}    environment: [A=1]\n")).expect("a file");
    let before = stage.facts();
    let refused = stage.archlight.ask(&["undo", "shop-web-1"]);
    assert_eq!(
        (refused.code, &refused.json["error"]["kind"]),
        (1, &json!("file-changed")),
        "{}",
        refused.json
    );
    assert_eq!(stage.facts(), before);
    fs::write(&file, ours).expect("a file");
    stage.archlight.ask_ok(&["discard", "shop-web-1"]);
    assert_eq!(
        stage.facts()["machine"],
        machine(FOREIGN),
        "a discard keeps the file"
    );
    assert_eq!(stage.archlight.ask(&["undo", "shop-web-1"]).code, 1);
}

#[test]
fn where_the_files_or_compose_are_not_it_is_done_by_hand_only_by_choice() {
    let lab = lab::require!("re-runs by Compose");
    let stage = Stage::new(&lab, Generation::New, &[], &[]);
    let without = Archlight::for_engine(&stage.engine);
    let mut command = without.command(&[
        "rerun",
        "shop-web-1",
        "--platform",
        "native",
        "--dry-run",
        "--json",
    ]);
    let output = command.env("PATH", "/nowhere").output().expect("it was built");
    let plan: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(kinds(&plan["blockers"]), ["compose-not-here"], "{plan}");
    fs::rename(stage.folder.join("compose.yaml"), stage.folder.join("moved")).expect("it is there");
    assert_eq!(kinds(&stage.plan()["blockers"]), ["compose-not-here"]);
    let platform = format!("linux/{FOREIGN}");
    let words = [
        "rerun",
        "shop-web-1",
        "--platform",
        &platform,
        "--yes",
        "--by-hand",
        "--wait",
        "1",
    ];
    assert_eq!(stage.archlight.ask(&words[..5]).code, 4, "not without the choice");
    let done = stage.archlight.ask_ok(&words);
    assert_eq!(done["by_compose"], Value::Null);
    assert!(kinds(&done["warnings"]).contains(&"compose"), "{done}");
    assert_eq!(stage.machine("shop-web-1"), machine(FOREIGN));
    stage.archlight.ask_ok(&["undo", "shop-web-1"]);
    assert_eq!(stage.machine("shop-web-1"), machine(NATIVE));
}

#[test]
fn a_new_container_that_ends_badly_is_taken_back() {
    let lab = lab::require!("re-runs by Compose");
    let stage = Stage::new(&lab, Generation::New, &[], &[]);
    let before = stage.facts();
    let script = "[ $(uname -m) = MACHINE ] && exec sleep 1000; exit 3".replace("MACHINE", machine(NATIVE));
    let text = stage.read("compose.yaml");
    let changed = text.replace(
        "volumes: [/anon",
        &format!(
            "command: [/bin/sh, -c, '{}']\n    volumes: [/anon",
            script.replace("$(", "$$(")
        ),
    );
    fs::write(stage.folder.join("compose.yaml"), changed).expect("a file");
    assert!(kinds(&stage.plan()["warnings"]).contains(&"compose-drift"));
    stage.up();
    let before = json!({ "machine": before["machine"], "texts": stage.texts(), "data": before["data"] });
    let platform = format!("linux/{FOREIGN}");
    let failed = stage
        .archlight
        .ask(&["rerun", "shop-web-1", "--platform", &platform, "--yes"]);
    assert_eq!(failed.code, 1, "{}", failed.json);
    let message = failed.json["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("exit code 3"), "{message}");
    let after = stage.facts();
    for field in ["machine", "texts", "data"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(stage.archlight.ask_ok(&["status"])["interrupted"], json!([]));
}

#[test]
fn a_re_run_that_is_killed_in_the_middle_can_be_taken_back_and_finished() {
    let lab = lab::require!("interruptions of Compose");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, &[], &[]);
        let before = stage.facts();
        let mut calls = 0;
        for call in 1..MOST {
            if !killed(&stage, call) {
                break;
            }
            calls = call;
            let context = format!("{generation:?}, call {call}");
            let told = stage.archlight.ask_ok(&["status"]);
            let was_begun = !told["interrupted"].as_array().expect("a list").is_empty();
            if was_begun && call % 2 == 0 {
                stage.rerun();
                assert_eq!(stage.machine("shop-web-1"), machine(FOREIGN), "{context}");
            }
            let undone = stage.archlight.ask(&["undo", "shop-web-1"]);
            assert!(undone.code == 0 || !was_begun, "{context}: {}", undone.json);
            assert_eq!(stage.facts(), before, "{context}");
            assert_eq!(
                stage.archlight.ask_ok(&["status"])["interrupted"],
                json!([]),
                "{context}"
            );
        }
        assert!(
            calls > 3,
            "{generation:?}: {calls} calls are too few to be an `up`"
        );
        stage.archlight.ask_ok(&["undo", "shop-web-1"]);
        assert_eq!(stage.facts(), before, "{generation:?} after all");
    }
}

#[test]
fn two_services_share_the_file_and_a_stopped_one_is_not_started_by_an_undo() {
    let lab = lab::require!("re-runs by Compose");
    let stage = Stage::new(&lab, Generation::New, &[], &[]);
    let before = stage.texts();
    stage.engine.docker_ok(&["stop", "shop-db-1"]);
    stage.rerun();
    let one = stage.texts();
    let platform = format!("linux/{FOREIGN}");
    stage.archlight.ask_ok(&[
        "rerun",
        "shop-db-1",
        "--platform",
        &platform,
        "--yes",
        "--wait",
        "0",
    ]);
    assert_eq!(stage.machine("shop-db-1"), machine(FOREIGN));
    let listed = stage.archlight.ask_ok(&["containers", "--no-causes"]);
    let files = listed["containers"].as_array().expect("a list").iter();
    assert_eq!(
        files.filter(|row| row["undo_file"].is_string()).count(),
        2,
        "{listed}"
    );
    let web = stage.id("shop-web-1");
    stage.archlight.ask_ok(&["undo", "shop-db-1"]);
    assert_eq!(stage.texts(), one, "what is said of the other service stays");
    assert_eq!(stage.engine.inspect("shop-db-1")["State"]["Status"], "created");
    assert_eq!(stage.id("shop-web-1"), web);
    stage.archlight.ask_ok(&["undo", "shop-web-1"]);
    assert_eq!(stage.texts(), before);
}

/// Asks both at the same time, by a process of its own each.
fn at_once(stage: &Stage, requests: [Vec<&str>; 2]) {
    thread::scope(|scope| {
        let asked = requests.map(|request| scope.spawn(move || stage.archlight.ask(&request)));
        for asked in asked {
            let answer = asked.join().expect("it answers");
            assert_eq!(answer.code, 0, "{}", answer.json);
        }
    });
}

#[test]
fn two_services_are_re_run_by_two_processes_at_the_same_time() {
    let lab = lab::require!("re-runs by Compose");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, &[], &[]);
        let before = stage.texts();
        let platform = format!("linux/{FOREIGN}");
        let names = ["shop-web-1", "shop-db-1"];
        let options = ["--platform", &platform, "--yes", "--wait", "0"];
        at_once(
            &stage,
            names.map(|name| [&["rerun", name][..], &options].concat()),
        );
        for name in names {
            assert_eq!(stage.machine(name), machine(FOREIGN), "{generation:?} {name}");
        }
        let file = stage.read("compose.override.yaml");
        assert!(file.contains("\"web\"") && file.contains("\"db\""), "{file}");
        at_once(&stage, names.map(|name| vec!["undo", name]));
        for name in names {
            assert_eq!(stage.machine(name), machine(NATIVE), "{generation:?} {name}");
        }
        assert_eq!(stage.texts(), before, "{generation:?}");
    }
}

#[test]
fn what_only_has_the_labels_of_an_image_that_compose_built_is_re_run_by_hand() {
    let lab = lab::require!("re-runs by Compose");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_compose(&engine);
    let image = engine.push(&both(&lab, "acme/web"));
    let labels = [
        "com.docker.compose.project=shop",
        "com.docker.compose.service=web",
    ];
    let labels = labels.map(|label| format!("--label={label}"));
    engine.docker_ok(&["run", "-d", "--name", "plain", &labels[0], &labels[1], &image]);
    engine.docker_ok(&[
        "run",
        "-d",
        "--name",
        "dev",
        "--label=devcontainer.metadata=[]",
        &image,
    ]);
    let plan = |name| archlight.ask_ok(&["rerun", name, "--platform", "native", "--dry-run"]);
    let by_hand = plan("plain");
    assert_eq!(
        (&by_hand["blockers"], &by_hand["by_compose"]),
        (&json!([]), &Value::Null),
        "{by_hand}"
    );
    assert_eq!(kinds(&plan("dev")["blockers"]), ["dev-container"]);
    let refused = archlight.ask(&["rerun", "dev", "--platform", "native", "--yes"]);
    assert_eq!(refused.code, 4, "{}", refused.json);
    archlight.ask_ok(&[
        "rerun",
        "dev",
        "--platform",
        "native",
        "--yes",
        "--by-hand",
        "--wait",
        "0",
    ]);
}

/// Kills Archlight at a call, of its own or of Compose. Says whether it came to that call.
fn killed(stage: &Stage, call: usize) -> bool {
    let victim = Victim::default();
    let heard = victim.clone();
    let interruption = Interruption::at(
        &stage.archlight.home().join("interruption.sock"),
        &stage.engine.socket(),
        call,
        move || heard.signal("KILL"),
    );
    let platform = format!("linux/{FOREIGN}");
    let words = [
        "rerun",
        "shop-web-1",
        "--platform",
        &platform,
        "--yes",
        "--wait",
        "0",
    ];
    let mut command = stage.archlight.command(&words);
    victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
    interruption.came()
}
