//! Processors, devices and what is counted.

use serde_json::{Map, Value, json};

use super::{
    super::{
        command::{cpus, device_words},
        options::{Rest, is_nothing, list, text_at, texts},
    },
    File,
};

/// What the table of options has no row for.
pub(super) fn resources(file: &mut File, host: &mut Rest) {
    let cpus = cpus(&host.take("NanoCpus"));
    if !cpus.is_empty() {
        file.set("cpus", json!(cpus), "HostConfig.NanoCpus");
    }
    for ulimit in list(&host.take("Ulimits")) {
        let said = json!({"soft": ulimit.get("Soft"), "hard": ulimit.get("Hard")});
        file.enter("ulimits", text_at(ulimit, "Name"), said, "HostConfig.Ulimits");
    }
    for device in list(&host.take("Devices")) {
        file.push("devices", json!(device_words(device)), "HostConfig.Devices");
    }
    blocks(file, host);
}

/// Devices that somebody else finds.
pub(super) fn device_request(file: &mut File, request: &Value) {
    let field = "HostConfig.DeviceRequests";
    let devices = request.get("DeviceIDs").unwrap_or(&Value::Null);
    if text_at(request, "Driver") == "cdi" {
        for device in texts(devices) {
            file.push("devices", json!(device), field);
        }
        return;
    }
    let capabilities = match list(request.get("Capabilities").unwrap_or(&Value::Null)) {
        [one] => texts(one),
        _ => return file.unsaid.add(field),
    };
    // Compose adds that one itself.
    let Some((_, others)) = capabilities.split_last().filter(|(last, _)| *last == "gpu") else {
        return file.unsaid.add(field);
    };
    let mut said = Map::new();
    let mut put = |key: &str, value: Value| {
        if !is_nothing(&value) {
            said.insert(key.to_owned(), value);
        }
    };
    put("driver", json!(text_at(request, "Driver")));
    put("count", request.get("Count").cloned().unwrap_or_default());
    put("device_ids", devices.clone());
    put("capabilities", json!(others));
    put("options", request.get("Options").cloned().unwrap_or_default());
    file.push("gpus", Value::Object(said), field);
}

/// Weights and rates of disks: for each list, its key and what it counts.
const BLOCKS: [(&str, &str, &str, &str); 5] = [
    ("BlkioWeightDevice", "weight_device", "Weight", "weight"),
    ("BlkioDeviceReadBps", "device_read_bps", "Rate", "rate"),
    ("BlkioDeviceWriteBps", "device_write_bps", "Rate", "rate"),
    ("BlkioDeviceReadIOps", "device_read_iops", "Rate", "rate"),
    ("BlkioDeviceWriteIOps", "device_write_iops", "Rate", "rate"),
];

fn blocks(file: &mut File, host: &mut Rest) {
    let mut said = Map::new();
    let weight = host.take("BlkioWeight");
    if !is_nothing(&weight) {
        said.insert("weight".to_owned(), weight);
    }
    for (field, key, counted, name) in BLOCKS {
        let devices = host.take(field);
        let one = |device: &Value| json!({"path": text_at(device, "Path"), name: device.get(counted)});
        let devices: Vec<_> = list(&devices).iter().map(one).collect();
        if !devices.is_empty() {
            said.insert(key.to_owned(), Value::Array(devices));
        }
    }
    if !said.is_empty() {
        file.set("blkio_config", Value::Object(said), "HostConfig.BlkioWeight");
    }
}
