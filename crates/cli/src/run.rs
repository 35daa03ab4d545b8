//! Does what was asked for, through one session.

use std::{io, process::ExitCode};

use companion::{
    Causes, Protected, Refusal, Session, Setup, Signals,
    view::{Problem, Update},
};

use crate::{
    arguments::{Arguments, Command, Diagnose, Rosetta, Writes},
    build, compose, dockerfile,
    output::{Output, json_line, note, unless_reader_left, unwritten},
    platforms, progress, report, rerun, turn, verify,
};

/// Runs the command, and returns the exit code of the contract.
pub(crate) async fn run(arguments: Arguments, setup: Setup, output: &Output) -> ExitCode {
    if setup.sample && !output.is_json() {
        note("This is the built-in sample engine, not a real one.\n");
    }
    let session = Session::start(setup);
    let asked = arguments.command();
    let writes = asked.writes();
    // Nothing else ends a watch: there it is no error.
    let told = Output::new(output.is_json() && !matches!(asked, Command::Watch));
    let mut signals = Signals::hear();
    let done = tokio::select! {
        done = command(&session, asked, *output) => done,
        code = signals.next() => {
            // Who asks a second time does not want to wait.
            tokio::select! {
                () = session.stop() => {}
                _ = signals.next() => {}
            }
            return interrupted(writes, told, code);
        }
    };
    session.settle().await;
    match done {
        Ok(code) => code,
        Err(Failure::Problem(problem)) => output.problem(&problem),
        Err(Failure::Unwritten(error)) => unwritten(&error),
    }
}

/// Says what can be done now, in JSON in one document as always, and gives the exit code of the signal.
fn interrupted(writes: Writes, output: Output, code: u8) -> ExitCode {
    const HINT: &str = "`archlight status` says what was left to be finished or taken back, if anything";
    match (writes, output.is_json()) {
        (writes, true) => {
            let hint = match writes {
                Writes::Containers => HINT,
                Writes::Nothing => "Ask again when the answer is wanted",
            };
            output.problem(&Problem {
                kind: "interrupted".to_owned(),
                message: "It was interrupted".to_owned(),
                hint: hint.to_owned(),
            });
        }
        (Writes::Containers, false) => note(&format!("\nInterrupted. {HINT}.\n")),
        (Writes::Nothing, false) => {}
    }
    ExitCode::from(code)
}

/// Why there is no answer to read.
pub(crate) enum Failure {
    /// It could not be found out, or done.
    Problem(Problem),
    /// It could not be written.
    Unwritten(io::Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Problem(refusal.into())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Unwritten(error)
    }
}

async fn command(session: &Session, command: Command, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Command::Status => {
            let status = session.status().await?;
            output.report(&status, report::status)?;
            for rerun in status.interrupted.iter().flatten() {
                note(&report::interrupted(rerun));
            }
        }
        Command::Containers { no_causes } => {
            let causes = if no_causes {
                Causes::Unwanted
            } else {
                Causes::Wanted
            };
            output.report(&session.containers(causes).await?, report::containers)?;
        }
        Command::Images => output.report(&session.images().await?, report::images)?,
        Command::Diagnose(subject) => diagnose(session, subject, output).await?,
        Command::Rerun(rerun) => return rerun::rerun(session, rerun, output).await,
        Command::Undo { container } => output.report(&session.undo(container).await?, report::undone)?,
        Command::Discard { container } => {
            output.report(&session.discard(container).await?, report::discarded)?;
        }
        Command::Scan { subject } => return scan(session, subject, output).await,
        Command::Probe { platform } => output.report(&session.probe(platform).await?, report::probe)?,
        Command::Rosetta(Rosetta {
            turn: Some(word),
            turning,
            ..
        }) => return turn::turn(session, word.turn(), &turning, output).await,
        Command::Rosetta(asked) => {
            let rosetta = if asked.probe {
                session.prove_rosetta().await?
            } else {
                session.rosetta().await?
            };
            output.report(&rosetta, report::rosetta)?;
        }
        Command::Setup { markdown } => setup(session, markdown, output).await?,
        Command::Platforms(asked) => return platforms::platforms(session, asked, output).await,
        Command::Build(asked) => return build::build(session, asked, output).await,
        Command::Builders { what } => return build::builders(session, what, output).await,
        Command::Verify(asked) => return verify::verify(session, asked, output).await,
        Command::Compose { what } => return compose::compose(session, what, output).await,
        Command::Dockerfile(asked) => return dockerfile::run(session, asked, output).await,
        Command::Watch => watch(session).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn diagnose(session: &Session, subject: Diagnose, output: Output) -> Result<(), Failure> {
    let diagnosis = match subject.image {
        Some(image) => session.diagnose_image(image, subject.platform).await?,
        None => session.diagnose(subject.container.unwrap_or_default()).await?,
    };
    if subject.markdown {
        output.report(&session.report(&diagnosis).await?, Clone::clone)?;
    } else {
        output.report(&diagnosis, report::diagnosis)?;
    }
    Ok(())
}

/// Whoever asks for this agrees to what macOS may ask: nothing else would read those settings.
async fn setup(session: &Session, markdown: bool, output: Output) -> Result<(), Failure> {
    let checklist = session.checklist(Protected::Read).await?;
    if markdown {
        output.report(&session.checklist_report(&checklist), Clone::clone)?;
    } else {
        output.report(&checklist, report::checklist)?;
    }
    Ok(())
}

async fn scan(session: &Session, subject: String, output: Output) -> Result<ExitCode, Failure> {
    let (spinner, progress) = progress::spinner();
    let scan = session.scan(subject, progress).await;
    spinner.finish_and_clear();
    let scan = scan?;
    Ok(match &scan.incomplete {
        None => {
            output.report(&scan, report::scan)?;
            ExitCode::SUCCESS
        }
        Some(problem) => output.part(&scan, report::scan, problem)?,
    })
}

/// Prints what the contract's `watch` holds; the window's other updates are left out.
async fn watch(session: &Session) -> Result<(), Failure> {
    // The snapshot comes first, and is to have everything in it.
    session.containers(Causes::Wanted).await?;
    let mut updates = session.subscribe().await?;
    while let Some(update) = updates.recv().await {
        let listed = match update {
            Update::Snapshot(_)
            | Update::Container { .. }
            | Update::Removed { .. }
            | Update::Engine { .. } => true,
            Update::Image { .. }
            | Update::ImageRemoved { .. }
            | Update::Complete { .. }
            | Update::Progress(_)
            | Update::Interrupted { .. }
            | Update::Several { .. }
            | Update::OneOfSeveral { .. }
            | Update::Translator { .. }
            | Update::Rosetta { .. } => false,
        };
        if listed && let Err(error) = json_line(&update) {
            return Ok(unless_reader_left(error)?);
        }
    }
    Ok(())
}
