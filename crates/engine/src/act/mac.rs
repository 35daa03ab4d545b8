//! Whether somebody chose a network address of a container, or the engine generated it: no engine says which.

use std::net::Ipv4Addr;

/// Where an address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Generated,
    Chosen,
    /// It looks like a random one.
    Uncertain,
}

/// The bit of the first byte that tells an address that was not given to a maker of hardware.
const LOCAL: u8 = 0x02;

/// Where `mac` comes from, `ip` being the address that the container has beside it.
///
/// Until 27 engines derived the first from the second, behind `02:42`; from 28 on they draw 46 random bits and set [`LOCAL`]
/// (`libnetwork/netutils`). Of those, one in 64 begins with `02`, as nearly all do that people choose.
pub(crate) fn origin(mac: &str, ip: &str) -> Origin {
    let bytes: Option<Vec<u8>> = mac
        .split(':')
        .map(|byte| u8::from_str_radix(byte, 16).ok())
        .collect();
    let Some([first, second, rest @ ..]) = bytes.as_deref() else {
        return Origin::Generated;
    };
    let derived = ip.parse::<Ipv4Addr>().is_ok_and(|ip| ip.octets() == rest);
    match (*first, *second) {
        (0x02, 0x42) if derived => Origin::Generated,
        (0x02, _) => Origin::Chosen,
        (first, _) if first & LOCAL == 0 => Origin::Chosen,
        _ => Origin::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_and_random_addresses_are_not_taken_for_chosen_ones() {
        assert_eq!(origin("02:42:0a:09:00:02", "10.9.0.2"), Origin::Generated);
        assert_eq!(origin("02:42:0a:09:00:07", "10.9.0.2"), Origin::Chosen);
        assert_eq!(origin("02:aa:bb:cc:dd:ee", "10.9.0.3"), Origin::Chosen);
        assert_eq!(origin("00:16:3e:01:02:03", ""), Origin::Chosen);
        for random in ["6e:d6:90:00:74:89", "c2:9d:ab:a6:6b:9f"] {
            assert_eq!(origin(random, "10.9.0.2"), Origin::Uncertain);
        }
        for none in ["", "nonsense", "0g:00:00:00:00:00"] {
            assert_eq!(origin(none, ""), Origin::Generated);
        }
    }
}
