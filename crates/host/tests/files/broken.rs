//! Files that cannot be understood: always unknown, never off, and always with something to do.

use std::fs;

use host::{HostError, Runtime, Source, State, Why};

use crate::mac::Mac;

/// The mebibyte of settings that is read.
const LIMIT: usize = 1024 * 1024;

fn assert_unknown(mac: &Mac, source: Source, is_expected: impl Fn(&HostError) -> bool) {
    let found = mac.rosetta();
    assert_eq!((found.state, found.source), (State::Unknown, source));
    assert_eq!(found.runtime, Runtime::DockerDesktop);
    let Why::Unreadable(error) = &found.why else {
        panic!("{:?}", found.why);
    };
    assert!(is_expected(error), "{error:?}");
    assert_eq!(found.file.as_deref(), Some(error.path()));
    assert!(!found.steps.is_empty());
}

#[test]
fn text_that_is_no_json_is_unknown() {
    let broken: [&[u8]; 5] = [b"", b"{\"UseLibkrun\": tr", b"{,}", b"\xff\xfe{}", b"\0\0\0"];
    for content in broken {
        let mac = Mac::with_docker_desktop("4.91.0").store(content);
        assert_unknown(&mac, Source::SettingsFile, |it| {
            matches!(it, HostError::NotJson { .. })
        });
    }
}

#[test]
fn json_nested_without_end_is_unknown() {
    let mac = Mac::with_docker_desktop("4.91.0").store("[".repeat(LIMIT / 2));
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::NotJson { .. })
    });
}

#[test]
fn json_that_is_no_object_is_unknown() {
    let mac = Mac::with_docker_desktop("4.91.0").store("[true]");
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::NotAnObject { .. })
    });
}

#[test]
fn a_value_of_another_type_is_unknown() {
    for value in ["\"false\"", "0", "{}"] {
        let json = format!(r#"{{"UseVirtualizationFrameworkRosetta": {value}}}"#);
        let mac = Mac::with_docker_desktop("4.91.0").store(json);
        assert_unknown(&mac, Source::SettingsFile, |it| {
            matches!(it, HostError::NotABoolean { .. })
        });
    }
}

#[test]
fn an_oversized_file_is_unknown() {
    let fits = format!("{{}}{}", " ".repeat(LIMIT - 2));
    let mac = Mac::with_docker_desktop("4.91.0").store(&fits);
    assert_eq!(mac.state(), State::On);
    let mac = mac.store(fits + " ");
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::TooLarge { limit: LIMIT, .. })
    });
}

#[test]
fn a_folder_in_the_place_of_the_file_is_unknown() {
    let mac = Mac::with_docker_desktop("4.91.0");
    fs::create_dir_all(mac.group("settings-store.json")).unwrap();
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::NotAFile { .. })
    });
}

#[test]
fn a_broken_newer_file_is_not_replaced_by_the_older_one() {
    let mac = Mac::with_docker_desktop("4.91.0").store("{").legacy("{}");
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::NotJson { .. })
    });
}

#[test]
fn a_broken_older_file_matters_only_when_it_is_followed() {
    let mac = Mac::with_docker_desktop("4.91.0").legacy("{");
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::NotJson { .. })
    });
    assert_eq!(mac.store("{}").state(), State::On);
}

#[test]
fn a_lock_is_reported_beside_a_broken_file() {
    let mac = Mac::with_docker_desktop("4.91.0").store("{");
    assert!(!mac.rosetta().locked);
    let mac = mac.managed(r#"{"locked": true, "value": false}"#);
    assert_unknown(&mac, Source::SettingsFile, |it| {
        matches!(it, HostError::NotJson { .. })
    });
    assert!(mac.rosetta().locked);
}

#[test]
fn a_broken_administrators_file_is_unknown() {
    for json in [
        "{",
        "[]",
        r#"{"useVirtualizationFrameworkRosetta": {"locked": true}}"#,
    ] {
        let mac = Mac::with_docker_desktop("4.91.0").store("{}").admin(json);
        assert_unknown(&mac, Source::Admin, |it| {
            it.path().ends_with("admin-settings.json")
        });
    }
}

#[test]
fn a_property_list_without_a_version_leaves_the_version_unknown() {
    let unclosed = "<plist><dict>".to_owned() + &"<array>".repeat(9000);
    let (open, close) = ("<array>".repeat(4000), "</array>".repeat(4000));
    let deep = format!("<plist><dict><key>a</key>{open}{close}</dict></plist>");
    let long = format!("<plist>{}</plist>", " ".repeat(LIMIT));
    for list in [
        "",
        "<plist>",
        "bplist00",
        "<plist><string>4.91.0</string></plist>",
        &unclosed,
        &deep,
        &long,
    ] {
        let mac = Mac::new("26.1")
            .file("Applications/Docker.app/Contents/Info.plist", list)
            .store("{}");
        assert_eq!(mac.rosetta().runtime_version, None);
        assert_eq!(mac.state(), State::On);
    }
}
