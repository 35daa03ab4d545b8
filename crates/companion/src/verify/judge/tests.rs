use registry::{Node, NodeKind};

use super::*;

const AMD64: u16 = 62;
const ARM64: u16 = 183;
const ARM: u16 = 40;
const I386: u16 = 3;

/// A static program without anything in it.
fn elf(machine: u16) -> Vec<u8> {
    let (class, size) = if matches!(machine, ARM | I386) {
        (1, 52)
    } else {
        (2, 64)
    };
    let mut bytes = vec![0; size];
    bytes[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1, 1]);
    bytes[16] = 2;
    bytes[18..20].copy_from_slice(&machine.to_le_bytes());
    bytes[20] = 1;
    if machine == ARM {
        // EABI 5, hard-float.
        bytes[36..40].copy_from_slice(&0x0500_0400_u32.to_le_bytes());
    }
    bytes
}

fn file(mode: u32, bytes: &[u8]) -> Node {
    Node {
        kind: NodeKind::File {
            size: bytes.len() as u64,
            head: Some(bytes.into()),
        },
        mode,
        user: Some(0),
        group: Some(0),
    }
}

fn link(leads: &str) -> Node {
    Node {
        kind: NodeKind::Link(leads.into()),
        ..file(0o777, b"")
    }
}

fn config(command: &[&str]) -> Value {
    json!({"Env": ["PATH=/bin"], "Entrypoint": [], "Cmd": command})
}

async fn judged(labelled: &str, config: Value, files: Vec<(&str, Node)>) -> VerifiedPlatform {
    let labelled: Platform = labelled.parse().expect("a platform");
    let tree = files
        .into_iter()
        .map(|(path, node)| (path.to_owned(), node))
        .collect();
    let outline = Outline::new(Some(labelled.clone()), config);
    judge("acme/web", &labelled, &outline, &tree).await
}

fn program(machine: u16) -> Node {
    file(0o755, &elf(machine))
}

#[tokio::test]
async fn a_program_is_what_the_label_says_or_is_not() {
    use Verdict::{Mislabelled, Ok};
    for (labelled, machine, verdict) in [
        ("linux/arm64", ARM64, Ok),
        ("linux/amd64", AMD64, Ok),
        ("linux/amd64", I386, Ok),
        ("linux/arm64", AMD64, Mislabelled),
        ("linux/amd64", ARM64, Mislabelled),
        // Some processors for arm64 run it, and the label is wrong on those that do not.
        ("linux/arm64", ARM, Mislabelled),
        ("linux/386", AMD64, Mislabelled),
    ] {
        let found = judged(labelled, config(&["/web"]), vec![("/web", program(machine))]).await;
        assert_eq!(found.verdict, verdict, "{labelled}, {machine}: {found:?}");
        assert_eq!(found.program.as_deref(), Some("/web"));
        assert!(found.actual.is_some() && !found.why.is_empty(), "{found:?}");
        assert_eq!(found.fix.is_some(), verdict != Ok, "{found:?}");
    }
}

#[tokio::test]
async fn one_stray_program_does_not_make_an_image_mislabelled() {
    let files = vec![
        ("/web", program(AMD64)),
        ("/bin/busybox", program(ARM64)),
        ("/bin/sh", link("busybox")),
    ];
    let found = judged("linux/arm64", config(&["/web"]), files).await;
    assert_eq!(found.verdict, Verdict::ForeignBinary, "{found:?}");
    assert_eq!((found.programs, found.foreign_programs), (2, 1));
    assert_eq!(found.cause.as_deref(), Some("foreign-binary"));
}

#[tokio::test]
async fn without_its_loader_a_program_is_still_another_platform_s() {
    let loaded = {
        let (loader, at) = (b"/lib/ld.so\0", 64 + 56);
        let mut bytes = elf(AMD64);
        // One program header: PT_INTERP, which names the loader behind it.
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes.resize(at, 0);
        bytes[64] = 3;
        bytes[72] = u8::try_from(at).expect("a byte");
        bytes[96] = u8::try_from(loader.len()).expect("a byte");
        bytes[104] = bytes[96];
        bytes.extend(loader);
        bytes
    };
    let files = |other: u16| vec![("/web", file(0o755, &loaded)), ("/bin/tool", program(other))];
    let found = judged("linux/arm64", config(&["/web"]), files(AMD64)).await;
    assert_eq!(found.verdict, Verdict::Mislabelled, "{found:?}");
    let found = judged("linux/arm64", config(&["/web"]), files(ARM64)).await;
    assert_eq!(found.verdict, Verdict::ForeignBinary, "{found:?}");
    let found = judged("linux/amd64", config(&["/web"]), files(AMD64)).await;
    assert_eq!(found.verdict, Verdict::Unknown, "{found:?}");
    assert_eq!(found.cause.as_deref(), Some("missing-loader"));
}

