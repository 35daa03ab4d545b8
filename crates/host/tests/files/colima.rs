//! Colima's profiles, 2021 to 2026.

use host::Folders;

use crate::table::{Row, check, laid, lines, said};

/// As a release of today writes it for `colima start --vm-type vz --vz-rosetta`.
const ON: &str = "# Number of CPUs\ncpu: 4\narch: host\nruntime: docker\nvmType: vz\n# Utilise rosetta\nrosetta: true\nbinfmt: true\n";
const OFF: &str = "cpu: 2\narch: host\nvmType: vz\nrosetta: false\nbinfmt: true\n";
const QEMU: &str = "arch: aarch64\nvmType: qemu\nrosetta: false\n";
/// Of 2022: no key of Rosetta or of the machine.
const EARLY: &str = "cpu: 2\ndisk: 60\nmemory: 2\narch: aarch64\nruntime: docker\n";
const CELLAR: &str = "/opt/homebrew/Cellar/colima/0.10.3/INSTALL_RECEIPT.json";

const ROWS: &[Row] = &[
    (
        "turned on",
        "26.1",
        &[(".colima/default/colima.yaml", ON), (CELLAR, "")],
        &["colima/default 0.10.3: on settings-file likely apple-virtualization rosetta=true"],
    ),
    (
        "as it is made without a word",
        "15.6",
        &[(".colima/default/colima.yaml", OFF)],
        &["colima/default: off settings-file likely apple-virtualization rosetta=false"],
    ),
    (
        "several profiles, one in QEMU, one that was never started",
        "26.1",
        &[
            (".colima/default/colima.yaml", ON),
            (".colima/work/colima.yaml", QEMU),
            (
                ".colima/x86/colima.yaml",
                "arch: x86_64\nvmType: vz\nrosetta: true\n",
            ),
            (".colima/_lima/colima/colima.yaml", ON),
            (".colima/_templates/default.yaml", ON),
            (".colima/ssh_config", ""),
        ],
        &[
            "colima/default: on settings-file likely apple-virtualization rosetta=true",
            "colima/work: impossible settings-file likely qemu vmType=qemu",
            "colima/x86: impossible settings-file likely apple-virtualization arch=x86_64",
        ],
    ),
    (
        "a file of 2022",
        "12.7",
        &[(".colima/default/colima.yaml", EARLY)],
        &["colima/default: impossible default certain ?"],
    ),
    (
        "a file of 2022 on a Mac of today: the absent key is off",
        "26.1",
        &[(".colima/default/colima.yaml", EARLY)],
        &["colima/default: off default likely ? no rosetta"],
    ),
    (
        "the file of the usual profile as of 2021",
        "26.1",
        &[(".colima/colima.yaml", EARLY), (".colima/default/daemon/log", "")],
        &["colima/default: off default likely ? no rosetta"],
    ),
    (
        "before the key was there",
        "14.2",
        &[
            (".colima/default/colima.yaml", EARLY),
            ("/opt/homebrew/Cellar/colima/0.5.2_1/x", ""),
        ],
        &["colima/default 0.5.2: impossible default certain ?"],
    ),
    (
        "asked for in QEMU",
        "26.1",
        &[(".colima/default/colima.yaml", "vmType: qemu\nrosetta: true\n")],
        &["colima/default: impossible settings-file likely qemu vmType=qemu"],
    ),
    (
        "the machine was made in QEMU, whatever the file says since",
        "26.1",
        &[
            (".colima/default/colima.yaml", ON),
            (".colima/_lima/colima/colima.yaml", QEMU),
        ],
        &["colima/default: impossible settings-file likely qemu vmType=qemu"],
    ),
    (
        "asked for in a machine of a kind that nothing tells",
        "26.1",
        &[(".colima/default/colima.yaml", "rosetta: true\n")],
        &["colima/default: on settings-file unsure ? rosetta=true"],
    ),
    (
        "krunkit",
        "26.1",
        &[(".colima/default/colima.yaml", "vmType: krunkit\nrosetta: false\n")],
        &["colima/default: impossible settings-file likely krun vmType=krunkit"],
    ),
    (
        "hand-edited: a flow, a comment, a mark and CR LF",
        "26.1",
        &[(
            ".colima/default/colima.yaml",
            "\u{feff}{vmType: 'vz',\r\n rosetta: true} # x\r\n",
        )],
        &["colima/default: on settings-file likely apple-virtualization rosetta=true"],
    ),
    (
        "in XDG's folder",
        "26.1",
        &[(".config/colima/default/colima.yaml", ON)],
        &["colima/default: on settings-file likely apple-virtualization rosetta=true"],
    ),
    (
        "its own folder wins over XDG's",
        "26.1",
        &[
            (".config/colima/default/colima.yaml", ON),
            (".colima/default/colima.yaml", OFF),
        ],
        &["colima/default: off settings-file likely apple-virtualization rosetta=false"],
    ),
    (
        "installed and never started",
        "26.1",
        &[(CELLAR, "")],
        &["colima 0.10.3: unknown default unknown ?"],
    ),
    (
        "macOS 27 without an installed Rosetta is doubted only where the release may look for one",
        "26.9",
        &[(".colima/default/colima.yaml", ON)],
        &["colima/default: on settings-file likely apple-virtualization rosetta=true"],
    ),
];

