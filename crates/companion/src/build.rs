//! Builds for several platforms: buildx, run as a child of ours, planned and shown first.
//!
//! Builders are read and never changed but by [`carry_out_change`], which runs the commands that were shown.

mod buildx;
mod choice;
mod explain;
mod listing;
mod make;
mod plan;
mod run;
mod tracker;

use std::{path::PathBuf, sync::Arc};

use serde::Deserialize;
use specta::Type;
use tokio::sync::Notify;

pub(crate) use buildx::{Buildx, Lack, shown};
pub(crate) use choice::{How, Match, Spot};
pub(crate) use explain::Cause;
pub(crate) use listing::{Builder, Node, Trait};
pub(crate) use make::{Change, ChangeBlocker, carry_out as carry_out_change};
pub(crate) use plan::{Blocker, Plan, Warning};
pub(crate) use run::{Stopped, run};
pub(crate) use tracker::{State, Step};

use crate::{Setup, view};

/// Where the result of a build goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum BuildOutput {
    /// To the registry that the reference names.
    Push,
    /// To the images of the engine.
    Load,
    /// Where the builder puts it by itself.
    #[default]
    Usual,
}

/// What is to be built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Type)]
pub struct BuildOptions {
    /// The folder, absolute.
    pub context: PathBuf,
    /// The Dockerfile, where it is another one than the folder's own; absolute.
    pub file: Option<PathBuf>,
    /// What the image is to be called.
    pub reference: String,
    /// For which platforms; without any, for both kinds of machine.
    pub platforms: Vec<String>,
    /// The builder; without it, the chosen one.
    pub builder: Option<String>,
    /// Where the result goes.
    pub output: BuildOutput,
    /// The stage that is wanted, where it is not the last one.
    pub target: Option<String>,
    /// Values of `ARG`s, as `NAME=VALUE`.
    pub arguments: Vec<String>,
}

/// A build that somebody agreed to.
pub struct BuildRequest {
    /// What is to be built.
    pub options: BuildOptions,
    /// The seal of the plan that was agreed to; without it, any plan will do.
    pub seal: Option<String>,
    /// Who hears which steps changed.
    pub progress: Arc<dyn Fn(Vec<view::BuildStep>) + Send + Sync>,
    /// Told when it is to end; so is that nobody waits for its answer any more.
    pub stop: Arc<Notify>,
}

/// What is to become of a builder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum BuilderOptions {
    /// It is made.
    Create {
        /// Its name.
        name: String,
        /// `docker-container`, `remote` or `kubernetes`; the first of them without it.
        driver: Option<String>,
        /// Its nodes beside the engine in use, as `ENDPOINT=PLATFORM,PLATFORM`.
        nodes: Vec<String>,
        /// What the driver is told, as `NAME=VALUE`.
        driver_options: Vec<String>,
    },
    /// It is removed, with what it keeps of earlier builds.
    Remove {
        /// Its name.
        name: String,
    },
}

/// The platforms that are built for when none is named: those of the machines that people have.
pub(crate) const BOTH: [&str; 2] = ["linux/amd64", "linux/arm64"];

/// What builds here: buildx, and the builders that it has.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) buildx: Buildx,
    pub(crate) builders: Vec<Builder>,
    /// The engine in use, where one answers.
    pub(crate) engine: Option<engine::Identity>,
}

impl Ground {
    /// Finds buildx and asks it. `engine` is the one in use, where one answers.
    pub(crate) async fn find(setup: &Setup, engine: Option<&engine::Engine>) -> Result<Self, Lack> {
        let buildx = Buildx::find(setup, engine.map(engine::Engine::endpoint)).await?;
        let folders = host::checks::Folders {
            docker_config: setup.docker_config.clone(),
            buildx: setup.variables.buildx_config.clone(),
            ..host::checks::Folders::default()
        };
        // Without its files no platform is known to be fixed; what it lists is known all the same.
        let store = host::checks::builders(&setup.roots(), &folders).unwrap_or_default();
        let chosen = setup.variables.buildx_builder.as_deref();
        let builders = listing::list(&buildx, &store, chosen)
            .await
            .map_err(Lack::Failed)?;
        Ok(Self {
            buildx,
            builders,
            engine: engine.map(|engine| engine.identity().clone()),
        })
    }

    /// What building `options` would do.
    pub(crate) fn plan(&self, options: &BuildOptions) -> Plan {
        plan::plan(self, options)
    }

    /// What making or removing a builder would do.
    pub(crate) fn change(&self, options: &BuilderOptions) -> Change {
        make::plan(self, options)
    }
}
