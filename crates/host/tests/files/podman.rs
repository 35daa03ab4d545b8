//! Podman's machines: 4 with QEMU, 5 with and without the mark, 6, and both providers.

use host::Folders;

use crate::table::{Row, check, laid, lines, said};

const APPLE: &str = ".config/containers/podman/machine/applehv/podman-machine-default.json";
const KRUN: &str = ".config/containers/podman/machine/libkrun/podman-machine-default.json";
const QEMU: &str = ".config/containers/podman/machine/qemu/podman-machine-default.json";
const CONF: &str = ".config/containers/containers.conf";
const WITH: &str =
    r#"{"AppleHypervisor": {"Vfkit": {"Endpoint": "http://localhost:1", "Rosetta": true}}, "Name": "x"}"#;
const WITHOUT: &str = r#"{"AppleHypervisor": {"Vfkit": {"Rosetta": false}}, "Name": "x"}"#;
const CONF_ON: &str = "[machine]\nrosetta = true\nprovider = \"applehv\"\n";
const CONF_OFF: &str = "# mine\n[engine]\nactive_service = \"x\"\n[machine]\nrosetta=false\n";
const OF_4: &str = "/opt/homebrew/Cellar/podman/4.9.4/x";
const OF_5_5: &str = "/opt/homebrew/Cellar/podman/5.5.2/x";
const OF_5_7: &str = "/opt/homebrew/Cellar/podman/5.7.1_1/x";
const OF_6: &str = "/opt/homebrew/Cellar/podman/6.0.2/x";

const ROWS: &[Row] = &[
    (
        "4 with QEMU",
        "13.6",
        &[(QEMU, "{}"), (OF_4, "")],
        &["podman/podman-machine-default 4.9.4: impossible default likely qemu"],
    ),
    (
        "4.9 with Apple's framework, without Rosetta in it",
        "14.1",
        &[(APPLE, "{}"), (OF_4, "")],
        &["podman/podman-machine-default 4.9.4: impossible default certain apple-virtualization"],
    ),
    (
        "5.1 to 5.5: on by default",
        "15.3",
        &[(APPLE, "{}"), (OF_5_5, "")],
        &["podman/podman-machine-default 5.5.2: on default likely apple-virtualization no machine.rosetta"],
    ),
    (
        "5.1 to 5.5: as it was started",
        "15.3",
        &[(APPLE, WITH), (OF_5_5, "")],
        &[
            "podman/podman-machine-default 5.5.2: on settings-file likely apple-virtualization \
           AppleHypervisor.Vfkit.Rosetta=true",
        ],
    ),
    (
        "5.6 to 5.8: what the file says does not decide",
        "26.1",
        &[(APPLE, WITH), (OF_5_7, "")],
        &[
            "podman/podman-machine-default 5.7.1: unknown settings-file unknown apple-virtualization \
           AppleHypervisor.Vfkit.Rosetta=true",
        ],
    ),
    (
        "5.6 to 5.8: nor does the default",
        "26.1",
        &[(APPLE, "{}"), (OF_5_7, "")],
        &["podman/podman-machine-default 5.7.1: unknown default unknown apple-virtualization"],
    ),
    (
        "5.6 to 5.8: off is off",
        "26.1",
        &[(APPLE, WITH), (CONF, CONF_OFF), (OF_5_7, "")],
        &[
            "podman/podman-machine-default 5.7.1: off settings-file likely apple-virtualization machine.rosetta=false",
        ],
    ),
    (
        "6: off by default",
        "26.1",
        &[(APPLE, "{}"), (OF_6, "")],
        &["podman/podman-machine-default 6.0.2: off default likely apple-virtualization no machine.rosetta"],
    ),
    (
        "6: off by default, whatever 5 left in the machine's file",
        "26.1",
        &[(APPLE, WITH), (OF_6, "")],
        &["podman/podman-machine-default 6.0.2: off default likely apple-virtualization no machine.rosetta"],
    ),
    (
        "6: on when asked for",
        "26.1",
        &[(APPLE, WITHOUT), (CONF, CONF_ON), (OF_6, "")],
        &[
            "podman/podman-machine-default 6.0.2: on settings-file likely apple-virtualization machine.rosetta=true",
        ],
    ),
    (
        "6: in libkrun, whatever is asked for",
        "26.1",
        &[(KRUN, "{}"), (CONF, CONF_ON), (OF_6, "")],
        &["podman/podman-machine-default 6.0.2: impossible default likely krun"],
    ),
    (
        "of a version that nothing tells, off is off and on is not known",
        "26.1",
        &[
            (APPLE, WITH),
            (".config/containers/podman/machine/applehv/b.json", WITHOUT),
        ],
        &[
            "podman/b: off settings-file likely apple-virtualization AppleHypervisor.Vfkit.Rosetta=false",
            "podman/podman-machine-default: unknown settings-file unknown apple-virtualization \
             AppleHypervisor.Vfkit.Rosetta=true",
        ],
    ),
    (
        "a file beside the user's wins over it, the system's loses",
        "26.1",
        &[
            (APPLE, "{}"),
            (OF_6, ""),
            (CONF, CONF_ON),
            (".config/containers/containers.conf.d/10.conf", CONF_ON),
            (".config/containers/containers.conf.d/20.conf", CONF_OFF),
            (".config/containers/containers.conf.d/30.conf.bak", CONF_ON),
            ("/etc/containers/containers.conf", CONF_ON),
        ],
        &[
            "podman/podman-machine-default 6.0.2: off settings-file likely apple-virtualization machine.rosetta=false",
        ],
    ),
    (
        "the system's file alone",
        "26.1",
        &[
            (APPLE, "{}"),
            (OF_6, ""),
            ("/etc/containers/containers.conf", CONF_ON),
        ],
        &[
            "podman/podman-machine-default 6.0.2: on settings-file likely apple-virtualization machine.rosetta=true",
        ],
    ),
    (
        "installed without a machine",
        "26.1",
        &[("/opt/podman/bin/podman", "")],
        &["podman: unknown default unknown ?"],
    ),
    (
        "two versions, of which none is linked, are none",
        "26.1",
        &[(APPLE, "{}"), (OF_6, ""), (OF_5_5, "")],
        &["podman/podman-machine-default: unknown default unknown apple-virtualization"],
    ),
];

