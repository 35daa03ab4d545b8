//! What is found in the folder that is built.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use sources::dockerfile::{Answers, Context, Dockerfile, check};

/// A folder of files: `(path, permissions, content)`.
type Files<'a> = &'a [(&'a str, u32, &'a [u8])];

const SCRIPT: &[u8] = b"#!/bin/sh\nexec true\n";
const CRLF: &[u8] = b"#!/bin/sh\r\nexec true\r\n";
const BASH: &[u8] = b"#!/usr/bin/env bash\nexec true\n";
const MACH: &[u8] = b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

fn elf(architecture: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../platform/tests/fixtures/arch-test");
    fs::read(folder.join(architecture)).expect("a program")
}

/// What is found: `line rule severity`.
fn found(dockerfile: &str, files: Files) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, mode, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).expect("its owner");
    }
    let path: PathBuf = folder.path().join("Dockerfile");
    let file = Dockerfile::parse(dockerfile.as_bytes()).expect("it is whole");
    let report = check(
        &file,
        "Dockerfile",
        &Context::look(folder.path(), &path),
        &Answers::default(),
    );
    let say = |one: &sources::dockerfile::Finding| {
        format!("{} {} {}", one.line, one.rule.id(), one.severity.as_str())
    };
    report.findings.iter().map(say).collect()
}

#[track_caller]
fn assert_found(dockerfile: &str, files: Files, expected: &[&str]) {
    assert_eq!(found(dockerfile, files), expected, "{dockerfile}");
}

#[test]
fn modules_of_the_host_are_found_where_no_dockerignore_keeps_them_out() {
    let install = "FROM node:22\nCOPY package.json .\nRUN npm install\nCOPY . .\nCMD [\"node\", \"a.js\"]\n";
    let package: (&str, u32, &[u8]) = ("package.json", 0o644, b"{}");
    let module: (&str, u32, &[u8]) = ("node_modules/x/index.js", 0o644, b"");
    let there = ["4 copy-node-modules warning"];
    let to_come = ["4 copy-node-modules note"];
    assert_found(install, &[package, module], &there);
    assert_found(install, &[package], &to_come);
    assert_found(
        install,
        &[package, module, (".dockerignore", 0o644, b"**/node_modules")],
        &[],
    );
    assert_found(
        install,
        &[package, (".dockerignore", 0o644, b"node_modules/\n")],
        &[],
    );
    assert_found(install, &[package, (".dockerignore", 0o644, b"dist\n")], &to_come);
    assert_found(
        install,
        &[
            package,
            (".dockerignore", 0o644, b"node_modules\n!node_modules\n"),
        ],
        &to_come,
    );
    assert_found(
        install,
        &[package, ("Dockerfile.dockerignore", 0o644, b"node_modules")],
        &[],
    );
    let clean = "FROM node:22\nCOPY . .\nRUN npm ci\n";
    assert_found(clean, &[package, module], &[]);
    assert_found("FROM node:22\nCOPY . .\n", &[package], &[]);
    let part = "FROM node:22\nRUN yarn\nCOPY web /web\n";
    assert_found(
        part,
        &[("web/package.json", 0o644, b"{}")],
        &["3 copy-node-modules note"],
    );
    assert_found(part, &[("web/a.go", 0o644, b""), package], &[]);
}

#[test]
fn python_environments_are_known_by_their_configuration() {
    let all = "FROM python:3.12\nCOPY . /app\n";
    let environment: (&str, u32, &[u8]) = ("env/pyvenv.cfg", 0o644, b"home = /usr/bin\n");
    assert_found(all, &[environment], &["2 copy-virtualenv warning"]);
    assert_found(all, &[environment, (".dockerignore", 0o644, b"env\n")], &[]);
    assert_found(
        "FROM python:3.12\nCOPY env /env\n",
        &[environment],
        &["2 copy-virtualenv error"],
    );
    assert_found(
        "FROM python:3.12\nCOPY env /env\n",
        &[("env/prod", 0o644, b"A=1")],
        &[],
    );
    assert_found(
        "FROM python:3.12\nCOPY venv /v\n",
        &[("venv/notes", 0o644, b"")],
        &[],
    );
}

#[test]
fn programs_are_known_by_their_bytes() {
    let (amd, arm) = (elf("amd64"), elf("arm64"));
    let one = "FROM debian:12\nCOPY tool /usr/local/bin/\n";
    assert_found(one, &[("tool", 0o755, &amd)], &["2 copy-foreign-binary warning"]);
    assert_found(one, &[("tool", 0o755, MACH)], &["2 copy-foreign-binary error"]);
    assert_found(one, &[("tool", 0o755, SCRIPT)], &[]);
    assert_found(
        one,
        &[("tool", 0o755, &amd), (".dockerignore", 0o644, b"tool")],
        &[],
    );
    let fixed = "FROM --platform=linux/amd64 debian:12 AS amd64\nCOPY tool /usr/local/bin/\n";
    assert_found(fixed, &[("tool", 0o755, &amd)], &[]);
    let both = "FROM debian:12\nCOPY bin/ /bin/\n";
    assert_found(
        both,
        &[("bin/amd64/t", 0o755, &amd), ("bin/arm64/t", 0o755, &arm)],
        &[],
    );
    assert_found(
        both,
        &[("bin/t", 0o755, &amd)],
        &["2 copy-foreign-binary warning"],
    );
    let chosen = "FROM debian:12\nARG TARGETARCH\nCOPY bin/$TARGETARCH/t /bin/\n";
    assert_found(chosen, &[("bin/amd64/t", 0o755, &amd)], &[]);
    let stray =
        "FROM golang AS build\nCOPY . .\nRUN go build -o /out/t\nFROM scratch\nCOPY --from=build /out/t /t\n";
    assert_found(stray, &[("t", 0o755, &amd)], &[]);
    let all = "FROM debian:12\nCOPY . .\n";
    assert_found(all, &[("tests/data/t", 0o755, &amd)], &[]);
    assert_found(
        all,
        &[("lib/x.node", 0o644, &amd)],
        &["2 copy-foreign-binary warning"],
    );
    assert_found(one, &[], &[]);
}

