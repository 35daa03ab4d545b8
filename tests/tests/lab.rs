//! The lab itself: its engines are real, foreign programs fail and run on them as they do in the field, and nothing of
//! them is left behind.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use lab::{Engine, Generation, ImageSpec, Lab, Loading, Variant};

/// An architecture that this machine's processor cannot run.
const FOREIGN: &str = if cfg!(target_arch = "aarch64") {
    "amd64"
} else {
    "arm64"
};

#[test]
fn every_generation_starts_with_its_own_version_and_store() {
    let lab = lab::require!("real engines");
    let expected = [("1.41", "overlay2"), ("1.51", "overlayfs"), ("1.51", "overlay2")];
    for (generation, (api, store)) in Generation::ALL.into_iter().zip(expected) {
        let engine = lab.start(generation);
        let format = "{{.Server.APIVersion}}";
        assert_eq!(engine.docker_ok(&["version", "--format", format]), api);
        assert_eq!(engine.docker_ok(&["info", "--format", "{{.Driver}}"]), store);
    }
}

#[test]
fn a_foreign_program_runs_only_while_its_translator_is_on() {
    let lab = lab::require!("real engines");
    for (generation, refused) in [(Generation::Old, 1), (Generation::New, 255)] {
        let engine = lab.start(generation);
        let image = engine.push(&foreign_image(&lab));

        let output = run_foreign(&engine, &image);
        assert_eq!(output.code, Some(refused), "{output:?}");
        assert!(output.stderr.contains("exec format error"), "{output:?}");

        engine.enable_translator(FOREIGN, Loading::Registration);
        let output = run_foreign(&engine, &image);
        assert_eq!(output.code, Some(0), "{output:?}");
        let machine = if FOREIGN == "arm64" { "aarch64" } else { "x86_64" };
        assert_eq!(output.stdout, format!("{machine}\n"));

        engine.disable_translator(FOREIGN);
        assert_eq!(run_foreign(&engine, &image).code, Some(refused));
    }
}

#[test]
fn a_translator_that_is_loaded_too_late_is_not_found_inside_of_a_container() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let image = engine.push(&foreign_image(&lab));
    engine.enable_translator(FOREIGN, Loading::Execution);
    let output = run_foreign(&engine, &image);
    assert!(output.stderr.contains("no such file"), "{output:?}");
}

#[test]
fn an_image_of_several_platforms_keeps_labels_and_attestations() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let image = ["linux/amd64", "linux/arm64/v8", "linux/arm/v7", "linux/s390x"]
        .iter()
        .fold(ImageSpec::new("lab/many", "1"), |image, platform| {
            let architecture = platform.split('/').nth(1).expect("it has two parts");
            image.variant(Variant::with_tools(platform, lab.busybox(architecture)))
        })
        .attested();
    let reference = engine.push(&image);
    for platform in ["linux/arm64/v8", "linux/s390x"] {
        engine.docker_ok(&["pull", "-q", "--platform", platform, &reference]);
    }
    let answer = Command::new("curl")
        .args(["--silent", "--unix-socket"])
        .arg(engine.socket())
        .arg("http://engine/images/json?manifests=1")
        .output()
        .expect("curl is there");
    let images: Vec<serde_json::Value> = serde_json::from_slice(&answer.stdout).expect("JSON");
    let manifests = images[0]["Manifests"].as_array().expect("this store tells");
    let attestations = manifests
        .iter()
        .filter(|manifest| manifest["Kind"] == "attestation");
    assert_eq!((manifests.len(), attestations.count()), (8, 4));
    let labels: Vec<_> = manifests
        .iter()
        .filter(|manifest| manifest["Available"] == true && manifest["Kind"] == "image")
        .map(|manifest| &manifest["Descriptor"]["platform"]["architecture"])
        .collect();
    assert_eq!(labels, ["arm64", "s390x"]);
}

