//! Making a container.

use std::collections::HashSet;

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{Container, State, config};
use crate::{
    answer::Refusal,
    clock::Moment,
    digest::{id, short},
    images::{self, Platform, Variant},
    world::World,
};

/// What a new container is to be.
pub(crate) struct Wanted<'a> {
    /// Empty for a name of the engine's choice.
    pub(crate) name: &'a str,
    /// Empty for the engine's own.
    pub(crate) platform: &'a str,
    pub(crate) body: &'a Map<String, Value>,
}

/// Makes a container at `at`: its id, and warnings.
pub(crate) fn create(
    world: &mut World,
    wanted: &Wanted<'_>,
    at: Moment,
) -> Result<(String, Vec<String>), Refusal> {
    let reference = wanted
        .body
        .get("Image")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let asked = Platform::parse(wanted.platform)?;
    let image = images::find(&world.images, reference).ok_or_else(|| images::missing(reference))?;
    let image = &world.images[image];
    let variant = image.best(asked.as_ref(), &world.kernel.native);
    let variant = variant
        .ok_or_else(|| images::not_provided(reference, asked.as_ref()))?
        .clone();
    let image = image.id.clone();
    let id = id(&format!("container {} {}", world.count(), at.nanos()));
    let name = name(world, wanted.name, &id)?;
    let config = config::config(wanted.body, &variant.config, short(&id));
    if super::texts(config.get("Entrypoint")).is_empty() && super::texts(config.get("Cmd")).is_empty() {
        return Err(Refusal::bad("no command specified"));
    }
    let host = config::host(wanted.body);
    let container = Container {
        networks: networks(wanted.body, &host),
        mounts: mounts(world, &config, &host, at),
        descriptor: images::manifest_descriptor(&variant),
        architecture: variant.platform.architecture.clone(),
        program: std::sync::Arc::clone(&variant.program),
        digest: variant.digest.clone(),
        state: State::default(),
        log: Vec::new(),
        created: at,
        id: id.clone(),
        name,
        image,
        config,
        host,
    };
    world.events.container(at, "create", &container, &[]);
    world.containers.push(container);
    Ok((id, warnings(world, asked.is_some(), &variant)))
}

fn name(world: &World, wanted: &str, id: &str) -> Result<String, Refusal> {
    let name = wanted.strip_prefix('/').unwrap_or(wanted);
    if name.is_empty() {
        return Ok(format!("sample_{}", short(id)));
    }
    check_name(world, name)?;
    Ok(name.to_owned())
}

/// Whether a container may be called `name`.
pub(super) fn check_name(world: &World, name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if name.len() < 2 || !name.bytes().all(allowed) || !name.as_bytes()[0].is_ascii_alphanumeric() {
        return Err(Refusal::bad(format!(
            "Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        )));
    }
    match world.containers.iter().find(|container| container.name == name) {
        None => Ok(()),
        Some(owner) => Err(Refusal::conflict(format!(
            "Conflict. The container name \"/{name}\" is already in use by container \"{}\". You have to remove (or rename) that container to be able to reuse that name.",
            owner.id
        ))),
    }
}

fn warnings(world: &World, platform_given: bool, variant: &Variant) -> Vec<String> {
    let native = &world.kernel.native;
    if platform_given || variant.platform.is(native) {
        return Vec::new();
    }
    vec![format!(
        "The requested image's platform ({}) does not match the detected host platform ({native}) and no specific platform was requested",
        variant.platform
    )]
}

/// The networks that are asked for, or the one that the mode names.
fn networks(body: &Map<String, Value>, host: &Map<String, Value>) -> Map<String, Value> {
    let said = body
        .get("NetworkingConfig")
        .and_then(|config| config.get("EndpointsConfig"));
    let said = said.and_then(Value::as_object).cloned().unwrap_or_default();
    let mode = host
        .get("NetworkMode")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !said.is_empty() || mode.starts_with("container:") {
        return said;
    }
    Map::from_iter([(mode.to_owned(), json!({}))])
}

/// The volumes and folders that it mounts; volumes that are not there yet are made.
fn mounts(
    world: &mut World,
    config: &Map<String, Value>,
    host: &Map<String, Value>,
    at: Moment,
) -> Vec<Value> {
    let mut mounts = Vec::new();
    for bind in super::texts(host.get("Binds")) {
        let mut parts = bind.splitn(3, ':');
        let (source, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        mounts.push(mount(world, source, target, parts.next().unwrap_or_default(), at));
    }
    for said in host.get("Mounts").and_then(Value::as_array).into_iter().flatten() {
        let field = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
        let mode = if said.get("ReadOnly") == Some(&Value::Bool(true)) {
            "ro"
        } else {
            "z"
        };
        mounts.push(mount(world, field("Source"), field("Target"), mode, at));
    }
    let taken: HashSet<String> = mounts
        .iter()
        .filter_map(|mount| mount["Destination"].as_str())
        .map(ToOwned::to_owned)
        .collect();
    let anonymous = config
        .get("Volumes")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for target in anonymous.keys().filter(|target| !taken.contains(*target)) {
        let name = id(&format!("volume {} {target}", world.count()));
        mounts.push(mount(world, &name, target, "", at));
    }
    mounts
}

fn mount(world: &mut World, source: &str, target: &str, mode: &str, at: Moment) -> Value {
    let writable = !mode.split(',').any(|word| word == "ro");
    if source.starts_with('/') {
        return json!({"Type": "bind", "Source": source, "Destination": target, "Mode": mode, "RW": writable, "Propagation": "rprivate"});
    }
    world.volumes.entry(source.to_owned()).or_insert(at);
    json!({
        "Type": "volume",
        "Name": source,
        "Source": format!("/var/lib/docker/volumes/{source}/_data"),
        "Destination": target,
        "Driver": "local",
        "Mode": if mode.is_empty() { "z" } else { mode },
        "RW": writable,
        "Propagation": "",
    })
}

/// The body of a request as a map.
pub(super) fn body_of(value: &Value) -> Result<&Map<String, Value>, Refusal> {
    let message = "config cannot be empty in order to create a container";
    value
        .as_object()
        .ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, message))
}
