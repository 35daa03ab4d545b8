//! What runs foreign programs: found out, kept for as long as the engine runs, and told to everybody.

use companion::{
    Session,
    view::{EngineState, Snapshot, Update},
};
use sample::Fault;

use crate::{
    relay::Relay,
    stage::{Stage, setup, url},
    watcher::Watcher,
};

fn is_known(shown: &Snapshot) -> bool {
    shown.translator.is_some() && !shown.probing
}

/// How often a probe began.
fn begun(came: &[Update]) -> usize {
    let states = came.iter().filter_map(|update| {
        if let Update::Translator { probing, .. } = update {
            Some(*probing)
        } else {
            None
        }
    });
    let mut before = false;
    states
        .filter(|probing| std::mem::replace(&mut before, *probing) != *probing && *probing)
        .count()
}

#[tokio::test]
async fn what_a_probe_found_out_is_in_every_face_from_then_on() {
    let stage = Stage::new().await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    assert_eq!(watcher.shown.translator, None);
    let said = stage.session.probe(None).await.expect("an answer");
    watcher.until("what was found out", is_known).await;
    let known = watcher.shown.translator.clone().expect("it is known");
    assert_eq!(known.translator, "rosetta");
    let probed = &known.report.foreign[0];
    assert_eq!(probed.platform, said.foreign[0].platform);
    assert_eq!(probed.speed, said.foreign[0].speed);
    assert!(probed.evidence.contains("VirtualApple") && probed.evidence.contains("/run/rosetta/rosetta"));
    assert!(probed.dynamic.as_ref().is_some_and(|dynamic| dynamic.runs));
    assert!(probed.relative_speed.is_some_and(|speed| speed < 1.0) && probed.pace.is_some());
    assert_eq!(begun(&watcher.came), 1);
    let status = stage.session.status().await.expect("a status");
    assert_eq!(status.translator.as_ref(), Some(&known));
    let again = Watcher::of(&stage.session).await;
    assert_eq!(again.shown.translator, Some(known));
    let own = stage
        .session
        .probe(Some("native".to_owned()))
        .await
        .expect("an answer");
    watcher
        .until("the engine's own platform", |shown| {
            let known = shown.translator.as_ref();
            known.is_some_and(|known| known.report.native.probed.is_some())
        })
        .await;
    let own = own.native.probed.expect("it was asked for");
    assert_eq!((own.translator.as_str(), own.runs), ("native", true));
}

#[tokio::test]
async fn unasked_it_is_found_out_once_after_each_start_of_the_engine() {
    let stage = Stage::new().await;
    let other = Stage::new().await;
    let mut relay = Relay::to(stage.sample.socket());
    let machine = tempfile::tempdir().expect("a folder");
    let cache = tempfile::tempdir().expect("a folder");
    let set_up = || setup(&url(relay.socket()), &machine, Some(cache.path().to_owned()));
    let session = Session::start(set_up());
    // Nothing is probed before there is an engine.
    session.probe_once().await.expect("a session");
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    for _ in 0..2 {
        session.probe_once().await.expect("a session");
    }
    watcher.until("what was found out", is_known).await;
    session.probe_once().await.expect("a session");
    session.status().await.expect("an answer to what came later");
    assert_eq!(begun(&watcher.came), 1);

    // A session of later knows it too.
    let later = Session::start(set_up());
    let status = later.status().await.expect("a status");
    assert_eq!(status.translator, watcher.shown.translator);

    relay.cut().await;
    watcher
        .until("loss", |shown| shown.state == EngineState::Lost)
        .await;
    relay.mend(other.sample.socket());
    watcher
        .until("engine that was started anew", |shown| {
            shown.state == EngineState::Connected && shown.translator.is_none()
        })
        .await;
    watcher.until_settled().await;
    session.probe_once().await.expect("a session");
    watcher.until("what was found out anew", is_known).await;
    assert_eq!(begun(&watcher.came), 2);
}

#[tokio::test]
async fn what_cannot_be_found_out_is_told_and_not_tried_again_unasked() {
    let stage = Stage::failing(Fault::StartFails).await;
    let mut watcher = Watcher::of(&stage.session).await;
    watcher.until_settled().await;
    stage.session.probe_once().await.expect("a session");
    watcher.until("what could not be found out", is_known).await;
    let known = watcher.shown.translator.clone().expect("it was tried");
    assert!(!known.report.foreign[0].known && known.translator == "unknown");
    stage.session.probe_once().await.expect("a session");
    stage
        .session
        .status()
        .await
        .expect("an answer to what came later");
    let last = Watcher::of(&stage.session).await;
    assert!(!last.shown.probing);
    assert_eq!(begun(&watcher.came), 1);
}
