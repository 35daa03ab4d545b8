//! Lets a platform's program and the engine's own do the same work side by side.

use platform::Platform;

use super::{
    Speeds,
    image::Image,
    or_nothing, outcome,
    run::{Ended, Subject, Task},
    speed::Rounds,
};
use crate::{Engine, EngineError, Translator};

/// What else a machine does can last longer than a run, and slow one of two down: what differs between passes widens the
/// spread.
const PASSES: usize = 2;

/// What was measured, and the translator that was seen meanwhile with its command line.
pub(super) type Sight = (Option<Speeds>, Option<(Translator, String)>);

impl Engine {
    /// How fast it is, and the translator that was seen meanwhile. At the same time as the engine's own platform, so that
    /// the rest of the machine is in the way of both. What cannot be measured is nothing; an error only when the engine is
    /// out of reach.
    pub(super) async fn measure(&self, of: &Subject<'_>) -> Result<Sight, EngineError> {
        if self.is_native(of.platform) {
            return or_nothing(self.run_beside(of, of.image).await);
        }
        let architecture = self.identity.platform.architecture();
        let Some(native) = Image::new(architecture, of.mark).ok().flatten() else {
            return Ok(Sight::default());
        };
        let measured = match self.load(&native).await {
            Ok(()) => self.run_beside(of, &native).await,
            Err(error) => Err(error),
        };
        // What cannot be removed now is left to the next start.
        self.unload(&native.name).await.ok();
        or_nothing(measured)
    }

    async fn run_beside(&self, of: &Subject<'_>, native: &Image) -> Result<Sight, EngineError> {
        let own = Subject {
            image: native,
            platform: &Platform::linux(self.identity.platform.architecture()),
            mark: of.mark,
        };
        let task = if self.is_native(of.platform) {
            Task::Measure
        } else {
            Task::BeSeen
        };
        let (mut here, mut there, mut seen) = (Rounds::default(), Rounds::default(), None);
        for _ in 0..PASSES {
            let (ended, beside) = tokio::join!(self.run_probe(of, task), self.run_probe(&own, Task::Measure));
            let (ended, beside): (Ended, Ended) = (ended?, beside?);
            here.extend(outcome::rounds(of.platform, &ended));
            there.extend(outcome::rounds(own.platform, &beside));
            seen = seen.or(ended.seen);
        }
        Ok((Speeds::of(&here, &there), seen))
    }
}
