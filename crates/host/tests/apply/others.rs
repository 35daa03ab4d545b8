//! Runtimes that have commands of their own.

use host::{
    Runtime, State,
    apply::{Refusal, Restart, Want, Warning, Way},
};

use crate::mac::{Mac, OFF, STORE, kinds, typed};

const NOTHING: [&str; 0] = [];
const DROP_IN: &str = ".config/containers/containers.conf.d/99-archlight-rosetta.conf";
const MACHINE: &str = ".config/containers/podman/machine/applehv/podman-machine-default.json";
const RANCHER: &str = "Library/Preferences/rancher-desktop/settings.json";

/// The beginning of a program for Apple Silicon.
const COLIMA: [u8; 32] = [
    0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0,
];

#[test]
fn colima_is_restarted_with_the_switch_and_keeps_its_type() {
    let mac = Mac::new().home(
        ".colima/default/colima.yaml",
        "vmType: vz\nrosetta: false\narch: aarch64\n",
    );
    let plan = mac.plan(Want::On, None);
    assert_eq!((kinds(&plan), plan.state), (Vec::new(), State::Off));
    assert_eq!(plan.way, Some(Way::Commands));
    assert_eq!(typed(&plan), ["colima start --vm-type vz --vz-rosetta"]);
    assert!(matches!(&plan.warnings[..], [Warning::StartsMachine { machine }] if machine == "default"));
    assert!(mac.plan(Want::Off, None).is_done());
    let work = Mac::new()
        .home(".colima/default/colima.yaml", "vmType: qemu\n")
        .home(".colima/work/colima.yaml", "vmType: vz\nrosetta: true\n");
    let off = work.plan(Want::Off, Some("colima:work"));
    assert_eq!(typed(&off), ["colima start --vz-rosetta=false --profile work"]);
    assert_eq!(kinds(&work.plan(Want::On, None)), ["needs-new-machine"]);
    assert_eq!(
        kinds(&work.plan(Want::On, Some("colima:other"))),
        ["no-such-machine"]
    );
}

