//! What shells lead to: folders that they go to, failures that they go on behind, and branches.

use super::{
    case::{
        Actual::{Native, Unsaid},
        Case,
        Faulty::{self, At},
        GLIBC_LOADER, case, shell,
    },
    images::Image,
};

const CRLF: &str = "crlf-line-endings";
const EXIT: &str = "application-exit";
const FOREIGN: &str = "foreign-binary";
const NO_LIBRARY: &str = "missing-library";

pub(crate) fn cases() -> Vec<Case> {
    [folders(), guarded(), branches(), launchers()].concat()
}

/// A path that begins in another folder is looked for there, and never called missing for want of knowing which.
fn folders() -> Vec<Case> {
    vec![
        shell("cd-in-a-subshell", Image::Tools, "(cd /opt && ./foreign ls)").is(
            FOREIGN,
            Unsaid,
            At("/opt/foreign"),
        ),
        case("cd-beside-the-script", Image::Tools, &["/app/beside.sh"])
            .is(CRLF, Unsaid, At("/app/crlf.sh"))
            .but_only_likely(),
        shell("cd-and-words", Image::Tools, "cd /app; ./crlf.sh").is(CRLF, Unsaid, At("/app/crlf.sh")),
        shell(
            "cd-nobody-knows-where",
            Image::Tools,
            "cd \"$(echo /etc)\"; ./nope",
        )
        .is("unknown", Unsaid, Faulty::None),
        case(
            "env-goes-to-a-folder",
            Image::Glibc,
            &["/usr/bin/env", "--chdir=/opt", "./foreign"],
        )
        .is(FOREIGN, Unsaid, At("/opt/foreign")),
    ]
}

/// What a shell went on without did not end it; what it told of did.
fn guarded() -> Vec<Case> {
    let gone = At("libgone.so.1");
    vec![
        shell(
            "library-not-needed",
            Image::Glibc,
            "/app/needs-gone || true; sleep 0.2; echo no port is set >&2; exit 4",
        )
        .is(EXIT, Unsaid, Faulty::None)
        .but_only_likely(),
        case("library-told-of", Image::Glibc, &["/app/tells-of-it.sh"])
            .is(NO_LIBRARY, Unsaid, gone)
            .but_only_likely(),
        shell(
            "library-and-another-code",
            Image::Glibc,
            "/app/needs-gone || exit 3",
        )
        .is(NO_LIBRARY, Unsaid, gone)
        .but_only_likely(),
        case("gives-up", Image::Tools, &["/app/gives-up.sh"])
            .is("missing-loader", Unsaid, At(GLIBC_LOADER))
            .but_only_likely(),
        shell(
            "silent-127",
            Image::Tools,
            "[ -e /nowhere ] || exit 127; exec /app/nope",
        )
        .is(EXIT, Native, Faulty::None)
        .but_only_likely(),
        shell(
            "not-there-and-not-needed",
            Image::Tools,
            "nope --version; sleep 0.2; echo cannot reach it >&2; exit 7",
        )
        .is(EXIT, Native, Faulty::None),
    ]
}

fn branches() -> Vec<Case> {
    vec![
        case("branch-that-fits", Image::Tools, &["/app/branch.sh", "known"]).is(EXIT, Native, Faulty::None),
        case(
            "branch-of-all-others",
            Image::Tools,
            &["/app/branch.sh", "/opt/foreign"],
        )
        .is(FOREIGN, Unsaid, At("/opt/foreign")),
    ]
}

fn launchers() -> Vec<Case> {
    vec![
        case(
            "loader-as-launcher",
            Image::Glibc,
            &[GLIBC_LOADER, "--library-path", "/opt/lib", "/app/needs-gone"],
        )
        .is(NO_LIBRARY, Native, At("libgone.so.1")),
        case(
            "noexec-shared-memory",
            Image::Tools,
            &[
                "/bin/sh",
                "-c",
                "cp /bin/busybox /dev/shm/x; exec /dev/shm/x true",
            ],
        )
        .is("noexec-mount", Unsaid, Faulty::Unsaid),
    ]
}
