//! A tar archive as it streams by: what it holds, and the first bytes of each file.
//!
//! Nothing is kept but one header, one extended header and the first bytes of one file, so that memory is the same for
//! every archive. What follows is skipped, however long it says that it is.

mod header;
mod pax;

use std::{error::Error, fmt};

use header::{BLOCK, Header, Kind, Owned};

/// An extended header, or a long name: Go's own reader, which engines use, takes no longer ones either.
const EXTENDED: u64 = 1024 * 1024;

/// Why an archive cannot be followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// What should be a header is none.
    Header,
    /// A header names a size that no file has.
    Size,
    /// An extended header is longer than anybody writes them.
    TooLong,
    /// An extended header cannot be read.
    Extended,
    /// The archive is not complete.
    Truncated,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("what should be a header is none"),
            Self::Size => f.write_str("a header names an impossible size"),
            Self::TooLong => write!(f, "a header is longer than {EXTENDED} bytes"),
            Self::Extended => f.write_str("an extended header cannot be read"),
            Self::Truncated => f.write_str("the archive ends too early"),
        }
    }
}

impl Error for Broken {}

/// One thing in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its name, as the archive has it.
    pub path: &'a [u8],
    /// What it is.
    pub kind: EntryKind<'a>,
    /// Bytes in all; none of what has no contents.
    pub size: u64,
    /// The first of them, as many as the reader was told.
    pub head: &'a [u8],
    /// Permissions, as Unix has them.
    pub mode: u32,
    /// The owner's number; `None` when it is none that exists.
    pub user: Option<u32>,
    /// The group's.
    pub group: Option<u32>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// A regular file.
    File,
    /// A regular file with holes. Where its first bytes are would have to be worked out, and no engine packs files in this
    /// way, so it is shown without any.
    Holes,
    /// Another name for the file that has this one.
    Hard(&'a [u8]),
    /// A symbolic link, and where it leads.
    Link(&'a [u8]),
    /// A folder.
    Folder,
    /// A device or pipe.
    Other,
}

/// Where in the archive the next byte belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Header,
    /// In the contents of an extended header or long name.
    Extended(Kind),
    /// In the further headers of a file with holes.
    Holes {
        size: u64,
    },
    /// In the first bytes of a file.
    Head {
        size: u64,
    },
    /// In what nobody wants; so many bytes are left of it.
    Skip(u64),
    /// Behind the end.
    Ended,
}

/// The reader. Chunks are put in as they come, cut anywhere.
#[derive(Debug)]
pub struct Tar {
    /// How many of a file's first bytes are shown.
    limit: usize,
    state: State,
    /// A header that is not complete yet.
    block: Vec<u8>,
    /// The contents of an extended header, of which so much is still to come with its padding.
    extended: Vec<u8>,
    extended_left: u64,
    extended_size: usize,
    /// The first bytes of a file, when these come in several chunks.
    head: Vec<u8>,
    path: Vec<u8>,
    /// Permissions, owner and group of the file that is being read.
    owned: Owned,
    next: Next,
}

/// What extended headers said of the next entry.
#[derive(Debug, Default)]
struct Next {
    path: Option<Vec<u8>>,
    leads: Option<Vec<u8>>,
    size: Option<u64>,
    has_holes: bool,
}

