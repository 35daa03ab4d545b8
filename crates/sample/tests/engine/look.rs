//! Reading: lists, inspection, logs, files, processes.

use bollard::query_parameters::{
    ContainerArchiveInfoOptionsBuilder, DownloadFromContainerOptionsBuilder, ListContainersOptionsBuilder,
    ListImagesOptionsBuilder, ListNetworksOptions, ListVolumesOptions, LogsOptionsBuilder,
    RestartContainerOptions, StopContainerOptions, TopOptions,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sample::{Fault, Scenario};
use serde_json::{Value, json};

use crate::client::{Client, refusal};

#[tokio::test]
async fn the_engine_says_who_it_is_with_and_without_a_version_in_the_path() {
    let client = Client::new().await;
    let version = client.docker.version().await.expect("a version");
    assert_eq!(
        (version.arch.as_deref(), version.api_version.as_deref()),
        (Some("arm64"), Some("1.51"))
    );
    let info = client.docker.info().await.expect("an info");
    assert_eq!(info.operating_system.as_deref(), Some("Docker Desktop"));
    assert_eq!(info.containers, Some(16));
    for path in ["/_ping", "/v1.41/_ping"] {
        let (head, body) = client.raw(&format!("GET {path}"), "").await;
        assert_eq!(body, "OK");
        assert!(
            head.contains("api-version: 1.51") && head.contains("ostype: linux"),
            "{head}"
        );
    }
    let (head, body) = client.raw("HEAD /_ping", "").await;
    assert!(head.starts_with("HTTP/1.1 200") && body.is_empty());
    assert!(
        client
            .raw("GET /v1.99/info", "")
            .await
            .0
            .starts_with("HTTP/1.1 400")
    );
}

#[tokio::test]
async fn the_list_tells_platforms_states_and_projects() {
    let client = Client::new().await;
    let all = ListContainersOptionsBuilder::default().all(true).build();
    let all = client.docker.list_containers(Some(all)).await.expect("a list");
    let row = |name: &str| {
        let named = |names: &Vec<String>| names.contains(&format!("/{name}"));
        let row = all
            .iter()
            .find(|row| row.names.as_ref().is_some_and(named))
            .expect(name);
        let platform = row
            .image_manifest_descriptor
            .as_ref()
            .and_then(|of| of.platform.clone())
            .expect("a platform");
        let status = row.status.clone().unwrap_or_default();
        (platform.architecture.unwrap_or_default(), status)
    };
    let expected = [
        ("legacy-api", "arm64", "Exited (126) 12 seconds ago"),
        ("billing", "arm64", "Exited (255) 7 minutes ago"),
        ("feeds", "arm64", "Up 7 hours (unhealthy)"),
        ("worker", "riscv64", "Exited (255) 4 minutes ago"),
        ("thumbs", "arm64", "Exited (1) 30 minutes ago"),
        ("shop-web-1", "arm64", "Up 3 hours"),
        ("shop-db-1", "amd64", "Up 3 hours"),
        ("etl-2026-11", "arm64", "Exited (0) 25 hours ago"),
        ("search", "arm64", "Restarting (1) 20 seconds ago"),
        ("sandbox", "arm64", "Up 9 hours (Paused)"),
        ("migrate", "arm64", "Created"),
    ];
    for (name, architecture, status) in expected {
        assert_eq!(row(name), (architecture.to_owned(), status.to_owned()), "{name}");
    }
    let running = client
        .docker
        .list_containers(None::<bollard::query_parameters::ListContainersOptions>)
        .await;
    assert_eq!(running.expect("a list").len(), 8);
}

#[tokio::test]
async fn filters_choose_among_containers_and_images() {
    let client = Client::new().await;
    let count = async |filters: Value| {
        let filters: std::collections::HashMap<String, Vec<String>> =
            serde_json::from_value(filters).expect("filters");
        let options = ListContainersOptionsBuilder::default()
            .all(true)
            .filters(&filters)
            .build();
        client
            .docker
            .list_containers(Some(options))
            .await
            .expect("a list")
            .len()
    };
    assert_eq!(
        count(json!({"label": ["com.docker.compose.project=shop"]})).await,
        3
    );
    assert_eq!(count(json!({"name": ["pg"]})).await, 1);
    assert_eq!(count(json!({"status": ["paused", "restarting"]})).await, 2);
    assert_eq!(count(json!({"id": ["0123456789abcdef"]})).await, 0);
    let filters = std::collections::HashMap::from([("reference", vec!["redis:7"])]);
    let options = ListImagesOptionsBuilder::default()
        .manifests(true)
        .filters(&filters)
        .build();
    let images = client.docker.list_images(Some(options)).await.expect("images");
    let manifests = images[0].manifests.clone().expect("manifests");
    let kinds: Vec<_> = manifests
        .iter()
        .map(|one| (one.kind.map(|kind| kind.to_string()), one.available))
        .collect();
    let kind = |kind: &str| Some(kind.to_owned());
    assert_eq!(
        kinds,
        [
            (kind("image"), true),
            (kind("image"), false),
            (kind("attestation"), false),
            (kind("attestation"), false)
        ]
    );
}

#[tokio::test]
async fn a_container_is_found_by_name_id_and_the_start_of_its_id() {
    let client = Client::new().await;
    let by_name = client.inspect("shop-db-1").await;
    let id = by_name.id.clone().expect("an id");
    assert_eq!(client.inspect(&id).await.name, by_name.name);
    assert_eq!(
        client.inspect(&id[..12]).await.name.as_deref(),
        Some("/shop-db-1")
    );
    let config = by_name.config.expect("a configuration");
    assert!(
        config
            .env
            .expect("variables")
            .contains(&"MYSQL_VERSION=5.7.44-1.el7".to_owned())
    );
    let network = by_name
        .network_settings
        .and_then(|settings| settings.networks)
        .expect("networks");
    assert_eq!(
        network["shop_default"].aliases,
        Some(vec!["shop-db-1".into(), "db".into()])
    );
    let refused = refusal(
        client
            .docker
            .inspect_container("nope", None::<bollard::query_parameters::InspectContainerOptions>)
            .await,
    );
    assert_eq!(refused, (404, "No such container: nope".to_owned()));
}

#[tokio::test]
async fn a_failed_start_is_told_by_the_state_alone() {
    let client = Client::new().await;
    let state = client.inspect("migrate").await.state.expect("a state");
    assert_eq!(state.exit_code, Some(127));
    assert!(
        state
            .error
            .expect("an error")
            .contains("exec: \"migrate\": executable file not found in $PATH")
    );
    assert_eq!(state.started_at.as_deref(), Some("0001-01-01T00:00:00Z"));
}

#[tokio::test]
async fn logs_come_in_frames_with_channels_times_and_a_tail() {
    let client = Client::new().await;
    assert_eq!(
        client.log("billing").await,
        ["exec /app/billing: exec format error"]
    );
    assert_eq!(
        client.log("legacy-api").await,
        ["/docker-entrypoint.sh: 3: exec: /app/server: Exec format error"]
    );
    assert_eq!(
        client.log("worker").await,
        ["exec /usr/local/bin/worker: exec format error"]
    );
    assert_eq!(
        client.log("nightly-report").await,
        ["exec /app/start.sh: no such file or directory"]
    );
    let options = LogsOptionsBuilder::default()
        .stdout(true)
        .stderr(true)
        .timestamps(true)
        .tail("1")
        .build();
    let lines: Vec<_> = client
        .docker
        .logs("thumbs", Some(options))
        .try_collect()
        .await
        .expect("lines");
    let [bollard::container::LogOutput::StdErr { message }] = lines.as_slice() else {
        panic!("one line of standard error: {lines:?}");
    };
    let text = String::from_utf8_lossy(message);
    let (time, text) = text.split_once(' ').expect("a time");
    assert!(time.len() == 30 && time.ends_with('Z'), "{time}");
    assert_eq!(text, "Node.js v20.20.2\n");
}

#[tokio::test]
async fn files_are_told_apart_and_a_link_is_packed_as_a_link() {
    let client = Client::new().await;
    let stat = async |container: &'static str, path: &'static str| {
        let options = ContainerArchiveInfoOptionsBuilder::default().path(path).build();
        client
            .docker
            .get_container_archive_info(container, Some(options))
            .await
    };
    let program = stat("legacy-api", "/app/server").await.expect("a file");
    assert_eq!((program.file_mode, program.link_target.as_str()), (0o755, ""));
    let folder = stat("legacy-api", "/app").await.expect("a folder");
    assert_eq!(folder.file_mode & (1 << 31), 1 << 31);
    let link = stat("legacy-api", "/bin/sh").await.expect("a link");
    assert_eq!(
        (link.file_mode & (1 << 27), link.link_target.as_str()),
        (1 << 27, "/usr/bin/dash")
    );
    assert_eq!(refusal(stat("legacy-api", "/nope").await).0, 404);

    let options = DownloadFromContainerOptionsBuilder::default()
        .path("/bin/sh")
        .build();
    let archive: Vec<_> = client
        .docker
        .download_from_container("worker", Some(options))
        .try_collect()
        .await
        .expect("an archive");
    let archive = archive.concat();
    let mut archive = tar::Archive::new(archive.as_slice());
    let entries: Vec<_> = archive
        .entries()
        .expect("entries")
        .map(|entry| entry.expect("an entry"))
        .collect();
    assert_eq!(entries.len(), 1);
    assert!(entries[0].header().entry_type().is_symlink());
}

#[tokio::test]
async fn the_programs_bytes_say_what_the_label_does_not() {
    let client = Client::new().await;
    let machine = async |container: &'static str, path: &'static str| {
        let options = DownloadFromContainerOptionsBuilder::default().path(path).build();
        let archive: Vec<_> = client
            .docker
            .download_from_container(container, Some(options))
            .try_collect()
            .await
            .expect("an archive");
        let archive = archive.concat();
        (
            archive[512..516].to_vec(),
            u16::from_le_bytes([archive[512 + 18], archive[512 + 19]]),
        )
    };
    let elf = b"\x7fELF".to_vec();
    for (container, path) in [("legacy-api", "/app/server"), ("billing", "/app/billing")] {
        assert_eq!(machine(container, path).await, (elf.clone(), 62), "{container}");
    }
    assert_eq!(
        machine("worker", "/usr/local/bin/worker").await,
        (elf.clone(), 243)
    );
    assert_eq!(machine("shop-web-1", "/usr/sbin/nginx").await, (elf, 183));
    let id = client.inspect("legacy-api").await.id.expect("an id");
    assert!(client.actions(&id).await.contains(&"archive-path".to_owned()));
}

#[tokio::test]
async fn a_whole_folder_is_packed_with_what_is_below_it() {
    let client = Client::new().await;
    let options = DownloadFromContainerOptionsBuilder::default().path("/").build();
    let archive: Vec<_> = client
        .docker
        .download_from_container("thumbs", Some(options))
        .try_collect()
        .await
        .expect("an archive");
    let archive = archive.concat();
    let mut archive = tar::Archive::new(archive.as_slice());
    let paths: Vec<String> = archive
        .entries()
        .expect("entries")
        .map(|entry| {
            entry
                .expect("an entry")
                .path()
                .expect("a path")
                .display()
                .to_string()
        })
        .collect();
    assert!(
        paths
            .iter()
            .any(|path| path.ends_with("app/node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64.node")),
        "{paths:?}"
    );
}

#[tokio::test]
async fn a_translated_process_shows_its_translator_and_a_native_one_does_not() {
    let client = Client::new().await;
    let command = async |name: &'static str| {
        let top = client
            .docker
            .top_processes(name, None::<TopOptions>)
            .await
            .expect("processes");
        top.processes.expect("processes")[0]
            .last()
            .cloned()
            .expect("a command")
    };
    assert_eq!(
        command("shop-db-1").await,
        "/run/rosetta/rosetta /usr/sbin/mysqld"
    );
    assert_eq!(command("shop-web-1").await, "/usr/sbin/nginx -g daemon off;");
    let ended = client.docker.top_processes("thumbs", None::<TopOptions>).await;
    assert_eq!(refusal(ended).0, 409);
}

