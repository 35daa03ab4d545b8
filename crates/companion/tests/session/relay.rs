//! A socket in front of an engine that can be cut and mended, and sees what is asked and how many ask.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What all connections share.
#[derive(Clone)]
struct Shared {
    asked: Arc<Mutex<Vec<String>>>,
    open: watch::Sender<usize>,
    swap: Option<(&'static [u8], &'static [u8])>,
}

/// The socket. Dropping it cuts it.
pub(crate) struct Relay {
    _folder: TempDir,
    socket: PathBuf,
    server: JoinHandle<()>,
    shared: Shared,
}

impl Relay {
    pub(crate) fn to(engine: &Path) -> Self {
        Self::with(engine, None)
    }

    /// Whatever says `from` says `to` instead, which is as long.
    pub(crate) fn swapping(engine: &Path, from: &'static str, to: &'static str) -> Self {
        assert_eq!(from.len(), to.len(), "lengths are told before contents");
        Self::with(engine, Some((from.as_bytes(), to.as_bytes())))
    }

    fn with(engine: &Path, swap: Option<(&'static [u8], &'static [u8])>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("relay.sock");
        let shared = Shared {
            asked: Arc::default(),
            open: watch::Sender::new(0),
            swap,
        };
        let server = serve(&socket, engine, &shared);
        Self {
            _folder: folder,
            socket,
            server,
            shared,
        }
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Nothing listens any more, and whoever is connected is cut off.
    pub(crate) async fn cut(&mut self) {
        std::fs::remove_file(&self.socket).expect("a socket");
        self.server.abort();
        (&mut self.server).await.expect_err("it was aborted");
    }

    /// `engine` answers at the same path.
    pub(crate) fn mend(&mut self, engine: &Path) {
        self.server = serve(&self.socket, engine, &self.shared);
    }

    /// Until as many connections are open as `wanted`.
    pub(crate) async fn until_open(&self, wanted: usize) {
        let mut open = self.shared.open.subscribe();
        let reached = tokio::time::timeout(crate::stage::LIMIT, open.wait_for(|open| *open == wanted)).await;
        assert!(
            reached.is_ok(),
            "{} connections are open",
            *self.shared.open.borrow()
        );
    }

    /// The requests so far, method and path each.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn serve(socket: &Path, engine: &Path, shared: &Shared) -> JoinHandle<()> {
    let listener = UnixListener::bind(socket).expect("a socket");
    let (engine, shared) = (engine.to_owned(), shared.clone());
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            while connections.try_join_next().is_some() {}
            connections.spawn(connection(client, engine.clone(), shared.clone()));
        }
    })
}

/// Counts itself as long as it lives, however it ends.
struct Counted(watch::Sender<usize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}

async fn connection(client: UnixStream, engine: PathBuf, shared: Shared) {
    shared.open.send_modify(|open| *open += 1);
    let _counted = Counted(shared.open.clone());
    let Ok(server) = UnixStream::connect(engine).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            shared.hear(&bytes[..count]);
            if to_server.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    let answering = async {
        let (mut bytes, mut kept) = (vec![0; 64 * 1024], Vec::new());
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            kept.extend_from_slice(&bytes[..count]);
            let ready = shared.swapped(&mut kept);
            if to_client.write_all(&ready).await.is_err() {
                return;
            }
        }
        to_client.write_all(&kept).await.ok();
    };
    tokio::select! {
        () = asking => {}
        () = answering => {}
    }
}

impl Shared {
    fn hear(&self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let line = text.lines().next().unwrap_or_default();
        if let Some((asked, _)) = line.split_once(" HTTP/1.") {
            self.asked.lock().expect("no panic").push(asked.to_owned());
        }
    }

    /// What of `kept` can go out, swapped; the start of a word that may go on stays.
    fn swapped(&self, kept: &mut Vec<u8>) -> Vec<u8> {
        let Some((from, to)) = self.swap else {
            return std::mem::take(kept);
        };
        let mut at = 0;
        while at + from.len() <= kept.len() {
            if kept[at..].starts_with(from) {
                kept[at..at + from.len()].copy_from_slice(to);
            }
            at += 1;
        }
        let begun = (1..from.len())
            .rev()
            .find(|length| kept.ends_with(&from[..*length]));
        let rest = kept.split_off(kept.len() - begun.unwrap_or(0));
        std::mem::replace(kept, rest)
    }
}