#[test]
fn every_profile_is_told_rightly() {
    check(ROWS);
}

#[test]
fn the_folders_of_the_environment_come_first() {
    let mac = laid(
        "26.1",
        &[(".colima/default/colima.yaml", OFF), ("x/work/colima.yaml", ON)],
    );
    let folders = Folders {
        colima: Some(mac.path("Users/me/x")),
        ..Folders::default()
    };
    let expected = "colima/work: on settings-file likely apple-virtualization rosetta=true";
    assert_eq!(lines(&mac, &folders), [expected]);
    let mac = laid("26.1", &[("cfg/colima/default/colima.yaml", ON)]);
    let folders = Folders {
        config: Some(mac.path("Users/me/cfg")),
        ..Folders::default()
    };
    assert_eq!(lines(&mac, &folders).len(), 1);
}

#[test]
fn what_is_wrong_with_it_and_what_to_do_is_said() {
    let changed = laid(
        "26.1",
        &[
            (".colima/w k/colima.yaml", ON),
            (".colima/_lima/colima-w k/colima.yaml", OFF),
        ],
    );
    let said_of_it = said(&changed);
    assert!(said_of_it.contains("`rosetta: false`, with which Colima was last started"));
    assert!(said_of_it.contains("`colima stop --profile 'w k'`, then `colima start --profile 'w k'`"));
    let qemu = said(&laid(
        "26.1",
        &[(".colima/default/colima.yaml", "vmType: qemu\nrosetta: true\n")],
    ));
    assert!(qemu.contains("`rosetta: true`, which a virtual machine of kind `qemu` cannot follow"));
    assert!(qemu.contains("`colima delete` deletes"));
    let off = said(&laid("26.1", &[(".colima/default/colima.yaml", OFF)]));
    assert!(off.contains("Run `colima stop`, then `colima start --vm-type vz --vz-rosetta`"));
}

#[test]
fn on_macos_27_the_way_to_on_leads_over_an_installed_rosetta() {
    let off = laid(
        "27.0",
        &[(".colima/default/colima.yaml", "vmType: vz\nrosetta: false\n")],
    );
    assert!(!said(&off).contains("softwareupdate"));
    let off = said(&off.without_host_rosetta());
    assert!(
        off.contains("looks for an installed Rosetta") && off.contains("softwareupdate"),
        "{off}"
    );
}

#[test]
fn on_macos_27_a_release_that_wants_rosetta_installed_is_doubted() {
    let files = [(".colima/default/colima.yaml", ON)];
    let doubted = laid("27.0", &files).without_host_rosetta();
    let expected = "colima/default: on settings-file unsure apple-virtualization rosetta=true";
    assert_eq!(lines(&doubted, &Folders::default()), [expected]);
    assert!(said(&doubted).contains("looks for an installed Rosetta, although this macOS needs none"));
    let known = laid("27.0", &[files[0], (CELLAR, "")]).without_host_rosetta();
    assert!(said(&known).contains("Colima uses QEMU without a word"));
    let installed = laid("27.0", &[files[0], (CELLAR, "")]);
    assert!(!said(&installed).contains("without a word"));
}
