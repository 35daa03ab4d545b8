//! A killed Archlight leaves its `docker compose` behind, which goes on. Nobody may work beside it.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use lab::{
    Archlight, Engine, FOREIGN, Generation, ImageSpec, Interruption, Lab, Loading, NATIVE, Variant, Victim,
};
use serde_json::{Value, json};

/// Ends when it is asked a second time: the first one is of the Compose that is left alone.
const STUBBORN: &str =
    "echo own > /own; n=0; trap 'n=$((n+1)); [ $n -ge 2 ] && exit 0' TERM; while :; do sleep 0.1; done";

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// An image for both platforms, with defaults that tell them apart.
fn both(lab: &Lab, name: &str, command: &str, signal: &str) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new(name, "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture))
                .config("StopSignal", signal.into())
                .config(
                    "Env",
                    json!([
                        format!("BUILT_FOR={architecture}"),
                        format!("OURS={architecture}")
                    ]),
                )
                .config("Labels", json!({ "built-for": architecture }));
            image.variant(variant.command(&["/bin/sh", "-c", command]))
        })
}

/// A project with two services, of which `web` takes its time to end.
struct Stage {
    engine: Arc<Engine>,
    archlight: Archlight,
    folder: PathBuf,
}

impl Stage {
    fn new(lab: &Lab, generation: Generation) -> Self {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        let web = engine.push(&both(lab, "acme/web", STUBBORN, "SIGTERM"));
        let db = engine.push(&both(lab, "acme/db", "sleep 1000", "SIGKILL"));
        for image in [&web, &db] {
            engine.docker_ok(&["pull", "--quiet", image]);
        }
        let folder = engine.folder().join("shop");
        fs::create_dir(&folder).expect("the engine's folder can be written");
        let file = format!(
            "services:\n  web:\n    image: {web}\n    stop_grace_period: 600s\n    environment: [OURS=said]\n    \
             volumes: [/anonymous, named:/named]\n  db:\n    image: {db}\nvolumes:\n  named: {{}}\n"
        );
        fs::write(folder.join("compose.yaml"), file).expect("a file");
        let words = ["--project-directory", &folder.display().to_string(), "up", "-d"];
        let output = engine.compose(&words);
        assert_eq!(output.code, Some(0), "{output:?}");
        let mark = "echo kept > /anonymous/file; echo kept > /named/file";
        engine.docker_ok(&["exec", "shop-web-1", "/bin/sh", "-c", mark]);
        Self {
            archlight: Archlight::with_compose(&engine),
            engine: Arc::new(engine),
            folder,
        }
    }

    /// Kills Archlight as its Compose asks the engine to stop the old container, and waits until it is gone.
    fn kill_at_the_stop(&self) {
        let victim = Victim::default();
        let heard = victim.clone();
        let interruption = Interruption::before(
            &self.archlight.home().join("interruption.sock"),
            &self.engine.socket(),
            "/stop",
            move || heard.signal("KILL"),
        );
        let mut command = self.archlight.command(&rerun("shop-web-1", &platform()));
        victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
        assert!(interruption.came(), "Compose stops the old one");
    }

    /// Numbers of all processes of Compose that are at service `service` here.
    fn composes(&self, service: &str) -> Vec<u32> {
        let folder = self.folder.display().to_string();
        let entries = fs::read_dir("/proc").expect("a list of processes").flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let is_one = |number: &u32| {
            let words = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words);
            let words: Vec<_> = words.split_terminator('\0').collect();
            words.contains(&folder.as_str()) && words.last() == Some(&service)
        };
        numbers.filter(is_one).collect()
    }

    /// The note of the re-run of `container`, once there is one.
    fn note(&self, container: &str) -> Option<(PathBuf, Value)> {
        let folder = self
            .archlight
            .home()
            .join(".local/share/archlight/compose-reruns");
        let engines = fs::read_dir(folder).ok()?.flatten();
        let files = engines.filter_map(|engine| fs::read_dir(engine.path()).ok());
        let mut files = files.flatten().flatten().map(|file| file.path());
        files.find_map(|file| {
            let note: Value = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
            (note["name"] == container).then_some((file, note))
        })
    }

    fn facts(&self) -> Value {
        let json = self.engine.inspect("shop-web-1");
        let read = "cat /own /anonymous/file /named/file; uname -m";
        json!({
            "id": json["Id"],
            "state": json["State"]["Status"],
            "said": self.engine.docker_ok(&["exec", "shop-web-1", "/bin/sh", "-c", read]),
            "all": self.engine.docker_ok(&["ps", "-a", "--format", "{{.Names}} {{.State}}"]),
            "volumes": self.engine.docker_ok(&["volume", "ls", "--quiet"]),
            "override": self.folder.join("compose.override.yaml").exists(),
            "interrupted": self.archlight.ask_ok(&["status"])["interrupted"],
        })
    }
}

fn platform() -> String {
    format!("linux/{FOREIGN}")
}

fn rerun<'a>(container: &'a str, platform: &'a str) -> [&'a str; 7] {
    ["rerun", container, "--platform", platform, "--yes", "--wait", "0"]
}

