//! What the program was started with: read once at `main`, passed in from there.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::{checklist::Variables, examine::Here};

/// Everything that the session needs to know of its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Where this machine's file system is read from; empty is `/`.
    pub root: PathBuf,
    /// The user's home folder.
    pub home: PathBuf,
    /// The engine's address, as the user gave it.
    pub host: Option<String>,
    /// The context, as the user gave it.
    pub context: Option<String>,
    /// `DOCKER_HOST`.
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub docker_context: Option<String>,
    /// `DOCKER_CONFIG`.
    pub docker_config: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
    /// `TMPDIR`.
    pub temporary: Option<PathBuf>,
    /// Where answers are kept between two starts; `None` keeps none.
    pub cache: Option<PathBuf>,
    /// Where is kept what must not be lost, what a re-run has done so far; the usual folder of the home without it.
    pub data: Option<PathBuf>,
    /// `PATH`.
    pub path: Option<OsString>,
    /// Where the environment says that runtimes keep their files.
    pub folders: host::Folders,
    /// The proxies on the way to registries.
    pub proxies: registry::Proxies,
    /// The whole environment, for what Compose files put in of it.
    pub environment: sources::compose::Variables,
    /// What this process knows of itself.
    pub process: ProcessFacts,
    /// What else the environment says, for the checklist.
    pub variables: Variables,
    /// Use the built-in sample engine.
    pub sample: bool,
}

/// What a process knows of itself and of the machine under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessFacts {
    /// The machine's architecture in the words of platforms.
    pub architecture: String,
    /// Whether this process is being translated.
    pub translated: bool,
}

impl Setup {
    /// From the process's environment, asked through `variable`.
    pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
        let path = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let home = path("HOME").unwrap_or_default();
        Self {
            root: PathBuf::from("/"),
            docker_host: text("DOCKER_HOST"),
            docker_context: text("DOCKER_CONTEXT"),
            docker_config: path("DOCKER_CONFIG"),
            runtime_dir: path("XDG_RUNTIME_DIR"),
            temporary: path("TMPDIR"),
            cache: Some(
                path("XDG_CACHE_HOME")
                    .unwrap_or_else(|| home.join(CACHE))
                    .join("archlight"),
            ),
            data: path("XDG_DATA_HOME").map(|folder| folder.join("archlight")),
            path: variable("PATH"),
            folders: host::Folders {
                colima: path("COLIMA_HOME"),
                lima: path("LIMA_HOME"),
                config: path("XDG_CONFIG_HOME"),
                temporary: path("TMPDIR"),
                containers_conf: path("CONTAINERS_CONF"),
                containers_conf_override: path("CONTAINERS_CONF_OVERRIDE"),
            },
            proxies: registry::Proxies {
                http: text("HTTP_PROXY").or_else(|| text("http_proxy")),
                https: text("HTTPS_PROXY").or_else(|| text("https_proxy")),
                none: text("NO_PROXY").or_else(|| text("no_proxy")),
            },
            process: this_process(),
            variables: Variables {
                default_platform: text("DOCKER_DEFAULT_PLATFORM"),
                buildx_config: path("BUILDX_CONFIG"),
                buildx_builder: text("BUILDX_BUILDER"),
                zsh: path("ZDOTDIR"),
                config: path("XDG_CONFIG_HOME"),
                chip: chip(),
            },
            home,
            ..Self::default()
        }
    }

    /// The same, with the whole environment, for what Compose files put in of it.
    #[must_use]
    pub fn with_environment(self, all: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let text =
            |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self {
            environment: all.into_iter().filter_map(text).collect(),
            ..self
        }
    }

    /// The re-runs of before. Those of the sample engine end with it.
    pub(crate) fn journal(&self) -> engine::act::Journal {
        let kind = if self.sample { "sample-reruns" } else { "reruns" };
        engine::act::Journal::at(self.data_folder().join(kind))
    }

    /// The re-runs that Compose carried out.
    pub(crate) fn compose_notes(&self) -> engine::act::Notes {
        engine::act::Notes::at(self.data_folder().join("compose-reruns"))
    }

    /// The changes of runtimes' settings that can be taken back.
    pub(crate) fn settings_journal(&self) -> host::apply::Journal {
        host::apply::Journal::at(self.data_folder().join("settings"))
    }

    fn data_folder(&self) -> PathBuf {
        let data = self.data.clone();
        data.unwrap_or_else(|| self.home.join(DATA).join("archlight"))
    }

    /// How registries are reached, but for what only the engine knows.
    pub(crate) fn access(&self) -> registry::Access {
        let docker = self.docker_config.clone();
        let docker = docker.unwrap_or_else(|| self.home.join(".docker"));
        registry::Access {
            certificates: vec![docker.join("certs.d"), self.root.join("etc/docker/certs.d")],
            docker_config: Some(docker),
            path: self.path.clone(),
            proxies: self.proxies.clone(),
            cache: self.cache.as_ref().map(|cache| cache.join("manifests")),
            ..registry::Access::default()
        }
    }

    pub(crate) fn surroundings(&self) -> engine::Surroundings {
        engine::Surroundings {
            root: self.root.clone(),
            home: self.home.clone(),
            host: self.host.clone(),
            context: self.context.clone(),
            docker_host: self.docker_host.clone(),
            docker_context: self.docker_context.clone(),
            docker_config: self.docker_config.clone(),
            runtime_dir: self.runtime_dir.clone(),
            temporary: self.temporary.clone(),
        }
    }

    /// Whether the files are those of the machine that runs this.
    pub(crate) fn is_of_here(&self) -> bool {
        self.root.as_os_str().is_empty() || self.root == Path::new("/")
    }

    /// Whether the engine that is found belongs to the machine whose files are read: to this one, or the user named it.
    pub(crate) fn has_engine(&self) -> bool {
        self.is_of_here() || self.host.is_some() || self.context.is_some()
    }

    /// The surroundings without what the environment says, where the files are another machine's.
    pub(crate) fn of_files(&self) -> engine::Surroundings {
        let surroundings = self.surroundings();
        if self.is_of_here() {
            return surroundings;
        }
        engine::Surroundings {
            docker_host: None,
            docker_context: None,
            docker_config: None,
            runtime_dir: None,
            temporary: None,
            ..surroundings
        }
    }

    /// Where the environment says that runtimes keep their files, where the files are this machine's.
    pub(crate) fn folders(&self) -> host::Folders {
        if self.is_of_here() {
            self.folders.clone()
        } else {
            host::Folders::default()
        }
    }

    pub(crate) fn roots(&self) -> host::Roots {
        host::Roots {
            root: self.root.clone(),
            home: self.home.clone(),
        }
    }

    pub(crate) fn here(&self) -> Here {
        Here {
            root: Path::new("/").join(&self.root),
            os: self.machine().os,
        }
    }

    pub(crate) fn machine(&self) -> host::Machine {
        let ProcessFacts {
            architecture,
            translated,
        } = self.process.clone();
        host::machine(
            &self.roots(),
            &host::ProcessFacts {
                architecture,
                translated,
            },
        )
    }
}