#[test]
fn a_killed_engine_starts_again_with_its_containers() {
    let lab = lab::require!("real engines");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let image = engine.push(&foreign_image(&lab));
        let container = engine.docker_ok(&["create", "--platform", &foreign_platform(), &image]);
        engine.kill();
        assert_ne!(engine.docker(&["version"]).code, Some(0));
        engine.restart();
        let listed = engine.docker_ok(&["ps", "--all", "--quiet", "--no-trunc"]);
        assert_eq!(listed, container);
    }
}

#[test]
fn nothing_is_left_of_an_engine_that_was_dropped() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let image = engine.push(&ImageSpec::new("lab/native", "1").variant(native(&lab)));
    engine.docker_ok(&["run", "--detach", &image, "sleep", "1000"]);
    let remains = Remains::of(engine.inside(), engine.folder());
    assert!(remains.list().len() > 2, "{:?}", remains.list());
    drop(engine);
    assert_eq!(remains.list(), [] as [PathBuf; 0]);
}

#[test]
fn nothing_is_left_of_an_engine_whose_owner_was_killed() {
    let lab = lab::require!("real engines");
    if env::var_os(HOLD).is_some() {
        return hold_an_engine(&lab);
    }
    let mut owner = Command::new(env::current_exe().expect("it is running"))
        .args(["--exact", "nothing_is_left_of_an_engine_whose_owner_was_killed"])
        .arg("--nocapture")
        .env(HOLD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be run again");
    let (inside, folder) = BufReader::new(owner.stdout.take().expect("it was asked for"))
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let (inside, folder) = line.split_once(HELD)?.1.split_once(' ')?;
            Some((inside.parse().ok()?, PathBuf::from(folder)))
        })
        .expect("the owner tells of its engine");
    let remains = Remains::of(inside, &folder);
    assert!(remains.list().len() > 1, "{:?}", remains.list());

    owner.kill().expect("it is running");
    owner.wait().expect("it was started");
    let limit = Instant::now() + Duration::from_secs(20);
    while !remains.list().is_empty() && Instant::now() < limit {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(remains.list(), [] as [PathBuf; 0]);
}

/// Set for the process that is to hold an engine until it is killed.
const HOLD: &str = "ARCHLIGHT_LAB_HOLD";
/// What stands before the engine's process and folder in what that process prints.
const HELD: &str = "holding ";

#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
fn hold_an_engine(lab: &Lab) {
    let engine = lab.start(Generation::Old);
    println!("{HELD}{} {}", engine.inside(), engine.folder().display());
    thread::sleep(Duration::from_mins(5));
}

/// Where an engine would leave something on the machine.
struct Remains {
    process: PathBuf,
    folder: PathBuf,
}

impl Remains {
    fn of(inside: u32, folder: &Path) -> Self {
        Self {
            process: PathBuf::from(format!("/proc/{inside}")),
            folder: folder.to_owned(),
        }
    }

    /// What there is of it: process, folder, and the control groups and mounts that are named after the folder.
    fn list(&self) -> Vec<PathBuf> {
        let name = self.folder.file_name().expect("it has a name");
        let groups = fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let mounted = mounts
            .lines()
            .filter(|line| line.contains(&*name.to_string_lossy()))
            .map(PathBuf::from);
        groups
            .map(|hierarchy| hierarchy.path().join(name))
            .chain([Path::new("/sys/fs/cgroup").join(name)])
            .chain([self.process.clone(), self.folder.clone()])
            .filter(|path| path.exists())
            .chain(mounted)
            .collect()
    }
}

fn foreign_platform() -> String {
    format!("linux/{FOREIGN}")
}

fn foreign_image(lab: &Lab) -> ImageSpec {
    let variant = Variant::with_tools(&foreign_platform(), lab.busybox(FOREIGN));
    ImageSpec::new("lab/foreign", "1").variant(variant.command(&["/bin/uname", "-m"]))
}

fn native(lab: &Lab) -> Variant {
    let architecture = if FOREIGN == "arm64" { "amd64" } else { "arm64" };
    Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture))
}

fn run_foreign(engine: &Engine, image: &str) -> lab::Output {
    engine.docker(&["run", "--rm", "--platform", &foreign_platform(), image])
}
