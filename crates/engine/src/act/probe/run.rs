//! Makes a probe's container, runs it, reads what it said, and removes it.

use std::time::{Duration, Instant};

use platform::Platform;
use serde_json::{Value, json};

use super::{
    LABEL, NOBODY, PREFIX,
    image::{Image, PROGRAM},
    outcome,
};
use crate::{Engine, EngineError, Translator, act::maker::random};

/// The program takes milliseconds; a translator that is started for the first time on a busy machine takes seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(40);

/// The last line of a log can come after the end: so much later on a busy machine.
const LATE: Duration = Duration::from_secs(2);

/// A translator takes some ten megabytes for a program of this size.
const MEMORY: u64 = 256 * 1024 * 1024;

/// The program has one thread, a translator some more.
const PROCESSES: u32 = 32;

/// Makes the program live for another second.
const PAUSE: &str = "pause";

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    /// What it ended with; `None` when it did not end.
    pub(super) code: Option<i64>,
    /// What it wrote.
    pub(super) lines: Vec<String>,
    /// Why the engine did not start it.
    pub(super) refusal: Option<String>,
}

impl Engine {
    pub(super) async fn run_probe(
        &self,
        image: &Image,
        platform: &Platform,
        mark: &str,
    ) -> Result<Ended, EngineError> {
        let id = self.make_probe(image, platform, mark, None).await?;
        let ended = self.start_and_read(&id).await;
        // What cannot be removed now is left to the next start.
        self.remove_with_volumes(&id).await.ok();
        ended
    }

    /// What the list of processes shows of a program that lives for a second.
    pub(super) async fn translator_of_probe(
        &self,
        image: &Image,
        platform: &Platform,
        mark: &str,
    ) -> Result<Option<Translator>, EngineError> {
        let id = self.make_probe(image, platform, mark, Some(PAUSE)).await?;
        let seen = match self.start(&id).await {
            Ok(()) => self.translator_seen(&id).await,
            Err(error) => Err(error),
        };
        self.remove_with_volumes(&id).await.ok();
        match seen {
            Err(error) if error.is_lost() => Err(error),
            // That it cannot be seen tells nothing.
            other => Ok(other.unwrap_or_default()),
        }
    }

    async fn make_probe(
        &self,
        image: &Image,
        platform: &Platform,
        mark: &str,
        argument: Option<&str>,
    ) -> Result<String, EngineError> {
        let name = format!("{PREFIX}{:016x}", random());
        self.create(&name, Some(platform), &body(&image.name, mark, argument))
            .await
    }

    async fn start_and_read(&self, id: &str) -> Result<Ended, EngineError> {
        if let Err(error) = self.start(id).await {
            return match error {
                error if error.is_lost() => Err(error),
                error => Ok(Ended {
                    refusal: Some(error.to_string()),
                    ..Ended::default()
                }),
            };
        }
        let code = self.await_end(id).await?;
        let lines = self.await_words(id).await?;
        Ok(Ended {
            code,
            lines,
            refusal: None,
        })
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

    async fn await_words(&self, id: &str) -> Result<Vec<String>, EngineError> {
        let until = Instant::now() + LATE;
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
fn body(image: &str, mark: &str, argument: Option<&str>) -> Value {
    json!({
        "Image": image,
        "Entrypoint": [PROGRAM],
        "Cmd": argument.into_iter().collect::<Vec<_>>(),
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
