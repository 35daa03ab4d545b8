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
    credentials::{Credential, Keys, Stamp},
    host::{Base, Host},
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

impl Pass {
    /// What is shown to a registry of which nothing is known yet.
    pub(crate) fn nothing() -> Self {
        Self {
            header: None,
            credential: Arc::new(Credential::Anonymous),
            challenge: Challenge::None,
            age: Age::New,
        }
    }
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

/// Credentials, and of when they are.
struct Found {
    /// `None` after they were refused: they are to be looked for again.
    when: Option<Instant>,
    stamp: Option<Stamp>,
    credential: Arc<Credential>,
}

/// The credentials and tokens of one registry.
pub(crate) struct Passes {
    keys: Keys,
    found: AsyncMutex<Option<Found>>,
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
        base: &Base,
        repository: &str,
    ) -> Result<Pass, RegistryError> {
        let credential = self.wanted(host, base).await;
        let plain = |header| (header, Age::New);
        let (header, age) = match (&base.challenge, &*credential) {
            (Challenge::None, _) => plain(None),
            (_, Credential::Token(token)) => plain(token::bearer(token)),
            (Challenge::Basic, Credential::Password { user, password }) => {
                plain(token::basic(user, password))
            }
            (Challenge::Basic, _) => plain(None),
            (Challenge::Bearer { realm, service }, credential) => {
                let place = self.place(repository);
                let mut place = place.lock().await;
                match &*place {
                    Some(token) if token.holds() => (Some(token.header.clone()), Age::Kept),
                    Some(_) | None => {
                        let token =
                            token::get(host, realm, service.as_deref(), repository, credential).await?;
                        plain(Some(place.insert(token).header.clone()))
                    }
                }
            }
        };
        Ok(Pass {
            header,
            credential,
            challenge: base.challenge.clone(),
            age,
        })
    }

    /// What to show after `refused` was not enough; `None` when there is nothing else.
    pub(crate) async fn renew(
        &self,
        host: &Host,
        refused: &Pass,
        base: &Base,
        repository: &str,
    ) -> Result<Option<Pass>, RegistryError> {
        self.tokens().remove(repository);
        self.forget(&refused.credential).await;
        let is_other = base.challenge != refused.challenge
            || refused.age == Age::Kept
            || *self.wanted(host, base).await != *refused.credential;
        if is_other {
            self.get(host, base, repository).await.map(Some)
        } else {
            Ok(None)
        }
    }

    /// The credentials for this place, if it wants some. A mirror's address can be a plain one that nobody listed: it is
    /// shown none.
    async fn wanted(&self, host: &Host, base: &Base) -> Arc<Credential> {
        if base.challenge == Challenge::None || !host.may_show_secrets(&base.url) {
            return Arc::new(Credential::Anonymous);
        }
        self.credential(host.name()).await
    }

    /// What there is for the registry. When it is no longer what it was, no token of before is shown again.
    async fn credential(&self, registry: &str) -> Arc<Credential> {
        let mut found = self.found.lock().await;
        let stamp = self.keys.stamp();
        if let Some(Found {
            when: Some(when),
            stamp: before,
            credential,
        }) = &*found
            && when.elapsed() < CREDENTIAL_AGE
            && *before == stamp
        {
            return credential.clone();
        }
        let credential = Arc::new(self.keys.find(registry).await);
        if found
            .as_ref()
            .is_some_and(|before| before.credential != credential)
        {
            self.tokens().clear();
        }
        *found = Some(Found {
            when: Some(Instant::now()),
            stamp,
            credential: credential.clone(),
        });
        credential
    }

    /// Has credentials looked for again, unless another question has done so since.
    async fn forget(&self, refused: &Arc<Credential>) {
        if let Some(found) = &mut *self.found.lock().await
            && Arc::ptr_eq(&found.credential, refused)
            && found.when.is_some_and(|when| when.elapsed() >= LEAST_AGE)
        {
            found.when = None;
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
