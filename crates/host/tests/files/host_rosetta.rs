//! Apple's part: whether this macOS has what it needs.

use host::{HostRosetta, Machine, Os, host_rosetta};

use crate::mac::Mac;

fn word(mac: &Mac) -> &'static str {
    match host_rosetta(&mac.roots(), &mac.machine()) {
        HostRosetta::BuiltIn => "built in",
        HostRosetta::Installed { .. } => "installed",
        HostRosetta::Missing { .. } => "missing",
        HostRosetta::WithoutLinux { .. } => "without Linux",
        HostRosetta::TooOld => "too old",
        HostRosetta::NotNeeded => "not needed",
        HostRosetta::Unknown { .. } => "unknown",
    }
}

#[test]
fn up_to_macos_26_it_is_installed_and_then_it_is_built_in() {
    for (macos, with, without) in [
        ("12.7", "too old", "too old"),
        ("13.0", "installed", "missing"),
        ("15.6.1", "installed", "missing"),
        ("26.6.2", "installed", "missing"),
        ("27.0", "built in", "built in"),
        ("28.1", "built in", "built in"),
        ("Tahoe", "unknown", "unknown"),
    ] {
        assert_eq!(word(&Mac::new(macos)), with, "{macos}");
        assert_eq!(word(&Mac::new(macos).without_host_rosetta()), without, "{macos}");
    }
}

#[test]
fn rosetta_for_mac_programs_alone_is_told_from_none() {
    let mac = Mac::new("26.1").without_host_rosetta();
    let mac = mac.file("Library/Apple/usr/share/rosetta/rosetta", "");
    assert_eq!(word(&mac), "without Linux");
}

#[test]
fn elsewhere_it_is_not_needed() {
    let mac = Mac::new("26.1");
    let linux = Machine {
        os: Os::Linux,
        ..mac.machine()
    };
    assert_eq!(host_rosetta(&mac.roots(), &linux), HostRosetta::NotNeeded);
    let intel = Machine {
        architecture: Some("amd64".into()),
        ..mac.machine()
    };
    assert_eq!(host_rosetta(&mac.roots(), &intel), HostRosetta::NotNeeded);
}
