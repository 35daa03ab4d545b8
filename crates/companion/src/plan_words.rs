//! The words of a re-run's plan.

use engine::act::{Blocker, Change, Field, Plan, Progress, Source, Warning, kept_name};

use crate::{probe_words, problem::capitalised, view};

/// What is done, in order.
pub(crate) fn steps(plan: &Plan) -> Vec<String> {
    let name = plan.old.name();
    let kept_as = kept_name(name, "<new id>");
    let pull = (plan.source == Source::Pull).then(|| format!("Pull {} for {}", plan.image, plan.to));
    let tag = plan
        .tag_moves
        .then(|| format!("Put the tag {} back to the image that it names now", plan.image));
    let stop = plan
        .stops()
        .then(|| format!("Stop {name} with its own signal and within its own time"));
    let start = plan
        .starts()
        .then(|| "Start the new container, and watch whether it stays".to_owned());
    let steps = [
        pull,
        Some(format!("Make a new container for {} beside the old one", plan.to)),
        tag,
        stop,
        Some(format!("Keep the old container, stopped, as {kept_as}")),
        Some(format!("Give the new one the name {name}")),
        start,
    ];
    steps.into_iter().flatten().collect()
}

pub(crate) fn change(change: &Change) -> view::Change {
    let (field, to, why) = match change.field {
        Field::Platform => (
            "platform",
            change.to.clone(),
            "the new container is made for this platform",
        ),
        Field::Hostname => (
            "hostname",
            "the new container's id".to_owned(),
            "it was generated from the container's id",
        ),
        Field::Volume => (
            "volume",
            change.to.clone(),
            "this volume without a name is carried over, not copied",
        ),
    };
    view::Change {
        field: field.to_owned(),
        from: change.from.clone(),
        to,
        why: why.to_owned(),
    }
}

pub(crate) fn warning(warning: &Warning, plan: &Plan) -> view::Note {
    let (kind, text) = match warning {
        Warning::Compose { project } => (
            "compose",
            format!("Compose project {project} made this container: its next `up` would undo the change"),
        ),
        Warning::RegistryUnknown { why } => (
            "registry-unknown",
            format!(
                "The registry could not be asked whether it has {}: {why}",
                plan.to
            ),
        ),
        Warning::NeedsTranslation => (
            "needs-translation",
            format!(
                "{} is not this engine's own platform: a translator is needed, and it runs more slowly",
                plan.to
            ),
        ),
        Warning::TranslationUnknown { why } => (
            "translation-unknown",
            format!(
                "It is not known whether {} programs run here: {}",
                plan.to,
                probe_words::unknown(&plan.to, why)
            ),
        ),
        Warning::TagMoved => (
            "tag-moved",
            format!(
                "{} names another image by now than the one that this container was made of",
                plan.old.image()
            ),
        ),
    };
    view::Note {
        kind: kind.to_owned(),
        text,
    }
}

pub(crate) fn blocker(blocker: &Blocker, plan: &Plan) -> view::Note {
    let name = plan.old.name();
    let (kind, text) = match blocker {
        Blocker::PlatformUnavailable { offered } => {
            let offered: Vec<String> = offered.iter().map(ToString::to_string).collect();
            let text = format!(
                "{} has no build for {}; it has {}",
                plan.image,
                plan.to,
                offered.join(", ")
            );
            ("platform-unavailable", text)
        }
        Blocker::NothingRuns { why, on, runtime } => {
            let text = format!(
                "{}; {}",
                capitalised(&probe_words::no(&plan.to, *why)),
                probe_words::fix(&plan.to, on, *runtime, *why)
            );
            ("nothing-runs", text)
        }
        Blocker::NoReference => (
            "no-reference",
            "The image has no name any more, so that no other platform of it can be found".to_owned(),
        ),
        Blocker::AutoRemove => (
            "auto-remove",
            format!(
                "{name} was started with `--rm`: stopping it would delete it, and nothing would be left for an undo"
            ),
        ),
        Blocker::Paused => (
            "paused",
            format!("{name} is paused, and would not be paused after an undo: unpause or stop it first"),
        ),
        Blocker::IsKept => (
            "is-kept",
            format!("{name} is itself kept for an undo: undo or discard first"),
        ),
        Blocker::HasKept { kept_as } => (
            "has-kept",
            format!("{name} was re-run already, and {kept_as} is still kept: undo or discard it first"),
        ),
        Blocker::Dependents { names } => (
            "dependents",
            format!(
                "{} live in the network of {name} and would lose it",
                names.join(", ")
            ),
        ),
        Blocker::Managed { by } => (
            "managed",
            format!("{by} looks after {name} and would undo the change"),
        ),
    };
    view::Note {
        kind: kind.to_owned(),
        text,
    }
}

/// What stays as it is: `name`, `2 ports`, `1 volume`.
pub(crate) fn kept(plan: &Plan) -> Vec<String> {
    let counted = plan.kept().into_iter().map(|(what, count)| match (what, count) {
        ("restart policy" | "health check", _) => what.to_owned(),
        (what, 1) => format!("1 {what}"),
        (what, count) => format!("{count} {what}s"),
    });
    std::iter::once("name".to_owned()).chain(counted).collect()
}

/// How far a re-run of `name` is.
pub(crate) fn progress(name: &str, progress: &Progress) -> view::Progress {
    let (step, fraction) = match progress {
        Progress::Pulling(fraction) => ("Pulling the image", *fraction),
        Progress::Creating => ("Making the new container", None),
        Progress::Stopping => ("Stopping the old container", None),
        Progress::Starting => ("Starting the new container", None),
        Progress::Watching => ("Watching whether it stays", None),
        Progress::RollingBack => ("Putting everything back", None),
    };
    view::Progress {
        container: name.to_owned(),
        step: step.to_owned(),
        fraction,
    }
}
