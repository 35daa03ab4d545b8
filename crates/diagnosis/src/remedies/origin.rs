//! Where a file comes from, so that it can be mended there.

use platform::{Mount, MountKind};

use super::is_plain;
use crate::{diagnose::Case, foreign_text::quoted};

/// Where a file comes from, so that it can be mended there.
struct Origin {
    /// The file's path on the engine's machine, when it is mounted.
    host: Option<String>,
    /// In words.
    words: String,
}

fn origin(case: &Case<'_>) -> Option<Origin> {
    let judged = case.faulty()?;
    if let Some(mount) = judged
        .link
        .mount
        .as_ref()
        .filter(|mount| mount.kind == MountKind::Bind)
    {
        let host = on_host(mount, judged.link.place());
        return Some(Origin {
            words: format!("it is {} of the engine's machine", quoted(&host)),
            host: Some(host),
        });
    }
    let copied = case.facts.hints.copied_by.as_ref()?;
    let folder = case.facts.hints.project_folder.as_deref();
    let context = folder.map_or_else(|| "the build context".to_owned(), quoted);
    let stage = if copied.may_be_of_stage {
        ", or from an earlier stage"
    } else {
        ""
    };
    let instruction = quoted(&copied.instruction);
    Some(Origin {
        host: None,
        words: format!("the Dockerfile's {instruction} brings it from {context}{stage}"),
    })
}

/// The path on the engine's machine of what is at `path` below `mount`.
fn on_host(mount: &Mount, path: &str) -> String {
    let below = path
        .strip_prefix(mount.destination.trim_end_matches('/'))
        .unwrap_or_default();
    format!("{}{below}", mount.source.trim_end_matches('/'))
}

/// `why`, and where the file comes from.
pub(super) fn with_origin(case: &Case<'_>, why: &str) -> String {
    origin(case).map_or_else(|| why.to_owned(), |origin| format!("{why}; {}", origin.words))
}

/// `command FILE`, where the file is mounted from the engine's machine, or is known in the build context.
pub(super) fn on_file(case: &Case<'_>, command: &str) -> Option<String> {
    let in_context = || case.facts.hints.copied_by.as_ref()?.file.clone();
    let file = match origin(case)?.host {
        Some(host) => host,
        None => in_context()?,
    };
    is_plain(&file).then(|| format!("{command} {file}"))
}
