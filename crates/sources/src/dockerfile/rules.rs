//! The rules. Each goes by what is known; what is not known is no finding.

mod alpine;
mod copied;
mod cross;
mod download;
mod execute;
mod from;
mod goarch;
mod guard;
mod modules;
mod script;

use super::{
    Answers, Context, Dockerfile, Finding,
    architecture::{of_platform, only},
    stage::{Base, Stage},
};

/// What every rule has to know of the stages.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    stages: Vec<Place>,
    /// The file is for one architecture, by its name.
    by_file: bool,
}

/// One stage.
#[derive(Clone, Debug, Default)]
struct Place {
    /// It is for Windows.
    windows: bool,
    /// It is for one architecture on purpose, by its name, its file's name, its image or its platform.
    fixed: bool,
    /// It runs on the platform of whoever builds.
    builder: bool,
}

/// Words of Windows' own images.
const WINDOWS: [&str; 4] = ["windows", "nanoserver", "servercore", "windowsservercore"];

impl Places {
    pub(crate) fn of(file: &Dockerfile, name: &str) -> Self {
        let by_file = name.rsplit('/').take(COMPONENTS).any(is_for_one);
        let mut stages: Vec<Place> = Vec::new();
        for stage in file.stages() {
            let mut place = match &stage.base {
                Base::Stage(index) => stages.get(*index).cloned().unwrap_or_default(),
                Base::Image(_) | Base::Scratch | Base::Unknown => Place::default(),
            };
            let image = image_of(stage);
            let words = image.split(['/', ':', '-', '_', '.', '@']);
            place.windows |= words
                .into_iter()
                .any(|word| WINDOWS.contains(&word.to_ascii_lowercase().as_str()));
            place.windows |= stage
                .platform
                .as_deref()
                .is_some_and(|platform| platform.starts_with("windows"));
            let by_name = stage.name.as_deref().is_some_and(|name| only(name).is_some());
            let by_platform = stage.constant_platform.as_deref().and_then(of_platform).is_some();
            place.fixed |= by_file || by_name || by_platform || image.split(['/', ':']).any(is_for_one);
            if let Some(platform) = &stage.platform {
                place.builder = platform.contains("BUILDPLATFORM");
            }
            stages.push(place);
        }
        Self { stages, by_file }
    }

    fn is_windows(&self, stage: usize) -> bool {
        self.stages.get(stage).is_some_and(|place| place.windows)
    }

    /// Whether programs of one architecture belong there.
    fn is_fixed(&self, stage: usize) -> bool {
        self.stages
            .get(stage)
            .is_some_and(|place| place.fixed || place.windows)
    }

    fn is_builder(&self, stage: usize) -> bool {
        self.stages.get(stage).is_some_and(|place| place.builder)
    }
}

/// The file's name and the folders right above it, which may be for one architecture on purpose.
const COMPONENTS: usize = 3;

/// Names of boards and families that are for one architecture, and that no word of [`only`] is in.
const BOARDS: [&str; 6] = ["arm", "arm32", "arm32v7", "rpi", "raspberrypi", "raspberry"];

/// Whether a part of a name says that all of it is for one architecture.
fn is_for_one(part: &str) -> bool {
    let mut words = part.split(|letter: char| !letter.is_ascii_alphanumeric());
    only(part).is_some() || words.any(|word| BOARDS.iter().any(|board| word.eq_ignore_ascii_case(board)))
}

/// The image without its digest, which names nothing.
fn image_of(stage: &Stage) -> &str {
    let image = match &stage.base {
        Base::Image(image) => image,
        Base::Stage(_) | Base::Scratch | Base::Unknown => &stage.image,
    };
    image.split('@').next().unwrap_or_default()
}

/// A stage and those that it begins with, itself first.
fn chain(file: &Dockerfile, stage: usize) -> Vec<usize> {
    let mut all = vec![stage];
    let mut at = stage;
    // A base always stands before its stage, so this ends.
    while let Some(Base::Stage(base)) = file.stages().get(at).map(|stage| &stage.base) {
        all.push(*base);
        at = *base;
    }
    all
}

/// What `own` says of each stage, or else of the nearest that it begins with.
fn inherited<T: Clone>(file: &Dockerfile, own: impl Fn(&Stage) -> Option<T>) -> Vec<Option<T>> {
    let mut all: Vec<Option<T>> = Vec::new();
    for stage in file.stages() {
        let base = match &stage.base {
            Base::Stage(base) => all.get(*base).cloned().flatten(),
            Base::Image(_) | Base::Scratch | Base::Unknown => None,
        };
        all.push(own(stage).or(base));
    }
    all
}

/// Everything that every rule finds.
pub(crate) fn all(file: &Dockerfile, places: &Places, context: &Context, answers: &Answers) -> Vec<Finding> {
    let mut found = from::digests(file, places, answers);
    found.extend(from::platforms(file, places));
    found.extend(cross::find(file, places));
    found.extend(download::find(file, places));
    found.extend(goarch::find(file, places));
    found.extend(modules::find(file, places, context));
    found.extend(copied::find(file, places, context));
    found.extend(script::find(file, places, context));
    found.extend(alpine::find(file, places, context));
    found
}
