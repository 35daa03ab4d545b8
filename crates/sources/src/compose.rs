//! A Compose project: as the labels of one of its containers tell of it ([`Project`]), and as its files do ([`read`]).

mod dotenv;
pub(crate) mod part;
mod reading;
mod service;
mod variables;

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use reading::{ReadError, Reading, Request, read};
pub use service::{Build, Service, Spot, Text};
pub use variables::{Trouble, Variables};

use crate::{SourcesError, notation};

const PROJECT: &str = "com.docker.compose.project";
const FOLDER: &str = "com.docker.compose.project.working_dir";
const FILES: &str = "com.docker.compose.project.config_files";
const ENVIRONMENT: &str = "com.docker.compose.project.environment_file";
const SERVICE: &str = "com.docker.compose.service";
const NUMBER: &str = "com.docker.compose.container-number";
const ONE_OFF: &str = "com.docker.compose.oneoff";
/// What Compose makes of the service as its files say it, to see whether that has changed.
pub const HASH: &str = "com.docker.compose.config-hash";

/// Longer paths are refused by the systems that have files.
const PATH: usize = 4096;

/// Nobody joins more files.
const FILES_AT_MOST: usize = 64;

/// What Compose looks for by itself.
const USUAL: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

/// What Compose takes in addition by itself.
const USUAL_OVERRIDES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
];

/// Our own file, beside the project's first one, where nothing is taken by itself.
const OWN: &str = "compose.archlight.yaml";

/// A service of a Compose project. Paths are absolute, and have nothing in them that leads elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// The project's name.
    pub name: String,
    /// The folder that paths in its files begin at.
    pub folder: PathBuf,
    /// Its files, in their order.
    pub files: Vec<PathBuf>,
    /// Files with variables that were named for it.
    pub environment: Vec<PathBuf>,
    /// The service.
    pub service: String,
}

/// Which file says what we have to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// One that Compose takes by itself.
    Usual(PathBuf),
    /// One that has to be named.
    Named(PathBuf),
}

impl Place {
    /// The file.
    pub fn file(&self) -> &Path {
        match self {
            Self::Usual(file) | Self::Named(file) => file,
        }
    }
}

/// Whether Compose made a container for a service: an image that it built has some of these labels too, and what
/// `docker compose run` made is in no file.
pub fn is_of_service<'a>(label: impl Fn(&str) -> Option<&'a str>) -> bool {
    let is_one_off = label(ONE_OFF).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    label(PROJECT).is_some() && label(NUMBER).is_some() && !is_one_off
}

