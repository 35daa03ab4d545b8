//! Lists agree with what the engine says of each object, on every generation.

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, NATIVE, Variant};
use serde_json::Value;

/// A container in every state that a list can show, and images with labels of every kind.
fn fill(engine: &Engine, lab: &Lab) {
    let tools = |platform: &str, architecture: &str| Variant::with_tools(platform, lab.busybox(architecture));
    let native =
        engine.push(&ImageSpec::new("zoo/native", "1").variant(tools(&format!("linux/{NATIVE}"), NATIVE)));
    let many = ImageSpec::new("zoo/many", "1")
        .variant(tools("linux/amd64", "amd64"))
        .variant(tools("linux/arm64/v8", "arm64"))
        .variant(tools("linux/arm/v7", "arm"))
        .attested();
    let many = engine.push(&many);
    let foreign =
        engine.push(&ImageSpec::new("zoo/foreign", "1").variant(tools(&format!("linux/{FOREIGN}"), FOREIGN)));
    let run =
        |name: &str, arguments: &[&str]| engine.docker(&[&["run", "-d", "--name", name], arguments].concat());
    run("running", &[&native, "sleep", "1000"]);
    run("paused", &[&native, "sleep", "1000"]);
    engine.docker_ok(&["pause", "paused"]);
    run("fine", &[&native, "true"]);
    run(
        "three",
        &[
            "--label",
            "com.docker.compose.project=shop",
            &native,
            "sh",
            "-c",
            "exit 3",
        ],
    );
    run("many", &[&many, "sleep", "1000"]);
    run(
        "foreign",
        &["--platform", &format!("linux/{FOREIGN}"), &foreign, "uname"],
    );
    run(
        "restarting",
        &["--restart", "always", &native, "sh", "-c", "sleep 0.1; exit 7"],
    );
    run("not-started", &[&native, "/no/such/program"]);
    engine.docker_ok(&["create", "--name", "created", &native, "true"]);
    // A container whose image lost its name.
    engine.docker_ok(&["tag", &native, "zoo/renamed:1"]);
    for name in ["fine", "three", "foreign"] {
        engine.docker_ok(&["wait", name]);
    }
}

fn inspected(engine: &Engine, kind: &str, ids: &str) -> Vec<Value> {
    let ids: Vec<&str> = ids.split_whitespace().collect();
    let answer = engine.docker_ok(&[&[kind, "inspect"], &ids[..]].concat());
    serde_json::from_str(&answer).expect("JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn containers_agree_with_what_the_engine_says_of_each() {
    let lab = lab::require!("lists");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        fill(&engine, &lab);
        let archlight = Archlight::for_engine(&engine);
        let list = archlight.ask_ok(&["containers"]);
        let listed = list["containers"].as_array().expect("a list");
        let theirs = inspected(
            &engine,
            "container",
            &engine.docker_ok(&["ps", "-aq", "--no-trunc"]),
        );
        assert_eq!(listed.len(), theirs.len());
        for their in &theirs {
            let name = text(&their["Name"]).trim_start_matches('/');
            let ours = listed
                .iter()
                .find(|ours| ours["id"] == their["Id"])
                .unwrap_or_else(|| panic!("no {name}"));
            assert_eq!(
                (&ours["name"], &ours["image"]),
                (&name.into(), &their["Config"]["Image"]),
                "{generation:?}"
            );
            assert_eq!(
                ours["platform"],
                claimed(&engine, their, generation),
                "{generation:?} {name}"
            );
            // One that is started over and over may have changed between the two questions.
            if name != "restarting" {
                assert_eq!(ours["state"], their["State"]["Status"], "{generation:?} {name}");
                let ended = matches!(name, "fine" | "three" | "foreign" | "not-started");
                let code = if ended {
                    their["State"]["ExitCode"].clone()
                } else {
                    Value::Null
                };
                assert_eq!(ours["exit_code"], code, "{generation:?} {name}");
            }
        }
        let by_name = |name: &str| {
            listed
                .iter()
                .find(|ours| ours["name"] == name)
                .expect("it is listed")
        };
        assert_eq!(by_name("three")["compose_project"], "shop");
        assert_eq!(by_name("many")["translation"], "native");
        assert_eq!(by_name("not-started")["crashed"], true);
        assert_eq!(by_name("created")["crashed"], false);
    }
}

