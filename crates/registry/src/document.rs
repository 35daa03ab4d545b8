//! What a manifest's bytes say.

use oci_client::manifest::{
    IMAGE_CONFIG_MEDIA_TYPE, IMAGE_DOCKER_CONFIG_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE,
    IMAGE_MANIFEST_MEDIA_TYPE, ImageIndexEntry, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
    OciDescriptor, OciImageIndex, OciImageManifest,
};
use platform::Platform;
use serde::{Deserialize, de::IgnoredAny};

use crate::digest::Digest;

/// The annotation that says that an entry is about another one: a signature or a list of contents.
const ABOUT: &str = "vnd.docker.reference.type";

/// A manifest of one of two kinds.
#[derive(Debug)]
pub(crate) enum Document {
    Index(Vec<Entry>),
    Image(Image),
}

/// One entry of an index that may lead to an image.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) digest: Digest,
    pub(crate) kind: EntryKind,
}

/// What an entry names.
#[derive(Debug)]
pub(crate) enum EntryKind {
    /// Another index.
    Index,
    /// An image, and its platform where the index says it.
    Image(Option<Platform>),
}

/// A single image, or what only has its form.
#[derive(Debug)]
pub(crate) struct Image {
    /// The configuration, when it is one of a container's image.
    pub(crate) config: Option<Part>,
    /// The compressed bytes of configuration and layers.
    pub(crate) size: u64,
    /// The layers, the lowest first.
    pub(crate) layers: Vec<Part>,
}

/// The name of a configuration or a layer, and its announced size in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
}

/// Why bytes are no manifest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They are one of schema 1.
    TooOld,
    /// They are something else.
    Malformed(&'static str),
}

/// What tells the kinds apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline {
    schema_version: Option<u64>,
    media_type: Option<String>,
    manifests: Option<IgnoredAny>,
    config: Option<IgnoredAny>,
    fs_layers: Option<IgnoredAny>,
}

/// Reads a manifest by what is in it: the media type of the answer can be anything, and is not part of the digest.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Fault> {
    let outline: Outline =
        serde_json::from_slice(bytes).map_err(|_| Fault::Malformed("it sends a manifest that is not one"))?;
    if outline.schema_version == Some(1) || outline.fs_layers.is_some() {
        return Err(Fault::TooOld);
    }
    match (outline.manifests, outline.config, outline.media_type.as_deref()) {
        // Two readers could take it for two images: the specification has it refused.
        (Some(_), Some(_), _) => Err(Fault::Malformed("it sends a manifest of two kinds at once")),
        (Some(_), None, None | Some(OCI_IMAGE_INDEX_MEDIA_TYPE | IMAGE_MANIFEST_LIST_MEDIA_TYPE)) => {
            index(bytes)
        }
        (None, Some(_), None | Some(OCI_IMAGE_MEDIA_TYPE | IMAGE_MANIFEST_MEDIA_TYPE)) => image(bytes),
        _ => Err(Fault::Malformed("it sends a manifest of an unknown kind")),
    }
}

fn index(bytes: &[u8]) -> Result<Document, Fault> {
    let malformed = || Fault::Malformed("it sends a malformed index");
    let index: OciImageIndex = serde_json::from_slice(bytes).map_err(|_| malformed())?;
    let entries = index.manifests.iter().filter(|entry| !is_about_another(entry));
    let entries = entries.filter_map(|entry| {
        let kind = entry_kind(entry)?;
        Some(Digest::parse(&entry.digest).map(|digest| Entry { digest, kind }))
    });
    entries
        .collect::<Option<_>>()
        .map(Document::Index)
        .ok_or_else(malformed)
}

fn is_about_another(entry: &ImageIndexEntry) -> bool {
    let annotations = entry.annotations.as_ref();
    annotations.is_some_and(|annotations| annotations.contains_key(ABOUT))
}

/// What an entry names; `None` for what is no image: other media types, and the platform of attestations.
fn entry_kind(entry: &ImageIndexEntry) -> Option<EntryKind> {
    match entry.media_type.as_str() {
        OCI_IMAGE_INDEX_MEDIA_TYPE | IMAGE_MANIFEST_LIST_MEDIA_TYPE => Some(EntryKind::Index),
        OCI_IMAGE_MEDIA_TYPE | IMAGE_MANIFEST_MEDIA_TYPE => match &entry.platform {
            None => Some(EntryKind::Image(None)),
            Some(said) => {
                let (os, architecture) = (said.os.to_string(), said.architecture.to_string());
                Platform::from_fields(Some(&os), Some(&architecture), said.variant.as_deref())
                    .map(|platform| EntryKind::Image(Some(platform)))
            }
        },
        _ => None,
    }
}

