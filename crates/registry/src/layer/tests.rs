use std::{io::Write as _, sync::atomic::Ordering};

use flate2::{Compression, write::GzEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use tar::{Builder, EntryType, Header};
use tokio::sync::mpsc;

use super::*;

fn archive(entries: &[(&str, EntryType, u32, &[u8], &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, kind, mode, bytes, link) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        header.set_size(bytes.len() as u64);
        if link.is_empty() {
            builder.append_data(&mut header, path, *bytes).unwrap();
        } else {
            builder.append_link(&mut header, path, link).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

fn sample() -> Vec<u8> {
    archive(&[
        ("bin/", EntryType::Directory, 0o755, b"", ""),
        ("bin/tool", EntryType::Regular, 0o755, b"\x7fELF and more", ""),
        ("bin/same", EntryType::Link, 0o755, b"", "bin/tool"),
        ("bin/old", EntryType::Link, 0o755, b"", "sbin/old"),
        ("sh", EntryType::Symlink, 0o777, b"", "bin/tool"),
        ("data", EntryType::Regular, 0o644, b"nothing to run", ""),
        ("etc/.wh.gone", EntryType::Regular, 0o600, b"", ""),
        ("srv/.wh..wh..opq", EntryType::Regular, 0o600, b"", ""),
        ("srv/.wh.", EntryType::Regular, 0o600, b"", ""),
        ("srv/.wh...", EntryType::Regular, 0o600, b"", ""),
        (".wh..wh.plnk", EntryType::Directory, 0o700, b"", ""),
    ])
}

/// What is read of `bytes` when they come in pieces of this size.
fn read(bytes: &[u8], piece: usize, digest: &Digest, room: usize) -> Result<Layer, Fault> {
    let (sender, receiver) = mpsc::channel(bytes.len() / piece + 1);
    for piece in bytes.chunks(piece) {
        sender.try_send(piece.to_vec()).unwrap();
    }
    drop(sender);
    Layer::read(receiver, digest, Room::new(room))
}

fn whole(bytes: &[u8], piece: usize) -> Result<Layer, Fault> {
    read(bytes, piece, &Digest::of(bytes), 1 << 24)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// A frame that holds something beside the data.
fn skipped() -> Vec<u8> {
    [&[0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"aside"].concat()
}

fn check(layer: &Layer) {
    assert_eq!(layer.hidden, ["/etc/gone"]);
    assert_eq!(layer.emptied, ["/srv"]);
    let paths: Vec<&str> = layer.entries.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        ["/bin", "/bin/tool", "/bin/same", "/bin/old", "/sh", "/data"]
    );
    let laid = |at: usize| format!("{:?}", layer.entries[at].1);
    assert_eq!(
        laid(1),
        laid(2),
        "another name of a file of the same layer is the file"
    );
    assert!(matches!(&layer.entries[3].1, Laid::Same(path) if path == "/sbin/old"));
    assert!(laid(4).contains("Link(\"bin/tool\")"), "{}", laid(4));
    assert!(laid(5).contains("size: 14, head: None"), "{}", laid(5));
}

#[test]
fn a_layer_is_the_same_however_it_is_packed_and_cut() {
    let plain = sample();
    let (first, second) = plain.split_at(700);
    let packed = [
        plain.clone(),
        gzip(&plain),
        [gzip(first), gzip(second)].concat(),
        zstd(&plain),
        [zstd(first), skipped(), zstd(second), skipped()].concat(),
        [skipped(), zstd(&plain)].concat(),
    ];
    for (at, bytes) in packed.iter().enumerate() {
        for piece in [1, 513, 1 << 20] {
            let layer = whole(bytes, piece).unwrap_or_else(|fault| panic!("{at}, {piece}: {fault:?}"));
            check(&layer);
        }
    }
}

#[test]
fn other_bytes_than_those_of_the_digest_are_told_first() {
    let bytes = sample();
    let other = Digest::of(b"other");
    assert_eq!(read(&bytes, 512, &other, 1 << 24).unwrap_err(), Fault::Digest);
    let cut = &bytes[..900];
    let digest = Digest::of(&bytes);
    assert_eq!(read(cut, 512, &digest, 1 << 24).unwrap_err(), Fault::Digest);
}

#[test]
fn what_cannot_be_followed_is_said() {
    let plain = sample();
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() * 2 / 3].to_vec();
    for bytes in [
        cut(plain.clone()),
        cut(gzip(&plain)),
        cut(zstd(&plain)),
        b"<html>not a layer, and longer than its first five hundred bytes </html>".repeat(20),
    ] {
        let fault = whole(&bytes, 512).unwrap_err();
        assert!(
            matches!(&fault, Fault::Unreadable(why) if !why.is_empty()),
            "{fault:?}"
        );
    }
    assert!(whole(b"", 1).unwrap().entries.is_empty(), "no bytes are no files");
    assert!(whole(&gzip(b""), 1).unwrap().entries.is_empty());
}

#[test]
fn there_is_only_so_much_room_and_it_comes_back() {
    let bytes = sample();
    let digest = Digest::of(&bytes);
    let fault = read(&bytes, 512, &digest, 1000).unwrap_err();
    assert!(
        matches!(&fault, Fault::Unreadable(why) if why.contains("more files")),
        "{fault:?}"
    );
    let room = Room::new(1 << 20);
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send(bytes).unwrap();
    drop(sender);
    let layer = Layer::read(receiver, &digest, Arc::clone(&room)).unwrap();
    assert!(room.left.load(Ordering::Relaxed) < 1 << 20);
    drop(layer);
    assert_eq!(room.left.load(Ordering::Relaxed), 1 << 20);
}

#[test]
fn only_what_may_be_started_or_loaded_is_kept() {
    let kept_of = |path: &str, mode: u32, bytes: &[u8]| {
        let layer = whole(&archive(&[(path, EntryType::Regular, mode, bytes, "")]), 4096).unwrap();
        match &layer.entries[0].1 {
            Laid::Node(Node {
                kind: NodeKind::File { head, .. },
                ..
            }) => head.as_ref().map(|head| head.len()),
            other @ (Laid::Node(_) | Laid::Same(_)) => panic!("{other:?}"),
        }
    };
    let long = |first: &[u8]| [first, &b"x".repeat(100_000)].concat();
    assert_eq!(kept_of("usr/lib/a.so", 0o644, &long(b"\x7fELF")), Some(LIBRARY));
    assert_eq!(kept_of("usr/bin/a", 0o755, &long(b"\x7fELF")), Some(PROGRAM));
    assert_eq!(kept_of("run", 0o644, &long(b"#!/bin/sh\n")), Some(PREFIX_LIMIT));
    assert_eq!(kept_of("etc/passwd", 0o644, b"root:x:0:0"), Some(10));
    assert_eq!(kept_of("usr/share/doc/a", 0o644, &long(b"words")), None);
    assert_eq!(kept_of("empty", 0o644, b""), Some(0));
}

#[test]
fn names_stay_within_the_image() {
    let cases = [
        ("./a//b/", "/a/b"),
        ("../../etc/x", "/etc/x"),
        ("/", ""),
        ("a/../b", "/b"),
    ];
    for (name, path) in cases {
        assert_eq!(absolute(name.as_bytes()).unwrap(), path, "{name}");
    }
    assert!(absolute(&[b'a'; PATH + 1]).is_err());
}
