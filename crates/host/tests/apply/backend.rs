//! A fake Docker Desktop that runs: one that follows, and all that deviate.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    sync::{Arc, Mutex},
    thread,
};

use host::{
    State,
    apply::{ApplyError, BackendError, Refusal, Restart, Want, Way},
};

use crate::mac::{Mac, OFF, STORE, kinds};

const SOCKET: &str = "Library/Containers/com.docker.docker/Data/backend.sock";
const ENGINE: &str = "Library/Containers/com.docker.docker/Data/docker.raw.sock";

/// How it answers what it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// It follows, with this status and in chunks.
    Follows(u16),
    /// It says that it did, and follows only when it was asked so often again.
    FollowsAfter(u32),
    /// It says that it did, and did not.
    Ignores,
    /// It refuses with this status.
    Fails(u16),
    /// It never answers.
    Hangs,
    /// It ends the talk.
    Closes,
}

/// How it answers what it is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Settings,
    Locked,
    DockerVmm,
    Garbage,
    OtherShape,
    /// Rosetta as text, or not at all, beside what is known.
    RosettaAsText,
    WithoutRosetta,
    LockAsText,
    Giant,
    Endless,
    Hangs,
    NotFound,
}

struct Backend {
    is_on: bool,
    /// What it is to say, after so many questions.
    later: Option<(u32, bool)>,
    heard: Vec<String>,
}

fn start(mac: &Mac, asked: Asked, tells: Tells) -> Arc<Mutex<Backend>> {
    start_at(mac, SOCKET, asked, tells)
}

fn start_at(mac: &Mac, socket: &str, asked: Asked, tells: Tells) -> Arc<Mutex<Backend>> {
    let listener = listen(mac, socket);
    let backend = Arc::new(Mutex::new(Backend {
        is_on: false,
        later: None,
        heard: Vec::new(),
    }));
    let shared = Arc::clone(&backend);
    // It ends with the test's process.
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let shared = Arc::clone(&shared);
            thread::spawn(move || answer(client, &shared, asked, tells));
        }
    });
    backend
}

#[test]
fn nobody_is_told_who_is_out_of_the_roots() {
    let mac = Mac::with_docker_desktop("4.43.0", OFF);
    let other = Mac::new();
    let backend = start(&other, Asked::Settings, Tells::Follows(200));
    let socket = mac.at(SOCKET);
    std::fs::create_dir_all(socket.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(other.at(SOCKET), &socket).unwrap();
    let plan = mac.plan(Want::On, None);
    assert_eq!((kinds(&plan), plan.way.clone()), (Vec::new(), Some(Way::File)));
    mac.write(&plan).unwrap();
    assert!(mac.text(STORE).contains("Rosetta\": true"));
    assert!(backend.lock().unwrap().heard.is_empty());

    std::fs::remove_file(&socket).unwrap();
    let listens = start_at(&mac, "moved.sock", Asked::Settings, Tells::Follows(200));
    std::os::unix::fs::symlink("/Users/me/moved.sock", &socket).unwrap();
    let plan = mac.plan(Want::On, None);
    assert!(matches!(plan.way, Some(Way::Backend { .. })), "{plan:?}");
    mac.write(&plan).unwrap();
    assert_eq!(listens.lock().unwrap().heard.len(), 1);
}

fn listen(mac: &Mac, socket: &str) -> UnixListener {
    let path = mac.at(socket);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    UnixListener::bind(path).unwrap()
}

fn answer(mut client: UnixStream, backend: &Mutex<Backend>, asked: Asked, tells: Tells) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|count| *count > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let bytes = if first.starts_with("POST") {
        told(&body, backend, tells)?
    } else {
        said(&first, backend, asked)?
    };
    client.write_all(&bytes).ok()
}

