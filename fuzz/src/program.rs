//! What a file is, by its first bytes.

use platform::{KERNEL_LINE, Program, read_dynamic, read_program};

/// Sizes that are claimed for one input.
pub(crate) const SIZES: u64 = 6;

/// What a program asks of its loader: the bounds that its reader promises.
const LIBRARIES: usize = 512;
const NAME: usize = 4096;

/// A sentence about a program: two names of 120 letters, each of which may be escaped, with room.
const SENTENCE: usize = 4096;

pub(crate) fn look(bytes: &[u8], choice: u64) {
    let length = bytes.len() as u64;
    let size = match choice % SIZES {
        0 => length,
        1 => length.saturating_mul(2),
        2 => length / 2,
        3 => 0,
        4 => choice,
        _ => u64::MAX,
    };
    let program = crate::sure(|| read_program(bytes, size));
    assert_eq!(program.size, size);
    check(&program);
    check_dynamic(bytes);
}

fn check(program: &Program) {
    let described = program.describe();
    assert!(!described.chars().any(char::is_control), "{described:?}");
    assert!(described.len() < SENTENCE, "{described}");
    if let Some(proof) = program.proof() {
        assert!(
            proof.from <= proof.to && proof.to <= proof.bytes.len(),
            "{proof:?}"
        );
        assert!(proof.bytes.len() <= 64, "{proof:?}");
        assert!(!proof.meaning.chars().any(char::is_control), "{proof:?}");
    }
    if let Some(platform) = &program.platform {
        assert_eq!(platform.to_string().parse().as_ref(), Ok(platform));
    }
    if let Some(script) = program.script() {
        assert!(script.first_line.len() <= KERNEL_LINE, "{script:?}");
        assert!(!script.interpreter.contains('\0'), "{script:?}");
    }
}

fn check_dynamic(bytes: &[u8]) {
    let Some(dynamic) = crate::sure(|| read_dynamic(bytes)) else {
        return;
    };
    assert!(dynamic.needed.len() <= LIBRARIES);
    let names = [&dynamic.needed, &dynamic.rpath, &dynamic.runpath];
    for name in names.into_iter().flatten() {
        assert!(name.len() <= NAME * 3 && !name.contains('\0'), "{name:?}");
    }
}
