//! Re-runs that succeed, and those that are refused before anything is done.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bollard::models::{ContainerCreateBody, HostConfig};
use companion::{
    RerunRequest, Way,
    view::{Container, Problem, RerunDone, Snapshot, Update},
};

use crate::{
    stage::{Stage, alpine, named, options, soon},
    watcher::Watcher,
};

/// Re-runs `name` and returns what came of it, and the steps that were told.
pub(crate) async fn rerun(
    stage: &Stage,
    name: &str,
    platform: Option<&str>,
) -> (Result<RerunDone, Problem>, Vec<(String, Option<f64>)>) {
    rerun_by(stage, name, platform, Way::Usual).await
}

pub(crate) async fn rerun_by(
    stage: &Stage,
    name: &str,
    platform: Option<&str>,
    way: Way,
) -> (Result<RerunDone, Problem>, Vec<(String, Option<f64>)>) {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&steps);
    let request = RerunRequest {
        container: name.to_owned(),
        options: options(platform, way),
        wait: Duration::from_millis(500),
        progress: Arc::new(move |progress| {
            heard
                .lock()
                .expect("no panic")
                .push((progress.step, progress.fraction));
        }),
    };
    let done = soon("a re-run", stage.session.rerun(request)).await;
    let steps = steps.lock().expect("no panic").clone();
    (done, steps)
}

/// Both rows of a re-run, when both are there as they should be.
fn pair<'a>(shown: &'a Snapshot, done: &RerunDone) -> Option<(&'a Container, &'a Container)> {
    let row = |id: &str| shown.containers.iter().find(|container| container.id == id);
    let (old, new) = (row(&done.old_id)?, row(&done.new_id)?);
    (old.name == done.kept_as && new.state == "running").then_some((old, new))
}

#[tokio::test]
async fn a_plan_says_what_changes_what_stays_and_in_which_steps() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    let plan = stage
        .session
        .plan_rerun("worker".to_owned(), options(Some("native"), Way::Usual))
        .await
        .expect("a plan");
    assert_eq!(
        (plan.from.as_deref(), plan.to.as_str()),
        (Some("linux/riscv64"), "linux/arm64")
    );
    let fields: Vec<_> = plan.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["platform", "hostname"]);
    assert_eq!(
        (plan.blockers.as_slice(), plan.warnings.as_slice()),
        (&[][..], &[][..])
    );
    assert_eq!(plan.steps[0], "Pull acme/worker:dev for linux/arm64");
    assert!(
        plan.steps.iter().any(|step| step.contains("worker.kept-for-")),
        "{:?}",
        plan.steps
    );
    assert_eq!(plan.kept[0], "name");
    assert!(plan.kept.contains(&"2 variables".to_owned()), "{:?}", plan.kept);
    let words = shlex::split(&plan.command).expect("a command that a shell can read");
    assert_eq!(words[..2], ["docker", "run"]);
    for word in ["worker", "linux/arm64", "QUEUE=thumbnails", "acme/worker:dev"] {
        assert!(
            words.iter().any(|said| said.ends_with(word)),
            "{word} in {words:?}"
        );
    }
    assert_eq!(stage.inventory().await, before, "a plan does nothing");
}

#[tokio::test]
async fn a_rerun_is_done_shown_and_undone() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    let before = stage.inventory().await;
    let (done, steps) = rerun(&stage, "worker", Some("native")).await;
    let done = done.expect("done");
    assert_eq!(
        (done.state.as_str(), done.old_id.as_str()),
        ("running", stage_id(&before, "worker"))
    );
    assert!(
        done.differences.iter().all(|difference| difference.expected),
        "{:#?}",
        done.differences
    );
    let mut names: Vec<_> = steps.iter().map(|(step, _)| step.as_str()).collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "Pulling the image",
            "Making the new container",
            "Starting the new container",
            "Watching whether it stays"
        ]
    );
    let fractions: Vec<f64> = steps.iter().filter_map(|(_, fraction)| *fraction).collect();
    assert!(fractions.len() > 3 && fractions.is_sorted(), "{fractions:?}");
    watcher
        .until("both rows", |shown| pair(shown, &done).is_some())
        .await;
    let (old, new) = pair(&watcher.shown, &done).expect("both rows");
    assert_eq!(
        (new.name.as_str(), new.platform.as_deref(), new.crashed),
        ("worker", Some("linux/arm64"), false)
    );
    assert_eq!(
        (new.undo_to.as_deref(), &new.kept_for),
        (Some(done.old_id.as_str()), &None)
    );
    assert_eq!(
        (old.kept_for.as_deref(), old.crashed),
        (Some(done.new_id.as_str()), false)
    );
    let told = watcher
        .came
        .iter()
        .filter(|update| matches!(update, Update::Progress(_)))
        .count();
    assert_eq!(told, steps.len(), "watchers hear of progress too");

    let restored = stage.session.undo("worker".to_owned()).await.expect("undone");
    assert_eq!((&restored.id, &restored.removed_id), (&done.old_id, &done.new_id));
    assert_eq!(restored.state, "exited");
    watcher
        .until("the old row", |shown| {
            shown
                .containers
                .iter()
                .all(|container| container.id != done.new_id)
                && shown
                    .containers
                    .iter()
                    .any(|container| container.id == done.old_id && container.name == "worker")
        })
        .await;
    watcher.until_settled().await;
    let worker = named(&watcher.shown.containers, "worker");
    assert_eq!(
        (worker.crashed, worker.cause.as_deref()),
        (true, Some("wrong-architecture"))
    );
    assert_eq!((&worker.undo_to, &worker.kept_for), (&None, &None));
    assert_eq!(stage.inventory().await, before);
}

