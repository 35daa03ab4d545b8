//! What containers wrote.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use serde_json::Value;

use crate::{
    answer::{Answer, Refusal, Sender, stream},
    ask::Ask,
    clock::Moment,
    containers::{Container, find},
    engine::Engine,
};

/// Between two looks at a log that somebody follows.
const LOOK: Duration = Duration::from_millis(100);

/// Where a line was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    Out = 1,
    Err = 2,
}

/// One line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    at: Moment,
    channel: Channel,
    text: String,
}

impl Line {
    pub(crate) fn new(at: Moment, channel: &str, text: &str) -> Self {
        Self {
            at,
            channel: if channel == "stderr" {
                Channel::Err
            } else {
                Channel::Out
            },
            text: text.to_owned(),
        }
    }

    /// As it is sent: in a frame that names its channel, unless the container has a terminal.
    fn bytes(&self, form: &Form) -> Bytes {
        let time = if form.times {
            format!("{} ", self.at.text())
        } else {
            String::new()
        };
        let text = format!("{time}{}\n", self.text);
        if form.terminal {
            return text.replace('\n', "\r\n").into();
        }
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&[self.channel as u8, 0, 0, 0], &length[..], text.as_bytes()]
            .concat()
            .into()
    }
}

/// Which lines are wanted, and how.
struct Form {
    times: bool,
    terminal: bool,
    channels: Vec<Channel>,
    since: Option<Moment>,
    until: Option<Moment>,
}

impl Form {
    fn choose(&self, lines: &[Line]) -> Vec<Line> {
        lines.iter().filter(|line| self.wants(line)).cloned().collect()
    }

    fn wants(&self, line: &Line) -> bool {
        self.channels.contains(&line.channel)
            && self.since.is_none_or(|since| line.at >= since)
            && self.until.is_none_or(|until| line.at <= until)
    }
}

/// A reader of a log, and how much of it was seen.
struct Reader {
    engine: Weak<Engine>,
    id: String,
    form: Form,
    seen: usize,
}

/// `GET /containers/{id}/logs`.
pub(crate) fn answer(engine: &Arc<Engine>, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let world = engine.world();
    let container = &world.containers[find(&world.containers, name)?];
    let form = form(ask, container)?;
    let (sender, answer) = stream(if form.terminal {
        "application/vnd.docker.raw-stream"
    } else {
        "application/vnd.docker.multiplexed-stream"
    });
    let mut lines = form.choose(&container.log);
    let tail = ask.text("tail").parse().unwrap_or(lines.len()).min(lines.len());
    lines.drain(..lines.len() - tail);
    let reader = Reader {
        engine: Arc::downgrade(engine),
        id: container.id.clone(),
        form,
        seen: container.log.len(),
    };
    let follows = ask.is_set("follow");
    tokio::spawn(async move {
        if reader.send(&sender, &lines).await && follows {
            reader.follow(&sender).await;
        }
    });
    Ok(answer)
}

fn form(ask: &Ask, container: &Container) -> Result<Form, Refusal> {
    let wanted = [("stdout", Channel::Out), ("stderr", Channel::Err)].into_iter();
    let channels: Vec<_> = wanted
        .filter(|(name, _)| ask.is_set(name))
        .map(|(_, channel)| channel)
        .collect();
    if channels.is_empty() {
        return Err(Refusal::bad(
            "Bad parameters: you must choose at least one stream",
        ));
    }
    Ok(Form {
        times: ask.is_set("timestamps"),
        terminal: container.config.get("Tty") == Some(&Value::Bool(true)),
        channels,
        since: Moment::parse(ask.text("since")),
        // Clients send 0 for no end.
        until: Moment::parse(ask.text("until")).filter(|until| until.nanos() > 0),
    })
}

impl Reader {
    /// `false` when nobody reads any more.
    async fn send(&self, sender: &Sender, lines: &[Line]) -> bool {
        for line in lines {
            if sender.send(Ok(line.bytes(&self.form))).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Sends what is new until the container has ended, or nobody reads any more.
    async fn follow(mut self, sender: &Sender) {
        while !sender.is_closed() {
            tokio::time::sleep(LOOK).await;
            let Some(lines) = self.new_lines() else { return };
            if !self.send(sender, &lines).await {
                return;
            }
        }
    }

    /// `None` when nothing can come any more.
    fn new_lines(&mut self) -> Option<Vec<Line>> {
        let engine = self.engine.upgrade()?;
        let world = engine.world();
        let container = &world.containers[find(&world.containers, &self.id).ok()?];
        let new = container.log.get(self.seen..).unwrap_or_default();
        self.seen = container.log.len();
        (!new.is_empty() || container.state.status.is_up()).then(|| self.form.choose(new))
    }
}
