//! What was received before is not asked for again.

use std::{fs, path::Path};

use registry::{Access, Registry};

use crate::{
    fake::{Fake, Shelf, entry, index},
    open, platforms,
};

async fn two_platforms() -> (Shelf, Fake) {
    let shelf = Shelf::default();
    let image = shelf.image("app", "a", "linux/arm64");
    shelf.manifest(
        "app",
        "1",
        &index(&[entry(&image, "linux/arm64"), entry(&image, "linux/amd64")]),
    );
    let fake = open(&shelf).await;
    (shelf, fake)
}

fn on_disk(folder: &Path) -> Registry {
    Registry::new(Access {
        cache: Some(folder.join("new/cache")),
        ..Access::default()
    })
}

#[tokio::test]
async fn a_second_look_costs_a_head_alone() {
    let (_, fake) = two_platforms().await;
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    let first = registry.offer(&reference).await.unwrap();
    assert_eq!(registry.clone().offer(&reference).await.unwrap(), first);
    assert_eq!(fake.count("GET", "/manifests/"), 1);
    assert_eq!(fake.count("HEAD", "/manifests/"), 1);
}

#[tokio::test]
async fn a_tag_that_moved_is_noticed() {
    let (shelf, fake) = two_platforms().await;
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    assert_eq!(registry.offer(&reference).await.unwrap().builds.len(), 2);
    let image = shelf.image("app", "a", "linux/s390x");
    shelf.manifest("app", "1", &index(&[entry(&image, "linux/s390x")]));
    assert_eq!(
        platforms(&registry.offer(&reference).await.unwrap()),
        ["linux/s390x"]
    );
}

#[tokio::test]
async fn another_run_finds_it_in_the_cache_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (_, fake) = two_platforms().await;
    let reference = format!("{}/app:1", fake.name());
    let first = on_disk(folder.path()).offer(&reference).await.unwrap();
    assert_eq!(on_disk(folder.path()).offer(&reference).await.unwrap(), first);
    assert_eq!(fake.count("GET", "/manifests/"), 1);
}

#[tokio::test]
async fn a_spoilt_cache_is_as_good_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let (_, fake) = two_platforms().await;
    let reference = format!("{}/app:1", fake.name());
    let first = on_disk(folder.path()).offer(&reference).await.unwrap();
    for file in fs::read_dir(folder.path().join("new/cache/manifests")).unwrap() {
        fs::write(file.unwrap().path(), "{\"schemaVersion\": 2, \"manifests\": []}").unwrap();
    }
    assert_eq!(on_disk(folder.path()).offer(&reference).await.unwrap(), first);
    assert_eq!(fake.count("GET", "/manifests/"), 2);
}

#[tokio::test]
async fn hundreds_of_references_share_what_is_learnt_and_wait_for_places() {
    let shelf = Shelf::default();
    for number in 0..200 {
        shelf.image("app", &number.to_string(), "linux/arm64");
    }
    let fake = open(&shelf).await;
    let registry = Registry::new(Access::default());
    let tasks: Vec<_> = (0..200)
        .map(|number| {
            let (registry, name) = (registry.clone(), fake.name());
            tokio::spawn(async move { registry.offer(&format!("{name}/app:{number}")).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().builds.len(), 1);
    }
    // The one configuration that they share may be asked for by as many as begin together.
    assert_eq!(fake.count("GET", "/manifests/"), 200);
    assert_eq!(
        fake.asked().iter().filter(|asked| asked.path == "/v2/").count(),
        0
    );
}
