//! One layer of an image, as its archive streams by: what it holds, what it hides, and the first bytes of programs.

mod room;
mod unpack;

use std::{collections::HashMap, io::Read as _, path::Path, sync::Arc};

use platform::{Entry, EntryKind, PREFIX_LIMIT, Tar};
use tokio::sync::mpsc::Receiver;

pub(crate) use self::room::Room;
use self::{
    room::Taken,
    unpack::{Received, unpacked},
};
use crate::digest::Digest;

/// The most bytes of one layer's archive, without compression: the largest that people push are a tenth of it, and what is
/// compressed a thousandfold ends here.
const UNPACKED: u64 = 64 << 30;

/// The kernel takes no longer paths.
const PATH: usize = 4096;

/// How much of a program is kept: headers and a loader's name stand in it.
const PROGRAM: usize = 4096;

/// How much of a library is kept, which nobody starts: its headers say what it is for.
const LIBRARY: usize = 1024;

/// What an entry takes beside its name and its bytes.
const ENTRY: usize = 200;

/// How many bytes are looked at together.
const PIECE: usize = 64 * 1024;

/// Files that are no programs, and say who runs them.
const ACCOUNTS: [&str; 2] = ["/etc/passwd", "/etc/group"];

/// What begins a name that hides another one (OCI image specification, `layer.md`).
const HIDES: &str = ".wh.";

/// The name that hides all that lower layers have in its folder.
const EMPTIES: &str = ".wh..wh..opq";

/// What begins the names of an old file system's own notes, which hide nothing.
const NOTES: &str = ".wh..wh.";

/// What a layer does to those below it.
#[derive(Debug)]
pub(crate) struct Layer {
    /// Paths that are gone.
    pub(crate) hidden: Vec<String>,
    /// Folders of which nothing is left.
    pub(crate) emptied: Vec<String>,
    /// What it has, in its order.
    pub(crate) entries: Vec<(String, Laid)>,
    taken: Taken,
}

/// What lies at a path.
#[derive(Clone, Debug)]
pub(crate) enum Laid {
    Node(Node),
    /// What is at this other path of a lower layer.
    Same(String),
}

/// One thing in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Permissions, as Unix has them.
    pub mode: u32,
    /// The owner's number; `None` when it is none that exists.
    pub user: Option<u32>,
    /// The group's.
    pub group: Option<u32>,
}

/// What a thing in an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A regular file.
    File {
        /// Bytes in all.
        size: u64,
        /// The first of them; `None` where none were kept, because it is neither a program nor a script.
        head: Option<Arc<[u8]>>,
    },
    /// A folder.
    Folder,
    /// A symbolic link, and where it leads, as it says itself.
    Link(Arc<str>),
    /// A device or pipe.
    Other,
}

/// Why a layer cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Its bytes are not those of its digest.
    Digest,
    /// It is one, and this is the matter with it.
    Unreadable(String),
}

impl Layer {
    /// Reads what comes through `pieces` to its end, and holds it against `digest`. It blocks while nothing comes.
    pub(crate) fn read(pieces: Receiver<Vec<u8>>, digest: &Digest, room: Arc<Room>) -> Result<Self, Fault> {
        Self::read_within(pieces, digest, room, UNPACKED)
    }

    /// The same, of an archive of at most `limit` bytes.
    pub(crate) fn read_within(
        pieces: Receiver<Vec<u8>>,
        digest: &Digest,
        room: Arc<Room>,
        limit: u64,
    ) -> Result<Self, Fault> {
        let mut received = Received::new(pieces, digest);
        let layer = Self::follow(&mut received, room, limit);
        // Archives end before the last byte; and what is wrong with bytes that are not the layer's is no matter.
        received.drain();
        if !received.fits(digest) {
            return Err(Fault::Digest);
        }
        layer.map_err(Fault::Unreadable)
    }

    fn follow(received: &mut Received, room: Arc<Room>, limit: u64) -> Result<Self, String> {
        let mut packed = unpacked(received).map_err(|error| error.to_string())?;
        let (mut tar, mut gathering) = (Tar::new(PREFIX_LIMIT), Gathering::new(room));
        let (mut piece, mut seen) = (vec![0; PIECE], 0);
        loop {
            let length = packed.read(&mut piece).map_err(|error| error.to_string())?;
            if length == 0 {
                break;
            }
            seen += length as u64;
            if seen > limit {
                return Err(format!("it has more than {limit} bytes"));
            }
            let bytes = piece.get(..length).unwrap_or_default();
            tar.feed(bytes, &mut |entry| gathering.take(&entry))
                .map_err(|broken| broken.to_string())?;
            if let Some(fault) = gathering.fault.take() {
                return Err(fault);
            }
            // What is behind an archive's end is padding, of whatever kind.
            if tar.finish().is_ok() {
                return Ok(gathering.layer);
            }
        }
        // No bytes at all are an empty layer: some tools write them.
        if seen > 0 {
            tar.finish().map_err(|broken| broken.to_string())?;
        }
        Ok(gathering.layer)
    }