#[tokio::test]
async fn images_networks_and_volumes_can_be_asked_for() {
    let client = Client::new().await;
    let image = client
        .docker
        .inspect_image("acme/legacy-api:2.3")
        .await
        .expect("an image");
    assert_eq!(image.architecture.as_deref(), Some("arm64"));
    let asked = "/images/acme%2Flegacy-api:2.3/json?platform=%7B%22os%22%3A%22linux%22%2C%22architecture%22%3A%22amd64%22%7D";
    let (head, body) = client.raw(&format!("GET {asked}"), "").await;
    assert!(
        head.starts_with("HTTP/1.1 404")
            && body.contains("does not provide the specified platform (linux/amd64)"),
        "{body}"
    );
    let offered = client
        .docker
        .inspect_registry_image("acme/legacy-api:2.4", None)
        .await
        .expect("a registry's answer");
    assert_eq!(offered.platforms.len(), 2);
    let networks = client
        .docker
        .list_networks(None::<ListNetworksOptions>)
        .await
        .expect("networks");
    assert_eq!(networks.len(), 4);
    let volumes = client
        .docker
        .list_volumes(None::<ListVolumesOptions>)
        .await
        .expect("volumes");
    let names: Vec<_> = volumes
        .volumes
        .unwrap_or_default()
        .into_iter()
        .map(|volume| volume.name)
        .collect();
    assert!(names.contains(&"pg-data".to_owned()), "{names:?}");
}

