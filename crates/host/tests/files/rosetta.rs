//! What the settings mean, one case a test.

use host::{Machine, Os, State, rosetta};

use crate::mac::Mac;

const ON: &str = "UseVirtualizationFrameworkRosetta";
/// What a fresh 4.91 writes: nothing of virtual machines.
const FRESH: &str = r#"{"AutoStart": false, "DisplayedOnboarding": true,
    "DockerAppLaunchPath": "/Applications/Docker.app", "LicenseTermsVersion": 2,
    "SettingsVersion": 43, "UseContainerdSnapshotter": true}"#;
const DOCKER_VMM: &str = r#"{"SettingsVersion": 43, "UseLibkrun": true,
    "UseVirtualizationFramework": false, "UseVirtualizationFrameworkRosetta": false}"#;
const BACK_AGAIN: &str = r#"{"SettingsVersion": 43, "UseLibkrun": false,
    "UseVirtualizationFramework": true, "UseVirtualizationFrameworkRosetta": false}"#;
const NO_FRAMEWORK: &str = r#"{"UseVirtualizationFramework": false,
    "UseVirtualizationFrameworkRosetta": true}"#;

fn rosetta_key(value: bool) -> String {
    format!(r#"{{"SettingsVersion": 46, "{ON}": {value}}}"#)
}

/// A file of the older generation with all its keys.
fn full_dump(rosetta: bool) -> String {
    let others = (0..100).fold(String::new(), |keys, n| keys + &format!(r#""other{n}": {n}, "#));
    format!(
        r#"{{"settingsVersion": 38, {others} "useLibkrun": false, "composeBridge": null,
        "useVirtualizationFramework": true, "useVirtualizationFrameworkRosetta": {rosetta}}}"#
    )
}

const APPLE: Option<&str> = Some("apple-virtualization");

#[test]
fn a_fresh_install_without_the_key_is_on_by_default() {
    let mac = Mac::with_docker_desktop("4.91.0").store(FRESH);
    assert_eq!(mac.words(), ("on", "default", APPLE));
    let found = mac.rosetta();
    assert_eq!(found.runtime.as_str(), "docker-desktop");
    assert_eq!(found.runtime_version.as_deref(), Some("4.91.0"));
    assert_eq!(found.file, Some(mac.group("settings-store.json")));
    assert!(found.steps.is_empty() && found.conflicts.is_empty() && !found.locked);
    assert!(
        mac.why()
            .contains("says nothing of `UseVirtualizationFrameworkRosetta`")
    );
}

#[test]
fn an_application_that_never_started_is_on_by_default() {
    let mac = Mac::with_docker_desktop("4.91.0");
    assert_eq!(mac.words(), ("on", "default", APPLE));
    assert_eq!(mac.rosetta().file, None);
}

#[test]
fn a_written_true_is_on() {
    let mac = Mac::with_docker_desktop("4.91.0").store(rosetta_key(true));
    assert_eq!(mac.words(), ("on", "settings-file", APPLE));
    let why = "`/Users/me/Library/Group Containers/group.com.docker/settings-store.json` says \
        `UseVirtualizationFrameworkRosetta: true`";
    assert_eq!(mac.why(), why);
}

#[test]
fn a_written_false_is_off() {
    let mac = Mac::with_docker_desktop("4.91.0").store(rosetta_key(false));
    assert_eq!(mac.words(), ("off", "settings-file", APPLE));
    assert!(
        mac.why()
            .ends_with("says `UseVirtualizationFrameworkRosetta: false`")
    );
}

#[test]
fn a_null_is_an_absent_key() {
    let mac = Mac::with_docker_desktop("4.91.0").store(r#"{"UseVirtualizationFrameworkRosetta": null}"#);
    assert_eq!(mac.words(), ("on", "default", APPLE));
}

#[test]
fn the_older_file_with_all_keys_is_read() {
    let mac = Mac::with_docker_desktop("4.34.0").legacy(full_dump(true));
    assert_eq!(mac.words(), ("on", "settings-file", APPLE));
    assert_eq!(mac.rosetta().file, Some(mac.group("settings.json")));
    let mac = Mac::with_docker_desktop("4.91.0").legacy(full_dump(false));
    assert_eq!(mac.words(), ("off", "settings-file", APPLE));
}

#[test]
fn keys_pasted_in_the_other_spelling_count() {
    let mac = Mac::with_docker_desktop("4.91.0").store(r#"{"useVirtualizationFrameworkRosetta": false}"#);
    assert_eq!(mac.state(), State::Off);
    assert!(mac.why().contains("`useVirtualizationFrameworkRosetta: false`"));
}

#[test]
fn a_byte_order_mark_before_the_settings_is_skipped() {
    let mac = Mac::with_docker_desktop("4.91.0").store(format!("\u{feff}{}", rosetta_key(false)));
    assert_eq!(mac.state(), State::Off);
}

#[test]
fn docker_vmm_makes_it_impossible() {
    let mac = Mac::with_docker_desktop("4.91.0").store(DOCKER_VMM);
    assert_eq!(mac.words(), ("impossible", "settings-file", Some("docker-vmm")));
    assert!(mac.why().contains("`UseLibkrun: true`, which is Docker VMM"));
}

#[test]
fn rosetta_left_off_after_docker_vmm_is_noticed() {
    let mac = Mac::with_docker_desktop("4.91.0").store(BACK_AGAIN);
    assert_eq!(mac.words(), ("off", "settings-file", APPLE));
    assert!(mac.why().contains("probably left off when Docker VMM was tried"));
}

#[test]
fn rosetta_on_after_docker_vmm_is_a_plain_choice() {
    let json = BACK_AGAIN.replace("Rosetta\": false", "Rosetta\": true");
    let mac = Mac::with_docker_desktop("4.91.0").store(json);
    assert_eq!(mac.words(), ("on", "settings-file", APPLE));
    assert!(!mac.why().contains("Docker VMM"));
}

#[test]
fn a_file_with_all_keys_tells_nothing_of_docker_vmm() {
    let mac = Mac::with_docker_desktop("4.34.0").legacy(full_dump(false));
    assert!(!mac.why().contains("Docker VMM"));
}

#[test]
fn without_apples_framework_it_is_off_whatever_the_key_says() {
    let qemu = Mac::with_docker_desktop("4.43.2").store(NO_FRAMEWORK);
    assert_eq!(qemu.words(), ("off", "settings-file", Some("qemu")));
    let docker_vmm = Mac::with_docker_desktop("4.44.0").store(NO_FRAMEWORK);
    assert_eq!(docker_vmm.words(), ("off", "settings-file", Some("docker-vmm")));
    let unknown = Mac::new("26.1").store(NO_FRAMEWORK);
    assert_eq!(unknown.words(), ("off", "settings-file", None));
    assert!(qemu.why().contains("`UseVirtualizationFramework: false`"));
}

#[test]
fn the_default_is_on_from_macos_14_1() {
    for (macos, state) in [
        ("13.6.9", State::Unknown),
        ("14.0", State::Unknown),
        ("14.1", State::On),
        ("15.7", State::On),
        ("26.0", State::On),
        ("27.1", State::On),
    ] {
        let mac = Mac::new(macos).app("Applications/Docker.app", "4.41.0");
        assert_eq!(mac.store("{}").state(), state, "macOS {macos}");
    }
}

#[test]
fn a_written_value_counts_on_macos_13() {
    let mac = Mac::new("13.6").store(rosetta_key(true));
    assert_eq!(mac.state(), State::On);
}

#[test]
fn the_default_was_off_before_4_25() {
    let mac = Mac::with_docker_desktop("4.24.2").legacy("{}");
    assert_eq!(mac.words(), ("off", "default", APPLE));
    let mac = Mac::with_docker_desktop("4.25.0").legacy("{}");
    assert_eq!(mac.words(), ("on", "default", APPLE));
}

#[test]
fn before_4_16_it_is_impossible() {
    let mac = Mac::with_docker_desktop("4.15.0").legacy("{}");
    assert_eq!(mac.words(), ("impossible", "default", None));
    assert!(mac.why().contains("Docker Desktop 4.15.0 does not know Rosetta"));
}

#[test]
fn without_a_version_the_newer_file_stands_for_a_new_one() {
    let mac = Mac::new("26.1").store(FRESH);
    assert_eq!(mac.words(), ("on", "default", APPLE));
    assert!(!mac.why().contains("assumed"));
}

#[test]
fn without_a_version_the_older_file_leaves_an_assumption_that_is_said() {
    let mac = Mac::new("26.1").legacy("{}");
    assert_eq!(mac.words(), ("on", "default", APPLE));
    assert!(mac.why().contains("its version is not known and assumed"));
}

#[test]
fn before_macos_13_it_is_impossible() {
    let mac = Mac::new("12.7.6")
        .app("Applications/Docker.app", "4.41.0")
        .store(rosetta_key(true));
    assert_eq!(mac.words(), ("impossible", "default", None));
    assert_eq!(mac.rosetta().runtime.as_str(), "docker-desktop");
}

#[test]
fn an_unknown_macos_leaves_the_default_unknown_and_a_written_value_known() {
    let mac = Mac::new("Sequoia").app("Applications/Docker.app", "4.91.0");
    assert_eq!(mac.words(), ("unknown", "default", APPLE));
    assert_eq!(mac.store(rosetta_key(true)).state(), State::On);
}

#[test]
fn a_mac_without_docker_desktop_is_unknown() {
    let found = Mac::new("26.1").rosetta();
    assert_eq!((found.state, found.runtime.as_str()), (State::Unknown, "unknown"));
}

#[test]
fn an_intel_mac_needs_none() {
    let mac = Mac::with_docker_desktop("4.91.0").store(rosetta_key(true));
    let intel = Machine {
        architecture: Some("amd64".into()),
        ..mac.machine()
    };
    let found = rosetta(&mac.roots(), &intel);
    assert_eq!(
        (found.state, found.source.as_str()),
        (State::NotNeeded, "default")
    );
}

#[test]
fn a_linux_machine_needs_none() {
    let mac = Mac::with_docker_desktop("4.91.0");
    let linux = Machine {
        os: Os::Linux,
        ..mac.machine()
    };
    let found = rosetta(&mac.roots(), &linux);
    assert_eq!(
        (found.state, found.runtime.as_str()),
        (State::NotNeeded, "docker-engine")
    );
    assert!(found.why.sentence().contains("binfmt_misc"));
}

#[test]
fn a_moved_application_is_found_through_the_settings() {
    let mac = Mac::new("26.1")
        .app("Users/me/Desktop/Docker.app", "4.42.1")
        .store(r#"{"DockerAppLaunchPath": "/Users/me/Desktop/Docker.app"}"#);
    assert_eq!(mac.rosetta().runtime_version.as_deref(), Some("4.42.1"));
}

#[test]
fn a_launch_path_that_is_out_of_date_gives_way_to_the_usual_place() {
    let mac =
        Mac::with_docker_desktop("4.91.0").store(r#"{"DockerAppLaunchPath": "/Volumes/Docker/Docker.app"}"#);
    assert_eq!(mac.rosetta().runtime_version.as_deref(), Some("4.91.0"));
}

#[test]
fn a_launch_path_that_climbs_out_is_not_followed() {
    let mac = Mac::with_docker_desktop("4.91.0")
        .app("Users/Docker.app", "4.20.0")
        .store(r#"{"DockerAppLaunchPath": "/Applications/../Users/Docker.app"}"#);
    assert_eq!(mac.rosetta().runtime_version.as_deref(), Some("4.91.0"));
}

#[test]
fn a_lock_wins_over_the_users_file() {
    let on = r#"{"locked": true, "value": true}"#;
    let mac = Mac::with_docker_desktop("4.91.0")
        .store(rosetta_key(false))
        .managed(on);
    assert_eq!(mac.words(), ("on", "admin", APPLE));
    assert!(mac.rosetta().locked);
    let off = r#"{"locked": true, "value": false}"#;
    let mac = Mac::with_docker_desktop("4.91.0")
        .store(rosetta_key(true))
        .managed(off);
    assert_eq!(mac.words(), ("off", "admin", APPLE));
    assert!(
        mac.why()
            .contains("admin-settings.json` says `useVirtualizationFrameworkRosetta: false`, locked")
    );
}

#[test]
fn a_lock_on_brings_apples_framework_with_it() {
    let on = r#"{"locked": true, "value": true}"#;
    let mac = Mac::with_docker_desktop("4.91.0").store(NO_FRAMEWORK).managed(on);
    assert_eq!(mac.words(), ("on", "admin", APPLE));
}

#[test]
fn no_lock_chooses_a_machine_manager_over_docker_vmm() {
    let on = r#"{"locked": true, "value": true}"#;
    let mac = Mac::with_docker_desktop("4.91.0").store(DOCKER_VMM).managed(on);
    assert_eq!(mac.words(), ("impossible", "settings-file", Some("docker-vmm")));
    assert!(mac.rosetta().locked);
}

#[test]
fn an_unlocked_value_is_only_a_default() {
    let off = r#"{"locked": false, "value": false}"#;
    let unset = Mac::with_docker_desktop("4.91.0").store(FRESH).managed(off);
    assert_eq!(unset.words(), ("off", "admin", APPLE));
    assert!(!unset.rosetta().locked);
    let set = Mac::with_docker_desktop("4.91.0")
        .store(rosetta_key(true))
        .managed(off);
    assert_eq!(set.words(), ("on", "settings-file", APPLE));
}

#[test]
fn a_managed_value_that_says_nothing_of_a_lock_is_only_a_default() {
    let mac = Mac::with_docker_desktop("4.91.0").managed(r#"{"value": false}"#);
    assert_eq!(mac.words(), ("off", "admin", APPLE));
    assert!(!mac.rosetta().locked);
    let mac = Mac::with_docker_desktop("4.91.0").managed("null");
    assert_eq!(mac.words(), ("on", "default", APPLE));
}

#[test]
fn an_administrators_file_without_the_key_changes_nothing() {
    let admin = r#"{"configurationFileVersion": 2, "useGrpcfuse": {"locked": true, "value": true}}"#;
    let mac = Mac::with_docker_desktop("4.91.0").store(FRESH).admin(admin);
    assert_eq!(mac.words(), ("on", "default", APPLE));
}

#[test]
fn a_lock_counts_only_in_releases_that_read_it() {
    let lock = r#"{"locked": true, "value": false}"#;
    let mac = Mac::with_docker_desktop("4.28.0").legacy("{}").managed(lock);
    assert_eq!((mac.state(), mac.rosetta().locked), (State::On, false));
    let mac = Mac::with_docker_desktop("4.29.0").legacy("{}").managed(lock);
    assert_eq!((mac.state(), mac.rosetta().locked), (State::Off, true));
}
