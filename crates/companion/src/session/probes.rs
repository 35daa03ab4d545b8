//! Finds out what runs foreign programs here, and keeps it for as long as it holds.

use std::time::{SystemTime, UNIX_EPOCH};

use engine::{
    Engine,
    act::{Doubt, Runs},
};
use platform::Platform;

use super::{
    Reply,
    actor::Actor,
    jobs::{Reporter, What},
    reruns::platform_of,
};
use crate::{
    memory::Start,
    probe_words,
    view::{self, Problem, Update},
};

/// The architectures that are tried when none is named, where they are foreign.
const TRIED: [&str; 2] = ["amd64", "arm64"];

/// Probes that are under way, and the start of an engine that was probed unasked.
#[derive(Default)]
pub(super) struct Probing {
    under_way: usize,
    unasked: Option<Start>,
}

impl Actor {
    /// Probes `platform`, or without one all that can be tried and are foreign, and answers.
    pub(super) fn probe(&mut self, platform: Option<String>, reply: Reply<view::ProbeReport>) {
        self.probing.under_way += 1;
        self.tell_translator();
        let reporter = self.reporter();
        self.with_engine(move |engine| {
            tokio::spawn(async move {
                let report = match engine {
                    Ok(engine) => {
                        let report = probe(&engine, platform).await;
                        tell_probes(&engine, &reporter);
                        report
                    }
                    Err(problem) => Err(problem),
                };
                reporter.send(What::ProbeDone);
                reply.send(report).ok();
            });
        });
    }

    /// Probes what can be tried, once after each start of the engine, unless that was done.
    pub(super) fn probe_once(&mut self) {
        let Some(start) = self.start() else { return };
        // What a re-run found out for itself is less: it measured nothing.
        let is_whole = |probed: &view::Probed| probed.dynamic.is_some() || !probed.known;
        let known = self.translator();
        let is_known = known.is_some_and(|known| known.report.foreign.iter().any(is_whole));
        if is_known || self.probing.under_way > 0 || self.probing.unasked.as_ref() == Some(&start) {
            return;
        }
        self.probing.unasked = Some(start);
        let (reply, _) = tokio::sync::oneshot::channel();
        self.probe(None, reply);
    }

    pub(super) fn probe_done(&mut self) {
        self.probing.under_way = self.probing.under_way.saturating_sub(1);
        self.tell_translator();
    }

    pub(super) fn learn_probes(&mut self, start: &Start, probed: Vec<view::Probed>) {
        self.probes.learn(start, probed);
        self.tell_translator();
    }

    /// What is known of this start of the engine.
    pub(super) fn translator(&mut self) -> Option<view::Translator> {
        let native = self.platform()?.clone();
        let probed = self.probes.of(&self.start()?);
        if probed.is_empty() {
            return None;
        }
        let report = report(&native, probed);
        let first = report.foreign.first();
        let translator = first.map_or("unknown", |probed| &probed.translator).to_owned();
        Some(view::Translator { report, translator })
    }

    pub(super) fn is_probing(&self) -> bool {
        self.probing.under_way > 0
    }

    pub(super) fn tell_translator(&mut self) {
        let update = Update::Translator {
            translator: self.translator(),
            probing: self.is_probing(),
        };
        self.tell(&update);
    }

    fn start(&self) -> Option<Start> {
        self.identity.as_ref().map(start_of)
    }
}

/// Reports what probes on `engine` found out, also those that a re-run made for itself.
pub(super) fn tell_probes(engine: &Engine, reporter: &Reporter) {
    let identity = engine.identity();
    let (native, at) = (&identity.platform, now());
    // Of that nothing was found out, and nothing will be.
    let no_program = Runs::Unknown {
        why: Doubt::NoProgram,
    };
    let news = engine.take_probes().into_iter();
    let probed: Vec<view::Probed> = news
        .filter(|probe| probe.runs != no_program)
        .map(|probe| probe_words::probed(&probe, native, identity.runtime, at))
        .collect();
    if !probed.is_empty() {
        reporter.send(What::Probed(start_of(identity), probed));
    }
}

/// Probes `platform`, or without one all that can be tried and are foreign.
pub(super) async fn probe(engine: &Engine, platform: Option<String>) -> Result<view::ProbeReport, Problem> {
    let identity = engine.identity();
    let native = &identity.platform;
    let foreign = || {
        TRIED
            .map(Platform::linux)
            .into_iter()
            .filter(|tried| is_foreign(tried, native))
    };
    let asked = match &platform {
        Some(text) => vec![platform_of(engine, text)?],
        None => foreign().collect(),
    };
    let mut probed = Vec::new();
    for platform in asked {
        let probe = engine.probe(&platform).await?;
        probed.push(probe_words::probed(&probe, native, identity.runtime, now()));
    }
    Ok(report(native, probed))
}

fn report(native: &Platform, probed: Vec<view::Probed>) -> view::ProbeReport {
    let of_foreign = |probed: &view::Probed| {
        let platform: Result<Platform, _> = probed.platform.parse();
        platform.is_ok_and(|platform| is_foreign(&platform, native))
    };
    let (foreign, own): (Vec<_>, Vec<_>) = probed.into_iter().partition(of_foreign);
    view::ProbeReport {
        native: view::ProbedNative {
            platform: native.to_string(),
            probed: own.into_iter().next(),
        },
        foreign,
    }
}

fn is_foreign(platform: &Platform, native: &Platform) -> bool {
    platform.architecture() != native.architecture() || platform.os() != native.os()
}

fn start_of(identity: &engine::Identity) -> Start {
    Start {
        engine: identity.id.clone(),
        mark: identity.start.clone(),
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).unwrap_or_default()
}
