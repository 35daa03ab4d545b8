//! Mirrors, proxies and registries without TLS.

use std::fs;

use registry::{Access, Proxies, Registry, RegistryError};

use crate::{
    fake::{Fake, Reply, Shelf},
    open, platforms,
};

#[tokio::test]
async fn a_mirror_is_asked_for_what_docker_hub_has() {
    let shelf = Shelf::default();
    shelf.image("library/nginx", "latest", "linux/arm64");
    let mirror = open(&shelf).await;
    let registry = Registry::new(Access {
        mirrors: vec![mirror.url()],
        ..Access::default()
    });
    let offer = registry.offer("nginx").await.unwrap();
    assert_eq!(offer.reference, "docker.io/library/nginx:latest");
    assert_eq!(platforms(&offer), ["linux/arm64"]);
}

#[tokio::test]
async fn a_mirror_without_tls_is_shown_no_password() {
    let proxy = Fake::start(|_| Reply::new(401).header("www-authenticate", "Basic")).await;
    let config = tempfile::tempdir().unwrap();
    let text = r#"{"auths": {"mirror.invalid": {"username": "ada", "password": "secret"}}}"#;
    fs::write(config.path().join("config.json"), text).unwrap();
    let ask = async |insecure: Vec<String>| {
        let registry = Registry::new(Access {
            docker_config: Some(config.path().to_owned()),
            mirrors: vec!["http://mirror.invalid".to_owned()],
            insecure,
            proxies: Proxies {
                http: Some(proxy.url()),
                https: Some("http://127.0.0.1:1".to_owned()),
                none: None,
            },
            ..Access::default()
        });
        assert!(registry.offer("nginx").await.is_err());
        proxy.asked().iter().any(|asked| asked.authorization.is_some())
    };
    assert!(!ask(Vec::new()).await);
    assert!(ask(vec!["mirror.invalid".to_owned()]).await);
}

#[tokio::test]
async fn what_a_mirror_does_not_have_is_asked_of_docker_hub_through_the_proxy() {
    let mirror = open(&Shelf::default()).await;
    let proxy = Fake::start(|_| Reply::new(502)).await;
    let registry = Registry::new(Access {
        mirrors: vec!["no url".to_owned(), mirror.url()],
        proxies: Proxies {
            https: Some(proxy.url().replace("http://", "http://ada:secret@")),
            ..Proxies::default()
        },
        ..Access::default()
    });
    let error = registry.offer("nginx").await.unwrap_err();
    assert!(matches!(error, RegistryError::Unreachable { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    assert_eq!(mirror.count("GET", "/manifests/"), 1);
    let asked = proxy.asked();
    assert_eq!(
        (asked.len(), asked[0].method.as_str()),
        (1, "CONNECT"),
        "{asked:?}"
    );
    assert!(asked[0].path.contains("registry-1.docker.io"), "{asked:?}");
}

#[tokio::test]
async fn a_listed_registry_is_asked_without_tls_through_the_proxy() {
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    let proxy = Fake::start(move |asked| {
        let mut asked = asked.clone();
        asked.path = asked.path.replace("http://registry.invalid:5000", "");
        shelf.answer(&asked)
    })
    .await;
    let ask = |insecure: &[&str], none: Option<&str>| {
        Registry::new(Access {
            insecure: insecure.iter().map(|&name| name.to_owned()).collect(),
            proxies: Proxies {
                http: Some(proxy.url()),
                https: Some("http://127.0.0.1:1".to_owned()),
                none: none.map(str::to_owned),
            },
            ..Access::default()
        })
    };
    let reference = "registry.invalid:5000/app:1";
    let listed = ask(&["registry.invalid:5000"], None);
    assert_eq!(
        platforms(&listed.offer(reference).await.unwrap()),
        ["linux/arm64"]
    );
    let asked = proxy.asked().len();
    assert!(ask(&[], None).offer(reference).await.is_err());
    assert!(
        ask(&["registry.invalid:5000"], Some(".invalid"))
            .offer(reference)
            .await
            .is_err()
    );
    assert_eq!(proxy.asked().len(), asked);
}

#[tokio::test]
async fn loopback_is_reached_without_a_proxy() {
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    let fake = open(&shelf).await;
    let registry = Registry::new(Access {
        proxies: Proxies {
            http: Some("http://127.0.0.1:1".to_owned()),
            ..Proxies::default()
        },
        ..Access::default()
    });
    registry.offer(&format!("{}/app:1", fake.name())).await.unwrap();
}

#[test]
fn what_is_printed_of_the_access_has_no_password() {
    let access = Access {
        mirrors: vec!["https://ada:secret@mirror".to_owned()],
        proxies: Proxies {
            https: Some("http://ada:secret@proxy".to_owned()),
            ..Proxies::default()
        },
        ..Access::default()
    };
    assert!(!format!("{access:?}").contains("secret"));
}
