//! Which engine answers: its version, platform, image store, and what runs it.

use std::collections::BTreeMap;

use platform::Platform;
use serde::Deserialize;

use crate::{Endpoint, EngineError, began::connection_mark};

/// The oldest API that is enough: the first in which a container can be created for a platform (engine 20.10).
const OLDEST_API: ApiVersion = ApiVersion(1, 41);

/// How images are kept. It decides which questions about platforms have an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// One platform to a tag (`overlay2` and its like).
    Classic,
    /// Several platforms under one tag.
    Containerd,
}

/// What runs the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Docker Desktop, on any system.
    DockerDesktop,
    /// `OrbStack`.
    OrbStack,
    /// Colima.
    Colima,
    /// Lima, other than through Colima or Rancher Desktop.
    Lima,
    /// Rancher Desktop.
    RancherDesktop,
    /// Podman's Docker-compatible service.
    Podman,
    /// Finch.
    Finch,
    /// The engine itself on Linux.
    DockerEngine,
    /// Nothing tells.
    Unknown,
}

impl Store {
    /// `classic` or `containerd`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Containerd => "containerd",
        }
    }
}

impl Runtime {
    /// In kebab case, for example `docker-desktop`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DockerDesktop => "docker-desktop",
            Self::OrbStack => "orbstack",
            Self::Colima => "colima",
            Self::Lima => "lima",
            Self::RancherDesktop => "rancher-desktop",
            Self::Podman => "podman",
            Self::Finch => "finch",
            Self::DockerEngine => "docker-engine",
            Self::Unknown => "unknown",
        }
    }
}

/// An engine, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the engine calls itself to tell it from others; stays the same across restarts.
    pub id: String,
    /// What tells this start of it from others, where it does; else this connection to it.
    pub start: String,
    /// For people: the product's name, or the engine's host name.
    pub name: String,
    /// The host name of the machine that it runs on.
    pub machine: String,
    /// Its version.
    pub version: String,
    /// The API version that was agreed on.
    pub api_version: String,
    /// Its platform: what runs natively on it.
    pub platform: Platform,
    /// The version of the kernel that it runs on, where it says so.
    pub kernel: Option<String>,
    /// How it keeps images.
    pub store: Store,
    /// What runs it.
    pub runtime: Runtime,
    /// How it reaches registries.
    pub registries: Registries,
    /// How many processors it has.
    pub processors: Option<u64>,
    /// How many bytes of memory the machine has that it runs on.
    pub memory: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ApiVersion(pub(crate) u32, pub(crate) u32);

impl ApiVersion {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }
}

impl std::fmt::Display for ApiVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// What `GET /version` answers, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the engine's own names")]
pub(crate) struct Version {
    version: String,
    api_version: String,
    #[serde(rename = "MinAPIVersion")]
    min_api_version: Option<String>,
    os: Option<String>,
    arch: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
    platform: Option<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    #[serde(default)]
    name: String,
}

/// What `GET /info` answers, as far as it is used.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Info {
    #[serde(rename = "ID")]
    id: String,
    name: String,
    operating_system: String,
    kernel_version: String,
    driver_status: Option<Vec<Vec<String>>>,
    registry_config: Option<RegistryConfig>,
    #[serde(rename = "NCPU")]
    processors: Option<i64>,
    mem_total: Option<i64>,
}

/// What the engine was told of registries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RegistryConfig {
    #[serde(rename = "InsecureRegistryCIDRs")]
    insecure: Option<Vec<String>>,
    index_configs: Option<BTreeMap<String, IndexConfig>>,
    mirrors: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct IndexConfig {
    secure: bool,
}

/// How the engine reaches registries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registries {
    /// Those that it asks without a certificate: names, with a port or without, and networks.
    pub insecure: Vec<String>,
    /// Its mirrors of Docker Hub, as URLs.
    pub mirrors: Vec<String>,
}

impl Registries {
    fn new(info: &Info) -> Self {
        let config = info.registry_config.clone().unwrap_or_default();
        let named = config.index_configs.unwrap_or_default().into_iter();
        let named = named.filter(|(_, index)| !index.secure).map(|(name, _)| name);
        Self {
            insecure: config
                .insecure
                .unwrap_or_default()
                .into_iter()
                .chain(named)
                .collect(),
            mirrors: config.mirrors.unwrap_or_default(),
        }
    }
}

