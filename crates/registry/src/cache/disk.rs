//! The part of the cache that outlives the session: small files in a folder of its own.

use std::{
    fs::{self, File, Metadata},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::SystemTime,
};

use tempfile::NamedTempFile;

use super::KEPT_BYTES;
use crate::digest::Digest;

/// The most files of one kind; a third of them is removed when there are more.
const FILES: usize = 3000;

/// The most bytes of all files of one kind.
const BYTES: u64 = 64 * 1024 * 1024;

/// After how many writes the folder is looked through: looking takes as long as some writes.
const WRITES: usize = 100;

/// The most bytes of a digest's text.
const DIGEST_BYTES: u64 = 200;

/// Two folders: what has a digest under its digest, and a reference's last digest under the reference's own hash.
pub(super) struct Disk {
    manifests: PathBuf,
    references: PathBuf,
    writes: AtomicUsize,
}

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            manifests: folder.join("manifests"),
            references: folder.join("references"),
            writes: AtomicUsize::new(0),
        }
    }

    pub(super) fn get(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = read(&self.manifests.join(name(digest)), KEPT_BYTES as u64)?;
        digest.fits(&bytes).then_some(bytes)
    }

    pub(super) fn keep(&self, digest: &Digest, bytes: &[u8]) {
        self.write(&self.manifests, &name(digest), bytes);
    }

    pub(super) fn remembered(&self, reference: &str) -> Option<Digest> {
        let hash = Digest::of(reference.as_bytes());
        let bytes = read(&self.references.join(name(&hash)), DIGEST_BYTES)?;
        Digest::parse(std::str::from_utf8(&bytes).ok()?)
    }

    pub(super) fn remember(&self, reference: &str, digest: &Digest) {
        let hash = Digest::of(reference.as_bytes());
        self.write(&self.references, &name(&hash), digest.as_str().as_bytes());
    }

    /// Writes a file whole or not at all. That it cannot be written costs a request later, and nothing else.
    fn write(&self, folder: &Path, name: &str, bytes: &[u8]) {
        let written = fs::create_dir_all(folder).and_then(|()| {
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(bytes)?;
            Ok(file.persist(folder.join(name))?)
        });
        if written.is_ok() && self.writes.fetch_add(1, Ordering::Relaxed).is_multiple_of(WRITES) {
            prune(folder);
        }
    }
}

/// A digest as a file's name: of letters, digits and one dash.
fn name(digest: &Digest) -> String {
    format!("{}-{}", digest.algorithm(), digest.hash())
}

fn read(file: &Path, limit: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file).ok()?.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Removes the oldest files when there are too many, or too large ones.
fn prune(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .filter(|(_, metadata)| metadata.is_file())
        .collect();
    let bytes: u64 = files.iter().map(|(_, metadata)| metadata.len()).sum();
    if files.len() <= FILES && bytes <= BYTES {
        return;
    }
    files.sort_by_key(|(_, metadata)| age(metadata));
    let (mut count, mut left) = (files.len(), bytes);
    for (path, metadata) in files {
        if count <= FILES / 3 * 2 && left <= BYTES / 3 * 2 {
            return;
        }
        // Another run may have removed it.
        let _removed = fs::remove_file(path);
        count -= 1;
        left -= metadata.len();
    }
}

fn age(metadata: &Metadata) -> SystemTime {
    metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_by_another_run() {
        let folder = tempfile::tempdir().unwrap();
        let digest = Digest::of(b"manifest");
        let disk = Disk::new(&folder.path().join("new"));
        disk.keep(&digest, b"manifest");
        disk.remember("docker.io/library/nginx:latest", &digest);
        let other = Disk::new(&folder.path().join("new"));
        assert_eq!(other.get(&digest).as_deref(), Some(b"manifest".as_slice()));
        assert_eq!(other.remembered("docker.io/library/nginx:latest"), Some(digest));
        assert_eq!(other.remembered("docker.io/library/nginx:1"), None);
    }

    #[test]
    fn what_was_altered_or_cut_is_as_good_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let digest = Digest::of(b"manifest");
        let disk = Disk::new(folder.path());
        disk.keep(&digest, b"manifest");
        disk.remember("a", &digest);
        fs::write(disk.manifests.join(name(&digest)), b"manife").unwrap();
        fs::write(disk.references.join(name(&Digest::of(b"a"))), b"sha256:\xff").unwrap();
        assert_eq!(disk.get(&digest), None);
        assert_eq!(disk.remembered("a"), None);
    }

    #[test]
    fn a_folder_that_cannot_be_written_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let disk = Disk::new(&file);
        let digest = Digest::of(b"manifest");
        disk.keep(&digest, b"manifest");
        assert_eq!(disk.get(&digest), None);
    }

    #[test]
    fn the_oldest_files_go_when_there_are_too_many() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..=FILES {
            let file = File::create(folder.path().join(number.to_string())).unwrap();
            let when = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number as u64);
            file.set_modified(when).unwrap();
        }
        prune(folder.path());
        assert!(!folder.path().join("0").exists());
        assert!(folder.path().join(FILES.to_string()).exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), FILES / 3 * 2);
    }
}
