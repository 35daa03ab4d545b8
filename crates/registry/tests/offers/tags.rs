//! Lists of tags, and the newest of them that has a build.

use platform::Platform;
use registry::{Access, Registry, RegistryError};
use serde_json::json;

use crate::fake::{Asked, Fake, Reply, Shelf};

/// A registry that gives its tags two at a time, in the way of the distribution's own.
async fn paged(tags: &'static [&'static str], shelf: Shelf) -> Fake {
    Fake::start(move |asked| match asked.path.as_str() {
        "/v2/app/tags/list" => page(asked, tags),
        _ => shelf.answer(asked),
    })
    .await
}

fn page(asked: &Asked, tags: &[&str]) -> Reply {
    let last = asked.query.split('&').find_map(|part| part.strip_prefix("last="));
    let start = last.map_or(0, |last| tags.iter().take_while(|tag| **tag != last).count() + 1);
    let here = &tags[start..tags.len().min(start + 2)];
    let reply = Reply::ok(json!({"name": "app", "tags": here}).to_string());
    match here.last() {
        Some(last) if start + 2 < tags.len() => {
            // The host and the path of another one are none of our business.
            let next = format!("<http://other.example/v2/none?n=2&last={last}>; rel=\"next\"");
            reply.header("link", next)
        }
        _ => reply,
    }
}

fn app(fake: &Fake, tag: &str) -> String {
    format!("{}/app:{tag}", fake.name())
}

#[tokio::test]
async fn all_pages_are_read() {
    let fake = paged(&["1.0", "1.1", "bad tag", "1.2", "latest"], Shelf::default()).await;
    let tags = Registry::new(Access::default())
        .tags(&app(&fake, "1.0"))
        .await
        .unwrap();
    assert!(tags.is_complete);
    assert_eq!(
        tags.names.into_iter().collect::<Vec<_>>(),
        ["1.0", "1.1", "1.2", "latest"]
    );
    assert_eq!(fake.count("GET", "/tags/list"), 3);
}

#[tokio::test]
async fn a_list_that_leads_nowhere_is_cut_and_said_to_be() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/" => Reply::ok("{}"),
        _ => Reply::ok(r#"{"tags":["1","2"]}"#).header("link", "</v2/app/tags/list?last=2>; rel=next"),
    })
    .await;
    let tags = Registry::new(Access::default())
        .tags(&app(&fake, "1"))
        .await
        .unwrap();
    assert!(!tags.is_complete && tags.names.len() == 2, "{tags:?}");
    assert!(fake.count("GET", "/tags/list") <= 2);
}

#[tokio::test]
async fn a_page_that_cannot_be_asked_for_is_told() {
    let fake = paged(&["1.0", "bad tag", "1.2"], Shelf::default()).await;
    let tags = Registry::new(Access::default())
        .tags(&app(&fake, "1.0"))
        .await
        .unwrap();
    assert!(!tags.is_complete && tags.names.len() == 1, "{tags:?}");
}

#[tokio::test]
async fn no_tags_and_no_list_are_two_things() {
    let fake = Fake::start(|asked| match asked.path.as_str() {
        "/v2/" => Reply::ok("{}"),
        "/v2/app/tags/list" => Reply::ok(r#"{"name":"app","tags":null}"#),
        "/v2/page/tags/list" => Reply::ok("<html>"),
        _ => Reply::new(404),
    })
    .await;
    let registry = Registry::new(Access::default());
    let ask = |name: &str| {
        let reference = format!("{}/{name}", fake.name());
        let registry = registry.clone();
        async move { registry.tags(&reference).await }
    };
    let none = ask("app").await.unwrap();
    assert!(none.names.is_empty() && none.is_complete);
    assert!(matches!(ask("page").await, Err(RegistryError::Invalid { .. })));
    assert!(matches!(ask("gone").await, Err(RegistryError::NotThere { .. })));
}

#[tokio::test]
async fn the_newest_with_a_build_is_found_within_the_budget() {
    let shelf = Shelf::default();
    for (tag, platform) in [
        ("1.0", "linux/amd64"),
        ("1.2", "linux/arm64"),
        ("1.3", "linux/arm64/v8"),
        ("1.4", "linux/amd64"),
        ("2.0", "linux/arm64"),
    ] {
        shelf.image("app", tag, platform);
    }
    // 1.5 is in the list, and gone.
    let fake = paged(&["1.0", "1.2", "1.3", "1.4", "1.5", "2.0", "latest"], shelf).await;
    let registry = Registry::new(Access::default());
    let arm = Platform::linux("arm64");
    let search = |tag: &'static str, budget| {
        let (registry, reference, arm) = (registry.clone(), app(&fake, tag), arm.clone());
        async move { registry.newer(&reference, &arm, budget).await.unwrap() }
    };
    let found = search("1.0", 8).await.unwrap();
    assert_eq!(found.found.map(|(tag, _)| tag).as_deref(), Some("1.3"));
    assert_eq!((found.asked, found.left), (3, 1));
    let cut = search("1.0", 2).await.unwrap();
    assert_eq!((cut.found, cut.asked, cut.left), (None, 2, 2));
    let newest = search("2.0", 8).await.unwrap();
    assert_eq!((newest.found, newest.asked, newest.left), (None, 0, 0));
    assert_eq!(search("latest", 8).await, None);
}
