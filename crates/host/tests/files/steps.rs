//! What to do about an answer.

use host::{HostError, Step};

use crate::mac::Mac;

const ROSETTA_OFF: &str = r#"{"UseVirtualizationFrameworkRosetta": false}"#;

#[test]
fn the_way_to_turn_it_on_goes_through_the_settings() {
    let mac = Mac::with_docker_desktop("4.91.0").store(ROSETTA_OFF);
    assert_eq!(
        mac.steps(),
        [
            "In Docker Desktop, open Settings → General",
            "Below `Apple Virtualization framework`, turn on `Use Rosetta for x86_64/amd64 \
             emulation on Apple Silicon`",
            "Choose `Apply`, then restart Docker Desktop",
            "Expect the restart to stop running containers; those with a restart policy may \
             come back by themselves",
        ]
    );
}

#[test]
fn the_button_is_called_as_the_version_calls_it() {
    let apply = |mac: Mac| mac.store(ROSETTA_OFF).rosetta().steps[2].clone();
    let older = Mac::with_docker_desktop("4.42.1");
    assert_eq!(apply(older), Step::ApplyAndRestart);
    let newer = Mac::with_docker_desktop("4.43.0");
    assert_eq!(apply(newer), Step::ApplyThenRestart);
    assert_eq!(apply(Mac::new("26.1")), Step::Apply);
}

#[test]
fn from_docker_vmm_the_framework_is_chosen_first() {
    let mac = Mac::with_docker_desktop("4.91.0").store(r#"{"UseLibkrun": true}"#);
    let steps = mac.rosetta().steps;
    assert_eq!(
        steps[1..3],
        [Step::ChooseAppleVirtualization, Step::ChooseRosetta]
    );
}

#[test]
fn under_a_lock_only_the_administrator_can_help() {
    let mac = Mac::with_docker_desktop("4.91.0").managed(r#"{"locked": true, "value": false}"#);
    assert_eq!(
        mac.steps(),
        ["Ask the administrator of this Mac to change \
          `/Library/Application Support/com.docker.docker/admin-settings.json`"]
    );
}

#[test]
fn an_unlocked_default_can_be_changed_by_the_user() {
    let mac = Mac::with_docker_desktop("4.91.0").managed(r#"{"locked": false, "value": false}"#);
    assert!(mac.rosetta().steps.contains(&Step::ChooseRosetta));
}

#[test]
fn apples_rosetta_is_installed_before_it_is_chosen() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .store(ROSETTA_OFF)
        .without_host_rosetta();
    assert_eq!(mac.rosetta().steps[0], Step::InstallHostRosetta);
}

#[test]
fn what_is_too_old_is_updated() {
    let macos = Mac::new("12.7").app("Applications/Docker.app", "4.41.0");
    assert_eq!(macos.rosetta().steps, [Step::UpdateMacOs]);
    let docker_desktop = Mac::with_docker_desktop("4.15.0");
    assert_eq!(docker_desktop.rosetta().steps, [Step::UpdateDockerDesktop]);
}

#[test]
fn what_is_unclear_is_looked_up_in_docker_desktop() {
    let mac = Mac::new("13.6").app("Applications/Docker.app", "4.41.0");
    assert_eq!(mac.rosetta().steps, [Step::LookInSettings]);
}

#[test]
fn a_refused_read_says_so_in_its_own_words() {
    let error = HostError::Denied {
        path: "/settings-store.json".into(),
    };
    let why = host::Why::Unreadable(error).sentence();
    assert!(why.starts_with("reading `/settings-store.json` is not permitted"));
}