/// Where programs keep what they can make again, in the home folder.
#[cfg(target_os = "macos")]
const CACHE: &str = "Library/Caches";
/// Where programs keep what they can make again, in the home folder.
#[cfg(not(target_os = "macos"))]
const CACHE: &str = ".cache";

/// Where programs keep what belongs to the user, in the home folder.
#[cfg(target_os = "macos")]
const DATA: &str = "Library/Application Support";
/// Where programs keep what belongs to the user, in the home folder.
#[cfg(not(target_os = "macos"))]
const DATA: &str = ".local/share";

#[cfg(not(target_os = "macos"))]
fn this_process() -> ProcessFacts {
    ProcessFacts {
        architecture: compiled_for(),
        translated: false,
    }
}

/// A translated process was compiled for amd64 and runs on arm64; only the system knows.
#[cfg(target_os = "macos")]
fn this_process() -> ProcessFacts {
    let is_one = |name: &str| {
        let asked = std::process::Command::new("/usr/sbin/sysctl")
            .args(["-in", name])
            .output();
        asked.is_ok_and(|output| output.stdout.trim_ascii() == b"1")
    };
    let architecture = if is_one("hw.optional.arm64") {
        "arm64".to_owned()
    } else {
        compiled_for()
    };
    ProcessFacts {
        architecture,
        translated: is_one("sysctl.proc_translated"),
    }
}

/// The name of a Mac's processor, such as `Apple M5`.
#[cfg(target_os = "macos")]
fn chip() -> Option<String> {
    let asked = std::process::Command::new("/usr/sbin/sysctl")
        .args(["-in", "machdep.cpu.brand_string"])
        .output();
    let text = String::from_utf8(asked.ok()?.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|name| !name.is_empty())
}

/// Elsewhere the kernel's own files say it.
#[cfg(not(target_os = "macos"))]
fn chip() -> Option<String> {
    None
}

fn compiled_for() -> String {
    platform::Platform::linux(std::env::consts::ARCH)
        .architecture()
        .to_owned()
}
