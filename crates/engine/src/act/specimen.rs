//! A container that is made of an image to be read, and never started.
//!
//! An engine shows the files of containers only. What was left behind by a maker that did not live to remove it is told
//! by its name and label together, and removed by whoever comes next.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use platform::Platform;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Container, Engine, EngineError, read};

/// What such a container is called, before a random number.
const PREFIX: &str = "archlight-specimen-";

/// Says when and by whom it was made. Containers get the labels of their image too, so this alone proves nothing.
const LABEL: &str = "io.archlight.specimen";

/// Making takes three minutes at most, removing one and a half, and few read for longer than some: whether a maker on
/// another machine still does is not known here.
const LEFT_OVER: Duration = Duration::from_mins(10);

/// A maker that lives on this machine may still read what it made: a scan of a large image on a busy engine takes hours.
/// Only a process of another program that has its number by now lives longer.
const LONGEST: Duration = Duration::from_hours(24);

/// A crash leaves one or two; more than this are somebody's doing, and the next start takes the next ones.
const AT_ONCE: usize = 32;

/// Stands where an image names no command, because no container can be made without one. It is never run.
const NO_COMMAND: &str = "archlight-no-command";

/// A container that is there to be read. Dropping it removes it in the background, [`Specimen::remove`] at once.
#[derive(Debug)]
pub struct Specimen {
    engine: Engine,
    id: String,
    names_command: bool,
    removed: bool,
}

impl Specimen {
    /// The container's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the image says what is to be run. If not, the container's command is a placeholder.
    pub fn names_command(&self) -> bool {
        self.names_command
    }

    /// Removes it, and the volumes that came with it.
    pub async fn remove(mut self) -> Result<(), EngineError> {
        let removed = self.engine.remove_with_volumes(&self.id).await;
        self.removed = removed.is_ok();
        removed
    }
}

impl Drop for Specimen {
    fn drop(&mut self) {
        if self.removed {
            return;
        }
        let (engine, id) = (self.engine.clone(), std::mem::take(&mut self.id));
        // What fails here is a left-over, which the next start removes.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { engine.remove_with_volumes(&id).await });
        }
    }
}

impl Engine {
    /// Makes a container of `image` that is never started. Nothing is pulled.
    ///
    /// `platform` picks among several that the image has here; the engine picks without it.
    pub async fn specimen(&self, image: &str, platform: Option<&Platform>) -> Result<Specimen, EngineError> {
        let (engine, image, platform) = (self.clone(), image.to_owned(), platform.cloned());
        // In a task of its own: who stops waiting for it must not leave behind what the engine is about to make.
        let making = tokio::spawn(async move { engine.make_specimen(&image, platform.as_ref()).await });
        making.await.map_err(|error| EngineError::BrokenOff {
            what: "create".to_owned(),
            why: error.to_string(),
        })?
    }

    async fn make_specimen(&self, image: &str, platform: Option<&Platform>) -> Result<Specimen, EngineError> {
        let maker = Maker::this();
        let name = format!("{PREFIX}{:016x}", RandomState::new().hash_one(maker.pid));
        let specimen = |id, names_command| Specimen {
            engine: self.clone(),
            id,
            names_command,
            removed: false,
        };
        match self.create(&name, platform, &body(image, &maker, None)).await {
            Ok(id) => Ok(specimen(id, true)),
            Err(error) if is_without_command(&error) => {
                let body = body(image, &maker, Some(NO_COMMAND));
                Ok(specimen(self.create(&name, platform, &body).await?, false))
            }
            Err(error) => Err(error),
        }
    }

    /// Removes what makers left behind that are no longer there, or should have been done long ago.
    ///
    /// Only containers that were never started, and none that somebody else may still be reading. The error is the first
    /// one, of those that could not be removed.
    pub async fn remove_specimens(&self) -> Result<(), EngineError> {
        let filters = json!({ "label": [LABEL], "status": ["created"] }).to_string();
        let target = format!("/containers/json?all=1&filters={}", read::escaped(&filters));
        let now = unix_seconds();
        let rows = self.listed(&target).await?;
        let left = rows.iter().filter(|row| row.is_specimen());
        let left = left.filter(|row| {
            let maker = row.labels.get(LABEL).and_then(|label| Maker::parse(label));
            maker.is_none_or(|maker| maker.is_done(&Maker::this(), now))
        });
        let mut done = Ok(());
        for row in left.take(AT_ONCE) {
            // One that cannot be removed keeps nobody from removing the others.
            let removed = self.remove_unstarted(&row.id).await;
            done = done.and(removed);
        }
        done
    }
}