#[test]
fn scripts_with_the_line_ends_of_windows_are_found_where_they_are_executed() {
    let start = "FROM debian:12\nCOPY start.sh /\nENTRYPOINT [\"/start.sh\"]\n";
    let crlf: Files = &[("start.sh", 0o755, CRLF)];
    assert_found(start, crlf, &["2 script-crlf error"]);
    assert_found(start, &[("start.sh", 0o755, SCRIPT)], &[]);
    let mended =
        "FROM debian:12\nCOPY start.sh /\nRUN sed -i 's/\\r$//' /start.sh\nENTRYPOINT [\"/start.sh\"]\n";
    assert_found(mended, crlf, &[]);
    let by_shell = "FROM debian:12\nWORKDIR /app\nCOPY . .\nCMD sh ./start.sh\n";
    assert_found(by_shell, crlf, &["3 script-crlf error"]);
    assert_found("FROM debian:12\nCOPY start.sh /\n", crlf, &[]);
    let python = "FROM python\nCOPY start.sh /\nCMD [\"python\", \"/start.sh\"]\n";
    assert_found(python, crlf, &[]);
    let init = "FROM debian:12\nCOPY start.sh /\nENTRYPOINT [\"/usr/bin/tini\", \"--\", \"/start.sh\"]\n";
    assert_found(init, crlf, &["2 script-crlf error"]);
    let windows = "FROM mcr.microsoft.com/windows/nanoserver\nCOPY start.sh /\nENTRYPOINT [\"/start.sh\"]\n";
    assert_found(windows, crlf, &[]);
}

#[test]
fn scripts_that_may_not_be_executed_are_found_unless_something_unlocks_them() {
    let locked: Files = &[("start.sh", 0o644, SCRIPT)];
    let error = ["2 script-not-executable error"];
    let file = |copy: &str, rest: &str| format!("FROM debian:12\n{copy}\n{rest}\n");
    let copy = "COPY start.sh /usr/local/bin/";
    assert_found(&file(copy, "ENTRYPOINT [\"start.sh\"]"), locked, &error);
    assert_found(
        &file(copy, "CMD [\"/usr/local/bin/start.sh\", \"x\"]"),
        locked,
        &error,
    );
    assert_found(&file(copy, "RUN /usr/local/bin/start.sh"), locked, &error);
    assert_found(
        &file("COPY start.sh /go", "ENTRYPOINT exec /go --now"),
        locked,
        &error,
    );
    for rest in [
        "RUN chmod +x /usr/local/bin/start.sh\nENTRYPOINT [\"start.sh\"]",
        "RUN chmod -R 755 /usr/local/bin\nENTRYPOINT [\"start.sh\"]",
        "RUN chmod +x /usr/local/bin/*.sh\nENTRYPOINT [\"start.sh\"]",
        "RUN cd /usr/local/bin && chmod a+x start.sh\nENTRYPOINT [\"start.sh\"]",
        "RUN find /usr -name '*.sh' -exec chmod +x {} +\nENTRYPOINT [\"start.sh\"]",
        "ENTRYPOINT [\"sh\", \"/usr/local/bin/start.sh\"]",
        "ENTRYPOINT [\"other.sh\"]",
        "ENTRYPOINT [\"/bin/x\"]\nCMD [\"start.sh\"]",
    ] {
        assert_found(&file(copy, rest), locked, &[]);
    }
    let said = file(
        "COPY --chmod=755 start.sh /usr/local/bin/",
        "ENTRYPOINT [\"start.sh\"]",
    );
    assert_found(&said, locked, &[]);
    assert_found(
        &file(copy, "ENTRYPOINT [\"start.sh\"]"),
        &[("start.sh", 0o755, SCRIPT)],
        &[],
    );
    let parent = "FROM debian:12 AS base\nCOPY start.sh /\nFROM base\nENTRYPOINT [\"/start.sh\"]\n";
    assert_found(parent, locked, &error);
    let replaced =
        "FROM debian:12\nCOPY start.sh /\nCOPY --from=x /start.sh /start.sh\nENTRYPOINT [\"/start.sh\"]\n";
    assert_found(replaced, locked, &[]);
}

#[test]
fn scripts_for_bash_are_found_on_alpine() {
    let start = |image: &str, more: &str| {
        format!("FROM {image}\n{more}COPY start.sh /\nENTRYPOINT [\"/start.sh\"]\n")
    };
    let bash: Files = &[("start.sh", 0o755, BASH)];
    assert_found(&start("alpine:3.20", ""), bash, &["2 bash-on-alpine error"]);
    assert_found(
        &start("golang:1.23-alpine", ""),
        bash,
        &["2 bash-on-alpine error"],
    );
    assert_found(&start("alpine", "RUN apk add bash\n"), bash, &[]);
    assert_found(&start("debian", ""), bash, &[]);
    assert_found(&start("alpine", ""), &[("start.sh", 0o755, SCRIPT)], &[]);
    let by_sh = "FROM alpine\nCOPY start.sh /\nENTRYPOINT [\"sh\", \"/start.sh\"]\n";
    assert_found(by_sh, bash, &[]);
}
