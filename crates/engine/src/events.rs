//! The engine's event stream, reduced to what changes a list.

use std::collections::{HashMap, VecDeque};

use bollard::{
    models::EventMessage,
    query_parameters::{EventsOptions, EventsOptionsBuilder},
};
use futures_util::{Stream, StreamExt as _};

use crate::{
    Engine, EngineError, Inspection,
    act::{self, probe::image},
    inspect::instant,
    read,
};

/// As many events as an engine keeps for those who ask later.
const REMEMBERED: usize = 256;

/// Nanoseconds by which events come later than the end that they tell of: 76 ms were seen on a busy machine.
const LATE: i128 = 1_000_000_000;

/// Probes that run at a time, and more: an image that is forgotten only makes a list be asked for.
const PROBES: usize = 16;

/// What events tell of an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Whether somebody asked for it; `None` when the engine does not remember.
    pub requested: Option<bool>,
    /// Whether the kernel ended a process for want of memory. Old engines do not say it elsewhere.
    pub out_of_memory: bool,
}

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
        let mut probes = ProbeImages::default();
        self.docker
            .events(None::<EventsOptions>)
            .filter_map(move |message| {
                let event = match message {
                    Ok(message) => event(message, &mut probes).map(Ok),
                    Err(error) => Some(Err(engine.error(error, "events"))),
                };
                std::future::ready(event)
            })
    }

    /// What the engine's events tell of the end of container `id`.
    ///
    /// The engine remembers its last 256 events only, and none from before its own start: what it does not tell is not a no.
    pub async fn end(&self, inspection: &Inspection) -> Result<End, EngineError> {
        let id = read::container_name(inspection.id())?;
        let state = &inspection.state();
        let polite = [SIGTERM, inspection.stop_signal()];
        let actions = vec!["kill", "stop", "oom", "die"];
        let filters = HashMap::from([("container", vec![id]), ("event", actions)]);
        // Engines before 23 take Unix times only.
        let (Some(since), Some(until)) = (unix(&state.started_at, 0), unix(&state.finished_at, LATE)) else {
            return Ok(End::default());
        };
        let options = EventsOptionsBuilder::default()
            .since(&since)
            .until(&until)
            .filters(&filters)
            .build();
        let collect = async {
            let mut stream = std::pin::pin!(self.docker.events(Some(options)).take(REMEMBERED));
            let mut end = End::default();
            let mut asked = false;
            while let Some(message) = stream.next().await {
                let message = message.map_err(|error| self.error(error, "events"))?;
                asked |= is_request_to_end(&message, state.exit_code, &polite);
                end.out_of_memory |= message.action.as_deref() == Some("oom");
                if message.action.as_deref() == Some("die") {
                    end.requested.get_or_insert(asked);
                    // On a busy machine, the word of the kernel that memory ran out was seen to come after the end.
                    if state.exit_code != SIGNALLED + SIGKILL || asked {
                        break;
                    }
                }
            }
            end.requested = end.requested.or(asked.then_some(true));
            Ok(end)
        };
        read::within(read::QUICK, "events", collect).await
    }
}

impl Engine {
    /// The exit code with which container `id` ended, where the engine removed it since: only its events tell then.
    pub(crate) async fn last_exit_code(&self, id: &str) -> Result<Option<i64>, EngineError> {
        let id = read::container_name(id)?;
        let filters = HashMap::from([("container", vec![id]), ("event", vec!["die"])]);
        // Since ever: that it ended is among what the engine remembers, and comes first.
        let options = EventsOptionsBuilder::default()
            .since("1")
            .filters(&filters)
            .build();
        let first = async {
            let mut stream = std::pin::pin!(self.docker.events(Some(options)));
            let message = stream.next().await.transpose();
            message.map_err(|error| self.error(error, "events"))
        };
        let message = read::within(read::QUICK, "events", first).await?;
        let actor = message.and_then(|message| message.actor);
        let attributes = actor.and_then(|actor| actor.attributes);
        Ok(attributes.and_then(|attributes| attributes.get("exitCode")?.parse().ok()))
    }
}

/// What a program that a signal ended ends with, before the signal's number.
pub(crate) const SIGNALLED: i64 = 128;

/// The signal that nobody outlives.
pub(crate) const SIGKILL: i64 = 9;

/// The signal that asks a program to end.
pub(crate) const SIGTERM: i64 = 15;

/// A request to stop, signals by which it ended, and `polite` ones, behind which old engines tell of the request only after the
/// end: others, which a program may take as it likes, ask it to do something.
fn is_request_to_end(message: &EventMessage, exit_code: i64, polite: &[i64]) -> bool {
    let attributes = message.actor.as_ref().and_then(|actor| actor.attributes.as_ref());
    let signal = attributes.and_then(|attributes| attributes.get("signal")?.parse().ok());
    let ends = |signal: i64| {
        signal == SIGKILL || polite.contains(&signal) || signal.checked_add(SIGNALLED) == Some(exit_code)
    };
    match message.action.as_deref() {
        Some("stop") => true,
        Some("kill") => signal.is_some_and(ends),
        _ => false,
    }
}

