//! The `docker run` command that makes the same container, for people to read and to keep.

use platform::Platform;
use serde_json::{Map, Value};

use super::body::{Body, network_mode};
use crate::Inspection;

/// The command, quoted so that a shell reads it back to the same words.
pub(crate) fn docker_run(old: &Inspection, platform: &Platform, image: &str, body: &Body) -> String {
    let mut words = Words::default();
    words.bare(&["docker", "run", "-d"]);
    words.option("--name", old.name());
    words.option("--platform", &platform.to_string());
    identity(&mut words, old, body);
    networks(&mut words, old, body);
    ports(&mut words, old);
    mounts(&mut words, body);
    limits(&mut words, old);
    for variable in old.environment() {
        words.option("--env", variable);
    }
    labels(&mut words, old);
    program(&mut words, old, image);
    words.0.join(" ")
}

#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    fn bare(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(|word| (*word).to_owned()));
    }

    fn option(&mut self, name: &str, value: &str) {
        self.0.push(name.to_owned());
        self.word(value);
    }

    /// The option, unless its value is what it is without it.
    fn said(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.option(name, value);
        }
    }

    fn word(&mut self, word: &str) {
        self.0.push(quoted(word));
    }
}

/// In single quotes when a shell would see anything but the word itself.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@+%".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn identity(words: &mut Words, old: &Inspection, body: &Body) {
    if !body.generated_hostname && body.create.get("Hostname").is_some() {
        words.said("--hostname", old.text("/Config/Hostname"));
    }
    words.said("--user", old.text("/Config/User"));
    words.said("--workdir", old.text("/Config/WorkingDir"));
    words.said("--stop-signal", old.text("/Config/StopSignal"));
    for (flag, pointer) in [
        ("--tty", "/Config/Tty"),
        ("--interactive", "/Config/OpenStdin"),
        ("--privileged", "/HostConfig/Privileged"),
        ("--read-only", "/HostConfig/ReadonlyRootfs"),
        ("--init", "/HostConfig/Init"),
    ] {
        if old.flag(pointer) {
            words.bare(&[flag]);
        }
    }
    match old.text("/HostConfig/RestartPolicy/Name") {
        "" | "no" => {}
        "on-failure" => {
            let count = number(old, "/HostConfig/RestartPolicy/MaximumRetryCount").unwrap_or_default();
            let policy = if count > 0 {
                format!("on-failure:{count}")
            } else {
                "on-failure".to_owned()
            };
            words.option("--restart", &policy);
        }
        policy => words.option("--restart", policy),
    }
}

fn networks(words: &mut Words, old: &Inspection, body: &Body) {
    let mode = network_mode(old);
    if !matches!(mode, "" | "default" | "bridge") {
        words.option("--network", mode);
    }
    let endpoints = body
        .create
        .pointer("/NetworkingConfig/EndpointsConfig")
        .and_then(Value::as_object);
    for (name, place) in endpoints.into_iter().flatten() {
        for alias in place
            .get("Aliases")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if name == mode {
                words.option("--network-alias", alias);
            }
        }
        if name == mode
            && let Some(address) = place.pointer("/IPAMConfig/IPv4Address").and_then(Value::as_str)
        {
            words.said("--ip", address);
        }
    }
    for (name, option) in [
        ("Dns", "--dns"),
        ("DnsSearch", "--dns-search"),
        ("ExtraHosts", "--add-host"),
    ] {
        for value in old.texts(&format!("/HostConfig/{name}")) {
            words.option(option, value);
        }
    }
}

fn ports(words: &mut Words, old: &Inspection) {
    let bindings = old
        .json()
        .pointer("/HostConfig/PortBindings")
        .and_then(Value::as_object);
    for (port, hosts) in bindings.into_iter().flatten() {
        for host in hosts.as_array().into_iter().flatten() {
            words.option("--publish", &published(port, host));
        }
    }
}

fn published(port: &str, host: &Value) -> String {
    let field = |name: &str| host.get(name).and_then(Value::as_str).unwrap_or_default();
    let port = port.strip_suffix("/tcp").unwrap_or(port);
    match (field("HostIp"), field("HostPort")) {
        ("", "") => port.to_owned(),
        ("", host) => format!("{host}:{port}"),
        (address, host) if address.contains(':') => format!("[{address}]:{host}:{port}"),
        (address, host) => format!("{address}:{host}:{port}"),
    }
}