    #[cfg(test)]
    pub(crate) fn of(archive: &[u8]) -> Self {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        sender.try_send(archive.to_vec()).unwrap();
        drop(sender);
        Self::read(receiver, &Digest::of(archive), Room::new(1 << 24)).unwrap()
    }
}

struct Gathering {
    layer: Layer,
    /// The places of what other names of this layer may mean.
    places: HashMap<String, usize>,
    fault: Option<String>,
}

impl Gathering {
    fn new(room: Arc<Room>) -> Self {
        Self {
            layer: Layer {
                hidden: Vec::new(),
                emptied: Vec::new(),
                entries: Vec::new(),
                taken: Taken::of(room),
            },
            places: HashMap::new(),
            fault: None,
        }
    }

    fn take(&mut self, entry: &Entry<'_>) {
        if self.fault.is_none() {
            self.fault = self.keep(entry).err();
        }
    }

    fn keep(&mut self, entry: &Entry<'_>) -> Result<(), String> {
        let path = absolute(entry.path)?;
        let Some((folder, name)) = path.rsplit_once('/') else {
            return Ok(());
        };
        if name == EMPTIES {
            self.layer.taken.take(ENTRY + folder.len())?;
            self.layer.emptied.push(folder.to_owned());
            return Ok(());
        }
        if name.starts_with(NOTES) {
            return Ok(());
        }
        if let Some(name) = name.strip_prefix(HIDES) {
            // What is hidden is in this folder, whatever it is called.
            if matches!(name, "" | "." | "..") {
                return Ok(());
            }
            self.layer.taken.take(ENTRY + path.len())?;
            self.layer.hidden.push(format!("{folder}/{name}"));
            return Ok(());
        }
        let laid = self.laid(entry, &path)?;
        self.layer.taken.take(ENTRY + 2 * path.len() + size(&laid))?;
        self.places.insert(path.clone(), self.layer.entries.len());
        self.layer.entries.push((path, laid));
        Ok(())
    }

    fn laid(&self, entry: &Entry<'_>, path: &str) -> Result<Laid, String> {
        let kind = match entry.kind {
            EntryKind::File => NodeKind::File {
                size: entry.size,
                head: kept(path, entry).map(Arc::from),
            },
            EntryKind::Holes => NodeKind::File {
                size: entry.size,
                head: None,
            },
            EntryKind::Hard(other) => {
                let other = absolute(other)?;
                let same = self.places.get(&other).and_then(|at| self.layer.entries.get(*at));
                return Ok(same.map_or(Laid::Same(other), |(_, laid)| laid.clone()));
            }
            EntryKind::Link(leads) if leads.len() > PATH => return Err(too_long()),
            EntryKind::Link(leads) => NodeKind::Link(String::from_utf8_lossy(leads).into()),
            EntryKind::Folder => NodeKind::Folder,
            EntryKind::Other => NodeKind::Other,
        };
        Ok(Laid::Node(Node {
            kind,
            mode: entry.mode,
            user: entry.user,
            group: entry.group,
        }))
    }
}

/// The first bytes that are worth keeping; `None` of what is neither started nor loaded.
fn kept<'a>(path: &str, entry: &Entry<'a>) -> Option<&'a [u8]> {
    let (head, is_executable) = (entry.head, entry.mode & 0o111 != 0);
    let is_text = head.starts_with(b"#!")
        || head.starts_with(b"\xef\xbb\xbf#!")
        || Path::new(path).extension().is_some_and(|ending| ending == "sh")
        || ACCOUNTS.contains(&path);
    let limit = if is_text {
        PREFIX_LIMIT
    } else if is_executable || path.ends_with(".dist-info/RECORD") || path.ends_with("-info/top_level.txt") {
        PROGRAM
    } else if may_be_program(head) {
        LIBRARY
    } else if entry.size == 0 {
        0
    } else {
        return None;
    };
    Some(head.get(..limit).unwrap_or(head))
}

/// Whether a file begins as ELF, PE or Mach-O files do.
fn may_be_program(head: &[u8]) -> bool {
    let is_mach_o = matches!(
        head.first_chunk(),
        Some(
            [0xfe, 0xed, 0xfa, 0xce | 0xcf]
                | [0xce | 0xcf, 0xfa, 0xed, 0xfe]
                | [0xca, 0xfe, 0xba, 0xbe | 0xbf]
        )
    );
    is_mach_o || head.starts_with(b"\x7fELF") || head.starts_with(b"MZ")
}

fn size(laid: &Laid) -> usize {
    match laid {
        Laid::Node(node) => match &node.kind {
            NodeKind::File { head, .. } => head.as_ref().map_or(0, |head| head.len()),
            NodeKind::Link(leads) => leads.len(),
            NodeKind::Folder | NodeKind::Other => 0,
        },
        Laid::Same(path) => path.len(),
    }
}

/// A name of an archive from the image's root on; the root itself is empty.
fn absolute(name: &[u8]) -> Result<String, String> {
    if name.len() > PATH {
        return Err(too_long());
    }
    let name = String::from_utf8_lossy(name);
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Ok(parts.iter().fold(String::new(), |path, part| path + "/" + part))
}

fn too_long() -> String {
    format!("a name in it is longer than {PATH} bytes")
}

#[cfg(test)]
mod tests;
