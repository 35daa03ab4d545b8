//! Sockets that nobody answers, or that something else answers: each gives the contract's error and exit code.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    process::Command,
    thread,
};

use lab::{Answer, Archlight, FOREIGN, Generation, ImageSpec, Variant};

/// Asks for the status at a socket in a folder that `make` filled.
fn status(make: impl FnOnce(&Path)) -> Answer {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let socket = folder.path().join("docker.sock");
    make(&socket);
    Archlight::at(&format!("unix://{}", socket.display())).ask(&["status"])
}

/// A listener that hands each connection to `serve`, for as long as the test runs.
fn listen(socket: &Path, serve: impl Fn(UnixStream) + Send + 'static) {
    let listener = UnixListener::bind(socket).expect("the socket can be made");
    thread::spawn(move || listener.incoming().flatten().for_each(serve));
}

/// Reads a request up to its end.
fn hear(stream: &mut UnixStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read_exact(&mut byte).is_err() {
            return;
        }
        request.extend(byte);
    }
}

/// Reads a request, and answers with `body` as JSON.
fn answer(mut stream: UnixStream, body: &str) {
    hear(&mut stream);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok();
}

fn expect(answer: &Answer, kind: &str) {
    assert_eq!(
        (answer.code, &answer.json["error"]["kind"]),
        (3, &kind.into()),
        "{}",
        answer.json
    );
    for field in ["message", "hint"] {
        assert!(!answer.json["error"][field].as_str().expect("a text").is_empty());
    }
}

#[test]
fn a_socket_that_is_not_there_is_unreachable() {
    expect(&status(|_| {}), "engine-unreachable");
    expect(
        &status(|socket| std::fs::write(socket, "").expect("a file")),
        "engine-unreachable",
    );
}

#[test]
fn a_socket_that_nobody_answers_any_more_is_unreachable() {
    let stale = |socket: &Path| drop(UnixListener::bind(socket).expect("a socket"));
    expect(&status(stale), "engine-unreachable");
}

#[test]
fn no_socket_at_all_is_no_engine() {
    let folder = tempfile::tempdir().expect("a folder");
    let archlight = Archlight::at("");
    let answer = archlight.ask(&["status", "--root", &folder.path().display().to_string()]);
    expect(&answer, "no-engine");
}

#[test]
fn an_engine_that_hangs_is_given_up() {
    let hang = |socket: &Path| {
        listen(socket, |stream| {
            thread::spawn(move || {
                thread::park();
                drop(stream);
            });
        });
    };
    expect(&status(hang), "engine-timeout");
}

