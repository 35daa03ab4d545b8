//! Ids and digests that look like an engine's. Nobody checks them against content, so they need not be hashes of it.

/// 64 hexadecimal digits that are the same for the same `seed`.
pub(crate) fn id(seed: &str) -> String {
    // FNV-1a, then splitmix64 for four words of it.
    let mut state = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let word = |_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        format!("{:016x}", mixed ^ (mixed >> 31))
    };
    (0..4).map(word).collect()
}

/// `sha256:` and an [`id`].
pub(crate) fn digest(seed: &str) -> String {
    format!("sha256:{}", id(seed))
}

/// As much of an id as people see.
pub(crate) fn short(id: &str) -> &str {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    id.get(..12).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_length_of_a_hash_and_differ() {
        assert_eq!(id("a").len(), 64);
        assert_eq!(id("a"), id("a"));
        assert_ne!(id("a"), id("b"));
        assert_eq!(short(&digest("a")), &id("a")[..12]);
    }
}
