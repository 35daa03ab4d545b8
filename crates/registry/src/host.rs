//! One registry: where it answers, what it wants to see, and how much it is asked.

use std::{
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use reqwest::{Method, Response, StatusCode, Url};
use tokio::{
    sync::{Mutex as AsyncMutex, SemaphorePermit},
    time::Instant,
};

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
    pub(crate) known_by: KnownBy,
}

/// What told what a registry wants to see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// It gave something to somebody who showed nothing, and may want to see more for other things.
    Gift,
    /// It said so.
    Itself,
}

/// What the first question to a registry led to, where that was no error.
pub(crate) enum First {
    /// Whoever asked has the answer already.
    Answered(Base, Answer),
    /// It is to be asked, with what it wants to see.
    Known(Base),
}

impl Base {
    /// The same place, after a refusal. Some want to see something else than they said first; who then says nothing
    /// means what was said.
    pub(crate) fn refused_with(&self, challenge: Challenge) -> Self {
        let challenge = match challenge {
            Challenge::None => self.challenge.clone(),
            Challenge::Basic | Challenge::Bearer { .. } => challenge,
        };
        Self {
            url: self.url.clone(),
            challenge,
            known_by: KnownBy::Itself,
        }
    }
}

impl Host {
    /// A registry that answers at one of these addresses. Nothing is asked yet.
    pub(crate) fn new(access: &Access, name: &str, addresses: Vec<Url>, sent: Arc<AtomicU64>) -> Self {
        Self {
            name: name.to_owned(),
            addresses,
            clients: Clients::new(access, name, sent),
            patience: Patience::new(),
            passes: Passes::new(Keys::new(access)),
            contact: AsyncMutex::new(None),
            allowance: Mutex::new(None),
        }
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

    /// How long the registry is left alone from now on, because it asked for that.
    pub(crate) fn rest(&self) -> Option<Duration> {
        self.patience.left()
    }

    /// Where the registry answers: found out once, whoever wants to know first.
    ///
    /// `question` is what is wanted there, without showing anything: most registries answer it, or say what they want to
    /// see, so that nobody has to be greeted for that.
    pub(crate) async fn meet<'a>(
        &'a self,
        question: impl Fn(&Base) -> Result<Question<'a>, RegistryError>,
    ) -> Result<First, RegistryError> {
        let mut contact = self.contact.lock().await;
        match &*contact {
            Some(Contact::Made(base)) => return Ok(First::Known(base.clone())),
            Some(Contact::Failed(when, error)) if when.elapsed() < FAILURE_KEPT => return Err(error.clone()),
            Some(Contact::Failed(..)) | None => {}
        }
        let found = self.find(question).await;
        *contact = Some(match &found {
            Ok(First::Known(base) | First::Answered(base, _)) => Contact::Made(base.clone()),
            Err(error) => Contact::Failed(Instant::now(), error.clone()),
        });
        found
    }

    /// The same place, with what the registry itself says that it wants to see; `None` when it says nothing new.
    pub(crate) async fn greet_again(&self, base: &Base) -> Option<Base> {
        if base.known_by == KnownBy::Itself {
            return None;
        }
        let mut contact = self.contact.lock().await;
        let base = match &*contact {
            // Another question has done so since.
            Some(Contact::Made(now)) if now.known_by == KnownBy::Itself => now.clone(),
            Some(Contact::Made(_) | Contact::Failed(..)) | None => self.greet(&base.url).await.ok()?,
        };
        *contact = Some(Contact::Made(base.clone()));
        (base.challenge != Challenge::None).then_some(base)
    }

    /// Takes note of another challenge than the first one.
    pub(crate) async fn adopt(&self, challenge: &Challenge) {
        if let Some(Contact::Made(base)) = &mut *self.contact.lock().await {
            base.challenge = challenge.clone();
            base.known_by = KnownBy::Itself;
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

    /// Asks for a body that is received by and by, from the byte `from` on. The place among this registry's requests is
    /// held as long as what comes with it.
    pub(crate) async fn open(
        &self,
        question: &Question<'_>,
        from: u64,
    ) -> Result<(Response, SemaphorePermit<'_>), RegistryError> {
        let mut attempt = 0;
        loop {
            let permit = self.patience.enter(&self.name).await?;
            let response = ask::open(&self.clients, question, from).await?;
            if !self
                .patience
                .heed(&Answer::head(&response), attempt, &self.name)?
            {
                return Ok((response, permit));
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
    async fn find<'a>(
        &'a self,
        question: impl Fn(&Base) -> Result<Question<'a>, RegistryError>,
    ) -> Result<First, RegistryError> {
        let mut failure = None;
        for address in &self.addresses {
            let base = Base {
                url: address.clone(),
                challenge: Challenge::None,
                known_by: KnownBy::Gift,
            };
            match self.first(base, &question).await {
                Ok(first) => return Ok(first),
                // The other scheme may do. A wrong answer says more than that nobody answered.
                Err(error @ RegistryError::Invalid { .. }) => failure = Some(error),
                Err(error @ (RegistryError::Unreachable { .. } | RegistryError::TimedOut { .. })) => {
                    failure = failure.or(Some(error));
                }
                // A refusal would not change.
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or_else(|| self.invalid("its name is not a host's")))
    }

    async fn first<'a>(
        &'a self,
        base: Base,
        question: impl Fn(&Base) -> Result<Question<'a>, RegistryError>,
    ) -> Result<First, RegistryError> {
        let answer = match self.ask(question(&base)?).await {
            Ok(answer) => answer,
            // Another kind of server may send anything.
            Err(RegistryError::Invalid { .. } | RegistryError::TooLarge { .. }) => {
                return self.greet(&base.url).await.map(First::Known);
            }
            Err(error) => return Err(error),
        };
        match (answer.status, Challenge::read(&answer.headers)) {
            (StatusCode::OK, Challenge::None) if answer.digest().is_some() => {
                Ok(First::Answered(base, answer))
            }
            (StatusCode::UNAUTHORIZED, challenge @ (Challenge::Basic | Challenge::Bearer { .. })) => {
                Ok(First::Known(Base {
                    challenge,
                    known_by: KnownBy::Itself,
                    ..base
                }))
            }
            _ => {
                let base = self.greet(&base.url).await?;
                Ok(match base.challenge {
                    Challenge::None => First::Answered(base, answer),
                    Challenge::Basic | Challenge::Bearer { .. } => First::Known(base),
                })
            }
        }
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
                known_by: KnownBy::Itself,
            }),
            StatusCode::FORBIDDEN => Err(self.denied(&Credential::Anonymous)),
            status if status.is_server_error() => Err(self.failing(status)),
            _ => Err(self.invalid("another kind of server answers there")),
        }
    }
}
