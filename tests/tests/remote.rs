//! Engines on other machines: `ssh` is a stand-in that leads to a real engine here.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use lab::{Archlight, Generation, Output};

/// Asks for all containers at `address`, with `script` in the place of `ssh`.
fn containers(address: &str, script: &str, folder: &Path) -> Output {
    let program = folder.join("ssh");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let archlight = Archlight::at(address);
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut command = archlight.command(&["containers", "--json"]);
    let output = command.env("PATH", path).output().expect("it was built");
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn an_engine_at_another_port_of_another_machine_is_listed() {
    let lab = lab::require!("an engine behind ssh");
    let folder = tempfile::tempdir().expect("a folder");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let image = engine.push(
            &lab::ImageSpec::new("acme/far", "1").variant(lab::Variant::with_tools(
                &format!("linux/{}", lab::NATIVE),
                lab.busybox(lab::NATIVE),
            )),
        );
        for name in ["one", "two", "three"] {
            engine.docker_ok(&["create", "--name", name, &image]);
        }
        let script = format!(
            "printf '%s\\n' \"$@\" >> {folder}/said; exec {docker} -H unix://{socket} system dial-stdio",
            folder = folder.path().display(),
            docker = lab.cache().join("new/usr/bin/docker").display(),
            socket = engine.socket().display(),
        );
        let output = containers("ssh://ada@far.example:2222", &script, folder.path());
        assert_eq!(output.code, Some(0), "{output:?}");
        let list: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(list["containers"].as_array().map(Vec::len), Some(3), "{list}");
        let said = std::fs::read_to_string(folder.path().join("said")).expect("it was called");
        let said: Vec<&str> = said.lines().collect();
        assert!(said.windows(2).any(|two| two == ["-p", "2222"]), "{said:?}");
        assert!(said.windows(2).any(|two| two == ["-l", "ada"]), "{said:?}");
    }
}

#[test]
fn what_ssh_says_is_in_the_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "echo 'ada@far.example: Permission denied (publickey).' >&2; exit 255";
    let output = containers("ssh://ada@far.example", script, folder.path());
    let json: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        (output.code, &json["error"]["kind"]),
        (Some(3), &"engine-unreachable".into())
    );
    let message = json["error"]["message"].as_str().expect("a message");
    assert!(message.contains("Permission denied (publickey)"), "{message}");
}

#[test]
fn an_ssh_that_never_answers_is_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = containers("ssh://far.example", "exec sleep 600", folder.path());
    let json: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(
        (output.code, &json["error"]["kind"]),
        (Some(3), &"engine-timeout".into())
    );
}
