//! Lists, counts and causes of what the sample holds.

use std::collections::BTreeMap;

use bollard::query_parameters::ListImagesOptions;
use companion::{
    Causes,
    view::{Container, Translation},
};
use sample::Scenario;

use crate::stage::{Stage, named, soon};

async fn containers(stage: &Stage) -> Vec<Container> {
    let list = soon("a list", stage.session.containers(Causes::Wanted))
        .await
        .expect("a list");
    assert_eq!(
        (list.host.platform.as_str(), list.undiagnosed),
        ("linux/arm64", 0)
    );
    list.containers
}

#[tokio::test]
async fn the_list_holds_every_container_of_the_engine_and_no_other() {
    let stage = Stage::new().await;
    let containers = containers(&stage).await;
    let listed: BTreeMap<String, String> = containers
        .iter()
        .map(|container| (container.name.clone(), container.id.clone()))
        .collect();
    assert_eq!(listed, stage.ids().await);
    assert_eq!(listed.len(), containers.len());
    let inventory = stage.inventory().await;
    for container in &containers {
        assert_eq!(container.state, inventory[&container.id][1], "{}", container.name);
        assert_eq!(container.image, inventory[&container.id][3], "{}", container.name);
    }
}

#[tokio::test]
async fn every_recorded_crash_has_its_cause() {
    let stage = Stage::new().await;
    let containers = containers(&stage).await;
    let causes: Vec<_> = [
        "legacy-api",
        "billing",
        "feeds",
        "worker",
        "nightly-report",
        "thumbs",
        "migrate",
        "search",
    ]
    .into_iter()
    .map(|name| {
        let container = named(&containers, name);
        let actual = container.actual.as_deref().unwrap_or_default();
        (
            name,
            container.cause.as_deref().unwrap_or_default(),
            actual,
            container.crashed,
        )
    })
    .collect();
    let expected = [
        ("legacy-api", "foreign-binary", "linux/amd64", true),
        ("billing", "mislabelled-image", "linux/amd64", true),
        ("feeds", "foreign-module", "linux/arm64", true),
        ("worker", "wrong-architecture", "linux/riscv64", true),
        ("nightly-report", "crlf-line-endings", "", true),
        ("thumbs", "foreign-module", "linux/arm64", true),
        ("migrate", "command-not-found", "", true),
        ("search", "application-exit", "linux/arm64", true),
    ];
    assert_eq!(causes, expected);
    let crashed = containers.iter().filter(|container| container.crashed).count();
    assert_eq!(crashed, expected.len());
}

#[tokio::test]
async fn what_ended_well_or_was_never_started_has_no_cause() {
    let stage = Stage::new().await;
    let containers = containers(&stage).await;
    for (name, state, exit_code) in [
        ("etl-2026-11", "exited", Some(0)),
        ("scratchpad", "created", None),
        ("pg", "running", None),
        ("sandbox", "paused", None),
    ] {
        let container = named(&containers, name);
        assert_eq!(
            (container.state.as_str(), container.exit_code),
            (state, exit_code),
            "{name}"
        );
        assert_eq!(
            (&container.cause, &container.summary, container.crashed),
            (&None, &None, false)
        );
    }
}

#[tokio::test]
async fn how_each_container_runs_is_told_from_what_was_seen() {
    let stage = Stage::new().await;
    let containers = containers(&stage).await;
    for (name, platform, translation, rerun) in [
        ("pg", "linux/arm64", Translation::Native, None),
        (
            "shop-db-1",
            "linux/amd64",
            Translation::Emulated,
            Some("linux/arm64"),
        ),
        (
            "shop-cache-1",
            "linux/amd64",
            Translation::Emulated,
            Some("linux/arm64"),
        ),
        (
            "worker",
            "linux/riscv64",
            Translation::Impossible,
            Some("linux/arm64"),
        ),
        (
            "legacy-api",
            "linux/arm64",
            Translation::Impossible,
            Some("linux/amd64"),
        ),
    ] {
        let container = named(&containers, name);
        assert_eq!(container.platform.as_deref(), Some(platform), "{name}");
        assert_eq!(container.translation, translation, "{name}");
        assert_eq!(container.rerun_platform.as_deref(), rerun, "{name}");
    }
    assert_eq!(
        named(&containers, "shop-web-1").compose_project.as_deref(),
        Some("shop")
    );
}