#[tokio::test]
async fn a_kept_container_is_discarded_from_either_side() {
    let stage = Stage::new().await;
    for side in ["new", "kept"] {
        let (done, _) = rerun(&stage, "worker", Some("native")).await;
        let done = done.expect("done");
        let id = if side == "new" { &done.new_id } else { &done.old_id };
        let restored = stage.session.discard(id.clone()).await.expect("discarded");
        assert_eq!(
            (&restored.id, &restored.removed_id),
            (&done.new_id, &done.old_id),
            "{side}"
        );
        assert_eq!(
            (restored.container.as_str(), restored.state.as_str()),
            ("worker", "running")
        );
        let ids = stage.ids().await;
        assert!(ids.keys().all(|name| !name.contains("kept-for")), "{ids:?}");
    }
    let nothing = stage
        .session
        .undo("worker".to_owned())
        .await
        .expect_err("nothing is kept");
    assert_eq!(nothing.kind, "nothing-kept");
}

#[tokio::test]
async fn a_mislabelled_image_is_run_as_what_it_is_without_being_told() {
    let stage = Stage::new().await;
    let plan = stage
        .session
        .plan_rerun("billing".to_owned(), options(None, Way::Usual))
        .await
        .expect("a plan");
    assert_eq!(
        (plan.from.as_deref(), plan.to.as_str()),
        (Some("linux/arm64"), "linux/amd64")
    );
    let warnings: Vec<_> = plan
        .warnings
        .iter()
        .map(|warning| warning.kind.as_str())
        .collect();
    assert_eq!(warnings, ["needs-translation"]);
    assert!(plan.kept.contains(&"1 port".to_owned()), "{:?}", plan.kept);
    let (done, _) = rerun(&stage, "billing", None).await;
    let done = done.expect("done");
    assert_eq!(
        (done.state.as_str(), done.plan.to.as_str()),
        ("running", "linux/amd64")
    );
    assert!(
        done.differences.iter().all(|difference| difference.expected),
        "{:#?}",
        done.differences
    );
}

#[tokio::test]
async fn a_container_of_compose_is_re_created_by_hand_only_when_that_is_chosen() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    let usual = stage
        .session
        .plan_rerun("shop-cache-1".to_owned(), options(None, Way::Usual))
        .await
        .expect("a plan");
    let kinds: Vec<_> = usual.blockers.iter().map(|note| note.kind.as_str()).collect();
    assert_eq!(kinds, ["compose-not-here"], "its files are on no disk");
    assert!(
        usual.blockers[0].text.contains("--by-hand"),
        "{:?}",
        usual.blockers
    );
    let (refused, _) = rerun(&stage, "shop-cache-1", None).await;
    assert_eq!(refused.expect_err("refused").kind, "not-safe");
    let plan = stage
        .session
        .plan_rerun("shop-cache-1".to_owned(), options(None, Way::ByHand))
        .await
        .expect("a plan");
    assert_eq!(plan.to, "linux/arm64");
    assert!(
        plan.warnings.iter().any(|warning| warning.kind == "compose"),
        "{:?}",
        plan.warnings
    );
    assert!(
        plan.changes.iter().any(|change| change.field == "volume"),
        "{:?}",
        plan.changes
    );
    let (done, steps) = rerun_by(&stage, "shop-cache-1", None, Way::ByHand).await;
    let done = done.expect("done");
    assert_eq!(done.state, "running");
    assert!(steps.iter().any(|(step, _)| step == "Stopping the old container"));
    assert!(
        done.differences.iter().all(|difference| difference.expected),
        "{:#?}",
        done.differences
    );
    let restored = stage.session.undo(done.kept_as).await.expect("undone");
    assert_eq!(
        (restored.container.as_str(), restored.state.as_str()),
        ("shop-cache-1", "running")
    );
    assert_eq!(stage.inventory().await, before);
}

