//! Trees of files and what they mean, as tables: one row is one Mac.

use std::path::Path;

use host::{Conflict, Folders, Rosetta, Step, Vmm};

use crate::mac::Mac;

/// A Mac: what it shows, its macOS, its files below the home folder (or below the root, with a `/` before), and what is found.
pub(crate) type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

/// Tells of all rows that are wrong at once.
pub(crate) fn check(rows: &[Row]) {
    let wrong = rows.iter().filter_map(|(name, macos, files, expected)| {
        let found = lines(&laid(macos, files), &Folders::default());
        (found != *expected).then(|| format!("{name}:\n  expected {expected:#?}\n  found {found:#?}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A Mac with these files.
pub(crate) fn laid(macos: &str, files: &[(&str, &str)]) -> Mac {
    files.iter().fold(Mac::new(macos), |mac, (path, content)| {
        let path = match path.strip_prefix('/') {
            Some(path) => path.into(),
            None => Path::new("Users/me").join(path),
        };
        mac.file(path, content)
    })
}

/// One line for each answer: whose, its state, from where, how sure, what runs the machine, and the key that decided.
pub(crate) fn lines(mac: &Mac, folders: &Folders) -> Vec<String> {
    mac.runtimes(folders).iter().map(line).collect()
}

pub(crate) fn line(found: &Rosetta) -> String {
    let instance = found
        .instance
        .as_ref()
        .map(|it| format!("/{it}"))
        .unwrap_or_default();
    let version = found
        .runtime_version
        .as_ref()
        .map(|it| format!(" {it}"))
        .unwrap_or_default();
    let key = match (&found.key, &found.value) {
        (Some(key), Some(value)) => format!(" {key}={value}"),
        (Some(key), None) => format!(" no {key}"),
        (None, _) => String::new(),
    };
    format!(
        "{}{instance}{version}: {} {} {} {}{key}{}",
        found.runtime.as_str(),
        found.state.as_str(),
        found.source.as_str(),
        found.confidence.as_str(),
        found.vmm.map_or("?", Vmm::as_str),
        if found.locked { " locked" } else { "" },
    )
}

/// All sentences of the answers, with the root cut away.
pub(crate) fn said(mac: &Mac) -> String {
    let root = mac.path("").display().to_string();
    let found = mac.runtimes(&Folders::default());
    let sentences = found.iter().flat_map(|found| {
        let conflicts = found.conflicts.iter().map(Conflict::sentence);
        let steps = found.steps.iter().map(Step::sentence);
        std::iter::once(found.why.sentence())
            .chain(conflicts)
            .chain(steps)
    });
    let sentences: Vec<_> = sentences.map(|it| it.replace(&root, "/")).collect();
    for sentence in &sentences {
        assert!(!sentence.is_empty() && !sentence.contains("  "), "{sentences:#?}");
    }
    sentences.join("\n")
}
