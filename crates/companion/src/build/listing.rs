//! The builders that `docker buildx ls` lists, with what buildx's own files say of fixed platforms.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, stream};
use host::checks::{Builder as Kept, Builders as Store};
use platform::Platform;
use serde_json::Value;

use super::Buildx;
use crate::{compose::Failure, problem::plain};

/// People have a handful of builders; more are not told.
const MOST: usize = 64;
/// Platforms of a node; all of QEMU's are some twenty, with their variants some forty.
const MOST_PLATFORMS: usize = 100;
/// Engines that are asked at a time.
const AT_ONCE: usize = 8;
/// By this label buildx itself tells whether an engine can build for several platforms.
const SNAPSHOTTER: &str = "org.mobyproject.buildkit.worker.snapshotter";

/// A builder, as buildx describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Builder {
    pub(crate) name: String,
    /// Empty where buildx could not load it.
    pub(crate) driver: String,
    pub(crate) current: bool,
    pub(crate) error: Option<String>,
    pub(crate) nodes: Vec<Node>,
}

/// A node of a builder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) endpoint: String,
    pub(crate) status: String,
    pub(crate) version: Option<String>,
    pub(crate) error: Option<String>,
    /// The fixed ones first, then those that its worker told.
    pub(crate) platforms: Vec<Platform>,
    pub(crate) fixed: Vec<Platform>,
    /// What is out of the ordinary.
    pub(crate) traits: BTreeSet<Trait>,
    /// What it runs without a translator, where that is known.
    pub(crate) own: Option<Platform>,
}

/// What a node can have that others do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trait {
    /// It holds several platforms under one tag.
    ContainerdStore,
    /// Its image is not `BuildKit`'s own.
    OtherImage,
    /// It loads results into the engine by itself.
    Loads,
    /// Its container is in the network of its machine.
    SharesNetwork,
}

impl Builder {
    /// Whether it is the part of an engine that builds.
    pub(crate) fn is_engine(&self) -> bool {
        self.driver == "docker"
    }

    /// Whether one of its nodes has that.
    pub(crate) fn has(&self, wanted: Trait) -> bool {
        self.nodes.iter().any(|node| node.traits.contains(&wanted))
    }
}

impl Node {
    /// Whether its worker answered, and said which platforms it runs.
    pub(crate) fn answered(&self) -> bool {
        self.status == "running" && self.error.is_none()
    }
}

/// Asks buildx, and then the engines of nodes whose own platform does not show. Builders that do not answer are listed
/// with their error.
pub(crate) async fn list(
    buildx: &Buildx,
    store: &Store,
    chosen: Option<&str>,
) -> Result<Vec<Builder>, Failure> {
    let words = ["ls", "--format", "json"].map(Into::into);
    let answer = buildx.ask(&words).await?;
    let mut builders = read(&answer, store, chosen);
    let nodes = builders.iter_mut().flat_map(|builder| {
        builder
            .nodes
            .iter_mut()
            .map(|node| (builder.driver.as_str(), node))
    });
    let asked: Vec<_> = nodes.map(|(driver, node)| own(buildx, driver, node)).collect();
    stream::iter(asked)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
    Ok(builders)
}

/// A worker tells its own platform first; where fixed ones stand before it, the engine that carries it is asked.
async fn own(buildx: &Buildx, driver: &str, node: &mut Node) {
    if !node.answered() {
        return;
    }
    if node.fixed.is_empty() {
        node.own = node.platforms.first().cloned();
    } else if matches!(driver, "docker" | "docker-container") {
        node.own = buildx.engine_platform(&node.endpoint).await;
    }
}

/// Reads one JSON document a line. What is none is left out: it is foreign text.
pub(crate) fn read(answer: &[u8], store: &Store, chosen: Option<&str>) -> Vec<Builder> {
    let documents = answer.split(|byte| *byte == b'\n');
    let documents = documents.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let mut builders: Vec<_> = documents
        .filter_map(|document| builder(&document, store))
        .take(MOST)
        .collect();
    // `BUILDX_BUILDER` names one for `build`, and `ls` does not heed it.
    if let Some(name) = chosen.filter(|name| !name.is_empty()) {
        for builder in &mut builders {
            builder.current = builder.name == name;
        }
    }
    builders.sort_by_key(|builder| !builder.current);
    builders
}

