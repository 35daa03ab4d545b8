//! Writes files of the user's projects: an override file, which can be taken back ([`Override`]), and a Compose file of
//! the user's own with another `platform:` ([`Rewrite`]). Nothing else in this crate writes.
//!
//! A file is complete or not there: it is written beside its place, flushed to the disk, and renamed.

mod alone;
mod diff;
mod lossless;
mod replace;
mod rewrite;
mod splice;
mod verify;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use self::{
    alone::alone,
    replace::{Mode, replace},
};
pub use self::{
    diff::unified,
    lossless::{Changes, Edited, Refusal, To, edited},
    rewrite::{Backup, Rewrite},
};
use crate::{
    SourcesError,
    compose::Project,
    notation::{self, Says, Services},
    read,
};

/// One change of an override file, that can be written, and taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    file: PathBuf,
    service: String,
    /// What was there, which is also its backup.
    before: Option<String>,
    after: String,
}

impl Override {
    /// Works out what the file for `project` has to say. Other services that it speaks of stay in it.
    pub fn plan(project: &Project, says: &Says) -> Result<Self, SourcesError> {
        Self::plan_all(project, &[(project.service.clone(), says.clone())])
    }

    /// The same for several services. Only what is said of the project's own one can be taken back.
    pub fn plan_all(project: &Project, says: &[(String, Says)]) -> Result<Self, SourcesError> {
        let file = project.place()?.file().to_owned();
        let not_ours = || SourcesError::NotOurs { path: file.clone() };
        let before = read::text(&file)?;
        let mut services = match &before {
            Some(text) => notation::services(text).ok_or_else(not_ours)?,
            None => Services::new(),
        };
        for (service, says) in says {
            let lines = notation::lines(says).filter(|_| notation::is_service(service));
            services.insert(service.clone(), lines.ok_or_else(not_ours)?);
        }
        Ok(Self {
            service: project.service.clone(),
            before,
            after: notation::text(&services),
            file,
        })
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its text as it is; `None` where it is not there.
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Its text afterwards.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// Whether it was there before.
    pub fn was_there(&self) -> bool {
        self.before.is_some()
    }

    /// Writes it. What was said of other services since it was planned stays; other changes are refused.
    pub fn write(&self) -> Result<(), SourcesError> {
        let _alone = alone(&self.file)?;
        let now = read::text(&self.file)?;
        let text = if now == self.before {
            self.after.clone()
        } else {
            self.beside(now.as_deref())?
        };
        replace(&self.file, now.as_deref(), &text, Mode::Usual)
    }

    /// The text of `now` with this change in it.
    fn beside(&self, now: Option<&str>) -> Result<String, SourcesError> {
        let of = |text: Option<&str>| text.map_or_else(|| Some(Services::new()), notation::services);
        let all = (of(now), of(self.before.as_deref()), of(Some(&self.after)));
        let (Some(mut services), Some(before), Some(after)) = all else {
            return Err(self.changed());
        };
        for (service, lines) in after {
            if services.get(&service) != before.get(&service) {
                return Err(self.changed());
            }
            if before.get(&service) != Some(&lines) {
                services.insert(service, lines);
            }
        }
        Ok(notation::text(&services))
    }

    /// Puts back what was there, or removes the file. What was said of other services since then stays.
    ///
    /// Refused when somebody else changed it. Nothing is done when it was never written.
    pub fn take_back(&self) -> Result<(), SourcesError> {
        let _alone = alone(&self.file)?;
        let now = read::text(&self.file)?;
        let Some(now) = now.filter(|now| !self.is_back(now)) else {
            return Ok(());
        };
        match self.without(&now)? {
            Some(text) => replace(&self.file, Some(&now), &text, Mode::Usual),
            None => self.remove(),
        }
    }

    /// Whether `now` says of the service what was said before: it was taken back, or never written.
    fn is_back(&self, now: &str) -> bool {
        let own = |text: &str| notation::services(text).map(|mut all| all.remove(&self.service));
        let before = self.before.as_deref().map_or(Some(None), own);
        self.before.as_deref() == Some(now) || before.is_some() && own(now) == before
    }

    fn changed(&self) -> SourcesError {
        SourcesError::Changed {
            path: self.file.clone(),
        }
    }

    /// The text of `now` without this change, `None` for no file. Fails when it cannot be told apart.
    fn without(&self, now: &str) -> Result<Option<String>, SourcesError> {
        if now == self.after {
            return Ok(self.before.clone());
        }
        let of = |text: &str| notation::services(text)?.remove(&self.service);
        let mut services = notation::services(now).ok_or_else(|| self.changed())?;
        if services.remove(&self.service) != of(&self.after) {
            return Err(self.changed());
        }
        let earlier = self.before.as_deref().and_then(of);
        services.extend(earlier.map(|lines| (self.service.clone(), lines)));
        Ok((!services.is_empty()).then(|| notation::text(&services)))
    }

    fn remove(&self) -> Result<(), SourcesError> {
        let removed = fs::remove_file(&self.file);
        removed.map_err(|error| SourcesError::failed("removed", &self.file, &error))
    }
}

#[cfg(test)]
mod tests {
    use std::{io, os::unix::fs::PermissionsExt as _};

    use super::*;

    fn project(folder: &Path, service: &str) -> Project {
        Project {
            name: "shop".to_owned(),
            folder: folder.to_owned(),
            files: vec![folder.join("compose.yaml")],
            environment: Vec::new(),
            service: service.to_owned(),
        }
    }

