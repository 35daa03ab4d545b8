//! The session: one actor that owns all state, and the handle through which every face talks to it.

mod actor;
mod answers;
mod building;
mod builds;
mod checklists;
mod compose_files;
mod connecting;
mod images;
mod interrupted;
mod jobs;
mod link;
mod looks;
mod offers;
mod places;
mod probes;
mod requests;
mod reruns;
mod rosettas;
mod scans;
mod several;
mod tidying;
mod turns;
mod verifies;
mod watchers;
mod ways;

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde::Deserialize;
use specta::Type;
use tokio::sync::{mpsc, oneshot};

pub use several::OneOfSeveral;

use crate::{
    ComposeChange, ComposeFiles, Protected, Refusal, Setup,
    build::{BuildOptions, BuildRequest, BuilderOptions},
    dockerfile::DockerfileRequest,
    offers::OffersRequest,
    report,
    verify::VerifyRequest,
    view::{self, Problem},
};

/// Requests that may wait for the actor; it never waits for an engine itself.
const REQUESTS: usize = 64;

/// Whether containers that ended badly are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Causes {
    /// Yes, as far as a short time allows.
    Wanted,
    /// No: the list only.
    Unwanted,
}

/// Whether a program is run to find out what runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// No: what was found out before is used.
    Kept,
    /// Yes.
    Fresh,
}

/// Who makes the new container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Compose, of what Compose made; Archlight itself, of all else.
    #[default]
    Usual,
    /// Archlight itself, whoever made the old one, and though that one may take the change back.
    ByHand,
}

/// Which volumes the new container writes into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Volumes {
    /// Those of the old one.
    #[default]
    Shared,
    /// Copies of them, made while the old one is stopped.
    Copied,
}

/// What can be chosen of a re-run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Type)]
pub struct RerunOptions {
    /// The platform, `native`, or nothing for the one that the diagnosis suggests.
    pub platform: Option<String>,
    /// Who makes the new container.
    pub way: Way,
    /// Which volumes it writes into.
    pub volumes: Volumes,
}

/// A re-run that somebody agreed to.
pub struct RerunRequest {
    /// The container, by id or name.
    pub container: String,
    /// What was chosen.
    pub options: RerunOptions,
    /// How long the new container is watched.
    pub wait: Duration,
    /// Who hears how far it is.
    pub progress: Arc<dyn Fn(view::Progress) + Send + Sync>,
}

/// What is to become of Rosetta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It is turned on.
    On,
    /// It is turned off.
    Off,
    /// The last change is taken back.
    Back,
}

/// Whether a runtime is restarted for a change that waits for that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Restarting {
    /// At once, which stops its running containers.
    Now,
    /// By the user.
    #[default]
    Later,
}

/// A change of Rosetta's setting that somebody agreed to.
pub struct TurnRequest {
    /// What is to become of it.
    pub turn: Turn,
    /// The runtime, as `colima` or `colima:work`; without it, the one that is here.
    pub runtime: Option<String>,
    /// The seal of the plan that was agreed to; without it, any plan will do.
    pub seal: Option<String>,
    /// Whether the runtime is restarted too.
    pub restarting: Restarting,
    /// Who hears how far it is.
    pub progress: Arc<dyn Fn(view::Progress) + Send + Sync>,
}

type Reply<T> = oneshot::Sender<Result<T, Problem>>;

