//! The image that a probe is run of: programs of ours, packed here, without any registry.

use bollard::query_parameters::{ImportImageOptionsBuilder, RemoveImageOptionsBuilder};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{LABEL, LOAD};
use crate::{Engine, EngineError, act::maker, read};

/// What such an image is called, before its architecture and a part of its digest.
const REPOSITORY: &str = "archlight-probe";

/// What the paths of all programs in it begin with.
pub(super) const PROGRAMS: &str = "/archlight-";

/// Where the program lies in it that says what runs it.
pub(super) const PROGRAM: &str = "/archlight-probe";

/// Where the one lies that names a loader.
pub(super) const WITH_LOADER: &str = "/archlight-dynamic";

/// Where it looks for that.
const LOADER: &str = "/archlight-loader";

/// Makes a layer that no other image has. Engines share those that are alike, and one that is taken away with an image can
/// be missing from another that is just coming.
const MARK: &str = "archlight-mark";

/// As many digits of the digest as make a name that nothing else has.
const DIGITS: usize = 16;

/// Loading one layer tells of a step or two; an engine that goes on for longer than this is not listened to.
const MESSAGES: usize = 64;

/// A path in an image, and what lies there.
type Program = (&'static str, &'static [u8]);

/// Which architectures there are programs for. Their sources lie beside them.
const ARCHITECTURES: [(&str, [Program; 3]); 2] = [
    (
        "amd64",
        [
            (PROGRAM, include_bytes!("programs/amd64")),
            (WITH_LOADER, include_bytes!("programs/amd64-dynamic")),
            (LOADER, include_bytes!("programs/amd64-loader")),
        ],
    ),
    (
        "arm64",
        [
            (PROGRAM, include_bytes!("programs/arm64")),
            (WITH_LOADER, include_bytes!("programs/arm64-dynamic")),
            (LOADER, include_bytes!("programs/arm64-loader")),
        ],
    ),
];

/// An image, ready to be loaded.
pub(super) struct Image {
    /// With its tag.
    pub(super) name: String,
    archive: Vec<u8>,
}

impl Image {
    /// For `architecture`, marked as made by `mark`; `None` when there is no program for it.
    ///
    /// Two marks make two images, so that what one maker removes is never what another one uses.
    pub(super) fn new(architecture: &str, mark: &str) -> std::io::Result<Option<Self>> {
        let known = |(known, _): &&(&str, _)| *known == architecture;
        let Some((_, programs)) = ARCHITECTURES.iter().find(known) else {
            return Ok(None);
        };
        let mut files = programs
            .map(|(path, bytes)| (path.trim_start_matches('/'), bytes, 0o755))
            .to_vec();
        files.push((MARK, mark.as_bytes(), 0o644));
        let layer = archive(&files)?;
        let config = config(architecture, mark, &layer).to_string();
        let digest = hex(config.as_bytes());
        let name = format!("{REPOSITORY}:{architecture}-{}", &digest[..DIGITS]);
        let config_name = format!("{digest}.json");
        let manifest = json!([{ "Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"] }]);
        let archive = archive(&[
            (&config_name, config.as_bytes(), 0o644),
            ("layer.tar", &layer, 0o644),
            ("manifest.json", manifest.to_string().as_bytes(), 0o644),
        ])?;
        Ok(Some(Self { name, archive }))
    }
}

impl Engine {
    pub(super) async fn load(&self, image: &Image) -> Result<(), EngineError> {
        let options = ImportImageOptionsBuilder::default().quiet(true).build();
        let archive = bollard::body_full(image.archive.clone().into());
        let load = async {
            let mut messages =
                std::pin::pin!(self.docker.import_image(options, archive, None).take(MESSAGES));
            while let Some(message) = messages.next().await {
                message.map_err(|error| self.error(error, "load"))?;
            }
            Ok(())
        };
        read::within(LOAD, "load", load).await
    }

    /// Removes the image called `name`, unless a container still needs it. One that is gone already is fine.
    pub(super) async fn unload(&self, name: &str) -> Result<(), EngineError> {
        let remove = async {
            let options = RemoveImageOptionsBuilder::default().force(false).build();
            let removed = self.docker.remove_image(name, Some(options), None).await;
            removed.map(drop).map_err(|error| self.error(error, "remove"))
        };
        match read::within(LOAD, "remove", remove).await {
            Err(EngineError::NotThere { .. }) => Ok(()),
            other => other,
        }
    }

    /// The probes' images that makers left behind which are no longer there.
    pub(super) async fn images_left(&self) -> Result<Vec<String>, EngineError> {
        let filters = json!({ "reference": [REPOSITORY] }).to_string();
        let target = format!("/images/json?filters={}", read::escaped(&filters));
        let rows: Vec<Value> = self.get(&target, read::LIST, read::LIST_BYTES).await?;
        let mut left = Vec::new();
        for name in names(&rows) {
            // The list of some stores has no labels of what is for another platform.
            let json = match self.image_json(&name).await {
                Err(EngineError::NotThere { .. }) => continue,
                other => other?,
            };
            let label = json
                .pointer("/Config/Labels")
                .and_then(|labels| labels.get(LABEL)?.as_str());
            if label.is_some_and(maker::Maker::is_gone) {
                left.push(name);
            }
        }
        left.extend(self.unnamed_left().await?);
        Ok(left)
    }

