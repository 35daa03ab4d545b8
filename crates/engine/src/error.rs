//! What can go wrong with an engine, as data. The words for people are written in one place elsewhere.

use bollard::errors::Error as Bollard;

use crate::act::NeededNetwork;

/// Why the engine could not be found, did not answer, or refused.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No socket of any known runtime exists, and nothing names another.
    #[error("no engine was found; looked at {}", looked_at.join(", "))]
    NotFound {
        /// Where was looked, in order.
        looked_at: Vec<String>,
    },
    /// The context that was asked for does not exist.
    #[error("there is no context `{name}`")]
    UnknownContext {
        /// Its name.
        name: String,
    },
    /// A file of the context store could not be used.
    #[error("`{file}` cannot be used: {why}")]
    BadContext {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// An address of a kind that is not spoken here.
    #[error("`{url}` is not an address of an engine that can be used: {why}")]
    UnsupportedEndpoint {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
    /// Nobody listens there.
    #[error("nothing answers at {endpoint}")]
    Unreachable {
        /// The address.
        endpoint: String,
        /// What the system said.
        why: String,
    },
    /// `ssh` did not lead to an engine.
    #[error("`ssh` does not lead to the engine at {endpoint}: {why}")]
    NoWayThere {
        /// The address.
        endpoint: String,
        /// What `ssh` said.
        why: String,
    },
    /// The user may not open the socket.
    #[error("permission to use {endpoint} is refused")]
    PermissionDenied {
        /// The address.
        endpoint: String,
    },
    /// No answer within the time limit.
    #[error("the engine did not answer `{what}` within {seconds} s")]
    TimedOut {
        /// What was asked.
        what: String,
        /// The limit.
        seconds: u64,
    },
    /// Something answers, but not in the engine's language.
    #[error("the answer to `{what}` is not a Docker engine's: {why}")]
    NotAnEngine {
        /// What was asked.
        what: String,
        /// Why it was not understood.
        why: String,
    },
    /// The engine's newest API lacks what is needed.
    #[error("the engine speaks API {offered}, and {needed} is needed")]
    TooOld {
        /// The newest version that it speaks.
        offered: String,
        /// The oldest that is enough.
        needed: String,
    },
    /// The engine no longer accepts the newest API that is spoken here.
    #[error("the engine needs API {needed} at least, and {spoken} is the newest that is spoken here")]
    TooNew {
        /// The oldest version that it accepts.
        needed: String,
        /// The newest that is spoken here.
        spoken: String,
    },
    /// There is no such container, image, file or network (any more).
    #[error("{message}")]
    NotThere {
        /// The engine's words.
        message: String,
    },
    /// The name is in use, or the state does not allow it.
    #[error("{message}")]
    Conflict {
        /// The engine's words.
        message: String,
    },
    /// The engine refused for another reason.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The engine's words.
        message: String,
    },
    /// An image could not be pulled.
    #[error("{reference} could not be pulled for {platform}: {message}")]
    PullFailed {
        /// The image.
        reference: String,
        /// The platform that was wanted.
        platform: String,
        /// The engine's or the registry's words.
        message: String,
    },
    /// The registry gave an image of another platform than the one that was asked for.
    #[error("{reference} has no build for {platform}; it has {came}")]
    OtherPlatform {
        /// The image.
        reference: String,
        /// The platform that was wanted.
        platform: String,
        /// What came.
        came: String,
    },
    /// An answer was larger than its bound.
    #[error("the answer to `{what}` is larger than {limit} bytes")]
    TooLarge {
        /// What was asked.
        what: String,
        /// The bound in bytes.
        limit: usize,
    },
    /// A stream ended or broke before it was complete.
    #[error("the answer to `{what}` broke off: {why}")]
    BrokenOff {
        /// What was asked.
        what: String,
        /// Why, as far as it is known.
        why: String,
    },
    /// A name that no container can have.
    #[error("`{name}` is not a name or id that a container can have")]
    BadName {
        /// The name.
        name: String,
    },
    /// There is nothing that an undo or a discard could be done with.
    #[error("{message}")]
    NothingKept {
        /// Why.
        message: String,
    },
    /// A re-run, an undo or a discard that is not possible as things are.
    #[error("{message}")]
    NotPossible {
        /// Why.
        message: String,
    },
    /// A re-run that was interrupted, and waits for an undo or another run.
    #[error("the re-run of `{name}` was interrupted: undo it, or run it again to finish it")]
    Unfinished {
        /// The container's name.
        name: String,
    },
    /// Somebody removed the old container of a re-run that was interrupted, so that nothing can be taken back.
    #[error("the old container of `{name}` is gone: somebody removed it")]
    OldIsGone {
        /// Its name.
        name: String,
    },
    /// A container that is to run again was in networks that are not there any more.
    #[error("`{container}` was in the network {}, which {} gone", quoted(networks), if networks.len() == 1 { "is" } else { "are" })]
    NetworksGone {
        /// The container's name.
        container: String,
        /// The networks.
        networks: Vec<NeededNetwork>,
    },
    /// A container that is to run again had chosen addresses that the networks of these names do not hold.
    #[error("`{container}` had {}", listed(networks, outside))]
    OtherSubnet {
        /// The container's name.
        container: String,
        /// The networks, with the subnets that they have now.
        networks: Vec<NeededNetwork>,
    },
    /// A container that is to run again could not be put into a network that it was in.
    #[error("`{container}` could not be put into the network `{}`: {why}", network.name)]
    NotJoined {
        /// The container's name.
        container: String,
        /// The network.
        network: Box<NeededNetwork>,
        /// What the engine said.
        why: Box<EngineError>,
    },
    /// Others live in the network, the memory or the processes of a container, or are linked to it, and would lose it.
    #[error(
        "{} live in the network, the memory or the processes of `{container}`, or are linked to it, and would lose it",
        listed(names, |name| format!("`{name}`"))
    )]
    Dependents {
        /// The container's name.
        container: String,
        /// Their names.
        names: Vec<String>,
    },
    /// Another process re-runs this container just now.
    #[error("`{name}` is being re-run just now")]
    UnderWay {
        /// Its name.
        name: String,
    },
    /// What a re-run is about to do cannot be written down, so it is not done.
    #[error("`{file}` cannot be written: {why}")]
    JournalFailed {
        /// The file or folder.
        file: String,
        /// What the system said.
        why: String,
    },
    /// A step failed, and so did putting everything back.
    #[error("{failed}; and putting it back failed too: {rollback}")]
    RollbackFailed {
        /// What failed first.
        failed: Box<EngineError>,
        /// What failed then.
        rollback: Box<EngineError>,
        /// The name under which the old container is now.
        kept_as: String,
    },
}