impl Project {
    /// The service that a container belongs to, `label` telling its labels.
    pub fn of<'a>(label: impl Fn(&str) -> Option<&'a str>) -> Result<Self, SourcesError> {
        let bad = |label| SourcesError::BadLabel { label };
        let name = label(PROJECT).filter(|name| notation::is_service(name));
        let service = label(SERVICE).filter(|name| notation::is_service(name));
        let folder = label(FOLDER).and_then(|folder| path(folder, Path::new("")));
        let folder = folder.ok_or(bad(FOLDER))?;
        let files = paths(label(FILES).unwrap_or_default(), &folder).filter(|files| !files.is_empty());
        let environment = label(ENVIRONMENT).unwrap_or_default();
        Ok(Self {
            name: name.ok_or(bad(PROJECT))?.to_owned(),
            service: service.ok_or(bad(SERVICE))?.to_owned(),
            files: files.ok_or(bad(FILES))?,
            environment: paths(environment, &folder).ok_or(bad(ENVIRONMENT))?,
            folder,
        })
    }

    /// Fails with the first of its files that is not below `root`.
    pub fn look(&self, root: &Path) -> Result<(), SourcesError> {
        let own = self.own();
        let all = self.files.iter().chain(&self.environment);
        // Ours is written anew when it is gone.
        for file in all.filter(|file| **file != own) {
            let here = root.join(file.strip_prefix("/").unwrap_or(file));
            if !here.is_file() {
                return Err(SourcesError::NotHere { path: file.clone() });
            }
        }
        Ok(())
    }

    /// The file that is to say what we have to say.
    pub fn place(&self) -> Result<Place, SourcesError> {
        let own = self.own();
        let others: Vec<_> = self.files.iter().filter(|file| **file != own).collect();
        if let ([base, rest @ ..], false) = (others.as_slice(), self.files.contains(&own))
            && let Some(usual) = self.usual(base)
            && rest.iter().all(|file| **file == usual)
            && self.is_free(&usual)?
        {
            return Ok(Place::Usual(usual));
        }
        Ok(Place::Named(own))
    }

    /// The files with which `place` is used, in their order.
    pub fn files_with(&self, place: &Path) -> Vec<PathBuf> {
        let others = self.files.iter().filter(|file| *file != place);
        others.cloned().chain([place.to_owned()]).collect()
    }

    /// The files without ours at `place`, where that is gone.
    pub fn files_without(&self, place: &Path) -> Vec<PathBuf> {
        self.files.iter().filter(|file| *file != place).cloned().collect()
    }

    fn own(&self) -> PathBuf {
        let first = self.files.first().and_then(|file| file.parent());
        first.unwrap_or(&self.folder).join(OWN)
    }

    /// The override in the style of `base`, where Compose finds `base` by itself.
    fn usual(&self, base: &Path) -> Option<PathBuf> {
        let name = base.file_name()?.to_str().filter(|name| USUAL.contains(name))?;
        let (stem, end) = name.rsplit_once('.')?;
        let folder = base.parent().filter(|folder| *folder == self.folder)?;
        Some(folder.join(format!("{stem}.override.{end}")))
    }

    /// Whether no override but one of ours is there, and nothing names other files.
    fn is_free(&self, usual: &Path) -> Result<bool, SourcesError> {
        let others = USUAL_OVERRIDES.map(|name| self.folder.join(name));
        if others
            .iter()
            .any(|file| file != usual && file.symlink_metadata().is_ok())
        {
            return Ok(false);
        }
        let names_files = |text: String| {
            let mut lines = text
                .lines()
                .map(|line| line.trim_start().trim_start_matches("export "));
            lines.any(|line| line.trim_start().starts_with("COMPOSE_FILE"))
        };
        let variables = crate::read::text(&self.folder.join(".env"));
        // What cannot be read may name them.
        if variables.map_or(true, |text| text.is_some_and(names_files)) {
            return Ok(false);
        }
        match crate::read::text(usual) {
            Ok(there) => Ok(there.is_none_or(|text| notation::services(&text).is_some())),
            Err(SourcesError::NotAFile { .. } | SourcesError::NotOurs { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn paths(list: &str, folder: &Path) -> Option<Vec<PathBuf>> {
    if list.is_empty() {
        return Some(Vec::new());
    }
    let each = list.split(',').map(|text| path(text, folder));
    each.collect::<Option<Vec<_>>>()
        .filter(|paths| paths.len() <= FILES_AT_MOST)
}

/// An absolute path that does not climb; a relative one begins at `folder`.
fn path(text: &str, folder: &Path) -> Option<PathBuf> {
    let is_sound = !text.is_empty() && text.len() <= PATH && !text.contains(char::is_control);
    // Addresses of files elsewhere, and a file that came by standard input.
    let is_elsewhere = text.contains("://") || text == "-";
    let path = folder.join(text);
    let climbs = path.components().any(|part| part == Component::ParentDir);
    (is_sound && !is_elsewhere && path.is_absolute() && !climbs).then_some(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn of(folder: &str, files: &str) -> Result<Project, SourcesError> {
        let labels = [
            (PROJECT, "shop"),
            (FOLDER, folder),
            (FILES, files),
            (SERVICE, "web"),
        ];
        Project::of(|name| {
            labels
                .iter()
                .find(|(label, _)| *label == name)
                .map(|(_, value)| *value)
        })
    }

    fn place(folder: &Path, files: &[&str]) -> Place {
        let folder = folder.display().to_string();
        let files: Vec<_> = files.iter().map(|file| format!("{folder}/{file}")).collect();
        of(&folder, &files.join(","))
            .expect("labels")
            .place()
            .expect("a place")
    }

    #[test]
    fn labels_tell_the_files_and_relative_ones_begin_at_the_folder() {
        let project = of("/srv/shop", "/srv/shop/a.yaml,b.yaml").expect("a project");
        assert_eq!(
            project.files,
            [Path::new("/srv/shop/a.yaml"), Path::new("/srv/shop/b.yaml")]
        );
        assert_eq!((project.name.as_str(), project.service.as_str()), ("shop", "web"));
    }

    #[test]
    fn only_a_service_s_own_containers_are_of_it() {
        let is = |labels: &[(&str, &'static str)]| {
            is_of_service(|name| {
                labels
                    .iter()
                    .find(|(label, _)| *label == name)
                    .map(|(_, value)| *value)
            })
        };
        assert!(is(&[(PROJECT, "shop"), (NUMBER, "1"), (ONE_OFF, "False")]));
        assert!(!is(&[(PROJECT, "shop"), (NUMBER, "1"), (ONE_OFF, "True")]));
        assert!(!is(&[(PROJECT, "shop"), (SERVICE, "web")]) && !is(&[]));
    }

    #[test]
    fn hostile_labels_are_no_project() {
        let long = format!("/{}", "a".repeat(10_000));
        for folder in ["", "shop", "/srv/../etc", "/srv\n/x", &long] {
            assert!(of(folder, "/a.yaml").is_err(), "{folder}");
        }
        let many = "/a,".repeat(10_000);
        for files in [
            "",
            "-",
            "https://example.com/a.yaml",
            "/a/../b",
            "/a\nb",
            "/a,,/b",
            &long,
            &many,
        ] {
            assert!(of("/srv", files).is_err(), "{files}");
        }
    }

    #[test]
    fn a_project_with_the_usual_names_gets_an_override_that_compose_takes_by_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        for (base, expected) in [
            ("compose.yaml", "compose.override.yaml"),
            ("docker-compose.yml", "docker-compose.override.yml"),
        ] {
            assert_eq!(place(folder, &[base]), Place::Usual(folder.join(expected)));
        }
        assert_eq!(place(folder, &["other.yaml"]), Place::Named(folder.join(OWN)));
        assert_eq!(
            place(folder, &["compose.yaml", "prod.yaml"]),
            Place::Named(folder.join(OWN))
        );
        assert_eq!(
            place(folder, &["deep/compose.yaml"]),
            Place::Named(folder.join("deep").join(OWN))
        );
        fs::write(folder.join(".env"), "A=1\nCOMPOSE_FILE=compose.yaml\n").expect("a file");
        assert_eq!(place(folder, &["compose.yaml"]), Place::Named(folder.join(OWN)));
    }

    #[test]
    fn an_override_of_somebody_else_is_left_alone_and_one_of_ours_is_used_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let usual = folder.join("compose.override.yaml");
        fs::write(&usual, "services: {}\n").expect("a file");
        let both = ["compose.yaml", "compose.override.yaml"];
        assert_eq!(place(folder, &both), Place::Named(folder.join(OWN)));
        fs::write(&usual, notation::text(&notation::Services::new())).expect("a file");
        assert_eq!(place(folder, &both), Place::Usual(usual.clone()));
        fs::remove_file(&usual).expect("it is there");
        fs::write(folder.join("docker-compose.override.yml"), "").expect("a file");
        assert_eq!(place(folder, &["compose.yaml"]), Place::Named(folder.join(OWN)));
        let own = place(folder, &["compose.yaml", OWN]);
        assert_eq!(own, Place::Named(folder.join(OWN)));
    }

    #[test]
    fn files_are_looked_for_below_the_root_and_ours_comes_last() {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(root.path().join("srv")).expect("a folder");
        let project = of("/srv", "/srv/a.yaml,/srv/compose.archlight.yaml,/srv/b.yaml").expect("a project");
        let gone = SourcesError::NotHere {
            path: "/srv/a.yaml".into(),
        };
        assert_eq!(project.look(root.path()), Err(gone));
        for name in ["a.yaml", "b.yaml"] {
            fs::write(root.path().join("srv").join(name), "").expect("a file");
        }
        assert_eq!(project.look(root.path()), Ok(()));
        let own = Path::new("/srv/compose.archlight.yaml");
        let expected = [Path::new("/srv/a.yaml"), Path::new("/srv/b.yaml"), own];
        assert_eq!(project.files_with(own), expected);
        assert_eq!(project.files_without(own), expected[..2]);
    }
}