#[tokio::test]
async fn a_script_is_what_runs_it() {
    let script = file(0o755, b"#!/bin/sh\nexec \"$@\"\n");
    let files = |machine| {
        vec![
            ("/start.sh", script.clone()),
            ("/bin/sh", link("/bin/busybox")),
            ("/bin/busybox", program(machine)),
        ]
    };
    let config = json!({"Entrypoint": ["/start.sh"], "Cmd": ["sh"], "Env": ["PATH=/bin"]});
    let found = judged("linux/arm64", config.clone(), files(ARM64)).await;
    assert_eq!(found.verdict, Verdict::Ok, "{found:?}");
    assert_eq!(found.program.as_deref(), Some("/start.sh"));
    assert_eq!(found.actual.as_deref(), Some("linux/arm64"));
    assert!(found.why.contains("What runs `/start.sh`"), "{}", found.why);
    let found = judged("linux/arm64", config, files(AMD64)).await;
    assert_eq!(found.verdict, Verdict::Mislabelled, "{found:?}");
    assert_eq!(found.actual.as_deref(), Some("linux/amd64"));
}

#[tokio::test]
async fn what_is_not_there_or_not_known_is_no_pass() {
    let found = judged("linux/arm64", config(&["/web"]), vec![("/sh", program(ARM64))]).await;
    assert_eq!(found.verdict, Verdict::Unknown);
    assert_eq!(found.cause.as_deref(), Some("command-not-found"), "{found:?}");
    let found = judged("linux/arm64", config(&["/web"]), vec![("/sh", program(AMD64))]).await;
    assert_eq!(
        found.verdict,
        Verdict::Mislabelled,
        "nothing in it fits: {found:?}"
    );
    let unread = Node {
        kind: NodeKind::File {
            size: 9000,
            head: None,
        },
        ..program(ARM64)
    };
    let found = judged("linux/arm64", config(&["/web"]), vec![("/web", unread)]).await;
    assert_eq!(found.verdict, Verdict::Unknown, "{found:?}");
    assert_eq!(found.actual, None);
}

#[tokio::test]
async fn an_image_without_a_command_is_known_by_its_programs() {
    let nothing = || config(&[]);
    let found = judged("linux/arm64", nothing(), vec![("/tool", program(ARM64))]).await;
    assert_eq!(
        (found.verdict, found.program),
        (Verdict::Ok, None),
        "{}",
        found.why
    );
    assert!(found.why.contains("names no command"), "{}", found.why);
    let found = judged("linux/arm64", nothing(), vec![("/tool", program(AMD64))]).await;
    assert_eq!(found.verdict, Verdict::Mislabelled, "{}", found.why);
    let found = judged("linux/arm64", nothing(), vec![("/data", file(0o644, b"words"))]).await;
    assert_eq!(found.verdict, Verdict::Unknown, "{}", found.why);
}

#[tokio::test]
async fn two_labels_that_differ_are_told_whatever_the_program_is() {
    let labelled: Platform = "linux/arm64".parse().expect("a platform");
    let tree = [("/web".to_owned(), program(ARM64))].into_iter().collect();
    let outline = |configured: &str| Outline::new(configured.parse().ok(), config(&["/web"]));
    let found = judge("acme/web", &labelled, &outline("linux/amd64"), &tree).await;
    assert_eq!(found.verdict, Verdict::Mislabelled);
    assert_eq!(found.configured.as_deref(), Some("linux/amd64"));
    assert_eq!(found.actual.as_deref(), Some("linux/arm64"));
    let found = judge("acme/web", &labelled, &outline("linux/arm64/v8"), &tree).await;
    assert_eq!(found.verdict, Verdict::Ok, "{found:?}");
}

#[tokio::test]
async fn native_modules_for_another_platform_are_found() {
    let module = "/app/node_modules/bcrypt/build/Release/bcrypt.node";
    let files = vec![("/node", program(ARM64)), (module, program(AMD64))];
    let found = judged("linux/arm64", config(&["/node"]), files).await;
    assert_eq!(found.verdict, Verdict::ForeignBinary, "{found:?}");
    assert_eq!(found.foreign_modules, 1);
    assert_eq!(found.modules[0].path, module);
    assert_eq!(found.modules[0].package.as_deref(), Some("bcrypt"));
    assert!(found.fix.is_some_and(|fix| fix.contains("bcrypt")));
}
