//! An engine that answers up to one request, and then no more.

use std::{
    io::{Read as _, Write as _},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// Stands before an engine, and lets nothing through any more once it has answered one request: whoever sent that is then
/// in the middle of what it does.
#[derive(Debug)]
pub struct Gate {
    closed: mpsc::Receiver<()>,
}

impl Gate {
    /// At the socket `at`, before the one of `engine`; `last` is a part of the last request's path.
    ///
    /// # Panics
    /// When there can be no socket.
    pub fn open(at: &Path, engine: &Path, last: &'static str) -> Self {
        let listener = UnixListener::bind(at).expect("a socket");
        let (tell, closed) = mpsc::channel();
        let shut = Arc::new(AtomicBool::new(false));
        let engine = engine.to_owned();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (engine, shut, tell) = (engine.clone(), Arc::clone(&shut), tell.clone());
                thread::spawn(move || pass(client, &engine, last, &shut, &tell));
            }
        });
        Self { closed }
    }

    /// Waits until nothing passes any more.
    ///
    /// # Panics
    /// When that takes longer than `limit`.
    pub fn await_closed(&self, limit: Duration) {
        self.closed.recv_timeout(limit).expect("the last request comes");
    }
}

/// Passes one connection on, in both directions, until one side ends it.
fn pass(mut client: UnixStream, engine: &Path, last: &str, shut: &AtomicBool, tell: &mpsc::Sender<()>) {
    let mut first = vec![0; 64 * 1024];
    let length = client.read(&mut first).unwrap_or_default();
    let is_last = String::from_utf8_lossy(&first[..length]).contains(last);
    if shut.load(Ordering::SeqCst) {
        // The connection stays open, and no answer ever comes.
        client.read_to_end(&mut Vec::new()).ok();
        return;
    }
    let mut engine = UnixStream::connect(engine).expect("the engine answers");
    engine.write_all(&first[..length]).expect("the engine reads");
    let (mut from, mut to) = (
        client.try_clone().expect("a second handle"),
        engine.try_clone().expect("a second handle"),
    );
    thread::spawn(move || {
        std::io::copy(&mut from, &mut to).ok();
        to.shutdown(Shutdown::Write).ok();
    });
    let mut answer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = engine.read(&mut answer) {
        if is_last {
            shut.store(true, Ordering::SeqCst);
        }
        if client.write_all(&answer[..length]).is_err() {
            break;
        }
        if is_last {
            tell.send(()).ok();
        }
    }
    client.shutdown(Shutdown::Both).ok();
}
