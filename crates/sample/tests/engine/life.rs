//! Making, starting, stopping, renaming and removing containers, and what is told of it.

use std::time::Duration;

use bollard::{
    models::{ContainerCreateBody, ContainerUpdateBody, HostConfig, RestartPolicy, RestartPolicyNameEnum},
    query_parameters::{
        CreateContainerOptionsBuilder, EventsOptions, KillContainerOptionsBuilder,
        RemoveContainerOptionsBuilder, RenameContainerOptionsBuilder, RestartContainerOptions,
        StartContainerOptions, StopContainerOptions, WaitContainerOptions,
    },
};
use futures_util::StreamExt as _;

use crate::client::{Client, refusal};

fn body(image: &str, command: &[&str]) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(image.to_owned()),
        cmd: (!command.is_empty()).then(|| command.iter().map(|word| (*word).to_owned()).collect()),
        ..Default::default()
    }
}

impl Client {
    async fn create(
        &self,
        name: &str,
        platform: &str,
        body: ContainerCreateBody,
    ) -> Result<String, bollard::errors::Error> {
        let mut options = CreateContainerOptionsBuilder::default().name(name);
        if !platform.is_empty() {
            options = options.platform(platform);
        }
        self.docker
            .create_container(Some(options.build()), body)
            .await
            .map(|made| made.id)
    }

    async fn start(&self, name: &str) -> Result<(), bollard::errors::Error> {
        self.docker
            .start_container(name, None::<StartContainerOptions>)
            .await
    }

