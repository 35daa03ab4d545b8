//! Processors, devices and what is counted.

use serde_json::Value;

use super::{
    super::options::{Rest, is_nothing, list, number, pairs, text, text_at, texts},
    words::{Words, comma_separated},
};

/// What the table of options has no row for.
pub(super) fn limits(words: &mut Words, host: &mut Rest) {
    words.said("--cpus", &cpus(&host.take("NanoCpus")), "HostConfig.NanoCpus");
    for ulimit in list(&host.take("Ulimits")) {
        let field = |name: &str| number(ulimit.get(name).unwrap_or(&Value::Null));
        let limit = format!("{}={}:{}", text_at(ulimit, "Name"), field("Soft"), field("Hard"));
        words.option("--ulimit", &limit, "HostConfig.Ulimits");
    }
    for device in list(&host.take("Devices")) {
        words.option("--device", &device_words(device), "HostConfig.Devices");
    }
    for request in list(&host.take("DeviceRequests")) {
        device_request(words, request);
    }
    blocks(words, host);
}

/// `1.5`, exactly; empty for none.
pub(crate) fn cpus(nanos: &Value) -> String {
    let Some(nanos) = nanos.as_u64().filter(|nanos| *nanos > 0) else {
        return String::new();
    };
    let (whole, part) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let text = format!("{whole}.{part:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `/dev/a:/dev/b:rwm`.
pub(crate) fn device_words(device: &Value) -> String {
    let (host, inside) = (text_at(device, "PathOnHost"), text_at(device, "PathInContainer"));
    let inside = if inside.is_empty() { host } else { inside };
    match text_at(device, "CgroupPermissions") {
        "rwm" | "" if host == inside => host.to_owned(),
        "rwm" | "" => format!("{host}:{inside}"),
        permissions => format!("{host}:{inside}:{permissions}"),
    }
}

/// Devices that somebody else finds: by name for `--device`, graphics processors for `--gpus`.
fn device_request(words: &mut Words, request: &Value) {
    let field = "HostConfig.DeviceRequests";
    let devices = texts(request.get("DeviceIDs").unwrap_or(&Value::Null));
    if text_at(request, "Driver") == "cdi" {
        for device in devices {
            words.option("--device", &device, field);
        }
        return;
    }
    match gpus(request, &devices) {
        Some(value) => words.option("--gpus", &value, field),
        None => words.leave_out(field),
    }
}

/// The client adds the capability `gpu` to one list of others, and takes nothing else.
fn gpus(request: &Value, devices: &[String]) -> Option<String> {
    let capabilities = match list(request.get("Capabilities").unwrap_or(&Value::Null)) {
        [one] => texts(one),
        _ => return None,
    };
    let (last, others) = capabilities.split_last()?;
    if last != "gpu" || others.iter().chain(devices).any(|text| text.contains(',')) {
        return None;
    }
    let mut fields = Vec::new();
    let driver = text_at(request, "Driver");
    if !driver.is_empty() {
        fields.push(format!("driver={driver}"));
    }
    let count = request.get("Count").unwrap_or(&Value::Null);
    match count.as_i64() {
        Some(-1) => fields.push("count=all".to_owned()),
        _ if devices.is_empty() || !is_nothing(count) => fields.push(format!("count={}", number(count))),
        _ => {}
    }
    if !devices.is_empty() {
        fields.push(format!("device={}", devices.join(",")));
    }
    if !others.is_empty() {
        fields.push(format!("capabilities={}", others.join(",")));
    }
    let options = pairs(request.get("Options").unwrap_or(&Value::Null));
    let options: Vec<_> = options
        .map(|(name, value)| format!("{name}={}", text(value)))
        .collect();
    if !options.is_empty() {
        fields.push(format!("options={}", comma_separated(&options)?));
    }
    comma_separated(&fields)
}

/// Weights and rates of disks: for each list, the option and what it counts.
const BLOCKS: [(&str, &str, &str); 5] = [
    ("BlkioWeightDevice", "--blkio-weight-device", "Weight"),
    ("BlkioDeviceReadBps", "--device-read-bps", "Rate"),
    ("BlkioDeviceWriteBps", "--device-write-bps", "Rate"),
    ("BlkioDeviceReadIOps", "--device-read-iops", "Rate"),
    ("BlkioDeviceWriteIOps", "--device-write-iops", "Rate"),
];

fn blocks(words: &mut Words, host: &mut Rest) {
    let weight = host.take("BlkioWeight");
    if !is_nothing(&weight) {
        words.said("--blkio-weight", &number(&weight), "HostConfig.BlkioWeight");
    }
    for (field, flag, counted) in BLOCKS {
        for device in list(&host.take(field)) {
            let count = number(device.get(counted).unwrap_or(&Value::Null));
            words.option(
                flag,
                &format!("{}:{count}", text_at(device, "Path")),
                &format!("HostConfig.{field}"),
            );
        }
    }
}
