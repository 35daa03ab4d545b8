//! The words of a re-run through Compose.

use sources::compose::Place;

use engine::act::Plan;

use crate::{
    compose::{ByCompose, DevContainer, Failure, NotHere, Note},
    problem::{capitalised, plain},
    view,
};

/// The file is on its way.
pub(crate) const WRITING: &str = "Writing the override file";
/// Compose was started.
pub(crate) const MAKING: &str = "Compose makes the service";
/// What it left half done is brought to an end.
pub(crate) const STOPPING: &str = "Compose stops the service, whose re-run was interrupted on the way";
/// The new one is watched.
pub(crate) const WATCHING: &str = "Watching whether it stays";
/// Everything is taken back.
pub(crate) const ROLLING_BACK: &str = "Taking the override file back";

/// What the plan shows of it.
pub(crate) fn by_compose(by: &ByCompose) -> view::ByCompose {
    view::ByCompose {
        file: by.edit.file().display().to_string(),
        content: by.edit.after().to_owned(),
        command: by.command.clone(),
        project: by.project.name.clone(),
        service: by.project.service.clone(),
        later: later(by),
    }
}

/// What later calls of Compose do with an override file.
pub(crate) fn taken(place: &Place) -> String {
    let name = place.file().file_name().unwrap_or_default().to_string_lossy();
    match place {
        Place::Usual(_) => {
            "Each later `docker compose up` takes the file by itself, unless files are named with `-f`"
                .to_owned()
        }
        Place::Named(_) => format!(
            "Each later `docker compose up` has to be told of the file: name `{name}` as the last one with `-f`, or in \
             `COMPOSE_FILE` in the project's `.env`"
        ),
    }
}

fn later(by: &ByCompose) -> String {
    let taken = taken(&by.place);
    match &by.pinned {
        Some(_) => format!(
            "{taken}. It names this build of the image, since the tag could only name one platform here: an update \
             needs `archlight undo` first"
        ),
        None => taken,
    }
}

/// What is done, in order.
pub(crate) fn steps(plan: &Plan, by: &ByCompose) -> Vec<String> {
    let (file, service) = (by.edit.file().display(), &by.project.service);
    let verb = if by.edit.was_there() { "Add to" } else { "Write" };
    let which = match by.replicas {
        0 | 1 => "the container".to_owned(),
        count => format!("all {count} containers"),
    };
    vec![
        format!("{verb} {file}: the service {service} is for {}", plan.to),
        format!("Let Compose pull what is not here for {}, and nothing else", plan.to),
        format!(
            "Let Compose make {which} of {service} anew, with the same volumes, also those without a name; other \
             services are left alone"
        ),
        "Watch whether the new container stays; if it ends badly, take the file back and let Compose make it as it was"
            .to_owned(),
    ]
}

/// What to know before, beside what is to be known of every re-run.
pub(crate) fn warnings(plan: &Plan, by: &ByCompose) -> Vec<view::Note> {
    let service = &by.project.service;
    let files = "What the container wrote outside of volumes is lost, as with each `up` that makes it anew: re-creating \
                 it by hand (`--by-hand`) keeps it, until the next `up`"
        .to_owned();
    let drifted = by.drifted.then(|| {
        let text = format!(
            "The project's files, its variables or Compose itself have changed since this container was made: what \
             they say of {service} by now takes effect as well"
        );
        note("compose-drift", text)
    });
    let moves = by.moves.as_ref().map(|tag| {
        let text = format!(
            "{tag} names the build for {} afterwards, since a tag names one platform here: other services of this image \
             follow it at their next `up`; an undo puts the tag back",
            plan.to
        );
        note("tag-moves", text)
    });
    let dev = crate::compose::dev_container(&plan.old).map(|_| {
        let text = format!(
            "It is a dev container: name {} in `dockerComposeFile` of its `devcontainer.json` too, since opening it \
             anew takes only what stands there",
            by.edit.file().display()
        );
        note("dev-container", text)
    });
    let files = Some(note("own-files", files));
    [files, drifted, moves, dev].into_iter().flatten().collect()
}

/// Why Compose cannot do it from here, and what else can be done.
pub(crate) fn not_here(plan: &Plan, why: &NotHere) -> view::Note {
    let text = format!(
        "Compose made {}, and cannot make it anew from here: {}. Run Archlight where its files are, or re-create it by \
         hand (`--by-hand`), which its next `docker compose up` takes back",
        plan.old.name(),
        plain(&reason(plan, why))
    );
    note("compose-not-here", text)
}

