//! How two containers differ, field by field, in what was asked for.

use serde_json::Value;

use super::kept::short;
use crate::Inspection;

/// The parts of an inspection that say what was asked for; the rest is state.
const PARTS: [&str; 3] = ["/Config", "/HostConfig", "/NetworkSettings/Networks"];

/// Fields of a network that the engine gives out anew to each container.
const GENERATED: [&str; 12] = [
    "NetworkID",
    "EndpointID",
    "Gateway",
    "IPAddress",
    "IPPrefixLen",
    "IPv6Gateway",
    "GlobalIPv6Address",
    "GlobalIPv6PrefixLen",
    "MacAddress",
    "DNSNames",
    "Aliases",
    "Links",
];

/// More than anybody reads.
const LIMIT: usize = 200;

/// A field with two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// For example `HostConfig.Binds`.
    pub field: String,
    /// Its old value as JSON.
    pub old: String,
    /// Its new value as JSON.
    pub new: String,
    /// Whether the plan announced it, or the engine generates it for each container.
    pub expected: bool,
}

/// All fields in which `new` differs from `old`.
///
/// `announced` are the fields that the plan tells of.
pub(crate) fn differences(old: &Inspection, new: &Inspection, announced: &[String]) -> Vec<Difference> {
    let mut found = Vec::new();
    for part in PARTS {
        let field = part.trim_start_matches('/').replace('/', ".");
        let side = |inspection: &Inspection| inspection.json().pointer(part).cloned().unwrap_or(Value::Null);
        compare(&field, &side(old), &side(new), &mut found);
    }
    for difference in &mut found {
        let field = &difference.field;
        let is_announced = announced.iter().any(|announced| is_of(field, announced));
        difference.expected = is_announced || is_expected(difference, old, new);
    }
    found
}

fn compare(field: &str, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    if old == new || found.len() >= LIMIT {
        return;
    }
    if let (Value::Object(left), Value::Object(right)) = (old, new) {
        let names = left
            .keys()
            .chain(right.keys().filter(|name| !left.contains_key(*name)));
        for name in names {
            let side = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or(Value::Null);
            compare(&format!("{field}.{name}"), &side(left), &side(right), found);
        }
        return;
    }
    let (old, new) = (old.to_string(), new.to_string());
    found.push(Difference {
        field: field.to_owned(),
        old,
        new,
        expected: false,
    });
}

/// Whether `field` is what was announced, or a part of it where that is a field of the first rank: what is announced below
/// may have dots in its name, as labels have.
fn is_of(field: &str, announced: &str) -> bool {
    let is_whole = announced.matches('.').count() == 1;
    field == announced
        || is_whole
            && field
                .strip_prefix(announced)
                .is_some_and(|rest| rest.starts_with('.'))
}

fn is_expected(difference: &Difference, old: &Inspection, new: &Inspection) -> bool {
    let (part, last) = difference
        .field
        .rsplit_once('.')
        .unwrap_or(("", &difference.field));
    if part.starts_with("NetworkSettings.Networks") {
        return GENERATED.contains(&last) && !said(difference, old, new);
    }
    match difference.field.as_str() {
        "Config.Hostname" => {
            difference.old.contains(short(old.id())) && difference.new.contains(short(new.id()))
        }
        // The plan says it: the tag stays where it is; what came from a container that is gone is mounted directly.
        "Config.Image" | "HostConfig.VolumesFrom" => true,
        // Engines tell them in no order.
        "HostConfig.Links" => same_but_for_order(&difference.old, &difference.new),
        // Carried volumes are announced; a bind that is missing is not.
        "HostConfig.Binds" => added_only(&difference.old, &difference.new),
        "HostConfig.Mounts" => named_only(&difference.old, &difference.new),
        _ => false,
    }
}

/// Aliases and links are generated only as far as they hold the container's own id.
fn said(difference: &Difference, old: &Inspection, new: &Inspection) -> bool {
    let without_id = |text: &str, id: &str| text.replace(&format!("\"{}\"", short(id)), "").replace(',', "");
    let is_list = difference.field.ends_with(".Aliases") || difference.field.ends_with(".Links");
    let (left, right) = (
        without_id(&difference.old, old.id()),
        without_id(&difference.new, new.id()),
    );
    let empty = |text: &str| text == "null" || text == "[]";
    is_list && left != right && !(empty(&left) && empty(&right))
}

fn texts(json: &str) -> Vec<String> {
    let list = serde_json::from_str::<Option<Vec<String>>>(json).ok();
    list.flatten().unwrap_or_default()
}

fn added_only(old: &str, new: &str) -> bool {
    let new = texts(new);
    texts(old).iter().all(|bind| new.contains(bind))
}

fn same_but_for_order(old: &str, new: &str) -> bool {
    let sorted = |json: &str| {
        let mut list = texts(json);
        list.sort();
        list
    };
    sorted(old) == sorted(new)
}

