//! Every runtime that is found on this Mac, and the one that serves the engine in use.

use std::path::{Path, PathBuf};

use crate::host_rosetta::{self, FIRST_MACOS};
use crate::links::Led;
use crate::{
    Confidence, Conflict, Folders, HostRosetta, Machine, Os, Roots, Rosetta, Runtime, Source, State, Step,
    Version, Vmm, Why, apple_container, checks, colima, docker_desktop, finch, lima, orbstack, podman,
    rancher_desktop,
};

/// Where every engine's clients look; runtimes lay a link to their own socket there.
const USUAL_SOCKET: &str = "var/run/docker.sock";

/// What the modules of the runtimes are given.
pub(crate) struct Ground<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) folders: &'a Folders,
    pub(crate) macos: Option<Version>,
    pub(crate) host: HostRosetta,
}

/// What is known of the engine in use; nothing of it is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Serving {
    /// The runtime that the engine says it is.
    pub runtime: Option<Runtime>,
    /// The socket through which it is reached.
    pub socket: Option<PathBuf>,
    /// The host name of the machine that it runs on, such as `colima-work`.
    pub machine: Option<String>,
    /// Its address, where that is no socket of this machine.
    pub elsewhere: Option<String>,
}

/// What the files under `roots` say of Rosetta in every runtime that is found, one answer for each of its machines.
///
/// This reads Docker Desktop's settings, which lie in a folder that macOS protects, and asks Docker Desktop itself when it
/// runs: it may take two seconds, or as long as the user takes to answer macOS. Call it when the user asked, never to poll.
pub fn runtimes(roots: &Roots, machine: &Machine, folders: &Folders) -> Vec<Rosetta> {
    let ground = Ground {
        roots,
        folders,
        macos: machine.os_version.as_deref().and_then(Version::parse),
        host: host_rosetta::host_rosetta(roots, machine),
    };
    if machine.os == Os::Linux {
        return vec![Rosetta::new(
            Runtime::DockerEngine,
            State::NotNeeded,
            Source::Default,
            Why::LinuxHost,
        )];
    }
    let found = [
        docker_desktop::rosetta(&ground).into_iter().collect(),
        orbstack::rosetta(&ground).into_iter().collect(),
        colima::rosetta(&ground),
        rancher_desktop::rosetta(&ground).into_iter().collect(),
        podman::rosetta(&ground),
        lima::rosetta(&ground),
        finch::rosetta(&ground).into_iter().collect(),
        apple_container::rosetta(&ground).into_iter().collect(),
    ];
    let found = found.into_iter().flatten();
    let found = found.map(|it| on_machine(it, machine, &ground)).collect();
    left_over_last(found, &checks::installed(roots, machine.os))
}

/// What is not installed stands after what is, and says so where something is.
fn left_over_last(found: Vec<Rosetta>, installed: &[Runtime]) -> Vec<Rosetta> {
    // What this program does not look for says its version where it is installed.
    let is_there = |it: &Rosetta| it.runtime_version.is_some() || installed.contains(&it.runtime);
    let (mut ordered, left): (Vec<_>, Vec<_>) = found.into_iter().partition(is_there);
    let has_other = !ordered.is_empty();
    ordered.extend(left.into_iter().map(|mut it| {
        it.conflicts
            .extend(has_other.then_some(Conflict::LeftOver(it.runtime)));
        it
    }));
    ordered
}

/// What the files say, as far as the machine lets it.
fn on_machine(rosetta: Rosetta, machine: &Machine, ground: &Ground<'_>) -> Rosetta {
    let judged = match closed(machine, ground.macos.as_ref()) {
        Some((state, why)) => closed_by(rosetta, state, why),
        None => with_trouble(
            with_host(on_macos(rosetta, ground.macos.as_ref()), ground),
            ground,
        ),
    };
    assumed(judged, machine)
}

/// The answer of a runtime, which is that it is impossible where a newer macOS is needed for it.
pub(crate) fn on_macos(rosetta: Rosetta, macos: Option<&Version>) -> Rosetta {
    match needs_macos(&rosetta, macos) {
        None => rosetta,
        Some((first, why)) => Rosetta {
            vmm: rosetta.vmm,
            steps: vec![Step::UpdateMacOsTo(first)],
            ..closed_by(rosetta, State::Impossible, why)
        },
    }
}

