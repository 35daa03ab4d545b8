//! How places and foreign texts are told, and where links lead.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{HostError, Roots, links::Led, read};

/// Longer values are not worth a line of a report.
const LONGEST: usize = 160;
/// A folder of tools or of snippets has some hundreds of files.
const MOST_ENTRIES: usize = 4096;

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Followed {
    /// To something that is there.
    There(PathBuf),
    /// To nothing.
    Dangling(PathBuf),
    /// Out of the machine's own files, or in a circle.
    Unclear,
}

/// `path` as the machine's own user writes it: `~/…` below the home, else from its root.
pub(super) fn shown(roots: &Roots, path: &Path) -> String {
    let place = match path.strip_prefix(&roots.home) {
        Ok(rest) if !roots.home.as_os_str().is_empty() => Path::new("~").join(rest),
        _ => path
            .strip_prefix(&roots.root)
            .map_or_else(|_| path.to_path_buf(), |rest| Path::new("/").join(rest)),
    };
    tame(&place.to_string_lossy())
}

/// Foreign text that can stand between back-quotes in one line: cut, and without what is invisible.
pub(super) fn tame(text: &str) -> String {
    let mut tame = String::new();
    for (place, letter) in text.trim().chars().enumerate() {
        if place == LONGEST {
            tame.push('…');
            break;
        }
        match letter {
            '\'' | '"' | '\\' => tame.push(letter),
            '`' => tame.push_str("\\u{60}"),
            _ => tame.extend(letter.escape_debug()),
        }
    }
    tame
}

/// A value as it can be shown: tamed, and without what may be a credential, which are passwords in addresses and what
/// commands give.
pub fn veiled(value: &str) -> String {
    if value.contains("$(") || value.contains('`') {
        return "$(…)".to_owned();
    }
    let (scheme, rest) = match value.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), value),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    // A user of `ssh` is a name; of everything else it may be a token.
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) if user.contains(':') || scheme != "ssh://" => format!("…@{host}"),
        Some(_) | None => rest.to_owned(),
    };
    tame(&(scheme + &rest))
}

/// Follows the links at `path`, which lies below the roots, as the machine itself would.
pub(super) fn follow(roots: &Roots, path: &Path) -> Followed {
    match roots.led(path) {
        Ok(Led::There(place)) => Followed::There(place),
        Ok(Led::Missing(place) | Led::Dangling(place)) => Followed::Dangling(place),
        Err(_) => Followed::Unclear,
    }
}

/// The names in a folder, in order; none when it is not there.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, HostError> {
    let failed = |error| HostError::from_io(folder, &error);
    let Some(entries) = read::optional(fs::read_dir(folder).map_err(failed))? else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        if names.len() == MOST_ENTRIES {
            let (path, limit) = (folder.to_path_buf(), MOST_ENTRIES);
            return Err(HostError::TooLarge { path, limit });
        }
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_credential_is_left_out_of_values() {
        let cases = [
            ("tcp://ada:hunter2@box:2376", "tcp://…@box:2376"),
            ("tcp://box:2376?token=abc", "tcp://box:2376"),
            ("tcp://a:b@c@box", "tcp://…@box"),
            ("ssh://ada@box", "ssh://ada@box"),
            ("tcp://s3cret@box", "tcp://…@box"),
            ("ada:hunter2@box:2375", "…@box:2375"),
            ("$(pass show docker)", "$(…)"),
            ("linux/amd64", "linux/amd64"),
        ];
        for (value, shown) in cases {
            assert_eq!(veiled(value), shown);
        }
    }

    #[test]
    fn foreign_text_is_one_short_line_without_anything_invisible() {
        assert_eq!(tame(" a`b\u{1b}[31m\u{202e}\n "), r"a\u{60}b\u{1b}[31m\u{202e}");
        assert_eq!(tame(&"x".repeat(10_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn no_link_leads_out_of_the_roots() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("mac");
        std::fs::create_dir_all(root.join("a")).expect("a folder");
        let roots = Roots {
            home: root.join("Users/me"),
            root,
        };
        let link = |name: &str, to: &str| {
            let place = roots.root.join("a").join(name);
            std::os::unix::fs::symlink(to, &place).expect("a link");
            follow(&roots, &place)
        };
        let above = roots.root.join("etc/passwd");
        assert_eq!(link("up", "../../../etc/passwd"), Followed::Dangling(above));
        assert_eq!(link("self", "self"), Followed::Unclear);
        let gone = roots.root.join("gone");
        assert_eq!(link("root", "/gone"), Followed::Dangling(gone));
        assert_eq!(link("within", "../a"), Followed::There(roots.root.join("a")));
    }
}
