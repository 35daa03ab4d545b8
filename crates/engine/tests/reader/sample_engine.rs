//! What is read of an engine that is one.

use engine::{Engine, EngineError, EventKind, FileKind, Inspection, Scope, Store, Translator, act::Asked};
use futures_util::StreamExt as _;
use platform::{Link, Platform, Role, Target};
use sample::{Fault, Sample, Scenario};

use crate::strangers::endpoint;

/// The sample ends when it is dropped.
pub(crate) async fn connected(scenario: Scenario) -> (Sample, Engine) {
    let sample = sample::start_with(scenario).await.expect("a sample engine");
    let engine = Engine::connect(&endpoint(sample.socket()))
        .await
        .expect("an engine");
    (sample, engine)
}

async fn chain(engine: &Engine, name: &str) -> Vec<Link> {
    let inspection: Inspection = engine.inspect(name).await.expect("a container");
    engine.chain(&inspection).await.expect("links").links
}

#[tokio::test]
async fn an_engine_says_who_it_is() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let identity = engine.identity();
    assert_eq!(identity.platform, Platform::linux("arm64"));
    assert_eq!(identity.store, Store::Containerd);
    assert_eq!(identity.version, "28.5.2");
    assert!(!identity.id.is_empty() && !identity.api_version.is_empty());
}

#[tokio::test]
async fn the_scopes_of_a_list_are_kept_to() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let all = engine.containers(Scope::All).await.expect("a list");
    assert_eq!(all.len(), 16);
    let running = engine.containers(Scope::Running).await.expect("a list");
    assert!(
        running
            .iter()
            .all(|row| matches!(row.state.as_str(), "running" | "paused" | "restarting"))
    );
    let up = all
        .iter()
        .filter(|row| matches!(row.state.as_str(), "running" | "paused" | "restarting"));
    assert_eq!(running.len(), up.count());
    let worker = all.iter().find(|row| row.name == "worker").expect("it is there");
    assert_eq!(
        (worker.platform.clone(), worker.exit_code()),
        (Some(Platform::linux("riscv64")), Some(255))
    );
    let gone = "f".repeat(64);
    let these = engine
        .containers(Scope::These(vec![worker.id.clone(), gone]))
        .await
        .expect("a list");
    assert_eq!(these, std::slice::from_ref(worker));
}

#[tokio::test]
async fn a_chain_is_read_from_bytes_through_links_and_scripts() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let links = chain(&engine, "legacy-api").await;
    let roles: Vec<_> = links.iter().map(|link| (link.role, link.path.as_str())).collect();
    assert_eq!(
        roles,
        [
            (Role::Script, "/docker-entrypoint.sh"),
            (Role::Interpreter, "/bin/sh"),
            (Role::Loader, "/lib/ld-linux-aarch64.so.1"),
            (Role::Program, "/app/server"),
            (Role::Loader, "/lib64/ld-linux-x86-64.so.2")
        ]
    );
    let file = links[3].file().expect("the sample has it");
    assert_eq!(
        (file.program.platform.clone(), file.executable),
        (Some(Platform::linux("amd64")), true)
    );
    let links = chain(&engine, "nightly-report").await;
    assert_eq!(
        (links[1].path.as_str(), &links[1].target),
        ("/bin/sh\r", &Target::Missing)
    );
    let links = chain(&engine, "migrate").await;
    assert_eq!(
        (links.len(), links[0].role, &links[0].target),
        (1, Role::Command, &Target::Missing)
    );
}

#[tokio::test]
async fn a_file_that_breaks_off_is_unreadable_and_ends_nothing_else() {
    let (_sample, engine) = connected(Scenario::recorded().with(Fault::TruncatedArchive)).await;
    let links = chain(&engine, "billing").await;
    assert!(
        matches!(&links[..], [Link { target: Target::Unreadable(why), .. }] if !why.is_empty()),
        "{links:?}"
    );
    let stat = engine
        .stat("billing", "/app/billing")
        .await
        .expect("a stat")
        .expect("a file");
    assert_eq!((stat.kind, stat.executable), (FileKind::Regular, true));
    assert_eq!(
        engine.stat("billing", "/app/nothing").await.expect("a stat"),
        None
    );
}

#[tokio::test]
async fn translators_show_in_processes_and_requests_to_stop_in_events() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    assert_eq!(
        engine.translator_seen("shop-db-1").await.expect("seen"),
        Some(Translator::Rosetta)
    );
    assert_eq!(engine.translator_seen("pg").await.expect("seen"), None);
    let thumbs = engine.inspect("thumbs").await.expect("a container");
    let asked = engine.end(&thumbs).await.expect("an answer");
    assert_eq!((asked.requested, asked.out_of_memory), (Some(false), false));
}

#[tokio::test]
async fn logs_are_told_apart_by_channel_and_sorted_by_time() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let tail = engine.log_tail("shop-web-1").await.expect("a log");
    assert!(!tail.cut && tail.lines.is_sorted_by_key(|line| line.time.clone()));
    let channels: Vec<_> = tail.lines.iter().map(|line| line.stderr).collect();
    assert_eq!(channels, [false, true, true]);
}

#[tokio::test]
async fn events_that_break_off_end_in_one_error() {
    let (_sample, engine) = connected(Scenario::recorded().with(Fault::BrokenEvents)).await;
    let events: Vec<_> = engine.events().collect().await;
    assert!(
        matches!(&events[..], [Err(EngineError::BrokenOff { .. })]),
        "{events:?}"
    );
    assert!(engine.inspect("pg").await.is_ok());
}

#[tokio::test]
async fn what_is_done_shows_as_events() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let inspection = engine.inspect("worker").await.expect("a container");
    let from = inspection.platform();
    let folder = tempfile::tempdir().expect("a folder");
    let journal = engine::act::Journal::at(folder.path().to_owned());
    let plan = engine
        .plan_rerun(inspection, from, Platform::linux("arm64"), &Asked::Nothing)
        .await
        .expect("a plan");
    // The stream is asked for when it is polled first, so that goes on beside the re-run.
    let (done, kinds) = tokio::join!(
        engine.rerun(&plan, &journal, std::time::Duration::ZERO, &|_| {}),
        engine
            .events()
            .map(|event| event.expect("an event").kind)
            .take(3)
            .collect::<Vec<_>>()
    );
    assert_eq!(done.expect("done").state, "running");
    let expected = [
        EventKind::ImageChanged,
        EventKind::ContainerCreated,
        EventKind::ContainerChanged,
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn an_engine_that_fails_is_refused_in_its_own_words() {
    let (_sample, engine) = connected(Scenario::recorded().with(Fault::Fails)).await;
    let error = engine.containers(Scope::All).await.expect_err("a refusal");
    assert!(
        matches!(&error, EngineError::Refused { status: 500, message } if message.contains("told to fail")),
        "{error:?}"
    );
}