/// The platform that the engine itself says: of the manifest where it knows, else of the image.
fn claimed(engine: &Engine, container: &Value, generation: Generation) -> Value {
    let platform = match generation {
        Generation::New => container["ImageManifestDescriptor"]["platform"].clone(),
        Generation::Old | Generation::NewClassic => {
            let image = inspected(engine, "image", text(&container["Image"])).remove(0);
            serde_json::json!({ "architecture": image["Architecture"] })
        }
    };
    format!("linux/{}", text(&platform["architecture"])).into()
}

#[test]
fn images_agree_with_what_the_engine_says_of_each() {
    let lab = lab::require!("lists");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        fill(&engine, &lab);
        let archlight = Archlight::for_engine(&engine);
        let list = archlight.ask_ok(&["images"]);
        let listed = list["images"].as_array().expect("a list");
        let mut ids: Vec<String> = engine
            .docker_ok(&["images", "-q", "--no-trunc"])
            .lines()
            .map(ToOwned::to_owned)
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(listed.len(), ids.len(), "{generation:?}");
        for their in inspected(&engine, "image", &ids.join(" ")) {
            let ours = listed
                .iter()
                .find(|ours| ours["id"] == their["Id"])
                .expect("it is listed");
            let mut tags: Vec<&str> = their["RepoTags"]
                .as_array()
                .expect("tags")
                .iter()
                .map(text)
                .collect();
            let mut references: Vec<&str> = ours["references"]
                .as_array()
                .expect("names")
                .iter()
                .map(text)
                .collect();
            tags.sort_unstable();
            references.sort_unstable();
            assert_eq!(references, tags, "{generation:?}");
            let local: Vec<&str> = ours["platforms"]
                .as_array()
                .expect("platforms")
                .iter()
                .filter(|platform| platform["local"] == true)
                .map(|platform| text(&platform["platform"]))
                .collect();
            assert_eq!(
                local,
                [format!("linux/{}", text(&their["Architecture"]))],
                "{generation:?}"
            );
        }
    }
}

#[test]
fn a_platform_that_is_only_named_is_not_local_and_attestations_are_none() {
    let lab = lab::require!("lists");
    let engine = lab.start(Generation::New);
    fill(&engine, &lab);
    let list = Archlight::for_engine(&engine).ask_ok(&["images"]);
    let images = list["images"].as_array().expect("a list");
    let is_many = |image: &&Value| text(&image["references"][0]).contains("zoo/many");
    let many = images.iter().find(is_many).expect("it is listed");
    let mut platforms: Vec<String> = many["platforms"]
        .as_array()
        .expect("platforms")
        .iter()
        .map(|platform| format!("{} {}", text(&platform["platform"]), platform["local"]))
        .collect();
    platforms.sort();
    let native = |architecture: &str| architecture == NATIVE;
    let expected = [
        format!("linux/amd64 {}", native("amd64")),
        "linux/arm/v7 false".to_owned(),
        format!("linux/arm64 {}", native("arm64")),
    ];
    assert_eq!(platforms, expected);
}

#[test]
fn a_second_list_has_its_causes_from_the_first() {
    let lab = lab::require!("lists");
    let engine = lab.start(Generation::Old);
    fill(&engine, &lab);
    let archlight = Archlight::for_engine(&engine);
    // One that is started over and over runs at one time and has crashed at another.
    let causes = |list: &Value| -> Vec<Value> {
        let containers = list["containers"].as_array().expect("a list").iter();
        let steady = containers.filter(|container| container["name"] != "restarting");
        steady.map(|container| container["cause"].clone()).collect()
    };
    let first = archlight.ask_ok(&["containers"]);
    let memory = archlight.home().join(".cache/archlight/memory.json");
    let written = std::fs::read_to_string(&memory).expect("it was written");
    assert!(written.contains("wrong-architecture"), "{written}");
    let second = archlight.ask_ok(&["containers"]);
    assert_eq!(causes(&second), causes(&first));
    let bare = archlight.ask_ok(&["containers", "--no-causes"]);
    assert_eq!(bare["undiagnosed"], 0);
}