#[tokio::test]
async fn the_images_are_the_engines_with_their_platforms() {
    let stage = Stage::new().await;
    let images = soon("images", stage.session.images()).await.expect("images");
    let rows = stage
        .docker
        .list_images(None::<ListImagesOptions>)
        .await
        .expect("images");
    let tags: BTreeMap<String, Vec<String>> = rows.into_iter().map(|row| (row.id, row.repo_tags)).collect();
    let listed: BTreeMap<String, Vec<String>> = images
        .images
        .iter()
        .map(|image| (image.id.clone(), image.references.clone()))
        .collect();
    assert_eq!(listed, tags);
    let redis = images
        .images
        .iter()
        .find(|image| image.references == ["redis:7"])
        .expect("redis");
    let platforms: Vec<_> = redis
        .platforms
        .iter()
        .map(|platform| (platform.platform.as_str(), platform.local))
        .collect();
    assert_eq!(platforms, [("linux/amd64", true), ("linux/arm64", false)]);
    assert_eq!(redis.translation, Translation::Emulated);
    assert!(redis.size > 0);
}

#[tokio::test]
async fn the_status_counts_what_the_engine_holds() {
    let stage = Stage::new().await;
    let status = soon("a status", stage.session.status()).await.expect("a status");
    let counts = status.counts;
    let conditions: Vec<String> = stage
        .inventory()
        .await
        .into_values()
        .map(|facts| facts[1].clone())
        .collect();
    assert_eq!(counts.containers as usize, conditions.len());
    let running = conditions.iter().filter(|state| *state == "running").count();
    assert_eq!(counts.running as usize, running);
    assert_eq!((counts.crashed, counts.emulated), (8, 2));
    let images = stage
        .docker
        .list_images(None::<ListImagesOptions>)
        .await
        .expect("images");
    assert_eq!(counts.images as usize, images.len());
    assert_eq!(status.engine.platform, "linux/arm64");
    assert_eq!(
        (status.engine.store.as_str(), status.engine.sample),
        ("containerd", false)
    );
    // What this process was built for says nothing of the machine whose files these are.
    let host = (status.host.os.as_str(), status.host.architecture.as_str());
    assert_eq!(host, ("linux", "unknown"));
}

#[tokio::test]
async fn causes_are_found_also_when_the_list_was_asked_for_without_them_before() {
    let stage = Stage::new().await;
    stage.session.status().await.expect("a status");
    let first = stage.session.containers(Causes::Unwanted).await.expect("a list");
    // What runs is looked at for its translator, and its trouble is found on the way.
    let mut ended = first
        .containers
        .iter()
        .filter(|container| container.state != "running");
    assert!(ended.all(|container| container.cause.is_none()));
    let containers = containers(&stage).await;
    assert_eq!(
        named(&containers, "worker").cause.as_deref(),
        Some("wrong-architecture")
    );
}

#[tokio::test]
async fn large_engines_are_listed_whole() {
    let stage = Stage::with(Scenario::many(300, 120)).await;
    let list = soon("a list", stage.session.containers(Causes::Unwanted))
        .await
        .expect("a list");
    assert_eq!(list.containers.len(), 300);
    let images = soon("images", stage.session.images()).await.expect("images");
    assert_eq!(images.images.len(), 120);
}

#[tokio::test]
async fn the_log_is_the_containers_and_names_that_cannot_be_are_refused() {
    let stage = Stage::new().await;
    let lines = stage.session.logs("search".to_owned()).await.expect("a log");
    let last = lines.last().expect("a line");
    assert!(
        last.stderr && last.text.contains("connection refused"),
        "{last:?}"
    );
    let missing = stage
        .session
        .logs("nothing".to_owned())
        .await
        .expect_err("no container");
    assert_eq!((missing.kind.as_str(), missing.exit_code()), ("not-found", 1));
    for name in ["../images", "a b", "", "a?force=1", "\u{1b}[31m"] {
        let refused = stage
            .session
            .diagnose(name.to_owned())
            .await
            .expect_err("no name");
        assert_eq!(refused.kind, "bad-name", "{name:?}");
        assert!(!refused.message.contains(char::is_control));
    }
}
