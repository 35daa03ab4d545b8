//! Programs that the kernel starts and a loader cannot: the loader is missing, or what it looks for is.

use lab::{NATIVE, triplet};

use super::{
    case::{
        Actual::{Native, Unsaid},
        Case,
        Faulty::{self, At},
        GLIBC_LOADER, MUSL_LOADER, STRAY_FOR_MUSL, case, shell,
    },
    images::Image,
};

const NO_LOADER: &str = "missing-loader";
const NO_LIBRARY: &str = "missing-library";
const FOREIGN_LIBRARY: &str = "foreign-module";

pub(crate) fn cases() -> Vec<Case> {
    [loaders(), libraries()].concat()
}

fn loaders() -> Vec<Case> {
    let by_entrypoint = ["--entrypoint", "/app/exec-arguments.sh"];
    vec![
        case("glibc-without-loader", Image::Tools, &["/app/hello"]).is(NO_LOADER, Native, At(GLIBC_LOADER)),
        case("glibc-on-musl", Image::Musl, &["/app/hello"]).is(NO_LOADER, Native, At(GLIBC_LOADER)),
        case("musl-on-glibc", Image::Glibc, &["/app/for-musl"]).is(NO_LOADER, Native, At(MUSL_LOADER)),
        shell("glibc-on-musl-by-shell", Image::Musl, "exec /app/hello").is(
            NO_LOADER,
            Native,
            At(GLIBC_LOADER),
        ),
        case(
            "musl-on-glibc-by-bash",
            Image::Glibc,
            &["/bin/bash", "-c", "exec /app/for-musl"],
        )
        .is(NO_LOADER, Native, At(MUSL_LOADER)),
        case(
            "musl-on-glibc-by-dash",
            Image::Glibc,
            &["/bin/dash", "-c", "exec /app/for-musl"],
        )
        .is(NO_LOADER, Native, At(MUSL_LOADER)),
        case("glibc-by-entrypoint", Image::Tools, &["/app/hello"])
            .with(&by_entrypoint)
            .is(NO_LOADER, Native, At(GLIBC_LOADER)),
        case("glibc-under-init", Image::Musl, &["/app/hello"])
            .with(&["--init"])
            .is(NO_LOADER, Native, At(GLIBC_LOADER)),
    ]
}

/// A library is blamed by the name that the program has for it when there is none, and by its path when there is one.
fn libraries() -> Vec<Case> {
    let gone = At("libgone.so.1");
    let native = NATIVE_LIBRARIES;
    vec![
        shell(
            "library-found",
            Image::Glibc,
            "/app/fine && /usr/bin/hello && exit 3",
        )
        .is("application-exit", Native, Faulty::None),
        shell("library-found-by-musl", Image::Musl, "/app/fine && exit 3").is(
            "application-exit",
            Native,
            Faulty::None,
        ),
        case("library-missing", Image::Glibc, &["/app/needs-gone"]).is(NO_LIBRARY, Native, gone),
        case("library-missing-on-musl", Image::Musl, &["/app/needs-gone"]).is(NO_LIBRARY, Native, gone),
        case("library-of-library-missing", Image::Glibc, &["/app/needs-middle"]).is(NO_LIBRARY, Native, gone),
        shell("library-missing-by-shell", Image::Glibc, "exec /app/needs-gone").is(NO_LIBRARY, Native, gone),
        // There is one of this name, but not the one that the program needs. No other cause is nearer.
        case("library-too-old", Image::Glibc, &["/app/needs-newer"])
            .is(NO_LIBRARY, Native, Faulty::Unsaid)
            .but_only_likely(),
        case("library-foreign", Image::Glibc, &["/app/needs-stray"]).is(FOREIGN_LIBRARY, Native, At(native)),
        case("library-foreign-near", Image::Glibc, &["/app/needs-near"]).is(
            FOREIGN_LIBRARY,
            Native,
            At("/app/near/libnear.so.1"),
        ),
        case(
            "library-foreign-by-environment",
            Image::Glibc,
            &["/app/needs-near"],
        )
        .with(&["-e", "LD_LIBRARY_PATH=/app/near"])
        .is(FOREIGN_LIBRARY, Native, At("/app/near/libnear.so.1")),
        case("library-foreign-on-musl", Image::Musl, &["/app/needs-stray"]).is(
            FOREIGN_LIBRARY,
            Native,
            At(STRAY_FOR_MUSL),
        ),
        shell("library-foreign-by-shell", Image::Glibc, "exec /app/needs-stray").is(
            FOREIGN_LIBRARY,
            Unsaid,
            At(native),
        ),
    ]
}

const NATIVE_LIBRARIES: &str = if matches!(triplet(NATIVE).as_bytes(), b"aarch64-linux-gnu") {
    "/usr/lib/aarch64-linux-gnu/libstray.so.1"
} else {
    "/usr/lib/x86_64-linux-gnu/libstray.so.1"
};
