//! What is shown to one registry, kept as long as it holds.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::header::HeaderValue;
use tokio::{sync::Mutex as AsyncMutex, time::Instant};

use crate::{
    RegistryError,
    challenge::Challenge,
    credentials::{Credential, Keys},
    host::Host,
    token::{self, Token},
};

/// How long found credentials are used before they are looked for again: a login is noticed within it, and a helper is
/// not started for each of hundreds of references.
const CREDENTIAL_AGE: Duration = Duration::from_mins(1);

/// How long credentials are not looked for again after a refusal: hundreds of references can be refused in a row.
const LEAST_AGE: Duration = Duration::from_secs(5);

/// The most repositories of one registry whose tokens are kept; after it all are fetched anew.
const TOKENS: usize = 1024;

/// What is shown, and where it is from.
pub(crate) struct Pass {
    pub(crate) header: Option<HeaderValue>,
    pub(crate) credential: Arc<Credential>,
    challenge: Challenge,
    age: Age,
}

/// Whether something else could be shown instead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    /// It was got for this question.
    New,
    /// It was kept, and may have been withdrawn.
    Kept,
}

/// A place for one repository's token; who fetches it holds the lock, so that others wait for it and do not fetch too.
type Place = Arc<AsyncMutex<Option<Token>>>;

/// The credentials and tokens of one registry.
pub(crate) struct Passes {
    keys: Keys,
    found: AsyncMutex<Option<(Instant, Arc<Credential>)>>,
    tokens: Mutex<HashMap<String, Place>>,
}

impl Passes {
    pub(crate) fn new(keys: Keys) -> Self {
        Self {
            keys,
            found: AsyncMutex::new(None),
            tokens: Mutex::default(),
        }
    }

    /// What to show for a repository.
    pub(crate) async fn get(
        &self,
        host: &Host,
        challenge: &Challenge,
        repository: &str,
    ) -> Result<Pass, RegistryError> {
        let credential = match challenge {
            Challenge::None => Arc::new(Credential::Anonymous),
            Challenge::Basic | Challenge::Bearer { .. } => self.credential(host.name()).await,
        };
        let (header, age) = match (challenge, &*credential) {
            (Challenge::None, _) => (None, Age::New),
            (_, Credential::Token(token)) => (token::bearer(token), Age::New),
            (Challenge::Basic, Credential::Password { user, password }) => {
                (token::basic(user, password), Age::New)
            }
            (Challenge::Basic, _) => (None, Age::New),
            (Challenge::Bearer { realm, service }, credential) => {
                let place = self.place(repository);
                let mut place = place.lock().await;
                let age = if place.as_ref().is_some_and(Token::holds) {
                    Age::Kept
                } else {
                    *place = Some(token::get(host, realm, service.as_deref(), repository, credential).await?);
                    Age::New
                };
                (place.as_ref().map(|token| token.header.clone()), age)
            }
        };
        Ok(Pass {
            header,
            credential,
            challenge: challenge.clone(),
            age,
        })
    }

    /// What to show after `refused` was not enough; `None` when there is nothing else.
    pub(crate) async fn renew(
        &self,
        host: &Host,
        refused: &Pass,
        challenge: &Challenge,
        repository: &str,
    ) -> Result<Option<Pass>, RegistryError> {
        self.tokens().remove(repository);
        if refused.challenge != Challenge::None {
            self.forget(&refused.credential).await;
        }
        let is_other_challenge = *challenge != refused.challenge && *challenge != Challenge::None;
        if is_other_challenge || refused.age == Age::Kept {
            return self.get(host, challenge, repository).await.map(Some);
        }
        if *challenge == Challenge::None || *self.credential(host.name()).await == *refused.credential {
            return Ok(None);
        }
        self.get(host, challenge, repository).await.map(Some)
    }

    /// What there is for the registry. When it is no longer what it was, no token of before is shown again.
    async fn credential(&self, registry: &str) -> Arc<Credential> {
        let mut found = self.found.lock().await;
        if let Some((when, credential)) = &*found
            && when.elapsed() < CREDENTIAL_AGE
        {
            return credential.clone();
        }
        let credential = Arc::new(self.keys.find(registry).await);
        if found.as_ref().is_some_and(|(_, before)| *before != credential) {
            self.tokens().clear();
        }
        *found = Some((Instant::now(), credential.clone()));
        credential
    }

    /// Has credentials looked for again, unless another question has done so since.
    async fn forget(&self, refused: &Arc<Credential>) {
        let mut found = self.found.lock().await;
        if let Some((when, credential)) = &mut *found
            && Arc::ptr_eq(credential, refused)
            && when.elapsed() >= LEAST_AGE
            && let Some(before) = when.checked_sub(CREDENTIAL_AGE)
        {
            *when = before;
        }
    }

    fn place(&self, repository: &str) -> Place {
        let mut tokens = self.tokens();
        if tokens.len() >= TOKENS {
            tokens.clear();
        }
        tokens.entry(repository.to_owned()).or_default().clone()
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, HashMap<String, Place>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
