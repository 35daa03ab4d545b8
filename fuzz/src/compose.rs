//! Labels that tell of a Compose project, and files that may be ours.

use std::path::{Component, Path};

use sources::{compose::Project, fuzzing};

/// Where Compose writes what, in the order of an input's lines.
const LABELS: [&str; 5] = [
    "com.docker.compose.project",
    "com.docker.compose.project.working_dir",
    "com.docker.compose.project.config_files",
    "com.docker.compose.project.environment_file",
    "com.docker.compose.service",
];

pub(crate) fn look(bytes: &[u8], _: u64) {
    let text = String::from_utf8_lossy(bytes);
    if let Some((services, again)) = crate::sure(|| fuzzing::services(&text)) {
        assert_eq!(text, again, "a file of ours is what we write, to the letter");
        for name in &services {
            assert_plain(name);
        }
    }
    // A line's end as two characters, so that a label can have one.
    let lines: Vec<String> = text.split('\n').map(|line| line.replace("\\n", "\n")).collect();
    let label = |name: &str| {
        let at = LABELS.iter().position(|label| *label == name)?;
        lines.get(at).map(String::as_str)
    };
    if let Ok(project) = crate::sure(|| Project::of(label)) {
        assert_plain(&project.name);
        assert_plain(&project.service);
        assert_sound(&project.folder);
        let files = project.files.iter().chain(&project.environment);
        for file in files {
            assert_sound(file);
        }
        assert!(!project.files.is_empty());
    }
}

#[track_caller]
fn assert_plain(name: &str) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_plain = !name.is_empty() && !name.starts_with('-') && name.bytes().all(allowed);
    assert!(is_plain, "{name:?}");
}

#[track_caller]
fn assert_sound(path: &Path) {
    let climbs = path.components().any(|part| part == Component::ParentDir);
    let text = path.to_string_lossy();
    assert!(
        path.is_absolute() && !climbs && !text.contains(char::is_control),
        "{text:?}"
    );
}
