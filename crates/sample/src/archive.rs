//! Files of containers, as archives.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    answer::{Answer, Refusal, bytes, empty, header, stream},
    ask::Ask,
    clock::Moment,
    containers::{Container, find},
    engine::Engine,
    scenario::Fault,
    tree::{Node, Tree},
};

/// Go's `os.FileMode`, which is not the system's.
const FOLDER: u32 = 1 << 31;
const LINK: u32 = 1 << 27;

/// Where [`Fault::TruncatedArchive`] breaks off: inside of the first file's contents.
const BROKEN_AT: usize = 600;

/// An error throws away what was not yet written; this is enough for it to be.
const FLUSHING: Duration = Duration::from_millis(50);

/// Two empty blocks end an archive.
const END: usize = 1024;

/// All files of a sample were written at this time.
const WRITTEN: (u64, &str) = (1_767_323_045, "2026-01-02T03:04:05Z");

/// `HEAD` and `GET /containers/{id}/archive`.
pub(crate) fn answer(engine: &Engine, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let mut world = engine.world();
    let index = find(&world.containers, name)?;
    let program = std::sync::Arc::clone(&world.containers[index].program);
    let path = ask.text("path");
    if path.is_empty() {
        return Err(Refusal::bad("invalid parameter: path must not be empty"));
    }
    let mounted = || is_mounted(&world.containers[index], path).then(|| (path.to_owned(), &Node::Folder));
    let Some((settled, node)) = program.tree.at(path).or_else(mounted) else {
        return Err(Refusal::not_found(format!(
            "Could not find the file {path} in container {name}"
        )));
    };
    let mut answer = if ask.method == Method::HEAD {
        empty(StatusCode::OK)
    } else {
        world.tell_at(index, Moment::now(), "archive-path", &[]);
        let packed = pack(&program.tree, &settled, node)
            .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        send(packed, engine.fault)
    };
    let stat = BASE64_STANDARD.encode(stat(&program.tree, &settled, node).to_string());
    header(&mut answer, "x-docker-container-path-stat", &stat);
    Ok(answer)
}

/// `GET /containers/{id}/export`: the whole tree, one entry after the other.
pub(crate) fn export(engine: &Engine, name: &str) -> Result<Answer, Refusal> {
    let mut world = engine.world();
    let index = find(&world.containers, name)?;
    world.tell_at(index, Moment::now(), "export", &[]);
    let program = std::sync::Arc::clone(&world.containers[index].program);
    let fault = engine.fault;
    let (sender, answer) = stream("application/x-tar");
    tokio::spawn(async move {
        for (path, node) in program.tree.below("/") {
            let packed = entry(path.trim_start_matches('/'), node);
            let failed = packed.is_err();
            if sender.send(packed.map(Bytes::from)).await.is_err() || failed {
                return;
            }
            if fault == Some(Fault::TruncatedArchive) && matches!(node, Node::File { .. }) {
                tokio::time::sleep(FLUSHING).await;
                let _ = sender.send(Err(std::io::Error::other("truncated archive"))).await;
                return;
            }
        }
        // Nobody may be listening any more.
        let _ = sender.send(Ok(Bytes::from_static(&[0; END]))).await;
    });
    Ok(answer)
}

/// Whether a volume or a folder of the host is there: those of a sample are empty.
fn is_mounted(container: &Container, path: &str) -> bool {
    let destinations = container
        .mounts
        .iter()
        .filter_map(|mount| mount.get("Destination")?.as_str());
    destinations
        .map(|destination| destination.trim_end_matches('/'))
        .any(|destination| destination == path)
}

/// What the engine says of a path.
fn stat(tree: &Tree, path: &str, node: &Node) -> Value {
    let (size, mode, target) = match node {
        Node::File { bytes, mode } => (bytes.len(), *mode, String::new()),
        Node::Folder => (4096, FOLDER | 0o755, String::new()),
        Node::Link(target) => (target.len(), LINK | 0o777, tree.link_end(path, target)),
    };
    json!({"name": base(path), "size": size, "mode": mode, "mtime": WRITTEN.1, "linkTarget": target})
}

fn send(packed: Vec<u8>, fault: Option<Fault>) -> Answer {
    if fault != Some(Fault::TruncatedArchive) {
        return bytes("application/x-tar", packed);
    }
    let (sender, answer) = stream("application/x-tar");
    tokio::spawn(async move {
        let first = packed.get(..BROKEN_AT).unwrap_or(&packed);
        // Nobody may be listening any more.
        let _ = sender.send(Ok(Bytes::copy_from_slice(first))).await;
        tokio::time::sleep(FLUSHING).await;
        let _ = sender.send(Err(std::io::Error::other("truncated archive"))).await;
    });
    answer
}

/// What is at `path`, and all below it, under the last part of its name. A link is packed as a link.
fn pack(tree: &Tree, path: &str, node: &Node) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let name = base(path);
    append(&mut archive, name, node)?;
    if *node == Node::Folder {
        for (below, node) in tree.below(path) {
            let inside = below.strip_prefix(path).unwrap_or(below).trim_start_matches('/');
            append(
                &mut archive,
                &format!("{}/{inside}", name.trim_end_matches('/')),
                node,
            )?;
        }
    }
    archive.into_inner()
}

/// One entry without the end of an archive.
fn entry(name: &str, node: &Node) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    append(&mut archive, name, node)?;
    let mut bytes = archive.into_inner()?;
    bytes.truncate(bytes.len().saturating_sub(END));
    Ok(bytes)
}

fn append(archive: &mut tar::Builder<Vec<u8>>, name: &str, node: &Node) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_mtime(WRITTEN.0);
    // Archives hold no absolute names.
    let name = match name.trim_start_matches('/') {
        "" => "./",
        name => name,
    };
    match node {
        Node::File { bytes, mode } => {
            header.set_size(bytes.len() as u64);
            header.set_mode(*mode);
            archive.append_data(&mut header, name, bytes.as_slice())
        }
        Node::Folder => {
            header.set_entry_type(tar::EntryType::Directory);
            header.set_mode(0o755);
            header.set_size(0);
            archive.append_data(&mut header, name, std::io::empty())
        }
        Node::Link(target) => {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_mode(0o777);
            header.set_size(0);
            archive.append_link(&mut header, name, target)
        }
    }
}

/// The last part of a path; `/` for the root.
fn base(path: &str) -> &str {
    path.rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or("/")
}
