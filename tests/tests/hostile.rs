//! Files that are made to hang or fill whoever reads them, on real engines: each is told for what it is, and little of it is
//! read.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use lab::{Archlight, Engine, Generation, ImageSpec, Lab, Linked, NATIVE, Variant, linked};
use serde_json::Value;

/// Entries of the large folder.
const ENTRIES: usize = 100_000;

/// Bytes of the file that has no content: more than any disk here.
const SPARSE: u64 = 1 << 40;

fn made(folder: &Path) -> PathBuf {
    let hostile = folder.join("hostile");
    let many = hostile.join("many");
    fs::create_dir_all(&many).expect("the engine's folder can be written");
    for entry in 0..ENTRIES {
        File::create(many.join(format!("{entry}"))).expect("an empty file");
    }
    let sparse = File::create(hostile.join("sparse")).expect("a file");
    sparse.set_len(SPARSE).expect("holes take no room");
    let pipe = Command::new("mkfifo").arg(hostile.join("pipe")).status();
    assert!(pipe.is_ok_and(|status| status.success()));
    symlink("loop", hostile.join("loop")).expect("a link");
    symlink("../../../../../../bin/sh", hostile.join("upward")).expect("a link");
    for name in ["sparse", "pipe"] {
        Command::new("chmod")
            .arg("755")
            .arg(hostile.join(name))
            .status()
            .expect("it can be made executable");
    }
    hostile
}

fn start(lab: &Lab, engine: &Engine, name: &str, source: &Path, program: &str) {
    let image = engine.push(&ImageSpec::new("acme/hostile", "1").variant(Variant::with_tools(
        &format!("linux/{NATIVE}"),
        lab.busybox(NATIVE),
    )));
    let mount = format!("{}:/hostile:ro", source.display());
    engine.docker(&[
        "run", "-d", "--name", name, "-v", &mount, &image, program, "-c", "exit 3",
    ]);
}

fn faulty(answer: &Value) -> Option<&str> {
    let chain = answer["chain"].as_array()?;
    chain.iter().find(|link| !link["fault"].is_null())?["format"].as_str()
}

#[test]
fn files_that_are_made_to_hang_a_reader_are_told_for_what_they_are() {
    let lab = lab::require!("hostile files");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let source = made(engine.folder());
        for (name, program, cause, format) in [
            ("many", "/hostile/many", "is-a-directory", Some("directory")),
            ("loop", "/hostile/loop", "command-not-found", Some("missing")),
            // It leads to the container's own shell, and that is what ran.
            ("upward", "/hostile/upward", "application-exit", None),
            ("sparse", "/hostile/sparse", "unknown", Some("other")),
        ] {
            start(&lab, &engine, name, &source, program);
            engine.docker(&["wait", name]);
            let answer = archlight.ask_ok(&["diagnose", name]);
            assert_eq!(answer["cause"], cause, "{generation:?} {name}: {answer:#}");
            assert_eq!(faulty(&answer), format, "{generation:?} {name}: {answer:#}");
        }
        // Nobody writes into the pipe: whoever opened it would wait for ever.
        start(&lab, &engine, "pipe", &source, "/hostile/pipe");
        let answer = archlight.ask_ok(&["diagnose", "pipe"]);
        assert_eq!(answer["chain"][0]["format"], "other", "{answer:#}");
        let scan = archlight.ask_ok(&["scan", "many"]);
        assert!(
            scan["files"].as_u64() >= Some(ENTRIES as u64),
            "{}",
            scan["files"]
        );
    }
}

/// The loader that a program of glibc names.
const GLIBC_LOADER: &str = if cfg!(target_arch = "aarch64") {
    "/lib/ld-linux-aarch64.so.1"
} else {
    "/lib64/ld-linux-x86-64.so.2"
};

/// Where a loader's configuration and a folder of so many files that it includes are.
fn configured(folder: &Path) -> PathBuf {
    let etc = folder.join("etc");
    let included = etc.join("ld.so.conf.d");
    fs::create_dir_all(&included).expect("the engine's folder can be written");
    fs::write(etc.join("ld.so.conf"), "include /etc/ld.so.conf.d/*.conf\n").expect("a file");
    for entry in 0..ENTRIES {
        fs::write(included.join(format!("{entry}.conf")), format!("/opt/{entry}\n")).expect("a file");
    }
    etc
}

#[test]
fn a_loader_that_is_told_of_a_hundred_thousand_folders_is_followed_into_few_of_them() {
    let lab = lab::require!("hostile files");
    let program = linked(Linked {
        loader: Some(GLIBC_LOADER),
        needed: &["libgone.so.1"],
        run_path: None,
    });
    let variant = Variant::new(&format!("linux/{NATIVE}"))
        .tree(&lab.packages(NATIVE, "glibc"))
        .file("/app/needy", 0o755, program);
    let spec = ImageSpec::new("acme/needy", "1").variant(variant);
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let etc = configured(engine.folder());
        let image = engine.push(&spec);
        let mounts =
            ["ld.so.conf", "ld.so.conf.d"].map(|name| format!("{}:/etc/{name}:ro", etc.join(name).display()));
        let run = ["run", "-d", "--name", "needy", "-v", &mounts[0], "-v", &mounts[1]];
        engine.docker(&[&run[..], &[image.as_str(), "/app/needy"]].concat());
        engine.docker(&["wait", "needy"]);
        let answer = Archlight::for_engine(&engine).ask_ok(&["diagnose", "needy"]);
        assert_eq!(answer["cause"], "missing-library", "{generation:?}: {answer:#}");
    }
}
