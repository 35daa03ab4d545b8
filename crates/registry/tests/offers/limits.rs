//! Registries that want fewer requests, or no longer answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use registry::{Access, Registry, RegistryError};

use crate::fake::{Content, Fake, Reply, Shelf};

/// A registry that answers its manifests with these, in their order, and then as it should.
async fn with_refusals(refusals: Vec<fn() -> Reply>) -> Fake {
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    let count = Arc::new(AtomicUsize::new(0));
    Fake::start(move |asked| {
        if !asked.path.contains("/manifests/") {
            return shelf.answer(asked);
        }
        match refusals.get(count.fetch_add(1, Ordering::SeqCst)) {
            Some(refusal) => refusal(),
            None => shelf.answer(asked),
        }
    })
    .await
}

#[tokio::test]
async fn a_short_wait_is_waited_for() {
    let fake = with_refusals(vec![|| Reply::new(429).header("retry-after", "1")]).await;
    let begin = Instant::now();
    let registry = Registry::new(Access::default());
    registry.offer(&format!("{}/app:1", fake.name())).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_long_wait_is_told_and_the_registry_left_alone() {
    let fake = with_refusals(vec![|| Reply::new(429).header("retry-after", "3600")]).await;
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    for _ in 0..3 {
        let error = registry.offer(&reference).await.unwrap_err();
        let expected = RegistryError::RateLimited {
            registry: fake.name(),
            retry_after: Some(Duration::from_hours(1)),
        };
        assert_eq!(error, expected);
    }
    assert_eq!(fake.count("GET", "/manifests/"), 1);
}

#[tokio::test]
async fn a_registry_that_refuses_for_ever_is_given_up() {
    let fake = with_refusals(vec![|| Reply::new(429); 10]).await;
    let registry = Registry::new(Access::default());
    let error = registry
        .offer(&format!("{}/app:1", fake.name()))
        .await
        .unwrap_err();
    assert!(matches!(error, RegistryError::RateLimited { .. }), "{error:?}");
    assert_eq!(fake.count("GET", "/manifests/"), 3);
}

#[tokio::test]
async fn what_is_left_of_the_allowance_can_be_told() {
    let shelf = Shelf::default();
    shelf.image("app", "1", "linux/arm64");
    let fake = Fake::start(move |asked| {
        let reply = shelf.answer(asked).header("ratelimit-limit", "100;w=21600");
        reply.header("ratelimit-remaining", "76;w=21600")
    })
    .await;
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    assert_eq!(registry.allowance(&reference), None);
    registry.offer(&reference).await.unwrap();
    let allowance = registry.allowance(&reference).unwrap();
    assert_eq!((allowance.remaining, allowance.limit), (76, Some(100)));
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let fake = with_refusals(vec![|| Reply::new(404), || {
        Reply::new(200).content(Content::Stalled)
    }])
    .await;
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    // Meets the registry, so that only the answer itself is waited for.
    assert!(registry.offer(&reference).await.is_err());
    tokio::time::pause();
    let error = registry.offer(&reference).await.unwrap_err();
    assert!(matches!(error, RegistryError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn a_registry_that_fails_is_not_called_absent() {
    let fake = with_refusals(vec![|| Reply::new(502)]).await;
    let registry = Registry::new(Access::default());
    let error = registry
        .offer(&format!("{}/app:1", fake.name()))
        .await
        .unwrap_err();
    let RegistryError::Unreachable { reason, .. } = error else {
        panic!("{error:?}");
    };
    assert!(reason.contains("502"), "{reason}");
}

#[tokio::test]
async fn nobody_who_listens_is_told_with_the_systems_words() {
    let registry = Registry::new(Access::default());
    let error = registry.offer("127.0.0.1:1/app:1").await.unwrap_err();
    let RegistryError::Unreachable { registry, reason } = error else {
        panic!("{error:?}");
    };
    assert_eq!(registry, "127.0.0.1:1");
    assert!(reason.contains("refused"), "{reason}");
}
