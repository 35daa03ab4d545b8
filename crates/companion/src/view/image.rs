//! An image, as a row and an answer.

use serde::Serialize;
use specta::Type;

use super::{Native, Translation};

/// A platform of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ImagePlatform {
    /// In normalised form.
    pub platform: String,
    /// Whether its content is here, not only its name.
    pub local: bool,
}

/// An image, as a row and as an object of `images --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Image {
    /// The engine's id, with its algorithm.
    pub id: String,
    /// Its tags, and its digests where it has no tag.
    pub references: Vec<String>,
    /// The platforms that it holds or names, attestations left out.
    pub platforms: Vec<ImagePlatform>,
    /// How the platform that would run here runs.
    pub translation: Translation,
    /// Its size on disk in bytes.
    #[specta(type = f64)]
    pub size: u64,
    /// What would keep it from starting: one of the contract's causes. `None` also when it is not known.
    pub cause: Option<String>,
    /// What was found in one line, `None` when it was not looked at.
    pub summary: Option<String>,
}

/// The answer of `images`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Images {
    /// The engine's own platform.
    pub host: Native,
    /// All of them.
    pub images: Vec<Image>,
}
