//! A machine whose files are laid out in a folder, with an engine or without.

use std::{fs, os::unix::fs::symlink};

use engine::{Identity, Runtime, Store};
use platform::Platform;
use tempfile::TempDir;

use super::super::{Seen, Variables, checklist, read_handlers};
use crate::{
    present_rosetta,
    verdict::Witnesses,
    view::{self, Check, CheckState, Problem},
};

pub(super) const MAC_VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";
pub(super) const DESKTOP: &str = "Applications/Docker.app/Contents";
pub(super) const GROUP: &str = "Users/me/Library/Group Containers/group.com.docker/settings-store.json";
pub(super) const ROSETTA: &str = "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta";
pub(super) const ARM64: u32 = 0x0100_000c;
pub(super) const X86_64: u32 = 0x0100_0007;

/// A machine whose files are laid out, and what its engine is.
pub(super) struct Stage {
    pub(super) root: TempDir,
    pub(super) engine: Result<Identity, Problem>,
    pub(super) probe: Option<view::ProbeReport>,
    pub(super) settings_left_alone: bool,
    pub(super) variables: Variables,
    pub(super) docker_host: Option<String>,
}

impl Stage {
    pub(super) fn empty() -> Self {
        Self {
            root: tempfile::tempdir().expect("a folder"),
            engine: Err(Problem {
                kind: "no-engine".to_owned(),
                message: "No engine answers".to_owned(),
                hint: String::new(),
            }),
            probe: None,
            settings_left_alone: false,
            variables: Variables::default(),
            docker_host: None,
        }
    }

    /// A Mac with Docker Desktop and Rosetta, as they are after an installation of today.
    pub(super) fn mac() -> Self {
        Self::empty()
            .file(MAC_VERSION, list("ProductVersion", "26.1"))
            .file(ROSETTA, "")
            .file(
                &format!("{DESKTOP}/Info.plist"),
                list("CFBundleShortVersionString", "4.91.0"),
            )
            .file(&format!("{DESKTOP}/MacOS/com.docker.backend"), mach_o(ARM64))
            .file(
                GROUP,
                r#"{"UseVirtualizationFramework": true, "UseVirtualizationFrameworkRosetta": true}"#,
            )
    }

    pub(super) fn linux() -> Self {
        Self::empty()
            .file(
                "etc/os-release",
                "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            )
            .file("proc/cpuinfo", "processor : 0\nmodel name : AMD EPYC\n")
    }

    pub(super) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
        self
    }

    pub(super) fn home(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.file(&format!("Users/me/{path}"), content)
    }

    pub(super) fn link(self, path: &str, to: &str) -> Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        symlink(to, path).expect("a link");
        self
    }

    pub(super) fn answering(self, runtime: Runtime, store: Store) -> Self {
        let engine = engine(runtime, store);
        Self {
            engine: Ok(engine),
            ..self
        }
    }

    pub(super) fn probed(self, translator: &str) -> Self {
        let probed = view::Probed {
            platform: "linux/amd64".to_owned(),
            runs: translator != "none",
            known: true,
            why: "Nothing here runs linux/amd64 programs".to_owned(),
            hint: Some("Turn it on".to_owned()),
            translator: translator.to_owned(),
            evidence: String::new(),
            features: [("avx".to_owned(), false)].into(),
            dynamic: None,
            relative_speed: Some(0.168),
            speed: None,
            pace: None,
            at: 0,
        };
        let native = view::ProbedNative {
            platform: "linux/arm64".to_owned(),
            probed: None,
        };
        let foreign = vec![probed];
        Self {
            probe: Some(view::ProbeReport { native, foreign }),
            ..self
        }
    }

    pub(super) fn seen(&self) -> Seen {
        let roots = host::Roots {
            root: self.root.path().into(),
            home: self.root.path().join("Users/me"),
        };
        let process = host::ProcessFacts {
            architecture: "x86_64".to_owned(),
            translated: false,
        };
        let machine = host::machine(&roots, &process);
        let settings = settings(&roots, &machine);
        Seen {
            facts: host::checks::facts(&roots, &machine, &self.variables.folders(None)),
            handlers: read_handlers(&roots, machine.os),
            settings: (!self.settings_left_alone).then_some(settings),
            probe: self.probe.clone(),
            engine: self.engine.clone(),
            variables: self.variables.clone(),
            docker_host: self.docker_host.clone(),
            docker_context: None,
            machine,
        }
    }

    pub(super) fn check(&self, id: &str) -> Check {
        let all = checklist(&self.seen()).checks;
        let found = all.into_iter().find(|it| it.id == id);
        found.expect("there is a check of that name")
    }

    /// The state as the contract has it, and the headline.
    pub(super) fn says(&self, id: &str) -> (CheckState, String) {
        let check = self.check(id);
        (check.state, check.title)
    }

    pub(super) fn states(&self) -> Vec<(String, CheckState)> {
        let checks = checklist(&self.seen()).checks.into_iter();
        checks.map(|it| (it.id, it.state)).collect()
    }
}

fn settings(roots: &host::Roots, machine: &host::Machine) -> view::Rosetta {
    let found = host::runtimes(roots, machine, &host::Folders::default());
    let witnesses = Witnesses {
        settings: &host::serving(roots, machine, &found, &host::Serving::default()),
        host: &host::host_rosetta(roots, machine),
        machine,
        store: None,
        kernel: None,
        probed: None,
    };
    present_rosetta::rosetta(&witnesses, &found, &[])
}

pub(super) fn engine(runtime: Runtime, store: Store) -> Identity {
    Identity {
        id: "x".to_owned(),
        name: "Docker Desktop".to_owned(),
        machine: "docker-desktop".to_owned(),
        version: "29.1.0".to_owned(),
        api_version: "1.52".to_owned(),
        platform: Platform::linux("arm64"),
        kernel: None,
        store,
        runtime,
        registries: engine::Registries::default(),
        start: String::new(),
        processors: Some(8),
        memory: Some(8_218_034_176),
    }
}

pub(super) fn list(key: &str, value: &str) -> String {
    format!("<plist version=\"1.0\"><dict><key>{key}</key><string>{value}</string></dict></plist>")
}

pub(super) fn mach_o(processor: u32) -> Vec<u8> {
    let words = [0xfeed_facf, processor, 0, 2, 0, 0, 0, 0];
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}
