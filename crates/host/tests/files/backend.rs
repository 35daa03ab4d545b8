//! A running Docker Desktop: one that follows, one that deviates, one that hangs.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use host::{HostError, State, Why};

use crate::mac::Mac;
use crate::table::{line, said};

const SOCKET: &str = "Users/me/Library/Containers/com.docker.docker/Data/backend.sock";
const OFF_FILE: &str = r#"{"UseVirtualizationFrameworkRosetta": false}"#;
const ON: &str = r#"{"cpus": 4, "useLibkrun": false, "useVirtualizationFramework": true, "useVirtualizationFrameworkRosetta": true}"#;
const GROUPED: &str = r#"{"vm": {"resources": {"memoryMiB": {"value": 8192, "locked": false}}},
    "desktop": {"useLibkrun": false, "useVirtualizationFramework": true,
    "useVirtualizationFrameworkRosetta": {"value": false, "locked": true}}}"#;

/// What a page answers: a status and a body, or nothing, ever.
#[derive(Clone, Copy)]
enum Page {
    Says(u16, &'static str),
    Raw(&'static str),
    Hangs,
}

use Page::{Hangs, Raw, Says};

/// A Mac on which a backend answers so on its two pages.
fn with_backend(mac: Mac, flat: Page, grouped: Page) -> (Mac, Arc<AtomicUsize>) {
    let mac = mac.file(format!("{SOCKET}.d"), "");
    let listener = UnixListener::bind(mac.path(SOCKET)).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            let mut question = [0; 1024];
            let length = stream.read(&mut question).unwrap();
            let is_flat = question[..length].starts_with(b"GET /app/settings/flat HTTP/1.1\r\n");
            match if is_flat { flat } else { grouped } {
                Says(status, body) => {
                    let length = body.len();
                    let answer = format!("HTTP/1.1 {status} x\r\nContent-Length: {length}\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes()).ok();
                    kept.push(stream);
                }
                Raw(text) => drop(stream.write_all(text.as_bytes())),
                Hangs => kept.push(stream),
            }
        }
    });
    (mac, asked)
}

fn docker_desktop() -> Mac {
    Mac::with_docker_desktop("4.91.0")
}

#[test]
fn what_it_says_counts_and_the_file_that_lags_is_named() {
    let (mac, _) = with_backend(docker_desktop().store(OFF_FILE), Says(200, ON), Says(404, ""));
    let expected = "docker-desktop 4.91.0: on backend certain apple-virtualization useVirtualizationFrameworkRosetta=true";
    assert_eq!(line(&mac.rosetta()), expected);
    assert!(
        mac.why()
            .contains("backend.sock` says `useVirtualizationFrameworkRosetta: true`")
    );
    assert!(
        mac.conflicts()[0].contains("alone would say `off`, and the running Docker Desktop says otherwise")
    );
}

#[test]
fn its_socket_is_followed_as_on_the_mac_itself_and_never_out_of_it() {
    let linked = |to: &str| {
        let (mac, asked) = with_backend(docker_desktop().store(OFF_FILE), Says(200, ON), Says(404, ""));
        let (socket, moved) = (mac.path(SOCKET), mac.path("Users/me/moved.sock"));
        std::fs::rename(&socket, moved).unwrap();
        std::os::unix::fs::symlink(to, socket).unwrap();
        (mac, asked)
    };
    let (mac, asked) = linked("/Users/me/moved.sock");
    assert_eq!((mac.state(), asked.load(Ordering::SeqCst)), (State::On, 2));
    let (other, heard) = with_backend(docker_desktop(), Says(200, ON), Says(404, ""));
    let (mac, _) = linked(other.path(SOCKET).to_str().unwrap());
    assert_eq!((mac.state(), heard.load(Ordering::SeqCst)), (State::Off, 0));
}

#[test]
fn it_is_asked_whether_docker_vmm_runs_the_machine() {
    let vmm = r#"{"useLibkrun": true, "useVirtualizationFramework": false, "useVirtualizationFrameworkRosetta": false}"#;
    let (mac, _) = with_backend(docker_desktop(), Says(200, vmm), Says(404, ""));
    assert_eq!(mac.words(), ("impossible", "backend", Some("docker-vmm")));
}

#[test]
fn what_is_locked_from_afar_shows_in_the_groups() {
    let flat = r#"{"useVirtualizationFramework": true, "useVirtualizationFrameworkRosetta": false}"#;
    let (mac, _) = with_backend(docker_desktop(), Says(200, flat), Says(200, GROUPED));
    let found = mac.rosetta();
    assert_eq!((found.state, found.locked), (State::Off, true));
    let (mac, _) = with_backend(docker_desktop(), Says(404, "page not found"), Says(200, GROUPED));
    let found = mac.rosetta();
    assert_eq!(
        (found.state, found.locked, found.source.as_str()),
        (State::Off, true, "backend")
    );
}

