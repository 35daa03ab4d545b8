//! The request that makes the new container, from the old one's own JSON.
//!
//! Fields are taken over verbatim, known or not. What is left out is only what the engine generated for the old one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::kept::short;
use crate::{Inspection, identity::ApiVersion};

/// The first API that takes several networks, and a MAC address for each, when a container is made.
const SEVERAL_NETWORKS: ApiVersion = ApiVersion(1, 44);

/// What a user can say of a container's place in a network; everything else in it was generated.
const SAID: [&str; 5] = ["IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority"];

/// A request body, and what has to be done after it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    /// For `POST /containers/create`.
    pub(crate) create: Value,
    /// Networks that this engine only takes one by one, afterwards.
    pub(crate) connect: BTreeMap<String, Value>,
    /// Whether the old host name was generated, and is left to be generated anew.
    pub(crate) generated_hostname: bool,
    /// Anonymous volumes that are carried over by name: path in the container and volume.
    pub(crate) carried: Vec<(String, String)>,
}

/// The request for a copy of `old`, made of `image`.
pub(crate) fn body(old: &Inspection, image: &str, api: ApiVersion) -> Body {
    let mut config = object(old.json().get("Config"));
    let mut host = object(old.json().get("HostConfig"));
    config.insert("Image".to_owned(), json!(image));
    let generated_hostname = drop_generated_hostname(&mut config, old);
    let carried = carry_anonymous_volumes(&mut host, old);
    let mac = take_mac_address(&mut config, api);
    let mut endpoints = endpoints(old, mac.as_ref());
    let connect = if api < SEVERAL_NETWORKS {
        later(&mut endpoints, old)
    } else {
        BTreeMap::new()
    };
    config.insert("HostConfig".to_owned(), Value::Object(host));
    config.insert(
        "NetworkingConfig".to_owned(),
        json!({ "EndpointsConfig": endpoints }),
    );
    Body {
        create: Value::Object(config),
        connect,
        generated_hostname,
        carried,
    }
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The engine names a host by its container's id unless it is told otherwise. In another container's network, or with
/// the machine's own names, it may not be named at all.
fn drop_generated_hostname(config: &mut Map<String, Value>, old: &Inspection) -> bool {
    let generated = config.get("Hostname").and_then(Value::as_str) == Some(short(old.id()));
    let in_anothers = network_mode(old).starts_with("container:");
    if generated || in_anothers || old.text("/HostConfig/UTSMode") == "host" {
        config.remove("Hostname");
    }
    if in_anothers {
        // These came from the image; the engine refuses them there.
        config.remove("ExposedPorts");
    }
    generated
}

/// A volume without a name belongs to its container all the same: it is mounted by the name that the engine gave it.
fn carry_anonymous_volumes(host: &mut Map<String, Value>, old: &Inspection) -> Vec<(String, String)> {
    let mounts = old
        .json()
        .get("Mounts")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let said = said_targets(host);
    let mut carried = Vec::new();
    let mut binds = host
        .get("Binds")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for mount in mounts
        .iter()
        .filter(|mount| mount.get("Type").and_then(Value::as_str) == Some("volume"))
    {
        let field = |name: &str| mount.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, target) = (field("Name"), field("Destination"));
        if name.is_empty() || said.iter().any(|path| path.trim_end_matches('/') == target) {
            continue;
        }
        carried.push((target.to_owned(), name.to_owned()));
        if name_mount(host, target, name) {
            continue;
        }
        let writable = mount.get("RW").and_then(Value::as_bool).unwrap_or(true);
        let mode = if writable { "" } else { ":ro" };
        binds.push(json!(format!("{name}:{target}{mode}")));
    }
    if !binds.is_empty() {
        host.insert("Binds".to_owned(), Value::Array(binds));
    }
    carried
}