fn image(bytes: &[u8]) -> Result<Document, Fault> {
    let malformed = || Fault::Malformed("it sends a malformed manifest");
    let manifest: OciImageManifest = serde_json::from_slice(bytes).map_err(|_| malformed())?;
    let layers = manifest.layers.iter();
    let mut sizes = std::iter::once(&manifest.config).chain(layers).map(size);
    let sum = sizes.try_fold(0u64, |sum, size| sum.checked_add(size?));
    let config = &manifest.config;
    let is_container = matches!(
        config.media_type.as_str(),
        IMAGE_CONFIG_MEDIA_TYPE | IMAGE_DOCKER_CONFIG_MEDIA_TYPE
    );
    let config = part(config).ok_or_else(malformed)?;
    let layers: Option<Vec<Part>> = manifest.layers.iter().map(part).collect();
    Ok(Document::Image(Image {
        config: is_container.then_some(config),
        size: sum.ok_or_else(malformed)?,
        layers: layers.ok_or_else(malformed)?,
    }))
}

fn part(part: &OciDescriptor) -> Option<Part> {
    Some(Part {
        digest: Digest::parse(&part.digest)?,
        size: size(part)?,
    })
}

fn size(part: &OciDescriptor) -> Option<u64> {
    part.size.try_into().ok()
}

/// The fields of a configuration that name its platform.
#[derive(Deserialize)]
struct Fields {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
}

/// The platform that an image's configuration says; `None` when it names none, an error when it is none.
pub(crate) fn platform(config: &[u8]) -> Result<Option<Platform>, Fault> {
    let fields: Fields = serde_json::from_slice(config)
        .map_err(|_| Fault::Malformed("it sends a malformed configuration of an image"))?;
    Ok(Platform::from_fields(
        fields.os.as_deref(),
        fields.architecture.as_deref(),
        fields.variant.as_deref(),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn digest(letter: &str) -> String {
        format!("sha256:{}", letter.repeat(64))
    }

    fn entry(os: &str, architecture: &str) -> Value {
        json!({
            "mediaType": OCI_IMAGE_MEDIA_TYPE, "size": 1, "digest": digest("a"),
            "platform": {"os": os, "architecture": architecture}
        })
    }

    fn read_json(value: &Value) -> Result<Document, Fault> {
        read(value.to_string().as_bytes())
    }

    fn entries(manifests: &Value) -> Vec<Entry> {
        match read_json(&json!({"schemaVersion": 2, "manifests": manifests})) {
            Ok(Document::Index(entries)) => entries,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_image_is_left_out_of_an_index() {
        let mut about = entry("linux", "arm64");
        about["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
        let mut other = entry("linux", "arm64");
        other["mediaType"] = json!("application/vnd.oci.artifact.manifest.v1+json");
        let found = entries(&json!([entry("unknown", "unknown"), about, other]));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn an_entry_says_its_platform_or_none() {
        let bare = json!({"mediaType": IMAGE_MANIFEST_MEDIA_TYPE, "size": 1, "digest": digest("b")});
        let nested = json!({"mediaType": IMAGE_MANIFEST_LIST_MEDIA_TYPE, "size": 1, "digest": digest("c")});
        let found = entries(&json!([entry("linux", "arm64"), bare, nested]));
        let EntryKind::Image(Some(platform)) = &found[0].kind else {
            panic!("{found:?}");
        };
        assert_eq!(*platform, Platform::linux("arm64"));
        assert!(matches!(found[1].kind, EntryKind::Image(None)));
        assert!(matches!(found[2].kind, EntryKind::Index));
    }

    #[test]
    fn the_old_format_is_named_and_others_are_refused() {
        let old = json!({"schemaVersion": 1, "name": "a", "fsLayers": []});
        assert_eq!(read_json(&old).unwrap_err(), Fault::TooOld);
        let two = json!({"schemaVersion": 2, "manifests": [], "config": {}});
        let wrong = json!({"schemaVersion": 2, "mediaType": "text/html", "manifests": []});
        let crossed = json!({"schemaVersion": 2, "mediaType": OCI_IMAGE_MEDIA_TYPE, "manifests": []});
        for value in [json!({}), json!([]), json!(null), two, wrong, crossed] {
            assert!(matches!(read_json(&value), Err(Fault::Malformed(_))), "{value}");
        }
        assert!(matches!(read(b"<html>"), Err(Fault::Malformed(_))));
    }

    #[test]
    fn sizes_are_added_and_impossible_ones_refused() {
        let manifest = |layer: i64| {
            json!({
                "schemaVersion": 2,
                "config": {"mediaType": IMAGE_CONFIG_MEDIA_TYPE, "digest": digest("a"), "size": 7},
                "layers": [
                    {"mediaType": "x", "digest": digest("b"), "size": layer},
                    {"mediaType": "x", "digest": digest("b"), "size": layer},
                    {"mediaType": "x", "digest": digest("b"), "size": layer},
                ],
            })
        };
        let Ok(Document::Image(image)) = read_json(&manifest(10)) else {
            panic!("not an image");
        };
        assert_eq!(image.size, 37);
        assert!(read_json(&manifest(-1)).is_err());
        assert!(read_json(&manifest(i64::MAX)).is_err());
    }

    #[test]
    fn a_configuration_names_a_platform_or_none() {
        let arm = br#"{"os": "linux", "architecture": "arm", "variant": "v7", "config": {}}"#;
        assert_eq!(platform(arm).unwrap(), Some(Platform::new("linux", "arm", "v7")));
        assert_eq!(platform(b"{}").unwrap(), None);
        assert!(platform(b"[]").is_err());
    }
}
