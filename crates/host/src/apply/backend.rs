//! The running Docker Desktop, asked and told through its own socket. Nothing of this is documented by its makers.
//!
//! Plain HTTP/1.1; each talk has a time and a size, and an answer of any other form is an error that says so.

use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{BackendError, Want};
use crate::{HostError, Roots, docker_desktop::http};

/// Where its makers' own programs find it, below the home folder.
const SOCKET: &str = "Library/Containers/com.docker.docker/Data/backend.sock";
/// Where its engine listens: somebody there means that it runs.
const ENGINE: &str = "Library/Containers/com.docker.docker/Data/docker.raw.sock";
/// It answers from memory; longer is a hang.
const LIMIT: Duration = Duration::from_secs(5);
/// The head and the sizes of chunks come with the body.
const ANSWER_BYTES: usize = 2 * http::LIMIT;
/// Looks for the new value, and the pause between two: it is taken over beside the answer, on a busy Mac after seconds.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

const ROSETTA: &str = "useVirtualizationFrameworkRosetta";
const FRAMEWORK: &str = "useVirtualizationFramework";
const DOCKER_VMM: &str = "useLibkrun";

/// Who listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Running {
    /// It can be told settings, at this socket.
    Backend(PathBuf),
    /// It runs, as this socket shows, and cannot be told.
    EngineOnly(PathBuf),
    /// Nobody listens.
    Nothing,
}

/// What it says of Rosetta; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) rosetta: Option<bool>,
    pub(super) framework: Option<bool>,
    pub(super) docker_vmm: Option<bool>,
    /// Whether an administrator decides.
    pub(super) is_locked: Option<bool>,
}

/// Whether the user's Docker Desktop runs.
pub(super) fn running(roots: &Roots) -> Running {
    let backend = listening(roots, &roots.home.join(SOCKET));
    let engine = || listening(roots, &roots.home.join(ENGINE));
    match backend.map(Running::Backend) {
        Some(running) => running,
        None => engine().map_or(Running::Nothing, Running::EngineOnly),
    }
}

/// Where somebody may listen of whom `socket` is: also one that hangs, or that this process may not talk to.
///
/// Only what a link leads to below the roots is connected to.
pub(super) fn listening(roots: &Roots, socket: &Path) -> Option<PathBuf> {
    let place = match roots.resolve(socket) {
        Ok(place) => place,
        Err(error) => return matches!(error, HostError::Denied { .. }).then(|| socket.into()),
    };
    let path = place.clone();
    let connected = in_time(move || Ok(UnixStream::connect(path).map(drop).map_err(|error| error.kind())));
    let is_somebody = match connected {
        Ok(Ok(())) | Err(_) => true,
        Ok(Err(kind)) => kind == io::ErrorKind::PermissionDenied,
    };
    is_somebody.then_some(place)
}

/// What it says of its settings now. What does not say of Rosetta whether it is on is no answer to change anything by.
pub(super) fn ask(socket: &Path) -> Result<Said, BackendError> {
    let flat = get(socket, "/app/settings/flat")?;
    let mut said = Said {
        rosetta: switch(&flat, ROSETTA)?,
        framework: switch(&flat, FRAMEWORK)?,
        docker_vmm: switch(&flat, DOCKER_VMM)?,
        is_locked: None,
    };
    if said.rosetta.is_none() {
        return Err(BackendError::OtherForm);
    }
    let grouped = match get(socket, "/app/settings") {
        Ok(grouped) => grouped,
        // Older ones may not have it, and it says only what the other does not.
        Err(BackendError::Status { .. }) => return Ok(said),
        Err(error) => return Err(error),
    };
    let desktop = grouped.get("desktop").unwrap_or(&grouped);
    let docker_vmm = switch(desktop, DOCKER_VMM)?;
    said.docker_vmm = said.docker_vmm.or(docker_vmm);
    if switch(desktop, ROSETTA)?.is_some()
        && let Some(locked) = desktop.get(ROSETTA).and_then(|entry| entry.get("locked"))
    {
        said.is_locked = Some(locked.as_bool().ok_or(BackendError::OtherForm)?);
    }
    Ok(said)
}

/// The switch of this name, bare or as `{"value":…}`. Anything else under the name is a form that is not known.
fn switch(object: &Value, key: &str) -> Result<Option<bool>, BackendError> {
    let Some(entry) = object.get(key).filter(|entry| !entry.is_null()) else {
        return Ok(None);
    };
    let value = entry.get("value").unwrap_or(entry);
    value.as_bool().map(Some).ok_or(BackendError::OtherForm)
}

