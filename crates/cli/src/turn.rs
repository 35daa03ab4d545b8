//! Turns Rosetta on or off, or takes the last change back.

use std::process::ExitCode;

use companion::{
    Refusal, Restarting, Session, Turn, TurnRequest,
    view::{Problem, SettingChange},
};

use crate::{arguments::Turning, confirm::confirm, output::Output, progress, report, run::Failure};

/// Shows the plan, asks unless `--yes` was said, and carries out what was shown.
pub(crate) async fn turn(
    session: &Session,
    turn: Turn,
    asked: &Turning,
    output: Output,
) -> Result<ExitCode, Failure> {
    let plan = session.plan_turn(turn, asked.runtime.clone()).await?;
    if !plan.refusals.is_empty() {
        let reasons = plan.refusals.iter().map(|refusal| refusal.text.clone()).collect();
        let problem = with_steps(Refusal::Blocked(reasons).into(), &plan);
        return Ok(output.part(&plan, report::setting, &problem)?);
    }
    if asked.dry_run || (plan.already && turn != Turn::Back) {
        output.report(&plan, report::setting)?;
        return Ok(ExitCode::SUCCESS);
    }
    let restarting = agreed(&plan, asked, output).await?;
    let (spinner, progress) = progress::spinner();
    let request = TurnRequest {
        turn,
        runtime: asked.runtime.clone(),
        seal: Some(plan.seal),
        restarting,
        progress,
    };
    let done = session.turn(request).await;
    spinner.finish_and_clear();
    output.report(&done?, report::setting)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether the runtime is restarted too; fails when nobody said yes.
async fn agreed(plan: &SettingChange, asked: &Turning, output: Output) -> Result<Restarting, Failure> {
    let said = if asked.restart {
        Restarting::Now
    } else {
        Restarting::Later
    };
    if asked.yes || plan.already {
        return Ok(said);
    }
    if !output.can_ask() {
        return Err(Refusal::NotConfirmed.into());
    }
    output.report(plan, report::setting)?;
    if !confirm("Do this?").await {
        return Err(Refusal::NotConfirmed.into());
    }
    let commands = plan
        .restart
        .as_ref()
        .filter(|restart| !restart.commands.is_empty());
    let question = format!("Restart {} now? Running containers stop.", plan.title);
    if asked.restart || (commands.is_some() && confirm(&question).await) {
        return Ok(Restarting::Now);
    }
    Ok(Restarting::Later)
}

/// What the user can do says more than that a plan can be looked at.
fn with_steps(problem: Problem, plan: &SettingChange) -> Problem {
    match plan.steps.first() {
        Some(step) => Problem {
            hint: step.clone(),
            ..problem
        },
        None => problem,
    }
}
