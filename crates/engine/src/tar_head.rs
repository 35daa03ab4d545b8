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

/// An archive of nothing but the folder that `archive` begins with, called `name`. `None` when that is not all there, or
/// is no folder.
pub(crate) fn only_folder(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut archive = tar::Archive::new(archive);
    let entry = archive.entries().ok()?.next()?.ok()?;
    let (old, kind) = (entry.header(), entry.header().entry_type());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    // Engines of old put the file's kind beside it.
    header.set_mode(old.mode().ok()? & 0o7777);
    header.set_uid(old.uid().ok()?);
    header.set_gid(old.gid().ok()?);
    header.set_mtime(old.mtime().ok()?);
    let mut only = tar::Builder::new(Vec::new());
    only.append_data(&mut header, format!("{name}/"), std::io::empty())
        .ok()?;
    only.into_inner().ok().filter(|_| kind.is_dir())
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
    fn the_folder_itself_is_told_from_what_is_in_it() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Directory);
        header.set_size(0);
        header.set_mode(0o41700);
        header.set_uid(3_000_000_000);
        header.set_gid(70);
        header.set_mtime(9);
        builder
            .append_data(&mut header, "./", std::io::empty())
            .expect("an entry");
        let whole = builder.into_inner().expect("an archive");
        assert_eq!(only_folder(&whole[..100], "copy"), None);
        let only = only_folder(&whole[..512], "copy").expect("a folder");
        let mut only = tar::Archive::new(&only[..]);
        let found: Vec<_> = only.entries().expect("entries").flatten().collect();
        assert_eq!((found.len(), &*found[0].path_bytes()), (1, &b"copy/"[..]));
        let header = found[0].header();
        let numbers = [header.mode().ok().map(u64::from), header.mtime().ok()];
        assert_eq!(numbers, [Some(0o1700), Some(9)]);
        let owners = [header.uid().ok(), header.gid().ok()];
        assert_eq!(owners, [Some(3_000_000_000), Some(70)]);
        assert_eq!(only_folder(&archive("a", b"file"), "copy"), None);
    }

    #[test]
    fn bytes_that_are_no_tar_are_no_file() {
        for bytes in [&b""[..], b"garbage", &[0xff; 2048], &[0; 1024]] {
            assert_eq!(first_file(bytes, 10), None);
        }
    }
}
