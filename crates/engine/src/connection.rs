//! A connection: which engine answers, and which version of its API was agreed on.

use std::{os::unix::fs::FileTypeExt as _, sync::Arc, time::Duration};

use bollard::Docker;

use crate::{
    Endpoint, EngineError, Identity,
    act::probe::Remembered,
    began::start_mark,
    identity::{ApiVersion, Info, Version},
    read,
    tunnel::{Destination, Tunnel},
};

/// Long enough for a virtual machine that wakes up, short enough that nobody thinks that we hang.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// `GET /info` of an engine with many plugins is some ten kilobytes.
const IDENTITY_BYTES: usize = 4 * 1024 * 1024;

/// An engine that answered. Cheap to clone; every call opens a connection of its own.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) docker: Docker,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) api: ApiVersion,
    /// What probes found out.
    pub(crate) remembered: Remembered,
    /// It is open as long as somebody may use it.
    _tunnel: Option<Arc<Tunnel>>,
}

impl Engine {
    /// Connects, agrees on an API version, and asks the engine who it is.
    pub async fn connect(endpoint: &Endpoint) -> Result<Self, EngineError> {
        let tunnel = tunnel(endpoint)?;
        let docker = dial(endpoint, tunnel.as_ref())?;
        let ask = async {
            let (version, info, start) = tokio::join!(
                read::json::<Version>(&docker, endpoint, "/version", IDENTITY_BYTES),
                read::json::<Info>(&docker, endpoint, "/info", IDENTITY_BYTES),
                start_mark(&docker, endpoint)
            );
            Ok::<_, EngineError>((version?, info?, start))
        };
        let (version, info, start) = read::within(CONNECT_LIMIT, "version", ask)
            .await
            .map_err(|error| no_answer(error, endpoint, tunnel.as_ref()))?;
        let api = version.agree(newest_api())?;
        Ok(Self {
            docker: read::speaking(docker, api),
            identity: Arc::new(Identity::new(&version, &info, api, endpoint).of_start(start)),
            endpoint: Arc::new(endpoint.clone()),
            api,
            remembered: Remembered::default(),
            _tunnel: tunnel.map(Arc::new),
        })
    }

    /// Who answers.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Where it answers.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}

/// What takes connections and hangs up is no engine: the socket of a runtime whose machine is down does that.
fn no_answer(error: EngineError, endpoint: &Endpoint, tunnel: Option<&Tunnel>) -> EngineError {
    let EngineError::BrokenOff { why, .. } = error else {
        return error;
    };
    if let Some(why) = tunnel.and_then(Tunnel::complaint) {
        let endpoint = endpoint.url.clone();
        return EngineError::NoWayThere { endpoint, why };
    }
    EngineError::Unreachable {
        endpoint: endpoint.url.clone(),
        why,
    }
}

/// The newest version whose shapes the client library knows.
fn newest_api() -> ApiVersion {
    let newest = bollard::API_DEFAULT_VERSION;
    let part = |part: usize| u32::try_from(part).unwrap_or(u32::MAX);
    ApiVersion(part(newest.major_version), part(newest.minor_version))
}

fn dial(endpoint: &Endpoint, tunnel: Option<&Tunnel>) -> Result<Docker, EngineError> {
    let seconds = read::TRANSPORT_LIMIT.as_secs();
    let version = bollard::API_DEFAULT_VERSION;
    let url = endpoint.url.as_str();
    if let Some(socket) = endpoint.socket() {
        check_socket(endpoint, socket)?;
    }
    let docker = match tunnel {
        Some(tunnel) => Docker::connect_with_unix(&tunnel.socket().to_string_lossy(), seconds, version),
        None if endpoint.socket().is_some() => Docker::connect_with_unix(url, seconds, version),
        None => Docker::connect_with_http(url, seconds, version),
    };
    docker.map_err(|error| EngineError::of(error, "connect", url, seconds))
}

/// The way to an engine on another machine, when it is one that `ssh` leads to.
fn tunnel(endpoint: &Endpoint) -> Result<Option<Tunnel>, EngineError> {
    if !endpoint.url.starts_with("ssh://") {
        return Ok(None);
    }
    let url = || endpoint.url.clone();
    let destination = Destination::parse(&endpoint.url)
        .map_err(|why| EngineError::UnsupportedEndpoint { url: url(), why })?;
    let opened = Tunnel::open(&destination).map_err(|error| EngineError::NoWayThere {
        endpoint: url(),
        why: error.to_string(),
    })?;
    Ok(Some(opened))
}

/// The client library only says that the socket is not there; the reasons need different hints.
fn check_socket(endpoint: &Endpoint, socket: &std::path::Path) -> Result<(), EngineError> {
    let why = match std::fs::metadata(socket) {
        Ok(metadata) if metadata.file_type().is_socket() => return Ok(()),
        Ok(_) => "it is not a socket".to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(EngineError::PermissionDenied {
                endpoint: endpoint.url.clone(),
            });
        }
        Err(_) => "there is no such socket".to_owned(),
    };
    Err(EngineError::Unreachable {
        endpoint: endpoint.url.clone(),
        why,
    })
}
