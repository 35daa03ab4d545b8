//! What a re-run would do, worked out without doing it.

use platform::Platform;
use serde_json::Value;

use super::{
    body::{Body, body},
    command::docker_run,
    compose::compose_service,
    kept::{kept_for, short},
    pull::{Reference, split},
    wanted::{Made, Then},
};
use crate::{Engine, EngineError, Inspection, Scope, Store, read};

/// Labels of programs that would undo what is done to their containers.
const MANAGERS: [(&str, &str); 3] = [
    ("com.docker.swarm.service.id", "Swarm"),
    ("io.kubernetes.pod.uid", "Kubernetes"),
    ("io.kubernetes.pod.name", "Kubernetes"),
];

/// A field that the new container has otherwise than the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// For which platform it is made.
    Platform,
    /// The host name, which was the old container's id.
    Hostname,
    /// A volume without a name, now mounted by the name that the engine gave it.
    Volume,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub field: Field,
    /// Its value now.
    pub from: String,
    /// Its value then.
    pub to: String,
}

/// What to know before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Compose made it: its next `up` makes it anew as its file says.
    Compose {
        /// The project.
        project: String,
    },
    /// The registry could not be asked whether it has the platform.
    RegistryUnknown {
        /// What it said.
        why: String,
    },
    /// The platform is foreign to the engine: a translator is needed.
    NeedsTranslation,
    /// The tag names another image by now than the one that the container was made of.
    TagMoved,
}

/// Why it cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// Neither this machine nor the registry has the platform.
    PlatformUnavailable {
        /// What there is.
        offered: Vec<Platform>,
    },
    /// The image has no name by which another platform of it could be found.
    NoReference,
    /// Stopping it would delete it, and nothing would be left for an undo.
    AutoRemove,
    /// It is paused: stopping it would let it run on first, and an undo would start it.
    Paused,
    /// It is itself kept for another one.
    IsKept,
    /// It was re-run already, and the older one is still kept.
    HasKept {
        /// The name of that one.
        kept_as: String,
    },
    /// Others live in its network, and would lose it.
    Dependents {
        /// Their names.
        names: Vec<String>,
    },
    /// Another program looks after it.
    Managed {
        /// Which.
        by: &'static str,
    },
}

/// Where the image for the new container comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is here.
    Local,
    /// It is pulled.
    Pull,
}

/// Everything that a re-run would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The container as it is.
    pub old: Inspection,
    /// Its platform now, where it is known.
    pub from: Option<Platform>,
    /// Its platform then.
    pub to: Platform,
    /// The image as it is asked for.
    pub image: String,
    /// Where that comes from.
    pub source: Source,
    /// What changes; everything else is carried over as it is.
    pub changes: Vec<Change>,
    /// What to know before.
    pub warnings: Vec<Warning>,
    /// Why it cannot be done; empty when it can.
    pub blockers: Vec<Blocker>,
    /// The same as a `docker run` command.
    pub command: String,
    /// The fields that the command leaves out, having no words for them.
    pub unsaid: Vec<String>,
    /// The same as a Compose file with one service.
    pub compose: String,
    /// The fields that the service leaves out.
    pub compose_unsaid: Vec<String>,
    /// Whether the tag moves to the pulled platform on this store, and is put back.
    pub tag_moves: bool,
    pub(crate) body: Body,
}

impl Plan {
    /// Whether the old one is stopped on the way.
    pub fn stops(&self) -> bool {
        self.old.is_running()
    }

    /// Whether the new one is started: not when the old one never was.
    pub fn starts(&self) -> bool {
        starts(&self.old)
    }
}

fn starts(old: &Inspection) -> bool {
    let state = old.state();
    state.status != "created" || state.exit_code != 0 || !state.error.is_empty()
}

