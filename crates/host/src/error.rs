//! What can go wrong when a file of this machine is read.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be understood; always with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Nothing lies there, or not what makes it readable.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A link on the way leads to nothing, or to itself.
    #[error("`{}` is a link that leads to nothing", path.display())]
    Dangling {
        /// The path with the link.
        path: PathBuf,
    },
    /// The way leads out of the folder that stands for the machine.
    #[error("`{}` leads out of the files that are read", path.display())]
    Outside {
        /// The path with the link.
        path: PathBuf,
    },
    /// The system refuses the read; macOS 15 and later do so for other apps' data.
    #[error("reading `{}` is not permitted", path.display())]
    Denied {
        /// The refused file.
        path: PathBuf,
    },
    /// A folder, a pipe or a device lies where a file was expected.
    #[error("`{}` is not a regular file", path.display())]
    NotAFile {
        /// The unexpected thing.
        path: PathBuf,
    },
    /// More bytes or entries than such a file can honestly have.
    #[error("`{}` has more than the {limit} bytes or entries that are read", path.display())]
    TooLarge {
        /// The oversized file or folder.
        path: PathBuf,
        /// The bound that it passed: bytes of a file, entries of a folder.
        limit: usize,
    },
    /// The file's text is not JSON.
    #[error("`{}` is not valid JSON at line {line}, column {column}", path.display())]
    NotJson {
        /// The broken file.
        path: PathBuf,
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault.
        column: usize,
    },
    /// The file's text is not in the notation that it is to be in.
    #[error("`{}` is not valid {notation} at line {line}, column {column}", path.display())]
    NotValid {
        /// The broken file.
        path: PathBuf,
        /// `YAML` or `TOML`.
        notation: &'static str,
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault.
        column: usize,
    },
    /// The file's bytes are no text.
    #[error("`{}` is not text", path.display())]
    NotText {
        /// The unexpected file.
        path: PathBuf,
    },
    /// The file is no property list with keys.
    #[error("`{}` is not a valid property list", path.display())]
    NotAList {
        /// The broken file.
        path: PathBuf,
    },
    /// The runtime listens on its socket and said nothing in time.
    #[error("`{}` gave no answer within {seconds} seconds", path.display())]
    Silent {
        /// The socket.
        path: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The runtime's answer is not what such a runtime says.
    #[error("the answer of `{}` is not understood: {why}", path.display())]
    NotAnAnswer {
        /// The socket.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file is of a form that its program had neither up to now nor tells here.
    #[error("`{}` has a form that is not known: {version}", path.display())]
    OtherForm {
        /// The file.
        path: PathBuf,
        /// What it says of its form, such as `version: 99`.
        version: String,
    },
    /// The file is in its notation, but not an object with keys.
    #[error("`{}` holds no keys", path.display())]
    NotAnObject {
        /// The unexpected file.
        path: PathBuf,
    },
    /// A key has a value of another type than the runtime writes.
    #[error("`{key}` in `{}` is neither `true` nor `false`", path.display())]
    NotABoolean {
        /// The file with the key.
        path: PathBuf,
        /// The key as the file spells it.
        key: String,
    },
    /// A handler's file does not have the kernel's form.
    #[error("`{}` is not a `binfmt_misc` entry", path.display())]
    NotAnEntry {
        /// The unexpected file.
        path: PathBuf,
    },
    /// The read failed in another way.
    #[error("reading `{}` failed: {kind}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        kind: io::ErrorKind,
    },
}

impl HostError {
    /// The error for what the system said of `path`.
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_path_buf();
        let kind = error.kind();
        if matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
            Self::Missing { path }
        } else if kind == io::ErrorKind::PermissionDenied {
            Self::Denied { path }
        } else {
            Self::Io { path, kind }
        }
    }

    /// The file that the error is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Missing { path }
            | Self::Dangling { path }
            | Self::Outside { path }
            | Self::Denied { path }
            | Self::NotAFile { path }
            | Self::TooLarge { path, .. }
            | Self::NotJson { path, .. }
            | Self::NotValid { path, .. }
            | Self::NotText { path }
            | Self::NotAList { path }
            | Self::Silent { path, .. }
            | Self::NotAnAnswer { path, .. }
            | Self::OtherForm { path, .. }
            | Self::NotAnObject { path }
            | Self::NotABoolean { path, .. }
            | Self::NotAnEntry { path }
            | Self::Io { path, .. } => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_the_systems_refusals_are_denials() {
        const EPERM: i32 = 1;
        const EACCES: i32 = 13;
        for code in [EPERM, EACCES] {
            let error = HostError::from_io(Path::new("/x"), &io::Error::from_raw_os_error(code));
            assert_eq!(error, HostError::Denied { path: "/x".into() });
        }
    }
}
