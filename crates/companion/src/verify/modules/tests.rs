use registry::{Node, NodeKind};

use super::*;

fn elf(machine: u8) -> Vec<u8> {
    let mut bytes = vec![0; 64];
    bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    bytes[16] = 3;
    bytes[18] = machine;
    bytes
}

const AMD64: u8 = 62;
const ARM64: u8 = 183;

fn mach_o() -> Vec<u8> {
    [&[0xcf, 0xfa, 0xed, 0xfe, 0x0c, 0, 0, 1][..], &[0; 24]].concat()
}

fn found(files: &[(&str, Vec<u8>)]) -> Programs {
    let node = |bytes: &[u8]| Node {
        kind: NodeKind::File {
            size: bytes.len() as u64,
            head: Some(bytes.into()),
        },
        mode: 0o644,
        user: None,
        group: None,
    };
    let files = files
        .iter()
        .map(|(path, bytes)| ((*path).to_owned(), node(bytes)));
    look(&files.collect(), &Platform::linux("arm64"))
}

#[test]
fn what_would_be_loaded_counts() {
    for path in [
        "/app/node_modules/bcrypt/lib/bcrypt.node",
        "/usr/lib/python3/site-packages/numpy/core.so",
        "/app/node_modules/@esbuild/linux-x64/bin/esbuild",
    ] {
        let found = found(&[(path, elf(AMD64)), ("/bin/sh", elf(ARM64))]);
        assert_eq!((found.foreign_modules, found.all), (1, 2), "{path}");
        assert!(found.fix.is_some(), "{path}");
    }
    let from_a_mac = found(&[("/app/node_modules/bcrypt/lib/bcrypt.node", mach_o())]);
    assert_eq!(from_a_mac.foreign_modules, 1);
}

#[test]
fn what_a_package_brings_for_other_systems_does_not() {
    for files in [
        // It has the right one as well, and picks it.
        vec![
            (
                "/app/node_modules/sharp/prebuilds/linux-x64/sharp.node",
                elf(AMD64),
            ),
            (
                "/app/node_modules/sharp/prebuilds/linux-arm64/sharp.node",
                elf(ARM64),
            ),
        ],
        vec![
            ("/app/node_modules/@esbuild/linux-x64/bin/esbuild", elf(AMD64)),
            ("/app/node_modules/@esbuild/linux-arm64/bin/esbuild", elf(ARM64)),
        ],
        // A tool for macOS, which nothing on Linux starts.
        vec![(
            "/app/node_modules/node-notifier/vendor/terminal-notifier.app/Contents/MacOS/terminal-notifier",
            mach_o(),
        )],
        // Programs that lie about, outside of what a package manager knows.
        vec![("/srv/tool-amd64", elf(AMD64))],
    ] {
        let found = found(&files);
        assert_eq!(found.foreign_modules, 0, "{:?}", found.modules);
        assert!(found.modules.is_empty() && found.fix.is_none());
    }
}
