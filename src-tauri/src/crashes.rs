//! Notifications of containers that crash while the program runs.

use std::collections::HashSet;

use companion::view::{Container, Snapshot};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

/// More than this at once are told in one notification.
const ONE_BY_ONE: usize = 2;

/// The crashes that were there already or were told.
#[derive(Default)]
pub(crate) struct Crashes {
    known: Option<HashSet<String>>,
}

impl Crashes {
    /// Tells of crashes that are new in `snapshot` and whose cause is known. What had crashed before is no news.
    pub(crate) fn tell(&mut self, app: &AppHandle, snapshot: &Snapshot) {
        let now: HashSet<String> = crashed(snapshot).map(|container| container.id.clone()).collect();
        let known = self.known.take();
        if let Some(known) = &known {
            let new: Vec<&Container> = crashed(snapshot)
                .filter(|container| !known.contains(&container.id))
                .collect();
            notify(app, &new);
        }
        // Until the first list is complete, nobody knows what is new.
        self.known = known
            .map(|_| now.clone())
            .or_else(|| snapshot.containers_complete.then_some(now));
    }
}

fn crashed(snapshot: &Snapshot) -> impl Iterator<Item = &Container> {
    snapshot
        .containers
        .iter()
        .filter(|container| container.crashed && container.cause.is_some())
}

/// A notification that cannot be shown is no reason to stop: the icon says the same.
fn notify(app: &AppHandle, new: &[&Container]) {
    let show = |title: &str, body: &str| app.notification().builder().title(title).body(body).show().ok();
    if new.len() > ONE_BY_ONE {
        show("Archlight", &format!("{} containers crashed", new.len()));
        return;
    }
    for container in new {
        let summary = container.summary.as_deref().unwrap_or("It crashed");
        show(&format!("{} crashed", container.name), summary);
    }
}
