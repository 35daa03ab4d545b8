//! A client, and short forms of what the tests ask.

use std::{collections::HashMap, time::Duration};

use bollard::{
    API_DEFAULT_VERSION, Docker,
    errors::Error,
    models::{ContainerInspectResponse, EventMessage},
    query_parameters::{EventsOptionsBuilder, InspectContainerOptions, LogsOptionsBuilder},
};
use futures_util::StreamExt as _;
use sample::{Sample, Scenario};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// An engine of its own, and a client that speaks to it.
pub(crate) struct Client {
    pub(crate) docker: Docker,
    pub(crate) sample: Sample,
}

impl Client {
    pub(crate) async fn new() -> Self {
        Self::with(Scenario::recorded()).await
    }

    pub(crate) async fn with(scenario: Scenario) -> Self {
        let sample = sample::start_with(scenario).await.expect("a sample engine");
        let url = format!("unix://{}", sample.socket().display());
        let docker = Docker::connect_with_unix(&url, 5, API_DEFAULT_VERSION).expect("a client");
        Self { docker, sample }
    }

    pub(crate) async fn inspect(&self, name: &str) -> ContainerInspectResponse {
        let asked = self
            .docker
            .inspect_container(name, None::<InspectContainerOptions>)
            .await;
        asked.expect("a container")
    }

    pub(crate) async fn status(&self, name: &str) -> (String, i64) {
        let state = self.inspect(name).await.state.expect("a state");
        let status = state.status.map(|status| status.to_string()).unwrap_or_default();
        (status, state.exit_code.unwrap_or_default())
    }

    pub(crate) async fn log(&self, name: &str) -> Vec<String> {
        let options = LogsOptionsBuilder::default().stdout(true).stderr(true).build();
        let lines = self
            .docker
            .logs(name, Some(options))
            .map(|line| line.expect("a line").to_string());
        lines.map(|line| line.trim_end().to_owned()).collect().await
    }

    /// The actions on container `id` from the start until now.
    pub(crate) async fn actions(&self, id: &str) -> Vec<String> {
        let events = self.events(&json!({ "container": [id] })).await;
        events.into_iter().filter_map(|event| event.action).collect()
    }

    pub(crate) async fn events(&self, filters: &Value) -> Vec<EventMessage> {
        let filters: HashMap<String, Vec<String>> = serde_json::from_value(filters.clone()).expect("filters");
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970");
        let until = (now + Duration::from_millis(1)).as_secs_f64().to_string();
        let options = EventsOptionsBuilder::default()
            .since("0")
            .until(&until)
            .filters(&filters)
            .build();
        self.docker
            .events(Some(options))
            .map(|event| event.expect("an event"))
            .collect()
            .await
    }

    /// An HTTP exchange by hand: the status line with headers, and the body.
    pub(crate) async fn raw(&self, request: &str, body: &str) -> (String, String) {
        let mut stream = tokio::net::UnixStream::connect(self.sample.socket())
            .await
            .expect("a socket");
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.expect("written");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("read");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }
}

/// The status and the words of an engine's refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.expect_err("a refusal");
    let Error::DockerResponseServerError { status_code, message } = error else {
        panic!("no refusal: {error:?}");
    };
    (status_code, message)
}