#[test]
fn something_else_that_answers_is_no_engine() {
    for garbage in [
        "\0\u{1}\u{2}garbage",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{\"x",
        "SSH-2.0-OpenSSH\r\n",
    ] {
        let serve = move |socket: &Path| {
            listen(socket, move |mut stream| {
                hear(&mut stream);
                stream.write_all(garbage.as_bytes()).ok();
            });
        };
        let answer = status(serve);
        assert_eq!(answer.code, 3, "{garbage:?}: {}", answer.json);
    }
    let json = |socket: &Path| listen(socket, |stream| answer(stream, r#"{"hello":["world"]}"#));
    expect(&status(json), "not-an-engine");
}

#[test]
fn an_engine_that_is_too_old_or_too_new_says_so() {
    let old = |socket: &Path| {
        listen(socket, |stream| {
            answer(stream, r#"{"Version":"19.03","ApiVersion":"1.40"}"#);
        });
    };
    expect(&status(old), "engine-too-old");
    let new = r#"{"Version":"99","ApiVersion":"9.9","MinAPIVersion":"9.0"}"#;
    expect(
        &status(move |socket| listen(socket, move |stream| answer(stream, new))),
        "engine-too-new",
    );
}

#[test]
fn a_socket_that_the_user_may_not_open_says_so() {
    let lab = lab::require!("permissions");
    let engine = lab.start(Generation::Old);
    let mut chmod = Command::new("chmod");
    assert!(
        chmod
            .arg("600")
            .arg(engine.socket())
            .status()
            .expect("chmod is there")
            .success()
    );
    let archlight = Archlight::for_engine(&engine);
    let as_nobody = archlight.command(&["status", "--json"]);
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(as_nobody.get_program());
    command
        .args(as_nobody.get_args())
        .env("DOCKER_HOST", engine.docker_host())
        .env("HOME", "/nonexistent");
    let output = command.output().expect("setpriv is there");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    expect(
        &Answer {
            code: output.status.code().expect("a code"),
            json,
        },
        "permission-denied",
    );
}

#[test]
fn addresses_and_options_that_make_no_sense_are_usage_errors() {
    let archlight = Archlight::at("");
    for arguments in [
        &["status", "--host", "ftp://x"][..],
        &["status", "--host", "unix:///x", "--context", "y"],
        &["diagnose"],
        &["diagnose", "../../etc"],
        &["nonsense"],
    ] {
        // The name of a container is only looked at once an engine answers.
        if arguments[0] == "diagnose" && arguments.len() > 1 {
            continue;
        }
        let answer = archlight.ask(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.json);
        assert_ne!(answer.json["error"]["message"], "");
    }
    assert_eq!(
        archlight.ask(&["status", "--context", "nope"]).json["error"]["kind"],
        "unknown-context"
    );
}

/// Every way in which something is printed on standard output.
const REPORTS: [&[&str]; 6] = [
    &["status"],
    &["containers", "--json"],
    &["diagnose", "legacy-api"],
    &["rerun", "worker", "--yes", "--wait", "0"],
    &["watch"],
    &["--help"],
];

#[test]
fn an_answer_that_cannot_be_written_is_said_and_is_a_failure() {
    for arguments in REPORTS {
        let full = File::create("/dev/full").expect("Linux has it");
        let mut command = Archlight::at("").command(&[arguments, &["--sample"]].concat());
        let output = command.stdout(full).output().expect("it was built");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(
            said.contains("could not be written") && said.contains("hint: "),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    for arguments in REPORTS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Archlight::at("").command(&[arguments, &["--sample"]].concat());
        let output = command.stdout(writer).output().expect("it was built");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert!(!said.contains("error"), "{arguments:?}: {said}");
    }
}

#[test]
fn a_stale_socket_does_not_hide_an_engine_that_answers() {
    let root = tempfile::tempdir().expect("a folder");
    let archlight = Archlight::at("");
    let known = |name: &str| {
        let socket = archlight.home().join(name);
        std::fs::create_dir_all(socket.parent().expect("it has a folder")).expect("a folder");
        socket
    };
    drop(UnixListener::bind(known(".docker/run/docker.sock")).expect("a socket"));
    let arguments = ["status", "--root", &root.path().display().to_string()];
    let stale = archlight.ask(&arguments);
    expect(&stale, "engine-unreachable");
    let message = stale.json["error"]["message"].as_str().expect("a message");
    assert!(message.contains(".docker/run/docker.sock"), "{message}");
    listen(&known(".rd/docker.sock"), |stream| {
        answer(stream, r#"{"Version":"19.03","ApiVersion":"1.40"}"#);
    });
    expect(&archlight.ask(&arguments), "engine-too-old");
}

#[test]
fn a_container_that_is_gone_is_not_found_and_odd_names_reach_no_other_path() {
    let lab = lab::require!("lost containers");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    assert_eq!(
        archlight.ask(&["diagnose", "nobody"]).json["error"]["kind"],
        "not-found"
    );
    let odd = archlight.ask(&["diagnose", "../images"]);
    assert_eq!((odd.code, &odd.json["error"]["kind"]), (2, &"bad-name".into()));
}

#[test]
fn containers_that_go_away_while_they_are_read_do_not_end_the_list() {
    let lab = lab::require!("lost containers");
    let engine = lab.start(Generation::Old);
    let archlight = Archlight::for_engine(&engine);
    let variant = Variant::with_tools(&format!("linux/{FOREIGN}"), lab.busybox(FOREIGN));
    let image = engine.push(&ImageSpec::new("acme/gone", "1").variant(variant));
    for _ in 0..20 {
        engine.docker_ok(&["run", "-d", &image]);
    }
    let ids = engine.docker_ok(&["ps", "-aq"]);
    let ids: Vec<&str> = ids.lines().collect();
    thread::scope(|scope| {
        scope.spawn(|| ids.iter().for_each(|id| drop(engine.docker(&["rm", "-f", id]))));
        for _ in 0..10 {
            let list = archlight.ask_ok(&["containers"]);
            assert!(list["containers"].as_array().expect("a list").len() <= 20);
        }
    });
    assert_eq!(
        archlight.ask_ok(&["containers"])["containers"],
        serde_json::json!([])
    );
}
