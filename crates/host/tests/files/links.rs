//! Links in the place of settings, as dotfile managers lay them: followed as on the Mac itself, and never out of it.

use std::fs;
use std::os::unix::fs::symlink;

use host::{Folders, HostError, State, Why};

use crate::mac::Mac;
use crate::table::{laid, lines};

const STORE: &str = "Library/Group Containers/group.com.docker/settings-store.json";
const APP: &str = "/Applications/Docker.app/Contents/Info.plist";
const OF_4: &str = "<plist><dict><key>CFBundleShortVersionString</key><string>4.91.0</string></dict></plist>";
const ADMIN: &str = "/Library/Application Support/com.docker.docker/admin-settings.json";
const LOCK: &str = r#"{"useVirtualizationFrameworkRosetta": {"locked": true, "value": false}}"#;
const OFF: &str = r#"{"UseVirtualizationFrameworkRosetta": false}"#;

/// Lays a link at `path`, which is below the home or, with a `/` before, below the root.
fn linked(mac: Mac, path: &str, to: &str) -> Mac {
    let place = match path.strip_prefix('/') {
        Some(path) => mac.path(path),
        None => mac.path("Users/me").join(path),
    };
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    symlink(to, place).unwrap();
    mac
}

/// A link, where it leads, the files that are there, and what is found.
type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const ROWS: &[Row] = &[
    (
        STORE,
        "/Users/me/dot/s.json",
        &[(APP, OF_4), ("dot/s.json", OFF)],
        "docker-desktop 4.91.0: off settings-file likely apple-virtualization UseVirtualizationFrameworkRosetta=false",
    ),
    (
        STORE,
        "../../../dot/s.json",
        &[(APP, OF_4), ("dot/s.json", OFF)],
        "docker-desktop 4.91.0: off settings-file likely apple-virtualization UseVirtualizationFrameworkRosetta=false",
    ),
    (
        ADMIN,
        "/etc/admin.json",
        &[(APP, OF_4), ("/etc/admin.json", LOCK)],
        "docker-desktop 4.91.0: off admin likely apple-virtualization useVirtualizationFrameworkRosetta=false locked",
    ),
    (
        ".orbstack/vmconfig.json",
        "/Users/me/dot/vm.json",
        &[("dot/vm.json", r#"{"rosetta": false}"#)],
        "orbstack: off settings-file likely ? rosetta=false",
    ),
    (
        ".orbstack",
        "/Users/me/dot",
        &[("dot/vmconfig.json", r#"{"rosetta": false}"#)],
        "orbstack: off settings-file likely ? rosetta=false",
    ),
    (
        ".colima",
        "/Volumes/more/colima",
        &[(
            "/Volumes/more/colima/default/colima.yaml",
            "vmType: vz\nrosetta: true\n",
        )],
        "colima/default: on settings-file likely apple-virtualization rosetta=true",
    ),
];

#[test]
fn links_lead_where_they_do_on_the_mac() {
    for (link, to, files, expected) in ROWS {
        let mac = linked(laid("26.1", files), link, to);
        assert_eq!(lines(&mac, &Folders::default()), [*expected], "{link} -> {to}");
    }
}

#[test]
fn a_link_to_nothing_or_out_of_the_mac_is_unknown_and_no_default() {
    let outside = tempfile::tempdir().unwrap();
    let real = outside.path().join("s.json");
    fs::write(&real, OFF).unwrap();
    let real = real.to_str().unwrap();
    for link in [STORE, ADMIN, ".orbstack/vmconfig.json", ".orbstack", ".colima"] {
        let upward = "../".repeat(40) + real.trim_start_matches('/');
        for to in ["/Users/me/gone", "gone/further", real, &upward] {
            let files: &[_] = if [STORE, ADMIN].contains(&link) {
                &[(APP, OF_4)]
            } else {
                &[]
            };
            let found = &linked(laid("26.1", files), link, to).runtimes(&Folders::default())[0];
            let is_dangling = matches!(&found.why, Why::Unreadable(HostError::Dangling { .. }));
            assert!(
                found.state == State::Unknown && is_dangling,
                "{link} -> {to}: {found:?}"
            );
            assert!(!found.steps.is_empty());
        }
    }
}

#[test]
fn a_version_is_not_read_through_a_link_that_leads_out() {
    let colima = ".colima/default/colima.yaml";
    let version = |mac: Mac| mac.runtimes(&Folders::default())[0].runtime_version.clone();
    let mac = || laid("26.1", &[(colima, "vmType: vz\n")]);
    let within = linked(mac(), "/opt/homebrew/opt/colima", "../Cellar/colima/0.8.1");
    assert_eq!(version(within).as_deref(), Some("0.8.1"));
    let other = linked(mac(), "/opt/homebrew/opt/colima", "../Cellar/colima/0.8.2");
    let outside = other.path("opt/homebrew/opt");
    let out = linked(mac(), "/opt/homebrew/opt", outside.to_str().unwrap());
    assert_eq!(version(out), None);
}
