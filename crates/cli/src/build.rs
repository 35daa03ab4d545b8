//! `build` and `builders`: images for several platforms, and who builds them.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use clap::{Args, Subcommand};
use companion::{
    BuildOptions, BuildOutput, BuildRequest, BuilderOptions, Refusal, Session,
    view::{BuildBlocker, BuildStep, BuilderChange, Problem},
};
use tokio::sync::Notify;

use crate::{
    confirm::confirm,
    output::{Output, note},
    report,
    run::Failure,
};

/// What is built, by whom, and where it goes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Build {
    /// The folder that is built
    #[arg(value_name = "CONTEXT")]
    folder: PathBuf,
    /// What the image is to be called
    #[arg(short = 't', long = "tag", value_name = "REF")]
    reference: String,
    /// The platforms, such as linux/amd64,linux/arm64, or `native`; without it, these two
    #[arg(
        long = "platforms",
        visible_alias = "platform",
        value_name = "P,P",
        value_delimiter = ','
    )]
    platforms: Vec<String>,
    /// The builder; without it, the one that `docker buildx use` chose
    #[arg(long, value_name = "NAME")]
    builder: Option<String>,
    /// Push it to the registry that its name says, and look there whether it is right
    #[arg(long, conflicts_with = "load")]
    push: bool,
    /// Load it into the engine
    #[arg(long)]
    load: bool,
    /// The Dockerfile, where it is another one than the folder's own
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The stage that is wanted, where it is not the last one
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// A value of an `ARG`; can be said several times
    #[arg(long = "build-arg", value_name = "NAME=VALUE")]
    arguments: Vec<String>,
    /// Show who would build what, and build nothing
    #[arg(long)]
    dry_run: bool,
}

/// What is done with builders.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Builders {
    /// Make one that builds for several platforms, with the engine as its first node
    Create {
        /// Its name
        name: String,
        /// docker-container, remote or kubernetes
        #[arg(long, value_name = "DRIVER")]
        driver: Option<String>,
        /// Another machine, as a context or an address, with the platforms that are its own, such as `ssh://me@mini=linux/amd64`;
        /// can be said several times
        #[arg(long = "node", value_name = "ENDPOINT=P,P")]
        nodes: Vec<String>,
        /// What the driver is told, such as network=host; can be said several times
        #[arg(long = "driver-opt", value_name = "NAME=VALUE")]
        driver_options: Vec<String>,
        #[command(flatten)]
        consent: Consent,
    },
    /// Remove one, with what it keeps of earlier builds
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Whether it is done, and without asking.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Consent {
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

/// Plans it, and builds unless nothing but the plan was asked for.
pub(crate) async fn build(session: &Session, asked: Build, output: Output) -> Result<ExitCode, Failure> {
    let options = asked.options()?;
    let plan = session.plan_build(options.clone()).await?;
    if let Some(problem) = problem(&plan.blockers) {
        return Ok(output.part(&plan, report::build_plan, &problem)?);
    }
    if asked.dry_run {
        output.report(&plan, report::build_plan)?;
        return Ok(ExitCode::SUCCESS);
    }
    note(&report::build_plan(&plan));
    let lines = Mutex::new(report::StepLines::default());
    let progress = move |steps: Vec<BuildStep>| {
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        for line in steps.iter().filter_map(|step| lines.line(step)) {
            note(&line);
        }
    };
    let done = session
        .build(BuildRequest {
            options,
            seal: Some(plan.seal),
            progress: Arc::new(progress),
            stop: Arc::new(Notify::new()),
        })
        .await?;
    output.report(&done, report::built)?;
    let is_wrong = asked.push && !done.verified;
    Ok(if is_wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

impl Build {
    fn options(&self) -> io::Result<BuildOptions> {
        let whole = |path: &Path| std::path::absolute(path);
        Ok(BuildOptions {
            context: whole(&self.folder)?,
            file: self.file.as_deref().map(whole).transpose()?,
            reference: self.reference.clone(),
            platforms: self.platforms.clone(),
            builder: self.builder.clone(),
            output: match (self.push, self.load) {
                (true, _) => BuildOutput::Push,
                (_, true) => BuildOutput::Load,
                _ => BuildOutput::Usual,
            },
            target: self.target.clone(),
            arguments: self.arguments.clone(),
        })
    }
}

/// Lists builders, or makes or removes one.
pub(crate) async fn builders(
    session: &Session,
    asked: Option<Builders>,
    output: Output,
) -> Result<ExitCode, Failure> {
    let Some(asked) = asked else {
        output.report(&session.builders().await?, report::builders)?;
        return Ok(ExitCode::SUCCESS);
    };
    let (options, consent) = asked.parts();
    let plan = session.plan_builder(options.clone()).await?;
    if let Some(problem) = problem(&plan.blockers) {
        return Ok(output.part(&plan, report::builder_change, &problem)?);
    }
    if consent.dry_run {
        output.report(&plan, report::builder_change)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !consent.yes {
        agreed(&plan, output).await?;
    }
    let done = session.change_builder(options, Some(plan.seal)).await?;
    output.report(&done, report::builder_change)?;
    Ok(ExitCode::SUCCESS)
}

async fn agreed(plan: &BuilderChange, output: Output) -> Result<(), Failure> {
    if !output.can_ask() {
        return Err(Refusal::NotConfirmed.into());
    }
    output.report(plan, report::builder_change)?;
    if confirm("Do this?").await {
        Ok(())
    } else {
        Err(Refusal::NotConfirmed.into())
    }
}

impl Builders {
    fn parts(self) -> (BuilderOptions, Consent) {
        match self {
            Self::Create {
                name,
                driver,
                nodes,
                driver_options,
                consent,
            } => {
                let options = BuilderOptions::Create {
                    name,
                    driver,
                    nodes,
                    driver_options,
                };
                (options, consent)
            }
            Self::Remove { name, consent } => (BuilderOptions::Remove { name }, consent),
        }
    }
}

/// The first blocker decides; the others are in the plan.
fn problem(blockers: &[BuildBlocker]) -> Option<Problem> {
    blockers.first().map(|blocker| Problem {
        kind: blocker.kind.clone(),
        message: blocker.text.clone(),
        hint: blocker.hint.clone(),
    })
}
