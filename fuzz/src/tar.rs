//! The first file of an archive that may be cut off.

use engine::fuzzing::{first_file, texts};

const LIMITS: [usize; 3] = [1, 1000, platform::PREFIX_LIMIT];

/// Each byte that is no text becomes a mark of three.
const DECODED: usize = 3;

pub(crate) fn look(bytes: &[u8], _choice: u64) {
    for limit in LIMITS {
        let whole = crate::sure(|| first_file(bytes, limit));
        if let Some((head, size)) = &whole {
            let wanted = usize::try_from(*size).unwrap_or(limit).min(limit);
            assert_eq!(head.len(), wanted);
        }
        let cut = first_file(&bytes[..bytes.len() / 2], limit);
        if cut.is_some() {
            assert_eq!(cut, whole, "what comes later changes nothing");
        }
    }
    for ending in ["", ".list"] {
        let texts = crate::sure(|| texts(bytes, ending));
        let length: usize = texts.iter().map(String::len).sum();
        assert!(length <= bytes.len() * DECODED, "{length}");
    }
}