fn reason(plan: &Plan, why: &NotHere) -> String {
    match why {
        NotHere::Elsewhere => "the files that are looked at are those of another machine".to_owned(),
        NotHere::Sources(error) => error.to_string(),
        NotHere::Program(failure) => failed(failure),
        NotHere::Scaled { there, said } => format!(
            "there are {there} containers of its service, and its files say {said}: its `up` would remove the others"
        ),
        NotHere::Otherwise => format!("its files would not make it for {} even so", plan.to),
    }
}

/// Compose mounts what its files name, not a copy.
pub(crate) fn mounts_its_own(plan: &Plan) -> view::Note {
    let text = format!(
        "Compose gives {} the volumes that its files name: copies are only made for a container that is re-created by \
         hand (`--by-hand`); copy them yourself, or make a dump, and go on without copies",
        plan.old.name()
    );
    note("copies-by-hand", text)
}

/// A dev container is made by its tool, from a file of the user's.
pub(crate) fn dev_container(plan: &Plan, told: DevContainer<'_>) -> view::Note {
    let place = match told {
        DevContainer::File(file) => format!("`{}`", plain(file)),
        DevContainer::Folder(folder) => format!("the `devcontainer.json` of `{}`", plain(folder)),
        DevContainer::Somewhere => "its `devcontainer.json`".to_owned(),
    };
    let text = format!(
        "{} is a dev container, and its tool would make another one: put `\"runArgs\": [\"--platform={}\"]` into {place} \
         and rebuild it, or re-create it by hand (`--by-hand`)",
        plan.old.name(),
        plan.to
    );
    note("dev-container", text)
}

/// It was re-run through Compose already.
pub(crate) fn has_file(name: &str, earlier: &Note) -> view::Note {
    let text = format!(
        "{name} was re-run through Compose already, by {}: undo or discard that first",
        earlier.edit.file().display()
    );
    note("has-kept", text)
}

/// What an interrupted one left.
pub(crate) fn interrupted(note: Note) -> view::Interrupted {
    let text = format!(
        "The re-run of {} for {} through Compose was interrupted; an undo takes {} back and lets Compose make it as it was",
        note.name,
        note.to,
        note.edit.file().display()
    );
    view::Interrupted {
        container: note.name,
        old_id: note.old_id,
        new_id: note.new_id,
        platform: note.to,
        left: "old".to_owned(),
        text,
    }
}

/// One of an interrupted re-run of container `of` is still at work, and an undo of `asked` may not begin beside it.
pub(crate) fn left_alone(of: &str, asked: &str, number: Option<u32>) -> (String, String) {
    let message = format!(
        "A `docker compose` that an interrupted re-run of `{}` left behind is still at work",
        plain(of)
    );
    let kill = number.map(|number| format!(", or end it with `kill -KILL -- -{number}`"));
    let hint = if of == asked {
        format!(
            "Wait until it has ended{}, and try again",
            kill.unwrap_or_default()
        )
    } else {
        format!(
            "Wait until it has ended, or end and take it back with `archlight undo {}`, and try again",
            plain(of)
        )
    };
    (message, hint)
}

/// Nothing tells which one it is.
pub(crate) fn somebody_left_alone(project: &str) -> (String, String) {
    (
        format!(
            "A `docker compose` that was left behind is still at work in the project `{}`",
            plain(project)
        ),
        format!(
            "`pgrep -fl 'compose -p {}'` finds it: wait until it has ended, or end it, and try again",
            plain(project)
        ),
    )
}

/// Why Compose did not do it.
pub(crate) fn failed(failure: &Failure) -> String {
    match failure {
        Failure::NoDocker => "there is no `docker` where programs are looked for".to_owned(),
        Failure::NoCompose => "`docker` has no `compose` here".to_owned(),
        Failure::Broken(why) => format!("`docker compose` could not be run: {}", plain(why)),
        Failure::TooMuch => "`docker compose` said more than can be read".to_owned(),
        Failure::TooLong(limit) => format!("`docker compose` did not end within {} s", limit.as_secs()),
        Failure::Failed(why) => format!("`docker compose` failed: {}", plain(why)),
    }
}

/// The same as a sentence.
pub(crate) fn sentence(failure: &Failure) -> String {
    capitalised(&failed(failure))
}

fn note(kind: &str, text: String) -> view::Note {
    view::Note {
        kind: kind.to_owned(),
        text,
    }
}
