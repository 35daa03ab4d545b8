//! A re-run for another platform, by hand.

use bollard::{
    models::{ContainerCreateBody, ContainerInspectResponse, HostConfig},
    query_parameters::{
        CreateContainerOptionsBuilder, CreateImageOptionsBuilder, RemoveImageOptions,
        RenameContainerOptionsBuilder, StartContainerOptions,
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::client::{Client, refusal};

impl Client {
    async fn pull(
        &self,
        name: &str,
        tag: &str,
        platform: &str,
    ) -> Result<Vec<String>, bollard::errors::Error> {
        let options = CreateImageOptionsBuilder::default()
            .from_image(name)
            .tag(tag)
            .platform(platform)
            .build();
        let lines = self.docker.create_image(Some(options), None, None);
        lines
            .map_ok(|line| line.status.unwrap_or_default())
            .try_collect()
            .await
    }

    async fn copy(
        &self,
        old: &ContainerInspectResponse,
        name: &str,
        platform: &str,
    ) -> Result<String, bollard::errors::Error> {
        let config = old.config.clone().unwrap_or_default();
        let body = ContainerCreateBody {
            image: config.image,
            env: config.env,
            cmd: config.cmd,
            entrypoint: config.entrypoint,
            host_config: old.host_config.clone().map(|host| HostConfig { ..host }),
            ..Default::default()
        };
        let options = CreateContainerOptionsBuilder::default()
            .name(name)
            .platform(platform)
            .build();
        self.docker
            .create_container(Some(options), body)
            .await
            .map(|made| made.id)
    }

    /// Name, platform and image to the state of the new container.
    async fn rerun(&self, name: &str, image: (&str, &str), platform: &str) -> String {
        let old = self.inspect(name).await;
        let refused = refusal(self.copy(&old, "new", platform).await);
        let words = format!(
            "image with reference {}:{} was found but does not provide the specified platform ({platform})",
            image.0, image.1
        );
        assert_eq!(refused, (404, words));
        let lines = self.pull(image.0, image.1, platform).await.expect("pulled");
        for status in ["Pulling fs layer", "Downloading", "Extracting", "Pull complete"] {
            assert!(lines.iter().any(|line| line == status), "{status} in {lines:?}");
        }
        let new = self.copy(&old, "new", platform).await.expect("made");
        let rename = |name: &str| RenameContainerOptionsBuilder::default().name(name).build();
        self.docker
            .rename_container(name, rename("kept"))
            .await
            .expect("renamed");
        self.docker
            .rename_container(&new, rename(name))
            .await
            .expect("renamed");
        self.docker
            .start_container(&new, None::<StartContainerOptions>)
            .await
            .expect("started");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        self.status(name).await.0
    }
}

#[tokio::test]
async fn an_image_that_holds_a_foreign_program_is_cured_by_the_other_platform() {
    let client = Client::new().await;
    let state = client
        .rerun("legacy-api", ("acme/legacy-api", "2.3"), "linux/amd64")
        .await;
    assert_eq!(state, "running");
    let top = client
        .docker
        .top_processes("legacy-api", None::<bollard::query_parameters::TopOptions>)
        .await
        .expect("processes");
    let command = top.processes.expect("processes")[0]
        .last()
        .cloned()
        .expect("a command");
    assert_eq!(command, "/run/rosetta/rosetta /app/server --listen :8080");
    let env = client
        .inspect("legacy-api")
        .await
        .config
        .and_then(|config| config.env)
        .expect("variables");
    assert!(env.contains(&"LOG_LEVEL=debug".to_owned()));
}

#[tokio::test]
async fn a_container_for_a_machine_that_nobody_has_is_cured_by_the_native_platform() {
    let client = Client::new().await;
    assert_eq!(
        client
            .rerun("worker", ("acme/worker", "dev"), "linux/arm64")
            .await,
        "running"
    );
    let new = client.inspect("worker").await;
    let platform = new
        .image_manifest_descriptor
        .and_then(|of| of.platform)
        .and_then(|of| of.architecture);
    assert_eq!(platform.as_deref(), Some("arm64"));
    assert_eq!(client.log("worker").await, ["worker waits for jobs"]);
}

#[tokio::test]
async fn a_pull_is_told_of_once_and_what_is_here_is_not_pulled_again() {
    let client = Client::new().await;
    client
        .pull("acme/legacy-api", "2.4", "linux/arm64")
        .await
        .expect("pulled");
    let again = client
        .pull("acme/legacy-api", "2.4", "linux/arm64")
        .await
        .expect("pulled");
    assert!(
        again.contains(&"Status: Image is up to date for acme/legacy-api:2.4".to_owned()),
        "{again:?}"
    );
    let pulls = client
        .events(&json!({"type": ["image"], "event": ["pull"]}))
        .await;
    assert_eq!(pulls.len(), 1);
    let id = pulls[0].actor.as_ref().and_then(|actor| actor.id.clone());
    assert_eq!(id.as_deref(), Some("acme/legacy-api:2.4"));
}

#[tokio::test]
async fn what_the_registry_does_not_have_cannot_be_pulled() {
    let client = Client::new().await;
    let (status, message) = refusal(client.pull("acme/legacy-api", "2.3", "linux/s390x").await);
    assert_eq!(status, 404);
    assert!(
        message.starts_with("no matching manifest for linux/s390x in the manifest list entries"),
        "{message}"
    );
    assert_eq!(
        refusal(client.pull("acme/nothing", "1", "linux/arm64").await).0,
        404
    );
    assert_eq!(
        refusal(client.pull("acme/legacy-api", "2.3", "linux/a b").await).0,
        400
    );
}

#[tokio::test]
async fn a_pull_that_nobody_waits_for_brings_nothing() {
    let client = Client::new().await;
    let options = CreateImageOptionsBuilder::default()
        .from_image("acme/legacy-api")
        .tag("2.4")
        .build();
    let mut lines = client.docker.create_image(Some(options), None, None);
    lines.next().await.expect("a line").expect("a line");
    drop(lines);
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(
        refusal(client.docker.inspect_image("acme/legacy-api:2.4").await).0,
        404
    );
}

#[tokio::test]
async fn an_image_in_use_is_not_removed_and_a_second_tag_is() {
    let client = Client::new().await;
    let remove = async |name: &'static str| {
        client
            .docker
            .remove_image(name, None::<RemoveImageOptions>, None)
            .await
    };
    let (status, message) = refusal(remove("redis:7").await);
    assert_eq!(status, 409);
    assert!(
        message.starts_with("conflict: unable to delete redis:7 (must be forced)"),
        "{message}"
    );
    let (head, _) = client
        .raw("POST /images/redis:7/tag?repo=acme/cache&tag=1", "")
        .await;
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    assert_eq!(remove("acme/cache:1").await.expect("untagged").len(), 1);
}
