//! What was said on the command line.

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand, ValueEnum, error::ErrorKind};
use companion::{RerunOptions, Setup, Turn, Volumes, Way, view::Severity};

use crate::{
    build::{Build, Builders},
    compose::Compose,
};

/// What `--help` begins with.
const ABOUT: &str = "Says which architecture every container and image is, why one crashed, and re-runs it";

/// Says which architecture every container and image is, why one crashed, and re-runs it for another platform.
#[derive(Debug, Parser)]
#[command(name = "archlight", version, about = ABOUT, max_term_width = 80)]
pub(crate) struct Arguments {
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The engine's address: unix://, tcp:// or ssh://
    #[arg(long, global = true, value_name = "URL", conflicts_with = "context")]
    host: Option<String>,
    /// The Docker context to use; for `dockerfile check`, the folder that is built
    #[arg(long, global = true, value_name = "NAME")]
    context: Option<String>,
    /// Where this machine's file system is read from
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The user's home folder
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    /// Use the built-in sample engine instead of a real one
    #[arg(long, global = true)]
    sample: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the engine, this machine, and how many containers and images there are
    Status,
    /// List containers with their architectures, and why those that crashed did
    Containers {
        /// List only, without looking for causes
        #[arg(long)]
        no_causes: bool,
    },
    /// List images with the platforms that they hold
    Images,
    /// Say why a container ended, or would, with proof from its own bytes
    Diagnose(Diagnose),
    /// Run a container again, for another platform, and keep the old one
    Rerun(Rerun),
    /// Put the container back that a re-run kept, or take the file back by which Compose did it
    Undo {
        /// Its name or id
        container: String,
    },
    /// Remove the container that a re-run kept; a file by which Compose did it stays
    Discard {
        /// Its name or id
        container: String,
    },
    /// Find every file of a container or an image that is for another platform
    Scan {
        /// A container's name or id, or an image
        subject: String,
    },
    /// Find out what runs foreign programs, by running a small one of our own
    Probe {
        /// Such as linux/amd64, or `native`; without it, what is foreign here
        #[arg(long, value_name = "PLATFORM")]
        platform: Option<String>,
    },
    /// Say whether Rosetta is on and what decides that, and turn it on or off
    Rosetta(Rosetta),
    /// Say which platforms registries offer, and which are native here; no engine is needed
    Platforms(Platforms),
    /// Build an image for several platforms with buildx, and say who would build what
    Build(Build),
    /// List the builders that buildx has, with what each would do; make one, or remove one
    Builders {
        #[command(subcommand)]
        what: Option<Builders>,
    },
    /// Check that every platform of a pushed tag is there, and that its programs really are for it
    Verify(Verify),
    /// Say whether `platform:` in Compose files is needed or harmful, and change it
    Compose {
        #[command(subcommand)]
        what: Compose,
    },
    /// Look into Dockerfiles; no engine is needed
    #[command(subcommand)]
    Dockerfile(Dockerfile),
    /// Check what decides whether containers run well here; with something to do, this succeeds too
    Setup {
        /// Print it as Markdown for a team's page, without credentials
        #[arg(long)]
        markdown: bool,
    },
    /// Print every change as it happens, one a line
    Watch,
}

/// What is done with a Dockerfile.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Dockerfile {
    /// Say what keeps its image from other architectures, with line and fix
    Check(Check),
}

/// Which Dockerfile is checked, and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct Check {
    /// The Dockerfile; here `--context DIR` names the folder that is built, and without it that is the nearest above
    /// the file that has what the file copies
    pub(crate) file: PathBuf,
    /// No engine is asked here, so that `--context` can mean what it means to a build.
    #[arg(skip)]
    pub(crate) folder: Option<PathBuf>,
    /// Ask no registry about images that are named by their digest
    #[arg(long)]
    pub(crate) offline: bool,
    /// Print SARIF 2.1.0, for code scanning
    #[arg(long)]
    pub(crate) sarif: bool,
    /// End with exit code 1 when something at least this bad is found
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
}

/// Which tag is verified, and what for.
#[derive(Args, Clone, Debug)]
pub(crate) struct Verify {
    /// An image in a registry, such as `ghcr.io/acme/web:1.2`; its layers are read as they come, and nothing is kept
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// The platforms that have to be there, and no others; without it, all that the tag has
    #[arg(long, alias = "platform", value_name = "P,P", value_delimiter = ',')]
    pub(crate) platforms: Vec<String>,
    /// Print SARIF 2.1.0, for code scanning
    #[arg(long)]
    pub(crate) sarif: bool,
    /// End with exit code 1 when something at least this bad is found; what could not be read is a warning
    #[arg(long, value_name = "SEVERITY", default_value = "warning")]
    pub(crate) fail_on: FailOn,
}

/// What is asked of registries.
#[derive(Args, Clone, Debug)]
pub(crate) struct Platforms {
    /// Images such as `nginx:1.27`, any number of them; `-` reads more from standard input, one a line
    #[arg(required = true, value_name = "REF")]
    pub(crate) references: Vec<String>,
    /// Ask for the size of each platform's image too, which takes a request for each
    #[arg(long)]
    pub(crate) sizes: bool,
    /// Where there is no native build, look for a newer tag or a successor that has one
    #[arg(long)]
    pub(crate) advice: bool,
}

