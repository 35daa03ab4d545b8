//! Finds out what runs the programs of a platform, by running some: a few hundred bytes of our own.
//!
//! Settings say what should be; only a program that runs proves it. The programs come in an image that is packed here,
//! and run without network, rights, or anything of the engine's machine. Container and image are removed at once, or at
//! the next start when nobody lived to do it.

mod found;
pub(crate) mod image;
mod measure;
mod outcome;
mod remembered;
mod run;
mod said;
mod speed;

use std::time::Duration;

use platform::{Native, Platform};

pub(crate) use self::remembered::Remembered;
pub use self::{
    found::{Doubt, Feature, Probe, RunBy, Runs, Why},
    speed::{Speed, Speeds},
};
use self::{
    image::Image,
    run::{Ended, Subject, Task},
};
use super::maker::{AT_ONCE, Maker, random};
use crate::{Container, Engine, EngineError, read};

/// What a probe's container is called, before a random number.
const PREFIX: &str = "archlight-probe-";

/// Says when and by whom it was made: on the image, and on the container.
const LABEL: &str = "io.archlight.probe";

/// Loading or removing an image of a few kilobytes: a busy engine has a queue.
const LOAD: Duration = Duration::from_mins(1);

/// Who the program runs as: nobody.
const NOBODY: &str = "65534:65534";

/// How much of a platform is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Whether its programs run, and by what.
    Runs,
    /// Also how fast, and whether those that name a loader do.
    All,
}

impl Engine {
    /// Runs programs for `platform`, and says what ran them and how fast. An error only when the engine itself is out of
    /// reach.
    pub async fn probe(&self, platform: &Platform) -> Result<Probe, EngineError> {
        self.probe_to(platform, Depth::All).await
    }

    /// Whether programs of `platform` run here: by a probe that measures nothing, unless one was seen to run within the
    /// last minute.
    pub async fn can_run(&self, platform: &Platform) -> Runs {
        if self.remembered.runs(platform) {
            return Runs::Yes;
        }
        match self.probe_to(platform, Depth::Runs).await {
            Ok(probe) => probe.runs,
            Err(error) => Runs::Unknown {
                why: Doubt::Refused {
                    message: error.to_string(),
                },
            },
        }
    }

    /// What probes on this connection found out and nobody has taken yet, those before a re-run too.
    pub fn take_probes(&self) -> Vec<Probe> {
        self.remembered.take()
    }

    /// Removes the containers and images that probes left behind which are no longer there.
    pub async fn remove_probes(&self) -> Result<(), EngineError> {
        let filters = serde_json::json!({ "label": [LABEL] }).to_string();
        let target = format!("/containers/json?all=1&filters={}", read::escaped(&filters));
        let rows = self.listed(&target).await?;
        let left = rows.iter().filter(|row| row.is_probe());
        let left = left.filter(|row| Maker::is_gone(row.labels.get(LABEL).map_or("", String::as_str)));
        for row in left.take(AT_ONCE) {
            // It may run: a translator that crashed hangs.
            self.remove_with_volumes(&row.id).await?;
        }
        for name in self.images_left().await? {
            self.unload(&name).await?;
        }
        Ok(())
    }

    /// Lets probes on this connection end at once, and waits until what they made is removed. No other begins after that,
    /// and who waits for one waits for ever: for a program that ends.
    pub async fn end_probes(&self) {
        self.remembered.end();
        self.remembered.ended().await;
    }

    async fn probe_to(&self, platform: &Platform, depth: Depth) -> Result<Probe, EngineError> {
        let (engine, asked) = (self.clone(), platform.clone());
        let under_way = self.remembered.begin();
        // In a task of its own: who stops waiting for it must not leave behind what is about to be made.
        let probing = tokio::spawn(async move {
            let probe = engine.probe_and_remove(&asked, depth).await;
            drop(under_way);
            probe
        });
        let probe = probing.await.map_err(|error| broken_off(error.to_string()));
        if self.remembered.is_ending() {
            // Nobody goes on with what was not found out.
            std::future::pending::<()>().await;
        }
        let probe = probe??;
        self.remembered.note(&probe);
        Ok(probe)
    }

