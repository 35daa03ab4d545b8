//! Docker Desktop for Mac: what it says while it runs, its settings, its administrator's settings and its application.

mod admin;
mod app;
pub(crate) mod backend;
mod conflicts;
mod decide;
pub(crate) mod http;
mod settings_file;
mod steps;

use std::path::PathBuf;

use crate::host_rosetta;
use crate::runtimes::Ground;
use crate::{
    Conflict, HostError, HostRosetta, Roots, Rosetta, Runtime, Source, State, Step, Version, Why, read,
};
pub(crate) use app::App;
use backend::{Asked, Said};
use conflicts::Settings;
use decide::{Installed, Verdict};
use settings_file::SettingsFile;
pub(crate) use settings_file::{FOLDER, LEGACY, ROSETTA, STORE};

/// Where its engine listens, below the home folder.
const SOCKET: &str = ".docker/run/docker.sock";
/// Where macOS lays what an administrator's configuration profile says, for everybody or below a user's name.
const PROFILES: &str = "Library/Managed Preferences";
const PROFILE: &str = "com.docker.config.plist";

/// What Docker Desktop says, or else its files; `None` when nothing of it is here.
///
/// This reads below `Library/Group Containers`, where macOS may ask the user first: only for who asked for it.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Option<Rosetta> {
    let roots = ground.roots;
    let asked = backend::ask(roots);
    let store = settings_file::store(roots);
    let legacy = settings_file::legacy(roots);
    let app = App::find(roots, [&store, &legacy]);
    let installed = installed(roots, &app, ground.macos.clone());
    let files = followed(store, legacy);
    let is_here = app.is_installed(roots) || !matches!(files, Ok((None, _))) || asked != Asked::NotRunning;
    if !is_here {
        return None;
    }
    let mut rosetta = match asked {
        Asked::Said(said) => by_backend(&said, files, roots, &installed),
        Asked::Unusable(error) => {
            let alone = by_files(files, roots, &installed);
            let (file, state) = (alone.file, alone.state);
            let conflict = Conflict::FileAlone { file, state };
            Rosetta {
                locked: alone.locked,
                conflicts: vec![conflict],
                ..unreadable(
                    error,
                    Source::Backend,
                    vec![Step::LookInSettings, Step::Probe],
                    &installed,
                )
            }
        }
        Asked::Unasked(error) => {
            let mut alone = by_files(files, roots, &installed);
            alone.conflicts.push(Conflict::BackendUnasked(error));
            alone
        }
        Asked::NotRunning => by_files(files, roots, &installed),
    };
    rosetta.socket = Some(roots.home.join(SOCKET));
    surroundings(&mut rosetta, &app, ground);
    Some(rosetta)
}

/// What its files alone say, whatever runs; `None` when nothing of it is here. The same folder is read.
pub(crate) fn of_files(roots: &Roots, macos: Option<Version>) -> Option<Rosetta> {
    let store = settings_file::store(roots);
    let legacy = settings_file::legacy(roots);
    let app = App::find(roots, [&store, &legacy]);
    let installed = installed(roots, &app, macos);
    let files = followed(store, legacy);
    let is_here = app.is_installed(roots) || !matches!(files, Ok((None, _)));
    is_here.then(|| by_files(files, roots, &installed))
}

fn installed(roots: &Roots, app: &App, macos: Option<Version>) -> Installed {
    Installed {
        version: app.version(roots),
        host_rosetta_missing: missing_host_rosetta(roots, macos.as_ref()),
        macos,
    }
}

/// The file of Apple's Rosetta that this macOS needs and does not have.
pub(crate) fn missing_host_rosetta(roots: &Roots, macos: Option<&Version>) -> Option<PathBuf> {
    host_rosetta::on_apple_silicon(roots, macos).missing().cloned()
}

/// The user's file that is followed, and the one of the other generation.
type Followed = Result<(Option<SettingsFile>, Option<SettingsFile>), HostError>;

fn followed(store: Result<SettingsFile, HostError>, legacy: Result<SettingsFile, HostError>) -> Followed {
    match (read::optional(store)?, read::optional(legacy)) {
        (Some(store), legacy) => Ok((Some(store), legacy.ok().flatten())),
        (None, legacy) => Ok((legacy?, None)),
    }
}

