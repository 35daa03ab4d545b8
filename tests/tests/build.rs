//! `archlight build` and `archlight builders` with the real buildx, on real engines.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
    time::Duration,
};

use lab::{Archlight, Engine, FOREIGN, Generation, Lab, Loading, NATIVE};
use serde_json::{Value, json};

/// Where the registry of an engine answers, from inside.
const REGISTRY: &str = "127.0.0.1:5000";

/// Runs something of the target in a stage, so that a translator is needed.
const RUNS: &str = "FROM scratch\nARG TARGETARCH\nCOPY busybox-$TARGETARCH /bin/busybox\n\
                    RUN [\"/bin/busybox\", \"uname\", \"-m\"]\nCMD [\"/bin/busybox\", \"true\"]\n";

fn context(lab: &Lab, archlight: &Archlight, dockerfile: &str) -> String {
    let folder = archlight.home().join("my app");
    fs::create_dir_all(&folder).expect("the home can be written");
    for name in [NATIVE, FOREIGN] {
        let program = folder.join(format!("busybox-{name}"));
        fs::write(&program, lab.busybox(name)).expect("the folder can be written");
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it is ours");
    }
    fs::write(folder.join("Dockerfile"), dockerfile).expect("the folder can be written");
    folder.display().to_string()
}

fn both() -> [String; 2] {
    [format!("linux/{NATIVE}"), format!("linux/{FOREIGN}")]
}

fn kinds(list: &Value) -> Vec<&str> {
    let all = list.as_array().expect("a list");
    all.iter()
        .map(|one| one["kind"].as_str().expect("a kind"))
        .collect()
}

/// How `builder` would build each platform, in the order of [`both`].
fn hows(row: &Value) -> Vec<(&str, &str)> {
    let platforms = row["platforms"].as_array().expect("platforms");
    let find = |name: &String| {
        platforms
            .iter()
            .find(|one| one["platform"] == json!(name))
            .expect("it is asked for")
    };
    both()
        .iter()
        .map(find)
        .map(|one| {
            (
                one["how"].as_str().expect("a word"),
                one["node"].as_str().expect("a node"),
            )
        })
        .collect()
}

#[test]
fn an_image_is_built_for_both_and_pushed() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    engine.enable_translator(FOREIGN, Loading::Registration);
    let archlight = Archlight::with_buildx(&engine);
    let folder = context(&lab, &archlight, RUNS);
    let builders = archlight.ask_ok(&["builders"]);
    let own = &builders["builders"][0];
    assert_eq!(
        (&own["driver"], &own["current"]),
        (&json!("docker"), &json!(true))
    );
    assert_eq!(own["nodes"][0]["native"], json!(both()[0]));
    assert_eq!(
        hows(own).iter().map(|(how, _)| *how).collect::<Vec<_>>(),
        ["native", "emulated"]
    );

    let reference = format!("{REGISTRY}/acme/app:1");
    let words = ["build", "-t", &reference, "--push", &folder];
    let plan = archlight.ask_ok(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(kinds(&plan["warnings"]), ["emulated"]);
    assert!(
        engine.docker(&["image", "inspect", &reference]).code != Some(0),
        "nothing was built"
    );
    let done = archlight.answer_inside(&engine, &words);
    assert_eq!(done.json["builder"], own["name"], "{}", done.json);
    assert_eq!(
        (done.code, &done.json["verified"]),
        (0, &json!(true)),
        "{}",
        done.json
    );
    let offered = archlight.ask_inside(&engine, &["platforms", &reference]);
    let offered = &offered["references"][0];
    assert_eq!(offered["digest"], done.json["digest"]);
    let mut platforms: Vec<_> = offered["platforms"]
        .as_array()
        .expect("platforms")
        .iter()
        .map(|one| one["platform"].clone())
        .collect();
    platforms.sort_by_key(ToString::to_string);
    let mut expected = both().map(|name| json!(name));
    expected.sort_by_key(ToString::to_string);
    assert_eq!(platforms, expected);
}

