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

/// Where its makers' own programs find it, below the home folder.
const SOCKET: &str = "Library/Containers/com.docker.docker/Data/backend.sock";
/// Where its engine listens: somebody there means that it runs.
const ENGINE: &str = "Library/Containers/com.docker.docker/Data/docker.raw.sock";
/// It answers from memory; longer is a hang.
const LIMIT: Duration = Duration::from_secs(5);
/// All settings are some ten kilobytes.
const ANSWER_BYTES: usize = 1024 * 1024;
/// Looks for the new value, and the pause between two: it is taken over beside the answer.
const LOOKS: u32 = 10;
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

/// Whether Docker Desktop of the user with this home folder runs.
pub(super) fn running(home: &Path) -> Running {
    let (backend, engine) = (home.join(SOCKET), home.join(ENGINE));
    if listens(&backend) {
        Running::Backend(backend)
    } else if listens(&engine) {
        Running::EngineOnly(engine)
    } else {
        Running::Nothing
    }
}

/// Whether somebody may listen at `socket`: also one that hangs, or that this process may not talk to.
pub(super) fn listens(socket: &Path) -> bool {
    let path = socket.to_path_buf();
    let connected = in_time(move || Ok(UnixStream::connect(path).map(drop).map_err(|error| error.kind())));
    match connected {
        Ok(Ok(())) | Err(_) => true,
        Ok(Err(kind)) => kind == io::ErrorKind::PermissionDenied,
    }
}

/// What it says of its settings now.
pub(super) fn ask(socket: &Path) -> Result<Said, BackendError> {
    let flat = get(socket, "/app/settings/flat")?;
    let switch = |key| flat.get(key).and_then(Value::as_bool);
    let mut said = Said {
        rosetta: switch(ROSETTA),
        framework: switch(FRAMEWORK),
        docker_vmm: switch(DOCKER_VMM),
        is_locked: None,
    };
    if said.rosetta.is_none() && said.framework.is_none() {
        return Err(BackendError::OtherForm);
    }
    // Older ones may not have it, and it says only what the other does not.
    if let Ok(grouped) = get(socket, "/app/settings") {
        let desktop = grouped.get("desktop").unwrap_or(&grouped);
        let docker_vmm = desktop.get(DOCKER_VMM).and_then(bare);
        said.docker_vmm = said.docker_vmm.or(docker_vmm);
        let locked = desktop.get(ROSETTA).and_then(|entry| entry.get("locked"));
        said.is_locked = locked.and_then(Value::as_bool);
    }
    Ok(said)
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

/// Scalars stand bare or as `{"value":…}`.
fn bare(entry: &Value) -> Option<bool> {
    entry.as_bool().or_else(|| entry.get("value")?.as_bool())
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
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let request = [head.as_bytes(), body.as_bytes()].concat();
        stream
            .set_write_timeout(Some(LIMIT))
            .and_then(|()| stream.write_all(&request))
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
        if let Some(answer) = complete(&bytes, Ended::No).map_err(Broken::Form)? {
            return Ok(answer);
        }
        if bytes.len() > ANSWER_BYTES {
            let limit = ANSWER_BYTES;
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
            let answer = complete(&bytes, Ended::Yes).map_err(Broken::Form)?;
            return answer.ok_or(Broken::Form(BackendError::OtherForm));
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
}

/// Whether more bytes can come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

/// The status and the body in `bytes`; `None` as long as they are not all there.
fn complete(bytes: &[u8], ended: Ended) -> Result<Option<(u16, Vec<u8>)>, BackendError> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| BackendError::OtherForm)?;
    let body = &bytes[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(status).ok_or(BackendError::OtherForm)?;
    let headers: Vec<_> = lines.filter_map(|line| line.split_once(':')).collect();
    let header = |name: &str| {
        let mut named = headers
            .iter()
            .filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim())
    };
    if header("Transfer-Encoding").is_some_and(|it| it.eq_ignore_ascii_case("chunked")) {
        return Ok(unchunked(body)?.map(|body| (status, body)));
    }
    if matches!(status, 204 | 304) {
        return Ok(Some((status, Vec::new())));
    }
    if let Some(length) = header("Content-Length") {
        let length: usize = length.parse().map_err(|_| BackendError::OtherForm)?;
        if length > ANSWER_BYTES {
            return Err(BackendError::TooLong { limit: ANSWER_BYTES });
        }
        return Ok(body.get(..length).map(|body| (status, body.to_vec())));
    }
    Ok((ended == Ended::Yes).then(|| (status, body.to_vec())))
}

fn status(line: &str) -> Option<u16> {
    let rest = line
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| line.strip_prefix("HTTP/1.0 "))?;
    rest.get(..3)?.parse().ok()
}

fn unchunked(mut rest: &[u8]) -> Result<Option<Vec<u8>>, BackendError> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else {
            return Ok(None);
        };
        let size = std::str::from_utf8(&rest[..end]).map_err(|_| BackendError::OtherForm)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| BackendError::OtherForm)?;
        if size == 0 {
            return Ok(Some(body));
        }
        if size > ANSWER_BYTES {
            return Err(BackendError::TooLong { limit: ANSWER_BYTES });
        }
        let from = end + 2;
        let (Some(chunk), Some(next)) = (rest.get(from..from + size), rest.get(from + size + 2..)) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<Option<(u16, Vec<u8>)>, BackendError> {
        complete(text.as_bytes(), Ended::No)
    }

    #[test]
    fn an_answer_is_complete_by_its_length_its_chunks_or_its_end() {
        let body = Ok(Some((200, b"{}".to_vec())));
        assert_eq!(whole("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"), body);
        assert_eq!(
            whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x\r\n}\r\n0\r\n\r\n"),
            body
        );
        assert_eq!(
            whole("HTTP/1.1 204 No Content\r\n\r\n"),
            Ok(Some((204, Vec::new())))
        );
        let open = "HTTP/1.1 200 OK\r\n\r\n{}";
        assert_eq!(whole(open), Ok(None));
        assert_eq!(complete(open.as_bytes(), Ended::Yes), body);
    }

    #[test]
    fn half_an_answer_is_waited_for_and_garbage_is_refused() {
        for half in [
            "",
            "HTTP/1.1 200",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        ] {
            assert_eq!(whole(half), Ok(None), "{half}");
        }
        for garbage in [
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert_eq!(whole(garbage), Err(BackendError::OtherForm), "{garbage}");
        }
        let long = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
        assert_eq!(whole(long), Err(BackendError::TooLong { limit: ANSWER_BYTES }));
    }

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
