//! Turns Rosetta on and off. Needs no engine, and holds no thread of the actor: a protected folder may wait for the user.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use engine::{Engine, Scope};
use host::{
    State,
    apply::{self, Aim, ApplyError, Command, Ground, Plan, ReadBack, Restart, Target, Want, Warning, Way},
};
use tokio::time::{sleep, timeout};

use super::{
    Restarting, Turn, TurnRequest,
    jobs::{Reporter, What},
    link,
};
use crate::{
    Refusal, Setup, runtime_command, setting_words,
    view::{self, Problem},
};

/// The plan waits no longer for the names of what would stop.
const STOPS: Duration = Duration::from_secs(3);
/// Looks for a change in the runtime's files, and the pause between two: five seconds are enough to write a file.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// Who hears how far it is.
type Tell<'a> = &'a (dyn Fn(String) + Send + Sync);

/// The settings of this machine's runtimes.
pub(super) struct Turns {
    setup: Setup,
    /// The engine that answers, where one was looked for.
    engine: Option<Engine>,
    reporter: Reporter,
}

impl Turns {
    pub(super) fn new(setup: &Setup, engine: Option<Engine>, reporter: Reporter) -> Self {
        Self {
            setup: setup.clone(),
            engine,
            reporter,
        }
    }

    pub(super) async fn plan(
        &self,
        turn: Turn,
        runtime: Option<String>,
    ) -> Result<view::SettingChange, Problem> {
        let plan = self.planned(turn, runtime).await?;
        let shown = setting_words::change(&plan);
        let stops = if plan.refusals.is_empty() && plan.warnings.contains(&Warning::StopsContainers) {
            timeout(STOPS, self.stops(plan.target.runtime))
                .await
                .unwrap_or_default()
        } else {
            None
        };
        Ok(view::SettingChange { stops, ..shown })
    }

    /// The names of what runs on `runtime`; `None` where no engine says it, or another one answers.
    async fn stops(&self, runtime: host::Runtime) -> Option<Vec<String>> {
        let engine = match &self.engine {
            Some(engine) => engine.clone(),
            None if self.setup.sample => return None,
            None => link::connect(self.setup.clone(), None).await.ok()?,
        };
        if runtime_of(&engine) != Some(runtime) {
            return None;
        }
        let running = engine.containers(Scope::Running).await.ok()?;
        let mut names: Vec<_> = running.into_iter().map(|container| container.name).collect();
        names.sort();
        Some(names)
    }

    pub(super) async fn carry_out(&self, request: TurnRequest) -> Result<view::SettingChange, Problem> {
        let TurnRequest {
            turn,
            runtime,
            seal,
            restarting,
            progress,
        } = request;
        let plan = self.planned(turn, runtime).await?;
        let mut shown = setting_words::change(&plan);
        if seal.is_some_and(|seal| seal != shown.seal) {
            return Err(Refusal::OtherPlan.into());
        }
        if !shown.refusals.is_empty() {
            let reasons = shown.refusals.into_iter().map(|refusal| refusal.text);
            return Err(Refusal::Blocked(reasons.collect()).into());
        }
        let reporter = self.reporter.clone();
        let tell = |step: String| {
            let told = setting_words::progress(&plan, &step);
            progress(told.clone());
            reporter.send(What::Progress(told));
        };
        let restarts = match (&plan.restart, restarting) {
            (Restart::ByCommands(commands), Restarting::Now) => commands.as_slice(),
            (Restart::ByCommands(_) | Restart::Included | Restart::NextStart | Restart::ByHand, _) => &[],
        };
        let state = self.make(&plan, restarts, &tell).await?;
        if let Some(restart) = &mut shown.restart {
            restart.done = !restarts.is_empty();
        }
        shown.applied = !shown.already;
        // The backup goes when what it held is back.
        shown.backup = shown.backup.filter(|_| plan.aim != Aim::Before);
        shown.state_after = Some(state.as_str().to_owned());
        Ok(shown)
    }

