//! The engine's events: the last ones are remembered, new ones go to everybody who listens.

use std::{collections::VecDeque, sync::Arc};

use serde_json::{Map, Value, json};
use tokio::sync::broadcast;

use crate::{
    answer::{Answer, Refusal, Sender, line, stream},
    ask::{Ask, Filters, label_fits},
    clock::Moment,
    containers::Container,
    engine::Engine,
    scenario::Fault,
};

/// As many as a real engine keeps.
const REMEMBERED: usize = 256;

/// Those that wait for a slow listener; one that is slower loses some, as with a real engine.
const WAITING: usize = 1024;

/// One event.
#[derive(Debug)]
pub(crate) struct Event {
    at: Moment,
    json: Value,
}

/// All that is remembered, and who listens.
#[derive(Debug)]
pub(crate) struct Events {
    last: VecDeque<Arc<Event>>,
    live: broadcast::Sender<Arc<Event>>,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self {
            last: VecDeque::new(),
            live: broadcast::channel(WAITING).0,
        }
    }

    /// Tells of something that happened to `id`.
    pub(crate) fn emit(
        &mut self,
        at: Moment,
        kind: &str,
        action: &str,
        id: &str,
        attributes: &Map<String, Value>,
    ) {
        let mut json = json!({
            "Type": kind,
            "Action": action,
            "Actor": {"ID": id, "Attributes": attributes},
            "scope": "local",
            "time": at.seconds(),
            "timeNano": at.nanos(),
        });
        if kind != "network" && kind != "volume" {
            // The form that engines wrote before there were types; they still add it.
            json["status"] = json!(action);
            json["id"] = json!(id);
        }
        if let Some(image) = json
            .pointer("/Actor/Attributes/image")
            .cloned()
            .filter(|_| kind == "container")
        {
            json["from"] = image;
        }
        let event = Arc::new(Event { at, json });
        let place = self.last.partition_point(|earlier| earlier.at <= at);
        self.last.insert(place, Arc::clone(&event));
        if self.last.len() > REMEMBERED {
            self.last.pop_front();
        }
        // Nobody may be listening.
        let _ = self.live.send(event);
    }

    /// Tells of something that happened to `container`.
    pub(crate) fn container(
        &mut self,
        at: Moment,
        action: &str,
        container: &Container,
        more: &[(&str, Value)],
    ) {
        let labels = container.config.get("Labels").and_then(Value::as_object).cloned();
        let mut attributes = labels.unwrap_or_default();
        attributes.insert(
            "image".to_owned(),
            container.config.get("Image").cloned().unwrap_or_default(),
        );
        attributes.insert("name".to_owned(), json!(container.name));
        attributes.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        self.emit(at, "container", action, &container.id, &attributes);
    }
}

/// `GET /events`.
pub(crate) fn answer(engine: &Engine, ask: &Ask) -> Result<Answer, Refusal> {
    let filters = ask.filters()?;
    let moment = |name: &str| match ask.text(name) {
        "" => Ok(None),
        text => Moment::parse(text)
            .map(Some)
            .ok_or_else(|| Refusal::bad(format!("invalid time in {name}: {text}"))),
    };
    let (since, until) = (moment("since")?, moment("until")?);
    let (sender, answer) = stream("application/json");
    let world = engine.world();
    let live = world.events.live.subscribe();
    let wanted = |event: &&Arc<Event>| {
        since.is_some_and(|since| event.at >= since) && until.is_none_or(|until| event.at <= until)
    };
    let last: Vec<_> = world.events.last.iter().filter(wanted).cloned().collect();
    drop(world);
    let broken = engine.fault == Some(Fault::BrokenEvents);
    tokio::spawn(async move {
        if broken {
            let _ = sender.send(Err(std::io::Error::other("broken events"))).await;
            return;
        }
        for event in last.iter().filter(|event| fits(&event.json, &filters)) {
            if !line(&sender, &event.json).await {
                return;
            }
        }
        let telling = tell(&sender, &filters, live);
        match until {
            Some(until) => {
                let _ = tokio::time::timeout(until.since(Moment::now()), telling).await;
            }
            None => telling.await,
        }
    });
    Ok(answer)
}

/// Until nobody listens any more, or the engine ends.
async fn tell(sender: &Sender, filters: &Filters, mut live: broadcast::Receiver<Arc<Event>>) {
    loop {
        tokio::select! {
            () = sender.closed() => return,
            event = live.recv() => match event {
                Ok(event) if fits(&event.json, filters) => {
                    if !line(sender, &event.json).await {
                        return;
                    }
                }
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return,
            },
        }
    }
}

fn fits(event: &Value, filters: &Filters) -> bool {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let is_about = |kind: &str, wanted: &str| {
        text("/Type") == kind
            && (text("/Actor/ID").starts_with(wanted) || text("/Actor/Attributes/name") == wanted)
    };
    let of_image = |wanted: &str| is_about("image", wanted) || text("/from") == wanted;
    filters.fits("type", |kind| text("/Type") == kind)
        && filters.fits("event", |action| {
            text("/Action").split(':').next() == Some(action)
        })
        && filters.fits("container", |wanted| is_about("container", wanted))
        && filters.fits("image", of_image)
        && filters.all_fit("label", |label| {
            label_fits(event.pointer("/Actor/Attributes"), label)
        })
}
