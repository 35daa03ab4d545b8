//! Rosetta turned on and off through the session: what is shown before, who hears of it, and what is refused.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::net::UnixListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use companion::{
    Causes, Restarting, Session, Setup, Turn, TurnRequest,
    view::{Problem, Progress, SettingChange, Update},
};
use sample::Scenario;
use tempfile::TempDir;

const STORE: &str = "Library/Group Containers/group.com.docker/settings-store.json";
const BACKEND: &str = "Library/Containers/com.docker.docker/Data/backend.sock";
const OFF: &str = "{\"UseVirtualizationFrameworkRosetta\": false}";

/// A Mac with Docker Desktop, at a short path: addresses of sockets have no room for a long one.
fn mac() -> TempDir {
    let mac = tempfile::tempdir_in("/tmp").expect("a folder");
    let list = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>ProductVersion</key><string>27.0</string></dict></plist>";
    for (path, text) in [
        ("System/Library/CoreServices/SystemVersion.plist", list),
        ("Applications/Docker.app/Contents/Resources/x", ""),
        (STORE, OFF),
    ] {
        let path = mac.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be written");
        fs::write(path, text).expect("it can be written");
    }
    mac
}

fn session(mac: &TempDir, engine: &str) -> Session {
    Session::start(Setup {
        root: mac.path().to_owned(),
        home: mac.path().to_owned(),
        docker_host: Some(engine.to_owned()),
        ..Setup::default()
    })
}

/// Answers every question with settings in which Rosetta is off.
fn run_docker_desktop(home: &Path) {
    let socket = home.join(BACKEND);
    fs::create_dir_all(socket.parent().expect("it has one")).expect("it can be written");
    let listener = UnixListener::bind(socket).expect("a socket");
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            // One that only looks whether somebody listens says nothing.
            if !client.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                continue;
            }
            let body = "{\"useVirtualizationFrameworkRosetta\":false}";
            let length = body.len();
            write!(
                client,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .ok();
        }
    });
}

async fn turn(session: &Session, turn: Turn, seal: Option<&str>) -> Result<SettingChange, Problem> {
    let request = TurnRequest {
        turn,
        runtime: None,
        seal: seal.map(ToOwned::to_owned),
        restarting: Restarting::Later,
        progress: Arc::new(|_| {}),
    };
    session.turn(request).await
}

#[tokio::test]
async fn what_a_restart_stops_is_named_before_it_is_agreed_to() {
    let sample = sample::start_with(Scenario::recorded())
        .await
        .expect("a sample engine");
    let mac = mac();
    run_docker_desktop(mac.path());
    let session = session(&mac, &format!("unix://{}", sample.socket().display()));
    let plan = session.plan_turn(Turn::On, None).await.expect("a plan");
    assert_eq!(plan.way.as_deref(), Some("backend"), "{plan:?}");
    let listed = session.containers(Causes::Unwanted).await.expect("a list");
    let stops = ["running", "paused", "restarting"];
    let running = listed
        .containers
        .iter()
        .filter(|container| stops.contains(&container.state.as_str()));
    let mut names: Vec<_> = running.map(|container| container.name.clone()).collect();
    names.sort();
    assert!(!names.is_empty());
    assert_eq!(plan.stops, Some(names));
    // Nothing of it was said: another plan is the same.
    assert_eq!(
        session.plan_turn(Turn::On, None).await.expect("a plan").seal,
        plan.seal
    );
}

#[tokio::test]
async fn without_an_engine_it_is_not_known_what_stops() {
    let mac = mac();
    run_docker_desktop(mac.path());
    let session = session(&mac, "unix:///nowhere/docker.sock");
    let plan = session.plan_turn(Turn::On, None).await.expect("a plan");
    assert_eq!((plan.way.as_deref(), plan.stops), (Some("backend"), None));
}

#[tokio::test]
async fn everybody_hears_of_a_change_and_it_is_known_after_the_session_ended() {
    let mac = mac();
    let first = session(&mac, "unix:///nowhere/docker.sock");
    let mut updates = first.subscribe().await.expect("updates");
    let steps = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&steps);
    let request = TurnRequest {
        turn: Turn::On,
        runtime: Some("docker-desktop".to_owned()),
        seal: None,
        restarting: Restarting::Later,
        progress: Arc::new(move |progress: Progress| {
            heard.lock().expect("nobody panicked").push(progress.step);
        }),
    };
    let done = first.turn(request).await.expect("it can be written");
    assert_eq!((done.applied, done.state_after.as_deref()), (true, Some("on")));
    assert!(steps.lock().expect("nobody panicked")[0].starts_with("Writing `"));
    let mut state = None;
    while state.is_none() {
        if let Update::Rosetta { rosetta } = updates.recv().await.expect("the session lives") {
            state = Some(rosetta.state);
        }
    }
    assert_eq!(state.as_deref(), Some("on"));
    drop((first, updates));
    let second = session(&mac, "unix:///nowhere/docker.sock");
    let undone = turn(&second, Turn::Back, None).await.expect("it is known");
    assert_eq!(
        (undone.aim.as_str(), undone.state_after.as_deref()),
        ("before", Some("off"))
    );
    assert_eq!(fs::read_to_string(mac.path().join(STORE)).expect("a file"), OFF);
    let again = turn(&second, Turn::Back, None)
        .await
        .expect_err("nothing is left");
    assert_eq!(again.kind, "nothing-kept");
}

