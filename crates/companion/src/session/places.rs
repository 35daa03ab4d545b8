//! Which platform containers and images are for, asked in the cheapest way that this engine has.
//!
//! New engines say it in their lists. On the classic store it is the image's, which never changes and is asked for once.
//! On the containerd store of engines before 28 no field tells which of an image's platforms a container was made for:
//! there the program's own bytes do.

use std::collections::{HashMap, HashSet};

use engine::{Container, Engine, EngineError, Image, Inspection, LocalPlatform, Store};
use futures_util::{StreamExt as _, stream};
use platform::{Native, Platform};

use crate::{examine, memory::Memory};

/// Containers that are looked into at a time.
const AT_ONCE: usize = 16;

/// Finds platforms, and keeps what was learned on the way.
pub(super) struct Places<'a> {
    engine: &'a Engine,
    known: &'a Memory,
    /// Platforms of images that were asked for, by image id.
    pub(super) learned: HashMap<String, Platform>,
}

impl<'a> Places<'a> {
    pub(super) fn new(engine: &'a Engine, known: &'a Memory) -> Self {
        Self {
            engine,
            known,
            learned: HashMap::new(),
        }
    }

    /// The platform of each container, `None` where even its bytes do not tell.
    pub(super) async fn of_rows(
        &mut self,
        rows: Vec<Container>,
    ) -> Result<Vec<(Container, Option<Platform>)>, EngineError> {
        if self.is_classic() {
            let unplaced = rows.iter().filter(|row| row.platform.is_none());
            self.learn(unplaced.map(|row| row.image_id.clone()).collect())
                .await?;
        }
        let this = &*self;
        let place = |row| async move { this.of_row(row).await };
        Ok(stream::iter(rows).map(place).buffered(AT_ONCE).collect().await)
    }

    /// The platforms of each image, where the list did not say them.
    pub(super) async fn of_images(&mut self, mut images: Vec<Image>) -> Result<Vec<Image>, EngineError> {
        let unplaced = images.iter().filter(|image| image.platforms.is_none());
        self.learn(unplaced.map(|image| image.id.clone()).collect())
            .await?;
        for image in images.iter_mut().filter(|image| image.platforms.is_none()) {
            let platform = self.of_image(&image.id);
            image.platforms = platform.map(|platform| {
                vec![LocalPlatform {
                    platform,
                    local: true,
                }]
            });
        }
        Ok(images)
    }

    /// A container that went away while it was looked at has no platform, and soon no row.
    async fn of_row(&self, mut row: Container) -> (Container, Option<Platform>) {
        let placed = row.platform.clone().or_else(|| self.of_image(&row.image_id));
        // An image that lost its name goes by its id in lists, and by the name that was asked for everywhere else.
        let nameless = row.image.starts_with("sha256:") || row.image_id.ends_with(&row.image);
        if placed.is_some() && !nameless {
            return (row, placed);
        }
        let Ok(inspection) = self.engine.inspect(&row.id).await else {
            return (row, placed);
        };
        inspection.image().clone_into(&mut row.image);
        if placed.is_some() {
            return (row, placed);
        }
        let claimed = claimed(self.engine, &inspection).await;
        match claimed {
            Some(platform) => (row, Some(platform)),
            None => (row, by_bytes(self.engine, &inspection).await),
        }
    }

    /// An id stands for one platform only on the classic store.
    fn of_image(&self, id: &str) -> Option<Platform> {
        let remembered = || self.known.image(id).filter(|_| self.is_classic());
        self.learned.get(id).cloned().or_else(remembered)
    }

    fn is_classic(&self) -> bool {
        self.engine.identity().store == Store::Classic
    }

    /// Asks for the platforms of images that are not known yet.
    async fn learn(&mut self, ids: HashSet<String>) -> Result<(), EngineError> {
        let unknown = ids.into_iter().filter(|id| self.of_image(id).is_none()).collect();
        for (id, platform) in self.engine.image_platforms(unknown).await {
            match platform {
                Ok(Some(platform)) => {
                    self.learned.insert(id, platform);
                }
                Err(error) if error.is_lost() => return Err(error),
                // One image that cannot be read is one platform that is not known.
                Ok(None) | Err(_) => {}
            }
        }
        Ok(())
    }
}

/// The platform that a container's image claims, `None` where nothing tells it for certain.
pub(super) async fn claimed(engine: &Engine, inspection: &Inspection) -> Option<Platform> {
    if let Some(platform) = inspection.platform() {
        return Some(platform);
    }
    let image = engine.image_platform(inspection.image_id()).await.ok()??;
    match engine.identity().store {
        Store::Classic => Some(image),
        // The engine prefers its own platform: where it names another one, it has nothing else of this image.
        Store::Containerd => (image.runs_on(&engine.identity().platform) == Native::No).then_some(image),
    }
}

async fn by_bytes(engine: &Engine, inspection: &Inspection) -> Option<Platform> {
    examine::actual(&engine.chain(inspection).await.ok()?.links)
}
