use super::*;
use crate::{Ending, Hints, Known};
use platform::{Asides, Platform};

fn facts(path: &str) -> Facts {
    let link = Link {
        role: Role::Command,
        via: Via::Kernel,
        path: path.to_owned(),
        resolved: None,
        target: Target::Special,
        mount: None,
        asked_in: None,
    };
    Facts {
        container: String::new(),
        image: String::new(),
        engine: Platform::linux("arm64"),
        claimed: Known::Unknown(String::new()),
        program: path.to_owned(),
        ending: Ending::default(),
        chain: Known::Known(vec![link]),
        unfollowed: Vec::new(),
        asides: Asides::default(),
        witness: None,
        health: None,
        log: Known::Unknown(String::new()),
        stop_requested: Known::Known(false),
        user: String::new(),
        missing_source: None,
        hints: Hints::default(),
    }
}

fn by_runtime(line: &str, path: &str) -> Option<Errno> {
    of_runtime(
        &["before".to_owned(), line.to_owned(), String::new()],
        &facts(path),
        &[],
    )?
    .errno
}

#[test]
fn the_words_of_every_runtime_are_known() {
    for (line, errno) in [
        ("exec /bin/uname: exec format error", Errno::Format),
        ("exec /bin/uname: no such file or directory", Errno::NotThere),
        ("exec ./uname: permission denied", Errno::Denied),
        (
            "exec /bin/uname: accessing a corrupted shared library",
            Errno::Broken,
        ),
        (
            "standard_init_linux.go:228: exec user process caused: exec format error",
            Errno::Format,
        ),
        (
            r#"standard_init_linux.go:190: exec user process caused "no such file or directory""#,
            Errno::NotThere,
        ),
        (
            "[FATAL tini (7)] exec uname failed: Exec format error",
            Errno::Format,
        ),
        (
            "exec container process `/bin/uname`: Exec format error",
            Errno::Format,
        ),
        (
            r#"{"msg":"exec container process `/bin/uname`: Exec format error","level":"error"}"#,
            Errno::Format,
        ),
    ] {
        assert_eq!(by_runtime(line, "uname"), Some(errno), "{line}");
    }
}

#[test]
fn what_a_program_writes_itself_is_no_refusal() {
    for line in [
        "open /etc/x: no such file or directory",
        "bash: ./x: cannot execute: Exec format error",
        "exec /app/plugin: exec format error",
        "exec: \"uname\": executable file not found in $PATH",
        "exec format error",
        "",
    ] {
        assert_eq!(by_runtime(line, "/bin/uname"), None, "{line}");
    }
    assert_eq!(of_runtime(&[], &facts("/bin/uname"), &[]), None);
}

#[test]
fn the_engine_is_heard_of_the_program_only() {
    let errno = |error, path| of_engine(error, &facts(path)).errno;
    let missing = r#"unable to start container process: exec: "/app/nope": stat /app/nope: no such file or directory: unknown"#;
    assert_eq!(errno(missing, "/app/nope"), Some(Errno::NotThere));
    assert_eq!(errno(missing, "/app/other"), None);
    let mount = r#"error mounting "/x" to rootfs at "/app/nope": no such file or directory"#;
    assert_eq!(errno(mount, "/app/nope"), None);
    let old = "unable to start container process: exec /app/start.sh: permission denied: unknown";
    assert_eq!(errno(old, "/app/start.sh"), Some(Errno::Denied));
}
