//! What registries offer: the answer of `platforms`.

use serde::Serialize;
use specta::Type;

use super::{NativeElsewhere, NativeHere, Problem};

/// What was asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Offers {
    /// What runs natively: what the answers are held against.
    #[serde(rename = "host")]
    pub native: NativeHere,
    /// In the order in which they were asked for.
    pub references: Vec<ReferenceOffer>,
    /// How many requests that took, of all kinds.
    pub requests: u64,
}

/// What one reference offers.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ReferenceOffer {
    /// As it was asked for.
    pub reference: String,
    /// In full: `docker.io/library/nginx:latest`; `None` for what is no reference.
    pub name: Option<String>,
    /// The digest of what it names; `None` where that is not known.
    pub digest: Option<String>,
    /// `index` or `manifest`; `None` where that is not known.
    pub kind: Option<String>,
    /// Its images, without attestations; empty as well where `error` says why they are not known.
    pub platforms: Vec<OfferedPlatform>,
    /// Whether one of them was found to run natively.
    pub native: bool,
    /// Where a native build is, where there is none under this name and that was asked.
    pub native_elsewhere: Option<NativeElsewhere>,
    /// Why it is not known.
    pub error: Option<Problem>,
}

/// One platform's image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct OfferedPlatform {
    /// In normalised form.
    pub platform: String,
    /// The digest of its manifest.
    pub digest: String,
    /// The compressed bytes of its configuration and layers, where its manifest was read.
    pub size: Option<u64>,
}
