//! The single steps on the engine, each with a time limit of its own.

use std::time::{Duration, Instant};

use bollard::{
    models::ContainerCreateBody,
    query_parameters::{CreateContainerOptions, RemoveContainerOptionsBuilder},
};
use platform::Platform;
use serde_json::{Value, json};

use super::{
    body::Body,
    pull::{Reference, split},
};
use crate::{Engine, EngineError, Inspection, read};

/// Making and starting a container: volumes may have to be filled, networks to be set up.
pub(super) const LONG: Duration = Duration::from_secs(90);

/// What the engine gives a container to end when nothing is said.
const DEFAULT_STOP: u64 = 10;

/// Beyond the time that the container itself was given.
const STOP_MARGIN: u64 = 30;

/// How long engines may refuse to change a container that ends at this moment.
const ENDING: Duration = Duration::from_secs(10);

/// Between two tries to change it.
const TRY_AGAIN: Duration = Duration::from_millis(100);

impl Engine {
    /// Makes a container, for the engine's own platform when none is said; its id comes back.
    pub(super) async fn create(
        &self,
        name: &str,
        platform: Option<&Platform>,
        body: &Value,
    ) -> Result<String, EngineError> {
        let platform = platform.map(|platform| format!("&platform={}", read::escaped(&platform.to_string())));
        let target = format!(
            "/containers/create?name={}{}",
            read::escaped(name),
            platform.unwrap_or_default()
        );
        let send = async {
            let docker = self.sending(&target, Some(body));
            let made = docker
                .create_container(None::<CreateContainerOptions>, ContainerCreateBody::default())
                .await;
            made.map(|made| made.id)
                .map_err(|error| self.error(error, "create"))
        };
        read::within(LONG, "create", send).await
    }

    pub(super) async fn start(&self, id: &str) -> Result<(), EngineError> {
        self.post(&format!("/containers/{id}/start"), None, LONG).await
    }

    /// Stops with the container's own signal and within its own time.
    pub(super) async fn stop(&self, container: &Inspection) -> Result<(), EngineError> {
        let said = container
            .json()
            .pointer("/Config/StopTimeout")
            .and_then(Value::as_u64);
        let limit = Duration::from_secs(said.unwrap_or(DEFAULT_STOP).saturating_add(STOP_MARGIN));
        self.post(&format!("/containers/{}/stop", container.id()), None, limit)
            .await
    }

    pub(super) async fn rename(&self, id: &str, name: &str) -> Result<(), EngineError> {
        self.post(
            &format!("/containers/{id}/rename?name={}", read::escaped(name)),
            None,
            read::QUICK,
        )
        .await
    }

    /// So that a kept container does not come back by itself, or comes back as it was.
    ///
    /// Engines refuse it with a fault of their own while the container's process ends, which one that crashes over and
    /// over does all the time: `cannot update a stopped container`.
    async fn set_restart_policy(&self, id: &str, policy: &Value) -> Result<(), EngineError> {
        let target = format!("/containers/{id}/update");
        let body = json!({ "RestartPolicy": policy });
        let end = Instant::now() + ENDING;
        loop {
            match self.post(&target, Some(&body), read::QUICK).await {
                Err(EngineError::Refused { status: 500.., .. }) if Instant::now() < end => {
                    tokio::time::sleep(TRY_AGAIN).await;
                }
                other => return other,
            }
        }
    }

    /// Sets the policy, where `container` has another one: not every engine can change it.
    pub(super) async fn change_restart_policy(
        &self,
        container: &Inspection,
        policy: &Value,
    ) -> Result<(), EngineError> {
        if is_same_policy(&restart_policy(container), policy) {
            return Ok(());
        }
        self.set_restart_policy(container.id(), policy).await
    }

    /// Puts the container that was made of `body`, and not started, into the networks that it is to be in, and into no
    /// other.
    pub(super) async fn place(&self, id: &str, body: &Body) -> Result<(), EngineError> {
        for (network, place) in &body.connect {
            let said = json!({ "Container": id, "EndpointConfig": place });
            let target = format!("/networks/{}/connect", read::escaped(network));
            self.post(&target, Some(&said), LONG).await?;
        }
        self.leave(id, body).await
    }

    /// Takes it out of the network that the engine put it into, and `body` does not want.
    pub(super) async fn leave(&self, id: &str, body: &Body) -> Result<(), EngineError> {
        let Some(network) = &body.leave else { return Ok(()) };
        // Some engines put it there only where no other network is asked for.
        let made = self.inspect(id).await?;
        let places = made.json().pointer("/NetworkSettings/Networks");
        if places.and_then(|places| places.get(network)).is_none() {
            return Ok(());
        }
        let said = json!({ "Container": id, "Force": true });
        let target = format!("/networks/{}/disconnect", read::escaped(network));
        self.post(&target, Some(&said), LONG).await
    }

    /// Gives image `id` the name `reference`, from whatever has it now.
    pub(super) async fn tag(&self, id: &str, reference: &str) -> Result<(), EngineError> {
        let Reference { name, tag } = split(reference);
        let query = format!("repo={}&tag={}", read::escaped(name), read::escaped(tag));
        self.post(
            &format!("/images/{}/tag?{query}", read::escaped(id)),
            None,
            read::QUICK,
        )
        .await
    }

    /// Removes a container, running or not, and never its volumes. One that is gone already is fine.
    pub(super) async fn remove(&self, id: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(false);
        match self.remove_as(id, options).await {
            // Somebody else asked for it, or this program before it was killed.
            Err(EngineError::Conflict { message }) if message.contains("already in progress") => {
                self.until_removed(id).await
            }
            removed => removed,
        }
    }

    /// Removes a container, running or not, with its anonymous volumes. One that is gone already is fine.
    pub(super) async fn remove_with_volumes(&self, id: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptionsBuilder::default().force(true).v(true);
        self.remove_as(id, options).await
    }

    /// The same, unless it runs: then the engine refuses.
    pub(super) async fn remove_unstarted(&self, id: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptionsBuilder::default().force(false).v(true);
        self.remove_as(id, options).await
    }

    async fn remove_as(&self, id: &str, options: RemoveContainerOptionsBuilder) -> Result<(), EngineError> {
        let send = async {
            let removed = self.docker.remove_container(id, Some(options.build())).await;
            removed.map_err(|error| self.error(error, "remove"))
        };
        match read::within(LONG, "remove", send).await {
            Err(EngineError::NotThere { .. }) => Ok(()),
            other => other,
        }
    }
}

/// The policy of `container`, as the engine writes it.
pub(super) fn restart_policy(container: &Inspection) -> Value {
    container
        .json()
        .pointer("/HostConfig/RestartPolicy")
        .cloned()
        .unwrap_or_else(no_restart)
}

/// Never by itself.
pub(super) fn no_restart() -> Value {
    json!({ "Name": "no", "MaximumRetryCount": 0 })
}

/// Engines of old write nothing for a container that was given no policy, and `no` once it is changed.
fn is_same_policy(one: &Value, other: &Value) -> bool {
    let is_never = |policy: &Value| policy["Name"] == "" || policy["Name"] == "no";
    one == other || is_never(one) && is_never(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_policy_is_not_changed_to_one_that_means_the_same() {
        let policy = |name: &str| json!({ "Name": name, "MaximumRetryCount": 0 });
        assert!(is_same_policy(&policy(""), &no_restart()));
        assert!(is_same_policy(&policy("always"), &policy("always")));
        assert!(!is_same_policy(&policy("always"), &no_restart()));
        assert!(!is_same_policy(&policy(""), &policy("always")));
    }
}
