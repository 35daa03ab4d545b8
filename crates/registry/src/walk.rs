//! From what a reference names to the images in it.

use std::sync::Arc;

use platform::Platform;
use serde_json::Value;

use crate::{
    Build, Kind, RegistryError,
    cache::Cache,
    digest::Digest,
    document::{self, Document, Entry, EntryKind, Fault, Part as Described},
    fetch::{CONFIG_BYTES, Part},
    host::Host,
    target::Target,
};

/// How deep indexes may be in each other: the tools that nest them do so once.
const DEPTH: usize = 4;

/// The most manifests and configurations that one reference is worth asking for.
const ASKED: usize = 64;

/// The most images of one reference: the fullest official ones have thirty.
const BUILDS: usize = 1024;

/// One look at a reference.
pub(crate) struct Walk<'a> {
    host: &'a Host,
    target: &'a Target,
    cache: &'a Cache,
    asked: usize,
    builds: Vec<Build>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(host: &'a Host, target: &'a Target, cache: &'a Cache) -> Self {
        Self {
            host,
            target,
            cache,
            asked: 0,
            builds: Vec::new(),
        }
    }

    /// The digest and the bytes of what the reference names now.
    pub(crate) async fn root(&mut self) -> Result<(Digest, Arc<[u8]>), RegistryError> {
        let shown = self.target.to_string();
        let known = self.cache.remembered(&shown).await;
        // A HEAD is worth its time where it can save what is counted as a pull.
        if known.is_some() || self.host.counts_pulls() {
            let part = self.part(self.target.version(), &shown);
            if let Some(digest) = self.host.head(&part).await? {
                self.check(&digest)?;
                let digest = self.target.digest().cloned().unwrap_or(digest);
                let bytes = self.manifest(&digest).await?;
                self.cache.remember(&shown, &digest).await;
                return Ok((digest, bytes));
            }
        }
        let (digest, bytes) = self
            .receive(self.target.version(), &shown, self.target.digest())
            .await?;
        self.cache.remember(&shown, &digest).await;
        Ok((digest, bytes))
    }

    /// The bytes of the manifest with this digest.
    pub(crate) async fn manifest(&mut self, digest: &Digest) -> Result<Arc<[u8]>, RegistryError> {
        if let Some(bytes) = self.cache.get(digest).await {
            return Ok(bytes);
        }
        self.count()?;
        let shown = self.target.part(digest);
        let (_, bytes) = self.receive(digest.as_str(), &shown, Some(digest)).await?;
        Ok(bytes)
    }

    /// What the bytes of a manifest say.
    pub(crate) fn read(&self, bytes: &[u8]) -> Result<Document, RegistryError> {
        document::read(bytes).map_err(|fault| self.fault(&fault))
    }

    /// The images that a manifest leads to, and whether it is an index.
    pub(crate) async fn builds(
        mut self,
        digest: Digest,
        bytes: &[u8],
    ) -> Result<(Kind, Vec<Build>), RegistryError> {
        match self.read(bytes)? {
            Document::Index(entries) => {
                self.index(entries).await?;
                Ok((Kind::Index, self.builds))
            }
            Document::Image(image) => {
                if let Some(config) = &image.config
                    && let Some(platform) = self.platform(config).await?
                {
                    self.keep(platform, &digest, Some(image.size))?;
                }
                Ok((Kind::Manifest, self.builds))
            }
        }
    }

    /// Goes through the entries in their order, and through those of an index among them in its place.
    async fn index(&mut self, entries: Vec<Entry>) -> Result<(), RegistryError> {
        let below =
            |entries: Vec<Entry>, depth: usize| entries.into_iter().rev().map(move |entry| (entry, depth));
        let mut left: Vec<_> = below(entries, 1).collect();
        while let Some((entry, depth)) = left.pop() {
            match entry.kind {
                EntryKind::Image(Some(platform)) => self.keep(platform, &entry.digest, None)?,
                EntryKind::Image(None) => self.unnamed(entry.digest).await?,
                EntryKind::Index if depth >= DEPTH => {
                    return Err(self.too_many("a nest of indexes", DEPTH, "levels"));
                }
                EntryKind::Index => {
                    let bytes = self.manifest(&entry.digest).await?;
                    let Document::Index(entries) = self.read(&bytes)? else {
                        return Err(self.host.invalid("it calls an image an index"));
                    };
                    left.extend(below(entries, depth + 1));
                }
            }
        }
        Ok(())
    }

    /// Keeps an image of which the index does not say the platform, when it says one itself.
    async fn unnamed(&mut self, digest: Digest) -> Result<(), RegistryError> {
        let bytes = self.manifest(&digest).await?;
        let Document::Image(image) = self.read(&bytes)? else {
            return Err(self.host.invalid("it calls an index an image"));
        };
        let Some(config) = &image.config else {
            return Ok(());
        };
        match self.platform(config).await? {
            Some(platform) => self.keep(platform, &digest, Some(image.size)),
            None => Ok(()),
        }
    }

    /// What the image with this manifest says of its containers.
    pub(crate) async fn defaults(mut self, digest: &Digest) -> Result<Option<Value>, RegistryError> {
        let outline = self.outline(digest).await?;
        let config = outline.and_then(|(whole, _)| whole.get("config").cloned());
        Ok(config.filter(Value::is_object))
    }

    /// The whole configuration of the image with this manifest, and its layers, the lowest first; `None` for what is no
    /// container's image.
    pub(crate) async fn outline(
        &mut self,
        digest: &Digest,
    ) -> Result<Option<(Value, Vec<Described>)>, RegistryError> {
        let bytes = self.manifest(digest).await?;
        let Document::Image(image) = self.read(&bytes)? else {
            return Err(self.host.invalid("it has an index where an image should be"));
        };
        let Some(config) = &image.config else {
            return Ok(None);
        };
        let bytes = match self.cache.get(&config.digest).await {
            Some(bytes) => bytes,
            None => self.config(config).await?,
        };
        let whole =
            serde_json::from_slice(&bytes).map_err(|_| self.host.invalid("its configuration is no JSON"))?;
        Ok(Some((whole, image.layers)))
    }

    async fn platform(&mut self, config: &Described) -> Result<Option<Platform>, RegistryError> {
        let bytes = match self.cache.get(&config.digest).await {
            Some(bytes) => bytes,
            None => self.config(config).await?,
        };
        document::platform(&bytes).map_err(|fault| self.fault(&fault))
    }

    async fn config(&mut self, config: &Described) -> Result<Arc<[u8]>, RegistryError> {
        if config.size > CONFIG_BYTES as u64 {
            return Err(RegistryError::TooLarge {
                registry: self.host.name().to_owned(),
                what: "an image's configuration",
                limit: CONFIG_BYTES as u64,
                unit: "bytes",
            });
        }
        self.count()?;
        let shown = self.target.part(&config.digest);
        let part = self.part(config.digest.as_str(), &shown);
        let bytes = self.host.config(&part).await?;
        self.verified(&config.digest, bytes).await
    }

    /// Asks for a manifest, and keeps it when it is what it should be.
    async fn receive(
        &self,
        version: &str,
        shown: &str,
        wanted: Option<&Digest>,
    ) -> Result<(Digest, Arc<[u8]>), RegistryError> {
        let answer = self.host.manifest(&self.part(version, shown)).await?;
        // The old format's digest is not that of the bytes, so that it has to be told apart before.
        let document = document::read(&answer.body);
        if let Err(fault @ Fault::TooOld) = document {
            return Err(self.fault(&fault));
        }
        let said = answer.digest();
        let digest = wanted.cloned().or(said.clone());
        let digest = digest.unwrap_or_else(|| Digest::of(&answer.body));
        if said.is_some_and(|said| said.algorithm() == digest.algorithm() && said != digest) {
            return Err(self.host.invalid("it says another digest than was asked for"));
        }
        let bytes = self.verified(&digest, answer.body).await?;
        document.map_err(|fault| self.fault(&fault))?;
        Ok((digest, bytes))
    }

    async fn verified(&self, digest: &Digest, bytes: Vec<u8>) -> Result<Arc<[u8]>, RegistryError> {
        if !digest.fits(&bytes) {
            return Err(self
                .host
                .invalid("it sends bytes that do not have the digest that it says"));
        }
        let bytes: Arc<[u8]> = bytes.into();
        self.cache.keep(digest, &bytes).await;
        Ok(bytes)
    }

    /// Whether a digest is the one that the reference itself asks for.
    fn check(&self, digest: &Digest) -> Result<(), RegistryError> {
        match self.target.digest() {
            Some(wanted) if wanted.algorithm() == digest.algorithm() && wanted != digest => {
                Err(self.host.invalid("it says another digest than was asked for"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn keep(&mut self, platform: Platform, digest: &Digest, size: Option<u64>) -> Result<(), RegistryError> {
        let build = Build {
            platform,
            digest: digest.to_string(),
            size,
        };
        if self.builds.len() >= BUILDS {
            return Err(self.too_many("a list of images", BUILDS, "entries"));
        }
        if !self.builds.contains(&build) {
            self.builds.push(build);
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), RegistryError> {
        self.asked += 1;
        if self.asked > ASKED {
            return Err(self.too_many("an index", ASKED, "parts that have to be read"));
        }
        Ok(())
    }

    fn part<'b>(&'b self, version: &'b str, shown: &'b str) -> Part<'b> {
        Part {
            repository: &self.target.repository,
            version,
            shown,
        }
    }

    fn too_many(&self, what: &'static str, limit: usize, unit: &'static str) -> RegistryError {
        RegistryError::TooLarge {
            registry: self.host.name().to_owned(),
            what,
            limit: limit as u64,
            unit,
        }
    }

    fn fault(&self, fault: &Fault) -> RegistryError {
        match fault {
            Fault::TooOld => RegistryError::TooOld {
                reference: self.target.to_string(),
            },
            Fault::Malformed(reason) => self.host.invalid(reason),
        }
    }
}
