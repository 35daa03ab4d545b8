//! Ends after each deed, as a kill would, and goes on from there.

use tempfile::TempDir;

use super::*;
use crate::{
    Folders, Machine, Os,
    apply::{Ground, Want, plan, plan_undo},
};

const STORE: &str = "Library/Group Containers/group.com.docker/settings-store.json";
const OFF: &str = "{\n  \"AutoStart\": false,\n  \"UseVirtualizationFrameworkRosetta\": false\n}\n";

struct Mac {
    folder: TempDir,
    machine: Machine,
}

impl Mac {
    fn new() -> Self {
        let mac = Self {
            folder: tempfile::tempdir().expect("a folder"),
            machine: Machine {
                os: Os::MacOs,
                os_version: Some("27.0".to_owned()),
                architecture: Some("arm64".to_owned()),
                translated_process: false,
            },
        };
        fs::create_dir_all(mac.file().parent().expect("it has one")).expect("a folder");
        fs::write(mac.file(), OFF).expect("a file");
        mac
    }

    fn roots(&self) -> Roots {
        Roots {
            root: self.folder.path().into(),
            home: self.folder.path().into(),
        }
    }

    fn journal(&self) -> Journal {
        Journal::at(self.folder.path().join("journal"))
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(STORE)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).expect("it is there")
    }

    fn beside(&self) -> usize {
        fs::read_dir(self.file().parent().expect("it has one"))
            .expect("a folder")
            .count()
            - 1
    }

    fn plan(&self, want: Want) -> Plan {
        let (roots, machine) = (self.roots(), &self.machine);
        let ground = Ground {
            roots: &roots,
            machine,
            folders: &Folders::default(),
        };
        plan(&ground, want, None, None)
    }

    fn plan_undo(&self) -> Result<Plan, ApplyError> {
        let (roots, machine) = (self.roots(), &self.machine);
        let ground = Ground {
            roots: &roots,
            machine,
            folders: &Folders::default(),
        };
        plan_undo(&ground, &self.journal(), None)
    }

    fn write(&self, plan: &Plan) -> Result<(), ApplyError> {
        write(&self.roots(), plan, &self.journal(), 7)
    }

    /// Does the first `count` deeds of `plan`, and ends.
    fn write_until(&self, plan: &Plan, count: usize) {
        let (roots, journal) = (self.roots(), self.journal());
        let mut work = Work::begin(&roots, plan, &journal, 8).expect("nobody is at it");
        for deed in deeds(plan).into_iter().take(count) {
            work.go(deed).expect("nothing is in its way");
        }
    }
}

fn on() -> String {
    OFF.replace("Rosetta\": false", "Rosetta\": true")
}

#[test]
fn a_change_is_made_and_taken_back_without_a_trace() {
    let mac = Mac::new();
    let plan = mac.plan(Want::On);
    assert_eq!(plan.refusals, []);
    mac.write(&plan).expect("it can be written");
    assert_eq!(mac.text(), on());
    let backup = plan
        .change
        .and_then(|change| change.backup)
        .expect("there is one");
    assert_eq!(fs::read_to_string(backup).expect("a file"), OFF);
    assert!(mac.plan(Want::On).is_done());
    let undo = mac.plan_undo().expect("there is something");
    mac.write(&undo).expect("it can be written");
    assert_eq!((mac.text().as_str(), mac.beside()), (OFF, 0));
    assert_eq!(mac.plan_undo(), Err(ApplyError::NothingToUndo));
}

#[test]
fn after_a_kill_at_each_point_the_file_is_whole_and_can_be_turned_on_or_taken_back() {
    let all = deeds(&Mac::new().plan(Want::On)).len();
    assert_eq!(all, 7);
    for count in 0..=all {
        for then_undo in [true, false] {
            let mac = Mac::new();
            mac.write_until(&mac.plan(Want::On), count);
            let text = mac.text();
            assert!(text == OFF || text == on(), "after {count}: {text}");
            if then_undo {
                if let Ok(undo) = mac.plan_undo() {
                    mac.write(&undo).expect("it can be taken back");
                }
                assert_eq!((mac.text().as_str(), mac.beside()), (OFF, 0), "after {count}");
            } else {
                mac.write(&mac.plan(Want::On)).expect("it can be written");
                assert_eq!(mac.text(), on(), "after {count}");
            }
        }
    }
}

#[test]
fn after_a_kill_in_the_undo_it_can_be_taken_back_again() {
    for count in 0..=4 {
        let mac = Mac::new();
        mac.write(&mac.plan(Want::On)).expect("it can be written");
        mac.write_until(&mac.plan_undo().expect("there is something"), count);
        let text = mac.text();
        assert!(text == OFF || text == on(), "after {count}: {text}");
        mac.write(&mac.plan_undo().expect("it is still known"))
            .expect("it can be taken back");
        assert_eq!((mac.text().as_str(), mac.beside()), (OFF, 0), "after {count}");
    }
}

