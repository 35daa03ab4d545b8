//! The engine's event stream, reduced to what changes a list.

use std::collections::HashMap;

use bollard::{
    models::EventMessage,
    query_parameters::{EventsOptions, EventsOptionsBuilder},
};
use futures_util::{Stream, StreamExt as _};

use crate::{Engine, EngineError, State, act::specimen, inspect::instant, read};

/// As many events as an engine keeps for those who ask later.
const REMEMBERED: usize = 256;

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A container is new, changed, or had a network attached or detached.
    ContainerChanged,
    /// A container was made. When its start fails, no other event follows.
    ContainerCreated,
    /// A container is gone.
    ContainerGone,
    /// An image came, went, or changed its name.
    ImageChanged,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub kind: EventKind,
    /// The id of the container or image.
    pub id: String,
}

impl Engine {
    /// Events from now on, until the engine ends the stream or breaks off.
    pub fn events(&self) -> impl Stream<Item = Result<Event, EngineError>> + use<> {
        let engine = self.clone();
        self.docker
            .events(None::<EventsOptions>)
            .filter_map(move |message| {
                let event = match message {
                    Ok(message) => event(message).map(Ok),
                    Err(error) => Some(Err(engine.error(error, "events"))),
                };
                std::future::ready(event)
            })
    }

    /// Whether somebody asked this engine to stop or kill container `id` before it ended.
    ///
    /// The engine remembers its last 256 events only, and none from before its own start: `None` is not a no.
    pub async fn stop_requested(&self, id: &str, state: &State) -> Result<Option<bool>, EngineError> {
        let id = read::container_name(id)?;
        let filters = HashMap::from([("container", vec![id]), ("event", vec!["kill", "stop", "die"])]);
        // Engines before 23 take Unix times only.
        let (Some(since), Some(until)) = (unix(&state.started_at), unix(&state.finished_at)) else {
            return Ok(None);
        };
        let options = EventsOptionsBuilder::default()
            .since(&since)
            .until(&until)
            .filters(&filters)
            .build();
        let collect = async {
            let mut stream = std::pin::pin!(self.docker.events(Some(options)).take(REMEMBERED));
            let (mut asked, mut remembers) = (false, false);
            while let Some(message) = stream.next().await {
                let message = message.map_err(|error| self.error(error, "events"))?;
                asked |= is_request_to_end(&message);
                remembers |= message.action.as_deref() == Some("die");
            }
            Ok((asked, remembers))
        };
        let (asked, remembers) = read::within(read::QUICK, "events", collect).await?;
        Ok((asked || remembers).then_some(asked))
    }
}

/// Signals that are sent to end a program; others, such as `SIGHUP`, ask it to do something and go on.
fn is_request_to_end(message: &EventMessage) -> bool {
    let attributes = message.actor.as_ref().and_then(|actor| actor.attributes.as_ref());
    let signal = attributes
        .and_then(|attributes| attributes.get("signal"))
        .map(String::as_str);
    match message.action.as_deref() {
        Some("stop") => true,
        Some("kill") => matches!(signal, Some("2" | "3" | "9" | "15")),
        _ => false,
    }
}

/// The engine's time as Unix seconds with nine digits of fractions.
fn unix(time: &str) -> Option<String> {
    let nanos = instant(time)?.unix_timestamp_nanos();
    (nanos > 0).then(|| format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000))
}

fn event(message: EventMessage) -> Option<Event> {
    let kind = message.typ?.to_string();
    let actor = message.actor?;
    let action = message.action?;
    let (kind, id) = match kind.as_str() {
        "container" if is_of_specimen(actor.attributes.as_ref()) => return None,
        "container" => (container_kind(&action)?, actor.id?),
        "image" => (EventKind::ImageChanged, actor.id?),
        // A start that fails shows as a network that comes and goes.
        "network" => (EventKind::ContainerChanged, network_container(actor.attributes?)?),
        _ => return None,
    };
    Some(Event { kind, id })
}

/// A container's events carry its name and its labels.
fn is_of_specimen(attributes: Option<&HashMap<String, String>>) -> bool {
    attributes.is_some_and(|attributes| {
        let name = attributes.get("name").map_or("", String::as_str);
        specimen::is_specimen(name, |label| attributes.contains_key(label))
    })
}

fn container_kind(action: &str) -> Option<EventKind> {
    // `exec_create: sh -c …` and `health_status: healthy` carry text behind their action.
    let action = action.split(':').next().unwrap_or_default();
    match action {
        "create" => Some(EventKind::ContainerCreated),
        "destroy" => Some(EventKind::ContainerGone),
        // Our own reads of files appear as `archive-path`; commands in a container change no list.
        "archive-path" | "extract-to-dir" | "top" | "attach" | "detach" | "resize" | "copy" | "export" => {
            None
        }
        action if action.starts_with("exec_") => None,
        _ => Some(EventKind::ContainerChanged),
    }
}

fn network_container(attributes: HashMap<String, String>) -> Option<String> {
    attributes
        .into_iter()
        .find_map(|(name, value)| (name == "container").then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Option<Event> {
        event(serde_json::from_str(json).expect("an event"))
    }

    #[test]
    fn our_own_reads_and_commands_in_a_container_are_no_changes() {
        for action in [
            "archive-path",
            "exec_create: sh -c true",
            "exec_die",
            "top",
            "attach",
        ] {
            let json = format!(
                r#"{{"Type":"container","Action":"{action}","Actor":{{"ID":"a","Attributes":{{}}}}}}"#
            );
            assert_eq!(of(&json), None, "{action}");
        }
    }

    #[test]
    fn a_failed_start_is_seen_by_its_network() {
        let json =
            r#"{"Type":"network","Action":"disconnect","Actor":{"ID":"n","Attributes":{"container":"c"}}}"#;
        assert_eq!(
            of(json),
            Some(Event {
                kind: EventKind::ContainerChanged,
                id: "c".into()
            })
        );
    }

    #[test]
    fn events_of_containers_and_images_carry_their_ids() {
        let event = |kind: &str, action: &str| {
            of(&format!(
                r#"{{"Type":"{kind}","Action":"{action}","Actor":{{"ID":"a","Attributes":{{}}}}}}"#
            ))
            .map(|event| event.kind)
        };
        assert_eq!(event("container", "create"), Some(EventKind::ContainerCreated));
        assert_eq!(event("container", "die"), Some(EventKind::ContainerChanged));
        assert_eq!(
            event("container", "health_status: unhealthy"),
            Some(EventKind::ContainerChanged)
        );
        assert_eq!(event("container", "destroy"), Some(EventKind::ContainerGone));
        assert_eq!(event("image", "untag"), Some(EventKind::ImageChanged));
        assert_eq!(event("volume", "mount"), None);
    }
}
