//! A tar archive as it streams by: what files it holds, and the first bytes of each.
//!
//! Nothing is kept but one header, one extended header and the first bytes of one file, so that memory is the same for
//! every archive. What follows is skipped, however long it says that it is.

mod header;
mod pax;

use header::{BLOCK, Header, Kind};

/// How much of a file is looked at: headers and a loader's name stand in it, and reading more costs time only.
pub(super) const HEAD: usize = 4096;

/// An extended header, or a long name: Go's own reader, which engines use, takes no longer ones either.
const EXTENDED: u64 = 1024 * 1024;

/// Why an archive cannot be followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Broken {
    #[error("what should be a header is none")]
    Header,
    #[error("a header names an impossible size")]
    Size,
    #[error("a header is longer than {EXTENDED} bytes")]
    TooLong,
    #[error("an extended header cannot be read")]
    Extended,
    #[error("the archive ends too early")]
    Truncated,
}

/// A regular file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File<'a> {
    /// As the archive has it.
    pub(super) path: &'a [u8],
    /// Bytes in all.
    pub(super) size: u64,
    /// The first of them, [`HEAD`] at most.
    pub(super) head: &'a [u8],
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
pub(super) struct Tar {
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
    /// What extended headers said of the next entry.
    next_path: Option<Vec<u8>>,
    next_size: Option<u64>,
}

impl Tar {
    pub(super) fn new() -> Self {
        Self {
            state: State::Header,
            block: Vec::with_capacity(BLOCK),
            extended: Vec::new(),
            extended_left: 0,
            extended_size: 0,
            head: Vec::with_capacity(HEAD),
            path: Vec::new(),
            next_path: None,
            next_size: None,
        }
    }

    /// Takes the next bytes; `visit` sees each file as soon as its first bytes are there.
    pub(super) fn feed(&mut self, chunk: &[u8], visit: &mut dyn FnMut(File<'_>)) -> Result<(), Broken> {
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
    pub(super) fn finish(&self) -> Result<(), Broken> {
        if self.state == State::Ended {
            Ok(())
        } else {
            Err(Broken::Truncated)
        }
    }

    fn header<'a>(&mut self, rest: &'a [u8], visit: &mut dyn FnMut(File<'_>)) -> Result<&'a [u8], Broken> {
        let (rest, complete) = fill(&mut self.block, rest, BLOCK);
        if !complete {
            return Ok(rest);
        }
        let header = Header::read(&self.block)?;
        let named = header.as_ref().map(|_| header::path(&self.block));
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
        self.path = self.next_path.take().unwrap_or(named);
        let size = self.next_size.take().unwrap_or(header.size);
        match header.kind {
            Kind::Old if self.path.ends_with(b"/") => self.state = State::Header,
            Kind::File | Kind::Old => self.begin_file(size, visit),
            Kind::Holes if has_holes => self.state = State::Holes { size },
            Kind::Holes | Kind::Other => self.state = skipping(padded(size)),
            Kind::Bodiless => self.state = State::Header,
            Kind::LongName | Kind::LongLink | Kind::Pax | Kind::Global => {}
        }
        Ok(rest)
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
            Kind::LongName => {
                let end = self.extended.iter().position(|byte| *byte == 0);
                self.extended.truncate(end.unwrap_or(self.extended.len()));
                self.next_path = Some(std::mem::take(&mut self.extended));
            }
            Kind::Pax => {
                let said = pax::read(&self.extended)?;
                self.next_path = said.path.map(<[u8]>::to_vec).or(self.next_path.take());
                self.next_size = said.size.or(self.next_size);
            }
            Kind::LongLink
            | Kind::File
            | Kind::Old
            | Kind::Holes
            | Kind::Bodiless
            | Kind::Global
            | Kind::Other => {}
        }
        // A long one was an exception: its memory is not held for the whole archive.
        self.extended = Vec::new();
        self.state = State::Header;
        Ok(())
    }

    /// Each further header tells in its last part whether another one follows. The file itself is not looked at: where
    /// its first bytes are would have to be worked out, and no engine packs files in this way.
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

    fn begin_file(&mut self, size: u64, visit: &mut dyn FnMut(File<'_>)) {
        self.head.clear();
        self.state = State::Head { size };
        if size == 0 {
            self.show(&[], 0, visit);
        }
    }

    fn head<'a>(&mut self, rest: &'a [u8], size: u64, visit: &mut dyn FnMut(File<'_>)) -> &'a [u8] {
        let wanted = usize::try_from(size).unwrap_or(HEAD).min(HEAD);
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

    fn show(&mut self, head: &[u8], size: u64, visit: &mut dyn FnMut(File<'_>)) {
        visit(File {
            path: &self.path,
            size,
            head,
        });
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
