//! What known failures write, and what it means: a table, and how a text is compared with it.
//!
//! Text alone never makes a cause certain, because a program may write what it likes; only an engine's words about its own
//! refusals do. Bytes overrule all of it.
//!
//! These well-known texts are not in the table:
//!
//! - One message with many causes, which only the bytes tell apart: `exec format error` of runc, crun, podman and
//!   Apple's container; `no such file or directory` of a file that is there; a shell's `not found`.
//! - About the engine's client, its socket, credentials and download limits, names of containers that are taken, users and
//!   working folders that are not there: no cause of our list is theirs.
//! - About builds, and warnings after which everything goes on.
//! - What is no text: exit codes, what the engine says of memory, and crashes that say nothing (Erlang, .NET, opcache,
//!   Chromium, old C libraries).
//! - `ORA-03113`, which every lost connection of every client is called as well.

pub(crate) mod advice;
mod table;
#[cfg(test)]
mod tests;

use crate::{Cause, Confidence, RemedyKind, tail};

/// A text that is known, and what it means.
#[derive(Debug)]
pub(crate) struct Signature {
    /// A word for it that stays.
    pub(crate) id: &'static str,
    /// Who writes it.
    pub(crate) place: Place,
    /// Where it means this.
    pub(crate) holds: Holds,
    /// What one line holds, in this order, in small letters: only what did not change from version to version.
    pub(crate) pattern: &'static [&'static str],
    /// What it indicates.
    pub(crate) cause: Cause,
    /// How sure that is.
    pub(crate) confidence: Confidence,
    /// What can be done, best first.
    pub(crate) remedies: &'static [Advice],
    /// Where it was reported or can be read.
    pub(crate) source: &'static str,
    /// As it was really written.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "what the tests compare the pattern with")
    )]
    pub(crate) sample: &'static str,
}

impl Signature {
    /// Whether an engine says it of its own refusal, which is no matter of the program's.
    pub(crate) fn is_about_engine(&self) -> bool {
        let own = matches!(
            self.cause,
            Cause::PlatformUnavailable | Cause::PortInUse | Cause::MountSourceMissing
        );
        own && self.place == Place::Engine
    }

    /// Whether the text alone makes its cause likely at least. Others only tell that something was refused.
    pub(crate) fn has_one_meaning(&self) -> bool {
        self.confidence != Confidence::Nothing
    }

    /// Whether an engine says it.
    pub(crate) fn is_of_engine(&self) -> bool {
        self.place == Place::Engine
    }
}

/// Who writes a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Something inside of the container, into its log.
    Log,
    /// The engine, when it refuses.
    Engine,
}

/// Where a text means what the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Wherever it stands.
    Anywhere,
    /// Only where a foreign program runs; elsewhere it is about something else.
    WhereTranslated,
    /// Only where the exit code is the signal's as well: a shell says it of any child, and goes on.
    WhereSignalled,
}

/// What can be done about a signature.
#[derive(Debug)]
pub(crate) struct Advice {
    pub(crate) kind: RemedyKind,
    pub(crate) title: &'static str,
    pub(crate) why: &'static str,
}

/// The signature of the last line that has one among those that `wanted` names, and that line.
pub(crate) fn in_log_where(
    lines: &[String],
    wanted: impl Fn(&Signature) -> bool,
) -> Option<(&'static Signature, &str)> {
    let index = Index::of(|signature| signature.place == Place::Log && wanted(signature));
    tail::newest(lines).find_map(|line| Some((index.best(line)?, line)))
}

/// The signature of what an engine says when it refuses.
pub(crate) fn in_engine_words(words: &str) -> Option<&'static Signature> {
    Index::of(|signature| signature.place == Place::Engine).best(tail::cut(words, tail::LINE))
}

/// Bytes that a line must hold before a pattern is looked for in it.
const KEY: usize = 4;

/// Slots for keys: so many that an ordinary line hits one of a hundred by chance about once in a thousand places.
const SLOTS: usize = 1 << 16;

/// The table, so that one look at each byte of a line tells which patterns are worth looking for: most lines hold none, and
/// a hundred searches through each would be slow.
struct Index {
    /// The longest patterns first.
    rows: Vec<&'static Signature>,
    /// A pattern's key and its row, in the order of the keys.
    keys: Vec<([u8; KEY], usize)>,
    slots: Vec<bool>,
}

impl Index {
    fn of(wanted: impl Fn(&Signature) -> bool) -> Self {
        let mut rows: Vec<&Signature> = table::TABLE.iter().filter(|row| wanted(row)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(length(row)));
        let mut keys: Vec<([u8; KEY], usize)> = rows.iter().enumerate().filter_map(keyed).collect();
        keys.sort_unstable();
        let mut slots = vec![false; SLOTS];
        for (key, _) in &keys {
            slots[slot(*key)] = true;
        }
        Self { rows, keys, slots }
    }

    /// The row with the longest pattern that `line` holds.
    fn best(&self, line: &str) -> Option<&'static Signature> {
        let line = line.to_ascii_lowercase();
        let possible = self.possible(line.as_bytes());
        let rows = self.rows.iter().zip(possible);
        rows.filter(|(_, possible)| *possible)
            .map(|(row, _)| *row)
            .find(|row| holds(&line, row.pattern))
    }

    /// For each row, whether `line` holds its key.
    fn possible(&self, line: &[u8]) -> Vec<bool> {
        let mut possible = vec![false; self.rows.len()];
        for window in line.array_windows::<KEY>().filter(|key| self.slots[slot(**key)]) {
            let first = self.keys.partition_point(|(key, _)| key < window);
            let rows = self.keys[first..].iter().take_while(|(key, _)| key == window);
            rows.for_each(|(_, row)| possible[*row] = true);
        }
        possible
    }
}

fn slot(key: [u8; KEY]) -> usize {
    // The golden ratio spreads keys that differ in one letter.
    let spread = u32::from_le_bytes(key).wrapping_mul(0x9E37_79B1);
    (spread >> 16) as usize % SLOTS
}

/// The key of a row: the beginning of its longest fragment.
fn keyed((row, signature): (usize, &&'static Signature)) -> Option<([u8; KEY], usize)> {
    let longest = signature.pattern.iter().max_by_key(|fragment| fragment.len())?;
    Some((*longest.as_bytes().first_chunk()?, row))
}

fn length(signature: &Signature) -> usize {
    signature.pattern.iter().map(|fragment| fragment.len()).sum()
}

fn holds(line: &str, pattern: &[&str]) -> bool {
    let mut rest = line;
    pattern.iter().all(|fragment| match rest.split_once(fragment) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}
