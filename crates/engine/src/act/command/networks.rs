//! Networks, names in them, and ports.

use serde_json::{Map, Value, json};

use super::{
    super::{
        options::{is_nothing, list, number, pairs, text, text_at, texts},
        wanted::{Made, Wanted, aliases},
    },
    words::{Words, comma_separated, positional, quoted},
};

/// The parts of a place in a network that there are words for.
const SAYABLE: [&str; 6] = [
    "Aliases",
    "Links",
    "IPAMConfig",
    "DriverOpts",
    "GwPriority",
    "MacAddress",
];

/// Which networks are joined how.
#[derive(Debug, Default)]
pub(super) struct Joins {
    /// The one that it is started in.
    first: Value,
    /// Those that the command line takes beside it, as its option has them.
    beside: Vec<String>,
    /// Those that are joined before the start.
    pub(super) later: Vec<(String, Value)>,
}

impl Joins {
    pub(super) fn of(made: &Made<'_>, wanted: &Wanted) -> Self {
        let mut joined = wanted.places.clone();
        let main = wanted.network(made.api);
        let first = first_place(&mut joined, main).unwrap_or_default();
        let mut joins = Self {
            first,
            ..Self::default()
        };
        for (name, place) in joined {
            let words = long(&name, &place).filter(|_| is_users(main) && is_users(&name));
            match words {
                Some(words) => joins.beside.push(words),
                None => joins.later.push((name, place)),
            }
        }
        let connect = made.connect.iter();
        joins
            .later
            .extend(connect.map(|(name, place)| (name.clone(), place.clone())));
        joins
    }
}

fn first_place(places: &mut Map<String, Value>, mode: &str) -> Option<Value> {
    let name = match mode {
        "" => "bridge",
        mode => mode,
    };
    if let Some(place) = places
        .shift_remove(name)
        .or_else(|| places.shift_remove("default"))
    {
        return Some(place);
    }
    // A network can be said by its id, and its place is under its name.
    let only = places
        .keys()
        .next()
        .filter(|_| places.len() == 1 && is_users(mode))
        .cloned();
    only.and_then(|name| places.shift_remove(&name))
}

/// Whether somebody made that network; the client never joins one of those and one of the engine's at once.
pub(crate) fn is_users(network: &str) -> bool {
    !matches!(network, "" | "default" | "bridge" | "host" | "none") && !network.starts_with("container:")
}

/// Networks, links and ports.
pub(super) fn networks(words: &mut Words, wanted: &mut Wanted, joins: &Joins, made: &Made<'_>) {
    let main = wanted.network(made.api).to_owned();
    wanted.host.take("NetworkMode");
    first_network(words, &main, &joins.first);
    for network in &joins.beside {
        words.option("--network", network, "NetworkingConfig.EndpointsConfig");
    }
    let links = wanted.host.take("Links");
    for link in links_of(&links, &joins.first) {
        words.option("--link", &link, "HostConfig.Links");
    }
    for (port, hosts) in pairs(&wanted.host.take("PortBindings")) {
        for host in list(hosts) {
            words.option("--publish", &published(port, host), "HostConfig.PortBindings");
        }
    }
}

/// Links of the container, and those in its first network, in the client's own form.
pub(crate) fn links_of(legacy: &Value, place: &Value) -> Vec<String> {
    let mut said: Vec<String> = texts(legacy).iter().map(|link| link_words(link)).collect();
    for link in texts(place.get("Links").unwrap_or(&Value::Null)) {
        if !said.contains(&link) {
            said.push(link);
        }
    }
    said
}

/// An engine tells of `/db:/web/store` what was asked for as `db:store`.
fn link_words(link: &str) -> String {
    let parts = link.strip_prefix('/').and_then(|link| link.split_once(':'));
    match parts.and_then(|(target, alias)| Some((target, alias.strip_prefix('/')?.rsplit_once('/')?.1))) {
        Some((target, alias)) => format!("{target}:{alias}"),
        None => link.to_owned(),
    }
}

/// Short options say most of it; what they cannot say, the long form of `--network` does.
fn first_network(words: &mut Words, mode: &str, place: &Value) {
    let field = "NetworkingConfig.EndpointsConfig";
    let rest = json!({"DriverOpts": place.get("DriverOpts"), "GwPriority": place.get("GwPriority")});
    let name = if mode.is_empty() { "bridge" } else { mode };
    match long(name, &rest) {
        _ if is_nothing(&rest["DriverOpts"]) && is_nothing(&rest["GwPriority"]) => {
            words.said("--network", mode, "HostConfig.NetworkMode");
        }
        Some(long) => words.option("--network", &long, field),
        None => {
            words.said("--network", mode, "HostConfig.NetworkMode");
            words.leave_out(&format!("{field}.DriverOpts"));
            words.leave_out(&format!("{field}.GwPriority"));
        }
    }
    for alias in aliases(place) {
        if is_users(mode) {
            words.option("--network-alias", &alias, field);
        } else {
            words.leave_out(&format!("{field}.Aliases"));
        }
    }
    for (flag, address) in addresses(place) {
        words.option(flag, &address, field);
    }
    words.said("--mac-address", text_at(place, "MacAddress"), field);
    others(words, place);
}

