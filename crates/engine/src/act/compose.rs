//! The service of a Compose file that makes the same container.

mod health;
mod mounts;
mod networks;
mod resources;
mod yaml;

use serde_json::{Map, Value, json};

use super::{
    options::{CONFIG, Form, HOST, Row, is_nothing, list, pairs, text, text_at, texts},
    unsaid::Unsaid,
    wanted::{Entrypoint, Made, SystemPaths, Wanted},
};

/// More than anybody keeps in a file of services.
const ROOM: usize = 256 * 1024;

/// A service, and what it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Service {
    /// A whole Compose file with this one service.
    pub(crate) text: String,
    /// The fields of the create request that a service has no keys for.
    pub(crate) unsaid: Vec<String>,
}

/// The service for `made`. Networks and volumes are there already, so they are said to be external.
pub(crate) fn compose_service(made: &Made<'_>) -> Service {
    let mut wanted = Wanted::of(made);
    let mut file = File::default();
    file.set("image", json!(wanted.image), "Image");
    file.set("container_name", json!(made.name), "Name");
    file.set("platform", json!(made.platform.to_string()), "Platform");
    // Compose says itself what it is attached to.
    for field in ["AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce"] {
        wanted.config.take(field);
    }
    program(&mut file, &wanted);
    networks::networks(&mut file, &mut wanted, made);
    for row in CONFIG {
        plain(&mut file, &row, "Config", &wanted.config.take(row.field));
    }
    health::life(&mut file, &mut wanted);
    mounts::mounts(&mut file, &mut wanted);
    for row in HOST.iter().filter(|row| !row.key.is_empty()) {
        plain(&mut file, row, "HostConfig", &wanted.host.take(row.field));
    }
    resources::resources(&mut file, &mut wanted.host);
    security(&mut file, &mut wanted);
    surroundings(&mut file, &mut wanted);
    for field in wanted.config.left() {
        file.unsaid.add(&format!("Config.{field}"));
    }
    for field in wanted.host.left() {
        file.unsaid.add(&format!("HostConfig.{field}"));
    }
    Service {
        text: yaml::file(&file.whole(made.name)),
        unsaid: file.unsaid.into_list(),
    }
}

/// A Compose file that is being written.
#[derive(Default)]
struct File {
    service: Map<String, Value>,
    networks: Map<String, Value>,
    volumes: Map<String, Value>,
    spent: usize,
    unsaid: Unsaid,
}

impl File {
    /// A key of the service, unless there is no room for it.
    fn set(&mut self, key: &str, value: Value, field: &str) {
        if self.spend(&value) {
            self.service.insert(key.to_owned(), value);
        } else {
            self.unsaid.add(field);
        }
    }

    /// One entry more of a key that is a list.
    fn push(&mut self, key: &str, value: Value, field: &str) {
        if !self.spend(&value) {
            return self.unsaid.add(field);
        }
        let list = self.service.entry(key).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(value);
        }
    }

    /// One entry more of a key that is a table.
    fn enter(&mut self, key: &str, name: &str, value: Value, field: &str) {
        if !self.spend(&json!([name, value])) {
            return self.unsaid.entry(field, name);
        }
        let table = self.service.entry(key).or_insert_with(|| json!({}));
        if let Some(table) = table.as_object_mut() {
            table.insert(name.to_owned(), value);
        }
    }

    fn spend(&mut self, value: &Value) -> bool {
        let size = value.to_string().len() + 16;
        let has_room = self.spent.saturating_add(size) <= ROOM;
        if has_room {
            self.spent += size;
        }
        has_room
    }

    fn whole(&mut self, name: &str) -> Value {
        let mut whole = Map::new();
        let service = Value::Object(std::mem::take(&mut self.service));
        whole.insert("services".to_owned(), json!({ name: service }));
        for (key, table) in [("networks", &mut self.networks), ("volumes", &mut self.volumes)] {
            if !table.is_empty() {
                whole.insert(key.to_owned(), Value::Object(std::mem::take(table)));
            }
        }
        Value::Object(whole)
    }
}