#[test]
fn a_lock_that_the_running_one_does_not_follow_is_a_conflict() {
    let mac = docker_desktop().managed(r#"{"locked": true, "value": false}"#);
    let (mac, _) = with_backend(mac, Says(200, ON), Says(404, ""));
    assert_eq!((mac.state(), mac.rosetta().locked), (State::On, false));
    assert!(mac.conflicts()[0].contains("Docker Business organisation"));
}

#[test]
fn that_it_was_left_off_is_seen_in_the_file() {
    let left = r#"{"UseLibkrun": false, "UseVirtualizationFramework": true, "UseVirtualizationFrameworkRosetta": false}"#;
    let flat = r#"{"useLibkrun": false, "useVirtualizationFramework": true, "useVirtualizationFrameworkRosetta": false}"#;
    let (mac, _) = with_backend(docker_desktop().store(left), Says(200, flat), Says(404, ""));
    assert_eq!(mac.words().1, "backend");
    assert!(mac.why().contains("backend.sock` says"));
    assert!(mac.conflicts()[0].contains("probably left off when Docker VMM was tried"));
}

#[test]
fn one_whose_pages_contradict_each_other_is_unknown() {
    let flat = r#"{"useVirtualizationFramework": true, "useVirtualizationFrameworkRosetta": true}"#;
    let (mac, _) = with_backend(docker_desktop(), Says(200, flat), Says(200, GROUPED));
    assert_eq!((mac.words().0, mac.words().1), ("unknown", "backend"));
    assert!(mac.why().contains("contradict each other"));
}

#[test]
fn other_forms_of_the_same_answer_are_followed() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        2f\r\n{\"useVirtualizationFrameworkRosetta\": {\"value\":\r\n7\r\n true}}\r\n0\r\n\r\n";
    let closed = "HTTP/1.1 200 OK\r\n\r\n{\"UseVirtualizationFrameworkRosetta\": true}";
    for answer in [chunked, closed] {
        let (mac, _) = with_backend(docker_desktop().store(OFF_FILE), Raw(answer), Says(404, ""));
        assert_eq!(mac.words().0, "on", "{answer}");
        assert_eq!(mac.words().1, "backend");
    }
}

#[test]
fn one_without_such_a_page_leaves_the_files_to_be_followed() {
    for (flat, grouped) in [
        (Says(404, "x"), Says(404, "x")),
        (Says(200, "{}"), Says(200, "{\"vm\": {}}")),
    ] {
        let (mac, _) = with_backend(docker_desktop().store(OFF_FILE), flat, grouped);
        assert_eq!(
            mac.words(),
            ("off", "settings-file", Some("apple-virtualization"))
        );
        assert!(said(&mac).contains("so that Docker Desktop's files are followed"));
    }
}

#[test]
fn one_that_deviates_is_unknown_whatever_the_file_says() {
    for flat in [
        Says(200, "<html>"),
        Says(200, "[1]"),
        Says(200, r#"{"useVirtualizationFrameworkRosetta": "yes"}"#),
        Says(200, r#"{"useVirtualizationFrameworkRosetta": {"value": 1}}"#),
        Says(500, "oops"),
        Raw("SSH-2.0-OpenSSH\r\n\r\n"),
        Raw("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{}"),
        Raw("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n{}"),
        Raw(""),
    ] {
        let (mac, _) = with_backend(docker_desktop().store(OFF_FILE), flat, Says(404, ""));
        assert_eq!(mac.words().0, "unknown");
        assert_eq!(mac.words().1, "backend");
        assert!(mac.conflicts()[0].ends_with("alone would say `off`"));
        assert!(!mac.steps().is_empty());
    }
}

#[test]
fn one_that_hangs_is_unknown_and_not_waited_for() {
    let (mac, asked) = with_backend(docker_desktop().store(OFF_FILE), Hangs, Hangs);
    let found = mac.rosetta();
    assert!(
        matches!(found.why, Why::Unreadable(HostError::Silent { seconds: 2, .. })),
        "{:?}",
        found.why
    );
    assert_eq!((found.state, asked.load(Ordering::SeqCst)), (State::Unknown, 1));
}

#[test]
fn one_that_takes_no_connection_is_unknown_too() {
    let mac = docker_desktop().store(OFF_FILE).file(format!("{SOCKET}.d"), "");
    let listener = UnixListener::bind(mac.path(SOCKET)).unwrap();
    // Nobody takes what waits, and at last nobody can wait any more.
    let waiting: Vec<_> = (0..4096).map_while(|_| waits(&mac.path(SOCKET))).collect();
    assert_eq!(mac.words().0, "unknown");
    drop((listener, waiting));
}

/// A connection that was taken into the queue at once.
fn waits(socket: &std::path::Path) -> Option<std::os::unix::net::UnixStream> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let socket = socket.to_owned();
    thread::spawn(move || sender.send(std::os::unix::net::UnixStream::connect(socket)));
    receiver
        .recv_timeout(std::time::Duration::from_millis(300))
        .ok()?
        .ok()
}

#[test]
fn a_socket_that_was_left_behind_is_no_backend() {
    let mac = docker_desktop().store(OFF_FILE).file(format!("{SOCKET}.d"), "");
    drop(UnixListener::bind(mac.path(SOCKET)).unwrap());
    assert_eq!(
        mac.words(),
        ("off", "settings-file", Some("apple-virtualization"))
    );
    let mac = docker_desktop().store(OFF_FILE).file(SOCKET, "no socket");
    assert_eq!(mac.words().1, "settings-file");
}