impl Version {
    /// The newest version that both sides speak, `newest` being ours.
    pub(crate) fn agree(&self, newest: ApiVersion) -> Result<ApiVersion, EngineError> {
        let not_an_engine = || EngineError::NotAnEngine {
            what: "version".to_owned(),
            why: "it gives no API version".to_owned(),
        };
        let offered = ApiVersion::parse(&self.api_version).ok_or_else(not_an_engine)?;
        if offered < OLDEST_API {
            return Err(EngineError::TooOld {
                offered: offered.to_string(),
                needed: OLDEST_API.to_string(),
            });
        }
        let least = self.min_api_version.as_deref().and_then(ApiVersion::parse);
        match least {
            Some(least) if least > newest => Err(EngineError::TooNew {
                needed: least.to_string(),
                spoken: newest.to_string(),
            }),
            _ => Ok(offered.min(newest)),
        }
    }
}

impl Identity {
    pub(crate) fn new(version: &Version, info: &Info, api: ApiVersion, endpoint: &Endpoint) -> Self {
        let runtime = runtime(version, info, endpoint);
        Self {
            id: info.id.clone(),
            start: connection_mark(),
            name: name(runtime, info),
            machine: info.name.clone(),
            version: version.version.clone(),
            api_version: api.to_string(),
            platform: Platform::new(
                version.os.as_deref().unwrap_or("linux"),
                version.arch.as_deref().unwrap_or_default(),
                "",
            ),
            kernel: Some(info.kernel_version.clone()).filter(|it| !it.is_empty()),
            store: store(info),
            runtime,
            registries: Registries::new(info),
            processors: positive(info.processors),
            memory: positive(info.mem_total),
        }
    }

    /// Podman takes another network for the one that makes the mark, which is as old as its settings.
    pub(crate) fn of_start(mut self, mark: Option<String>) -> Self {
        let mark = mark.filter(|_| self.runtime != Runtime::Podman);
        self.start = mark.unwrap_or(self.start);
        self
    }
}

/// Zero is how an engine says that it does not know.
fn positive(number: Option<i64>) -> Option<u64> {
    number.and_then(|it| u64::try_from(it).ok()).filter(|it| *it > 0)
}

/// The containerd store shows its snapshotter's type; the storage drivers of the classic one never do.
fn store(info: &Info) -> Store {
    let status = info.driver_status.iter().flatten();
    let containerd = status
        .filter_map(|pair| pair.get(1))
        .any(|value| value.starts_with("io.containerd.snapshotter"));
    if containerd {
        Store::Containerd
    } else {
        Store::Classic
    }
}

fn name(runtime: Runtime, info: &Info) -> String {
    match runtime {
        Runtime::DockerDesktop => "Docker Desktop".to_owned(),
        Runtime::OrbStack => "OrbStack".to_owned(),
        Runtime::Colima => "Colima".to_owned(),
        Runtime::Lima => "Lima".to_owned(),
        Runtime::RancherDesktop => "Rancher Desktop".to_owned(),
        Runtime::Podman => "Podman".to_owned(),
        Runtime::Finch => "Finch".to_owned(),
        Runtime::DockerEngine | Runtime::Unknown if info.name.is_empty() => "Docker Engine".to_owned(),
        Runtime::DockerEngine | Runtime::Unknown => format!("Docker Engine on {}", info.name),
    }
}

