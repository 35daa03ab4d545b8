//! The words of `compose check` and `compose fix`.

use sources::{
    advice::{Advice, Counsel, Reason},
    compose::{Place, ReadError, Reading, Spot, Trouble},
    edit,
};

use crate::{
    compose::Failure,
    compose_words,
    problem::{capitalised, plain},
    view::{ComposeRefused, Problem},
};

/// Why nothing is held against what is offered.
pub(crate) const NATIVE_UNKNOWN: &str = "no engine answers, and this machine does not tell its architecture";
/// Compose was not asked: nothing changes.
pub(crate) const NOTHING_CHANGED: &str = "no: nothing changes";
/// Compose was not asked: it would have to be given several files, one of them changed.
pub(crate) const SEVERAL_FILES: &str = "no: the project has several files";
/// Compose reads it, and makes something else of it.
pub(crate) const READ_OTHERWISE: &str = "it makes more of it than another platform";

/// The answer in one word.
pub(crate) fn advice(advice: Advice) -> &'static str {
    match advice {
        Advice::Fine => "fine",
        Advice::Needed => "needed",
        Advice::Harmful => "harmful",
        Advice::Wrong => "wrong",
        Advice::BuildsHere => "builds-here",
        Advice::Unknown => "unknown",
    }
}

/// Why, in one sentence.
pub(crate) fn why(counsel: &Counsel) -> String {
    let sentence = match &counsel.reason {
        Reason::NativeByItself => "It runs natively, and says no platform".to_owned(),
        Reason::SaysNative(platform) => format!("It runs natively: {platform} is offered"),
        Reason::OnlyForeign(platform) => format!(
            "There is no native build; `platform: {platform}` says that the foreign one is meant, instead of an error at \
             the pull"
        ),
        Reason::SaysForeign(platform) => {
            format!("There is no native build: without `platform: {platform}` the pull would fail")
        }
        Reason::ForcesForeign(platform) => {
            format!("A native build exists, and `platform: {platform}` makes the translated one run")
        }
        Reason::NotOffered(platform) => format!("There is no build for {platform}: the pull fails"),
        Reason::NotAPlatform(text) => format!("`{text}` is no platform, such as `linux/arm64`"),
        Reason::Built(None) => "Its image is built here, for the native platform".to_owned(),
        Reason::Built(Some(platform)) => format!("Its image is built here, for {platform}"),
        Reason::BuiltForOthers(platform) => {
            format!("Its `build.platforms` leave out {platform}, which it is to run on: Compose refuses that")
        }
        Reason::NoImage => "It names no image and builds none".to_owned(),
        Reason::Variable(trouble) => variable(trouble),
        Reason::NoBuilds => "The registry has nothing under this name that could run".to_owned(),
        Reason::NotKnown(why) => format!("What is offered is not known: {why}"),
        Reason::NotAsked => "What is offered is not known: no registry was asked".to_owned(),
    };
    let sentence = if counsel.by_default {
        format!("{sentence}; the platform comes from `DOCKER_DEFAULT_PLATFORM`")
    } else {
        sentence
    };
    plain(&sentence)
}

fn variable(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Unset(name) => format!("The variable `{name}` has no value here, and the name has a gap"),
        Trouble::Required(name) => format!("The variable `{name}` has no value here, and must have one"),
        Trouble::Malformed(text) => format!("`{text}` is not how Compose names a variable"),
    }
}

/// A service that is left as it is by the editor.
pub(crate) fn refused(refusal: &edit::Refusal) -> ComposeRefused {
    let hint = match refusal {
        edit::Refusal::NoService { .. } => "`archlight compose check` lists the services of a file",
        edit::Refusal::Alias { .. } | edit::Refusal::Entangled { .. } => {
            "`--override` writes a file beside it that says the platform"
        }
        edit::Refusal::Inherited { .. } => {
            "Change it where it is said, or let this service say its own with `--platform`"
        }
        edit::Refusal::TooMany { .. } => "Name fewer of them with `--service`",
        edit::Refusal::Spreads { .. } => "Name both services with `--service`, or use `--override`",
    };
    ComposeRefused {
        service: refusal.service().to_owned(),
        why: capitalised(&plain(&refusal.to_string())),
        hint: hint.to_owned(),
    }
}

/// A service whose platform another file says.
pub(crate) fn said_elsewhere(service: &str, spot: &Spot) -> ComposeRefused {
    let file = plain(&spot.file.display().to_string());
    ComposeRefused {
        service: service.to_owned(),
        why: format!("`{service}` has it from `{file}`, line {}", spot.line),
        hint: format!("`archlight compose fix {file}` changes it there"),
    }
}

/// A service whose platform is chosen from outside.
pub(crate) fn by_variable(service: &str, raw: &str) -> ComposeRefused {
    ComposeRefused {
        service: service.to_owned(),
        why: plain(&format!("`{service}` lets a variable choose, as `{raw}`")),
        hint: "Set the variable where it gets its value, or name a platform with `--platform`".to_owned(),
    }
}

/// What later calls of Compose need for an override file.
pub(crate) fn later(place: &Place) -> String {
    plain(&compose_words::taken(place))
}

/// Nobody knows what `native` means here.
pub(crate) fn native_unknown() -> Problem {
    Problem {
        kind: "native-unknown".to_owned(),
        message: format!("It is not known what is native here: {NATIVE_UNKNOWN}"),
        hint: "Start the engine, or name a platform with `--platform`".to_owned(),
    }
}

/// A service that the project does not have.
pub(crate) fn no_service(name: &str, reading: &Reading) -> Problem {
    let names: Vec<&str> = reading
        .services
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    Problem {
        kind: "not-found".to_owned(),
        message: plain(&format!("There is no service `{name}`")),
        hint: plain(&format!("There are: {}", names.join(", "))),
    }
}

/// What Compose reads is not what was meant.
pub(crate) fn otherwise(why: &str) -> Problem {
    Problem {
        kind: "not-safe".to_owned(),
        message: plain(&format!(
            "Nothing was written: Docker Compose was shown the new text, and {why}"
        )),
        hint: "Change it by hand, or let `--override` write a file beside it".to_owned(),
    }
}

/// Why Compose was not asked.
pub(crate) fn no_compose(failure: &Failure) -> String {
    format!("no: {}", compose_words::sentence(failure))
}

/// Why Compose reads nothing.
pub(crate) fn cannot_read(failure: &Failure) -> String {
    plain(&format!(
        "it cannot read the file: {}",
        compose_words::sentence(failure)
    ))
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let (kind, hint) = match &error {
            ReadError::File(error) => return error.clone().into(),
            ReadError::Missing { from: None, .. } | ReadError::NoFile { .. } => {
                ("file-missing", "Name a Compose file, or a folder that has one")
            }
            ReadError::Missing { .. } => ("file-missing", "Put the file there, or take out what names it"),
            ReadError::Syntax { .. } => ("bad-yaml", "Mend that line; `docker compose config` reads it too"),
            ReadError::Shape { .. } | ReadError::Extends { .. } | ReadError::Twice { .. } => (
                "bad-compose-file",
                "Mend that line; `docker compose config` reads it too",
            ),
            ReadError::Elsewhere { .. } => (
                "file-elsewhere",
                "Set the variable, or check the files that are on this machine",
            ),
            ReadError::TooMany { .. } => ("too-many-files", "Check fewer files at a time"),
            ReadError::NoServices { .. } => ("no-services", "Name the file that has the services"),
        };
        Self {
            kind: kind.to_owned(),
            message: capitalised(&plain(&error.to_string())),
            hint: hint.to_owned(),
        }
    }
}
