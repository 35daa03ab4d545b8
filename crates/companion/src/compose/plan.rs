//! What a re-run through Compose would do, worked out without doing it.

use std::path::{Path, PathBuf};

use engine::{Engine, Scope, Store, act};
use serde_json::Value;
use sources::{
    Says, SourcesError,
    compose::{HASH, Place, Project},
    edit::Override,
};

use super::program::{self, Failure, Program};
use crate::Setup;

/// Why Compose cannot do it from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotHere {
    /// This machine's files are read from another place than where programs find them.
    Elsewhere,
    /// The labels or the files.
    Sources(SourcesError),
    /// The program.
    Program(Failure),
    /// Compose reads the files, and would make something else.
    Otherwise,
    /// There are more containers of the service than the files say: Compose would remove the others.
    Scaled {
        /// How many there are.
        there: u64,
        /// How many the files say.
        said: u64,
    },
}

impl From<SourcesError> for NotHere {
    fn from(error: SourcesError) -> Self {
        Self::Sources(error)
    }
}

impl From<Failure> for NotHere {
    fn from(failure: Failure) -> Self {
        Self::Program(failure)
    }
}

/// Everything that is needed to carry it out, and what is to be said before.
#[derive(Clone, Debug)]
pub(crate) struct ByCompose {
    pub(crate) program: Program,
    pub(crate) project: Project,
    pub(crate) place: Place,
    pub(crate) edit: Override,
    /// What is run.
    pub(crate) command: String,
    /// The build that the file names, where a tag would have to move for it.
    pub(crate) pinned: Option<String>,
    /// The tag that moves all the same.
    pub(crate) moves: Option<String>,
    /// Whether the files say something else by now than when the container was made.
    pub(crate) drifted: bool,
    /// How many containers of the service there are to be.
    pub(crate) replicas: u64,
    /// The service as Compose reads it.
    service: Value,
}

impl ByCompose {
    /// Whether the files say this default of the image themselves, so that no image changes it.
    pub(crate) fn says(&self, default: &str) -> bool {
        says(&self.service, default)
    }
}

/// Plans it for the container that `plan` is about. Compose reads the files; nothing is written.
pub(crate) async fn plan(setup: &Setup, engine: &Engine, plan: &act::Plan) -> Result<ByCompose, NotHere> {
    if Path::new("/").join(&setup.root) != Path::new("/") {
        return Err(NotHere::Elsewhere);
    }
    let project = Project::of(|name| plan.old.label(name))?;
    project.look(Path::new("/"))?;
    let pinned = pinned(plan);
    let says = Says {
        platform: plan.to.clone(),
        image: pinned.clone(),
    };
    let place = project.place()?;
    let edit = Override::plan(&project, &says)?;
    let program = Program::find(setup.path.as_deref(), &engine.endpoint().url).await?;
    let others = there(&project.files_without(place.file()));
    let told = program.config(&project, &others, edit.after()).await?;
    let service = check(&told, &project.service, &says)?;
    let replicas = replicas(&service);
    let there_are = siblings(engine, &project).await?;
    if there_are > replicas {
        return Err(NotHere::Scaled {
            there: there_are,
            said: replicas,
        });
    }
    let made_as = plan.old.label(HASH).unwrap_or_default();
    let hash = program.hash(&project, &there(&project.files)).await?;
    let is_classic = engine.identity().store == Store::Classic;
    let moves = (is_classic && plan.pull.is_some() && pinned.is_none()).then(|| plan.image.clone());
    Ok(ByCompose {
        command: program::command(&project, &project.files_with(place.file())),
        drifted: hash != made_as,
        program,
        project,
        place,
        edit,
        pinned,
        moves,
        replicas,
        service,
    })
}

/// How many containers of the service there are, beside those that are kept for an undo.
async fn siblings(engine: &Engine, project: &Project) -> Result<u64, NotHere> {
    let all = engine
        .containers(Scope::All)
        .await
        .map_err(|_| NotHere::Otherwise)?;
    let is_one = |row: &&engine::Container| {
        let label = |name: &str| row.labels.get(name).map_or("", String::as_str);
        label("com.docker.compose.project") == project.name
            && label("com.docker.compose.service") == project.service
            && !label("com.docker.compose.oneoff").eq_ignore_ascii_case("true")
            && act::kept_for(&row.name).is_none()
    };
    Ok(all.iter().filter(is_one).count().try_into().unwrap_or(u64::MAX))
}