    /// Writes, runs the commands, and reads back. An undo by commands is written down as done only after that, and nothing
    /// is stopped for a change that was not followed.
    async fn make(&self, plan: &Plan, restarts: &[Command], tell: Tell<'_>) -> Result<State, Problem> {
        let needed = plan.commands.iter().chain(restarts);
        if let Some(command) = needed
            .into_iter()
            .find(|command| runtime_command::program(&self.setup, command).is_none())
        {
            return Err(setting_words::no_program(command));
        }
        let is_late = plan.aim == Aim::Before && plan.way == Some(Way::Commands);
        if !is_late {
            self.write(plan, tell).await?;
        }
        for command in &plan.commands {
            self.run(command, tell).await?;
        }
        let found = self.read_back(plan).await?;
        if found.differs {
            return Err(setting_words::not_followed(plan, found.state));
        }
        if is_late {
            self.write(plan, tell).await?;
        }
        for command in restarts {
            self.run(command, tell).await?;
        }
        Ok(found.state)
    }

    async fn write(&self, plan: &Plan, tell: Tell<'_>) -> Result<(), Problem> {
        if plan
            .change
            .as_ref()
            .is_some_and(|_| plan.way != Some(Way::Commands))
        {
            tell(setting_words::writing(plan));
        }
        let (setup, plan) = (self.setup.clone(), plan.clone());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        beside(move || apply::write(&setup.roots(), &plan, &setup.settings_journal(), now.as_secs()))
            .await??;
        Ok(())
    }

    async fn run(&self, command: &Command, tell: Tell<'_>) -> Result<(), Problem> {
        tell(setting_words::running(command));
        let line = |line: &str| tell(line.to_owned());
        let ran = runtime_command::run(&self.setup, command, &line).await;
        ran.map_err(|failure| setting_words::command_failed(command, &failure))
    }

    async fn planned(&self, turn: Turn, runtime: Option<String>) -> Result<Plan, Problem> {
        let target = runtime.as_deref().map(target).transpose()?;
        let connected = self.engine.as_ref().and_then(runtime_of);
        let setup = self.setup.clone();
        let plan = beside(move || -> Result<Plan, ApplyError> {
            let (roots, machine, folders) = (setup.roots(), setup.machine(), setup.folders());
            let ground = Ground {
                roots: &roots,
                machine: &machine,
                folders: &folders,
            };
            match turn {
                Turn::On => Ok(apply::plan(&ground, Want::On, target.as_ref(), connected)),
                Turn::Off => Ok(apply::plan(&ground, Want::Off, target.as_ref(), connected)),
                Turn::Back => apply::plan_undo(&ground, &setup.settings_journal(), target.as_ref()),
            }
        });
        Ok(plan.await??)
    }

    /// What is read of it now, which every face hears too. A runtime may write its file a little after it answered.
    async fn read_back(&self, plan: &Plan) -> Result<ReadBack, Problem> {
        let mut looks = 1;
        loop {
            let found = self.look(plan).await?;
            if !found.differs || looks == LOOKS {
                self.reporter.send(What::SettingChanged);
                return Ok(found);
            }
            looks += 1;
            sleep(PAUSE).await;
        }
    }

    async fn look(&self, plan: &Plan) -> Result<ReadBack, Problem> {
        let (setup, plan) = (self.setup.clone(), plan.clone());
        beside(move || {
            let (roots, machine, folders) = (setup.roots(), setup.machine(), setup.folders());
            let ground = Ground {
                roots: &roots,
                machine: &machine,
                folders: &folders,
            };
            apply::read_back(&ground, &plan)
        })
        .await
    }
}

fn runtime_of(engine: &Engine) -> Option<host::Runtime> {
    apply::runtime_named(engine.identity().runtime.as_str())
}

/// A runtime's name, and the name of its machine behind a colon.
fn target(name: &str) -> Result<Target, Problem> {
    let (runtime, machine) = match name.split_once(':') {
        Some((runtime, machine)) => (runtime, Some(machine.to_owned())),
        None => (name, None),
    };
    match apply::runtime_named(runtime) {
        Some(runtime) => Ok(Target { runtime, machine }),
        None => Err(Refusal::BadRuntime(name.to_owned()).into()),
    }
}

/// Does `work` where it may wait.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refusal::Ended.into())
}
