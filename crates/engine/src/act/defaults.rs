//! What a container has from its image, when the same image is taken for another platform.
//!
//! An engine mixes the image's own configuration into the container's and does not say what came from where. A value
//! that is the old build's own default, where the new build has another one, takes that one: a path of libraries of one
//! architecture has no place in the other. Everything else stays as it is, also where the user set what the image sets.

use serde_json::{Map, Value};

/// Fields that are one value: a health check is too, since its parts mean something only together.
const WHOLE: [&str; 6] = [
    "User",
    "WorkingDir",
    "Entrypoint",
    "Cmd",
    "Healthcheck",
    "StopSignal",
];

/// Fields whose entries are set one by one.
const BY_KEY: [&str; 3] = ["Labels", "ExposedPorts", "Volumes"];

/// A default that changes with the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DefaultChange {
    /// The field's path in an inspection: `Config.Env`, `Config.Labels.version`.
    pub path: String,
    /// For people: the field, or the variable.
    pub name: String,
    /// Its value now, as it is written; empty for none.
    pub from: String,
    /// Its value then; empty for none.
    pub to: String,
}

/// Gives `create` the new image's defaults where it has the old one's, and says which. `old` and `new` are the `Config`
/// of the two images.
pub(crate) fn take_over(create: &mut Map<String, Value>, old: &Value, new: &Value) -> Vec<DefaultChange> {
    let mut changes = environment(create, old, new);
    changes.extend(BY_KEY.iter().flat_map(|field| by_key(create, field, old, new)));
    changes.extend(whole(create, old, new));
    changes
}

fn whole(create: &mut Map<String, Value>, old: &Value, new: &Value) -> Vec<DefaultChange> {
    let has_default = |create: &Map<String, Value>, field: &str| same(create.get(field), old.get(field));
    // An image's command belongs to its entry point: with another one, it was chosen.
    let keeps_command = !has_default(create, "Entrypoint");
    let mut changes = Vec::new();
    for field in WHOLE {
        let stays = !has_default(create, field)
            || same(old.get(field), new.get(field))
            || (field == "Cmd" && keeps_command);
        if stays {
            continue;
        }
        let to = new.get(field).cloned().unwrap_or(Value::Null);
        changes.push(DefaultChange {
            path: format!("Config.{field}"),
            name: field.to_owned(),
            from: written(create.get(field)),
            to: written(Some(&to)),
        });
        create.insert(field.to_owned(), to);
    }
    changes
}

fn by_key(create: &mut Map<String, Value>, field: &str, old: &Value, new: &Value) -> Vec<DefaultChange> {
    let entries = |image: &Value| {
        image
            .get(field)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let (old, new) = (entries(old), entries(new));
    let mut changes = Vec::new();
    let mut note = |key: &str, from: Option<&Value>, to: Option<&Value>| {
        changes.push(DefaultChange {
            path: format!("Config.{field}.{key}"),
            name: format!("{field} {key}"),
            from: from.map(|it| written(Some(it))).unwrap_or_default(),
            to: to.map(|it| written(Some(it))).unwrap_or_default(),
        });
    };
    let mut has = create
        .get(field)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (key, default) in &old {
        let is_default = has.get(key) == Some(default);
        if !is_default || new.get(key) == Some(default) {
            continue;
        }
        note(key, Some(default), new.get(key));
        match new.get(key) {
            Some(value) => has.insert(key.clone(), value.clone()),
            None => has.shift_remove(key),
        };
    }
    // The engine adds what only the new image has.
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        if !has.contains_key(key) {
            note(key, None, Some(value));
        }
    }
    if create.get(field).is_some_and(Value::is_object) {
        create.insert(field.to_owned(), Value::Object(has));
    }
    changes
}

fn environment(create: &mut Map<String, Value>, old: &Value, new: &Value) -> Vec<DefaultChange> {
    let variables = |config: &Value| -> Vec<String> {
        let list = config.get("Env").and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(ToOwned::to_owned).collect()
    };
    let (old, new) = (variables(old), variables(new));
    let Some(has) = create.get("Env").and_then(Value::as_array).cloned() else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    let mut note = |name: &str, from: &str, to: &str| {
        changes.push(DefaultChange {
            path: "Config.Env".to_owned(),
            name: name.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        });
    };
    let take = |variable: Value| -> Option<Value> {
        let text = variable.as_str()?;
        let is_default = old.iter().any(|default| default == text);
        if !is_default || new.iter().any(|default| default == text) {
            return Some(variable);
        }
        let name = name_of(text);
        let then = new.iter().find(|default| name_of(default) == name);
        note(name, value_of(text), then.map_or("", |then| value_of(then)));
        then.map(|then| Value::from(then.as_str()))
    };
    let kept: Vec<Value> = has.into_iter().filter_map(take).collect();
    for variable in &new {
        let name = name_of(variable);
        let is_new = old.iter().all(|default| name_of(default) != name);
        let is_set = kept
            .iter()
            .filter_map(Value::as_str)
            .any(|kept| name_of(kept) == name);
        if is_new && !is_set {
            note(name, "", value_of(variable));
        }
    }
    create.insert("Env".to_owned(), Value::Array(kept));
    changes
}

