//! What is recorded: the machine, its images, containers and networks, as files of this crate.

use std::{collections::BTreeMap, io};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    elf::{self, Kind},
    images::Platform,
    tree::Node,
};

pub(crate) const KERNEL: &str = include_str!("fixtures/kernel.json");
pub(crate) const VERSION: &str = include_str!("fixtures/version.json");
pub(crate) const INFO: &str = include_str!("fixtures/info.json");
pub(crate) const IMAGES: &str = include_str!("fixtures/images.json");
pub(crate) const IMAGE: &str = include_str!("fixtures/image.json");
pub(crate) const IMAGE_ROW: &str = include_str!("fixtures/image-row.json");
pub(crate) const CONTAINERS: &str = include_str!("fixtures/containers.json");
pub(crate) const CONTAINER: &str = include_str!("fixtures/container.json");
pub(crate) const NETWORKS: &str = include_str!("fixtures/networks.json");
pub(crate) const ENDPOINT: &str = include_str!("fixtures/endpoint.json");
pub(crate) const PROGRAMS: &str = include_str!("fixtures/programs.json");
const BASES: &str = include_str!("fixtures/bases.json");

/// Reads one of the files.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> io::Result<T> {
    Ok(serde_json::from_str(text)?)
}

/// What the machine runs.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Kernel {
    pub(crate) native: Platform,
    /// Which program translates an architecture, for containers of that architecture.
    pub(crate) translators: BTreeMap<String, String>,
    architectures: BTreeMap<String, Architecture>,
}

#[derive(Clone, Debug, Deserialize)]
struct Architecture {
    machine: u16,
    glibc: String,
    musl: String,
}

impl Kernel {
    /// The number by which ELF files name `architecture`.
    pub(crate) fn machine(&self, architecture: &str) -> Option<u16> {
        Some(self.architectures.get(architecture)?.machine)
    }
}

/// An image and all its platforms, here or in the registry.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ImageRecord {
    pub(crate) reference: String,
    pub(crate) made: String,
    pub(crate) variants: Vec<VariantRecord>,
}

/// One platform of an image.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct VariantRecord {
    pub(crate) platform: Platform,
    pub(crate) local: bool,
    pub(crate) bytes: u64,
    /// The architecture of its programs, where that is not the platform's.
    holds: Option<String>,
    base: String,
    pub(crate) config: Map<String, Value>,
    #[serde(default)]
    files: Vec<FileRecord>,
    /// What its program writes when it runs: channel and line.
    #[serde(default)]
    pub(crate) says: Vec<(String, String)>,
    /// What its program ends with at once; it runs on when there is nothing.
    pub(crate) exit: Option<i64>,
    /// What its health check writes when it fails; there is no failing one when there is nothing.
    pub(crate) unhealthy: Option<String>,
}

/// What a program says that clients bring: as it was seen, or as it has to be by what such machines say of themselves. What
/// it measured is made up: as fast as others say that such a machine is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProgramRecord {
    /// Its path.
    starts: String,
    /// A text that a file of its image holds.
    greets: String,
    says: Vec<String>,
    /// What it says besides when it is given an argument.
    measured: Vec<String>,
    ends: String,
    pub(crate) exit: i64,
}

impl ProgramRecord {
    /// Whether `node` is this program.
    pub(crate) fn is_in(&self, node: &Node) -> bool {
        let greeting = self.greets.as_bytes();
        matches!(node, Node::File { bytes, .. } if bytes.windows(greeting.len()).any(|part| part == greeting))
    }

    /// What it says when it is started by `command`, by channel and line; `None` when that starts something else.
    pub(crate) fn lines(&self, command: &[String]) -> Option<Vec<(String, String)>> {
        let (program, arguments) = command.split_first()?;
        if *program != self.starts {
            return None;
        }
        let measured = self.measured.iter().filter(|_| !arguments.is_empty());
        let lines = self.says.iter().chain(measured).chain([&self.ends]);
        Some(lines.map(|line| ("stdout".to_owned(), line.clone())).collect())
    }
}

/// A file by what it is.
#[derive(Clone, Debug, Deserialize)]
struct FileRecord {
    #[serde(default)]
    path: String,
    /// `glibc`, `musl`, `static` or `shared`.
    program: Option<String>,
    #[serde(rename = "for")]
    architecture: Option<String>,
    /// The loader of this library lies where this architecture expects it.
    loader: Option<String>,
    link: Option<String>,
    script: Option<String>,
    text: Option<String>,
}

/// A container as a user asked for it, and what came of it, in seconds before now.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ContainerRecord {
    pub(crate) name: String,
    pub(crate) image: String,
    #[serde(default)]
    pub(crate) platform: String,
    pub(crate) age: u64,
    pub(crate) started: Option<u64>,
    pub(crate) ended: Option<u64>,
    #[serde(default)]
    pub(crate) paused: bool,
    pub(crate) body: Map<String, Value>,
}

impl VariantRecord {
    /// All its files.
    pub(crate) fn files(&self, kernel: &Kernel) -> io::Result<Vec<(String, Node)>> {
        let bases: BTreeMap<String, Vec<FileRecord>> = read(BASES)?;
        let base = bases.get(&self.base).map_or(&[][..], Vec::as_slice);
        let architecture = self.holds.as_deref().unwrap_or(&self.platform.architecture);
        let all = base.iter().chain(&self.files);
        all.map(|file| file.node(kernel, architecture)).collect()
    }
}

impl FileRecord {
    fn node(&self, kernel: &Kernel, architecture: &str) -> io::Result<(String, Node)> {
        let architecture = self.architecture.as_deref().unwrap_or(architecture);
        let known = kernel.architectures.get(architecture);
        let known = known.ok_or_else(|| io::Error::other(format!("no architecture `{architecture}`")))?;
        let loader_of = |library: &str| match library {
            "glibc" => Some(known.glibc.as_str()),
            "musl" => Some(known.musl.as_str()),
            _ => None,
        };
        if let Some(library) = &self.loader {
            let path = loader_of(library).unwrap_or_default().to_owned();
            return Ok((path, program(elf::build(Kind::Shared, known.machine, None))));
        }
        let node = match (&self.program, &self.link, &self.script, &self.text) {
            (Some(linking), ..) => {
                let kind = if linking == "shared" {
                    Kind::Shared
                } else {
                    Kind::Executable
                };
                program(elf::build(kind, known.machine, loader_of(linking)))
            }
            (_, Some(target), ..) => Node::Link(target.clone()),
            (_, _, Some(script), _) => program(script.clone().into_bytes()),
            (.., text) => Node::File {
                bytes: text.clone().unwrap_or_default().into_bytes(),
                mode: 0o644,
            },
        };
        Ok((self.path.clone(), node))
    }
}

fn program(bytes: Vec<u8>) -> Node {
    Node::File { bytes, mode: 0o755 }
}
