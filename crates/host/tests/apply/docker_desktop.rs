//! Docker Desktop that does not run: its file.

use std::{fs, os::unix::fs::PermissionsExt as _};

use host::{
    State, Step,
    apply::{ApplyError, Restart, Want, Warning, Way},
};

use crate::mac::{Mac, OFF, STORE, kinds};

const LEGACY: &str = "Library/Group Containers/group.com.docker/settings.json";
const ADMIN: &str = "Library/Application Support/com.docker.docker/admin-settings.json";

fn mac(settings: &str) -> Mac {
    Mac::with_docker_desktop("4.91.0", settings)
}

#[test]
fn one_key_changes_and_every_other_byte_stays() {
    let cases = [
        (OFF, Want::On, OFF.replace("Rosetta\": false", "Rosetta\": true")),
        (
            "{\r\n\t\"useVirtualizationFrameworkRosetta\" : null,\r\n\t\"cpus\":4 }",
            Want::Off,
            "{\r\n\t\"useVirtualizationFrameworkRosetta\" : false,\r\n\t\"cpus\":4 }".to_owned(),
        ),
        (
            "{\"Cpus\":4,\"Proxy\":\"http://a:b@c\\u00e9\"}",
            Want::Off,
            "{\"Cpus\":4,\"Proxy\":\"http://a:b@c\\u00e9\",\"UseVirtualizationFrameworkRosetta\":false}"
                .to_owned(),
        ),
    ];
    for (before, want, after) in cases {
        let mac = mac(before);
        fs::set_permissions(mac.at(STORE), fs::Permissions::from_mode(0o640)).unwrap();
        let plan = mac.plan(want, None);
        assert_eq!(
            (kinds(&plan), &plan.way, &plan.restart),
            (Vec::new(), &Some(Way::File), &Restart::NextStart)
        );
        mac.write(&plan).unwrap();
        assert_eq!(mac.text(STORE), after);
        assert_eq!(
            fs::metadata(mac.at(STORE)).unwrap().permissions().mode() & 0o777,
            0o640
        );
        mac.write(&mac.plan_undo().unwrap()).unwrap();
        assert_eq!((mac.text(STORE).as_str(), mac.beside(STORE).len()), (before, 1));
    }
}

#[test]
fn the_newer_file_is_changed_where_both_are_there_and_the_older_where_it_is_alone() {
    let legacy = "{\"useVirtualizationFrameworkRosetta\":false}";
    let both = mac(OFF).home(LEGACY, legacy);
    both.write(&both.plan(Want::On, None)).unwrap();
    assert_ne!(both.text(STORE), OFF);
    assert_eq!(both.text(LEGACY), legacy);
    let alone = Mac::new().home(LEGACY, legacy);
    alone.write(&alone.plan(Want::On, None)).unwrap();
    assert_eq!(alone.text(LEGACY), legacy.replace("false", "true"));
}