/// How bad is too bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// What fails.
    Error,
    /// That, and what is wrong on another architecture.
    Warning,
    /// Anything.
    Note,
}

impl FailOn {
    /// 1 where the worst that was found is as bad as `bound`, or worse.
    pub(crate) fn code(bound: Option<Self>, worst: Option<Severity>) -> ExitCode {
        let bound = bound.map(|bound| match bound {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        });
        match (bound, worst) {
            (Some(bound), Some(worst)) if worst >= bound => ExitCode::from(1),
            _ => ExitCode::SUCCESS,
        }
    }
}

/// Whether a command changes something that outlives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// Containers.
    Containers,
    /// Nothing.
    Nothing,
}

impl Command {
    fn prints_sarif(&self) -> bool {
        let of_compose = matches!(self, Self::Compose { what } if what.prints_sarif());
        let of_dockerfile = matches!(self, Self::Dockerfile(Dockerfile::Check(check)) if check.sarif);
        of_compose || of_dockerfile || matches!(self, Self::Verify(verify) if verify.sarif)
    }

    /// What it may be in the middle of when it is interrupted.
    pub(crate) fn writes(&self) -> Writes {
        let dry = matches!(self, Self::Rerun(Rerun { dry_run: true, .. }));
        if !dry && matches!(self, Self::Rerun(_) | Self::Undo { .. } | Self::Discard { .. }) {
            Writes::Containers
        } else {
            Writes::Nothing
        }
    }
}

/// What is looked into: a container, or an image that never ran.
#[derive(Args, Clone, Debug)]
pub(crate) struct Diagnose {
    /// Its name or id
    #[arg(required_unless_present = "image", conflicts_with = "image")]
    pub(crate) container: Option<String>,
    /// An image that is here instead; it is neither pulled nor run
    #[arg(long, value_name = "REF")]
    pub(crate) image: Option<String>,
    /// Which of the image's platforms, such as linux/amd64, or `native`
    #[arg(
        long,
        value_name = "PLATFORM",
        requires = "image",
        conflicts_with = "container"
    )]
    pub(crate) platform: Option<String>,
    /// Print it as Markdown for an issue report, without secrets
    #[arg(long)]
    pub(crate) markdown: bool,
}

/// Which containers are run again, and when.
#[derive(Args, Clone, Debug)]
pub(crate) struct Rerun {
    /// Names or ids; of several, one that fails leaves the others alone
    #[arg(required = true, value_name = "CONTAINER")]
    pub(crate) containers: Vec<String>,
    #[command(flatten)]
    pub(crate) how: How,
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// How long the new container is watched before it counts as running
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub(crate) wait: u64,
}

/// How a container is run again.
#[derive(Args, Clone, Debug)]
pub(crate) struct How {
    /// The platform, such as linux/amd64, or `native`; without it, what the diagnosis suggests
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Make the new container itself, also of what Compose or a dev container's tool made and would make anew
    #[arg(long)]
    by_hand: bool,
    /// Let the new container write into copies of its volumes, made while the old one is stopped
    #[arg(long)]
    copy_volumes: bool,
}

impl How {
    /// The same in the session's words.
    pub(crate) fn options(&self) -> RerunOptions {
        let way = if self.by_hand { Way::ByHand } else { Way::Usual };
        let volumes = if self.copy_volumes {
            Volumes::Copied
        } else {
            Volumes::Shared
        };
        RerunOptions {
            platform: self.platform.clone(),
            way,
            volumes,
        }
    }
}

/// What is asked of Rosetta, or done to it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Rosetta {
    /// Turn it on or off, or undo the last change; without it, only say how it is
    pub(crate) turn: Option<TurnWord>,
    /// Run a small program of our own on the engine, which tells for certain
    #[arg(long, conflicts_with = "turn")]
    pub(crate) probe: bool,
    #[command(flatten)]
    pub(crate) turning: Turning,
}

/// How a setting is changed.
#[derive(Args, Clone, Debug)]
pub(crate) struct Turning {
    /// Show what would be done, and do nothing
    #[arg(long, requires = "turn")]
    pub(crate) dry_run: bool,
    /// Do it without asking
    #[arg(long, requires = "turn")]
    pub(crate) yes: bool,
    /// Restart the runtime too where the change waits for that, which stops its running containers
    #[arg(long, requires = "turn")]
    pub(crate) restart: bool,
    /// The runtime, where several are here: docker-desktop, orbstack, colima, lima, rancher-desktop or podman, and a
    /// machine of it as colima:work
    #[arg(long, value_name = "NAME", requires = "turn")]
    pub(crate) runtime: Option<String>,
}

/// What becomes of Rosetta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TurnWord {
    /// Turn it on
    On,
    /// Turn it off
    Off,
    /// Take the last change back
    Undo,
}

impl TurnWord {
    /// The same for the session.
    pub(crate) fn turn(self) -> Turn {
        match self {
            Self::On => Turn::On,
            Self::Off => Turn::Off,
            Self::Undo => Turn::Back,
        }
    }
}

