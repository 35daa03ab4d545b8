//! A registry in this process, which answers whatever a test wants, and remembers what it was asked.

use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    Request, Response,
    body::{Body, Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path, without the query; the whole URL when it came through as to a proxy.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) range: Option<String>,
    pub(crate) body: String,
}

/// One answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Content,
}

/// What an answer has in it.
pub(crate) enum Content {
    Whole(Vec<u8>),
    /// More and more, without an end.
    Endless,
    /// These bytes, and as soon as they are on their way the connection's end.
    Cut(Vec<u8>),
    Cutting,
    /// Nothing, for as long as one waits.
    Stalled,
}

impl Reply {
    pub(crate) fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Content::Whole(Vec::new()),
        }
    }

    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200).body(body)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Content::Whole(body.into());
        self
    }

    pub(crate) fn content(mut self, content: Content) -> Self {
        self.body = content;
        self
    }
}

/// A running registry; it ends with the test's runtime.
pub(crate) struct Fake {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
        };
        let (asked, answer) = (fake.asked.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, answer) = (asked.clone(), answer.clone());
                let service = service_fn(move |request| {
                    let (asked, answer) = (asked.clone(), answer.clone());
                    async move {
                        let request = read(request).await;
                        let reply = answer(&request);
                        asked.lock().unwrap().push(request);
                        Ok::<_, Infallible>(respond(reply))
                    }
                });
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                // A client that goes away in the middle is what some tests are about.
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        fake
    }

    /// `host:port`.
    pub(crate) fn name(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a method was used on paths that contain a text.
    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        let asked = self.asked();
        let fits = |asked: &&Asked| asked.method == method && asked.path.contains(path);
        asked.iter().filter(fits).count()
    }
}

async fn read(request: Request<Incoming>) -> Asked {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let is_proxied = head.uri.host().is_some();
    Asked {
        method: head.method.to_string(),
        path: if is_proxied {
            head.uri.to_string()
        } else {
            head.uri.path().to_owned()
        },
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: head
            .headers
            .get("authorization")
            .map(|value| text(value.as_bytes())),
        range: head.headers.get("range").map(|value| text(value.as_bytes())),
        body: text(&body.unwrap_or_default()),
    }
}

fn respond(reply: Reply) -> Response<Content> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(reply.body).unwrap()
}

impl Body for Content {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = |bytes: Vec<u8>| Poll::Ready(Some(Ok(Frame::data(bytes.into()))));
        match &mut *self {
            Self::Whole(bytes) | Self::Cut(bytes) if !bytes.is_empty() => frame(std::mem::take(bytes)),
            Self::Cut(_) => {
                *self = Self::Cutting;
                // What is pending is written first.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Whole(_) => Poll::Ready(None),
            Self::Cutting => Poll::Ready(Some(Err(io::Error::other("cut")))),
            Self::Endless => frame(vec![b' '; 64 * 1024]),
            Self::Stalled => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }
}

/// A media type, and bytes.
type Thing = (String, Vec<u8>);

/// What a registry has, by path.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    things: Arc<Mutex<HashMap<String, Thing>>>,
}

impl Shelf {
    /// Puts a manifest under a tag and under its digest, and gives the digest.
    pub(crate) fn manifest(&self, repository: &str, tag: &str, value: &Value) -> String {
        let bytes = value.to_string().into_bytes();
        let media_type = value["mediaType"]
            .as_str()
            .unwrap_or("application/json")
            .to_owned();
        let digest = digest(&bytes);
        for version in [tag, &digest] {
            let path = format!("/v2/{repository}/manifests/{version}");
            self.put(&path, &media_type, bytes.clone());
        }
        digest
    }

    /// Puts an image for a platform there, of 1,000 bytes beside its configuration. Gives its manifest's digest.
    pub(crate) fn image(&self, repository: &str, tag: &str, platform: &str) -> String {
        let mut parts = platform.split('/');
        let mut part = || parts.next().unwrap_or_default();
        let config = json!({"os": part(), "architecture": part(), "variant": part()}).to_string();
        let named = digest(config.as_bytes());
        self.put(
            &format!("/v2/{repository}/blobs/{named}"),
            CONFIG,
            config.clone().into_bytes(),
        );
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": named, "size": config.len()},
            "layers": [
                {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": named, "size": 1000},
            ],
        });
        self.manifest(repository, tag, &manifest)
    }

    pub(crate) fn put(&self, path: &str, media_type: &str, bytes: Vec<u8>) {
        let thing = (media_type.to_owned(), bytes);
        self.things.lock().unwrap().insert(path.to_owned(), thing);
    }

    /// Answers as a registry that lets everybody read.
    pub(crate) fn answer(&self, asked: &Asked) -> Reply {
        if asked.path == "/v2/" {
            return Reply::ok("{}");
        }
        let things = self.things.lock().unwrap();
        let Some((media_type, bytes)) = things.get(&asked.path) else {
            let error = json!({"errors": [{"code": "MANIFEST_UNKNOWN", "message": "secret"}]});
            return Reply::new(404).body(error.to_string());
        };
        let reply = Reply::new(200)
            .header("content-type", media_type)
            .header("docker-content-digest", digest(bytes));
        match asked.method.as_str() {
            "HEAD" => reply.header("content-length", bytes.len().to_string()),
            _ => reply.body(bytes.clone()),
        }
    }
}

/// An index of these entries.
pub(crate) fn index(entries: &[Value]) -> Value {
    json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
}

/// An index's entry for an image.
pub(crate) fn entry(digest: &str, platform: &str) -> Value {
    let mut parts = platform.split('/');
    let mut named = json!({"os": parts.next(), "architecture": parts.next()});
    if let Some(variant) = parts.next() {
        named["variant"] = json!(variant);
    }
    json!({"mediaType": MANIFEST, "digest": digest, "size": 1, "platform": named})
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hash: Vec<_> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hash.concat())
}
