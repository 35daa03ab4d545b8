//! Whether what a registry has under a tag is what it says: the answer of `verify`.

use serde::Serialize;
use specta::Type;

use super::{Link, Problem};

/// What was asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Verification {
    /// As it was asked for.
    pub reference: String,
    /// In full: `docker.io/library/nginx:latest`.
    pub name: String,
    /// The digest of what it names.
    pub digest: String,
    /// `index` or `manifest`.
    pub kind: String,
    /// One for each platform that is wanted, or that it offers where none is.
    pub platforms: Vec<VerifiedPlatform>,
    /// How many requests that took, of all kinds.
    pub requests: u64,
}

/// One platform of a tag.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct VerifiedPlatform {
    /// As it is wanted, or as the index says.
    pub platform: String,
    /// The digest of its manifest; `None` where the tag has none.
    pub digest: Option<String>,
    /// Whether its manifest is there.
    pub present: bool,
    /// What the image's own configuration says that it is for.
    pub configured: Option<String>,
    /// What is started, where it was found; `None` where the image names nothing.
    pub program: Option<String>,
    /// What the bytes of the program say; of a script, those of what runs it.
    pub actual: Option<String>,
    /// Native modules for another platform that programs would load.
    pub foreign_modules: u32,
    /// Whether it is what it says.
    pub verdict: Verdict,
    /// One of the contract's causes, where a container of it would end for one.
    pub cause: Option<String>,
    /// One sentence.
    pub why: String,
    /// What can be done.
    pub fix: Option<String>,
    /// What is started, link by link.
    pub chain: Vec<Link>,
    /// The first of the foreign modules.
    pub modules: Vec<VerifiedModule>,
    /// Programs of the image.
    pub programs: u32,
    /// Those of them that are for another platform, needed or not.
    pub foreign_programs: u32,
    /// Why it could not be read.
    pub error: Option<Problem>,
}

/// A module for another platform.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct VerifiedModule {
    /// Absolute in the image.
    pub path: String,
    /// What it is for.
    pub platform: String,
    /// Whose it is.
    pub package: Option<String>,
}

/// Whether a platform's image is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is.
    Ok,
    /// The tag has none, or its manifest is gone.
    Missing,
    /// It says one platform, and is for another.
    Mislabelled,
    /// It is what it says, but for a program or module that is for another platform.
    ForeignBinary,
    /// Not enough could be read.
    Unknown,
}

impl Verdict {
    /// The word that faces use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Mislabelled => "mislabelled",
            Self::ForeignBinary => "foreign-binary",
            Self::Unknown => "unknown",
        }
    }
}
