//! What stays when a session ends, and what ends with it.

use std::os::unix::fs::PermissionsExt as _;

use companion::{Causes, Session};
use tempfile::tempdir;

use crate::{
    relay::Relay,
    stage::{Stage, named, setup, url},
    watcher::Watcher,
};

#[tokio::test]
async fn what_was_found_out_is_not_read_again_by_the_next_session() {
    let stage = Stage::new().await;
    // What is wrong with one that runs may have changed meanwhile: that is read anew.
    stage.remove("feeds").await;
    let (machine, cache) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let start = || {
        let url = url(stage.sample.socket());
        Session::start(setup(&url, &machine, Some(cache.path().to_owned())))
    };
    let first = start().containers(Causes::Wanted).await.expect("a list");
    let read = stage.archives_read().await;
    assert!(read > 0);
    let second = start().containers(Causes::Wanted).await.expect("a list");
    assert_eq!(stage.archives_read().await, read);
    let causes = |list: &companion::view::Containers| {
        let cause = |container: &companion::view::Container| {
            (
                container.name.clone(),
                container.cause.clone(),
                container.summary.clone(),
            )
        };
        list.containers.iter().map(cause).collect::<Vec<_>>()
    };
    assert_eq!(causes(&second), causes(&first));
    assert_eq!(
        named(&second.containers, "worker").cause.as_deref(),
        Some("wrong-architecture")
    );
}

#[tokio::test]
async fn a_crash_of_today_is_not_answered_from_yesterday() {
    let stage = Stage::new().await;
    let (machine, cache) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let start = || {
        let url = url(stage.sample.socket());
        Session::start(setup(&url, &machine, Some(cache.path().to_owned())))
    };
    start().containers(Causes::Wanted).await.expect("a list");
    let read = stage.archives_read().await;
    let session = start();
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    let worker = stage.ids().await["worker"].clone();
    stage.start(&worker).await;
    let status = named(&watcher.shown.containers, "worker").status.clone();
    watcher
        .until("new end", |shown| {
            let worker = named(&shown.containers, "worker");
            worker.status != status && worker.cause.is_some()
        })
        .await;
    assert!(stage.archives_read().await > read, "the new end was looked into");
}

#[tokio::test]
async fn a_session_ends_with_its_last_handle_and_leaves_nothing_open() {
    let stage = Stage::new().await;
    let relay = Relay::to(stage.sample.socket());
    let (machine, cache) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let session = Session::start(setup(
        &url(relay.socket()),
        &machine,
        Some(cache.path().join("deep/er")),
    ));
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    let second = session.clone();
    drop(session);
    second.status().await.expect("a handle is left");
    drop(second);
    watcher.until_the_end().await;
    assert!(cache.path().join("deep/er/memory.json").is_file());
    relay.until_open(0).await;
}

#[tokio::test]
async fn what_was_found_out_is_kept_while_the_session_still_goes_on() {
    let stage = Stage::new().await;
    let (machine, cache) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let url = url(stage.sample.socket());
    let session = Session::start(setup(&url, &machine, Some(cache.path().to_owned())));
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    // An application that is killed saves nothing at its end.
    let file = cache.path().join("memory.json");
    crate::stage::soon("the file", async {
        while !std::fs::read_to_string(&file).is_ok_and(|text| text.contains("wrong-architecture")) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_or_read_is_no_problem() {
    let stage = Stage::new().await;
    let machine = tempdir().expect("a folder");
    let locked = tempdir().expect("a folder");
    std::fs::set_permissions(locked.path(), std::fs::Permissions::from_mode(0o500)).expect("permissions");
    let file = tempdir().expect("a folder");
    std::fs::write(file.path().join("cache"), "a file").expect("written");
    let garbage = tempdir().expect("a folder");
    std::fs::write(garbage.path().join("memory.json"), [0xff, 0, b'{']).expect("written");
    let folders = [
        locked.path().join("cache"),
        file.path().join("cache"),
        file.path().join("cache/below"),
        garbage.path().to_owned(),
        "/dev/null/cache".into(),
    ];
    for folder in folders {
        let setup = setup(&url(stage.sample.socket()), &machine, Some(folder.clone()));
        let list = Session::start(setup)
            .containers(Causes::Wanted)
            .await
            .expect("a list");
        assert_eq!(
            named(&list.containers, "worker").cause.as_deref(),
            Some("wrong-architecture"),
            "{}",
            folder.display()
        );
    }
}

#[tokio::test]
async fn a_session_that_asks_for_the_sample_has_one_of_its_own() {
    let machine = tempdir().expect("a folder");
    let setup = companion::Setup {
        sample: true,
        ..setup("unix:///nowhere", &machine, None)
    };
    let status = Session::start(setup).status().await.expect("a status");
    assert!(status.engine.sample);
    assert_eq!(status.counts.containers, 16);
}