/// By what the engine says of itself, then by where its socket lies.
fn runtime(version: &Version, info: &Info, endpoint: &Endpoint) -> Runtime {
    let product = version
        .platform
        .as_ref()
        .map_or("", |platform| platform.name.as_str());
    let is_podman = version
        .components
        .iter()
        .any(|component| component.name.starts_with("Podman"));
    let socket = endpoint.url.as_str();
    let rules = [
        (
            info.operating_system == "Docker Desktop" || product.starts_with("Docker Desktop"),
            Runtime::DockerDesktop,
        ),
        (
            info.operating_system.contains("OrbStack") || socket.contains("/.orbstack/"),
            Runtime::OrbStack,
        ),
        (is_podman, Runtime::Podman),
        (
            info.name == "lima-rancher-desktop" || socket.contains("/.rd/"),
            Runtime::RancherDesktop,
        ),
        (
            info.name.starts_with("colima") || socket.contains("colima/"),
            Runtime::Colima,
        ),
        (
            info.name.starts_with("lima-finch") || socket.ends_with("/finch.sock"),
            Runtime::Finch,
        ),
        (
            info.name.starts_with("lima-") || socket.contains("/.lima/"),
            Runtime::Lima,
        ),
        (
            !info.kernel_version.is_empty() && !info.operating_system.is_empty(),
            Runtime::DockerEngine,
        ),
    ];
    rules
        .into_iter()
        .find_map(|(holds, runtime)| holds.then_some(runtime))
        .unwrap_or(Runtime::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(json: &str) -> Version {
        serde_json::from_str(json).expect("a version")
    }

    fn identity(info: &str, url: &str) -> Identity {
        let version = version(r#"{"Version":"28.5.2","ApiVersion":"1.51","Os":"linux","Arch":"arm64"}"#);
        let info = serde_json::from_str(info).expect("an info");
        let endpoint = Endpoint {
            url: url.to_owned(),
            source: String::new(),
        };
        Identity::new(&version, &info, ApiVersion(1, 51), &endpoint)
    }

    #[test]
    fn runtimes_are_told_by_what_they_say_and_by_their_sockets() {
        let cases = [
            (
                r#"{"OperatingSystem":"Docker Desktop","KernelVersion":"6.10-linuxkit"}"#,
                "unix:///x",
                Runtime::DockerDesktop,
            ),
            (
                r#"{"OperatingSystem":"OrbStack"}"#,
                "unix:///x",
                Runtime::OrbStack,
            ),
            (
                r#"{"Name":"colima","OperatingSystem":"Ubuntu 24.04"}"#,
                "unix:///x",
                Runtime::Colima,
            ),
            (
                r#"{"Name":"lima-rancher-desktop","OperatingSystem":"Alpine"}"#,
                "unix:///x",
                Runtime::RancherDesktop,
            ),
            (r#"{"Name":"lima-docker"}"#, "unix:///x", Runtime::Lima),
            (
                r#"{"Name":"vm","OperatingSystem":"Debian","KernelVersion":"6"}"#,
                "unix:///x",
                Runtime::DockerEngine,
            ),
            (
                r"{}",
                "unix:///Users/ada/.orbstack/run/docker.sock",
                Runtime::OrbStack,
            ),
            (r"{}", "unix:///x", Runtime::Unknown),
        ];
        for (info, url, runtime) in cases {
            assert_eq!(identity(info, url).runtime, runtime, "{info} {url}");
        }
    }

    #[test]
    fn processors_and_memory_that_are_not_told_are_not_known() {
        let told = identity(r#"{"NCPU":8,"MemTotal":8218034176}"#, "unix:///x");
        assert_eq!((told.processors, told.memory), (Some(8), Some(8_218_034_176)));
        let untold = identity(r#"{"NCPU":0,"MemTotal":-1}"#, "unix:///x");
        assert_eq!((untold.processors, untold.memory), (None, None));
    }

    #[test]
    fn the_containerd_store_is_told_by_its_driver_status() {
        let containerd =
            r#"{"Driver":"overlayfs","DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}"#;
        assert_eq!(identity(containerd, "unix:///x").store, Store::Containerd);
        let classic = r#"{"Driver":"overlay2","DriverStatus":[["Backing Filesystem","extfs"]]}"#;
        assert_eq!(identity(classic, "unix:///x").store, Store::Classic);
        assert_eq!(
            identity(r#"{"DriverStatus":null}"#, "unix:///x").store,
            Store::Classic
        );
    }

    #[test]
    fn the_newest_version_that_both_speak_is_agreed_on() {
        let ours = ApiVersion(1, 53);
        let agree = |json: &str| version(json).agree(ours).map(|version| version.to_string());
        assert_eq!(
            agree(r#"{"Version":"20","ApiVersion":"1.41"}"#).expect("old"),
            "1.41"
        );
        assert_eq!(
            agree(r#"{"Version":"30","ApiVersion":"1.60","MinAPIVersion":"1.44"}"#).expect("new"),
            "1.53"
        );
        assert!(matches!(
            agree(r#"{"Version":"19","ApiVersion":"1.40"}"#),
            Err(EngineError::TooOld { .. })
        ));
        let newer = agree(r#"{"Version":"40","ApiVersion":"1.70","MinAPIVersion":"1.60"}"#);
        assert!(matches!(newer, Err(EngineError::TooNew { .. })));
        assert!(matches!(
            agree(r#"{"Version":"?","ApiVersion":"x"}"#),
            Err(EngineError::NotAnEngine { .. })
        ));
    }
}
