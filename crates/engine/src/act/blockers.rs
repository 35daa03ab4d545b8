//! What speaks against a re-run.

use super::{around::kept_one, body::Body, kept::kept_for, plan::Blocker, rejoin::Unfit};
use crate::{Engine, EngineError, Inspection, Scope};

/// Labels of programs that would undo what is done to their containers.
const MANAGERS: [(&str, &str); 3] = [
    ("com.docker.swarm.service.id", "Swarm"),
    ("io.kubernetes.pod.uid", "Kubernetes"),
    ("io.kubernetes.pod.name", "Kubernetes"),
];

impl Engine {
    pub(super) async fn blockers(&self, old: &Inspection, body: &Body) -> Result<Vec<Blocker>, EngineError> {
        let mut blockers = own(old);
        let all = self.containers(Scope::All).await?;
        let names = self.dependents(old, &all).await?;
        if !names.is_empty() {
            blockers.push(Blocker::Dependents { names });
        }
        blockers.extend(kept_one(old, &all).map(|row| Blocker::HasKept {
            kept_as: row.name.clone(),
        }));
        // Engines make a container for such a network, and then do not start it.
        let Unfit { gone, outside } = self.unfit_networks(old, body).await?;
        blockers.extend(gone.into_iter().map(|network| Blocker::NetworkGone { network }));
        blockers.extend(
            outside
                .into_iter()
                .map(|network| Blocker::OtherSubnet { network }),
        );
        Ok(blockers)
    }
}

fn own(old: &Inspection) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if kept_for(old.name()).is_some() {
        blockers.push(Blocker::IsKept);
    }
    if old.flag("/State/Paused") {
        blockers.push(Blocker::Paused);
    }
    let labels = old.json().pointer("/Config/Labels");
    let manager = MANAGERS
        .into_iter()
        .find_map(|(name, by)| labels.and_then(|labels| labels.get(name)).map(|_| by));
    blockers.extend(manager.map(|by| Blocker::Managed { by }));
    blockers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_or_looked_after_by_another_program_is_not_re_run() {
        let old = Inspection::from_json(serde_json::json!({"Name": "/web.kept-for-0123456789ab",
            "Config": {"Labels": {"io.kubernetes.pod.uid": "x"}}}));
        assert_eq!(
            own(&old),
            [Blocker::IsKept, Blocker::Managed { by: "Kubernetes" }]
        );
    }
}
