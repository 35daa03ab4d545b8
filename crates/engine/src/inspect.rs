//! One container as the engine describes it, verbatim, with typed questions on top.

use platform::Platform;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{Engine, EngineError, read};

/// The signal that asks a program to end, where nothing else is configured.
const SIGTERM: i64 = 15;

/// Signals that images ask to be ended by, as Linux numbers them; the last one is what systemd takes.
const SIGNALS: [(&str, i64); 8] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("KILL", 9),
    ("USR1", 10),
    ("USR2", 12),
    ("WINCH", 28),
    ("RTMIN+3", 37),
];

/// `GET /containers/{id}/json`, whole: fields that nobody here knows are still in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    json: Value,
}

/// How a container stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub status: String,
    /// The exit code; 0 before the first end.
    pub exit_code: i64,
    /// Why the engine could not start it, empty when it could.
    pub error: String,
    /// Whether the kernel ended it for want of memory.
    pub out_of_memory: bool,
    /// When it was started, as the engine writes it.
    pub started_at: String,
    /// When it ended, as the engine writes it.
    pub finished_at: String,
}

/// How a health check ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthCheck {
    /// Its exit code; -1 when the engine could not execute it, or ended it.
    pub exit_code: i64,
    /// What it printed, or the engine's words.
    pub output: String,
}

/// What reads a health check's text where the image names no shell.
const USUAL_SHELL: [&str; 2] = ["/bin/sh", "-c"];

impl Engine {
    /// One container, by id, the start of an id, or name.
    pub async fn inspect(&self, id: &str) -> Result<Inspection, EngineError> {
        let name = read::container_name(id)?;
        let json = self
            .get(
                &format!("/containers/{name}/json"),
                read::QUICK,
                read::OBJECT_BYTES,
            )
            .await?;
        Ok(Inspection { json })
    }
}

impl Inspection {
    /// From the engine's own JSON.
    pub fn from_json(json: Value) -> Self {
        Self { json }
    }

    /// The engine's own JSON.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The full id.
    pub fn id(&self) -> &str {
        self.text("/Id")
    }

    /// The name without its slash.
    pub fn name(&self) -> &str {
        self.text("/Name").trim_start_matches('/')
    }

    /// The image as it was asked for.
    pub fn image(&self) -> &str {
        self.text("/Config/Image")
    }

    /// The id of the image that it was made of.
    pub fn image_id(&self) -> &str {
        self.text("/Image")
    }

    /// What is executed: command and entrypoint as the engine joined them.
    pub fn program(&self) -> &str {
        self.text("/Path")
    }

    /// The program's arguments.
    pub fn arguments(&self) -> Vec<&str> {
        self.texts("/Args")
    }

    /// The environment, `NAME=value` each.
    pub fn environment(&self) -> Vec<&str> {
        self.texts("/Config/Env")
    }

    /// Where the program is started; `/` when nothing is said.
    pub fn working_directory(&self) -> &str {
        Some(self.text("/Config/WorkingDir"))
            .filter(|folder| !folder.is_empty())
            .unwrap_or("/")
    }

    /// Who its programs run as, as it was configured; empty for root.
    pub fn user(&self) -> &str {
        self.text("/Config/User")
    }

    /// The number of the signal by which the engine asks it to end.
    pub fn stop_signal(&self) -> i64 {
        let asked = self.text("/Config/StopSignal");
        let name = asked.strip_prefix("SIG").unwrap_or(asked);
        let known = SIGNALS.iter().find(|(known, _)| *known == name);
        known
            .map(|(_, number)| *number)
            .or_else(|| asked.parse().ok())
            .unwrap_or(SIGTERM)
    }

    /// How often the engine has started it again.
    pub fn restart_count(&self) -> i64 {
        let count = self.json.pointer("/RestartCount").and_then(Value::as_i64);
        count.unwrap_or_default()
    }

    /// The folders and files of the engine's machine that are mounted into it.
    pub fn bind_sources(&self) -> Vec<&str> {
        let mounts = self.json.pointer("/Mounts").and_then(Value::as_array);
        let binds = mounts
            .into_iter()
            .flatten()
            .filter(|mount| mount["Type"] == "bind");
        binds.filter_map(|mount| mount["Source"].as_str()).collect()
    }

    /// How the last health check ended; `None` when the container is not unhealthy now.
    pub fn failing_health(&self) -> Option<HealthCheck> {
        let fails = self.text("/State/Health/Status") == "unhealthy";
        let log = self.json.pointer("/State/Health/Log").and_then(Value::as_array);
        let last = log.filter(|_| fails)?.last()?;
        let output = last.get("Output").and_then(Value::as_str).unwrap_or_default();
        let exit_code = last.get("ExitCode").and_then(Value::as_i64);
        Some(HealthCheck {
            exit_code: exit_code.unwrap_or_default(),
            output: output.to_owned(),
        })
    }

