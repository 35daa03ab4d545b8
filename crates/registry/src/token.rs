//! Tokens: what another server gives us to show to the registry.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, StatusCode, Url, header::HeaderValue};
use serde::Deserialize;
use tokio::time::Instant;

use crate::{RegistryError, answer::Answer, ask::Question, credentials::Credential, host::Host};

/// The most bytes of a token's answer: tokens of clouds are 8 KiB.
const BYTES: usize = 256 * 1024;

/// How long a token holds when nothing is said: what the specification says.
const LIFE: Duration = Duration::from_mins(1);

/// The longest that a token is believed to hold.
const LONGEST_LIFE: Duration = Duration::from_hours(1);

/// How long before its end a token is no longer shown: a request takes time.
const MARGIN: Duration = Duration::from_secs(10);

/// What we are called by servers that want to know.
const CLIENT: &str = "archlight";

/// What is shown to a registry.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) header: HeaderValue,
    until: Instant,
}

#[derive(Deserialize)]
struct Given {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

impl Token {
    /// Whether it can still be shown.
    pub(crate) fn holds(&self) -> bool {
        self.until > Instant::now()
    }
}

/// A name and a password, as they are shown. `None` when they cannot be.
pub(crate) fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    secret(&format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{user}:{password}"))
    ))
}

/// A token, as it is shown. `None` when it cannot be.
pub(crate) fn bearer(token: &str) -> Option<HeaderValue> {
    secret(&format!("Bearer {token}"))
}

/// Gets a token to read one repository with.
pub(crate) async fn get(
    host: &Host,
    realm: &Url,
    service: Option<&str>,
    repository: &str,
    credential: &Credential,
) -> Result<Token, RegistryError> {
    if !host.may_show_secrets(realm) {
        return Err(host.invalid("it wants passwords to be sent over an unencrypted connection"));
    }
    let scope = format!("repository:{repository}:pull");
    let mut fields = vec![("scope", scope.as_str())];
    fields.extend(service.map(|service| ("service", service)));
    let answer = host.ask(question(host, realm, fields, credential)).await?;
    match answer.status {
        StatusCode::OK => read(host, &answer),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {
            Err(host.denied(credential))
        }
        status if status.is_server_error() => Err(host.failing(status)),
        _ => Err(host.invalid("its token server gives no token")),
    }
}

fn question<'a>(
    host: &'a Host,
    realm: &Url,
    mut fields: Vec<(&'a str, &'a str)>,
    credential: &'a Credential,
) -> Question<'a> {
    let mut question = Question {
        registry: host.name(),
        method: Method::GET,
        url: realm.clone(),
        accept: "application/json",
        authorization: None,
        form: None,
        limit: BYTES,
        what: "a token",
    };
    if let Credential::Identity(token) = credential {
        fields.extend([
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("refresh_token", token),
        ]);
        // A URL's query and a form's text are written alike.
        let mut form = realm.clone();
        form.query_pairs_mut().clear().extend_pairs(fields);
        question.form = Some(form.query().unwrap_or_default().to_owned());
        question.method = Method::POST;
    } else {
        question.url.query_pairs_mut().extend_pairs(fields);
        if let Credential::Password { user, password } = credential {
            question.authorization = basic(user, password);
        }
    }
    question
}

fn read(host: &Host, answer: &Answer) -> Result<Token, RegistryError> {
    let malformed = || host.invalid("its token server gives no token");
    let given: Given = serde_json::from_slice(&answer.body).map_err(|_| malformed())?;
    let token = [given.token, given.access_token]
        .into_iter()
        .flatten()
        .find(|token| !token.is_empty());
    let header = token.as_deref().and_then(bearer).ok_or_else(malformed)?;
    let life = given
        .expires_in
        .map_or(LIFE, Duration::from_secs)
        .min(LONGEST_LIFE);
    Ok(Token {
        header,
        until: Instant::now() + life.saturating_sub(MARGIN),
    })
}

/// A header that is never printed.
fn secret(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}
