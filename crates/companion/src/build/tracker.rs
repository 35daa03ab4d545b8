//! How far a build is: `BuildKit`'s own stream of steps (`--progress=rawjson`), bounded.
//!
//! A step tells its platform in front of its name, or not at all; then it is that of the step before it.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    time::Instant,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use platform::Platform;
use serde::Deserialize;

use super::{How, Spot};
use crate::problem::plain;

/// Builds of hundreds of steps are rare; what is beyond is not told.
const MOST: usize = 2000;
/// The last lines of a step that are kept.
const SAID: usize = 6;
/// As much of a line, of a name or an error as is kept.
const LONGEST: usize = 400;
/// What is shown of a transfer has at most this many parts.
const STATUS: usize = 80;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Running,
    Done,
    Cached,
    Failed,
    Canceled,
}

/// A step of a build.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// Its place among all.
    pub(crate) place: usize,
    pub(crate) name: String,
    pub(crate) platform: Option<Platform>,
    pub(crate) how: How,
    pub(crate) state: State,
    /// How far it is, in `BuildKit`'s words.
    pub(crate) status: Option<String>,
    /// Its last lines.
    pub(crate) said: VecDeque<String>,
    pub(crate) error: Option<String>,
    pub(crate) seconds: Option<f64>,
    began: Option<Instant>,
    /// Whether its last line has not ended.
    is_open: bool,
}

/// All steps so far.
#[derive(Debug, Default)]
pub(crate) struct Tracker {
    steps: Vec<Step>,
    places: HashMap<String, usize>,
    changed: BTreeSet<usize>,
    hows: Vec<(Platform, How)>,
}

#[derive(Deserialize)]
struct Heard {
    #[serde(default)]
    vertexes: Vec<Vertex>,
    #[serde(default)]
    statuses: Vec<Status>,
    #[serde(default)]
    logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Vertex {
    digest: String,
    #[serde(default)]
    inputs: Vec<String>,
    #[serde(default)]
    name: String,
    started: Option<String>,
    completed: Option<String>,
    #[serde(default)]
    cached: bool,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    id: String,
    vertex: String,
    #[serde(default)]
    current: i64,
    #[serde(default)]
    total: i64,
}

#[derive(Deserialize)]
struct Log {
    vertex: String,
    #[serde(default)]
    data: String,
}

impl Tracker {
    /// For a build whose platforms are built as `spots` say.
    pub(crate) fn new(spots: &[Spot]) -> Self {
        Self {
            hows: spots
                .iter()
                .map(|spot| (spot.platform.clone(), spot.how))
                .collect(),
            ..Self::default()
        }
    }

    /// Hears a line. One that is no part of the stream is not taken: it is a sentence for people.
    pub(crate) fn hear(&mut self, line: &[u8], now: Instant) -> bool {
        let Ok(heard) = serde_json::from_slice::<Heard>(line) else {
            return false;
        };
        for vertex in heard.vertexes {
            self.vertex(&vertex, now);
        }
        for status in heard.statuses {
            if let Some(step) = self.step(&status.vertex) {
                let far = match (status.current, status.total) {
                    (current, total) if total > 0 => format!(" {} %", current.saturating_mul(100) / total),
                    _ => String::new(),
                };
                let text = cut(&format!("{}{far}", status.id), STATUS);
                step.status = (!text.is_empty()).then_some(text);
            }
        }
        for log in heard.logs {
            // What is no base64 is nothing that a build said.
            let data = BASE64_STANDARD.decode(&log.data).unwrap_or_default();
            if let Some(step) = self.step(&log.vertex) {
                step.said(&String::from_utf8_lossy(&data));
            }
        }
        true
    }

    /// The steps that changed since this was asked last.
    pub(crate) fn changes(&mut self) -> Vec<Step> {
        let changed = std::mem::take(&mut self.changed);
        let steps = changed.into_iter().filter_map(|place| self.steps.get(place));
        steps.cloned().collect()
    }

    /// The step that failed, the first of several.
    pub(crate) fn failed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.state == State::Failed)
    }

    fn step(&mut self, digest: &str) -> Option<&mut Step> {
        let place = *self.places.get(digest)?;
        self.changed.insert(place);
        self.steps.get_mut(place)
    }

    fn vertex(&mut self, vertex: &Vertex, now: Instant) {
        if !self.places.contains_key(&vertex.digest) {
            self.add(vertex);
        }
        let Some(step) = self.step(&vertex.digest) else {
            return;
        };
        let (is_begun, is_over) = (vertex.started.is_some(), vertex.completed.is_some());
        if is_begun {
            step.began.get_or_insert(now);
        }
        if is_over && !vertex.cached {
            step.seconds = step.began.map(|began| now.duration_since(began).as_secs_f64());
        }
        step.state = match (vertex.error.as_str(), is_over, is_begun) {
            ("", true, _) if vertex.cached => State::Cached,
            ("", true, _) => State::Done,
            ("", false, true) => State::Running,
            ("", false, false) => step.state,
            (error, ..) if error.contains("context canceled") => State::Canceled,
            _ => State::Failed,
        };
        if step.state == State::Failed {
            step.error = Some(cut(&vertex.error, LONGEST));
        }
    }

    fn add(&mut self, vertex: &Vertex) {
        let place = self.steps.len();
        if place >= MOST {
            return;
        }
        let before = || {
            let place = vertex.inputs.iter().find_map(|input| self.places.get(input))?;
            self.steps.get(*place)?.platform.clone()
        };
        let platform = platform_of(&vertex.name).or_else(before);
        let how = self.hows.iter().find(|(of, _)| Some(of) == platform.as_ref());
        self.steps.push(Step {
            place,
            name: cut(&vertex.name, LONGEST),
            how: how.map_or(How::Unknown, |(_, how)| *how),
            platform,
            state: State::Waiting,
            status: None,
            said: VecDeque::new(),
            error: None,
            seconds: None,
            began: None,
            is_open: false,
        });
        self.places.insert(vertex.digest.clone(), place);
    }
}

