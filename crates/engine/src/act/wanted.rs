//! What somebody has to say to get a container: its create request without what image and engine make so anyhow.

use std::collections::{BTreeMap, BTreeSet};

use platform::Platform;
use serde_json::{Map, Value, json};

use super::{
    mounted::cleaned,
    options::{Rest, is_nothing, list, text, text_at, texts},
};
use crate::identity::ApiVersion;

/// What the engine takes when no size of `/dev/shm` is given.
const SHM_BYTES: u64 = 64 * 1024 * 1024;

/// What engines hide from a container of their own accord; newer ones hide more, but these at least.
const MASKED: [&str; 8] = [
    "/proc/acpi",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
];

/// What only some engines hide of their own accord.
const ALSO_MASKED: [&str; 4] = [
    "/proc/asound",
    "/proc/timer_stats",
    "/proc/interrupts",
    "/sys/devices/virtual/powercap",
];

/// What engines keep a container from writing.
const READ_ONLY: [&str; 5] = [
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

/// A container that is to be made, as the engine is asked for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made<'a> {
    pub(crate) name: &'a str,
    pub(crate) platform: &'a Platform,
    /// The body of `POST /containers/create`.
    pub(crate) create: &'a Value,
    /// Networks that are joined afterwards.
    pub(crate) connect: &'a BTreeMap<String, Value>,
    pub(crate) usual: &'a Usual,
    pub(crate) api: ApiVersion,
    pub(crate) then: Then,
}

/// What is done with it when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is started.
    Start,
    /// It is left as it is.
    Leave,
}

/// What a container has when nobody says anything, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Usual {
    /// The `Config` of the image that it is made of.
    pub(crate) image: Option<Value>,
    /// What `GET /info` says of the engine.
    pub(crate) engine: Option<Value>,
}

/// What has to be said.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) image: String,
    pub(crate) program: Program,
    pub(crate) config: Rest,
    pub(crate) host: Rest,
    /// Places in networks that are asked for when it is made.
    pub(crate) places: Map<String, Value>,
    pub(crate) paths: SystemPaths,
}

/// What it runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) entrypoint: Entrypoint,
    /// What follows; empty when it is the image's own.
    pub(crate) command: Vec<String>,
}

/// Where a program's first words come from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entrypoint {
    /// From the image.
    Usual,
    /// There are none, whatever the image has.
    Reset,
    /// These.
    Words(Vec<String>),
}

/// The paths of the kernel that are hidden, or cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SystemPaths {
    /// As the engine does it.
    Usual,
    /// None.
    Open,
    /// By a list of somebody's own.
    Own,
}

impl Wanted {
    pub(crate) fn of(made: &Made<'_>) -> Self {
        let mut config = Rest::of(Some(made.create));
        let mut host = Rest::of(Some(&config.take("HostConfig")));
        let image = text(&config.take("Image")).to_owned();
        let networking = config.take("NetworkingConfig");
        let program = program(&mut config, made.usual.image.as_ref());
        if let Some(usual) = &made.usual.image {
            leave_out_the_images(&mut config, usual);
        }
        if made.usual.image.is_none() {
            leave_out_covered(&mut config, &host);
        }
        leave_out_published(&mut config, &host);
        leave_out_the_engines(&mut host, made);
        Self {
            image,
            program,
            places: Rest::of(networking.get("EndpointsConfig")).into_map(),
            paths: system_paths(&mut host),
            config,
            host,
        }
    }

    /// The network that it is started in: empty for the engine's own choice.
    pub(crate) fn network(&self, api: ApiVersion) -> &str {
        match self.host.text("NetworkMode") {
            "default" => "",
            // Since engine 26 the two are one.
            "bridge" if api >= ApiVersion(1, 45) => "",
            mode => mode,
        }
    }
}

/// As an engine merges a request with its image: only a missing entry point is the image's, and a missing command only
/// together with it.
fn program(config: &mut Rest, usual: Option<&Value>) -> Program {
    let words = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| texts(value), |word| vec![word.to_owned()])
    };
    let usual_words = |field: &str| usual.map(|usual| words(usual.get(field).unwrap_or(&Value::Null)));
    let (usual_entrypoint, usual_command) = (usual_words("Entrypoint"), usual_words("Cmd"));
    let is_said = config.has("Entrypoint");
    let (asked, command) = (config.take("Entrypoint"), words(&config.take("Cmd")));
    let is_usual_command = usual_command.as_ref() == Some(&command);
    let or_usual = |command: Vec<String>| if is_usual_command { Vec::new() } else { command };
    // The request is made of what an engine said of a container, where null is none at all: it was reset.
    let is_reset =
        is_said && !command.is_empty() && usual_entrypoint.as_ref().is_some_and(|usual| !usual.is_empty());
    if asked.is_null() && !is_reset {
        return Program {
            entrypoint: Entrypoint::Usual,
            command: or_usual(command),
        };
    }
    let asked: Vec<_> = Some(words(&asked))
        .filter(|asked| *asked != [""])
        .unwrap_or_default();
    if usual_entrypoint.as_ref() == Some(&asked) && (is_usual_command || !command.is_empty()) {
        return Program {
            entrypoint: Entrypoint::Usual,
            command: or_usual(command),
        };
    }
    if !asked.is_empty() {
        return Program {
            entrypoint: Entrypoint::Words(asked),
            command,
        };
    }
    let inherited = command.is_empty();
    Program {
        entrypoint: Entrypoint::Reset,
        command: if inherited {
            usual_command.unwrap_or_default()
        } else {
            command
        },
    }
}

