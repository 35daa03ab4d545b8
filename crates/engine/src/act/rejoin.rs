//! Networks that somebody removed, or made anew under the same name, while a container was kept, and those that it was
//! taken out of meanwhile.
//!
//! A container that was in a network once is bound to it by its id: engines do not start it any more when that one is
//! gone, whatever has the name now. One that was taken out of it they start without a word. So what counts is the record of
//! the re-run, and not what is left of the container.

use serde_json::{Map, Value, json};

use super::{
    body::{Body, body},
    needed::NeededNetwork,
    record::Record,
    steps::LONG,
    take_back::is_removed_by_stopping,
};
use crate::{Engine, EngineError, Inspection, read};

/// Engines find these by name.
const BY_NAME: [&str; 3] = ["bridge", "host", "none"];

/// What an engine says to a name or an id of a network.
enum Answer {
    There(Value),
    /// A worker of a swarm does not see those that nothing on it uses.
    Hidden,
    Gone,
}

/// Networks that a container cannot be in as it was.
#[derive(Debug, Default)]
pub(super) struct Unfit {
    /// Those whose name nothing has.
    pub(super) gone: Vec<NeededNetwork>,
    /// Those that do not hold the addresses that were chosen in them.
    pub(super) outside: Vec<NeededNetwork>,
}

/// A place that a container is to be put into.
struct Join {
    network: String,
    place: Value,
    /// Whether it has one there, in a network that is gone.
    leaves: bool,
}

impl Engine {
    /// An error where the old container of `record` cannot be put back, or not into all of its networks: before anything
    /// is stopped for it.
    pub(super) async fn refuse_lost_networks(&self, record: &Record) -> Result<(), EngineError> {
        let old = record.old();
        let now = self.find(record.old_id()).await?;
        let is_made_again = is_removed_by_stopping(&old);
        if now.is_none() && !is_made_again {
            let name = record.name().to_owned();
            return Err(match self.new_of(record).await? {
                Some(_) => EngineError::OldIsGone { name },
                None => EngineError::NotPossible {
                    message: format!("the old container of `{name}` is gone: somebody removed it"),
                },
            });
        }
        if now.as_ref().is_some_and(Inspection::is_running) && !record.stopping {
            // Nobody stopped it: what became of its networks since is its user's own doing.
            return Ok(());
        }
        let now = now.filter(|_| !is_made_again);
        self.joins(record, now.as_ref()).await.map(|_| ())
    }

    /// Puts the old container of `record` into its networks while another one has its place still: what cannot be done
    /// stops nothing.
    pub(super) async fn rejoin_first(&self, record: &Record) -> Result<(), EngineError> {
        let old = self.find(record.old_id()).await?;
        let old = old.filter(|old| !old.is_running() && !is_removed_by_stopping(old));
        match old {
            Some(old) => self.rejoin(record, &old).await,
            None => Ok(()),
        }
    }

    /// Puts `container`, which does not run, into those networks of `record` that it is not in, or that were made anew.
    pub(super) async fn rejoin(&self, record: &Record, container: &Inspection) -> Result<(), EngineError> {
        for join in self.joins(record, Some(container)).await? {
            let joined = self.join(container, &join).await;
            joined.map_err(|error| not_joined(record, &join.network, error))?;
        }
        Ok(())
    }

    /// Puts `new`, which was made for `record` and may have been left there and then, into the networks that it is to be
    /// in, and into no other.
    pub(super) async fn complete(&self, record: &Record, new: &Inspection) -> Result<(), EngineError> {
        self.rejoin(record, new).await?;
        let old = record.old();
        let body = body(&old, old.image(), self.api, &self.around(&old).await?);
        self.leave(new.id(), &body).await
    }

    async fn join(&self, container: &Inspection, join: &Join) -> Result<(), EngineError> {
        let target = format!("/networks/{}", read::escaped(&join.network));
        if join.leaves {
            let leave = json!({ "Container": container.id(), "Force": true });
            self.post(&format!("{target}/disconnect"), Some(&leave), LONG)
                .await?;
        }
        let said = json!({ "Container": container.id(), "EndpointConfig": join.place });
        self.post(&format!("{target}/connect"), Some(&said), LONG).await
    }

