//! Passwords, tokens, and who gets to see them.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use registry::{Access, Credentials, Registry, RegistryError};
use serde_json::json;
use tempfile::TempDir;

use crate::fake::{Asked, Fake, Reply, Shelf};

/// `ada:secret`.
const BASIC: &str = "Basic YWRhOnNlY3JldA==";

/// A registry that wants a password.
async fn with_password() -> Fake {
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    Fake::start(move |asked| match asked.authorization.as_deref() {
        Some(BASIC) => shelf.answer(asked),
        _ => Reply::new(401).header("www-authenticate", "Basic realm=\"registry\""),
    })
    .await
}

/// A registry that wants tokens, and the server that gives them.
async fn with_tokens(give: impl Fn(&Asked) -> Option<&'static str> + Send + Sync + 'static) -> (Fake, Fake) {
    let server = Fake::start(move |asked| match give(asked) {
        Some(token) => Reply::ok(json!({"access_token": token, "expires_in": 300}).to_string()),
        None => Reply::new(401),
    })
    .await;
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    shelf.image("other", "1", "linux/arm64");
    let challenge = format!(
        r#"Bearer realm="{}/token?secret=query",service="registry""#,
        server.url()
    );
    let registry = Fake::start(move |asked| match asked.authorization.as_deref() {
        Some("Bearer good") => shelf.answer(asked),
        _ => Reply::new(401).header("www-authenticate", challenge.clone()),
    })
    .await;
    (registry, server)
}

fn docker_config(value: &serde_json::Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_config(folder.path(), value);
    folder
}

fn write_config(folder: &Path, value: &serde_json::Value) {
    fs::write(folder.join("config.json"), value.to_string()).unwrap();
}

fn with_config(folder: &Path) -> Registry {
    Registry::new(Access {
        docker_config: Some(folder.to_owned()),
        path: Some(format!("{}:/usr/bin:/bin", folder.display()).into()),
        ..Access::default()
    })
}

#[tokio::test]
async fn a_password_of_the_configuration_opens_a_registry() {
    let fake = with_password().await;
    let config = docker_config(&json!({"auths": {fake.name(): {"auth": "YWRhOnNlY3JldA=="}}}));
    let offer = with_config(config.path())
        .offer(&format!("{}/app:1", fake.name()))
        .await;
    assert_eq!(offer.unwrap().builds.len(), 1);
    assert_eq!(
        fake.asked()[0].authorization,
        None,
        "nothing is shown before it is wanted"
    );
}

#[tokio::test]
async fn a_refusal_says_whether_somebody_is_logged_in() {
    let fake = with_password().await;
    let wrong = docker_config(&json!({"auths": {fake.name(): {"username": "ada", "password": "hidden"}}}));
    let nobody = docker_config(&json!({}));
    let helper = docker_config(&json!({"credsStore": "missing"}));
    let reference = format!("{}/app:1", fake.name());
    let refusal = async |folder: &TempDir| match with_config(folder.path()).offer(&reference).await {
        Err(RegistryError::Denied { credentials, .. }) => credentials,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(&wrong).await, Credentials::Given);
    assert_eq!(refusal(&nobody).await, Credentials::None);
    let Credentials::Unreadable { reason } = refusal(&helper).await else {
        panic!("a helper that is not there");
    };
    assert!(reason.contains("docker-credential-missing"), "{reason}");
}

#[tokio::test]
async fn a_login_is_noticed_at_once() {
    let fake = with_password().await;
    let config = docker_config(&json!({}));
    let registry = with_config(config.path());
    let reference = format!("{}/app:1", fake.name());
    assert!(registry.offer(&reference).await.is_err());
    write_config(
        config.path(),
        &json!({"auths": {fake.name(): {"auth": "YWRhOnNlY3JldA=="}}}),
    );
    assert!(registry.offer(&reference).await.is_ok());
}

#[tokio::test]
async fn a_login_replaces_a_token_that_was_given_to_nobody() {
    let (fake, _server) = with_tokens(|asked| {
        Some(if asked.authorization.is_some() {
            "good"
        } else {
            "poor"
        })
    })
    .await;
    let config = docker_config(&json!({}));
    let registry = with_config(config.path());
    let reference = format!("{}/app:1", fake.name());
    assert!(registry.offer(&reference).await.is_err());
    write_config(
        config.path(),
        &json!({"auths": {fake.name(): {"auth": "YWRhOnNlY3JldA=="}}}),
    );
    assert!(registry.offer(&reference).await.is_ok());
}

