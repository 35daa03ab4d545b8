//! One Compose at a time in a project, also when one was left alone by an Archlight that was killed.
//!
//! Compose is given the project's lock, so that it is held for as long as either of the two is there. One that is left
//! alone by the re-run that is to be taken back is ended; those of other services are waited for.

use std::time::{Duration, Instant};

use engine::{EngineError, act::Held};
use rustix::process::Signal;

use super::{
    note::{Note, Notebook},
    process::{self, Lives},
};
use crate::{compose_words, view::Problem};

/// The kind of a refusal because of somebody else.
pub(super) const UNDER_WAY: &str = "under-way";

/// Between two looks whether it is our turn.
const LOOK: Duration = Duration::from_millis(100);

/// How long others are waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// An Archlight that is at it.
    turn: Duration,
    /// A Compose of another service that was left alone.
    left_alone: Duration,
    /// Our own, from the first word to the last one, and from then on.
    ending: Duration,
}

impl Patience {
    /// Compose may have to pull an image first; one that is left alone ends at its next line, or comes to its end; one
    /// that is told to ends at once, unless the machine is very busy.
    pub(super) const fn usual() -> Self {
        Self {
            turn: Duration::from_mins(15),
            left_alone: Duration::from_mins(1),
            ending: Duration::from_secs(5),
        }
    }
}

