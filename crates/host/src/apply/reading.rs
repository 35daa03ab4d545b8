//! What is read and shown of small files of other runtimes: one line of YAML, and the lines that change.

use std::path::Path;

/// Lines that a diff shows before and after what changes.
const CONTEXT: usize = 3;
/// A longer line is cut in a diff: some programs write all of a file in one.
const LINE: usize = 400;

/// The plain value at `path` in a YAML text of block mappings, without its quotes.
///
/// `None` when it is not there, is empty, or stands in a form that only a whole reader would understand.
pub(super) fn yaml<'a>(text: &'a str, path: &[&str]) -> Option<&'a str> {
    // For each key of the path that was passed: how far it is indented, and how far what is below it.
    let mut passed = Vec::<(usize, Option<usize>)>::new();
    let mut found = None;
    for line in text.lines() {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        while passed.last().is_some_and(|(parent, _)| indent <= *parent) {
            passed.pop();
        }
        let level = match passed.last_mut() {
            None => 0,
            Some((_, below)) => *below.get_or_insert(indent),
        };
        let Some((key, value)) = content.split_once(':').filter(|_| indent == level) else {
            continue;
        };
        if path.get(passed.len()) != Some(&key.trim().trim_matches(['"', '\''])) {
            continue;
        }
        let value = value.split(" #").next().unwrap_or_default().trim();
        if passed.len() + 1 == path.len() {
            // The same key twice is no answer.
            if found.is_some() {
                return None;
            }
            found = Some(value);
        } else if value.is_empty() {
            passed.push((indent, None));
        }
    }
    let value = found?.trim_matches(['"', '\'']);
    (!value.is_empty() && !value.starts_with(['{', '[', '&', '*', '|', '>', '!'])).then_some(value)
}

/// `true` or `false`, as YAML writes them.
pub(super) fn switch(value: &str) -> Option<bool> {
    match value {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// The lines of `path` that change between two texts, as a unified diff.
pub(super) fn diff(path: &Path, before: &[u8], after: &[u8]) -> String {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let start = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(same)
        .count();
    let (first, last) = (
        start.saturating_sub(CONTEXT),
        (old.len() - end + CONTEXT).min(old.len()),
    );
    let tail = &old[old.len() - end..last];
    let removed = &old[start..old.len() - end];
    let added = &new[start..new.len() - end];
    let shared = start - first + tail.len();
    let range = |count: usize| match count {
        0 => "0,0".to_owned(),
        count => format!("{},{count}", first + 1),
    };
    let head = format!(
        "--- {0}\n+++ {0}\n@@ -{1} +{2} @@\n",
        path.display(),
        range(shared + removed.len()),
        range(shared + added.len())
    );
    let parts = [
        (' ', &old[first..start]),
        ('-', removed),
        ('+', added),
        (' ', tail),
    ];
    let lines = parts
        .iter()
        .flat_map(|(mark, lines)| lines.iter().map(move |line| (mark, line)));
    lines.fold(head, |diff, (mark, line)| format!("{diff}{mark}{}\n", cut(line)))
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LINE {
        return line.to_owned();
    }
    let cut: String = line.chars().take(LINE).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMA: &str = "# a comment: x\nvmType: \"vz\"  # here\nvmOpts:\n  qemu:\n    vz:\n      rosetta:\n        enabled: no\n  vz:\n    rosetta:\n      enabled: true\n      binfmt: true\nmounts:\n- location: \"~\"\n  vmType: qemu\n";

    #[test]
    fn a_value_is_found_at_its_own_place_only() {
        assert_eq!(yaml(LIMA, &["vmType"]), Some("vz"));
        assert_eq!(yaml(LIMA, &["vmOpts", "vz", "rosetta", "enabled"]), Some("true"));
        assert_eq!(yaml(LIMA, &["enabled"]), None);
        assert_eq!(yaml(LIMA, &["rosetta", "enabled"]), None);
        assert_eq!(yaml(LIMA, &["vmOpts", "vz", "rosetta", "other"]), None);
    }

    #[test]
    fn what_a_line_does_not_tell_is_not_guessed() {
        for text in [
            "",
            "vmType:\n",
            "vmType: {a: b}\n",
            "vmType: *other\n",
            "a: 1\nvmType: vz\nvmType: qemu\n",
        ] {
            assert_eq!(yaml(text, &["vmType"]), None, "{text}");
        }
        assert_eq!(switch("yes"), None);
    }

    #[test]
    fn a_diff_has_the_changed_line_and_some_around_it() {
        let before = "{\n 1\n 2\n 3\n 4\n \"k\": false,\n 5\n 6\n 7\n 8\n}\n";
        let after = before.replace("false", "true");
        assert_eq!(
            diff(Path::new("/a"), before.as_bytes(), after.as_bytes()),
            "--- /a\n+++ /a\n@@ -3,7 +3,7 @@\n  2\n  3\n  4\n- \"k\": false,\n+ \"k\": true,\n  5\n  6\n  7\n"
        );
        let added = diff(Path::new("/a"), b"", b"x\ny\n");
        assert_eq!(added, "--- /a\n+++ /a\n@@ -0,0 +1,2 @@\n+x\n+y\n");
        let long = "x".repeat(1_000_000);
        assert!(diff(Path::new("/a"), long.as_bytes(), b"y").len() < 1000);
    }
}
