//! From settings to a verdict: which of them counts, and what an absent key means.

use std::path::PathBuf;

use super::admin::Managed;
use super::settings_file::{Generation, SettingsFile};
use crate::{Setting, Source, State, Version, Vmm, Why};

/// The macOS on which Docker Desktop turns Rosetta on by itself.
const MACOS_WITH_DEFAULT: (u32, u32) = (14, 1);
/// The first Docker Desktop that knows Rosetta.
const KNOWS_ROSETTA: (u32, u32) = (4, 16);
/// The first that turns it on by itself.
const ROSETTA_BY_DEFAULT: (u32, u32) = (4, 25);
/// The first without QEMU as a machine, which then starts Docker VMM in its place.
const WITHOUT_QEMU: (u32, u32) = (4, 44);

/// What is installed on this Mac.
#[derive(Debug)]
pub(super) struct Installed {
    /// The version of Docker Desktop.
    pub(super) version: Option<Version>,
    /// The version of macOS.
    pub(super) macos: Option<Version>,
    /// The file of Apple's Rosetta that this macOS needs and does not have.
    pub(super) host_rosetta_missing: Option<PathBuf>,
}

impl Installed {
    /// Whether Docker Desktop is at least this new; `None` when its version is not known.
    pub(super) fn is_at_least(&self, (major, minor): (u32, u32)) -> Option<bool> {
        let version = self.version.as_ref()?;
        Some(version.is_at_least(major, minor))
    }
}

/// A state, and what it was taken from.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) state: State,
    pub(super) source: Source,
    pub(super) vmm: Option<Vmm>,
    pub(super) why: Why,
}

/// What the user's file (none when Docker Desktop never started) and the administrator's say.
///
/// Docker VMM goes first: no administrator's key chooses between it and Apple's framework. Then
/// the lock, which brings Apple's framework with it; then the user's keys; then the defaults.
pub(super) fn verdict(
    own: Option<&SettingsFile>,
    managed: Option<&Managed>,
    installed: &Installed,
) -> Verdict {
    if let Some(version) = too_old(installed) {
        let why = Why::RuntimeTooOld { version };
        return Verdict::new(State::Impossible, Source::Default, None, why);
    }
    let source = own.map_or(Source::Default, SettingsFile::source);
    let is_locked = managed.is_some_and(|managed| managed.locked);
    if let Some([one, other]) = own.filter(|_| !is_locked).and_then(SettingsFile::written_twice) {
        return Verdict::new(State::Unknown, source, None, Why::SaysBoth { one, other });
    }
    let docker_vmm = own.and_then(|own| own.docker_vmm.clone());
    if let Some(setting) = docker_vmm.filter(|setting| setting.value) {
        let vmm = Some(Vmm::DockerVmm);
        let state = State::Impossible;
        return Verdict::new(state, source, vmm, Why::OtherVmm(setting));
    }
    let framework = own.and_then(|own| own.framework.clone());
    let other_vmm = framework.filter(|setting| !setting.value);
    if let Some(managed) = managed.filter(|managed| managed.locked) {
        let setting = managed.setting.clone();
        let vmm = match (&other_vmm, setting.value) {
            (Some(_), false) => without_framework(installed),
            (None, _) | (Some(_), true) => Some(Vmm::AppleVirtualization),
        };
        let state = on_if(&setting);
        return Verdict::new(state, Source::Admin, vmm, Why::Managed(setting));
    }
    if let Some(setting) = other_vmm {
        let vmm = without_framework(installed);
        return Verdict::new(State::Off, source, vmm, Why::OtherVmm(setting));
    }
    with_framework(own, managed, installed)
}

impl Verdict {
    /// A verdict for a reason.
    pub(super) fn new(state: State, source: Source, vmm: Option<Vmm>, why: Why) -> Self {
        Self {
            state,
            source,
            vmm,
            why,
        }
    }
}

fn too_old(installed: &Installed) -> Option<Version> {
    match installed.is_at_least(KNOWS_ROSETTA) {
        Some(false) => installed.version.clone(),
        Some(true) | None => None,
    }
}

fn on_if(setting: &Setting) -> State {
    State::on_if(setting.value)
}

fn without_framework(installed: &Installed) -> Option<Vmm> {
    let is_without = installed.is_at_least(WITHOUT_QEMU)?;
    Some(if is_without { Vmm::DockerVmm } else { Vmm::Qemu })
}

/// The verdict when Apple's framework runs the machine and nothing is locked.
fn with_framework(own: Option<&SettingsFile>, managed: Option<&Managed>, installed: &Installed) -> Verdict {
    let (state, source, why) = if let Some(own) = own
        && let Some(setting) = own.rosetta.clone()
    {
        let state = on_if(&setting);
        (state, own.source(), chosen(own, setting))
    } else if let Some(managed) = managed {
        let setting = managed.setting.clone();
        (on_if(&setting), Source::Admin, Why::ManagedDefault(setting))
    } else {
        let (state, why) = default(own, installed);
        (state, Source::Default, why)
    };
    let vmm = Some(Vmm::AppleVirtualization);
    Verdict::new(state, source, vmm, why)
}

/// Going to Docker VMM and back leaves both keys written as off, and tells nobody.
fn chosen(own: &SettingsFile, rosetta: Setting) -> Why {
    match &own.docker_vmm {
        Some(docker_vmm) if !rosetta.value && !own.is_full_dump && own.generation != Generation::Backend => {
            Why::LeftOff {
                docker_vmm: docker_vmm.clone(),
                rosetta,
            }
        }
        Some(_) | None => Why::Chosen(rosetta),
    }
}

/// What Docker Desktop does when no file has the key.
fn default(own: Option<&SettingsFile>, installed: &Installed) -> (State, Why) {
    let file = own.map(|own| own.path.clone());
    let runtime = installed.is_at_least(ROSETTA_BY_DEFAULT);
    if let (Some(false), Some(version)) = (runtime, installed.version.clone()) {
        return (State::Off, Why::OffByDefault { file, version });
    }
    let (major, minor) = MACOS_WITH_DEFAULT;
    let macos = installed.macos.clone();
    if !macos.as_ref().is_some_and(|it| it.is_at_least(major, minor)) {
        return (State::Unknown, Why::DefaultUnclear { file, macos });
    }
    // Only 4.35 and newer write the newer file or answer for it, so it stands for a version that is not known.
    let is_store = own.is_some_and(|own| own.generation != Generation::Legacy);
    let why = if runtime.is_some() || is_store {
        Why::OnByDefault { file }
    } else {
        Why::AssumedOnByDefault { file }
    };
    (State::On, why)
}
