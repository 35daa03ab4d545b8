//! The images that a reference leads to, read without an engine: layers stream by, and only what matters of them is kept.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::future::try_join_all;
use platform::Platform;
use serde_json::Value;
use tokio::{
    sync::{OnceCell, Semaphore, mpsc},
    time::timeout,
};

use crate::{
    Registry, RegistryError, Tree,
    digest::Digest,
    document::Part,
    fetch,
    host::Host,
    layer::{Fault, Layer, Room},
    target::Target,
};

/// The most layers of one image: engines refuse more than 127.
const LAYERS: usize = 256;

/// The most bytes of one layer: registries that are asked for more refuse it themselves, or take hours.
const LAYER_BYTES: u64 = 20 << 30;

/// How long one layer may take, however it comes: 20 minutes for 3 GB is a slow line.
const LAYER_LIMIT: Duration = Duration::from_mins(20);

/// Layers that are read at a time: each takes a processor while it is unpacked.
const AT_ONCE: usize = 4;

/// How often a layer is asked for whose bytes stop coming; it goes on where they did.
const ATTEMPTS: usize = 3;

/// Pieces that wait for being unpacked, of each layer.
const PIECES: usize = 8;

/// The memory for what is kept of all layers at a time: a large image's take a tenth of it.
const ROOM: usize = 512 << 20;

/// Characters of a digest that people tell layers apart by.
const SHORT: usize = 12;

/// What one image's manifest and configuration say.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The platform that its configuration says.
    pub platform: Option<Platform>,
    /// What it says of its containers: `Entrypoint`, `Cmd`, `Env` …; `Null` where it says nothing.
    pub config: Value,
    layers: Vec<Part>,
}

/// The layers of some images of one repository. One that several have is read once.
pub struct Layers {
    registry: Registry,
    target: Target,
    known: Mutex<HashMap<Digest, Known>>,
    places: Semaphore,
    room: Arc<Room>,
    received: AtomicU64,
    size: u64,
}

type Read = Arc<OnceCell<Result<Arc<Layer>, RegistryError>>>;

/// A layer, and how many images still want it.
struct Known {
    wanted: usize,
    read: Read,
}

impl Registry {
    /// What the image with this digest says of itself; `None` when it is none of a container.
    ///
    /// `reference` says in which repository; `digest` is a [`crate::Build::digest`] of it.
    pub async fn outline(&self, reference: &str, digest: &str) -> Result<Option<Outline>, RegistryError> {
        let (target, digest) = crate::registry::image(reference, digest)?;
        let Some((whole, layers)) = self.outlined(&target, &digest).await? else {
            return Ok(None);
        };
        let text = |name: &str| whole.get(name).and_then(Value::as_str);
        Ok(Some(Outline {
            platform: Platform::from_fields(text("os"), text("architecture"), text("variant")),
            config: whole.get("config").cloned().unwrap_or_default(),
            layers,
        }))
    }

    /// The layers of `images`, which `reference`'s repository has. Nothing is read yet.
    pub fn layers<'a>(
        &self,
        reference: &str,
        images: impl IntoIterator<Item = &'a Outline>,
    ) -> Result<Layers, RegistryError> {
        let mut known: HashMap<Digest, Known> = HashMap::new();
        let mut size = 0_u64;
        for part in images.into_iter().flat_map(|image| &image.layers) {
            let new = || Known {
                wanted: 0,
                read: Arc::default(),
            };
            let known = known.entry(part.digest.clone()).or_insert_with(new);
            if known.wanted == 0 {
                size = size.saturating_add(part.size);
            }
            known.wanted += 1;
        }
        Ok(Layers {
            registry: self.clone(),
            target: Target::parse(reference)?,
            known: Mutex::new(known),
            places: Semaphore::new(AT_ONCE),
            room: Room::new(ROOM),
            received: AtomicU64::new(0),
            size,
        })
    }
}

impl Outline {
    /// Of an image without layers.
    pub fn new(platform: Option<Platform>, config: Value) -> Self {
        Self {
            platform,
            config,
            layers: Vec::new(),
        }
    }
}