    fn says(platform: &str) -> Says {
        Says {
            platform: platform.parse().expect("a platform"),
            image: None,
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        entries
            .map(|entry| name(entry).to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_file_is_written_whole_and_taken_back_without_a_trace() {
        let folder = tempfile::tempdir().expect("a folder");
        let edit = Override::plan(&project(folder.path(), "web"), &says("linux/amd64")).expect("a plan");
        assert!(
            !edit.was_there() && names(folder.path()).is_empty(),
            "a plan writes nothing"
        );
        edit.take_back().expect("there is nothing to take back");
        edit.write().expect("it can be written");
        assert_eq!(names(folder.path()), ["compose.override.yaml"]);
        assert_eq!(fs::read_to_string(edit.file()).expect("a file"), edit.after());
        let mode = fs::metadata(edit.file()).expect("a file").permissions().mode();
        assert_eq!(mode & 0o600, 0o600);
        assert!(
            matches!(edit.write(), Err(SourcesError::Changed { .. })),
            "it is there by now"
        );
        edit.take_back().expect("nobody changed it");
        assert!(names(folder.path()).is_empty());
        edit.take_back().expect("it can be repeated");
    }

    #[test]
    fn other_services_stay_whichever_is_taken_back_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = |service, platform| {
            let edit = Override::plan(&project(folder.path(), service), &says(platform)).expect("a plan");
            edit.write().expect("it can be written");
            edit
        };
        let web = plan("web", "linux/amd64");
        let alone = fs::read_to_string(web.file()).expect("a file");
        let db = plan("db", "linux/arm64");
        assert!(db.was_there() && db.after().contains("\"web\"") && db.after().contains("\"db\""));
        db.take_back().expect("taken back");
        assert_eq!(
            fs::read_to_string(web.file()).expect("a file"),
            alone,
            "byte for byte"
        );
        let db = plan("db", "linux/arm64");
        web.take_back().expect("taken back");
        let left = fs::read_to_string(db.file()).expect("a file");
        assert!(left.contains("\"db\"") && !left.contains("\"web\""), "{left}");
        db.take_back().expect("taken back");
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn two_that_were_planned_at_once_both_have_their_say() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = |service| Override::plan(&project(folder.path(), service), &says("linux/amd64"));
        let (web, db) = (plan("web").expect("a plan"), plan("db").expect("a plan"));
        db.take_back().expect("nothing was written");
        web.write().expect("it can be written");
        db.take_back().expect("nothing of it was written");
        db.write().expect("it can be written");
        let text = fs::read_to_string(web.file()).expect("a file");
        assert!(text.contains("\"web\"") && text.contains("\"db\""), "{text}");
        assert!(matches!(db.write(), Err(SourcesError::Changed { .. })), "once");
        web.take_back().expect("taken back");
        assert_eq!(fs::read_to_string(db.file()).expect("a file"), db.after());
        db.take_back().expect("taken back");
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn of_many_writers_at_the_same_time_none_loses_what_another_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let services: Vec<String> = (0..8).map(|number| format!("service{number}")).collect();
        let plan = |service: &String| Override::plan(&project(folder.path(), service), &says("linux/amd64"));
        let edits: Vec<Override> = services
            .iter()
            .map(|service| plan(service).expect("a plan"))
            .collect();
        std::thread::scope(|scope| {
            for edit in &edits {
                scope.spawn(|| edit.write().expect("it can be written"));
            }
        });
        let text = fs::read_to_string(edits[0].file()).expect("a file");
        assert!(services.iter().all(|service| text.contains(service)), "{text}");
        std::thread::scope(|scope| {
            for edit in &edits {
                scope.spawn(|| edit.take_back().expect("it can be taken back"));
            }
        });
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_somebody_else_changed_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let edit = Override::plan(&project(folder.path(), "web"), &says("linux/amd64")).expect("a plan");
        edit.write().expect("it can be written");
        let theirs = format!("{}    privileged: true\n", edit.after());
        for changed in [theirs.as_str(), "services: {}\n", ""] {
            fs::write(edit.file(), changed).expect("a file");
            assert!(
                matches!(edit.take_back(), Err(SourcesError::Changed { .. })),
                "{changed}"
            );
            assert_eq!(fs::read_to_string(edit.file()).expect("a file"), changed);
        }
        fs::remove_file(edit.file()).expect("it is there");
        edit.take_back().expect("nothing is left to take back");
    }

    #[test]
    fn our_own_name_with_the_words_of_others_and_links_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("compose.archlight.yaml");
        let mut project = project(folder.path(), "web");
        project.files = vec![folder.path().join("other.yaml")];
        fs::write(&own, "services: {}\n").expect("a file");
        let plan = || Override::plan(&project, &says("linux/amd64"));
        assert!(matches!(plan(), Err(SourcesError::NotOurs { .. })));
        fs::remove_file(&own).expect("it is there");
        std::os::unix::fs::symlink("/etc/passwd", &own).expect("a link");
        assert!(matches!(plan(), Err(SourcesError::NotAFile { .. })));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told() {
        let edit = Override::plan(&project(Path::new("/proc/1"), "web"), &says("linux/amd64"));
        let written = edit.expect("a plan").write();
        assert!(matches!(written, Err(SourcesError::Failed { .. })), "{written:?}");
    }
}
