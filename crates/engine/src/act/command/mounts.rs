//! Folders, volumes and memory that are mounted.

use serde_json::Value;

use super::{
    super::{
        options::{is_nothing, list, number, pairs, text, text_at, texts},
        wanted::Wanted,
    },
    program::is_on,
    words::{Words, comma_separated},
};

/// Binds as they were said, mounts with all their options, memory, and volumes that nobody named.
pub(super) fn mounts(words: &mut Words, wanted: &mut Wanted) {
    for bind in texts(&wanted.host.take("Binds")) {
        words.option("--volume", &bind, "HostConfig.Binds");
    }
    for mount in list(&wanted.host.take("Mounts")) {
        let said = mount_words(words, mount);
        match said.and_then(|fields| comma_separated(&fields)) {
            Some(value) => words.option("--mount", &value, "HostConfig.Mounts"),
            None => words.leave_out("HostConfig.Mounts"),
        }
    }
    for (path, options) in pairs(&wanted.host.take("Tmpfs")) {
        match text(options) {
            _ if path.contains(':') => words.leave_out("HostConfig.Tmpfs"),
            "" => words.option("--tmpfs", path, "HostConfig.Tmpfs"),
            options => words.option("--tmpfs", &format!("{path}:{options}"), "HostConfig.Tmpfs"),
        }
    }
    for (path, _) in pairs(&wanted.config.take("Volumes")) {
        if path.contains(':') {
            words.leave_out("Config.Volumes");
        } else {
            words.option("--volume", path, "Config.Volumes");
        }
    }
}

/// The parts of `--mount`; none where one of them cannot be said.
fn mount_words(words: &mut Words, mount: &Value) -> Option<Vec<String>> {
    let mut fields = Fields::default();
    fields.text("type", text_at(mount, "Type"));
    fields.text("source", text_at(mount, "Source"));
    fields.text("target", text_at(mount, "Target"));
    fields.text("consistency", text_at(mount, "Consistency"));
    fields.flag("readonly", mount.get("ReadOnly"));
    for (name, options) in pairs(mount) {
        match name {
            "BindOptions" => bind(words, &mut fields, options),
            "VolumeOptions" => volume(words, &mut fields, options),
            "TmpfsOptions" => memory(words, &mut fields, options),
            "ImageOptions" => fields.text("image-subpath", text_at(options, "Subpath")),
            "Type" | "Source" | "Target" | "Consistency" | "ReadOnly" => {}
            other => leave_out(words, other, options),
        }
    }
    fields.unsayable.is_none().then_some(fields.said)
}

fn bind(words: &mut Words, fields: &mut Fields, options: &Value) {
    for (name, value) in pairs(options) {
        match name {
            "Propagation" => fields.text("bind-propagation", text(value)),
            "NonRecursive" if is_on(value) => fields.text("bind-recursive", "disabled"),
            "ReadOnlyNonRecursive" if is_on(value) => fields.text("bind-recursive", "writable"),
            "ReadOnlyForceRecursive" if is_on(value) => fields.text("bind-recursive", "readonly"),
            _ => leave_out(words, &format!("BindOptions.{name}"), value),
        }
    }
}

fn volume(words: &mut Words, fields: &mut Fields, options: &Value) {
    for (name, value) in pairs(options) {
        match name {
            "NoCopy" => fields.flag("volume-nocopy", Some(value)),
            "Subpath" => fields.text("volume-subpath", text(value)),
            "Labels" => fields.pairs("volume-label", value),
            "DriverConfig" => {
                fields.text("volume-driver", text_at(value, "Name"));
                fields.pairs("volume-opt", value.get("Options").unwrap_or(&Value::Null));
            }
            _ => leave_out(words, &format!("VolumeOptions.{name}"), value),
        }
    }
}

fn memory(words: &mut Words, fields: &mut Fields, options: &Value) {
    for (name, value) in pairs(options) {
        match name {
            "SizeBytes" if !is_nothing(value) => fields.text("tmpfs-size", &number(value)),
            "Mode" => {
                let mode = value.as_u64().filter(|mode| *mode > 0);
                fields.text(
                    "tmpfs-mode",
                    &mode.map(|mode| format!("{mode:o}")).unwrap_or_default(),
                );
            }
            _ => leave_out(words, &format!("TmpfsOptions.{name}"), value),
        }
    }
}

fn leave_out(words: &mut Words, field: &str, value: &Value) {
    if !is_nothing(value) {
        words.leave_out(&format!("HostConfig.Mounts.{field}"));
    }
}

/// The parts of one `--mount`. The client refuses empty values, and spaces around them.
#[derive(Default)]
struct Fields {
    said: Vec<String>,
    unsayable: Option<()>,
}

impl Fields {
    fn text(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        if value.trim() != value {
            self.unsayable = Some(());
        }
        self.said.push(format!("{name}={value}"));
    }

    fn flag(&mut self, name: &str, value: Option<&Value>) {
        if value.is_some_and(is_on) {
            self.said.push(name.to_owned());
        }
    }

    fn pairs(&mut self, name: &str, table: &Value) {
        for (key, value) in pairs(table) {
            if key.is_empty() || key.contains('=') {
                self.unsayable = Some(());
            }
            self.text(name, &format!("{key}={}", text(value)));
        }
    }
}
