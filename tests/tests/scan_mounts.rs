//! Scans of large folders, running containers and mounts on real engines, and that nothing is left behind.

use std::fs;

use lab::{
    Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, NATIVE, Use, Variant, mach_o, portable_executable,
};
use serde_json::{Value, json};

const MODULE: &str = "/app/node_modules/@x/y/build/Release/y.node";
const WHEEL: &str = "/venv/lib/python3.12/site-packages/PIL/_imaging.abi3.so";

/// Files of a folder that only take time.
const MANY: usize = 10_000;

fn long_path() -> String {
    format!("/opt/{}lib.so", "a-folder-with-a-long-name/".repeat(12))
}

/// An image for this machine with files of others in it.
fn mixed(lab: &Lab) -> ImageSpec {
    let foreign = lab.busybox(FOREIGN);
    let record = "PIL/__init__.py,,\nPIL/_imaging.abi3.so,,\npillow-10.4.0.dist-info/RECORD,,\n";
    let described = "/venv/lib/python3.12/site-packages/pillow-10.4.0.dist-info/RECORD";
    let variant = Variant::with_tools(&format!("linux/{NATIVE}"), lab.busybox(NATIVE))
        .file(MODULE, 0o755, foreign.clone())
        .file(WHEEL, 0o755, foreign.clone())
        .file(described, 0o644, record)
        .file("/opt/mac", 0o755, mach_o(Use::Program))
        .file("/opt/windows.exe", 0o755, portable_executable())
        .file(&long_path(), 0o755, foreign.clone())
        .file("/mounted/hidden", 0o755, foreign)
        .file("/opt/other-machine", 0o755, lab.arch_test("s390x"))
        .file("/opt/text", 0o644, "no program\n")
        .command(&["/bin/sh", "-c", "sleep 1000"])
        .config("Volumes", json!({"/data": {}}));
    let variant = (0..MANY).fold(variant, |variant, number| {
        variant.file(&format!("/many/{number}"), 0o644, Vec::new())
    });
    ImageSpec::new("acme/mixed", "1").variant(variant)
}

fn paths(scan: &Value) -> Vec<&str> {
    let foreign = scan["foreign"].as_array().expect("a list");
    let mut paths: Vec<_> = foreign
        .iter()
        .map(|file| file["path"].as_str().expect("a path"))
        .collect();
    paths.sort_unstable();
    paths
}

fn file<'a>(scan: &'a Value, path: &str) -> &'a Value {
    let foreign = scan["foreign"].as_array().expect("a list");
    let found = foreign.iter().find(|file| file["path"] == path);
    found.unwrap_or_else(|| panic!("no {path} in {:?}", paths(scan)))
}