impl Engine {
    /// Works out how to re-run container `old` for platform `to`; `from` is its platform now. Changes nothing.
    pub async fn plan_rerun(
        &self,
        old: Inspection,
        from: Option<Platform>,
        to: Platform,
    ) -> Result<Plan, EngineError> {
        let found = self.find_image(&old, from.as_ref(), &to).await?;
        let mut blockers = found.blockers;
        blockers.extend(own_blockers(&old));
        blockers.extend(self.blockers_around(&old).await?);
        let body = body(&old, &found.image, self.api);
        let mut warnings = found.warnings;
        warnings.extend(compose_project(&old).map(|project| Warning::Compose { project }));
        if to.runs_on(&self.identity.platform) != platform::Native::Yes {
            warnings.push(Warning::NeedsTranslation);
        }
        let usual = self.usual(&found.image, &to).await;
        let made = Made {
            name: old.name(),
            platform: &to,
            create: &body.create,
            connect: &body.connect,
            usual: &usual,
            api: self.api,
            then: if starts(&old) { Then::Start } else { Then::Leave },
        };
        let (command, service) = (docker_run(&made), compose_service(&made));
        Ok(Plan {
            changes: changes(&old, from.as_ref(), &to, &body),
            command: command.text,
            unsaid: command.unsaid,
            compose: service.text,
            compose_unsaid: service.unsaid,
            tag_moves: found.source == Source::Pull && self.identity.store == Store::Classic,
            image: found.image,
            source: found.source,
            old,
            from,
            to,
            warnings,
            blockers,
            body,
        })
    }

    async fn find_image(
        &self,
        old: &Inspection,
        from: Option<&Platform>,
        to: &Platform,
    ) -> Result<Found, EngineError> {
        let reference = old.image();
        let here = self.local_image(reference).await?;
        let moved = here.as_ref().is_some_and(|here| here.id != old.image_id());
        if from == Some(to) && (moved || here.is_none()) {
            // The same platform again: the image that it was made of is at hand, whatever its tag names today.
            return Ok(Found::local(old.image_id(), moved));
        }
        if here
            .as_ref()
            .is_some_and(|here| here.platforms.iter().any(|platform| platform.satisfies(to)))
        {
            return Ok(Found::local(reference, moved));
        }
        if is_id(reference) {
            return Ok(Found {
                blockers: vec![Blocker::NoReference],
                ..Found::local(reference, false)
            });
        }
        let mut found = Found {
            source: Source::Pull,
            ..Found::local(reference, moved)
        };
        match self.offered(reference).await {
            Ok(offered) if offered.is_empty() || offered.iter().any(|platform| platform.satisfies(to)) => {}
            Ok(offered) => found.blockers.push(Blocker::PlatformUnavailable { offered }),
            Err(error) if matches!(error, EngineError::Unreachable { .. }) => return Err(error),
            Err(error) => found.warnings.push(Warning::RegistryUnknown {
                why: error.to_string(),
            }),
        }
        Ok(found)
    }

