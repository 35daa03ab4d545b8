//! How a container lives and ends, what surrounds it, and what it runs.

use serde_json::{Value, json};

use super::{
    super::{
        options::{is_nothing, number, pairs, text, text_at, texts},
        wanted::{Entrypoint, Wanted},
    },
    words::{Words, quoted},
};

/// Init, restarts, stopping and the health check.
pub(super) fn life(words: &mut Words, wanted: &mut Wanted) {
    match wanted.host.take("Init").as_bool() {
        Some(true) => words.flag("--init"),
        Some(false) => words.flag("--init=false"),
        None => {}
    }
    words.said(
        "--restart",
        &restart_policy(&wanted.host.take("RestartPolicy")),
        "HostConfig.RestartPolicy",
    );
    words.said(
        "--stop-timeout",
        &number(&wanted.config.take("StopTimeout")),
        "Config.StopTimeout",
    );
    health(words, &wanted.config.take("Healthcheck"));
}

/// `on-failure:3`; empty for none.
pub(crate) fn restart_policy(policy: &Value) -> String {
    let count = policy.get("MaximumRetryCount").unwrap_or(&Value::Null);
    match text_at(policy, "Name") {
        "no" => String::new(),
        "on-failure" if !is_nothing(count) => format!("on-failure:{}", number(count)),
        name => name.to_owned(),
    }
}

fn health(words: &mut Words, check: &Value) {
    let test = texts(check.get("Test").unwrap_or(&Value::Null));
    match test.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {}
        ["NONE"] => return words.flag("--no-healthcheck"),
        ["CMD-SHELL", command] if !command.is_empty() => {
            words.option("--health-cmd", command, "Config.Healthcheck.Test");
        }
        // A shell would run it, which it is not to be run by.
        _ => words.leave_out("Config.Healthcheck.Test"),
    }
    for (field, flag) in [
        ("Interval", "--health-interval"),
        ("Timeout", "--health-timeout"),
        ("StartPeriod", "--health-start-period"),
        ("StartInterval", "--health-start-interval"),
    ] {
        words.said(
            flag,
            &duration(check.get(field)),
            &format!("Config.Healthcheck.{field}"),
        );
    }
    if let Some(retries) = check.get("Retries").filter(|retries| !is_nothing(retries)) {
        words.said("--health-retries", &number(retries), "Config.Healthcheck.Retries");
    }
}

/// Nanoseconds in the largest unit that says them exactly; empty for none.
pub(crate) fn duration(nanoseconds: Option<&Value>) -> String {
    let Some(nanoseconds) = nanoseconds.and_then(Value::as_i64).filter(|some| *some != 0) else {
        return String::new();
    };
    let units = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
    let exact = units.into_iter().find(|(_, unit)| nanoseconds % unit == 0);
    exact
        .map(|(name, unit)| format!("{}{name}", nanoseconds / unit))
        .unwrap_or_default()
}

/// Logs, variables, labels and the ports and volumes that the container is said to have.
pub(super) fn surroundings(words: &mut Words, wanted: &mut Wanted) {
    let logging = wanted.host.take("LogConfig");
    words.said(
        "--log-driver",
        text_at(&logging, "Type"),
        "HostConfig.LogConfig.Type",
    );
    for (name, value) in pairs(logging.get("Config").unwrap_or(&Value::Null)) {
        words.pair("--log-opt", name, text(value), "HostConfig.LogConfig.Config");
    }
    for variable in texts(&wanted.config.take("Env")) {
        let name = variable.split('=').next().unwrap_or_default();
        let field = format!("Config.Env[{}]", name.chars().take(60).collect::<String>());
        // Without a value, it would be taken from whoever runs the command.
        if name.is_empty() || !variable.contains('=') {
            words.leave_out(&field);
        } else {
            words.option("--env", &variable, &field);
        }
    }
    for (name, value) in pairs(&wanted.config.take("Labels")) {
        words.pair("--label", name, text(value), "Config.Labels");
    }
    for (port, _) in pairs(&wanted.config.take("ExposedPorts")) {
        words.option(
            "--expose",
            port.strip_suffix("/tcp").unwrap_or(port),
            "Config.ExposedPorts",
        );
    }
}

/// `--entrypoint`, which takes one word; and the image with the words after it.
pub(super) fn program(words: &mut Words, wanted: &Wanted) -> Vec<String> {
    let mut after = vec![wanted.image.clone()];
    match &wanted.program.entrypoint {
        Entrypoint::Usual => {}
        Entrypoint::Reset => words.option("--entrypoint", "", "Config.Entrypoint"),
        Entrypoint::Words(entrypoint) => {
            let first = entrypoint.first().map(String::as_str).unwrap_or_default();
            words.option("--entrypoint", first, "Config.Entrypoint");
            if entrypoint.len() > 1 {
                // The program starts with the same words, but they are divided otherwise.
                words.leave_out("Config.Entrypoint");
            }
            after.extend(entrypoint.iter().skip(1).cloned());
        }
    }
    after.extend(wanted.program.command.iter().cloned());
    let size: usize = after.iter().map(|word| quoted(word).len() + 1).sum();
    if after.iter().any(|word| word.contains('\0')) || !words.spend(size) {
        words.leave_out("Config.Cmd");
        after.truncate(1);
    }
    after
}

/// Whether a switch of a request is on.
pub(crate) fn is_on(value: &Value) -> bool {
    value == &json!(true)
}
