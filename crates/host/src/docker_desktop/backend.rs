//! What the running Docker Desktop says of its settings, through the socket of its backend.
//!
//! The pages are not documented and carry no promise, so whatever is not as expected is said and never believed.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::{fs::FileTypeExt as _, net::UnixStream};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::http;
use super::settings_file::SettingsFile;
use crate::{HostError, Roots};

/// Below the home folder.
pub(super) const SOCKET: &str = "Library/Containers/com.docker.docker/Data/backend.sock";
/// Answers come at once; a backend that hangs is not waited for. It covers connecting and both questions.
const PATIENCE: Duration = Duration::from_secs(2);
/// Effective values by their names.
const FLAT: &str = "/app/settings/flat";
/// The same in groups, with what is locked.
const GROUPED: &str = "/app/settings";
/// How deep the groups are.
const DEPTH: usize = 4;

/// What became of a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It answered.
    Said(Box<Said>),
    /// It runs, and its answer is none, or did not come.
    Unusable(HostError),
    /// It could not be asked, or has no such page: the files are all there is.
    Unasked(HostError),
    /// It does not run.
    NotRunning,
}

/// What it said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its settings, as a file would have them.
    pub(super) settings: SettingsFile,
    /// Whether an administrator locked Rosetta, from a file or from afar.
    pub(super) locked: bool,
}

/// Asks the user's Docker Desktop, for two seconds at most. A link that leads out of the roots is not followed.
pub(crate) fn ask(roots: &Roots) -> Asked {
    let socket = match roots.resolve(&roots.home.join(SOCKET)) {
        Ok(socket) => socket,
        Err(HostError::Missing { .. } | HostError::Dangling { .. }) => return Asked::NotRunning,
        Err(error) => return Asked::Unasked(error),
    };
    match socket.metadata() {
        Ok(metadata) if metadata.file_type().is_socket() => {}
        Ok(_) => return Asked::NotRunning,
        Err(error) => return Asked::Unasked(HostError::from_io(&socket, &error)),
    }
    let (sender, receiver) = mpsc::channel();
    let path = socket.clone();
    let until = Instant::now() + PATIENCE;
    // Connecting has no time limit of its own: a thread that hangs in it is left behind.
    let talk = move || drop(sender.send(talk(&path, until)));
    let started = thread::Builder::new()
        .name("docker-desktop".to_owned())
        .spawn(talk);
    if let Err(error) = started {
        return Asked::Unasked(HostError::from_io(&socket, &error));
    }
    let asked = receiver.recv_timeout(PATIENCE);
    asked.unwrap_or_else(|_| Asked::Unusable(silent(&socket)))
}

fn talk(socket: &Path, until: Instant) -> Asked {
    let flat = match page(socket, FLAT, until) {
        Ok(answer) => answer,
        Err(asked) => return asked,
    };
    let grouped = page(socket, GROUPED, until);
    let flat = flat.map(|body| read(socket, &body)).transpose();
    match (flat, grouped) {
        (Err(error), _) => Asked::Unusable(error),
        (Ok(Some(said)), grouped) if said.settings.says_something() => {
            // Without the other page, only what is locked from afar is not known.
            let grouped = grouped.ok().flatten().and_then(|body| read(socket, &body).ok());
            let is_other = |grouped: &Said| grouped.settings.contradicts(&said.settings);
            if grouped.as_ref().is_some_and(is_other) {
                let why = "its two pages of settings contradict each other";
                return Asked::Unusable(not_an_answer(socket, why));
            }
            let locked = said.locked || grouped.is_some_and(|grouped| grouped.locked);
            Asked::Said(Box::new(Said { locked, ..said }))
        }
        (Ok(_), Ok(Some(body))) => match read(socket, &body) {
            Ok(said) if said.settings.says_something() => Asked::Said(Box::new(said)),
            Ok(_) => Asked::Unasked(not_an_answer(socket, "it says nothing of Rosetta")),
            Err(error) => Asked::Unusable(error),
        },
        (Ok(_), Ok(None)) => Asked::Unasked(not_an_answer(socket, "it has no page of settings")),
        (Ok(_), Err(asked)) => asked,
    }
}

