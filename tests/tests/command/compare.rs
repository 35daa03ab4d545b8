//! How two inspections of containers differ in what somebody asked for.

use serde_json::{Map, Value};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything.
    All,
    /// What a Compose service carries: Compose adds labels and names, and attaches to outputs.
    Service,
}

/// Fields of a place in a network that an engine gives out anew.
const GENERATED: [&str; 10] = [
    "NetworkID",
    "EndpointID",
    "Gateway",
    "IPAddress",
    "IPPrefixLen",
    "IPv6Gateway",
    "GlobalIPv6Address",
    "GlobalIPv6PrefixLen",
    "DNSNames",
    "MacAddress",
];

/// What Compose says itself, and what has no order that would mean anything.
const COMPOSES: [&str; 7] = [
    "Config.AttachStdin",
    "Config.AttachStdout",
    "Config.AttachStderr",
    "Config.StdinOnce",
    "Config.Volumes",
    "HostConfig.Links",
    "HostConfig.ConsoleSize",
];

/// The fields that a plan says it leaves out.
pub(crate) fn told(list: &Value) -> Vec<String> {
    let list = list.as_array().cloned().unwrap_or_default();
    list.iter()
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}

/// The fields in which `second` is not as `first`, unless they are `unsaid`.
pub(crate) fn differences(first: &Value, second: &Value, unsaid: &[String], part: Part) -> Vec<String> {
    let mut found = Vec::new();
    let mut second = second.clone();
    leave_out_carried(&mut second, first);
    for field in ["Config", "HostConfig", "NetworkSettings.Networks", "Mounts"] {
        compare(
            field,
            &normal(first, field, part),
            &normal(&second, field, part),
            &mut found,
        );
    }
    let is_excused = |field: &str| {
        let root = |unsaid: &str| unsaid.split('[').next().unwrap_or_default().to_owned();
        let excused = |unsaid: &String| {
            let unsaid = root(unsaid);
            let networks =
                unsaid.starts_with("NetworkingConfig.") && field.starts_with("NetworkSettings.Networks");
            let divided = unsaid == "Config.Entrypoint" && field == "Config.Cmd";
            let unplugged =
                unsaid == "Config.NetworkDisabled" && field.starts_with("NetworkSettings.Networks");
            let provided = unsaid == "HostConfig.VolumesFrom" && field == "Mounts";
            let hardware = unsaid.ends_with(".MacAddress") && field == "Config.MacAddress";
            unplugged
                || hardware
                || provided
                || field.starts_with(&unsaid)
                || unsaid.starts_with(field)
                || networks
                || divided
        };
        unsaid.iter().any(excused)
            || (part == Part::Service && COMPOSES.iter().any(|known| field.starts_with(known)))
    };
    found
        .into_iter()
        .filter(|(field, ..)| !is_excused(field))
        .map(|(field, old, new)| format!("{field}: {old} became {new}"))
        .collect()
}

