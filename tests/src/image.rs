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
    /// What an index says instead, where it says another thing.
    pub(crate) placed: Option<Value>,
    pub(crate) packing: Packing,
    /// The layers below, the lowest first.
    pub(crate) below: Vec<Vec<Entry>>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) config: Map<String, Value>,
}

/// How layers are packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    /// As Docker does it.
    #[default]
    Gzip,
    /// As newer builders can.
    Zstd,
    /// Not at all.
    Plain,
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
        Self {
            platform: label(platform),
            placed: None,
            packing: Packing::default(),
            below: Vec::new(),
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

    /// Has an index say another platform than the image's own configuration.
    #[must_use]
    pub fn placed_as(mut self, platform: &str) -> Self {
        self.placed = Some(label(platform));
        self
    }

    /// Packs its layers in another way.
    #[must_use]
    pub fn packed(mut self, packing: Packing) -> Self {
        self.packing = packing;
        self
    }

    /// What is added from now on lies in a layer of its own, over what there is.
    #[must_use]
    pub fn next_layer(mut self) -> Self {
        self.below.push(std::mem::take(&mut self.entries));
        self
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

/// A platform as indexes and configurations write it.
fn label(platform: &str) -> Value {
    let keys = ["os", "architecture", "variant"].into_iter();
    let fields = keys.zip(platform.split('/'));
    Value::Object(fields.map(|(key, part)| (key.to_owned(), json!(part))).collect())
}