/// Everything that can be asked.
enum Request {
    Status(Reply<view::Status>),
    Containers(Causes, Reply<view::Containers>),
    Images(Reply<view::Images>),
    Diagnose(String, Reply<view::Diagnosis>),
    DiagnoseImage(String, Option<String>, Reply<view::Diagnosis>),
    LookAtImages,
    Logs(String, Reply<Vec<view::LogLine>>),
    PlanRerun(String, RerunOptions, Reply<view::RerunPlan>),
    Rerun(RerunRequest, Reply<view::RerunDone>),
    RerunSeveral(Vec<OneOfSeveral>, Duration, Reply<()>),
    StopSeveral,
    ForgetSeveral,
    Undo(String, Reply<view::Restored>),
    Discard(String, Reply<view::Restored>),
    Interrupted(Reply<Vec<view::Interrupted>>),
    Scan(String, scans::Heard, Reply<view::Scan>),
    Probe(Option<String>, Reply<view::ProbeReport>),
    ProbeOnce,
    Rosetta(Proof, Reply<view::Rosetta>),
    Checklist(Protected, Reply<view::Checklist>),
    CheckCompose(ComposeFiles, Reply<view::ComposeCheck>),
    FixCompose(ComposeChange, Reply<view::ComposeFix>),
    Offers(OffersRequest, Reply<view::Offers>),
    Builders(Reply<view::Builders>),
    PlanBuild(BuildOptions, Reply<view::BuildPlan>),
    Build(BuildRequest, Reply<view::BuildDone>),
    PlanBuilder(BuilderOptions, Reply<view::BuilderChange>),
    ChangeBuilder(BuilderOptions, Option<String>, Reply<view::BuilderChange>),
    Dockerfile(DockerfileRequest, Reply<view::DockerfileReport>),
    Verify(VerifyRequest, Reply<view::Verification>),
    PlanTurn(Turn, Option<String>, Reply<view::SettingChange>),
    Turn(TurnRequest, Reply<view::SettingChange>),
    Subscribe(mpsc::UnboundedSender<view::Update>),
    Reconnect,
    UseSample,
    Settle(oneshot::Sender<()>),
    Stop(oneshot::Sender<()>),
}

/// A handle on the session. The session ends when the last one is dropped.
#[derive(Clone)]
pub struct Session {
    requests: mpsc::Sender<Request>,
    /// What reports do not name.
    home: Arc<PathBuf>,
}

impl Session {
    /// Starts a session. Nothing is asked of an engine before something is asked of the session.
    ///
    /// Must be called within a tokio runtime.
    pub fn start(setup: Setup) -> Self {
        let (requests, incoming) = mpsc::channel(REQUESTS);
        let home = Arc::new(setup.home.clone());
        tokio::spawn(actor::Actor::new(setup, incoming).run());
        Self { requests, home }
    }

    /// Which engine answers, what this machine is, and how many there are of each.
    pub async fn status(&self) -> Result<view::Status, Problem> {
        self.ask(Request::Status).await
    }

    /// All containers.
    pub async fn containers(&self, causes: Causes) -> Result<view::Containers, Problem> {
        self.ask(|reply| Request::Containers(causes, reply)).await
    }

    /// All images.
    pub async fn images(&self) -> Result<view::Images, Problem> {
        self.ask(Request::Images).await
    }

    /// Why container `id` ended.
    pub async fn diagnose(&self, id: String) -> Result<view::Diagnosis, Problem> {
        self.ask(|reply| Request::Diagnose(id, reply)).await
    }

    /// A diagnosis as Markdown, for an issue report: without secrets.
    pub async fn report(&self, diagnosis: &view::Diagnosis) -> Result<String, Problem> {
        let mut updates = self.subscribe().await?;
        let Some(view::Update::Snapshot(all)) = updates.recv().await else {
            return Err(Refusal::Ended.into());
        };
        let engine = all.engine.ok_or(Refusal::Ended)?;
        Ok(report::markdown(diagnosis, &engine, &all.host, &self.home))
    }

    /// What would keep image `reference` from starting, without running it.
    ///
    /// `platform` picks among several that it has here, `native` being the engine's own; the engine picks without it.
    pub async fn diagnose_image(
        &self,
        reference: String,
        platform: Option<String>,
    ) -> Result<view::Diagnosis, Problem> {
        self.ask(|reply| Request::DiagnoseImage(reference, platform, reply))
            .await
    }

    /// From now on images that no container uses are looked at in the background, a limited number of them.
    pub async fn look_at_images(&self) -> Result<(), Problem> {
        self.send(Request::LookAtImages).await
    }

    /// The last lines that container `id` wrote.
    pub async fn logs(&self, id: String) -> Result<Vec<view::LogLine>, Problem> {
        self.ask(|reply| Request::Logs(id, reply)).await
    }

    /// What a re-run of container `id` would do.
    pub async fn plan_rerun(&self, id: String, options: RerunOptions) -> Result<view::RerunPlan, Problem> {
        self.ask(|reply| Request::PlanRerun(id, options, reply)).await
    }