/// Whether what is said of this Mac holds for Apple Silicon alone, which nothing tells of it.
pub(crate) fn is_assumed(machine: &Machine) -> bool {
    machine.os == Os::MacOs && machine.architecture.is_none()
}

fn assumed(mut rosetta: Rosetta, machine: &Machine) -> Rosetta {
    if is_assumed(machine) {
        rosetta.confidence = rosetta.confidence.min(Confidence::Unsure);
        rosetta.conflicts.insert(0, Conflict::ProcessorAssumed);
    }
    rosetta
}

/// What the files under `roots` say of Rosetta on `machine`: of the runtime that is most likely in use.
///
/// As [`runtimes`] does, this reads a folder that macOS protects: only when the user asked.
pub fn rosetta(roots: &Roots, machine: &Machine) -> Rosetta {
    let found = runtimes(roots, machine, &Folders::default());
    serving(roots, machine, &found, &Serving::default())
}

/// Which of the `found` answers is that of the engine in use.
pub fn serving(roots: &Roots, machine: &Machine, found: &[Rosetta], engine: &Serving) -> Rosetta {
    if machine.os == Os::Linux {
        return found
            .first()
            .cloned()
            .unwrap_or_else(|| none_of(Runtime::DockerEngine, machine));
    }
    if let Some(address) = engine.elsewhere.clone() {
        let (state, source) = (State::Unknown, Source::Default);
        let why = Why::Elsewhere { address };
        return Rosetta::new(engine.runtime.unwrap_or(Runtime::Unknown), state, source, why)
            .with_steps([Step::Probe]);
    }
    let of_runtime = |found: &&Rosetta| engine.runtime.is_none_or(|runtime| found.runtime == runtime);
    let link = roots.known(USUAL_SOCKET);
    let target = engine.socket.as_deref().map(|socket| resolved(roots, socket));
    let target = target.or_else(|| {
        let is_link = engine.runtime.is_none() && roots.is_link(&link).unwrap_or(false);
        is_link.then(|| led(roots, &link)).flatten()
    });
    let by_socket = target.and_then(|socket| found.iter().find(|it| listens_at(it, roots, &socket)));
    let by_name = engine.machine.as_deref().and_then(|name| {
        let is_named = |it: &&Rosetta| {
            it.instance
                .as_deref()
                .is_some_and(|own| names(it.runtime, own, name))
        };
        found.iter().filter(of_runtime).find(is_named)
    });
    by_socket
        .filter(of_runtime)
        .or(by_name)
        .or_else(|| found.iter().find(of_runtime))
        .cloned()
        .unwrap_or_else(|| none_of(engine.runtime.unwrap_or(Runtime::Unknown), machine))
}

/// Where a socket is in the end; what a link to it leads to may be gone.
fn resolved(roots: &Roots, socket: &Path) -> PathBuf {
    let place = if roots.is_here() || socket.starts_with(&roots.root) {
        Some(socket.to_path_buf())
    } else {
        roots.under(socket)
    };
    let led = place.and_then(|place| led(roots, &place));
    led.unwrap_or_else(|| socket.to_path_buf())
}

fn led(roots: &Roots, path: &Path) -> Option<PathBuf> {
    match roots.led(path).ok()? {
        Led::There(place) | Led::Dangling(place) => Some(place),
        Led::Missing(_) => None,
    }
}

/// A path in a file or a link is written as the Mac itself sees it, so that only what is below the home is compared.
fn listens_at(rosetta: &Rosetta, roots: &Roots, socket: &Path) -> bool {
    let Some(own) = &rosetta.socket else {
        return false;
    };
    let is_same = own == socket || led(roots, own).is_some_and(|own| own == socket);
    let own = own.strip_prefix(&roots.home).unwrap_or(own);
    let own = own.strip_prefix(&roots.root).unwrap_or(own);
    is_same || own == socket || socket.ends_with(own.strip_prefix("/").unwrap_or(own))
}

fn names(runtime: Runtime, instance: &str, machine: &str) -> bool {
    let expected = if runtime == Runtime::Colima && instance == "default" {
        "colima".to_owned()
    } else if runtime == Runtime::Colima {
        format!("colima-{instance}")
    } else {
        instance.to_owned()
    };
    // Lima puts its own word before the name of every machine, also of Colima's.
    machine == expected || machine.strip_prefix("lima-") == Some(&expected)
}

