//! What is mounted into a service's container.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    super::{
        options::{is_nothing, list, number, pairs, text, text_at, texts},
        wanted::Wanted,
    },
    File,
};

/// Binds as they were said, mounts with their options, memory, and volumes that nobody named.
pub(super) fn mounts(file: &mut File, wanted: &mut Wanted) {
    let mut taken = BTreeSet::new();
    for bind in texts(&wanted.host.take("Binds")) {
        let source = bind.split(':').next().unwrap_or_default();
        taken.extend(bind.split(':').nth(1).map(ToOwned::to_owned));
        external(file, source);
        file.push("volumes", json!(bind), "HostConfig.Binds");
    }
    for mount in list(&wanted.host.take("Mounts")) {
        taken.insert(text_at(mount, "Target").to_owned());
        let said = mount_words(file, mount);
        file.push("volumes", said, "HostConfig.Mounts");
    }
    for (path, options) in pairs(&wanted.host.take("Tmpfs")) {
        taken.insert(path.to_owned());
        let said = match text(options) {
            "" => path.to_owned(),
            options => format!("{path}:{options}"),
        };
        file.push("tmpfs", json!(said), "HostConfig.Tmpfs");
    }
    // A service may mount but one thing at a path.
    for (path, _) in pairs(&wanted.config.take("Volumes")) {
        if !taken.contains(path) {
            file.push("volumes", json!(path), "Config.Volumes");
        }
    }
    for provider in texts(&wanted.host.take("VolumesFrom")) {
        let (name, mode) = provider.split_once(':').unwrap_or((&provider, ""));
        // Compose drops whatever else is said of it.
        if !matches!(mode, "" | "rw") {
            file.unsaid.add("HostConfig.VolumesFrom");
        }
        let said = json!(format!("container:{name}"));
        file.push("volumes_from", said, "HostConfig.VolumesFrom");
    }
}

/// A volume that is there, and has a name of its own whatever the project is called.
fn external(file: &mut File, source: &str) {
    if !source.is_empty() && !source.starts_with(['/', '.', '~']) {
        let said = json!({"external": true, "name": source});
        file.volumes.insert(source.to_owned(), said);
    }
}

fn mount_words(file: &mut File, mount: &Value) -> Value {
    let mut said = Map::new();
    for (field, key) in [
        ("Type", "type"),
        ("Source", "source"),
        ("Target", "target"),
        ("Consistency", "consistency"),
    ] {
        if !text_at(mount, field).is_empty() {
            said.insert(key.to_owned(), json!(text_at(mount, field)));
        }
    }
    if mount.get("ReadOnly") == Some(&json!(true)) {
        said.insert("read_only".to_owned(), json!(true));
    }
    match text_at(mount, "Type") {
        "volume" => external(file, text_at(mount, "Source")),
        // Unlike `-v`, a mount never makes the folder.
        "bind" => {
            said.insert("bind".to_owned(), json!({"create_host_path": false}));
        }
        _ => {}
    }
    for (name, options) in pairs(mount) {
        let part = name.strip_suffix("Options").unwrap_or_default().to_lowercase();
        for (option, value) in pairs(options).filter(|(_, value)| !is_nothing(value)) {
            let known = match (name, option) {
                ("BindOptions", "Propagation") => Some(("propagation", value.clone())),
                ("BindOptions", "NonRecursive") => Some(("recursive", json!("disabled"))),
                ("BindOptions", "ReadOnlyNonRecursive") => Some(("recursive", json!("writable"))),
                ("BindOptions", "ReadOnlyForceRecursive") => Some(("recursive", json!("readonly"))),
                ("BindOptions", "CreateMountpoint") => Some(("create_host_path", json!(true))),
                ("VolumeOptions", "NoCopy") => Some(("nocopy", json!(true))),
                ("VolumeOptions" | "ImageOptions", "Subpath") => Some(("subpath", value.clone())),
                ("TmpfsOptions", "SizeBytes") => Some(("size", json!(number(value)))),
                ("TmpfsOptions", "Mode") => Some(("mode", value.clone())),
                _ => None,
            };
            let Some((key, value)) = known else {
                file.unsaid.add(&format!("HostConfig.Mounts.{name}.{option}"));
                continue;
            };
            let part = said.entry(part.clone()).or_insert_with(|| json!({}));
            part[key] = value;
        }
    }
    Value::Object(said)
}
