//! Words of programs and engines, and what is concluded from them.

use diagnosis::{Copied, Diagnosis, Ending, Facts, Health, Hints, Known, Memory, State, diagnose, leads};
use platform::{Asides, File, Link, Platform, Role, Sought, Target, Via, read_program};

/// Chains, endings and places for the words that are combined.
pub(crate) const CHOICES: u64 = 42;

/// The bounds that are promised.
const LEADS: usize = 8;
const LINE: usize = 1024;
const SENTENCE: usize = 16 * 1024;
const PIECES: usize = 64;

const AMD64: &[u8] = include_bytes!("../../crates/platform/tests/fixtures/arch-test/amd64");
const ARM64: &[u8] = include_bytes!("../../crates/platform/tests/fixtures/arch-test/arm64");

pub(crate) fn look(bytes: &[u8], choice: u64) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let leads = crate::sure(|| leads(&lines));
    assert!(leads.len() <= LEADS);
    for lead in &leads {
        assert!(lead.line.len() <= LINE && !is_empty(&lead.what), "{lead:?}");
    }
    let facts = facts(bytes, lines, choice);
    let diagnosis = crate::sure(|| diagnose(&facts));
    check(&facts, &diagnosis);
}

fn is_empty(wanted: &Sought) -> bool {
    match wanted {
        Sought::Module(name) | Sought::Program(name) | Sought::Library { name, .. } => name.is_empty(),
        Sought::PythonModule { name, folders } => name.is_empty() || folders.is_empty(),
    }
}

fn facts(bytes: &[u8], lines: Vec<String>, choice: u64) -> Facts {
    let first = lines.first().cloned().unwrap_or_default();
    let last = lines.last().cloned().unwrap_or_default();
    let (state, exit_code, error) = match choice / 6 % 7 {
        0 => (State::Ended, 1, String::new()),
        1 => (State::Ended, 127, String::new()),
        2 => (State::Ended, 255, String::new()),
        3 => (State::Restarting, 139, String::new()),
        4 => (State::Created, 127, first.clone()),
        5 => (State::Image, 0, last.clone()),
        _ => (State::Running, 0, String::new()),
    };
    Facts {
        container: last.clone(),
        image: first.clone(),
        engine: Platform::linux("arm64"),
        claimed: Known::Known(Platform::linux("arm64")),
        program: first.clone(),
        ending: Ending {
            state,
            exit_code,
            error,
            out_of_memory: false,
        },
        chain: Known::Known(chain(bytes, &first, choice % 6)),
        unfollowed: vec![last.clone()],
        asides: Asides {
            exits: vec![exit_code],
            starts: vec![first.clone()],
            touched: vec![last.clone()],
            ..Asides::default()
        },
        witness: None,
        health: Some(Health {
            output: lines.clone(),
            exit_code: if choice.is_multiple_of(2) { 127 } else { -1 },
            chain: chain(bytes, &first, choice % 6),
        }),
        log: Known::Known(lines),
        stop_requested: Known::Unknown(first.clone()),
        user: String::new(),
        missing_source: None,
        hints: Hints {
            package_tool: Some("apk".to_owned()),
            uncached: Some("/opt".to_owned()),
            copied_by: Some(Copied {
                instruction: first.clone(),
                file: Some(first),
                may_be_of_stage: false,
            }),
            project_folder: Some(last),
            may_have_rosetta: true,
            memory: Some(Memory {
                limit: u64::MAX,
                with_swap: Some(choice),
            }),
        },
    }
}

fn chain(bytes: &[u8], path: &str, choice: u64) -> Vec<Link> {
    let script = b"#!/bin/bash\r\n";
    match choice {
        0 => Vec::new(),
        1 => vec![file(Role::Program, "/app/x", ARM64)],
        2 => vec![file(Role::Program, "/app/x", AMD64)],
        3 => vec![
            file(Role::Script, "/app/start.sh", script),
            link(Role::Interpreter, "/bin/bash\r", Target::Missing),
        ],
        4 => vec![
            file(Role::Script, path, bytes),
            file(Role::Interpreter, "/bin/sh", ARM64),
            file(Role::Command, path, bytes),
            file(Role::Module, path, AMD64),
        ],
        _ => vec![
            file(Role::Program, path, ARM64),
            link(Role::Loader, path, Target::Missing),
            link(Role::Command, path, Target::Unreadable(path.to_owned())),
        ],
    }
}

fn file(role: Role, path: &str, bytes: &[u8]) -> Link {
    let program = read_program(bytes, bytes.len() as u64);
    let file = File {
        program,
        executable: true,
        readable: true,
        barred_by: None,
    };
    link(role, path, Target::File(Box::new(file)))
}

fn link(role: Role, path: &str, target: Target) -> Link {
    Link {
        role,
        via: Via::Kernel,
        path: path.to_owned(),
        resolved: (target != Target::Missing).then(|| path.to_owned()),
        target,
        mount: None,
        asked_in: None,
    }
}

fn check(facts: &Facts, diagnosis: &Diagnosis) {
    let links = facts.chain.as_known().map_or(0, Vec::len);
    // Those of a health check stand behind the container's own.
    assert!(diagnosis.chain.len() >= links, "every link is judged");
    assert!(diagnosis.evidence.len() <= PIECES && diagnosis.remedies.len() <= PIECES);
    let evidence = diagnosis.evidence.iter().map(|piece| &piece.text);
    let remedies = diagnosis
        .remedies
        .iter()
        .flat_map(|remedy| [&remedy.title, &remedy.why]);
    for text in evidence.chain(remedies).chain([&diagnosis.summary]) {
        crate::assert_calm(text);
        assert!(text.len() <= SENTENCE, "{text}");
    }
    for judged in &diagnosis.chain {
        for text in judged.fault.iter().chain([&judged.detail]) {
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}