impl Layers {
    /// The compressed bytes of all of them together.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The files of `image`, one of those that the layers are of; `heard` is told how many bytes have come for all of them.
    pub async fn tree(
        &self,
        image: &Outline,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Tree, RegistryError> {
        if image.layers.len() > LAYERS {
            return Err(self.too_large("an image", LAYERS as u64, "layers"));
        }
        let layers = try_join_all(image.layers.iter().map(|part| self.layer(part, heard))).await?;
        // Thousands of files take their time.
        let stacked = tokio::task::spawn_blocking(move || {
            let mut tree = Tree::default();
            for layer in layers {
                tree.put(&layer);
            }
            tree
        });
        stacked.await.map_err(|_| RegistryError::Unreadable {
            layer: self.target.to_string(),
            reason: "its layers do not fit together".to_owned(),
        })
    }

    async fn layer(
        &self,
        part: &Part,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Arc<Layer>, RegistryError> {
        let read = self.take(&part.digest);
        let layer = read
            .get_or_init(|| async { self.receive(part, heard).await.map(Arc::new) })
            .await;
        layer.clone()
    }

    /// The last one who wants it takes it away, so that it is not kept longer than needed.
    fn take(&self, digest: &Digest) -> Read {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(one) = known.get_mut(digest) else {
            return Read::default();
        };
        one.wanted = one.wanted.saturating_sub(1);
        let read = Arc::clone(&one.read);
        if one.wanted == 0 {
            known.remove(digest);
        }
        read
    }

    async fn receive(
        &self,
        part: &Part,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Layer, RegistryError> {
        let _place = self.places.acquire().await.expect("it is never closed");
        if part.size > LAYER_BYTES {
            return Err(self.too_large("a layer", LAYER_BYTES, "bytes"));
        }
        let (mirrors, own) = self.registry.ways(&self.target);
        for mirror in mirrors {
            if let Ok(layer) = self.in_time(&mirror, part, heard).await {
                return Ok(layer);
            }
        }
        self.in_time(&own, part, heard).await
    }

    async fn in_time(
        &self,
        host: &Host,
        part: &Part,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Layer, RegistryError> {
        let late = |_| RegistryError::TimedOut {
            registry: host.name().to_owned(),
            after: LAYER_LIMIT,
        };
        let read = timeout(LAYER_LIMIT, self.read(host, part, heard)).await;
        read.map_err(late)?
    }

    /// Receives on one side, and unpacks on the other.
    async fn read(
        &self,
        host: &Host,
        part: &Part,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Layer, RegistryError> {
        let (sender, receiver) = mpsc::channel(PIECES);
        let (digest, room) = (part.digest.clone(), Arc::clone(&self.room));
        let unpacked = tokio::task::spawn_blocking(move || Layer::read(receiver, &digest, room));
        let sent = self.send(host, part, sender, heard).await;
        let unreadable = |reason: String| RegistryError::Unreadable {
            layer: part.digest.hash().chars().take(SHORT).collect(),
            reason,
        };
        let layer = unpacked
            .await
            .map_err(|_| unreadable("what packs it is malformed".to_owned()))?;
        sent?;
        layer.map_err(|fault| match fault {
            Fault::Digest => host.invalid("it sends a layer that does not have the digest that it says"),
            Fault::Unreadable(reason) => unreadable(reason),
        })
    }

    async fn send(
        &self,
        host: &Host,
        part: &Part,
        sender: mpsc::Sender<Vec<u8>>,
        heard: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), RegistryError> {
        let shown = self.target.part(&part.digest);
        let asked = fetch::Part {
            repository: &self.target.repository,
            version: part.digest.as_str(),
            shown: &shown,
        };
        let (mut received, mut attempts) = (0, 0);
        loop {
            let mut body = host.layer(&asked, received).await?;
            let failure = loop {
                let piece = match body.next().await {
                    Ok(Some(piece)) => piece,
                    Ok(None) => return Ok(()),
                    Err(error) => break error,
                };
                received += piece.len() as u64;
                if received > part.size {
                    return Err(host.invalid("it sends a layer that is longer than it says"));
                }
                let all = self.received.fetch_add(piece.len() as u64, Ordering::Relaxed);
                heard(all + piece.len() as u64);
                // Whoever unpacks it has seen enough, and says why.
                if sender.send(piece).await.is_err() {
                    return Ok(());
                }
            };
            attempts += 1;
            if attempts >= ATTEMPTS {
                return Err(failure);
            }
        }
    }

    fn too_large(&self, what: &'static str, limit: u64, unit: &'static str) -> RegistryError {
        RegistryError::TooLarge {
            registry: self.target.registry.clone(),
            what,
            limit,
            unit,
        }
    }
}