/// The words that turn Rosetta on or off.
pub(super) fn words(want: Want) -> String {
    let mut desktop = serde_json::Map::new();
    if want.is_on() {
        desktop.insert(FRAMEWORK.to_owned(), true.into());
    }
    desktop.insert(ROSETTA.to_owned(), serde_json::json!({ "value": want.is_on() }));
    serde_json::json!({ "desktop": desktop }).to_string()
}

/// Turns Rosetta on or off, and looks whether it followed.
pub(super) fn tell(socket: &Path, want: Want) -> Result<(), BackendError> {
    let (status, _) = talk(socket, "POST", "/app/settings", Some(words(want)))?;
    if !matches!(status, 200 | 204) {
        return Err(BackendError::Status { status });
    }
    for look in 1..=LOOKS {
        if ask(socket)?.rosetta == Some(want.is_on()) {
            return Ok(());
        }
        if look < LOOKS {
            thread::sleep(PAUSE);
        }
    }
    Err(BackendError::Ignored)
}

fn get(socket: &Path, path: &'static str) -> Result<Value, BackendError> {
    let (status, body) = talk(socket, "GET", path, None)?;
    if status != 200 {
        return Err(BackendError::Status { status });
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(Value::Object(object)),
        Ok(_) | Err(_) => Err(BackendError::OtherForm),
    }
}

fn talk(
    socket: &Path,
    method: &'static str,
    path: &'static str,
    body: Option<String>,
) -> Result<(u16, Vec<u8>), BackendError> {
    let socket = socket.to_path_buf();
    in_time(move || {
        let failed = |error: &io::Error| failed(&socket, error);
        let deadline = Instant::now() + LIMIT;
        let mut stream = UnixStream::connect(&socket).map_err(|error| failed(&error))?;
        let body = body.unwrap_or_default();
        let request = http::request(method, path, &body);
        stream
            .set_write_timeout(Some(LIMIT))
            .and_then(|()| stream.write_all(request.as_bytes()))
            .map_err(|error| failed(&error))?;
        answer(&mut stream, deadline).map_err(|error| match error {
            Broken::System(error) => failed(&error),
            Broken::Form(error) => error,
        })
    })
}

/// Does `work` in a thread of its own: connecting has no time limit of itself.
fn in_time<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackendError> + Send + 'static,
) -> Result<T, BackendError> {
    let (done, awaited) = mpsc::channel();
    thread::spawn(move || done.send(work()).ok());
    let seconds = LIMIT.as_secs();
    awaited
        .recv_timeout(LIMIT)
        .unwrap_or(Err(BackendError::Silent { seconds }))
}

fn failed(socket: &Path, error: &io::Error) -> BackendError {
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        let seconds = LIMIT.as_secs();
        return BackendError::Silent { seconds };
    }
    BackendError::Failed {
        socket: socket.to_path_buf(),
        why: error.to_string(),
    }
}

enum Broken {
    System(io::Error),
    Form(BackendError),
}

/// The status and the body, read until both are complete.
fn answer(stream: &mut UnixStream, deadline: Instant) -> Result<(u16, Vec<u8>), Broken> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        if let Some(answer) = complete(&bytes, false)? {
            return Ok(answer);
        }
        if bytes.len() > ANSWER_BYTES {
            let limit = http::LIMIT;
            return Err(Broken::Form(BackendError::TooLong { limit }));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Broken::System(io::ErrorKind::TimedOut.into()));
        }
        stream.set_read_timeout(Some(left)).map_err(Broken::System)?;
        let count = match stream.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(Broken::System)?,
        };
        if count == 0 {
            return complete(&bytes, true)?.ok_or(Broken::Form(BackendError::OtherForm));
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
}

/// The answer in `bytes`; `None` as long as it is not all there.
fn complete(bytes: &[u8], ended: bool) -> Result<Option<(u16, Vec<u8>)>, Broken> {
    match http::response(bytes, ended) {
        Ok(answer) => Ok(answer.map(|it| (it.status, it.body))),
        Err(http::TOO_LARGE) => Err(Broken::Form(BackendError::TooLong { limit: http::LIMIT })),
        Err(_) => Err(Broken::Form(BackendError::OtherForm)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_said() {
        assert_eq!(
            words(Want::On),
            r#"{"desktop":{"useVirtualizationFramework":true,"useVirtualizationFrameworkRosetta":{"value":true}}}"#
        );
        assert_eq!(
            words(Want::Off),
            r#"{"desktop":{"useVirtualizationFrameworkRosetta":{"value":false}}}"#
        );
    }
}