/// The files that are there: ours may be gone.
pub(super) fn there(files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().filter(|file| file.exists()).cloned().collect()
}

/// A build by its digest, where the plan by hand names it so for the tag's sake.
fn pinned(plan: &act::Plan) -> Option<String> {
    let is_new = plan.image != plan.old.image();
    (is_new && plan.image.contains("@sha256:")).then(|| plan.image.clone())
}

/// Whether the whole project says what it should of `service`; gives that service.
fn check(told: &[u8], service: &str, says: &Says) -> Result<Value, NotHere> {
    let mut told: Value = serde_json::from_slice(told).map_err(|_| NotHere::Otherwise)?;
    let service = told
        .get_mut("services")
        .and_then(|services| services.get_mut(service));
    let service = service.map(Value::take).ok_or(NotHere::Otherwise)?;
    let platform = service.get("platform").and_then(Value::as_str);
    let image = service.get("image").and_then(Value::as_str);
    let is_platform = platform.and_then(|text| text.parse().ok()).as_ref() == Some(&says.platform);
    let is_image = says.image.is_none() || says.image.as_deref() == image;
    if is_platform && is_image {
        Ok(service)
    } else {
        Err(NotHere::Otherwise)
    }
}

fn replicas(service: &Value) -> u64 {
    let said = service
        .get("scale")
        .or_else(|| service.pointer("/deploy/replicas"));
    said.and_then(Value::as_u64).unwrap_or(1)
}

/// A default is called by its field, by its field and key, or by the variable.
fn says(service: &Value, default: &str) -> bool {
    let has = |field: &str| service.get(field).is_some_and(|value| !value.is_null());
    let has_key = |field: &str, key: &str| service.get(field).is_some_and(|of| of.get(key).is_some());
    let list = |field: &str| service.get(field).and_then(Value::as_array).into_iter().flatten();
    match default.split_once(' ').unwrap_or((default, "")) {
        ("User", "") => has("user"),
        ("WorkingDir", "") => has("working_dir"),
        ("Entrypoint", "") => has("entrypoint"),
        ("Cmd", "") => has("command"),
        ("Healthcheck", "") => has("healthcheck"),
        ("StopSignal", "") => has("stop_signal"),
        ("Labels", key) => has_key("labels", key),
        ("ExposedPorts", port) => {
            let number = port.trim_end_matches("/tcp");
            list("expose").any(|said| {
                said.as_str()
                    .is_some_and(|said| said.trim_end_matches("/tcp") == number)
            })
        }
        ("Volumes", target) => list("volumes").any(|said| said.get("target").is_some_and(|at| at == target)),
        (variable, _) => has_key("environment", variable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compose_has_to_read_what_was_meant() {
        let says = Says {
            platform: "linux/amd64".parse().expect("a platform"),
            image: Some("a@sha256:00".to_owned()),
        };
        let check = |text: &str| check(text.as_bytes(), "web", &says);
        let good = r#"{"services":{"web":{"platform":"linux/amd64","image":"a@sha256:00","scale":3}}}"#;
        assert_eq!(check(good).as_ref().map(replicas), Ok(3));
        for bad in [
            "",
            "{}",
            r#"{"services":{"db":{"platform":"linux/amd64","image":"a@sha256:00"}}}"#,
            &good.replace("amd64", "arm64"),
            &good.replace("a@sha256:00", "a"),
            r#"{"services":{"web":null}}"#,
        ] {
            assert_eq!(check(bad), Err(NotHere::Otherwise), "{bad}");
        }
    }

    #[test]
    fn what_the_files_say_themselves_is_no_default_that_changes() {
        let service = serde_json::json!({
            "command": null,
            "entrypoint": ["/run"],
            "environment": {"OURS": null},
            "expose": ["80"],
            "labels": {"ours": "1"},
            "volumes": [{"type": "volume", "target": "/data"}],
        });
        let said = [
            "Entrypoint",
            "OURS",
            "ExposedPorts 80/tcp",
            "Labels ours",
            "Volumes /data",
        ];
        for default in said {
            assert!(says(&service, default), "{default}");
        }
        let unsaid = [
            "Cmd",
            "User",
            "THEIRS",
            "ExposedPorts 80/udp",
            "Labels theirs",
            "Volumes /",
            "",
        ];
        for default in unsaid {
            assert!(!says(&service, default), "{default}");
        }
    }
}