fn package<'a>(scan: &'a Value, name: &str) -> &'a Value {
    let packages = scan["packages"].as_array().expect("a list");
    let found = packages.iter().find(|package| package["package"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {packages:?}"))
}

/// Everything that a scan could leave behind.
fn inventory(engine: &Engine) -> [String; 3] {
    [
        engine.docker_ok(&["ps", "-aq", "--no-trunc"]),
        engine.docker_ok(&["volume", "ls", "-q"]),
        engine.docker_ok(&["images", "-aq", "--no-trunc"]),
    ]
}

fn check_own_files(scan: &Value) {
    assert_eq!(scan["platform"], format!("linux/{NATIVE}"));
    assert_eq!(scan["incomplete"], Value::Null);
    assert!(
        scan["files"].as_u64().expect("a count") >= MANY as u64,
        "{}",
        scan["files"]
    );
    let module = file(scan, MODULE);
    assert_eq!(
        (&module["package"], &module["format"]),
        (&json!("@x/y"), &json!("elf"))
    );
    assert_eq!(module["platform"], format!("linux/{FOREIGN}"));
    assert_eq!(file(scan, WHEEL)["package"], "pillow");
    assert_eq!(file(scan, "/opt/mac")["format"], "mach-o");
    assert_eq!(file(scan, "/opt/windows.exe")["format"], "pe");
    assert_eq!(file(scan, "/opt/other-machine")["platform"], "linux/s390x");
    assert_eq!(file(scan, &long_path())["package"], Value::Null);
    assert_eq!(package(scan, "@x/y")["fix"]["command"], "npm rebuild @x/y");
    let pip = "pip install --force-reinstall --no-cache-dir pillow";
    assert_eq!(package(scan, "pillow")["fix"]["command"], pip);
}

#[test]
fn foreign_files_are_found_in_images_and_containers_and_nothing_is_left_behind() {
    let lab = lab::require!("scans");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&mixed(&lab));
        engine.docker_ok(&["pull", "-q", &image]);
        engine.docker_ok(&["create", "--name", "waiting", &image]);
        engine.docker_ok(&["run", "-d", "--name", "running", &image]);
        let before = inventory(&engine);

        let of_image = archlight.ask_ok(&["scan", &image]);
        assert_eq!(of_image["kind"], "image");
        check_own_files(&of_image);
        assert!(paths(&of_image).contains(&"/mounted/hidden"));
        assert_eq!(
            paths(&of_image).len(),
            7,
            "{generation:?}: {:?}",
            paths(&of_image)
        );
        for name in ["waiting", "running"] {
            let scan = archlight.ask_ok(&["scan", name]);
            assert_eq!(
                (&scan["kind"], &scan["subject"]),
                (&json!("container"), &json!(name))
            );
            check_own_files(&scan);
            assert_eq!(paths(&scan), paths(&of_image), "{generation:?} {name}");
        }
        assert_eq!(inventory(&engine), before, "{generation:?}");
        assert_eq!(
            archlight.ask(&["scan", "acme/nope:1"]).json["error"]["kind"],
            "not-found"
        );
    }
}

#[test]
fn mounts_are_read_too_and_hide_what_the_image_has_there() {
    let lab = lab::require!("scans");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&mixed(&lab));
        let host = engine.folder().join("host");
        fs::create_dir_all(host.join("node_modules/fsevents")).expect("a folder");
        fs::write(
            host.join("node_modules/fsevents/fsevents.node"),
            mach_o(Use::Module),
        )
        .expect("a file");
        let bind = format!("{}:/mounted", host.display());
        let mounts = [
            "-v",
            &bind,
            "-v",
            "filled:/mounted/inner",
            "--tmpfs",
            "/memory",
            "-v",
            "/proc:/host/proc",
        ];
        let run = ["run", "-d", "--name", "running"];
        engine.docker_ok(&[&run[..], &mounts[..], &[&image]].concat());
        let copy = [
            "exec",
            "running",
            "/bin/sh",
            "-c",
            "cat /opt/other-machine > /mounted/inner/x",
        ];
        engine.docker_ok(&copy);
        engine.docker_ok(&[&["create", "--name", "waiting"], &mounts[..], &[&image]].concat());

        for name in ["running", "waiting"] {
            let scan = archlight.ask_ok(&["scan", name]);
            let mac = file(&scan, "/mounted/node_modules/fsevents/fsevents.node");
            assert_eq!(
                (&mac["package"], &mac["mount"]),
                (&json!("fsevents"), &json!("/mounted"))
            );
            assert_eq!(file(&scan, "/mounted/inner/x")["mount"], "/mounted/inner");
            assert!(
                !paths(&scan).contains(&"/mounted/hidden"),
                "{generation:?} {name}"
            );
            let title = package(&scan, "fsevents")["fix"]["title"]
                .as_str()
                .expect("a title");
            assert!(title.contains("-v /mounted/node_modules"), "{title}");
            let mounts = scan["mounts"].as_array().expect("a list");
            let complete = |destination: &str| {
                let mount = mounts.iter().find(|mount| mount["destination"] == destination);
                mount.unwrap_or_else(|| panic!("no {destination} in {mounts:?}"))["complete"].clone()
            };
            assert_eq!(
                (complete("/mounted"), complete("/data")),
                (json!(true), json!(true)),
                "{mounts:?}"
            );
            assert_eq!(
                (complete("/memory"), complete("/host/proc")),
                (json!(false), json!(false))
            );
        }
    }
}
