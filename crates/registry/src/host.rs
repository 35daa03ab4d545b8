//! One registry: where it answers, what it wants to see, and how much it is asked.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Method, StatusCode, Url};
use tokio::{sync::Mutex as AsyncMutex, time::Instant};

use crate::{
    Access, Allowance, RegistryError,
    answer::Answer,
    ask::{self, Question},
    challenge::Challenge,
    client::Clients,
    credentials::{Credential, Keys},
    pass::Passes,
    patience::Patience,
    target::DOCKER_HUB,
};

/// How long a registry that could not be reached is not tried again: hundreds of references would each wait.
const FAILURE_KEPT: Duration = Duration::from_secs(5);

/// The most bytes of an answer to the first question: registries send `{}`, some a page for people.
const GREETING_BYTES: usize = 1024 * 1024;

/// A registry, by the name that it has in references, or a mirror.
pub(crate) struct Host {
    name: String,
    addresses: Vec<Url>,
    clients: Clients,
    patience: Patience,
    pub(crate) passes: Passes,
    contact: AsyncMutex<Option<Contact>>,
    allowance: Mutex<Option<Allowance>>,
}

/// What the first question to a registry led to.
enum Contact {
    Made(Base),
    Failed(Instant, RegistryError),
}

/// Where a registry answers, and what it wants to see.
#[derive(Clone)]
pub(crate) struct Base {
    pub(crate) url: Url,
    pub(crate) challenge: Challenge,
}

impl Host {
    /// A registry that answers at one of these addresses. Nothing is asked yet.
    pub(crate) fn new(access: &Access, name: &str, addresses: Vec<Url>) -> Result<Self, RegistryError> {
        Ok(Self {
            name: name.to_owned(),
            addresses,
            clients: Clients::new(access, name)?,
            patience: Patience::new(),
            passes: Passes::new(Keys::new(access)),
            contact: AsyncMutex::new(None),
            allowance: Mutex::new(None),
        })
    }

    /// The name for errors.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether reading a manifest counts as pulling an image, of which only so many are given out.
    pub(crate) fn counts_pulls(&self) -> bool {
        self.name == DOCKER_HUB
    }

    /// What the registry said last of what it still gives out.
    pub(crate) fn allowance(&self) -> Option<Allowance> {
        *self.allowance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the registry answers: asked once, whoever wants to know first.
    pub(crate) async fn base(&self) -> Result<Base, RegistryError> {
        let mut contact = self.contact.lock().await;
        match &*contact {
            Some(Contact::Made(base)) => return Ok(base.clone()),
            Some(Contact::Failed(when, error)) if when.elapsed() < FAILURE_KEPT => return Err(error.clone()),
            Some(Contact::Failed(..)) | None => {}
        }
        let found = self.find().await;
        *contact = Some(match &found {
            Ok(base) => Contact::Made(base.clone()),
            Err(error) => Contact::Failed(Instant::now(), error.clone()),
        });
        found
    }

    /// Takes note of another challenge than the first one.
    pub(crate) async fn adopt(&self, challenge: &Challenge) {
        if let Some(Contact::Made(base)) = &mut *self.contact.lock().await {
            base.challenge = challenge.clone();
        }
    }

    /// Asks, as soon as the registry may be asked, and again when it wants to be asked later.
    pub(crate) async fn ask(&self, question: Question<'_>) -> Result<Answer, RegistryError> {
        let mut attempt = 0;
        loop {
            let permit = self.patience.enter(&self.name).await?;
            let answer = ask::ask(&self.clients, &question).await?;
            drop(permit);
            if let Some(allowance) = answer.allowance() {
                *self.allowance.lock().unwrap_or_else(PoisonError::into_inner) = Some(allowance);
            }
            if !self.patience.heed(&answer, attempt, &self.name)? {
                return Ok(answer);
            }
            attempt += 1;
        }
    }

    /// Whether a password may be sent there: encrypted, or to where nothing of this registry is encrypted.
    pub(crate) fn may_show_secrets(&self, realm: &Url) -> bool {
        let is_plain = |url: &Url| url.scheme() == "http";
        match realm.scheme() {
            "https" => true,
            "http" => self.clients.may_be_plain(realm) && self.addresses.iter().any(is_plain),
            _ => false,
        }
    }

    pub(crate) fn invalid(&self, reason: &'static str) -> RegistryError {
        RegistryError::Invalid {
            registry: self.name.clone(),
            reason,
        }
    }

    pub(crate) fn denied(&self, credential: &Credential) -> RegistryError {
        RegistryError::Denied {
            registry: self.name.clone(),
            credentials: credential.told(),
        }
    }

    pub(crate) fn failing(&self, status: StatusCode) -> RegistryError {
        RegistryError::Unreachable {
            registry: self.name.clone(),
            reason: format!("it fails with status {}", status.as_u16()),
        }
    }

    /// Tries the addresses in their order, without showing anything.
    async fn find(&self) -> Result<Base, RegistryError> {
        let mut failure = self.invalid("its name is not a host's");
        for address in &self.addresses {
            match self.greet(address).await {
                Ok(base) => return Ok(base),
                // The other scheme may do; a refusal or a lack of time would not change.
                Err(error @ (RegistryError::Unreachable { .. } | RegistryError::Invalid { .. })) => {
                    failure = error;
                }
                Err(error) => return Err(error),
            }
        }
        Err(failure)
    }

    async fn greet(&self, address: &Url) -> Result<Base, RegistryError> {
        let url = address
            .join("v2/")
            .map_err(|_| self.invalid("its name is not a host's"))?;
        let answer = self
            .ask(Question {
                registry: &self.name,
                method: Method::GET,
                url,
                accept: "application/json",
                authorization: None,
                form: None,
                limit: GREETING_BYTES,
                what: "a greeting",
            })
            .await?;
        match answer.status {
            StatusCode::OK | StatusCode::UNAUTHORIZED => Ok(Base {
                url: address.clone(),
                challenge: Challenge::read(&answer.headers),
            }),
            StatusCode::FORBIDDEN => Err(self.denied(&Credential::Anonymous)),
            status if status.is_server_error() => Err(self.failing(status)),
            _ => Err(self.invalid("another kind of server answers there")),
        }
    }
}
