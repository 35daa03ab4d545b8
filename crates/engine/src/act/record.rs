//! What has to be known of a re-run to take it back from wherever it stopped.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    kept::{Pair, kept_for, kept_name, short},
    maker::Maker,
    plan::Plan,
};
use crate::{Inspection, inspect::instant};

/// A shorter start of an id may as well be a name.
const SHORTEST: usize = 12;

/// How far a re-run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The old container is as it was; a new one may be there beside it.
    Begun,
    /// The old one may be stopped, and the names may have changed.
    Swapping,
    /// The new one has the old one's place, and the old one is kept.
    Done,
    /// The old one is on its way back.
    Undoing,
}

/// One re-run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The engine, by its own id.
    pub(crate) engine: String,
    /// The process that is at it; none once it has given up.
    pub(crate) maker: Option<String>,
    pub(crate) phase: Phase,
    /// The platform that the old one is for, where it is known.
    pub(crate) from: Option<String>,
    /// The platform that was asked for.
    pub(crate) to: String,
    /// The old container as it was before, in the engine's own JSON.
    pub(crate) old: Value,
    pub(crate) new_id: Option<String>,
    /// The container that is kept in the place of an old one which the engine removes when it stops (`--rm`).
    pub(crate) stand_in: Option<String>,
    /// Whether the engine was asked to stop the old one: it may be at it still.
    #[serde(default)]
    pub(crate) stopping: bool,
    /// What the new container is recognised by, from when it is asked for: its id may not have been written down.
    #[serde(default)]
    pub(crate) asked: Option<Value>,
    /// A tag that a pull may have moved, and the image that had it.
    pub(crate) tag: Option<Tagged>,
}

/// An image by a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tagged {
    pub(crate) reference: String,
    pub(crate) id: String,
}

impl Record {
    pub(crate) fn begin(plan: &Plan, engine: &str) -> Self {
        Self {
            engine: engine.to_owned(),
            maker: Some(Maker::this().to_string()),
            phase: Phase::Begun,
            from: plan.from.as_ref().map(ToString::to_string),
            to: plan.to.to_string(),
            old: plan.old.json().clone(),
            new_id: None,
            stand_in: None,
            stopping: false,
            asked: None,
            tag: None,
        }
    }

    /// From what the engine itself tells, when nothing else remembers.
    pub(crate) fn of_pair(pair: &Pair, engine: &str) -> Self {
        let mut old = pair.kept.json().clone();
        old["Name"] = Value::from(format!("/{}", pair.name));
        old["State"]["Running"] = Value::from(was_running(pair));
        if let Some(new) = &pair.new {
            // The kept one's own was set aside.
            old["HostConfig"]["RestartPolicy"] = super::steps::restart_policy(new);
        }
        let stands_in = stands_in(pair);
        if let Some(new) = pair.new.as_ref().filter(|_| stands_in) {
            old["State"]["Running"] = Value::from(true);
            old["HostConfig"]["AutoRemove"] = Value::from(true);
            // It was made by the image's id. A name that leads to another image by now is not used.
            let named = new.image().split('@').next().unwrap_or_default();
            old["Config"]["Image"] = Value::from(named);
        }
        Self {
            engine: engine.to_owned(),
            maker: None,
            phase: Phase::Done,
            from: pair.kept.platform().map(|platform| platform.to_string()),
            to: String::new(),
            old,
            new_id: pair.new.as_ref().map(|new| new.id().to_owned()),
            stand_in: stands_in.then(|| pair.kept.id().to_owned()),
            stopping: false,
            asked: None,
            tag: None,
        }
    }

    pub(crate) fn old(&self) -> Inspection {
        Inspection::from_json(self.old.clone())
    }

    pub(crate) fn name(&self) -> &str {
        let name = self.old.get("Name").and_then(Value::as_str).unwrap_or_default();
        name.trim_start_matches('/')
    }

    pub(crate) fn old_id(&self) -> &str {
        self.old.get("Id").and_then(Value::as_str).unwrap_or_default()
    }

    /// The name under which the old one, or what stands in for it, is kept.
    pub(crate) fn kept_as(&self) -> String {
        kept_name(self.name(), self.new_id.as_deref().unwrap_or_default())
    }

    /// Whether a process is still at it, as far as that is known from here.
    pub(crate) fn is_under_way(&self) -> bool {
        let maker = self.maker.as_deref().and_then(Maker::parse);
        self.phase != Phase::Done && maker.is_some_and(|maker| maker.is_at_work())
    }

    /// Whether `id`, as a user says it, means one of its containers: a name, an id, or the start of one.
    pub(crate) fn is_about(&self, id: &str) -> bool {
        let is_start = |whole: &str| id.len() >= SHORTEST && whole.starts_with(id);
        let ids = [
            Some(self.old_id()),
            self.new_id.as_deref(),
            self.stand_in.as_deref(),
        ];
        id == self.name()
            || kept_for(id).is_some_and(|(own, new)| {
                own == self.name() && self.new_id.as_deref().map(short) == Some(new)
            })
            || ids.into_iter().flatten().any(is_start)
    }
}

/// Whether the kept one was made in the place of one that the engine removed as it stopped (`--rm`), which the newer one is
/// a copy of: only what ran then is removed so.
fn stands_in(pair: &Pair) -> bool {
    let is_removed = |container: &Inspection| container.flag("/HostConfig/AutoRemove");
    pair.new.as_ref().is_some_and(is_removed) && !is_removed(&pair.kept)
}

/// A container that the re-run itself stopped ended after the newer one was made; all others had ended before.
fn was_running(pair: &Pair) -> bool {
    let Some(new) = &pair.new else { return false };
    let ended = instant(&pair.kept.state().finished_at);
    kept_for(pair.kept.name()).is_some() && ended > instant(new.created_at())
}
