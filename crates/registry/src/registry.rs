//! The one who is asked: all registries of a session.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::Url;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    Access, Allowance, Login, Offer, RegistryError, address,
    cache::Cache,
    credentials::Keys,
    digest::Digest,
    document::{self, Document, Part},
    host::Host,
    target::{DOCKER_HUB, Target},
    walk::Walk,
};

/// How long one reference may take, with all waits for a registry that wants fewer requests and for places among
/// hundreds of others.
const LIMIT: Duration = Duration::from_mins(5);

/// The most registries that are remembered; people use a handful.
const HOSTS: usize = 256;

/// All registries, as one session sees them. Clones share everything: connections, tokens, limits and what was received
/// before. It wants tokio's runtime, with time and I/O.
///
/// Any number of references can be asked for at a time; each registry gets only so many requests at once.
#[derive(Clone)]
pub struct Registry {
    session: Arc<Session>,
}

struct Session {
    access: Access,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    cache: Cache,
    sent: Arc<AtomicU64>,
}

impl Registry {
    /// A session. Nothing is asked or read yet.
    pub fn new(access: Access) -> Self {
        let cache = Cache::new(access.cache.as_deref());
        Self {
            session: Arc::new(Session {
                access,
                hosts: Mutex::default(),
                cache,
                sent: Arc::default(),
            }),
        }
    }

    /// What a reference (`nginx`, `ghcr.io/a/b:1`, `host:5000/a@sha256:…`) offers now.
    ///
    /// A registry that was asked before is asked only whether its answer is still the same.
    pub async fn offer(&self, reference: &str) -> Result<Offer, RegistryError> {
        let target = Target::parse(reference)?;
        let (mirrors, own) = self.session.ways(&target);
        for mirror in mirrors {
            if let Ok(offer) = in_time(&mirror, self.session.offer(&mirror, &target)).await {
                return Ok(offer);
            }
        }
        in_time(&own, self.session.offer(&own, &target)).await
    }

    /// The compressed bytes of one platform's image: what an engine that has nothing of it would download.
    ///
    /// `reference` says in which repository; `digest` is a [`crate::Build::digest`] of it.
    pub async fn size(&self, reference: &str, digest: &str) -> Result<u64, RegistryError> {
        let (target, digest) = image(reference, digest)?;
        let (mirrors, own) = self.session.ways(&target);
        for mirror in mirrors {
            if let Ok(size) = in_time(&mirror, self.session.size(&mirror, &target, &digest)).await {
                return Ok(size);
            }
        }
        in_time(&own, self.session.size(&own, &target, &digest)).await
    }

    /// What one platform's image says of its containers: the `config` of its configuration, `None` where it says nothing.
    ///
    /// `reference` says in which repository; `digest` is a [`crate::Build::digest`] of it.
    pub async fn defaults(&self, reference: &str, digest: &str) -> Result<Option<Value>, RegistryError> {
        let (target, digest) = image(reference, digest)?;
        let (mirrors, own) = self.session.ways(&target);
        for mirror in mirrors {
            if let Ok(defaults) = in_time(&mirror, self.session.defaults(&mirror, &target, &digest)).await {
                return Ok(defaults);
            }
        }
        in_time(&own, self.session.defaults(&own, &target, &digest)).await
    }

    /// The configuration of an image, whole, and its layers, the lowest first; `None` for what is none of a container.
    pub(crate) async fn outlined(
        &self,
        target: &Target,
        digest: &Digest,
    ) -> Result<Option<(Value, Vec<Part>)>, RegistryError> {
        let (mirrors, own) = self.session.ways(target);
        for mirror in mirrors {
            if let Ok(outline) = in_time(&mirror, self.session.outline(&mirror, target, digest)).await {
                return Ok(outline);
            }
        }
        in_time(&own, self.session.outline(&own, target, digest)).await
    }

    /// What there is to show to the registry of a reference, for an engine that is to pull from it.
    pub async fn login(&self, reference: &str) -> Result<Option<Login>, RegistryError> {
        let target = Target::parse(reference)?;
        let found = Keys::new(&self.session.access).find(&target.registry).await;
        Ok(Login::of(&target.registry, found))
    }

    /// What the registry of a reference said last of how many images it still gives out; `None` when it has not said it,
    /// or was not asked yet.
    pub fn allowance(&self, reference: &str) -> Option<Allowance> {
        let target = Target::parse(reference).ok()?;
        self.session.known(&target)?.allowance()
    }

    /// How long the registry of a reference is left alone from now on, because it wanted fewer requests.
    pub fn rest(&self, reference: &str) -> Option<Duration> {
        let target = Target::parse(reference).ok()?;
        self.session.known(&target)?.rest()
    }

