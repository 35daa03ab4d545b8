//! What can go wrong when a setting is changed.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a change was not made, or is not certain; always with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The file is not as it was planned with.
    #[error("`{}` has changed since the plan was made, so it was left alone", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The system refuses the write; macOS 15 and later do so for other apps' data.
    #[error("writing `{}` is not permitted; nothing of it was changed", path.display())]
    Denied {
        /// The file.
        path: PathBuf,
    },
    /// The disk has no room.
    #[error("there is no room on the disk for `{}`; what was there is whole", path.display())]
    NoRoom {
        /// The file.
        path: PathBuf,
    },
    /// It could not be written.
    #[error("`{}` could not be written: {why}; what was there is whole", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// A folder, a pipe or a link to nothing lies there.
    #[error("`{}` is not a regular file", path.display())]
    NotAFile {
        /// The unexpected thing.
        path: PathBuf,
    },
    /// It was written, and does not read as written.
    #[error("`{}` was written, and does not read back as it was written", path.display())]
    NotKept {
        /// The file.
        path: PathBuf,
    },
    /// Another process changes settings.
    #[error("another Archlight is changing settings right now")]
    UnderWay,
    /// What is needed to take it back could not be written down.
    #[error("`{}` could not be written, so nothing was changed: {why}", path.display())]
    JournalFailed {
        /// The journal's file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// Nothing was changed here that could be taken back.
    #[error("nothing was changed here that could be taken back")]
    NothingToUndo,
    /// Docker Desktop was started since the plan was made.
    #[error("Docker Desktop runs now, and would write over `{}`, so it was left alone", path.display())]
    RunsNow {
        /// The file.
        path: PathBuf,
    },
    /// The plan has reasons against it.
    #[error("the plan has reasons against it")]
    Refused,
    /// The running runtime was told, and it is not certain what it did.
    #[error("Docker Desktop was told `{told}`, and {said}; {}", says_now(*now))]
    Uncertain {
        /// What it was told.
        told: String,
        /// What came of it.
        said: BackendError,
        /// What it says of the setting now, where it says something.
        now: Option<bool>,
    },
}

fn says_now(now: Option<bool>) -> &'static str {
    match now {
        Some(true) => "it says now that Rosetta is on",
        Some(false) => "it says now that Rosetta is off",
        None => "how the setting is now is not known",
    }
}

impl ApplyError {
    /// The error for what the system said of writing `path`.
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_path_buf();
        let kind = error.kind();
        let refused = [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem];
        let full = [
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
        ];
        if refused.contains(&kind) {
            return Self::Denied { path };
        }
        if full.contains(&kind) {
            return Self::NoRoom { path };
        }
        let why = error.to_string();
        Self::Failed { path, why }
    }
}

/// How an answer of the running runtime differs from what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// Nobody listens, or the talk broke off.
    #[error("the connection to `{}` failed: {why}", socket.display())]
    Failed {
        /// The socket.
        socket: PathBuf,
        /// The system's words.
        why: String,
    },
    /// No answer came in time.
    #[error("no answer came within {seconds} s")]
    Silent {
        /// How long was waited.
        seconds: u64,
    },
    /// The answer was longer than such an answer can be.
    #[error("its answer was longer than {limit} bytes")]
    TooLong {
        /// The bound.
        limit: usize,
    },
    /// It answered with a status that is no success.
    #[error("it answered with the status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The answer has another form than is known.
    #[error("its answer has a form that is not known")]
    OtherForm,
    /// It took the setting, and did not follow it.
    #[error("it took that, and did not follow it")]
    Ignored,
}
