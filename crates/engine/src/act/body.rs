//! The request that makes the new container, from the old one's own JSON.
//!
//! Fields are taken over verbatim, known or not. What is left out is only what the engine generated for the old one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{around::Around, kept::short, mac, mounted::is_same_place};
use crate::{Inspection, identity::ApiVersion};

/// The first API that takes several networks, and a MAC address for each, when a container is made.
const SEVERAL_NETWORKS: ApiVersion = ApiVersion(1, 44);

/// The first API that no longer tells the address that was chosen for the network that a container is started in.
const NO_COMMON_MAC: ApiVersion = ApiVersion(1, 52);

/// As much of an id as can be told from a name.
const SHORT_ID: usize = 12;

/// What a user can say of a container's place in a network; everything else in it was generated.
const SAID: [&str; 5] = ["IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority"];

/// A request body, and what has to be done after it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Body {
    /// For `POST /containers/create`.
    pub(crate) create: Value,
    /// Networks that this engine only takes one by one, afterwards.
    pub(crate) connect: BTreeMap<String, Value>,
    /// The network that a container of this mode is put into, where somebody took the old one out of it.
    pub(crate) leave: Option<String>,
    /// Whether the old host name was generated, and is left to be generated anew.
    pub(crate) generated_hostname: bool,
    /// Anonymous volumes that are carried over by name: path in the container and volume.
    pub(crate) carried: Vec<(String, String)>,
    /// Containers that volumes came from and that are gone: what came from them is carried by itself.
    pub(crate) providers_gone: Vec<String>,
    /// Addresses of which nothing says whether somebody chose them: network and address. New ones are generated.
    pub(crate) uncertain_macs: Vec<(String, String)>,
}

/// The request for a copy of `old`, made of `image`, on an engine of this API with this around.
pub(crate) fn body(old: &Inspection, image: &str, api: ApiVersion, around: &Around) -> Body {
    let mut config = object(old.json().get("Config"));
    let mut host = object(old.json().get("HostConfig"));
    config.insert("Image".to_owned(), json!(image));
    let generated_hostname = drop_generated_hostname(&mut config, old, around);
    let carried = carry_anonymous_volumes(&mut host, old, around);
    let providers_gone = drop_gone_providers(&mut host, around);
    let mac = take_mac_address(&mut config, api);
    let (mut endpoints, uncertain_macs) = endpoints(old, mac.as_ref(), api);
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
        leave: left_network(old),
        generated_hostname,
        carried,
        providers_gone,
        uncertain_macs,
    }
}

impl Body {
    /// All places in networks: the name of each, and what is asked for there.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&String, &Value)> {
        let first = self.create.pointer("/NetworkingConfig/EndpointsConfig");
        let first = first.and_then(Value::as_object).into_iter().flatten();
        first.chain(&self.connect)
    }

    /// As the engine has to be asked. For it, no entry point means the image's; a container that has none was asked for
    /// with an empty one, and engines from 17 on take `[""]` for that.
    pub(crate) fn to_send(&self) -> Value {
        let mut create = self.create.clone();
        if create.get("Entrypoint").is_none_or(Value::is_null) {
            create["Entrypoint"] = json!([""]);
        }
        create
    }
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The engine names a host by its container's id unless it is told otherwise, or by the machine's name in the machine's
/// network. In another container's network, or with the machine's own names, it may not be named at all.
fn drop_generated_hostname(config: &mut Map<String, Value>, old: &Inspection, around: &Around) -> bool {
    let said = config.get("Hostname").and_then(Value::as_str);
    let generated = said == Some(short(old.id()));
    let is_machines = network_mode(old) == "host" && said == Some(&around.machine);
    let in_anothers = network_mode(old).starts_with("container:");
    if generated || is_machines || in_anothers || old.text("/HostConfig/UTSMode") == "host" {
        config.remove("Hostname");
    }
    if in_anothers {
        // These came from the image; the engine refuses them there.
        config.remove("ExposedPorts");
    }
    generated
}

