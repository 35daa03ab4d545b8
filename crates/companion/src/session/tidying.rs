//! Removes what sessions left behind on an engine that ended while they read an image, or probed.

use std::time::Duration;

use engine::Engine;
use tokio::{sync::oneshot, task::JoinHandle, time::timeout};

/// The answer is out by then: nobody should wait for their prompt because of what others left behind.
const LIMIT: Duration = Duration::from_secs(1);

/// Whoever ended the program is waiting for it to end; a busy engine removes a container within this.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// As long as a build is let give up, and a little more.
const BUILD_LIMIT: Duration = Duration::from_secs(5);

/// Ends the probes on `engine`, waits for `builds`, and says so when nothing of them is left, or it has taken too long.
pub(super) fn stop(
    engine: Option<Engine>,
    builds: impl Future<Output = ()> + Send + 'static,
    done: oneshot::Sender<()>,
) {
    tokio::spawn(async move {
        let probes = async {
            if let Some(engine) = engine {
                timeout(STOP_LIMIT, engine.end_probes()).await.ok();
            }
        };
        let _ = tokio::join!(probes, timeout(BUILD_LIMIT, builds));
        done.send(()).ok();
    });
}

/// The removal that is under way.
#[derive(Default)]
pub(super) struct Tidying(Option<JoinHandle<()>>);

impl Tidying {
    /// Beside everything else. What cannot be removed now is left to the next start: nobody has to know.
    pub(super) fn start(&mut self, engine: Engine) {
        self.0 = Some(tokio::spawn(async move {
            engine.remove_specimens().await.ok();
            engine.remove_probes().await.ok();
        }));
    }

    /// Says so when everything is tidy and `look` has ended too, which would leave its locks behind; or both have taken too
    /// long.
    pub(super) fn settle(&mut self, look: Option<JoinHandle<()>>, done: oneshot::Sender<()>) {
        let tidying = self.0.take();
        tokio::spawn(async move {
            let both = async {
                for task in tidying.into_iter().chain(look) {
                    // One that panicked has ended, too.
                    task.await.ok();
                }
            };
            timeout(LIMIT, both).await.ok();
            done.send(()).ok();
        });
    }
}
