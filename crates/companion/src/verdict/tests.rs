//! Every state of the settings with everything that a probe can show, and what comes of it.

use std::collections::BTreeMap;

use host::{Folders, Machine, Os, ProcessFacts, Roots, State};
use tempfile::TempDir;

use super::*;
use crate::verdict_words;

/// A Mac with this Docker Desktop, whose settings file says this; without a file, it is absent.
struct Mac {
    root: TempDir,
}

impl Mac {
    fn new(macos: &str, files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let mac = Self { root };
        let list = |key: &str, value: &str| {
            format!("<plist><dict><key>{key}</key><string>{value}</string></dict></plist>")
        };
        mac.write(
            "System/Library/CoreServices/SystemVersion.plist",
            &list("ProductVersion", macos),
        );
        mac.write("Library/Apple/usr/libexec/oah/RosettaLinux/rosetta", "");
        for (path, content) in files {
            let content = content
                .strip_prefix("version ")
                .map(|it| list("CFBundleShortVersionString", it));
            let plain = files.iter().find(|it| it.0 == *path).map_or("", |it| it.1);
            mac.write(path, content.as_deref().unwrap_or(plain));
        }
        mac
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(path, content).expect("it can be written");
    }

    fn machine(&self) -> Machine {
        let process = ProcessFacts {
            architecture: "arm64".to_owned(),
            translated: false,
        };
        host::machine(&self.roots(), &process)
    }

    fn roots(&self) -> Roots {
        Roots {
            root: self.root.path().to_owned(),
            home: self.root.path().join("Users/me"),
        }
    }

    fn settings(&self) -> host::Rosetta {
        let found = host::runtimes(&self.roots(), &self.machine(), &Folders::default());
        found.into_iter().next().expect("a runtime")
    }

    fn verdict(&self, probed: Option<&Probed>, store: ImageStore) -> Verdict {
        let (settings, machine) = (self.settings(), self.machine());
        verdict(&Witnesses {
            settings: &settings,
            host: &host::host_rosetta(&self.roots(), &machine),
            machine: &machine,
            store: Some(store),
            kernel: None,
            probed,
        })
    }
}

fn probed(what: &str) -> Option<Probed> {
    let (known, runs, translator) = match what {
        "no probe" => return None,
        "doubt" => (false, false, "unknown"),
        "nothing" => (true, false, "none"),
        "failing" => (true, false, "rosetta"),
        "unnamed" => (true, true, "unknown"),
        translator => (true, true, translator),
    };
    Some(Probed {
        platform: "linux/amd64".to_owned(),
        runs,
        known,
        why: String::new(),
        hint: None,
        translator: translator.to_owned(),
        evidence: String::new(),
        features: BTreeMap::new(),
        dynamic: None,
        relative_speed: None,
        speed: None,
        pace: None,
        at: 0,
    })
}

const APP: (&str, &str) = ("Applications/Docker.app/Contents/Info.plist", "version 4.91.0");
const STORE: &str = "Users/me/Library/Group Containers/group.com.docker/settings-store.json";
const ADMIN: &str = "Library/Application Support/com.docker.docker/admin-settings.json";
const ON: &str = r#"{"UseVirtualizationFrameworkRosetta": true}"#;
const OFF: &str = r#"{"UseVirtualizationFrameworkRosetta": false}"#;
const VMM: &str = r#"{"UseLibkrun": true}"#;
const LEFT_OFF: &str = r#"{"UseLibkrun": false, "UseVirtualizationFrameworkRosetta": false}"#;
const LOCK_ON: &str = r#"{"useVirtualizationFrameworkRosetta": {"locked": true, "value": true}}"#;

/// Settings, by a name.
fn settings(name: &str) -> Mac {
    match name {
        "on" => Mac::new("26.1", &[APP, (STORE, ON)]),
        "on by default" => Mac::new("26.1", &[APP]),
        "on by the administrator" => Mac::new("26.1", &[APP, (STORE, OFF), (ADMIN, LOCK_ON)]),
        "off" => Mac::new("26.1", &[APP, (STORE, OFF)]),
        "left off" => Mac::new("26.1", &[APP, (STORE, LEFT_OFF)]),
        "impossible" => Mac::new("26.1", &[APP, (STORE, VMM)]),
        "unknown" => Mac::new("26.1", &[APP, (STORE, "{")]),
        "macOS 12" => Mac::new("12.7", &[APP, (STORE, ON)]),
        other => panic!("{other}"),
    }
}