#[tokio::test]
async fn a_token_for_nobody_is_got_once_for_each_repository() {
    let (fake, server) = with_tokens(|_| Some("good")).await;
    let registry = Registry::new(Access::default());
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let name = if number % 2 == 0 { "app" } else { "other" };
            let (registry, reference) = (registry.clone(), format!("{}/{name}:1", fake.name()));
            tokio::spawn(async move { registry.offer(&reference).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(
        asked
            .iter()
            .any(|asked| asked.query.contains("scope=repository%3Aapp%3Apull")),
        "{asked:?}"
    );
    assert!(
        asked.iter().all(|asked| asked.query.contains("service=registry")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_token_is_got_with_the_password() {
    let (fake, server) =
        with_tokens(|asked| (asked.authorization.as_deref() == Some(BASIC)).then_some("good")).await;
    let config = docker_config(&json!({"auths": {fake.name(): {"auth": "YWRhOnNlY3JldA=="}}}));
    let reference = format!("{}/app:1", fake.name());
    assert!(with_config(config.path()).offer(&reference).await.is_ok());
    assert!(
        fake.asked()
            .iter()
            .all(|asked| asked.authorization.as_deref() != Some(BASIC))
    );
    assert_eq!(server.count("GET", "/token"), 1);
}

#[tokio::test]
async fn an_identity_token_is_exchanged_in_a_form() {
    let good = |asked: &Asked| asked.method == "POST" && asked.body.contains("refresh_token=i%2Fd&");
    let (fake, server) = with_tokens(move |asked| good(&format_end(asked)).then_some("good")).await;
    let config =
        docker_config(&json!({"auths": {fake.name(): {"auth": "YWRhOnNlY3JldA==", "identitytoken": "i/d"}}}));
    let reference = format!("{}/app:1", fake.name());
    with_config(config.path()).offer(&reference).await.unwrap();
    let asked = &server.asked()[0];
    assert!(asked.body.contains("grant_type=refresh_token"), "{asked:?}");
    assert!(asked.body.contains("scope=repository%3Aapp%3Apull"), "{asked:?}");
    assert!(!asked.query.contains("refresh_token"), "{asked:?}");
}

/// With an end behind every field of its form.
fn format_end(asked: &Asked) -> Asked {
    Asked {
        body: format!("{}&", asked.body),
        ..asked.clone()
    }
}

#[tokio::test]
async fn a_helper_of_the_given_path_is_asked() {
    let fake = with_password().await;
    let config = docker_config(&json!({"credHelpers": {fake.name(): "test"}}));
    let program = config.path().join("docker-credential-test");
    fs::write(
        &program,
        "#!/bin/sh\necho '{\"Username\": \"ada\", \"Secret\": \"secret\"}'\n",
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let reference = format!("{}/app:1", fake.name());
    with_config(config.path()).offer(&reference).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_token_is_replaced() {
    let withdrawn = Arc::new(AtomicBool::new(false));
    let given = withdrawn.clone();
    let server = Fake::start(move |_| {
        let token = if given.load(Ordering::SeqCst) {
            "new"
        } else {
            "old"
        };
        Reply::ok(json!({"token": token, "expires_in": 300}).to_string())
    })
    .await;
    let (shelf, valid) = (Shelf::default(), withdrawn.clone());
    shelf.image("app", "1", "linux/arm64");
    let challenge = format!(r#"Bearer realm="{}/token""#, server.url());
    let fake = Fake::start(move |asked| {
        let good = if valid.load(Ordering::SeqCst) {
            "Bearer new"
        } else {
            "Bearer old"
        };
        if asked.authorization.as_deref() == Some(good) {
            return shelf.answer(asked);
        }
        Reply::new(401).header("www-authenticate", challenge.clone())
    })
    .await;
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    registry.offer(&reference).await.unwrap();
    withdrawn.store(true, Ordering::SeqCst);
    registry.offer(&reference).await.unwrap();
}

#[tokio::test]
async fn no_error_has_a_secret_in_it() {
    let fakes = [
        with_password().await,
        with_tokens(|_| Some("poor-secret")).await.0,
        with_tokens(|_| None).await.0,
        Fake::start(|asked| match asked.path.as_str() {
            "/v2/" => {
                Reply::new(401).header("www-authenticate", "Bearer realm=\"http://127.0.0.1:1/?secret\"")
            }
            _ => Reply::new(500).body("secret"),
        })
        .await,
    ];
    for fake in fakes {
        for auth in [
            json!({"username": "ada", "password": "secret2"}),
            json!({"identitytoken": "secret"}),
        ] {
            let config = docker_config(&json!({"auths": {fake.name(): auth}}));
            let reference = format!("{}/app:1", fake.name());
            let error = with_config(config.path()).offer(&reference).await.unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("secret") && !text.contains("ada"), "{text}");
        }
    }
}

#[tokio::test]
async fn what_is_hidden_from_anybody_is_shown_to_who_is_logged_in() {
    let shelf = Shelf::default();
    shelf.image("open", "1", "linux/arm64");
    shelf.image("hidden", "1", "linux/arm64");
    let answers = shelf.clone();
    let fake = Fake::start(move |asked| {
        let is_known = asked.authorization.is_some();
        match asked.path.as_str() {
            "/v2/" if !is_known => Reply::new(401).header("www-authenticate", "Basic realm=x"),
            path if path.contains("/hidden/") && !is_known => Reply::new(404),
            _ => answers.answer(asked),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let login = format!(
        r#"{{"auths": {{"{}": {{"username": "ada", "password": "secret"}}}}}}"#,
        fake.name()
    );
    std::fs::write(folder.path().join("config.json"), login).unwrap();
    let registry = Registry::new(Access {
        docker_config: Some(folder.path().to_owned()),
        ..Access::default()
    });
    for name in ["open", "hidden", "open"] {
        registry
            .offer(&format!("{}/{name}:1", fake.name()))
            .await
            .unwrap();
    }
    assert_eq!(fake.count("GET", "/hidden/manifests/"), 2);
    assert_eq!(
        fake.asked().iter().filter(|asked| asked.path == "/v2/").count(),
        1
    );
}