/// What was mounted without being asked for is asked for by its name now, as the plan says.
fn leave_out_carried(second: &mut Value, first: &Value) {
    let asked = first["HostConfig"]["Binds"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mounted: Vec<_> = first["Mounts"].as_array().into_iter().flatten().collect();
    let is_carried = |bind: &Value| {
        let mut parts = bind.as_str().unwrap_or_default().split(':');
        let (source, target) = (parts.next(), parts.next());
        let is_it =
            |mount: &&Value| mount["Name"].as_str() == source && mount["Destination"].as_str() == target;
        !asked.contains(bind) && mounted.iter().any(is_it)
    };
    if let Some(binds) = second["HostConfig"]["Binds"].as_array_mut() {
        binds.retain(|bind| !is_carried(bind));
    }
}

fn compare(field: &str, first: &Value, second: &Value, found: &mut Vec<(String, Value, Value)>) {
    if is_none(first) && is_none(second) || first == second {
        return;
    }
    let none = Map::new();
    let map = |value: &Value| {
        value
            .as_object()
            .cloned()
            .or_else(|| is_none(value).then(|| none.clone()))
    };
    let (Some(left), Some(right)) = (map(first), map(second)) else {
        return found.push((field.to_owned(), first.clone(), second.clone()));
    };
    if left.is_empty() && right.is_empty() {
        return;
    }
    let names = left
        .keys()
        .chain(right.keys().filter(|name| !left.contains_key(*name)));
    for name in names {
        let side = |map: &Map<String, Value>| map.get(name).cloned().unwrap_or_default();
        if !left.contains_key(name) || !right.contains_key(name) {
            // That an entry is there says something, even when it is empty.
            let shown = |map: &Map<String, Value>| {
                map.get(name)
                    .map_or("none".into(), |value| Value::from(value.to_string()))
            };
            let telling = field.ends_with("Labels")
                || field.ends_with("Networks")
                || field.ends_with("Volumes")
                || field.ends_with("Ports");
            if telling {
                found.push((format!("{field}.{name}"), shown(&left), shown(&right)));
                continue;
            }
        }
        compare(&format!("{field}.{name}"), &side(&left), &side(&right), found);
    }
}

fn is_none(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A part of an inspection without what was generated for this one container.
fn normal(inspection: &Value, field: &str, part: Part) -> Value {
    let id = inspection["Id"].as_str().unwrap_or_default();
    let short = id.get(..12).unwrap_or_default().to_owned();
    let mut value = match field {
        "NetworkSettings.Networks" => inspection["NetworkSettings"]["Networks"].clone(),
        field => inspection[field].clone(),
    };
    match field {
        "Config" => config(&mut value, &short, part),
        "HostConfig" => host(&mut value, part),
        "Mounts" => return mounts(&value),
        _ => networks(&mut value, inspection, &short, part),
    }
    value
}

fn config(value: &mut Value, short: &str, part: Part) {
    if value["Hostname"] == short {
        value["Hostname"] = "generated".into();
    }
    sort(&mut value["Env"]);
    if let (Part::Service, Some(labels)) = (part, value["Labels"].as_object_mut()) {
        labels.retain(|name, _| !name.starts_with("com.docker.compose."));
    }
}

fn host(value: &mut Value, part: Part) {
    // A client says these, an engine takes nothing for the same.
    if value["RestartPolicy"]["Name"] == "" {
        value["RestartPolicy"]["Name"] = "no".into();
    }
    if value["Runtime"].is_null() {
        value["Runtime"] = "runc".into();
    }
    for field in ["Binds", "Ulimits", "CapAdd", "CapDrop", "Links", "ExtraHosts"] {
        sort(&mut value[field]);
    }
    for request in value["DeviceRequests"].as_array_mut().into_iter().flatten() {
        prune(request);
    }
    for mount in value["Mounts"].as_array_mut().into_iter().flatten() {
        let generated = mount["Source"].as_str().is_some_and(|name| name.len() == 64);
        if generated {
            mount["Source"].take();
        }
        prune(mount);
    }
    if part == Part::Service {
        as_compose_says(value);
    }
}

/// The same in the words that Compose has for it.
fn as_compose_says(value: &mut Value) {
    if value["NetworkMode"] == "default" {
        value["NetworkMode"] = "bridge".into();
    }
    // What is mounted is compared as such: Compose says mounts as binds and binds as mounts.
    value["Binds"].take();
    for field in ["CapAdd", "CapDrop"] {
        for name in value[field].as_array_mut().into_iter().flatten() {
            let short = name
                .as_str()
                .unwrap_or_default()
                .trim_start_matches("CAP_")
                .to_owned();
            *name = short.into();
        }
    }
    for mount in value["Mounts"].as_array_mut().into_iter().flatten() {
        let plain = |name: &String| {
            [
                "Type",
                "Source",
                "Target",
                "ReadOnly",
                "BindOptions",
                "VolumeOptions",
            ]
            .contains(&name.as_str())
        };
        let is_plain = mount.as_object().is_some_and(|map| map.keys().all(plain));
        let known = |part: &str, names: &[&str]| {
            let mut options = mount[part].as_object().into_iter().flatten();
            options.all(|(name, _)| names.contains(&name.as_str()))
        };
        let same =
            known("BindOptions", &["Propagation", "CreateMountpoint"]) && known("VolumeOptions", &["NoCopy"]);
        if is_plain && same {
            mount.take();
        }
    }
    if let Some(mounts) = value["Mounts"].as_array_mut() {
        mounts.retain(|mount| !mount.is_null());
    }
}

fn prune(value: &mut Value) {
    if let Some(map) = value.as_object_mut() {
        map.values_mut().for_each(prune);
        map.retain(|_, value| !is_none(value) && value.as_str() != Some(""));
    }
}

fn networks(value: &mut Value, inspection: &Value, short: &str, part: Part) {
    let runs = inspection["State"]["Running"] == true;
    for place in value.as_object_mut().into_iter().flat_map(|map| map.values_mut()) {
        for field in GENERATED {
            if field != "MacAddress" || runs {
                place[field].take();
            }
        }
        if let Some(aliases) = place["Aliases"].as_array_mut() {
            aliases.retain(|alias| alias != short);
            if part == Part::Service {
                // Compose adds the names of the container and the service.
                let name = inspection["Name"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_start_matches('/')
                    .to_owned();
                aliases.retain(|alias| *alias != name.as_str());
            }
            aliases.dedup();
        }
        sort(&mut place["Aliases"]);
        prune(place);
    }
}

/// What is mounted where.
fn mounts(value: &Value) -> Value {
    let said = value.as_array().cloned().unwrap_or_default();
    let mut said: Vec<_> = said
        .iter()
        .map(|mount| {
            let field = |name: &str| mount[name].as_str().unwrap_or_default();
            let text = format!(
                "{} {} {} {} {}",
                field("Type"),
                field("Name"),
                field("Destination"),
                mount["RW"],
                field("Propagation")
            );
            Value::from(text)
        })
        .collect();
    said.sort_by_key(ToString::to_string);
    Value::Array(said)
}

fn sort(value: &mut Value) {
    if let Some(list) = value.as_array_mut() {
        list.sort_by_key(ToString::to_string);
    }
}