#[test]
fn what_would_delete_a_machine_or_is_not_known_is_refused() {
    let colima = |text: &str| Mac::new().home(".colima/default/colima.yaml", text);
    let cases = [
        (colima("vmType: qemu\nrosetta: false\n"), "needs-new-machine"),
        (colima("vmType: vz\narch: x86_64\n"), "needs-new-machine"),
        (colima("rosetta: false\n"), "unknown-form"),
        (colima("vmType: vz\nrosetta: perhaps\n"), "unknown-form"),
        (colima("{vmType: vz}\n"), "unknown-form"),
        (
            Mac::new().home(".lima/x/lima.yaml", "vmType: qemu\n"),
            "needs-new-machine",
        ),
        (
            Mac::new().home(".finch/finch.yaml", "rosetta: false\n"),
            "needs-new-machine",
        ),
        (
            Mac::new().home(&MACHINE.replace("applehv", "libkrun"), "{}"),
            "needs-new-machine",
        ),
        (
            Mac::new().home(
                RANCHER,
                r#"{"version":19,"virtualMachine":{"type":"qemu","useRosetta":false}}"#,
            ),
            "needs-new-machine",
        ),
        (
            Mac::new().home(RANCHER, r#"{"virtualMachine":{}}"#),
            "unknown-form",
        ),
        (
            Mac::new().home(".orbstack/vmconfig.json", "{\"rosetta\":1}"),
            "unknown-form",
        ),
        (
            Mac::new()
                .home(".lima/a/lima.yaml", "vmType: vz\n")
                .home(".lima/b/lima.yaml", "vmType: vz\n"),
            "several-machines",
        ),
        (
            colima("vmType: vz\n").home(".lima/a/lima.yaml", "vmType: vz\n"),
            "several-runtimes",
        ),
    ];
    for (mac, kind) in cases {
        let plan = mac.plan(Want::On, None);
        assert_eq!((kinds(&plan), typed(&plan).len()), (vec![kind], 0), "{plan:?}");
    }
}

#[test]
fn lima_is_edited_in_the_place_of_either_generation() {
    let newer = Mac::new().home(
        ".lima/docker/lima.yaml",
        "vmType: vz\nvmOpts:\n  vz:\n    rosetta:\n      enabled: true\n",
    );
    assert!(newer.plan(Want::On, None).is_done());
    assert_eq!(
        typed(&newer.plan(Want::Off, None)),
        ["limactl edit docker --rosetta=false --tty=false"]
    );
    let unsaid = Mac::new().home(".lima/docker/lima.yaml", "images: []\n");
    assert_eq!(kinds(&unsaid.plan(Want::On, None)), ["unknown-form"]);
    let seen = unsaid.home(".lima/docker/vz-identifier", "x");
    assert_eq!(
        typed(&seen.plan(Want::On, None)),
        ["limactl edit docker --rosetta --tty=false"]
    );
    let older = Mac::new()
        .home(
            ".lima/docker/lima.yaml",
            "vmType: \"vz\"\nrosetta:\n  enabled: false\n",
        )
        .home(".lima/docker/ha.pid", "1");
    let plan = older.plan(Want::On, None);
    assert_eq!(
        typed(&plan),
        [
            "limactl stop docker",
            "limactl edit docker --rosetta --tty=false",
            "limactl start docker --tty=false"
        ]
    );
    assert_eq!(plan.change.unwrap().key, "rosetta.enabled");
}

#[test]
fn rancher_desktop_is_set_by_the_names_of_its_generation_unless_it_is_locked() {
    let settings = r#"{"version":19,"virtualMachine":{"type":"vz","useRosetta":false}}"#;
    let plan = Mac::new().home(RANCHER, settings).plan(Want::On, None);
    let words = "rdctl set --virtual-machine.type=vz --virtual-machine.use-rosetta=true";
    assert_eq!(typed(&plan), [words]);
    let old = r#"{"version":14,"experimental":{"virtualMachine":{"type":"vz","useRosetta":true}}}"#;
    let plan = Mac::new().home(RANCHER, old).plan(Want::Off, None);
    assert_eq!(
        typed(&plan),
        ["rdctl set --experimental.virtual-machine.use-rosetta=false"]
    );
    let lock = r#"<?xml version="1.0"?><plist version="1.0"><dict><key>virtualMachine</key><dict>
        <key>useRosetta</key><false/></dict></dict></plist>"#;
    for folder in ["Library/Managed Preferences", "Library/Preferences"] {
        let path = format!("{folder}/io.rancherdesktop.profile.locked.plist");
        let mac = Mac::new().home(RANCHER, settings).file(&path, lock);
        assert_eq!(kinds(&mac.plan(Want::On, None)), ["locked"]);
    }
}

#[test]
fn orbstack_has_it_on_by_itself_and_is_restarted_only_by_consent() {
    let mac = Mac::new().home(".orbstack/vmconfig.json", r#"{"cpu":4}"#);
    assert!(mac.plan(Want::On, None).is_done());
    let off = mac.plan(Want::Off, None);
    assert_eq!(typed(&off), ["orb config set rosetta false"]);
    assert!(matches!(off.restart, Restart::ByCommands(_)));
}

#[test]
fn podman_gets_a_file_of_our_own_that_is_taken_back_without_a_trace() {
    let own = "[machine]\nrosetta=false\n";
    let mac = Mac::new()
        .home(MACHINE, r#"{"AppleHypervisor":{"Vfkit":{"Rosetta":false}}}"#)
        .home(".config/containers/containers.conf", own)
        .file("opt/homebrew/Cellar/podman/6.1.2/README.md", "");
    let plan = mac.plan(Want::On, None);
    assert_eq!((kinds(&plan), typed(&plan)), (Vec::new(), Vec::<String>::new()));
    mac.write(&plan).unwrap();
    assert_eq!(mac.text(DROP_IN), "[machine]\nrosetta = true\n");
    assert!(mac.plan(Want::On, None).is_done());
    mac.write(&mac.plan_undo().unwrap()).unwrap();
    assert_eq!(mac.beside(DROP_IN), NOTHING);
    assert_eq!(mac.text(".config/containers/containers.conf"), own);
    let theirs = mac.home(DROP_IN, "[machine]\nrosetta = true # mine\n");
    assert_eq!(kinds(&theirs.plan(Want::Off, None)), ["unknown-form"]);
}

#[test]
fn podman_of_some_versions_and_of_none_that_is_known_needs_a_marker_in_the_machine() {
    let mac = |version: &str| {
        let cellar = format!("opt/homebrew/Cellar/podman/{version}/README.md");
        Mac::new().home(MACHINE, "{}").file(&cellar, "")
    };
    let marker = "podman machine ssh podman-machine-default sudo touch /etc/containers/enable-rosetta";
    for (version, commands) in [
        ("5.5.2", 0),
        ("5.6.0", 1),
        ("5.8.1_1", 1),
        ("6.0.0", 0),
        ("HEAD-1", 1),
    ] {
        let plan = mac(version).plan(Want::On, None);
        assert_eq!(typed(&plan), vec![marker; commands], "{version}");
    }
}

#[test]
fn plans_follow_the_folders_that_the_environment_names() {
    let mut mac = Mac::new()
        .home("c/work/colima.yaml", "vmType: vz\nrosetta: false\n")
        .home("l/one/lima.yaml", "vmType: vz\nrosetta:\n  enabled: false\n")
        .home(
            "x/containers/podman/machine/applehv/podman-machine-default.json",
            "{}",
        )
        .file("opt/homebrew/Cellar/podman/6.0.0/README.md", "")
        .home(".colima/usual/colima.yaml", "vmType: qemu\n");
    assert_eq!(kinds(&mac.plan(Want::On, None)), ["needs-new-machine"]);
    mac.folders.colima = Some(mac.at("c"));
    mac.folders.lima = Some(mac.at("l"));
    mac.folders.config = Some(mac.at("x"));
    for (runtime, machine, file) in [
        ("colima", "work", "c/work/colima.yaml"),
        ("lima", "one", "l/one/lima.yaml"),
        (
            "podman",
            "podman-machine-default",
            "x/containers/containers.conf.d/99-archlight-rosetta.conf",
        ),
    ] {
        let plan = mac.plan(Want::On, Some(runtime));
        assert_eq!(kinds(&plan), NOTHING, "{runtime}");
        assert_eq!(plan.target.machine.as_deref(), Some(machine), "{runtime}");
        let changed = plan.change.and_then(|change| change.file);
        assert_eq!(changed, Some(mac.at(file)), "{runtime}");
    }
    let several = mac.plan(Want::On, None);
    let Refusal::SeveralRuntimes(here) = &several.refusals[0] else {
        panic!("{several:?}");
    };
    assert_eq!(here, &[Runtime::Colima, Runtime::Lima, Runtime::Podman]);
}

#[test]
fn podman_gets_no_file_that_it_would_not_read() {
    let said = |text: &str| {
        let mut mac = Mac::new()
            .home(MACHINE, "{}")
            .file("opt/homebrew/Cellar/podman/6.0.0/README.md", "")
            .home("mine.conf", text);
        mac.folders.containers_conf = Some(mac.at("mine.conf"));
        mac
    };
    for (text, want) in [("", Want::On), ("[machine]\nrosetta=false\n", Want::On)] {
        let mac = said(text);
        let plan = mac.plan(want, None);
        assert_eq!((kinds(&plan), plan.change), (vec!["overruled"], None));
        let sentence = plan.refusals[0].sentence();
        assert!(sentence.contains("CONTAINERS_CONF") && sentence.contains("mine.conf"));
        let steps: Vec<_> = plan.steps.iter().map(host::Step::sentence).collect();
        assert!(steps[0].contains("mine.conf") && steps[0].contains("rosetta = true"));
    }
    assert!(said("[machine]\nrosetta=true\n").plan(Want::On, None).is_done());
    assert_eq!(kinds(&said("").plan(Want::Off, None)), ["overruled"]);
    let mut last = said("[machine]\nrosetta=true\n").home("last.conf", "[machine]\nrosetta=false\n");
    last.folders.containers_conf_override = Some(last.at("last.conf"));
    let plan = last.plan(Want::On, None);
    assert_eq!((kinds(&plan), plan.state), (vec!["overruled"], State::Off));
    assert!(plan.refusals[0].sentence().contains("last.conf"), "{plan:?}");
    assert!(last.plan(Want::Off, None).is_done());
}

#[test]
fn podman_is_refused_where_a_later_file_would_say_otherwise_all_the_same() {
    let mac = |text: &str| {
        Mac::new()
            .home(MACHINE, "{}")
            .file("opt/homebrew/Cellar/podman/6.0.0/README.md", "")
            .home(".config/containers/containers.conf.d/zz.conf", text)
    };
    let off = mac("[machine]\nrosetta=false\n");
    let plan = off.plan(Want::On, None);
    assert_eq!((kinds(&plan), plan.state), (vec!["overruled"], State::Off));
    assert!(plan.refusals[0].sentence().contains("zz.conf"), "{plan:?}");
    assert!(off.plan(Want::Off, None).is_done());
    assert!(mac("[machine]\nrosetta=true\n").plan(Want::On, None).is_done());
    assert_eq!(kinds(&mac("[machine]\ncpus=4\n").plan(Want::On, None)), NOTHING);
    for (text, kind) in [
        ("[machine]\nrosetta=\"no\"\n", "unknown-form"),
        ("[machine\n", "unreadable"),
    ] {
        assert_eq!(kinds(&mac(text).plan(Want::On, None)), [kind]);
    }
}

#[test]
fn a_machine_that_cannot_have_it_is_refused_as_the_verdict_says_and_has_nothing_to_turn_off() {
    let mac = Mac::new()
        .home(".lima/docker/lima.yaml", "images: []\n")
        .home(".lima/docker/lima-version", "0.23.2");
    let plan = mac.plan(Want::On, None);
    assert_eq!((kinds(&plan), plan.state), (vec!["not-here"], State::Impossible));
    let verdict = host::rosetta(&mac.roots(), &mac.machine);
    assert_eq!(
        (plan.state, plan.refusals[0].sentence()),
        (verdict.state, verdict.why.sentence())
    );
    assert_eq!(plan.steps, verdict.steps);
    let off = mac.plan(Want::Off, None);
    assert!(off.is_done() && off.state == State::Impossible, "{off:?}");
}

#[test]
fn finch_is_left_to_the_user_with_its_own_reason_and_steps() {
    let mac = Mac::new().home(".finch/finch.yaml", "rosetta: false\n");
    let plan = mac.plan(Want::On, None);
    assert_eq!(
        (kinds(&plan), plan.state),
        (vec!["needs-new-machine"], State::Off)
    );
    assert!(
        plan.refusals[0].sentence().contains("`finch vm init`"),
        "{plan:?}"
    );
    assert_eq!(plan.steps, host::rosetta(&mac.roots(), &mac.machine).steps);
    assert!(mac.plan(Want::Off, None).is_done());
    let on = Mac::new().home(".finch/finch.yaml", "rosetta: true\n");
    assert!(on.plan(Want::On, None).is_done());
    let off = on.plan(Want::Off, None);
    assert_eq!(
        (kinds(&off), off.state, off.steps.len()),
        (vec!["needs-new-machine"], State::On, 0)
    );
}

#[test]
fn apples_container_is_found_and_has_no_switch() {
    let mac = Mac::new().file("usr/local/bin/container", "");
    for wish in [None, Some("apple-container")] {
        let off = mac.plan(Want::Off, wish);
        assert_eq!((kinds(&off), off.state), (vec!["not-here"], State::On));
        assert_eq!(off.target.runtime, host::Runtime::AppleContainer);
        assert!(
            off.refusals[0].sentence().starts_with("each container"),
            "{off:?}"
        );
        assert!(mac.plan(Want::On, wish).is_done());
    }
    let both = mac.home(".orbstack/vmconfig.json", "{}");
    assert_eq!(both.plan(Want::On, None).target.runtime, host::Runtime::OrbStack);
    assert_eq!(
        kinds(&Mac::new().plan(Want::On, Some("finch"))),
        ["not-started-yet"]
    );
}

#[test]
fn lima_is_told_the_key_of_its_own_generation_and_no_intel_machine() {
    let lima = |yaml: &str| {
        Mac::new()
            .home(".lima/a/lima.yaml", yaml)
            .home(".lima/a/lima-version", "1.0.3")
            .plan(Want::On, None)
    };
    let plan = lima("vmType: vz\nvmOpts:\n  vz:\n    rosetta:\n      enabled: true\n");
    assert_eq!(
        plan.change.map(|change| (change.key, change.from)),
        Some(("rosetta.enabled".to_owned(), None))
    );
    let refused = lima("vmType: vz\narch: x86_64\nrosetta:\n  enabled: false\n");
    assert_eq!(kinds(&refused), ["needs-new-machine"]);
}

#[test]
fn what_needs_a_newer_macos_is_not_turned_on() {
    let store = "{\"UseVirtualizationFrameworkRosetta\": false}";
    let desktop = Mac::with_docker_desktop("4.43.0", store).macos("13.2");
    let rancher = "{\"version\": 16, \"virtualMachine\": {\"type\": \"vz\", \"useRosetta\": false}}";
    let rancher = Mac::new()
        .home("Library/Preferences/rancher-desktop/settings.json", rancher)
        .macos("13.0");
    let apples = Mac::new().file("usr/local/bin/container", "").macos("15.5");
    for (mac, name, first) in [
        (desktop, "docker-desktop", "13.3"),
        (rancher, "rancher-desktop", "13.3"),
        (apples, "apple-container", "26"),
    ] {
        let on = mac.plan(Want::On, Some(name));
        assert_eq!(
            (kinds(&on), on.state),
            (vec!["not-here"], State::Impossible),
            "{name}"
        );
        assert!(on.commands.is_empty() && on.change.is_none(), "{name}");
        assert!(
            on.steps.iter().any(|it| it.sentence().contains(first)),
            "{name}: {:?}",
            on.steps
        );
    }
}

#[test]
fn what_is_left_over_is_not_taken_for_what_is_installed() {
    let both = || {
        Mac::new()
            .home(STORE, OFF)
            .home(".colima/default/colima.yaml", "vmType: vz\nrosetta: false\n")
    };
    assert_eq!(kinds(&both().plan(Want::On, None)), ["several-runtimes"]);
    let mac = both()
        .file("opt/homebrew/Cellar/colima/0.8.1/bin/colima", COLIMA)
        .file("opt/homebrew/bin/colima", COLIMA);
    assert_eq!(mac.plan(Want::On, None).target.runtime, host::Runtime::Colima);
}

#[test]
fn a_plan_says_where_nothing_tells_the_processor() {
    let mut mac = Mac::new().home(".orbstack/vmconfig.json", "{\"rosetta\": false}");
    let warned = |mac: &Mac| {
        let plan = mac.plan(Want::On, None);
        plan.warnings
            .iter()
            .any(|it| it.sentence().contains("which is assumed"))
    };
    assert!(!warned(&mac));
    mac.machine.architecture = None;
    assert!(warned(&mac));
}
