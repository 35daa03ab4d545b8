//! Versions as macOS and its applications write them.

use std::fmt;

/// Longest version text that is read; real ones have about ten characters.
const LONGEST: usize = 32;

/// A version of up to four numbers, ordered by them: 15 comes before 26, 4.9 before 4.10.
///
/// It keeps how it was written, so that `26.0` is shown as `26.0`; `26` and `26.0` are equal.
#[derive(Debug, Clone)]
pub struct Version {
    numbers: [u32; 4],
    text: String,
}

impl Version {
    /// Reads numbers between dots; `None` for everything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        let mut numbers = [0; 4];
        let mut places = numbers.iter_mut();
        for part in text.split('.') {
            if !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *places.next()? = part.parse().ok()?;
        }
        let text = text.to_owned();
        Some(Self { numbers, text })
    }

    /// True for `major.minor` and everything after it.
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        self.numbers >= [major, minor, 0, 0]
    }

    /// True for this version and everything after it.
    pub(crate) fn is_from(&self, (major, minor, patch): (u32, u32, u32)) -> bool {
        self.numbers >= [major, minor, patch, 0]
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_least(text: &str, major: u32, minor: u32) -> bool {
        let version = Version::parse(text).expect("the test gives a version");
        version.is_at_least(major, minor)
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(at_least("26.1", 15, 0));
        assert!(at_least("4.10.0", 4, 9));
        assert!(at_least("14.1", 14, 1));
        assert!(!at_least("14.0.9", 14, 1));
        assert!(!at_least("4.9.9", 4, 10));
    }

    #[test]
    fn missing_numbers_are_zeros() {
        assert_eq!(Version::parse("26"), Version::parse("26.0.0"));
        assert_ne!(Version::parse("26"), Version::parse("26.0.1"));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        let long = "1.".repeat(20) + "1";
        for text in ["", ".", "4.", "4.x", "+4", "1.2.3.4.5", "99999999999", &long] {
            assert!(Version::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_version_is_shown_as_it_was_written() {
        let version = Version::parse(" 26.0 \n");
        assert_eq!(version.map(|it| it.to_string()), Some("26.0".into()));
    }
}
