//! What of this crate only reads foreign bytes, laid open for the package `fuzz` and for nobody else.

use platform::Platform;
use reqwest::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};

use crate::{
    NodeKind, RegistryError, Tree,
    challenge::Challenge,
    config_file::ConfigFile,
    digest::Digest,
    document::{self, Document, EntryKind},
    layer::{Layer, Room},
    target::Target,
};

/// What a manifest says.
#[derive(Debug, PartialEq, Eq)]
pub enum Manifest {
    /// The digests and platforms of an index's entries.
    Index(Vec<(String, Option<Platform>)>),
    /// An image's bytes.
    Image(u64),
}

/// What these bytes say as a manifest; `None` when they are none.
pub fn manifest(bytes: &[u8]) -> Option<Manifest> {
    Some(match document::read(bytes).ok()? {
        Document::Image(image) => Manifest::Image(image.size),
        Document::Index(entries) => {
            let entries = entries.into_iter().map(|entry| match entry.kind {
                EntryKind::Image(platform) => (entry.digest.to_string(), platform),
                EntryKind::Index => (entry.digest.to_string(), None),
            });
            Manifest::Index(entries.collect())
        }
    })
}

/// How much of a layer is unpacked here: a few bytes can stand for many more.
const UNPACKED: u64 = 1 << 20;

/// The paths of what an image of one layer of these bytes has, and whether each is a folder; `None` when they are none.
pub fn layer(bytes: &[u8]) -> Option<Vec<(String, bool)>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    sender.try_send(bytes.to_vec()).ok()?;
    drop(sender);
    let layer = Layer::read_within(receiver, &Digest::of(bytes), Room::new(1 << 24), UNPACKED).ok()?;
    let mut tree = Tree::default();
    tree.put(&layer);
    // Over itself, what it hides is gone, and what it has is there again.
    tree.put(&layer);
    let nodes = tree
        .all()
        .map(|(path, node)| (path.to_owned(), node.kind == NodeKind::Folder));
    Some(nodes.collect())
}

/// The platform that these bytes say as an image's configuration.
pub fn platform(bytes: &[u8]) -> Option<Platform> {
    document::platform(bytes).ok()?
}

/// The full form of a reference.
pub fn reference(text: &str) -> Result<String, RegistryError> {
    Target::parse(text).map(|target| target.to_string())
}

/// The address from which a registry wants a token.
pub fn realm(text: &[u8]) -> Option<String> {
    let mut headers = HeaderMap::new();
    headers.insert(WWW_AUTHENTICATE, HeaderValue::from_bytes(text).ok()?);
    match Challenge::read(&headers) {
        Challenge::Bearer { realm, .. } => Some(realm.to_string()),
        Challenge::None | Challenge::Basic => None,
    }
}

/// What Docker's `config.json` with these bytes has for a registry: a helper's name, and whether it has something itself.
/// What that is, is not told.
pub fn credentials(bytes: &[u8], registry: &str) -> Option<(Option<String>, String)> {
    let config: ConfigFile = serde_json::from_slice(bytes).ok()?;
    let helper = config.helper(registry).map(str::to_owned);
    Some((helper, format!("{:?}", config.inline(registry))))
}
