//! Containers with real options, re-run for another platform and back: what was asked for is what is there, but for what
//! the plan announced.

#[path = "options/cases.rs"]
mod cases;

use std::{fs, path::Path, thread};

use cases::{CASES, Case, NEW_ONLY};
use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};
use serde_json::{Map, Value, json};

/// Engines answer a few questions at once well.
const AT_ONCE: usize = 4;

/// An image with a build for both platforms and a bit of everything that images set.
fn image(lab: &Lab) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new("acme/options", "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            let variant = variant
                .folder("/bin", 0o755)
                .folder("/tmp", 0o1777)
                .config("StopSignal", "SIGKILL".into())
                .config("Env", json!(["PATH=/bin", "FROM_IMAGE=1"]))
                .config("Labels", json!({"image": "1"}))
                .config("ExposedPorts", json!({"8080/tcp": {}}))
                .config("Volumes", json!({"/image-volume": {}}))
                .config(
                    "Healthcheck",
                    json!({"Test": ["CMD", "true"], "Interval": 60_000_000_000_u64}),
                );
            image.variant(variant.command(&["sleep", "1000"]))
        })
}

struct Stage {
    engine: Engine,
    archlight: Archlight,
    image: String,
}

impl Stage {
    fn new(lab: &Lab, generation: Generation) -> Self {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        let image = engine.push(&image(lab));
        engine.docker_ok(&["pull", "--quiet", &image]);
        fill(&engine.folder().join("options"));
        for network in [
            &[
                "front",
                "--subnet",
                "10.91.0.0/24",
                "--ipv6",
                "--subnet",
                "2001:db8:91::/64",
            ][..],
            &["back", "--subnet", "10.92.0.0/24"],
        ] {
            engine.docker_ok(&[&["network", "create"], network].concat());
        }
        engine.docker_ok(&["volume", "create", "data"]);
        let provider = [
            "-v",
            "from-volume:/from-volume",
            "-v",
            "/from-anonymous",
            "--ipc",
            "shareable",
        ];
        engine.docker_ok(
            &[
                &["run", "-d", "--name", "provider"],
                &provider[..],
                &[image.as_str()],
            ]
            .concat(),
        );
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "linked",
            "--network",
            "front",
            "--ipc",
            "shareable",
            &image,
        ]);
        engine.docker_ok(&[
            "run",
            "--rm",
            "-v",
            "data:/data",
            &image,
            "sh",
            "-c",
            "busybox mkdir /data/inner",
        ]);
        Self {
            archlight: Archlight::for_engine(&engine),
            engine,
            image,
        }
    }

    /// Re-runs one container there and back. Gives what is wrong.
    fn try_case(&self, case: &Case) -> Option<String> {
        let folder = self.engine.folder().join("options").display().to_string();
        let options: Vec<String> = case
            .options
            .iter()
            .map(|option| option.replace("{folder}", &folder))
            .collect();
        let options = options.iter().map(String::as_str).collect::<Vec<_>>();
        let words = [
            &["run", "-d", "--name", case.name],
            &options[..],
            &[self.image.as_str()],
            case.command,
        ]
        .concat();
        let run = self.engine.docker(&words);
        if run.code != Some(0) {
            return Some(format!("{}: it cannot be made: {}", case.name, run.stderr));
        }
        let before = asked_for(&self.engine.inspect(case.name));
        let wrong = self.there_and_back(case.name, &before);
        self.engine.docker(&["rm", "--force", case.name]);
        wrong.err().map(|why| format!("{}: {why}", case.name))
    }

    fn there_and_back(&self, name: &str, before: &Value) -> Result<(), String> {
        let foreign = format!("linux/{FOREIGN}");
        self.rerun(name, &foreign)?;
        compare("there", before, &asked_for(&self.engine.inspect(name)))?;
        // Both ways lead back; one is enough for each.
        if name.len().is_multiple_of(2) {
            let undone = self.ask(&["undo", name]);
            if undone["id"].is_null() {
                return Err(format!("undo: {undone}"));
            }
        } else {
            self.ask(&["discard", name]);
            self.rerun(name, "native")?;
            self.ask(&["discard", name]);
        }
        compare("back", before, &asked_for(&self.engine.inspect(name)))
    }

    fn rerun(&self, name: &str, platform: &str) -> Result<(), String> {
        let done = self.ask(&["rerun", name, "--platform", platform, "--yes", "--wait", "0"]);
        let Some(differences) = done["differences"].as_array() else {
            return Err(format!("re-run as {platform}: {done}"));
        };
        let unexpected: Vec<_> = differences.iter().filter(|it| it["expected"] == false).collect();
        if unexpected.is_empty() {
            Ok(())
        } else {
            Err(format!("re-run as {platform}: {unexpected:?}"))
        }
    }

    fn ask(&self, words: &[&str]) -> Value {
        self.archlight.ask_inside(&self.engine, words)
    }
}

