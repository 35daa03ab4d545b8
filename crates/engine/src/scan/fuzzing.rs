//! A scan of bytes that no engine sent: see [`crate::fuzzing`].

use platform::{Entry, EntryKind, Platform, Tar};

use super::{HEAD, Scan, found::Census};

/// What came out of an archive.
#[derive(Debug, PartialEq, Eq)]
pub struct Exported {
    /// Each file's name, size and first bytes.
    pub files: Vec<(Vec<u8>, u64, Vec<u8>)>,
    /// How many files were counted.
    pub counted: u64,
    /// How many of them are programs.
    pub programs: u64,
    /// How many of these are foreign.
    pub foreign: u64,
    /// Everything that was found, in Rust's words.
    pub found: String,
    /// Why it ended too early.
    pub broken: Option<String>,
}

/// Reads an archive that comes in `pieces`, and compares its programs with `of`.
pub fn export(pieces: &[&[u8]], of: Platform) -> Exported {
    let (mut tar, mut found, mut files) = (Tar::new(HEAD), Census::new(of), Vec::new());
    let mut path = Vec::new();
    let mut visit = |file: Entry<'_>| {
        if file.kind != EntryKind::File {
            return;
        }
        files.push((file.path.to_vec(), file.size, file.head.to_vec()));
        super::absolute(b"", file.path, &mut path);
        found.take(&path, file.head, file.size, None);
    };
    let fed = pieces.iter().try_for_each(|piece| tar.feed(piece, &mut visit));
    let ended = fed.and_then(|()| tar.finish());
    let scan = found.finish();
    Exported {
        files,
        counted: scan.files,
        programs: scan.programs,
        foreign: foreign(&scan),
        found: format!("{:?} {:?}", scan.foreign, scan.groups),
        broken: ended.err().map(|error| error.to_string()),
    }
}

fn foreign(scan: &Scan) -> u64 {
    scan.foreign.len() as u64 + scan.left_out
}
