//! All containers, or those that run, as the engine lists them.

use std::collections::BTreeMap;

use platform::Platform;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Engine, EngineError, act, inspect::platform_of, read};

/// Which containers are asked for. On the containerd store the running ones come in milliseconds, all in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those that run, are paused or restart.
    Running,
    /// All of them.
    All,
    /// These ids, where they still exist.
    These(Vec<String>),
}

/// One line of the engine's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// The full id.
    pub id: String,
    /// The name without its slash.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The id of the image that it was made of.
    pub image_id: String,
    /// Its platform, where this engine's list says so.
    pub platform: Option<Platform>,
    /// The engine's word for its state.
    pub state: String,
    /// The engine's words, for example `Exited (1) 2 hours ago`.
    pub status: String,
    /// Unix seconds.
    pub created: i64,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// `bridge`, `host`, `container:<id>` and so on.
    pub network_mode: String,
}

impl Container {
    /// The exit code in the engine's words, `None` when they name none.
    pub fn exit_code(&self) -> Option<i64> {
        let words = self
            .status
            .strip_prefix("Exited (")
            .or_else(|| self.status.strip_prefix("Restarting ("))?;
        words.split_once(')')?.0.parse().ok()
    }

    fn is_passing(&self) -> bool {
        act::is_passing(&self.name, |label| self.labels.contains_key(label))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: String,
    names: Option<Vec<String>>,
    #[serde(default)]
    image: String,
    #[serde(default, rename = "ImageID")]
    image_id: String,
    image_manifest_descriptor: Option<Value>,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    state: String,
    #[serde(default)]
    status: String,
    labels: Option<BTreeMap<String, String>>,
    host_config: Option<HostConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HostConfig {
    #[serde(default)]
    network_mode: String,
}

impl Engine {
    /// The containers in `scope`, newest first, without those of ours that are there for a while only.
    pub async fn containers(&self, scope: Scope) -> Result<Vec<Container>, EngineError> {
        let target = match scope {
            Scope::Running => "/containers/json".to_owned(),
            Scope::All => "/containers/json?all=1".to_owned(),
            Scope::These(ids) => {
                let filters = json!({ "id": ids }).to_string();
                format!("/containers/json?all=1&filters={}", read::escaped(&filters))
            }
        };
        let mut containers = self.listed(&target).await?;
        containers.retain(|container| !container.is_passing());
        Ok(containers)
    }

    /// What the list at `target` says, those included that are there for a while only.
    pub(crate) async fn listed(&self, target: &str) -> Result<Vec<Container>, EngineError> {
        let rows: Vec<Row> = self.get(target, read::LIST, read::LIST_BYTES).await?;
        Ok(rows.into_iter().map(Container::from).collect())
    }
}

impl From<Row> for Container {
    fn from(row: Row) -> Self {
        let platform = row
            .image_manifest_descriptor
            .as_ref()
            .and_then(|descriptor| descriptor.get("platform"));
        Self {
            name: own_name(row.names.unwrap_or_default(), &row.id),
            image: row.image,
            image_id: row.image_id,
            platform: platform.and_then(platform_of),
            state: row.state,
            status: row.status,
            created: row.created,
            labels: row.labels.unwrap_or_default(),
            network_mode: row
                .host_config
                .map(|config| config.network_mode)
                .unwrap_or_default(),
            id: row.id,
        }
    }
}

/// Links give a container further names, of the form `/other/alias`.
fn own_name(names: Vec<String>, id: &str) -> String {
    let name = names
        .into_iter()
        .map(|name| name.trim_start_matches('/').to_owned())
        .find(|name| !name.contains('/'));
    name.unwrap_or_else(|| id.chars().take(12).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(json: &str) -> Container {
        serde_json::from_str::<Row>(json).expect("a row").into()
    }

    #[test]
    fn a_name_given_by_a_link_is_not_its_own() {
        let linked = container(r#"{"Id":"0123456789abcdef","Names":["/web/db","/db"]}"#);
        assert_eq!(linked.name, "db");
        assert_eq!(
            container(r#"{"Id":"0123456789abcdef","Names":null}"#).name,
            "0123456789ab"
        );
    }

    #[test]
    fn exit_codes_are_read_from_the_engines_words() {
        let cases = [
            ("Exited (255) 2 hours ago", Some(255)),
            ("Restarting (1) 3 seconds ago", Some(1)),
            ("Up 2 hours", None),
            ("Created", None),
            ("Exited (x) now", None),
        ];
        for (status, code) in cases {
            let row = format!(r#"{{"Id":"0","Status":"{status}"}}"#);
            assert_eq!(container(&row).exit_code(), code, "{status}");
        }
    }

    #[test]
    fn platforms_come_normalised_from_the_descriptor() {
        let json = r#"{"Id":"0","ImageManifestDescriptor":{"platform":{"os":"linux","architecture":"arm64","variant":"v8"}}}"#;
        assert_eq!(
            container(json)
                .platform
                .map(|platform| platform.to_string())
                .as_deref(),
            Some("linux/arm64")
        );
        assert_eq!(
            container(r#"{"Id":"0","ImageManifestDescriptor":{}}"#).platform,
            None
        );
    }
}
