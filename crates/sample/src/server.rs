//! The server: one task for each connection, all of them ended with it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    task::JoinSet,
};

use crate::{answer::Answer, ask::Ask, engine::Engine, route, scenario::Fault};

/// Before the next try when no connection can be taken, for want of files for example.
const REST: Duration = Duration::from_millis(50);

/// Takes connections until it is dropped.
pub(crate) async fn serve(listener: UnixListener, engine: Arc<Engine>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            taken = listener.accept() => match taken {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&engine)));
                }
                Err(_) => tokio::time::sleep(REST).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: UnixStream, engine: Arc<Engine>) {
    match engine.fault {
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::CloseAtOnce) => {}
        Some(Fault::Garbage) => garbage(stream).await,
        _ => {
            let service = service_fn(|request| respond(Arc::clone(&engine), request));
            // A client that goes away in the middle is no error of ours.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    }
}

/// What becomes of what no client can read is the client's affair. The question is taken first, or it would only break.
async fn garbage(mut stream: UnixStream) {
    let mut question = [0; 4096];
    if stream.read(&mut question).await.is_ok() {
        stream
            .write_all(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
            .await
            .ok();
    }
}

async fn respond(engine: Arc<Engine>, request: Request<Incoming>) -> Result<Answer, Infallible> {
    let answer = match Ask::read(request).await {
        Ok(ask) => route::answer(&engine, &ask),
        Err(refusal) => refusal.into(),
    };
    Ok(route::signed(answer))
}
