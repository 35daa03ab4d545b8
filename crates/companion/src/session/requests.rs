//! What becomes of each request.

use std::sync::Arc;

use engine::{Engine, act};
use platform::Platform;

use super::{
    Causes, Reply, Request, RerunRequest,
    actor::Actor,
    answers::Waiting,
    images,
    jobs::{Reporter, What},
    link::Link,
    places::claimed,
    probes,
};
use crate::{
    Refusal, board, examine, plan_words, present,
    view::{self, Problem},
};

/// The word for the engine's own platform.
const NATIVE: &str = "native";

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
                let reporter = self.reporter();
                self.job(
                    reply,
                    |engine| async move { diagnose(&engine, id, &reporter).await },
                );
            }
            Request::DiagnoseImage(reference, platform, reply) => {
                let reporter = self.reporter();
                self.job(reply, |engine| async move {
                    let platform = platform.map(|text| platform_of(&engine, &text)).transpose()?;
                    images::diagnose(&engine, &reference, platform, &reporter).await
                });
            }
            Request::LookAtImages => self.look_at_images(),
            Request::Settle(done) => self.tidying.settle(done),
            Request::Logs(id, reply) => self.job(reply, |engine| async move { logs(&engine, &id).await }),
            Request::PlanRerun(id, platform, reply) => self.job(reply, |engine| async move {
                plan(&engine, &id, platform)
                    .await
                    .map(|plan| present::plan(&plan))
            }),
            Request::Rerun(request, reply) => {
                let reporter = self.reporter();
                self.job(
                    reply,
                    |engine| async move { rerun(&engine, request, reporter).await },
                );
            }
            Request::Undo(id, reply) => {
                self.job(reply, |engine| async move {
                    Ok(present::restored(engine.undo(&id).await?))
                });
            }
            Request::Discard(id, reply) => {
                self.job(reply, |engine| async move {
                    Ok(present::restored(engine.discard(&id).await?))
                });
            }
            Request::Scan(subject, heard, reply) => self.scan(subject, heard, reply),
            Request::Probe(platform, reply) => {
                self.job(
                    reply,
                    |engine| async move { probes::probe(&engine, platform).await },
                );
            }
            Request::Rosetta(reply) => self.read_rosetta(reply),
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

    /// Reads files only, beside the actor: a protected folder may wait for the user's answer.
    fn read_rosetta(&mut self, reply: Reply<view::Rosetta>) {
        let (setup, reporter) = (self.setup.clone(), self.reporter());
        tokio::task::spawn_blocking(move || {
            let rosetta = present::rosetta(&host::rosetta(&setup.roots(), &setup.machine()));
            reporter.send(What::Rosetta(rosetta.clone()));
            reply.send(Ok(rosetta)).ok();
        });
    }
}

async fn diagnose(engine: &Engine, id: String, reporter: &Reporter) -> Result<view::Diagnosis, Problem> {
    let claimed = async |inspection: &engine::Inspection| claimed(engine, inspection).await;
    let (id, examined, diagnosis) = examine::diagnose(engine, &id, claimed).await?;
    reporter.send(What::Examined(id, Ok(examined)));
    Ok(diagnosis)
}

async fn logs(engine: &Engine, id: &str) -> Result<Vec<view::LogLine>, Problem> {
    let tail = engine.log_tail(id).await?;
    Ok(tail.lines.into_iter().map(present::log_line).collect())
}

async fn plan(engine: &Engine, id: &str, platform: Option<String>) -> Result<act::Plan, Problem> {
    let inspection = engine.inspect(id).await?;
    let from = claimed(engine, &inspection).await;
    let to = match platform {
        Some(text) => platform_of(engine, &text)?,
        None => suggested(engine, &inspection, from.as_ref()).await?,
    };
    Ok(engine.plan_rerun(inspection, from, to).await?)
}

pub(super) fn platform_of(engine: &Engine, text: &str) -> Result<Platform, Problem> {
    if text == NATIVE {
        return Ok(engine.identity().platform.clone());
    }
    text.parse().map_err(|error: platform::PlatformError| {
        Refusal::BadPlatform(format!("`{text}` is not a platform: {error}")).into()
    })
}

/// Without a wish: the native build of a foreign image, the program's platform in a mislabelled one, else the same again.
async fn suggested(
    engine: &Engine,
    inspection: &engine::Inspection,
    from: Option<&Platform>,
) -> Result<Platform, Problem> {
    let native = &engine.identity().platform;
    let actual = examine::actual(&engine.chain(inspection).await?.links);
    let suggested = board::default_platform(from, actual.as_ref(), native);
    Ok(suggested
        .or_else(|| from.cloned())
        .unwrap_or_else(|| native.clone()))
}

async fn rerun(
    engine: &Engine,
    request: RerunRequest,
    reporter: Reporter,
) -> Result<view::RerunDone, Problem> {
    let plan = plan(engine, &request.container, request.platform).await?;
    if !plan.blockers.is_empty() {
        let reasons = plan
            .blockers
            .iter()
            .map(|blocker| plan_words::blocker(blocker, &plan).text);
        return Err(Refusal::Blocked(reasons.collect()).into());
    }
    let name = plan.old.name().to_owned();
    let heard = Arc::clone(&request.progress);
    let report = move |progress: act::Progress| {
        let progress = plan_words::progress(&name, &progress);
        heard(progress.clone());
        reporter.send(What::Progress(progress));
    };
    let done = engine.rerun(&plan, request.wait, &report).await?;
    Ok(present::done(&plan, done))
}