#[tokio::test]
async fn what_does_not_exist_is_refused_and_a_head_has_no_body() {
    let client = Client::new().await;
    let (head, body) = client.raw("HEAD /containers/nope/archive?path=/", "").await;
    assert!(head.starts_with("HTTP/1.1 404") && body.is_empty());
    let (head, body) = client.raw("GET /nowhere", "").await;
    assert!(head.starts_with("HTTP/1.1 404"));
    assert_eq!(body.trim(), r#"{"message":"page not found"}"#);
    let (head, _) = client
        .raw("POST /containers/create", &" ".repeat(1024 * 1024 + 1))
        .await;
    assert!(head.starts_with("HTTP/1.1 413"), "{head}");
    let (head, _) = client.raw("POST /containers/create", "{").await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
}

#[tokio::test]
async fn a_crowd_has_as_many_as_were_wanted_with_ids_of_their_own() {
    let client = Client::with(sample::Scenario::many(300, 40)).await;
    let all = ListContainersOptionsBuilder::default().all(true).build();
    let all = client.docker.list_containers(Some(all)).await.expect("a list");
    let ids: std::collections::HashSet<_> = all.iter().filter_map(|row| row.id.clone()).collect();
    assert_eq!(ids.len(), 300);
    let images = client
        .docker
        .list_images(None::<bollard::query_parameters::ListImagesOptions>)
        .await;
    assert_eq!(images.expect("images").len(), 40);
}

#[tokio::test]
async fn a_followed_log_goes_on_until_its_container_ends() {
    let client = Client::new().await;
    let options = LogsOptionsBuilder::default()
        .stdout(true)
        .stderr(true)
        .follow(true)
        .tail("0")
        .build();
    let lines = client
        .docker
        .logs("search", Some(options))
        .map(|line| line.expect("a line").to_string());
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        client
            .docker
            .restart_container("search", None::<RestartContainerOptions>)
            .await
            .expect("restarted");
        client
            .docker
            .stop_container("search", None::<StopContainerOptions>)
            .await
            .expect("stopped");
    };
    let both = async { tokio::join!(lines.collect::<Vec<_>>(), end).0 };
    let lines = tokio::time::timeout(std::time::Duration::from_secs(5), both)
        .await
        .expect("it ends");
    assert_eq!(
        lines,
        ["search: cannot reach http://index:9200: connection refused\n"]
    );
}

#[tokio::test]
async fn an_export_has_every_file_and_a_truncated_one_says_so() {
    let client = Client::new().await;
    let chunks: Vec<_> = client
        .docker
        .export_container("thumbs")
        .try_collect()
        .await
        .expect("an archive");
    let mut archive = tar::Archive::new(std::io::Cursor::new(chunks.concat()));
    let entries = archive
        .entries()
        .expect("entries")
        .map(|entry| entry.expect("an entry"));
    let paths: Vec<String> = entries
        .map(|entry| entry.path().expect("a path").to_string_lossy().into_owned())
        .collect();
    for path in ["app/server.js", "usr/local/bin/node"] {
        assert!(paths.iter().any(|found| found == path), "{path} in {paths:?}");
    }
    let broken = Client::with(Scenario::recorded().with(Fault::TruncatedArchive)).await;
    let broken: Result<Vec<_>, _> = broken.docker.export_container("thumbs").try_collect().await;
    assert!(broken.is_err());
}
