//! The words of a re-run's plan.

use engine::act::{
    self, Blocker, Change, Field, Left, Mounted, NeededNetwork, Phase, Plan, Progress, VolumeCopy, Warning,
    kept_name,
};

use crate::{probe_words, problem::capitalised, view};

/// What is done, in order.
pub(crate) fn steps(plan: &Plan) -> Vec<String> {
    let name = plan.old.name();
    let kept_as = kept_name(name, "<new id>");
    let pull = plan.pull.as_ref().map(|pulled| {
        let size = plan.size.map(|bytes| format!(", {} at most", size(bytes)));
        format!("Pull {pulled} for {}{}", plan.to, size.unwrap_or_default())
    });
    let tag = plan
        .tag_moves
        .then(|| format!("Put the tag {} back to the image that it names now", plan.image));
    let stop = plan
        .stops()
        .then(|| format!("Stop {name} with its own signal and within its own time"));
    let start = plan.starts().then(|| {
        let though = if plan.stops() {
            String::new()
        } else {
            format!(", though {name} does not run now")
        };
        format!("Start the new container{though}, and watch whether it stays")
    });
    let removed = plan.is_removed_by_stopping();
    let keep = if removed {
        format!(
            "Keep a copy of the old container, without its own files, as {kept_as}, which `docker container prune` would \
             remove"
        )
    } else {
        format!("Keep the old container, stopped, as {kept_as}, which `docker container prune` would remove")
    };
    let steps = [
        pull,
        Some(format!("Make a new container for {} beside the old one", plan.to)),
        tag,
        stop,
        Some(keep),
        Some(format!("Give the new one the name {name}")),
    ];
    let copies = plan.copies.iter().map(|copy| {
        let VolumeCopy { path, from, to } = copy;
        format!("Copy the volume {from} at {path} to {to}, which an undo leaves")
    });
    steps.into_iter().flatten().chain(copies).chain(start).collect()
}

pub(crate) fn change(change: &Change) -> view::Change {
    let (field, to, why) = match change.field {
        Field::Platform => (
            "platform",
            change.to.clone(),
            "the new container is made for this platform",
        ),
        Field::Image => (
            "image",
            change.to.clone(),
            "it names this build, so that the tag stays where it is",
        ),
        Field::Default(_) => (
            "image default",
            change.to.clone(),
            "it is a default of the image, which this build has otherwise",
        ),
        Field::VolumesFrom => (
            "volumes-from",
            change.to.clone(),
            "that container is gone; what came from it is mounted directly",
        ),
        Field::Hostname => (
            "hostname",
            "the new container's id".to_owned(),
            "it was generated from the container's id",
        ),
        Field::VolumeCopy => (
            "volume copy",
            change.to.clone(),
            "the new container writes into a copy of this volume",
        ),
        Field::Volume => (
            "volume",
            change.to.clone(),
            "this volume without a name is carried over, not copied",
        ),
    };
    let field = if let Field::Default(name) = &change.field {
        name.clone()
    } else {
        field.to_owned()
    };
    let or_nothing = |value: String| {
        if value.is_empty() {
            "nothing".to_owned()
        } else {
            value
        }
    };
    view::Change {
        field,
        from: or_nothing(change.from.clone()),
        to: or_nothing(to),
        why: why.to_owned(),
    }
}

pub(crate) fn warning(warning: &Warning, plan: &Plan) -> view::Note {
    view::Note {
        kind: warning_kind(warning).to_owned(),
        text: warning_text(warning, plan),
    }
}

fn warning_kind(warning: &Warning) -> &'static str {
    match warning {
        Warning::Compose { .. } => "compose",
        Warning::RegistryUnknown { .. } => "registry-unknown",
        Warning::NeedsTranslation => "needs-translation",
        Warning::TranslationUnknown { .. } => "translation-unknown",
        Warning::TagMoved => "tag-moved",
        Warning::RemovedByStopping => "removed-by-stopping",
        Warning::ImageGone => "image-gone",
        Warning::UncertainMac { .. } => "uncertain-mac",
        Warning::HoldsBuilds { .. } => "holds-builds",
        Warning::Database { .. } => "database",
        Warning::HoldsSocket => "holds-socket",
        Warning::NotRunning { .. } => "not-running",
        Warning::Interrupted => "interrupted",
    }
}

