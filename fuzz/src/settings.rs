//! Settings of runtimes: YAML, binary property lists, and what a running Docker Desktop answers.

use host::fuzzing;

/// One for each notation.
pub(crate) const CHOICES: u64 = 4;
/// What a document unfolds to at most: some bytes for each of its values, and its own text.
const UNFOLDED: usize = 8 * 1024 * 1024;

pub(crate) fn look(bytes: &[u8], choice: u64) {
    match choice % CHOICES {
        0 => yaml(&String::from_utf8_lossy(bytes)),
        1 => {
            let list = crate::sure(|| fuzzing::binary_list(bytes));
            assert!(list.is_none_or(|list| list.len() <= UNFOLDED), "it unfolds");
        }
        2 => response(bytes),
        _ => {
            let said = crate::sure(|| fuzzing::backend(bytes));
            said.err().iter().for_each(|why| crate::assert_calm(why));
        }
    }
}

fn yaml(text: &str) {
    match crate::sure(|| fuzzing::yaml(text)) {
        Ok(value) => assert!(value.len() <= UNFOLDED, "it unfolds"),
        Err((line, column)) => {
            // YAML ends a line at either, and at both together.
            let lines = text.split(['\n', '\r']).count();
            assert!(
                (1..=lines + 1).contains(&line) && column > 0,
                "line {line}, column {column}"
            );
        }
    }
}

/// More bytes never take an answer back.
fn response(bytes: &[u8]) {
    let whole = crate::sure(|| fuzzing::response(bytes, false));
    let half = crate::sure(|| fuzzing::response(&bytes[..bytes.len() / 2], false));
    if let Ok(Some(answer)) = half {
        assert_eq!(whole, Ok(Some(answer)));
    }
    let ended = crate::sure(|| fuzzing::response(bytes, true));
    assert!(
        !matches!(ended, Ok(None)),
        "nothing is waited for that does not come"
    );
    if let Ok(Some((status, length))) = ended {
        assert!((100..600).contains(&status) && length <= bytes.len());
    }
}
