//! Which of several answers is that of the engine in use.

use std::os::unix::fs::symlink;

use host::{Folders, Runtime, Serving, serving};

use crate::mac::Mac;
use crate::table::{laid, line};

const SEVERAL: [(&str, &str); 6] = [
    ("/Applications/Docker.app/Contents/x", ""),
    (".orbstack/vmconfig.json", "{}"),
    (".colima/default/colima.yaml", "vmType: vz\nrosetta: true"),
    (".colima/work/colima.yaml", "vmType: vz"),
    (".lima/docker/lima.yaml", "vmType: vz"),
    (".rd/x", ""),
];

fn served(mac: &Mac, engine: &Serving) -> String {
    let found = mac.runtimes(&Folders::default());
    let line = line(&serving(&mac.roots(), &mac.machine(), &found, engine));
    line.split(':').next().unwrap().to_owned()
}

fn by_socket(socket: &str) -> Serving {
    Serving {
        socket: Some(socket.into()),
        ..Serving::default()
    }
}

#[test]
fn the_socket_tells_first() {
    let mac = laid("26.1", &SEVERAL);
    for (socket, expected) in [
        ("/Users/me/.docker/run/docker.sock", "docker-desktop"),
        ("/Users/me/.orbstack/run/docker.sock", "orbstack"),
        ("/Users/me/.colima/default/docker.sock", "colima/default"),
        ("/Users/me/.colima/work/docker.sock", "colima/work"),
        ("/Users/me/.lima/docker/sock/docker.sock", "lima/docker"),
        ("/Users/me/.rd/docker.sock", "rancher-desktop"),
    ] {
        assert_eq!(served(&mac, &by_socket(socket)), expected, "{socket}");
    }
}

#[test]
fn a_link_in_the_usual_place_is_followed_though_nobody_listens() {
    let mac = laid("26.1", &SEVERAL).file("var/run/x", "");
    assert_eq!(served(&mac, &Serving::default()), "docker-desktop");
    symlink(
        "/Users/me/.colima/work/docker.sock",
        mac.path("var/run/docker.sock"),
    )
    .unwrap();
    assert_eq!(served(&mac, &Serving::default()), "colima/work");
    assert_eq!(served(&mac, &by_socket("/var/run/docker.sock")), "colima/work");
}

#[test]
fn a_link_of_sockets_stays_inside_of_the_root() {
    let mac = laid("26.1", &SEVERAL).file("private/var/run/x", "");
    // As on a Mac, where `/var` is itself a link.
    symlink("/private/var", mac.path("var")).unwrap();
    symlink("/Users/me/first", mac.path("private/var/run/docker.sock")).unwrap();
    symlink("/Users/me/.colima/work/docker.sock", mac.path("Users/me/first")).unwrap();
    assert_eq!(served(&mac, &Serving::default()), "colima/work");
    assert_eq!(served(&mac, &by_socket("/var/run/docker.sock")), "colima/work");
}

#[test]
fn what_is_installed_is_preferred_to_what_is_left_over() {
    let settings = "Library/Group Containers/group.com.docker/settings-store.json";
    let left = || {
        laid(
            "26.1",
            &[(settings, "{}"), (".colima/default/colima.yaml", "vmType: vz")],
        )
    };
    assert_eq!(served(&left(), &Serving::default()), "docker-desktop");
    let mac = left().file("opt/homebrew/Cellar/colima/0.8.1/bin/colima", "");
    assert_eq!(served(&mac, &Serving::default()), "colima/default 0.8.1");
    let found = mac.runtimes(&Folders::default());
    let says = |at: usize| {
        found[at]
            .conflicts
            .iter()
            .any(|it| it.sentence().contains("left over"))
    };
    assert_eq!((says(0), says(1)), (false, true));
}

#[test]
fn what_the_engine_says_of_itself_tells_too() {
    let mac = laid("26.1", &SEVERAL);
    let engine = |runtime, machine: &str| Serving {
        runtime: Some(runtime),
        machine: Some(machine.to_owned()),
        socket: Some("/var/run/docker.sock".into()),
        elsewhere: None,
    };
    assert_eq!(
        served(&mac, &engine(Runtime::Colima, "colima-work")),
        "colima/work"
    );
    assert_eq!(
        served(&mac, &engine(Runtime::Colima, "lima-colima-work")),
        "colima/work"
    );
    assert_eq!(served(&mac, &engine(Runtime::Colima, "colima")), "colima/default");
    assert_eq!(served(&mac, &engine(Runtime::Lima, "lima-docker")), "lima/docker");
    assert_eq!(served(&mac, &engine(Runtime::OrbStack, "orbstack")), "orbstack");
    // Its files are nowhere here: nothing is said of another's.
    assert_eq!(served(&mac, &engine(Runtime::Podman, "localhost")), "podman");
}

#[test]
fn an_engine_on_another_machine_is_not_this_macs() {
    let mac = laid("26.1", &SEVERAL);
    let engine = Serving {
        elsewhere: Some("ssh://me@build".to_owned()),
        ..Serving::default()
    };
    let found = mac.runtimes(&Folders::default());
    let answer = serving(&mac.roots(), &mac.machine(), &found, &engine);
    assert_eq!(answer.state.as_str(), "unknown");
    assert!(answer.why.sentence().contains("`ssh://me@build`"));
}

#[test]
fn without_any_the_reader_is_told_what_to_install() {
    let mac = Mac::new("26.1");
    assert_eq!(served(&mac, &Serving::default()), "unknown");
}
