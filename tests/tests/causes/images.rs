//! The images of the cases. Few, each with many files: engines are slower with images than with containers.

use lab::{
    Deed, FOREIGN, ImageSpec, Lab, Linked, NATIVE, Use, Variant, linked, mach_o, needs_newer_library,
    portable_executable, tiny, triplet,
};
use serde_json::json;

use super::case::{GLIBC_LOADER, MUSL_LIBRARY, MUSL_LOADER, STRAY_FOR_MUSL};

/// Which image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Image {
    /// Native tools and no loader, with everything in `/app` and `/opt` that can be wrong with one file.
    Tools,
    /// The same tools for the foreign architecture, labelled so.
    Foreign,
    /// Labelled native, all in it foreign.
    Lying,
    /// Labelled foreign, all in it for a third architecture.
    LyingOtherwise,
    /// Labelled foreign, all in it native.
    Overmodest,
    ArmV5,
    ArmV7,
    I386,
    Ppc64le,
    Riscv64,
    S390x,
    /// Native tools, whose health a program that is not there is to ask for.
    CheckedByCurl,
    /// The same by a program that is foreign.
    CheckedByForeign,
    /// Native tools, and the loader and libraries of glibc.
    Glibc,
    /// Native tools, and musl.
    Musl,
    /// As `Glibc`, with Python 3.11 and modules of it in `/app`.
    Python,
    /// As `Glibc`, with what Node needs and modules in `/app/node_modules`. Node itself is mounted into it.
    Node,
}

impl Image {
    /// What its label says.
    pub(crate) fn platform(self) -> String {
        match self {
            Self::Tools
            | Self::CheckedByCurl
            | Self::CheckedByForeign
            | Self::Lying
            | Self::Glibc
            | Self::Musl
            | Self::Python
            | Self::Node => {
                format!("linux/{NATIVE}")
            }
            Self::Foreign | Self::LyingOtherwise | Self::Overmodest => format!("linux/{FOREIGN}"),
            Self::ArmV5 => "linux/arm/v5".to_owned(),
            Self::ArmV7 => "linux/arm/v7".to_owned(),
            Self::I386 => "linux/386".to_owned(),
            Self::Ppc64le => "linux/ppc64le".to_owned(),
            Self::Riscv64 => "linux/riscv64".to_owned(),
            Self::S390x => "linux/s390x".to_owned(),
        }
    }

    pub(crate) fn spec(self, lab: &Lab) -> ImageSpec {
        let name = format!("acme/{self:?}").to_lowercase();
        ImageSpec::new(&name, "1").variant(self.variant(lab))
    }

    pub(crate) fn variant(self, lab: &Lab) -> Variant {
        let of = |architecture| Variant::with_tools(&self.platform(), lab.busybox(architecture));
        match self {
            Self::Tools => programs(lab, files(lab, scripts(tools(lab, self)))),
            Self::CheckedByCurl => checked(tools(lab, self), &["CMD", "curl", "-f", "http://localhost/"]),
            Self::CheckedByForeign => {
                let variant = tools(lab, self).file("/opt/foreign", 0o755, lab.busybox(FOREIGN));
                checked(variant, &["CMD", "/opt/foreign", "true"])
            }
            Self::Foreign => foreign(lab, scripts(of(FOREIGN))),
            Self::Lying => scripts(of(FOREIGN)),
            Self::LyingOtherwise | Self::S390x => of("s390x"),
            Self::Overmodest => of(NATIVE),
            Self::ArmV5 => of("arm/v5"),
            Self::ArmV7 => of("arm/v7"),
            Self::I386 => of("386"),
            Self::Ppc64le => of("ppc64le"),
            // Debian 12 has no tools for it: one tiny program.
            Self::Riscv64 => {
                Variant::new(&self.platform()).file("/bin/uname", 0o755, lab.arch_test("riscv64"))
            }
            Self::Glibc => glibc_programs(lab, glibc(lab, self)),
            Self::Musl => musl(lab, tools(lab, self)),
            Self::Python => python(lab, glibc(lab, self)),
            Self::Node => node(lab, glibc(lab, self)),
        }
    }
}

fn tools(lab: &Lab, image: Image) -> Variant {
    Variant::with_tools(&image.platform(), lab.busybox(NATIVE))
        .config("Env", json!(["PATH=/usr/local/bin:/usr/bin:/bin"]))
        .link("/bin/cp", "busybox")
        .link("/usr/bin/env", "/bin/busybox")
        .file("/etc/passwd", 0o644, "root:x:0:0:root:/:/bin/sh\n")
        .folder("/mnt", 0o755)
        // What is only implied by the files in it, an old engine makes for root alone.
        .folder("/app", 0o755)
        .folder("/bin", 0o755)
        .folder("/usr", 0o755)
}

/// With a health check that fails at once.
fn checked(variant: Variant, test: &[&str]) -> Variant {
    let second = 1_000_000_000_u64;
    let check = json!({ "Test": test, "Interval": second, "Retries": 1 });
    variant.config("Healthcheck", check)
}