#[test]
fn every_release_is_told_rightly() {
    check(ROWS);
}

#[test]
fn the_linked_version_is_the_one_in_use() {
    let mac = laid("26.1", &[(APPLE, "{}"), (OF_6, ""), (OF_5_5, "")]);
    let linked = mac.path("opt/homebrew/opt");
    std::fs::create_dir_all(&linked).unwrap();
    std::os::unix::fs::symlink("../Cellar/podman/5.5.2", linked.join("podman")).unwrap();
    assert!(
        lines(&mac, &Folders::default())[0].starts_with("podman/podman-machine-default 5.5.2: on default")
    );
}

#[test]
fn the_environment_takes_the_place_of_all_files() {
    let mac = laid(
        "26.1",
        &[
            (APPLE, "{}"),
            (OF_6, ""),
            (CONF, CONF_OFF),
            ("mine.conf", CONF_ON),
        ],
    );
    let folders = Folders {
        containers_conf: Some(mac.path("Users/me/mine.conf")),
        temporary: Some("/var/folders/r4/T".into()),
        ..Folders::default()
    };
    let found = &mac.runtimes(&folders)[0];
    assert_eq!(found.state.as_str(), "on");
    let socket = "/var/folders/r4/T/podman/podman-machine-default-api.sock";
    assert_eq!(found.socket.as_deref(), Some(socket.as_ref()));
}

#[test]
fn the_mark_and_the_new_machine_are_explained() {
    let masked = said(&laid("26.1", &[(APPLE, WITH), (OF_5_7, "")]));
    assert!(
        masked.contains(
            "Podman 5.7.1 leaves Rosetta off unless it has the file `/etc/containers/enable-rosetta`"
        )
    );
    assert!(masked.contains("archlight probe"));
    let krun = said(&laid("26.1", &[(KRUN, "{}"), (CONF, CONF_ON)]));
    assert!(
        krun.contains("libkrun runs the virtual machine of Podman") && krun.contains("`podman machine rm`")
    );
    let machine = laid("26.1", &[(KRUN, "{}")]);
    let file = machine.path("Users/me").join(KRUN);
    assert_eq!(machine.runtimes(&Folders::default())[0].file, Some(file));
    let off = said(&laid("26.1", &[(APPLE, "{}"), (OF_6, "")]));
    assert!(off.contains("Write `rosetta = true` into `/Users/me/.config/containers/containers.conf`"));
}
