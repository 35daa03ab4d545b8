//! The networks that a container was in, as they have to be for it to be in them again.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::command::quoted;
use crate::Inspection;

/// Where nothing tells how long it was: what people write, and what engines give out for IPv6.
const USUAL_LENGTHS: [u8; 2] = [24, 64];

/// A network, and what a place in it asks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededNetwork {
    /// Its name.
    pub name: String,
    /// The addresses in it that somebody chose.
    pub addresses: Vec<IpAddr>,
    /// For each of them its subnet, or one that holds it where that is not known.
    pub subnets: Vec<String>,
    /// The gateway, where it was another than engines take by themselves.
    pub gateway: Option<IpAddr>,
    /// The subnets of what has the name now, where it tells any.
    pub has: Vec<String>,
}

impl NeededNetwork {
    /// What the place of `container` in network `name` asks for.
    pub(super) fn of(container: &Inspection, name: &str) -> Self {
        let places = container.json().pointer("/NetworkSettings/Networks");
        let place = places.and_then(|places| places.get(name));
        let text = |field: &str| place.and_then(|place| place.pointer(field)?.as_str());
        let chosen = |field: &str| text(field).and_then(|address| address.parse().ok());
        let length = |field: &str| {
            let length = place.and_then(|place| place.get(field)?.as_u64());
            length.and_then(|length| u8::try_from(length).ok())
        };
        let addresses = [
            (chosen("/IPAMConfig/IPv4Address"), length("IPPrefixLen")),
            (chosen("/IPAMConfig/IPv6Address"), length("GlobalIPv6PrefixLen")),
        ];
        let subnets: Vec<Subnet> = addresses
            .iter()
            .filter_map(|(address, length)| Some(Subnet::around((*address)?, *length)))
            .collect();
        let gateway: Option<IpAddr> = text("/Gateway").and_then(|gateway| gateway.parse().ok());
        let is_unusual = |gateway: &IpAddr| {
            let mut holding = subnets.iter().filter(|subnet| subnet.holds(*gateway));
            holding.any(|subnet| subnet.first() != Some(*gateway))
        };
        Self {
            name: name.to_owned(),
            addresses: addresses.iter().filter_map(|(address, _)| *address).collect(),
            gateway: gateway.filter(is_unusual),
            subnets: subnets.iter().map(Subnet::text).collect(),
            has: Vec::new(),
        }
    }

    /// The same, where `network`, as the engine tells it, holds not all of the addresses. One that tells no subnets, or
    /// some that cannot be read, may hold any.
    pub(super) fn outside(self, network: &Value) -> Option<Self> {
        let configured = network.pointer("/IPAM/Config").and_then(Value::as_array)?;
        let texts = configured.iter().map(|range| range["Subnet"].as_str());
        let has: Vec<&str> = texts.collect::<Option<_>>()?;
        let subnets: Vec<Subnet> = has
            .iter()
            .map(|text| Subnet::parse(text))
            .collect::<Option<_>>()?;
        let is_held = |address: &IpAddr| subnets.iter().any(|subnet| subnet.holds(*address));
        if subnets.is_empty() || self.addresses.iter().all(is_held) {
            return None;
        }
        Some(Self {
            has: has.into_iter().map(ToOwned::to_owned).collect(),
            ..self
        })
    }

    /// The command that makes such a network.
    pub fn command(&self) -> String {
        let mut command = "docker network create".to_owned();
        if self.addresses.iter().any(IpAddr::is_ipv6) {
            command.push_str(" --ipv6");
        }
        for subnet in &self.subnets {
            command = format!("{command} --subnet {subnet}");
        }
        if let Some(gateway) = self.gateway {
            command = format!("{command} --gateway {gateway}");
        }
        format!("{command} {}", quoted(&self.name))
    }
}

/// Addresses that begin with the same bits.
struct Subnet {
    address: IpAddr,
    length: u8,
}

impl Subnet {
    /// The one of `address`; 0 is what engines tell of a place that is not in use.
    fn around(address: IpAddr, length: Option<u8>) -> Self {
        let usual = USUAL_LENGTHS[usize::from(address.is_ipv6())];
        let fits = |length: &u8| *length > 0 && *length <= bits(address);
        Self {
            address,
            length: length.filter(fits).unwrap_or(usual),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
        (length <= bits(address)).then_some(Self { address, length })
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && self.start() == Self { address, ..*self }.start()
    }

    /// The address that engines give to the gateway.
    fn first(&self) -> Option<IpAddr> {
        self.start().checked_add(1).and_then(|first| self.alike(first))
    }

    fn text(&self) -> String {
        let start = self.alike(self.start()).unwrap_or(self.address);
        format!("{start}/{}", self.length)
    }

    /// Its first bits, the others being 0.
    fn start(&self) -> u128 {
        let number = match self.address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        };
        let free = u32::from(bits(self.address).saturating_sub(self.length));
        let kept = u128::MAX.checked_shl(free).unwrap_or(0);
        number & kept
    }

