//! Containers: what was asked for, and what became of it.

pub(crate) mod answers;
mod config;
mod create;
pub(crate) mod life;
mod list;
mod view;

use std::sync::Arc;

use serde_json::{Map, Value};

pub(crate) use create::{Wanted, create};
pub(crate) use list::list;

use crate::{answer::Refusal, clock::Moment, images::Program, logs::Line};

/// One container.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) id: String,
    /// Without its slash.
    pub(crate) name: String,
    pub(crate) created: Moment,
    /// The id of its image.
    pub(crate) image: String,
    /// The digest of its platform's manifest.
    pub(crate) digest: String,
    /// That manifest as the engine describes it.
    pub(crate) descriptor: Value,
    pub(crate) architecture: String,
    pub(crate) config: Map<String, Value>,
    pub(crate) host: Map<String, Value>,
    /// What was said of its place in each network.
    pub(crate) networks: Map<String, Value>,
    pub(crate) mounts: Vec<Value>,
    pub(crate) program: Arc<Program>,
    pub(crate) state: State,
    pub(crate) log: Vec<Line>,
}

/// How a container stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) exit: i64,
    pub(crate) error: String,
    pub(crate) started: Option<Moment>,
    pub(crate) finished: Option<Moment>,
    /// What runs, as its process list shows it.
    pub(crate) command: String,
    /// How often the engine restarted it by itself.
    pub(crate) restarts: u64,
    /// Counts starts: what was planned for an earlier one does not concern a later one.
    pub(crate) starts: u64,
    /// Whether a user ended it, after which no policy restarts it.
    pub(crate) stopped: bool,
}

/// The engine's words for how a container stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Status {
    #[default]
    Created,
    Running,
    Paused,
    Restarting,
    Exited,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
        }
    }

    /// Whether the engine counts it among the running ones.
    pub(crate) fn is_up(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

impl Container {
    /// What is executed: entrypoint and command, joined.
    pub(crate) fn command(&self) -> Vec<String> {
        let words = |name: &str| texts(self.config.get(name));
        [words("Entrypoint"), words("Cmd")].concat()
    }

    /// A text of its configuration, empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.config.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text of its host configuration, empty when there is none.
    pub(crate) fn host_text(&self, name: &str) -> &str {
        self.host.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Ports of the host that it takes when it runs: `8080/tcp` and the host's number.
    pub(crate) fn published(&self) -> Vec<(&str, &str)> {
        let bindings = self.host.get("PortBindings").and_then(Value::as_object);
        let each = bindings.into_iter().flatten().flat_map(|(port, bindings)| {
            let bindings = bindings.as_array().into_iter().flatten();
            bindings.map(move |binding| (port.as_str(), binding))
        });
        each.filter_map(|(port, binding)| Some((port, binding.get("HostPort")?.as_str()?)))
            .collect()
    }
}

/// Where the container is that `name` means: by name, by id, or by the start of its id.
pub(crate) fn find(containers: &[Container], name: &str) -> Result<usize, Refusal> {
    let plain = name.strip_prefix('/').unwrap_or(name);
    let exact = |container: &Container| container.id == plain || container.name == plain;
    if let Some(at) = containers.iter().position(exact) {
        return Ok(at);
    }
    let mut begins = containers
        .iter()
        .enumerate()
        .filter(|(_, container)| container.id.starts_with(plain));
    match (begins.next(), begins.next()) {
        (Some((at, _)), None) if !plain.is_empty() => Ok(at),
        (Some(_), Some(_)) => Err(Refusal::bad(format!(
            "multiple IDs found with provided prefix: {plain}"
        ))),
        _ => Err(Refusal::not_found(format!("No such container: {name}"))),
    }
}

/// The texts of a list.
pub(crate) fn texts(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}