/// Settings, a probe, and what comes of it: who decides, the state, from where, how sure, whether it works.
const ROWS: &[(&str, &str, &str)] = &[
    ("on", "no probe", "settings: on by settings-file, likely, works ?"),
    ("on", "doubt", "settings: on by settings-file, likely, works ?"),
    ("on", "rosetta", "probe: on by probe, certain, works yes"),
    ("on", "qemu", "probe: off by probe, certain, works yes, OnButQemu"),
    (
        "on",
        "unnamed",
        "settings: on by settings-file, likely, works yes",
    ),
    ("on", "native", "probe: not-needed by probe, certain, works yes"),
    (
        "on",
        "nothing",
        "probe: off by probe, certain, works no, OnButNothingRuns",
    ),
    (
        "on",
        "failing",
        "probe: off by probe, certain, works no, OnButNothingRuns",
    ),
    (
        "on by default",
        "no probe",
        "settings: on by default, likely, works ?",
    ),
    (
        "on by default",
        "rosetta",
        "probe: on by probe, certain, works yes",
    ),
    (
        "on by default",
        "qemu",
        "probe: off by probe, certain, works yes, OnButQemu",
    ),
    (
        "on by default",
        "nothing",
        "probe: off by probe, certain, works no, OnButNothingRuns",
    ),
    (
        "on by the administrator",
        "no probe",
        "settings: on by admin, likely, works ?",
    ),
    (
        "on by the administrator",
        "qemu",
        "probe: off by probe, certain, works yes, OnButQemu",
    ),
    (
        "off",
        "no probe",
        "settings: off by settings-file, likely, works ?",
    ),
    ("off", "doubt", "settings: off by settings-file, likely, works ?"),
    (
        "off",
        "rosetta",
        "probe: on by probe, certain, works yes, NotOnButRosetta",
    ),
    ("off", "qemu", "probe: off by probe, certain, works yes"),
    (
        "off",
        "unnamed",
        "settings: off by settings-file, likely, works yes",
    ),
    ("off", "native", "probe: not-needed by probe, certain, works yes"),
    ("off", "nothing", "probe: off by probe, certain, works no"),
    (
        "left off",
        "no probe",
        "settings: off by settings-file, likely, works ?",
    ),
    ("left off", "qemu", "probe: off by probe, certain, works yes"),
    (
        "impossible",
        "no probe",
        "settings: impossible by settings-file, likely, works ?",
    ),
    (
        "impossible",
        "doubt",
        "settings: impossible by settings-file, likely, works ?",
    ),
    (
        "impossible",
        "rosetta",
        "probe: on by probe, certain, works yes, NotOnButRosetta",
    ),
    (
        "impossible",
        "qemu",
        "probe: impossible by probe, certain, works yes",
    ),
    (
        "impossible",
        "unnamed",
        "settings: impossible by settings-file, likely, works yes",
    ),
    (
        "impossible",
        "native",
        "probe: not-needed by probe, certain, works yes",
    ),
    (
        "impossible",
        "nothing",
        "probe: impossible by probe, certain, works no",
    ),
    (
        "unknown",
        "no probe",
        "nothing: unknown by settings-file, unknown, works ?",
    ),
    (
        "unknown",
        "doubt",
        "nothing: unknown by settings-file, unknown, works ?",
    ),
    ("unknown", "rosetta", "probe: on by probe, certain, works yes"),
    ("unknown", "qemu", "probe: off by probe, certain, works yes"),
    (
        "unknown",
        "unnamed",
        "nothing: unknown by settings-file, unknown, works yes",
    ),
    (
        "unknown",
        "native",
        "probe: not-needed by probe, certain, works yes",
    ),
    ("unknown", "nothing", "probe: off by probe, certain, works no"),
    (
        "macOS 12",
        "no probe",
        "machine: impossible by default, certain, works ?",
    ),
    (
        "macOS 12",
        "qemu",
        "probe: impossible by probe, certain, works yes",
    ),
    (
        "macOS 12",
        "nothing",
        "probe: impossible by probe, certain, works no",
    ),
];

fn line(verdict: &Verdict) -> String {
    let decides = format!("{:?}", verdict.decides).to_lowercase();
    let works = match verdict.works {
        Some(true) => "yes",
        Some(false) => "no",
        None => "?",
    };
    let contradiction = verdict
        .contradiction
        .map(|it| format!(", {it:?}"))
        .unwrap_or_default();
    format!(
        "{decides}: {} by {}, {}, works {works}{contradiction}",
        verdict.state.as_str(),
        verdict.source.as_str(),
        verdict.confidence.as_str()
    )
}

