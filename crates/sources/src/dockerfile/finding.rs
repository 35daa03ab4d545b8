//! What is found, and what was asked of registries.

use std::collections::BTreeMap;

use platform::Platform;

/// What a finding is about; each has a row in `docs/dockerfile.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is its id, and `words` says the rest")]
pub enum Rule {
    FromSinglePlatformDigest,
    FromConstantPlatform,
    BuildPlatformWithoutCrossCompiling,
    SingleArchitectureDownload,
    TargetarchUnused,
    GoarchConstant,
    RustTargetConstant,
    CopyNodeModules,
    CopyVirtualenv,
    CopyBuildOutput,
    CopyForeignBinary,
    ScriptCrlf,
    ScriptNotExecutable,
    BashOnAlpine,
}

impl Rule {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::FromSinglePlatformDigest,
        Self::FromConstantPlatform,
        Self::BuildPlatformWithoutCrossCompiling,
        Self::SingleArchitectureDownload,
        Self::TargetarchUnused,
        Self::GoarchConstant,
        Self::RustTargetConstant,
        Self::CopyNodeModules,
        Self::CopyVirtualenv,
        Self::CopyBuildOutput,
        Self::CopyForeignBinary,
        Self::ScriptCrlf,
        Self::ScriptNotExecutable,
        Self::BashOnAlpine,
    ];

    /// Its name in reports, in kebab case.
    pub fn id(self) -> &'static str {
        match self {
            Self::FromSinglePlatformDigest => "from-single-platform-digest",
            Self::FromConstantPlatform => "from-constant-platform",
            Self::BuildPlatformWithoutCrossCompiling => "build-platform-without-cross-compiling",
            Self::SingleArchitectureDownload => "single-architecture-download",
            Self::TargetarchUnused => "targetarch-unused",
            Self::GoarchConstant => "goarch-constant",
            Self::RustTargetConstant => "rust-target-constant",
            Self::CopyNodeModules => "copy-node-modules",
            Self::CopyVirtualenv => "copy-virtualenv",
            Self::CopyBuildOutput => "copy-build-output",
            Self::CopyForeignBinary => "copy-foreign-binary",
            Self::ScriptCrlf => "script-crlf",
            Self::ScriptNotExecutable => "script-not-executable",
            Self::BashOnAlpine => "bash-on-alpine",
        }
    }

    /// What it is about, in one sentence.
    pub fn title(self) -> &'static str {
        super::words::title(self)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It holds unless the build says otherwise, or as soon as something usual happens.
    Note,
    /// The image is not what it says on another architecture, or is built slower than need be.
    Warning,
    /// The build, or a container of the image, fails.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that is wrong, where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub rule: Rule,
    /// The line, counted from 1.
    pub line: u32,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence, with its reason.
    pub message: String,
    /// What to write instead, or to do.
    pub fix: Option<String>,
}

/// An image that is named by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The line, counted from 1.
    pub line: u32,
    /// The image, its digest included.
    pub reference: String,
}

/// What a registry said of one reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An index, with these platforms.
    Index(Vec<Platform>),
    /// One image for one platform; `None` where it does not say which.
    Image(Option<Platform>),
    /// Nothing, and why.
    Unknown(String),
}

/// What registries said, by reference.
pub type Answers = BTreeMap<String, Answer>;

/// An image by its digest, and what came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Where it stands, and which it is.
    pub pin: Pin,
    /// What was said; `None` where nobody was asked.
    pub answer: Option<Answer>,
}
