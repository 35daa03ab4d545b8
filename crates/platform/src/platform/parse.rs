//! Reading a platform from text.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::{MAX_PART, Platform};

/// The longest text that is read as a platform. `linux/mips64p32le/v5` has 20
/// characters; more than this is no platform.
pub const MAX_PLATFORM: usize = 64;

/// Architectures that may stand first, without an operating system.
const ARCHITECTURES: [&str; 21] = [
    "386", "aarch64", "amd64", "arm", "arm64", "armel", "armhf", "i386", "i686", "loong64", "mips", "mips64",
    "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm", "x86-64", "x86_64",
];

/// Why a text is not a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformError {
    /// The text, or one of its parts, is empty.
    Empty,
    /// The text has more than [`MAX_PLATFORM`] characters, or a part is too long.
    TooLong,
    /// There are more than three parts.
    TooManyParts,
    /// This character is in no platform's name.
    BadCharacter(char),
    /// There is one part only, and it is not the name of an architecture.
    NoArchitecture,
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a platform has no empty part"),
            Self::TooLong => write!(f, "a platform has at most {MAX_PLATFORM} characters"),
            Self::TooManyParts => f.write_str("a platform is `os/architecture/variant` at most"),
            Self::BadCharacter(character) => {
                write!(f, "a platform has no `{}` in it", character.escape_debug())
            }
            Self::NoArchitecture => f.write_str("a platform names its architecture"),
        }
    }
}

impl Error for PlatformError {}

impl FromStr for Platform {
    type Err = PlatformError;

    /// Reads `linux/arm/v7`, `linux/amd64`, and for Linux also `arm64` and
    /// `arm/v7`.
    fn from_str(text: &str) -> Result<Self, PlatformError> {
        if text.len() > MAX_PLATFORM {
            return Err(PlatformError::TooLong);
        }
        let parts: Vec<&str> = text.split('/').collect();
        for part in &parts {
            check_part(part)?;
        }
        match parts.as_slice() {
            [name] if is_architecture(name) => Ok(Self::linux(name)),
            [_] => Err(PlatformError::NoArchitecture),
            [name, variant] if is_architecture(name) => Ok(Self::new("", name, variant)),
            [os, name] => Ok(Self::new(os, name, "")),
            [os, name, variant] => Ok(Self::new(os, name, variant)),
            _ => Err(PlatformError::TooManyParts),
        }
    }
}

impl TryFrom<String> for Platform {
    type Error = PlatformError;

    fn try_from(text: String) -> Result<Self, PlatformError> {
        text.parse()
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.to_string()
    }
}

/// Refuses a part that is empty, too long, or not made as platforms are.
pub(super) fn check_part(part: &str) -> Result<(), PlatformError> {
    if part.is_empty() {
        return Err(PlatformError::Empty);
    }
    if let Some(character) = part.chars().find(|character| !is_allowed(*character)) {
        return Err(PlatformError::BadCharacter(character));
    }
    if part.len() > MAX_PART {
        return Err(PlatformError::TooLong);
    }
    Ok(())
}

/// The characters that containerd allows.
pub(super) fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}

fn is_architecture(name: &str) -> bool {
    ARCHITECTURES.iter().any(|known| known.eq_ignore_ascii_case(name))
}
