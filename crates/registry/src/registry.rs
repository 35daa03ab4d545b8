//! The one who is asked: all registries of a session.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::Url;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    Access, Allowance, Offer, RegistryError, address,
    cache::Cache,
    digest::Digest,
    document::Document,
    host::Host,
    target::{DOCKER_HUB, Target},
    walk::Walk,
};

/// How long one reference may take, with all waits for a registry that wants fewer requests and for places among
/// hundreds of others.
const LIMIT: Duration = Duration::from_mins(5);

/// All registries, as one session sees them. Clones share everything: connections, tokens, limits and what was received
/// before. It wants tokio's runtime, with time and I/O.
///
/// Any number of references can be asked for at a time; each registry gets only so many requests at once.
#[derive(Clone)]
pub struct Registry {
    session: Arc<Session>,
}

/// A question to one host. Boxed, since the future of a closure that borrows cannot be sent to another thread as it is.
type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, RegistryError>> + Send + 'a>>;

struct Session {
    access: Access,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    cache: Cache,
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
            }),
        }
    }

    /// What a reference (`nginx`, `ghcr.io/a/b:1`, `host:5000/a@sha256:…`) offers now.
    ///
    /// A registry that was asked before is asked only whether its answer is still the same.
    pub async fn offer(&self, reference: &str) -> Result<Offer, RegistryError> {
        let target = Target::parse(reference)?;
        let ask = |host: Arc<Host>| -> Asking<'_, Offer> {
            let target = &target;
            Box::pin(async move { self.session.offer(&host, target).await })
        };
        self.of_any(&target, ask).await
    }

    /// The compressed bytes of one platform's image: what an engine that has nothing of it would download.
    ///
    /// `reference` says in which repository; `digest` is a [`crate::Build::digest`] of it.
    pub async fn size(&self, reference: &str, digest: &str) -> Result<u64, RegistryError> {
        let target = Target::parse(reference)?;
        let digest = Digest::parse(digest).ok_or_else(|| RegistryError::BadReference {
            reference: target.to_string(),
            reason: "its digest is malformed",
        })?;
        let ask = |host: Arc<Host>| -> Asking<'_, u64> {
            let (target, digest) = (&target, &digest);
            Box::pin(async move { self.session.size(&host, target, digest).await })
        };
        self.of_any(&target, ask).await
    }

    /// What one platform's image says of its containers: the `config` of its configuration, `None` where it says nothing.
    ///
    /// `reference` says in which repository; `digest` is a [`crate::Build::digest`] of it.
    pub async fn defaults(&self, reference: &str, digest: &str) -> Result<Option<Value>, RegistryError> {
        let target = Target::parse(reference)?;
        let digest = Digest::parse(digest).ok_or_else(|| RegistryError::BadReference {
            reference: target.to_string(),
            reason: "its digest is malformed",
        })?;
        let ask = |host: Arc<Host>| -> Asking<'_, Option<Value>> {
            let (target, digest) = (&target, &digest);
            Box::pin(async move {
                let walk = Walk::new(&host, target, &self.session.cache);
                walk.defaults(digest).await
            })
        };
        self.of_any(&target, ask).await
    }

    /// What the registry of a reference said last of how many images it still gives out; `None` when it has not said it,
    /// or was not asked yet.
    pub fn allowance(&self, reference: &str) -> Option<Allowance> {
        let target = Target::parse(reference).ok()?;
        let host = self.session.hosts().get(&target.registry).cloned();
        host?.allowance()
    }

    /// The first good answer of the mirrors and the registry itself, else what the registry itself said.
    async fn of_any<'a, T>(
        &self,
        target: &Target,
        ask: impl Fn(Arc<Host>) -> Asking<'a, T>,
    ) -> Result<T, RegistryError> {
        for (name, url) in self.session.mirrors(target) {
            if let Ok(host) = self.session.host(url.as_str(), &name, vec![url.clone()])
                && let Ok(answer) = in_time(&name, ask(host)).await
            {
                return Ok(answer);
            }
        }
        let name = &target.registry;
        let addresses = address::addresses(name, &self.session.access.insecure);
        let host = self.session.host(name, name, addresses)?;
        in_time(name, ask(host)).await
    }
}

impl Session {
    async fn offer(&self, host: &Host, target: &Target) -> Result<Offer, RegistryError> {
        let mut walk = Walk::new(host, target, &self.cache);
        let (digest, bytes) = walk.root().await?;
        let (kind, builds) = walk.builds(digest.clone(), &bytes).await?;
        Ok(Offer {
            reference: target.to_string(),
            digest: digest.to_string(),
            kind,
            builds,
        })
    }

    async fn size(&self, host: &Host, target: &Target, digest: &Digest) -> Result<u64, RegistryError> {
        let mut walk = Walk::new(host, target, &self.cache);
        let bytes = walk.manifest(digest).await?;
        match walk.read(&bytes)? {
            Document::Image(image) => Ok(image.size),
            Document::Index(_) => Err(host.invalid("it has an index where an image should be")),
        }
    }

    fn mirrors(&self, target: &Target) -> Vec<(String, Url)> {
        let mirrors = self.access.mirrors.iter();
        mirrors
            .filter(|_| target.registry == DOCKER_HUB)
            .filter_map(|url| address::mirror(url))
            .collect()
    }

    /// The one host of this session under this key, which a mirror does not share with a registry of its name.
    fn host(&self, key: &str, name: &str, addresses: Vec<Url>) -> Result<Arc<Host>, RegistryError> {
        if let Some(host) = self.hosts().get(key) {
            return Ok(host.clone());
        }
        let host = Arc::new(Host::new(&self.access, name, addresses)?);
        // Another question may have made it in the meantime: the first one stays, with what it has learnt.
        Ok(self.hosts().entry(key.to_owned()).or_insert(host).clone())
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Arc<Host>>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn in_time<T>(
    registry: &str,
    answer: impl Future<Output = Result<T, RegistryError>>,
) -> Result<T, RegistryError> {
    let late = RegistryError::TimedOut {
        registry: registry.to_owned(),
        after: LIMIT,
    };
    timeout(LIMIT, answer).await.unwrap_or(Err(late))
}
