//! What a re-run would do, worked out without doing it.

use platform::{Native, Platform};
use serde_json::Value;

use super::{
    body::{Body, body},
    command::docker_run,
    compose::compose_service,
    copies::VolumeCopy,
    defaults::{self, DefaultChange},
    find_image::{Asked, Found},
    kept::short,
    needed::NeededNetwork,
    probe::{Doubt, Runs, Why},
    pull::Login,
    take_back::is_removed_by_stopping,
    wanted::{Made, Then, Usual},
};
use crate::{
    Engine, EngineError, Inspection, Runtime,
    events::{SIGKILL, SIGNALLED, SIGTERM},
};

/// A field that the new container has otherwise than the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// For which platform it is made.
    Platform,
    /// The image, named so that its tag stays where it is.
    Image,
    /// A default of the image, which the new build has otherwise: the field or the variable.
    Default(String),
    /// Containers that volumes came from and that are gone.
    VolumesFrom,
    /// The host name, which was the old container's id.
    Hostname,
    /// A volume of which the new one gets a copy.
    VolumeCopy,
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
    /// Whether anything here translates the platform could not be found out.
    TranslationUnknown {
        /// Why not.
        why: Doubt,
    },
    /// The tag names another image by now than the one that the container was made of.
    TagMoved,
    /// Stopping it removes it (`--rm`): a copy without its own files is kept for an undo.
    RemovedByStopping,
    /// The image that it was made of is gone, so nothing tells its defaults from what was set.
    ImageGone,
    /// Nothing says whether this address was chosen; a new one is generated.
    UncertainMac {
        /// The network.
        network: String,
        /// The address.
        address: String,
    },
    /// A volume without a name that programs were built into, for the old platform.
    HoldsBuilds {
        /// Where it is mounted.
        path: String,
    },
    /// A database wrote its files on one architecture, and another will read them.
    Database {
        /// Which.
        name: &'static str,
        /// Where they are.
        path: String,
    },
    /// The container may give orders to the engine.
    HoldsSocket,
    /// It does not run now, maybe because somebody stopped it, and the new one is started all the same.
    NotRunning {
        /// The exit code of the one that ended.
        code: i64,
    },
    /// An earlier re-run of it was interrupted, and is taken back first.
    Interrupted,
}

/// Why it cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// Neither this machine nor the registry has the platform.
    PlatformUnavailable {
        /// What there is.
        offered: Vec<Platform>,
    },
    /// No program of the platform runs here.
    NothingRuns {
        /// Why not.
        why: Why,
        /// The engine's own platform.
        on: Platform,
        /// What runs the engine.
        runtime: Runtime,
    },
    /// The image has no name by which another platform of it could be found.
    NoReference,
    /// It is paused: stopping it would let it run on first, and an undo would start it.
    Paused,
    /// It is itself kept for another one.
    IsKept,
    /// It was re-run already, and the older one is still kept.
    HasKept {
        /// The name of that one.
        kept_as: String,
    },
    /// Others live in its network, its memory or its processes, or are linked to it, and would lose it.
    Dependents {
        /// Their names.
        names: Vec<String>,
    },
    /// It is in a network that is gone.
    NetworkGone {
        /// The network.
        network: NeededNetwork,
    },
    /// An address of its own is in no subnet of the network that it is to be in.
    OtherSubnet {
        /// The network.
        network: NeededNetwork,
    },
    /// Another program looks after it.
    Managed {
        /// Which.
        by: &'static str,
    },
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
    /// The image as the new container will name it.
    pub image: String,
    /// What is pulled for it, where it is not here.
    pub pull: Option<String>,
    /// How much that is at most, in bytes, where the registry was asked.
    pub size: Option<u64>,
    /// What the engine shows to the registry, where somebody is logged in; set by who knows.
    pub login: Option<Login>,
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
    /// The volumes that are copied for the new one, where that was asked for.
    pub copies: Vec<VolumeCopy>,
    pub(crate) usual: Usual,
    /// The `Config` of the image that the old one was made of.
    pub(crate) old_config: Option<Value>,
    pub(crate) body: Body,
}

impl Plan {
    /// Whether the old one is stopped on the way.
    pub fn stops(&self) -> bool {
        self.old.is_running()
    }

    /// Whether the engine removes the old one when it stops.
    pub fn is_removed_by_stopping(&self) -> bool {
        self.stops() && is_removed_by_stopping(&self.old)
    }

    /// Whether the new one is started: not when the old one never was.
    pub fn starts(&self) -> bool {
        was_started(&self.old)
    }
}

impl Engine {
    /// Works out how to re-run container `old` for platform `to`; `from` is its platform now, and `asked` what a registry
    /// said of `to`. Changes nothing; a probe may run when `to` is foreign.
    pub async fn plan_rerun(
        &self,
        old: Inspection,
        from: Option<Platform>,
        to: Platform,
        asked: &Asked,
    ) -> Result<Plan, EngineError> {
        let build = asked.build();
        let found = self.find_image(&old, from.as_ref(), &to, asked).await?;
        let around = self.around(&old).await?;
        let mut body = body(&old, &found.image, self.api, &around);
        let new_config = match (&found.pull, build) {
            (None, _) => self.image_config(&found.image, Some(&to)).await?,
            (Some(_), build) => build.and_then(|build| build.config.clone()),
        };
        let old_config = self.image_config(old.image_id(), from.as_ref()).await?;
        let defaults = take_over(&mut body, old_config.as_ref(), new_config.as_ref());
        let mut blockers = found.blockers.clone();
        blockers.extend(self.blockers(&old, &body).await?);
        let mut warnings = found.warnings.clone();
        warnings.extend(warnings_of(&old, &body));
        warnings.extend(old_config.is_none().then_some(Warning::ImageGone));
        let native = to.runs_on(&self.identity.platform);
        warnings.extend((native == Native::No).then_some(Warning::NeedsTranslation));
        if native != Native::Yes {
            self.add_what_runs(&to, &mut warnings, &mut blockers).await;
        }
        let mut plan = Plan {
            changes: changes(&old, from.as_ref(), &to, &body, &found, &defaults),
            command: String::new(),
            unsaid: Vec::new(),
            compose: String::new(),
            compose_unsaid: Vec::new(),
            copies: Vec::new(),
            usual: self.usual(new_config).await,
            tag_moves: found.moves_tag,
            size: found.pull.as_ref().and(build).and_then(|build| build.size),
            image: found.image,
            pull: found.pull,
            login: None,
            old_config,
            old,
            from,
            to,
            warnings,
            blockers,
            body,
        };
        self.write_out(&mut plan);
        Ok(plan)
    }

