//! What listens at an engine's address and is none, or is a bad one.

use std::time::Duration;

use engine::{Endpoint, Engine, EngineError};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};

/// Shorter than any limit of the reader but its own for connecting.
const LIMIT: Duration = Duration::from_secs(9);

/// How connecting to something that treats every connection with `answer` ends.
async fn refusal<F>(answer: impl Fn(UnixStream) -> F + Send + 'static) -> EngineError
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let folder = TempDir::new().expect("a folder");
    let socket = folder.path().join("stranger.sock");
    let listener = UnixListener::bind(&socket).expect("a socket");
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    let connected = tokio::time::timeout(LIMIT, Engine::connect(&endpoint(&socket))).await;
    server.abort();
    connected.expect("within the limit").expect_err("no engine")
}

pub(crate) fn endpoint(socket: &std::path::Path) -> Endpoint {
    Endpoint {
        url: format!("unix://{}", socket.display()),
        source: "test".to_owned(),
    }
}

/// Takes the question, and says `text` for an answer.
async fn say(mut stream: UnixStream, text: impl AsRef<[u8]>) -> std::io::Result<()> {
    let _question = stream.read(&mut [0; 4096]).await?;
    stream.write_all(text.as_ref()).await?;
    stream.flush().await
}

fn http(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn whoever_speaks_first_is_no_engine() {
    let error = refusal(async |mut stream: UnixStream| {
        stream.write_all(b"220 mail.example ESMTP ready\r\n").await?;
        stream.read(&mut [0; 4096]).await.map(drop)
    });
    let error = error.await;
    assert!(matches!(error, EngineError::NotAnEngine { .. }), "{error:?}");
}

#[tokio::test]
async fn answers_in_another_language_are_not_an_engines() {
    for text in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\x15\x03\x01\x00\x02\x02\x16",
        "\0\0\0\0\r\n",
    ] {
        let error = refusal(move |stream| say(stream, text)).await;
        assert!(
            matches!(error, EngineError::NotAnEngine { .. }),
            "{text:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_web_server_is_not_an_engine() {
    for body in ["<html>It works!</html>", "[]", "null", "{", "\"\""] {
        let error = refusal(move |stream| say(stream, http(body))).await;
        assert!(
            matches!(error, EngineError::NotAnEngine { .. }),
            "{body:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let error = refusal(async |mut stream: UnixStream| {
        let _question = stream.read(&mut [0; 4096]).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        let blanks = vec![b' '; 64 * 1024];
        loop {
            stream.write_all(&blanks).await?;
        }
    });
    let error = error.await;
    assert!(matches!(error, EngineError::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn whoever_hangs_up_does_not_answer() {
    let error = refusal(async |stream: UnixStream| {
        drop(stream);
        Ok(())
    });
    let error = error.await;
    assert!(matches!(error, EngineError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_path_without_a_listener_or_with_something_else_is_out_of_reach() {
    let folder = TempDir::new().expect("a folder");
    let (file, stale) = (folder.path().join("file"), folder.path().join("stale.sock"));
    std::fs::write(&file, "text").expect("written");
    drop(UnixListener::bind(&stale).expect("a socket"));
    for path in [
        file,
        stale,
        folder.path().to_owned(),
        folder.path().join("nothing"),
    ] {
        let error = Engine::connect(&endpoint(&path)).await.expect_err("no engine");
        assert!(
            matches!(error, EngineError::Unreachable { .. }),
            "{}: {error:?}",
            path.display()
        );
    }
}
