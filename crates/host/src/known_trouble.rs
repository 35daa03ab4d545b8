//! Combinations of macOS, runtime, kernel and image store that are known to give trouble, each with where it was reported.
//!
//! One table, so that a reader sees all of it. A row says what is seen and which of three things cures it; it is a reason
//! to look, and never a verdict: what runs is told by a probe.

use crate::{Runtime, Version};

/// How an engine keeps images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageStore {
    /// Docker's own, one platform for each tag.
    Classic,
    /// containerd's.
    Containerd,
}

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// A newer release of the runtime.
    UpdateRuntime,
    /// A newer macOS.
    UpdateMacOs,
    /// Rosetta off, so that QEMU translates.
    TurnOff,
    /// The other image store.
    OtherStore,
    /// Rosetta installed on the Mac.
    InstallRosetta,
    /// Rosetta on.
    TurnOn,
}

/// What a probe shows of a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// QEMU runs the program.
    Qemu,
    /// Nothing runs it.
    NothingRuns,
    /// Nothing: it comes with other programs, or before there is an engine.
    Later,
}

/// One row: what a combination is known for.
#[derive(Debug, PartialEq, Eq)]
pub struct Trouble {
    /// A name that stays.
    pub id: &'static str,
    /// The runtime; `None` is every one.
    pub runtime: Option<Runtime>,
    /// Its versions, the first with it and the first without.
    pub versions: Span,
    /// The versions of macOS, likewise.
    pub macos: Span,
    /// The versions of the machine's kernel, likewise.
    pub kernel: Span,
    /// The engine's image store; `None` is either.
    pub store: Option<ImageStore>,
    /// What is seen, as a part of a sentence.
    pub seen: &'static str,
    /// What a probe shows of it.
    pub shows: Shows,
    /// What helps, the gentlest first.
    pub cures: &'static [Cure],
    /// Where it was reported.
    pub source: &'static str,
}

/// Versions from one on, up to another that is not meant any more; none is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Option<(u32, u32, u32)>, pub Option<(u32, u32, u32)>);

/// What is in use; `None` is not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Combination<'a> {
    /// The runtime.
    pub runtime: Option<Runtime>,
    /// Its version.
    pub version: Option<&'a str>,
    /// The version of macOS.
    pub macos: Option<&'a str>,
    /// The machine's kernel, such as `6.12.76-linuxkit`.
    pub kernel: Option<&'a str>,
    /// The engine's image store.
    pub store: Option<ImageStore>,
}

const ANY: Span = Span(None, None);

const fn from(major: u32, minor: u32, patch: u32) -> Span {
    Span(Some((major, minor, patch)), None)
}

const fn before(major: u32, minor: u32, patch: u32) -> Span {
    Span(None, Some((major, minor, patch)))
}

const fn between(first: (u32, u32, u32), without: (u32, u32, u32)) -> Span {
    Span(Some(first), Some(without))
}

