//! How much is read of a container whose files have no end: never more than is promised, in bytes and in time.

use std::time::Duration;

use engine::{Engine, Inspection, Root};
use platform::{Asides, Sought, Target};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    time::Instant,
};

use crate::strangers::endpoint;

/// What is promised of one file, and of all.
const FILE: usize = 1024 * 1024;
const ALL: usize = 4 * 1024 * 1024;

/// Longer than any chain is followed, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(14);

/// The stat of a program of a terabyte, as an engine gives it: `{"name":"x","size":1099511627776,"mode":493,…}`.
const STAT: &str = "eyJuYW1lIjoieCIsInNpemUiOjEwOTk1MTE2Mjc3NzYsIm1vZGUiOjQ5MywibXRpbWUiOiIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsImxpbmtUYXJnZXQiOiIifQ==";

/// How the engine treats a question for a file.
#[derive(Clone, Copy)]
enum Files {
    /// Each is an endless program with a loader, whose needs stand behind all that was promised.
    Endless,
    /// The question stays without an answer.
    Silent,
}

/// An engine, until the folder is dropped.
async fn engine(files: Files) -> (TempDir, Engine) {
    let folder = TempDir::new().expect("a folder");
    let socket = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).expect("a socket");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, files));
        }
    });
    let engine = Engine::connect(&endpoint(&socket)).await.expect("an engine");
    (folder, engine)
}

/// One answer for each connection, so that nothing of it has to be understood but its first line.
async fn answer(mut stream: UnixStream, files: Files) -> std::io::Result<()> {
    let mut question = vec![0; 8192];
    let length = stream.read(&mut question).await?;
    let question = String::from_utf8_lossy(&question[..length]).into_owned();
    let line = question.lines().next().unwrap_or_default();
    let head =
        |more: &str| format!("HTTP/1.1 200 OK\r\nConnection: close\r\nApi-Version: 1.47\r\n{more}\r\n");
    let is_file = line.contains("/archive?");
    if is_file && matches!(files, Files::Silent) {
        return std::future::pending().await;
    }
    if line.starts_with("HEAD") {
        let stat = format!("X-Docker-Container-Path-Stat: {STAT}\r\nContent-Length: 0\r\n");
        return stream.write_all(head(&stat).as_bytes()).await;
    }
    if is_file {
        stream
            .write_all(head("Content-Type: application/x-tar\r\n").as_bytes())
            .await?;
        stream.write_all(&beginning()).await?;
        loop {
            stream.write_all(&[0xaa; 8 * 1024]).await?;
        }
    }
    let body = if line.contains("/version") {
        json!({ "Version": "28.0.0", "ApiVersion": "1.47", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64" })
    } else {
        json!({ "ID": "endless", "Name": "endless", "State": { "Status": "exited" } })
    };
    let body = body.to_string();
    let type_and_length = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    stream
        .write_all((head(&type_and_length) + &body).as_bytes())
        .await
}

/// The header of a tar of one file of a terabyte, and the beginning of that: an ELF program with a loader.
fn beginning() -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_path("x").expect("a name");
    header.set_mode(0o755);
    header.set_size(1 << 40);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    let loader = b"/lib64/ld-linux-x86-64.so.2\0";
    let mut bytes = header.as_bytes().to_vec();
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
    // The entry, the program headers behind this one, and no sections.
    elf.extend([0_u64, 64, 0].map(u64::to_le_bytes).concat());
    elf.extend(0_u32.to_le_bytes());
    elf.extend([64_u16, 56, 2, 64, 0, 0].map(u16::to_le_bytes).concat());
    let length = loader.len() as u64;
    for (kind, at, size) in [(3_u32, 64 + 2 * 56, length), (2, 1 << 30, 4096)] {
        elf.extend([kind, 4].map(u32::to_le_bytes).concat());
        elf.extend([at, at, at, size, size, 1].map(u64::to_le_bytes).concat());
    }
    elf.extend(loader);
    bytes.extend(elf);
    bytes
}

fn container(program: &str) -> Inspection {
    Inspection::from_json(json!({ "Id": "endless", "Name": "/endless", "Path": program, "Args": [] }))
}

#[tokio::test]
async fn one_file_is_read_to_a_mebibyte_at_most() {
    let (_folder, engine) = engine(Files::Endless).await;
    let inspection = container("/app/server");
    let root = engine.root(&inspection);
    let chain = root.chain().await.expect("links");
    assert!(chain.links[0].loads_libraries(), "{chain:?}");
    // Its beginning does not tell what it needs, so that more of it is read.
    let libraries = root.libraries(&chain.links[0]).await.expect("an answer");
    assert_eq!(libraries, None);
    let (all, most) = root.received();
    assert!(most <= FILE && most > FILE - 64 * 1024, "{most}");
    assert!(all <= ALL, "{all}");
}

#[tokio::test]
async fn all_files_together_are_read_to_four_mebibytes_at_most() {
    let (_folder, engine) = engine(Files::Endless).await;
    let inspection = container("/app/server");
    let root = engine.root(&inspection);
    let mut unread = 0;
    for number in 0..100 {
        let sought = Sought::Module(format!("/app/{number}.node"));
        let links = root
            .seek(&sought, &[], &Asides::default())
            .await
            .expect("an answer");
        unread += usize::from(matches!(links[0].target, Target::Unreadable(_)));
    }
    let (all, most) = root.received();
    assert!(all <= ALL && all > ALL - FILE, "{all}");
    assert!(most <= FILE, "{most}");
    assert!(unread > 0, "what is not read any more is said to be unreadable");
}

#[tokio::test]
async fn an_engine_that_answers_nothing_of_files_ends_no_later() {
    let (_folder, engine) = engine(Files::Silent).await;
    let inspection = container("/app/server");
    let root: Root<'_> = engine.root(&inspection);
    let begin = Instant::now();
    let chain = root.chain().await;
    assert!(begin.elapsed() < LIMIT, "{:?}", begin.elapsed());
    assert!(chain.is_err(), "{chain:?}");
}
