//! Texts that are no scripts, and what keeps them from being scripts.

use crate::script::{self, Script};

/// How many bytes decide whether a file is a text, and how many may stand
/// before a late `#!`: one block, as file managers and `grep` look at.
const SAMPLE: usize = 512;

/// How much of the first line is kept: enough to recognise it.
const FIRST_LINE: usize = 64;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without `#!` as its first two bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Whether it begins with a byte order mark, of UTF-8 or of UTF-16.
    pub byte_order_mark: bool,
    /// Where `#!` stands, if only a mark or blanks come before it.
    pub shebang_at: Option<usize>,
    /// What the first line would say without its UTF-8 byte order mark.
    pub script: Option<Script>,
    /// The first line with its ending, at most 64 bytes.
    pub first_line: Vec<u8>,
}

/// Reads a text that begins with `bytes`; `None` when they are not text.
pub(crate) fn read(bytes: &[u8]) -> Option<Text> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if is_utf16(sample) {
        return Some(Text {
            byte_order_mark: true,
            shebang_at: is_utf16_shebang(&sample[2..]).then_some(2),
            script: None,
            first_line: first_line(sample),
        });
    }
    if !is_text(sample) {
        return None;
    }
    let behind_mark = bytes.strip_prefix(UTF8_MARK);
    let script = behind_mark.and_then(script::read).map(|script| Script {
        byte_order_mark: true,
        ..script
    });
    Some(Text {
        byte_order_mark: behind_mark.is_some(),
        shebang_at: shebang_at(sample),
        script,
        first_line: first_line(sample),
    })
}

/// No control characters but those of plain texts, and UTF-8 or at least mostly
/// ASCII, as in the older one-byte encodings.
fn is_text(sample: &[u8]) -> bool {
    let has_controls = sample
        .iter()
        .any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0c | 0x1b));
    let ascii = sample.iter().filter(|byte| byte.is_ascii()).count();
    !sample.is_empty() && !has_controls && (is_utf8(sample) || ascii > sample.len() / 2)
}

/// UTF-8, perhaps cut within its last character.
fn is_utf8(sample: &[u8]) -> bool {
    match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    }
}

/// Whether this begins with the mark of UTF-16 and an ASCII character.
fn is_utf16(sample: &[u8]) -> bool {
    match sample {
        [0xff, 0xfe, low, 0, ..] | [0xfe, 0xff, 0, low, ..] => *low != 0,
        _ => false,
    }
}

fn is_utf16_shebang(units: &[u8]) -> bool {
    units.starts_with(b"#\0!\0") || units.starts_with(b"\0#\0!")
}

fn shebang_at(sample: &[u8]) -> Option<usize> {
    let marked = sample.strip_prefix(UTF8_MARK).unwrap_or(sample);
    let rest = marked.trim_ascii_start();
    rest.starts_with(b"#!").then(|| sample.len() - rest.len())
}

fn first_line(sample: &[u8]) -> Vec<u8> {
    let line = sample.split_inclusive(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default();
    line[..line.len().min(FIRST_LINE)].to_vec()
}
