//! Carries such a plan out, and takes it back when a step fails or somebody asks for it.

use std::time::{Duration, Instant};

use engine::{Engine, EngineError, Store, act};

use super::{
    note::{Note, Notebook, Phase, Tagged},
    plan::{ByCompose, there},
    program::{Ears, Make, Program},
};
use crate::{
    compose_words, problem,
    view::{self, Problem},
};

/// A Compose that was left alone ends at its next line, or comes to its end.
const LEFT_ALONE: Duration = Duration::from_mins(1);

/// Between two looks whether it has.
const LOOK: Duration = Duration::from_millis(100);

/// Who hears how far it is.
type Report<'a> = &'a (dyn Fn(view::Progress) + Send + Sync);

/// What a re-run did.
pub(crate) struct Done {
    pub(crate) new_id: String,
    pub(crate) state: String,
}

/// Writes the file, lets Compose make the service anew, and watches it for `wait`. Each step is noted before it is done.
pub(crate) async fn carry_out(
    engine: &Engine,
    notebook: &Notebook,
    plan: &act::Plan,
    by: &ByCompose,
    wait: Duration,
    report: Report<'_>,
) -> Result<Done, Problem> {
    let mut note = begun(notebook, plan, by);
    let _held = notebook.hold(&note)?;
    notebook.begin(&note)?;
    let making = Making {
        engine,
        notebook,
        program: &by.program,
        report,
    };
    match making.go(&mut note, wait).await {
        Ok(done) => {
            (note.phase, note.maker, note.child) = (Phase::Done, None, None);
            notebook.write(&note)?;
            Ok(done)
        }
        Err(failed) => {
            making.tell(&note, compose_words::ROLLING_BACK);
            Err(making.roll_back(note, failed).await)
        }
    }
}

/// Takes the file back, and lets Compose make the service as it was. Can be repeated from wherever it stopped.
pub(crate) async fn undo(
    engine: &Engine,
    notebook: &Notebook,
    program: &Program,
    note: Note,
    report: Report<'_>,
) -> Result<view::Restored, Problem> {
    let (mut note, _held) = notebook.hold_again(&note)?;
    notebook.refuse_while_under_way(&note.name)?;
    let making = Making {
        engine,
        notebook,
        program,
        report,
    };
    note.maker = Some(act::this_process());
    if let Err(problem) = making.take_back(&mut note).await {
        note.maker = None;
        notebook.write(&note).ok();
        return Err(problem);
    }
    notebook.forget(&note);
    let now = engine.inspect(&note.name).await?;
    let removed = note.new_id.filter(|id| id != now.id());
    Ok(view::Restored {
        container: note.name,
        id: now.id().to_owned(),
        removed_id: removed.unwrap_or_default(),
        state: now.state().status,
        file: Some(note.edit.file().display().to_string()),
    })
}

/// Forgets how to take it back. The file stays.
pub(crate) async fn discard(
    engine: &Engine,
    notebook: &Notebook,
    note: Note,
) -> Result<view::Restored, Problem> {
    let (note, _held) = notebook.hold_again(&note)?;
    if note.phase != Phase::Done {
        let message = format!(
            "the re-run of `{}` was interrupted: undo it, or run it again to finish it",
            note.name
        );
        return Err(EngineError::NotPossible { message }.into());
    }
    let now = engine.find_container(&note.name).await?;
    notebook.forget(&note);
    Ok(view::Restored {
        id: now.as_ref().map(|now| now.id().to_owned()).unwrap_or_default(),
        removed_id: String::new(),
        state: now.map(|now| now.state().status).unwrap_or_default(),
        file: Some(note.edit.file().display().to_string()),
        container: note.name,
    })
}

fn begun(notebook: &Notebook, plan: &act::Plan, by: &ByCompose) -> Note {
    Note {
        engine: notebook.engine().to_owned(),
        maker: Some(act::this_process()),
        child: None,
        phase: Phase::Begun,
        name: plan.old.name().to_owned(),
        old_id: plan.old.id().to_owned(),
        new_id: None,
        to: plan.to.to_string(),
        ran: plan.old.is_running(),
        project: by.project.clone(),
        edit: by.edit.clone(),
        tag: None,
    }
}