    async fn wait(&self, name: &str) -> i64 {
        let answer = self
            .docker
            .wait_container(name, None::<WaitContainerOptions>)
            .next()
            .await;
        match answer.expect("an answer") {
            Ok(ended) => ended.status_code,
            Err(bollard::errors::Error::DockerContainerWaitError { code, .. }) => code,
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_native_program_runs_and_is_told_of_from_its_making_to_its_end() {
    let client = Client::new().await;
    let mut events = client.docker.events(None::<EventsOptions>);
    let told = tokio::spawn(async move {
        let mut actions = Vec::new();
        while actions.last().map(String::as_str) != Some("destroy") {
            let event = events.next().await.expect("an event").expect("an event");
            let kind = event.typ.expect("a kind").to_string();
            actions.extend(event.action.filter(|_| kind == "container"));
        }
        actions
    });
    // The client asks only when somebody listens.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let id = client
        .create("web", "", body("nginx:1.29", &[]))
        .await
        .expect("made");
    client.start(&id).await.expect("started");
    assert_eq!(client.status("web").await.0, "running");
    client
        .docker
        .stop_container(&id, None::<StopContainerOptions>)
        .await
        .expect("stopped");
    client
        .docker
        .remove_container(&id, None::<bollard::query_parameters::RemoveContainerOptions>)
        .await
        .expect("removed");
    let told = tokio::time::timeout(Duration::from_secs(5), told)
        .await
        .expect("all events");
    let actions = told.expect("no panic");
    assert_eq!(actions, ["create", "start", "kill", "die", "stop", "destroy"]);
}

#[tokio::test]
async fn a_program_that_nothing_here_executes_ends_with_the_kernels_words() {
    let client = Client::new().await;
    let id = client
        .create("foreign", "linux/riscv64", body("acme/worker:dev", &[]))
        .await
        .expect("made");
    client.start(&id).await.expect("the runtime itself does start it");
    assert_eq!(client.wait(&id).await, 255);
    assert_eq!(
        client.log("foreign").await,
        ["exec /usr/local/bin/worker: exec format error"]
    );
    assert_eq!(client.actions(&id).await, ["create", "start", "die"]);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_refused_by_the_runtime() {
    let client = Client::new().await;
    let id = client
        .create("nope", "", body("alpine:3.22", &["/bin/nope"]))
        .await
        .expect("made");
    let (status, message) = refusal(client.start(&id).await);
    assert_eq!(status, 400);
    assert!(
        message.ends_with("exec: \"/bin/nope\": stat /bin/nope: no such file or directory"),
        "{message}"
    );
    assert_eq!(client.status(&id).await, ("created".to_owned(), 127));
    assert_eq!(client.actions(&id).await, ["create"]);
}

#[tokio::test]
async fn a_program_that_ends_by_itself_leaves_its_code_and_its_words() {
    let client = Client::new().await;
    client.start("thumbs").await.expect("started");
    assert_eq!(client.wait("thumbs").await, 1);
    let log = client.log("thumbs").await;
    assert_eq!(log.len(), 28, "what it wrote before, and again: {log:?}");
}

#[tokio::test]
async fn a_policy_restarts_what_ends_until_a_user_stops_it() {
    let client = Client::new().await;
    let mut wanted = body("acme/search:0.9", &[]);
    let policy = RestartPolicy {
        name: Some(RestartPolicyNameEnum::ALWAYS),
        maximum_retry_count: None,
    };
    wanted.host_config = Some(HostConfig {
        restart_policy: Some(policy),
        ..Default::default()
    });
    let id = client.create("again", "", wanted).await.expect("made");
    client.start(&id).await.expect("started");
    let restarts = async || client.inspect(&id).await.restart_count.unwrap_or_default();
    for _ in 0..200 {
        if restarts().await >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(restarts().await >= 2);
    client
        .docker
        .stop_container(&id, None::<StopContainerOptions>)
        .await
        .expect("stopped");
    assert_eq!(client.status(&id).await.0, "exited");
}

#[tokio::test]
async fn names_are_unique_and_freed_by_renaming() {
    let client = Client::new().await;
    let owner = client.inspect("pg").await.id.expect("an id");
    let (status, message) = refusal(client.create("pg", "", body("alpine:3.22", &[])).await);
    let words = format!(
        "Conflict. The container name \"/pg\" is already in use by container \"{owner}\". You have to remove (or rename) that container to be able to reuse that name."
    );
    assert_eq!((status, message), (409, words));
    let rename = |name: &str| RenameContainerOptionsBuilder::default().name(name).build();
    assert_eq!(
        refusal(client.docker.rename_container("pg", rename("mailpit")).await).0,
        409
    );
    client
        .docker
        .rename_container("pg", rename("pg.old"))
        .await
        .expect("renamed");
    client
        .create("pg", "", body("alpine:3.22", &[]))
        .await
        .expect("made");
    assert_eq!(client.inspect("pg.old").await.id, Some(owner));
}

#[tokio::test]
async fn what_runs_is_not_removed_without_force() {
    let client = Client::new().await;
    let remove = |force| RemoveContainerOptionsBuilder::default().force(force).build();
    let (status, message) = refusal(client.docker.remove_container("pg", Some(remove(false))).await);
    assert_eq!(status, 409);
    assert!(
        message.starts_with("cannot remove container \"/pg\": container is running"),
        "{message}"
    );
    client
        .docker
        .remove_container("pg", Some(remove(true)))
        .await
        .expect("removed");
    assert_eq!(
        refusal(client.docker.remove_container("pg", Some(remove(true))).await).0,
        404
    );
}

#[tokio::test]
async fn starts_and_stops_that_change_nothing_are_no_errors_and_kills_are() {
    let client = Client::new().await;
    client.start("pg").await.expect("runs already");
    client
        .docker
        .stop_container("thumbs", None::<StopContainerOptions>)
        .await
        .expect("ended already");
    let kill = KillContainerOptionsBuilder::default().signal("SIGKILL").build();
    assert_eq!(
        refusal(client.docker.kill_container("thumbs", Some(kill.clone())).await).0,
        409
    );
    client
        .docker
        .kill_container("mailpit", Some(kill))
        .await
        .expect("killed");
    assert_eq!(client.status("mailpit").await, ("exited".to_owned(), 137));
    client
        .docker
        .restart_container("mailpit", None::<RestartContainerOptions>)
        .await
        .expect("restarted");
    assert_eq!(client.status("mailpit").await, ("running".to_owned(), 0));
}

#[tokio::test]
async fn a_port_is_given_once() {
    let client = Client::new().await;
    let mut wanted = body("nginx:1.29", &[]);
    let binding = bollard::models::PortBinding {
        host_ip: None,
        host_port: Some("8000".into()),
    };
    let bindings = std::collections::HashMap::from([("80/tcp".to_owned(), Some(vec![binding]))]);
    wanted.host_config = Some(HostConfig {
        port_bindings: Some(bindings),
        ..Default::default()
    });
    let id = client.create("second", "", wanted).await.expect("made");
    let (status, message) = refusal(client.start(&id).await);
    assert_eq!(status, 500);
    assert!(
        message.ends_with("Bind for 0.0.0.0:8000 failed: port is already allocated"),
        "{message}"
    );
    client
        .docker
        .stop_container("shop-web-1", None::<StopContainerOptions>)
        .await
        .expect("stopped");
    client.start(&id).await.expect("started");
}

#[tokio::test]
async fn what_is_asked_for_comes_back_even_when_the_engine_does_not_know_it() {
    let client = Client::new().await;
    let asked = r#"{"Image":"alpine:3.22","Cmd":["sleep","9"],"Fancy":{"a":1},"HostConfig":{"Binds":["data:/data:ro"],"Annotations":{"x":"y"}}}"#;
    let (head, _) = client.raw("POST /containers/create?name=kept", asked).await;
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    let (_, body) = client.raw("GET /containers/kept/json", "").await;
    let json: serde_json::Value = serde_json::from_str(&body).expect("a document");
    assert_eq!(json["Config"]["Fancy"]["a"], 1);
    assert_eq!(json["HostConfig"]["Annotations"]["x"], "y");
    assert_eq!(json["HostConfig"]["NetworkMode"], "bridge");
    assert_eq!(
        (&json["Mounts"][0]["Name"], &json["Mounts"][0]["RW"]),
        (&"data".into(), &false.into())
    );
    let policy = RestartPolicy {
        name: Some(RestartPolicyNameEnum::ALWAYS),
        maximum_retry_count: Some(0),
    };
    let update = ContainerUpdateBody {
        restart_policy: Some(policy),
        ..Default::default()
    };
    client
        .docker
        .update_container("kept", update)
        .await
        .expect("updated");
    let host = client
        .inspect("kept")
        .await
        .host_config
        .expect("a host configuration");
    assert_eq!(
        host.restart_policy.and_then(|policy| policy.name),
        Some(RestartPolicyNameEnum::ALWAYS)
    );
}
