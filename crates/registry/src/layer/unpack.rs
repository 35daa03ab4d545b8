//! A layer's bytes without their compression, whichever of the usual ones that is.

use std::io::{self, BufRead, BufReader, Read, sink};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};
use tokio::sync::mpsc::Receiver;

use crate::digest::{Digest, Sum};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What was received, piece after piece, and its hash so far.
pub(super) struct Received {
    pieces: Receiver<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
    sum: Sum,
}

impl Received {
    pub(super) fn new(pieces: Receiver<Vec<u8>>, digest: &Digest) -> Self {
        Self {
            pieces,
            piece: Vec::new(),
            at: 0,
            sum: digest.sum(),
        }
    }

    /// Takes all that still comes.
    pub(super) fn drain(&mut self) {
        while let Some(piece) = self.pieces.blocking_recv() {
            self.sum.add(&piece);
        }
    }

    /// Whether all that came has this digest.
    pub(super) fn fits(self, digest: &Digest) -> bool {
        self.sum.fits(digest)
    }
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.fill_buf()?;
        let length = rest.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Received {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.piece.len() {
            let Some(piece) = self.pieces.blocking_recv() else {
                return Ok(&[]);
            };
            self.sum.add(&piece);
            self.piece = piece;
            self.at = 0;
        }
        Ok(self.piece.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

/// The archive in `received`. What it is packed by is told by its first bytes: media types are often wrong.
pub(super) fn unpacked(received: &mut Received) -> io::Result<Box<dyn Read + '_>> {
    let mut first = Vec::new();
    received
        .by_ref()
        .take(ZSTD.len() as u64)
        .read_to_end(&mut first)?;
    let is_gzip = first.starts_with(&GZIP);
    let is_zstd = first == ZSTD || is_skipped(&first);
    let whole = io::Cursor::new(first).chain(received);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(BufReader::new(whole)))
    } else if is_zstd {
        Box::new(Zstd {
            source: BufReader::new(whole),
            decoder: Box::default(),
            within: false,
        })
    } else {
        Box::new(whole)
    })
}

/// Whether a frame begins that holds something beside the data.
fn is_skipped(first: &[u8]) -> bool {
    matches!(first, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// All frames of a stream: tools that pack layers in pieces write many, and some that are to be skipped.
struct Zstd<R> {
    source: R,
    decoder: Box<FrameDecoder>,
    /// Whether a frame has begun that is not over.
    within: bool,
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.within {
                let length = self.decoded(buffer)?;
                if length > 0 {
                    return Ok(length);
                }
                self.within = false;
            }
            if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            match self.decoder.init(&mut self.source) {
                Ok(()) => self.within = true,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut self.source.by_ref().take(length.into()), &mut sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}

impl<R: BufRead> Zstd<R> {
    /// Bytes of the frame that has begun; none when it is over.
    fn decoded(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() < buffer.len() && !self.decoder.is_finished() {
            let missing = buffer.len() - self.decoder.can_collect();
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBytes(missing))
                .map_err(io::Error::other)?;
        }
        self.decoder.read(buffer)
    }
}
