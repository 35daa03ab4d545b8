//! Looks at images that never ran, in the background: few at a time, few in all, each once.

use std::{collections::HashSet, sync::Arc};

use engine::{Engine, EngineError};
use platform::{Native, Platform};

use super::{
    actor::Actor,
    jobs::{Reporter, What},
    places::claimed,
};
use crate::{
    Refusal,
    examine::Here,
    image,
    memory::Finding,
    view::{self, Problem},
};

/// Making and removing a container is work for an engine, and nobody waits for these.
const AT_ONCE: usize = 2;

/// In one session: the user sees the containers come and go in other tools. The rest is looked at when asked for.
const IMAGES: usize = 40;

/// What was and is being looked at.
#[derive(Default)]
pub(super) struct ImageLooks {
    wanted: bool,
    looked_at: HashSet<String>,
    under_way: HashSet<String>,
}

impl ImageLooks {
    /// What was under way on a link that broke never comes.
    pub(super) fn give_up(&mut self) {
        self.under_way.clear();
    }
}

impl Actor {
    pub(super) fn look_at_images(&mut self) {
        self.image_looks.wanted = true;
        self.look_at_next_images();
    }

    /// Containers come first, because somebody waits for them.
    pub(super) fn look_at_next_images(&mut self) {
        let complete = self.board.containers_complete && self.board.images_complete;
        if !self.image_looks.wanted || !complete || self.is_looking() {
            return;
        }
        let (Some(engine), Some(platform)) = (self.link.engine().cloned(), self.platform().cloned()) else {
            return;
        };
        let looks = &self.image_looks;
        let room = AT_ONCE.saturating_sub(looks.under_way.len());
        let left = IMAGES.saturating_sub(looks.looked_at.len());
        for image in self.images_to_look_at(&platform, room.min(left)) {
            self.image_looks.looked_at.insert(image.id.clone());
            self.image_looks.under_way.insert(image.id.clone());
            tokio::spawn(look(
                engine.clone(),
                image,
                Arc::clone(&self.here),
                self.reporter(),
            ));
        }
    }

    /// Those that no container tells about, and whose label promises that they run here or says nothing.
    fn images_to_look_at(&self, engine: &Platform, count: usize) -> Vec<engine::Image> {
        if count == 0 {
            return Vec::new();
        }
        let used: HashSet<&str> = self
            .board
            .containers
            .values()
            .map(|entry| entry.row.image_id.as_str())
            .collect();
        let is_due = |image: &&engine::Image| {
            !used.contains(image.id.as_str())
                && !self.image_looks.looked_at.contains(&image.id)
                && !self.board.image_findings.contains_key(&image.id)
                && promises_to_run(image, engine)
        };
        let mut due: Vec<&engine::Image> = self.board.images.values().filter(is_due).collect();
        due.sort_by(|left, right| (&left.references, &left.id).cmp(&(&right.references, &right.id)));
        due.into_iter().take(count).cloned().collect()
    }

    /// An image that cannot be read is left alone: it is no news in a list.
    pub(super) fn image_looked_at(&mut self, id: &str, finding: Result<Finding, EngineError>) {
        self.image_looks.under_way.remove(id);
        match finding {
            Ok(finding) => self.keep_image_finding(id, finding),
            Err(EngineError::TimedOut { .. }) => {}
            Err(error) if error.is_lost() => self.lost(&(&error).into()),
            Err(_) => {}
        }
    }

    fn keep_image_finding(&mut self, id: &str, finding: Finding) {
        let Some((image, platform)) = self.board.images.get(id).zip(self.platform()) else {
            return;
        };
        // What could not be read this time may be read the next time.
        if finding.cause != "unknown" {
            self.memory
                .learn_finding(image::key(image, platform), finding.clone());
        }
        self.board.image_findings.insert(id.to_owned(), finding);
    }

    /// What earlier sessions found out about the images that are listed now.
    pub(super) fn recall_images(&mut self) {
        let Some(platform) = self.platform().cloned() else {
            return;
        };
        let known = self.board.images.values().filter_map(|image| {
            let remembered = self.memory.finding(&image::key(image, &platform)).cloned();
            let finding = remembered.or_else(|| self.board.image_findings.get(&image.id).cloned());
            Some((image.id.clone(), finding?))
        });
        self.board.image_findings = known.collect();
    }
}

fn promises_to_run(image: &engine::Image, engine: &Platform) -> bool {
    let Some(platforms) = &image.platforms else {
        return true;
    };
    let local = |known: &&engine::LocalPlatform| known.local;
    platforms
        .iter()
        .filter(local)
        .any(|known| known.platform.runs_on(engine) == Native::Yes)
}

async fn look(engine: Engine, image: engine::Image, here: Arc<Here>, reporter: Reporter) {
    let name = image.references.first().unwrap_or(&image.id);
    let looked = match engine.specimen(&image.id, None).await {
        Ok(specimen) => {
            let claimed = async |inspection: &engine::Inspection| claimed(&engine, inspection).await;
            image::look(&engine, specimen, name, claimed, &here).await
        }
        Err(error) => Err(error),
    };
    reporter.send(What::ImageLookedAt(
        image.id.clone(),
        looked.map(|looked| looked.finding),
    ));
}

/// The whole answer for an image that somebody asks about.
pub(super) async fn diagnose(
    engine: &Engine,
    reference: &str,
    platform: Option<Platform>,
    here: &Here,
    reporter: &Reporter,
) -> Result<view::Diagnosis, Problem> {
    let specimen = match engine.specimen(reference, platform.as_ref()).await {
        Ok(specimen) => specimen,
        Err(error) => {
            return image::refused(engine, reference, &error).ok_or_else(|| no_image(error, reference));
        }
    };
    // The engine made it for the platform that was asked for, and may not say so.
    let said = platform.clone();
    let claimed = async |inspection: &engine::Inspection| claimed(engine, inspection).await.or(said);
    let looked = image::look(engine, specimen, reference, claimed, here).await?;
    if platform.is_none() {
        reporter.send(What::ImageLookedAt(looked.id, Ok(looked.finding)));
    }
    Ok(looked.diagnosis)
}

fn no_image(error: EngineError, reference: &str) -> Problem {
    let EngineError::NotThere { message } = error else {
        return error.into();
    };
    Refusal::NoImage(reference.to_owned(), message).into()
}
