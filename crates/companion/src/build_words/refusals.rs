//! Why nothing is built, and what can be done about it.

use crate::{
    build::{Blocker, Cause, Change, ChangeBlocker, Lack, Plan, Stopped},
    compose::Failure,
    problem::{capitalised, plain},
    view::{self, BuildBlocker, Problem},
};

/// Why a build is refused before it starts.
pub(super) fn blocker(blocker: &Blocker) -> BuildBlocker {
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

/// Why a builder is not made or removed.
pub(super) fn change_blocker(blocker: &ChangeBlocker) -> BuildBlocker {
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