/// Whether a container of this name is there to be read only, `has` telling of its labels: no list shows it.
pub(crate) fn is_specimen(name: &str, has: impl FnOnce(&str) -> bool) -> bool {
    name.starts_with(PREFIX) && has(LABEL)
}

impl Container {
    pub(crate) fn is_specimen(&self) -> bool {
        is_specimen(&self.name, |label| self.labels.contains_key(label))
    }
}

/// Without network, ports, or a policy that would start it.
fn body(image: &str, maker: &Maker, entrypoint: Option<&str>) -> Value {
    let mut body = json!({
        "Image": image,
        "Labels": { LABEL: maker.to_string() },
        "HostConfig": {
            "NetworkMode": "none",
            "RestartPolicy": { "Name": "no" },
            "AutoRemove": false,
        },
    });
    if let Some(entrypoint) = entrypoint {
        body["Entrypoint"] = json!([entrypoint]);
    }
    body
}

/// Engines write it with a capital or without.
fn is_without_command(error: &EngineError) -> bool {
    matches!(error, EngineError::Refused { message, .. } if message.to_ascii_lowercase().contains("no command"))
}

/// Who made a specimen, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Maker {
    /// Unix seconds.
    at: u64,
    /// The machine, as the start of its name's digest: the name is nobody's business.
    machine: String,
    pid: u32,
}

impl Maker {
    pub(super) fn this() -> Self {
        let name = Sha256::digest(rustix::system::uname().nodename().to_bytes());
        let [a, b, c, d, ..]: [u8; 32] = name.into();
        Self {
            at: unix_seconds(),
            machine: format!("{:08x}", u32::from_be_bytes([a, b, c, d])),
            pid: std::process::id(),
        }
    }

    pub(super) fn parse(label: &str) -> Option<Self> {
        let mut words = label.split('-');
        let (at, machine, pid) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            at: at.parse().ok()?,
            machine: machine.to_owned(),
            pid: pid.parse().ok()?,
        })
    }

    /// Whether it still runs. Of another machine nothing is known from here: it is given a while.
    pub(super) fn is_at_work(&self) -> bool {
        !self.is_done(&Self::this(), unix_seconds())
    }

    /// Whether it has ended, as far as that is known from here, or has had more time than it can need.
    fn is_done(&self, here: &Self, now: u64) -> bool {
        let is_here = self.machine == here.machine;
        let limit = if is_here { LONGEST } else { LEFT_OVER };
        is_here && !is_alive(self.pid) || now.saturating_sub(self.at) > limit.as_secs()
    }
}

impl std::fmt::Display for Maker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}-{}-{}", self.at, self.machine, self.pid)
    }
}

/// Whether there is such a process here. Another one may have its number by now: then its age decides.
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    // Being refused means that somebody is there.
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Larger than any process id can be.
    const NOBODY: u32 = 1 << 30;

    #[test]
    fn a_maker_is_read_back_from_its_label() {
        let maker = Maker::this();
        assert_eq!(Maker::parse(&maker.to_string()), Some(maker));
        for label in ["", "1", "x-0-1", "1-0-x", "1-0"] {
            assert_eq!(Maker::parse(label), None, "{label}");
        }
    }

    #[test]
    fn only_what_nobody_reads_any_more_is_left_over() {
        let here = Maker::this();
        let now = here.at + 1;
        let ended = Maker {
            pid: NOBODY,
            ..here.clone()
        };
        let elsewhere = Maker {
            machine: "00".to_owned(),
            ..ended.clone()
        };
        let late = now + LEFT_OVER.as_secs();
        let very_late = now + LONGEST.as_secs();
        assert!(!here.is_done(&here, late) && here.is_done(&here, very_late));
        assert!(ended.is_done(&here, now));
        assert!(!elsewhere.is_done(&here, now) && elsewhere.is_done(&here, late));
    }

    #[test]
    fn a_container_whose_image_only_has_the_label_is_none() {
        assert!(is_specimen("archlight-specimen-0", |label| label == LABEL));
        assert!(!is_specimen("web", |_| true));
        assert!(!is_specimen("archlight-specimen-0", |_| false));
    }
}