/// Whether all that is new in a list of mounts is the names of volumes that had none.
fn named_only(old: &str, new: &str) -> bool {
    let without_new_names = |old: &Value, new: &mut Value| {
        let has_name = old.get("Source").is_some();
        let named = new.as_object_mut().filter(|_| !has_name);
        named.map(|mount| mount.remove("Source"));
    };
    let list = |text: &str| serde_json::from_str::<Vec<Value>>(text).unwrap_or_default();
    let (old, mut new) = (list(old), list(new));
    old.iter()
        .zip(&mut new)
        .for_each(|(old, new)| without_new_names(old, new));
    old == new
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn container(id: &str, json: Value) -> Inspection {
        let mut json = json;
        json["Id"] = json!(id.repeat(64));
        Inspection::from_json(json)
    }

    fn differ(old: Value, new: Value) -> Vec<(String, bool)> {
        let found = differences(&container("a", old), &container("b", new), &[]);
        found
            .into_iter()
            .map(|difference| (difference.field, difference.expected))
            .collect()
    }

    #[test]
    fn what_is_generated_or_announced_is_expected_and_all_else_is_not() {
        let old = json!({"Config": {"Hostname": "aaaaaaaaaaaa", "User": "x"}, "HostConfig": {"Binds": null},
            "NetworkSettings": {"Networks": {"n": {"IPAddress": "1", "Aliases": ["web", "aaaaaaaaaaaa"]}}}});
        let new = json!({"Config": {"Hostname": "bbbbbbbbbbbb", "User": ""}, "HostConfig": {"Binds": ["v:/v"]},
            "NetworkSettings": {"Networks": {"n": {"IPAddress": "2", "Aliases": ["web", "bbbbbbbbbbbb"]}}}});
        let expected = [
            ("Config.Hostname", true),
            ("Config.User", false),
            ("HostConfig.Binds", true),
            ("NetworkSettings.Networks.n.IPAddress", true),
            ("NetworkSettings.Networks.n.Aliases", true),
        ];
        assert_eq!(
            differ(old, new),
            expected.map(|(field, known)| (field.to_owned(), known))
        );
    }

    #[test]
    fn a_volume_may_get_its_name_in_its_mount_and_nothing_else_may_change_there() {
        let mounts = |mounts: Value| json!({"HostConfig": {"Mounts": mounts}});
        let nameless = || mounts(json!([{"Type": "volume", "Target": "/x"}]));
        let expected = |new: Value| differ(nameless(), mounts(new))[0].1;
        assert!(expected(
            json!([{"Type": "volume", "Source": "9abc", "Target": "/x"}])
        ));
        assert!(!expected(
            json!([{"Type": "volume", "Source": "9abc", "Target": "/y"}])
        ));
        assert!(!expected(json!([])));
    }

    #[test]
    fn what_is_announced_as_a_whole_is_expected_in_its_parts_and_a_longer_name_is_not() {
        let old = json!({"Config": {"Healthcheck": {"Test": ["CMD", "true"], "Interval": 2}, "Labels": {"a": "1", "a.b": "1"}}});
        let new = json!({"Config": {"Healthcheck": {"Test": ["CMD", "true"], "Interval": 3}, "Labels": {"a": "2", "a.b": "2"}}});
        let announced = ["Config.Healthcheck", "Config.Labels.a"].map(ToOwned::to_owned);
        let found = differences(&container("a", old), &container("b", new), &announced);
        let found: Vec<_> = found.iter().map(|it| (it.field.as_str(), it.expected)).collect();
        let expected = [
            ("Config.Healthcheck.Interval", true),
            ("Config.Labels.a", true),
            ("Config.Labels.a.b", false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn links_in_another_order_are_the_same_and_a_lost_one_is_not() {
        let expected = |old: Value, new: Value| {
            let links = |links: Value| json!({"HostConfig": {"Links": links}});
            differ(links(old), links(new))[0].1
        };
        assert!(expected(
            json!(["/b:/w/b", "/a:/w/a"]),
            json!(["/a:/w/a", "/b:/w/b"])
        ));
        assert!(!expected(json!(["/b:/w/b", "/a:/w/a"]), json!(["/a:/w/a"])));
        assert!(!expected(json!(["/a:/w/a"]), json!(["/a:/w/b"])));
    }

    #[test]
    fn a_lost_alias_or_bind_is_not_expected() {
        let network = |aliases: Value| json!({"NetworkSettings": {"Networks": {"n": {"Aliases": aliases}}}});
        let lost = differ(network(json!(["web"])), network(json!(null)));
        assert_eq!(lost, [("NetworkSettings.Networks.n.Aliases".to_owned(), false)]);
        let binds = |binds: Value| json!({"HostConfig": {"Binds": binds}});
        assert_eq!(
            differ(binds(json!(["a:/a"])), binds(json!(["b:/b"]))),
            [("HostConfig.Binds".to_owned(), false)]
        );
    }
}