    /// How many requests were sent so far, of all kinds, to whomever, redirects included.
    pub fn sent(&self) -> u64 {
        self.session.sent.load(Ordering::Relaxed)
    }
}

impl Registry {
    pub(crate) fn ways(&self, target: &Target) -> (Vec<Arc<Host>>, Arc<Host>) {
        self.session.ways(target)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("access", &self.session.access)
            .finish_non_exhaustive()
    }
}

impl Session {
    async fn offer(&self, host: &Host, target: &Target) -> Result<Offer, RegistryError> {
        let mut walk = Walk::new(host, target, &self.cache);
        let (digest, bytes) = walk.root().await?;
        let (kind, mut builds) = walk.builds(digest.clone(), &bytes).await?;
        for build in builds.iter_mut().filter(|build| build.size.is_none()) {
            build.size = self.known_size(&build.digest).await;
        }
        Ok(Offer {
            reference: target.to_string(),
            digest: digest.to_string(),
            kind,
            builds,
        })
    }

    /// The size of an image whose manifest was received before.
    async fn known_size(&self, digest: &str) -> Option<u64> {
        let bytes = self.cache.get(&Digest::parse(digest)?).await?;
        match document::read(&bytes) {
            Ok(Document::Image(image)) => Some(image.size),
            Ok(Document::Index(_)) | Err(_) => None,
        }
    }

    async fn size(&self, host: &Host, target: &Target, digest: &Digest) -> Result<u64, RegistryError> {
        let mut walk = Walk::new(host, target, &self.cache);
        let bytes = walk.manifest(digest).await?;
        match walk.read(&bytes)? {
            Document::Image(image) => Ok(image.size),
            Document::Index(_) => Err(host.invalid("it has an index where an image should be")),
        }
    }

    async fn defaults(
        &self,
        host: &Host,
        target: &Target,
        digest: &Digest,
    ) -> Result<Option<Value>, RegistryError> {
        Walk::new(host, target, &self.cache).defaults(digest).await
    }

    async fn outline(
        &self,
        host: &Host,
        target: &Target,
        digest: &Digest,
    ) -> Result<Option<(Value, Vec<Part>)>, RegistryError> {
        Walk::new(host, target, &self.cache).outline(digest).await
    }

    /// The mirrors to try first, of which any failure is passed over, and the registry itself.
    fn ways(&self, target: &Target) -> (Vec<Arc<Host>>, Arc<Host>) {
        let mirrors = self.access.mirrors.iter();
        let mirrors = mirrors
            .filter(|_| target.registry == DOCKER_HUB)
            .filter_map(|url| address::mirror(url))
            .map(|(name, url)| self.host(url.as_str(), &name, || vec![url.clone()]));
        let name = &target.registry;
        let own = self.host(name, name, || address::addresses(name, &self.access.insecure));
        (mirrors.collect(), own)
    }

    /// The one host of this session under this key, which a mirror does not share with a registry of its name.
    fn host(&self, key: &str, name: &str, addresses: impl FnOnce() -> Vec<Url>) -> Arc<Host> {
        let mut hosts = self.hosts();
        if hosts.len() >= HOSTS {
            hosts.clear();
        }
        let make = || Arc::new(Host::new(&self.access, name, addresses(), Arc::clone(&self.sent)));
        hosts.entry(key.to_owned()).or_insert_with(make).clone()
    }

    /// The registry of a reference, where it was asked before.
    fn known(&self, target: &Target) -> Option<Arc<Host>> {
        self.hosts().get(&target.registry).cloned()
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Arc<Host>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reference in its full form: `nginx` is `docker.io/library/nginx:latest`. Two that mean the same have the same one.
pub fn full_name(reference: &str) -> Result<String, RegistryError> {
    let target = Target::parse(reference)?;
    Ok(match target.digest() {
        None => target.with_tag(target.version()),
        Some(_) => target.to_string(),
    })
}

/// One image of the repository that `reference` names.
pub(crate) fn image(reference: &str, digest: &str) -> Result<(Target, Digest), RegistryError> {
    let target = Target::parse(reference)?;
    let digest = Digest::parse(digest).ok_or_else(|| RegistryError::BadReference {
        reference: target.to_string(),
        reason: "its digest is malformed",
    })?;
    Ok((target, digest))
}

pub(crate) async fn in_time<T>(
    host: &Host,
    answer: impl Future<Output = Result<T, RegistryError>>,
) -> Result<T, RegistryError> {
    let late = RegistryError::TimedOut {
        registry: host.name().to_owned(),
        after: LIMIT,
    };
    timeout(LIMIT, answer).await.unwrap_or(Err(late))
}
