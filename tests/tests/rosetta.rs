//! `rosetta` from the outside: a Mac's files under `--root`, a Docker Desktop that answers, and real engines.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use lab::{Archlight, FOREIGN, Generation, Loading, NATIVE};
use serde_json::{Value, json};
use tempfile::TempDir;

const STORE: &str = "Library/Group Containers/group.com.docker/settings-store.json";
const BACKEND: &str = "Library/Containers/com.docker.docker/Data/backend.sock";
/// What a Mac may be kept waiting for by a Docker Desktop that hangs, with all else.
const PATIENCE: Duration = Duration::from_secs(10);

/// A Mac's files.
struct Mac(TempDir);

impl Mac {
    fn new() -> Self {
        let mac = Self(tempfile::tempdir().expect("a folder"));
        let list = |key: &str, value: &str| {
            format!("<plist><dict><key>{key}</key><string>{value}</string></dict></plist>")
        };
        mac.file(
            "System/Library/CoreServices/SystemVersion.plist",
            &list("ProductVersion", "26.1"),
        );
        mac.file("Library/Apple/usr/libexec/oah/RosettaLinux/rosetta", "");
        mac.file(
            "Applications/Docker.app/Contents/Info.plist",
            &list("CFBundleShortVersionString", "4.91.0"),
        );
        mac
    }

    fn file(&self, path: &str, content: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, content).expect("it can be written");
    }

    fn home(&self) -> PathBuf {
        self.0.path().join("Users/me")
    }

    fn at_home(&self, path: &str, content: &str) {
        self.file(&format!("Users/me/{path}"), content);
    }

    /// What is said of its files.
    fn ask(&self, archlight: &Archlight, more: &[&str]) -> Value {
        let (root, home) = (
            self.0.path().display().to_string(),
            self.home().display().to_string(),
        );
        let arguments = [&["rosetta", "--root", &root, "--home", &home], more].concat();
        archlight.ask_ok(&arguments)
    }
}

/// Answers every question in this way, or never.
fn backend(home: &Path, answer: Option<&'static str>) {
    let socket = home.join(BACKEND);
    fs::create_dir_all(socket.parent().expect("a folder")).expect("it can be made");
    let listener = UnixListener::bind(socket).expect("a socket");
    thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            if let Some(answer) = answer {
                let mut question = BufReader::new(&stream);
                let mut line = String::from("x");
                while !line.trim().is_empty() {
                    line.clear();
                    question.read_line(&mut line).expect("a question");
                }
                stream.write_all(answer.as_bytes()).ok();
            } else {
                kept.push(stream);
            }
        }
    });
}

#[test]
fn every_runtime_of_a_mac_is_listed_and_the_one_in_use_comes_first() {
    let mac = Mac::new();
    mac.at_home(STORE, r#"{"UseVirtualizationFrameworkRosetta": false}"#);
    mac.at_home(".colima/work/colima.yaml", "vmType: vz\nrosetta: true\n");
    let nowhere = Archlight::at("");
    let answer = mac.ask(&nowhere, &[]);
    assert_eq!(answer["runtime"], "docker-desktop");
    assert_eq!(
        (&answer["state"], &answer["source"]),
        (&json!("off"), &json!("settings-file"))
    );
    assert_eq!(answer["key"], "UseVirtualizationFrameworkRosetta");
    assert_eq!(
        (&answer["value"], &answer["confidence"]),
        (&json!("false"), &json!("likely"))
    );
    assert_eq!(
        (&answer["decides"], &answer["works"]),
        (&json!("settings"), &Value::Null)
    );
    assert!(answer["unseen"][0].is_string(), "{answer:#}");
    let runtimes = answer["runtimes"].as_array().expect("a list");
    let named: Vec<_> = runtimes
        .iter()
        .map(|it| (&it["runtime"], &it["instance"], &it["state"]))
        .collect();
    let colima = (&json!("colima"), &json!("work"), &json!("on"));
    assert_eq!(
        named,
        [(&json!("docker-desktop"), &Value::Null, &json!("off")), colima]
    );
    // The address that the user chose tells which of them is in use.
    let named = mac.ask(&nowhere, &["--host", "unix:///Users/me/.colima/work/docker.sock"]);
    assert_eq!(
        (&named["runtime"], &named["state"]),
        (&json!("colima"), &json!("on")),
        "{named:#}"
    );
}

#[test]
fn a_running_docker_desktop_is_believed_and_one_that_hangs_is_not_waited_for() {
    let follows = Mac::new();
    follows.at_home(STORE, r#"{"UseVirtualizationFrameworkRosetta": false}"#);
    let body = "HTTP/1.1 200 OK\r\n\r\n{\"useVirtualizationFrameworkRosetta\": true}";
    backend(&follows.home(), Some(body));
    let answer = follows.ask(&Archlight::at(""), &[]);
    assert_eq!(
        (&answer["state"], &answer["source"]),
        (&json!("on"), &json!("backend")),
        "{answer:#}"
    );
    assert_eq!(answer["confidence"], "certain");

    let hangs = Mac::new();
    hangs.at_home(STORE, r#"{"UseVirtualizationFrameworkRosetta": false}"#);
    backend(&hangs.home(), None);
    let start = Instant::now();
    let answer = hangs.ask(&Archlight::at(""), &[]);
    assert!(start.elapsed() < PATIENCE);
    assert_eq!(
        (&answer["state"], &answer["source"]),
        (&json!("unknown"), &json!("backend")),
        "{answer:#}"
    );
}

#[test]
fn without_an_engine_a_probe_is_refused_and_the_files_are_not() {
    let nowhere = Archlight::at("unix:///nowhere.sock");
    let answer = nowhere.ask(&["rosetta", "--probe"]);
    assert_eq!(answer.code, 3, "{:#}", answer.json);
    let mac = Mac::new();
    let told = mac.ask(&nowhere, &["--host", "unix:///nowhere.sock"]);
    assert_eq!(told["state"], "on");
    assert!(
        told["unseen"][0]
            .as_str()
            .is_some_and(|it| it.contains("No engine answered")),
        "{told:#}"
    );
}

#[test]
fn a_probe_decides_on_a_real_engine() {
    let lab = lab::require!("rosetta");
    let engine = lab.start(Generation::ALL[1]);
    let archlight = Archlight::for_engine(&engine);
    engine.enable_translator(FOREIGN, Loading::Registration);
    let here = archlight.ask_ok(&["rosetta", "--probe"]);
    assert_eq!(
        (&here["state"], &here["decides"]),
        (&json!("not-needed"), &json!("machine")),
        "{here:#}"
    );
    assert_eq!(here["probed"]["platform"], format!("linux/{FOREIGN}"));
    assert_eq!(
        (&here["probed"]["translator"], &here["works"]),
        (&json!("qemu"), &json!(true))
    );

    // The same engine beside the files of a Mac on which Rosetta is on: a program that ran is what counts.
    let mac = Mac::new();
    let told = mac.ask(&archlight, &["--probe"]);
    let expected = match NATIVE {
        "amd64" => ("not-needed", 0),
        _ => ("off", 1),
    };
    assert_eq!(
        (&told["state"], &told["source"]),
        (&json!(expected.0), &json!("probe")),
        "{told:#}"
    );
    assert_eq!(
        told["conflicts"].as_array().map_or(0, Vec::len),
        expected.1,
        "{told:#}"
    );
    assert_eq!(told["confidence"], "certain");
    assert!(engine.docker_ok(&["ps", "-aq"]).trim().is_empty());
}
