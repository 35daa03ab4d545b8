//! Files of any runtime that cannot be understood: always unknown, never off, and always with something to do.

use std::fs;
use std::os::unix::fs::symlink;

use host::{Folders, HostError, Source, State, Step, Why};

use crate::mac::Mac;
use crate::table::laid;

/// The file that decides for each runtime.
const FILES: [&str; 7] = [
    ".orbstack/vmconfig.json",
    ".colima/default/colima.yaml",
    ".lima/docker/lima.yaml",
    "Library/Preferences/rancher-desktop/settings.json",
    ".config/containers/podman/machine/applehv/podman-machine-default.json",
    ".finch/finch.yaml",
    "Library/Group Containers/group.com.docker/settings-store.json",
];
/// The mebibyte of settings that is read.
const LIMIT: usize = 1024 * 1024;

fn assert_unknown(mac: &Mac, file: &str, what: &str) {
    let found = mac.runtimes(&Folders::default());
    assert_eq!(found.len(), 1, "{file} {what}");
    let found = &found[0];
    assert_eq!(
        (found.state, found.source),
        (State::Unknown, Source::SettingsFile),
        "{file} {what}"
    );
    assert_eq!(found.confidence.as_str(), "unknown");
    let Why::Unreadable(error) = &found.why else {
        panic!("{file} {what}: {:?}", found.why);
    };
    assert!(error.path().ends_with(file), "{error:?}");
    assert!(!found.steps.is_empty(), "{file} {what}");
}

#[test]
fn damaged_files_are_unknown() {
    let large = format!("{{}}{}", " ".repeat(LIMIT));
    for file in FILES {
        for broken in ["{\"rosetta\": tr", "[1]", "{a: [", "\0\0", &large] {
            assert_unknown(&laid("26.1", &[(file, broken)]), file, &broken[..2]);
        }
        let utf16: &[u8] = b"\xff\xfe{\0}\0";
        let mac = Mac::new("26.1").file(format!("Users/me/{file}"), utf16);
        assert_unknown(&mac, file, "UTF-16");
    }
}

#[test]
fn a_switch_that_is_none_is_unknown() {
    for (file, content) in [
        (FILES[0], r#"{"rosetta": "true"}"#),
        (FILES[1], "vmType: vz\nrosetta: yes please\n"),
        (FILES[2], "vmType: vz\nrosetta: {enabled: 1}\n"),
        (
            FILES[3],
            r#"{"version": 19, "virtualMachine": {"useRosetta": 1}}"#,
        ),
        (FILES[4], r#"{"AppleHypervisor": {"Vfkit": {"Rosetta": "on"}}}"#),
        (FILES[5], "rosetta: [true]\n"),
    ] {
        assert_unknown(&laid("26.1", &[(file, content)]), file, content);
    }
}

#[test]
fn a_link_that_leads_to_itself_and_a_folder_in_the_files_place_are_unknown() {
    for file in FILES {
        let mac = laid("26.1", &[(file, "{}")]);
        let path = mac.path("Users/me").join(file);
        fs::remove_file(&path).unwrap();
        symlink(&path, &path).unwrap();
        assert_unknown(&mac, file, "a loop");
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_unknown(&mac, file, "a folder");
    }
}

#[test]
fn a_broken_profile_or_file_of_podmans_settings_is_named() {
    let locked = "Library/Managed Preferences/io.rancherdesktop.profile.locked.plist";
    let mac = laid("26.1", &[(FILES[3], r#"{"version": 19}"#)]).file(locked, "bplist00nothing");
    assert_unknown(&mac, locked, "a profile");
    let conf = ".config/containers/containers.conf";
    let mac = laid("26.1", &[(FILES[4], "{}"), (conf, "[machine]\nrosetta = tru\n")]);
    assert_unknown(&mac, conf, "TOML");
    let found = &mac.runtimes(&Folders::default())[0];
    assert!(
        found
            .why
            .sentence()
            .contains("is not valid TOML at line 2, column 11")
    );
}

#[test]
fn a_broken_copy_beside_the_settings_is_left_out_and_named() {
    let copy = ".colima/_lima/colima/colima.yaml";
    let mac = laid("26.1", &[(FILES[1], "vmType: vz\nrosetta: true\n"), (copy, "{")]);
    let found = &mac.runtimes(&Folders::default())[0];
    assert_eq!(found.state, State::On);
    assert!(found.conflicts[0].sentence().ends_with("and was left out"));
}

#[test]
fn a_refusal_asks_for_permission_and_another_fault_for_mending() {
    // A refusal cannot be brought about as root: that its error is told from others is tested where errors are made.
    let error = HostError::Denied {
        path: "/Users/me/.colima/default/colima.yaml".into(),
    };
    assert!(error.to_string().ends_with("is not permitted"));
    let mac = laid("26.1", &[(FILES[1], "{")]);
    let steps = &mac.runtimes(&Folders::default())[0].steps;
    assert!(matches!(steps[0], Step::Mend { .. }), "{steps:?}");
    assert!(steps[0].sentence().starts_with("Stop Colima, keep a copy of"));
}
