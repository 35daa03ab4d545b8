//! What goes wrong on purpose.

use std::time::Duration;

use bollard::query_parameters::{
    CreateImageOptionsBuilder, DownloadFromContainerOptionsBuilder, EventsOptions, ListContainersOptions,
    StartContainerOptions,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sample::{Fault, Scenario};

use crate::client::{Client, refusal};

async fn client(fault: Fault) -> Client {
    Client::with(Scenario::recorded().with(fault)).await
}

#[tokio::test]
async fn an_engine_that_hangs_says_nothing() {
    let client = client(Fault::Hang).await;
    let asked = tokio::time::timeout(Duration::from_millis(300), client.docker.version()).await;
    assert!(asked.is_err(), "{asked:?}");
}

#[tokio::test]
async fn garbage_and_closed_connections_are_errors() {
    for fault in [Fault::Garbage, Fault::CloseAtOnce] {
        let client = client(fault).await;
        assert!(client.docker.version().await.is_err(), "{fault:?}");
    }
}

#[tokio::test]
async fn an_engine_that_fails_still_says_who_it_is() {
    let client = client(Fault::Fails).await;
    client.docker.version().await.expect("a version");
    assert_eq!(
        refusal(client.docker.list_containers(None::<ListContainersOptions>).await).0,
        500
    );
}

#[tokio::test]
async fn an_archive_breaks_off_in_its_first_file() {
    let client = client(Fault::TruncatedArchive).await;
    let options = DownloadFromContainerOptionsBuilder::default()
        .path("/app/server")
        .build();
    let chunks: Vec<_> = client
        .docker
        .download_from_container("legacy-api", Some(options))
        .collect()
        .await;
    assert!(chunks.last().expect("something").is_err());
    let bytes: usize = chunks.into_iter().flatten().collect::<Vec<_>>().concat().len();
    assert!((512..1024).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn events_break_off_and_everything_else_goes_on() {
    let client = client(Fault::BrokenEvents).await;
    let events: Vec<_> = client.docker.events(None::<EventsOptions>).collect().await;
    assert!(events.iter().all(Result::is_err));
    assert_eq!(client.status("pg").await.0, "running");
}

#[tokio::test]
async fn a_pull_that_fails_in_its_middle_leaves_nothing_behind() {
    let client = client(Fault::PullFails).await;
    let options = CreateImageOptionsBuilder::default()
        .from_image("acme/legacy-api")
        .tag("2.4")
        .build();
    let lines: Result<Vec<_>, _> = client
        .docker
        .create_image(Some(options), None, None)
        .try_collect()
        .await;
    assert!(lines.is_err(), "{lines:?}");
    assert_eq!(
        refusal(client.docker.inspect_image("acme/legacy-api:2.4").await).0,
        404
    );
}

#[tokio::test]
async fn a_start_that_fails_leaves_the_container_as_it_was() {
    let client = client(Fault::StartFails).await;
    let before = client.status("thumbs").await;
    assert_eq!(
        refusal(
            client
                .docker
                .start_container("thumbs", None::<StartContainerOptions>)
                .await
        )
        .0,
        500
    );
    assert_eq!(client.status("thumbs").await, before);
}

#[tokio::test]
async fn dropping_the_sample_ends_it_and_removes_its_folder() {
    let client = Client::new().await;
    let socket = client.sample.socket().to_owned();
    let folder = socket.parent().expect("a folder").to_owned();
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&folder).expect("a folder").permissions());
    assert_eq!(mode & 0o777, 0o700);
    let mut events = client.docker.events(None::<EventsOptions>);
    let waits = tokio::spawn(async move { events.next().await.is_none_or(|event| event.is_err()) });
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(client.sample);
    assert!(!folder.exists());
    let ended = tokio::time::timeout(Duration::from_secs(2), waits)
        .await
        .expect("the stream ends");
    assert!(ended.expect("no panic"));
    assert!(tokio::net::UnixStream::connect(&socket).await.is_err());
}
