//! What the documents promise is there: commands, options, files, and no leftovers in any text.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use lab::Archlight;

/// Documents whose commands people type.
const GUIDES: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// Options of `archlight` that stand before a command and take a value.
const WITH_VALUE: [&str; 4] = ["--host", "--context", "--root", "--home"];

/// Written in two halves, so that this file holds none of them.
const LEFTOVERS: [(&str, &str); 4] = [("to", "do!"), ("unimpl", "emented!"), ("FIX", "ME"), ("XX", "X")];

#[test]
fn every_dev_command_in_the_guides_exists() {
    let help = printed(Command::new("./dev").arg("help").current_dir(root()));
    let known = names(&help);
    let shown: Vec<_> = GUIDES.iter().flat_map(|guide| commands(guide, "./dev")).collect();
    assert!(shown.len() > GUIDES.len(), "the guides show commands: {shown:?}");
    for words in shown {
        assert!(known.contains(&words[0]), "`./dev {}`", words.join(" "));
    }
}

#[test]
fn every_archlight_command_and_option_in_the_guides_exists() {
    let archlight = Archlight::at("");
    let known = names(&archlight.run(&["--help"]).stdout);
    let shown: Vec<_> = GUIDES
        .iter()
        .flat_map(|guide| commands(guide, "archlight"))
        .collect();
    assert!(
        known.iter().all(|name| shows(&shown, name)),
        "{known:?} in {shown:?}"
    );
    for words in shown {
        let Some(command) = command(&words) else { continue };
        assert!(known.contains(&command), "`archlight {}`", words.join(" "));
        let help = archlight.run(&[&command, "--help"]).stdout;
        for option in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(option.as_str()), "`{command}` has no {option}");
        }
    }
}

#[test]
fn the_changelog_has_a_place_for_what_is_new() {
    let changelog = read("CHANGELOG.md");
    assert_eq!(changelog.lines().next(), Some("# Changelog"));
    assert!(changelog.lines().any(|line| line == "## Unreleased"));
}

#[test]
fn no_link_to_a_file_is_dead() {
    let is_document = |file: &String| Path::new(file).extension().is_some_and(|end| end == "md");
    let documents: Vec<_> = files().into_iter().filter(is_document).collect();
    assert!(documents.len() > GUIDES.len(), "{documents:?}");
    for document in &documents {
        for link in links(&read(document)) {
            let file = root().join(document).with_file_name(link.as_str());
            assert!(file.exists(), "{document} leads to {link}, which is not there");
        }
    }
}

#[test]
fn nothing_was_left_for_later() {
    let words = LEFTOVERS.map(|(start, end)| format!("{start}{end}"));
    for file in files() {
        let Ok(text) = fs::read_to_string(root().join(&file)) else {
            continue;
        };
        let found = words.iter().find(|word| has_word(&text, word));
        assert_eq!(found, None, "in {file}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn printed(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// What belongs to the repository and was not deleted, and what is about to belong to it.
fn files() -> Vec<String> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = printed(Command::new("git").args(list).current_dir(root()));
    let there = |file: &&str| root().join(file).is_file();
    listed.lines().filter(there).map(ToOwned::to_owned).collect()
}

/// The names that a help text lists: each stands two columns in, and its explanation behind it.
fn names(help: &str) -> BTreeSet<String> {
    help.lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_whitespace().next().map(ToOwned::to_owned))
        .filter(|name| name != "help")
        .collect()
}

/// What stands behind `program` wherever `document` shows it being called: in lines of blocks, and between back-quotes.
fn commands(document: &str, program: &str) -> Vec<Vec<String>> {
    let (mut found, mut in_block) = (Vec::new(), false);
    for line in read(document).lines() {
        if line.starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let whole = in_block.then(|| line.trim().trim_start_matches("$ "));
        for call in whole.into_iter().chain(line.split('`').skip(1).step_by(2)) {
            let call = call.split(" #").next().unwrap_or_default();
            let mut words = call.split_whitespace().map(ToOwned::to_owned);
            if words.next().as_deref() == Some(program) {
                found.push(words.collect());
            }
        }
    }
    found.retain(|words: &Vec<String>| !words.is_empty());
    found
}

/// The first word that is neither an option nor an option's value.
fn command(words: &[String]) -> Option<String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&word.as_str()) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word.clone());
        }
    }
    None
}

fn shows(shown: &[Vec<String>], name: &str) -> bool {
    shown.iter().any(|words| command(words).as_deref() == Some(name))
}

/// Where links lead to inside of the repository, without the part behind `#`.
fn links(document: &str) -> Vec<String> {
    let targets = document
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://"))
        .filter_map(|target| target.split('#').next())
        .filter(|file| !file.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// Whether `word` is in `text` with neither a letter nor a digit beside it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}