    /// An address of the same kind.
    fn alike(&self, number: u128) -> Option<IpAddr> {
        match self.address {
            IpAddr::V4(_) => u32::try_from(number)
                .ok()
                .map(|number| Ipv4Addr::from(number).into()),
            IpAddr::V6(_) => Some(Ipv6Addr::from(number).into()),
        }
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn needed(place: &Value) -> NeededNetwork {
        let container = json!({"NetworkSettings": {"Networks": {"front": place}}});
        NeededNetwork::of(&Inspection::from_json(container), "front")
    }

    #[test]
    fn the_command_makes_a_network_that_holds_the_chosen_addresses() {
        let command = |place: Value| needed(&place).command();
        assert_eq!(command(json!({})), "docker network create front");
        assert_eq!(
            command(json!({"IPAMConfig": {}, "IPAddress": "10.9.0.77", "IPPrefixLen": 24})),
            "docker network create front",
            "a generated address is not asked for"
        );
        let chosen = json!({"IPv4Address": "10.9.3.77"});
        assert_eq!(
            command(json!({"IPAMConfig": chosen, "IPPrefixLen": 22, "Gateway": "10.9.0.1"})),
            "docker network create --subnet 10.9.0.0/22 front"
        );
        assert_eq!(
            command(json!({"IPAMConfig": chosen, "IPPrefixLen": 22, "Gateway": "10.9.3.254"})),
            "docker network create --subnet 10.9.0.0/22 --gateway 10.9.3.254 front"
        );
        assert_eq!(
            command(json!({"IPAMConfig": chosen, "IPPrefixLen": 0, "Gateway": ""})),
            "docker network create --subnet 10.9.3.0/24 front"
        );
        assert_eq!(
            command(
                json!({"IPAMConfig": {"IPv4Address": "10.9.0.7", "IPv6Address": "fd00::7"},
                "IPPrefixLen": 16, "GlobalIPv6PrefixLen": 48})
            ),
            "docker network create --ipv6 --subnet 10.9.0.0/16 --subnet fd00::/48 front"
        );
    }

    #[test]
    fn only_what_tells_its_subnets_can_be_the_wrong_one() {
        let four = json!({"IPAMConfig": {"IPv4Address": "10.9.0.77"}});
        let both = json!({"IPAMConfig": {"IPv4Address": "10.9.0.77", "IPv6Address": "fd00::7"}});
        let is_outside = |place: &Value, config: Value| {
            let network = json!({"IPAM": {"Config": config}});
            needed(place).outside(&network).is_some()
        };
        for (place, subnets) in [
            (&four, json!([{"Subnet": "10.77.0.0/24"}])),
            (&four, json!([{"Subnet": "10.9.0.0/26"}])),
            (&four, json!([{"Subnet": "fd00::/64"}])),
            (&both, json!([{"Subnet": "10.9.0.0/24"}])),
        ] {
            assert!(is_outside(place, subnets.clone()), "{subnets}");
        }
        for (place, subnets) in [
            (
                &four,
                json!([{"Subnet": "10.77.0.0/24"}, {"Subnet": "10.9.0.0/16"}]),
            ),
            (&four, json!([{"Subnet": "0.0.0.0/0"}])),
            (&both, json!([{"Subnet": "10.9.0.0/24"}, {"Subnet": "fd00::/64"}])),
            (&json!({}), json!([{"Subnet": "10.77.0.0/24"}])),
            (&four, json!([])),
            (&four, Value::Null),
            (&four, json!([{"Subnet": "10.77.0.0/99"}])),
            (&four, json!([{"Subnet": 7}])),
        ] {
            assert!(!is_outside(place, subnets.clone()), "{subnets}");
        }
    }

    #[test]
    fn no_place_in_a_network_is_too_strange() {
        for place in [
            json!(7),
            json!({"IPAMConfig": {"IPv4Address": "x"}}),
            json!({"IPAMConfig": {"IPv4Address": "255.255.255.255"}, "IPPrefixLen": 32, "Gateway": "255.255.255.255"}),
            json!({"IPAMConfig": {"IPv6Address": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "GlobalIPv6PrefixLen": 128}),
            json!({"IPAMConfig": {"IPv4Address": "1.2.3.4"}, "IPPrefixLen": 4_000_000_000_u64}),
        ] {
            assert!(needed(&place).command().starts_with("docker network create"));
        }
    }
}