    /// Whether anything here runs what is foreign, before anything is stopped for it.
    async fn add_what_runs(&self, to: &Platform, warnings: &mut Vec<Warning>, blockers: &mut Vec<Blocker>) {
        match self.can_run(to).await {
            Runs::Yes => {}
            Runs::No { why } => blockers.push(Blocker::NothingRuns {
                why,
                on: self.identity.platform.clone(),
                runtime: self.identity.runtime,
            }),
            Runs::Unknown { why } => warnings.push(Warning::TranslationUnknown { why }),
        }
    }

    /// The new container as a command and as a service.
    pub(super) fn write_out(&self, plan: &mut Plan) {
        let made = Made {
            name: plan.old.name(),
            platform: &plan.to,
            create: &plan.body.create,
            connect: &plan.body.connect,
            usual: &plan.usual,
            api: self.api,
            then: if plan.starts() { Then::Start } else { Then::Leave },
        };
        let (command, service) = (docker_run(&made), compose_service(&made));
        (plan.command, plan.unsaid) = (command.text, command.unsaid);
        (plan.compose, plan.compose_unsaid) = (service.text, service.unsaid);
    }
}

/// Gives the request the new image's defaults, where both images are known.
pub(super) fn take_over(body: &mut Body, old: Option<&Value>, new: Option<&Value>) -> Vec<DefaultChange> {
    match (old, new, body.create.as_object_mut()) {
        (Some(old), Some(new), Some(create)) => defaults::take_over(create, old, new),
        _ => Vec::new(),
    }
}

/// The compose project that made it.
fn compose_project(old: &Inspection) -> Option<String> {
    old.label("com.docker.compose.project").map(ToOwned::to_owned)
}

fn changes(
    old: &Inspection,
    from: Option<&Platform>,
    to: &Platform,
    body: &Body,
    found: &Found,
    defaults: &[DefaultChange],
) -> Vec<Change> {
    let change = |field, from: &str, to: &str| Change {
        field,
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let mut changes = Vec::new();
    if from != Some(to) {
        let from = from.map_or_else(|| "unknown".to_owned(), ToString::to_string);
        changes.push(change(Field::Platform, &from, &to.to_string()));
    }
    if found.image != old.image() {
        changes.push(change(Field::Image, old.image(), &found.image));
    }
    if body.generated_hostname {
        changes.push(change(Field::Hostname, short(old.id()), ""));
    }
    changes.extend(
        body.carried
            .iter()
            .map(|(path, volume)| change(Field::Volume, path, volume)),
    );
    let gone = body.providers_gone.iter();
    changes.extend(gone.map(|provider| change(Field::VolumesFrom, provider, "")));
    let of_image = defaults.iter();
    changes.extend(of_image.map(|it| change(Field::Default(it.name.clone()), &it.from, &it.to)));
    changes
}

/// Folders that programs are installed or built into.
const BUILDS: [&str; 5] = [
    "/node_modules",
    "/venv",
    "/.venv",
    "/site-packages",
    "/vendor/bundle",
];

fn warnings_of(old: &Inspection, body: &Body) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(compose_project(old).map(|project| Warning::Compose { project }));
    if old.is_running() && is_removed_by_stopping(old) {
        warnings.push(Warning::RemovedByStopping);
    }
    if !old.is_running() && was_started(old) && may_have_been_stopped(old) {
        let code = old.state().exit_code;
        warnings.push(Warning::NotRunning { code });
    }
    let uncertain = body.uncertain_macs.iter().cloned();
    warnings.extend(uncertain.map(|(network, address)| Warning::UncertainMac { network, address }));
    let is_build = |path: &&String| BUILDS.iter().any(|folder| path.ends_with(folder));
    let builds = body
        .carried
        .iter()
        .map(|(path, _)| path)
        .filter(is_build)
        .cloned();
    warnings.extend(builds.map(|path| Warning::HoldsBuilds { path }));
    warnings.extend(super::database::written_by(old));
    let binds = old.bind_sources();
    if binds.iter().any(|source| source.ends_with("/docker.sock")) {
        warnings.push(Warning::HoldsSocket);
    }
    warnings
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

fn was_started(old: &Inspection) -> bool {
    let state = old.state();
    state.status != "created" || state.exit_code != 0 || !state.error.is_empty()
}

/// Whether it ended as one does that somebody stopped: by itself, or by a signal that asks for it. One that crashed is re-run
/// so that it runs.
fn may_have_been_stopped(old: &Inspection) -> bool {
    let signals = [SIGKILL, SIGTERM, old.stop_signal()];
    let mut codes = signals.iter().map(|signal| SIGNALLED + signal);
    let code = old.state().exit_code;
    code == 0 || codes.any(|stopped| stopped == code)
}

fn has_restart_policy(old: &Inspection) -> bool {
    !matches!(old.text("/HostConfig/RestartPolicy/Name"), "" | "no")
}