/// A volume without a name belongs to its container all the same: it is mounted by the name that the engine gave it. So is
/// what came from another container that has it no more.
fn carry_anonymous_volumes(
    host: &mut Map<String, Value>,
    old: &Inspection,
    around: &Around,
) -> Vec<(String, String)> {
    let mounts = list(old.json().get("Mounts"));
    let said = said_targets(host);
    let mut carried = Vec::new();
    let mut binds = list(host.get("Binds"));
    for mount in mounts {
        let field = |name: &str| mount.get(name).and_then(Value::as_str).unwrap_or_default();
        let (name, target) = (field("Name"), field("Destination"));
        let is_said = said.iter().any(|path| is_same_place(path, target));
        if is_said || around.provides(&mount) {
            continue;
        }
        let source = match field("Type") {
            "volume" => name,
            // Nobody asked for it here: it came from another container.
            "bind" if !around.providers.is_empty() => field("Source"),
            _ => continue,
        };
        if source.is_empty() {
            continue;
        }
        carried.push((target.to_owned(), source.to_owned()));
        if name_mount(host, target, name) {
            continue;
        }
        let writable = mount.get("RW").and_then(Value::as_bool).unwrap_or(true);
        let mode = if writable { "" } else { ":ro" };
        binds.push(json!(format!("{source}:{target}{mode}")));
    }
    if !binds.is_empty() {
        host.insert("Binds".to_owned(), Value::Array(binds));
    }
    carried
}

/// Leaves out of `VolumesFrom` what names no container any more, and says what that was.
fn drop_gone_providers(host: &mut Map<String, Value>, around: &Around) -> Vec<String> {
    let said = list(host.get("VolumesFrom"));
    let is_gone = |entry: &Value| entry.as_str().is_some_and(|entry| around.is_gone(entry));
    let (gone, left): (Vec<Value>, Vec<Value>) = said.into_iter().partition(is_gone);
    if gone.is_empty() {
        return Vec::new();
    }
    host.insert("VolumesFrom".to_owned(), Value::Array(left));
    gone.iter()
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}

