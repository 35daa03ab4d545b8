//! Docker Desktop for Mac: its settings, its administrator's settings and its application.

mod admin;
mod app;
mod conflicts;
mod decide;
mod settings_file;
mod steps;

use std::path::PathBuf;

use crate::{HostError, Roots, Rosetta, Runtime, Source, State, Step, Version, Why, read};
pub(crate) use app::App;
use conflicts::Settings;
use decide::{Installed, Verdict};
pub(crate) use settings_file::{FOLDER, LEGACY, ROSETTA, STORE};

/// What an installation of Apple's Rosetta brings for Linux, up to macOS 26.
const HOST_ROSETTA: &str = "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta";
/// The macOS that translates in virtual machines without an installed Rosetta.
const TRANSLATES_BY_ITSELF: u32 = 27;

/// What Docker Desktop's files say; `None` when nothing of it is here.
///
/// `macos` is the version of macOS, where it is known; Apple Silicon is taken for granted.
pub(crate) fn rosetta(roots: &Roots, macos: Option<Version>) -> Option<Rosetta> {
    let store = settings_file::store(&roots.home);
    let legacy = settings_file::legacy(&roots.home);
    let app = App::find(roots, [&store, &legacy]);
    let installed = Installed {
        version: app.version(),
        host_rosetta_missing: missing_host_rosetta(roots, macos.as_ref()),
        macos,
    };
    let (own, other) = match (read::optional(store), read::optional(legacy)) {
        (Ok(Some(store)), legacy) => (Some(store), legacy.ok().flatten()),
        (Ok(None), Ok(legacy)) => (legacy, None),
        (Err(error), _) | (Ok(None), Err(error)) => {
            let steps = steps::for_unreadable(&error);
            let managed = admin::managed(roots).ok().flatten();
            return Some(Rosetta {
                locked: managed.is_some_and(|managed| managed.locked),
                ..unreadable(error, Source::SettingsFile, steps, &installed)
            });
        }
    };
    if own.is_none() && !app.is_installed() {
        return None;
    }
    Some(match admin::managed(roots) {
        Ok(managed) => answer(&Settings { own, other, managed }, &installed),
        Err(error) => {
            let steps = steps::for_unreadable_managed(&error);
            unreadable(error, Source::Admin, steps, &installed)
        }
    })
}

/// The file of Apple's Rosetta that this macOS needs and does not have.
pub(crate) fn missing_host_rosetta(roots: &Roots, macos: Option<&Version>) -> Option<PathBuf> {
    macos.filter(|it| !it.is_at_least(TRANSLATES_BY_ITSELF, 0))?;
    let file = roots.known(HOST_ROSETTA);
    matches!(file.try_exists(), Ok(false)).then_some(file)
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

fn unreadable(error: HostError, source: Source, steps: Vec<Step>, installed: &Installed) -> Rosetta {
    let verdict = Verdict::new(State::Unknown, source, None, Why::Unreadable(error));
    Rosetta {
        steps,
        ..plain(verdict, installed)
    }
}

fn plain(verdict: Verdict, installed: &Installed) -> Rosetta {
    Rosetta {
        state: verdict.state,
        source: verdict.source,
        runtime: Runtime::DockerDesktop,
        runtime_version: installed.version.as_ref().map(Version::to_string),
        vmm: verdict.vmm,
        file: verdict.file,
        locked: false,
        why: verdict.why,
        steps: Vec::new(),
        conflicts: Vec::new(),
    }
}
