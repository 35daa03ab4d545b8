//! Native modules that a native program loads once it runs.

use std::{env, path::PathBuf};

use lab::Unavailable;

use super::{
    case::{
        Actual::{Foreign, Native},
        Case,
        Faulty::{self, At},
        MUSL_LIBRARY, RESTARTING, Translator, UNHEALTHY, case, shell,
    },
    images::Image,
};

const FOREIGN_MODULE: &str = "foreign-module";
const NAMED: &str = if cfg!(target_arch = "aarch64") {
    "/app/native/_speedups.cpython-311-x86_64-linux-gnu.so"
} else {
    "/app/native/_speedups.cpython-311-aarch64-linux-gnu.so"
};

pub(crate) fn cases() -> Vec<Case> {
    [python(), of_a_running_one(), node()].concat()
}

fn python() -> Vec<Case> {
    let python = |name, code| case(name, Image::Python, &[]).running("python3.11", code);
    let rust = At("/app/_rust.abi3.so");
    vec![
        python("python-fine", "import sys; sys.exit(3)").is("application-exit", Native, Faulty::None),
        python("python-not-installed", "import nothing_of_that_name").is(
            "application-exit",
            Native,
            Faulty::None,
        ),
        // What a program starts is refused in the words of its language.
        python(
            "stray-by-python",
            "import subprocess; subprocess.run(['/opt/foreign'], check=True)",
        )
        .is("foreign-binary", Foreign, At("/opt/foreign")).but_only_likely(),
        // It may be what the program wanted to know.
        python(
            "stray-by-python-and-no-harm",
            "import subprocess, sys\ntry:\n    subprocess.run(['/opt/foreign'])\nexcept OSError as error:\n    print(error)\nsys.exit(3)",
        )
        .is("application-exit", Native, Faulty::None),
        // It is not found at all: the processor is part of the name that Python looks for.
        python("python-named-module", "import native").is(FOREIGN_MODULE, Native, At(NAMED)),
        python("python-module", "import _rust").is(FOREIGN_MODULE, Native, rust),
        python("python-module-of-mac", "import _mac").is(FOREIGN_MODULE, Native, At("/app/_mac.abi3.so")),
        python("python-module-needs-gone", "import _gone").is("missing-library", Native, At("libgone.so.1")),
        case("python-script", Image::Python, &["/app/main.py"]).is(FOREIGN_MODULE, Native, rust),
        shell(
            "python-by-shell",
            Image::Python,
            "echo starting >&2; exec python3.11 -c 'import _rust'",
        )
        .is(FOREIGN_MODULE, Native, rust),
        python("python-module-on-a-bind", "import _mounted")
            .with(&["-v", "{folder}/modules:/mnt:ro", "-e", "PYTHONPATH=/mnt"])
            .is(FOREIGN_MODULE, Native, At("/mnt/_mounted.abi3.so")),
        python("python-module-under-translator", "import _rust")
            .under(Translator::Fixed)
            .is(FOREIGN_MODULE, Native, rust),
        python("python-for-ever", "import _rust")
            .with(&["--restart", "always"])
            .until(RESTARTING)
            .is(FOREIGN_MODULE, Native, rust),
    ]
}

/// The program runs well, but what asks for its health loads a foreign module.
fn of_a_running_one() -> Vec<Case> {
    let health = [
        "--health-cmd",
        "python3.11 -c 'import _rust'",
        "--health-interval",
        "1s",
        "--health-retries",
        "1",
    ];
    vec![
        case("python-unhealthy", Image::Python, &["sleep", "1000"])
            .with(&health)
            .until(UNHEALTHY)
            .is(FOREIGN_MODULE, Native, At("/app/_rust.abi3.so")),
    ]
}

/// Node is the machine's own, which the page is built with: `./dev test` sees to it that there is one.
fn node() -> Vec<Case> {
    if machines_node().is_none() {
        let reason = Unavailable::because("this machine has no Node");
        lab::skip("the causes of Node's modules", &reason);
        return Vec::new();
    }
    let node = |name, code| {
        case(name, Image::Node, &[])
            .with(&["-v", "{node}:/usr/local/bin/node:ro"])
            .running("node", code)
    };
    vec![
        node("node-fine", "process.exit(3)").is("application-exit", Native, Faulty::None),
        node("node-not-installed", "require('nothing-of-that-name')").is(
            "application-exit",
            Native,
            Faulty::None,
        ),
        node(
            "stray-by-node",
            "require('child_process').execFileSync('/opt/foreign')",
        )
        .is("foreign-binary", Foreign, At("/opt/foreign"))
        .but_only_likely(),
        node("node-module", "require('@acme/foreign/foreign.node')").is(
            FOREIGN_MODULE,
            Native,
            At("/app/node_modules/@acme/foreign/foreign.node"),
        ),
        // What is for macOS is for another platform: only programs can be `not-linux-binary`.
        node("node-module-of-mac", "require('@acme/mac/mac.node')").is(
            FOREIGN_MODULE,
            Native,
            At("/app/node_modules/@acme/mac/mac.node"),
        ),
        node("node-module-of-musl", "require('@acme/musl/musl.node')").is(
            "missing-library",
            Native,
            At(MUSL_LIBRARY),
        ),
    ]
}

/// The file of the machine's Node.
pub(crate) fn machines_node() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let found = env::split_paths(&path)
        .map(|folder| folder.join("node"))
        .find(|file| file.is_file())?;
    found.canonicalize().ok()
}
