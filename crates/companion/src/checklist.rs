//! The set-up checklist: facts of the machine and of the engine in, checks in a fixed order out.
//!
//! Nothing is asked here, and nothing is guessed: what was not seen is unknown, and says why.

mod files;
mod machine;
mod measured;
mod memory;
mod programs;
mod translation;

use std::path::PathBuf;

use engine::Identity;
use host::{
    Handler, HostError, Machine, Os,
    checks::{Facts, Folders},
};
use serde::Deserialize;
use specta::Type;

use crate::{
    checklist_words as words,
    problem::plain,
    view::{self, Check, CheckFix, CheckState, FoundLine, Problem},
};
pub(crate) use translation::read_handlers;

/// What the process's environment says beside what leads to the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// `DOCKER_DEFAULT_PLATFORM`.
    pub default_platform: Option<String>,
    /// `BUILDX_CONFIG`.
    pub buildx_config: Option<PathBuf>,
    /// `BUILDX_BUILDER`.
    pub buildx_builder: Option<String>,
    /// `ZDOTDIR`.
    pub zsh: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub config: Option<PathBuf>,
    /// The processor's name, where the system tells it to the process.
    pub chip: Option<String>,
}

/// Whether another application's protected files are read: on a Mac the system may ask the user first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Protected {
    /// They are, because the user asked for it.
    Read,
    /// They are left alone; what was read of them before is used.
    Leave,
}

/// Everything that was seen.
pub(crate) struct Seen {
    pub(crate) machine: Machine,
    pub(crate) facts: Facts,
    pub(crate) handlers: Result<Vec<Handler>, HostError>,
    /// What the settings say of translation; `None` where they were left alone.
    pub(crate) settings: Option<view::Rosetta>,
    /// The last probe of this engine.
    pub(crate) probe: Option<view::ProbeReport>,
    /// The engine, or why none answered.
    pub(crate) engine: Result<Identity, Problem>,
    pub(crate) variables: Variables,
    /// `DOCKER_HOST` and `DOCKER_CONTEXT`.
    pub(crate) docker_host: Option<String>,
    pub(crate) docker_context: Option<String>,
}

impl Variables {
    pub(crate) fn folders(&self, docker_config: Option<PathBuf>) -> Folders {
        Folders {
            docker_config,
            buildx: self.buildx_config.clone(),
            zsh: self.zsh.clone(),
            config: self.config.clone(),
        }
    }
}

/// All checks of what was seen.
pub(crate) fn checklist(seen: &Seen) -> view::Checklist {
    let judged = [
        machine::system(seen),
        machine::runtime(seen),
        machine::virtual_machine(seen),
        translation::translator(seen),
        translation::translation(seen),
        memory::image_store(seen),
        files::default_platform(seen),
        files::docker_host(seen),
        files::socket(seen),
        files::credentials(seen),
        programs::builder(seen),
        programs::ports(seen),
        programs::tools(seen),
        memory::resources(seen),
        programs::terminal(seen),
    ];
    let unseen = seen.engine.as_ref().err().map(|problem| view::Unseen {
        why: plain(&problem.message),
        checks: judged
            .iter()
            .filter(|it| it.needs_engine)
            .map(|it| it.id.as_str().to_owned())
            .collect(),
    });
    let checks: Vec<Check> = judged.into_iter().map(Judged::view).collect();
    let count = |state: CheckState| checks.iter().filter(|it| it.state == state).count();
    let counted = checks.len() - count(CheckState::NotApplicable);
    let counts = words::Counts {
        counted,
        ok: count(CheckState::Ok),
        todo: count(CheckState::Todo),
        warn: count(CheckState::Warn),
        unknown: count(CheckState::Unknown),
    };
    view::Checklist {
        summary: words::summary(&counts),
        in_place: u32::try_from(counts.ok).unwrap_or(u32::MAX),
        counted: u32::try_from(counted).unwrap_or(u32::MAX),
        measured: measured::measured(seen),
        unseen,
        checks,
    }
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Id {
    System,
    Runtime,
    VirtualMachine,
    Translator,
    Translation,
    ImageStore,
    DefaultPlatform,
    DockerHost,
    Socket,
    Credentials,
    Builder,
    Ports,
    Tools,
    Resources,
    Terminal,
}

impl Id {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Runtime => "runtime",
            Self::VirtualMachine => "virtual-machine",
            Self::Translator => "translator",
            Self::Translation => "translation",
            Self::ImageStore => "image-store",
            Self::DefaultPlatform => "default-platform",
            Self::DockerHost => "docker-host",
            Self::Socket => "socket",
            Self::Credentials => "credentials",
            Self::Builder => "builder",
            Self::Ports => "ports",
            Self::Tools => "tools",
            Self::Resources => "resources",
            Self::Terminal => "terminal",
        }
    }

    fn ok(self, said: Said) -> Judged {
        self.judged(CheckState::Ok, said)
    }

    fn todo(self, said: Said, fix: Fix) -> Judged {
        self.judged(CheckState::Todo, said).with(fix)
    }

    fn warn(self, said: Said, fix: Fix) -> Judged {
        self.judged(CheckState::Warn, said).with(fix)
    }

    fn unknown(self, said: Said) -> Judged {
        self.judged(CheckState::Unknown, said)
    }

    /// Not known, because no engine answered.
    fn unseen(self, title: &str) -> Judged {
        Judged {
            needs_engine: true,
            ..self.unknown(words::no_engine(title))
        }
    }

    fn not_applicable(self, said: Said) -> Judged {
        self.judged(CheckState::NotApplicable, said)
    }

    fn judged(self, state: CheckState, said: Said) -> Judged {
        Judged {
            id: self,
            state,
            said,
            lines: Vec::new(),
            fix: None,
            needs_engine: false,
        }
    }
}