#[test]
fn every_combination_comes_to_its_verdict() {
    let mut wrong = Vec::new();
    for (name, probe, expected) in ROWS {
        let mac = settings(name);
        let verdict = mac.verdict(probed(probe).as_ref(), ImageStore::Classic);
        if line(&verdict) != *expected {
            wrong.push(format!("{name} / {probe}: {}", line(&verdict)));
        }
        let why = verdict_words::why(&verdict, &mac.settings());
        assert!(!why.is_empty() && !why.ends_with('.'), "{name} / {probe}: {why}");
        // What contradicts is always followed by something to try, unless it is better than the settings say.
        let is_worse = !matches!(verdict.contradiction, None | Some(Contradiction::NotOnButRosetta));
        assert_eq!(!verdict.remedies.is_empty(), is_worse, "{name} / {probe}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_state_meets_every_finding() {
    let probes = [
        "no probe", "doubt", "rosetta", "qemu", "unnamed", "native", "nothing",
    ];
    for name in ["on", "off", "impossible", "unknown"] {
        for probe in probes {
            let is_there = ROWS.iter().any(|row| (row.0, row.1) == (name, probe));
            assert!(is_there, "{name} / {probe}");
        }
    }
}

#[test]
fn an_intel_mac_and_linux_need_none_whatever_ran() {
    let mac = settings("on");
    for machine in [
        Machine {
            architecture: Some("amd64".to_owned()),
            ..mac.machine()
        },
        Machine {
            os: Os::Linux,
            ..mac.machine()
        },
    ] {
        let found = host::runtimes(&mac.roots(), &machine, &Folders::default());
        for probe in ["no probe", "native", "qemu"] {
            let verdict = verdict(&Witnesses {
                settings: &found[0],
                host: &host::host_rosetta(&mac.roots(), &machine),
                machine: &machine,
                store: None,
                kernel: None,
                probed: probed(probe).as_ref(),
            });
            assert_eq!(
                (verdict.decides, verdict.state),
                (Decides::Machine, State::NotNeeded)
            );
        }
    }
}

fn remedies(mac: &Mac, probe: &str, store: ImageStore) -> Vec<String> {
    let settings = mac.settings();
    let verdict = mac.verdict(probed(probe).as_ref(), store);
    verdict
        .remedies
        .iter()
        .map(|it| verdict_words::remedy(*it, &settings))
        .collect()
}

#[test]
fn on_but_not_working_is_cured_by_an_update_the_other_store_or_off() {
    let said = remedies(&settings("on"), "nothing", ImageStore::Containerd).join("\n");
    let place = |text: &str| said.find(text).unwrap_or_else(|| panic!("no {text}: {said}"));
    assert!(place("Restart Docker Desktop") < place("Update Docker Desktop"));
    assert!(place("Update Docker Desktop") < place("Try the other image store"));
    assert!(place("Try the other image store") < place("Turn Rosetta off, so that QEMU translates"));
    let classic = remedies(&settings("on"), "nothing", ImageStore::Classic).join("\n");
    assert!(!classic.contains("image store") && classic.contains("Turn Rosetta off"));
}

#[test]
fn releases_that_are_known_for_it_name_their_own_cure() {
    let app = (APP.0, "version 4.27.0");
    let mac = Mac::new("14.2", &[app]);
    let verdict = mac.verdict(probed("nothing").as_ref(), ImageStore::Classic);
    assert_eq!(verdict.troubles[0].id, "docker-desktop-4.27");
    let first = [
        Remedy::Restart,
        Remedy::Cure(Cure::UpdateRuntime),
        Remedy::Cure(Cure::TurnOff),
    ];
    assert_eq!(verdict.remedies, first);
}

#[test]
fn a_colima_that_looks_for_rosetta_on_macos_27_is_told_to_install_it() {
    let files = [
        (
            "Users/me/.colima/default/colima.yaml",
            "vmType: vz\nrosetta: true\n",
        ),
        ("opt/homebrew/Cellar/colima/0.10.3/x", ""),
    ];
    let mac = Mac::new("27.0", &files);
    std::fs::remove_file(
        mac.root
            .path()
            .join("Library/Apple/usr/libexec/oah/RosettaLinux/rosetta"),
    )
    .expect("it is there");
    let verdict = mac.verdict(probed("qemu").as_ref(), ImageStore::Classic);
    assert_eq!(verdict.troubles[0].id, "colima-macos-27");
    assert!(verdict.remedies.contains(&Remedy::Cure(Cure::InstallRosetta)));
}

#[test]
fn where_qemu_runs_it_turning_off_is_no_cure() {
    let said = remedies(&settings("on"), "qemu", ImageStore::Containerd);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("Restart") && said[1].starts_with("Update"));
}

#[test]
fn under_a_lock_the_administrator_turns_it_off() {
    let verdict =
        settings("on by the administrator").verdict(probed("nothing").as_ref(), ImageStore::Classic);
    assert!(verdict.remedies.contains(&Remedy::AskAdministrator));
    assert!(!verdict.remedies.contains(&Remedy::Cure(Cure::TurnOff)));
}

#[test]
fn on_macos_26_a_missing_rosetta_comes_first() {
    let mac = settings("on");
    std::fs::remove_file(
        mac.root
            .path()
            .join("Library/Apple/usr/libexec/oah/RosettaLinux/rosetta"),
    )
    .expect("it is there");
    let verdict = mac.verdict(probed("qemu").as_ref(), ImageStore::Classic);
    assert_eq!(verdict.remedies[0], Remedy::Cure(Cure::InstallRosetta));
}

#[test]
fn trouble_of_a_kernel_is_named_where_the_engine_tells_its_own() {
    let mac = Mac::new("15.5", &[APP, (STORE, ON)]);
    let (settings, machine) = (mac.settings(), mac.machine());
    let named = |kernel| {
        let verdict = verdict(&Witnesses {
            settings: &settings,
            host: &host::host_rosetta(&mac.roots(), &machine),
            machine: &machine,
            store: None,
            kernel,
            probed: probed("nothing").as_ref(),
        });
        verdict.troubles.iter().any(|row| row.id == "kernel-6.18")
    };
    assert!(named(Some("6.18.3-linuxkit")));
    assert!(!named(Some("6.12.76-linuxkit")));
    assert!(!named(None));
}