    /// The ids of those that a maker left between making and naming them, or between taking the name and removing them.
    async fn unnamed_left(&self) -> Result<Vec<String>, EngineError> {
        let filters = json!({ "label": [LABEL], "dangling": ["true"] }).to_string();
        let target = format!("/images/json?filters={}", read::escaped(&filters));
        let rows: Vec<Value> = self.get(&target, read::LIST, read::LIST_BYTES).await?;
        let left = rows.iter().filter(|row| {
            let label = row["Labels"][LABEL].as_str();
            label.is_some_and(|label| maker::Maker::is_one(label) && maker::Maker::is_gone(label))
        });
        let ids = left.filter_map(|row| row["Id"].as_str());
        Ok(ids.take(maker::AT_ONCE).map(ToOwned::to_owned).collect())
    }
}

/// The names that probes give, of those in a list of images.
fn names(rows: &[Value]) -> Vec<String> {
    let tags = rows.iter().filter_map(|row| row["RepoTags"].as_array()).flatten();
    let names = tags.filter_map(Value::as_str).map(plain);
    names
        .filter(|name| is_probe(name))
        .take(maker::AT_ONCE)
        .map(ToOwned::to_owned)
        .collect()
}

/// Whether `reference` is the name of an image that is only there for a probe: no list shows it.
pub(crate) fn is_probe(reference: &str) -> bool {
    let name = plain(reference)
        .strip_prefix(REPOSITORY)
        .and_then(|rest| rest.strip_prefix(':'));
    let Some((architecture, digits)) = name.and_then(|tag| tag.split_once('-')) else {
        return false;
    };
    ARCHITECTURES.iter().any(|(known, _)| *known == architecture)
        && digits.len() == DIGITS
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Whether an event of an image that has `name`, and `label` of its labels, is about such an image: engines give its id
/// for a name as long as it has none.
pub(crate) fn is_probe_event<'a>(name: &str, label: impl FnOnce(&str) -> Option<&'a str>) -> bool {
    is_probe(name) || (name.starts_with("sha256:") && is_unnamed_probe(label))
}

/// Whether an image that has no name, and `label` of its labels, is there for a probe.
pub(crate) fn is_unnamed_probe<'a>(label: impl FnOnce(&str) -> Option<&'a str>) -> bool {
    label(LABEL).is_some_and(maker::Maker::is_one)
}

/// Without the registry that an engine puts before a name that has none.
fn plain(reference: &str) -> &str {
    ["docker.io/library/", "docker.io/", "localhost/"]
        .iter()
        .find_map(|registry| reference.strip_prefix(registry))
        .unwrap_or(reference)
}

fn config(architecture: &str, mark: &str, layer: &[u8]) -> Value {
    let made = "1970-01-01T00:00:00Z";
    json!({
        "architecture": architecture,
        "os": "linux",
        "created": made,
        "config": {
            "Entrypoint": [PROGRAM],
            "User": super::NOBODY,
            "WorkingDir": "/",
            "Labels": { LABEL: mark },
        },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", hex(layer))] },
        "history": [{ "created": made, "created_by": REPOSITORY }],
    })
}

fn archive(files: &[(&str, &[u8], u32)]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes, mode) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(*mode);
        archive.append_data(&mut header, name, *bytes)?;
    }
    archive.into_inner()
}

fn hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use platform::{Format, Platform, read_program};

    use super::*;

    #[test]
    fn every_program_is_for_its_own_architecture_and_needs_nothing_but_our_loader() {
        for (architecture, programs) in ARCHITECTURES {
            for (path, bytes) in programs {
                let program = read_program(bytes, bytes.len() as u64);
                assert_eq!(
                    (program.format, program.platform),
                    (Format::Elf, Some(Platform::linux(architecture))),
                    "{path}"
                );
                let names_it = bytes.windows(LOADER.len()).any(|part| part == LOADER.as_bytes());
                assert_eq!(names_it, path == WITH_LOADER, "{path}");
                assert!(bytes.len() < 1024, "{architecture} {path}: {}", bytes.len());
            }
        }
    }

    #[test]
    fn an_image_has_one_layer_and_differs_by_its_mark() {
        let image = |mark| Image::new("amd64", mark).expect("it fits").expect("there is one");
        let (one, other) = (image("1-a-1"), image("1-a-2"));
        assert_ne!(one.name, other.name);
        assert!(is_probe(&one.name) && is_probe(&format!("docker.io/library/{}", one.name)));
        let mut archive = tar::Archive::new(one.archive.as_slice());
        let names: Vec<String> = archive
            .entries()
            .expect("an archive")
            .map(|entry| {
                let mut entry = entry.expect("an entry");
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).expect("whole");
                entry.path().expect("a name").display().to_string()
            })
            .collect();
        assert_eq!(names[1..], ["layer.tar", "manifest.json"]);
        assert!(Image::new("riscv64", "1-a-1").expect("nothing to pack").is_none());
    }

    #[test]
    fn only_names_of_ours_are_hidden() {
        for name in [
            "archlight-probe:latest",
            "archlight-probe:amd64-0123",
            "acme/archlight-probe:amd64-0123456789abcdef",
            "archlight-probe:riscv64-0123456789abcdef",
            "archlight-probe-2:amd64-0123456789abcdef",
        ] {
            assert!(!is_probe(name), "{name}");
        }
    }
}
