//! Networks and volumes.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Refusal, empty, json},
    ask::Ask,
    clock::Moment,
    containers,
    digest::id,
    world::World,
};

/// One network.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Network {
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) id: String,
    pub(crate) driver: String,
    #[serde(default)]
    subnet: String,
    #[serde(default)]
    gateway: String,
    #[serde(default)]
    labels: Map<String, Value>,
}

impl Network {
    /// With an id that its name gives.
    pub(crate) fn identified(self) -> Self {
        Self {
            id: id(&format!("network {}", self.name)),
            ..self
        }
    }

    /// What the engine gives container `of` here.
    pub(crate) fn address(&self, world: &World, of: &str) -> Map<String, Value> {
        let Some((prefix, length)) = self.subnet.split_once(".0/") else {
            return Map::new();
        };
        let here = world
            .containers
            .iter()
            .filter(|container| container.networks.contains_key(&self.name));
        let place = here
            .zip(2_u8..=u8::MAX)
            .find(|(container, _)| container.id == of)
            .map_or(2, |(_, place)| place);
        let fields = [
            ("Gateway", json!(self.gateway)),
            ("IPAddress", json!(format!("{prefix}.{place}"))),
            ("IPPrefixLen", json!(length.parse::<u8>().unwrap_or_default())),
            ("MacAddress", json!(format!("02:42:ac:11:00:{place:02x}"))),
        ];
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    fn inspection(&self, world: &World) -> Value {
        let here = world.containers.iter();
        let here = here.filter(|container| {
            container.state.status.is_up() && container.networks.contains_key(&self.name)
        });
        let containers: Map<String, Value> = here
            .map(|container| (container.id.clone(), json!({ "Name": container.name })))
            .collect();
        json!({
            "Name": self.name,
            "Id": self.id,
            "Created": world.began.before(30 * 86_400).text(),
            "Scope": "local",
            "Driver": self.driver,
            "EnableIPv4": true,
            "EnableIPv6": false,
            "IPAM": {"Driver": "default", "Options": null, "Config": [{"Subnet": self.subnet, "Gateway": self.gateway}]},
            "Internal": false,
            "Attachable": false,
            "Ingress": false,
            "ConfigFrom": {"Network": ""},
            "ConfigOnly": false,
            "Containers": containers,
            "Options": {},
            "Labels": self.labels,
        })
    }
}

/// `GET /networks`.
pub(crate) fn list(world: &World, ask: &Ask) -> Result<Answer, Refusal> {
    let filters = ask.filters()?;
    let fits = |network: &&Network| {
        filters.fits("name", |name| network.name.contains(name))
            && filters.fits("id", |id| network.id.starts_with(id))
    };
    let all = world
        .networks
        .iter()
        .filter(fits)
        .map(|network| network.inspection(world));
    Ok(json(&all.collect()))
}

/// `GET /networks/{id}`.
pub(crate) fn inspect(world: &World, name: &str) -> Result<Answer, Refusal> {
    Ok(json(&find(world, name)?.inspection(world)))
}

/// `POST /networks/{id}/connect`.
pub(crate) fn connect(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let (network, index) = both(world, ask, name)?;
    let said = ask.body.get("EndpointConfig").filter(|said| said.is_object());
    let said = said.cloned().unwrap_or_else(|| json!({}));
    let container = &mut world.containers[index];
    if container.networks.contains_key(&network.name) && container.state.status.is_up() {
        let message = format!(
            "endpoint with name {} already exists in network {}",
            container.name, network.name
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, message));
    }
    container.networks.insert(network.name.clone(), said);
    if container.state.status.is_up() {
        world.tell_network(&network, index, Moment::now(), "connect");
    }
    Ok(empty(StatusCode::OK))
}

/// `POST /networks/{id}/disconnect`.
pub(crate) fn disconnect(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let (network, index) = both(world, ask, name)?;
    let container = &mut world.containers[index];
    if container.networks.remove(&network.name).is_none() {
        let message = format!(
            "container {} is not connected to network {}",
            container.id, network.name
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, message));
    }
    if container.state.status.is_up() {
        world.tell_network(&network, index, Moment::now(), "disconnect");
    }
    Ok(empty(StatusCode::OK))
}

/// `GET /volumes`.
pub(crate) fn volumes(world: &World) -> Answer {
    let all: Vec<Value> = world
        .volumes
        .iter()
        .map(|(name, made)| volume(name, *made))
        .collect();
    json(&json!({ "Volumes": all, "Warnings": null }))
}

/// `GET /volumes/{name}`.
pub(crate) fn inspect_volume(world: &World, name: &str) -> Result<Answer, Refusal> {
    match world.volumes.get(name) {
        Some(made) => Ok(json(&volume(name, *made))),
        None => Err(Refusal::not_found(format!("get {name}: no such volume"))),
    }
}

fn volume(name: &str, made: Moment) -> Value {
    json!({
        "CreatedAt": made.text(),
        "Driver": "local",
        "Labels": null,
        "Mountpoint": format!("/var/lib/docker/volumes/{name}/_data"),
        "Name": name,
        "Options": null,
        "Scope": "local",
    })
}

fn find<'a>(world: &'a World, name: &str) -> Result<&'a Network, Refusal> {
    let mut all = world.networks.iter();
    let fits =
        |network: &&Network| network.name == name || (name.len() >= 12 && network.id.starts_with(name));
    all.find(fits)
        .ok_or_else(|| Refusal::not_found(format!("network {name} not found")))
}

fn both(world: &World, ask: &Ask, name: &str) -> Result<(Network, usize), Refusal> {
    let network = find(world, name)?.clone();
    let container = ask
        .body
        .get("Container")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Ok((network, containers::find(&world.containers, container)?))
}