impl EngineError {
    /// Whether the engine itself is out of reach, so that everything else would fail as well.
    pub fn is_lost(&self) -> bool {
        matches!(
            self,
            Self::NotFound { .. }
                | Self::Unreachable { .. }
                | Self::NoWayThere { .. }
                | Self::PermissionDenied { .. }
                | Self::TimedOut { .. }
                | Self::NotAnEngine { .. }
                | Self::BrokenOff { .. }
                | Self::TooOld { .. }
                | Self::TooNew { .. }
        )
    }

    /// From bollard's error, `what` being what was asked of `endpoint`.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library's other kinds are told by their sources"
    )]
    pub(crate) fn of(error: Bollard, what: &str, endpoint: &str, seconds: u64) -> Self {
        match error {
            Bollard::DockerResponseServerError { status_code, message } => {
                Self::of_status(status_code, message)
            }
            Bollard::RequestTimeoutError => Self::TimedOut {
                what: what.to_owned(),
                seconds,
            },
            Bollard::SocketNotFoundError(path) => Self::Unreachable {
                endpoint: endpoint.to_owned(),
                why: format!("`{path}` does not exist"),
            },
            Bollard::DockerStreamError { error } => Self::Refused {
                status: 200,
                message: error,
            },
            other => Self::of_transport(&other, what, endpoint),
        }
    }

    fn of_status(status: u16, message: String) -> Self {
        match status {
            404 => Self::NotThere { message },
            409 => Self::Conflict { message },
            _ => Self::Refused { status, message },
        }
    }

    fn of_transport(error: &Bollard, what: &str, endpoint: &str) -> Self {
        match io_kind(error) {
            Some(std::io::ErrorKind::PermissionDenied) => Self::PermissionDenied {
                endpoint: endpoint.to_owned(),
            },
            Some(_) if is_connect(error) => Self::Unreachable {
                endpoint: endpoint.to_owned(),
                why: innermost(error),
            },
            None if is_parse(error) => Self::NotAnEngine {
                what: what.to_owned(),
                why: innermost(error),
            },
            _ => Self::BrokenOff {
                what: what.to_owned(),
                why: innermost(error),
            },
        }
    }
}

fn quoted(networks: &[NeededNetwork]) -> String {
    listed(networks, |network| format!("`{}`", network.name))
}

fn listed<T>(all: &[T], say: impl Fn(&T) -> String) -> String {
    let said: Vec<String> = all.iter().map(say).collect();
    said.join(" and ")
}

fn outside(network: &NeededNetwork) -> String {
    let addresses: Vec<String> = network.addresses.iter().map(ToString::to_string).collect();
    format!(
        "the address {} in the network `{}`, whose subnet is {} now",
        addresses.join(" and "),
        network.name,
        network.has.join(" and ")
    )
}

fn is_connect(error: &Bollard) -> bool {
    matches!(error, Bollard::HyperLegacyError { err } if err.is_connect())
}

/// Whether the bytes that came were no HTTP, or no JSON.
fn is_parse(error: &Bollard) -> bool {
    if matches!(
        error,
        Bollard::JsonDataError { .. } | Bollard::JsonSerdeError { .. } | Bollard::APIVersionParseError {}
    ) {
        return true;
    }
    // The second is what something says that talks first, such as a mail server.
    let signs = ["invalid HTTP", "received unexpected message"];
    sources(error).any(|source| signs.iter().any(|sign| source.to_string().contains(sign)))
}

fn io_kind(error: &Bollard) -> Option<std::io::ErrorKind> {
    sources(error)
        .find_map(|source| source.downcast_ref::<std::io::Error>())
        .map(std::io::Error::kind)
}

fn innermost(error: &Bollard) -> String {
    sources(error)
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
