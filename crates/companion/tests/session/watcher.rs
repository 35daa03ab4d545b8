//! Somebody who watches a session and keeps a picture of it, as the page does.

use companion::{
    Session,
    view::{Container, EngineState, Snapshot, Translation, Update},
};
use tokio::{sync::mpsc::UnboundedReceiver, time::timeout};

use crate::stage::LIMIT;

/// A subscription, what it shows, and everything that came since it was last asked.
pub(crate) struct Watcher {
    updates: UnboundedReceiver<Update>,
    pub(crate) shown: Snapshot,
    pub(crate) came: Vec<Update>,
}

impl Watcher {
    /// Subscribes. That the first message is a snapshot is what everybody relies on.
    pub(crate) async fn of(session: &Session) -> Self {
        let mut updates = session.subscribe().await.expect("a subscription");
        let first = timeout(LIMIT, updates.recv()).await.expect("a message");
        let Some(Update::Snapshot(shown)) = first else {
            panic!("the first message is {first:?}");
        };
        Self {
            updates,
            shown,
            came: Vec::new(),
        }
    }

    /// Takes messages until `enough`.
    pub(crate) async fn until(&mut self, what: &str, enough: impl Fn(&Snapshot) -> bool) {
        let waiting = async {
            while !enough(&self.shown) {
                let update = self.updates.recv().await.expect("the session goes on");
                self.shown.apply(update.clone());
                self.came.push(update);
            }
        };
        let done = timeout(LIMIT, waiting).await;
        assert!(done.is_ok(), "no {what}: {:#?}", self.shown);
    }

    /// Takes messages until everything is listed and every crash has a cause.
    pub(crate) async fn until_settled(&mut self) {
        self.until("settled picture", is_settled).await;
    }

    /// Takes messages until one is `wanted`, and returns what it makes of it.
    pub(crate) async fn next<T>(&mut self, what: &str, wanted: impl Fn(&Update) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let update = self.updates.recv().await.expect("the session goes on");
                self.shown.apply(update.clone());
                let found = wanted(&update);
                self.came.push(update);
                if let Some(found) = found {
                    return found;
                }
            }
        };
        let done = timeout(LIMIT, waiting).await;
        done.unwrap_or_else(|_| panic!("no {what}: {:#?}", self.came))
    }

    /// What comes until the session ends.
    pub(crate) async fn until_the_end(&mut self) {
        let ended = timeout(LIMIT, async { while self.updates.recv().await.is_some() {} }).await;
        assert!(ended.is_ok(), "the session goes on");
    }
}

/// The container that an update brings.
pub(crate) fn changed(update: &Update) -> Option<&Container> {
    if let Update::Container { container } = update {
        Some(container)
    } else {
        None
    }
}

/// Everything is listed, and every closer look came back.
pub(crate) fn is_settled(shown: &Snapshot) -> bool {
    shown.state == EngineState::Connected
        && shown.containers_complete
        && shown.images_complete
        && !shown.containers.is_empty()
        && shown.containers.iter().all(|container| {
            // That it ails counts as a crash only after a closer look.
            let ails = container.crashed || container.status.ends_with("(unhealthy)");
            let explained = !ails || container.cause.is_some();
            let seen = container.state != "running" || container.translation != Translation::Unknown;
            explained && seen
        })
}