#[test]
fn half_of_a_file_that_was_left_is_swept_away() {
    let mac = Mac::new();
    let left = mac.file().with_file_name(".settings-store.json.archlight-new");
    fs::write(&left, "{\"half").expect("a file");
    mac.write(&mac.plan(Want::On)).expect("it can be written");
    assert!(!left.exists());
}

#[test]
fn a_change_that_was_killed_before_it_was_made_leaves_the_one_before_it_to_be_taken_back() {
    let mac = Mac::new();
    mac.write(&mac.plan(Want::On)).expect("it can be written");
    mac.write_until(&mac.plan(Want::Off), 4);
    assert_eq!(mac.text(), on());
    mac.write(&mac.plan_undo().expect("the first is known"))
        .expect("it can be taken back");
    assert_eq!(mac.text(), OFF);
}

#[test]
fn only_the_last_change_has_a_backup() {
    let mac = Mac::new();
    mac.write(&mac.plan(Want::On)).expect("it can be written");
    mac.write(&mac.plan(Want::Off)).expect("it can be written");
    assert_eq!((mac.text().as_str(), mac.beside()), (OFF, 1));
    mac.write(&mac.plan_undo().expect("it is known"))
        .expect("it can be taken back");
    assert_eq!((mac.text(), mac.beside()), (on(), 0));
}

#[test]
fn what_somebody_else_wrote_is_left_alone_at_each_moment() {
    let theirs = OFF.replace("AutoStart\": false", "AutoStart\": true");
    let mac = Mac::new();
    let plan = mac.plan(Want::On);
    fs::write(mac.file(), &theirs).expect("a file");
    assert!(matches!(mac.write(&plan), Err(ApplyError::Changed { .. })));
    assert_eq!((mac.text(), mac.beside()), (theirs.clone(), 0));
    assert_eq!(
        mac.plan_undo(),
        Err(ApplyError::NothingToUndo),
        "nothing was changed"
    );
}

#[test]
fn what_was_changed_since_stays_when_the_one_key_is_taken_back() {
    let mac = Mac::new();
    mac.write(&mac.plan(Want::On)).expect("it can be written");
    let more = "{\"LastLogin\": 7, \"UseVirtualizationFrameworkRosetta\": true, \"AutoStart\": true}";
    fs::write(mac.file(), more).expect("a file");
    let undo = mac.plan_undo().expect("it is known");
    assert_eq!(undo.refusals, []);
    mac.write(&undo).expect("it can be taken back");
    assert_eq!(
        (mac.text(), mac.beside()),
        (more.replace("Rosetta\": true", "Rosetta\": false"), 0)
    );
    assert_eq!(mac.plan_undo(), Err(ApplyError::NothingToUndo));
}

#[test]
fn a_key_that_somebody_else_changed_since_is_not_taken_back() {
    let mac = Mac::new();
    mac.write(&mac.plan(Want::On)).expect("it can be written");
    fs::write(mac.file(), "{\"AutoStart\": false}").expect("a file");
    let undo = mac.plan_undo().expect("it is known");
    let refused: Vec<_> = undo
        .refusals
        .iter()
        .map(crate::apply::Refusal::sentence)
        .collect();
    assert!(
        refused.len() == 1 && refused[0].ends_with("what it says of `UseVirtualizationFrameworkRosetta`"),
        "{refused:?}"
    );
    assert_eq!(mac.write(&undo), Err(ApplyError::Refused));
}

#[test]
fn what_the_runtime_only_wrote_anew_is_taken_back() {
    let mac = Mac::new();
    mac.write(&mac.plan(Want::On)).expect("it can be written");
    fs::write(
        mac.file(),
        "{\"UseVirtualizationFrameworkRosetta\":true,\"AutoStart\":false}",
    )
    .expect("a file");
    mac.write(&mac.plan_undo().expect("it is known"))
        .expect("it can be taken back");
    assert_eq!((mac.text().as_str(), mac.beside()), (OFF, 0));
}

#[test]
fn a_folder_that_cannot_be_written_leaves_everything_as_it_was() {
    let mac = Mac::new();
    let plan = mac.plan(Want::On);
    let journal = Journal::at(mac.file().join("x"));
    let written = write(&mac.roots(), &plan, &journal, 7);
    assert!(
        matches!(written, Err(ApplyError::JournalFailed { .. })),
        "{written:?}"
    );
    assert_eq!((mac.text().as_str(), mac.beside()), (OFF, 0));
}
