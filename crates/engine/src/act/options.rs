//! The options that a command and a Compose service say alike: one row for each field of a create request.

use serde_json::{Map, Value};

/// How a field is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A text, unless it is empty.
    Text,
    /// Each text of a list.
    Texts,
    /// A number, unless it is 0.
    Number,
    /// A number, 0 too, unless it is null.
    AnyNumber,
    /// That it is so.
    Switch,
    /// Each `name=value` of a table.
    Pairs,
}

/// A field, and what it is called elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) field: &'static str,
    pub(crate) form: Form,
    /// The option of `docker run`.
    pub(crate) flag: &'static str,
    /// The key of a Compose service; empty where there is none.
    pub(crate) key: &'static str,
}

const fn row(field: &'static str, form: Form, flag: &'static str, key: &'static str) -> Row {
    Row {
        field,
        form,
        flag,
        key,
    }
}

/// Fields at the top of the request.
pub(crate) const CONFIG: [Row; 8] = [
    row("Hostname", Form::Text, "--hostname", "hostname"),
    row("Domainname", Form::Text, "--domainname", "domainname"),
    row("MacAddress", Form::Text, "--mac-address", "mac_address"),
    row("User", Form::Text, "--user", "user"),
    row("WorkingDir", Form::Text, "--workdir", "working_dir"),
    row("Tty", Form::Switch, "--tty", "tty"),
    row("OpenStdin", Form::Switch, "--interactive", "stdin_open"),
    row("StopSignal", Form::Text, "--stop-signal", "stop_signal"),
];

/// Fields of its `HostConfig`.
pub(crate) const HOST: [Row; 45] = [
    row("AutoRemove", Form::Switch, "--rm", ""),
    row("Privileged", Form::Switch, "--privileged", "privileged"),
    row("ReadonlyRootfs", Form::Switch, "--read-only", "read_only"),
    row("IpcMode", Form::Text, "--ipc", "ipc"),
    row("PidMode", Form::Text, "--pid", "pid"),
    row("UTSMode", Form::Text, "--uts", "uts"),
    row("UsernsMode", Form::Text, "--userns", "userns_mode"),
    row("CgroupnsMode", Form::Text, "--cgroupns", "cgroup"),
    row("CgroupParent", Form::Text, "--cgroup-parent", "cgroup_parent"),
    row("Isolation", Form::Text, "--isolation", "isolation"),
    row("Runtime", Form::Text, "--runtime", "runtime"),
    row("PublishAllPorts", Form::Switch, "--publish-all", ""),
    row("Dns", Form::Texts, "--dns", "dns"),
    row("DnsOptions", Form::Texts, "--dns-option", "dns_opt"),
    row("DnsSearch", Form::Texts, "--dns-search", "dns_search"),
    row("ExtraHosts", Form::Texts, "--add-host", "extra_hosts"),
    row("VolumeDriver", Form::Text, "--volume-driver", ""),
    row("ShmSize", Form::Number, "--shm-size", "shm_size"),
    row("StorageOpt", Form::Pairs, "--storage-opt", "storage_opt"),
    row("Memory", Form::Number, "--memory", "mem_limit"),
    row("MemorySwap", Form::Number, "--memory-swap", "memswap_limit"),
    row(
        "MemoryReservation",
        Form::Number,
        "--memory-reservation",
        "mem_reservation",
    ),
    row(
        "MemorySwappiness",
        Form::AnyNumber,
        "--memory-swappiness",
        "mem_swappiness",
    ),
    row("KernelMemory", Form::Number, "--kernel-memory", ""),
    row(
        "OomKillDisable",
        Form::Switch,
        "--oom-kill-disable",
        "oom_kill_disable",
    ),
    row("OomScoreAdj", Form::Number, "--oom-score-adj", "oom_score_adj"),
    row("PidsLimit", Form::Number, "--pids-limit", "pids_limit"),
    row("CpuPeriod", Form::Number, "--cpu-period", "cpu_period"),
    row("CpuQuota", Form::Number, "--cpu-quota", "cpu_quota"),
    row("CpuShares", Form::Number, "--cpu-shares", "cpu_shares"),
    row(
        "CpuRealtimePeriod",
        Form::Number,
        "--cpu-rt-period",
        "cpu_rt_period",
    ),
    row(
        "CpuRealtimeRuntime",
        Form::Number,
        "--cpu-rt-runtime",
        "cpu_rt_runtime",
    ),
    row("CpusetCpus", Form::Text, "--cpuset-cpus", "cpuset"),
    row("CpusetMems", Form::Text, "--cpuset-mems", ""),
    row("CpuCount", Form::Number, "--cpu-count", "cpu_count"),
    row("CpuPercent", Form::Number, "--cpu-percent", "cpu_percent"),
    row("IOMaximumIOps", Form::Number, "--io-maxiops", ""),
    row("IOMaximumBandwidth", Form::Number, "--io-maxbandwidth", ""),
    row("CapAdd", Form::Texts, "--cap-add", "cap_add"),
    row("CapDrop", Form::Texts, "--cap-drop", "cap_drop"),
    row("GroupAdd", Form::Texts, "--group-add", "group_add"),
    row(
        "DeviceCgroupRules",
        Form::Texts,
        "--device-cgroup-rule",
        "device_cgroup_rules",
    ),
    row("Annotations", Form::Pairs, "--annotation", "annotations"),
    row("VolumesFrom", Form::Texts, "--volumes-from", ""),
    row("Sysctls", Form::Pairs, "--sysctl", "sysctls"),
];

/// What nobody has said yet of a part of a request. Whatever is left at the end is what a text leaves out.
#[derive(Debug, Default)]
pub(crate) struct Rest(Map<String, Value>);

impl Rest {
    pub(crate) fn of(value: Option<&Value>) -> Self {
        Self(value.and_then(Value::as_object).cloned().unwrap_or_default())
    }

    /// The field's value, null when there is none, which is taken out.
    pub(crate) fn take(&mut self, field: &str) -> Value {
        self.0.remove(field).unwrap_or_default()
    }

    pub(crate) fn put(&mut self, field: &str, value: Value) {
        self.0.insert(field.to_owned(), value);
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    pub(crate) fn get(&self, field: &str) -> &Value {
        self.0.get(field).unwrap_or(&Value::Null)
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        text(self.get(field))
    }

    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The fields that are left and say anything.
    pub(crate) fn left(&self) -> impl Iterator<Item = &str> {
        let said = self.0.iter().filter(|(_, value)| !is_nothing(value));
        said.map(|(field, _)| field.as_str())
    }
}

/// Whether a value is the same as none to an engine.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(so) => !so,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(is_nothing),
        Value::Object(map) => map.is_empty(),
    }
}

/// The text that `value` is, or an empty one.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The text at `field` of `value`, or an empty one.
pub(crate) fn text_at<'a>(value: &'a Value, field: &str) -> &'a str {
    text(value.get(field).unwrap_or(&Value::Null))
}

/// The texts of a list.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// The entries of a list.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The entries of a table.
pub(crate) fn pairs(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let map = value.as_object().into_iter().flatten();
    map.map(|(name, value)| (name.as_str(), value))
}

/// A whole number as text; what is none of them is an empty text.
pub(crate) fn number(value: &Value) -> String {
    value.as_number().map(ToString::to_string).unwrap_or_default()
}
