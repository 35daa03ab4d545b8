//! Images as the engine's JSON.

use serde_json::{Map, Value, json};

use super::{Image, Platform, Variant};
use crate::{
    clock::Moment,
    digest::digest,
    recorded::{IMAGE, IMAGE_ROW, read},
    world::World,
};

/// Unpacked, an image is about this many times as large.
const UNPACKED: u64 = 3;

impl Image {
    /// A row of `GET /images/json`.
    pub(super) fn row(&self, world: &World, with_manifests: Manifests) -> Value {
        let mut row: Map<String, Value> = read(IMAGE_ROW).unwrap_or_default();
        row.insert("Id".into(), json!(self.id));
        row.insert("RepoTags".into(), json!(self.tags));
        row.insert("RepoDigests".into(), json!([self.digest_name()]));
        row.insert(
            "Created".into(),
            json!(Moment::parse(&self.made).map_or(0, Moment::seconds)),
        );
        row.insert("Containers".into(), json!(world.users(&self.id).count()));
        row.insert("Size".into(), json!(self.size()));
        row.insert("Descriptor".into(), self.descriptor());
        if let Some(best) = self.best(None, &world.kernel.native) {
            row.insert(
                "Labels".into(),
                best.config.get("Labels").cloned().unwrap_or_default(),
            );
        }
        if with_manifests == Manifests::Listed {
            row.insert("Manifests".into(), self.manifests(world));
        }
        Value::Object(row)
    }

    /// `GET /images/{name}/json` for `variant`.
    pub(super) fn inspection(&self, world: &World, variant: &Variant, with_manifests: Manifests) -> Value {
        let mut json: Map<String, Value> = read(IMAGE).unwrap_or_default();
        json.insert("Id".into(), json!(self.id));
        json.insert("RepoTags".into(), json!(self.tags));
        json.insert("RepoDigests".into(), json!([self.digest_name()]));
        json.insert("Created".into(), json!(self.made));
        json.insert("Architecture".into(), json!(variant.platform.architecture));
        if !variant.platform.variant.is_empty() {
            json.insert("Variant".into(), json!(variant.platform.variant));
        }
        json.insert("Os".into(), json!(variant.platform.os));
        json.insert("Size".into(), json!(variant.bytes));
        json.insert(
            "RootFS".into(),
            json!({"Type": "layers", "Layers": [digest(&format!("layer {}", variant.digest))]}),
        );
        json.insert("Metadata".into(), json!({ "LastTagTime": self.made }));
        json.insert("Descriptor".into(), self.descriptor());
        if let Some(Value::Object(config)) = json.get_mut("Config") {
            config.extend(variant.config.clone());
        }
        if with_manifests == Manifests::Listed {
            json.insert("Manifests".into(), self.manifests(world));
        }
        Value::Object(json)
    }

    /// Every platform that its index names, and their attestations.
    fn manifests(&self, world: &World) -> Value {
        let images = self.variants.iter().map(|variant| self.manifest(world, variant));
        let attestations = self.variants.iter().filter(|_| self.is_index()).map(attestation);
        images.chain(attestations).collect()
    }

    fn manifest(&self, world: &World, variant: &Variant) -> Value {
        let users: Vec<&str> = world
            .users(&self.id)
            .filter(|user| user.digest == variant.digest)
            .map(|user| user.id.as_str())
            .collect();
        let content = if variant.local { variant.bytes } else { 0 };
        let unpacked = content * UNPACKED;
        let mut descriptor = manifest_descriptor(variant);
        if !self.is_index() {
            descriptor
                .as_object_mut()
                .map(|descriptor| descriptor.remove("platform"));
        }
        json!({
            "ID": variant.digest,
            "Descriptor": descriptor,
            "Available": variant.local,
            "Size": {"Content": content, "Total": content + unpacked},
            "Kind": "image",
            "ImageData": {
                "Platform": variant.platform,
                "Size": {"Unpacked": unpacked},
                "Containers": if users.is_empty() { Value::Null } else { json!(users) },
            },
        })
    }

    fn descriptor(&self) -> Value {
        let kind = if self.is_index() { "index" } else { "manifest" };
        json!({"mediaType": format!("application/vnd.oci.image.{kind}.v1+json"), "digest": self.id, "size": 1607})
    }

    /// What `GET /distribution/{name}/json` says.
    pub(super) fn distribution(&self) -> Value {
        let platforms: Vec<&Platform> = self.variants.iter().map(|variant| &variant.platform).collect();
        json!({ "Descriptor": self.descriptor(), "Platforms": platforms })
    }

    fn is_index(&self) -> bool {
        self.variants.len() > 1
    }

    fn digest_name(&self) -> String {
        format!("{}@{}", self.repository(), self.id)
    }

    fn size(&self) -> u64 {
        self.variants
            .iter()
            .filter(|variant| variant.local)
            .map(|variant| variant.bytes * (UNPACKED + 1))
            .sum()
    }
}

/// Whether an answer lists manifests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manifests {
    Listed,
    Left,
}

/// The manifest of one platform as indexes and containers name it.
pub(crate) fn manifest_descriptor(variant: &Variant) -> Value {
    json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": variant.digest,
        "size": 668,
        "platform": variant.platform,
    })
}

/// Indexes name them like platforms, but they hold nothing that runs.
fn attestation(variant: &Variant) -> Value {
    let own = digest(&format!("attestation {}", variant.digest));
    json!({
        "ID": own,
        "Descriptor": {
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": own,
            "size": 566,
            "annotations": {
                "vnd.docker.reference.digest": variant.digest,
                "vnd.docker.reference.type": "attestation-manifest",
            },
            "platform": {"architecture": "unknown", "os": "unknown"},
        },
        "Available": false,
        "Size": {"Content": 0, "Total": 0},
        "Kind": "attestation",
        "AttestationData": {"For": variant.digest},
    })
}
