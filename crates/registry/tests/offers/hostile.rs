//! Servers that lie, send too much, or send elsewhere.

use registry::{Access, Registry, RegistryError};
use serde_json::json;

use crate::{
    fake::{Asked, CONFIG, Content, Fake, INDEX, MANIFEST, Reply, Shelf, digest, entry, index},
    offer, open,
};

/// A registry whose manifests are all answered with this.
async fn with_manifest(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Fake {
    Fake::start(move |asked| match asked.path.as_str() {
        "/v2/" => Reply::ok("{}"),
        _ => reply(),
    })
    .await
}

fn is_too_large(error: &RegistryError) -> bool {
    matches!(error, RegistryError::TooLarge { .. })
}

fn is_invalid(error: &RegistryError) -> bool {
    matches!(error, RegistryError::Invalid { .. })
}

#[tokio::test]
async fn more_than_a_manifest_can_have_is_not_read() {
    let announced = with_manifest(|| Reply::new(200).body(vec![b' '; 5 * 1024 * 1024])).await;
    let endless = with_manifest(|| Reply::new(200).content(Content::Endless)).await;
    for fake in [announced, endless] {
        let error = offer(&fake, "app:1").await.unwrap_err();
        assert!(is_too_large(&error), "{error:?}");
    }
}

#[tokio::test]
async fn what_an_error_has_in_it_is_not_read() {
    let fake = with_manifest(|| Reply::new(404).content(Content::Endless)).await;
    let error = offer(&fake, "app:1").await.unwrap_err();
    assert!(matches!(error, RegistryError::NotThere { .. }), "{error:?}");
}

#[tokio::test]
async fn an_endless_greeting_and_an_endless_token_are_not_read() {
    let greeting = Fake::start(|_| Reply::new(200).content(Content::Endless)).await;
    assert!(offer(&greeting, "app:1").await.is_err());
    let server = Fake::start(|_| Reply::new(200).content(Content::Endless)).await;
    let challenge = format!("Bearer realm=\"{}\"", server.url());
    let fake = Fake::start(move |_| Reply::new(401).header("www-authenticate", challenge.clone())).await;
    let error = offer(&fake, "app:1").await.unwrap_err();
    assert!(is_too_large(&error), "{error:?}");
}

#[tokio::test]
async fn a_configuration_that_is_too_large_is_not_asked_for() {
    let shelf = Shelf::default();
    let config = json!({"mediaType": CONFIG, "digest": digest(b"{}"), "size": 9 * 1024 * 1024});
    shelf.manifest(
        "app",
        "1",
        &json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}),
    );
    let fake = open(&shelf).await;
    let error = offer(&fake, "app:1").await.unwrap_err();
    assert!(is_too_large(&error), "{error:?}");
    assert_eq!(fake.count("GET", "/blobs/"), 0);
}

#[tokio::test]
async fn bytes_without_the_digest_that_is_said_are_refused() {
    let shelf = Shelf::default();
    let image = shelf.image("app", "1", "linux/arm64");
    shelf.put(
        &format!("/v2/app/manifests/{image}"),
        MANIFEST,
        b"{\"schemaVersion\":2,\"manifests\":[]}".to_vec(),
    );
    let fake = open(&shelf).await;
    let error = offer(&fake, &format!("app@{image}")).await.unwrap_err();
    assert!(is_invalid(&error), "{error:?}");

    let lying = with_manifest(|| {
        let reply = Reply::ok(json!({"schemaVersion": 2, "manifests": []}).to_string());
        reply.header("docker-content-digest", digest(b"other"))
    })
    .await;
    let error = offer(&lying, "app:1").await.unwrap_err();
    assert!(is_invalid(&error), "{error:?}");
}

#[tokio::test]
async fn what_is_no_manifest_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wrong = json!({"schemaVersion": 2, "manifests": [{"mediaType": MANIFEST, "digest": "sha256:../..", "size": 1}]});
    let texts = [
        "<html>",
        "",
        "null",
        "{\"schemaVersion\": 2}",
        &deep,
        &wrong.to_string(),
    ];
    for text in texts.map(str::to_owned) {
        let fake = with_manifest(move || Reply::ok(text.clone())).await;
        let error = offer(&fake, "app:1").await.unwrap_err();
        assert!(is_invalid(&error), "{error:?}");
    }
}

