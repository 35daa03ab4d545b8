//! The bytes of an image, as a registry keeps them.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use ruzstd::encoding::CompressionLevel;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use super::{Entry, ImageSpec, Packing, Variant};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const ZSTD_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
const PLAIN_LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const STATEMENT: &str = "application/vnd.in-toto+json";

/// Bytes and the name that follows from them.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    pub(crate) digest: String,
    pub(crate) bytes: Vec<u8>,
}

/// A manifest or an index, with the type that the registry must be told.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) media_type: &'static str,
    pub(crate) blob: Blob,
    /// Where it stands in an index: platform and annotations, beside what every descriptor has.
    placed: Value,
}

impl ImageSpec {
    /// Everything to be put into a registry: blobs first, then manifests, of which the last one is what the tag means.
    pub(crate) fn build(&self) -> (Vec<Blob>, Vec<Manifest>) {
        let mut blobs = Vec::new();
        let mut manifests: Vec<_> = self
            .variants
            .iter()
            .map(|variant| variant.build(&mut blobs))
            .collect();
        if self.attested {
            let attestations: Vec<_> = manifests
                .iter()
                .map(|subject| attest(subject, &mut blobs))
                .collect();
            manifests.extend(attestations);
        }
        if manifests.len() != 1 {
            manifests.push(index(&manifests));
        }
        (blobs, manifests)
    }
}

impl Variant {
    fn build(&self, blobs: &mut Vec<Blob>) -> Manifest {
        let layers: Vec<Vec<u8>> = self
            .below
            .iter()
            .chain([&self.entries])
            .map(|it| archive(it))
            .collect();
        let sums: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
        let mut config = self.platform.clone();
        config["config"] = Value::Object(self.config.clone());
        config["rootfs"] = json!({"type": "layers", "diff_ids": sums});
        let packed: Vec<(&str, Blob)> = layers.iter().map(|layer| self.packing.pack(layer)).collect();
        let manifest = manifest(&Blob::json(&config), &packed, &json!({}), blobs);
        let placed = self.placed.as_ref().unwrap_or(&self.platform);
        Manifest {
            placed: json!({"platform": placed}),
            ..manifest
        }
    }
}

impl Blob {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            digest: digest(&bytes),
            bytes,
        }
    }

    fn json(value: &Value) -> Self {
        Self::new(value.to_string().into_bytes())
    }

    fn descriptor(&self, media_type: &str) -> Value {
        json!({"mediaType": media_type, "digest": self.digest, "size": self.bytes.len()})
    }
}

impl Packing {
    fn pack(self, layer: &[u8]) -> (&'static str, Blob) {
        match self {
            Self::Gzip => (LAYER, Blob::new(compress(layer))),
            Self::Zstd => {
                let bytes = ruzstd::encoding::compress_to_vec(layer, CompressionLevel::Fastest);
                (ZSTD_LAYER, Blob::new(bytes))
            }
            Self::Plain => (PLAIN_LAYER, Blob::new(layer.to_vec())),
        }
    }
}

/// Writes a manifest, and keeps the blobs that it names.
fn manifest(config: &Blob, layers: &[(&str, Blob)], annotations: &Value, blobs: &mut Vec<Blob>) -> Manifest {
    let descriptors: Vec<Value> = layers
        .iter()
        .map(|(media_type, layer)| {
            let mut descriptor = layer.descriptor(media_type);
            descriptor["annotations"] = annotations.clone();
            descriptor
        })
        .collect();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor(CONFIG),
        "layers": descriptors,
    });
    blobs.push(config.clone());
    blobs.extend(layers.iter().map(|(_, layer)| layer.clone()));
    Manifest {
        media_type: MANIFEST,
        blob: Blob::json(&manifest),
        placed: json!({}),
    }
}

fn attest(subject: &Manifest, blobs: &mut Vec<Blob>) -> Manifest {
    let predicate = "https://slsa.dev/provenance/v0.2";
    let statement = Blob::json(&json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": predicate,
        "subject": [{"name": subject.blob.digest}],
    }));
    let unknown = json!({"architecture": "unknown", "os": "unknown"});
    let mut config = unknown.clone();
    config["rootfs"] = json!({"type": "layers", "diff_ids": [statement.digest]});
    let annotations = json!({"in-toto.io/predicate-type": predicate});
    let manifest = manifest(
        &Blob::json(&config),
        &[(STATEMENT, statement)],
        &annotations,
        blobs,
    );
    Manifest {
        placed: json!({"platform": unknown, "annotations": {
            "vnd.docker.reference.digest": subject.blob.digest,
            "vnd.docker.reference.type": "attestation-manifest",
        }}),
        ..manifest
    }
}

fn index(manifests: &[Manifest]) -> Manifest {
    let entries: Vec<_> = manifests
        .iter()
        .map(|manifest| {
            let mut entry = manifest.blob.descriptor(manifest.media_type);
            for (key, value) in manifest.placed.as_object().into_iter().flatten() {
                entry[key] = value.clone();
            }
            entry
        })
        .collect();
    Manifest {
        media_type: INDEX,
        blob: Blob::json(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})),
        placed: json!({}),
    }
}

fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut layer = Builder::new(Vec::new());
    for entry in entries {
        append(&mut layer, entry);
    }
    layer.into_inner().expect("memory takes every byte")
}

fn append(layer: &mut Builder<Vec<u8>>, entry: &Entry) {
    let (path, kind, mode, bytes): (_, _, _, &[u8]) = match entry {
        Entry::File(path, mode, bytes) => (path, EntryType::Regular, *mode, bytes),
        Entry::Link(path, _) => (path, EntryType::Symlink, 0o777, &[]),
        Entry::Folder(path, mode) => (path, EntryType::Directory, *mode, &[]),
    };
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(bytes.len() as u64);
    let path = path.trim_start_matches('/');
    match entry {
        Entry::Link(_, to) => layer.append_link(&mut header, path, to),
        Entry::File(..) | Entry::Folder(..) => layer.append_data(&mut header, path, bytes),
    }
    .expect("memory takes every byte");
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory takes every byte")
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}
