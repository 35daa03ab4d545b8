//! Every sentence about builds and builders.

use std::{
    collections::hash_map::DefaultHasher,
    ffi::OsString,
    fmt::Debug,
    hash::{Hash as _, Hasher as _},
};

use platform::Platform;

use crate::{
    build::{
        Blocker, BuildOutput, Builder, Cause, Change, ChangeBlocker, Ground, How, Lack, Match, Node, Plan,
        Spot, State, Step, Stopped, Warning, shown,
    },
    compose::Failure,
    problem::{capitalised, plain},
    view::{
        self, BuildBlocker, BuildPlan, BuildPlatform, BuildStep, BuildStepState, BuilderChange, BuilderNode,
        Note, Problem, Translation,
    },
};

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
        seal: seal(plan),
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

fn blocker(blocker: &Blocker) -> BuildBlocker {
    let (kind, text, hint) = match blocker {
        Blocker::BadReference(reference) => (
            "bad-reference",
            format!("`{}` cannot be the name of what is built", plain(reference)),
            "Write it as `registry.example/team/app:1.2`, without a digest".to_owned(),
        ),
        Blocker::BadPlatform(platform) => (
            "bad-platform",
            format!("`{}` is no platform", plain(platform)),
            "Write platforms as `linux/amd64,linux/arm64`".to_owned(),
        ),
        Blocker::NoNative => (
            "no-engine",
            "No engine says what is native here".to_owned(),
            "Name the platform, such as `linux/arm64`, or start the engine".to_owned(),
        ),
        Blocker::NoFolder(folder) => (
            "no-context",
            format!("There is no folder `{}`", plain(&folder.to_string_lossy())),
            "Name the folder that is to be built".to_owned(),
        ),
        Blocker::NoDockerfile(file) => (
            "no-dockerfile",
            format!("There is no file `{}`", plain(&file.to_string_lossy())),
            "Name the Dockerfile with `--file`".to_owned(),
        ),
        Blocker::NoBuilder(Some(name)) => (
            "no-builder",
            format!("There is no builder `{}`", plain(name)),
            "`archlight builders` lists those that there are".to_owned(),
        ),
        Blocker::NoBuilder(None) => (
            "no-builder",
            "No builder is chosen".to_owned(),
            "Start the engine, or name one with `--builder`; `archlight builders` lists them".to_owned(),
        ),
        Blocker::Broken(name, why) => (
            "broken-builder",
            format!("The builder `{name}` cannot be used: {why}"),
            "Choose another with `--builder`, or remove it with `archlight builders remove`".to_owned(),
        ),
        Blocker::StoreHoldsOne => (
            "store-holds-one",
            "The engine's own builder makes one platform at a time, because its classic image store holds one".to_owned(),
            "Make a builder with `archlight builders create both`, or let the engine keep images with containerd, or name one platform".to_owned(),
        ),
        Blocker::LoadHoldsOne => (
            "load-holds-one",
            "The engine's classic image store takes one platform of an image".to_owned(),
            "Push it instead with `--push`, or name the one platform to load, or let the engine keep images with containerd".to_owned(),
        ),
    };
    BuildBlocker {
        kind: kind.to_owned(),
        text,
        hint,
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

fn change_blocker(blocker: &ChangeBlocker) -> BuildBlocker {
    let (kind, text, hint) = match blocker {
        ChangeBlocker::BadName(name) => (
            "bad-name",
            format!("`{}` cannot be a builder's name", plain(name)),
            "Begin it with a letter; letters, digits, `.`, `_` and `-` may follow, and `default` is the engine's own",
        ),
        ChangeBlocker::Taken(name) => (
            "name-taken",
            format!("There is a builder `{}` already", plain(name)),
            "Choose another name, or use it with `--builder`",
        ),
        ChangeBlocker::NotThere(name) => (
            "no-builder",
            format!("There is no builder `{}`", plain(name)),
            "`archlight builders` lists those that there are",
        ),
        ChangeBlocker::OfEngine(name) => (
            "of-engine",
            format!("`{}` is a part of an engine", plain(name)),
            "Remove its context with `docker context rm`, if it is not wanted",
        ),
        ChangeBlocker::BadDriver(driver) => (
            "bad-driver",
            format!("`{}` is no driver of a builder that can be made", plain(driver)),
            "Choose `docker-container`, `remote` or `kubernetes`",
        ),
        ChangeBlocker::BadNode(node) => (
            "bad-node",
            format!("`{}` is no node", plain(node)),
            "Write it as a context or an address with its platforms: `ssh://me@mini=linux/amd64`",
        ),
        ChangeBlocker::NoNode => (
            "no-node",
            "A remote builder is somewhere, and no node was named".to_owned(),
            "Say where its BuildKit listens: `--node tcp://builder.example:1234=linux/amd64`",
        ),
    };
    BuildBlocker {
        kind: kind.to_owned(),
        text,
        hint: hint.to_owned(),
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

/// Why no builder can be asked.
pub(crate) fn lack(lack: &Lack) -> Problem {
    const INSTALL: &str = "Docker Desktop, OrbStack and Rancher Desktop bring it; with Homebrew it is `brew install docker docker-buildx`, on Debian and Ubuntu the package `docker-buildx-plugin` or `docker-buildx`";
    let (kind, message, hint) = match lack {
        Lack::NotHere => (
            "not-here",
            "Builders of another machine cannot be asked".to_owned(),
            "Leave `--root` out",
        ),
        Lack::NoDocker => (
            "no-docker",
            "There is no `docker` where programs are looked for".to_owned(),
            INSTALL,
        ),
        Lack::NoBuildx => ("no-buildx", "`docker` has no `buildx` here".to_owned(), INSTALL),
        Lack::TooOld(version) => (
            "old-buildx",
            format!(
                "buildx {} is too old: it is 0.13 that tells its progress to programs",
                plain(version)
            ),
            "Update it",
        ),
        Lack::Failed(failure) => (
            "buildx-failed",
            capitalised(&failed(failure)),
            "Run `docker buildx ls` in a terminal to see more",
        ),
    };
    Problem {
        kind: kind.to_owned(),
        message,
        hint: hint.to_owned(),
    }
}

fn failed(failure: &Failure) -> String {
    match failure {
        Failure::NoDocker | Failure::NoCompose => {
            "there is no `docker` where programs are looked for".to_owned()
        }
        Failure::Broken(why) => format!("`docker buildx` could not be run: {}", plain(why)),
        Failure::TooMuch => "`docker buildx` said more than can be read".to_owned(),
        Failure::TooLong(limit) => format!("`docker buildx` did not end within {} s", limit.as_secs()),
        Failure::Failed(why) => format!("`docker buildx` failed: {}", plain(why)),
    }
}

/// Why nothing is built.
pub(crate) fn refused(plan: &Plan) -> Option<Problem> {
    first(plan.blockers.iter().map(blocker))
}

/// Why nothing is done to a builder.
pub(crate) fn change_refused(change: &Change) -> Option<Problem> {
    first(change.blockers.iter().map(change_blocker))
}

/// The first one decides; the others come to light with `--dry-run`.
fn first(mut blockers: impl Iterator<Item = BuildBlocker>) -> Option<Problem> {
    blockers.next().map(|blocker| Problem {
        kind: blocker.kind,
        message: blocker.text,
        hint: blocker.hint,
    })
}

/// Why a builder was not changed.
pub(crate) fn not_changed(command: &str, failure: &Failure) -> Problem {
    Problem {
        kind: "builder-failed".to_owned(),
        message: format!(
            "{}, at `{command}`; what was begun is removed again",
            capitalised(&failed(failure))
        ),
        hint: "Check that the address can be reached, and try again".to_owned(),
    }
}

/// What is wrong with what was pushed, the first platform of it.
pub(crate) fn unverified(verification: &view::Verification) -> Option<Problem> {
    let mut platforms = verification.platforms.iter();
    let wrong = platforms.find(|one| one.verdict != view::Verdict::Ok)?;
    let hint = wrong.fix.clone();
    Some(Problem {
        kind: "wrong-build".to_owned(),
        message: format!(
            "What was pushed for {} is not right: {}",
            wrong.platform, wrong.why
        ),
        hint: hint.unwrap_or_else(|| "`archlight verify` with its name says more".to_owned()),
    })
}

/// Why a build came to nothing.
pub(crate) fn stopped(stopped: &Stopped) -> Problem {
    let (kind, message, hint) = match stopped {
        Stopped::Asked => (
            "stopped",
            "The build was stopped".to_owned(),
            "Build again when it is wanted; what was done is in the builder's cache".to_owned(),
        ),
        Stopped::Broken(failure) => (
            "buildx-failed",
            capitalised(&failed(failure)),
            "Run the command of `--dry-run` in a terminal to see more".to_owned(),
        ),
        Stopped::Failed { step, cause, said } => {
            let place = step
                .as_ref()
                .map_or(String::new(), |step| format!(" at `{}`", step.replace('`', "'")));
            let said = if said.is_empty() {
                String::new()
            } else {
                format!(": {}", plain(said))
            };
            let (kind, hint) = cause_hint(cause.as_ref());
            (kind, format!("The build failed{place}{said}"), hint)
        }
    };
    Problem {
        kind: kind.to_owned(),
        message,
        hint,
    }
}

fn cause_hint(cause: Option<&Cause>) -> (&'static str, String) {
    let (kind, hint) = match cause {
        None => ("build-failed", "Mend what that step says, and build again"),
        Some(Cause::NothingRuns) => (
            "exec-format",
            "Nothing on that node runs the foreign program: `archlight probe` and `archlight rosetta` say how that is turned on; or build it on a node of that platform (`archlight builders create NAME --node ssh://HOST=PLATFORM`)",
        ),
        Some(Cause::NoBase(image)) => {
            let image = plain(image);
            return (
                "no-base",
                format!(
                    "`archlight platforms --advice {image}` says what it is offered for, and where a build for the missing platform is"
                ),
            );
        }
        Some(Cause::Refused) => (
            "unauthorized",
            "Log in to the registry with `docker login`, as somebody who may push there",
        ),
        Some(Cause::PlainHttp) => (
            "plain-http",
            "The registry speaks plain HTTP: list it as insecure for the engine, or for the builder in its `buildkitd.toml` (`http = true`)",
        ),
        Some(Cause::NoRegistry) => (
            "no-registry",
            "The registry cannot be reached from where it is built; a builder in a container needs `--driver-opt network=host` for an address of this machine",
        ),
        Some(Cause::OnePlatform) => (
            "store-holds-one",
            "Make a builder with `archlight builders create both`, or let the engine keep images with containerd",
        ),
        Some(Cause::OneLoaded) => (
            "load-holds-one",
            "Push it with `--push`, or load one platform, or let the engine keep images with containerd",
        ),
        Some(Cause::NoNode) => (
            "no-node",
            "Check that the node can be reached (`archlight builders` lists it), or choose another builder with `--builder`",
        ),
        Some(Cause::DiskFull) => (
            "disk-full",
            "Free space where it is built: `docker buildx prune` drops what earlier builds left",
        ),
        Some(Cause::Dockerfile) => (
            "bad-dockerfile",
            "Mend the line that it names; `archlight dockerfile check` says more",
        ),
    };
    (kind, hint.to_owned())
}
