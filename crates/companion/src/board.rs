//! All that is known of an engine's containers and images, and what of it changed since it was last shown.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use engine::{Container, act::kept_for};
use platform::{Native, Platform};

use crate::{
    examine::{Examined, Seen},
    memory::Finding,
    present::exit_code,
    view::{self, Translation, Update},
};

/// The causes by which a program was refused for what it was built for.
const REFUSED_BY_ARCHITECTURE: [&str; 3] = ["wrong-architecture", "mislabelled-image", "foreign-binary"];

/// What is known of one container.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) row: Container,
    /// The platform that its image claims.
    pub(crate) claimed: Option<Platform>,
    pub(crate) examined: Option<Examined>,
    pub(crate) seen: Option<Seen>,
    /// Whether a closer look was asked for since its state last changed.
    pub(crate) looked_at: bool,
}

impl Entry {
    pub(crate) fn new(row: Container, claimed: Option<Platform>) -> Self {
        Self {
            row,
            claimed,
            examined: None,
            seen: None,
            looked_at: false,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(self.row.state.as_str(), "running" | "paused")
    }

    /// Whether the engine says that its health check fails.
    pub(crate) fn is_unhealthy(&self) -> bool {
        self.row.status.contains("(unhealthy)")
    }

    /// What is wrong with it although it runs.
    fn trouble(&self) -> Option<&Finding> {
        let seen = self.seen.as_ref().filter(|_| self.is_running())?;
        seen.trouble.as_ref()
    }

    /// Whether it ended badly, as far as the list and a closer look tell.
    pub(crate) fn ended_badly(&self) -> bool {
        match &self.examined {
            Some(examined) => examined.bad,
            None => !self.is_running() && self.row.exit_code().is_some_and(|code| code != 0),
        }
    }

    fn exit_code(&self) -> Option<i64> {
        let looked = self.examined.as_ref().map(|examined| examined.exit_code);
        // A container that was made and never started has an exit code of 0 that means nothing.
        let looked = looked.filter(|code| self.row.state != "created" || *code != 0);
        if self.is_running() {
            None
        } else {
            looked.or_else(|| self.row.exit_code())
        }
    }

    fn cause(&self) -> Option<&str> {
        if let Some(trouble) = self.trouble() {
            return Some(&trouble.cause);
        }
        let examined = self
            .examined
            .as_ref()
            .filter(|examined| examined.bad && !self.is_running())?;
        Some(examined.finding.cause.as_str()).filter(|cause| !cause.is_empty())
    }

    fn actual(&self) -> Option<Platform> {
        let examined = self
            .examined
            .as_ref()
            .and_then(|examined| examined.finding.actual.as_deref()?.parse().ok());
        examined.or_else(|| self.seen.as_ref()?.actual.clone())
    }

    /// The platform of what it runs: its bytes where they were read, else its image's label.
    fn effective(&self) -> Option<Platform> {
        self.actual().or_else(|| self.claimed.clone())
    }
}

/// Everything that is shown of one engine.
#[derive(Debug, Default)]
pub(crate) struct Board {
    pub(crate) containers: HashMap<String, Entry>,
    pub(crate) images: HashMap<String, engine::Image>,
    /// What closer looks at images found, by their ids.
    pub(crate) image_findings: HashMap<String, Finding>,
    /// The files by which Compose re-ran containers, by their names.
    pub(crate) undo_files: HashMap<String, String>,
    /// Whether those that run are known; whether all are.
    pub(crate) running_complete: bool,
    pub(crate) containers_complete: bool,
    pub(crate) images_complete: bool,
    shown_containers: HashMap<String, view::Container>,
    shown_images: HashMap<String, view::Image>,
}

/// The foreign platforms that were seen to be translated on this engine.
type Evidence = BTreeSet<Platform>;

impl Board {
    /// All containers, newest first.
    pub(crate) fn view_containers(&self, engine: &Platform) -> Vec<view::Container> {
        let evidence = self.evidence(engine);
        let mut entries: Vec<&Entry> = self.containers.values().collect();
        entries.sort_by(|left, right| {
            (right.row.created, &left.row.name).cmp(&(left.row.created, &right.row.name))
        });
        entries
            .into_iter()
            .map(|entry| self.container(entry, engine, &evidence))
            .collect()
    }

