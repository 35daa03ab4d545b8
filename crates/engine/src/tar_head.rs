//! The first file of a tar stream that may be cut off after its first bytes.

use std::io::Read as _;

use crate::{FileKind, files::Head};

/// The first file in `archive`, at most `limit` bytes of it. `None` when even those are not there, or it is no tar.
///
/// The archive may be cut off behind `limit`, because nobody reads more of it than is needed.
pub(crate) fn first_file(archive: &[u8], limit: usize) -> Option<Head> {
    let mut archive = tar::Archive::new(archive);
    let mut entry = archive.entries().ok()?.next()?.ok()?;
    // What does not fit into the header stands in an extended one.
    let size = entry.size();
    let number = |value: std::io::Result<u64>| value.ok().and_then(|value| u32::try_from(value).ok());
    let header = entry.header();
    let (mode, user, group) = (header.mode().ok()?, number(header.uid()), number(header.gid()));
    let kind = header.entry_type().is_file().then_some(FileKind::Regular);
    let wanted = usize::try_from(size).unwrap_or(usize::MAX).min(limit);
    let mut bytes = vec![0; wanted];
    entry.read_exact(&mut bytes).ok()?;
    Some(Head {
        bytes,
        size,
        mode,
        kind,
        user,
        group,
    })
}

/// The texts of the files in `archive` whose names end in `ending`; what is cut off at its end is left out.
pub(crate) fn texts(archive: &[u8], ending: &str) -> Vec<String> {
    let mut archive = tar::Archive::new(archive);
    let Ok(entries) = archive.entries() else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    for mut entry in entries.map_while(Result::ok) {
        let is_wanted =
            entry.path_bytes().ends_with(ending.as_bytes()) && entry.header().entry_type().is_file();
        let mut bytes = Vec::new();
        if is_wanted && entry.read_to_end(&mut bytes).is_ok() {
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(path: &str, bytes: &[u8]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        builder.append_data(&mut header, path, bytes).expect("an entry");
        builder.into_inner().expect("an archive")
    }

    #[test]
    fn the_first_bytes_and_the_full_size_come_out_of_a_cut_stream() {
        let whole = archive(&"deep/".repeat(40), &[7; 5000]);
        let head = first_file(&whole[..whole.len() - 4000], 100).expect("a file");
        assert_eq!((head.bytes, head.size), (vec![7; 100], 5000));
    }

    #[test]
    fn a_stream_that_breaks_off_in_the_wanted_part_is_told_from_a_short_file() {
        let whole = archive("a", &[7; 5000]);
        assert_eq!(first_file(&whole[..600], 1000), None);
        assert_eq!(
            first_file(&archive("a", b"short"), 1000).expect("a file").bytes,
            b"short"
        );
        assert_eq!(first_file(&archive("a", b""), 1000).expect("a file").size, 0);
    }

    #[test]
    fn bytes_that_are_no_tar_are_no_file() {
        for bytes in [&b""[..], b"garbage", &[0xff; 2048], &[0; 1024]] {
            assert_eq!(first_file(bytes, 10), None);
        }
    }
}
