//! Which machine the files belong to.

use host::{Os, ProcessFacts, Roots, machine};

use crate::mac::{Mac, foreign_process};

/// A Mach-O header for this processor, with no load commands.
fn mach_o(processor: u32) -> Vec<u8> {
    const MAGIC_64: u32 = 0xfeed_facf;
    const EXECUTE: u32 = 2;
    [MAGIC_64, processor, 0, EXECUTE, 0, 0, 0, 0]
        .into_iter()
        .flat_map(u32::to_le_bytes)
        .collect()
}

const ARM64: u32 = 0x0100_000c;
const X86_64: u32 = 0x0100_0007;
const BACKEND: &str = "Applications/Docker.app/Contents/MacOS/com.docker.backend";

#[test]
fn the_version_file_makes_it_a_mac_wherever_this_runs() {
    let machine = Mac::new("26.1").machine();
    assert_eq!(
        (machine.os, machine.os_version.as_deref()),
        (Os::MacOs, Some("26.1"))
    );
}

#[test]
fn a_version_file_that_is_broken_is_still_a_macs() {
    let machine = Mac::new("a \u{1b}[31mred\u{1b}[0m one").machine();
    assert_eq!((machine.os, machine.os_version), (Os::MacOs, None));
}

#[test]
fn a_root_without_it_is_linux() {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots {
        root: folder.path().into(),
        home: folder.path().join("home/me"),
    };
    let machine = machine(&roots, &foreign_process());
    assert_eq!((machine.os, machine.architecture), (Os::Linux, None));
}

#[test]
fn another_macs_architecture_is_that_of_its_docker_desktop() {
    for (processor, architecture) in [(ARM64, "arm64"), (X86_64, "amd64")] {
        let mac = Mac::with_docker_desktop("4.91.0").file(BACKEND, mach_o(processor));
        let mac = mac.without_host_rosetta();
        assert_eq!(mac.machine().architecture.as_deref(), Some(architecture));
    }
}

#[test]
fn an_intel_macs_docker_desktop_makes_rosetta_unneeded() {
    let mac = Mac::with_docker_desktop("4.91.0").file(BACKEND, mach_o(X86_64));
    let mac = mac.without_host_rosetta();
    assert_eq!(mac.words(), ("not-needed", "default", None));
}

#[test]
fn an_intel_docker_desktop_on_apple_silicon_is_a_conflict() {
    let intel = || Mac::with_docker_desktop("4.91.0").file(BACKEND, mach_o(X86_64));
    let orbstack = "Applications/OrbStack.app/Contents/MacOS/OrbStack";
    for mac in [
        intel(),
        intel()
            .without_host_rosetta()
            .file("opt/homebrew/Cellar/jq/1.8.1/INSTALL_RECEIPT.json", ""),
        intel().without_host_rosetta().file(orbstack, mach_o(ARM64)),
    ] {
        assert_eq!(mac.machine().architecture.as_deref(), Some("arm64"));
        assert!(
            mac.conflicts()
                .iter()
                .any(|it| it.contains("the build for Intel Macs"))
        );
        assert!(
            mac.steps()
                .iter()
                .any(|it| it.contains("built for Apple Silicon"))
        );
    }
}

#[test]
fn an_application_for_both_kinds_of_mac_tells_neither() {
    let mut universal = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2];
    let programs = [(X86_64, 0x1000u32), (ARM64, 0x2000)];
    for (processor, start) in programs {
        for number in [processor, 0, start, 32, 12] {
            universal.extend(number.to_be_bytes());
        }
    }
    for (processor, start) in programs {
        universal.resize(start as usize, 0);
        universal.extend(mach_o(processor));
    }
    let mac = Mac::with_docker_desktop("4.91.0").file(BACKEND, universal);
    assert_eq!(mac.conflicts(), Vec::<String>::new());
    assert_eq!(mac.without_host_rosetta().machine().architecture, None);
}

#[test]
fn a_mac_whose_architecture_nothing_tells_is_assumed_to_have_apple_silicon_and_says_so() {
    let mac = Mac::with_docker_desktop("4.91.0").file(BACKEND, "#!/bin/sh\n");
    let mac = mac.without_host_rosetta();
    assert_eq!(mac.machine().architecture, None);
    let found = mac.rosetta();
    assert_eq!(
        (found.state.as_str(), found.confidence.as_str()),
        ("on", "unsure")
    );
    assert!(mac.conflicts()[0].contains("which is assumed"));
    // Where it is known, nothing is assumed.
    let known = mac.file("opt/homebrew/Cellar/jq/1.8.1/INSTALL_RECEIPT.json", "");
    assert_eq!(known.rosetta().confidence.as_str(), "likely");
    assert!(!known.conflicts().iter().any(|it| it.contains("assumed")));
}

#[test]
fn what_lies_on_both_kinds_of_mac_tells_neither() {
    let colima = ".colima/default/colima.yaml";
    let mac = crate::table::laid("14.5", &[(colima, "vmType: vz\nrosetta: true")]);
    let mac = mac.without_host_rosetta();
    assert_eq!(mac.machine().architecture, None);
    assert_eq!(mac.rosetta().confidence.as_str(), "unsure");
    // A machine that Apple's framework ran is of its Mac's own processor.
    let of = |architecture: &str| {
        let file = ".colima/_lima/colima/lima.yaml";
        let settings = format!("arch: {architecture}\n");
        let rows = [
            (file, settings.as_str()),
            (".colima/_lima/colima/vz-identifier", "x"),
        ];
        let mac = crate::table::laid("14.5", &rows).without_host_rosetta();
        mac.machine().architecture
    };
    assert_eq!(of("aarch64").as_deref(), Some("arm64"));
    assert_eq!(of("x86_64").as_deref(), Some("amd64"));
}

#[test]
fn here_the_process_knows_the_architecture() {
    let here = |architecture: &str, translated| {
        let facts = ProcessFacts {
            architecture: architecture.into(),
            translated,
        };
        machine(&Roots::here("/nowhere"), &facts).architecture.unwrap()
    };
    assert_eq!(here("aarch64", false), "arm64");
    assert_eq!(here("x86_64", false), "amd64");
    assert_eq!(here("x86_64", true), "arm64");
    assert_eq!(here("riscv64", false), "riscv64");
}
