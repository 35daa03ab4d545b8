//! What a user says and what the image says, joined as the engine joins them.

use serde_json::{Map, Value, json};

use crate::recorded::{CONTAINER, read};

/// Parts of a request that are no part of a container's own configuration.
const ELSEWHERE: [&str; 2] = ["HostConfig", "NetworkingConfig"];

/// The configuration of a new container, from the request and the image.
pub(super) fn config(
    asked: &Map<String, Value>,
    image: &Map<String, Value>,
    hostname: &str,
) -> Map<String, Value> {
    let mut config = template("Config");
    config.insert("Hostname".to_owned(), json!(hostname));
    let said = asked
        .iter()
        .filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()));
    config.extend(said.map(|(name, value)| (name.clone(), value.clone())));
    for name in ["User", "WorkingDir", "StopSignal", "Healthcheck"] {
        take_when_unsaid(&mut config, image, name);
    }
    for name in ["Labels", "ExposedPorts", "Volumes"] {
        add_by_name(&mut config, image, name);
    }
    if config.get("Labels").is_none_or(Value::is_null) {
        config.insert("Labels".to_owned(), json!({}));
    }
    add_environment(&mut config, image);
    add_command(&mut config, image);
    config
}

/// The host configuration of a new container.
pub(super) fn host(asked: &Map<String, Value>) -> Map<String, Value> {
    let mut host = template("HostConfig");
    let said = asked.get("HostConfig").and_then(Value::as_object).cloned();
    host.extend(said.unwrap_or_default());
    let mode = host
        .get("NetworkMode")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if matches!(mode, "" | "default") {
        host.insert("NetworkMode".to_owned(), json!("bridge"));
    }
    host
}

/// A part of the recorded container.
fn template(part: &str) -> Map<String, Value> {
    let container: Map<String, Value> = read(CONTAINER).unwrap_or_default();
    container
        .get(part)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

fn is_unsaid(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => false,
    }
}

fn take_when_unsaid(config: &mut Map<String, Value>, image: &Map<String, Value>, name: &str) {
    if let Some(value) = image.get(name).filter(|_| is_unsaid(config.get(name))) {
        config.insert(name.to_owned(), value.clone());
    }
}

fn add_by_name(config: &mut Map<String, Value>, image: &Map<String, Value>, name: &str) {
    let Some(mut all) = image.get(name).and_then(Value::as_object).cloned() else {
        return;
    };
    all.extend(
        config
            .get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
    );
    config.insert(name.to_owned(), Value::Object(all));
}

/// What the user says comes first; of the image's variables those that the user does not name.
fn add_environment(config: &mut Map<String, Value>, image: &Map<String, Value>) {
    let mut all = super::texts(config.get("Env"));
    let name = |variable: &str| variable.split('=').next().unwrap_or_default().to_owned();
    let said: Vec<String> = all.iter().map(|variable| name(variable)).collect();
    all.extend(
        super::texts(image.get("Env"))
            .into_iter()
            .filter(|variable| !said.contains(&name(variable))),
    );
    config.insert("Env".to_owned(), json!(all));
}

/// The image's command belongs to the image's entrypoint; an empty entrypoint is another word than none.
fn add_command(config: &mut Map<String, Value>, image: &Map<String, Value>) {
    if !is_unsaid(config.get("Entrypoint")) {
        return;
    }
    take_when_unsaid(config, image, "Cmd");
    if config.get("Entrypoint").is_none_or(Value::is_null) {
        let entrypoint = image.get("Entrypoint").cloned().unwrap_or_default();
        config.insert("Entrypoint".to_owned(), entrypoint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn the_image_fills_in_what_the_user_does_not_say() {
        let image = map(
            &json!({"Env": ["PATH=/bin", "A=1"], "Cmd": ["serve"], "Entrypoint": ["/run"], "WorkingDir": "/app", "Labels": {"v": "1"}}),
        );
        let config = config(
            &map(&json!({"Image": "x", "Env": ["A=2"], "Labels": {"mine": ""}, "HostConfig": {}})),
            &image,
            "abc",
        );
        assert_eq!(config["Env"], json!(["A=2", "PATH=/bin"]));
        assert_eq!(
            (&config["Entrypoint"], &config["Cmd"]),
            (&json!(["/run"]), &json!(["serve"]))
        );
        assert_eq!(config["Labels"], json!({"v": "1", "mine": ""}));
        assert_eq!(
            (&config["WorkingDir"], &config["Hostname"]),
            (&json!("/app"), &json!("abc"))
        );
        assert!(!config.contains_key("HostConfig"));
    }

    #[test]
    fn the_images_command_is_not_given_to_another_entrypoint() {
        let image = map(&json!({"Cmd": ["serve"], "Entrypoint": ["/run"]}));
        let with = |asked: Value| config(&map(&asked), &image, "");
        assert_eq!(with(json!({"Entrypoint": ["/mine"]}))["Cmd"], Value::Null);
        assert_eq!(with(json!({"Entrypoint": []}))["Entrypoint"], json!([]));
        assert_eq!(with(json!({"Cmd": ["other"]}))["Entrypoint"], json!(["/run"]));
    }
}
