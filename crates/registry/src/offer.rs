//! What a reference offers.

use platform::Platform;

/// What a registry has under one reference, at the time of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The reference in its full form: `nginx` is `docker.io/library/nginx:latest`.
    pub reference: String,
    /// The digest of what the reference names, an index or a manifest; verified.
    pub digest: String,
    /// Whether it is an index.
    pub kind: Kind,
    /// The images in it, in its own order, those of nested indexes in their index's place. Attestations and what is no
    /// image are left out, so this can be empty.
    pub builds: Vec<Build>,
}

/// What a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An index (Docker: a manifest list), which can have an image for each of several platforms.
    Index,
    /// A single image, for one platform.
    Manifest,
}

/// One platform's image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// What it is built for. Of an index it is what the index says, else what the image's configuration says.
    pub platform: Platform,
    /// The digest of its own manifest: `REPOSITORY@DIGEST` names this image alone.
    pub digest: String,
    /// The compressed bytes of its configuration and layers, where its manifest was read; [`crate::Registry::size`]
    /// asks for it.
    pub size: Option<u64>,
}
