//! Everything once, then what changes.

use std::collections::BTreeSet;

use bollard::query_parameters::{RemoveImageOptions, StartContainerOptions, StopContainerOptions};
use companion::view::{Container, EngineState, Snapshot, Update};

use crate::{
    relay::Relay,
    stage::{Stage, alpine, named, setup, url},
    watcher::{Watcher, changed, is_settled},
};

/// The containers in an order of their own: updates come in any.
fn sorted(shown: &Snapshot) -> Vec<Container> {
    let mut containers = shown.containers.clone();
    containers.sort_by(|left, right| left.id.cmp(&right.id));
    containers
}

#[tokio::test]
async fn a_watcher_is_sent_everything_and_then_changes_by_key() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    assert_eq!(watcher.shown.state, EngineState::Connecting);
    watcher.until_settled().await;
    let shown: BTreeSet<_> = watcher
        .shown
        .containers
        .iter()
        .map(|container| container.id.clone())
        .collect();
    assert_eq!(shown, stage.ids().await.into_values().collect());
    assert!(
        !watcher
            .came
            .iter()
            .any(|update| matches!(update, Update::Snapshot(_)))
    );
    assert_eq!(
        named(&watcher.shown.containers, "worker").cause.as_deref(),
        Some("wrong-architecture")
    );
}

#[tokio::test]
async fn a_container_that_somebody_starts_appears_without_a_question() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    watcher.came.clear();
    let id = stage.create("newcomer", alpine(&["sleep", "infinity"])).await;
    stage.start(&id).await;
    let runs = |update: &Update| {
        changed(update)
            .filter(|container| container.id == id && container.state == "running")
            .map(|container| container.name.clone())
    };
    assert_eq!(watcher.next("newcomer", runs).await, "newcomer");
    // That a start failed is only seen by a closer look, which may still have been under way.
    let others: Vec<_> = watcher
        .came
        .iter()
        .filter_map(changed)
        .filter(|container| container.id != id && container.state != "created")
        .collect();
    assert!(others.is_empty(), "only one changed: {others:?}");
}

#[tokio::test]
async fn a_crash_that_happens_now_gets_its_cause() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let worker = stage.ids().await["worker"].clone();
    watcher.came.clear();
    stage.start(&worker).await;
    let status = named(&watcher.shown.containers, "worker").status.clone();
    let ended_anew = |update: &Update| {
        changed(update)
            .filter(|container| container.id == worker && container.status != status)
            .and_then(|container| container.cause.clone())
    };
    assert_eq!(watcher.next("new cause", ended_anew).await, "wrong-architecture");
}

#[tokio::test]
async fn a_start_that_fails_without_an_event_is_seen_all_the_same() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let id = stage.create("typo", alpine(&["slep", "1"])).await;
    stage
        .docker
        .start_container(&id, None::<StartContainerOptions>)
        .await
        .expect_err("there is no such command");
    let cause = |update: &Update| {
        changed(update)
            .filter(|container| container.id == id)
            .and_then(|container| container.cause.clone())
    };
    assert_eq!(watcher.next("cause", cause).await, "command-not-found");
    let shown = named(&watcher.shown.containers, "typo");
    assert_eq!(
        (shown.state.as_str(), shown.exit_code, shown.crashed),
        ("created", Some(127), true)
    );
}

#[tokio::test]
async fn what_is_stopped_or_removed_is_told_of() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let ids = stage.ids().await;
    stage
        .docker
        .stop_container("pg", None::<StopContainerOptions>)
        .await
        .expect("stopped");
    let stopped = |update: &Update| {
        changed(update)
            .filter(|container| container.id == ids["pg"] && container.state == "exited")
            .map(|container| container.crashed)
    };
    assert!(
        !watcher.next("stop", stopped).await,
        "what was stopped did not crash"
    );
    stage.remove("pg").await;
    let removed =
        |update: &Update| matches!(update, Update::Removed { id } if *id == ids["pg"]).then_some(());
    watcher.next("removal", removed).await;
    assert!(
        watcher
            .shown
            .containers
            .iter()
            .all(|container| container.id != ids["pg"])
    );
}

#[tokio::test]
async fn an_image_that_goes_is_told_of() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    stage.remove("mailpit").await;
    let removed = stage
        .docker
        .remove_image("axllent/mailpit:latest", None::<RemoveImageOptions>, None)
        .await;
    removed.expect("removed");
    let gone = |update: &Update| matches!(update, Update::ImageRemoved { .. }).then_some(());
    watcher.next("removal of an image", gone).await;
    let here = |reference: &str| {
        let has = |image: &companion::view::Image| image.references.iter().any(|known| known == reference);
        watcher.shown.images.iter().any(has)
    };
    assert!(!here("axllent/mailpit:latest") && here("redis:7"));
}

#[tokio::test]
async fn two_watchers_see_the_same_and_one_that_leaves_is_not_missed() {
    let stage = Stage::new().await;
    let mut first = Watcher::of(&stage.session).await;
    let mut second = Watcher::of(&stage.session).await;
    let gone = Watcher::of(&stage.session).await;
    drop(gone);
    first.until_settled().await;
    second.until_settled().await;
    let id = stage.create("newcomer", alpine(&["sleep", "infinity"])).await;
    stage.start(&id).await;
    let runs = |shown: &Snapshot| {
        shown
            .containers
            .iter()
            .any(|container| container.id == id && container.state == "running")
    };
    first.until("newcomer", runs).await;
    second.until("newcomer", runs).await;
    assert_eq!(sorted(&first.shown), sorted(&second.shown));
}

#[tokio::test]
async fn a_page_that_is_loaded_again_has_everything_at_once() {
    let stage = Stage::new().await;
    let mut before = Watcher::of(&stage.session).await;
    before.until_settled().await;
    let after = Watcher::of(&stage.session).await;
    assert!(is_settled(&after.shown), "{:#?}", after.shown);
    // What changed last is on its way to the first one still.
    before
        .until("same picture", |shown| sorted(shown) == sorted(&after.shown))
        .await;
    assert_eq!(before.shown.engine, after.shown.engine);
}

#[tokio::test]
async fn a_watcher_after_a_question_without_causes_gets_causes() {
    let stage = Stage::new().await;
    stage.session.status().await.expect("a status");
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    assert_eq!(
        named(&watcher.shown.containers, "worker").cause.as_deref(),
        Some("wrong-architecture")
    );
}

#[tokio::test]
async fn nothing_is_asked_of_an_engine_that_stands_still() {
    let stage = Stage::new().await;
    let relay = Relay::to(stage.sample.socket());
    let machine = tempfile::tempdir().expect("a folder");
    let session = companion::Session::start(setup(&url(relay.socket()), &machine, None));
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    // Only the stream of events stays open.
    relay.until_open(1).await;
    let asked = relay.asked().len();
    let id = stage.create("newcomer", alpine(&["sleep", "infinity"])).await;
    stage.start(&id).await;
    watcher
        .until("newcomer", |shown| {
            shown
                .containers
                .iter()
                .any(|container| container.id == id && container.state == "running")
        })
        .await;
    relay.until_open(1).await;
    let more: Vec<_> = relay.asked().split_off(asked);
    assert!((1..=4).contains(&more.len()), "{more:?}");
}
