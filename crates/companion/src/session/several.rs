//! Several re-runs to one yes, one after the other: a failure of one leaves the others to be done.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use specta::Type;
use tokio::sync::watch;

use super::{
    Reply, RerunOptions, RerunRequest,
    actor::Actor,
    jobs::{Reporter, What},
    reruns::Reruns,
};
use crate::{
    Refusal,
    view::{self, Became, Problem, Update},
};

/// One of several re-runs that somebody agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Type)]
pub struct OneOfSeveral {
    /// The container's id.
    pub id: String,
    /// Its name, by which it is told of, also when it is gone by its turn.
    pub container: String,
    /// What was chosen, as its plan was shown.
    pub options: RerunOptions,
}

/// The re-runs that are under way together, or were last.
#[derive(Default)]
pub(super) struct Several {
    pub(super) shown: Option<view::Several>,
    /// Tells that no other is to be begun.
    stop: watch::Sender<bool>,
}

impl Actor {
    /// Begins, unless others are still under way. What comes of it is told to those who watch.
    pub(super) fn rerun_several(&mut self, wanted: Vec<OneOfSeveral>, wait: Duration, reply: Reply<()>) {
        if self.several.shown.as_ref().is_some_and(|shown| !shown.is_over()) {
            return drop(reply.send(Err(Refusal::Busy.into())));
        }
        let reruns = wanted.iter().map(not_begun).collect();
        let (stop, stopped) = watch::channel(false);
        self.several.stop = stop;
        self.show_several(Some(view::Several { reruns, stops: false }));
        reply.send(Ok(())).ok();
        let (setup, reporter) = (self.setup.clone(), self.reporter());
        self.with_engine(move |engine| {
            let reruns = engine.map(|engine| Reruns::new(engine, &setup, reporter.clone()));
            tokio::spawn(one_after_the_other(reruns, wanted, wait, stopped, reporter));
        });
    }

    /// Lets what is under way come to its end, and nothing else begin.
    pub(super) fn stop_several(&mut self) {
        self.several.stop.send_replace(true);
        let shown = self.several.shown.clone();
        if let Some(shown) = shown.filter(|shown| !shown.is_over()) {
            self.show_several(Some(view::Several { stops: true, ..shown }));
        }
    }

    /// What it came to was seen.
    pub(super) fn forget_several(&mut self) {
        if self.several.shown.as_ref().is_some_and(view::Several::is_over) {
            self.show_several(None);
        }
    }

    pub(super) fn one_of_several(&mut self, place: usize, became: Became) {
        let shown = self.several.shown.as_mut();
        let Some(each) = shown.and_then(|shown| shown.reruns.get_mut(place)) else {
            return;
        };
        each.became = became.clone();
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        self.tell(&Update::OneOfSeveral { place, became });
    }

    fn show_several(&mut self, several: Option<view::Several>) {
        self.several.shown.clone_from(&several);
        self.tell(&Update::Several { several });
    }
}

fn not_begun(one: &OneOfSeveral) -> view::EachRerun {
    view::EachRerun {
        container: one.container.clone(),
        id: one.id.clone(),
        platform: one.options.platform.clone(),
        became: Became::Waiting,
    }
}

async fn one_after_the_other(
    reruns: Result<Reruns, Problem>,
    wanted: Vec<OneOfSeveral>,
    wait: Duration,
    stopped: watch::Receiver<bool>,
    reporter: Reporter,
) {
    for (place, one) in wanted.into_iter().enumerate() {
        let became = match &reruns {
            _ if *stopped.borrow() => Became::Stopped,
            Ok(reruns) => carried_out(reruns, place, one, wait, &reporter).await,
            Err(problem) => Became::Failed {
                problem: problem.clone(),
            },
        };
        reporter.send(What::OneOfSeveral(place, Box::new(became)));
    }
}

async fn carried_out(
    reruns: &Reruns,
    place: usize,
    one: OneOfSeveral,
    wait: Duration,
    reporter: &Reporter,
) -> Became {
    let reporter = reporter.clone();
    let tell = move |step, fraction| {
        let running = Became::Running { step, fraction };
        reporter.send(What::OneOfSeveral(place, Box::new(running)));
    };
    tell(None, None);
    let progress = Arc::new(move |progress: view::Progress| tell(Some(progress.step), progress.fraction));
    let request = RerunRequest {
        container: one.id,
        options: one.options,
        wait,
        progress,
    };
    match reruns.carry_out(request).await {
        Ok(done) => Became::Done { done },
        Err(problem) => Became::Failed { problem },
    }
}
