//! Keeps a snapshot current by the updates that follow it.

use crate::view::{Snapshot, Update};

impl Snapshot {
    /// Takes one update in.
    pub fn apply(&mut self, update: Update) {
        match update {
            Update::Snapshot(snapshot) => *self = snapshot,
            Update::Container { container } => {
                put(&mut self.containers, container, |known, new| known.id == new.id);
            }
            Update::Removed { id } => self.containers.retain(|container| container.id != id),
            Update::Image { image } => put(&mut self.images, image, |known, new| known.id == new.id),
            Update::ImageRemoved { id } => self.images.retain(|image| image.id != id),
            Update::Complete { containers, images } => {
                (self.containers_complete, self.images_complete) = (containers, images);
            }
            Update::Engine {
                state,
                engine,
                problem,
                ..
            } => {
                (self.state, self.problem) = (state, problem);
                self.engine = engine.or(self.engine.take());
            }
            Update::Rosetta { rosetta } => self.rosetta = Some(rosetta),
            Update::Translator { translator, probing } => {
                (self.translator, self.probing) = (translator, probing);
            }
            Update::Interrupted { reruns } => self.interrupted = Some(reruns),
            Update::Several { several } => self.several = several,
            Update::OneOfSeveral { place, became } => {
                let several = self.several.as_mut();
                if let Some(each) = several.and_then(|it| it.reruns.get_mut(place as usize)) {
                    each.became = became;
                }
            }
            Update::Progress(_) => {}
        }
    }
}

fn put<T>(list: &mut Vec<T>, value: T, same: impl Fn(&T, &T) -> bool) {
    match list.iter_mut().find(|known| same(known, &value)) {
        Some(known) => *known = value,
        None => list.push(value),
    }
}