/// The engine's time, and so many nanoseconds, as Unix seconds with nine digits of fractions.
fn unix(time: &str, later: i128) -> Option<String> {
    let nanos = instant(time)?.unix_timestamp_nanos() + later;
    (nanos > 0).then(|| format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000))
}

/// Probes' images that the stream spoke of: it tells of their end by their id alone.
#[derive(Default)]
struct ProbeImages(VecDeque<String>);

impl ProbeImages {
    /// Whether image `id`, of which an event with these attributes tells, is one.
    fn has(&mut self, id: Option<&str>, attributes: Option<&HashMap<String, String>>) -> bool {
        let Some(id) = id else { return false };
        let shows = attributes.is_some_and(|attributes| {
            let name = attributes.get("name").map_or("", String::as_str);
            image::is_probe_event(name, |label| attributes.get(label).map(String::as_str))
        });
        if self.0.iter().any(|known| known == id) {
            return true;
        }
        if shows {
            self.0.truncate(PROBES - 1);
            self.0.push_front(id.to_owned());
        }
        shows
    }
}

fn event(message: EventMessage, probes: &mut ProbeImages) -> Option<Event> {
    let kind = message.typ?.to_string();
    let actor = message.actor?;
    let action = message.action?;
    let (kind, id) = match kind.as_str() {
        "container" if is_passing(actor.attributes.as_ref()) => return None,
        "image" if probes.has(actor.id.as_deref(), actor.attributes.as_ref()) => return None,
        "container" => (container_kind(&action)?, actor.id?),
        "image" => (EventKind::ImageChanged, actor.id?),
        // A start that fails shows as a network that comes and goes.
        "network" => (EventKind::ContainerChanged, network_container(actor.attributes?)?),
        _ => return None,
    };
    Some(Event { kind, id })
}

/// A container's events carry its name and its labels.
fn is_passing(attributes: Option<&HashMap<String, String>>) -> bool {
    attributes.is_some_and(|attributes| {
        let name = attributes.get("name").map_or("", String::as_str);
        act::is_passing(name, |label| attributes.contains_key(label))
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
        event(
            serde_json::from_str(json).expect("an event"),
            &mut ProbeImages::default(),
        )
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
    fn a_signal_that_asks_a_program_to_end_is_a_request() {
        let asks = |signal: &str, code: i64, own: i64| {
            let json = format!(
                r#"{{"Type":"container","Action":"kill","Actor":{{"ID":"a","Attributes":{{"signal":"{signal}"}}}}}}"#
            );
            let message = serde_json::from_str(&json).expect("an event");
            is_request_to_end(&message, code, &[SIGTERM, own])
        };
        assert!(asks("15", 0, SIGTERM) && asks("3", 0, 3) && asks("9", 137, 3));
        assert!(!asks("1", 5, SIGTERM) && asks("1", 129, SIGTERM));
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
    fn containers_that_are_there_to_be_read_make_no_events() {
        let json = |name: &str| {
            format!(
                r#"{{"Type":"container","Action":"create","Actor":{{"ID":"c","Attributes":{{"name":"{name}","io.archlight.specimen":"1"}}}}}}"#
            )
        };
        assert_eq!(of(&json("archlight-specimen-0")), None);
        assert!(of(&json("web")).is_some(), "its image has the label");
    }

    #[test]
    fn images_of_probes_make_no_events_to_their_end() {
        let mut probes = ProbeImages::default();
        let mut tells = |action: &str, id: &str, more: &str| {
            let json = format!(
                r#"{{"Type":"image","Action":"{action}","Actor":{{"ID":"{id}","Attributes":{{{more}}}}}}}"#
            );
            event(serde_json::from_str(&json).expect("an event"), &mut probes).is_some()
        };
        let label = r#""io.archlight.probe":"1-0-1-2""#;
        assert!(!tells(
            "load",
            "sha256:0",
            &format!(r#"{label},"name":"sha256:0""#)
        ));
        assert!(!tells("delete", "sha256:0", r#""name":"sha256:0""#));
        assert!(!tells(
            "untag",
            "sha256:1",
            r#""name":"archlight-probe:arm64-0123456789abcdef""#
        ));
        assert!(tells(
            "tag",
            "sha256:2",
            &format!(r#"{label},"name":"acme/app:1""#)
        ));
        assert!(tells("load", "sha256:3", r#""name":"sha256:3""#));
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
