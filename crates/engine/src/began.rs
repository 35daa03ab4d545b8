//! What tells one start of an engine from the next one.

use std::time::Duration;

use bollard::Docker;
use serde::Deserialize;
use tokio::time::timeout;

use crate::{Endpoint, act::maker::random, read};

/// One network with its containers.
const BYTES: usize = 4 * 1024 * 1024;

/// Nobody waits longer for an engine because of this.
const LIMIT: Duration = Duration::from_secs(2);

/// A network, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    id: String,
    created: String,
}

/// The mark of the engine's start; `None` where nothing tells.
///
/// No question is for this. The engine makes its network `bridge` anew whenever it starts, so that one's id and time are of
/// the start. Where containers outlive the engine it keeps the network; a machine's restart they do not outlive.
pub(crate) async fn start_mark(docker: &Docker, endpoint: &Endpoint) -> Option<String> {
    let asked = read::json::<Network>(docker, endpoint, "/networks/bridge", BYTES);
    let network = timeout(LIMIT, asked).await.ok()?.ok()?;
    Some(format!("{} {}", network.created, network.id))
}

/// A mark for an engine that gives none: nothing that was found out on this connection holds on another one.
pub(crate) fn connection_mark() -> String {
    format!("connection {:016x}", random())
}
