//! Several re-runs to one yes: each has its own result, and what failed leaves the others right.

use std::time::Duration;

use companion::{
    OneOfSeveral, RerunOptions, Way,
    view::{Became, Several, Snapshot},
};

use crate::{
    stage::{Stage, named},
    watcher::Watcher,
};

const WAIT: Duration = Duration::from_millis(500);

fn natively(name: &str, id: &str) -> OneOfSeveral {
    OneOfSeveral {
        id: id.to_owned(),
        container: name.to_owned(),
        options: RerunOptions {
            platform: Some("native".to_owned()),
            way: Way::ByHand,
            ..RerunOptions::default()
        },
    }
}

fn is_over(shown: &Snapshot) -> bool {
    shown.several.as_ref().is_some_and(Several::is_over)
}

/// What each came to, in one word, in their order.
fn states(shown: &Snapshot) -> Vec<&'static str> {
    let Some(several) = &shown.several else {
        return Vec::new();
    };
    let word = |became: &Became| match became {
        Became::Waiting => "waiting",
        Became::Running { .. } => "running",
        Became::Done { .. } => "done",
        Became::Failed { .. } => "failed",
        Became::Stopped => "stopped",
    };
    several.reruns.iter().map(|each| word(&each.became)).collect()
}

#[tokio::test]
async fn what_fails_among_several_leaves_the_others_right() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let id = |name: &str| named(&watcher.shown.containers, name).id.clone();
    let gone = "0".repeat(64);
    let wanted = [
        natively("worker", &id("worker")),
        natively("late", &gone),
        natively("shop-cache-1", &id("shop-cache-1")),
    ];
    let begun = stage.session.rerun_several(wanted.to_vec(), WAIT);
    begun.await.expect("it begins");
    watcher.until("the end of all", is_over).await;

    assert_eq!(states(&watcher.shown), ["done", "failed", "done"]);
    let several = watcher.shown.several.clone().expect("several");
    let names: Vec<_> = several
        .reruns
        .iter()
        .map(|each| each.container.as_str())
        .collect();
    assert_eq!(names, ["worker", "late", "shop-cache-1"]);
    let Became::Failed { problem } = &several.reruns[1].became else {
        panic!("{several:?}");
    };
    assert_eq!(problem.kind, "not-found");
    let ids = stage.ids().await;
    for each in [&several.reruns[0], &several.reruns[2]] {
        let Became::Done { done } = &each.became else {
            panic!("{each:?}");
        };
        assert_eq!(ids[&each.container], done.new_id);
        assert_eq!(ids[&done.kept_as], each.id);
    }

    // Whoever comes later is shown it as well, until it is forgotten.
    let late = Watcher::of(&stage.session).await;
    assert_eq!(late.shown.several, Some(several));
    stage.session.forget_several().await.expect("a session");
    watcher
        .until("nothing more of it", |shown| shown.several.is_none())
        .await;
}

#[tokio::test]
async fn an_end_is_made_between_two_and_others_have_to_wait_for_it() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let id = |name: &str| named(&watcher.shown.containers, name).id.clone();
    let wanted = ["worker", "shop-cache-1"]
        .map(|name| natively(name, &id(name)))
        .to_vec();
    let begun = stage
        .session
        .rerun_several(wanted.clone(), Duration::from_secs(2));
    begun.await.expect("it begins");
    watcher
        .until("a first step", |shown| states(shown).first() == Some(&"running"))
        .await;
    let refused = stage.session.rerun_several(wanted, WAIT).await;
    assert_eq!(refused.expect_err("one at a time").kind, "busy");
    // What is under way cannot be forgotten.
    stage.session.forget_several().await.expect("a session");
    stage.session.stop_several().await.expect("a session");
    watcher
        .until("the wish to end", |shown| {
            shown.several.as_ref().is_some_and(|several| several.stops)
        })
        .await;
    watcher.until("the end", is_over).await;
    assert_eq!(states(&watcher.shown), ["done", "stopped"]);
    assert!(
        !stage
            .ids()
            .await
            .keys()
            .any(|name| name.starts_with("shop-cache-1."))
    );
}

#[tokio::test]
async fn without_an_engine_each_says_so() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let worker = named(&watcher.shown.containers, "worker").id.clone();
    let Stage { session, sample, .. } = stage;
    drop(sample);
    watcher
        .until("an end of the engine", |shown| shown.problem.is_some())
        .await;
    let begun = session
        .rerun_several(vec![natively("worker", &worker)], WAIT)
        .await;
    begun.expect("it begins");
    watcher.until("the end", is_over).await;
    assert_eq!(states(&watcher.shown), ["failed"]);
}