/// The rows, the most particular first.
pub static KNOWN_TROUBLE: [Trouble; 13] = [
    Trouble {
        id: "docker-desktop-4.27",
        runtime: Some(Runtime::DockerDesktop),
        versions: between((4, 27, 0), (4, 27, 2)),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "an amd64 container runs once, and the next ones fail with `exec format error`",
        shows: Shows::NothingRuns,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "docker/for-mac#7147, docker/for-mac#7168",
    },
    Trouble {
        id: "docker-desktop-4.29-wants-rosetta",
        runtime: Some(Runtime::DockerDesktop),
        versions: between((4, 29, 0), (4, 30, 0)),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "Docker Desktop does not start while Rosetta is not installed on the Mac",
        shows: Shows::Later,
        cures: &[Cure::UpdateRuntime, Cure::InstallRosetta],
        source: "docker/for-mac#7243",
    },
    Trouble {
        id: "docker-desktop-4.25-proc-self-exe",
        runtime: Some(Runtime::DockerDesktop),
        versions: between((4, 25, 0), (4, 26, 0)),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "programs end with `rosetta error: Unable to open /proc/self/exe: 40`",
        shows: Shows::Later,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "docker/for-mac#6973",
    },
    Trouble {
        id: "docker-desktop-eci",
        runtime: Some(Runtime::DockerDesktop),
        versions: before(4, 22, 0),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "with Enhanced Container Isolation, programs end with `rosetta error: Failed to get stack rlimit`",
        shows: Shows::Later,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "docker/for-mac#6886",
    },
    Trouble {
        id: "docker-desktop-4.31-macos-15",
        runtime: Some(Runtime::DockerDesktop),
        versions: before(4, 32, 0),
        macos: from(15, 0, 0),
        kernel: ANY,
        store: None,
        seen: "programs end with `rosetta error: Rosetta is only intended to run on Apple Silicon`",
        shows: Shows::NothingRuns,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "docker/for-mac#7322, docker/for-mac#6487",
    },
    Trouble {
        id: "docker-desktop-containerd-glibc",
        runtime: Some(Runtime::DockerDesktop),
        versions: from(4, 59, 0),
        macos: ANY,
        kernel: ANY,
        store: Some(ImageStore::Containerd),
        seen: "amd64 programs that need glibc fail with `exec format error`, while small static ones run",
        shows: Shows::NothingRuns,
        cures: &[Cure::UpdateRuntime, Cure::OtherStore, Cure::TurnOff],
        source: "docker/desktop-feedback#498, docker/for-mac#7849",
    },
    Trouble {
        id: "orbstack-2.2.3-mulx",
        runtime: Some(Runtime::OrbStack),
        versions: between((2, 2, 3), (2, 2, 4)),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "amd64 programs fail in TLS, because the Rosetta that comes with it computes `MULX` wrongly",
        shows: Shows::Later,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "orbstack/orbstack#2683",
    },
    Trouble {
        id: "orbstack-futex",
        runtime: Some(Runtime::OrbStack),
        versions: before(0, 13, 0),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "programs end with `rosetta error: futex(FUTEX_LOCK_PI_PRIVATE) failure: 35`",
        shows: Shows::Later,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "orbstack/orbstack#380",
    },
    Trouble {
        id: "colima-macos-27",
        runtime: Some(Runtime::Colima),
        versions: before(0, 10, 4),
        macos: from(27, 0, 0),
        kernel: ANY,
        store: None,
        seen: "Colima uses QEMU without a word, because it looks for an installed Rosetta that macOS 27 does not need",
        shows: Shows::Qemu,
        cures: &[Cure::UpdateRuntime, Cure::InstallRosetta],
        source: "abiosoft/colima environment/vm/lima/yaml.go at v0.10.3",
    },
    Trouble {
        id: "colima-0.6-macos-13",
        runtime: Some(Runtime::Colima),
        versions: from(0, 6, 0),
        macos: before(14, 0, 0),
        kernel: ANY,
        store: None,
        seen: "programs end with `rosetta error: unhandled auxillary vector type 28`",
        shows: Shows::NothingRuns,
        cures: &[Cure::UpdateMacOs, Cure::TurnOff],
        source: "abiosoft/colima#855, abiosoft/colima#926",
    },
    Trouble {
        id: "colima-0.8.2",
        runtime: Some(Runtime::Colima),
        versions: between((0, 8, 2), (0, 8, 3)),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "amd64 programs do not run with Rosetta on",
        shows: Shows::NothingRuns,
        cures: &[Cure::UpdateRuntime, Cure::TurnOff],
        source: "abiosoft/colima#1367",
    },
    Trouble {
        id: "podman-5.6-mask",
        runtime: Some(Runtime::Podman),
        versions: between((5, 6, 0), (6, 0, 0)),
        macos: ANY,
        kernel: ANY,
        store: None,
        seen: "the machine leaves Rosetta off whatever Podman's files say, unless it has the file `/etc/containers/enable-rosetta`",
        shows: Shows::Qemu,
        cures: &[Cure::UpdateRuntime],
        source: "containers/podman#28181, containers/podman-machine-os#212",
    },
    Trouble {
        id: "kernel-6.18",
        runtime: None,
        versions: ANY,
        macos: before(26, 0, 0),
        kernel: from(6, 18, 0),
        store: None,
        seen: "Rosetta of macOS before 26 does not work with Linux 6.18 and newer",
        shows: Shows::NothingRuns,
        cures: &[Cure::UpdateMacOs, Cure::TurnOff],
        source: "runfinch/finch pkg/config/lima_config_applier_darwin.go",
    },
];

impl Cure {
    /// The word for it, such as `turn-off`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UpdateRuntime => "update-runtime",
            Self::UpdateMacOs => "update-macos",
            Self::TurnOff => "turn-off",
            Self::OtherStore => "other-store",
            Self::InstallRosetta => "install-rosetta",
            Self::TurnOn => "turn-on",
        }
    }
}

impl Span {
    fn is_any(self) -> bool {
        self == ANY
    }

    fn holds(self, version: &Version) -> bool {
        let Self(first, without) = self;
        first.is_none_or(|it| version.is_from(it)) && without.is_none_or(|it| !version.is_from(it))
    }
}

/// The rows that are known to be met. What is not known of the combination meets no row that asks for it.
pub fn known_trouble(combination: &Combination<'_>) -> Vec<&'static Trouble> {
    let kernel = combination.kernel.map(|kernel| {
        let end = kernel.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
        kernel[..end.unwrap_or(kernel.len())].trim_end_matches('.')
    });
    let meets = |span: Span, version: Option<&str>| {
        let version = version.and_then(Version::parse);
        span.is_any() || version.is_some_and(|version| span.holds(&version))
    };
    let is_met = |row: &&Trouble| {
        row.runtime
            .is_none_or(|runtime| combination.runtime == Some(runtime))
            && row.store.is_none_or(|store| combination.store == Some(store))
            && meets(row.versions, combination.version)
            && meets(row.macos, combination.macos)
            && meets(row.kernel, kernel)
    };
    KNOWN_TROUBLE.iter().filter(is_met).collect()
}