/// A field that is said as the table has it.
fn plain(file: &mut File, row: &Row, part: &str, value: &Value) {
    let field = format!("{part}.{}", row.field);
    match row.form {
        // Compose takes 0 for nothing.
        Form::AnyNumber if value.is_number() && is_nothing(value) => file.unsaid.add(&field),
        Form::AnyNumber if value.is_number() => file.set(row.key, value.clone(), &field),
        Form::AnyNumber => {}
        _ if is_nothing(value) => {}
        Form::Text | Form::Number | Form::Switch => file.set(row.key, value.clone(), &field),
        Form::Texts => {
            for text in texts(value) {
                file.push(row.key, json!(text), &field);
            }
        }
        Form::Pairs => {
            for (name, value) in pairs(value) {
                file.enter(row.key, name, json!(text(value)), &field);
            }
        }
    }
}

fn program(file: &mut File, wanted: &Wanted) {
    match &wanted.program.entrypoint {
        Entrypoint::Usual => {}
        Entrypoint::Reset => file.set("entrypoint", json!([]), "Config.Entrypoint"),
        Entrypoint::Words(words) => file.set("entrypoint", json!(words), "Config.Entrypoint"),
    }
    if !wanted.program.command.is_empty() {
        file.set("command", json!(wanted.program.command), "Config.Cmd");
    }
}

fn security(file: &mut File, wanted: &mut Wanted) {
    for option in texts(&wanted.host.take("SecurityOpt")) {
        if option
            .strip_prefix("seccomp=")
            .is_some_and(|value| value.starts_with('{'))
        {
            // A service names a file for it.
            file.unsaid.add("HostConfig.SecurityOpt[seccomp]");
        } else {
            file.push("security_opt", json!(option), "HostConfig.SecurityOpt");
        }
    }
    match wanted.paths {
        SystemPaths::Usual => {}
        SystemPaths::Open => {
            file.push(
                "security_opt",
                json!("systempaths=unconfined"),
                "HostConfig.MaskedPaths",
            );
        }
        SystemPaths::Own => {
            file.unsaid.add("HostConfig.MaskedPaths");
            file.unsaid.add("HostConfig.ReadonlyPaths");
        }
    }
}

/// Logs, variables, labels and exposed ports.
fn surroundings(file: &mut File, wanted: &mut Wanted) {
    let logging = wanted.host.take("LogConfig");
    if !text_at(&logging, "Type").is_empty() {
        let mut said = json!({"driver": text_at(&logging, "Type")});
        let options = logging.get("Config").filter(|options| !is_nothing(options));
        if let Some(options) = options {
            said["options"] = options.clone();
        }
        file.set("logging", said, "HostConfig.LogConfig");
    }
    for variable in texts(&wanted.config.take("Env")) {
        let name = variable.split('=').next().unwrap_or_default();
        // Without a value, it would be taken from whoever runs it.
        if name.is_empty() || !variable.contains('=') {
            file.unsaid.entry("Config.Env", name);
        } else {
            let field = format!("Config.Env[{}]", name.chars().take(60).collect::<String>());
            file.push("environment", json!(variable), &field);
        }
    }
    for (name, value) in pairs(&wanted.config.take("Labels")) {
        // What Compose says of its own containers, it says itself.
        if !name.starts_with("com.docker.compose.") {
            file.enter("labels", name, json!(text(value)), "Config.Labels");
        }
    }
    for (port, _) in pairs(&wanted.config.take("ExposedPorts")) {
        file.push("expose", json!(port), "Config.ExposedPorts");
    }
    for request in list(&wanted.host.take("DeviceRequests")) {
        resources::device_request(file, request);
    }
}

#[cfg(test)]
mod tests;
