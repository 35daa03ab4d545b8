//! An image that a client brings runs as its bytes let it, and is gone when it is removed.

use bollard::{
    body_full,
    models::ContainerCreateBody,
    query_parameters::{
        CreateContainerOptionsBuilder, ImportImageOptions, ListImagesOptions, RemoveContainerOptions,
        RemoveImageOptions, StartContainerOptions, WaitContainerOptions,
    },
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::json;

use crate::client::{Client, refusal};

const NAME: &str = "mine:1";

/// What is recorded of what clients bring goes by its path.
const PROGRAM: &str = "/archlight-probe";

/// The head of an ELF file for `machine`, and a text.
fn program(machine: u16, text: &str) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0".to_vec();
    bytes.extend(machine.to_le_bytes());
    bytes.resize(64, 0);
    [&bytes, text.as_bytes()].concat()
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        archive.append_data(&mut header, name, *bytes).expect("it fits");
    }
    archive.into_inner().expect("whole")
}

fn image(architecture: &str, program: &[u8]) -> Vec<u8> {
    let config = json!({"architecture": architecture, "os": "linux", "config": {"Entrypoint": [PROGRAM]}});
    let manifest = json!([{"Config": "c.json", "RepoTags": [NAME], "Layers": ["layer.tar"]}]);
    archive(&[
        ("c.json", config.to_string().as_bytes()),
        ("layer.tar", &archive(&[(&PROGRAM[1..], program)])),
        ("manifest.json", manifest.to_string().as_bytes()),
    ])
}

impl Client {
    async fn load(&self, archive: Vec<u8>) -> Result<(), bollard::errors::Error> {
        let loading =
            self.docker
                .import_image(ImportImageOptions::default(), body_full(archive.into()), None);
        loading.try_collect::<Vec<_>>().await.map(drop)
    }

    async fn tags(&self) -> Vec<String> {
        let images = self
            .docker
            .list_images(None::<ListImagesOptions>)
            .await
            .expect("a list");
        images.into_iter().flat_map(|image| image.repo_tags).collect()
    }

    /// What a container of the loaded image wrote, and its exit code.
    async fn ran(&self, platform: &str) -> (Vec<String>, i64) {
        let options = CreateContainerOptionsBuilder::default()
            .name("run")
            .platform(platform)
            .build();
        let body = ContainerCreateBody {
            image: Some(NAME.to_owned()),
            ..Default::default()
        };
        self.docker
            .create_container(Some(options), body)
            .await
            .expect("made");
        self.docker
            .start_container("run", None::<StartContainerOptions>)
            .await
            .expect("started");
        let mut waiting = self.docker.wait_container("run", None::<WaitContainerOptions>);
        // A code other than 0 is an error for the client.
        waiting.next().await.expect("an end").ok();
        let ran = (self.log("run").await, self.status("run").await.1);
        self.docker
            .remove_container("run", None::<RemoveContainerOptions>)
            .await
            .expect("removed");
        ran
    }
}

#[tokio::test]
async fn what_is_loaded_runs_as_its_bytes_let_it() {
    let client = Client::new().await;
    let greeting = "archlight-probe 1 amd64\n";
    client
        .load(image("amd64", &program(62, greeting)))
        .await
        .expect("loaded");
    let (said, code) = client.ran("linux/amd64").await;
    assert_eq!(
        (said[0].as_str(), said.last().map(String::as_str), code),
        (greeting.trim_end(), Some("end"), 42)
    );

    // Nothing here translates it, whatever it would say.
    client
        .load(image("riscv64", &program(243, greeting)))
        .await
        .expect("loaded");
    let (said, code) = client.ran("linux/riscv64").await;
    assert_eq!(
        (said, code),
        (vec![format!("exec {PROGRAM}: exec format error")], 255)
    );
}

#[tokio::test]
async fn what_is_loaded_is_gone_when_it_is_removed() {
    let client = Client::new().await;
    let before = client.tags().await;
    client
        .load(image("arm64", &program(183, "")))
        .await
        .expect("loaded");
    assert_eq!(client.tags().await.len(), before.len() + 1);
    client
        .docker
        .remove_image(NAME, None::<RemoveImageOptions>, None)
        .await
        .expect("removed");
    assert_eq!(client.tags().await, before);
    let known = client.docker.inspect_registry_image(NAME, None).await;
    assert_eq!(refusal(known).0, 401, "the registry has it");
}

#[tokio::test]
async fn what_is_no_archive_of_an_image_is_refused() {
    let client = Client::new().await;
    let before = client.tags().await;
    let whole = image("arm64", &program(183, ""));
    for archive in [
        b"{}".to_vec(),
        archive(&[("manifest.json", b"[{}]")]),
        whole[..700].to_vec(),
    ] {
        assert_eq!(refusal(client.load(archive).await).0, 400);
    }
    assert_eq!(client.tags().await, before);
}
