//! Copies of volumes: the new container writes into these, and the old one's stay as they are.
//!
//! A volume is read through the old container and written through one that is never run: owners, permissions and links are
//! in the archive that goes from one to the other.

use std::io;

use bollard::query_parameters::{RemoveVolumeOptions, UploadToContainerOptionsBuilder};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::{
    body::Body,
    mounted::{is_generated, is_same_place},
    plan::{Change, Field, Plan, Warning},
    rerun::{Progress, Report},
};
use crate::{Engine, EngineError, Inspection, read};

/// As much of a name as people can tell apart; volumes without a name have 64 digits.
const NAME: usize = 40;

/// A name that is taken gets a number, up to this.
const NUMBERS: usize = 1000;

/// Before a number: where a copy is mounted while it is filled.
const PLACE: &str = "archlight-copy-";

/// On a copy, with the name of what it is a copy of.
const COPY_OF: &str = "io.archlight.copy-of";

/// One volume that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeCopy {
    /// Where it is mounted.
    pub path: String,
    /// The old one's name.
    pub from: String,
    /// The new one's name.
    pub to: String,
}

impl Engine {
    /// Lets `plan` give the new container copies of the volumes that it may write to. Changes nothing else.
    pub async fn copy_volumes_in(&self, plan: &mut Plan) -> Result<(), EngineError> {
        let architecture = plan.to.architecture().to_owned();
        let mut copies: Vec<VolumeCopy> = Vec::new();
        for (path, from) in writable_volumes(&plan.old, &plan.body) {
            let known = copies
                .iter()
                .find(|copy| copy.from == from)
                .map(|copy| copy.to.clone());
            let to = match known {
                Some(to) => to,
                None => self.free_name(plan, &path, &from, &architecture).await?,
            };
            copies.push(VolumeCopy { path, from, to });
        }
        apply(&mut plan.body, &copies);
        plan.changes.extend(copies.iter().map(|copy| Change {
            field: Field::VolumeCopy,
            from: copy.from.clone(),
            to: copy.to.clone(),
        }));
        // A folder of the machine is not copied: there the warning stays.
        let is_copied = |path: &str| copies.iter().any(|copy| is_same_place(&copy.path, path));
        plan.warnings
            .retain(|warning| !matches!(warning, Warning::Database { path, .. } if is_copied(path)));
        plan.copies = copies;
        self.write_out(plan);
        Ok(())
    }

    async fn free_name(
        &self,
        plan: &Plan,
        path: &str,
        from: &str,
        architecture: &str,
    ) -> Result<String, EngineError> {
        let base = if is_generated(from) {
            format!(
                "{}{}",
                plan.old.name(),
                path.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")
            )
        } else {
            from.to_owned()
        };
        let base: String = base.chars().take(NAME).collect();
        let numbers = (2..NUMBERS).map(|number| format!("{base}-{architecture}-{number}"));
        for name in std::iter::once(format!("{base}-{architecture}")).chain(numbers) {
            let target = format!("/volumes/{}", read::escaped(&name));
            match self.get::<Value>(&target, read::QUICK, read::OBJECT_BYTES).await {
                Ok(_) => {}
                Err(EngineError::NotThere { .. }) => return Ok(name),
                Err(error) => return Err(error),
            }
        }
        Err(EngineError::NotPossible {
            message: format!("there are too many copies of the volume `{from}`"),
        })
    }

    /// Makes the volumes that the copies go into. A name that somebody took since is refused, not written into.
    pub(super) async fn make_volumes(&self, copies: &[VolumeCopy]) -> Result<(), EngineError> {
        for VolumeCopy { from, to, .. } in copies {
            let body = json!({ "Name": to, "Labels": { COPY_OF: from } });
            self.post("/volumes/create", Some(&body), read::QUICK).await?;
            if !self.is_copy(from, to).await? {
                return Err(EngineError::NotPossible {
                    message: format!("a volume `{to}` was made by somebody else in the meantime"),
                });
            }
        }
        Ok(())
    }