/// Keeps everybody else from the project of `note` until the answer is dropped, as soon as they have let go of it. Refused
/// as [`UNDER_WAY`] where they do not. Whoever asks holds `note`.
pub(super) async fn hold(notebook: &Notebook, note: &Note, patience: Patience) -> Result<Held, Problem> {
    end_own(note, patience).await;
    let begun = Instant::now();
    loop {
        let others = Others::of(notebook, note)?;
        let limit = match &others {
            Others::Own => Duration::ZERO,
            Others::AtIt => patience.turn,
            Others::LeftAlone(_) | Others::Nobody => patience.left_alone,
        };
        if !matches!(others, Others::Own | Others::LeftAlone(_)) {
            match notebook.hold_project(note) {
                Err(EngineError::UnderWay { .. }) => {}
                held => return held.map_err(Problem::from),
            }
        }
        if begun.elapsed() >= limit {
            return Err(others.refusal(note));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Ends the Compose that this re-run left alone: politely, and then for good.
async fn end_own(note: &Note, patience: Patience) {
    let Some(child) = &note.child else { return };
    for signal in [Signal::TERM, Signal::KILL] {
        process::end(child, signal);
        let until = Instant::now() + patience.ending;
        while process::lives(child) == Lives::Yes && Instant::now() < until {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Who else may be at the project.
enum Others {
    /// Our own Compose, which cannot be ended.
    Own,
    /// Another Archlight.
    AtIt,
    /// A Compose that one left alone, with its note.
    LeftAlone(Box<Note>),
    /// Nobody who is known.
    Nobody,
}

impl Others {
    fn of(notebook: &Notebook, note: &Note) -> Result<Self, EngineError> {
        let is_there = |note: &Note| note.child.as_deref().map(process::lives) == Some(Lives::Yes);
        if is_there(note) {
            return Ok(Self::Own);
        }
        let mut is_at_it = false;
        for other in notebook.beside(note)? {
            if notebook.is_under_way(&other) {
                is_at_it = true;
            } else if is_there(&other) {
                return Ok(Self::LeftAlone(Box::new(other)));
            }
        }
        Ok(if is_at_it { Self::AtIt } else { Self::Nobody })
    }

    fn refusal(&self, note: &Note) -> Problem {
        let left = |of: &Note| {
            let number = of.child.as_deref().and_then(process::number);
            compose_words::left_alone(&of.name, &note.name, number)
        };
        let (message, hint) = match self {
            Self::Own => left(note),
            Self::LeftAlone(other) => left(other),
            Self::Nobody => compose_words::somebody_left_alone(&note.project.name),
            Self::AtIt => {
                let name = note.name.clone();
                return EngineError::UnderWay { name }.into();
            }
        };
        Problem {
            kind: UNDER_WAY.to_owned(),
            message,
            hint,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::process::CommandExt as _,
        process::{Child, Command, Stdio},
    };

    use engine::act::Notes;
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    const SHORT: Patience = Patience {
        turn: Duration::from_millis(50),
        left_alone: Duration::from_millis(50),
        ending: Duration::from_secs(5),
    };

    /// A re-run of a service that Compose was at.
    fn note(service: &str, maker: Option<&str>, child: Option<&str>) -> Note {
        let note = json!({
            "engine": "engine", "maker": maker, "child": child, "phase": "making",
            "name": format!("shop-{service}-1"), "old_id": format!("{service:0<12}"), "new_id": null,
            "to": "linux/arm64", "ran": true, "tag": null,
            "project": {"name": "shop", "folder": "/x", "files": [], "environment": [], "service": service},
            "edit": {"file": "/x/y", "service": service, "before": null, "after": ""},
        });
        serde_json::from_value(note).expect("a note")
    }

    fn notebook() -> (TempDir, Notebook) {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = Notes::at(folder.path().to_owned());
        (folder, Notebook::of_engine(notes, "engine"))
    }

    /// A child that waits for ever, whatever it is told but to end for good.
    fn stubborn(lock: Stdio) -> Child {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' TERM; echo; exec sleep 1000"]);
        let child = command
            .stdin(lock)
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn();
        let mut child = child.expect("a shell");
        let mut line = [0];
        let mut told = child.stdout.take().expect("it is piped");
        std::io::Read::read_exact(&mut told, &mut line).expect("it has begun");
        child
    }

    fn kind(held: Result<Held, Problem>) -> String {
        let problem = held.expect_err("it is refused");
        assert!(!problem.hint.is_empty());
        format!("{}: {}; {}", problem.kind, problem.message, problem.hint)
    }

    #[tokio::test]
    async fn one_that_nobody_knows_of_is_not_worked_beside() {
        let (_folder, notebook) = notebook();
        let web = note("web", None, None);
        let mut held = hold(&notebook, &web, SHORT).await.expect("nobody is at it");
        let mut left = stubborn(held.shared().expect("it is open").into());
        drop(held);
        let refused = kind(hold(&notebook, &web, SHORT).await);
        assert!(
            refused.starts_with("under-way: ") && refused.contains("pgrep"),
            "{refused}"
        );
        left.kill().expect("it runs");
        left.wait().expect("it ends");
        hold(&notebook, &web, SHORT)
            .await
            .expect("nobody is at it any more");
    }

    #[tokio::test]
    async fn one_of_another_service_is_waited_for_and_not_ended() {
        let (_folder, notebook) = notebook();
        let mut left = stubborn(Stdio::null());
        // Where nothing can be locked, what is written has to do.
        let db = note("db", None, process::word(left.id()).as_deref());
        notebook.write(&db).expect("it can be written");
        let web = note("web", None, None);
        let refused = kind(hold(&notebook, &web, SHORT).await);
        assert!(refused.contains("`archlight undo shop-db-1`"), "{refused}");
        assert_eq!(left.try_wait().expect("it is ours"), None);
        left.kill().expect("it runs");
        left.wait().expect("it ends");
        hold(&notebook, &web, SHORT).await.expect("it has ended");
    }

    #[tokio::test]
    async fn our_own_is_ended_for_good_and_one_that_got_its_number_is_not() {
        let (_folder, notebook) = notebook();
        let mut left = stubborn(Stdio::null());
        let told = process::word(left.id()).expect("it runs");
        let (pid, rest) = told.split_once('/').expect("parts");
        let (_, world) = rest.split_once('/').expect("parts");
        let other = note("web", None, Some(&format!("{pid}/1/{world}")));
        drop(hold(&notebook, &other, SHORT).await.expect("that one has ended"));
        assert_eq!(left.try_wait().expect("it is ours"), None);
        let brisk = Patience {
            ending: Duration::from_millis(500),
            ..SHORT
        };
        hold(&notebook, &note("web", None, Some(&told)), brisk)
            .await
            .expect("it was ended");
        assert!(!left.wait().expect("it ends").success());
    }

    #[tokio::test]
    async fn whoever_holds_a_note_is_at_it_and_a_number_alone_says_nothing() {
        let (_folder, notebook) = notebook();
        let web = note("web", process::this().as_deref(), None);
        notebook.write(&web).expect("it can be written");
        assert!(
            notebook.is_interrupted(&web),
            "our own number is nobody else at work"
        );
        let mut parent = stubborn(Stdio::null());
        let theirs = note("web", process::word(parent.id()).as_deref(), None);
        notebook.write(&theirs).expect("it can be written");
        assert!(notebook.is_interrupted(&theirs), "it lives, and does not hold it");
        let held = notebook.hold(&theirs).await.expect("nobody does");
        assert!(!notebook.is_interrupted(&theirs), "somebody does");
        notebook
            .refuse_while_under_way(&theirs, Some(&held))
            .expect("it is us");
        let refused = notebook.refuse_while_under_way(&theirs, None);
        assert!(
            matches!(refused, Err(EngineError::UnderWay { .. })),
            "without a lock it has to do"
        );
        parent.kill().expect("it runs");
        parent.wait().expect("it ends");
    }
}