/// A headline, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) title: String,
    pub(crate) detail: String,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) kind: &'static str,
    pub(crate) how: String,
    pub(crate) command: Option<String>,
}

/// A check with its answer.
struct Judged {
    id: Id,
    state: CheckState,
    said: Said,
    lines: Vec<FoundLine>,
    fix: Option<Fix>,
    needs_engine: bool,
}

impl Judged {
    fn with(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    fn at(mut self, lines: Vec<FoundLine>) -> Self {
        self.lines = lines;
        self
    }

    /// Says more, at the end.
    fn also(mut self, more: Option<String>) -> Self {
        if let Some(more) = more {
            self.said.detail = format!("{}; {more}", self.said.detail);
        }
        self
    }

    fn view(self) -> Check {
        Check {
            id: self.id.as_str().to_owned(),
            title: self.said.title,
            state: self.state,
            detail: self.said.detail,
            why: words::why(self.id).to_owned(),
            lines: self.lines,
            fix: self.fix.map(|fix| CheckFix {
                kind: fix.kind.to_owned(),
                command: fix.command,
                how: fix.how,
            }),
        }
    }
}

impl Seen {
    fn is_mac(&self) -> bool {
        self.machine.os == Os::MacOs
    }

    /// The machine's architecture. Programs for Apple Silicon alone run on nothing else, and so tell it of a Mac whose
    /// files are all that is here.
    fn architecture(&self) -> Option<&str> {
        let known = self.machine.architecture.as_deref();
        known.or_else(|| (self.is_mac() && self.has_silicon_program()).then_some("arm64"))
    }

    fn has_silicon_program(&self) -> bool {
        let programs = self.facts.programs.iter().map(|it| &it.architectures);
        let runtimes = self.facts.runtimes.iter().map(|it| &it.architectures);
        programs.chain(runtimes).any(|it| it.as_slice() == ["arm64"])
    }

    /// The architecture that containers run on natively: the engine's, or the machine's where none answers.
    fn native(&self) -> Option<&str> {
        let engine = self.engine.as_ref().ok();
        engine.map_or_else(|| self.architecture(), |it| Some(it.platform.architecture()))
    }

    /// The one of the two usual architectures that is not native here.
    fn foreign(&self) -> Option<&'static str> {
        match self.native()? {
            "amd64" => Some("arm64"),
            _ => Some("amd64"),
        }
    }

    /// What runs containers here, by the engine, the settings, and what is installed, in this order.
    fn runtime(&self) -> &str {
        let is_known = |name: &&str| *name != "unknown";
        let engine = self.engine.as_ref().ok().map(|it| it.runtime.as_str());
        let settings = self.settings.as_ref().map(|it| it.runtime.as_str());
        let installed = self.facts.runtimes.first().map(|it| it.runtime.as_str());
        let told = engine.filter(is_known).or(settings.filter(is_known));
        told.or(installed).unwrap_or("unknown")
    }
}

#[cfg(test)]
mod tests;
