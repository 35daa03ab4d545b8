//! What has to be known of such a re-run to take it back from wherever it stopped.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use engine::{
    EngineError,
    act::{Held, Lock, Notes, short_id},
};
use serde::{Deserialize, Serialize};
use sources::{compose::Project, edit::Override};

use super::process::{self, Lives};

/// A shorter start of an id may as well be a name.
const SHORTEST: usize = 12;

/// Who only looks whether somebody is at it lets go of it at once.
const LOOKING: Duration = Duration::from_millis(300);

/// Between two tries to hold one.
const LOOK: Duration = Duration::from_millis(20);

/// How far a re-run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phase {
    /// The file may be written; Compose was not started.
    Begun,
    /// Compose may have made the service anew.
    Making,
    /// It has.
    Done,
    /// It is on its way back.
    Undoing,
}

/// A tag that Compose may have moved with a pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tagged {
    pub(crate) reference: String,
    /// The image that had it before.
    pub(crate) before: String,
    /// The image that had it right after.
    pub(crate) after: Option<String>,
}

/// One re-run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// The engine, by its own id.
    pub(crate) engine: String,
    /// The process that is at it; none once it has given up.
    pub(crate) maker: Option<String>,
    /// The Compose that was started for it, and was not seen to succeed.
    pub(crate) child: Option<String>,
    pub(crate) phase: Phase,
    /// The container's name.
    pub(crate) name: String,
    pub(crate) old_id: String,
    pub(crate) new_id: Option<String>,
    /// The platform that was asked for.
    pub(crate) to: String,
    /// Whether the old one ran.
    pub(crate) ran: bool,
    pub(crate) project: Project,
    pub(crate) edit: Override,
    pub(crate) tag: Option<Tagged>,
}

impl Note {
    /// Whether `id`, as a user says it, means its container: a name, an id, or the start of one.
    fn is_about(&self, id: &str) -> bool {
        let ids = [Some(&self.old_id), self.new_id.as_ref()];
        let mut ids = ids.into_iter().flatten();
        id == self.name || (id.len() >= SHORTEST && ids.any(|whole| whole.starts_with(id)))
    }
}

/// All such re-runs on one engine.
#[derive(Clone, Debug)]
pub(crate) struct Notebook {
    notes: Notes,
    engine: String,
}

impl Notebook {
    pub(crate) fn new(notes: Notes, engine: &engine::Engine) -> Self {
        let engine = engine.identity().id.clone();
        Self { notes, engine }
    }

    #[cfg(test)]
    pub(super) fn of_engine(notes: Notes, engine: &str) -> Self {
        let engine = engine.to_owned();
        Self { notes, engine }
    }

    pub(crate) fn engine(&self) -> &str {
        &self.engine
    }

    /// The re-run of container `id` that can be taken back.
    pub(crate) fn about(&self, id: &str) -> Result<Option<Note>, EngineError> {
        Ok(self.all()?.into_iter().find(|note| note.is_about(id)))
    }

    /// The files of all that can be taken back, by the containers' names.
    pub(crate) fn files(&self) -> Result<HashMap<String, String>, EngineError> {
        let file = |note: Note| (note.name, note.edit.file().display().to_string());
        Ok(self.all()?.into_iter().map(file).collect())
    }

    /// Those that neither ended nor were taken back.
    pub(crate) fn interrupted(&self) -> Result<Vec<Note>, EngineError> {
        let mut notes = self.all()?;
        notes.retain(|note| self.is_interrupted(note));
        Ok(notes)
    }

    /// Whether it neither ended nor was taken back, and nobody is at it.
    pub(crate) fn is_interrupted(&self, note: &Note) -> bool {
        note.phase != Phase::Done && !self.is_under_way(note)
    }

