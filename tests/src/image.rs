//! Images as tests describe them: any label over any files, for any number of platforms.

mod blobs;
mod tree;

use serde_json::{Map, Value, json};

pub(crate) use blobs::{Blob, Manifest};

/// An image: one name, and a variant for each platform that it offers.
#[derive(Clone, Debug)]
pub struct ImageSpec {
    pub(crate) name: String,
    pub(crate) tag: String,
    pub(crate) variants: Vec<Variant>,
    pub(crate) attested: bool,
}

impl ImageSpec {
    /// An image without variants. `name` is without a registry, as in `team/app`.
    pub fn new(name: &str, tag: &str) -> Self {
        Self {
            name: name.to_owned(),
            tag: tag.to_owned(),
            variants: Vec::new(),
            attested: false,
        }
    }

    /// Offers one platform more. One alone is stored as a plain image, two or more behind an index.
    #[must_use]
    pub fn variant(mut self, variant: Variant) -> Self {
        self.variants.push(variant);
        self
    }

    /// Adds to each variant a manifest of platform `unknown/unknown`, as builders write them for attestations.
    #[must_use]
    pub fn attested(mut self) -> Self {
        self.attested = true;
        self
    }
}

/// What an image holds for one platform.
#[derive(Clone, Debug)]
pub struct Variant {
    pub(crate) platform: Value,
    pub(crate) entries: Vec<Entry>,
    pub(crate) config: Map<String, Value>,
}

/// A file of an image.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    File(String, u32, Vec<u8>),
    Link(String, String),
    Folder(String, u32),
}

impl Entry {
    fn path(&self) -> &str {
        match self {
            Self::File(path, ..) | Self::Link(path, _) | Self::Folder(path, _) => path,
        }
    }
}

impl Variant {
    /// An empty variant that is labelled `platform`, such as `linux/arm64/v8`; nothing checks that the label is true.
    pub fn new(platform: &str) -> Self {
        let mut parts = platform.split('/');
        let mut label = Map::new();
        for key in ["os", "architecture", "variant"] {
            if let Some(part) = parts.next() {
                label.insert(key.to_owned(), json!(part));
            }
        }
        Self {
            platform: Value::Object(label),
            entries: Vec::new(),
            config: Map::new(),
        }
    }

    /// A variant with `busybox` and the usual names for it, which runs `/bin/sh`.
    pub fn with_tools(platform: &str, busybox: Vec<u8>) -> Self {
        let variant = Self::new(platform).file("/bin/busybox", 0o755, busybox);
        ["sh", "cat", "echo", "env", "ls", "sleep", "true", "uname"]
            .iter()
            .fold(variant, |variant, name| {
                variant.link(&format!("/bin/{name}"), "busybox")
            })
            .config("Env", json!(["PATH=/bin"]))
            .config("Cmd", json!(["/bin/sh"]))
    }

    /// Adds a file.
    #[must_use]
    pub fn file(self, path: &str, mode: u32, bytes: impl Into<Vec<u8>>) -> Self {
        self.entry(Entry::File(path.to_owned(), mode, bytes.into()))
    }

    /// Adds a symbolic link.
    #[must_use]
    pub fn link(self, path: &str, to: &str) -> Self {
        self.entry(Entry::Link(path.to_owned(), to.to_owned()))
    }

    /// Adds an empty folder; the folders above files need not be added, unless others than root are to
    /// look into them: old engines make those for root alone.
    #[must_use]
    pub fn folder(self, path: &str, mode: u32) -> Self {
        self.entry(Entry::Folder(path.to_owned(), mode))
    }

    /// Sets a key of the image's configuration, such as `Entrypoint`, `Cmd`, `Env`, `WorkingDir`, `User`, `Labels`.
    #[must_use]
    pub fn config(mut self, key: &str, value: Value) -> Self {
        self.config.insert(key.to_owned(), value);
        self
    }

    /// Sets the command, and takes any entry point away.
    #[must_use]
    pub fn command(mut self, command: &[&str]) -> Self {
        self.config.remove("Entrypoint");
        self.config("Cmd", json!(command))
    }

    /// In the place of an entry with this path: an engine refuses layers with two.
    fn entry(mut self, entry: Entry) -> Self {
        self.entries.retain(|former| former.path() != entry.path());
        self.entries.push(entry);
        self
    }
}
