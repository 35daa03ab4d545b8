//! Engines that do wrong things: each is a problem with a name, and none is a hang.

use std::time::{Duration, Instant};

use companion::{
    Causes,
    view::{EngineState, Problem, Update},
};
use sample::Fault;

use crate::{
    stage::{Stage, named, soon},
    watcher::Watcher,
};

/// How a question to an engine with `fault` ends.
async fn problem(fault: Fault) -> Problem {
    let stage = Stage::failing(fault).await;
    let asked = soon("an answer", stage.session.containers(Causes::Wanted)).await;
    let problem = asked.expect_err("a problem");
    assert!(
        !problem.message.is_empty() && !problem.hint.is_empty(),
        "{problem:?}"
    );
    problem
}

#[tokio::test]
async fn an_engine_that_hangs_is_given_up_within_the_time_limit() {
    let begun = Instant::now();
    let problem = problem(Fault::Hang).await;
    assert_eq!(
        (problem.kind.as_str(), problem.exit_code()),
        ("engine-timeout", 3)
    );
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_speaks_no_http_is_not_an_engine() {
    let problem = problem(Fault::Garbage).await;
    assert_eq!(
        (problem.kind.as_str(), problem.exit_code()),
        ("not-an-engine", 3),
        "{problem:?}"
    );
}

#[tokio::test]
async fn an_engine_that_hangs_up_at_once_does_not_answer() {
    let problem = problem(Fault::CloseAtOnce).await;
    assert_eq!(
        (problem.kind.as_str(), problem.exit_code()),
        ("engine-unreachable", 3)
    );
}

#[tokio::test]
async fn an_engine_that_fails_is_named_in_its_own_words() {
    let stage = Stage::failing(Fault::Fails).await;
    let problem = stage
        .session
        .containers(Causes::Wanted)
        .await
        .expect_err("a problem");
    assert_eq!(
        (problem.kind.as_str(), problem.exit_code()),
        ("engine-refused", 1)
    );
    assert_eq!(problem.message, "The sample engine was told to fail");
    let mut watcher = Watcher::of(&stage.session).await;
    watcher
        .until("loss", |shown| shown.state == EngineState::Lost)
        .await;
    let problem = watcher.shown.problem.clone().expect("a problem");
    assert_eq!(problem.kind, "engine-refused");
    assert!(watcher.shown.engine.is_some(), "who it is was said before");
}

#[tokio::test]
async fn an_engine_whose_events_break_off_is_looked_for_again_and_its_list_is_whole() {
    let stage = Stage::failing(Fault::BrokenEvents).await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher
        .until("loss", |shown| shown.state == EngineState::Lost)
        .await;
    let problem = watcher.shown.problem.clone().expect("a problem");
    assert!(!problem.hint.is_empty(), "{problem:?}");
    let again = |update: &Update| {
        matches!(
            update,
            Update::Engine {
                state: EngineState::Connected,
                ..
            }
        )
        .then_some(())
    };
    watcher.next("another try", again).await;
    let ids = stage.ids().await;
    watcher
        .until("whole list", |shown| shown.containers.len() == ids.len())
        .await;
    watcher
        .until("causes", |shown| {
            shown
                .containers
                .iter()
                .all(|container| !container.crashed || container.cause.is_some())
        })
        .await;
}

#[tokio::test]
async fn an_engine_whose_events_always_break_off_is_left_alone_for_longer_and_longer() {
    let stage = Stage::failing(Fault::BrokenEvents).await;
    let mut watcher = Watcher::of(&stage.session).await;
    let lost = |update: &Update| {
        matches!(
            update,
            Update::Engine {
                state: EngineState::Lost,
                ..
            }
        )
        .then(Instant::now)
    };
    let mut times = Vec::new();
    for _ in 0..4 {
        times.push(watcher.next("loss", lost).await);
    }
    let pause = times[3] - times[2];
    assert!(
        pause > Duration::from_millis(1500),
        "the pause after three losses is {pause:?}"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_whole_is_said_to_be_missing() {
    let stage = Stage::failing(Fault::TruncatedArchive).await;
    let diagnosis = soon("a diagnosis", stage.session.diagnose("billing".to_owned()))
        .await
        .expect("a diagnosis");
    assert_eq!(diagnosis.cause.as_deref(), Some("unknown"), "{diagnosis:#?}");
    assert_eq!(diagnosis.platform.actual, None);
    assert!(
        diagnosis
            .evidence
            .iter()
            .any(|evidence| evidence.kind == "missing"),
        "{:#?}",
        diagnosis.evidence
    );
    let list = soon("a list", stage.session.containers(Causes::Wanted))
        .await
        .expect("a list");
    assert_eq!(list.containers.len(), stage.ids().await.len());
    let search = named(&list.containers, "search");
    assert_eq!(search.state, stage.inventory().await[&search.id][1]);
}
