//! A container that is made of an image to be read, and never started.
//!
//! An engine shows the files of containers only. What was left behind by a maker that did not live to remove it is told
//! by its name and label together, and removed by whoever comes next.

use platform::Platform;
use serde_json::{Value, json};

use super::maker::{AT_ONCE, Maker, random};
use crate::{Container, Engine, EngineError, read};

/// What such a container is called, before a random number.
const PREFIX: &str = "archlight-specimen-";

/// Says when and by whom it was made. Containers get the labels of their image too, so this alone proves nothing.
const LABEL: &str = "io.archlight.specimen";

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
        self.specimen_with(image, platform, Vec::new()).await
    }

    /// The same with volumes, as `--volume` takes them.
    pub(super) async fn specimen_with(
        &self,
        image: &str,
        platform: Option<&Platform>,
        binds: Vec<String>,
    ) -> Result<Specimen, EngineError> {
        let (engine, image, platform) = (self.clone(), image.to_owned(), platform.cloned());
        // In a task of its own: who stops waiting for it must not leave behind what the engine is about to make.
        let making =
            tokio::spawn(async move { engine.make_specimen(&image, platform.as_ref(), &binds).await });
        making.await.map_err(|error| EngineError::BrokenOff {
            what: "create".to_owned(),
            why: error.to_string(),
        })?
    }

    async fn make_specimen(
        &self,
        image: &str,
        platform: Option<&Platform>,
        binds: &[String],
    ) -> Result<Specimen, EngineError> {
        let maker = Maker::this();
        let name = format!("{PREFIX}{:016x}", random());
        let specimen = |id, names_command| Specimen {
            engine: self.clone(),
            id,
            names_command,
            removed: false,
        };
        match self
            .create(&name, platform, &body(image, &maker, binds, None))
            .await
        {
            Ok(id) => Ok(specimen(id, true)),
            Err(error) if is_without_command(&error) => {
                let body = body(image, &maker, binds, Some(NO_COMMAND));
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
        let rows = self.listed(&target).await?;
        let left = rows.iter().filter(|row| row.is_specimen());
        let left = left.filter(|row| Maker::is_gone(row.labels.get(LABEL).map_or("", String::as_str)));
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
fn body(image: &str, maker: &Maker, binds: &[String], entrypoint: Option<&str>) -> Value {
    let mut body = json!({
        "Image": image,
        "Labels": { LABEL: maker.to_string() },
        "HostConfig": {
            "NetworkMode": "none",
            "RestartPolicy": { "Name": "no" },
            "AutoRemove": false,
            "Binds": binds,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_whose_image_only_has_the_label_is_none() {
        assert!(is_specimen("archlight-specimen-0", |label| label == LABEL));
        assert!(!is_specimen("web", |_| true));
        assert!(!is_specimen("archlight-specimen-0", |_| false));
    }
}
