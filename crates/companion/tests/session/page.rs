//! What the page's tests show: a session's own answers over the sample engine, written to `ui/src/sample-data.json`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use companion::{Causes, RerunRequest, Session, Setup, Way, view};
use sample::Scenario;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    checklists::Mac,
    stage::{options, soon, url},
    watcher::{Watcher, is_settled},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/sample-data.json");

/// The container whose re-run is shown, and for which platform.
const RERUN: (&str, &str) = ("shop-cache-1", "linux/arm64");

/// Writes the page's data, and fails when the committed ones were others: what is tested is what the session says.
#[tokio::test]
async fn the_pages_sample_data_are_current() {
    let before = std::fs::read_to_string(FILE).unwrap_or_default();
    let mut data = gathered().await;
    normalise(&mut data);
    let text = serde_json::to_string_pretty(&data).expect("JSON") + "\n";
    let after = stable_ids(&text);
    if before != after {
        std::fs::write(FILE, &after).expect("the file can be written");
        panic!("ui/src/sample-data.json was not current; it was written anew");
    }
}

/// Every answer that the page can ask for.
async fn gathered() -> Value {
    let sample = sample::start_with(Scenario::recorded())
        .await
        .expect("a sample engine");
    let machine = tempfile::tempdir().expect("a folder");
    let session = Session::start(Setup {
        root: machine.path().to_owned(),
        home: machine.path().join("home"),
        host: Some(url(sample.socket())),
        ..Setup::default()
    });
    // A container that was never started only shows on a closer look that it could not be: this waits for all looks.
    let unknown = async || {
        let list = session.containers(Causes::Wanted).await;
        list.expect("a list").undiagnosed
    };
    soon("every cause", async { while unknown().await > 0 {} }).await;
    let mut watcher = Watcher::of(&session).await;
    watcher.until_settled().await;
    let snapshot = sorted(watcher.shown.clone());
    let mut data = answers(&session, &snapshot.containers).await;
    data.insert("snapshot".to_owned(), on_a_mac(value(&snapshot)));
    session.probe(None).await.expect("a probe");
    watcher
        .until("what was measured", |shown| {
            let known = shown.translator.as_ref();
            let mut foreign = known.into_iter().flat_map(|known| &known.report.foreign);
            !shown.probing && foreign.any(|probed| probed.speed.is_some())
        })
        .await;
    data.insert("translator".to_owned(), value(&watcher.shown.translator));
    data.insert("checklist".to_owned(), Mac::new().shown(&sample).await);
    let done = session.rerun(request()).await.expect("a re-run");
    watcher
        .until("new container beside the old one", |shown| {
            let is_made = |row: &view::Container| row.id == done.new_id && row.state == "running";
            let is_kept = |row: &view::Container| row.name == done.kept_as && row.state == "exited";
            let rows = &shown.containers;
            let linked = rows.iter().any(|row| is_made(row) && row.undo_to.is_some())
                && rows.iter().any(|row| is_kept(row) && row.kept_for.is_some());
            linked && is_settled(shown)
        })
        .await;
    let after = sorted(watcher.shown.clone()).containers;
    data.insert("rerun".to_owned(), json!({ "done": done, "containers": after }));
    Value::Object(data)
}

/// Diagnoses and plans by the container's name, where there are any, and the log of each.
async fn answers(session: &Session, containers: &[view::Container]) -> Map<String, Value> {
    let mut diagnoses = BTreeMap::new();
    let mut logs = BTreeMap::new();
    let (mut plans, mut by_hand) = (BTreeMap::new(), BTreeMap::new());
    for container in containers {
        let id = || container.id.clone();
        let name = || container.name.clone();
        logs.insert(name(), session.logs(id()).await.expect("a log"));
        if container.crashed {
            diagnoses.insert(name(), session.diagnose(id()).await.expect("a diagnosis"));
        }
        if let Some(platform) = container.rerun_platform.clone() {
            let plan = async |way| session.plan_rerun(id(), options(Some(&platform), way)).await;
            plans.insert(name(), plan(Way::Usual).await.expect("a plan"));
            by_hand.insert(name(), plan(Way::ByHand).await.expect("a plan"));
        }
    }
    [
        ("diagnoses", value(&diagnoses)),
        ("plans", value(&plans)),
        ("plans_by_hand", value(&by_hand)),
        ("logs", value(&logs)),
    ]
    .into_iter()
    .map(|(name, answers)| (name.to_owned(), answers))
    .collect()
}

