//! All files of a container, as they stream out of the engine: which of them are programs for another platform.
//!
//! Nothing is written to disk, and only the first bytes of each file are looked at. Memory stays the same whatever is
//! in the stream: see [`Tar`] and [`found`] for their bounds.

mod found;
pub(crate) mod fuzzing;
mod mounts;

use std::time::Duration;

pub use found::Census;
use futures_util::StreamExt as _;
use platform::{Entry, EntryKind, Format, Mount, MountKind, Package, Platform, Tar};

use self::mounts::{Mounts, is_readable};
use crate::{Engine, EngineError, Inspection, read};

/// An export has no time limit of its own, but an engine that sends nothing for this long has hung.
const SILENCE: Duration = Duration::from_mins(1);

/// No image is as large: a stream that goes on beyond it never ends.
const EXPORT_BYTES: u64 = 4 << 40;

/// A folder of the host may hold anything, down to a whole home; modules are found in much less.
pub const MOUNT_BYTES: u64 = 1 << 30;

/// How many bytes go by between two reports.
const REPORTED: u64 = 8 << 20;

/// How much of a file is looked at: headers and a loader's name stand in it, and reading more costs time only.
const HEAD: usize = 4096;

/// The kernel takes no longer paths; longer ones in an archive are shown up to here.
const PATH: usize = 4096;

/// What of a container is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Its image's files, and those that it wrote beside its mounts.
    Image,
    /// The same, and its volumes and folders of the host.
    Container,
}

/// What was found.
#[derive(Debug)]
pub struct Scan {
    /// The platform that all files were compared with.
    pub platform: Platform,
    /// Regular files.
    pub files: u64,
    /// Those of them that are programs, libraries or objects, of any system.
    pub programs: u64,
    /// Programs for machines that have no name among platforms, such as graphics processors: they are not judged.
    pub unnamed: u64,
    /// Programs for another platform, in the order in which they came.
    pub foreign: Vec<Foreign>,
    /// How many more there are, for which there was no room.
    pub left_out: u64,
    /// The packages that foreign files belong to.
    pub groups: Vec<Group>,
    /// What lies over the container's own files.
    pub mounts: Vec<Walked>,
    /// Why the container's own files could not be read to the end: then this is only a part of it.
    pub broken: Option<EngineError>,
}

/// A file for another platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Absolute in the container.
    pub path: String,
    /// What it is for; its architecture is `unknown` where only its system is known.
    pub platform: Platform,
    /// ELF, Mach-O or PE.
    pub format: Format,
    /// Whose it is: a place in [`Scan::groups`].
    pub group: Option<usize>,
    /// The mount on which it lies: a place in [`Scan::mounts`].
    pub mount: Option<usize>,
}

/// A package with foreign files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Under the name that its manager knows.
    pub package: Package,
    /// Foreign files.
    pub files: u64,
    /// Programs that are not foreign.
    pub native: u64,
    /// Foreign files that have a platform in their name.
    pub tagged: u64,
    /// Foreign ELF files.
    pub elf: u64,
    /// Mach-O files.
    pub mach_o: u64,
    /// PE files that are no libraries, such as the `.exe` that Python's tools bring for Windows.
    pub launchers: u64,
    /// What the foreign ones are for, in order.
    pub platforms: Vec<Platform>,
    /// Whether it brings the same for the right platform, so that nothing is amiss.
    pub covered: bool,
    /// The mount on which it lies: a place in [`Scan::mounts`].
    pub mount: Option<usize>,
}

/// A mount, and how far it was read.
#[derive(Debug)]
pub struct Walked {
    /// Which.
    pub mount: Mount,
    /// Whether all of it was read.
    pub extent: Extent,
}

/// How far a mount was read.
#[derive(Debug)]
pub enum Extent {
    /// To its end, by itself or as a part of the mount around it.
    Whole,
    /// Up to [`MOUNT_BYTES`].
    Limit,
    /// Not at all, because it is memory, or holds what the kernel makes up.
    Unread,
    /// Up to where the engine broke off.
    Broken(EngineError),
}

impl Engine {
    /// Reads every file of container `inspection` and compares it with `of`; `report` hears how many bytes went by.
    ///
    /// An error means that nothing could be read. What breaks off later is told in the answer.
    pub async fn scan(
        &self,
        inspection: &Inspection,
        of: Platform,
        reach: Reach,
        report: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Scan, EngineError> {
        let id = read::container_name(inspection.id())?;
        let mounts = match reach {
            Reach::Image => Mounts::none(),
            Reach::Container => Mounts::of(inspection),
        };
        let mut walk = Walk {
            engine: self,
            mounts: &mounts,
            found: Census::new(of),
            passed: 0,
            report,
        };
        let exported = walk.export(id).await;
        let broken = match exported {
            Err(error) if walk.found.files() == 0 => return Err(error),
            exported => exported.err(),
        };
        let walked = if broken.is_none() {
            walk.mounts(id).await
        } else {
            Vec::new()
        };
        Ok(Scan {
            mounts: walked,
            broken,
            ..walk.found.finish()
        })
    }
}

/// How an archive came to its end.
enum End {
    Whole,
    Limit,
}

struct Walk<'a> {
    engine: &'a Engine,
    mounts: &'a Mounts,
    found: Census,
    /// Bytes of all archives so far.
    passed: u64,
    report: &'a (dyn Fn(u64) + Send + Sync),
}