fn told(body: &str, backend: &Mutex<Backend>, tells: Tells) -> Option<Vec<u8>> {
    let mut backend = backend.lock().ok()?;
    backend.heard.push(body.to_owned());
    match tells {
        Tells::Follows(status) => {
            backend.is_on = body.contains(r#"Rosetta":{"value":true}"#);
            Some(format!("HTTP/1.1 {status} Done\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").into())
        }
        Tells::FollowsAfter(questions) => {
            backend.later = Some((questions, body.contains(r#"Rosetta":{"value":true}"#)));
            Some(b"HTTP/1.1 204 Done\r\n\r\n".to_vec())
        }
        Tells::Ignores => Some(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
        Tells::Fails(status) => Some(format!("HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno").into()),
        Tells::Hangs => {
            drop(backend);
            hang()
        }
        Tells::Closes => None,
    }
}

fn said(first: &str, backend: &Mutex<Backend>, asked: Asked) -> Option<Vec<u8>> {
    let is_flat = first.contains("/flat ");
    let mut backend = backend.lock().ok()?;
    match backend.later {
        Some((0, is_on)) => (backend.is_on, backend.later) = (is_on, None),
        Some((questions, is_on)) if is_flat => backend.later = Some((questions - 1, is_on)),
        Some(_) | None => {}
    }
    let is_on = backend.is_on;
    drop(backend);
    let json = match asked {
        Asked::Garbage => return Some(b"\x16\x03\x01 not http at all".to_vec()),
        Asked::Giant => return Some(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{".to_vec()),
        Asked::Endless => {
            let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
            bytes.resize(3 * 1024 * 1024, b' ');
            return Some(bytes);
        }
        Asked::Hangs => return hang(),
        Asked::NotFound => return Some(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()),
        Asked::OtherShape => r#"{"settings":[{"name":"rosetta"}]}"#.to_owned(),
        Asked::RosettaAsText => {
            r#"{"useVirtualizationFramework":true,"useVirtualizationFrameworkRosetta":"false"}"#.to_owned()
        }
        Asked::WithoutRosetta => r#"{"useVirtualizationFramework":true,"useLibkrun":false}"#.to_owned(),
        Asked::LockAsText if !is_flat => {
            r#"{"desktop":{"useVirtualizationFrameworkRosetta":{"value":false,"locked":"no"}}}"#.to_owned()
        }
        Asked::Settings | Asked::Locked | Asked::DockerVmm | Asked::LockAsText if is_flat => format!(
            r#"{{"memoryMiB":8092,"useVirtualizationFramework":{},"useVirtualizationFrameworkRosetta":{is_on}}}"#,
            asked != Asked::DockerVmm
        ),
        Asked::Settings | Asked::Locked | Asked::DockerVmm | Asked::LockAsText => format!(
            r#"{{"desktop":{{"useLibkrun":{},"useVirtualizationFrameworkRosetta":{{"value":{is_on},"locked":{}}}}}}}"#,
            asked == Asked::DockerVmm,
            asked == Asked::Locked
        ),
    };
    let length = json.len();
    Some(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{json}").into())
}

/// Longer than anybody waits for an answer.
fn hang<T>() -> Option<T> {
    thread::park();
    None
}

fn mac() -> Mac {
    Mac::with_docker_desktop("4.91.0", OFF)
}

#[test]
fn one_that_runs_is_told_and_its_file_is_left_to_it() {
    for status in [200, 204] {
        let mac = mac();
        let backend = start(&mac, Asked::Settings, Tells::Follows(status));
        let plan = mac.plan(Want::On, None);
        assert_eq!(kinds(&plan), [""; 0]);
        assert!(matches!(plan.way, Some(Way::Backend { .. })) && plan.state == State::Off);
        assert!(
            matches!(&plan.restart, Restart::ByCommands(all) if all[0].words == ["docker", "desktop", "restart"])
        );
        mac.write(&plan).unwrap();
        let on = r#"{"desktop":{"useVirtualizationFramework":true,"useVirtualizationFrameworkRosetta":{"value":true}}}"#;
        assert_eq!(backend.lock().unwrap().heard, [on]);
        assert_eq!(mac.text(STORE), OFF);
        assert!(mac.plan(Want::On, None).is_done());
        mac.write(&mac.plan_undo().unwrap()).unwrap();
        let off = r#"{"desktop":{"useVirtualizationFrameworkRosetta":{"value":false}}}"#;
        assert_eq!(backend.lock().unwrap().heard, [on, off]);
        assert_eq!(mac.plan_undo(), Err(ApplyError::NothingToUndo));
    }
}

#[test]
fn an_older_one_is_restarted_by_hand() {
    let mac = Mac::with_docker_desktop("4.36.0", OFF);
    start(&mac, Asked::Settings, Tells::Follows(200));
    assert_eq!(mac.plan(Want::On, None).restart, Restart::ByHand);
}

#[test]
fn what_it_says_counts_before_its_file_and_so_does_its_lock() {
    let on = OFF.replace("Rosetta\": false", "Rosetta\": true");
    let mac = Mac::with_docker_desktop("4.91.0", &on);
    start(&mac, Asked::Settings, Tells::Follows(200));
    assert!(
        mac.plan(Want::Off, None).is_done(),
        "it is off, whatever the file says"
    );
    let locked = self::mac();
    start(&locked, Asked::Locked, Tells::Follows(200));
    assert_eq!(kinds(&locked.plan(Want::On, None)), ["locked"]);
    let vmm = self::mac();
    start(&vmm, Asked::DockerVmm, Tells::Follows(200));
    assert_eq!(kinds(&vmm.plan(Want::On, None)), ["other-machine-manager"]);
    assert!(vmm.plan(Want::Off, None).is_done());
}

#[test]
fn one_that_deviates_when_asked_is_not_told_anything() {
    let cases = [
        (Asked::Garbage, BackendError::OtherForm),
        (Asked::OtherShape, BackendError::OtherForm),
        (Asked::RosettaAsText, BackendError::OtherForm),
        (Asked::WithoutRosetta, BackendError::OtherForm),
        (Asked::LockAsText, BackendError::OtherForm),
        (Asked::NotFound, BackendError::Status { status: 404 }),
        (Asked::Giant, BackendError::TooLong { limit: 1024 * 1024 }),
        (Asked::Endless, BackendError::TooLong { limit: 1024 * 1024 }),
        (Asked::Hangs, BackendError::Silent { seconds: 5 }),
    ];
    for (asked, error) in cases {
        let mac = mac();
        let backend = start(&mac, asked, Tells::Follows(200));
        let plan = mac.plan(Want::On, None);
        assert_eq!(plan.refusals, [Refusal::Backend(error)]);
        assert_eq!(mac.write(&plan), Err(ApplyError::Refused));
        assert!(backend.lock().unwrap().heard.is_empty());
        assert_eq!(mac.text(STORE), OFF);
    }
}

#[test]
fn one_that_deviates_when_told_is_told_of_with_what_it_says_now() {
    let cases = [
        (Tells::Ignores, BackendError::Ignored),
        (Tells::Fails(500), BackendError::Status { status: 500 }),
        (Tells::Fails(404), BackendError::Status { status: 404 }),
        (Tells::Closes, BackendError::OtherForm),
        (Tells::Hangs, BackendError::Silent { seconds: 5 }),
    ];
    for (tells, error) in cases {
        let mac = mac();
        start(&mac, Asked::Settings, tells);
        let written = mac.write(&mac.plan(Want::On, None)).unwrap_err();
        let ApplyError::Uncertain { told, said, now } = &written else {
            panic!("{written:?}");
        };
        assert_eq!((said, *now), (&error, Some(false)));
        assert!(told.contains("useVirtualizationFrameworkRosetta"), "{told}");
        assert_eq!(mac.text(STORE), OFF);
    }
}

#[test]
fn one_that_can_not_be_told_keeps_its_file_until_it_is_quit() {
    let mac = mac();
    let engine = listen(&mac, ENGINE);
    assert_eq!(kinds(&mac.plan(Want::On, None)), ["runtime-runs"]);
    assert!(mac.plan(Want::Off, None).is_done());
    drop(engine);
    let plan = mac.plan(Want::On, None);
    assert_eq!(
        plan.way,
        Some(Way::File),
        "a socket that nobody answers is no running program"
    );
    let _started = (std::fs::remove_file(mac.at(ENGINE)), listen(&mac, ENGINE));
    assert!(matches!(mac.write(&plan), Err(ApplyError::RunsNow { .. })));
    assert_eq!((mac.text(STORE).as_str(), mac.beside(STORE).len()), (OFF, 1));
}

#[test]
fn what_was_written_before_it_was_started_is_taken_back_through_it() {
    let mac = mac();
    mac.write(&mac.plan(Want::On, None)).unwrap();
    let backend = start(&mac, Asked::Settings, Tells::Follows(200));
    backend.lock().unwrap().is_on = true;
    let undo = mac.plan_undo().unwrap();
    assert!(matches!(undo.way, Some(Way::Backend { .. })), "{undo:?}");
    mac.write(&undo).unwrap();
    assert!(!backend.lock().unwrap().is_on);
}

#[test]
fn one_that_follows_late_is_waited_for() {
    let mac = mac();
    let backend = start(&mac, Asked::Settings, Tells::FollowsAfter(15));
    mac.write(&mac.plan(Want::On, None)).unwrap();
    assert!(backend.lock().unwrap().is_on);
}

#[test]
fn one_that_may_still_follow_is_told_the_value_of_before_and_only_then_it_is_forgotten() {
    let mac = mac();
    let backend = start(&mac, Asked::Settings, Tells::FollowsAfter(1000));
    let told = mac.write(&mac.plan(Want::On, None));
    assert!(matches!(told, Err(ApplyError::Uncertain { .. })), "{told:?}");
    let undo = mac.plan_undo().unwrap();
    assert!(!undo.is_done() && undo.state == State::Off, "{undo:?}");
    mac.write(&undo).unwrap();
    let heard = backend.lock().unwrap().heard.clone();
    assert!(
        heard.len() == 2 && heard[1].contains(r#"Rosetta":{"value":false}"#),
        "{heard:?}"
    );
    assert_eq!(mac.plan_undo(), Err(ApplyError::NothingToUndo));
}
