//! The sockets that each runtime is known to make, in the order in which they are tried.

use std::{
    io::ErrorKind,
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
};

use tokio::net::UnixStream;

use crate::{Endpoint, EngineError, Surroundings};

/// The first socket that takes a connection. When none does, the first that exists: what is wrong with it is to be said.
pub(crate) async fn first(surroundings: &Surroundings) -> Result<Endpoint, EngineError> {
    let candidates = candidates(surroundings);
    let mut existing = None;
    for socket in candidates.iter().filter(|path| is_socket(path)) {
        if takes_connections(socket).await {
            return endpoint(socket);
        }
        existing = existing.or(Some(socket));
    }
    match existing {
        Some(socket) => endpoint(socket),
        None => Err(EngineError::NotFound {
            looked_at: candidates.iter().map(|path| path.display().to_string()).collect(),
        }),
    }
}

fn endpoint(socket: &Path) -> Result<Endpoint, EngineError> {
    Endpoint::new(&format!("unix://{}", socket.display()), "known socket")
}

/// A runtime that was quit leaves its socket behind. One that is too busy to take another connection is there.
async fn takes_connections(socket: &Path) -> bool {
    match UnixStream::connect(socket).await {
        Ok(_) => true,
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::ConnectionRefused | ErrorKind::NotFound | ErrorKind::PermissionDenied
        ),
    }
}

fn candidates(surroundings: &Surroundings) -> Vec<PathBuf> {
    let home = |path: &str| surroundings.home.join(path);
    let mut candidates = vec![
        surroundings.under_root("/var/run/docker.sock"),
        home(".docker/run/docker.sock"),
        home(".docker/desktop/docker.sock"),
        home(".orbstack/run/docker.sock"),
        home(".colima/default/docker.sock"),
        home(".config/colima/default/docker.sock"),
        home(".rd/docker.sock"),
        home(".lima/docker/sock/docker.sock"),
        surroundings.under_root("/Applications/Finch/lima/data/finch/sock/finch.sock"),
    ];
    if let Some(folder) = &surroundings.temporary {
        candidates.push(folder.join("podman/podman-machine-default-api.sock"));
    }
    candidates.push(home(".local/share/containers/podman/machine/podman.sock"));
    if let Some(folder) = &surroundings.runtime_dir {
        candidates.extend([folder.join("docker.sock"), folder.join("podman/podman.sock")]);
    }
    candidates
        .extend(["/run/podman/podman.sock", "/run/finch.sock"].map(|path| surroundings.under_root(path)));
    candidates
}

fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}