    /// All images, by name.
    pub(crate) fn view_images(&self, engine: &Platform) -> Vec<view::Image> {
        let evidence = self.evidence(engine);
        let mut images: Vec<_> = self
            .images
            .values()
            .map(|known| self.image(known, engine, &evidence))
            .collect();
        images.sort_by(|left, right| (&left.references, &left.id).cmp(&(&right.references, &right.id)));
        images
    }

    pub(crate) fn counts(&self, engine: &Platform) -> view::Counts {
        let containers = self.view_containers(engine);
        let count = |holds: &dyn Fn(&view::Container) -> bool| {
            u32::try_from(containers.iter().filter(|container| holds(container)).count()).unwrap_or(u32::MAX)
        };
        view::Counts {
            containers: count(&|_| true),
            running: count(&|container| container.state == "running"),
            crashed: count(&|container| container.crashed),
            emulated: count(&|container| {
                container.state == "running" && container.translation == Translation::Emulated
            }),
            images: u32::try_from(self.images.len()).unwrap_or(u32::MAX),
        }
    }

    /// What changed since the last call, as updates.
    pub(crate) fn changes(&mut self, engine: &Platform) -> Vec<Update> {
        let containers = keyed(self.view_containers(engine), |container| container.id.clone());
        let images = keyed(self.view_images(engine), |image| image.id.clone());
        let gone = missing(&self.shown_containers, &containers);
        let mut updates: Vec<Update> = gone.map(|id| Update::Removed { id }).collect();
        updates.extend(missing(&self.shown_images, &images).map(|id| Update::ImageRemoved { id }));
        updates.extend(
            changed(&self.shown_containers, &containers).map(|container| Update::Container { container }),
        );
        updates.extend(changed(&self.shown_images, &images).map(|image| Update::Image { image }));
        (self.shown_containers, self.shown_images) = (containers, images);
        updates
    }

    /// The id of the container that was kept for `id`.
    fn kept_of(&self, id: &str) -> Option<String> {
        let is_kept =
            |entry: &&Entry| kept_for(&entry.row.name).is_some_and(|(_, short)| id.starts_with(short));
        self.containers
            .values()
            .find(is_kept)
            .map(|entry| entry.row.id.clone())
    }

    fn kept_for(&self, name: &str) -> Option<String> {
        let (_, short) = kept_for(name)?;
        let whole = self.containers.keys().find(|id| id.starts_with(short));
        Some(whole.cloned().unwrap_or_else(|| short.to_owned()))
    }

    fn container(&self, entry: &Entry, engine: &Platform, evidence: &Evidence) -> view::Container {
        let kept_for = self.kept_for(&entry.row.name);
        let translation = translation(entry, engine, evidence);
        let cause = entry.cause().map(ToOwned::to_owned);
        let calm = kept_for.is_some() || cause.as_deref() == Some("stopped");
        let examined = entry.examined.as_ref().map(|examined| &examined.finding);
        let summary = entry
            .trouble()
            .or(examined)
            .map(|finding| finding.summary.clone());
        view::Container {
            id: entry.row.id.clone(),
            name: entry.row.name.clone(),
            image: entry.row.image.clone(),
            platform: entry.claimed.as_ref().map(ToString::to_string),
            translation,
            state: entry.row.state.clone(),
            exit_code: entry.exit_code().map(exit_code),
            compose_project: entry.row.labels.get("com.docker.compose.project").cloned(),
            summary: summary.filter(|_| cause.is_some()),
            crashed: (entry.ended_badly() || entry.trouble().is_some()) && !calm,
            rerun_platform: rerun_platform(entry, engine, translation).map(|platform| platform.to_string()),
            actual: entry.actual().map(|platform| platform.to_string()),
            status: entry.row.status.clone(),
            undo_to: self.kept_of(&entry.row.id),
            undo_file: self.undo_files.get(&entry.row.name).cloned(),
            kept_for,
            cause,
        }
    }

    fn image(&self, known: &engine::Image, engine: &Platform, evidence: &Evidence) -> view::Image {
        let platforms = known.platforms.clone().unwrap_or_default();
        let translation = image_translation(&platforms, engine, evidence);
        let finding = self.image_findings.get(&known.id);
        // A foreign image that is translated here starts.
        let holds = |finding: &&Finding| {
            let refused = REFUSED_BY_ARCHITECTURE.contains(&finding.cause.as_str());
            !refused || translation != Translation::Emulated
        };
        let finding = finding.filter(holds);
        view::Image {
            id: known.id.clone(),
            references: known.references.clone(),
            platforms: platforms.iter().map(image_platform).collect(),
            translation,
            size: known.size,
            cause: finding
                .map(|finding| finding.cause.clone())
                .filter(|cause| !matches!(cause.as_str(), "" | "unknown")),
            summary: finding.map(|finding| finding.summary.clone()),
        }
    }