impl Arguments {
    /// Reads what was said, the program's name first.
    pub(crate) fn read(
        words: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> clap::error::Result<Self> {
        let arguments = Self::try_parse_from(words)?;
        let markdown = matches!(
            arguments.command,
            Some(Command::Diagnose(Diagnose { markdown: true, .. }) | Command::Setup { markdown: true })
        );
        let sarif = arguments.command.as_ref().is_some_and(Command::prints_sarif);
        if sarif && arguments.json {
            let message = "the argument '--sarif' cannot be used with '--json'";
            return Err(Self::command_line().error(ErrorKind::ArgumentConflict, message));
        }
        // Clap sees a conflict with a global option only when both stand behind the command.
        if markdown && arguments.json {
            let message = "the argument '--markdown' cannot be used with '--json'";
            return Err(Self::command_line().error(ErrorKind::ArgumentConflict, message));
        }
        Ok(arguments)
    }

    fn command_line() -> clap::Command {
        <Self as clap::CommandFactory>::command()
    }

    /// The command, `status` when none is said.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.command.clone().unwrap_or(Command::Status);
        if let Command::Dockerfile(Dockerfile::Check(check)) = &mut command {
            check.folder = self.context.as_ref().map(PathBuf::from);
        }
        command
    }

    /// What was said, over what the environment says.
    pub(crate) fn setup(&self, environment: Setup) -> Setup {
        Setup {
            host: self.host.clone(),
            context: self.context.clone(),
            root: self.root.clone().unwrap_or(environment.root),
            home: self.home.clone().unwrap_or(environment.home),
            // The environment speaks of the own home's folders.
            folders: match self.home {
                None => environment.folders,
                Some(_) => companion::Folders::default(),
            },
            sample: self.sample,
            ..environment
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds_together() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn an_address_and_a_context_exclude_each_other() {
        assert!(Arguments::try_parse_from(["archlight", "--host", "unix:///x", "--context", "y"]).is_err());
    }

    #[test]
    fn markdown_and_json_exclude_each_other_wherever_they_stand() {
        for words in [
            "diagnose x --markdown --json",
            "--json diagnose x --markdown",
            "--json setup --markdown",
        ] {
            let words = std::iter::once("archlight").chain(words.split(' '));
            assert!(Arguments::read(words).is_err());
        }
        assert!(Arguments::read(["archlight", "diagnose", "x", "--markdown"]).is_ok());
    }

    #[test]
    fn the_context_of_a_dockerfile_is_a_folder() {
        let words = "archlight dockerfile check Dockerfile --context web --fail-on warning";
        let arguments = Arguments::read(words.split(' ')).expect("it is fine");
        let Command::Dockerfile(Dockerfile::Check(check)) = arguments.command() else {
            panic!("{arguments:?}")
        };
        assert_eq!(check.folder, Some(PathBuf::from("web")));
        assert_eq!(check.fail_on, Some(FailOn::Warning));
        assert!(Arguments::read("archlight --json dockerfile check x --sarif".split(' ')).is_err());
    }

    #[test]
    fn wanted_platforms_are_a_list() {
        let words = "archlight verify acme/web:1 --platforms linux/amd64,linux/arm64 --platform linux/arm/v7";
        let arguments = Arguments::read(words.split(' ')).expect("it is fine");
        let Command::Verify(verify) = arguments.command() else {
            panic!("{arguments:?}")
        };
        assert_eq!(verify.platforms, ["linux/amd64", "linux/arm64", "linux/arm/v7"]);
        assert_eq!(verify.fail_on, FailOn::Warning);
        for words in ["verify a --sarif --json", "--json compose check --sarif"] {
            let words = std::iter::once("archlight").chain(words.split(' '));
            assert!(Arguments::read(words).is_err());
        }
    }

    #[test]
    fn either_a_container_or_an_image_is_diagnosed() {
        let parse = |arguments: &[&str]| {
            Arguments::try_parse_from([&["archlight", "diagnose"], arguments].concat()).is_ok()
        };
        assert!(parse(&["web"]) && parse(&["--image", "acme/web"]));
        assert!(parse(&["--image", "acme/web", "--platform", "linux/arm64"]));
        assert!(!parse(&[]) && !parse(&["web", "--image", "acme/web"]));
        assert!(!parse(&["web", "--platform", "linux/arm64"]));
    }

    #[test]
    fn rosetta_is_changed_only_by_a_word() {
        let parse = |arguments: &[&str]| {
            Arguments::try_parse_from([&["archlight", "rosetta"], arguments].concat()).is_ok()
        };
        assert!(
            parse(&[]) && parse(&["on", "--dry-run"]) && parse(&["undo", "--yes", "--runtime", "colima"])
        );
        assert!(!parse(&["--yes"]) && !parse(&["maybe"]) && !parse(&["on", "off"]));
    }

    #[test]
    fn without_a_command_the_status_is_shown() {
        let arguments = Arguments::try_parse_from(["archlight", "--json"]).expect("it is fine");
        assert!(matches!(arguments.command(), super::Command::Status));
    }
}