#[tokio::test]
async fn a_dev_container_is_answered_with_what_its_file_has_to_say() {
    let stage = Stage::new().await;
    let body = ContainerCreateBody {
        labels: Some(HashMap::from([
            (
                "devcontainer.local_folder".to_owned(),
                "/home/ada/app\n\u{1b}[31m".to_owned(),
            ),
            ("devcontainer.metadata".to_owned(), "[]".to_owned()),
        ])),
        ..alpine(&["sleep", "1000"])
    };
    stage.create("dev", body).await;
    let plan = async |way| {
        let options = options(Some("linux/amd64"), way);
        let plan = stage.session.plan_rerun("dev".to_owned(), options).await;
        plan.expect("a plan").blockers
    };
    let blockers = plan(Way::Usual).await;
    assert_eq!(blockers.len(), 1);
    let note = &blockers[0];
    assert_eq!(note.kind, "dev-container");
    for said in [
        r#"`"runArgs": ["--platform=linux/amd64"]`"#,
        "/home/ada/app",
        "--by-hand",
    ] {
        assert!(note.text.contains(said), "{note:?}");
    }
    assert!(!note.text.contains(char::is_control), "{note:?}");
    assert_eq!(plan(Way::ByHand).await, []);
}

#[tokio::test]
async fn what_cannot_be_done_safely_is_refused_and_nothing_is_done() {
    let stage = Stage::new().await;
    let guest = HostConfig {
        network_mode: Some("container:pg".to_owned()),
        ..HostConfig::default()
    };
    stage
        .create(
            "guest",
            ContainerCreateBody {
                host_config: Some(guest),
                ..alpine(&["sleep", "1"])
            },
        )
        .await;
    let before = stage.inventory().await;
    for (name, platform, blocker) in [
        ("pg", "linux/amd64", "dependents"),
        ("legacy-api", "linux/s390x", "platform-unavailable"),
    ] {
        let plan = stage
            .session
            .plan_rerun(name.to_owned(), options(Some(platform), Way::Usual))
            .await
            .expect("a plan");
        let kinds: Vec<_> = plan.blockers.iter().map(|note| note.kind.as_str()).collect();
        assert_eq!(kinds, [blocker], "{name}");
        let (refused, steps) = rerun(&stage, name, Some(platform)).await;
        let refused = refused.expect_err("refused");
        assert_eq!(
            (refused.kind.as_str(), refused.exit_code()),
            ("not-safe", 4),
            "{name}"
        );
        assert_eq!(
            (refused.message.as_str(), steps.len()),
            (plan.blockers[0].text.as_str(), 0)
        );
    }
    assert_eq!(stage.inventory().await, before);
}

#[tokio::test]
async fn what_was_rerun_is_not_rerun_again_before_it_is_undone_or_discarded() {
    let stage = Stage::new().await;
    let (done, _) = rerun(&stage, "worker", Some("native")).await;
    let done = done.expect("done");
    for (name, blocker) in [(&done.new_id, "has-kept"), (&done.old_id, "is-kept")] {
        let plan = stage
            .session
            .plan_rerun(name.clone(), options(Some("native"), Way::Usual))
            .await
            .expect("a plan");
        assert!(
            plan.blockers.iter().any(|note| note.kind == blocker),
            "{:?}",
            plan.blockers
        );
    }
    let (refused, _) = rerun(&stage, "worker", None).await;
    assert_eq!(refused.expect_err("refused").kind, "not-safe");
}

#[tokio::test]
async fn a_platform_that_is_none_is_refused() {
    let stage = Stage::new().await;
    for platform in ["", "arm64/linux/x/y", "linux/", "linux/arm 64", "\u{1b}[0m"] {
        let asked = stage
            .session
            .plan_rerun("worker".to_owned(), options(Some(platform), Way::Usual))
            .await;
        let refused = asked.expect_err("no platform");
        assert_eq!(
            (refused.kind.as_str(), refused.exit_code()),
            ("bad-platform", 2),
            "{platform:?}"
        );
    }
    let asked = stage
        .session
        .plan_rerun("nothing".to_owned(), options(Some("native"), Way::Usual))
        .await;
    assert_eq!(asked.expect_err("no container").kind, "not-found");
}

fn stage_id<'a>(inventory: &'a crate::stage::Inventory, name: &str) -> &'a str {
    let found = inventory.iter().find(|(_, facts)| facts[0] == name);
    found.expect("it is there").0
}

#[tokio::test]
async fn a_variant_of_the_own_architecture_needs_no_translator() {
    let stage = Stage::new().await;
    let warned = async |platform| {
        let options = options(Some(platform), Way::Usual);
        let plan = stage.session.plan_rerun("worker".to_owned(), options).await;
        let warnings = plan.expect("a plan").warnings.into_iter();
        warnings.map(|note| note.kind).collect::<Vec<_>>()
    };
    assert_eq!(warned("linux/arm64/v9").await, ["translation-unknown"]);
    assert_eq!(
        warned("linux/s390x").await,
        ["needs-translation", "translation-unknown"]
    );
}
