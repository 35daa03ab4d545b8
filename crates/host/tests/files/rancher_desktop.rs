//! Rancher Desktop: both generations of its settings, and administrators' profiles.

use crate::table::{Row, check, laid, said};

const SETTINGS: &str = "Library/Preferences/rancher-desktop/settings.json";
const LOCKED: &str = "/Library/Managed Preferences/io.rancherdesktop.profile.locked.plist";
const DEFAULTS: &str = "/Library/Preferences/io.rancherdesktop.profile.defaults.plist";
const NEW_ON: &str =
    r#"{"version": 19, "virtualMachine": {"type": "vz", "useRosetta": true, "memoryInGB": 8}}"#;
const NEW_OFF: &str = r#"{"version": 19, "virtualMachine": {"type": "vz", "useRosetta": false}}"#;
const OLD_ON: &str = r#"{"version": 11, "virtualMachine": {"memoryInGB": 4, "numberCPUs": 4},
    "experimental": {"virtualMachine": {"type": "vz", "useRosetta": true}}}"#;
const LOCK_OFF: &str = r#"<plist version="1.0"><dict><key>version</key><integer>15</integer>
    <key>virtualMachine</key><dict><key>useRosetta</key><false/></dict></dict></plist>"#;
const LOCK_QEMU: &str = r#"<plist version="1.0"><dict><key>version</key><integer>15</integer>
    <key>virtualMachine</key><dict><key>type</key><string>qemu</string></dict></dict></plist>"#;
const DEFAULT_ON: &str = r#"<plist version="1.0"><dict><key>version</key><integer>15</integer>
    <key>virtualMachine</key><dict><key>type</key><string>vz</string><key>useRosetta</key><true/></dict></dict></plist>"#;
const APP: &str = "/Applications/Rancher Desktop.app/Contents/Info.plist";
const OF_1_24: &str =
    "<plist><dict><key>CFBundleShortVersionString</key><string>1.24.0</string></dict></plist>";
const OF_1_8: &str =
    "<plist><dict><key>CFBundleShortVersionString</key><string>1.8.1</string></dict></plist>";

const ROWS: &[Row] = &[
    (
        "the schema of today, on",
        "26.1",
        &[(SETTINGS, NEW_ON), (APP, OF_1_24)],
        &[
            "rancher-desktop 1.24.0: on settings-file likely apple-virtualization virtualMachine.useRosetta=true",
        ],
    ),
    (
        "the schema of today, off",
        "26.1",
        &[(SETTINGS, NEW_OFF)],
        &["rancher-desktop: off settings-file likely apple-virtualization virtualMachine.useRosetta=false"],
    ),
    (
        "the schema before 1.19",
        "14.5",
        &[(SETTINGS, OLD_ON)],
        &[
            "rancher-desktop: on settings-file likely apple-virtualization experimental.virtualMachine.useRosetta=true",
        ],
    ),
    (
        "a key of the other generation is not read",
        "14.5",
        &[(
            SETTINGS,
            r#"{"version": 19, "experimental": {"virtualMachine": {"type": "qemu", "useRosetta": true}}}"#,
        )],
        &["rancher-desktop: off default likely apple-virtualization no virtualMachine.useRosetta"],
    ),
    (
        "a fresh install: off by default, and what runs it goes by macOS",
        "14.5",
        &[(APP, OF_1_24)],
        &["rancher-desktop 1.24.0: off default likely apple-virtualization no virtualMachine.useRosetta"],
    ),
    (
        "a fresh install on macOS 13",
        "13.6",
        &[(APP, OF_1_24)],
        &["rancher-desktop 1.24.0: off default likely qemu no virtualMachine.useRosetta"],
    ),
    (
        "a schema that is not known yet",
        "26.1",
        &[(
            SETTINGS,
            r#"{"version": 99, "virtualMachine": {"type": "vz", "useRosetta": true}}"#,
        )],
        &["rancher-desktop: unknown settings-file unknown ?"],
    ),
    (
        "no schema told",
        "26.1",
        &[(
            SETTINGS,
            r#"{"virtualMachine": {"type": "vz", "useRosetta": true}}"#,
        )],
        &["rancher-desktop: unknown settings-file unknown ?"],
    ),
    (
        "Apple's framework on a macOS that is too old for it",
        "13.0",
        &[(SETTINGS, NEW_ON), (APP, OF_1_24)],
        &["rancher-desktop 1.24.0: impossible default likely apple-virtualization"],
    ),
    (
        "QEMU chosen",
        "26.1",
        &[(
            SETTINGS,
            r#"{"version": 16, "virtualMachine": {"type": "qemu", "useRosetta": true}}"#,
        )],
        &["rancher-desktop: off settings-file likely qemu virtualMachine.type=qemu"],
    ),
    (
        "before Rosetta was there",
        "26.1",
        &[(SETTINGS, r#"{"version": 5}"#), (APP, OF_1_8)],
        &["rancher-desktop 1.8.1: impossible default certain ?"],
    ),
    (
        "locked off",
        "26.1",
        &[(SETTINGS, NEW_ON), (LOCKED, LOCK_OFF)],
        &["rancher-desktop: off admin likely apple-virtualization virtualMachine.useRosetta=false locked"],
    ),
    (
        "locked to QEMU",
        "26.1",
        &[(SETTINGS, NEW_ON), (LOCKED, LOCK_QEMU)],
        &["rancher-desktop: off admin likely qemu virtualMachine.type=qemu locked"],
    ),
    (
        "an administrator's default, before the first start",
        "26.1",
        &[(APP, OF_1_24), (DEFAULTS, DEFAULT_ON)],
        &["rancher-desktop 1.24.0: on admin likely apple-virtualization virtualMachine.useRosetta=true"],
    ),
    (
        "an administrator's default, which the user's file replaced",
        "26.1",
        &[(SETTINGS, NEW_OFF), (DEFAULTS, DEFAULT_ON)],
        &["rancher-desktop: off settings-file likely apple-virtualization virtualMachine.useRosetta=false"],
    ),
];

#[test]
fn every_generation_is_told_rightly() {
    check(ROWS);
}

#[test]
fn a_lock_leads_to_the_administrator() {
    let said = said(&laid("26.1", &[(SETTINGS, NEW_ON), (LOCKED, LOCK_OFF)]));
    assert!(said.contains("locked by the administrator"));
    assert!(said.contains("Ask the administrator of this Mac to change `/Library/Managed Preferences/"));
}

#[test]
fn the_binary_form_of_a_profile_is_read_too() {
    let list = plist::Value::from_reader_xml(std::io::Cursor::new(LOCK_OFF)).unwrap();
    let mut bytes = Vec::new();
    plist::to_writer_binary(&mut bytes, &list).unwrap();
    let mac = laid("26.1", &[(SETTINGS, NEW_ON)]).file(LOCKED.trim_start_matches('/'), bytes);
    assert!(mac.runtimes(&host::Folders::default())[0].locked);
}
