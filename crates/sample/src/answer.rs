//! What goes back to a client.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::{
    Response, StatusCode,
    body::{Body, Frame},
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Chunks that wait for a slow client before the sender waits too.
const WAITING: usize = 64;

/// A whole response.
pub(crate) type Answer = Response<Feed>;

/// Where a stream's chunks are put in; an error breaks the connection off.
pub(crate) type Sender = mpsc::Sender<io::Result<Bytes>>;

/// Why something is not done, as a client is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        json_with(refusal.status, &json!({ "message": refusal.message }))
    }
}

/// 200 with a document.
pub(crate) fn json(value: &Value) -> Answer {
    json_with(StatusCode::OK, value)
}

/// A document. The engine ends each with a new line.
pub(crate) fn json_with(status: StatusCode, value: &Value) -> Answer {
    typed(
        status,
        "application/json",
        Feed::Whole(Some(Bytes::from(format!("{value}\n")))),
    )
}

/// A status without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Feed::Whole(None));
    *answer.status_mut() = status;
    answer
}

/// Bytes of another type.
pub(crate) fn bytes(kind: &'static str, bytes: impl Into<Bytes>) -> Answer {
    typed(StatusCode::OK, kind, Feed::Whole(Some(bytes.into())))
}

/// A stream, and where it is filled. It ends when the sender is dropped.
pub(crate) fn stream(kind: &'static str) -> (Sender, Answer) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (sender, typed(StatusCode::OK, kind, Feed::Stream(receiver)))
}

/// Sends one document of a stream; `false` when nobody listens any more.
pub(crate) async fn line(sender: &Sender, value: &Value) -> bool {
    sender.send(Ok(Bytes::from(format!("{value}\r\n")))).await.is_ok()
}

/// Adds a header; a value that cannot be one is left out.
pub(crate) fn header(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

fn typed(status: StatusCode, kind: &'static str, feed: Feed) -> Answer {
    let mut answer = Response::new(feed);
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// A body.
#[derive(Debug)]
pub(crate) enum Feed {
    Whole(Option<Bytes>),
    Stream(mpsc::Receiver<io::Result<Bytes>>),
}

impl Body for Feed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream(receiver) => receiver
                .poll_recv(context)
                .map(|chunk| chunk.map(|chunk| chunk.map(Frame::data))),
        }
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        match self {
            Self::Whole(bytes) => {
                hyper::body::SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Stream(_) => hyper::body::SizeHint::default(),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }
}
