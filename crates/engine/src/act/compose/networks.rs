//! Networks and ports of a service.

use serde_json::{Map, Value, json};

use super::{
    super::{
        command::{is_users, links_of, published},
        options::{is_nothing, list, pairs},
        wanted::{Made, Wanted, aliases},
    },
    File,
};

/// The network that the container is started in comes before all others.
const FIRST: u32 = 1000;

/// Networks, links and ports.
pub(super) fn networks(file: &mut File, wanted: &mut Wanted, made: &Made<'_>) {
    let main = wanted.network(made.api).to_owned();
    wanted.host.take("NetworkMode");
    let mut joined = wanted.places.clone();
    joined.extend(
        made.connect
            .iter()
            .map(|(name, place)| (name.clone(), place.clone())),
    );
    let first = if main.is_empty() { "bridge" } else { main.as_str() };
    let place = joined.get(first).cloned().unwrap_or_default();
    for link in links_of(&wanted.host.take("Links"), &place) {
        file.push("external_links", json!(link), "HostConfig.Links");
    }
    if is_users(&main) {
        join(file, &joined, &main);
    } else {
        joined.retain(|name, _| name != first && name != "default");
        mode_only(file, first, &place, &joined);
    }
    for (port, hosts) in pairs(&wanted.host.take("PortBindings")) {
        for host in list(hosts) {
            file.push("ports", json!(published(port, host)), "HostConfig.PortBindings");
        }
    }
}

/// One of the engine's own networks, or another container's, beside which a service can have no others.
fn mode_only(file: &mut File, mode: &str, place: &Value, others: &Map<String, Value>) {
    file.set("network_mode", json!(mode), "HostConfig.NetworkMode");
    let field = "NetworkingConfig.EndpointsConfig";
    for (name, value) in pairs(place) {
        if name != "Links" && !is_nothing(value) {
            file.unsaid.add(&format!("{field}.{name}"));
        }
    }
    for name in others.keys() {
        file.unsaid.entry(field, name);
    }
}

fn join(file: &mut File, places: &Map<String, Value>, mode: &str) {
    let several = places.len() > 1;
    for (name, place) in places {
        let mut said = place_words(file, place, name == mode);
        if several && name == mode {
            said.insert("priority".to_owned(), json!(FIRST));
        }
        file.networks
            .insert(name.clone(), json!({"external": true, "name": name}));
        file.enter(
            "networks",
            name,
            Value::Object(said),
            "NetworkingConfig.EndpointsConfig",
        );
    }
    if places.is_empty() {
        file.networks
            .insert(mode.to_owned(), json!({"external": true, "name": mode}));
        file.enter("networks", mode, json!({}), "NetworkingConfig.EndpointsConfig");
    }
}

fn place_words(file: &mut File, place: &Value, is_first: bool) -> Map<String, Value> {
    let mut said = Map::new();
    let names = aliases(place);
    if !names.is_empty() {
        said.insert("aliases".to_owned(), json!(names));
    }
    let mut put = |key: &str, value: Option<&Value>| {
        if let Some(value) = value.filter(|value| !is_nothing(value)) {
            said.insert(key.to_owned(), value.clone());
        }
    };
    let address = |field: &str| place.get("IPAMConfig").and_then(|config| config.get(field));
    put("ipv4_address", address("IPv4Address"));
    put("ipv6_address", address("IPv6Address"));
    put("link_local_ips", address("LinkLocalIPs"));
    put("mac_address", place.get("MacAddress"));
    put("driver_opts", place.get("DriverOpts"));
    put("gw_priority", place.get("GwPriority"));
    for (name, value) in pairs(place) {
        let known = ["Aliases", "IPAMConfig", "MacAddress", "DriverOpts", "GwPriority"];
        let is_said = known.contains(&name) || (name == "Links" && is_first);
        if !is_said && !is_nothing(value) {
            file.unsaid
                .add(&format!("NetworkingConfig.EndpointsConfig.{name}"));
        }
    }
    said
}
