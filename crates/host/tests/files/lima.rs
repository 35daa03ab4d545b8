//! Lima's instances, in the schemas of 2022 and of today.

use host::Folders;

use crate::table::{Row, check, laid, lines, said};

const NEW_ON: &str = "vmType: vz\nvmOpts:\n  qemu:\n    minimumVersion: null\n  vz:\n    rosetta:\n      enabled: true\n      binfmt: true\n";
const OLD_ON: &str = "vmType: \"vz\"\nrosetta:\n  # Enable Rosetta\n  enabled: true\n  binfmt: true\n";

const ROWS: &[Row] = &[
    (
        "the schema of today",
        "26.1",
        &[
            (".lima/docker/lima.yaml", NEW_ON),
            (".lima/docker/lima-version", "v2.2.0"),
        ],
        &["lima/docker 2.2.0: on settings-file likely apple-virtualization vmOpts.vz.rosetta.enabled=true"],
    ),
    (
        "the schema before 2.0, which is still followed",
        "26.1",
        &[
            (".lima/docker/lima.yaml", OLD_ON),
            (".lima/docker/lima-version", "1.2.1-3-gabc"),
        ],
        &["lima/docker 1.2.1: on settings-file likely apple-virtualization rosetta.enabled=true"],
    ),
    (
        "both schemas: the new one is followed",
        "26.1",
        &[(
            ".lima/x/lima.yaml",
            "vmType: vz\nrosetta: {enabled: false}\nvmOpts: {vz: {rosetta: {enabled: true, binfmt: true}}}\n",
        )],
        &["lima/x: on settings-file likely apple-virtualization vmOpts.vz.rosetta.enabled=true"],
    ),
    (
        "the absent key is off, and named as its generation writes it",
        "15.5",
        &[
            (".lima/a/lima.yaml", "images: []\n"),
            (".lima/a/lima-version", "1.0.2"),
            (".lima/b/lima.yaml", "{}"),
            (".lima/b/lima-version", "0.23.2"),
            (".lima/c/lima.yaml", ""),
            (".lima/c/lima-version", "v2.0.0"),
            (".lima/d/lima.yaml", "vmType: null\n"),
            (".lima/d/vz-identifier", "x"),
        ],
        &[
            "lima/a 1.0.2: off default likely apple-virtualization no rosetta.enabled",
            "lima/b 0.23.2: impossible default likely qemu",
            "lima/c 2.0.0: off default likely apple-virtualization no vmOpts.vz.rosetta.enabled",
            "lima/d: off default likely apple-virtualization no vmOpts.vz.rosetta.enabled",
        ],
    ),
    (
        "nothing tells what runs it",
        "26.1",
        &[(".lima/a/lima.yaml", "rosetta: {enabled: true, binfmt: true}\n")],
        &["lima/a: on settings-file unsure ? rosetta.enabled=true"],
    ),
    (
        "QEMU, with Rosetta asked for in vain",
        "26.1",
        &[(".lima/a/lima.yaml", "vmType: qemu\nrosetta: {enabled: true}\n")],
        &["lima/a: impossible settings-file likely qemu vmType=qemu"],
    ),
    (
        "shared with the machine and handed no programs",
        "26.1",
        &[(
            ".lima/a/lima.yaml",
            "vmType: vz\nrosetta: {enabled: true, binfmt: false}\n",
        )],
        &["lima/a: off settings-file likely apple-virtualization rosetta.binfmt=false"],
    ),
    (
        "shared with the machine, and programs are handed to it by nobody's default",
        "26.1",
        &[
            (
                ".lima/a/lima.yaml",
                "vmType: vz\nvmOpts: {vz: {rosetta: {enabled: true}}}\n",
            ),
            (".lima/a/lima-version", "2.2.0"),
            (".lima/b/lima.yaml", "vmType: vz\nrosetta: {enabled: true}\n"),
            (".lima/b/lima-version", "1.0.3"),
            (
                ".lima/c/lima.yaml",
                "vmType: vz\nrosetta: {binfmt: true}\nvmOpts: {vz: {rosetta: {enabled: true}}}\n",
            ),
        ],
        &[
            "lima/a 2.2.0: off default likely apple-virtualization no vmOpts.vz.rosetta.binfmt",
            "lima/b 1.0.3: off default likely apple-virtualization no rosetta.binfmt",
            "lima/c: off default likely apple-virtualization no vmOpts.vz.rosetta.binfmt",
        ],
    ),
    (
        "the newer schema in a release that does not read it",
        "26.1",
        &[(".lima/a/lima.yaml", NEW_ON), (".lima/a/lima-version", "1.0.3")],
        &["lima/a 1.0.3: off default likely apple-virtualization no rosetta.enabled"],
    ),
    (
        "a machine of the other architecture",
        "26.1",
        &[
            (
                ".lima/a/lima.yaml",
                "vmType: vz\narch: x86_64\nrosetta: {enabled: true, binfmt: true}\n",
            ),
            (".lima/_config/default.yaml", "arch: default\n"),
        ],
        &["lima/a: impossible settings-file likely apple-virtualization arch=x86_64"],
    ),
    (
        "overrides win, defaults lose",
        "26.1",
        &[
            (".lima/_config/override.yaml", "rosetta: {enabled: false}\n"),
            (
                ".lima/_config/default.yaml",
                "vmType: vz\nrosetta: {enabled: true}\n",
            ),
            (".lima/a/lima.yaml", NEW_ON),
        ],
        &["lima/a: off settings-file likely apple-virtualization rosetta.enabled=false"],
    ),
    (
        "defaults fill what the instance leaves open",
        "26.1",
        &[
            (
                ".lima/_config/default.yaml",
                "vmType: vz\nrosetta: {enabled: true, binfmt: true}\n",
            ),
            (".lima/a/lima.yaml", "cpus: 2\n"),
        ],
        &["lima/a: on settings-file likely apple-virtualization rosetta.enabled=true"],
    ),
    (
        "older than Apple's framework in it",
        "26.1",
        &[
            (".lima/a/lima.yaml", "arch: default\n"),
            (".lima/a/lima-version", "0.13.0"),
        ],
        &["lima/a 0.13.0: impossible default certain qemu"],
    ),
    (
        "a folder that is no instance",
        "26.1",
        &[(".lima/_cache/x", ""), (".lima/y/log", "")],
        &[],
    ),
];

#[test]
fn every_instance_is_told_rightly() {
    check(ROWS);
}

#[test]
fn the_folder_of_the_environment_comes_first() {
    let mac = laid("26.1", &[(".lima/a/lima.yaml", "{}"), ("l/b/lima.yaml", NEW_ON)]);
    let folders = Folders {
        lima: Some(mac.path("Users/me/l")),
        ..Folders::default()
    };
    let expected = "lima/b: on settings-file likely apple-virtualization vmOpts.vz.rosetta.enabled=true";
    assert_eq!(lines(&mac, &folders), [expected]);
}

#[test]
fn the_commands_name_the_instance() {
    let said = said(&laid("26.1", &[(".lima/docker/lima.yaml", "vmType: vz\n")]));
    assert!(said.contains("Run `limactl stop docker`, then `limactl edit docker --rosetta`"));
    assert!(said.contains("`limactl start docker`"));
}
