//! Why a file is no Dockerfile.

use thiserror::Error;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct Damage {
    /// The line, counted from 1.
    pub line: u32,
    /// What is wrong there.
    pub kind: DamageKind,
}

/// What can be wrong with a file. Words from the file are cut and without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DamageKind {
    /// There is no `FROM`.
    #[error("no `FROM` in the whole file")]
    NoStage,
    /// Something but `ARG` stands before the first `FROM`.
    #[error("`{0}` before the first `FROM`")]
    BeforeFrom(&'static str),
    /// A word that is no instruction.
    #[error("`{0}` is no instruction")]
    UnknownInstruction(String),
    /// An instruction with nothing behind it.
    #[error("`{0}` says nothing")]
    Bare(&'static str),
    /// A `FROM` that is neither `FROM IMAGE` nor `FROM IMAGE AS NAME`.
    #[error("`FROM` wants an image, or an image, `AS` and a name")]
    BadFrom,
    /// A `COPY` or `ADD` without a source or a destination.
    #[error("`{0}` wants a source and a destination")]
    NoDestination(&'static str),
    /// An `ONBUILD` in front of what it may not stand before.
    #[error("`ONBUILD` cannot stand before `{0}`")]
    BadTrigger(&'static str),
    /// A heredoc without its end.
    #[error("the heredoc `{0}` does not end")]
    OpenHeredoc(String),
    /// An escape directive that names neither of the two characters.
    #[error("the escape character can be a backslash or a backtick only")]
    BadEscape,
    /// A file that is larger than any that is written for people.
    #[error("the file is too large to be read")]
    TooLarge,
}

impl DamageKind {
    pub(crate) fn at(self, line: u32) -> Damage {
        Damage { line, kind: self }
    }
}

/// How much of a word from the file is shown.
const SHOWN: usize = 40;

/// A word from the file as it may be shown between back-quotes.
pub(crate) fn shown(word: &str) -> String {
    let plain = |letter: &char| !letter.is_control() && *letter != '`';
    word.chars().filter(plain).take(SHOWN).collect()
}
