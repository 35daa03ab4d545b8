//! What buildx keeps of its builders. It is read only; what its nodes' `Files` hold is left alone.

use std::path::Path;

use platform::Platform;
use serde_json::{Map, Value};

use super::place;
use crate::{HostError, Roots, read};

/// A builder may carry a registry's certificates along.
const LIMIT: usize = 1024 * 1024;
/// People have a handful of builders; more are not told.
const MOST: usize = 64;
/// Platforms of a node; all of QEMU's are some twenty.
const MOST_PLATFORMS: usize = 64;

/// The builders that are kept, and which is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Builders {
    /// All that could be read.
    pub kept: Vec<Builder>,
    /// The choice; `None` is the builder of the context in use.
    pub chosen: Option<Chosen>,
    /// Files that are no builder's.
    pub broken: Vec<String>,
}

/// Which builder was chosen by `docker buildx use`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// The context or address for which it was chosen.
    pub context: String,
    /// Whether it counts in every context.
    pub everywhere: bool,
}

/// A builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Builder {
    /// Its name.
    pub name: String,
    /// How it runs, such as `docker-container`.
    pub driver: String,
    /// Its nodes.
    pub nodes: Vec<Node>,
}

/// A node of a builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The platforms that it was given; empty when it finds them out by itself.
    pub platforms: Vec<Platform>,
}

pub(super) fn read(roots: &Roots, folder: &Path) -> Result<Builders, HostError> {
    let mut builders = Builders {
        chosen: chosen(roots, folder)?,
        ..Builders::default()
    };
    let instances = folder.join("instances");
    for name in place::names(&instances)?.into_iter().take(MOST) {
        let file = instances.join(&name);
        match read::json_object(roots, &file, LIMIT).map(|object| builder(&object)) {
            Ok(Some(builder)) => builders.kept.push(builder),
            Ok(None)
            | Err(HostError::NotJson { .. } | HostError::NotAnObject { .. } | HostError::NotAFile { .. }) => {
                builders.broken.push(place::tame(&name));
            }
            Err(HostError::Missing { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(builders)
}

fn chosen(roots: &Roots, folder: &Path) -> Result<Option<Chosen>, HostError> {
    let file = folder.join("current");
    let Some(object) = read::optional(read::json_object(roots, &file, LIMIT))? else {
        return Ok(None);
    };
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    Ok((!text("Name").is_empty()).then(|| Chosen {
        name: place::tame(text("Name")),
        context: place::tame(text("Key")),
        everywhere: object.get("Global").and_then(Value::as_bool).unwrap_or_default(),
    }))
}

fn builder(object: &Map<String, Value>) -> Option<Builder> {
    let nodes = object.get("Nodes").and_then(Value::as_array);
    Some(Builder {
        name: place::tame(object.get("Name")?.as_str()?),
        driver: place::tame(object.get("Driver")?.as_str()?),
        nodes: nodes.into_iter().flatten().take(MOST).map(node).collect(),
    })
}

fn node(node: &Value) -> Node {
    let platforms = node.get("Platforms").and_then(Value::as_array);
    let name = node.get("Name").and_then(Value::as_str);
    Node {
        name: place::tame(name.unwrap_or_default()),
        platforms: platforms
            .into_iter()
            .flatten()
            .take(MOST_PLATFORMS)
            .filter_map(platform)
            .collect(),
    }
}

fn platform(value: &Value) -> Option<Platform> {
    let field = |key: &str| value.get(key).and_then(Value::as_str);
    Platform::from_fields(field("os"), field("architecture"), field("variant"))
}