    /// The re-runs that were interrupted: each can be taken back, or finished by being asked for again.
    pub async fn interrupted(&self) -> Result<Vec<view::Interrupted>, Problem> {
        self.ask(Request::Interrupted).await
    }

    /// Re-runs a container.
    pub async fn rerun(&self, request: RerunRequest) -> Result<view::RerunDone, Problem> {
        self.ask(|reply| Request::Rerun(request, reply)).await
    }

    /// Begins to re-run several containers, one after the other, each watched for `wait`. What comes of each is told by
    /// [`view::Update::OneOfSeveral`], and is in every snapshot until it is forgotten. Refused while others are under way.
    pub async fn rerun_several(&self, reruns: Vec<OneOfSeveral>, wait: Duration) -> Result<(), Problem> {
        self.ask(|reply| Request::RerunSeveral(reruns, wait, reply)).await
    }

    /// Lets the one of several that is under way come to its end, and begins no other.
    pub async fn stop_several(&self) -> Result<(), Problem> {
        self.send(Request::StopSeveral).await
    }

    /// Forgets what came of several re-runs, once all of it is over.
    pub async fn forget_several(&self) -> Result<(), Problem> {
        self.send(Request::ForgetSeveral).await
    }

    /// Puts back what a re-run kept for container `id`, or takes the file back by which Compose did it.
    pub async fn undo(&self, id: String) -> Result<view::Restored, Problem> {
        self.ask(|reply| Request::Undo(id, reply)).await
    }

    /// Removes what a re-run kept for container `id`. A file by which Compose did it stays, and is not known any more.
    pub async fn discard(&self, id: String) -> Result<view::Restored, Problem> {
        self.ask(|reply| Request::Discard(id, reply)).await
    }

    /// Which files of a container, or of an image, are for another platform. A container's name wins over an image's.
    ///
    /// `progress` hears how far it is. Dropping the future ends the scan.
    pub async fn scan(
        &self,
        subject: String,
        progress: Arc<dyn Fn(view::Progress) + Send + Sync>,
    ) -> Result<view::Scan, Problem> {
        self.ask(|reply| Request::Scan(subject, progress, reply)).await
    }

    /// What runs the programs of `platform`, `native` being the engine's own; without it, of all that can be tried and are
    /// foreign. A program of ours is run for it, in a container that is removed again.
    pub async fn probe(&self, platform: Option<String>) -> Result<view::ProbeReport, Problem> {
        self.ask(|reply| Request::Probe(platform, reply)).await
    }

    /// The same for all that can be tried, in the background, once after each start of the engine. What was found out since
    /// then stands.
    pub async fn probe_once(&self) -> Result<(), Problem> {
        self.send(Request::ProbeOnce).await
    }

    /// What the settings say of Rosetta, and what an earlier probe saw of it. Needs no engine. On a Mac this may make the
    /// system ask for permission: only for who asked.
    pub async fn rosetta(&self) -> Result<view::Rosetta, Problem> {
        self.ask(|reply| Request::Rosetta(Proof::Kept, reply)).await
    }

    /// The same with a probe, which needs the engine and runs a program of ours on it.
    pub async fn prove_rosetta(&self) -> Result<view::Rosetta, Problem> {
        self.ask(|reply| Request::Rosetta(Proof::Fresh, reply)).await
    }

    /// What turning Rosetta on or off, or taking the last change back, would do. Needs no engine, and changes nothing.
    ///
    /// `runtime` names the runtime, as `colima` or `colima:work`; without it, it is the one that is here.
    pub async fn plan_turn(
        &self,
        turn: Turn,
        runtime: Option<String>,
    ) -> Result<view::SettingChange, Problem> {
        self.ask(|reply| Request::PlanTurn(turn, runtime, reply)).await
    }

    /// Turns Rosetta on or off, or takes the last change back. Needs no engine.
    pub async fn turn(&self, request: TurnRequest) -> Result<view::SettingChange, Problem> {
        self.ask(|reply| Request::Turn(request, reply)).await
    }

    /// What decides whether containers run well here. Needs no engine, and says what could not be seen without one.
    ///
    /// What `protected` says matters on a Mac only, where reading another application's files may make the system ask.
    pub async fn checklist(&self, protected: Protected) -> Result<view::Checklist, Problem> {
        self.ask(|reply| Request::Checklist(protected, reply)).await
    }

