//! Who makes the new container: Archlight itself, or Compose, of what Compose made.

use engine::{
    EngineError,
    act::{Blocker, Field, Plan, Warning},
};
use sources::compose;

use super::Way;
use crate::{
    Setup,
    compose::{self as by_compose, ByCompose, NotHere},
    compose_words, plan_words, present, view,
};

/// A plan, and by which way it is carried out.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) by: By,
    /// What speaks against it beside what the engine says.
    pub(super) more: Vec<view::Note>,
}

/// By which way.
pub(super) enum By {
    Hand,
    Compose(Box<ByCompose>),
}

impl Planned {
    /// Finds the way for `plan`.
    pub(super) async fn of(plan: Plan, way: Way, setup: &Setup, engine: &engine::Engine) -> Self {
        let (by, refusal) = by(&plan, way, setup, engine).await;
        Self {
            plan,
            by,
            more: refusal.into_iter().collect(),
        }
    }

    /// Gives the new container copies of the volumes, where it is made by hand: Compose mounts what its files say.
    pub(super) async fn copy_volumes(&mut self, engine: &engine::Engine) -> Result<(), EngineError> {
        match self.by {
            By::Hand => engine.copy_volumes_in(&mut self.plan).await?,
            By::Compose(_) => self.more.push(compose_words::mounts_its_own(&self.plan)),
        }
        Ok(())
    }

    /// What is shown of it.
    pub(super) fn view(&self) -> view::RerunPlan {
        let mut shown = present::plan(&self.plan);
        if let By::Compose(by) = &self.by {
            self.show_compose(by, &mut shown);
        }
        shown.blockers.extend(self.more.iter().cloned());
        shown
    }

    /// What Compose does otherwise than a re-run by hand.
    fn show_compose(&self, by: &ByCompose, shown: &mut view::RerunPlan) {
        let plan = &self.plan;
        let changes = plan.changes.iter().filter(|change| match &change.field {
            Field::Platform | Field::Hostname => true,
            Field::Default(name) => !by.says(name),
            Field::Image => by.pinned.is_some(),
            Field::VolumesFrom | Field::Volume | Field::VolumeCopy => false,
        });
        shown.changes = changes.map(plan_words::change).collect();
        let warnings = plan.warnings.iter().filter(|warning| !is_by_hand(warning));
        let warnings = warnings.map(|warning| plan_words::warning(warning, plan));
        shown.warnings = warnings.chain(compose_words::warnings(plan, by)).collect();
        let blockers = plan
            .blockers
            .iter()
            .filter(|blocker| !is_made_by_compose(blocker));
        shown.blockers = blockers
            .map(|blocker| plan_words::blocker(blocker, plan))
            .collect();
        shown.steps = compose_words::steps(plan, by);
        shown.by_compose = Some(compose_words::by_compose(by));
    }
}

/// What to know of a re-run by hand only.
fn is_by_hand(warning: &Warning) -> bool {
    match warning {
        Warning::Compose { .. }
        | Warning::RemovedByStopping
        | Warning::ImageGone
        | Warning::UncertainMac { .. } => true,
        Warning::RegistryUnknown { .. }
        | Warning::NeedsTranslation
        | Warning::TranslationUnknown { .. }
        | Warning::TagMoved
        | Warning::HoldsBuilds { .. }
        | Warning::Database { .. }
        | Warning::HoldsSocket
        | Warning::NotRunning { .. }
        | Warning::Interrupted => false,
    }
}

/// What Compose makes again by itself.
fn is_made_by_compose(blocker: &Blocker) -> bool {
    matches!(blocker, Blocker::NetworkGone { .. } | Blocker::OtherSubnet { .. })
}

async fn by(plan: &Plan, way: Way, setup: &Setup, engine: &engine::Engine) -> (By, Option<view::Note>) {
    if way == Way::ByHand {
        return (By::Hand, None);
    }
    let label = |name: &str| plan.old.label(name);
    if compose::is_of_service(label) {
        let planned: Result<ByCompose, NotHere> = by_compose::plan(setup, engine, plan).await;
        return match planned {
            Ok(by) => (By::Compose(Box::new(by)), None),
            Err(why) => (By::Hand, Some(compose_words::not_here(plan, &why))),
        };
    }
    let told = by_compose::dev_container(&plan.old);
    (
        By::Hand,
        told.map(|told| compose_words::dev_container(plan, told)),
    )
}