    /// Removes copies that nothing uses, after what failed. One that stays for whatever reason harms nothing.
    pub(super) async fn remove_volumes(&self, copies: &[VolumeCopy]) {
        for VolumeCopy { from, to, .. } in copies {
            if self.is_copy(from, to).await.unwrap_or(false) {
                self.docker
                    .remove_volume(to, None::<RemoveVolumeOptions>)
                    .await
                    .ok();
            }
        }
    }

    async fn is_copy(&self, from: &str, to: &str) -> Result<bool, EngineError> {
        let target = format!("/volumes/{}", read::escaped(to));
        let volume: Value = self.get(&target, read::QUICK, read::OBJECT_BYTES).await?;
        Ok(volume["Labels"][COPY_OF] == *from)
    }

    /// Fills the copies from the volumes, into which nobody writes by now.
    ///
    /// They are read and written through containers that are there for this only: the new one may have files that cannot be
    /// written to, or a link in the place of a volume.
    pub(super) async fn fill_volumes(
        &self,
        plan: &Plan,
        new_id: &str,
        report: Report<'_>,
    ) -> Result<(), EngineError> {
        // One that is mounted in several places is copied once.
        let mut copies: Vec<&VolumeCopy> = Vec::new();
        for copy in &plan.copies {
            if copies.iter().all(|known| known.to != copy.to) {
                copies.push(copy);
            }
        }
        if copies.is_empty() {
            return Ok(());
        }
        // By now the name that it was made by may mean the old one again.
        let image = self.inspect(new_id).await?.image_id().to_owned();
        let places = || copies.iter().enumerate();
        let read = places().map(|(place, copy)| format!("{}:/{PLACE}{place}:ro,nocopy", copy.from));
        let written = places().map(|(place, copy)| format!("{}:/{PLACE}{place}:nocopy", copy.to));
        let (read, written) = (read.collect(), written.collect());
        let from = self.specimen_with(&image, Some(&plan.to), read).await?;
        let to = self.specimen_with(&image, Some(&plan.to), written).await?;
        let mut done = Ok(());
        for (place, copy) in places() {
            report(Progress::Copying(copy.path.clone()));
            done = self
                .copy_folder(from.id(), to.id(), &format!("{PLACE}{place}"))
                .await;
            if done.is_err() {
                break;
            }
        }
        // As long as they are there, nobody can remove the copies.
        from.remove().await.ok();
        to.remove().await.ok();
        done
    }

    /// Copies the folder `place` in the root of one container to the same place in another. Takes as long as it takes: the
    /// engine sends and reads all of it.
    ///
    /// The archive holds the folder itself, with its owner and permissions, and is unpacked in the root: engines of old
    /// refuse links that lead out of where they unpack.
    async fn copy_folder(&self, from: &str, to: &str, place: &str) -> Result<(), EngineError> {
        let source = format!("/containers/{from}/archive?path=/{place}");
        let mut chunks = Box::pin(self.stream(&source));
        // What the engine refuses comes before the first bytes: it is its words that are told, not those of a broken upload.
        let first = chunks.next().await.transpose()?.unwrap_or_default();
        let archive = stream::iter([Ok(first)]).chain(chunks);
        let archive = archive.map_err(|error| io::Error::other(error.to_string()));
        self.unpack(to, "/", archive).await
    }

