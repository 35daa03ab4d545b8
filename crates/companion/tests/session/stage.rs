//! A sample engine, a session that reads it, and a second client that acts behind the session's back.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use bollard::{
    API_DEFAULT_VERSION, Docker,
    models::{ContainerCreateBody, EventMessage, HostConfig},
    query_parameters::{
        CreateContainerOptionsBuilder, EventsOptionsBuilder, InspectContainerOptions,
        ListContainersOptionsBuilder, RemoveContainerOptionsBuilder, StartContainerOptions,
    },
};
use companion::{Causes, ProcessFacts, RerunOptions, Session, Setup, Way, view};
use futures_util::StreamExt as _;
use sample::{Fault, Sample, Scenario};
use tempfile::TempDir;

/// Nothing of a sample takes as long; what takes longer has hung.
pub(crate) const LIMIT: Duration = Duration::from_secs(15);

/// All that a test needs. The session ends when this is dropped.
pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) docker: Docker,
    pub(crate) sample: Sample,
    /// An empty machine: no runtime, no settings.
    _machine: TempDir,
}

/// What must not change when something fails: name, state, exit code, image and restart policy of every container.
pub(crate) type Inventory = BTreeMap<String, [String; 5]>;

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Scenario::recorded()).await
    }

    pub(crate) async fn failing(fault: Fault) -> Self {
        Self::with(Scenario::recorded().with(fault)).await
    }

    pub(crate) async fn with(scenario: Scenario) -> Self {
        let sample = sample::start_with(scenario).await.expect("a sample engine");
        let machine = tempfile::tempdir().expect("a folder");
        let url = url(sample.socket());
        let docker = Docker::connect_with_unix(&url, 10, API_DEFAULT_VERSION).expect("a client");
        let session = Session::start(setup(&url, &machine, None));
        Self {
            session,
            docker,
            sample,
            _machine: machine,
        }
    }

    /// A row of the session's list, with its cause.
    pub(crate) async fn row(&self, name: &str) -> view::Container {
        let list = self.session.containers(Causes::Wanted).await.expect("a list");
        named(&list.containers, name).clone()
    }

    /// Makes a container of an image that is here.
    pub(crate) async fn create(&self, name: &str, body: ContainerCreateBody) -> String {
        let options = CreateContainerOptionsBuilder::default().name(name).build();
        let made = self.docker.create_container(Some(options), body).await;
        made.expect("made").id
    }

    pub(crate) async fn start(&self, id: &str) {
        let started = self
            .docker
            .start_container(id, None::<StartContainerOptions>)
            .await;
        started.expect("started");
    }

    pub(crate) async fn remove(&self, name: &str) {
        let options = RemoveContainerOptionsBuilder::default().force(true).build();
        let removed = self.docker.remove_container(name, Some(options)).await;
        removed.expect("removed");
    }

    /// The ids of all containers by their names.
    pub(crate) async fn ids(&self) -> BTreeMap<String, String> {
        let options = ListContainersOptionsBuilder::default().all(true).build();
        let rows = self.docker.list_containers(Some(options)).await.expect("a list");
        let row = |row: bollard::models::ContainerSummary| {
            let name = row.names?.first()?.trim_start_matches('/').to_owned();
            Some((name, row.id?))
        };
        rows.into_iter().filter_map(row).collect()
    }

    pub(crate) async fn inventory(&self) -> Inventory {
        let mut inventory = Inventory::new();
        for (name, id) in self.ids().await {
            let asked = self
                .docker
                .inspect_container(&id, None::<InspectContainerOptions>)
                .await;
            let inspected = asked.expect("a container");
            let state = inspected.state.expect("a state");
            let policy = inspected.host_config.and_then(|host| host.restart_policy);
            let facts = [
                name,
                state.status.map(|status| status.to_string()).unwrap_or_default(),
                state.exit_code.unwrap_or_default().to_string(),
                inspected
                    .config
                    .and_then(|config| config.image)
                    .unwrap_or_default(),
                format!("{policy:?}"),
            ];
            inventory.insert(id, facts);
        }
        inventory
    }

    /// How often the engine was asked for a file's bytes.
    pub(crate) async fn archives_read(&self) -> usize {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970");
        let until = (now + Duration::from_millis(1)).as_secs_f64().to_string();
        let options = EventsOptionsBuilder::default().since("0").until(&until).build();
        let events: Vec<EventMessage> = self
            .docker
            .events(Some(options))
            .map(|event| event.expect("an event"))
            .collect()
            .await;
        let is_read = |event: &&EventMessage| event.action.as_deref() == Some("archive-path");
        events.iter().filter(is_read).count()
    }
}

/// What to re-run for, and who makes the new container.
pub(crate) fn options(platform: Option<&str>, way: Way) -> RerunOptions {
    RerunOptions {
        platform: platform.map(ToOwned::to_owned),
        way,
        ..RerunOptions::default()
    }
}

pub(crate) fn url(socket: &std::path::Path) -> String {
    format!("unix://{}", socket.display())
}

/// A setup for the engine at `url` on an empty machine.
pub(crate) fn setup(url: &str, machine: &TempDir, cache: Option<PathBuf>) -> Setup {
    Setup {
        root: machine.path().to_owned(),
        home: machine.path().join("home"),
        host: Some(url.to_owned()),
        process: ProcessFacts {
            architecture: "arm64".to_owned(),
            translated: false,
        },
        cache,
        ..Setup::default()
    }
}

/// The container called `name`.
pub(crate) fn named<'a>(containers: &'a [view::Container], name: &str) -> &'a view::Container {
    let found = containers.iter().find(|container| container.name == name);
    found.unwrap_or_else(|| panic!("no `{name}` in {:?}", names(containers)))
}

pub(crate) fn names(containers: &[view::Container]) -> Vec<&str> {
    containers
        .iter()
        .map(|container| container.name.as_str())
        .collect()
}

/// A container of Alpine that runs `command`.
pub(crate) fn alpine(command: &[&str]) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some("alpine:3.22".to_owned()),
        cmd: Some(command.iter().map(ToString::to_string).collect()),
        host_config: Some(HostConfig::default()),
        ..ContainerCreateBody::default()
    }
}

/// `future`, but not for longer than anything of a sample takes.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(LIMIT, future).await;
    done.unwrap_or_else(|_| panic!("{what} took too long"))
}
