//! How a service's container lives and ends.

use serde_json::{Map, Value, json};

use super::{
    super::{
        command::{duration, restart_policy},
        options::{is_nothing, number, texts},
        wanted::Wanted,
    },
    File,
};

/// Init, restarts, stopping and the health check.
pub(super) fn life(file: &mut File, wanted: &mut Wanted) {
    let init = wanted.host.take("Init");
    if init.is_boolean() {
        file.set("init", init, "HostConfig.Init");
    }
    let policy = restart_policy(&wanted.host.take("RestartPolicy"));
    if !policy.is_empty() {
        file.set("restart", json!(policy), "HostConfig.RestartPolicy");
    }
    let seconds = number(&wanted.config.take("StopTimeout"));
    if !seconds.is_empty() {
        file.set(
            "stop_grace_period",
            json!(format!("{seconds}s")),
            "Config.StopTimeout",
        );
    }
    health(file, &wanted.config.take("Healthcheck"));
}

fn health(file: &mut File, check: &Value) {
    let mut said = Map::new();
    let test = texts(check.get("Test").unwrap_or(&Value::Null));
    if test == ["NONE"] {
        return file.set("healthcheck", json!({"disable": true}), "Config.Healthcheck");
    }
    if !test.is_empty() {
        said.insert("test".to_owned(), json!(test));
    }
    for (field, key) in [
        ("Interval", "interval"),
        ("Timeout", "timeout"),
        ("StartPeriod", "start_period"),
        ("StartInterval", "start_interval"),
    ] {
        let duration = duration(check.get(field));
        if !duration.is_empty() {
            said.insert(key.to_owned(), json!(duration));
        }
    }
    if let Some(retries) = check.get("Retries").filter(|retries| !is_nothing(retries)) {
        said.insert("retries".to_owned(), retries.clone());
    }
    if !said.contains_key("start_period") && said.remove("start_interval").is_some() {
        // Compose refuses the one without the other.
        file.unsaid.add("Config.Healthcheck.StartInterval");
    }
    if !said.is_empty() {
        file.set("healthcheck", Value::Object(said), "Config.Healthcheck");
    }
}
