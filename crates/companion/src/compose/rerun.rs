//! Carries such a plan out, and takes it back when a step fails or somebody asks for it.

use std::time::Duration;

use engine::{
    Engine, EngineError, Store,
    act::{self, Held},
};

use super::{
    note::{Note, Notebook, Phase, Tagged},
    plan::{ByCompose, there},
    process,
    program::{Make, Program},
    turn::{self, Patience},
};
use crate::{
    compose_words, problem,
    view::{self, Problem},
};

/// What goes as soon as it came is seen by then.
const STAYS: Duration = Duration::from_secs(1);

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
    let held = notebook.hold(&note).await?;
    notebook.refuse_while_under_way(&note, Some(&held))?;
    notebook.write(&note)?;
    let making = Making {
        engine,
        notebook,
        program: &by.program,
        report,
    };
    match making.go(&mut note, wait).await {
        Ok(done) => {
            (note.phase, note.maker) = (Phase::Done, None);
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
    let (mut note, held) = notebook.hold_again(&note).await?;
    notebook.refuse_while_under_way(&note, held.as_ref())?;
    let making = Making {
        engine,
        notebook,
        program,
        report,
    };
    note.maker = process::this();
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
    let (note, _held) = notebook.hold_again(&note).await?;
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
        maker: process::this(),
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
            let mut alone = turn::hold(self.notebook, note, Patience::usual()).await?;
            note.tag = self.tag_of(note).await?;
            self.tell(note, compose_words::WRITING);
            note.edit.write()?;
            note.phase = Phase::Making;
            self.notebook.write(note)?;
            self.compose(note, Make::Up, Some(&mut alone)).await?;
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

    /// Has Compose do it. Until that is seen to succeed, the note says which one was begun.
    async fn compose(&self, note: &mut Note, make: Make, alone: Option<&mut Held>) -> Result<(), Problem> {
        // After a file was taken back it may be gone, or speak of other services.
        let files = there(&note.project.files_with(note.edit.file()));
        let step = match make {
            Make::Up | Make::NoStart => compose_words::MAKING,
            Make::Stopped => compose_words::STOPPING,
        };
        self.tell(note, step);
        let running = self.program.begin(&note.project, &files, make, alone)?;
        note.child = running.word();
        self.notebook.write(note).ok();
        running
            .end(&|line| self.tell(note, &problem::plain(line)))
            .await?;
        note.child = None;
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
        let mut alone = match turn::hold(self.notebook, note, Patience::usual()).await {
            Err(problem) if problem.kind == turn::UNDER_WAY => return Err(problem),
            held => held.ok(),
        };
        note.edit.take_back()?;
        if note.phase == Phase::Begun {
            return Ok(());
        }
        note.phase = Phase::Undoing;
        self.notebook.write(note).ok();
        self.put_tag_back(note).await?;
        if note.child.is_some() {
            // What that one asked the engine to stop runs until its time is over, and looks as if it would stay.
            self.compose(note, Make::Stopped, alone.as_mut()).await?;
        }
        let make = if note.ran { Make::Up } else { Make::NoStart };
        self.compose(note, make, alone.as_mut()).await?;
        self.look_whether_it_stays(note).await
    }

    /// One that ended badly before may do so again; one that is not there was not put back.
    async fn look_whether_it_stays(&self, note: &Note) -> Result<(), Problem> {
        let now = self.engine.inspect(&note.name).await?;
        match self.engine.watch_started(now.id(), STAYS).await {
            Ok(_) | Err(EngineError::NotPossible { .. }) => Ok(()),
            Err(error) => Err(error.into()),
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