fn list(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// The paths that the user's own binds and mounts already take.
fn said_targets(host: &Map<String, Value>) -> Vec<String> {
    let binds = list(host.get("Binds")).into_iter().filter_map(|bind| {
        let bind = bind.as_str()?.to_owned();
        bind.split(':').nth(1).map(ToOwned::to_owned)
    });
    let mounts = list(host.get("Mounts"))
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
        is_nameless_volume(mount) && is_same_place(path, target)
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

/// The places in networks, and the addresses in them that nothing says much of.
fn endpoints(
    old: &Inspection,
    mac: Option<&Value>,
    api: ApiVersion,
) -> (Map<String, Value>, Vec<(String, String)>) {
    let networks = object(old.json().pointer("/NetworkSettings/Networks"));
    let mode = network_mode(old);
    if has_no_places(mode) {
        return (Map::new(), Vec::new());
    }
    let first = first_network(mode);
    let mut uncertain = Vec::new();
    let mut places = Map::new();
    for (name, place) in networks {
        let mut kept = said(&place, old);
        let field = |field: &str| place.get(field).and_then(Value::as_str).unwrap_or_default();
        let has = field("MacAddress");
        if name == first && mac.is_some() {
            kept.extend(mac.map(|mac| ("MacAddress".to_owned(), mac.clone())));
        } else if api >= SEVERAL_NETWORKS && (name != first || api >= NO_COMMON_MAC) {
            match mac::origin(has, field("IPAddress")) {
                mac::Origin::Chosen => {
                    kept.insert("MacAddress".to_owned(), json!(has));
                }
                mac::Origin::Uncertain => uncertain.push((name.clone(), has.to_owned())),
                mac::Origin::Generated => {}
            }
        }
        places.insert(name, Value::Object(kept));
    }
    (places, uncertain)
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

/// The network of the container's mode that it is not in any more; `None` as well where that cannot be told.
fn left_network(old: &Inspection) -> Option<String> {
    let mode = network_mode(old);
    if has_no_places(mode) {
        return None;
    }
    let places = old.json().pointer("/NetworkSettings/Networks")?.as_object()?;
    // A mode that is an id may be meant by any name.
    let is_id = mode.len() >= SHORT_ID && mode.bytes().all(|digit| digit.is_ascii_hexdigit());
    let first = first_network(mode);
    let stays = [first, mode].iter().any(|name| places.contains_key(*name));
    (places.is_empty() || !stays && !is_id).then(|| first.to_owned())
}

/// These have no places in networks of their own.
fn has_no_places(mode: &str) -> bool {
    mode == "host" || mode == "none" || mode.starts_with("container:")
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
        body(&old(json), "acme/api:1", api, &Around::default())
    }

    #[test]
    fn a_network_that_somebody_took_it_out_of_is_left_again() {
        let left = |mode: &str, networks: Value| {
            let json =
                json!({"HostConfig": {"NetworkMode": mode}, "NetworkSettings": {"Networks": networks}});
            copy(json, NEW).leave
        };
        assert_eq!(left("front", json!({})).as_deref(), Some("front"));
        assert_eq!(left("front", json!({"back": {}})).as_deref(), Some("front"));
        assert_eq!(left("default", json!({})).as_deref(), Some("bridge"));
        for (mode, networks) in [
            ("front", json!({"front": {}})),
            ("default", json!({"bridge": {}})),
            ("0123456789ab", json!({"front": {}})),
            ("front", Value::Null),
            ("host", json!({})),
            ("none", json!({})),
            ("container:db", json!({})),
        ] {
            assert_eq!(left(mode, networks.clone()), None, "{mode} {networks}");
        }
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
    fn what_comes_from_another_container_is_left_to_it_as_long_as_it_has_it() {
        let json = json!({"Config": {}, "HostConfig": {"VolumesFrom": ["data", "gone:ro"]}, "Mounts": [
            {"Type": "volume", "Name": "v1", "Destination": "/same", "RW": true},
            {"Type": "volume", "Name": "v2", "Destination": "/other", "RW": true},
            {"Type": "bind", "Source": "/host", "Destination": "/from-gone", "RW": false}]});
        let provider = Inspection::from_json(json!({"Mounts": [
            {"Type": "volume", "Name": "v1", "Destination": "/same"},
            {"Type": "volume", "Name": "v9", "Destination": "/other"}]}));
        let around = Around {
            providers: vec![("data".to_owned(), Some(provider)), ("gone".to_owned(), None)],
            ..Around::default()
        };
        let body = body(&old(json), "acme/api:1", NEW, &around);
        let host = &body.create["HostConfig"];
        assert_eq!(host["VolumesFrom"], json!(["data"]));
        assert_eq!(host["Binds"], json!(["v2:/other", "/host:/from-gone:ro"]));
        assert_eq!(body.providers_gone, ["gone:ro"]);
    }

    #[test]
    fn the_machines_own_name_is_not_pinned_in_its_network() {
        let json = json!({"Config": {"Hostname": "vm"}, "HostConfig": {"NetworkMode": "host"}});
        let around = Around {
            machine: "vm".to_owned(),
            ..Around::default()
        };
        assert_eq!(
            body(&old(json.clone()), "a", NEW, &around).create.get("Hostname"),
            None
        );
        assert_eq!(copy(json, NEW).create["Hostname"], json!("vm"));
    }

    #[test]
    fn a_container_without_an_entry_point_does_not_get_the_images() {
        let none = copy(json!({"Config": {"Entrypoint": null, "Cmd": ["x"]}}), NEW);
        assert_eq!(none.to_send()["Entrypoint"], json!([""]));
        assert_eq!(none.create["Entrypoint"], Value::Null);
        let own = copy(json!({"Config": {"Entrypoint": []}}), NEW);
        assert_eq!(own.to_send()["Entrypoint"], json!([]));
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
