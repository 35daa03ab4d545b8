//! Re-runs one container, or several one after the other.

use std::{process::ExitCode, time::Duration};

use companion::{
    Refusal, RerunRequest, Session,
    view::{Problem, RerunDone, RerunPlan},
};
use serde::Serialize;

use crate::{arguments::Rerun, confirm::confirm, output::Output, progress, report, run::Failure};

/// What became of several containers, in their order.
#[derive(Serialize)]
struct Several<T> {
    results: Vec<Each<T>>,
}

/// What became of one of them.
#[derive(Serialize)]
#[serde(untagged)]
enum Each<T> {
    Known(T),
    Failed { container: String, error: Problem },
}

impl<T: Serialize> Several<T> {
    fn text(&self, known: impl Fn(&T) -> String) -> String {
        let text = |each: &Each<T>| match each {
            Each::Known(it) => known(it),
            Each::Failed { container, error } => report::failed(container, error),
        };
        self.results.iter().map(text).collect::<Vec<_>>().join("\n\n")
    }

    /// The first failure's code.
    fn code(&self) -> ExitCode {
        let failed = self.results.iter().find_map(|each| match each {
            Each::Known(_) => None,
            Each::Failed { error, .. } => Some(error.exit_code()),
        });
        failed.map_or(ExitCode::SUCCESS, ExitCode::from)
    }
}

pub(crate) async fn rerun(session: &Session, rerun: Rerun, output: Output) -> Result<ExitCode, Failure> {
    match rerun.containers.as_slice() {
        [container] => one(session, container, &rerun, output).await,
        _ => several(session, &rerun, output).await,
    }
}

async fn one(session: &Session, container: &str, rerun: &Rerun, output: Output) -> Result<ExitCode, Failure> {
    let asks = output.can_ask() && !rerun.yes;
    if rerun.dry_run || asks {
        let plan = planned(session, container, rerun).await?;
        output.report(&plan, report::plan)?;
        if rerun.dry_run {
            return Ok(ExitCode::SUCCESS);
        }
        if !plan.blockers.is_empty() {
            let reasons = plan.blockers.into_iter().map(|blocker| blocker.text).collect();
            return Err(Refusal::Blocked(reasons).into());
        }
    }
    agreed(rerun, asks).await?;
    let done = carried_out(session, container, rerun).await?;
    output.report(&done, report::done)?;
    Ok(ExitCode::SUCCESS)
}

/// All plans first, so that one yes is for what was seen.
async fn several(session: &Session, rerun: &Rerun, output: Output) -> Result<ExitCode, Failure> {
    let asks = output.can_ask() && !rerun.yes;
    if rerun.dry_run || asks {
        let mut results = Vec::new();
        for container in &rerun.containers {
            results.push(each(container, planned(session, container, rerun).await));
        }
        let plans = Several { results };
        output.report(&plans, |plans| plans.text(report::plan))?;
        if rerun.dry_run {
            return Ok(plans.code());
        }
    }
    agreed(rerun, asks).await?;
    let mut results = Vec::new();
    for container in &rerun.containers {
        results.push(each(container, carried_out(session, container, rerun).await));
    }
    let done = Several { results };
    output.report(&done, |done| done.text(report::done))?;
    Ok(done.code())
}

fn each<T>(container: &str, result: Result<T, Problem>) -> Each<T> {
    match result {
        Ok(it) => Each::Known(it),
        Err(error) => Each::Failed {
            container: container.to_owned(),
            error,
        },
    }
}

async fn agreed(rerun: &Rerun, asks: bool) -> Result<(), Failure> {
    if rerun.yes || (asks && confirm("Do this?").await) {
        Ok(())
    } else {
        Err(Refusal::NotConfirmed.into())
    }
}

async fn planned(session: &Session, container: &str, rerun: &Rerun) -> Result<RerunPlan, Problem> {
    session
        .plan_rerun(container.to_owned(), rerun.how.options())
        .await
}

async fn carried_out(session: &Session, container: &str, rerun: &Rerun) -> Result<RerunDone, Problem> {
    let (bar, progress) = progress::bar();
    let request = RerunRequest {
        container: container.to_owned(),
        options: rerun.how.options(),
        wait: Duration::from_secs(rerun.wait),
        progress,
    };
    let done = session.rerun(request).await;
    bar.finish_and_clear();
    done
}
