//! What the engine keeps images in, and what its virtual machine was given.

use engine::{Runtime, Store};
use host::checks::Allotment;

use super::{Id, Judged, Said, Seen};
use crate::checklist_words as words;

/// What builds and databases of one project need; Docker VMM starts with no less. A little less counts, since an engine
/// does not see what its kernel keeps.
const ENOUGH: u64 = 3_600 * 1024 * 1024;

pub(super) fn image_store(seen: &Seen) -> Judged {
    let id = Id::ImageStore;
    let Ok(engine) = &seen.engine else {
        return id.unseen("Image store");
    };
    match (engine.store, engine.runtime) {
        (_, Runtime::Podman) => id.ok(words::podman_store()),
        (Store::Containerd, _) => id.ok(words::containerd_store()),
        (Store::Classic, runtime) => id.warn(words::classic_store(), words::switch_store(runtime)),
    }
}

pub(super) fn resources(seen: &Seen) -> Judged {
    let id = Id::Resources;
    let runtime = seen.runtime();
    let allotted = seen
        .facts
        .allotments
        .iter()
        .find(|it| it.runtime.as_str() == runtime);
    let disk = allotted.and_then(|it| it.disk);
    let is_bare = |runtime: Runtime| matches!(runtime, Runtime::DockerEngine | Runtime::Unknown);
    match &seen.engine {
        Ok(engine) if !seen.is_mac() && is_bare(engine.runtime) => {
            id.not_applicable(words::nothing_allotted())
        }
        Ok(engine) => match engine.memory {
            None => id.unknown(words::memory_unknown()),
            Some(memory) => enough(memory, words::resources(memory, engine.processors, disk), runtime),
        },
        Err(_)
            if !seen.is_mac()
                && seen
                    .facts
                    .runtimes
                    .iter()
                    .all(|it| it.runtime == host::Runtime::DockerEngine) =>
        {
            id.not_applicable(words::nothing_allotted())
        }
        Err(_) => by_settings(allotted, runtime).unwrap_or_else(|| id.unseen("Disk and memory")),
    }
}

/// Without an engine, what the runtime's own settings give.
fn by_settings(allotted: Option<&Allotment>, runtime: &str) -> Option<Judged> {
    let allotted = allotted?;
    let memory = allotted.memory?;
    Some(enough(memory, words::allotted(allotted, memory), runtime))
}

fn enough(memory: u64, said: Said, runtime: &str) -> Judged {
    if memory < ENOUGH {
        Id::Resources.warn(words::little_memory(said), words::raise_memory(runtime))
    } else {
        Id::Resources.ok(said)
    }
}