#[tokio::test]
async fn another_kind_of_server_is_told_apart() {
    let fake = Fake::start(|_| Reply::new(404).body("<html>")).await;
    let error = offer(&fake, "app:1").await.unwrap_err();
    assert!(error.to_string().contains("another kind of server"), "{error}");
}

#[tokio::test]
async fn indexes_without_a_bottom_and_without_an_end_are_refused() {
    let shelf = Shelf::default();
    let image = shelf.image("app", "a", "linux/arm64");
    let mut inner = shelf.manifest("app", "0", &index(&[entry(&image, "linux/arm64")]));
    for tag in ["1", "2", "3", "4"] {
        let nested = json!({"mediaType": INDEX, "digest": inner, "size": 1});
        inner = shelf.manifest("app", tag, &index(&[nested]));
    }
    let many: Vec<_> = (0..2000)
        .map(|number| entry(&image, &format!("linux/cpu{number}")))
        .collect();
    shelf.manifest("app", "many", &index(&many));
    let unnamed: Vec<_> = (0..100)
        .map(|number| {
            let image = shelf.image("app", "b", &format!("linux/cpu{number}"));
            json!({"mediaType": MANIFEST, "digest": image, "size": 1})
        })
        .collect();
    shelf.manifest("app", "unnamed", &index(&unnamed));
    let fake = open(&shelf).await;
    assert!(offer(&fake, "app:3").await.is_ok());
    for tag in ["4", "many", "unnamed"] {
        let error = offer(&fake, &format!("app:{tag}")).await.unwrap_err();
        assert!(is_too_large(&error), "{tag}: {error:?}");
    }
}

#[tokio::test]
async fn who_is_sent_elsewhere_does_not_show_the_password_there() {
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    let storage = open(&shelf).await;
    let target = storage.url();
    let fake = Fake::start(
        move |asked: &Asked| match (asked.path.as_str(), &asked.authorization) {
            ("/v2/", _) | (_, None) => Reply::new(401).header("www-authenticate", "Basic"),
            (path, Some(_)) => Reply::new(307).header("location", format!("{target}{path}")),
        },
    )
    .await;
    let config = tempfile::tempdir().unwrap();
    let text = json!({"auths": {fake.name(): {"username": "ada", "password": "secret"}}});
    std::fs::write(config.path().join("config.json"), text.to_string()).unwrap();
    let registry = Registry::new(Access {
        docker_config: Some(config.path().to_owned()),
        ..Access::default()
    });
    registry.offer(&format!("{}/app:1", fake.name())).await.unwrap();
    assert!(!storage.asked().is_empty());
    assert!(
        storage.asked().iter().all(|asked| asked.authorization.is_none()),
        "{:?}",
        storage.asked()
    );
}

#[tokio::test]
async fn an_identity_token_is_not_sent_elsewhere() {
    let thief = Fake::start(|_| Reply::ok("{}")).await;
    let place = thief.url();
    let server = Fake::start(move |_| Reply::new(307).header("location", place.clone())).await;
    let challenge = format!("Bearer realm=\"{}\"", server.url());
    let fake = Fake::start(move |_| Reply::new(401).header("www-authenticate", challenge.clone())).await;
    let config = tempfile::tempdir().unwrap();
    let text = json!({"auths": {fake.name(): {"identitytoken": "secret"}}});
    std::fs::write(config.path().join("config.json"), text.to_string()).unwrap();
    let registry = Registry::new(Access {
        docker_config: Some(config.path().to_owned()),
        ..Access::default()
    });
    assert!(registry.offer(&format!("{}/app:1", fake.name())).await.is_err());
    assert!(thief.asked().is_empty());
}

#[tokio::test]
async fn a_password_is_not_sent_unencrypted_to_a_server_that_is_not_listed() {
    let fake = Fake::start(|_| {
        Reply::new(401).header("www-authenticate", "Bearer realm=\"http://auth.invalid/token\"")
    })
    .await;
    let error = offer(&fake, "app:1").await.unwrap_err();
    assert!(error.to_string().contains("unencrypted"), "{error}");
}

#[tokio::test]
async fn redirects_without_an_end_or_out_of_the_web_are_refused() {
    for place in [
        "/v2/again",
        "file:///etc/passwd",
        "http://elsewhere.invalid/",
        "http://",
        "",
    ] {
        let fake = with_manifest(move || Reply::new(302).header("location", place)).await;
        let error = offer(&fake, "app:1").await.unwrap_err();
        assert!(is_invalid(&error), "{place}: {error:?}");
    }
}
