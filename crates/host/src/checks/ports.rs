//! Whether somebody listens on the ports that containers most often collide on.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use crate::{Os, Roots, read};

/// The ports of `AirPlay` Receiver, which registries and web frameworks use too.
pub const PORTS: [u16; 2] = [5000, 7000];

/// The kernel's lists of connections on Linux.
const LISTS: [&str; 2] = ["proc/net/tcp", "proc/net/tcp6"];
/// A busy machine has some ten thousand connections of 150 bytes.
const LIST_LIMIT: usize = 8 * 1024 * 1024;
/// How the kernel writes that a socket waits for connections.
const LISTENING: &str = "0A";
/// This machine answers itself at once, or not at all.
const PATIENCE: Duration = Duration::from_millis(300);

/// A port of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// Whether somebody listens on it.
    pub taken: Taken,
}

/// Whether somebody listens on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Somebody does.
    Yes,
    /// Nobody does.
    No,
    /// It cannot be told, as of a machine of which only files are here.
    Unknown,
}

pub(super) fn read(roots: &Roots, os: Os) -> Vec<Port> {
    let listed = match os {
        Os::Linux => listed(roots),
        Os::MacOs => None,
    };
    let taken = |number: u16| match &listed {
        Some(ports) if ports.contains(&number) => Taken::Yes,
        Some(_) => Taken::No,
        None if roots.is_here() => answers(number),
        None => Taken::Unknown,
    };
    PORTS
        .map(|number| Port {
            number,
            taken: taken(number),
        })
        .into()
}

/// The ports that wait for connections by the kernel's lists; the second is missing without IPv6.
fn listed(roots: &Roots) -> Option<Vec<u16>> {
    let mut ports = Vec::new();
    for (place, list) in LISTS.into_iter().enumerate() {
        match read::whole(roots, &roots.known(list), LIST_LIMIT) {
            Ok(bytes) => ports.extend(String::from_utf8_lossy(&bytes).lines().filter_map(listening)),
            Err(_) if place == 0 => return None,
            Err(_) => {}
        }
    }
    Some(ports)
}

/// `0: 0100007F:1388 00000000:0000 0A …`
fn listening(line: &str) -> Option<u16> {
    let mut fields = line.split_whitespace().skip(1);
    let (_, port) = fields.next()?.rsplit_once(':')?;
    let state = fields.nth(1)?;
    (state == LISTENING).then(|| u16::from_str_radix(port, 16).ok())?
}

fn answers(number: u16) -> Taken {
    let here: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let tried = here.map(|address| {
        TcpStream::connect_timeout(&SocketAddr::new(address, number), PATIENCE).map_err(|error| error.kind())
    });
    if tried.iter().any(Result::is_ok) {
        return Taken::Yes;
    }
    // Without IPv6, its own address cannot be reached, and says nothing.
    let refused = |it: &Result<_, ErrorKind>| matches!(it, Err(ErrorKind::ConnectionRefused));
    if tried.iter().any(refused) {
        Taken::No
    } else {
        Taken::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_for_connections_takes_a_port() {
        let line = |state| format!("   0: 0100007F:1388 00000000:0000 {state} 00000000:00000000 00:00");
        assert_eq!(listening(&line("0A")), Some(5000));
        assert_eq!(listening(&line("01")), None);
        let six = "  1: 00000000000000000000000000000000:1B58 0000:0000 0A 0";
        assert_eq!(listening(six), Some(7000));
        for odd in ["", "sl local_address", "0: x 0 0A", "0: 0:99999 0 0A"] {
            assert_eq!(listening(odd), None, "{odd}");
        }
    }
}