#[test]
fn an_undo_ends_the_compose_that_is_left_alone_and_the_container_stays() {
    let lab = lab::require!("Compose that is left alone");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation);
        let before = stage.facts();
        let began = stage.engine.inspect("shop-web-1")["State"]["StartedAt"].clone();
        stage.kill_at_the_stop();
        assert!(!stage.composes("web").is_empty(), "{generation:?}: it goes on");
        let told = stage.archlight.ask_ok(&["status"]);
        assert_eq!(told["interrupted"][0]["container"], "shop-web-1", "{told}");

        stage.archlight.ask_ok(&["undo", "shop-web-1"]);
        assert_eq!(
            stage.composes("web"),
            [0; 0],
            "{generation:?}: nobody is left who could change it"
        );
        assert_eq!(stage.facts(), before, "{generation:?}");
        let now = stage.engine.inspect("shop-web-1")["State"]["StartedAt"].clone();
        assert_ne!(
            now, began,
            "{generation:?}: what the engine was asked to stop is no more about to end"
        );
        assert_eq!(stage.note("shop-web-1"), None);
    }
}

#[test]
fn a_process_that_has_the_killed_ones_number_by_now_keeps_nobody_away() {
    let lab = lab::require!("Compose that is left alone");
    let stage = Stage::new(&lab, Generation::New);
    let before = stage.facts();
    stage.kill_at_the_stop();
    let (file, mut note) = stage.note("shop-web-1").expect("it was interrupted");
    let own = std::process::id();
    let stat = fs::read_to_string("/proc/self/stat").expect("this is Linux");
    let began = stat
        .rsplit_once(") ")
        .and_then(|(_, fields)| fields.split(' ').nth(19));
    let began = began.expect("it has begun");
    let maker = note["maker"].as_str().expect("a process").to_owned();
    let world = maker
        .splitn(3, '/')
        .nth(2)
        .expect("a process, its beginning, and where");
    let child = note["child"].as_str().expect("a process").to_owned();
    let number = child.split('/').next().expect("a number").to_owned();
    // The maker's number is that of this test, which lives; Compose has another's beginning.
    note["maker"] = json!(format!("{own}/{began}/{world}"));
    note["child"] = json!(format!("{own}/1/{world}"));
    fs::write(&file, note.to_string()).expect("it can be written");
    let told = stage.archlight.ask_ok(&["status"]);
    assert_eq!(told["interrupted"][0]["container"], "shop-web-1", "{told}");
    // The real one is ended by somebody else meanwhile.
    let ended = std::process::Command::new("kill")
        .args(["-s", "KILL", "--", &format!("-{number}")])
        .status();
    assert!(ended.expect("there is `kill`").success());
    stage.archlight.ask_ok(&["undo", "shop-web-1"]);
    assert_eq!(stage.facts(), before);
}

#[test]
fn another_service_of_the_project_waits_for_it() {
    let lab = lab::require!("Compose that is left alone");
    let stage = Stage::new(&lab, Generation::New);
    let before = stage.facts();
    stage.kill_at_the_stop();
    let web = stage.composes("web");
    assert!(!web.is_empty(), "it goes on");
    let seen = Arc::new(Mutex::new(None));
    let look = Arc::clone(&seen);
    let interruption = Interruption::before(
        &stage.archlight.home().join("second.sock"),
        &stage.engine.socket(),
        "shop-db-1",
        move || {
            let is_there = |number: &&u32| fs::exists(format!("/proc/{number}/exe")).unwrap_or(true);
            let left = web.iter().filter(is_there).count();
            *look.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
        },
    );
    let platform = platform();
    let mut command = stage.archlight.command(&rerun("shop-db-1", &platform));
    command.env("DOCKER_HOST", interruption.docker_host());
    thread::scope(|scope| {
        let db = scope.spawn(|| command.output().expect("it was built"));
        while stage.note("shop-db-1").is_none() && !db.is_finished() {
            thread::sleep(LOOK);
        }
        stage
            .engine
            .docker_ok(&["kill", "--signal", "TERM", "shop-web-1"]);
        let output = db.join().expect("it ends");
        assert!(output.status.success(), "{output:?}");
    });
    let left = *seen.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(
        left,
        Some(0),
        "processes of the other Compose as this one begins to make"
    );
    stage.archlight.ask_ok(&["undo", "shop-db-1"]);
    stage.archlight.ask_ok(&["undo", "shop-web-1"]);
    let after = stage.facts();
    for field in ["state", "volumes", "override", "interrupted"] {
        assert_eq!(after[field], before[field], "{field}");
    }
}

#[test]
fn the_plan_lists_the_images_defaults_that_change_but_not_what_the_files_say() {
    let lab = lab::require!("plans of Compose");
    let stage = Stage::new(&lab, Generation::New);
    let platform = platform();
    let image = stage.engine.inspect("shop-web-1")["Config"]["Image"].clone();
    let image = image.as_str().expect("a reference");
    stage
        .engine
        .docker_ok(&["pull", "--quiet", "--platform", &platform, image]);
    let words = ["rerun", "shop-web-1", "--platform", &platform, "--dry-run"];
    let plan = stage.archlight.ask_ok(&words);
    let change = |field: &str| {
        let changes = plan["changes"].as_array().expect("a list");
        changes.iter().find(|change| change["field"] == field).cloned()
    };
    for field in ["BUILT_FOR", "Labels built-for"] {
        let change = change(field).unwrap_or_else(|| panic!("{field}: {plan}"));
        assert!(
            change["from"].as_str().is_some_and(|from| from.contains(NATIVE)),
            "{change}"
        );
        assert!(
            change["to"].as_str().is_some_and(|to| to.contains(FOREIGN)),
            "{change}"
        );
    }
    assert_eq!(change("OURS"), None, "{plan}");
    let warnings = plan["warnings"].as_array().expect("a list");
    let own = warnings.iter().find(|warning| warning["kind"] == "own-files");
    let text = own.and_then(|own| own["text"].as_str()).unwrap_or_default();
    assert!(text.contains("--by-hand"), "{plan}");
}
