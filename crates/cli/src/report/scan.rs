//! The files for another platform: counts, then by package, then those that are in none.

use companion::view::{Fix, ForeignFile, ForeignPackage, Scan, ScannedMount};

use crate::text::{WIDTH, clean, short, wrapped};

/// More packages, and more files, are counted: the JSON has them all.
const PACKAGES: usize = 12;
const FILES: usize = 20;

/// Mounts with something to say; containers have a handful.
const MOUNTS: usize = 8;

/// What stands before a path.
const MARK: usize = 4;

/// A sentence, the packages with what to do, the single files, and what was not read.
pub(crate) fn scan(scan: &Scan) -> String {
    let mut lines = vec![wrapped(&scan.summary, "")];
    lines.push(clean(&format!(
        "{} {}, {} files, {} programs",
        scan.kind, scan.subject, scan.files, scan.programs
    )));
    let (wrong, fine): (Vec<_>, Vec<_>) = scan.packages.iter().partition(|package| package.fix.is_some());
    section(
        &mut lines,
        "Packages for another platform",
        &wrong,
        PACKAGES,
        package,
    );
    let single: Vec<&ForeignFile> = scan.foreign.iter().filter(|file| file.group.is_none()).collect();
    section(&mut lines, "Files for another platform", &single, FILES, file);
    section(&mut lines, "Nothing to do", &fine, PACKAGES, package);
    let unread: Vec<&ScannedMount> = scan.mounts.iter().filter(|mount| !mount.complete).collect();
    section(&mut lines, "Not read to the end", &unread, MOUNTS, mount);
    if scan.left_out > 0 {
        lines.push(format!(
            "\n{} more files for another platform are not listed",
            scan.left_out
        ));
    }
    if scan.incomplete.is_some() {
        lines.push("\nThis is not all: it broke off, and says only what was seen until then".to_owned());
    }
    lines.join("\n")
}

fn section<T>(lines: &mut Vec<String>, title: &str, all: &[&T], limit: usize, show: impl Fn(&T) -> String) {
    if all.is_empty() {
        return;
    }
    lines.push(format!("\n{title}"));
    lines.extend(all.iter().take(limit).map(|one| show(one)));
    if all.len() > limit {
        lines.push(format!(
            "  … and {} more, which `--json` lists",
            all.len() - limit
        ));
    }
}

fn package(package: &ForeignPackage) -> String {
    let counted = if package.files == 1 {
        "1 file".to_owned()
    } else {
        format!("{} files", package.files)
    };
    let mark = if package.fix.is_some() { "✕" } else { "·" };
    let head = format!(
        "  {mark} {} ({}): {counted} for {}",
        short(&package.package, 40),
        package.kind,
        package.platforms.join(", ")
    );
    let place = short(&package.folder, 70);
    let place = (place != package.package).then(|| format!("    in {place}"));
    let mounted = package
        .mount
        .as_ref()
        .map(|mount| format!("    on the mount {}", short(mount, 60)));
    let note = package.note.as_ref().map(|note| wrapped(note, "    "));
    let lines = [
        Some(short(&head, WIDTH)),
        place,
        mounted,
        note,
        package.fix.as_ref().map(fix),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn fix(fix: &Fix) -> String {
    let title = wrapped(&format!("→ {}", fix.title), "    ");
    let command = fix
        .command
        .as_ref()
        .map(|command| format!("\n      {}", clean(command)));
    format!(
        "{title}\n{}{}",
        wrapped(&fix.why, "      "),
        command.unwrap_or_default()
    )
}

fn file(file: &ForeignFile) -> String {
    let mounted = if file.mount.is_some() { ", on a mount" } else { "" };
    let what = format!(" ({}{mounted})", file.platform);
    let room = WIDTH.saturating_sub(MARK + what.chars().count());
    format!("  ✕ {}{what}", tail(&file.path, room))
}

fn mount(mount: &ScannedMount) -> String {
    let why = mount.why.as_deref().unwrap_or("unknown");
    wrapped(&format!("· {}: {why}", mount.destination), "  ")
}

/// At most `width` characters of a path: its end says more than its start.
fn tail(path: &str, width: usize) -> String {
    let path = clean(path).replace('\n', " ");
    let length = path.chars().count();
    if length <= width {
        return path;
    }
    let end: String = path.chars().skip(length - width.saturating_sub(1)).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> ForeignFile {
        ForeignFile {
            path: path.to_owned(),
            platform: "linux/arm64".to_owned(),
            format: "elf".to_owned(),
            package: None,
            group: None,
            mount: Some("/srv".to_owned()),
        }
    }

    fn broken(name: &str) -> ForeignPackage {
        ForeignPackage {
            package: name.to_owned(),
            kind: "npm".to_owned(),
            folder: "/app/node_modules".to_owned(),
            files: 2,
            native: 0,
            platforms: vec!["darwin/arm64".to_owned(); 6],
            mount: Some("/app".to_owned()),
            fix: Some(Fix {
                kind: "rebuild-modules".to_owned(),
                title: "Install it again".to_owned(),
                command: Some("npm rebuild a".to_owned()),
                why: "It was built for something else than what it is to run on ".repeat(3),
            }),
            note: None,
        }
    }

    fn many() -> Scan {
        Scan {
            subject: "web".to_owned(),
            kind: "container".to_owned(),
            platform: "linux/amd64".to_owned(),
            summary: "50 of 60 programs are for another platform than linux/amd64".to_owned(),
            files: 1000,
            programs: 60,
            unnamed: 0,
            foreign: (0..30)
                .map(|number| found(&format!("/{number}/{}", "deep/".repeat(40))))
                .collect(),
            left_out: 7,
            packages: (0..14)
                .map(|number| broken(&format!("p{number}-{}", "x".repeat(90))))
                .collect(),
            mounts: vec![ScannedMount {
                kind: "bind".to_owned(),
                source: "/".to_owned(),
                destination: "/host".to_owned(),
                complete: false,
                why: Some("it holds devices".to_owned()),
            }],
            incomplete: None,
        }
    }

    #[test]
    fn long_lists_are_cut_with_a_count_and_keep_to_eighty_columns() {
        let text = scan(&many());
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        for part in [
            "… and 10 more",
            "… and 2 more",
            "7 more files",
            "/host: it holds devices",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn what_an_image_wrote_into_its_names_is_not_obeyed() {
        let text = scan(&Scan {
            foreign: vec![found("/a\u{1b}[31m\nb")],
            packages: vec![broken("\u{1b}[2J")],
            ..many()
        });
        assert!(!text.contains('\u{1b}') && text.contains("[31m"), "{text}");
    }

    #[test]
    fn a_scan_without_findings_is_one_sentence_and_its_counts() {
        let text = scan(&Scan {
            summary: "All 60 programs are for linux/amd64".to_owned(),
            foreign: Vec::new(),
            left_out: 0,
            packages: Vec::new(),
            mounts: Vec::new(),
            ..many()
        });
        assert_eq!(text.lines().count(), 2, "{text}");
    }
}
