//! Images, and the platforms that each of them holds.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use platform::Platform;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Engine, EngineError,
    act::probe::image::{is_probe, is_unnamed_probe},
    inspect::platform_of,
    read,
};

/// Inspections at a time: beyond this the engine only queues them.
const AT_ONCE: usize = 16;

/// An image as the engine lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The engine's id: of its configuration on the classic store, of its index or manifest on the containerd store.
    pub id: String,
    /// Its tags; its digests when it has none.
    pub references: Vec<String>,
    /// Its platforms, `None` when the list does not say (the classic store, and engines before 27).
    pub platforms: Option<Vec<LocalPlatform>>,
    /// Bytes on disk.
    pub size: u64,
}

/// A platform of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPlatform {
    /// Normalised.
    pub platform: Platform,
    /// Whether its content is here; otherwise only the index names it.
    pub local: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: String,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
    #[serde(default)]
    size: i64,
    labels: Option<HashMap<String, String>>,
    manifests: Option<Vec<Manifest>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    available: bool,
    image_data: Option<ImageData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageData {
    platform: Option<Value>,
}

impl Engine {
    /// All images that have a name, and those that are in use without one. Those of probes are left out.
    pub async fn images(&self) -> Result<Vec<Image>, EngineError> {
        let rows: Vec<Row> = self
            .get("/images/json?manifests=1", read::LIST, read::LIST_BYTES)
            .await?;
        let rows = rows.into_iter().filter(|row| !row.is_of_probe());
        Ok(rows.map(Image::from).collect())
    }

    /// The images that `reference` names: none or one.
    pub async fn image(&self, reference: &str) -> Result<Option<Image>, EngineError> {
        let filters = serde_json::json!({ "reference": [reference] }).to_string();
        let target = format!("/images/json?manifests=1&filters={}", read::escaped(&filters));
        let rows: Vec<Row> = self.get(&target, read::LIST, read::LIST_BYTES).await?;
        Ok(rows.into_iter().map(Image::from).next())
    }

    /// What `GET /images/{reference}/json` says, verbatim.
    pub async fn image_json(&self, reference: &str) -> Result<Value, EngineError> {
        let target = format!("/images/{}/json", read::escaped(reference));
        self.get(&target, read::QUICK, read::OBJECT_BYTES).await
    }

    /// The platform of the image's configuration, `None` when it names none.
    ///
    /// On the containerd store this is the best match among several platforms, so it is no answer there for a container.
    pub async fn image_platform(&self, reference: &str) -> Result<Option<Platform>, EngineError> {
        let json = self.image_json(reference).await?;
        let field = |name: &str| json.get(name).and_then(Value::as_str);
        Ok(Platform::from_fields(
            field("Os"),
            field("Architecture"),
            field("Variant"),
        ))
    }

    /// The platforms of several images, asked for concurrently.
    pub async fn image_platforms(
        &self,
        ids: Vec<String>,
    ) -> Vec<(String, Result<Option<Platform>, EngineError>)> {
        let ask = |id: String| async move {
            let platform = self.image_platform(&id).await;
            (id, platform)
        };
        stream::iter(ids)
            .map(ask)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }
}

impl Row {
    /// One has no name for a moment, while it is loaded or removed: then its label tells.
    fn is_of_probe(&self) -> bool {
        let tags = self.repo_tags.iter().flatten();
        let mut tags = tags.filter(|tag| !tag.contains("<none>")).peekable();
        if tags.peek().is_some() {
            return tags.all(|tag| is_probe(tag));
        }
        let label = |name: &str| self.labels.as_ref()?.get(name).map(String::as_str);
        is_unnamed_probe(label)
    }
}

impl From<Row> for Image {
    fn from(row: Row) -> Self {
        Self {
            references: references(
                row.repo_tags.unwrap_or_default(),
                row.repo_digests.unwrap_or_default(),
            ),
            platforms: row
                .manifests
                .filter(|manifests| !manifests.is_empty())
                .map(platforms),
            size: u64::try_from(row.size).unwrap_or_default(),
            id: row.id,
        }
    }
}

/// An untagged image is `<none>:<none>` for some engines, and an empty list for others.
fn references(tags: Vec<String>, digests: Vec<String>) -> Vec<String> {
    let named = |list: Vec<String>| {
        list.into_iter()
            .filter(|name| !name.contains("<none>"))
            .collect::<Vec<_>>()
    };
    let tags = named(tags);
    if tags.is_empty() { named(digests) } else { tags }
}

/// Attestations are manifests, but not platforms.
fn platforms(manifests: Vec<Manifest>) -> Vec<LocalPlatform> {
    let images = manifests.into_iter().filter(|manifest| manifest.kind == "image");
    let mut platforms: Vec<LocalPlatform> = Vec::new();
    for manifest in images {
        let described = manifest.image_data.and_then(|data| data.platform);
        let Some(platform) = described.as_ref().and_then(platform_of) else {
            continue;
        };
        match platforms.iter_mut().find(|known| known.platform == platform) {
            Some(known) => known.local |= manifest.available,
            None => platforms.push(LocalPlatform {
                platform,
                local: manifest.available,
            }),
        }
    }
    platforms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attestations_are_not_platforms_and_what_is_only_named_is_not_local() {
        let json = r#"{"Id":"sha256:0","RepoTags":["a:1"],"Size":7,"Manifests":[
            {"Kind":"image","Available":true,"ImageData":{"Platform":{"os":"linux","architecture":"amd64"}}},
            {"Kind":"image","Available":false,"ImageData":{"Platform":{"os":"linux","architecture":"arm64","variant":"v8"}}},
            {"Kind":"attestation","Available":true,"ImageData":null},
            {"Kind":"unknown","Available":true}]}"#;
        let image = Image::from(serde_json::from_str::<Row>(json).expect("a row"));
        let platforms = image.platforms.expect("known");
        let words: Vec<_> = platforms
            .iter()
            .map(|known| format!("{} {}", known.platform, known.local))
            .collect();
        assert_eq!(words, ["linux/amd64 true", "linux/arm64 false"]);
    }

    #[test]
    fn what_a_probe_has_not_named_yet_is_known_by_its_label() {
        let row = |tags: &str, label: &str| {
            let labels = format!(r#"{{"{label}":"1764000000-0badcafe-7-00"}}"#);
            let json = format!(r#"{{"Id":"sha256:0","RepoTags":{tags},"Labels":{labels}}}"#);
            serde_json::from_str::<Row>(&json).expect("a row").is_of_probe()
        };
        let label = "io.archlight.probe";
        for untagged in ["null", "[]", r#"["<none>:<none>"]"#] {
            assert!(row(untagged, label), "{untagged}");
            assert!(!row(untagged, "maintainer"), "{untagged}");
        }
        assert!(!row(r#"["mine:1"]"#, label));
        assert!(row(r#"["archlight-probe:amd64-0123456789abcdef"]"#, "maintainer"));
        let bare = r#"{"Id":"sha256:0"}"#;
        assert!(!serde_json::from_str::<Row>(bare).expect("a row").is_of_probe());
    }

    #[test]
    fn an_untagged_image_goes_by_its_digest() {
        let references = references(
            vec!["<none>:<none>".into()],
            vec!["a@sha256:1".into(), "<none>@<none>".into()],
        );
        assert_eq!(references, ["a@sha256:1"]);
    }
}
