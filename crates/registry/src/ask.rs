//! One question to a server, its redirects, and one answer within bounds.

use std::{error::Error, time::Duration};

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, RANGE},
};
use tokio::time::timeout;

use crate::{
    RegistryError,
    address::is_same_server,
    answer::Answer,
    client::{CONNECT_LIMIT, Clients},
};

/// How long a whole answer may take, redirects and body included: 4 MiB within it is a slow line.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

/// How often one question may be sent elsewhere: a registry sends to its storage, and that sometimes to another.
const REDIRECTS: usize = 5;

/// The most characters of a system's reason.
const REASON: usize = 200;

/// A question.
pub(crate) struct Question<'a> {
    /// The name of the registry that it is about, for errors.
    pub(crate) registry: &'a str,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// The media types that are understood.
    pub(crate) accept: &'static str,
    /// For the server of `url` alone.
    pub(crate) authorization: Option<HeaderValue>,
    /// A form to send; such a question follows no redirect, because a secret is in it.
    pub(crate) form: Option<String>,
    /// The most bytes of the body.
    pub(crate) limit: usize,
    /// What the body is, for an error: `a manifest`.
    pub(crate) what: &'static str,
}

/// Asks, and receives the whole answer. The body of what is no success is not read.
pub(crate) async fn ask(clients: &Clients, question: &Question<'_>) -> Result<Answer, RegistryError> {
    match timeout(ANSWER_LIMIT, follow(clients, question)).await {
        Ok(answer) => answer,
        Err(_) => Err(timed_out(question, ANSWER_LIMIT)),
    }
}

/// Asks for a body that is received by and by, from the byte `from` on where the server can begin there.
pub(crate) async fn open(
    clients: &Clients,
    question: &Question<'_>,
    from: u64,
) -> Result<Response, RegistryError> {
    match timeout(ANSWER_LIMIT, arrive(clients, question, from)).await {
        Ok(response) => response,
        Err(_) => Err(timed_out(question, ANSWER_LIMIT)),
    }
}

async fn follow(clients: &Clients, question: &Question<'_>) -> Result<Answer, RegistryError> {
    let response = arrive(clients, question, 0).await?;
    receive(response, question).await
}

/// The answer's beginning, after all redirects.
async fn arrive(clients: &Clients, question: &Question<'_>, from: u64) -> Result<Response, RegistryError> {
    let mut url = question.url.clone();
    for _ in 0..=REDIRECTS {
        let response = send(clients, question, &url, from).await?;
        match elsewhere(&response, question)? {
            None => return Ok(response),
            Some(next) => {
                check_redirect(clients, question, &next)?;
                url = next;
            }
        }
    }
    Err(invalid(question, "it redirects without an end"))
}

async fn send(
    clients: &Clients,
    question: &Question<'_>,
    url: &Url,
    from: u64,
) -> Result<Response, RegistryError> {
    let mut request = clients
        .pick(url)?
        .request(question.method.clone(), url.clone())
        .header(ACCEPT, question.accept);
    if let Some(authorization) = &question.authorization
        && is_same_server(url, &question.url)
    {
        request = request.header(AUTHORIZATION, authorization.clone());
    }
    if from > 0 {
        request = request.header(RANGE, format!("bytes={from}-"));
    }
    if let Some(form) = &question.form {
        request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.clone());
    }
    clients.count();
    request.send().await.map_err(|error| unreachable(question, error))
}

/// Where an answer sends to; `None` when it is the answer itself.
fn elsewhere(response: &Response, question: &Question<'_>) -> Result<Option<Url>, RegistryError> {
    let is_redirect = matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    if !is_redirect || question.form.is_some() {
        return Ok(None);
    }
    response
        .headers()
        .get(LOCATION)
        .and_then(|place| place.to_str().ok())
        .and_then(|place| response.url().join(place).ok())
        .map(Some)
        .ok_or_else(|| invalid(question, "it redirects to nowhere"))
}

/// What began with TLS stays with it, and what did not goes nowhere where it must.
fn check_redirect(clients: &Clients, question: &Question<'_>, next: &Url) -> Result<(), RegistryError> {
    let may_be_plain = question.url.scheme() == "http"
        && (clients.may_be_plain(next) || is_same_server(next, &question.url));
    match next.scheme() {
        "https" => Ok(()),
        "http" if may_be_plain => Ok(()),
        _ => Err(invalid(question, "it redirects to an unencrypted connection")),
    }
}

async fn receive(mut response: Response, question: &Question<'_>) -> Result<Answer, RegistryError> {
    let status = response.status();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    if status == StatusCode::OK && question.method != Method::HEAD {
        let announced = response.content_length().unwrap_or(0);
        if announced > question.limit as u64 {
            return Err(too_large(question));
        }
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| unreachable(question, error))?
        {
            if body.len() + chunk.len() > question.limit {
                return Err(too_large(question));
            }
            body.extend_from_slice(&chunk);
        }
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

fn too_large(question: &Question<'_>) -> RegistryError {
    RegistryError::TooLarge {
        registry: question.registry.to_owned(),
        what: question.what,
        limit: question.limit as u64,
        unit: "bytes",
    }
}

fn invalid(question: &Question<'_>, reason: &'static str) -> RegistryError {
    RegistryError::Invalid {
        registry: question.registry.to_owned(),
        reason,
    }
}

fn timed_out(question: &Question<'_>, after: Duration) -> RegistryError {
    RegistryError::TimedOut {
        registry: question.registry.to_owned(),
        after,
    }
}

fn unreachable(question: &Question<'_>, error: reqwest::Error) -> RegistryError {
    if error.is_timeout() {
        return timed_out(question, CONNECT_LIMIT);
    }
    RegistryError::Unreachable {
        registry: question.registry.to_owned(),
        reason: innermost(&error.without_url()),
    }
}

/// The system's own words. What is around them repeats the URL, which may have a secret in it.
pub(crate) fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text = cause.to_string();
    text.chars()
        .filter(|character| !character.is_control())
        .take(REASON)
        .collect()
}