fn builder(document: &Value, store: &Store) -> Option<Builder> {
    let name = text(document, "Name")?;
    let kept = store.kept.iter().find(|kept| kept.name == name);
    let nodes = document.get("Nodes").and_then(Value::as_array);
    let nodes = nodes.into_iter().flatten().take(MOST);
    // One that could not be loaded has a node without a name.
    let nodes = nodes.filter_map(|document| node(document, kept)).collect();
    Some(Builder {
        driver: text(document, "Driver").unwrap_or_default(),
        current: document
            .get("Current")
            .and_then(Value::as_bool)
            .unwrap_or_default(),
        error: text(document, "Err"),
        name,
        nodes,
    })
}

fn node(document: &Value, kept: Option<&Kept>) -> Option<Node> {
    let name = text(document, "Name")?;
    let mut kept = kept.into_iter().flat_map(|kept| &kept.nodes);
    let fixed = kept
        .find(|kept| kept.name == name)
        .map(|kept| kept.platforms.clone());
    let listed = document.get("Platforms").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    Some(Node {
        endpoint: text(document, "Endpoint").unwrap_or_default(),
        status: text(document, "Status").unwrap_or_else(|| "unknown".to_owned()),
        version: text(document, "Version"),
        error: text(document, "Err"),
        platforms: listed
            .take(MOST_PLATFORMS)
            .filter_map(|text| text.parse().ok())
            .collect(),
        fixed: fixed.unwrap_or_default(),
        traits: traits(document),
        own: None,
        name,
    })
}

fn traits(document: &Value) -> BTreeSet<Trait> {
    let option = |name: &str| {
        document
            .get("DriverOpts")
            .and_then(|options| options.get(name)?.as_str())
    };
    let labels = document.get("Labels").and_then(Value::as_object);
    let has_store = labels.is_some_and(|labels| labels.contains_key(SNAPSHOTTER));
    let all = [
        (has_store, Trait::ContainerdStore),
        (option("image").is_some(), Trait::OtherImage),
        (option("default-load") == Some("true"), Trait::Loads),
        (option("network") == Some("host"), Trait::SharesNetwork),
    ];
    all.into_iter()
        .filter_map(|(has, it)| has.then_some(it))
        .collect()
}

/// A text of it that is not empty, without what could move a cursor.
fn text(document: &Value, key: &str) -> Option<String> {
    let text = plain(document.get(key)?.as_str()?.trim());
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builders_are_read_with_their_errors_and_nothing_secret() {
        let lines = concat!(
            r#"{"Name":"broken","Driver":"","Current":false,"Err":"context \"x\": not found","Nodes":[{"Name":""}]}"#,
            "\nnot JSON\n",
            r#"{"Name":"multi","Driver":"docker-container","Current":true,"Nodes":[{"Name":"multi0","Endpoint":"default","#,
            r#""Status":"running","Version":"v0.26.0","Platforms":["linux/amd64","linux/arm64","bad/\u0007"],"#,
            r#""DriverOpts":{"image":"x","default-load":"true"},"Files":{"ca.pem":"c2VjcmV0"},"#,
            r#""Labels":{"org.mobyproject.buildkit.worker.snapshotter":"overlayfs"}},{"Name":"multi1","Status":"error","#,
            r#""Err":"\u001b[31mno route","Endpoint":"ssh://me@mini"}]}"#
        );
        let fixed = Store {
            kept: vec![Kept {
                name: "multi".to_owned(),
                driver: "docker-container".to_owned(),
                nodes: vec![host::checks::Node {
                    name: "multi1".to_owned(),
                    platforms: vec![Platform::linux("arm64")],
                }],
            }],
            ..Store::default()
        };
        let builders = read(lines.as_bytes(), &fixed, None);
        assert_eq!(builders[0].name, "multi", "the chosen one first");
        let nodes = &builders[0].nodes;
        let expected = [Trait::ContainerdStore, Trait::OtherImage, Trait::Loads];
        assert!(nodes[0].traits.iter().eq(&expected), "{nodes:?}");
        assert_eq!(nodes[0].platforms.len(), 2);
        assert_eq!(nodes[1].error.as_deref(), Some("[31mno route"));
        assert_eq!(nodes[1].fixed, [Platform::linux("arm64")]);
        assert!(!format!("{builders:?}").contains("c2Vj"));
        assert_eq!(builders[1].nodes, []);
        assert!(builders[1].error.is_some());
        let chosen = read(lines.as_bytes(), &fixed, Some("broken"));
        assert!(chosen[0].name == "broken" && chosen[0].current && !chosen[1].current);
    }
}