#[test]
fn what_was_pushed_under_a_wrong_name_is_told() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_buildx(&engine);
    // The same program for both, as a download of one architecture makes it.
    let folder = context(
        &lab,
        &archlight,
        &format!("FROM scratch\nCOPY busybox-{NATIVE} /bin/busybox\nCMD [\"/bin/busybox\", \"true\"]\n"),
    );
    let reference = format!("{REGISTRY}/acme/wrong:1");
    let done = archlight.answer_inside(&engine, &["build", "-t", &reference, "--push", &folder]);
    assert_eq!(
        (done.code, &done.json["verified"]),
        (1, &json!(false)),
        "{}",
        done.json
    );
    assert_eq!(done.json["unverified"]["kind"], "wrong-build");
    let platforms = done.json["verification"]["platforms"]
        .as_array()
        .expect("platforms");
    let wrong = platforms
        .iter()
        .find(|one| one["platform"] == json!(both()[1]))
        .expect("it was pushed");
    assert_eq!(wrong["actual"], json!(both()[0]));
}

#[test]
fn a_build_that_runs_what_nothing_translates_says_so() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_buildx(&engine);
    let folder = context(&lab, &archlight, RUNS);
    let words = ["build", "-t", "acme/app", "--platforms", &both()[1], &folder];
    let plan = archlight.ask_ok(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(plan["platforms"][0]["how"], json!("impossible"));
    assert_eq!(kinds(&plan["warnings"]), ["nothing-runs"]);
    let failed = archlight.ask(&words);
    assert_eq!(failed.code, 1);
    assert_eq!(
        failed.json["error"]["kind"],
        json!("exec-format"),
        "{}",
        failed.json
    );
    // What needs no translator is built for both.
    let folder = context(&lab, &archlight, &RUNS.replace("RUN", "#"));
    let done = archlight.ask_ok(&["build", "-t", "acme/app", &folder]);
    assert!(
        done["digest"]
            .as_str()
            .is_some_and(|digest| digest.starts_with("sha256:")),
        "{done}"
    );
}

#[test]
fn what_buildx_would_refuse_is_said_before_and_a_builder_is_made_for_it() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::NewClassic);
    let archlight = Archlight::with_buildx(&engine);
    let folder = context(&lab, &archlight, RUNS);
    let refused = archlight.ask(&["build", "-t", "acme/app", &folder]);
    assert_eq!(refused.code, 1);
    assert_eq!(kinds(&refused.json["blockers"]), ["store-holds-one"]);
    let one = archlight.ask_ok(&["build", "-t", "acme/app", "--platforms", "native", &folder]);
    assert_eq!(one["platforms"], json!([both()[0]]));

    let create = ["builders", "create", "both"];
    let plan = archlight.ask_ok(&[&create[..], &["--dry-run"]].concat());
    assert_eq!(
        plan["commands"],
        json!(["docker buildx create --name both --driver docker-container"])
    );
    assert_eq!(archlight.ask(&create).code, 4, "nobody said yes");
    let names = || -> Vec<Value> {
        let all = archlight.ask_ok(&["builders"])["builders"]
            .as_array()
            .expect("a list")
            .clone();
        all.iter().map(|one| one["name"].clone()).collect()
    };
    assert!(!names().contains(&json!("both")));
    let made = archlight.ask_ok(&[&create[..], &["--yes"]].concat());
    assert_eq!(made["done"], json!(true));
    assert!(names().contains(&json!("both")));
    let again = archlight.ask(&[&create[..], &["--yes"]].concat());
    assert_eq!(
        (again.code, kinds(&again.json["blockers"])),
        (1, vec!["name-taken"])
    );

    let words = [
        "build",
        "-t",
        "acme/app",
        "--builder",
        "both",
        "--dry-run",
        &folder,
    ];
    assert_eq!(
        kinds(&archlight.ask_ok(&words)["warnings"]),
        ["not-known", "goes-nowhere"]
    );
    let loads = archlight.ask(&[&words[..], &["--load"]].concat());
    assert_eq!(kinds(&loads.json["blockers"]), ["load-holds-one"]);
    let remote = format!("{REGISTRY}/acme/app");
    let pushes = archlight.ask_ok(&[
        "build",
        "-t",
        &remote,
        "--builder",
        "both",
        "--push",
        "--dry-run",
        &folder,
    ]);
    assert!(kinds(&pushes["warnings"]).contains(&"own-address"), "{pushes}");
    archlight.ask_ok(&["builders", "remove", "both", "--yes"]);
    assert!(!names().contains(&json!("both")));
}