fn fill(folder: &Path) {
    fs::create_dir_all(folder).expect("the engine's folder can be written");
    fs::write(folder.join("file"), "x").expect("it can be written");
    let seccomp = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["acct"], "action": "SCMP_ACT_ERRNO"}]});
    fs::write(folder.join("seccomp.json"), seccomp.to_string()).expect("it can be written");
}

/// What of an inspection was asked for: without what an engine generates anew for each container, and with volumes
/// without a name by where they are.
fn asked_for(inspect: &Value) -> Value {
    let id = inspect["Id"].as_str().unwrap_or_default();
    let short = id.get(..12).unwrap_or_default();
    let mut config = inspect["Config"].clone();
    if config["Hostname"] == short {
        config["Hostname"] = "generated".into();
    }
    // Which build it is made of is announced.
    let image = config["Image"]
        .as_str()
        .unwrap_or_default()
        .split('@')
        .next()
        .unwrap_or_default();
    config["Image"] = image.into();
    let mut host = inspect["HostConfig"].clone();
    host["Binds"].take();
    for mount in host["Mounts"].as_array_mut().into_iter().flatten() {
        mount.as_object_mut().map(|mount| mount.remove("Source"));
    }
    for link in host["Links"].as_array_mut().into_iter().flatten() {
        *link = link.as_str().unwrap_or_default().into();
    }
    // Engines tell links in no order.
    if let Some(links) = host["Links"].as_array_mut() {
        links.sort_by_key(ToString::to_string);
    }
    let mut mounts: Vec<Value> = inspect["Mounts"].as_array().cloned().unwrap_or_default();
    mounts.sort_by_key(|mount| mount["Destination"].to_string());
    for mount in &mut mounts {
        // A carried volume has the same content under the same name; how it was asked for is announced.
        mount.as_object_mut().map(|mount| mount.remove("Mode"));
    }
    json!({"config": config, "host": host, "mounts": mounts, "networks": networks(inspect, short)})
}

fn networks(inspect: &Value, short: &str) -> Value {
    let places = inspect["NetworkSettings"]["Networks"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let said = |place: &Value| {
        let mut said = Map::new();
        for field in ["IPAMConfig", "Links", "DriverOpts", "GwPriority"] {
            let value = place[field].clone();
            let is_nothing = value.is_null() || value == json!({});
            said.insert(field.to_owned(), if is_nothing { Value::Null } else { value });
        }
        let aliases = place["Aliases"].as_array().cloned().unwrap_or_default();
        let aliases = aliases.into_iter().filter(|alias| alias != short);
        said.insert("Aliases".to_owned(), aliases.collect());
        let mac = place["MacAddress"].as_str().unwrap_or_default();
        let chosen = if mac.starts_with("02:11:22:33:44") {
            mac
        } else {
            ""
        };
        said.insert("MacAddress".to_owned(), chosen.into());
        Value::Object(said)
    };
    places
        .into_iter()
        .map(|(name, place)| (name, said(&place)))
        .collect::<Map<_, _>>()
        .into()
}

/// The fields in which two values differ.
fn compare(when: &str, before: &Value, after: &Value) -> Result<(), String> {
    let mut differ = Vec::new();
    differences("", before, after, &mut differ);
    if differ.is_empty() {
        Ok(())
    } else {
        Err(format!("{when}: {}", differ.join("; ")))
    }
}

fn differences(path: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(left), Value::Object(right)) => {
            let names = left
                .keys()
                .chain(right.keys().filter(|name| !left.contains_key(*name)));
            for name in names {
                differences(&format!("{path}.{name}"), &before[name], &after[name], found);
            }
        }
        _ if before == after => {}
        _ => found.push(format!("{path} was {before} and is {after}")),
    }
}

fn play(generation: Generation, cases: &[Case]) {
    let lab = lab::require!("re-runs with options");
    let stage = Stage::new(&lab, generation);
    let wrong = side_by_side(cases, |case| stage.try_case(case));
    assert!(
        wrong.is_empty(),
        "{generation:?}: {} of {} containers are not as they were:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

fn side_by_side(cases: &[Case], work: impl Fn(&Case) -> Option<String> + Sync) -> Vec<String> {
    let share = cases.len().div_ceil(AT_ONCE);
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = cases
            .chunks(share)
            .map(|some| scope.spawn(move || some.iter().filter_map(work).collect::<Vec<_>>()))
            .collect();
        let done = workers
            .into_iter()
            .map(|worker| worker.join().expect("a case ends"));
        done.flatten().collect()
    })
}

#[test]
fn containers_with_every_option_survive_on_an_old_engine() {
    play(Generation::Old, CASES);
}

#[test]
fn containers_with_every_option_survive_on_a_new_engine() {
    play(Generation::New, &[CASES, NEW_ONLY].concat());
}

#[test]
fn a_hundred_and_fifty_containers_are_tried() {
    assert!(CASES.len() >= 150, "{}", CASES.len());
}