    async fn unpack(
        &self,
        id: &str,
        path: &str,
        archive: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Result<(), EngineError> {
        let options = UploadToContainerOptionsBuilder::default().path(path).build();
        let body = bollard::body_try_stream(archive);
        let sent = self.docker.upload_to_container(id, Some(options), body).await;
        sent.map_err(|error| self.error(error, "copy a volume"))
    }
}

/// Mounts the copies in the places of what they are copies of.
pub(crate) fn apply(body: &mut Body, copies: &[VolumeCopy]) {
    let host = &mut body.create["HostConfig"];
    let copy_at = |path: &str| copies.iter().find(|copy| is_same_place(&copy.path, path));
    for bind in host["Binds"].as_array_mut().into_iter().flatten() {
        let Some(text) = bind.as_str().map(ToOwned::to_owned) else {
            continue;
        };
        let mut parts = text.splitn(3, ':');
        let (_, path, options) = (parts.next(), parts.next().unwrap_or_default(), parts.next());
        if let Some(copy) = copy_at(path) {
            let options = options.map(|options| format!(":{options}")).unwrap_or_default();
            *bind = format!("{}:{path}{options}", copy.to).into();
        }
    }
    for mount in host["Mounts"].as_array_mut().into_iter().flatten() {
        let copy = mount["Target"].as_str().and_then(copy_at);
        if let Some(copy) = copy {
            mount["Source"] = copy.to.as_str().into();
        }
    }
}

/// The volumes that `body` mounts by name and that may be written to: path and name. What comes from another container, and
/// folders of the machine, are not copied.
fn writable_volumes(old: &Inspection, body: &Body) -> Vec<(String, String)> {
    let mounts = old.json().get("Mounts").and_then(Value::as_array);
    let host = &body.create["HostConfig"];
    let binds = host["Binds"].as_array().into_iter().flatten();
    let binds = binds.filter_map(|bind| bind.as_str()?.split(':').nth(1).map(ToOwned::to_owned));
    let asked = host["Mounts"].as_array().into_iter().flatten();
    let asked = asked.filter_map(|mount| mount["Target"].as_str().map(ToOwned::to_owned));
    let own: Vec<String> = binds.chain(asked).collect();
    let is_own = |path: &str| own.iter().any(|own| is_same_place(own, path));
    mounts
        .into_iter()
        .flatten()
        .filter(|mount| mount["Type"] == "volume" && mount["RW"] != false)
        .filter_map(|mount| Some((mount["Destination"].as_str()?, mount["Name"].as_str()?)))
        .filter(|(path, name)| is_own(path) && !name.is_empty())
        .map(|(path, name)| (path.to_owned(), name.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{act::around::Around, act::body::body, identity::ApiVersion};

    #[test]
    fn only_volumes_of_its_own_that_may_be_written_are_copied() {
        let old = Inspection::from_json(json!({"Id": "0123456789abcdef", "Name": "/db", "Config": {},
            "HostConfig": {"Binds": ["data:/data/:z", "seed:/seed:ro", "/host:/host"],
                "Mounts": [{"Type": "volume", "Source": "more", "Target": "/more"}], "VolumesFrom": ["other"]},
            "Mounts": [
                {"Type": "volume", "Name": "data", "Destination": "/data", "RW": true},
                {"Type": "volume", "Name": "seed", "Destination": "/seed", "RW": false},
                {"Type": "bind", "Source": "/host", "Destination": "/host", "RW": true},
                {"Type": "volume", "Name": "more", "Destination": "/more", "RW": true}]}));
        let mut body = body(&old, "a", ApiVersion(1, 51), &Around::default());
        let volumes = writable_volumes(&old, &body);
        let expected = [("/data", "data"), ("/more", "more")];
        assert_eq!(
            volumes,
            expected.map(|(path, name)| (path.to_owned(), name.to_owned()))
        );

        let copies = volumes.into_iter().map(|(path, from)| VolumeCopy {
            to: format!("{from}-arm64"),
            path,
            from,
        });
        apply(&mut body, &copies.collect::<Vec<_>>());
        let host = &body.create["HostConfig"];
        assert_eq!(
            host["Binds"],
            json!(["data-arm64:/data/:z", "seed:/seed:ro", "/host:/host"])
        );
        assert_eq!(host["Mounts"][0]["Source"], "more-arm64");
    }
}
