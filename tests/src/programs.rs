//! Real programs of several architectures, out of the cache.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::Lab;

impl Lab {
    /// The bytes of busybox for `amd64`, `arm64`, `arm` (or `arm/v7`), `arm/v5`, `386`, `s390x` or `ppc64le`: static, so
    /// that an image needs nothing else.
    ///
    /// # Panics
    /// For another architecture.
    pub fn busybox(&self, architecture: &str) -> Vec<u8> {
        let (part, debian) = match architecture {
            "arm" | "arm/v7" => ("programs", "armhf"),
            "arm/v5" => ("roots", "armel"),
            "386" => ("programs", "i386"),
            "ppc64le" => ("roots", "ppc64el"),
            other => ("programs", other),
        };
        read(&self.cache().join(part).join(debian).join("bin/busybox"))
    }

    /// The bytes of a tiny program of any of the many architectures of Debian's `arch-test` (`arm64`, `riscv64`, `x32`).
    ///
    /// # Panics
    /// When it has no such program.
    pub fn arch_test(&self, name: &str) -> Vec<u8> {
        read(&self.cache().join("old/usr/lib/arch-test").join(name))
    }

    /// A folder of unpacked packages, laid out as an image has them. For `amd64` and `arm64` there is `glibc` (with
    /// `hello`, a dynamic program, and the libraries that most programs need), `musl` and `markupsafe`, a compiled module
    /// of Python 3.11; for the machine's own also `coreutils` (only `env`), `c++` and `python`.
    pub fn packages(&self, architecture: &str, name: &str) -> PathBuf {
        self.cache().join("roots").join(architecture).join(name)
    }

    /// A folder with `bash` and `dash`, which need glibc, for the machine's own architecture, laid out as in an image.
    pub fn shells(&self) -> PathBuf {
        self.cache().join("shells/root")
    }

    /// The bytes of `hello`, a small dynamic program for glibc.
    ///
    /// # Panics
    /// For another architecture than `amd64` and `arm64`.
    pub fn hello(&self, architecture: &str) -> Vec<u8> {
        read(&self.packages(architecture, "glibc").join("usr/bin/hello"))
    }

    /// The bytes of a compiled module of Python 3.11.
    ///
    /// # Panics
    /// For another architecture than `amd64` and `arm64`.
    pub fn python_module(&self, architecture: &str) -> Vec<u8> {
        let name = format!("_speedups.cpython-311-{}.so", triplet(architecture));
        let folder = self.packages(architecture, "markupsafe");
        read(&folder.join("usr/lib/python3/dist-packages/markupsafe").join(name))
    }
}

/// What Debian and compilers call `amd64` or `arm64` on Linux with glibc.
pub const fn triplet(architecture: &str) -> &'static str {
    // The only comparison of texts that constants may make.
    if matches!(architecture.as_bytes(), b"arm64") {
        "aarch64-linux-gnu"
    } else {
        "x86_64-linux-gnu"
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