impl Tar {
    /// A reader that shows the first `limit` bytes of each file.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            state: State::Header,
            block: Vec::with_capacity(BLOCK),
            extended: Vec::new(),
            extended_left: 0,
            extended_size: 0,
            head: Vec::new(),
            path: Vec::new(),
            owned: Owned::default(),
            next: Next::default(),
        }
    }

    /// Takes the next bytes; `visit` sees each entry as soon as its first bytes are there.
    pub fn feed(&mut self, chunk: &[u8], visit: &mut dyn FnMut(Entry<'_>)) -> Result<(), Broken> {
        let mut rest = chunk;
        while !rest.is_empty() {
            rest = match self.state {
                State::Header => self.header(rest, visit)?,
                State::Extended(kind) => self.extended(rest, kind)?,
                State::Holes { size } => self.holes(rest, size),
                State::Head { size } => self.head(rest, size, visit),
                State::Skip(left) => self.skip(rest, left),
                State::Ended => return Ok(()),
            };
        }
        Ok(())
    }

    /// Whether the archive is complete, now that nothing more comes.
    pub fn finish(&self) -> Result<(), Broken> {
        if self.state == State::Ended {
            Ok(())
        } else {
            Err(Broken::Truncated)
        }
    }

    fn header<'a>(&mut self, rest: &'a [u8], visit: &mut dyn FnMut(Entry<'_>)) -> Result<&'a [u8], Broken> {
        let (rest, complete) = fill(&mut self.block, rest, BLOCK);
        if !complete {
            return Ok(rest);
        }
        let header = Header::read(&self.block)?;
        let named = header.as_ref().map(|_| header::path(&self.block));
        let (leads, owned) = (header::leads(&self.block).to_vec(), header::owned(&self.block));
        let has_holes = header::goes_on_behind_holes(&self.block);
        self.block.clear();
        let (Some(header), Some(named)) = (header, named) else {
            self.state = State::Ended;
            return Ok(rest);
        };
        if matches!(header.kind, Kind::LongName | Kind::LongLink | Kind::Pax) {
            self.begin_extended(&header)?;
            return Ok(rest);
        }
        if header.kind == Kind::Global {
            self.state = skipping(padded(header.size));
            return Ok(rest);
        }
        let next = std::mem::take(&mut self.next);
        self.path = next.path.unwrap_or(named);
        self.owned = owned;
        let size = next.size.unwrap_or(header.size);
        let leads = next.leads.unwrap_or(leads);
        match header.kind {
            Kind::Old if self.path.ends_with(b"/") => self.bare(EntryKind::Folder, 0, visit),
            Kind::File | Kind::Old if next.has_holes => {
                self.bare(EntryKind::Holes, size, visit);
                self.state = skipping(padded(size));
            }
            Kind::File | Kind::Old => self.begin_file(size, visit),
            Kind::Holes => {
                self.bare(EntryKind::Holes, size, visit);
                self.state = if has_holes {
                    State::Holes { size }
                } else {
                    skipping(padded(size))
                };
            }
            Kind::Other => self.state = skipping(padded(size)),
            Kind::Hard => self.bare(EntryKind::Hard(&leads), 0, visit),
            Kind::Link => self.bare(EntryKind::Link(&leads), 0, visit),
            Kind::Folder => self.bare(EntryKind::Folder, 0, visit),
            Kind::Special => self.bare(EntryKind::Other, 0, visit),
            Kind::LongName | Kind::LongLink | Kind::Pax | Kind::Global => {}
        }
        Ok(rest)
    }

    /// Shows what has no first bytes.
    fn bare(&mut self, kind: EntryKind<'_>, size: u64, visit: &mut dyn FnMut(Entry<'_>)) {
        visit(self.owned.entry(&self.path, kind, size, &[]));
        self.state = State::Header;
    }

    fn begin_extended(&mut self, header: &Header) -> Result<(), Broken> {
        if header.size > EXTENDED {
            return Err(Broken::TooLong);
        }
        self.extended.clear();
        self.extended_size = usize::try_from(header.size).map_err(|_| Broken::TooLong)?;
        self.extended_left = padded(header.size);
        self.state = State::Extended(header.kind);
        if header.size == 0 {
            self.end_extended(header.kind)?;
        }
        Ok(())
    }

    fn extended<'a>(&mut self, rest: &'a [u8], kind: Kind) -> Result<&'a [u8], Broken> {
        let (now, later) = split(rest, self.extended_left);
        let wanted = self
            .extended_size
            .saturating_sub(self.extended.len())
            .min(now.len());
        self.extended.extend_from_slice(&now[..wanted]);
        self.extended_left -= now.len() as u64;
        if self.extended_left == 0 {
            self.end_extended(kind)?;
        }
        Ok(later)
    }

    fn end_extended(&mut self, kind: Kind) -> Result<(), Broken> {
        match kind {
            Kind::LongName => self.next.path = Some(self.long()),
            Kind::LongLink => self.next.leads = Some(self.long()),
            Kind::Pax => {
                let said = pax::read(&self.extended)?;
                let next = &mut self.next;
                next.path = said.path.map(<[u8]>::to_vec).or(next.path.take());
                next.leads = said.leads.map(<[u8]>::to_vec).or(next.leads.take());
                next.size = said.size.or(next.size);
                next.has_holes |= said.has_holes;
            }
            Kind::File
            | Kind::Old
            | Kind::Holes
            | Kind::Hard
            | Kind::Link
            | Kind::Folder
            | Kind::Special
            | Kind::Global
            | Kind::Other => {}
        }
        // A long one was an exception: its memory is not held for the whole archive.
        self.extended = Vec::new();
        self.state = State::Header;
        Ok(())
    }

    fn long(&mut self) -> Vec<u8> {
        let end = self.extended.iter().position(|byte| *byte == 0);
        self.extended.truncate(end.unwrap_or(self.extended.len()));
        std::mem::take(&mut self.extended)
    }

    /// Each further header tells in its last part whether another one follows.
    fn holes<'a>(&mut self, rest: &'a [u8], size: u64) -> &'a [u8] {
        let (rest, complete) = fill(&mut self.block, rest, BLOCK);
        if complete {
            if !header::more_holes(&self.block) {
                self.state = skipping(padded(size));
            }
            self.block.clear();
        }
        rest
    }

    fn begin_file(&mut self, size: u64, visit: &mut dyn FnMut(Entry<'_>)) {
        self.head.clear();
        self.state = State::Head { size };
        if size == 0 {
            self.show(&[], 0, visit);
        }
    }

    fn head<'a>(&mut self, rest: &'a [u8], size: u64, visit: &mut dyn FnMut(Entry<'_>)) -> &'a [u8] {
        let wanted = usize::try_from(size).unwrap_or(self.limit).min(self.limit);
        if let Some(head) = rest.get(..wanted).filter(|_| self.head.is_empty()) {
            self.show(head, size, visit);
            return &rest[wanted..];
        }
        let mut head = std::mem::take(&mut self.head);
        let (rest, complete) = fill(&mut head, rest, wanted);
        if complete {
            self.show(&head, size, visit);
        }
        self.head = head;
        rest
    }

    fn show(&mut self, head: &[u8], size: u64, visit: &mut dyn FnMut(Entry<'_>)) {
        visit(self.owned.entry(&self.path, EntryKind::File, size, head));
        self.state = skipping(padded(size) - head.len() as u64);
    }

    fn skip<'a>(&mut self, rest: &'a [u8], left: u64) -> &'a [u8] {
        let (now, later) = split(rest, left);
        self.state = skipping(left - now.len() as u64);
        later
    }
}

/// Sizes are at most [`header::MAX_SIZE`], which leaves room for this.
fn padded(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64)
}

fn skipping(left: u64) -> State {
    if left == 0 {
        State::Header
    } else {
        State::Skip(left)
    }
}

fn split(bytes: &[u8], at: u64) -> (&[u8], &[u8]) {
    let at = usize::try_from(at).unwrap_or(bytes.len()).min(bytes.len());
    bytes.split_at(at)
}

/// Moves bytes into `buffer` until it holds `wanted`; says what is left, and whether it does now.
fn fill<'a>(buffer: &mut Vec<u8>, bytes: &'a [u8], wanted: usize) -> (&'a [u8], bool) {
    let missing = wanted.saturating_sub(buffer.len()).min(bytes.len());
    let (now, later) = bytes.split_at(missing);
    buffer.extend_from_slice(now);
    (later, buffer.len() == wanted)
}

#[cfg(test)]
mod tests;
