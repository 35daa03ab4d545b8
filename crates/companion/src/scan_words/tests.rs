use platform::Package;

use super::*;

fn group(kind: PackageKind, folder: &str, name: &str) -> Group {
    Group {
        package: Package {
            kind,
            folder: folder.to_owned(),
            name: name.to_owned(),
        },
        files: 1,
        native: 0,
        tagged: 0,
        elf: 1,
        mach_o: 0,
        launchers: 0,
        platforms: vec![Platform::linux("arm64")],
        covered: false,
        mount: None,
    }
}

fn npm(name: &str) -> Group {
    group(PackageKind::Npm, "/app/node_modules/deep/node_modules", name)
}

fn from_mac(group: Group) -> Group {
    Group {
        elf: 0,
        mach_o: 1,
        platforms: vec![Platform::new("darwin", "arm64", "")],
        ..group
    }
}

fn bind(destination: &str) -> Mount {
    Mount {
        kind: MountKind::Bind,
        source: "/home/ada/app".to_owned(),
        destination: destination.to_owned(),
        forbids_execution: None,
    }
}

fn fix(group: &Group, mount: Option<&Mount>) -> Fix {
    match advice(group, mount, &Platform::linux("amd64")) {
        Advice::Fix(fix) => fix,
        Advice::Nothing(why) => panic!("nothing to do: {why}"),
    }
}

#[test]
fn every_manager_has_a_command_of_its_own() {
    let site = "/venv/lib/python3.12/site-packages";
    let cases = [
        (npm("@x/y"), "npm rebuild @x/y"),
        (npm("@img/sharp-linux-arm64"), "npm ci --os=linux --cpu=x64"),
        (
            group(PackageKind::Python, site, "numpy"),
            "pip install --force-reinstall --no-cache-dir numpy",
        ),
        (
            group(PackageKind::Gem, "/bundle/gems", "bcrypt"),
            "gem pristine bcrypt",
        ),
    ];
    for (group, command) in cases {
        let fix = fix(&group, None);
        assert_eq!(
            (fix.kind.as_str(), fix.command.as_deref()),
            ("rebuild-modules", Some(command))
        );
        assert!(
            fix.why.contains("linux/arm64") && fix.why.contains("linux/amd64"),
            "{fix:?}"
        );
    }
}

#[test]
fn a_folder_copied_from_another_computer_is_kept_out_of_the_build() {
    let copied = fix(&from_mac(npm("fsevents")), None);
    assert_eq!(copied.kind, "fix-build");
    assert_eq!(
        copied.command.as_deref(),
        Some("echo node_modules >> .dockerignore")
    );
    assert!(copied.why.contains("a Mac"), "{copied:?}");
    let site = "/app/.venv/lib/python3.12/site-packages";
    let copied = fix(&from_mac(group(PackageKind::Python, site, "numpy")), None);
    assert_eq!(copied.command.as_deref(), Some("echo .venv >> .dockerignore"));
}

#[test]
fn a_mounted_folder_is_covered_by_a_volume_or_left_out() {
    let over = fix(&from_mac(npm("a")), Some(&bind("/app")));
    assert!(over.title.contains("-v /app/node_modules`"), "{over:?}");
    let itself = fix(&from_mac(npm("a")), Some(&bind("/app/node_modules")));
    assert!(
        itself.title.contains("Leave `/app/node_modules` out"),
        "{itself:?}"
    );
    let volume = Mount {
        kind: MountKind::Volume,
        ..bind("/app/node_modules")
    };
    assert_eq!(
        fix(&npm("a"), Some(&volume)).command.as_deref(),
        Some("npm rebuild a")
    );
}

#[test]
fn nothing_is_to_be_done_where_nothing_is_amiss() {
    let covered = Group {
        covered: true,
        ..npm("a")
    };
    let launchers = Group {
        elf: 0,
        launchers: 1,
        ..group(PackageKind::Python, "/x/site-packages", "pip")
    };
    let toolchain = group(PackageKind::Toolchain, "/usr/avr-elf", "/usr/avr-elf");
    let firmware = group(PackageKind::Firmware, "/lib/firmware", "/lib/firmware");
    for group in [covered, launchers, toolchain, firmware] {
        let advice = advice(&group, None, &Platform::linux("amd64"));
        assert!(matches!(advice, Advice::Nothing(_)), "{group:?}");
    }
}

#[test]
fn a_name_that_a_shell_would_obey_is_in_no_command() {
    for name in ["a;reboot", "$(reboot)", "a b", "`a`", "-rf", "a\nb", "", "ä"] {
        assert_eq!(fix(&npm(name), None).command, None, "{name:?}");
    }
}

#[test]
fn the_summary_says_how_many_and_of_how_many() {
    let of = Platform::linux("amd64");
    assert_eq!(summary(&of, 0, 0, 0), "There are no programs in it");
    assert_eq!(summary(&of, 6, 1, 0), "All 5 programs are for linux/amd64");
    assert!(summary(&of, 6, 1, 5).starts_with("None of its programs"));
    assert!(summary(&of, 9, 0, 1).starts_with("1 of 9 programs is"));
    assert!(summary(&of, 9, 0, 2).starts_with("2 of 9 programs are"));
}