fn closed(machine: &Machine, macos: Option<&Version>) -> Option<(State, Why)> {
    if machine.architecture.as_deref().is_some_and(|it| it != "arm64") {
        return Some((State::NotNeeded, Why::IntelMac));
    }
    let version = macos.filter(|it| !it.is_at_least(FIRST_MACOS, 0))?.clone();
    Some((State::Impossible, Why::MacOsTooOld { version }))
}

/// The macOS that the runtime needs for a machine with Rosetta, where this one is older.
fn needs_macos(rosetta: &Rosetta, macos: Option<&Version>) -> Option<(&'static str, Why)> {
    let macos = macos?;
    let version = rosetta.runtime_version.as_deref().and_then(Version::parse);
    let (major, minor, first) = match rosetta.runtime {
        Runtime::DockerDesktop if version?.is_at_least(4, 42) => (13, 3, "13.3"),
        Runtime::RancherDesktop if rosetta.vmm == Some(Vmm::AppleVirtualization) => (13, 3, "13.3"),
        Runtime::AppleContainer => (26, 0, "26"),
        Runtime::DockerDesktop
        | Runtime::RancherDesktop
        | Runtime::OrbStack
        | Runtime::Colima
        | Runtime::Podman
        | Runtime::Lima
        | Runtime::Finch
        | Runtime::DockerEngine
        | Runtime::Unknown => return None,
    };
    let (runtime, macos) = (rosetta.runtime, macos.clone());
    (!macos.is_at_least(major, minor)).then_some((
        first,
        Why::NeedsMacOs {
            runtime,
            macos,
            first,
        },
    ))
}

/// The machine decides, whatever the runtime's files say.
fn closed_by(rosetta: Rosetta, state: State, why: Why) -> Rosetta {
    let steps = (state == State::Impossible).then_some(Step::UpdateMacOs);
    Rosetta {
        instance: rosetta.instance,
        runtime_version: rosetta.runtime_version,
        socket: rosetta.socket,
        ..Rosetta::new(rosetta.runtime, state, Source::Default, why).with_steps(steps)
    }
}

fn none_of(runtime: Runtime, machine: &Machine) -> Rosetta {
    if let Some((state, why)) = closed(
        machine,
        machine.os_version.as_deref().and_then(Version::parse).as_ref(),
    ) {
        let found = Rosetta::new(runtime, state, Source::Default, why.clone());
        return assumed(closed_by(found, state, why), machine);
    }
    let (why, step) = if runtime == Runtime::Unknown {
        (Why::NoRuntime, Step::InstallRuntime)
    } else {
        (Why::NotHere(runtime), Step::Probe)
    };
    Rosetta::new(runtime, State::Unknown, Source::Default, why).with_steps([step])
}

/// What is on and lacks Apple's part is not on for long: the runtime asks for it, or goes on without.
fn with_host(mut rosetta: Rosetta, ground: &Ground<'_>) -> Rosetta {
    let Some(file) = ground.host.missing().cloned() else {
        return rosetta;
    };
    let is_on = rosetta.state == State::On;
    if is_on {
        rosetta.conflicts.push(Conflict::HostRosettaMissing { file });
    }
    let can_be_on = is_on || rosetta.state == State::Off && !rosetta.locked;
    if can_be_on && !rosetta.steps.contains(&Step::InstallHostRosetta) {
        rosetta.steps.insert(0, Step::InstallHostRosetta);
    }
    rosetta
}

/// What these versions are known for, where Rosetta is in use.
fn with_trouble(mut rosetta: Rosetta, ground: &Ground<'_>) -> Rosetta {
    if rosetta.state != State::On {
        return rosetta;
    }
    let macos = ground.macos.as_ref().map(Version::to_string);
    let met = crate::known_trouble(&crate::Combination {
        runtime: Some(rosetta.runtime),
        version: rosetta.runtime_version.as_deref(),
        macos: macos.as_deref(),
        ..crate::Combination::default()
    });
    // What an installed Rosetta cures is no trouble where it is installed.
    let is_installed = host_rosetta::is_installed(ground.roots);
    let met = met
        .into_iter()
        .filter(|row| !(is_installed && row.cures.contains(&crate::Cure::InstallRosetta)));
    rosetta.conflicts.extend(met.map(Conflict::Known));
    rosetta
}