/// The body of a page; `None` where there is no such page.
fn page(socket: &Path, page: &str, until: Instant) -> Result<Option<Vec<u8>>, Asked> {
    let mut stream = UnixStream::connect(socket).map_err(|error| {
        let is_quit = matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound);
        if is_quit {
            Asked::NotRunning
        } else {
            Asked::Unasked(HostError::from_io(socket, &error))
        }
    })?;
    let failed = |error: &std::io::Error| {
        let is_late = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        Asked::Unusable(if is_late {
            silent(socket)
        } else {
            HostError::from_io(socket, error)
        })
    };
    let wait = |stream: &UnixStream| {
        let left = until
            .saturating_duration_since(Instant::now())
            .max(Duration::from_millis(1));
        stream
            .set_read_timeout(Some(left))
            .and_then(|()| stream.set_write_timeout(Some(left)))
    };
    wait(&stream).map_err(|error| failed(&error))?;
    let question = http::question(page);
    stream
        .write_all(question.as_bytes())
        .map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    let mut part = vec![0; 16 * 1024];
    loop {
        if Instant::now() >= until {
            return Err(Asked::Unusable(silent(socket)));
        }
        wait(&stream).map_err(|error| failed(&error))?;
        let read = stream.read(&mut part).map_err(|error| failed(&error))?;
        bytes.extend_from_slice(&part[..read]);
        if bytes.len() > 2 * http::LIMIT {
            return Err(Asked::Unusable(not_an_answer(
                socket,
                "it is larger than settings are",
            )));
        }
        match http::response(&bytes, read == 0) {
            Ok(None) => {}
            Ok(Some(response)) => return judged(socket, response),
            Err(why) => return Err(Asked::Unusable(not_an_answer(socket, why))),
        }
    }
}

fn judged(socket: &Path, response: http::Response) -> Result<Option<Vec<u8>>, Asked> {
    match response.status {
        200 => Ok(Some(response.body)),
        404 | 405 | 501 => Ok(None),
        _ => Err(Asked::Unusable(not_an_answer(socket, "it refuses the question"))),
    }
}

/// Either page: a value stands bare or beside what is locked, at the top or in groups.
pub(crate) fn read(socket: &Path, body: &[u8]) -> Result<Said, HostError> {
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
        return Err(not_an_answer(socket, "it is no JSON object"));
    };
    let mut plain = Map::new();
    let mut locked = false;
    for key in super::settings_file::SWITCHES {
        let Some((name, value)) = find(&object, key, 0) else {
            continue;
        };
        let (value, lock) = match value.as_object() {
            Some(entry) => (entry.get("value").unwrap_or(&Value::Null), entry.get("locked")),
            None => (value, None),
        };
        let is_rosetta = key == super::settings_file::ROSETTA;
        locked |= is_rosetta && lock.and_then(Value::as_bool) == Some(true);
        plain.insert(name.clone(), value.clone());
    }
    let settings = SettingsFile::of_backend(socket, &plain)?;
    Ok(Said { settings, locked })
}

/// The key in any spelling, at this level or below it, the nearest first.
fn find<'a>(object: &'a Map<String, Value>, key: &str, depth: usize) -> Option<(&'a String, &'a Value)> {
    let here = object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    here.or_else(|| {
        let groups = object.values().filter_map(Value::as_object);
        let mut groups = groups.filter(|_| depth < DEPTH);
        groups.find_map(|group| find(group, key, depth + 1))
    })
}

fn silent(socket: &Path) -> HostError {
    HostError::Silent {
        path: socket.into(),
        seconds: PATIENCE.as_secs(),
    }
}

fn not_an_answer(socket: &Path, why: &'static str) -> HostError {
    let path = socket.into();
    HostError::NotAnAnswer { path, why }
}
