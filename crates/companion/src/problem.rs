//! The one place where technical errors become a kind, a sentence and a hint.

use engine::{EngineError, act::NeededNetwork};
use sources::SourcesError;

use crate::{compose, compose_words, view::Problem};

/// What the session itself refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The plan has blockers.
    Blocked(Vec<String>),
    /// A platform that cannot be read.
    BadPlatform(String),
    /// An image that is not here, or not for this platform, and the engine's words for it.
    NoImage(String, String),
    /// Nobody said yes.
    NotConfirmed,
    /// Several re-runs are under way already.
    Busy,
    /// The plan is another one than the one that was agreed to.
    OtherPlan,
    /// A runtime whose name is not known.
    BadRuntime(String),
    /// The sample engine could not be started.
    NoSample(String),
    /// The session has ended.
    Ended,
}

impl From<&EngineError> for Problem {
    fn from(error: &EngineError) -> Self {
        Self {
            kind: kind(error).to_owned(),
            message: sentence(error),
            hint: hint(error),
        }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        Self::from(&error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (kind, message, hint) = match refusal {
            Refusal::Blocked(reasons) => (
                "not-safe",
                reasons.join("; "),
                "Run the same with `--dry-run` to see the whole plan".to_owned(),
            ),
            Refusal::BadPlatform(why) => (
                "bad-platform",
                why,
                "Write it as `linux/arm64`, `linux/amd64` or `native`".to_owned(),
            ),
            Refusal::NoImage(reference, why) => (
                "not-found",
                if plain(&why).trim().is_empty() {
                    format!("There is no image {}", plain(&reference))
                } else {
                    capitalised(&plain(&why))
                },
                "`archlight images` lists what is here; nothing is pulled for a diagnosis, so pull it first"
                    .to_owned(),
            ),
            Refusal::NotConfirmed => (
                "not-confirmed",
                "Nothing was changed, because nobody said yes".to_owned(),
                "Add `--yes` to carry it out, or `--dry-run` to see what it would do".to_owned(),
            ),
            Refusal::Busy => (
                "busy",
                "Several containers are being re-run already".to_owned(),
                "Wait for them, or stop them after the one that is under way".to_owned(),
            ),
            Refusal::OtherPlan => (
                "plan-changed",
                "Nothing was changed, because the plan is no longer the one that was shown".to_owned(),
                "Look at the plan again, and agree to that one".to_owned(),
            ),
            Refusal::BadRuntime(name) => (
                "bad-runtime",
                format!("`{}` is no runtime whose settings are known", plain(&name)),
                "Write it as `docker-desktop`, `orbstack`, `colima`, `lima`, `rancher-desktop`, `podman` or `finch`, and a machine's name behind a colon, such as `colima:work`".to_owned(),
            ),
            Refusal::NoSample(why) => (
                "no-sample",
                format!("The sample engine could not be started: {why}"),
                "Make sure that the temporary folder can be written".to_owned(),
            ),
            Refusal::Ended => (
                "ended",
                "The session has ended".to_owned(),
                "Start Archlight again".to_owned(),
            ),
        };
        Self {
            kind: kind.to_owned(),
            message,
            hint,
        }
    }
}

impl From<SourcesError> for Problem {
    fn from(error: SourcesError) -> Self {
        let (kind, hint) = match &error {
            SourcesError::Changed { path } => (
                "file-changed",
                format!(
                    "Look at `{}`: take out of it by hand what is not wanted, then try again, or keep it with `archlight discard`",
                    path.display()
                ),
            ),
            SourcesError::Failed { .. } => (
                "file-failed",
                "Make room on the disk, or make that folder yours to write, and try again".to_owned(),
            ),
            SourcesError::NotText { .. } => ("file-not-usable", "Save it in UTF-8, and try again".to_owned()),
            SourcesError::BadLabel { .. }
            | SourcesError::NotHere { .. }
            | SourcesError::NotAFile { .. }
            | SourcesError::TooLarge { .. }
            | SourcesError::NotOurs { .. } => (
                "file-not-usable",
                "Put the project's files back where they were, and move what is in the way".to_owned(),
            ),
        };
        Self {
            kind: kind.to_owned(),
            message: capitalised(&plain(&error.to_string())),
            hint: plain(&hint),
        }
    }
}

impl From<compose::Failure> for Problem {
    fn from(failure: compose::Failure) -> Self {
        Self {
            kind: "compose-failed".to_owned(),
            message: compose_words::sentence(&failure),
            hint: "Run `docker compose up` in the project's folder: it says more".to_owned(),
        }
    }
}

/// A step failed, and so did taking everything back.
pub(crate) fn not_put_back(failed: &Problem, rollback: &Problem, name: &str) -> Problem {
    Problem {
        kind: "rollback-failed".to_owned(),
        message: format!(
            "{}; and putting it back failed too: {}",
            failed.message, rollback.message
        ),
        hint: format!("`archlight undo {}` tries again; volumes are whole", plain(name)),
    }
}

fn kind(error: &EngineError) -> &'static str {
    match error {
        EngineError::NotFound { .. } => "no-engine",
        EngineError::UnknownContext { .. } => "unknown-context",
        EngineError::BadContext { .. } => "bad-context",
        EngineError::UnsupportedEndpoint { .. } => "unsupported-endpoint",
        EngineError::Unreachable { .. } | EngineError::NoWayThere { .. } => "engine-unreachable",
        EngineError::PermissionDenied { .. } => "permission-denied",
        EngineError::TimedOut { .. } => "engine-timeout",
        EngineError::NotAnEngine { .. } => "not-an-engine",
        EngineError::TooOld { .. } => "engine-too-old",
        EngineError::TooNew { .. } => "engine-too-new",
        EngineError::NotThere { .. } => "not-found",
        EngineError::Conflict { .. } => "conflict",
        EngineError::Refused { .. } => "engine-refused",
        EngineError::PullFailed { .. } => "pull-failed",
        EngineError::OtherPlatform { .. } => "platform-unavailable",
        EngineError::TooLarge { .. } => "answer-too-large",
        EngineError::BrokenOff { .. } => "answer-broken-off",
        EngineError::BadName { .. } => "bad-name",
        EngineError::NothingKept { .. } => "nothing-kept",
        EngineError::NotPossible { .. } => "not-possible",
        EngineError::NetworksGone { .. } => "network-gone",
        EngineError::Unfinished { .. } => "interrupted-rerun",
        EngineError::OldIsGone { .. } => "old-gone",
        EngineError::OtherSubnet { .. } => "other-subnet",
        EngineError::NotJoined { .. } => "not-joined",
        EngineError::Dependents { .. } => "dependents",
        EngineError::UnderWay { .. } => "under-way",
        EngineError::JournalFailed { .. } => "journal-failed",
        EngineError::RollbackFailed { .. } => "rollback-failed",
    }
}

