//! Does what was asked for, through one session.

use std::{process::ExitCode, time::Duration};

use companion::{
    Causes, Refusal, RerunRequest, Session, Setup,
    view::{Problem, Update},
};

use crate::{
    arguments::{Arguments, Command, Diagnose, Rerun},
    confirm::confirm,
    output::{Output, json_line, note},
    progress, report,
};

/// Runs the command, and returns the exit code of the contract.
pub(crate) async fn run(arguments: Arguments, setup: Setup, output: &Output) -> ExitCode {
    if setup.sample && !output.is_json() {
        note("This is the built-in sample engine, not a real one.\n");
    }
    let session = Session::start(setup);
    let done = command(&session, arguments.command(), *output).await;
    session.settle().await;
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => output.problem(&problem),
    }
}

async fn command(session: &Session, command: Command, output: Output) -> Result<(), Problem> {
    match command {
        Command::Status => output.report(&session.status().await?, report::status),
        Command::Containers { no_causes } => {
            let causes = if no_causes {
                Causes::Unwanted
            } else {
                Causes::Wanted
            };
            output.report(&session.containers(causes).await?, report::containers);
        }
        Command::Images => output.report(&session.images().await?, report::images),
        Command::Diagnose(subject) => return diagnose(session, subject, output).await,
        Command::Rerun(rerun) => return self::rerun(session, rerun, output).await,
        Command::Undo { container } => output.report(&session.undo(container).await?, report::undone),
        Command::Discard { container } => {
            output.report(&session.discard(container).await?, report::discarded);
        }
        Command::Rosetta => output.report(&session.rosetta().await?, report::rosetta),
        Command::Watch => watch(session).await?,
    }
    Ok(())
}

async fn diagnose(session: &Session, subject: Diagnose, output: Output) -> Result<(), Problem> {
    let diagnosis = match subject.image {
        Some(image) => session.diagnose_image(image, subject.platform).await?,
        None => session.diagnose(subject.container.unwrap_or_default()).await?,
    };
    if subject.markdown {
        output.report(&session.report(&diagnosis).await?, Clone::clone);
    } else {
        output.report(&diagnosis, report::diagnosis);
    }
    Ok(())
}

async fn rerun(session: &Session, rerun: Rerun, output: Output) -> Result<(), Problem> {
    let asks = output.can_ask() && !rerun.yes;
    if rerun.dry_run || asks {
        let plan = session
            .plan_rerun(rerun.container.clone(), rerun.platform.clone())
            .await?;
        output.report(&plan, report::plan);
        if rerun.dry_run {
            return Ok(());
        }
        if !plan.blockers.is_empty() {
            let reasons = plan.blockers.into_iter().map(|blocker| blocker.text).collect();
            return Err(Refusal::Blocked(reasons).into());
        }
    }
    let agreed = rerun.yes || (asks && confirm("Do this?"));
    if !agreed {
        return Err(Refusal::NotConfirmed.into());
    }
    let (bar, progress) = progress::bar();
    let wait = Duration::from_secs(rerun.wait);
    let request = RerunRequest {
        container: rerun.container,
        platform: rerun.platform,
        wait,
        progress,
    };
    let done = session.rerun(request).await;
    bar.finish_and_clear();
    output.report(&done?, report::done);
    Ok(())
}

/// Prints what the contract's `watch` holds; the window's other updates are left out.
async fn watch(session: &Session) -> Result<(), Problem> {
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
            | Update::Rosetta { .. } => false,
        };
        if listed && !json_line(&update) {
            break;
        }
    }
    Ok(())
}
