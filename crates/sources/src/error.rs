//! Why a file of the user's is not read or not written.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a file of the user's is not read or not written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourcesError {
    /// A label that Compose would not have written, or none.
    #[error("the label `{label}` does not say what Compose writes there")]
    BadLabel {
        /// The label's name.
        label: &'static str,
    },
    /// A file that the container was made from is not on this machine.
    #[error("the file `{}` that it was made from is not on this machine", path.display())]
    NotHere {
        /// Where it should be.
        path: PathBuf,
    },
    /// A folder, a link or a device stands where the file is to be.
    #[error("`{}` is not a plain file", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// A file that is larger than any that is written for people.
    #[error("`{}` is too large to be read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file that is not in UTF-8.
    #[error("`{}` is not text in UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// A file of our name that says more than we write.
    #[error("`{}` holds more than Archlight writes there", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// Somebody changed the file in between.
    #[error("`{}` was changed in the meantime", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The system's own reason.
    #[error("`{}` could not be {what}: {why}", path.display())]
    Failed {
        /// `read`, `written` or `removed`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// In the system's words.
        why: String,
    },
}

impl SourcesError {
    pub(crate) fn failed(what: &'static str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::Failed {
            what,
            path: path.to_owned(),
            why: error.to_string(),
        }
    }
}