/// The paths that the user's own binds and mounts already take.
fn said_targets(host: &Map<String, Value>) -> Vec<String> {
    let list = |name: &str| {
        host.get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let binds = list("Binds").into_iter().filter_map(|bind| {
        let bind = bind.as_str()?.to_owned();
        bind.split(':').nth(1).map(ToOwned::to_owned)
    });
    let mounts = list("Mounts")
        .into_iter()
        .filter(|mount| !is_nameless_volume(mount));
    let targets =
        mounts.filter_map(|mount| mount.get("Target").and_then(Value::as_str).map(ToOwned::to_owned));
    binds.chain(targets).collect()
}

/// A volume that was asked for without a name: `--mount type=volume,dst=/x`.
fn is_nameless_volume(mount: &Value) -> bool {
    let field = |name: &str| mount.get(name).and_then(Value::as_str).unwrap_or_default();
    field("Type") == "volume" && field("Source").is_empty()
}

/// Gives the nameless volume at `target` its name where it was asked for, with its options. Says whether there is one.
fn name_mount(host: &mut Map<String, Value>, target: &str, name: &str) -> bool {
    let mounts = host.get_mut("Mounts").and_then(Value::as_array_mut);
    let is_it = |mount: &&mut Value| {
        let path = mount.get("Target").and_then(Value::as_str).unwrap_or_default();
        is_nameless_volume(mount) && path.trim_end_matches('/') == target
    };
    let Some(mount) = mounts
        .into_iter()
        .flatten()
        .find(is_it)
        .and_then(Value::as_object_mut)
    else {
        return false;
    };
    mount.insert("Source".to_owned(), json!(name));
    true
}

/// From 1.44 on a MAC address belongs to a place in a network, and one beside it may be refused.
fn take_mac_address(config: &mut Map<String, Value>, api: ApiVersion) -> Option<Value> {
    let said = config
        .get("MacAddress")
        .and_then(Value::as_str)
        .is_some_and(|mac| !mac.is_empty());
    if said && api < SEVERAL_NETWORKS {
        return None;
    }
    config.remove("MacAddress").filter(|_| said)
}

fn endpoints(old: &Inspection, mac: Option<&Value>) -> Map<String, Value> {
    let networks = object(old.json().pointer("/NetworkSettings/Networks"));
    let mode = network_mode(old);
    // These have no places in networks of their own.
    if mode == "host" || mode == "none" || mode.starts_with("container:") {
        return Map::new();
    }
    let first = first_network(mode);
    let place = |(name, place): (String, Value)| {
        let mut kept = said(&place, old);
        if name == first
            && let Some(mac) = mac
        {
            kept.insert("MacAddress".to_owned(), mac.clone());
        }
        (name, Value::Object(kept))
    };
    networks.into_iter().map(place).collect()
}

fn said(place: &Value, old: &Inspection) -> Map<String, Value> {
    let mut said = Map::new();
    for field in SAID {
        let Some(value) = place.get(field).filter(|value| !value.is_null()) else {
            continue;
        };
        said.insert(field.to_owned(), value.clone());
    }
    if let Some(Value::Array(aliases)) = said.get_mut("Aliases") {
        aliases.retain(|alias| alias.as_str() != Some(short(old.id())));
    }
    said
}

/// Everything but the network that the container is started in.
fn later(endpoints: &mut Map<String, Value>, old: &Inspection) -> BTreeMap<String, Value> {
    let first = first_network(network_mode(old)).to_owned();
    let others: Vec<String> = endpoints.keys().filter(|name| **name != first).cloned().collect();
    others
        .into_iter()
        .filter_map(|name| endpoints.remove(&name).map(|place| (name, place)))
        .collect()
}

fn first_network(mode: &str) -> &str {
    if mode == "default" || mode.is_empty() {
        "bridge"
    } else {
        mode
    }
}

pub(crate) fn network_mode(old: &Inspection) -> &str {
    old.text("/HostConfig/NetworkMode")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn old(mut json: Value) -> Inspection {
        json["Id"] = json!(ID);
        Inspection::from_json(json)
    }

    fn copy(json: Value, api: ApiVersion) -> Body {
        body(&old(json), "acme/api:1", api)
    }

    const NEW: ApiVersion = ApiVersion(1, 51);
    const OLD: ApiVersion = ApiVersion(1, 41);

    #[test]
    fn fields_that_nobody_knows_are_carried_over() {
        let json = json!({"Config": {"Cmd": ["a"], "Entrypoint": null, "FromTheFuture": {"x": [1]}},
            "HostConfig": {"Memory": 7, "AlsoNew": true}});
        let create = copy(json, NEW).create;
        assert_eq!(create["FromTheFuture"], json!({"x": [1]}));
        assert_eq!(create["HostConfig"]["AlsoNew"], json!(true));
        assert_eq!(create["Entrypoint"], Value::Null);
        assert_eq!(create["Image"], json!("acme/api:1"));
    }

    #[test]
    fn a_generated_hostname_is_left_to_be_generated_and_a_chosen_one_stays() {
        let generated = copy(json!({"Config": {"Hostname": "0123456789ab"}}), NEW);
        assert_eq!(
            (generated.create.get("Hostname"), generated.generated_hostname),
            (None, true)
        );
        let chosen = copy(json!({"Config": {"Hostname": "db"}}), NEW);
        assert_eq!(chosen.create["Hostname"], json!("db"));
    }

    #[test]
    fn anonymous_volumes_are_carried_by_name_and_said_ones_are_not_doubled() {
        let json = json!({"Config": {}, "HostConfig": {"Binds": ["data:/data"], "Mounts": [{"Target": "/m"}]}, "Mounts": [
            {"Type": "volume", "Name": "data", "Destination": "/data", "RW": true},
            {"Type": "volume", "Name": "m", "Destination": "/m", "RW": true},
            {"Type": "volume", "Name": "3f9c", "Destination": "/cache", "RW": true},
            {"Type": "volume", "Name": "77aa", "Destination": "/ro", "RW": false},
            {"Type": "bind", "Source": "/x", "Destination": "/x"}]});
        let body = copy(json, NEW);
        assert_eq!(
            body.create["HostConfig"]["Binds"],
            json!(["data:/data", "3f9c:/cache", "77aa:/ro:ro"])
        );
        assert_eq!(body.carried.len(), 2);
    }

    #[test]
    fn a_nameless_volume_of_a_mount_is_named_in_place_and_slashes_do_not_matter() {
        let json = json!({"Config": {}, "HostConfig": {"Binds": ["data:/data/"],
            "Mounts": [{"Type": "volume", "Target": "/x", "VolumeOptions": {"NoCopy": true}}]}, "Mounts": [
            {"Type": "volume", "Name": "data", "Destination": "/data", "RW": true},
            {"Type": "volume", "Name": "9abc", "Destination": "/x", "RW": true}]});
        let body = copy(json, NEW);
        let host = &body.create["HostConfig"];
        assert_eq!(host["Binds"], json!(["data:/data/"]));
        assert_eq!(host["Mounts"][0]["Source"], json!("9abc"));
        assert_eq!(host["Mounts"][0]["VolumeOptions"], json!({"NoCopy": true}));
        assert_eq!(body.carried, [("/x".to_owned(), "9abc".to_owned())]);
    }

    #[test]
    fn in_anothers_network_nothing_is_named_or_exposed() {
        let json = json!({"Config": {"Hostname": "x", "ExposedPorts": {"80/tcp": {}}},
            "HostConfig": {"NetworkMode": "container:abc"}});
        let create = copy(json, NEW).create;
        assert_eq!((create.get("Hostname"), create.get("ExposedPorts")), (None, None));
    }

    #[test]
    fn null_stays_null_when_there_is_nothing_to_carry() {
        let body = copy(json!({"Config": {}, "HostConfig": {"Binds": null}}), NEW);
        assert_eq!(body.create["HostConfig"]["Binds"], Value::Null);
    }

    #[test]
    fn of_networks_only_what_was_said_is_carried() {
        let json = json!({"Config": {}, "HostConfig": {"NetworkMode": "shop"}, "NetworkSettings": {"Networks": {
            "shop": {"Aliases": ["db", "0123456789ab"], "IPAMConfig": {"IPv4Address": "10.0.0.5"},
                     "IPAddress": "10.0.0.5", "MacAddress": "02:42:0a:00:00:05", "NetworkID": "n"},
            "back": {"Aliases": null, "IPAddress": "10.1.0.9"}}}});
        let endpoints = copy(json.clone(), NEW).create["NetworkingConfig"]["EndpointsConfig"].clone();
        assert_eq!(
            endpoints["shop"],
            json!({"IPAMConfig": {"IPv4Address": "10.0.0.5"}, "Aliases": ["db"]})
        );
        assert_eq!(endpoints["back"], json!({}));
        let old = copy(json, OLD);
        assert_eq!(
            old.create["NetworkingConfig"]["EndpointsConfig"]
                .as_object()
                .map(Map::len),
            Some(1)
        );
        assert_eq!(old.connect.keys().collect::<Vec<_>>(), ["back"]);
    }

    #[test]
    fn containers_without_networks_of_their_own_get_none() {
        for mode in ["host", "none", "container:abc"] {
            let json = json!({"Config": {"Hostname": "x"}, "HostConfig": {"NetworkMode": mode},
                "NetworkSettings": {"Networks": {"host": {}}}});
            let create = copy(json, NEW).create;
            assert_eq!(create["NetworkingConfig"]["EndpointsConfig"], json!({}), "{mode}");
            assert_eq!(create.get("Hostname").is_none(), mode.starts_with("container:"));
        }
    }
}
