//! Every sentence about builds and builders.

mod refusals;

use std::{
    collections::hash_map::DefaultHasher,
    ffi::OsString,
    fmt::Debug,
    hash::{Hash as _, Hasher as _},
};

use platform::Platform;

use crate::{
    build::{
        BuildOutput, Builder, Change, Ground, How, Match, Node, Plan, Spot, State, Step, Warning, shown,
    },
    problem::plain,
    view::{
        self, BuildPlan, BuildPlatform, BuildStep, BuildStepState, BuilderChange, BuilderNode, Note,
        Translation,
    },
};

use refusals::{blocker, change_blocker};
pub(crate) use refusals::{change_refused, lack, not_changed, refused, stopped, unverified};

/// The builders, each with what it would do for the usual platforms.
pub(crate) fn builders(ground: &Ground, wanted: &[Platform]) -> view::Builders {
    view::Builders {
        buildx: plain(&ground.buildx.version),
        builders: ground.builders.iter().map(|one| builder(one, wanted)).collect(),
    }
}

fn builder(builder: &Builder, wanted: &[Platform]) -> view::Builder {
    let spots = builder.spots(wanted);
    view::Builder {
        name: builder.name.clone(),
        driver: builder.driver.clone(),
        current: builder.current,
        error: builder.error.clone(),
        nodes: builder.nodes.iter().map(node).collect(),
        platforms: spots.iter().map(|spot| platform(builder, spot)).collect(),
    }
}

fn node(node: &Node) -> BuilderNode {
    let names = |all: &[Platform]| all.iter().map(ToString::to_string).collect();
    BuilderNode {
        name: node.name.clone(),
        endpoint: node.endpoint.clone(),
        status: node.status.clone(),
        version: node.version.clone(),
        error: node.error.clone(),
        platforms: names(&node.platforms),
        fixed: names(&node.fixed),
        native: node.own.as_ref().map(ToString::to_string),
    }
}

fn platform(builder: &Builder, spot: &Spot) -> BuildPlatform {
    let (node, reason) = match spot.node {
        Some((at, reason)) => (builder.nodes.get(at), Some(reason)),
        None => (None, None),
    };
    BuildPlatform {
        platform: spot.platform.to_string(),
        node: node.map(|node| node.name.clone()),
        how: translation(spot.how),
        why: why(spot, node, reason),
    }
}

fn translation(how: How) -> Translation {
    match how {
        How::Native => Translation::Native,
        How::Emulated | How::Bundled => Translation::Emulated,
        How::Impossible => Translation::Impossible,
        How::Given | How::Unknown => Translation::Unknown,
    }
}

fn why(spot: &Spot, node: Option<&Node>, reason: Option<Match>) -> String {
    let Some(node) = node else {
        return "There is no node to build it".to_owned();
    };
    let name = format!("`{}`", node.name);
    let own = node
        .own
        .as_ref()
        .map_or("another platform".to_owned(), ToString::to_string);
    let chosen = match reason {
        Some(Match::Given) => format!("{name} was given it"),
        Some(Match::Told) => format!("{name} says that it runs it"),
        Some(Match::First) | None => format!("{name} is the first node, and none says that it runs it"),
    };
    match spot.how {
        How::Native => format!("{chosen}; it is its own platform"),
        How::Emulated => format!("{chosen}; it is {own} itself, so what runs in the build is translated"),
        How::Bundled => {
            format!("{chosen}; it is {own} itself, and BuildKit's image brings QEMU for the rest")
        }
        How::Impossible => format!("{chosen}; only builds that run nothing succeed"),
        How::Given => format!("{chosen}; what its own platform is does not show"),
        How::Unknown if node.answered() => format!("{chosen}; how it runs there does not show"),
        How::Unknown => format!("{chosen}; it is not running yet, so how it runs there does not show"),
    }
}

