//! Every cause of the contract, on containers that really died of it, on real engines. `causes/*.rs` hold the cases, one
//! a row: what is run, and what `diagnose` must say of it.
//!
//! Left out, because no container is left that could be asked about: `platform-unavailable`, a command that is missing
//! altogether, a working directory that is a file, a bind whose source was never there. Engines refuse to create these.

#[path = "causes/architecture.rs"]
mod architecture;
#[path = "causes/case.rs"]
mod case;
#[path = "causes/endings.rs"]
mod endings;
#[path = "causes/files.rs"]
mod files;
#[path = "causes/health.rs"]
mod health;
#[path = "causes/images.rs"]
mod images;
#[path = "causes/loading.rs"]
mod loading;
#[path = "causes/modules.rs"]
mod modules;
#[path = "causes/scripts.rs"]
mod scripts;
#[path = "causes/shells.rs"]
mod shells;
#[path = "causes/stage.rs"]
mod stage;
#[path = "causes/translators.rs"]
mod translators;
#[path = "causes/unrun.rs"]
mod unrun;

use std::collections::HashSet;

use case::Case;
use lab::Generation;
use stage::Stage;

fn cases() -> Vec<Case> {
    [
        architecture::cases(),
        scripts::cases(),
        shells::cases(),
        loading::cases(),
        modules::cases(),
        files::cases(),
        endings::cases(),
        health::cases(),
        translators::cases(),
    ]
    .concat()
}

/// Plays the cases on one engine, and complains of all that are diagnosed wrongly at once.
fn play(generation: Generation, cases: &[Case]) {
    let lab = lab::require!("the causes");
    let stage = Stage::new(&lab, generation, cases);
    let wrong = stage.play(cases);
    assert!(
        wrong.is_empty(),
        "{generation:?}: {} of {} cases are diagnosed wrongly:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// The closed list, without what no container can be asked about.
const CAUSES: [&str; 24] = [
    "wrong-architecture",
    "mislabelled-image",
    "foreign-binary",
    "not-linux-binary",
    "crlf-line-endings",
    "byte-order-mark",
    "missing-shebang",
    "missing-interpreter",
    "missing-loader",
    "missing-library",
    "foreign-module",
    "empty-program",
    "truncated-program",
    "not-executable",
    "is-a-directory",
    "command-not-found",
    "noexec-mount",
    "illegal-instruction",
    "translator-failure",
    "out-of-memory",
    "port-in-use",
    "mount-source-missing",
    "stopped",
    "application-exit",
];

#[test]
fn every_cause_has_a_case_on_every_generation_and_every_case_has_a_name_of_its_own() {
    for generation in Generation::ALL {
        let cases = case::on(generation, cases());
        let missing: Vec<_> = CAUSES
            .iter()
            .filter(|cause| cases.iter().all(|case| case.cause != **cause))
            .collect();
        assert!(missing.is_empty(), "{generation:?}: {missing:?}");
        let names: HashSet<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        assert!(
            cases
                .iter()
                .all(|case| case.cause == "unknown" || CAUSES.contains(&case.cause))
        );
    }
}

#[test]
fn every_cause_is_told_on_an_old_engine() {
    play(Generation::Old, &case::on(Generation::Old, cases()));
}

#[test]
fn every_cause_is_told_on_a_new_engine() {
    play(Generation::New, &case::on(Generation::New, cases()));
}

/// The same engine as the new one over the store of the old one: one case of each kind will do.
#[test]
fn one_of_each_cause_is_told_on_a_new_engine_with_the_classic_store() {
    play(
        Generation::NewClassic,
        &case::one_of_each(case::on(Generation::NewClassic, cases())),
    );
}

#[test]
fn an_image_that_never_ran_is_diagnosed_and_no_container_is_left() {
    let lab = lab::require!("the causes of images");
    for generation in [Generation::Old, Generation::New] {
        let wrong = unrun::play(&lab, generation);
        assert!(wrong.is_empty(), "{generation:?}:\n{}", wrong.join("\n"));
    }
}
