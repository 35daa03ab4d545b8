//! `OrbStack`, Finch and Apple's `container`, and several runtimes beside each other.

use crate::table::{Row, check, laid, said};

const ORBSTACK: &str = "/Applications/OrbStack.app/Contents/Info.plist";
const OF_2: &str = "<plist><dict><key>CFBundleShortVersionString</key><string>2.2.3</string></dict></plist>";
const VMCONFIG: &str = ".orbstack/vmconfig.json";
const DOCKER: &str = "/Applications/Docker.app/Contents/Info.plist";
const OF_4_43: &str =
    "<plist><dict><key>CFBundleShortVersionString</key><string>4.43.0</string></dict></plist>";
const FINCH: &str = ".finch/finch.yaml";
const FINCH_MADE: &str = "/Applications/Finch/lima/data/finch/lima.yaml";

const ROWS: &[Row] = &[
    (
        "OrbStack as it comes",
        "26.1",
        &[(ORBSTACK, OF_2)],
        &["orbstack 2.2.3: on default likely ? no rosetta"],
    ),
    (
        "OrbStack with other settings",
        "15.1",
        &[(VMCONFIG, r#"{"cpu": 4, "memory_mib": 6144}"#)],
        &["orbstack: on default likely ? no rosetta"],
    ),
    (
        "OrbStack turned off",
        "15.1",
        &[(VMCONFIG, r#"{"rosetta": false}"#)],
        &["orbstack: off settings-file likely ? rosetta=false"],
    ),
    (
        "OrbStack turned on again",
        "15.1",
        &[(VMCONFIG, r#"{"rosetta": true}"#)],
        &["orbstack: on settings-file likely ? rosetta=true"],
    ),
    (
        "Finch as it comes",
        "26.1",
        &[(FINCH, "cpus: 4\nmemory: 8GiB\n")],
        &["finch: off default likely apple-virtualization no rosetta"],
    ),
    (
        "Finch turned on",
        "26.1",
        &[(FINCH, "vmType: vz\nrosetta: true\n")],
        &["finch: on settings-file likely apple-virtualization rosetta=true"],
    ),
    (
        "Finch turned on after its machine was made",
        "26.1",
        &[
            (FINCH, "vmType: vz\nrosetta: true\n"),
            (FINCH_MADE, "vmType: vz\nrosetta: {enabled: false}\n"),
        ],
        &["finch: off settings-file likely apple-virtualization rosetta.enabled=false"],
    ),
    (
        "Finch in QEMU, as of 2022",
        "26.1",
        &[(FINCH, "vmType: qemu\nrosetta: true\n")],
        &["finch: impossible settings-file likely qemu vmType=qemu"],
    ),
    (
        "Apple's container",
        "26.1",
        &[("/usr/local/bin/container", "")],
        &["apple-container: on default likely apple-virtualization"],
    ),
    (
        "Apple's container on a macOS that is too old for it",
        "15.5",
        &[("/usr/local/bin/container", "")],
        &["apple-container: impossible default likely apple-virtualization"],
    ),
    (
        "Docker Desktop on a macOS that is too old for it",
        "13.2",
        &[(DOCKER, OF_4_43)],
        &["docker-desktop 4.43.0: impossible default likely apple-virtualization"],
    ),
    (
        "Apple's container without Rosetta for builds",
        "26.1",
        &[(".config/container/config.toml", "[build]\nrosetta = false\n")],
        &["apple-container: on default likely apple-virtualization build.rosetta=false"],
    ),
    (
        "all beside each other, one answer each",
        "26.1",
        &[
            (
                "/Applications/Docker.app/Contents/Info.plist",
                "<plist><dict/></plist>",
            ),
            (ORBSTACK, OF_2),
            (FINCH, ""),
            (".colima/default/colima.yaml", ""),
            (".lima/a/lima.yaml", "vmType: vz"),
        ],
        &[
            "docker-desktop: on default unsure apple-virtualization no UseVirtualizationFrameworkRosetta",
            "orbstack 2.2.3: on default likely ? no rosetta",
            "colima/default: off default likely ? no rosetta",
            "lima/a: off default likely apple-virtualization no vmOpts.vz.rosetta.enabled",
            "finch: off default likely apple-virtualization no rosetta",
        ],
    ),
    ("nothing installed", "26.1", &[(".config/gh/config.yml", "")], &[]),
    (
        "a macOS that is too old decides for each",
        "12.7",
        &[
            (VMCONFIG, r#"{"rosetta": true}"#),
            (".colima/a/colima.yaml", "rosetta: true"),
        ],
        &[
            "orbstack: impossible default certain ?",
            "colima/a: impossible default certain ?",
        ],
    ),
];

#[test]
fn every_one_is_told_rightly() {
    check(ROWS);
}

#[test]
fn each_says_how_in_its_own_words() {
    let orbstack = said(&laid("26.1", &[(VMCONFIG, r#"{"rosetta": false}"#)]));
    assert!(orbstack.contains("Run `orb config set rosetta true`, then `orb restart`"));
    let finch = said(&laid(
        "26.1",
        &[
            (FINCH, "rosetta: true\n"),
            (FINCH_MADE, "rosetta: {enabled: false}\n"),
        ],
    ));
    assert!(finch.contains("with which its machine was made") && finch.contains("`finch vm init`"));
    let container = said(&laid(
        "26.1",
        &[(".config/container/config.toml", "[build]\nrosetta = false\n")],
    ));
    assert!(container.contains("so that builds do not use Rosetta"));
}

#[test]
fn the_settings_of_the_first_containers_are_a_binary_list() {
    let mut dictionary = plist::Dictionary::new();
    dictionary.insert("build.rosetta".to_owned(), false.into());
    let mut bytes = Vec::new();
    plist::to_writer_binary(&mut bytes, &plist::Value::Dictionary(dictionary)).unwrap();
    let list = "Users/me/Library/Preferences/com.apple.container.defaults.plist";
    let mac = laid("26.1", &[("/usr/local/bin/container", "")]).file(list, bytes);
    assert!(said(&mac).contains("`build.rosetta: false`"));
}

#[test]
fn on_macos_26_a_missing_rosetta_is_said_of_whoever_needs_it() {
    let mac = laid("26.1", &[(ORBSTACK, OF_2), (FINCH, "rosetta: true\n")]).without_host_rosetta();
    assert_eq!(
        said(&mac).matches("Rosetta is not installed on this Mac").count(),
        2
    );
    let mac = laid("27.0", &[(ORBSTACK, OF_2), (FINCH, "rosetta: true\n")]).without_host_rosetta();
    assert_eq!(
        said(&mac).matches("Rosetta is not installed on this Mac").count(),
        0
    );
}
