//! What a Dockerfile's check shows.

use serde::Serialize;
use specta::Type;

/// The answer of `dockerfile check`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct DockerfileReport {
    /// The file, as it was named.
    pub file: String,
    /// The folder that is built, as far as it was found; without it nothing is said of files in it.
    pub context: Option<String>,
    /// What is wrong, by line.
    pub findings: Vec<DockerfileFinding>,
    /// The images that are named by their digest, and what registries said of them.
    pub checked: Vec<CheckedDigest>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct DockerfileFinding {
    /// In kebab case; `docs/dockerfile.md` has all of them.
    pub rule: String,
    /// Counted from 1.
    pub line: u32,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence, with its reason.
    pub message: String,
    /// What to write instead, or to do.
    pub fix: Option<String>,
}

/// How bad a finding is, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It holds unless the build says otherwise, or as soon as something usual happens.
    Note,
    /// The image is not what it says on another architecture, or is built slower than need be.
    Warning,
    /// The build, or a container of the image, fails.
    Error,
}

/// An image that is named by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct CheckedDigest {
    /// Counted from 1.
    pub line: u32,
    /// The image, its digest included.
    pub reference: String,
    /// `index` (fine: it has a build for each of its platforms), `manifest` (one build), or `unknown`.
    pub kind: String,
    /// What it is for, in normalised form.
    pub platforms: Vec<String>,
    /// Why it is not known.
    pub why: Option<String>,
}

/// A rule, for reports that list them all.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct DockerfileRule {
    /// In kebab case.
    pub id: String,
    /// What it is about, in one sentence.
    pub title: String,
}