/// The machine that runs the test has nothing to do with the sample's.
fn on_a_mac(mut snapshot: Value) -> Value {
    snapshot["host"]["os"] = json!("macos");
    snapshot["host"]["architecture"] = json!("arm64");
    snapshot
}

fn request() -> RerunRequest {
    let (container, platform) = RERUN;
    RerunRequest {
        container: container.to_owned(),
        options: options(Some(platform), Way::ByHand),
        wait: Duration::ZERO,
        progress: Arc::new(|_| {}),
    }
}

fn sorted(mut snapshot: view::Snapshot) -> view::Snapshot {
    snapshot
        .containers
        .sort_by(|one, other| one.name.cmp(&other.name));
    snapshot
        .images
        .sort_by(|one, other| one.references.cmp(&other.references));
    snapshot
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).expect("views are JSON")
}

/// Takes out what depends on when this ran: moments, and how many seconds ago something was.
fn normalise(value: &mut Value) {
    match value {
        Value::Object(fields) => fields
            .iter_mut()
            .for_each(|(name, value)| match (name.as_str(), value) {
                ("at", Value::Number(at)) => *at = 1_795_516_200.into(),
                ("time", Value::String(time)) => "2026-11-24T10:31:05Z".clone_into(time),
                ("status", Value::String(status)) => *status = in_tens(status),
                (_, value) => normalise(value),
            }),
        Value::Array(values) => values.iter_mut().for_each(normalise),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `Up 13 seconds` as `Up 10 seconds`. Everything below ten is 5.
fn in_tens(status: &str) -> String {
    let status = status
        .replace("Less than a second", "1 seconds")
        .replace(" second ", " seconds ");
    let words: Vec<&str> = status.split(' ').collect();
    let rounded = words.iter().enumerate().map(|(at, word)| {
        let counts = words.get(at + 1).is_some_and(|next| next.starts_with("second"));
        match word.parse::<u64>() {
            Ok(seconds) if counts && seconds < 10 => "5".to_owned(),
            Ok(seconds) if counts => (seconds / 10 * 10).to_string(),
            _ => (*word).to_owned(),
        }
    });
    rounded.collect::<Vec<_>>().join(" ")
}

/// Ids are made from the time: each becomes one that depends only on where it is first.
fn stable_ids(text: &str) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for word in text.split(|letter: char| !letter.is_ascii_hexdigit()) {
        if word.len() == ID && !ids.contains(&word) {
            ids.push(word);
        }
    }
    let stable =
        |at: usize| format!("{:016x}", (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
    ids.iter().enumerate().fold(text.to_owned(), |text, (at, id)| {
        let new = stable(at);
        text.replace(id, &new).replace(&id[..SHORT_ID], &new[..SHORT_ID])
    })
}

/// The hexadecimal digits of a whole id, and those that people see.
const ID: usize = 64;
const SHORT_ID: usize = 12;

#[test]
fn seconds_are_told_in_tens() {
    let cases = [
        ("Exited (255) 13 seconds ago", "Exited (255) 10 seconds ago"),
        ("Up Less than a second", "Up 5 seconds"),
        ("Exited (0) 1 second ago", "Exited (0) 5 seconds ago"),
        ("Up 3 hours", "Up 3 hours"),
    ];
    for (status, expected) in cases {
        assert_eq!(in_tens(status), expected);
    }
}