/// What can be wrong with a script, in every image with tools.
fn scripts(variant: Variant) -> Variant {
    let texts = [
        ("start.sh", "#!/bin/sh\necho started\nexit 3\n"),
        ("crlf.sh", "#!/bin/sh\r\necho hi\r\n"),
        ("crlf-argument.sh", "#!/bin/sh -e\r\necho hi\r\n"),
        ("crlf-env.sh", "#!/usr/bin/env sh\r\necho hi\r\n"),
        ("bom.sh", "\u{feff}#!/bin/sh\necho hi\n"),
        ("blank-first.sh", "\n#!/bin/sh\necho hi\n"),
        ("plain.sh", "echo hi\nexit 3\n"),
        ("bash.sh", "#!/bin/bash\necho hi\n"),
        ("bash-env.sh", "#!/usr/bin/env bash\necho hi\n"),
        ("zsh-env-split.sh", "#!/usr/bin/env -S zsh -e\necho hi\n"),
        ("by-script.sh", "#!/app/start.sh\necho hi\n"),
        ("by-bash-script.sh", "#!/app/bash.sh\necho hi\n"),
        ("by-foreign-script.sh", "#!/app/by-foreign.sh\necho hi\n"),
        ("by-foreign.sh", "#!/opt/foreign sh\necho hi\n"),
        ("by-mach-o.sh", "#!/app/mach-o\necho hi\n"),
        ("by-locked.sh", "#!/opt/locked sh\necho hi\n"),
        ("by-folder.sh", "#!/app\necho hi\n"),
        (
            "exec-arguments.sh",
            "#!/bin/sh\nset -e\necho starting\nexec \"$@\"\n",
        ),
        (
            "exec-foreign.sh",
            "#!/bin/sh\nset -e\nexec /opt/foreign uname -m\n",
        ),
        ("beside.sh", "#!/bin/sh\ncd \"$(dirname \"$0\")\"\n./crlf.sh\n"),
        (
            "branch.sh",
            "#!/bin/sh\ncase \"$1\" in\n  known) exec /app/start.sh ;;\n  *) exec \"$@\" ;;\nesac\n",
        ),
        (
            "gives-up.sh",
            "#!/bin/sh\nif ! /app/hello; then\n  echo 'migration failed' >&2\n  exit 1\nfi\n",
        ),
        (
            "tells-of-it.sh",
            "#!/bin/sh\n/app/needs-gone\ncode=$?\nsleep 0.2\necho \"Error: it ended with $code\"\nexit $code\n",
        ),
        ("main.py", "#!/usr/bin/env python3.11\nimport _rust\n"),
    ];
    texts.iter().fold(variant, |variant, (name, text)| {
        variant.file(&format!("/app/{name}"), 0o755, *text)
    })
}

/// What can be wrong with a file.
fn files(lab: &Lab, variant: Variant) -> Variant {
    let busybox = lab.busybox(NATIVE);
    variant
        .file("/app/empty", 0o755, "")
        .file("/app/cut-in-half", 0o755, &busybox[..busybox.len() / 2])
        .file("/app/cut-in-headers", 0o755, &busybox[..100])
        .file("/app/script-644", 0o644, "#!/bin/sh\nexit 3\n")
        .file("/app/program-644", 0o644, lab.hello(NATIVE))
        .file("/app/script-700", 0o700, "#!/bin/sh\nexit 3\n")
        .file("/app/program-700", 0o700, tiny(NATIVE, Deed::Illegal))
        .folder("/private", 0o700)
        .file("/private/program", 0o755, tiny(NATIVE, Deed::Illegal))
        .file("/opt/locked", 0o644, tiny(NATIVE, Deed::Illegal))
        .link("/app/dangling", "/nowhere/program")
        .link("/app/loop", "loop-back")
        .link("/app/loop-back", "loop")
}

/// Single programs that do not belong, and native ones that end badly.
fn programs(lab: &Lab, variant: Variant) -> Variant {
    variant
        .file("/opt/foreign", 0o755, lab.busybox(FOREIGN))
        .file("/usr/local/bin/stray", 0o755, tiny(FOREIGN, Deed::Segfault))
        .link("/app/linked", "../opt/./again")
        .link("/opt/again", "/opt/foreign")
        .link("/opt/true", "foreign")
        .file("/app/hello-foreign", 0o755, lab.hello(FOREIGN))
        .file("/app/hello", 0o755, lab.hello(NATIVE))
        .file("/app/mach-o", 0o755, mach_o(Use::Program))
        .file("/app/program.exe", 0o755, portable_executable())
        .file("/app/illegal", 0o755, tiny(NATIVE, Deed::Illegal))
        .file("/app/segfault", 0o755, tiny(NATIVE, Deed::Segfault))
}

fn foreign(lab: &Lab, variant: Variant) -> Variant {
    variant
        .file("/app/hello", 0o755, lab.hello(FOREIGN))
        .file("/app/illegal", 0o755, tiny(FOREIGN, Deed::Illegal))
        .file("/app/segfault", 0o755, tiny(FOREIGN, Deed::Segfault))
}

