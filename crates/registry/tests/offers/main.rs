//! What is asked of registries, and what is made of their answers, against a registry in this process.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(missing_docs, reason = "these are tests")]

mod fake;
mod hostile;
mod images;
mod layers;
mod limits;
mod login;
mod remembered;
mod tags;
#[cfg(target_os = "linux")]
mod tls;
mod ways;

use fake::{Fake, Shelf};
use registry::{Access, Offer, Registry, RegistryError};

/// A registry that lets everybody read what is on its shelf.
async fn open(shelf: &Shelf) -> Fake {
    let shelf = shelf.clone();
    Fake::start(move |asked| shelf.answer(asked)).await
}

/// What a session that knows nothing gets.
async fn offer(fake: &Fake, name: &str) -> Result<Offer, RegistryError> {
    let registry = Registry::new(Access::default());
    registry.offer(&format!("{}/{name}", fake.name())).await
}

/// The platforms of an offer, as text.
fn platforms(offer: &Offer) -> Vec<String> {
    offer
        .builds
        .iter()
        .map(|build| build.platform.to_string())
        .collect()
}
