//! Engines that go, and come back.

use companion::{
    Session,
    view::{EngineState, Problem, Snapshot, Update},
};

use crate::{
    relay::Relay,
    stage::{Stage, named, names, setup, url},
    watcher::Watcher,
};

/// A lost engine with its reason; the list that was known stays.
fn is_lost(shown: &Snapshot) -> bool {
    shown.state == EngineState::Lost && shown.problem.is_some()
}

fn sorted(shown: &Snapshot) -> Vec<&str> {
    let mut names = names(&shown.containers);
    names.sort_unstable();
    names
}

#[tokio::test]
async fn an_engine_that_is_gone_is_told_with_a_hint_and_the_list_stays() {
    let Stage { session, sample, .. } = Stage::new().await;
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    let before = watcher.shown.clone();
    drop(sample);
    // At first the stream broke off; the first look afterwards finds nobody.
    watcher
        .until("loss", |shown| {
            let nobody = |problem: &Problem| problem.kind == "engine-unreachable";
            shown.state == EngineState::Lost && shown.problem.as_ref().is_some_and(nobody)
        })
        .await;
    let problem = watcher.shown.problem.clone().expect("a problem");
    assert!(
        !problem.message.is_empty() && !problem.hint.is_empty(),
        "{problem:?}"
    );
    assert_eq!(sorted(&watcher.shown), sorted(&before));
    assert_eq!(watcher.shown.engine, before.engine);
    let again = Watcher::of(&session).await;
    assert_eq!(again.shown.state, EngineState::Lost);
    assert_eq!(again.shown.problem, watcher.shown.problem);
    assert_eq!(sorted(&again.shown), sorted(&before));
    let refused = session.logs("pg".to_owned()).await.expect_err("no engine");
    assert_eq!((refused.exit_code(), Some(refused)), (3, watcher.shown.problem));
}

#[tokio::test]
async fn an_engine_that_comes_back_is_found_without_being_asked_and_what_changed_meanwhile_is_told() {
    let stage = Stage::new().await;
    let mut relay = Relay::to(stage.sample.socket());
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(setup(&url(relay.socket()), &machine, None));
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    relay.cut().await;
    watcher.until("loss", is_lost).await;
    let id = stage.ids().await["mailpit"].clone();
    stage.remove("mailpit").await;
    relay.mend(stage.sample.socket());
    let removed =
        |update: &Update| matches!(update, Update::Removed { id: gone } if *gone == id).then_some(());
    watcher.next("removal", removed).await;
    watcher.until_settled().await;
    assert_eq!(watcher.shown.problem, None);
    assert_eq!(watcher.shown.containers.len(), stage.ids().await.len());
}

#[tokio::test]
async fn another_engine_at_the_same_address_takes_the_place_of_the_first_ones_containers() {
    let stage = Stage::new().await;
    let other = Stage::new().await;
    let mut relay = Relay::to(stage.sample.socket());
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(setup(&url(relay.socket()), &machine, None));
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    relay.cut().await;
    watcher.until("loss", is_lost).await;
    relay.mend(other.sample.socket());
    let ids: Vec<String> = other.ids().await.into_values().collect();
    watcher
        .until("list of the other engine", |shown| {
            shown.containers.len() == ids.len()
                && shown
                    .containers
                    .iter()
                    .all(|container| ids.contains(&container.id))
        })
        .await;
    watcher.until_settled().await;
}

#[tokio::test]
async fn causes_that_were_being_looked_for_when_the_engine_went_are_found_when_it_is_back() {
    let stage = Stage::new().await;
    let mut relay = Relay::to(stage.sample.socket());
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(setup(&url(relay.socket()), &machine, None));
    let mut watcher = Watcher::of(&session).await;
    watcher
        .until("crash without a cause", |shown| {
            shown
                .containers
                .iter()
                .any(|container| container.crashed && container.cause.is_none())
        })
        .await;
    relay.cut().await;
    watcher.until("loss", is_lost).await;
    relay.mend(stage.sample.socket());
    watcher.until_settled().await;
    assert_eq!(
        named(&watcher.shown.containers, "worker").cause.as_deref(),
        Some("wrong-architecture")
    );
}

#[tokio::test]
async fn looking_again_by_hand_finds_the_engine_at_once() {
    let stage = Stage::new().await;
    let mut relay = Relay::to(stage.sample.socket());
    relay.cut().await;
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(setup(&url(relay.socket()), &machine, None));
    let problem = session.status().await.expect_err("no engine");
    assert_eq!(
        (problem.kind.as_str(), problem.exit_code()),
        ("engine-unreachable", 3)
    );
    relay.mend(stage.sample.socket());
    session.reconnect().await.expect("a session");
    session.status().await.expect("a status");
}

#[tokio::test]
async fn looking_again_by_hand_leaves_no_connection_behind() {
    let stage = Stage::new().await;
    let relay = Relay::to(stage.sample.socket());
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(setup(&url(relay.socket()), &machine, None));
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    for _ in 0..3 {
        session.reconnect().await.expect("a session");
        let connected = |update: &Update| {
            matches!(
                update,
                Update::Engine {
                    state: EngineState::Connected,
                    ..
                }
            )
            .then_some(())
        };
        watcher.next("connection", connected).await;
        watcher.until_settled().await;
    }
    relay.until_open(1).await;
}

#[tokio::test]
async fn the_sample_takes_the_place_of_an_engine_that_is_gone() {
    let Stage { session, sample, .. } = Stage::new().await;
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    let gone: Vec<String> = watcher
        .shown
        .containers
        .iter()
        .map(|container| container.id.clone())
        .collect();
    drop(sample);
    watcher.until("loss", is_lost).await;
    watcher.came.clear();
    session.use_sample().await.expect("a session");
    watcher
        .until("sample", |shown| {
            shown.engine.as_ref().is_some_and(|engine| engine.sample)
        })
        .await;
    watcher.until_settled().await;
    assert_eq!(watcher.shown.problem, None);
    assert!(
        watcher
            .shown
            .containers
            .iter()
            .all(|container| !gone.contains(&container.id))
    );
    // Nothing of the old engine is ever shown as the sample's.
    for update in &watcher.came {
        if let Update::Snapshot(snapshot) = update {
            assert_eq!(
                (snapshot.containers.len(), &snapshot.engine),
                (0, &None),
                "{snapshot:#?}"
            );
        }
    }
    let status = session.status().await.expect("a status");
    assert!(status.engine.sample);
}
