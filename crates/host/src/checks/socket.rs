//! What lies at `/var/run/docker.sock`, the address of programs that know no contexts.

use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use super::place::{self, Followed};
use crate::{HostError, Roots, Runtime};

/// The usual address.
const SOCKET: &str = "var/run/docker.sock";

/// Parts of a socket's path that show whose it is, the first that fits.
const OWNERS: [(&str, Runtime); 10] = [
    ("/.orbstack/", Runtime::OrbStack),
    ("colima/", Runtime::Colima),
    ("/.rd/", Runtime::RancherDesktop),
    ("podman", Runtime::Podman),
    ("finch", Runtime::Finch),
    ("/.lima/", Runtime::Lima),
    ("com.docker.docker/", Runtime::DockerDesktop),
    ("/.docker/run/", Runtime::DockerDesktop),
    ("/.docker/desktop/", Runtime::DockerDesktop),
    ("/var/run/docker.sock", Runtime::DockerEngine),
];

/// What lies at the usual address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketLink {
    /// Nothing.
    Absent,
    /// A socket itself.
    Socket,
    /// A link to a socket that is there.
    Leads(Owner),
    /// A link to nothing.
    Dangling(Owner),
    /// A folder or a file, which no engine made.
    NotASocket,
    /// It cannot be told.
    Unknown,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The socket, as the user writes it.
    pub place: String,
    /// Whose socket that is.
    pub runtime: Runtime,
}

/// Whose socket lies at `path`, by the path alone.
pub(super) fn owner(path: &str) -> Runtime {
    let fits = |(part, runtime): (&str, Runtime)| path.contains(part).then_some(runtime);
    OWNERS.into_iter().find_map(fits).unwrap_or(Runtime::Unknown)
}

pub(super) fn read(roots: &Roots) -> SocketLink {
    let socket = roots.known(SOCKET);
    let is_link = match roots.is_link(&socket) {
        Ok(is_link) => is_link,
        Err(HostError::Missing { .. }) => return SocketLink::Absent,
        Err(_) => return SocketLink::Unknown,
    };
    let owner = |to: &Path| Owner {
        place: place::shown(roots, to),
        runtime: self::owner(&to.to_string_lossy()),
    };
    match place::follow(roots, &socket) {
        Followed::Dangling(to) => SocketLink::Dangling(owner(&to)),
        Followed::Unclear => SocketLink::Unknown,
        Followed::There(to) if is_link => match kind(&to) {
            Kind::Socket => SocketLink::Leads(owner(&to)),
            // A copy of another machine's files may have a plain file where that one has a socket.
            Kind::File if !roots.is_here() => SocketLink::Leads(owner(&to)),
            Kind::File | Kind::Other => SocketLink::NotASocket,
        },
        Followed::There(to) if kind(&to) == Kind::Socket => SocketLink::Socket,
        Followed::There(_) => SocketLink::NotASocket,
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    Socket,
    File,
    Other,
}

fn kind(path: &Path) -> Kind {
    match path.metadata().map(|it| it.file_type()) {
        Ok(it) if it.is_socket() => Kind::Socket,
        Ok(it) if it.is_file() => Kind::File,
        Ok(_) | Err(_) => Kind::Other,
    }
}