    /// Only what runs now counts: what failed before may be translated since.
    fn evidence(&self, engine: &Platform) -> Evidence {
        let mut evidence = Evidence::new();
        for entry in self.containers.values() {
            let Some(platform) = entry.effective().filter(|platform| is_foreign(platform, engine)) else {
                continue;
            };
            if entry.is_running() && own_translation(entry) == Some(Translation::Emulated) {
                evidence.insert(platform);
            }
        }
        evidence
    }
}

/// The platform that a re-run without a platform is for, `None` when none is worth offering.
fn rerun_platform(entry: &Entry, engine: &Platform, translation: Translation) -> Option<Platform> {
    let refused = entry
        .cause()
        .is_some_and(|cause| REFUSED_BY_ARCHITECTURE.contains(&cause));
    let offered = default_platform(entry.claimed.as_ref(), entry.actual().as_ref(), engine)?;
    (refused || translation == Translation::Emulated).then_some(offered)
}

/// For a foreign image its native build; for a native one that holds a foreign program, the build for that program.
pub(crate) fn default_platform(
    claimed: Option<&Platform>,
    actual: Option<&Platform>,
    engine: &Platform,
) -> Option<Platform> {
    let claimed = claimed?;
    if is_foreign(claimed, engine) {
        return Some(engine.clone());
    }
    actual.filter(|actual| is_foreign(actual, engine)).cloned()
}

fn is_foreign(platform: &Platform, engine: &Platform) -> bool {
    platform.runs_on(engine) != Native::Yes
}

fn translation(entry: &Entry, engine: &Platform, evidence: &Evidence) -> Translation {
    let Some(platform) = entry.effective() else {
        return Translation::Unknown;
    };
    if !is_foreign(&platform, engine) {
        return Translation::Native;
    }
    own_translation(entry)
        .or_else(|| evidence.contains(&platform).then_some(Translation::Emulated))
        .unwrap_or_default()
}

/// What this container itself shows of how its foreign platform runs.
fn own_translation(entry: &Entry) -> Option<Translation> {
    if entry.is_running() {
        // A foreign program that runs is being translated, whether or not the translator shows itself.
        let seen = entry.seen.as_ref()?;
        return (seen.translator.is_some() || seen.actual.is_some()).then_some(Translation::Emulated);
    }
    match entry.cause()? {
        cause if REFUSED_BY_ARCHITECTURE.contains(&cause) => Some(Translation::Impossible),
        "application-exit" | "stopped" | "illegal-instruction" | "out-of-memory" => {
            Some(Translation::Emulated)
        }
        _ => None,
    }
}

fn image_translation(
    platforms: &[engine::LocalPlatform],
    engine: &Platform,
    evidence: &Evidence,
) -> Translation {
    let local = || {
        platforms
            .iter()
            .filter(|platform| platform.local)
            .map(|platform| &platform.platform)
    };
    if local().any(|platform| !is_foreign(platform, engine)) {
        Translation::Native
    } else if local().any(|platform| evidence.contains(platform)) {
        Translation::Emulated
    } else {
        Translation::Unknown
    }
}

fn image_platform(known: &engine::LocalPlatform) -> view::ImagePlatform {
    view::ImagePlatform {
        platform: known.platform.to_string(),
        local: known.local,
    }
}

fn keyed<T>(list: Vec<T>, key: impl Fn(&T) -> String) -> HashMap<String, T> {
    list.into_iter().map(|value| (key(&value), value)).collect()
}

fn missing<'a, T>(
    shown: &'a HashMap<String, T>,
    now: &'a HashMap<String, T>,
) -> impl Iterator<Item = String> + 'a {
    shown.keys().filter(|id| !now.contains_key(*id)).cloned()
}

fn changed<'a, T: Clone + PartialEq>(
    shown: &'a HashMap<String, T>,
    now: &'a HashMap<String, T>,
) -> impl Iterator<Item = T> + 'a {
    now.iter()
        .filter(|(id, value)| shown.get(*id) != Some(value))
        .map(|(_, value)| value.clone())
}
