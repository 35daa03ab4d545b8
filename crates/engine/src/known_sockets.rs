//! The sockets that each runtime is known to make, in the order in which they are tried.

use std::{
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
};

use crate::{Endpoint, EngineError, Surroundings};

/// The first socket that exists.
pub(crate) fn first(surroundings: &Surroundings) -> Result<Endpoint, EngineError> {
    let candidates = candidates(surroundings);
    let Some(socket) = candidates.iter().find(|path| is_socket(path)) else {
        let looked_at = candidates.iter().map(|path| path.display().to_string()).collect();
        return Err(EngineError::NotFound { looked_at });
    };
    Endpoint::new(&format!("unix://{}", socket.display()), "known socket")
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
    ];
    if let Some(folder) = &surroundings.runtime_dir {
        candidates.extend([folder.join("docker.sock"), folder.join("podman/podman.sock")]);
    }
    candidates.push(surroundings.under_root("/run/podman/podman.sock"));
    candidates
}

fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}
