//! What has to be known of such a re-run to take it back from wherever it stopped.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use engine::{
    EngineError,
    act::{self, Held, Notes, short_id},
};
use serde::{Deserialize, Serialize};
use sources::{compose::Project, edit::Override};

/// A shorter start of an id may as well be a name.
const SHORTEST: usize = 12;

/// Compose may have to pull an image first.
const TURN: Duration = Duration::from_mins(15);

/// Between two looks whether it is our turn.
const LOOK: Duration = Duration::from_millis(100);

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
    /// The last Compose that was started for it.
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
    fn is_under_way(&self) -> bool {
        self.phase != Phase::Done && self.maker.as_deref().is_some_and(act::is_at_work)
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.phase != Phase::Done && !self.is_under_way()
    }

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
        notes.retain(Note::is_interrupted);
        Ok(notes)
    }

    /// Keeps all other processes from it until the answer is dropped. What was read before may have changed by then.
    pub(crate) fn hold(&self, note: &Note) -> Result<Held, EngineError> {
        self.notes.hold(&self.engine, short_id(&note.old_id), &note.name)
    }

    /// The same for a note that was read before, as it is now.
    pub(crate) fn hold_again(&self, note: &Note) -> Result<(Note, Option<Held>), EngineError> {
        let held = match self.hold(note) {
            Err(error @ EngineError::UnderWay { .. }) => return Err(error),
            // A disk that is full is no reason to leave somebody without their container.
            held => held.ok(),
        };
        let now = self.notes.read(&self.engine, short_id(&note.old_id))?;
        let message = format!("nothing is kept for `{}` any more", note.name);
        Ok((now.ok_or(EngineError::NothingKept { message })?, held))
    }

    /// Keeps all other processes from the project of `note` until the answer is dropped, as soon as they have let go of it:
    /// they write the same file, and Compose reads it only later.
    pub(crate) async fn hold_project(&self, note: &Note) -> Result<Held, EngineError> {
        let end = Instant::now() + TURN;
        let name = format!("project{}", note.project.name);
        loop {
            match self.notes.hold(&self.engine, &name, &note.name) {
                Err(EngineError::UnderWay { .. }) if Instant::now() < end => {
                    tokio::time::sleep(LOOK).await;
                }
                held => return held,
            }
        }
    }

    /// Refused while another process is at it.
    pub(crate) fn begin(&self, note: &Note) -> Result<(), EngineError> {
        self.refuse_while_under_way(&note.name)?;
        self.write(note)
    }

    pub(crate) fn refuse_while_under_way(&self, name: &str) -> Result<(), EngineError> {
        if self.about(name)?.is_some_and(|note| note.is_under_way()) {
            return Err(EngineError::UnderWay {
                name: name.to_owned(),
            });
        }
        Ok(())
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