    async fn local_image(&self, reference: &str) -> Result<Option<LocalImage>, EngineError> {
        let json = match self.image_json(reference).await {
            Ok(json) => json,
            Err(EngineError::NotThere { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let id = json
            .get("Id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let listed = if is_id(reference) {
            None
        } else {
            self.image(&with_tag(reference)).await?
        };
        let platforms = match listed.and_then(|image| image.platforms) {
            Some(platforms) => platforms
                .into_iter()
                .filter(|known| known.local)
                .map(|known| known.platform)
                .collect(),
            None => self.image_platform(reference).await?.into_iter().collect(),
        };
        Ok(Some(LocalImage { id, platforms }))
    }

    /// The platforms that the registry has under `reference`, asked by the engine with its own proxies and certificates.
    async fn offered(&self, reference: &str) -> Result<Vec<Platform>, EngineError> {
        let target = format!("/distribution/{}/json", read::escaped(reference));
        let answer: Value = self.get(&target, read::LIST, read::OBJECT_BYTES).await?;
        let list = answer
            .get("Platforms")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Ok(list.iter().filter_map(crate::inspect::platform_of).collect())
    }

    /// What other containers say against it.
    async fn blockers_around(&self, old: &Inspection) -> Result<Vec<Blocker>, EngineError> {
        let all = self.containers(Scope::All).await?;
        let mut blockers = Vec::new();
        let lives_in = |mode: &str| {
            let provider = mode.strip_prefix("container:");
            provider.is_some_and(|provider| old.id().starts_with(provider) || provider == old.name())
        };
        let names: Vec<_> = all
            .iter()
            .filter(|row| lives_in(&row.network_mode))
            .map(|row| row.name.clone())
            .collect();
        if !names.is_empty() {
            blockers.push(Blocker::Dependents { names });
        }
        let kept = all
            .iter()
            .find(|row| kept_for(&row.name).is_some_and(|(_, id)| id == short(old.id())));
        blockers.extend(kept.map(|row| Blocker::HasKept {
            kept_as: row.name.clone(),
        }));
        Ok(blockers)
    }
}

struct LocalImage {
    id: String,
    platforms: Vec<Platform>,
}

struct Found {
    image: String,
    source: Source,
    warnings: Vec<Warning>,
    blockers: Vec<Blocker>,
}

impl Found {
    fn local(image: &str, moved: bool) -> Self {
        let warnings = if moved {
            vec![Warning::TagMoved]
        } else {
            Vec::new()
        };
        Self {
            image: image.to_owned(),
            source: Source::Local,
            warnings,
            blockers: Vec::new(),
        }
    }
}

fn is_id(reference: &str) -> bool {
    let digits = reference.strip_prefix("sha256:").unwrap_or(reference);
    let all_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_hex && (reference.starts_with("sha256:") || digits.len() == 64)
}

/// A filter for a name without a tag would match all of its tags.
fn with_tag(reference: &str) -> String {
    let Reference { name, tag } = split(reference);
    if reference.contains('@') {
        reference.to_owned()
    } else {
        format!("{name}:{tag}")
    }
}

fn own_blockers(old: &Inspection) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if kept_for(old.name()).is_some() {
        blockers.push(Blocker::IsKept);
    }
    if old.flag("/State/Paused") {
        blockers.push(Blocker::Paused);
    }
    if old.flag("/HostConfig/AutoRemove") {
        blockers.push(Blocker::AutoRemove);
    }
    let label = |name: &str| {
        old.json()
            .pointer("/Config/Labels")
            .and_then(|labels| labels.get(name))
    };
    let manager = MANAGERS
        .into_iter()
        .find_map(|(name, by)| label(name).map(|_| by));
    blockers.extend(manager.map(|by| Blocker::Managed { by }));
    blockers
}

/// The compose project that made it.
fn compose_project(old: &Inspection) -> Option<String> {
    let labels = old.json().pointer("/Config/Labels")?;
    labels
        .get("com.docker.compose.project")?
        .as_str()
        .map(ToOwned::to_owned)
}

fn changes(old: &Inspection, from: Option<&Platform>, to: &Platform, body: &Body) -> Vec<Change> {
    let mut changes = Vec::new();
    if from != Some(to) {
        let from = from.map_or_else(|| "unknown".to_owned(), ToString::to_string);
        changes.push(Change {
            field: Field::Platform,
            from,
            to: to.to_string(),
        });
    }
    if body.generated_hostname {
        let (from, to) = (short(old.id()).to_owned(), String::new());
        changes.push(Change {
            field: Field::Hostname,
            from,
            to,
        });
    }
    for (path, volume) in &body.carried {
        changes.push(Change {
            field: Field::Volume,
            from: path.clone(),
            to: volume.clone(),
        });
    }
    changes
}

impl Plan {
    /// What the new container shares with the old one: networks, ports and so on, as far as somebody set them.
    pub fn kept(&self) -> Vec<(&'static str, usize)> {
        let count = |pointer: &str| match self.old.json().pointer(pointer) {
            Some(Value::Array(list)) => list.len(),
            Some(Value::Object(map)) => map.len(),
            _ => 0,
        };
        let counts = [
            ("port", count("/HostConfig/PortBindings")),
            ("volume", count("/Mounts")),
            ("network", count("/NetworkSettings/Networks")),
            ("variable", count("/Config/Env")),
            ("label", count("/Config/Labels")),
            ("restart policy", usize::from(has_restart_policy(&self.old))),
            ("health check", usize::from(count("/Config/Healthcheck/Test") > 0)),
        ];
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

fn has_restart_policy(old: &Inspection) -> bool {
    !matches!(old.text("/HostConfig/RestartPolicy/Name"), "" | "no")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_names() {
        assert!(is_id("sha256:0123"));
        assert!(is_id(&"a".repeat(64)));
        for name in ["acme/api:1", "beef", "127.0.0.1:5000/x", "a@sha256:00"] {
            assert!(!is_id(name), "{name}");
        }
    }

    #[test]
    fn what_would_be_lost_or_undone_is_a_blocker() {
        let old = Inspection::from_json(serde_json::json!({"Name": "/web.kept-for-0123456789ab",
            "Config": {"Labels": {"io.kubernetes.pod.uid": "x"}}, "HostConfig": {"AutoRemove": true}}));
        let expected = [
            Blocker::IsKept,
            Blocker::AutoRemove,
            Blocker::Managed { by: "Kubernetes" },
        ];
        assert_eq!(own_blockers(&old), expected);
    }
}