fn leave_out_the_images(config: &mut Rest, usual: &Value) {
    let usual = |field: &str| usual.get(field).unwrap_or(&Value::Null);
    for field in [
        "User",
        "WorkingDir",
        "StopSignal",
        "OnBuild",
        "Shell",
        "ArgsEscaped",
    ] {
        if config.get(field) == usual(field) {
            config.take(field);
        }
    }
    for field in ["Labels", "ExposedPorts", "Volumes", "Healthcheck"] {
        let mut said = config.take(field);
        if let Some(map) = said.as_object_mut() {
            map.retain(|name, value| usual(field).get(name) != Some(value));
        }
        config.put(field, said);
    }
    let environment = texts(&config.take("Env"));
    config.put("Env", json!(less(environment, &texts(usual("Env")))));
}

/// A variable that is said twice has to be said, or the other value would win.
fn less(environment: Vec<String>, usual: &[String]) -> Vec<String> {
    let name = |variable: &str| variable.split('=').next().unwrap_or_default().to_owned();
    let mut count = BTreeMap::<String, usize>::new();
    for variable in &environment {
        *count.entry(name(variable)).or_default() += 1;
    }
    let is_usual = |variable: &String| usual.contains(variable) && count.get(&name(variable)) == Some(&1);
    environment
        .into_iter()
        .filter(|variable| !is_usual(variable))
        .collect()
}

/// Of a volume that the image may have, or somebody asked for, nothing is left where something is mounted over it.
fn leave_out_covered(config: &mut Rest, host: &Rest) {
    let binds = texts(host.get("Binds"));
    let binds = binds.iter().filter_map(|bind| bind.split(':').nth(1));
    let mounts = list(host.get("Mounts"))
        .iter()
        .map(|mount| text_at(mount, "Target"));
    let taken: BTreeSet<_> = binds.chain(mounts).map(cleaned).collect();
    let mut volumes = config.take("Volumes");
    if let Some(map) = volumes.as_object_mut() {
        map.retain(|path, _| !taken.contains(&cleaned(path)));
    }
    config.put("Volumes", volumes);
}

/// Publishing a port exposes it.
fn leave_out_published(config: &mut Rest, host: &Rest) {
    let mut exposed = config.take("ExposedPorts");
    if let Some(map) = exposed.as_object_mut() {
        let bindings = host.get("PortBindings");
        map.retain(|port, _| bindings.get(port).is_none_or(|hosts| list(hosts).is_empty()));
    }
    config.put("ExposedPorts", exposed);
}

fn leave_out_the_engines(host: &mut Rest, made: &Made<'_>) {
    let privileged = host.get("Privileged") == &json!(true);
    let is_open = privileged || host.text("PidMode") == "host" || host.text("IpcMode") == "host";
    let memory = host.get("Memory").as_u64().unwrap_or_default();
    let info = |field: &str| {
        let info = made.usual.engine.as_ref();
        info.and_then(|info| info.get(field))
            .map(text)
            .unwrap_or_default()
    };
    let or = |known: &'static str, said: &str| {
        if said.is_empty() {
            known.to_owned()
        } else {
            said.to_owned()
        }
    };
    let cgroups = match info("CgroupVersion") {
        "2" if privileged => "host",
        "2" => "private",
        "1" => "host",
        _ => "",
    };
    for (field, usual) in [
        ("IpcMode", json!("private")),
        ("CgroupnsMode", json!(cgroups)),
        ("Runtime", json!(or("runc", info("DefaultRuntime")))),
        ("ShmSize", json!(SHM_BYTES)),
        ("MemorySwap", json!(memory.saturating_mul(2))),
        ("MemorySwappiness", json!(-1)),
    ] {
        if host.get(field) == &usual {
            host.take(field);
        }
    }
    let logging = host.get("LogConfig");
    let driver = or("json-file", info("LoggingDriver"));
    if logging.get("Type").map(text) == Some(driver.as_str()) && logging.get("Config").is_none_or(is_nothing)
    {
        host.take("LogConfig");
    }
    if is_open {
        leave_out_once(host, "SecurityOpt", "label=disable");
    }
    // It is the size of the terminal that it was made from, which says nothing where it has none.
    if made.create.get("Tty") != Some(&json!(true)) {
        host.take("ConsoleSize");
    }
}

/// The engine adds it anew to each container that is as open as this one.
fn leave_out_once(host: &mut Rest, field: &str, text: &str) {
    let mut texts = texts(&host.take(field));
    if let Some(at) = texts.iter().position(|known| known == text) {
        texts.remove(at);
    }
    host.put(field, json!(texts));
}

fn system_paths(host: &mut Rest) -> SystemPaths {
    let (masked, read_only) = (host.take("MaskedPaths"), host.take("ReadonlyPaths"));
    let none = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    if none(&masked) && none(&read_only) {
        return SystemPaths::Open;
    }
    let is_usual = |said: &Value, all: &[&str], more: &[&str]| {
        let said = texts(said);
        let is_known = |path: &String| {
            all.contains(&path.as_str())
                || more.contains(&path.as_str())
                || path.ends_with("/thermal_throttle")
        };
        said.iter().all(is_known) && all.iter().all(|path| said.iter().any(|said| said == path))
    };
    let usual_masked = masked.is_null() || is_usual(&masked, &MASKED, &ALSO_MASKED);
    let usual_read_only = read_only.is_null() || is_usual(&read_only, &READ_ONLY, &[]);
    if usual_masked && usual_read_only {
        SystemPaths::Usual
    } else {
        SystemPaths::Own
    }
}

/// The names of a place in a network that were said, without what an engine puts there for each container.
pub(crate) fn aliases(place: &Value) -> Vec<String> {
    texts(place.get("Aliases").unwrap_or(&Value::Null))
}
