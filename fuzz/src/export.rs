//! An archive that streams by, in pieces of any length.

use engine::fuzzing::{Exported, export};
use platform::Platform;

use crate::Dice;

/// An archive's unit.
const BLOCK: usize = 512;

/// As much as a scan looks at of each file.
const HEAD: usize = 4096;

pub(crate) fn look(bytes: &[u8], choice: u64) {
    let whole = crate::sure(|| read(&[bytes]));
    check(bytes, &whole);
    let pieces = pieces(bytes, choice);
    assert_eq!(
        crate::timely(|| read(&pieces)),
        whole,
        "cuts of {:?}",
        pieces.iter().map(|piece| piece.len()).collect::<Vec<_>>()
    );
}

fn read(pieces: &[&[u8]]) -> Exported {
    export(pieces, Platform::linux("arm64"))
}

fn pieces(bytes: &[u8], choice: u64) -> Vec<&[u8]> {
    let longest = match choice % 4 {
        0 => 2,
        1 => 700,
        2 => BLOCK + 1,
        _ => 9000,
    };
    let mut dice = Dice(choice | 1);
    let (mut rest, mut pieces) = (bytes, Vec::new());
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(dice.roll(longest).min(rest.len()));
        pieces.push(piece);
        rest = later;
    }
    pieces
}

fn check(bytes: &[u8], exported: &Exported) {
    assert!(exported.files.len() <= bytes.len() / BLOCK);
    for (_, size, head) in &exported.files {
        assert_eq!(head.len() as u64, (*size).min(HEAD as u64));
    }
    assert!(exported.files.iter().map(|(path, ..)| path.len()).sum::<usize>() <= bytes.len() * 2);
    assert_eq!(exported.counted, exported.files.len() as u64);
    assert!(exported.foreign <= exported.programs && exported.programs <= exported.counted);
}
