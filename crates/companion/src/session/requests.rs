//! What becomes of each request.

use std::sync::Arc;

use engine::Engine;

use super::{
    Causes, Reply, Request,
    actor::Actor,
    answers::Waiting,
    images,
    jobs::{Reporter, What},
    link::Link,
    places::claimed,
    reruns::{Reruns, platform_of},
    tidying,
    turns::Turns,
};
use crate::{
    dockerfile::{self, DockerfileRequest},
    examine::{self, Here},
    present,
    view::{self, Problem},
};

impl Actor {
    pub(super) fn request(&mut self, request: Request) {
        match request {
            Request::Status(reply) => self.want(Waiting::Status(reply)),
            Request::Containers(causes, reply) => {
                if causes == Causes::Wanted {
                    self.want_causes();
                }
                self.want(Waiting::Containers(reply, None));
            }
            Request::Images(reply) => self.want(Waiting::Images(reply)),
            Request::Diagnose(id, reply) => {
                let (here, reporter) = (Arc::clone(&self.here), self.reporter());
                self.job(reply, |engine| async move {
                    diagnose(&engine, id, &here, &reporter).await
                });
            }
            Request::DiagnoseImage(reference, platform, reply) => {
                let (here, reporter) = (Arc::clone(&self.here), self.reporter());
                self.job(reply, |engine| async move {
                    let platform = platform.map(|text| platform_of(&engine, &text)).transpose()?;
                    images::diagnose(&engine, &reference, platform, &here, &reporter).await
                });
            }
            Request::LookAtImages => self.look_at_images(),
            Request::Settle(done) => {
                self.catch_up();
                self.tidying.settle(self.interrupted.look.take(), done);
            }
            Request::Stop(done) => {
                tidying::stop(self.link.engine().cloned(), self.building.end(), done);
            }
            Request::Logs(id, reply) => self.job(reply, |engine| async move { logs(&engine, &id).await }),
            Request::PlanRerun(id, options, reply) => {
                self.rerun_job(reply, move |reruns| async move {
                    Ok(reruns.plan(&id, options).await?.view())
                });
            }
            Request::Rerun(request, reply) => {
                self.rerun_job(reply, |reruns| async move { reruns.carry_out(request).await });
            }
            Request::RerunSeveral(reruns, wait, reply) => self.rerun_several(reruns, wait, reply),
            Request::StopSeveral => self.stop_several(),
            Request::ForgetSeveral => self.forget_several(),
            Request::Undo(id, reply) => {
                self.rerun_job(reply, |reruns| async move { reruns.undo(&id).await });
            }
            Request::Discard(id, reply) => {
                self.rerun_job(reply, |reruns| async move { reruns.discard(&id).await });
            }
            Request::Interrupted(reply) => {
                self.rerun_job(reply, |reruns| async move { reruns.interrupted().await });
            }
            Request::Scan(subject, heard, reply) => self.scan(subject, heard, reply),
            Request::Probe(platform, reply) => self.probe(platform, reply),
            Request::ProbeOnce => self.probe_once(),
            Request::Rosetta(proof, reply) => self.read_rosetta(proof, reply),
            Request::Checklist(protected, reply) => self.checklist(protected, reply),
            Request::PlanTurn(turn, runtime, reply) => {
                let turns = self.turns();
                tokio::spawn(async move { reply.send(turns.plan(turn, runtime).await).ok() });
            }
            Request::Turn(request, reply) => {
                let turns = self.turns();
                tokio::spawn(async move { reply.send(turns.carry_out(request).await).ok() });
            }
            Request::CheckCompose(files, reply) => self.check_compose(files, reply),
            Request::FixCompose(change, reply) => self.fix_compose(change, reply),
            Request::Offers(request, reply) => self.offers(request, reply),
            Request::Builders(reply) => self.builders(reply),
            Request::PlanBuild(options, reply) => self.plan_build(options, reply),
            Request::Build(request, reply) => self.build(request, reply),
            Request::PlanBuilder(options, reply) => self.plan_builder(options, reply),
            Request::ChangeBuilder(options, seal, reply) => self.change_builder(options, seal, reply),
            Request::Dockerfile(request, reply) => self.check_dockerfile(request, reply),
            Request::Verify(request, reply) => self.verify(request, reply),
            Request::Subscribe(watcher) => self.subscribe(watcher),
            Request::Reconnect => self.reconnect(),
            Request::UseSample => self.use_sample(),
        }
    }

    fn want(&mut self, waiting: Waiting) {
        if let Link::Down { problem, .. } = &self.link {
            let problem = problem.clone();
            self.waiting.push(waiting);
            return self.fail_waiting(&problem);
        }
        let (containers, images) = match &waiting {
            Waiting::Status(_) => (true, true),
            Waiting::Containers(..) => (true, false),
            Waiting::Images(_) => (false, true),
            Waiting::Engine(_) => (false, false),
        };
        let more = (containers && !self.wants.containers) || (images && !self.wants.images);
        self.wants.containers |= containers;
        self.wants.images |= images;
        self.waiting.push(waiting);
        if more {
            self.load();
        }
    }

    /// Does `job` beside the actor and sends its answer, unless nobody waits for it any more.
    fn job<T: Send + 'static, F>(&mut self, reply: Reply<T>, job: impl FnOnce(Engine) -> F + Send + 'static)
    where
        F: Future<Output = Result<T, Problem>> + Send,
    {
        self.with_engine(move |engine| match engine {
            Ok(engine) => drop(tokio::spawn(async move { reply.send(job(engine).await).ok() })),
            Err(problem) => drop(reply.send(Err(problem))),
        });
    }

    /// The same for what a re-run is about.
    fn rerun_job<T: Send + 'static, F>(
        &mut self,
        reply: Reply<T>,
        job: impl FnOnce(Reruns) -> F + Send + 'static,
    ) where
        F: Future<Output = Result<T, Problem>> + Send,
    {
        let (setup, reporter) = (self.setup.clone(), self.reporter());
        self.job(reply, move |engine| job(Reruns::new(engine, &setup, reporter)));
    }

    /// Reads files and asks registries, beside the actor: no engine has to answer.
    fn check_dockerfile(&self, request: DockerfileRequest, reply: Reply<view::DockerfileReport>) {
        let registry = registry::Registry::new(self.setup.access());
        tokio::spawn(async move { reply.send(dockerfile::report(request, &registry).await).ok() });
    }

    fn turns(&self) -> Turns {
        Turns::new(&self.setup, self.link.engine().cloned(), self.reporter())
    }
}

async fn diagnose(
    engine: &Engine,
    id: String,
    here: &Here,
    reporter: &Reporter,
) -> Result<view::Diagnosis, Problem> {
    let claimed = async |inspection: &engine::Inspection| claimed(engine, inspection).await;
    let (id, examined, diagnosis) = examine::diagnose(engine, &id, claimed, here).await?;
    reporter.send(What::Examined(id, Ok(examined)));
    Ok(diagnosis)
}

async fn logs(engine: &Engine, id: &str) -> Result<Vec<view::LogLine>, Problem> {
    let tail = engine.log_tail(id).await?;
    Ok(tail.lines.into_iter().map(present::log_line).collect())
}
