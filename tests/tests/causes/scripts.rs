//! Scripts whose first line is wrong, or whose interpreter is.

use super::{
    case::{
        Actual::{Native, Nothing, Unsaid},
        Case,
        Faulty::{self, At},
        case, shell,
    },
    images::Image,
};

const CRLF: &str = "crlf-line-endings";
const BEFORE: &str = "byte-order-mark";
const NO_SHEBANG: &str = "missing-shebang";
const NO_INTERPRETER: &str = "missing-interpreter";
const FINE: &str = "application-exit";

pub(crate) fn cases() -> Vec<Case> {
    [first_lines(), interpreters()].concat()
}

/// The script is to blame: it is what must be changed. Nothing that could be read names a platform, unless an
/// interpreter is there all the same.
fn first_lines() -> Vec<Case> {
    let by_entrypoint = ["--entrypoint", "/app/exec-arguments.sh"];
    vec![
        case("crlf", Image::Tools, &["/app/crlf.sh"]).is(CRLF, Nothing, At("/app/crlf.sh")),
        // `env` is there, and is not what was to run: either answer is right.
        case("crlf-by-env", Image::Tools, &["/app/crlf-env.sh"]).is(CRLF, Unsaid, At("/app/crlf-env.sh")),
        // The interpreter is there, and refuses the option that the carriage return makes.
        case("crlf-argument", Image::Tools, &["/app/crlf-argument.sh"]).is(
            CRLF,
            Native,
            At("/app/crlf-argument.sh"),
        ),
        shell("crlf-by-shell", Image::Tools, "exec /app/crlf.sh").is(CRLF, Unsaid, At("/app/crlf.sh")),
        case("crlf-by-entrypoint", Image::Tools, &["/app/crlf.sh"])
            .with(&by_entrypoint)
            .is(CRLF, Unsaid, At("/app/crlf.sh")),
        case("crlf-in-workdir", Image::Tools, &["./crlf.sh"])
            .with(&["-w", "/app"])
            .is(CRLF, Nothing, At("/app/crlf.sh")),
        case("crlf-under-init", Image::Tools, &["/app/crlf.sh"])
            .with(&["--init"])
            .is(CRLF, Nothing, At("/app/crlf.sh")),
        // Its foreign shell was never tried: there is none of the name that the first line ends in.
        case("crlf-in-foreign-image", Image::Foreign, &["/app/crlf.sh"]).is(
            CRLF,
            Nothing,
            At("/app/crlf.sh"),
        ),
        case("mark-first", Image::Tools, &["/app/bom.sh"]).is(BEFORE, Nothing, At("/app/bom.sh")),
        case("blank-line-first", Image::Tools, &["/app/blank-first.sh"]).is(
            BEFORE,
            Nothing,
            At("/app/blank-first.sh"),
        ),
        case("no-shebang", Image::Tools, &["/app/plain.sh"]).is(NO_SHEBANG, Nothing, At("/app/plain.sh")),
        // A shell runs such a text itself: the kernel's refusal is not the end of it. So does what `--init` is.
        case("no-shebang-under-init", Image::Tools, &["/app/plain.sh"])
            .with(&["--init"])
            .is(FINE, Unsaid, Faulty::None),
        shell("no-shebang-by-shell", Image::Tools, "/app/plain.sh").is(FINE, Native, Faulty::None),
    ]
}

fn interpreters() -> Vec<Case> {
    let locked = At("/opt/locked");
    vec![
        case("no-bash", Image::Tools, &["/app/bash.sh"]).is(NO_INTERPRETER, Nothing, At("/bin/bash")),
        case("no-bash-for-env", Image::Tools, &["/app/bash-env.sh"]).is(NO_INTERPRETER, Unsaid, At("bash")),
        case("no-zsh-for-env-split", Image::Glibc, &["/app/zsh-env-split.sh"]).is(
            NO_INTERPRETER,
            Unsaid,
            At("zsh"),
        ),
        shell("no-bash-by-shell", Image::Tools, "exec /app/bash.sh").is(
            NO_INTERPRETER,
            Unsaid,
            At("/bin/bash"),
        ),
        case("no-bash-by-entrypoint", Image::Tools, &["/app/bash.sh"])
            .with(&["--entrypoint", "/app/exec-arguments.sh"])
            .is(NO_INTERPRETER, Unsaid, At("/bin/bash")),
        case("interpreter-by-bash", Image::Tools, &["/app/by-bash-script.sh"]).is(
            NO_INTERPRETER,
            Nothing,
            At("/bin/bash"),
        ),
        case("interpreter-is-script", Image::Tools, &["/app/by-script.sh"]).is(FINE, Native, Faulty::None),
        case("interpreter-not-executable", Image::Tools, &["/app/by-locked.sh"]).is(
            "not-executable",
            Native,
            locked,
        ),
        case("interpreter-is-folder", Image::Tools, &["/app/by-folder.sh"]).is(
            "is-a-directory",
            Nothing,
            At("/app"),
        ),
    ]
}
