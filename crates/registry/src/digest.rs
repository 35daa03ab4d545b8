//! Content's name: the hash of its bytes.

use std::fmt;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A well-formed digest, in lower case: `sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Digest(String);

impl Digest {
    /// Reads a digest of a known algorithm and its exact length; `None` is anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (algorithm, hash) = text.split_once(':')?;
        let length = match algorithm {
            "sha256" => 64,
            "sha384" => 96,
            "sha512" => 128,
            _ => return None,
        };
        let well_formed = hash.len() == length && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        well_formed.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The digest that registries give to these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(format!("sha256:{}", hex(&Sha256::digest(bytes))))
    }

    /// What the bytes that should have this digest are added to.
    pub(crate) fn sum(&self) -> Sum {
        match self.algorithm() {
            "sha384" => Sum::Sha384(Sha384::new()),
            "sha512" => Sum::Sha512(Box::new(Sha512::new())),
            _ => Sum::Sha256(Sha256::new()),
        }
    }

    /// Whether it is the digest of these bytes.
    pub(crate) fn fits(&self, bytes: &[u8]) -> bool {
        match self.algorithm() {
            "sha384" => self.hash() == hex(&Sha384::digest(bytes)),
            "sha512" => self.hash() == hex(&Sha512::digest(bytes)),
            _ => *self == Self::of(bytes),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The algorithm's name, which is one of three and safe in a path.
    pub(crate) fn algorithm(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// The hash, which is hexadecimal and safe in a path.
    pub(crate) fn hash(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }
}

/// The hash of bytes that come one after the other.
pub(crate) enum Sum {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Box<Sha512>),
}

impl Sum {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(sum) => sum.update(bytes),
            Self::Sha384(sum) => sum.update(bytes),
            Self::Sha512(sum) => sum.update(bytes),
        }
    }

    /// Whether `digest` is that of all bytes so far.
    pub(crate) fn fits(self, digest: &Digest) -> bool {
        let hash = match self {
            Self::Sha256(sum) => hex(&sum.finalize()),
            Self::Sha384(sum) => hex(&sum.finalize()),
            Self::Sha512(sum) => hex(&sum.finalize()),
        };
        digest.hash() == hash
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn a_digest_is_that_of_its_bytes_alone() {
        let digest = Digest::of(b"hello");
        assert_eq!(Digest::parse(digest.as_str()), Some(digest.clone()));
        assert!(digest.fits(b"hello"));
        assert!(!digest.fits(b"hallo"));
        let long = Digest::parse(&format!("sha512:{}", "0".repeat(128))).unwrap();
        assert!(!long.fits(b"hello"));
    }

    #[test]
    fn bytes_that_come_in_pieces_have_the_same_digest() {
        let digest = Digest::of(b"hello");
        let summed = |pieces: &[&[u8]]| {
            let mut sum = digest.sum();
            for piece in pieces {
                sum.add(piece);
            }
            sum.fits(&digest)
        };
        assert!(summed(&[b"he", b"", b"llo"]));
        assert!(!summed(&[b"hello", b"!"]));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let short = "sha256:abc";
        let unknown = format!("md5:{}", "a".repeat(32));
        let path = format!("sha256:{}", "../".repeat(22));
        for text in ["", "sha256", short, &unknown, &path] {
            assert_eq!(Digest::parse(text), None, "{text}");
        }
    }
}
