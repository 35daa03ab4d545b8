//! One platform: an operating system, an architecture and perhaps a variant.

mod native;
mod normalise;
mod parse;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use native::Native;
pub use parse::{MAX_PLATFORM, PlatformError};

/// The architecture of which nothing is known.
pub(crate) const UNKNOWN: &str = "unknown";

/// The longest name of one part. The longest in use (`mips64p32le`) has 11
/// characters, and three parts of this length fit [`MAX_PLATFORM`].
const MAX_PART: usize = 20;

/// What a program is built for, normalised as containerd does: two spellings of
/// one platform compare equal, and `linux/arm64/v8` is `linux/arm64`.
///
/// It is written and read as text, `os/architecture[/variant]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

impl Platform {
    /// A platform from its three names, of which any may be empty: no `os` means
    /// `linux`, no `architecture` means `unknown`. Characters that no platform
    /// has are left out, so that the result can always be printed and parsed.
    ///
    /// ```
    /// use platform::Platform;
    /// assert_eq!(Platform::new("", "armhf", "").to_string(), "linux/arm/v7");
    /// ```
    pub fn new(os: &str, architecture: &str, variant: &str) -> Self {
        let (os, architecture, variant) = (part(os), part(architecture), part(variant));
        let (architecture, variant) = normalise::architecture(&architecture, &variant);
        Self {
            os: normalise::os(&os).to_owned(),
            architecture: architecture.to_owned(),
            variant: Some(variant.to_owned()).filter(|name| !name.is_empty()),
        }
    }

    /// A platform from an engine's or a registry's fields; `None` when they name
    /// no architecture, or name it in a way that no platform is named.
    ///
    /// ```
    /// use platform::Platform;
    /// let attestation = Platform::from_fields(Some("unknown"), Some("unknown"), None);
    /// assert_eq!(attestation, None);
    /// ```
    pub fn from_fields(os: Option<&str>, architecture: Option<&str>, variant: Option<&str>) -> Option<Self> {
        let [os, architecture, variant] =
            [os, architecture, variant].map(|field| field.unwrap_or_default().trim());
        let well_formed = [os, architecture, variant]
            .into_iter()
            .all(|field| field.is_empty() || parse::check_part(field).is_ok());
        let known = !architecture.is_empty() && !architecture.eq_ignore_ascii_case(UNKNOWN);
        (well_formed && known).then(|| Self::new(os, architecture, variant))
    }

    /// Linux on this architecture, in any of its spellings.
    pub fn linux(architecture: &str) -> Self {
        Self::new("linux", architecture, "")
    }

    /// The operating system as Go names it: `linux`, `darwin`, `windows`.
    pub fn os(&self) -> &str {
        &self.os
    }

    /// The architecture as Go names it: `arm64`, `amd64`, `386`, `arm`.
    pub fn architecture(&self) -> &str {
        &self.architecture
    }

    /// The variant, where it says more than the architecture does: `v7`.
    pub fn variant(&self) -> Option<&str> {
        self.variant.as_deref()
    }

    /// The name without the operating system: `arm64`, `arm/v7`.
    pub fn short(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}/{variant}", self.architecture),
            None => self.architecture.clone(),
        }
    }

    /// Whether a processor of `engine` runs programs of `self` by itself,
    /// without a translator.
    ///
    /// ```
    /// use platform::{Native, Platform};
    /// let (arm, amd) = (Platform::linux("arm64"), Platform::linux("amd64"));
    /// assert_eq!(amd.runs_on(&arm), Native::No);
    /// assert_eq!(Platform::linux("386").runs_on(&amd), Native::Yes);
    /// assert_eq!(Platform::linux("arm").runs_on(&arm), Native::Depends);
    /// ```
    pub fn runs_on(&self, engine: &Platform) -> Native {
        native::runs_on(self, engine)
    }

    /// Whether an offer of `self` is what was `wanted`: the same operating
    /// system and architecture, and the same variant where both say one. This
    /// is weaker than equality: what one side leaves out, any value fills.
    ///
    /// ```
    /// use platform::Platform;
    /// let offered = Platform::new("linux", "amd64", "v3");
    /// assert!(offered.satisfies(&Platform::linux("amd64")));
    /// assert_ne!(offered, Platform::linux("amd64"));
    /// ```
    pub fn satisfies(&self, wanted: &Platform) -> bool {
        let variant_fits = match (&self.variant, &wanted.variant) {
            (Some(offered), Some(wanted)) => offered == wanted,
            (None, _) | (_, None) => true,
        };
        variant_fits && self.os == wanted.os && self.architecture == wanted.architecture
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

/// The characters of a name that a platform's part may have, in lower case.
fn part(name: &str) -> String {
    name.chars()
        .filter(|character| parse::is_allowed(*character))
        .take(MAX_PART)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}
