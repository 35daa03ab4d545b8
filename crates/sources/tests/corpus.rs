//! Compose files in many styles: every change changes exactly the lines that `corpus/expected.txt` names.

use std::{fmt::Write as _, fs, path::PathBuf};

use sources::{
    compose::{Request, Variables, read},
    edit::{Changes, Edited, To, edited, unified},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// All documents by their names.
fn documents() -> Vec<(String, String)> {
    let entries = fs::read_dir(folder()).expect("a folder");
    let is_compose = |path: &PathBuf| path.extension().is_some_and(|end| end == "yaml" || end == "yml");
    let mut documents: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(is_compose)
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a text"))
        })
        .collect();
    documents.sort();
    documents
}

/// The services that stand in a file, beside files that some of them name.
fn services(name: &str, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    };
    write("commons/compose.yaml", "services: {common: {image: a}}\n");
    write("here/third_party/compose.yaml", "services: {third: {image: a}}\n");
    write("here/common.yml", "services: {webapp: {image: a}}\n");
    let file = write("here/compose.yaml", text);
    let read = read(&Request {
        paths: vec![file.clone()],
        folder: folder.path().to_owned(),
        variables: Variables::default(),
    });
    let services = read.unwrap_or_else(|error| panic!("{name}: {error}")).services;
    let own = services.into_iter().filter(|service| service.spot.file == file);
    own.map(|service| service.name).collect()
}

fn change(text: &str, service: &str, to: &To) -> Edited {
    edited(text, &Changes::from([(service.to_owned(), to.clone())])).expect("it is YAML")
}

/// Far from what any of them says.
fn to() -> To {
    To::Platform("linux/riscv64".parse().expect("a platform"))
}

/// The lines that go and come, as they are to the byte, or why there are none.
fn outcome(text: &str, service: &str, to: &To) -> String {
    let done = change(text, service, to);
    let again = change(&done.text, service, to);
    assert_eq!(again.text, done.text, "{service}: twice is once");
    if let Some(refusal) = done.refused.first() {
        assert_eq!(done.text, text);
        return format!("    refused: {refusal}\n");
    }
    let diff = unified(text, &done.text, "", "");
    let lines = diff.split_inclusive('\n').skip(2);
    let mut rows = String::new();
    let mut is_context = true;
    for line in lines {
        // What is said of a last line belongs to the line before it.
        is_context = line.starts_with([' ', '@']) || is_context && line.starts_with('\\');
        if is_context {
            continue;
        }
        let (sign, rest) = line.split_at(1);
        let shown = rest.trim_end_matches('\n').replace('\r', "\\r");
        let _written = writeln!(rows, "  {sign} |{shown}|");
    }
    if rows.is_empty() {
        "    nothing changes\n".to_owned()
    } else {
        rows
    }
}

#[test]
fn every_change_is_the_one_that_was_looked_at() {
    let mut all = String::new();
    for (name, text) in documents() {
        for service in services(&name, &text) {
            for (action, to) in [("set", to()), ("remove", To::Nothing)] {
                let _written = writeln!(all, "{name}: {action} {service}");
                all += &outcome(&text, &service, &to);
            }
        }
    }
    let expected = folder().join("expected.txt");
    let looked_at = fs::read_to_string(&expected).unwrap_or_default();
    if looked_at != all {
        fs::write(&expected, &all).expect("the tests' own folder can be written");
    }
    assert_eq!(looked_at, all, "it is written anew: look at every line of it");
    assert!(documents().len() >= 50);
}

#[test]
fn what_was_put_in_is_taken_away_without_a_trace() {
    let mut tried = 0;
    for (name, text) in documents() {
        for service in services(&name, &text) {
            let said_nothing = change(&text, &service, &To::Nothing);
            let there = change(&text, &service, &to());
            if said_nothing.text != text || !said_nothing.refused.is_empty() || !there.refused.is_empty() {
                continue;
            }
            let back = change(&there.text, &service, &To::Nothing);
            assert_eq!(back.refused, [], "{name}: {service}");
            // A service without a body has none to go back to: it is `{}` then. Nor has `!reset`.
            if !back.text.contains(&format!("{service}: {{}}")) && !text.contains("!reset") {
                assert_eq!(back.text, text, "{name}: {service}");
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn all_services_of_a_file_can_be_changed_at_once() {
    for (name, text) in documents() {
        let services = services(&name, &text);
        let all: Changes = services.iter().map(|service| (service.clone(), to())).collect();
        let done = edited(&text, &all).expect("it is YAML");
        assert_eq!(done.done.len() + done.refused.len(), services.len(), "{name}");
        let again = edited(&done.text, &all).expect("it is YAML");
        assert_eq!(again.text, done.text, "{name}");
        let marks = done.text.matches("linux/riscv64").count();
        assert!(marks <= done.done.len(), "{name}: {}", done.text);
    }
}
