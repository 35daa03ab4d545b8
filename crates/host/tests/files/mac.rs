//! A fake Mac: a folder that holds the files that are read of a real one.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use host::{Folders, Machine, ProcessFacts, Roots, Rosetta, State, machine, rosetta, runtimes};
use tempfile::TempDir;

const GROUP: &str = "Users/me/Library/Group Containers/group.com.docker";
const HOST_ROSETTA: &str = "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta";

/// A Mac without Docker Desktop, and with Apple's Rosetta.
pub(crate) struct Mac {
    root: TempDir,
}

impl Mac {
    /// A Mac with this version of macOS.
    pub(crate) fn new(macos: &str) -> Self {
        let mac = Self {
            root: tempfile::tempdir().unwrap(),
        };
        let list = property_list("ProductVersion", macos);
        mac.file("System/Library/CoreServices/SystemVersion.plist", list)
            .file(HOST_ROSETTA, "")
    }

    /// A Mac of today with this Docker Desktop.
    pub(crate) fn with_docker_desktop(version: &str) -> Self {
        Self::new("26.1").app("Applications/Docker.app", version)
    }

    /// Any file, by its path below the root.
    pub(crate) fn file(self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// An application bundle of Docker Desktop.
    pub(crate) fn app(self, bundle: &str, version: &str) -> Self {
        let list = property_list("CFBundleShortVersionString", version);
        self.file(Path::new(bundle).join("Contents/Info.plist"), list)
    }

    /// `settings-store.json`.
    pub(crate) fn store(self, json: impl AsRef<[u8]>) -> Self {
        self.file(Path::new(GROUP).join("settings-store.json"), json)
    }

    /// `settings.json`.
    pub(crate) fn legacy(self, json: impl AsRef<[u8]>) -> Self {
        self.file(Path::new(GROUP).join("settings.json"), json)
    }

    /// `admin-settings.json` with this entry for Rosetta.
    pub(crate) fn managed(self, entry: &str) -> Self {
        let json =
            format!(r#"{{"configurationFileVersion": 2, "useVirtualizationFrameworkRosetta": {entry}}}"#);
        self.admin(&json)
    }

    /// `admin-settings.json`.
    pub(crate) fn admin(self, json: &str) -> Self {
        let folder = "Library/Application Support/com.docker.docker";
        self.file(Path::new(folder).join("admin-settings.json"), json)
    }

    /// Takes Apple's Rosetta away.
    pub(crate) fn without_host_rosetta(self) -> Self {
        fs::remove_file(self.root.path().join(HOST_ROSETTA)).unwrap();
        self
    }

    /// Dates a settings file back by an hour.
    pub(crate) fn older(self, name: &str) -> Self {
        let file = fs::File::options().append(true).open(self.group(name)).unwrap();
        let time = SystemTime::now() - Duration::from_hours(1);
        file.set_modified(time).unwrap();
        self
    }

    /// Where a settings file lies.
    pub(crate) fn group(&self, name: &str) -> PathBuf {
        self.root.path().join(GROUP).join(name)
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots {
            root: self.root.path().into(),
            home: self.root.path().join("Users/me"),
        }
    }

    pub(crate) fn machine(&self) -> Machine {
        machine(&self.roots(), &foreign_process())
    }

    pub(crate) fn rosetta(&self) -> Rosetta {
        rosetta(&self.roots(), &self.machine())
    }

    pub(crate) fn state(&self) -> State {
        self.rosetta().state
    }

    /// Every runtime and machine that is found, with what the environment says of folders.
    pub(crate) fn runtimes(&self, folders: &Folders) -> Vec<Rosetta> {
        runtimes(&self.roots(), &self.machine(), folders)
    }

    /// A path below the root.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// What a contract's reader sees: state, source and virtual machine manager.
    pub(crate) fn words(&self) -> (&'static str, &'static str, Option<&'static str>) {
        let found = self.rosetta();
        let vmm = found.vmm.map(host::Vmm::as_str);
        (found.state.as_str(), found.source.as_str(), vmm)
    }

    /// The reason, with the root cut away so that it reads as on the Mac.
    pub(crate) fn why(&self) -> String {
        let root = self.root.path().display().to_string();
        self.rosetta().why.sentence().replace(&root, "")
    }

    /// The conflicts, likewise.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        let root = self.root.path().display().to_string();
        let conflicts = self.rosetta().conflicts;
        let sentences = conflicts.iter().map(host::Conflict::sentence);
        sentences.map(|it| it.replace(&root, "")).collect()
    }

    /// The steps, likewise.
    pub(crate) fn steps(&self) -> Vec<String> {
        let root = self.root.path().display().to_string();
        let steps = self.rosetta().steps;
        let sentences = steps.iter().map(host::Step::sentence);
        sentences.map(|it| it.replace(&root, "")).collect()
    }
}

/// A process that runs on some other machine than the one whose files are read.
pub(crate) fn foreign_process() -> ProcessFacts {
    ProcessFacts {
        architecture: "x86_64".into(),
        translated: false,
    }
}

fn property_list(key: &str, version: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Name</key><string>x</string>
<key>{key}</key><string>{version}</string></dict></plist>"#
    )
}
