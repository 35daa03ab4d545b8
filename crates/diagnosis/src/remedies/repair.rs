//! Repairs of the image and its build, as concrete as what is known allows.

use platform::Platform;

use super::{
    is_plain,
    origin::{on_file, with_origin},
    plain,
};
use crate::{
    Cause, Remedy, RemedyKind, diagnose::Case, faults::Fault, foreign_text::quoted, words::place_of,
};

pub(super) fn permissions(case: &Case<'_>) -> Vec<Remedy> {
    let judged = case.faulty();
    let barred = judged.and_then(|judged| judged.link.file()?.barred_by.clone());
    if let Some(folder) = barred {
        let command = is_plain(&folder).then(|| format!("RUN chmod a+x {folder}"));
        return vec![Remedy {
            command,
            ..plain(
                RemedyKind::FixPermissions,
                "Let the container's user into the folder",
                &format!(
                    "{} belongs to another user; install the program elsewhere, or open the folder",
                    quoted(&folder)
                ),
            )
        }];
    }
    let is_read = judged.is_some_and(|judged| judged.kind == Some(Fault::NotReadable));
    let mode = if is_read { "a+rx" } else { "+x" };
    let place = judged.map(|judged| judged.link.place()).unwrap_or_default();
    let in_image = is_plain(place).then(|| format!("RUN chmod {mode} {place}"));
    vec![Remedy {
        command: on_file(case, &format!("chmod {mode}")).or(in_image),
        ..plain(
            RemedyKind::FixPermissions,
            if is_read {
                "Let it be read"
            } else {
                "Let it be executed"
            },
            &with_origin(case, "`RUN chmod +x` in the Dockerfile, or `COPY --chmod=755`"),
        )
    }]
}

pub(super) fn build(case: &Case<'_>) -> Remedy {
    let claimed = case.facts.claimed.as_known().unwrap_or(&case.facts.engine);
    let is_incomplete = matches!(case.cause, Cause::EmptyProgram | Cause::TruncatedProgram);
    let (title, why) = if is_incomplete {
        (
            "Copy the program again",
            "A download, a build step or a copy ended before the file was complete".to_owned(),
        )
    } else {
        ("Fix it where it is built", wrong_copy(case, claimed))
    };
    plain(RemedyKind::FixBuild, title, &with_origin(case, &why))
}

fn wrong_copy(case: &Case<'_>, claimed: &Platform) -> String {
    let place = case.faulty().map_or_else(|| "the program".to_owned(), place_of);
    format!("Copy or download {place} for {claimed}; what is there now is for another platform")
}
