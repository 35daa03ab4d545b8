//! A fake Mac, whose folder is at a short path: addresses of sockets have no room for a long one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use host::{
    Folders, Machine, Os, Roots,
    apply::{
        ApplyError, Ground, Journal, Plan, Refusal, Target, Want, plan, plan_undo, runtime_named, write,
    },
};
use tempfile::TempDir;

pub(crate) const STORE: &str = "Library/Group Containers/group.com.docker/settings-store.json";
pub(crate) const OFF: &str =
    "{\n  \"AutoStart\": false,\n  \"UseVirtualizationFrameworkRosetta\": false\n}\n";
const HOST_ROSETTA: &str = "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta";

pub(crate) struct Mac {
    root: TempDir,
    pub(crate) machine: Machine,
    pub(crate) folders: Folders,
}

impl Mac {
    /// Apple Silicon, macOS 26.1, Rosetta installed, and no runtime.
    pub(crate) fn new() -> Self {
        let mac = Self {
            root: tempfile::tempdir_in("/tmp").unwrap(),
            machine: Machine {
                os: Os::MacOs,
                os_version: Some("26.1".into()),
                architecture: Some("arm64".into()),
                translated_process: false,
            },
            folders: Folders::default(),
        };
        mac.file(HOST_ROSETTA, "")
    }

    /// With Docker Desktop of this version and these settings.
    pub(crate) fn with_docker_desktop(version: &str, settings: &str) -> Self {
        let list = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>\
             <key>CFBundleShortVersionString</key><string>{version}</string></dict></plist>"
        );
        Self::new()
            .file("Applications/Docker.app/Contents/Info.plist", list)
            .home(STORE, settings)
    }

    /// A file below the root.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// A file in the user's home.
    pub(crate) fn home(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.file(&format!("Users/me/{path}"), content)
    }

    pub(crate) fn without_host_rosetta(self) -> Self {
        fs::remove_file(self.root.path().join(HOST_ROSETTA)).unwrap();
        self
    }

    pub(crate) fn macos(mut self, version: &str) -> Self {
        self.machine.os_version = Some(version.into());
        self
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.path().join("Users/me").join(path)
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots {
            root: self.root.path().into(),
            home: self.root.path().join("Users/me"),
        }
    }

    fn journal(&self) -> Journal {
        Journal::at(self.root.path().join("journal"))
    }

    pub(crate) fn plan(&self, want: Want, runtime: Option<&str>) -> Plan {
        let (roots, machine) = (self.roots(), &self.machine);
        let target = runtime.map(|name| {
            let (runtime, machine) = match name.split_once(':') {
                Some((runtime, machine)) => (runtime, Some(machine.to_owned())),
                None => (name, None),
            };
            Target {
                runtime: runtime_named(runtime).unwrap(),
                machine,
            }
        });
        let ground = Ground {
            roots: &roots,
            machine,
            folders: &self.folders,
        };
        plan(&ground, want, target.as_ref(), None)
    }

    pub(crate) fn write(&self, plan: &Plan) -> Result<(), ApplyError> {
        write(&self.roots(), plan, &self.journal(), 1_764_000_000)
    }

    pub(crate) fn plan_undo(&self) -> Result<Plan, ApplyError> {
        let (roots, machine) = (self.roots(), &self.machine);
        let ground = Ground {
            roots: &roots,
            machine,
            folders: &self.folders,
        };
        plan_undo(&ground, &self.journal(), None)
    }

    /// What is read of the file's folder.
    pub(crate) fn beside(&self, path: &str) -> Vec<String> {
        let folder = self.at(path);
        let entries = fs::read_dir(folder.parent().unwrap_or(Path::new("/"))).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// The words for why a plan is refused.
pub(crate) fn kinds(plan: &Plan) -> Vec<&'static str> {
    plan.refusals.iter().map(Refusal::kind).collect()
}

/// Its commands and what restarts it, as one would type them.
pub(crate) fn typed(plan: &Plan) -> Vec<String> {
    plan.commands
        .iter()
        .map(|command| command.words.join(" "))
        .collect()
}
