//! One container as the engine describes it, verbatim, with typed questions on top.

use platform::Platform;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{Engine, EngineError, read};

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

    /// What the last failing health check printed; empty when none fails now.
    pub fn failing_health(&self) -> &str {
        let fails = self.text("/State/Health/Status") == "unhealthy";
        let log = self.json.pointer("/State/Health/Log").and_then(Value::as_array);
        let last = log.filter(|_| fails).and_then(|log| log.last());
        let output = last.and_then(|check| check.get("Output")?.as_str());
        output.unwrap_or_default()
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
