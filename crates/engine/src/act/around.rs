//! What is around a container: the machine, the containers that it takes something from, and those that take from it.

use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::kept::{kept_for, short};
use crate::{Container, Engine, EngineError, Inspection};

/// Inspections under way at once: engines answer a few at once well.
const AT_ONCE: usize = 8;

/// The machine's name, and the containers that volumes are taken from.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Around {
    /// The host name of the engine's machine.
    pub(crate) machine: String,
    /// By the name that is used for it; `None` when it is gone.
    pub(crate) providers: Vec<(String, Option<Inspection>)>,
}

impl Around {
    /// Whether a container that is named in `VolumesFrom` mounts just what `mount` does, in the same place.
    pub(crate) fn provides(&self, mount: &Value) -> bool {
        let is_same = |other: &Value| {
            ["Type", "Name", "Source", "Destination"]
                .iter()
                .all(|field| other.get(*field) == mount.get(*field))
        };
        let known = self
            .providers
            .iter()
            .filter_map(|(_, provider)| provider.as_ref());
        known
            .filter_map(|provider| provider.json().get("Mounts")?.as_array())
            .flatten()
            .any(is_same)
    }

    /// Whether an entry of `VolumesFrom` names no container.
    pub(crate) fn is_gone(&self, entry: &str) -> bool {
        let name = provider_of(entry);
        self.providers
            .iter()
            .any(|(known, found)| known == name && found.is_none())
    }
}

/// `NAME` or `NAME:ro`.
fn provider_of(entry: &str) -> &str {
    entry.split(':').next().unwrap_or_default()
}

impl Engine {
    pub(crate) async fn around(&self, old: &Inspection) -> Result<Around, EngineError> {
        let mut providers = Vec::new();
        for entry in old.texts("/HostConfig/VolumesFrom") {
            let name = provider_of(entry);
            let found = match self.find(name).await {
                // What no container can be called is none.
                Err(EngineError::BadName { .. }) => None,
                found => found?,
            };
            providers.push((name.to_owned(), found));
        }
        Ok(Around {
            machine: self.identity.machine.clone(),
            providers,
        })
    }

    /// The containers that live in the network, the memory or the processes of `old`, or are linked to it, by name: they
    /// would lose it.
    pub(crate) async fn dependents(
        &self,
        old: &Inspection,
        all: &[Container],
    ) -> Result<Vec<String>, EngineError> {
        let others = all.iter().filter(|row| row.id != old.id());
        let look = |row: &Container| {
            let id = row.id.clone();
            async move { self.find(&id).await }
        };
        let asked: Vec<_> = others.map(look).collect();
        let mut found = stream::iter(asked).buffered(AT_ONCE);
        let mut names = Vec::new();
        while let Some(other) = found.next().await {
            names.extend(
                other?
                    .filter(|other| depends(other, old))
                    .map(|other| other.name().to_owned()),
            );
        }
        Ok(names)
    }
}

fn depends(other: &Inspection, old: &Inspection) -> bool {
    let is_old = |name: &str| name == old.name() || (!name.is_empty() && old.id().starts_with(name));
    let modes = [
        "/HostConfig/NetworkMode",
        "/HostConfig/IpcMode",
        "/HostConfig/PidMode",
    ];
    let lives_in = modes
        .iter()
        .filter_map(|mode| other.text(mode).strip_prefix("container:"))
        .any(is_old);
    // `/db:/web/alias`, as an engine writes a link.
    let links = other.texts("/HostConfig/Links");
    let is_linked = links
        .iter()
        .filter_map(|link| link.split(':').next())
        .any(|name| is_old(name.trim_start_matches('/')));
    lives_in || is_linked
}

/// The container that is kept for `old`, in `all`.
pub(crate) fn kept_one<'a>(old: &Inspection, all: &'a [Container]) -> Option<&'a Container> {
    all.iter()
        .find(|row| kept_for(&row.name).is_some_and(|(_, id)| id == short(old.id())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_takes_something_from_a_container_depends_on_it() {
        let old = Inspection::from_json(json!({"Id": "abcdef0123456789", "Name": "/db"}));
        let depends = |host: Value| {
            let other = json!({"Id": "1", "Name": "/web", "HostConfig": host});
            super::depends(&Inspection::from_json(other), &old)
        };
        assert!(depends(json!({"NetworkMode": "container:abcdef0123456789"})));
        assert!(depends(json!({"NetworkMode": "container:db"})));
        assert!(depends(json!({"IpcMode": "container:abcdef0123456789"})));
        assert!(depends(json!({"PidMode": "container:db"})));
        assert!(depends(json!({"Links": ["/db:/web/store"]})));
        for none in [
            json!({"NetworkMode": "container:other"}),
            json!({"NetworkMode": "db"}),
            json!({"NetworkMode": "container:"}),
            json!({"Links": ["/other:/web/db"]}),
            json!({}),
        ] {
            assert!(!depends(none.clone()), "{none}");
        }
    }
}