    async fn probe_and_remove(&self, platform: &Platform, depth: Depth) -> Result<Probe, EngineError> {
        if self.remembered.is_ending() {
            return Err(ended());
        }
        let mark = format!("{}-{:08x}", Maker::this(), random());
        let base = Platform::new(platform.os(), platform.architecture(), "");
        let image = Image::new(platform.architecture(), &mark).ok().flatten();
        let Some(image) = image.filter(|_| platform.os() == "linux") else {
            return Ok(Probe::unknown(platform, Doubt::NoProgram));
        };
        let subject = Subject {
            image: &image,
            platform: &base,
            mark: &mark,
        };
        let found = self.load_and_run(&subject, depth).await;
        // What cannot be removed now is left to the next start.
        self.unload(&image.name).await.ok();
        let probe = match found {
            Ok(probe) => probe,
            Err(error) if error.is_lost() => return Err(error),
            Err(error) => Probe::unknown(platform, refused(&error)),
        };
        Ok(probe.of_variant(platform))
    }

    async fn load_and_run(&self, of: &Subject<'_>, depth: Depth) -> Result<Probe, EngineError> {
        self.load(of.image).await?;
        let mut ended = self.run_probe(of, Task::Greet).await?;
        let mut probe = outcome::probe(of.platform, &ended);
        let is_native = self.is_native(of.platform);
        if probe.runs == Runs::Yes && depth == Depth::All {
            let (speeds, seen) = Box::pin(self.measure(of)).await?;
            ended.seen = seen;
            probe = outcome::probe(of.platform, &ended);
            probe.speeds = speeds;
        } else if probe.runs == Runs::Yes && probe.translator == RunBy::Unknown && !is_native {
            // The processor's name told nothing: the engine's list of processes may.
            ended.seen = or_nothing(self.run_probe(of, Task::BeSeen).await)?.seen;
            probe = outcome::probe(of.platform, &ended);
        }
        if is_native && probe.runs == Runs::Yes {
            probe.translator = RunBy::Native;
        }
        if depth == Depth::All && !matches!(probe.runs, Runs::Unknown { .. }) {
            let with_loader = or_nothing(self.run_probe(of, Task::Load).await.map(Some))?;
            probe.dynamic = with_loader.map(|ended| outcome::dynamic(of.platform, &ended));
        }
        Ok(probe)
    }

    fn is_native(&self, platform: &Platform) -> bool {
        platform.runs_on(&self.identity.platform) == Native::Yes
    }
}

/// What is made of a program for `architecture` that wrote `lines` and ended with `code`, or did not end; as if it had been
/// measured beside itself.
pub(crate) fn told(architecture: &str, code: Option<i64>, lines: Vec<String>) -> Probe {
    let ended = Ended {
        code,
        lines,
        ..Ended::default()
    };
    let platform = Platform::linux(architecture);
    let rounds = outcome::rounds(&platform, &ended);
    Probe {
        dynamic: Some(outcome::dynamic(&platform, &ended)),
        speeds: Speeds::of(&rounds, &rounds),
        ..outcome::probe(&platform, &ended)
    }
}

/// Whether a container of this name is there for a probe only, `has` telling of its labels: no list shows it.
pub(crate) fn is_probe(name: &str, has: impl FnOnce(&str) -> bool) -> bool {
    name.starts_with(PREFIX) && has(LABEL)
}

impl Container {
    pub(crate) fn is_probe(&self) -> bool {
        is_probe(&self.name, |label| self.labels.contains_key(label))
    }
}

/// What else could not be found out is nothing: an error only when the engine is out of reach.
fn or_nothing<T: Default>(found: Result<T, EngineError>) -> Result<T, EngineError> {
    match found {
        Err(error) if error.is_lost() => Err(error),
        other => Ok(other.unwrap_or_default()),
    }
}

fn broken_off(why: String) -> EngineError {
    EngineError::BrokenOff {
        what: "probe".to_owned(),
        why,
    }
}

/// The program ends.
fn ended() -> EngineError {
    broken_off("the program ends".to_owned())
}

fn refused(error: &EngineError) -> Doubt {
    Doubt::Refused {
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_whose_image_only_has_the_label_is_none() {
        assert!(is_probe("archlight-probe-0", |label| label == LABEL));
        assert!(!is_probe("web", |_| true));
        assert!(!is_probe("archlight-probe-0", |_| false));
    }
}