    /// The checklist as Markdown, for a team's page: without credentials.
    pub fn checklist_report(&self, checklist: &view::Checklist) -> String {
        report::checklist(checklist, &self.home)
    }

    /// What the services of a Compose project say of platforms, held against what is offered. Needs no engine.
    pub async fn check_compose(&self, files: ComposeFiles) -> Result<view::ComposeCheck, Problem> {
        self.ask(|reply| Request::CheckCompose(files, reply)).await
    }

    /// Another `platform:` in a Compose file, shown or written. Needs no engine.
    pub async fn fix_compose(&self, change: ComposeChange) -> Result<view::ComposeFix, Problem> {
        self.ask(|reply| Request::FixCompose(change, reply)).await
    }

    /// What registries offer under these references, each with its own answer or error. Needs no engine.
    pub async fn offers(&self, request: OffersRequest) -> Result<view::Offers, Problem> {
        self.ask(|reply| Request::Offers(request, reply)).await
    }

    /// What in a Dockerfile keeps its image from other architectures. Needs no engine.
    pub async fn check_dockerfile(
        &self,
        request: DockerfileRequest,
    ) -> Result<view::DockerfileReport, Problem> {
        self.ask(|reply| Request::Dockerfile(request, reply)).await
    }

    /// The builders that buildx knows, and what each would do for both kinds of machine. Nothing of them is changed.
    pub async fn builders(&self) -> Result<view::Builders, Problem> {
        self.ask(Request::Builders).await
    }

    /// What a build would do, and why it would be refused.
    pub async fn plan_build(&self, options: BuildOptions) -> Result<view::BuildPlan, Problem> {
        self.ask(|reply| Request::PlanBuild(options, reply)).await
    }

    /// Builds. Dropping the future ends it.
    pub async fn build(&self, request: BuildRequest) -> Result<view::BuildDone, Problem> {
        self.ask(|reply| Request::Build(request, reply)).await
    }

    /// What making or removing a builder would do.
    pub async fn plan_builder(&self, options: BuilderOptions) -> Result<view::BuilderChange, Problem> {
        self.ask(|reply| Request::PlanBuilder(options, reply)).await
    }

    /// Makes or removes a builder. `seal` is that of the plan that was agreed to; without it, any plan will do.
    pub async fn change_builder(
        &self,
        options: BuilderOptions,
        seal: Option<String>,
    ) -> Result<view::BuilderChange, Problem> {
        self.ask(|reply| Request::ChangeBuilder(options, seal, reply))
            .await
    }

    /// Whether every platform of a tag is there, and its programs are for it. Needs no engine.
    pub async fn verify(&self, request: VerifyRequest) -> Result<view::Verification, Problem> {
        self.ask(|reply| Request::Verify(request, reply)).await
    }

    /// Everything once, then every change, until the receiver is dropped or the session ends.
    pub async fn subscribe(&self) -> Result<mpsc::UnboundedReceiver<view::Update>, Problem> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.send(Request::Subscribe(sender)).await?;
        Ok(receiver)
    }

    /// Looks for the engine again, at once.
    pub async fn reconnect(&self) -> Result<(), Problem> {
        self.send(Request::Reconnect).await
    }

    /// Goes over to the built-in sample engine.
    pub async fn use_sample(&self) -> Result<(), Problem> {
        self.send(Request::UseSample).await
    }

    /// Waits, for a short time at most, until what the session does by itself is done: before a program ends.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        if self.send(Request::Settle(done)).await.is_ok() {
            settled.await.ok();
        }
    }

    /// Ends builds and probes that are under way, and waits, for a short time at most, until nothing of them is left:
    /// before a program ends that was asked to. Nothing else should be asked after that.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.send(Request::Stop(done)).await.is_ok() {
            stopped.await.ok();
        }
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, Problem> {
        let (reply, answer) = oneshot::channel();
        self.send(request(reply)).await?;
        answer.await.unwrap_or_else(|_| Err(Refusal::Ended.into()))
    }

    async fn send(&self, request: Request) -> Result<(), Problem> {
        self.requests
            .send(request)
            .await
            .map_err(|_| Refusal::Ended.into())
    }
}
