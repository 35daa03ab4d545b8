//! Makes a probe's container, runs it, reads what it said, and removes it.

use std::time::{Duration, Instant};

use platform::Platform;
use serde_json::{Value, json};

use super::{
    LABEL, NOBODY, PREFIX,
    image::{Image, PROGRAM, WITH_LOADER},
    outcome,
};
use crate::{Engine, EngineError, Translator, act::maker::random};

/// The program takes milliseconds; a translator that is started for the first time on a busy machine takes seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(40);

/// The last line of a log can come after the end: so much later on a busy machine. One that ended well wrote it, and is
/// waited for as for the end itself.
const LATE: Duration = Duration::from_secs(2);

/// A translator takes some ten megabytes for a program of this size.
const MEMORY: u64 = 256 * 1024 * 1024;

/// The program has one thread, a translator some more.
const PROCESSES: u32 = 32;

/// Looks at a list of processes: one that hides its translators is not asked for as long as the program lives.
const LOOKS: usize = 4;

/// Whose programs are run: a platform's, by an image that is loaded.
pub(super) struct Subject<'a> {
    pub(super) image: &'a Image,
    pub(super) platform: &'a Platform,
    /// Who made it all, for its labels.
    pub(super) mark: &'a str,
}

/// What a program is run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// To say what runs it.
    Greet,
    /// Also to measure, for half a second.
    Measure,
    /// Also to be seen in the list of processes meanwhile.
    BeSeen,
    /// To be started by a loader.
    Load,
}

impl Task {
    fn program(self) -> &'static str {
        match self {
            Self::Greet | Self::Measure | Self::BeSeen => PROGRAM,
            Self::Load => WITH_LOADER,
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Greet | Self::Load => &[],
            Self::Measure | Self::BeSeen => &["measure"],
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    /// What it ended with; `None` when it did not end.
    pub(super) code: Option<i64>,
    /// What it wrote.
    pub(super) lines: Vec<String>,
    /// Why the engine did not start it.
    pub(super) refusal: Option<String>,
    /// The translator that the list of processes showed, and its command line.
    pub(super) seen: Option<(Translator, String)>,
}

impl Engine {
    pub(super) async fn run_probe(&self, of: &Subject<'_>, task: Task) -> Result<Ended, EngineError> {
        if self.remembered.is_ending() {
            return Err(super::ended());
        }
        let name = format!("{PREFIX}{:016x}", random());
        let body = body(&of.image.name, of.mark, task);
        let id = self.create(&name, Some(of.platform), &body).await?;
        let ended = tokio::select! {
            ended = self.start_and_read(&id, task) => ended,
            () = self.remembered.ending() => Err(super::ended()),
        };
        // What cannot be removed now is left to the next start.
        self.remove_with_volumes(&id).await.ok();
        ended
    }

    async fn start_and_read(&self, id: &str, task: Task) -> Result<Ended, EngineError> {
        if let Err(error) = self.start(id).await {
            return match error {
                error if error.is_lost() => Err(error),
                error => Ok(Ended {
                    refusal: Some(error.to_string()),
                    ..Ended::default()
                }),
            };
        }
        let watch = async {
            match task {
                Task::BeSeen => self.translator_of_probe(id).await,
                Task::Greet | Task::Measure | Task::Load => None,
            }
        };
        let (code, seen) = tokio::join!(self.await_end(id), watch);
        let code = code?;
        let late = if code == Some(0) { PATIENCE } else { LATE };
        Ok(Ended {
            code,
            lines: self.await_words(id, late).await?,
            refusal: None,
            seen,
        })
    }

    /// What the list of processes shows of a program that lives for a while. That none is seen tells nothing.
    async fn translator_of_probe(&self, id: &str) -> Option<(Translator, String)> {
        for _ in 0..LOOKS {
            // The program may just be starting. A list that cannot be had says that it has ended.
            let seen = self.translator_shown(id).await.ok()?;
            if seen.is_some() {
                return seen;
            }
            tokio::time::sleep(LOOK).await;
        }
        None
    }

    async fn await_end(&self, id: &str) -> Result<Option<i64>, EngineError> {
        let until = Instant::now() + PATIENCE;
        loop {
            let state = self.inspect(id).await?.state();
            match state.status.as_str() {
                "exited" | "dead" => return Ok(Some(state.exit_code)),
                _ if Instant::now() >= until => return Ok(None),
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    }

    async fn await_words(&self, id: &str, late: Duration) -> Result<Vec<String>, EngineError> {
        let until = Instant::now() + late;
        loop {
            let lines = match self.log_tail(id).await {
                Ok(tail) => tail.lines.into_iter().map(|line| line.text).collect(),
                Err(error) if error.is_lost() => return Err(error),
                // Its exit code tells something too.
                Err(_) => Vec::new(),
            };
            if outcome::is_whole(&lines) || Instant::now() >= until {
                return Ok(lines);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Nothing of the machine, no rights, and not much of anything.
fn body(image: &str, mark: &str, task: Task) -> Value {
    json!({
        "Image": image,
        "Entrypoint": [task.program()],
        "Cmd": task.arguments(),
        "User": NOBODY,
        "Labels": { LABEL: mark },
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": true,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "Memory": MEMORY,
            "MemorySwap": MEMORY,
            "PidsLimit": PROCESSES,
            "Ulimits": [{ "Name": "core", "Soft": 0, "Hard": 0 }],
            "LogConfig": { "Type": "json-file", "Config": { "max-size": "64k", "max-file": "1" } },
            "RestartPolicy": { "Name": "no" },
            "AutoRemove": false,
            "Init": false,
        },
    })
}