fn others(words: &mut Words, place: &Value) {
    for (name, value) in pairs(place) {
        if !SAYABLE.contains(&name) && !is_nothing(value) {
            words.leave_out(&format!("NetworkingConfig.EndpointsConfig.{name}"));
        }
    }
}

/// The addresses that were chosen, with their options.
fn addresses(place: &Value) -> Vec<(&'static str, String)> {
    let config = place.get("IPAMConfig").unwrap_or(&Value::Null);
    let mut said = Vec::new();
    for (flag, field) in [("--ip", "IPv4Address"), ("--ip6", "IPv6Address")] {
        let address = text_at(config, field);
        if !address.is_empty() {
            said.push((flag, address.to_owned()));
        }
    }
    let local = texts(config.get("LinkLocalIPs").unwrap_or(&Value::Null));
    said.extend(local.into_iter().map(|address| ("--link-local-ip", address)));
    said
}

/// `name=…,alias=…`, or the bare name. None where the client would not read back the same: it makes capitals small and
/// takes spaces away, and knows no links there.
fn long(name: &str, place: &Value) -> Option<String> {
    let mut fields = Vec::new();
    fields.extend(aliases(place).iter().map(|alias| format!("alias={alias}")));
    fields.extend(
        addresses(place)
            .iter()
            .map(|(flag, address)| format!("{}={address}", &flag[2..])),
    );
    let mac = text_at(place, "MacAddress");
    if !mac.is_empty() {
        fields.push(format!("mac-address={mac}"));
    }
    fields.extend(
        driver_options(place)
            .iter()
            .map(|option| format!("driver-opt={option}")),
    );
    let priority = place.get("GwPriority").unwrap_or(&Value::Null);
    if !is_nothing(priority) {
        fields.push(format!("gw-priority={}", number(priority)));
    }
    let is_same = |field: &String| field.to_lowercase() == *field && !field.contains(char::is_whitespace);
    let knows_all =
        pairs(place).all(|(name, value)| is_nothing(value) || (SAYABLE.contains(&name) && name != "Links"));
    if !knows_all || !fields.iter().all(is_same) {
        return None;
    }
    if fields.is_empty() {
        return Some(name.to_owned());
    }
    fields.insert(0, format!("name={name}"));
    is_same(&fields[0]).then(|| comma_separated(&fields)).flatten()
}

fn driver_options(place: &Value) -> Vec<String> {
    let options = pairs(place.get("DriverOpts").unwrap_or(&Value::Null));
    options
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect()
}

/// `docker network connect`, for one network more.
pub(super) fn connect(line: &mut String, words: &mut Words, (network, place): &(String, Value), name: &str) {
    let field = format!("NetworkingConfig.EndpointsConfig[{network}]");
    line.push_str("docker network connect");
    let mut say = |flag: &str, value: &str| {
        let word = quoted(value);
        if value.contains('\0') || !words.spend(flag.len() + word.len() + 2) {
            return words.leave_out(&field);
        }
        for text in [" ", flag, " ", &word] {
            line.push_str(text);
        }
    };
    // The client reads these as lists.
    let mut list = |flag: &str, values: Vec<String>| {
        for value in values {
            if let Some(value) = comma_separated(&[value]) {
                say(flag, &value);
            }
        }
    };
    list("--alias", aliases(place));
    list("--driver-opt", driver_options(place));
    for (flag, address) in addresses(place) {
        say(flag, &address);
    }
    for link in texts(place.get("Links").unwrap_or(&Value::Null)) {
        say("--link", &link);
    }
    let priority = place.get("GwPriority").unwrap_or(&Value::Null);
    if !is_nothing(priority) {
        say("--gw-priority", &number(priority));
    }
    if !text_at(place, "MacAddress").is_empty() {
        words.leave_out(&format!("{field}.MacAddress"));
    }
    others(words, place);
    positional(line, &[network, name]);
}

/// `127.0.0.1:8080:80/udp`.
pub(crate) fn published(port: &str, host: &Value) -> String {
    let port = port.strip_suffix("/tcp").unwrap_or(port);
    match (text_at(host, "HostIp"), text_at(host, "HostPort")) {
        ("", "") => port.to_owned(),
        ("", host) => format!("{host}:{port}"),
        (address, host) if address.contains(':') => format!("[{address}]:{host}:{port}"),
        (address, host) => format!("{address}:{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engines_own_form_of_a_link_is_said_as_it_was_asked_for() {
        assert_eq!(link_words("/db:/web/store"), "db:store");
        assert_eq!(link_words("db:store"), "db:store");
        assert_eq!(link_words("db"), "db");
    }

    #[test]
    fn what_the_long_form_would_change_is_not_said_in_it() {
        assert_eq!(long("front", &json!({"Aliases": null})), Some("front".to_owned()));
        let place =
            json!({"Aliases": ["a", "b"], "IPAMConfig": {"IPv4Address": "10.0.0.2"}, "GwPriority": 3});
        let said = "name=front,alias=a,alias=b,ip=10.0.0.2,gw-priority=3";
        assert_eq!(long("front", &place).as_deref(), Some(said));
        for place in [
            json!({"Aliases": ["Web"]}),
            json!({"Links": ["db"]}),
            json!({"New": 1}),
        ] {
            assert_eq!(long("front", &place), None, "{place}");
        }
        assert_eq!(long("Front", &json!({"Aliases": ["a"]})), None);
    }
}
