//! Every seed, given to its target in every way: what was found once stays found, also where nothing looks for more.

use std::{fs, path::PathBuf};

use fuzz::{LONGEST, TARGETS, Target, stretched};

fn folder(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(path: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            (path.display().to_string(), fs::read(path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    target.seeds.iter().flat_map(|folder| files(folder)).collect()
}

/// A panic says what is wrong with an answer; this says for which bytes.
fn tell(name: &str, look: impl FnOnce() + std::panic::UnwindSafe) {
    let outcome = std::panic::catch_unwind(look);
    assert!(outcome.is_ok(), "{name}");
}

fn try_all(target: &str) {
    let target = TARGETS
        .iter()
        .find(|known| known.name == target)
        .expect("a target");
    for (name, bytes) in seeds(target) {
        for choice in 0..target.choices {
            tell(&format!("{name}, choice {choice}"), || {
                target.look(&bytes, choice);
            });
        }
        tell(&format!("{name}, as it is"), || target.check(&bytes));
        tell(&format!("{name}, over and over"), || {
            target.look(&stretched(&bytes), 1);
        });
    }
}

#[test]
fn every_target_has_seeds_and_every_folder_of_seeds_a_target() {
    for target in &TARGETS {
        let seeds = seeds(target);
        assert!(seeds.len() >= 8, "{}: {}", target.name, seeds.len());
        assert!(seeds.iter().all(|(_, bytes)| bytes.len() <= LONGEST));
    }
    for entry in fs::read_dir(folder("corpus")).expect("a folder") {
        let name = format!("corpus/{}", entry.expect("an entry").file_name().display());
        let is_read = TARGETS.iter().any(|target| target.seeds.contains(&name.as_str()));
        assert!(is_read, "{name}");
    }
}

#[test]
fn compose_files_are_edited_without_surprise() {
    try_all("compose-edit");
}

#[test]
fn dockerfiles_are_read_without_surprise() {
    try_all("dockerfile");
}

#[test]
fn layers_of_images_are_read_without_surprise() {
    try_all("layer");
}

#[test]
fn what_a_probe_says_is_read_without_surprise() {
    try_all("probe");
}

#[test]
fn programs_are_read_without_surprise() {
    try_all("program");
}

#[test]
fn answers_of_registries_are_read_without_surprise() {
    try_all("registry");
}

#[test]
fn scripts_and_words_are_followed_without_surprise() {
    try_all("shebang");
}

#[test]
fn the_first_file_of_an_archive_is_read_without_surprise() {
    try_all("tar");
}

#[test]
fn exports_are_read_without_surprise() {
    try_all("export");
}

#[test]
fn words_are_understood_without_surprise() {
    try_all("signatures");
}