#[tokio::test]
async fn only_the_plan_that_was_shown_is_carried_out() {
    let mac = mac();
    let session = session(&mac, "unix:///nowhere/docker.sock");
    let shown = session.plan_turn(Turn::On, None).await.expect("a plan");
    let other = "{\"AutoStart\": true, \"UseVirtualizationFrameworkRosetta\": false}";
    fs::write(mac.path().join(STORE), other).expect("it can be written");
    let refused = turn(&session, Turn::On, Some(&shown.seal))
        .await
        .expect_err("it is another plan");
    assert_eq!((refused.kind.as_str(), refused.exit_code()), ("plan-changed", 4));
    assert_eq!(fs::read_to_string(mac.path().join(STORE)).expect("a file"), other);
    let shown = session.plan_turn(Turn::On, None).await.expect("a plan");
    turn(&session, Turn::On, Some(&shown.seal))
        .await
        .expect("it is that plan");
}

#[tokio::test]
async fn what_is_refused_or_not_known_changes_nothing() {
    let mac = mac();
    fs::write(mac.path().join(STORE), "{\"UseLibkrun\": true}").expect("it can be written");
    let session = session(&mac, "unix:///nowhere/docker.sock");
    let plan = session.plan_turn(Turn::On, None).await.expect("a plan");
    assert_eq!(plan.refusals[0].kind, "other-machine-manager");
    assert!(!plan.steps.is_empty());
    let refused = turn(&session, Turn::On, None).await.expect_err("it is refused");
    assert_eq!((refused.kind.as_str(), refused.exit_code()), ("not-safe", 4));
    let unknown = session.plan_turn(Turn::On, Some("vmware".to_owned())).await;
    assert_eq!(unknown.expect_err("nobody knows it").kind, "bad-runtime");
}

/// A program of this name that does `script`, in a folder of its own, where it is looked for.
fn with_program(mac: &TempDir, name: &str, script: &str) -> Session {
    let bin = mac.path().join("bin");
    // Written by another process: no thread of this one may hold it open for writing as it is run.
    let text = format!(
        "mkdir -p '{0}' && cat > '{0}/{name}' <<'E' && chmod 755 '{0}/{name}'\n#!/bin/sh\n{script}\nE\n",
        bin.display()
    );
    let written = std::process::Command::new("/bin/sh").args(["-c", &text]).status();
    assert!(written.expect("a shell").success());
    Session::start(Setup {
        root: mac.path().to_owned(),
        home: mac.path().to_owned(),
        docker_host: Some("unix:///nowhere/docker.sock".to_owned()),
        path: Some(format!("{}:/usr/bin:/bin", bin.display()).into()),
        ..Setup::default()
    })
}

async fn turn_of(session: &Session, turn: Turn, runtime: &str) -> Result<SettingChange, Problem> {
    let request = TurnRequest {
        turn,
        runtime: Some(runtime.to_owned()),
        seal: None,
        restarting: Restarting::Now,
        progress: Arc::new(|_| {}),
    };
    session.turn(request).await
}

#[tokio::test]
async fn a_command_that_ends_well_and_changes_nothing_is_no_success() {
    let cases = [
        (
            "colima",
            "colima",
            ".colima/default/colima.yaml",
            "vmType: vz\nrosetta: false\n",
        ),
        (
            "orbstack",
            "orb",
            ".orbstack/vmconfig.json",
            "{\"rosetta\": false}",
        ),
        (
            "rancher-desktop",
            "rdctl",
            "Library/Preferences/rancher-desktop/settings.json",
            "{\"version\":19,\"virtualMachine\":{\"type\":\"vz\",\"useRosetta\":false}}",
        ),
        (
            "lima",
            "limactl",
            ".lima/docker/lima.yaml",
            "vmType: vz\nvmOpts:\n  vz:\n    rosetta:\n      enabled: false\n",
        ),
    ];
    let all = cases.map(|(runtime, program, file, text)| async move {
        let mac = mac();
        let path = mac.path().join(file);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be written");
        fs::write(&path, text).expect("it can be written");
        let session = with_program(&mac, program, "echo \"$*\" >> \"$HOME/asked\"");
        let problem = turn_of(&session, Turn::On, runtime)
            .await
            .expect_err("nothing was changed");
        assert_eq!(
            (problem.kind.as_str(), problem.exit_code()),
            ("not-followed", 1),
            "{problem:?}"
        );
        assert!(problem.message.contains("Rosetta is off"), "{problem:?}");
        let asked = fs::read_to_string(mac.path().join("asked")).expect("it was run");
        assert!(!asked.contains("stop"), "nothing is stopped for it: {asked}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), text);
    });
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn it_is_offered_only_where_the_plan_has_no_reason_against_it() {
    let cases = [
        (
            ".colima/default/colima.yaml",
            "vmType: vz\nrosetta: false\n",
            true,
        ),
        (".finch/finch.yaml", "rosetta: false\n", false),
    ];
    for (file, text, is_offered) in cases {
        let mac = mac();
        fs::remove_file(mac.path().join(STORE)).expect("it is there");
        fs::remove_dir_all(mac.path().join("Applications")).expect("it is there");
        let path = mac.path().join(file);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be written");
        fs::write(&path, text).expect("it can be written");
        let session = session(&mac, "unix:///nowhere/docker.sock");
        let rosetta = session.rosetta().await.expect("the files are read");
        assert_eq!(
            (rosetta.state.as_str(), rosetta.turns_on_here),
            ("off", is_offered),
            "{file}"
        );
    }
}
