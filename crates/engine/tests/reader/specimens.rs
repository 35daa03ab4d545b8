//! Containers that are made of images to be read, and never started.

use std::time::Duration;

use engine::{Engine, EngineError, Scope};
use sample::Scenario;

use crate::sample_engine::connected;

/// Long after everything here is done, also on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

async fn image(engine: &Engine) -> String {
    let images = engine.images().await.expect("images");
    images[0].references[0].clone()
}

async fn until_gone(engine: &Engine, id: &str) {
    let gone = async {
        while engine.inspect(id).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LIMIT, gone).await.expect("it is removed");
}

#[tokio::test]
async fn a_specimen_can_be_read_and_is_in_no_list() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let before = engine.containers(Scope::All).await.expect("a list");
    let specimen = engine.specimen(&image(&engine).await, None).await.expect("made");
    let inspection = engine.inspect(specimen.id()).await.expect("it is there");
    assert_eq!(inspection.state().status, "created");
    assert!(specimen.names_command());
    let links = engine.chain(&inspection).await.expect("links");
    assert!(links[0].file().is_some(), "{links:?}");
    assert_eq!(engine.containers(Scope::All).await.expect("a list"), before);
    // Whoever reads it is alive: nobody takes it away.
    engine.remove_specimens().await.expect("nothing to do");
    let id = specimen.id().to_owned();
    specimen.remove().await.expect("removed");
    let gone = engine.inspect(&id).await;
    assert!(matches!(gone, Err(EngineError::NotThere { .. })), "{gone:?}");
}

#[tokio::test]
async fn a_specimen_that_is_forgotten_is_removed() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let specimen = engine.specimen(&image(&engine).await, None).await.expect("made");
    let id = specimen.id().to_owned();
    drop(specimen);
    until_gone(&engine, &id).await;
}

#[tokio::test]
async fn an_image_that_is_not_here_is_not_pulled_for_it() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let made = engine.specimen("nobody/has-this:1", None).await;
    assert!(matches!(made, Err(EngineError::NotThere { .. })), "{made:?}");
}
