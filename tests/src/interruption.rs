//! Stops a program that talks to an engine in the middle: after any call that changes something, or in an answer to one.

use std::{
    io::{ErrorKind, Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// What is done at the chosen call, once the engine has begun to answer it.
type Deed = Box<dyn Fn() + Send + Sync>;

/// When the deed is done.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// At the call of this number, from 1 on, once the engine has begun to answer it; the answer is lost.
    After(usize),
    /// Before the first call with this in its first line reaches the engine; everything goes on.
    Before(&'static str),
}

/// A program that is ended from outside while it works.
#[derive(Clone, Debug, Default)]
pub struct Victim(Arc<OnceLock<u32>>);

impl Victim {
    /// Runs `command` until it ends, and gives what it said.
    ///
    /// # Panics
    /// When it cannot be run.
    pub fn run(&self, command: &mut Command) -> Output {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = piped.spawn().expect("it was built");
        self.0.set(child.id()).expect("it runs once");
        child.wait_with_output().expect("it ends")
    }

    /// Sends it a signal such as `KILL`, as soon as it runs.
    ///
    /// # Panics
    /// When there is no `kill`.
    pub fn signal(&self, signal: &str) {
        let pid = self.0.wait().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        sent.expect("it can be run");
    }
}

/// Stands between a program and an engine, counts the calls that change something, and does a deed at one of them.
pub struct Interruption {
    socket: PathBuf,
    shared: Arc<Shared>,
}

struct Shared {
    engine: PathBuf,
    /// The calls so far.
    calls: AtomicUsize,
    moment: Moment,
    is_done: AtomicBool,
    deed: Deed,
}

impl Interruption {
    /// Listens on `socket` for `engine`, and does `deed` at the call number `chosen`.
    ///
    /// # Panics
    /// When the socket cannot be made.
    pub fn at(socket: &Path, engine: &Path, chosen: usize, deed: impl Fn() + Send + Sync + 'static) -> Self {
        Self::start(socket, engine, Moment::After(chosen), Box::new(deed))
    }

    /// Listens on `socket` for `engine`, and does `deed` before the first call that has `line` in its first line. All calls
    /// are answered.
    ///
    /// # Panics
    /// When the socket cannot be made.
    pub fn before(
        socket: &Path,
        engine: &Path,
        line: &'static str,
        deed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::start(socket, engine, Moment::Before(line), Box::new(deed))
    }

    fn start(socket: &Path, engine: &Path, moment: Moment, deed: Deed) -> Self {
        std::fs::remove_file(socket).ok();
        let listener = UnixListener::bind(socket).expect("the folder can be written");
        let shared = Arc::new(Shared {
            engine: engine.to_owned(),
            calls: AtomicUsize::new(0),
            moment,
            is_done: AtomicBool::new(false),
            deed,
        });
        let told = Arc::clone(&shared);
        // It ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&told);
                thread::spawn(move || shared.connect(client).ok());
            }
        });
        Self {
            socket: socket.to_owned(),
            shared,
        }
    }

    /// What `DOCKER_HOST` must say.
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Whether the chosen call came.
    pub fn came(&self) -> bool {
        self.shared.is_done.load(Ordering::SeqCst)
    }
}

impl Shared {
    /// Counts a call, and says whether its answer is the one to lose.
    fn is_chosen(&self, call: &[u8]) -> bool {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        match self.moment {
            Moment::After(chosen) => number == chosen,
            Moment::Before(line) => {
                let first = call.split(|byte| *byte == b'\r').next().unwrap_or_default();
                let is_it = String::from_utf8_lossy(first).contains(line);
                if is_it && !self.is_done.swap(true, Ordering::SeqCst) {
                    (self.deed)();
                }
                false
            }
        }
    }

    fn connect(self: &Arc<Self>, client: UnixStream) -> std::io::Result<()> {
        let engine = UnixStream::connect(&self.engine)?;
        let chosen = Arc::new(AtomicBool::new(false));
        let (from, to) = (client.try_clone()?, engine.try_clone()?);
        let (shared, heard) = (Arc::clone(self), Arc::clone(&chosen));
        let requests = thread::spawn(move || {
            relay(from, to, |bytes| {
                if changes(bytes) {
                    heard.fetch_or(shared.is_chosen(bytes), Ordering::SeqCst);
                }
                true
            })
        });
        relay(engine, client, |_| {
            let now = chosen.swap(false, Ordering::SeqCst);
            if now {
                self.is_done.store(true, Ordering::SeqCst);
                (self.deed)();
            }
            // The answer is lost with whoever waited for it.
            !now
        })?;
        drop(requests);
        Ok(())
    }
}

/// Whether a request begins here that changes something. A client writes each head at once.
fn changes(bytes: &[u8]) -> bool {
    [&b"POST "[..], b"DELETE ", b"PUT "]
        .iter()
        .any(|method| bytes.starts_with(method))
}

fn relay(
    mut from: UnixStream,
    mut to: UnixStream,
    mut goes_on: impl FnMut(&[u8]) -> bool,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if !goes_on(&buffer[..count]) {
            to.shutdown(Shutdown::Both).ok();
            break;
        }
        to.write_all(&buffer[..count])?;
    }
    to.shutdown(Shutdown::Write).ok();
    Ok(())
}
