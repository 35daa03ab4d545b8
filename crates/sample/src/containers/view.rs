//! A container as the engine's JSON.

use serde_json::{Map, Value, json};

use super::{Container, Status};
use crate::{
    clock::{Moment, NEVER, words},
    digest::{id, short},
    recorded::{CONTAINER, ENDPOINT, read},
    world::World,
};

/// How often in a row a failing health check has failed: as often as the engine waits for by itself.
const FAILED: u8 = 3;

impl Container {
    /// `GET /containers/{id}/json`.
    pub(super) fn inspection(&self, world: &World) -> Value {
        let text = CONTAINER.replace("{id}", &self.id);
        let mut json: Map<String, Value> = read(&text).unwrap_or_default();
        let command = self.command();
        json.insert("Id".into(), json!(self.id));
        json.insert("Name".into(), json!(format!("/{}", self.name)));
        json.insert("Created".into(), json!(self.created.text()));
        json.insert("Path".into(), json!(command.first()));
        json.insert("Args".into(), json!(command.get(1..).unwrap_or_default()));
        json.insert("State".into(), self.state());
        json.insert("Image".into(), json!(self.image));
        json.insert("RestartCount".into(), json!(self.state.restarts));
        json.insert("HostConfig".into(), Value::Object(self.host.clone()));
        json.insert("Mounts".into(), json!(self.mounts));
        json.insert("Config".into(), Value::Object(self.config.clone()));
        if let Some(Value::Object(settings)) = json.get_mut("NetworkSettings") {
            settings.insert("Networks".into(), self.places(world));
            settings.insert("Ports".into(), self.ports_by_name());
        }
        json.insert("ImageManifestDescriptor".into(), self.descriptor.clone());
        Value::Object(json)
    }

    /// A row of `GET /containers/json`.
    pub(super) fn row(&self, world: &World, now: Moment) -> Value {
        json!({
            "Id": self.id,
            "Names": [format!("/{}", self.name)],
            "Image": self.text("Image"),
            "ImageID": self.image,
            "ImageManifestDescriptor": self.descriptor,
            "Command": self.command().join(" "),
            "Created": self.created.seconds(),
            "Ports": self.ports(),
            "Labels": self.config.get("Labels"),
            "State": self.state.status.as_str(),
            "Status": self.status(now),
            "HostConfig": {"NetworkMode": self.host_text("NetworkMode")},
            "NetworkSettings": {"Networks": self.places(world)},
            "Mounts": self.mounts,
        })
    }

    fn state(&self) -> Value {
        let state = &self.state;
        let moment = |at: Option<Moment>| at.map_or_else(|| NEVER.to_owned(), Moment::text);
        let mut json = json!({
            "Status": state.status.as_str(),
            "Running": state.status.is_up(),
            "Paused": state.status == Status::Paused,
            "Restarting": state.status == Status::Restarting,
            "OOMKilled": false,
            "Dead": false,
            "Pid": if state.status.is_up() { self.pid() } else { 0 },
            "ExitCode": state.exit,
            "Error": state.error,
            "StartedAt": moment(state.started),
            "FinishedAt": moment(state.finished),
        });
        if let Some(output) = self.failing_check() {
            let check = json!({"Start": moment(state.started), "End": moment(state.started), "ExitCode": 1, "Output": output});
            json["Health"] = json!({"Status": "unhealthy", "FailingStreak": FAILED, "Log": [check]});
        }
        json
    }

    /// What its health check wrote, when it runs and the check fails.
    fn failing_check(&self) -> Option<&str> {
        let runs = self.state.status == Status::Running;
        self.program.unhealthy.as_deref().filter(|_| runs)
    }

    /// The engine's sentence for how it stands.
    fn status(&self, now: Moment) -> String {
        let ago = |at: Option<Moment>| words(at.map_or_else(Default::default, |at| now.since(at)));
        let state = &self.state;
        match state.status {
            Status::Created => "Created".to_owned(),
            Status::Running if self.failing_check().is_some() => {
                format!("Up {} (unhealthy)", ago(state.started))
            }
            Status::Running => format!("Up {}", ago(state.started)),
            Status::Paused => format!("Up {} (Paused)", ago(state.started)),
            Status::Restarting => format!("Restarting ({}) {} ago", state.exit, ago(state.finished)),
            Status::Exited => format!("Exited ({}) {} ago", state.exit, ago(state.finished)),
        }
    }

    /// The number of its first process.
    pub(super) fn pid(&self) -> u64 {
        let digits = u64::from_str_radix(self.id.get(..4).unwrap_or_default(), 16).unwrap_or_default();
        1000 + digits % 30_000
    }

    /// Its places in networks; what the engine generates is there while it runs.
    fn places(&self, world: &World) -> Value {
        let place = |(name, said): (&String, &Value)| (name.clone(), self.place(world, name, said));
        Value::Object(self.networks.iter().map(place).collect())
    }

    fn place(&self, world: &World, name: &str, said: &Value) -> Value {
        let mut place: Map<String, Value> = read(ENDPOINT).unwrap_or_default();
        place.extend(said.as_object().cloned().unwrap_or_default());
        let Some(network) = world.networks.iter().find(|network| network.name == name) else {
            return Value::Object(place);
        };
        if self.state.started.is_some() {
            place.insert("NetworkID".into(), json!(network.id));
        }
        if name != "host" && name != "none" {
            let aliases = super::texts(place.get("Aliases"));
            let mut names = vec![self.name.clone(), short(&self.id).to_owned()];
            names.extend(aliases.into_iter().filter(|alias| *alias != self.name));
            let own_network = name != "bridge";
            place.insert(
                "DNSNames".into(),
                if own_network { json!(names) } else { Value::Null },
            );
        }
        if self.state.status.is_up() {
            place.insert(
                "EndpointID".into(),
                json!(id(&format!("endpoint {} {name}", self.id))),
            );
            place.extend(network.address(world, &self.id));
        }
        Value::Object(place)
    }

    fn exposed(&self) -> Vec<&String> {
        let ports = self.config.get("ExposedPorts").and_then(Value::as_object);
        ports.into_iter().flat_map(Map::keys).collect()
    }

    fn ports_by_name(&self) -> Value {
        if !self.state.status.is_up() {
            return json!({});
        }
        let mut ports: Map<String, Value> = self
            .exposed()
            .into_iter()
            .map(|port| (port.clone(), Value::Null))
            .collect();
        for (port, host) in self.published() {
            ports.insert(
                port.to_owned(),
                json!([{"HostIp": "0.0.0.0", "HostPort": host}, {"HostIp": "::", "HostPort": host}]),
            );
        }
        Value::Object(ports)
    }

    fn ports(&self) -> Vec<Value> {
        if !self.state.status.is_up() {
            return Vec::new();
        }
        let parts = |port: &str| {
            let (number, kind) = port.split_once('/').unwrap_or((port, "tcp"));
            (number.parse::<u16>().unwrap_or_default(), kind.to_owned())
        };
        let published = self.published();
        let taken: Vec<&str> = published.iter().map(|(port, _)| *port).collect();
        let open = self
            .exposed()
            .into_iter()
            .filter(|port| !taken.contains(&port.as_str()))
            .map(|port| {
                let (number, kind) = parts(port);
                json!({"PrivatePort": number, "Type": kind})
            });
        let open: Vec<Value> = open.collect();
        let bound = published.into_iter().map(|(port, host)| {
            let (number, kind) = parts(port);
            json!({"IP": "0.0.0.0", "PrivatePort": number, "PublicPort": host.parse::<u16>().unwrap_or_default(), "Type": kind})
        });
        bound.chain(open).collect()
    }
}
