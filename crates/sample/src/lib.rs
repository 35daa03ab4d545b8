//! A stand-in for a Docker engine: it answers over a private Unix socket from recorded real data, and keeps enough
//! state for a container to be made, started, stopped, renamed and removed.
//!
//! Whoever talks to it uses the same client code as for a real engine. What its machine runs natively, what it
//! translates, and which images and containers there are, is data in `src/fixtures`, not code.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let sample = sample::start().await?;
//! println!("DOCKER_HOST=unix://{}", sample.socket().display());
//! # Ok(())
//! # }
//! ```

mod answer;
mod archive;
mod ask;
mod clock;
mod containers;
mod digest;
mod elf;
mod engine;
mod events;
mod images;
mod launch;
mod logs;
mod networks;
mod pull;
mod recorded;
mod route;
mod scenario;
mod server;
mod tree;
mod world;

use std::{fs::Permissions, io, os::unix::fs::PermissionsExt as _, path::Path, path::PathBuf};

use tempfile::TempDir;
use tokio::{net::UnixListener, task::JoinHandle};

pub use scenario::{Fault, Scenario};

/// A running sample engine. Dropping it ends the server and removes its folder.
#[derive(Debug)]
pub struct Sample {
    socket: PathBuf,
    server: JoinHandle<()>,
    _folder: TempDir,
}

impl Sample {
    /// Where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Starts the sample engine with its recorded images and containers. Call it inside of a tokio runtime.
pub async fn start() -> io::Result<Sample> {
    start_with(Scenario::recorded()).await
}

/// Starts the sample engine with `scenario`. Call it inside of a tokio runtime.
#[expect(clippy::unused_async, reason = "a listener needs a runtime, and this says so")]
pub async fn start_with(scenario: Scenario) -> io::Result<Sample> {
    // Nobody else on this machine is to talk to it: whoever can open the folder can use the socket.
    let folder = tempfile::Builder::new()
        .prefix("sample-engine-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir()?;
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket)?;
    let engine = engine::Engine::new(&scenario)?;
    Ok(Sample {
        socket,
        server: tokio::spawn(server::serve(listener, engine)),
        _folder: folder,
    })
}
