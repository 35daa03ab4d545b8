//! Combinations that are known to give trouble: each row is met by one that has it, and by no neighbour.

use host::{Combination, ImageStore, KNOWN_TROUBLE, Runtime, known_trouble};

struct Case(
    &'static str,
    Runtime,
    &'static str,
    &'static str,
    &'static str,
    ImageStore,
    bool,
);

use ImageStore::{Classic, Containerd};
use Runtime::{Colima, DockerDesktop, Finch, Lima, OrbStack, Podman};

const OLD: &str = "6.10.14-linuxkit";
const CASES: &[Case] = &[
    Case(
        "docker-desktop-4.27",
        DockerDesktop,
        "4.27.1",
        "14.2",
        OLD,
        Classic,
        true,
    ),
    Case(
        "docker-desktop-4.27",
        DockerDesktop,
        "4.27.2",
        "14.2",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-4.27",
        DockerDesktop,
        "4.26.1",
        "14.2",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-4.29-wants-rosetta",
        DockerDesktop,
        "4.29.0",
        "14.2",
        OLD,
        Classic,
        true,
    ),
    Case(
        "docker-desktop-4.29-wants-rosetta",
        DockerDesktop,
        "4.30.0",
        "14.2",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-4.25-proc-self-exe",
        DockerDesktop,
        "4.25.2",
        "14.1",
        OLD,
        Classic,
        true,
    ),
    Case(
        "docker-desktop-4.25-proc-self-exe",
        DockerDesktop,
        "4.26.0",
        "14.1",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-eci",
        DockerDesktop,
        "4.20.1",
        "13.4",
        OLD,
        Classic,
        true,
    ),
    Case(
        "docker-desktop-eci",
        DockerDesktop,
        "4.22.0",
        "13.4",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-4.31-macos-15",
        DockerDesktop,
        "4.31.0",
        "15.0",
        OLD,
        Classic,
        true,
    ),
    Case(
        "docker-desktop-4.31-macos-15",
        DockerDesktop,
        "4.32.0",
        "15.0",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-4.31-macos-15",
        DockerDesktop,
        "4.31.0",
        "14.6",
        OLD,
        Classic,
        false,
    ),
    Case(
        "docker-desktop-containerd-glibc",
        DockerDesktop,
        "4.78.0",
        "26.1",
        OLD,
        Containerd,
        true,
    ),
    Case(
        "docker-desktop-containerd-glibc",
        DockerDesktop,
        "4.78.0",
        "26.1",
        OLD,
        Classic,
        false,
    ),
    Case(
        "orbstack-2.2.3-mulx",
        OrbStack,
        "2.2.3",
        "26.6",
        OLD,
        Classic,
        true,
    ),
    Case(
        "orbstack-2.2.3-mulx",
        OrbStack,
        "2.3.0",
        "26.6",
        OLD,
        Classic,
        false,
    ),
    Case("orbstack-futex", OrbStack, "0.12.0", "13.4", OLD, Classic, true),
    Case("orbstack-futex", OrbStack, "0.13.0", "13.4", OLD, Classic, false),
    Case("colima-macos-27", Colima, "0.10.3", "27.0", OLD, Classic, true),
    Case("colima-macos-27", Colima, "0.10.3", "26.6", OLD, Classic, false),
    Case("colima-macos-27", Lima, "0.10.3", "27.0", OLD, Classic, false),
    Case(
        "colima-0.6-macos-13",
        Colima,
        "0.6.0",
        "13.6.2",
        OLD,
        Classic,
        true,
    ),
    Case(
        "colima-0.6-macos-13",
        Colima,
        "0.6.0",
        "14.0",
        OLD,
        Classic,
        false,
    ),
    Case(
        "colima-0.6-macos-13",
        Colima,
        "0.5.6",
        "13.6.2",
        OLD,
        Classic,
        false,
    ),
    Case("colima-0.8.2", Colima, "0.8.2", "15.3", OLD, Classic, true),
    Case("colima-0.8.2", Colima, "0.8.3", "15.3", OLD, Classic, false),
    Case("podman-5.6-mask", Podman, "5.8.0", "26.1", OLD, Classic, true),
    Case("podman-5.6-mask", Podman, "6.0.0", "26.1", OLD, Classic, false),
    Case(
        "kernel-6.18",
        Finch,
        "1.18.0",
        "15.7",
        "6.18.3-100.fc43.aarch64",
        Classic,
        true,
    ),
    Case(
        "kernel-6.18",
        Finch,
        "1.18.0",
        "26.0",
        "6.18.3-100.fc43.aarch64",
        Classic,
        false,
    ),
    Case(
        "kernel-6.18",
        DockerDesktop,
        "4.91.0",
        "15.7",
        "7.0.12-linuxkit",
        Classic,
        true,
    ),
    Case(
        "kernel-6.18",
        Finch,
        "1.18.0",
        "15.7",
        "6.12.76-linuxkit",
        Classic,
        false,
    ),
];

fn ids(case: &Case) -> Vec<&'static str> {
    let Case(_, runtime, version, macos, kernel, store, _) = case;
    let combination = Combination {
        runtime: Some(*runtime),
        version: Some(version),
        macos: Some(macos),
        kernel: Some(kernel),
        store: Some(*store),
    };
    known_trouble(&combination).iter().map(|row| row.id).collect()
}

#[test]
fn each_row_is_met_by_what_has_it_and_by_no_neighbour() {
    for case in CASES {
        let Case(id, _, version, macos, .., met) = case;
        assert_eq!(
            ids(case).contains(id),
            *met,
            "{id} {version} on {macos}: {:?}",
            ids(case)
        );
    }
    for row in &KNOWN_TROUBLE {
        let tried = |met: bool| CASES.iter().any(|case| case.0 == row.id && case.6 == met);
        assert!(
            tried(true) && tried(false),
            "`{}` has no case for and against it",
            row.id
        );
        assert!(row.source.contains('#') || row.source.contains('/'), "{}", row.id);
        assert!(!row.cures.is_empty() && !row.seen.ends_with('.'), "{}", row.id);
    }
}

#[test]
fn what_is_not_known_meets_no_row() {
    assert!(known_trouble(&Combination::default()).is_empty());
    let combination = Combination {
        runtime: Some(DockerDesktop),
        macos: Some("15.0"),
        kernel: Some("unknown"),
        ..Combination::default()
    };
    assert!(known_trouble(&combination).is_empty());
}