#[test]
fn a_link_as_the_mac_has_it_is_followed_and_none_out_of_the_root() {
    let mac = mac(OFF).home("dotfiles/docker.json", OFF);
    let link = |to: &std::path::Path| {
        fs::remove_file(mac.at(STORE)).unwrap();
        std::os::unix::fs::symlink(to, mac.at(STORE)).unwrap();
    };
    link("/Users/me/dotfiles/docker.json".as_ref());
    mac.write(&mac.plan(Want::On, None)).unwrap();
    assert_ne!(mac.text("dotfiles/docker.json"), OFF);
    mac.write(&mac.plan_undo().unwrap()).unwrap();
    assert_eq!(mac.text("dotfiles/docker.json"), OFF);
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("docker.json");
    fs::write(&file, OFF).unwrap();
    link(&file);
    assert_eq!(kinds(&mac.plan(Want::On, None)), ["unreadable"]);
    // A link that changes between the plan and the work.
    link("/Users/me/dotfiles/docker.json".as_ref());
    let plan = mac.plan(Want::On, None);
    link(&file);
    assert!(matches!(mac.write(&plan), Err(ApplyError::NotAFile { .. })));
    assert_eq!(fs::read_to_string(&file).unwrap(), OFF);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn settings_that_are_a_link_stay_one_and_what_it_leads_to_is_changed() {
    let mac = mac(OFF).home("dotfiles/docker.json", OFF);
    fs::remove_file(mac.at(STORE)).unwrap();
    std::os::unix::fs::symlink("../../../dotfiles/docker.json", mac.at(STORE)).unwrap();
    mac.write(&mac.plan(Want::On, None)).unwrap();
    assert!(mac.at(STORE).symlink_metadata().unwrap().is_symlink());
    assert_ne!(mac.text("dotfiles/docker.json"), OFF);
    assert_eq!(
        mac.beside("dotfiles/docker.json").len(),
        2,
        "the backup lies where the file does"
    );
    mac.write(&mac.plan_undo().unwrap()).unwrap();
    assert_eq!(
        (mac.text(STORE).as_str(), mac.beside("dotfiles/docker.json").len()),
        (OFF, 1)
    );
    fs::remove_file(mac.at("dotfiles/docker.json")).unwrap();
    assert_eq!(kinds(&mac.plan(Want::Off, None)), ["unreadable"]);
}

#[test]
fn a_mark_at_the_beginning_is_left_out_and_said() {
    let mac = mac(&format!("\u{feff}{OFF}"));
    let plan = mac.plan(Want::On, None);
    assert!(plan.warnings.contains(&Warning::LeavesMarkOut), "{plan:?}");
    mac.write(&plan).unwrap();
    assert!(mac.text(STORE).starts_with('{'));
    mac.write(&mac.plan_undo().unwrap()).unwrap();
    assert_eq!(mac.text(STORE), format!("\u{feff}{OFF}"));
}

#[test]
fn what_is_as_wanted_needs_nothing() {
    let on = OFF.replace("Rosetta\": false", "Rosetta\": true");
    assert!(mac(&on).plan(Want::On, None).is_done());
    assert!(mac(OFF).plan(Want::Off, None).is_done());
    let fresh = mac("{\"SettingsVersion\":43}").plan(Want::On, None);
    assert!(
        fresh.is_done() && fresh.state == State::On,
        "absent is on by itself"
    );
}

#[test]
fn each_reason_against_it_is_refused_and_nothing_is_written() {
    let locked = "{\"useVirtualizationFrameworkRosetta\":{\"locked\":true,\"value\":false}}";
    let lent = OFF.replace("\n}", ",\n  \"useVirtualizationFrameworkRosetta\": true\n}");
    let twice = OFF.replace("\n}", ",\n  \"useVirtualizationFrameworkRosetta\": false\n}");
    let cases = [
        (mac(OFF).file(ADMIN, locked), "locked"),
        (mac("{\"UseLibkrun\":true}"), "other-machine-manager"),
        (
            mac("{\"UseVirtualizationFramework\":false}"),
            "other-machine-manager",
        ),
        (
            mac("{\"UseVirtualizationFrameworkRosetta\":\"no\"}"),
            "unknown-form",
        ),
        (mac("{\"UseVirtualizationFrameworkRosetta\":false"), "unreadable"),
        (mac("[]"), "unreadable"),
        (mac(&lent), "written-twice"),
        (mac(&twice), "written-twice"),
        (mac(OFF).without_host_rosetta(), "host-rosetta-missing"),
        (mac(OFF).macos("12.7"), "not-here"),
        (Mac::with_docker_desktop("4.10.0", OFF), "not-here"),
        (Mac::new(), "not-here"),
    ];
    for (mac, kind) in cases {
        let before = fs::read(mac.at(STORE)).ok();
        let plan = mac.plan(Want::On, None);
        assert_eq!(kinds(&plan), [kind], "{plan:?}");
        assert!(mac.write(&plan).is_err());
        assert_eq!(fs::read(mac.at(STORE)).ok(), before);
        for sentence in plan.refusals.iter().map(host::apply::Refusal::sentence) {
            assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{sentence}");
        }
    }
}

#[test]
fn macos_27_needs_no_installed_rosetta_and_older_ones_are_told_how_to_get_it() {
    assert_eq!(
        kinds(&mac(OFF).without_host_rosetta().macos("27.0").plan(Want::On, None)),
        [""; 0]
    );
    let old = mac(OFF).without_host_rosetta().plan(Want::On, None);
    assert_eq!(old.steps, [Step::InstallHostRosetta]);
    let on = OFF.replace("Rosetta\": false", "Rosetta\": true");
    assert_eq!(
        kinds(&mac(&on).without_host_rosetta().plan(Want::Off, None)),
        [""; 0]
    );
}

#[test]
fn an_intel_mac_and_linux_have_nothing_to_turn_on() {
    let mut mac = mac(OFF);
    mac.machine.architecture = Some("amd64".into());
    assert_eq!(kinds(&mac.plan(Want::On, None)), ["not-here"]);
    mac.machine.os = host::Os::Linux;
    assert_eq!(kinds(&mac.plan(Want::Off, Some("colima"))), ["not-here"]);
}
