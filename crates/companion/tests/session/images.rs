//! Images that never ran: what is wrong with them, and that nothing stays of having looked.

use std::collections::{BTreeMap, HashMap};

use bollard::{models::ContainerCreateBody, query_parameters::EventsOptionsBuilder};
use companion::view::{Diagnosis, Image, Update};
use futures_util::StreamExt as _;
use sample::Scenario;

use crate::stage::{Stage, alpine, soon};

async fn diagnose(stage: &Stage, reference: &str) -> Diagnosis {
    let asked = stage.session.diagnose_image(reference.to_owned(), None);
    soon("a diagnosis", asked).await.expect("a diagnosis")
}

/// How many containers were made since the engine started.
async fn made(stage: &Stage) -> usize {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    let filters = HashMap::from([("event", vec!["create"])]);
    let options = EventsOptionsBuilder::default()
        .since("0")
        .until(&now.as_secs_f64().to_string())
        .filters(&filters)
        .build();
    let names: Vec<String> = stage
        .docker
        .events(Some(options))
        .filter_map(|event| async move { event.ok()?.actor?.attributes?.remove("name") })
        .collect()
        .await;
    names
        .iter()
        .filter(|name| name.starts_with("archlight-specimen-"))
        .count()
}

async fn until_gone(stage: &Stage, name: &str) {
    soon("the removal", async {
        while stage.ids().await.contains_key(name) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_image_is_explained_as_its_containers_are_and_nothing_stays() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    let cases = [
        ("acme/legacy-api:2.3", Some("foreign-binary")),
        ("acme/billing:4.1", Some("mislabelled-image")),
        ("acme/report:7", Some("crlf-line-endings")),
        ("alpine:3.22", None),
    ];
    for (reference, cause) in cases {
        let found = diagnose(&stage, reference).await;
        assert_eq!(found.cause.as_deref(), cause, "{found:#?}");
        assert_eq!(
            (found.subject.as_str(), found.container.as_str(), found.exit_code),
            ("image", reference, None)
        );
        assert_eq!(found.confidence == "none", cause.is_none(), "{found:#?}");
        assert!(!found.chain.is_empty() && !found.summary.is_empty());
    }
    assert_eq!(stage.inventory().await, before);
    assert_eq!(made(&stage).await, cases.len());
}

#[tokio::test]
async fn every_image_of_the_sample_can_be_looked_into() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    let images = stage.session.images().await.expect("images").images;
    assert!(images.len() > 5);
    for image in images.iter().filter(|image| !image.references.is_empty()) {
        let found = diagnose(&stage, &image.references[0]).await;
        assert_ne!(found.cause.as_deref(), Some("unknown"), "{found:#?}");
        // An id leads to the same image.
        let by_id = diagnose(&stage, &image.id).await;
        assert_eq!(by_id.cause, found.cause, "{by_id:#?}");
    }
    assert_eq!(stage.inventory().await, before);
}

#[tokio::test]
async fn an_image_or_a_platform_that_is_not_here_is_not_pulled() {
    let stage = Stage::new().await;
    let before = stage.session.images().await.expect("images");
    let ask = |reference: &str, platform: Option<&str>| {
        let platform = platform.map(ToOwned::to_owned);
        stage.session.diagnose_image(reference.to_owned(), platform)
    };
    let missing = ask("nobody/has-this:1", None).await.expect_err("not here");
    assert_eq!((missing.kind.as_str(), missing.exit_code()), ("not-found", 1));
    assert!(missing.hint.contains("pull"), "{}", missing.hint);
    let platform = ask("alpine:3.22", Some("linux/s390x"))
        .await
        .expect("a diagnosis");
    assert_eq!(platform.cause.as_deref(), Some("platform-unavailable"));
    let nonsense = ask("alpine:3.22", Some("a b")).await.expect_err("no platform");
    assert_eq!(
        (nonsense.kind.as_str(), nonsense.exit_code()),
        ("bad-platform", 2)
    );
    assert_eq!(stage.session.images().await.expect("images"), before);
}

#[tokio::test]
async fn whoever_watches_sees_nothing_of_it() {
    let stage = Stage::new().await;
    let count = stage.session.status().await.expect("a status").counts.containers;
    let mut updates = stage.session.subscribe().await.expect("updates");
    diagnose(&stage, "acme/report:7").await;
    // What was made after it is seen, so what came before was as well.
    stage.create("marker", alpine(&["sleep", "9"])).await;
    soon("the marker", async {
        while let Some(update) = updates.recv().await {
            if let Update::Container { container } = update {
                assert!(!container.name.starts_with("archlight-specimen"), "{container:?}");
                if container.name == "marker" {
                    break;
                }
            }
        }
    })
    .await;
    let after = stage.session.status().await.expect("a status").counts.containers;
    assert_eq!(after, count + 1);
}

/// Puts a container there as a session would have made it.
async fn leave(stage: &Stage, name: &str, label: &str) -> String {
    let body = ContainerCreateBody {
        labels: Some([("io.archlight.specimen".to_owned(), label.to_owned())].into()),
        ..alpine(&["sleep", "1000"])
    };
    stage.create(name, body).await
}

#[tokio::test]
async fn what_a_session_left_behind_goes_at_the_next_start() {
    let stage = Stage::new().await;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    leave(&stage, "archlight-specimen-old", "1000-00000000-1").await;
    leave(&stage, "archlight-specimen-odd", "").await;
    // Somebody on another machine may be reading this one, and these two are somebody's own.
    leave(&stage, "archlight-specimen-new", &format!("{now}-00000000-1")).await;
    leave(&stage, "my-own", "1000-00000000-1").await;
    let running = leave(&stage, "archlight-specimen-run", "1000-00000000-1").await;
    stage.start(&running).await;
    stage.session.status().await.expect("a status");
    stage.session.settle().await;
    until_gone(&stage, "archlight-specimen-old").await;
    until_gone(&stage, "archlight-specimen-odd").await;
    let left = stage.ids().await;
    for name in ["archlight-specimen-new", "my-own", "archlight-specimen-run"] {
        assert!(left.contains_key(name), "{name}: {left:?}");
    }
}

/// The images as they are shown once `done` holds.
async fn looked_at(
    stage: &Stage,
    done: impl Fn(&BTreeMap<String, Image>) -> bool,
) -> BTreeMap<String, Image> {
    let mut updates = stage.session.subscribe().await.expect("updates");
    stage.session.look_at_images().await.expect("a session");
    let mut shown = BTreeMap::new();
    soon("the looks", async {
        while !done(&shown) {
            match updates.recv().await.expect("the session goes on") {
                Update::Snapshot(snapshot) => {
                    shown.extend(snapshot.images.into_iter().map(|image| (image.id.clone(), image)));
                }
                Update::Image { image } => drop(shown.insert(image.id.clone(), image)),
                Update::Container { .. }
                | Update::Removed { .. }
                | Update::ImageRemoved { .. }
                | Update::Complete { .. }
                | Update::Engine { .. }
                | Update::Progress(_)
                | Update::Interrupted { .. }
                | Update::Several { .. }
                | Update::OneOfSeveral { .. }
                | Update::Translator { .. }
                | Update::Rosetta { .. } => {}
            }
        }
    })
    .await;
    shown
}

fn summaries(images: &BTreeMap<String, Image>) -> usize {
    images.values().filter(|image| image.summary.is_some()).count()
}

#[tokio::test]
async fn images_that_no_container_uses_are_looked_at_in_the_background() {
    let stage = Stage::new().await;
    let report = |images: &BTreeMap<String, Image>| {
        let is_report = |image: &&Image| image.references == ["acme/report:7"];
        images.values().find(is_report).cloned()
    };
    // While a container uses it, that container tells.
    stage.remove("nightly-report").await;
    let found =
        |images: &BTreeMap<String, Image>| report(images).is_some_and(|image| image.summary.is_some());
    let shown = looked_at(&stage, found).await;
    let cause = report(&shown).and_then(|image| image.cause);
    assert_eq!(cause.as_deref(), Some("crlf-line-endings"));
    assert_eq!(summaries(&shown), 1, "{shown:#?}");
    assert_eq!(made(&stage).await, 1);
}

#[tokio::test]
async fn no_more_images_are_looked_at_than_a_session_may() {
    let stage = Stage::with(Scenario::many(0, 120)).await;
    let shown = looked_at(&stage, |images| summaries(images) >= 40).await;
    assert!(shown.len() > 80, "{}", shown.len());
    // Whatever would come beyond the limit would come before this.
    for _ in 0..3 {
        stage.session.status().await.expect("a status");
    }
    assert_eq!(made(&stage).await, 40);
}
