//! What speaks against an answer.

use host::{Conflict, Newer, State};

use crate::mac::Mac;

const ROSETTA_OFF: &str = r#"{"UseVirtualizationFrameworkRosetta": false}"#;
const LOCKED_ON: &str = r#"{"locked": true, "value": true}"#;

/// Homebrew lies there on Apple Silicon alone.
const OF_APPLE_SILICON: &str = "opt/homebrew/Cellar/jq/1.8.1/INSTALL_RECEIPT.json";

#[test]
fn two_files_with_two_answers_are_both_named() {
    let mac = Mac::with_docker_desktop("4.91.0").store("{}").legacy(ROSETTA_OFF);
    let mac = mac.older("settings-store.json");
    assert_eq!(mac.state(), State::On);
    let expected = Conflict::FilesDiffer {
        used: mac.group("settings-store.json"),
        other: mac.group("settings.json"),
        other_state: State::Off,
        newer: Newer::Other,
    };
    assert_eq!(mac.rosetta().conflicts, [expected]);
    assert!(mac.conflicts()[0].ends_with("the other one is newer"));
}

#[test]
fn the_newer_of_two_files_may_be_the_followed_one() {
    let mac = Mac::with_docker_desktop("4.91.0").store("{}").legacy(ROSETTA_OFF);
    let mac = mac.older("settings.json");
    assert!(mac.conflicts()[0].ends_with("the followed one is newer"));
}

#[test]
fn two_files_with_one_answer_are_no_conflict() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .store(ROSETTA_OFF)
        .legacy(ROSETTA_OFF);
    assert_eq!(mac.rosetta().conflicts, []);
}

#[test]
fn a_lock_that_changes_the_answer_says_when_it_counts() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .store(ROSETTA_OFF)
        .managed(LOCKED_ON);
    let conflicts = mac.conflicts();
    assert_eq!(conflicts.len(), 1);
    assert!(conflicts[0].contains("Docker Business organisation"));
    assert!(conflicts[0].ends_with("without it the answer would be `off`"));
}

#[test]
fn a_lock_that_agrees_is_no_conflict() {
    let mac = Mac::with_docker_desktop("4.91.0").store("{}").managed(LOCKED_ON);
    assert_eq!(mac.rosetta().conflicts, []);
}

#[test]
fn a_lock_that_docker_vmm_overrules_is_a_conflict() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .store(r#"{"UseLibkrun": true}"#)
        .managed(LOCKED_ON);
    assert!(mac.conflicts()[0].contains("`UseLibkrun: true`, which leaves no room for Rosetta"));
}

#[test]
fn docker_vmm_overrules_nothing_where_rosetta_is_not_demanded() {
    for entry in [
        r#"{"locked": true, "value": false}"#,
        r#"{"locked": false, "value": true}"#,
    ] {
        let mac = Mac::with_docker_desktop("4.91.0").store(r#"{"UseLibkrun": true}"#);
        assert_eq!(mac.managed(entry).rosetta().conflicts, [], "{entry}");
    }
}

#[test]
fn one_key_with_two_values_is_unknown() {
    let both = r#"{"useVirtualizationFrameworkRosetta": true,
        "UseVirtualizationFrameworkRosetta": false}"#;
    let same = r#"{"UseVirtualizationFrameworkRosetta": true, "UseVirtualizationFrameworkRosetta": false}"#;
    let framework = r#"{"UseVirtualizationFramework": true, "useVirtualizationFramework": false}"#;
    for text in [both, same, framework] {
        let store = Mac::with_docker_desktop("4.91.0").store(text);
        assert_eq!(store.state(), State::Unknown, "{text}");
        assert!(store.conflicts()[0].contains("one key twice"));
        assert!(
            store
                .why()
                .ends_with("which of them Docker Desktop follows is not known")
        );
        let legacy = Mac::with_docker_desktop("4.34.0").legacy(text);
        assert_eq!(legacy.state(), State::Unknown);
        let locked = Mac::with_docker_desktop("4.91.0").store(text).managed(LOCKED_ON);
        assert_eq!(locked.state(), State::On);
    }
    let alike = both.replace("false", "true");
    assert_eq!(
        Mac::with_docker_desktop("4.91.0")
            .store(alike)
            .rosetta()
            .conflicts,
        []
    );
}

#[test]
fn macos_26_needs_apples_rosetta_installed() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .file(OF_APPLE_SILICON, "")
        .without_host_rosetta();
    assert_eq!(mac.state(), State::On);
    assert!(mac.conflicts()[0].starts_with("Rosetta is not installed on this Mac"));
    assert!(mac.steps()[0].contains("`softwareupdate --install-rosetta --agree-to-license`"));
}

#[test]
fn what_is_off_does_not_conflict_with_a_missing_rosetta() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .file(OF_APPLE_SILICON, "")
        .store(ROSETTA_OFF);
    assert_eq!(mac.without_host_rosetta().rosetta().conflicts, []);
}

#[test]
fn macos_27_needs_nothing_installed() {
    let mac = Mac::new("27.0").app("Applications/Docker.app", "4.91.0");
    let mac = mac.without_host_rosetta();
    assert_eq!(mac.state(), State::On);
    assert_eq!(mac.rosetta().conflicts, []);
    assert_eq!(mac.rosetta().steps, []);
}

#[test]
fn a_configuration_profile_is_named_for_everybody_or_for_one() {
    for user in ["", "me/"] {
        let profile = format!("Library/Managed Preferences/{user}com.docker.config.plist");
        let mac = Mac::with_docker_desktop("4.91.0").file(profile, "bplist00");
        assert_eq!(mac.state(), State::On);
        assert!(mac.conflicts()[0].contains("an administrator's configuration profile"));
    }
    let other = "Library/Managed Preferences/you/com.docker.config.plist";
    let mac = Mac::with_docker_desktop("4.91.0").file(other, "bplist00");
    assert_eq!(mac.rosetta().conflicts, []);
}
