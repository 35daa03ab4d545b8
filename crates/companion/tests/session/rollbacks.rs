//! Re-runs that fail: everything is as it was before.

use sample::Fault;

use companion::Way;

use crate::{
    reruns::{rerun, rerun_by},
    stage::Stage,
};

#[tokio::test]
async fn a_pull_that_fails_changes_nothing() {
    let stage = Stage::failing(Fault::PullFails).await;
    let before = stage.inventory().await;
    for name in ["worker", "shop-cache-1"] {
        let (failed, steps) = rerun_by(&stage, name, Some("native"), Way::ByHand).await;
        let failed = failed.expect_err("no pull");
        assert_eq!(
            (failed.kind.as_str(), failed.exit_code()),
            ("pull-failed", 1),
            "{failed:?}"
        );
        assert!(
            steps.iter().all(|(step, _)| step == "Pulling the image"),
            "{steps:?}"
        );
        assert_eq!(stage.inventory().await, before, "{name}");
    }
}

#[tokio::test]
async fn a_new_container_that_does_not_start_makes_room_for_the_old_one() {
    let stage = Stage::failing(Fault::StartFails).await;
    let before = stage.inventory().await;
    let (failed, steps) = rerun(&stage, "worker", Some("native")).await;
    let failed = failed.expect_err("no start");
    assert_eq!(
        (failed.kind.as_str(), failed.exit_code()),
        ("engine-refused", 1),
        "{failed:?}"
    );
    assert!(failed.message.contains("no space left on device"), "{failed:?}");
    assert_eq!(steps.last().expect("a step").0, "Putting everything back");
    assert_eq!(stage.inventory().await, before);
}

#[tokio::test]
async fn a_new_container_that_ends_badly_makes_room_for_the_old_one() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    let (failed, _) = rerun(&stage, "thumbs", Some("linux/arm64")).await;
    let failed = failed.expect_err("it ends with 1 again");
    assert_eq!(failed.kind, "not-possible");
    assert!(failed.message.contains("exit code 1"), "{failed:?}");
    assert_eq!(stage.inventory().await, before);
}

#[tokio::test]
async fn an_old_container_that_cannot_be_started_again_is_where_the_hint_says() {
    let stage = Stage::failing(Fault::StartFails).await;
    let before = stage.inventory().await;
    let (failed, _) = rerun_by(&stage, "shop-cache-1", Some("native"), Way::ByHand).await;
    let failed = failed.expect_err("no start");
    assert_eq!(failed.kind, "rollback-failed");
    let after = stage.ids().await;
    assert_eq!(
        after.values().collect::<std::collections::BTreeSet<_>>(),
        before.keys().collect()
    );
    let old = after
        .iter()
        .find(|(_, id)| before[*id][0] == "shop-cache-1")
        .expect("the old container is whole");
    assert!(
        failed.hint.contains(&format!("`{}`", old.0)),
        "{} is not in `{}`",
        old.0,
        failed.hint
    );
}

#[tokio::test]
async fn a_container_that_ends_at_the_moment_it_is_changed_is_changed_when_it_has() {
    let stage = Stage::failing(Fault::EndsWhileChanged).await;
    let (done, _) = rerun_by(&stage, "shop-cache-1", Some("native"), Way::ByHand).await;
    let done = done.expect("one refusal is not the last word");
    assert_eq!(done.state, "running");
    assert_eq!(stage.inventory().await[&done.old_id][0], done.kept_as);
}