impl Walk<'_> {
    /// The container's own files. What lies under a mount is not seen by the container.
    async fn export(&mut self, id: &str) -> Result<(), EngineError> {
        let (mounts, mut path) = (self.mounts, Vec::new());
        let visit = move |found: &mut Census, file: &Entry<'_>| {
            absolute(b"", file.path, &mut path);
            if mounts.over(&path).is_none() {
                found.take(&path, file.head, file.size, None);
            }
        };
        match self
            .archive(&format!("/containers/{id}/export"), EXPORT_BYTES, visit)
            .await?
        {
            End::Whole => Ok(()),
            End::Limit => Err(broken("export", "it does not end")),
        }
    }

    /// The mounts, with how far each was read. One that cannot be read is no reason to leave out the others.
    async fn mounts(&mut self, id: &str) -> Vec<Walked> {
        let mut walked = Vec::new();
        for (index, mount) in self.mounts.all().iter().enumerate() {
            let extent = if !is_readable(mount) {
                Extent::Unread
            } else if self.mounts.is_outermost(index) {
                self.mount(id, mount).await
            } else {
                Extent::Whole
            };
            walked.push(Walked {
                mount: mount.clone(),
                extent,
            });
        }
        walked
    }

    async fn mount(&mut self, id: &str, mount: &Mount) -> Extent {
        let destination = mount.destination.as_str();
        let target = format!("/containers/{id}/archive?path={}", read::escaped(destination));
        let above = destination
            .rsplit_once('/')
            .map_or("", |(above, _)| above)
            .as_bytes();
        let (mounts, mut path) = (self.mounts, Vec::new());
        let visit = move |found: &mut Census, file: &Entry<'_>| {
            absolute(above, file.path, &mut path);
            let over = mounts.over(&path);
            let on = over.and_then(|index| mounts.all().get(index));
            if on.is_some_and(|mount| mount.kind != MountKind::Memory) {
                found.take(&path, file.head, file.size, over);
            }
        };
        match self.archive(&target, MOUNT_BYTES, visit).await {
            Ok(End::Whole) => Extent::Whole,
            Ok(End::Limit) => Extent::Limit,
            Err(error) => Extent::Broken(error),
        }
    }

    /// Reads the archive at `target`, at most `limit` bytes of it. Dropping its stream ends the request.
    async fn archive(
        &mut self,
        target: &str,
        limit: u64,
        mut visit: impl FnMut(&mut Census, &Entry<'_>),
    ) -> Result<End, EngineError> {
        let (mut tar, mut left) = (Tar::new(HEAD), limit);
        let mut stream = std::pin::pin!(self.engine.stream(target));
        while let Some(chunk) = self.next(target, &mut stream).await? {
            let found = &mut self.found;
            tar.feed(&chunk, &mut |entry| files(entry, |file| visit(found, file)))
                .map_err(|error| broken(target, &error.to_string()))?;
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                return Ok(End::Limit);
            }
            self.pass(chunk.len() as u64);
        }
        tar.finish().map_err(|error| broken(target, &error.to_string()))?;
        Ok(End::Whole)
    }

    async fn next<S, C>(&self, target: &str, stream: &mut S) -> Result<Option<C>, EngineError>
    where
        S: futures_util::Stream<Item = Result<C, EngineError>> + Unpin,
    {
        let next = tokio::time::timeout(SILENCE, stream.next()).await;
        let timed_out = |_| EngineError::TimedOut {
            what: target.to_owned(),
            seconds: SILENCE.as_secs(),
        };
        next.map_err(timed_out)?.transpose()
    }

    fn pass(&mut self, bytes: u64) {
        let before = self.passed / REPORTED;
        self.passed += bytes;
        if self.passed / REPORTED > before {
            (self.report)(self.passed);
        }
    }
}

/// Hands regular files on.
fn files(entry: Entry<'_>, visit: impl FnOnce(&Entry<'_>)) {
    if entry.kind == EntryKind::File {
        visit(&entry);
    }
}

/// Writes the absolute form of an archive's `name` into `path`, with the folder `above` before it.
fn absolute(above: &[u8], name: &[u8], path: &mut Vec<u8>) {
    let mut name = name;
    while let Some(rest) = name.strip_prefix(b"./").or_else(|| name.strip_prefix(b"/")) {
        name = rest;
    }
    path.clear();
    path.extend_from_slice(above);
    path.push(b'/');
    path.extend_from_slice(name);
    path.truncate(PATH);
}

fn broken(what: &str, why: &str) -> EngineError {
    EngineError::BrokenOff {
        what: what.to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_archives_become_absolute_paths() {
        let cases: [(&str, &str, &str); 5] = [
            ("", "usr/bin/x", "/usr/bin/x"),
            ("", "./usr/bin/x", "/usr/bin/x"),
            ("", "//.//x", "/x"),
            ("/srv", "app/x", "/srv/app/x"),
            ("", "../../etc/x", "/../../etc/x"),
        ];
        let mut path = Vec::new();
        for (above, name, expected) in cases {
            absolute(above.as_bytes(), name.as_bytes(), &mut path);
            assert_eq!(String::from_utf8_lossy(&path), expected, "{name}");
        }
        absolute(b"", &vec![b'a'; 1 << 20], &mut path);
        assert_eq!(path.len(), PATH);
    }
}