#[test]
fn nodes_join_with_their_platforms_and_one_that_cannot_leaves_no_builder() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_buildx(&engine);
    let folder = context(&lab, &archlight, RUNS);
    let node = |name: &str| format!("{name}={}", both()[1]);
    let broken = archlight.ask(&[
        "builders",
        "create",
        "two",
        "--node",
        &node("no-such-context"),
        "--yes",
    ]);
    assert_eq!(
        (broken.code, &broken.json["error"]["kind"]),
        (1, &json!("builder-failed"))
    );
    let all = archlight.ask_ok(&["builders"]);
    assert!(!all["builders"].to_string().contains("\"two\""), "{all}");

    // A second engine.
    let other = lab.start(Generation::Old);
    archlight.ask_ok(&[
        "builders",
        "create",
        "two",
        "--node",
        &node(&other.docker_host()),
        "--yes",
    ]);
    let all = archlight.ask_ok(&["builders"]);
    let two = all["builders"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["name"] == json!("two"));
    let two = two.expect("it was made");
    assert_eq!(two["nodes"][1]["fixed"], json!([both()[1]]));
    let chosen: Vec<_> = hows(two).into_iter().map(|(_, node)| node).collect();
    assert_eq!(chosen, ["two0", "two1"]);
    let plan = archlight.ask_ok(&[
        "build",
        "-t",
        "acme/app",
        "--builder",
        "two",
        "--push",
        "--dry-run",
        &folder,
    ]);
    assert_eq!(plan["platforms"][1]["node"], json!("two1"));
}

#[test]
fn without_buildx_it_says_where_it_is_had() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::Old);
    let archlight = Archlight::with_compose(&engine);
    let answer = archlight.ask(&["builders"]);
    assert_eq!(
        (answer.code, &answer.json["error"]["kind"]),
        (1, &json!("no-buildx"))
    );
    assert!(
        answer.json["error"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("docker-buildx"))
    );
}

#[test]
fn a_build_ends_with_who_asked_for_it() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_buildx(&engine);
    let sleeps = format!(
        "FROM scratch\nCOPY busybox-{NATIVE} /bin/busybox\nRUN [\"/bin/busybox\", \"sleep\", \"61234\"]\n"
    );
    let folder = context(&lab, &archlight, &sleeps);
    let mut child = archlight
        .command(&["build", "-t", "acme/app", "--platforms", &both()[0], &folder])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it was built");
    let stderr = BufReader::new(child.stderr.take().expect("it was asked for"));
    let mut lines = stderr.lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains("… ") && line.contains("RUN")),
        "the step begins"
    );
    while !runs_in(&engine, "sleep 61234") {
        std::thread::sleep(Duration::from_millis(50));
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.expect("kill can be run").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    while runs_in(&engine, "sleep 61234") {
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a process of that command line is inside of the engine's namespaces.
fn runs_in(engine: &Engine, words: &str) -> bool {
    let output = engine
        .command("ps")
        .args(["-eo", "args"])
        .output()
        .expect("ps can be run");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .any(|line| line.ends_with(words))
}