    /// Of the networks that `body` asks for, those that a container like `old` cannot be in.
    pub(super) async fn unfit_networks(&self, old: &Inspection, body: &Body) -> Result<Unfit, EngineError> {
        let mut unfit = Unfit::default();
        for (name, _) in body.places() {
            self.look_for(old, name, &mut unfit).await?;
        }
        Ok(unfit)
    }

    async fn look_for(&self, old: &Inspection, name: &str, unfit: &mut Unfit) -> Result<(), EngineError> {
        let needed = NeededNetwork::of(old, name);
        match self.network(name).await? {
            Answer::There(network) => unfit.outside.extend(needed.outside(&network)),
            Answer::Hidden => {}
            Answer::Gone => unfit.gone.push(needed),
        }
        Ok(())
    }

    async fn network(&self, name: &str) -> Result<Answer, EngineError> {
        let target = format!("/networks/{}", read::escaped(name));
        match self.get(&target, read::QUICK, read::OBJECT_BYTES).await {
            Ok(network) => Ok(Answer::There(network)),
            Err(EngineError::NotThere { .. }) if self.is_worker().await? => Ok(Answer::Hidden),
            Err(EngineError::NotThere { .. }) => Ok(Answer::Gone),
            Err(error) => Err(error),
        }
    }

    async fn is_worker(&self) -> Result<bool, EngineError> {
        let info: Value = self.get("/info", read::QUICK, read::OBJECT_BYTES).await?;
        let swarm = &info["Swarm"];
        Ok(swarm["LocalNodeState"] == "active" && swarm["ControlAvailable"] != true)
    }

    /// What has to be done for a container to be where the old one of `record` was; `now` is what there is of it. An error
    /// where that cannot be done.
    async fn joins(&self, record: &Record, now: Option<&Inspection>) -> Result<Vec<Join>, EngineError> {
        let old = record.old();
        let body = body(&old, old.image(), self.api, &self.around(&old).await?);
        let (mut joins, mut unfit) = (Vec::new(), Unfit::default());
        for (name, place) in body.places() {
            let has = now.map(|now| places(now).get(name).cloned());
            let id = has.iter().flatten().find_map(|has| has["NetworkID"].as_str());
            let id = id.filter(|id| !id.is_empty() && !BY_NAME.contains(&name.as_str()));
            if let Some(id) = id
                && !matches!(self.network(id).await?, Answer::Gone)
            {
                continue;
            }
            self.look_for(&old, name, &mut unfit).await?;
            let is_missing = has == Some(None);
            joins.extend((is_missing || id.is_some()).then(|| Join {
                network: name.clone(),
                place: place.clone(),
                leaves: !is_missing,
            }));
        }
        unfit.refuse(record.name())?;
        Ok(joins)
    }
}

impl Unfit {
    fn refuse(self, container: &str) -> Result<(), EngineError> {
        let container = container.to_owned();
        if !self.gone.is_empty() {
            let networks = self.gone;
            return Err(EngineError::NetworksGone { container, networks });
        }
        if !self.outside.is_empty() {
            let networks = self.outside;
            return Err(EngineError::OtherSubnet { container, networks });
        }
        Ok(())
    }
}

/// What the engine said, with what it was about.
fn not_joined(record: &Record, network: &str, error: EngineError) -> EngineError {
    if error.is_lost() {
        return error;
    }
    EngineError::NotJoined {
        container: record.name().to_owned(),
        network: Box::new(NeededNetwork::of(&record.old(), network)),
        why: Box::new(error),
    }
}

fn places(container: &Inspection) -> Map<String, Value> {
    let places = container.json().pointer("/NetworkSettings/Networks");
    places.and_then(Value::as_object).cloned().unwrap_or_default()
}