/// What all steps need.
struct Making<'a> {
    engine: &'a Engine,
    notebook: &'a Notebook,
    program: &'a Program,
    report: Report<'a>,
}

impl Making<'_> {
    async fn go(&self, note: &mut Note, wait: Duration) -> Result<Done, Problem> {
        {
            let _alone = self.notebook.hold_project(note).await?;
            note.tag = self.tag_of(note).await?;
            self.tell(note, compose_words::WRITING);
            note.edit.write()?;
            note.phase = Phase::Making;
            self.notebook.write(note)?;
            self.up(note, Make::Up).await?;
        }
        let new = self.engine.inspect(&note.name).await?;
        note.new_id = Some(new.id().to_owned());
        if let Some(tag) = &mut note.tag {
            tag.after = self.engine.image_named(&tag.reference).await?;
        }
        self.notebook.write(note)?;
        self.tell(note, compose_words::WATCHING);
        let state = self.engine.watch_started(new.id(), wait).await?;
        Ok(Done {
            new_id: new.id().to_owned(),
            state,
        })
    }

    /// On the classic store a tag names one platform, and a pull for another one moves it.
    async fn tag_of(&self, note: &Note) -> Result<Option<Tagged>, EngineError> {
        if self.engine.identity().store != Store::Classic {
            return Ok(None);
        }
        let old = self.engine.inspect(&note.old_id).await?;
        let reference = old.image().to_owned();
        let before = self.engine.image_named(&reference).await?;
        Ok(before.map(|before| Tagged {
            reference,
            before,
            after: None,
        }))
    }

    async fn up(&self, note: &mut Note, make: Make) -> Result<(), Problem> {
        // After a file was taken back it may be gone, or speak of other services.
        let files = there(&note.project.files_with(note.edit.file()));
        self.tell(note, compose_words::MAKING);
        let begun = |pid| {
            let child = Some(act::process(pid));
            self.notebook
                .write(&Note {
                    child,
                    ..note.clone()
                })
                .ok();
        };
        let line = |line: &str| self.tell(note, &problem::plain(line));
        let ears = Ears {
            begun: &begun,
            line: &line,
        };
        self.program.up(&note.project, &files, make, &ears).await?;
        Ok(())
    }

    async fn roll_back(&self, mut note: Note, failed: Problem) -> Problem {
        match self.take_back(&mut note).await {
            Ok(()) => {
                self.notebook.forget(&note);
                failed
            }
            Err(rollback) => {
                note.maker = None;
                self.notebook.write(&note).ok();
                problem::not_put_back(&failed, &rollback, &note.name)
            }
        }
    }

    /// Each step looks whether it is still needed.
    async fn take_back(&self, note: &mut Note) -> Result<(), Problem> {
        // A disk that is full is no reason to leave somebody without their container.
        let _alone = match self.notebook.hold_project(note).await {
            Err(error @ EngineError::UnderWay { .. }) => return Err(error.into()),
            held => held.ok(),
        };
        self.until_alone(note).await;
        note.edit.take_back()?;
        if note.phase == Phase::Begun {
            return Ok(());
        }
        note.phase = Phase::Undoing;
        self.notebook.write(note).ok();
        self.put_tag_back(note).await?;
        let make = if note.ran { Make::Up } else { Make::NoStart };
        self.up(note, make).await
    }

    /// The Compose of a process that was killed may still be at it.
    async fn until_alone(&self, note: &Note) {
        let until = Instant::now() + LEFT_ALONE;
        let is_there = || note.child.as_deref().is_some_and(act::is_at_work);
        while is_there() && Instant::now() < until {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Unless somebody has moved it again since.
    async fn put_tag_back(&self, note: &Note) -> Result<(), EngineError> {
        let Some(tag) = &note.tag else { return Ok(()) };
        let now = self.engine.image_named(&tag.reference).await?;
        if tag.after.is_none() || tag.after == now {
            self.engine.name_image(&tag.before, &tag.reference).await?;
        }
        Ok(())
    }

    fn tell(&self, note: &Note, step: &str) {
        (self.report)(view::Progress {
            container: note.name.clone(),
            step: step.to_owned(),
            fraction: None,
        });
    }
}