fn name_of(variable: &str) -> &str {
    variable.split('=').next().unwrap_or_default()
}

fn value_of(variable: &str) -> &str {
    variable.split_once('=').map_or("", |(_, value)| value)
}

/// Engines write a field that nobody set as `null`, as nothing, or not at all.
fn same(left: Option<&Value>, right: Option<&Value>) -> bool {
    fn said(value: Option<&Value>) -> Option<&Value> {
        value.filter(|value| !value.is_null() && value.as_str() != Some(""))
    }
    said(left) == said(right)
}

fn written(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(create: &Value, old: &Value, new: &Value) -> (Value, Vec<(String, String, String)>) {
        let mut create = create.as_object().cloned().expect("an object");
        let changes = take_over(&mut create, old, new);
        let told = changes
            .into_iter()
            .map(|change| (change.name, change.from, change.to));
        (Value::Object(create), told.collect())
    }

    fn told(name: &str, from: &str, to: &str) -> (String, String, String) {
        (name.to_owned(), from.to_owned(), to.to_owned())
    }

    #[test]
    fn variables_of_the_old_build_take_the_new_ones_values_and_the_users_stay() {
        let old = json!({"Env": ["PATH=/bin", "LD_PRELOAD=/usr/lib/aarch64-linux-gnu/j.so", "ONLY_ARM=1", "MODE=image"]});
        let new = json!({"Env": ["PATH=/bin", "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/j.so", "ONLY_AMD=1", "MODE=other"]});
        let create = json!({"Env": ["PATH=/bin", "LD_PRELOAD=/usr/lib/aarch64-linux-gnu/j.so", "ONLY_ARM=1", "MODE=mine", "ODD"]});
        let (create, changes) = taken(&create, &old, &new);
        assert_eq!(
            create["Env"],
            json!([
                "PATH=/bin",
                "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/j.so",
                "MODE=mine",
                "ODD"
            ])
        );
        assert_eq!(
            changes,
            [
                told(
                    "LD_PRELOAD",
                    "/usr/lib/aarch64-linux-gnu/j.so",
                    "/usr/lib/x86_64-linux-gnu/j.so"
                ),
                told("ONLY_ARM", "1", ""),
                told("ONLY_AMD", "", "1"),
            ]
        );
    }

    #[test]
    fn what_both_builds_agree_on_stays_whether_it_was_set_or_not() {
        let image = json!({"Cmd": ["a"], "Entrypoint": ["e"], "User": "app", "Labels": {"v": "1"}});
        let create =
            json!({"Cmd": ["a"], "Entrypoint": ["e"], "User": "app", "Labels": {"v": "1", "mine": "x"}});
        let (same, changes) = taken(&create, &image, &image);
        assert_eq!((same, changes), (create, Vec::new()));
    }

    #[test]
    fn an_images_command_changes_with_its_entry_point_and_not_with_a_chosen_one() {
        let old = json!({"Entrypoint": ["/arm"], "Cmd": ["serve"]});
        let new = json!({"Entrypoint": ["/amd"], "Cmd": ["start"]});
        let (both, _) = taken(&json!({"Entrypoint": ["/arm"], "Cmd": ["serve"]}), &old, &new);
        assert_eq!(both, json!({"Entrypoint": ["/amd"], "Cmd": ["start"]}));
        let (command, _) = taken(&json!({"Entrypoint": ["/arm"], "Cmd": ["mine"]}), &old, &new);
        assert_eq!(command, json!({"Entrypoint": ["/amd"], "Cmd": ["mine"]}));
        let (entry, _) = taken(&json!({"Entrypoint": ["/mine"], "Cmd": ["serve"]}), &old, &new);
        assert_eq!(entry, json!({"Entrypoint": ["/mine"], "Cmd": ["serve"]}));
    }

    #[test]
    fn nothing_an_empty_text_and_null_are_the_same_default_and_an_empty_list_is_not() {
        let old = json!({"User": "", "Entrypoint": null});
        let new = json!({"User": "app", "Entrypoint": ["/e"]});
        let (create, changes) = taken(&json!({"User": "", "Entrypoint": []}), &old, &new);
        assert_eq!(create, json!({"User": "app", "Entrypoint": []}));
        assert_eq!(changes, [told("User", "", "app")]);
    }

    #[test]
    fn labels_and_volumes_change_one_by_one() {
        let old = json!({"Labels": {"arch": "arm64", "v": "1"}, "Volumes": {"/old": {}}});
        let new = json!({"Labels": {"arch": "amd64", "v": "1"}, "Volumes": {"/new": {}}});
        let create = json!({"Labels": {"arch": "arm64", "v": "1", "mine": "arm64"}, "Volumes": {"/old": {}, "/own": {}}});
        let (create, changes) = taken(&create, &old, &new);
        assert_eq!(
            create["Labels"],
            json!({"arch": "amd64", "v": "1", "mine": "arm64"})
        );
        assert_eq!(create["Volumes"], json!({"/own": {}}));
        assert_eq!(changes.len(), 3, "{changes:?}");
    }
}
