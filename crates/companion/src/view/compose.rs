//! What a Compose project says of platforms, and what came of a change: the answers of `compose check` and `compose fix`.

use serde::Serialize;
use specta::Type;

/// The services of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ComposeCheck {
    /// What runs natively: what the answers are held against.
    pub native: NativeHere,
    /// The files that were named or found, in the order in which Compose joins them.
    pub files: Vec<String>,
    /// All services, those of all profiles.
    pub services: Vec<ComposeService>,
}

/// What runs natively.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct NativeHere {
    /// In normalised form; `None` where neither an engine nor this machine tells.
    pub platform: Option<String>,
    /// `engine` or `machine`: who said so.
    pub source: String,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ComposeService {
    /// Its name.
    pub service: String,
    /// The image that it runs, its variables put in; `None` where it only builds one.
    pub image: Option<String>,
    /// The platform that the files say, in normalised form where it is one.
    pub platform: Option<String>,
    /// The platforms that the image's registry has; `None` where that is not known.
    pub offered: Option<Vec<String>>,
    /// Where a native build is, where the registry has none under this name; `None` where it has one, or was not asked.
    pub native_elsewhere: Option<NativeElsewhere>,
    /// `fine`, `needed`, `harmful`, `wrong`, `builds-here` or `unknown`.
    pub advice: String,
    /// One sentence.
    pub why: String,
    /// What `compose fix` would make of `platform`, if anything.
    pub fix: Option<ComposeCure>,
    /// Where the platform is said, else where the service is.
    pub file: String,
    /// The line in it.
    pub line: usize,
    /// Whether its image is built.
    pub builds: bool,
    /// The profiles that it waits for.
    pub profiles: Vec<String>,
}

/// Where a native build is, of an image whose own name has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct NativeElsewhere {
    /// `newer-tag`, `successor`, `none` or `unknown`.
    pub kind: String,
    /// The image that has one, seen in its registry.
    pub reference: Option<String>,
    /// Who says that it is a successor: an address to read.
    pub source: Option<String>,
    /// One sentence.
    pub why: String,
    /// Newer tags that were looked at.
    pub asked: usize,
    /// Newer tags that were not: the budget was spent.
    pub left: usize,
}

/// What is to be said.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ComposeCure {
    /// The platform; `None` takes the line away.
    pub platform: Option<String>,
}

/// A changed file.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ComposeFix {
    /// The file that changes.
    pub file: String,
    /// Whether anything in it does.
    pub changed: bool,
    /// The services that it speaks of differently.
    pub services: Vec<ComposeFixed>,
    /// The services that were left as they are, with the reason.
    pub refused: Vec<ComposeRefused>,
    /// The whole file as it is to be.
    pub text: String,
    /// What changes, as `patch` reads it; empty where nothing does.
    pub diff: String,
    /// Whether it was written.
    pub written: bool,
    /// Where the text of before was put.
    pub backup: Option<String>,
    /// An earlier backup, which made room for that.
    pub earlier_backup: Option<String>,
    /// Whether Docker Compose was asked to read it: `yes`, or why not.
    pub read_by_compose: String,
    /// What each later `docker compose up` needs for it, if anything.
    pub later: Option<String>,
}

/// A service with another platform.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ComposeFixed {
    /// Its name.
    pub service: String,
    /// What the files said.
    pub from: Option<String>,
    /// What they are to say.
    pub to: Option<String>,
}

/// A service that was left as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ComposeRefused {
    /// Its name.
    pub service: String,
    /// One sentence.
    pub why: String,
    /// Something that can be done.
    pub hint: String,
}