/// The plan of a build.
pub(crate) fn plan(plan: &Plan) -> BuildPlan {
    let registry = plan.name.as_deref().and_then(|name| name.split('/').next());
    let pushes = plan.options.output == BuildOutput::Push;
    BuildPlan {
        reference: plain(&plan.options.reference),
        context: plain(&plan.options.context.to_string_lossy()),
        builder: plan.builder.as_ref().map(|builder| builder.name.clone()),
        driver: plan.builder.as_ref().map(|builder| builder.driver.clone()),
        platforms: plan.builder.as_ref().map_or_else(Vec::new, |builder| {
            plan.spots.iter().map(|spot| platform(builder, spot)).collect()
        }),
        output: match plan.options.output {
            BuildOutput::Push => Some("push".to_owned()),
            BuildOutput::Load => Some("load".to_owned()),
            BuildOutput::Usual => None,
        },
        registry: registry.filter(|_| pushes).map(ToOwned::to_owned),
        command: shown(&plan.words),
        warnings: plan.warnings.iter().map(warning).collect(),
        blockers: plan.blockers.iter().map(blocker).collect(),
        // A builder that has started since is the same one.
        seal: seal(&(&plan.words, &plan.warnings)),
    }
}

/// Two plans with one seal do the same.
fn seal(plan: &impl Debug) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{plan:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn list(platforms: &[Platform]) -> String {
    let names: Vec<_> = platforms.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn warning(warning: &Warning) -> Note {
    let (kind, text) = match warning {
        Warning::Emulated(platforms) => (
            "emulated",
            format!(
                "What runs in the build for {} is translated, which takes several times as long; a node that is of that platform, or a stage on `$BUILDPLATFORM` that cross-compiles, is faster",
                list(platforms)
            ),
        ),
        Warning::NothingRuns(platforms) => (
            "nothing-runs",
            format!(
                "Nothing there runs programs for {}: a build that runs any ends with `exec format error`. `archlight rosetta` says how translation is turned on",
                list(platforms)
            ),
        ),
        Warning::NotKnown(platforms) => (
            "not-known",
            format!("Whether programs for {} run there shows only when it builds", list(platforms)),
        ),
        Warning::GoesNowhere => (
            "goes-nowhere",
            "The result stays in the builder's cache: nothing is pushed, and nothing gets to the engine. Choose to push or to load it".to_owned(),
        ),
        Warning::OwnAddress(registry) => (
            "own-address",
            format!(
                "`{}` is the builder's own container there, not this machine: make the builder with `--driver-opt network=host`",
                plain(registry)
            ),
        ),
        Warning::MayNotLoad => (
            "may-not-load",
            "An engine with the classic image store takes one platform only, and no engine says here which one it has".to_owned(),
        ),
    };
    Note {
        kind: kind.to_owned(),
        text,
    }
}

/// What would be done to a builder, or was.
pub(crate) fn change(change: &Change) -> BuilderChange {
    let words = |words: &Vec<OsString>| shown(words);
    let mut warnings = Vec::new();
    if change.undo.is_none() {
        warnings.push(Note {
            kind: "cache".to_owned(),
            text: "What it keeps of earlier builds goes with it; the next builds take longer".to_owned(),
        });
    }
    BuilderChange {
        name: plain(&change.name),
        commands: change.commands.iter().map(words).collect(),
        undo: change.undo.as_ref().map(words),
        warnings,
        blockers: change.blockers.iter().map(change_blocker).collect(),
        done: false,
        seal: seal(change),
    }
}

/// A step, for the page.
pub(crate) fn step(step: Step) -> BuildStep {
    BuildStep {
        place: u32::try_from(step.place).unwrap_or(u32::MAX),
        name: step.name,
        platform: step.platform.map(|platform| platform.to_string()),
        how: translation(step.how),
        state: match step.state {
            State::Waiting => BuildStepState::Waiting,
            State::Running => BuildStepState::Running,
            State::Done => BuildStepState::Done,
            State::Cached => BuildStepState::Cached,
            State::Failed => BuildStepState::Failed,
            State::Canceled => BuildStepState::Canceled,
        },
        status: step.status,
        said: step.said.into(),
        error: step.error,
        seconds: step.seconds,
    }
}