impl Step {
    /// Takes what it wrote, which may begin and end anywhere in a line.
    fn said(&mut self, text: &str) {
        for part in text.split_inclusive(['\n', '\r']) {
            let line = cut(part, LONGEST);
            match self.said.back_mut().filter(|_| self.is_open) {
                Some(last) => *last = cut(&format!("{last}{line}"), LONGEST),
                None if line.trim().is_empty() => continue,
                None => self.said.push_back(line),
            }
            self.is_open = !part.ends_with(['\n', '\r']);
        }
        let surplus = self.said.len().saturating_sub(SAID);
        self.said.drain(..surplus);
    }
}

/// The platform in `[linux/arm64 builder 2/4] RUN make`.
fn platform_of(name: &str) -> Option<Platform> {
    let word = name.strip_prefix('[')?.split([' ', ']']).next()?;
    word.contains('/')
        .then(|| word.parse().ok())
        .flatten()
        .filter(|platform: &Platform| {
            // `[2/4]` has a slash too.
            platform
                .os()
                .starts_with(|first: char| first.is_ascii_alphabetic())
        })
}

fn cut(text: &str, longest: usize) -> String {
    plain(text).trim().chars().take(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARM: &str = "linux/arm64";

    fn tracker() -> Tracker {
        Tracker::new(&[Spot {
            platform: Platform::linux("arm64"),
            node: None,
            how: How::Emulated,
        }])
    }

    #[test]
    fn steps_have_the_platform_that_they_say_or_that_of_the_step_before() {
        let mut all = tracker();
        let now = Instant::now();
        let lines = [
            r#"{"vertexes":[{"digest":"a","name":"[linux/arm64 1/2] FROM x","started":"t"},{"digest":"b","inputs":["a"],"name":"[2/2] RUN make"}]}"#,
            r#"{"vertexes":[{"digest":"a","name":"[linux/arm64 1/2] FROM x","started":"t","completed":"t","cached":true}]}"#,
            r#"{"statuses":[{"id":"extracting\u001b[2J","vertex":"b","current":1,"total":4}]}"#,
            // "one\ntw", "o\n": one line may come in two parts.
            r#"{"logs":[{"vertex":"b","data":"b25lCnR3"},{"vertex":"b","data":"bwo="},{"vertex":"b","data":"no base64!"}]}"#,
            r#"{"vertexes":[{"digest":"b","name":"[2/2] RUN make","started":"t","completed":"t","error":"exit code: 255"}]}"#,
        ];
        for line in lines {
            assert!(all.hear(line.as_bytes(), now), "{line}");
        }
        assert!(!all.hear(b"ERROR: failed to solve", now));
        let steps = all.changes();
        assert_eq!(steps.len(), 2);
        let platforms: Vec<_> = steps
            .iter()
            .map(|step| step.platform.clone().expect("known").to_string())
            .collect();
        assert_eq!(platforms, [ARM, ARM]);
        assert_eq!((steps[0].state, steps[1].state), (State::Cached, State::Failed));
        assert_eq!(steps[1].how, How::Emulated);
        assert_eq!(steps[1].said, ["one", "two"]);
        assert_eq!(steps[1].status.as_deref(), Some("extracting[2J 25 %"));
        assert_eq!(
            all.failed().and_then(|step| step.error.as_deref()),
            Some("exit code: 255")
        );
        assert_eq!(all.changes(), [], "each change is told once");
    }

    #[test]
    fn what_is_told_is_bounded() {
        let mut all = tracker();
        let now = Instant::now();
        for place in 0..MOST + 10 {
            let line = format!(
                r#"{{"vertexes":[{{"digest":"{place}","name":"{}"}}]}}"#,
                "n".repeat(1000)
            );
            all.hear(line.as_bytes(), now);
        }
        let lines = BASE64_STANDARD.encode("line\n".repeat(1000));
        all.hear(
            format!(r#"{{"logs":[{{"vertex":"1","data":"{lines}"}}]}}"#).as_bytes(),
            now,
        );
        let steps = all.changes();
        assert_eq!((steps.len(), steps[1].said.len()), (MOST, SAID));
        assert!(steps.iter().all(|step| step.name.len() <= LONGEST));
    }
}