fn by_files(files: Followed, roots: &Roots, installed: &Installed) -> Rosetta {
    let (own, other) = match files {
        Ok(files) => files,
        Err(error) => {
            let steps = steps::for_unreadable(&error);
            let managed = admin::managed(roots, installed).ok().flatten();
            return Rosetta {
                locked: managed.is_some_and(|managed| managed.locked),
                ..unreadable(error, Source::SettingsFile, steps, installed)
            };
        }
    };
    match admin::managed(roots, installed) {
        Ok(managed) => answer(&Settings { own, other, managed }, installed),
        Err(error) => {
            let steps = steps::for_unreadable_managed(&error);
            unreadable(error, Source::Admin, steps, installed)
        }
    }
}

fn answer(settings: &Settings, installed: &Installed) -> Rosetta {
    let verdict = settings.verdict(installed);
    let lock = settings.lock();
    Rosetta {
        steps: steps::to_turn_on(&verdict, lock, installed),
        conflicts: settings.conflicts(&verdict, installed),
        locked: lock.is_some(),
        ..plain(verdict, installed)
    }
}

/// What runs is what counts; the files tell why, and what an administrator wants.
fn by_backend(said: &Said, files: Followed, roots: &Roots, installed: &Installed) -> Rosetta {
    let managed = admin::managed(roots, installed).ok().flatten();
    let verdict = decide::verdict(Some(&said.settings), None, installed);
    let is_followed = |lock: &admin::Managed| State::on_if(lock.setting.value) == verdict.state;
    let lock = managed.filter(|managed| managed.locked);
    let overruled = lock
        .as_ref()
        .filter(|lock| !is_followed(lock))
        .map(|lock| Conflict::ManagedDiffers {
            managed: lock.setting.clone(),
            without: verdict.state,
        });
    let lock = lock.filter(is_followed);
    let alone = by_files(files, roots, installed);
    let mut rosetta = Rosetta {
        steps: steps::to_turn_on(&verdict, lock.as_ref(), installed),
        locked: said.locked || lock.is_some(),
        ..plain(verdict, installed)
    };
    rosetta.conflicts.extend(overruled);
    match (alone.why, alone.file) {
        (
            Why::LeftOff {
                rosetta: off,
                docker_vmm,
            },
            _,
        ) if rosetta.state == State::Off => {
            let rosetta_off = Conflict::LeftOff {
                rosetta: off,
                docker_vmm,
            };
            rosetta.conflicts.push(rosetta_off);
        }
        (Why::Unreadable(error), _) => rosetta.conflicts.push(Conflict::Unseen(error)),
        (_, Some(file)) if alone.state != rosetta.state => {
            let state = alone.state;
            rosetta.conflicts.push(Conflict::FileLags { file, state });
        }
        _ => {}
    }
    rosetta
}

/// What else is to be known of this installation.
fn surroundings(rosetta: &mut Rosetta, app: &App, ground: &Ground<'_>) {
    let is_intel = app.architecture(ground.roots).as_deref() == Some("amd64");
    if is_intel && ground.host != HostRosetta::NotNeeded {
        rosetta
            .conflicts
            .push(Conflict::IntelBuild(Runtime::DockerDesktop));
        rosetta
            .steps
            .insert(0, Step::InstallAppleBuild(Runtime::DockerDesktop));
    }
    let profiles = ground.roots.known(PROFILES);
    let of_user = ground
        .roots
        .home
        .file_name()
        .map(|user| profiles.join(user).join(PROFILE));
    let profile = [Some(profiles.join(PROFILE)), of_user].into_iter().flatten();
    let found = profile.into_iter().find(|file| file.symlink_metadata().is_ok());
    rosetta
        .conflicts
        .extend(found.map(|file| Conflict::Profile { file }));
}

fn unreadable(error: HostError, source: Source, steps: Vec<Step>, installed: &Installed) -> Rosetta {
    let verdict = Verdict::new(State::Unknown, source, None, Why::Unreadable(error));
    Rosetta {
        steps,
        ..plain(verdict, installed)
    }
}

fn plain(verdict: Verdict, installed: &Installed) -> Rosetta {
    let Verdict {
        state,
        source,
        vmm,
        why,
    } = verdict;
    Rosetta {
        runtime_version: installed.version.as_ref().map(Version::to_string),
        vmm,
        ..Rosetta::new(Runtime::DockerDesktop, state, source, why)
    }
}