    /// Keeps all other processes from it until the answer is dropped. What was read before may have changed by then.
    pub(crate) async fn hold(&self, note: &Note) -> Result<Held, EngineError> {
        let end = Instant::now() + LOOKING;
        loop {
            match self.try_hold(note) {
                Err(EngineError::UnderWay { .. }) if Instant::now() < end => tokio::time::sleep(LOOK).await,
                held => return held,
            }
        }
    }

    /// The same for a note that was read before, as it is now.
    pub(crate) async fn hold_again(&self, note: &Note) -> Result<(Note, Option<Held>), EngineError> {
        let held = match self.hold(note).await {
            Err(error @ EngineError::UnderWay { .. }) => return Err(error),
            // A disk that is full is no reason to leave somebody without their container.
            held => held.ok(),
        };
        let now = self.notes.read(&self.engine, short_id(&note.old_id))?;
        let message = format!("nothing is kept for `{}` any more", note.name);
        Ok((now.ok_or(EngineError::NothingKept { message })?, held))
    }

    /// Keeps all other processes from the project of `note` until the answer is dropped: they write the same file, and
    /// Compose reads it only later.
    pub(super) fn hold_project(&self, note: &Note) -> Result<Held, EngineError> {
        let name = format!("project{}", note.project.name);
        self.notes.hold(&self.engine, &name, &note.name)
    }

    /// Refused while another process is at the container of `note`, which whoever asks tried to hold.
    pub(crate) fn refuse_while_under_way(&self, note: &Note, held: Option<&Held>) -> Result<(), EngineError> {
        let is_busy = |other: &Note| {
            if other.old_id != note.old_id {
                return self.is_under_way(other);
            }
            // Who has the system's lock has it alone, whatever is written.
            held.is_none_or(|held| held.lock() == Lock::Unsupported) && is_at_work_elsewhere(other)
        };
        let mut about = self.all()?.into_iter().filter(|other| other.is_about(&note.name));
        if about.any(|other| is_busy(&other)) {
            let name = note.name.clone();
            return Err(EngineError::UnderWay { name });
        }
        Ok(())
    }

    /// Those of the same project.
    pub(super) fn beside(&self, note: &Note) -> Result<Vec<Note>, EngineError> {
        let mut notes = self.all()?;
        notes.retain(|other| other.project.name == note.project.name && other.old_id != note.old_id);
        Ok(notes)
    }

    /// Whether somebody is at it. A number of a process says little: it may be another's by now.
    pub(super) fn is_under_way(&self, note: &Note) -> bool {
        let maker = note.maker.as_deref();
        if note.phase == Phase::Done || maker.is_none_or(|maker| process::lives(maker) == Lives::No) {
            return false;
        }
        match self.try_hold(note) {
            Err(EngineError::UnderWay { .. }) => true,
            Ok(held) if held.lock() == Lock::Kept => false,
            // Where nothing can be locked, what is written has to do.
            Ok(_) | Err(_) => is_at_work_elsewhere(note),
        }
    }

    fn try_hold(&self, note: &Note) -> Result<Held, EngineError> {
        self.notes.hold(&self.engine, short_id(&note.old_id), &note.name)
    }

    pub(crate) fn write(&self, note: &Note) -> Result<(), EngineError> {
        self.notes.write(&self.engine, short_id(&note.old_id), note)
    }

    pub(crate) fn forget(&self, note: &Note) {
        self.notes.forget(&self.engine, short_id(&note.old_id));
    }

    fn all(&self) -> Result<Vec<Note>, EngineError> {
        let mut notes: Vec<Note> = self.notes.all(&self.engine)?;
        notes.retain(|note| note.engine == self.engine);
        Ok(notes)
    }
}

/// Whether another process that is known for sure to live is at it.
fn is_at_work_elsewhere(note: &Note) -> bool {
    let maker = note.maker.as_deref().filter(|_| note.phase != Phase::Done);
    maker
        .is_some_and(|maker| process::lives(maker) == Lives::Yes && process::this().as_deref() != Some(maker))
}
