//! A service, as far as it matters for which platform it is made.

use std::path::PathBuf;

use super::variables::Trouble;

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// In which file.
    pub file: PathBuf,
    /// In which line, from 1 on.
    pub line: usize,
}

/// A text of a file, with its variables put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What it says with the values of its variables.
    pub value: String,
    /// What the file says.
    pub raw: String,
    /// What is the matter with its variables.
    pub trouble: Option<Trouble>,
    /// Where it stands.
    pub spot: Spot,
}

/// That an image is built, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// `platforms`, empty where the file names none.
    pub platforms: Vec<Text>,
    /// Where it stands.
    pub spot: Spot,
}

/// A service of a project, all its files taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where it is first spoken of.
    pub spot: Spot,
    /// The image that it runs.
    pub image: Option<Text>,
    /// The platform that is said for it. An empty one says nothing.
    pub platform: Option<Text>,
    /// How its image is built.
    pub build: Option<Build>,
    /// The profiles that it waits for.
    pub profiles: Vec<String>,
}

/// What one file says of something that another file may say too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Field<T> {
    #[default]
    Unsaid,
    Said(T),
    /// `!reset`: what others said is taken away.
    Reset,
}

impl<T> Field<T> {
    /// This over what was said before.
    fn over(self, before: Self) -> Self {
        match self {
            Self::Unsaid => before,
            Self::Said(_) | Self::Reset => self,
        }
    }

    fn said(self) -> Option<T> {
        match self {
            Self::Said(value) => Some(value),
            Self::Unsaid | Self::Reset => None,
        }
    }
}

/// How a service goes with what was said of it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joining {
    Merge,
    /// `!override`.
    Replace,
    /// `!reset`.
    Remove,
}

/// What one file says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) spot: Spot,
    pub(crate) joining: Joining,
    pub(crate) image: Field<Text>,
    pub(crate) platform: Field<Text>,
    pub(crate) build: Field<Build>,
    /// `platforms` take the place of earlier ones.
    pub(crate) replaces_platforms: bool,
    pub(crate) profiles: Vec<String>,
    pub(crate) extends: Option<Extends>,
}

/// Another service that this one begins as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extends {
    pub(crate) service: Text,
    pub(crate) file: Option<Text>,
}

impl Part {
    /// This on top of what was said `before`.
    pub(crate) fn over(self, before: Self) -> Self {
        Self {
            spot: before.spot,
            joining: before.joining,
            image: self.image.over(before.image),
            platform: self.platform.over(before.platform),
            build: match (self.build, before.build) {
                (Field::Said(mut build), Field::Said(earlier)) if !self.replaces_platforms => {
                    let known: Vec<_> = earlier.platforms.iter().map(|text| text.value.clone()).collect();
                    build.platforms.retain(|text| !known.contains(&text.value));
                    build.platforms.splice(0..0, earlier.platforms);
                    Field::Said(build)
                }
                (build, earlier) => build.over(earlier),
            },
            replaces_platforms: before.replaces_platforms,
            profiles: [before.profiles, self.profiles].concat(),
            extends: None,
        }
    }

    pub(crate) fn service(self, name: String) -> Service {
        Service {
            name,
            spot: self.spot,
            image: self.image.said().filter(|image| !image.raw.is_empty()),
            platform: self.platform.said().filter(|platform| !platform.value.is_empty()),
            build: self.build.said(),
            profiles: self.profiles,
        }
    }
}