/// The error's own words, with a capital: they were written as sentences.
fn sentence(error: &EngineError) -> String {
    let text = plain(&error.to_string());
    if text.trim().is_empty() {
        return "The engine gave no reason".to_owned();
    }
    capitalised(&text)
}

/// Foreign text without what could move a cursor or turn what stands after it around, and not for ever.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() && !is_mark(*letter))
        .take(LONGEST)
        .collect()
}

/// Marks that nobody sees: of no width, or of a direction.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A sentence that may quote foreign text.
pub(crate) fn said(sentence: &str) -> String {
    capitalised(&plain(sentence))
}

/// `text` with its first letter as sentences have it. A name or a path stays as it is.
pub(crate) fn capitalised(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    if !first_word.chars().all(char::is_alphabetic) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The engine's own words are foreign text: this much of them is enough.
const LONGEST: usize = 1000;

fn hint(error: &EngineError) -> String {
    match error {
        EngineError::NotFound { .. } => {
            "Start Docker Desktop or another runtime, name one with `--host` or `--context`, or look around with `--sample`"
        }
        EngineError::UnknownContext { .. } => "`docker context ls` lists the contexts that exist",
        EngineError::BadContext { .. } => "Repair the file, or name the engine with `--host`",
        EngineError::UnsupportedEndpoint { .. } => "Use an address such as `unix:///var/run/docker.sock`",
        EngineError::Unreachable { .. } => "Start the runtime, or choose another one with `--context` or `--host`",
        EngineError::NoWayThere { .. } => {
            "Make `ssh` to that host work in a terminal without a question first; a key can be named for it in `~/.ssh/config`"
        }
        EngineError::PermissionDenied { .. } => {
            "Add your user to the `docker` group and sign in again, or choose a socket of your own"
        }
        EngineError::TimedOut { .. } => "Look whether the runtime hangs, restart it, and try again",
        EngineError::NotAnEngine { .. } => "Check the address: something else answers there",
        EngineError::TooOld { .. } => "Update the engine to 20.10 or newer",
        EngineError::TooNew { .. } => "Update Archlight",
        EngineError::NotThere { .. } | EngineError::BadName { .. } => "`archlight containers` lists what there is",
        EngineError::Conflict { .. } => "Look at what has the name or the port now, and try again",
        EngineError::Refused { .. } => "Read what the engine says, and try again when it is settled",
        EngineError::PullFailed { .. } => {
            "Nothing was changed; look at the network, sign in with `docker login`, or pull it by hand first"
        }
        EngineError::OtherPlatform { .. } => {
            "Nothing was changed; `archlight platforms` lists what the registry has of an image"
        }
        EngineError::TooLarge { .. } => "Ask for less, or report it with the engine's version",
        EngineError::BrokenOff { .. } => "Try again; if it happens again, look at the engine's own log",
        EngineError::NothingKept { .. } => "`archlight containers` lists what was kept, as `NAME.kept-for-ID`",
        EngineError::NotPossible { .. } => {
            "Everything is as it was; `archlight diagnose` and the container's log say more"
        }
        EngineError::NetworksGone { networks, .. } => {
            return format!(
                "Nothing was changed; make it again with {}, and try again: the container is put into it",
                listed(networks, |network| plain(&format!("`{}`", network.command())))
            );
        }
        EngineError::OtherSubnet { networks, .. } => {
            return format!(
                "Nothing was changed; {}, and try again: the container is put into it with its own address",
                listed(networks, made_anew)
            );
        }
        EngineError::NotJoined {
            container, network, ..
        } => {
            let own = if network.addresses.is_empty() {
                String::new()
            } else {
                format!(" (an address of its own needs a network that was made with its subnet: {})", made_anew(network))
            };
            return format!(
                "Its place there is written down: settle what the engine says{own}, and `archlight undo {container}` puts it there"
            );
        }
        EngineError::Unfinished { name } => {
            return format!("`archlight undo {name}` takes it back, and `archlight rerun {name}` finishes it");
        }
        EngineError::OldIsGone { name } => {
            return format!(
                "`archlight discard {name}` settles it: the new container stays, and gets the name; nothing can be taken back"
            );
        }
        EngineError::Dependents { .. } => {
            "Nothing was changed; remove them first, and make them anew afterwards"
        }
        EngineError::UnderWay { .. } => "Wait until it has ended, here or in the other window or terminal",
        EngineError::JournalFailed { .. } => {
            "Nothing was changed; make room on the disk, or make that folder yours to write"
        }
        EngineError::RollbackFailed { kept_as, .. } => {
            return format!("The old container is whole, as `{kept_as}`: settle what failed, and `archlight undo` with its name tries again");
        }
    }
    .to_owned()
}

fn listed(networks: &[NeededNetwork], say: impl Fn(&NeededNetwork) -> String) -> String {
    let said: Vec<String> = networks.iter().map(say).collect();
    said.join(", ")
}

fn made_anew(network: &NeededNetwork) -> String {
    plain(&format!(
        "take all out of it, remove it with `docker network rm {}`, make it with `{}`",
        network.name,
        network.command()
    ))
}

impl Problem {
    /// The exit code of the contract: 2 usage, 3 no engine, 4 refused because it is not safe, else 1.
    pub fn exit_code(&self) -> u8 {
        match self.kind.as_str() {
            "bad-platform"
            | "bad-reference"
            | "bad-runtime"
            | "bad-name"
            | "unsupported-endpoint"
            | "usage" => 2,
            "no-engine" | "engine-unreachable" | "permission-denied" | "engine-timeout" | "not-an-engine"
            | "engine-too-old" | "engine-too-new" | "unknown-context" | "bad-context" => 3,
            "not-safe" | "platform-unavailable" | "dependents" | "not-confirmed" | "plan-changed" => 4,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_kind_a_sentence_and_a_hint() {
        let errors = [
            EngineError::NotFound {
                looked_at: vec!["/var/run/docker.sock".into()],
            },
            EngineError::NotThere {
                message: String::new(),
            },
            EngineError::NotThere {
                message: "\u{1b}[31mred\n".into(),
            },
            EngineError::TooOld {
                offered: "1.40".into(),
                needed: "1.41".into(),
            },
        ];
        for problem in errors.iter().map(Problem::from) {
            assert!(
                problem
                    .kind
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{problem:?}"
            );
            assert!(
                !problem.message.is_empty() && !problem.message.contains(char::is_control),
                "{problem:?}"
            );
            assert!(
                !problem.hint.is_empty() && !problem.hint.ends_with('.'),
                "{problem:?}"
            );
        }
    }

    #[test]
    fn a_network_that_is_missed_comes_with_the_command_that_makes_it() {
        let container = "web".to_owned();
        let network = NeededNetwork {
            name: "front".to_owned(),
            addresses: vec![[10, 9, 0, 77].into()],
            subnets: vec!["10.9.0.0/24".to_owned()],
            gateway: None,
            has: vec!["10.77.0.0/24".to_owned()],
        };
        let why = Box::new(EngineError::NotPossible {
            message: "no".to_owned(),
        });
        for (kind, error) in [
            (
                "network-gone",
                EngineError::NetworksGone {
                    container: container.clone(),
                    networks: vec![network.clone()],
                },
            ),
            (
                "other-subnet",
                EngineError::OtherSubnet {
                    container: container.clone(),
                    networks: vec![network.clone()],
                },
            ),
            (
                "not-joined",
                EngineError::NotJoined {
                    container,
                    network: Box::new(network),
                    why,
                },
            ),
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.kind, kind);
            assert!(problem.message.contains("`front`"), "{problem:?}");
            let command = "`docker network create --subnet 10.9.0.0/24 front`";
            assert!(problem.hint.contains(command), "{problem:?}");
        }
    }

    #[test]
    fn exit_codes_are_the_contracts() {
        let code = |error: EngineError| Problem::from(error).exit_code();
        assert_eq!(
            code(EngineError::NotFound {
                looked_at: Vec::new()
            }),
            3
        );
        assert_eq!(
            code(EngineError::NotThere {
                message: "No such container".into()
            }),
            1
        );
        assert_eq!(code(EngineError::BadName { name: "../x".into() }), 2);
        assert_eq!(Problem::from(Refusal::NotConfirmed).exit_code(), 4);
        assert_eq!(Problem::from(Refusal::Blocked(vec!["x".into()])).exit_code(), 4);
    }
}