fn warning_text(warning: &Warning, plan: &Plan) -> String {
    match warning {
        Warning::Compose { project } => {
            format!(
                "Compose project {project} made this container, and will make it anew: its next `up` may remove the \
                 new one, and start the kept one"
            )
        }
        Warning::RegistryUnknown { why } => format!(
            "The registry could not be asked whether it has {}: {why}",
            plan.to
        ),
        Warning::NeedsTranslation => format!(
            "{} is not this engine's own platform: a translator is needed, and it runs more slowly",
            plan.to
        ),
        Warning::TranslationUnknown { why } => format!(
            "It is not known whether {} programs run here: {}",
            plan.to,
            probe_words::unknown(&plan.to, why)
        ),
        Warning::TagMoved => format!(
            "{} names another image by now than the one that this container was made of",
            plan.old.image()
        ),
        Warning::RemovedByStopping => format!(
            "{} was started with `--rm`: the engine removes it as it stops, with the files that it wrote outside of \
                 volumes; an undo makes it again from the same image, with the same volumes",
            plan.old.name()
        ),
        Warning::ImageGone => {
            "The image that this container was made of is gone, so that its defaults stay as they are"
                .to_owned()
        }
        Warning::UncertainMac { network, address } => format!(
            "Nothing says whether somebody chose the address {address} in the network {network}: a new one is \
                 generated"
        ),
        Warning::HoldsBuilds { path } => format!(
            "The volume at {path} may hold programs that were built for the old platform: build them again"
        ),
        Warning::Database { name, path } => format!(
            "{name} wrote the files at {path} on one architecture and would read them on another: some versions \
                 find them damaged, or sort otherwise; make a dump first, or let it write into copies (`--copy-volumes`)"
        ),
        Warning::HoldsSocket => {
            "It has the engine's socket: what it does with it may depend on its own name or id".to_owned()
        }
        Warning::NotRunning { code } => format!(
            "{} does not run now (it ended with exit code {code}), and the new container is started",
            plan.old.name()
        ),
        Warning::Interrupted => format!(
            "A re-run of {} was interrupted: what it did is taken back first",
            plan.old.name()
        ),
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
            format!(
                "{name} was made by an id or a digest that leads to no other platform from here: make it by a name with \
                 a tag first"
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
                "{} live in the network, the memory or the processes of {name}, or are linked to it, and would lose it: \
                 remove and make them anew afterwards",
                names.join(", ")
            ),
        ),
        Blocker::NetworkGone { network } => (
            "network-gone",
            format!(
                "{name} is in the network {}, which is gone: make it again with `{}`",
                network.name,
                network.command()
            ),
        ),
        Blocker::OtherSubnet { network } => ("other-subnet", other_subnet(name, network)),
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

fn other_subnet(name: &str, network: &NeededNetwork) -> String {
    let addresses: Vec<String> = network.addresses.iter().map(ToString::to_string).collect();
    format!(
        "{name} has the address {} in the network {}, whose subnet is {} now: remove that one, and make it again with `{}`",
        addresses.join(" and "),
        network.name,
        network.has.join(" and "),
        network.command()
    )
}

/// What an interrupted re-run left.
pub(crate) fn interrupted(it: act::Interrupted) -> view::Interrupted {
    let name = &it.name;
    let how = match it.phase {
        Phase::Begun => "before the old container was touched",
        Phase::Swapping => "while the old container was making way for the new one",
        Phase::Undoing => "while the old container was on its way back",
        Phase::Done => "after it was done",
    };
    let (now, left) = match it.left {
        Left::Old => ("nothing is lost", "old"),
        Left::New => (
            "somebody removed the old one since, and the new one is left",
            "new",
        ),
    };
    view::Interrupted {
        text: format!("The re-run of {name} for {} was interrupted {how}; {now}", it.to),
        left: left.to_owned(),
        container: it.name,
        old_id: it.old_id,
        new_id: it.new_id,
        platform: it.to,
    }
}

/// In the units that people use for downloads.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
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

/// What is mounted as before: `data at /data`, `a volume without a name (0123456789ab) at /cache`.
pub(crate) fn mounts(plan: &Plan) -> Vec<String> {
    let words = |mount: Mounted| {
        let what = match mount.source.as_str() {
            "" => mount.kind,
            name if mount.is_nameless() => format!("a volume without a name ({})", &name[..12]),
            name => name.to_owned(),
        };
        format!("{what} at {}", mount.path)
    };
    plan.mounted().into_iter().map(words).collect()
}

/// How far a re-run of `name` is.
pub(crate) fn progress(name: &str, progress: &Progress) -> view::Progress {
    let (step, fraction) = match progress {
        Progress::Pulling(fraction) => ("Pulling the image", *fraction),
        Progress::Creating => ("Making the new container", None),
        Progress::Stopping => ("Stopping the old container", None),
        Progress::Copying(_) => ("Copying a volume", None),
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