fn glibc(lab: &Lab, image: Image) -> Variant {
    tools(lab, image).tree(&lab.packages(NATIVE, "glibc"))
}

fn glibc_programs(lab: &Lab, variant: Variant) -> Variant {
    let program = |needed, run_path| {
        linked(Linked {
            loader: Some(GLIBC_LOADER),
            needed,
            run_path,
        })
    };
    let for_musl = linked(Linked {
        loader: Some(MUSL_LOADER),
        ..Linked::default()
    });
    let (newer, older) = needs_newer_library(GLIBC_LOADER);
    let libraries = format!("/usr/lib/{}", triplet(NATIVE));
    let middle = linked(Linked {
        needed: &["libgone.so.1"],
        ..Linked::default()
    });
    let env = std::fs::read(lab.packages(NATIVE, "coreutils").join("usr/bin/env")).expect("it was unpacked");
    let by_foreign_loader = linked(Linked {
        loader: Some("/opt/foreign-loader"),
        ..Linked::default()
    });
    let stray = lab.python_module(FOREIGN);
    scripts(variant)
        .tree(&lab.shells())
        .file("/usr/bin/env", 0o755, env)
        .file("/opt/foreign", 0o755, tiny(FOREIGN, Deed::Segfault))
        .file("/opt/foreign-loader", 0o755, lab.hello(FOREIGN))
        .file("/app/by-foreign-loader", 0o755, by_foreign_loader)
        .file("/app/for-musl", 0o755, for_musl)
        .file("/app/fine", 0o755, program(&["libz.so.1"], None))
        .file(
            "/app/needs-gone",
            0o755,
            program(&["libc.so.6", "libgone.so.1"], None),
        )
        .file("/app/needs-middle", 0o755, program(&["libmiddle.so.1"], None))
        .file(&format!("{libraries}/libmiddle.so.1"), 0o644, middle)
        .file("/app/needs-stray", 0o755, program(&["libstray.so.1"], None))
        .file(&format!("{libraries}/libstray.so.1"), 0o644, stray.clone())
        .file(
            "/app/needs-near",
            0o755,
            program(&["libnear.so.1"], Some("$ORIGIN/near")),
        )
        .file("/app/near/libnear.so.1", 0o644, stray)
        .file("/app/needs-newer", 0o755, newer)
        .file(&format!("{libraries}/libmade.so.1"), 0o644, older)
}

fn musl(lab: &Lab, variant: Variant) -> Variant {
    let program = |needed| {
        linked(Linked {
            loader: Some(MUSL_LOADER),
            needed,
            run_path: None,
        })
    };
    variant
        .tree(&lab.packages(NATIVE, "musl"))
        .file("/app/fine", 0o755, program(&["libc.so"]))
        .file("/app/hello", 0o755, lab.hello(NATIVE))
        .file("/app/needs-gone", 0o755, program(&["libgone.so.1"]))
        .file("/app/needs-stray", 0o755, program(&["libstray.so.1"]))
        .file(STRAY_FOR_MUSL, 0o644, lab.python_module(FOREIGN))
}

fn python(lab: &Lab, variant: Variant) -> Variant {
    let needs_gone = linked(Linked {
        needed: &["libgone.so.1"],
        ..Linked::default()
    });
    let named = format!("/app/native/_speedups.cpython-311-{}.so", triplet(FOREIGN));
    scripts(variant)
        .tree(&lab.packages(NATIVE, "python"))
        .file(&named, 0o644, lab.python_module(FOREIGN))
        .file(
            "/app/native/__init__.py",
            0o644,
            "from ._speedups import escape\n",
        )
        .file("/opt/foreign", 0o755, tiny(FOREIGN, Deed::Segfault))
        .file("/app/_rust.abi3.so", 0o644, lab.python_module(FOREIGN))
        .file("/app/_mac.abi3.so", 0o644, mach_o(Use::Module))
        .file("/app/_gone.abi3.so", 0o644, needs_gone)
        .config("WorkingDir", json!("/app"))
        .config(
            "Env",
            json!(["PATH=/usr/local/bin:/usr/bin:/bin", "PYTHONPATH=/app"]),
        )
}

fn node(lab: &Lab, variant: Variant) -> Variant {
    let for_musl = linked(Linked {
        needed: &[MUSL_LIBRARY],
        ..Linked::default()
    });
    let module = |name: &str| format!("/app/node_modules/@acme/{name}/{name}.node");
    variant
        .tree(&lab.packages(NATIVE, "c++"))
        .file("/opt/foreign", 0o755, tiny(FOREIGN, Deed::Segfault))
        .file(&module("foreign"), 0o644, lab.python_module(FOREIGN))
        .file(&module("mac"), 0o644, mach_o(Use::Module))
        .file(&module("musl"), 0o644, for_musl)
        .folder("/usr/local/bin", 0o755)
        .config("WorkingDir", json!("/app"))
}
