//! Rosetta by a Mac's files, and by a program that is run on the engine beside them.

use std::{fs, path::Path};

use companion::{Session, Setup, view};
use tempfile::TempDir;

use crate::stage::{Stage, setup, soon, url};

const STORE: &str = "home/Library/Group Containers/group.com.docker/settings-store.json";

/// A Mac whose Docker Desktop says this of Rosetta.
fn mac(rosetta: bool) -> TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let list = |key: &str, value: &str| {
        format!("<plist><dict><key>{key}</key><string>{value}</string></dict></plist>")
    };
    let store = format!(r#"{{"UseVirtualizationFrameworkRosetta": {rosetta}}}"#);
    write(
        root.path(),
        "System/Library/CoreServices/SystemVersion.plist",
        &list("ProductVersion", "26.1"),
    );
    write(
        root.path(),
        "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta",
        "",
    );
    write(
        root.path(),
        "Applications/Docker.app/Contents/Info.plist",
        &list("CFBundleShortVersionString", "4.91.0"),
    );
    write(root.path(), STORE, &store);
    root
}

fn write(root: &Path, path: &str, content: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::write(path, content).expect("it can be written");
}

/// State, source, who decides, and whether it works.
fn told(rosetta: &view::Rosetta) -> (&str, &str, &str, Option<bool>) {
    let view::Rosetta {
        state,
        source,
        decides,
        works,
        ..
    } = rosetta;
    (state, source, decides, *works)
}

#[tokio::test]
async fn a_probe_decides_and_is_kept_for_the_next_question() {
    let stage = Stage::new().await;
    let mac = mac(false);
    let session = Session::start(setup(&url(stage.sample.socket()), &mac, None));
    let by_files = soon("the files", session.rosetta()).await.expect("an answer");
    assert_eq!(told(&by_files), ("off", "settings-file", "settings", None));
    assert!(by_files.unseen[0].contains("--probe"), "{:?}", by_files.unseen);

    let proved = soon("a probe", session.prove_rosetta()).await.expect("an answer");
    assert_eq!(told(&proved), ("on", "probe", "probe", Some(true)));
    assert!(
        proved.conflicts[0].contains("`off`, and it ran the program"),
        "{:?}",
        proved.conflicts
    );
    assert!(proved.unseen.is_empty() && proved.steps.is_empty());

    let kept = soon("what was kept", session.rosetta()).await.expect("an answer");
    assert_eq!(kept, proved);
}

#[tokio::test]
async fn an_engine_that_nobody_named_is_not_asked_about_another_machines_files() {
    let mac = mac(true);
    let nobody = Setup {
        host: None,
        ..setup("", &mac, None)
    };
    let answer = soon("the files", Session::start(nobody).rosetta())
        .await
        .expect("an answer");
    assert_eq!(told(&answer), ("on", "settings-file", "settings", None));
    assert!(answer.unseen[0].contains("another machine's files"));
}

#[tokio::test]
async fn an_engine_that_is_gone_leaves_the_files_and_no_probe() {
    let mac = mac(true);
    let session = Session::start(setup("unix:///nowhere.sock", &mac, None));
    let answer = soon("the files", session.rosetta()).await.expect("an answer");
    assert_eq!(told(&answer), ("on", "settings-file", "settings", None));
    assert!(
        answer.unseen[0].contains("No engine answered"),
        "{:?}",
        answer.unseen
    );
    assert!(soon("a probe", session.prove_rosetta()).await.is_err());
}

#[tokio::test]
async fn that_archlight_itself_is_translated_is_said() {
    let mac = mac(true);
    let mut translated = setup("unix:///nowhere.sock", &mac, None);
    translated.process.translated = true;
    let answer = soon("the files", Session::start(translated).rosetta())
        .await
        .expect("an answer");
    assert!(answer.conflicts[0].starts_with("Archlight itself is the build for Intel Macs"));
}