    /// What the health check executes, a shell for a text; empty when there is none.
    pub fn health_command(&self) -> Vec<String> {
        let asked = self.texts("/Config/Healthcheck/Test");
        let words = match asked.split_first() {
            Some((&"CMD", words)) => words.to_vec(),
            Some((&"CMD-SHELL", text)) => {
                let shell = self.texts("/Config/Shell");
                let shell = if shell.is_empty() {
                    USUAL_SHELL.to_vec()
                } else {
                    shell
                };
                shell.into_iter().chain(text.iter().copied()).collect()
            }
            Some(_) | None => Vec::new(),
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// Its own limit of memory, and that of memory and swap together, in bytes; `None` where it has none.
    pub fn memory_limits(&self) -> (Option<u64>, Option<u64>) {
        let limit = |pointer| {
            let limit = self.json.pointer(pointer).and_then(Value::as_u64);
            limit.filter(|limit| *limit > 0)
        };
        (limit("/HostConfig/Memory"), limit("/HostConfig/MemorySwap"))
    }

    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.json.pointer("/Config/Labels")?.get(name)?.as_str()
    }

    /// When it was made, as the engine writes it.
    pub fn created_at(&self) -> &str {
        self.text("/Created")
    }

    /// Whether its output has no channels: everything comes as standard output.
    pub fn has_terminal(&self) -> bool {
        self.flag("/Config/Tty")
    }

    /// The platform that the engine says it was made for: engines from 28 on with the containerd store know.
    pub fn platform(&self) -> Option<Platform> {
        platform_of(self.json.pointer("/ImageManifestDescriptor/platform")?)
    }

    /// How it stands.
    pub fn state(&self) -> State {
        State {
            status: self.text("/State/Status").to_owned(),
            exit_code: self
                .json
                .pointer("/State/ExitCode")
                .and_then(Value::as_i64)
                .unwrap_or_default(),
            error: self.text("/State/Error").to_owned(),
            out_of_memory: self.flag("/State/OOMKilled"),
            started_at: self.text("/State/StartedAt").to_owned(),
            finished_at: self.text("/State/FinishedAt").to_owned(),
        }
    }

    /// Whether it runs, or is being restarted.
    pub fn is_running(&self) -> bool {
        self.flag("/State/Running") || self.flag("/State/Restarting")
    }

    /// The text at `pointer`, empty when there is none.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.json
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(crate) fn flag(&self, pointer: &str) -> bool {
        self.json
            .pointer(pointer)
            .and_then(Value::as_bool)
            .unwrap_or_default()
    }

    pub(crate) fn texts(&self, pointer: &str) -> Vec<&str> {
        let list = self.json.pointer(pointer).and_then(Value::as_array);
        list.map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }
}

/// A time as the engine writes it; `None` when it wrote something else.
pub(crate) fn instant(time: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(time, &Rfc3339).ok()
}

/// `{"os","architecture","variant"}` as a platform.
pub(crate) fn platform_of(json: &Value) -> Option<Platform> {
    let field = |name: &str| json.get(name).and_then(Value::as_str);
    Platform::from_fields(field("os"), field("architecture"), field("variant"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn health_command(config: &Value) -> Vec<String> {
        Inspection::from_json(json!({ "Config": config })).health_command()
    }

    #[test]
    fn a_health_check_is_words_or_a_text_for_a_shell() {
        let words = |test: &Value| health_command(&json!({ "Healthcheck": { "Test": test } }));
        assert_eq!(words(&json!(["CMD", "curl", "-f", "x"])), ["curl", "-f", "x"]);
        let text = json!(["CMD-SHELL", "curl x || exit 1"]);
        assert_eq!(words(&text), ["/bin/sh", "-c", "curl x || exit 1"]);
        let own = json!({ "Healthcheck": { "Test": text }, "Shell": ["/bin/bash", "-ec"] });
        assert_eq!(health_command(&own), ["/bin/bash", "-ec", "curl x || exit 1"]);
        assert!(words(&json!(["NONE"])).is_empty() && words(&json!([])).is_empty());
        assert!(health_command(&json!({})).is_empty());
    }

    #[test]
    fn a_limit_of_nothing_is_none() {
        let of = |host| Inspection::from_json(json!({ "HostConfig": host })).memory_limits();
        assert_eq!(of(json!({ "Memory": 0, "MemorySwap": -1 })), (None, None));
        assert_eq!(of(json!({ "Memory": 1, "MemorySwap": 2 })), (Some(1), Some(2)));
    }
}
