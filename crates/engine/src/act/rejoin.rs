//! Networks that somebody removed, or made anew under the same name, while a container was kept.
//!
//! A container that was in a network once is bound to it by its id: engines do not start it any more when that one is
//! gone, whatever has the name now.

use serde_json::{Map, Value, json};

use super::{body::body, record::Record, steps::LONG};
use crate::{Engine, EngineError, Inspection, read};

/// Engines find these by name.
const BY_NAME: [&str; 3] = ["bridge", "host", "none"];

/// The networks of a container that is to run again.
#[derive(Default)]
struct Networks {
    /// Those that another one has the name of, with the place that the container had.
    anew: Vec<(String, Value)>,
    /// Those whose name nothing has.
    gone: Vec<String>,
}

impl Engine {
    /// An error where the old container of `record` is to run again, and one of its networks is gone: before anything is
    /// stopped for it.
    pub(super) async fn refuse_lost_networks(&self, record: &Record) -> Result<(), EngineError> {
        let now = self.find(record.old_id()).await?;
        if !record.old().is_running() || now.as_ref().is_some_and(Inspection::is_running) {
            return Ok(());
        }
        let Networks { gone, .. } = self.networks_of(record, now.as_ref()).await?;
        if gone.is_empty() {
            return Ok(());
        }
        Err(EngineError::NetworksGone {
            container: record.name().to_owned(),
            networks: gone,
        })
    }

    /// Puts `old`, which does not run, into the networks that have the names of those it was in.
    pub(super) async fn rejoin(&self, record: &Record, old: &Inspection) -> Result<(), EngineError> {
        for (name, place) in self.networks_of(record, Some(old)).await?.anew {
            let target = format!("/networks/{}", read::escaped(&name));
            if places(old).contains_key(&name) {
                let leave = json!({ "Container": old.id(), "Force": true });
                self.post(&format!("{target}/disconnect"), Some(&leave), LONG)
                    .await?;
            }
            let join = json!({ "Container": old.id(), "EndpointConfig": place });
            self.post(&format!("{target}/connect"), Some(&join), LONG).await?;
        }
        Ok(())
    }

    /// Whether there is a network of this name or id. A worker of a swarm does not see those that nothing on it uses, so
    /// that there none is told to be gone.
    pub(super) async fn has_network(&self, name: &str) -> Result<bool, EngineError> {
        let target = format!("/networks/{}", read::escaped(name));
        let asked: Result<Value, _> = self.get(&target, read::QUICK, read::OBJECT_BYTES).await;
        match asked {
            Ok(_) => Ok(true),
            Err(EngineError::NotThere { .. }) => self.is_worker().await,
            Err(error) => Err(error),
        }
    }

    async fn is_worker(&self) -> Result<bool, EngineError> {
        let info: Value = self.get("/info", read::QUICK, read::OBJECT_BYTES).await?;
        let swarm = &info["Swarm"];
        Ok(swarm["LocalNodeState"] == "active" && swarm["ControlAvailable"] != true)
    }

    /// Of the places that the old container of `record` had; `now` is what is left of it.
    async fn networks_of(&self, record: &Record, now: Option<&Inspection>) -> Result<Networks, EngineError> {
        let old = record.old();
        let body = body(&old, old.image(), self.api, &self.around(&old).await?);
        let mut found = Networks::default();
        for (name, place) in body
            .places()
            .filter(|(name, _)| !BY_NAME.contains(&name.as_str()))
        {
            let has = now.map(|now| places(now).get(name).cloned());
            let id = has.iter().flatten().find_map(|has| has["NetworkID"].as_str());
            let id = id.filter(|id| !id.is_empty());
            if let Some(id) = id
                && self.has_network(id).await?
            {
                continue;
            }
            let is_bound = now.is_some() && (id.is_some() || has == Some(None));
            if !self.has_network(name).await? {
                // An engine starts a container that somebody took out of a network that is gone.
                let was_taken_out = has == Some(None);
                found.gone.extend((!was_taken_out).then(|| name.clone()));
            } else if is_bound {
                found.anew.push((name.clone(), place.clone()));
            }
        }
        Ok(found)
    }
}

fn places(container: &Inspection) -> Map<String, Value> {
    let places = container.json().pointer("/NetworkSettings/Networks");
    places.and_then(Value::as_object).cloned().unwrap_or_default()
}