fn mounts(words: &mut Words, body: &Body) {
    let host = body
        .create
        .get("HostConfig")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_else(Map::new);
    let texts = |name: &str| {
        host.get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    for bind in texts("Binds").iter().filter_map(Value::as_str) {
        words.option("--volume", bind);
    }
    for provider in texts("VolumesFrom").iter().filter_map(Value::as_str) {
        words.option("--volumes-from", provider);
    }
    for mount in texts("Mounts") {
        words.option("--mount", &mount_option(&mount));
    }
    for (path, options) in host.get("Tmpfs").and_then(Value::as_object).into_iter().flatten() {
        let options = options.as_str().unwrap_or_default();
        words.option(
            "--tmpfs",
            &if options.is_empty() {
                path.clone()
            } else {
                format!("{path}:{options}")
            },
        );
    }
}

fn mount_option(mount: &Value) -> String {
    let field = |name: &str| {
        mount
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let parts = [("type", "Type"), ("source", "Source"), ("target", "Target")];
    let mut option: Vec<_> = parts
        .iter()
        .filter_map(|(key, name)| field(name).map(|value| format!("{key}={value}")))
        .collect();
    if mount.get("ReadOnly").and_then(Value::as_bool) == Some(true) {
        option.push("readonly".to_owned());
    }
    option.join(",")
}

fn limits(words: &mut Words, old: &Inspection) {
    for (name, option) in [
        ("CapAdd", "--cap-add"),
        ("CapDrop", "--cap-drop"),
        ("SecurityOpt", "--security-opt"),
    ] {
        for value in old.texts(&format!("/HostConfig/{name}")) {
            words.option(option, value);
        }
    }
    if let Some(bytes) = number(old, "/HostConfig/Memory").filter(|bytes| *bytes > 0) {
        words.option("--memory", &bytes.to_string());
    }
    if let Some(nanos) = number(old, "/HostConfig/NanoCpus").filter(|nanos| *nanos > 0) {
        let (whole, part) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        words.option(
            "--cpus",
            format!("{whole}.{part:09}")
                .trim_end_matches('0')
                .trim_end_matches('.'),
        );
    }
}

fn labels(words: &mut Words, old: &Inspection) {
    let labels = old.json().pointer("/Config/Labels").and_then(Value::as_object);
    for (name, value) in labels.into_iter().flatten() {
        words.option(
            "--label",
            &format!("{name}={}", value.as_str().unwrap_or_default()),
        );
    }
}

/// `--entrypoint` takes one word; the rest of it goes before the command.
fn program(words: &mut Words, old: &Inspection, image: &str) {
    let entrypoint = old.texts("/Config/Entrypoint");
    if let Some(first) = entrypoint.first() {
        words.option("--entrypoint", first);
    }
    words.word(image);
    for word in entrypoint.iter().skip(1).chain(&old.texts("/Config/Cmd")) {
        words.word(word);
    }
}

fn number(old: &Inspection, pointer: &str) -> Option<i64> {
    old.json().pointer(pointer)?.as_i64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn command(json: Value) -> String {
        let old = Inspection::from_json(json);
        let body = super::super::body::body(
            &old,
            "acme/api:1",
            crate::identity::ApiVersion(1, 51),
            &super::super::around::Around::default(),
        );
        docker_run(&old, &Platform::linux("arm64"), "acme/api:1", &body)
    }

    #[test]
    fn a_shell_reads_hostile_words_back_as_they_were() {
        let label = "it's $(rm -rf /) `x` \"y\"\n";
        let text =
            command(json!({"Name": "/web", "Config": {"Labels": {"note": label}, "Cmd": ["", "a b"]}}));
        let words = shlex::split(&text).expect("a shell can read it");
        assert!(words.contains(&format!("note={label}")));
        assert_eq!(&words[words.len() - 3..], ["acme/api:1", "", "a b"]);
    }

    #[test]
    fn what_was_asked_for_is_in_the_command() {
        let text = command(json!({"Id": "0123456789abcdef", "Name": "/db",
            "Config": {"Hostname": "0123456789ab", "Env": ["A=1"], "Entrypoint": ["/e", "-x"], "Cmd": ["serve"]},
            "HostConfig": {"NetworkMode": "shop", "Binds": ["data:/data:ro"], "RestartPolicy": {"Name": "on-failure",
                "MaximumRetryCount": 3}, "NanoCpus": 1_500_000_000, "Memory": 7,
                "PortBindings": {"53/udp": [{"HostIp": "127.0.0.1", "HostPort": "5353"}], "80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
            "NetworkSettings": {"Networks": {"shop": {"Aliases": ["cache"]}}}}));
        let expected = "docker run -d --name db --platform linux/arm64 --restart on-failure:3 --network shop \
            --network-alias cache --publish 127.0.0.1:5353:53/udp --publish 8080:80 --volume data:/data:ro --memory 7 \
            --cpus 1.5 --env A=1 --entrypoint /e acme/api:1 -x serve";
        assert_eq!(text, expected);
    }
}
