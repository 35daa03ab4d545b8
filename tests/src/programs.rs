//! Real programs of several architectures, out of the cache.

use std::{fs, path::Path};

use crate::Lab;

impl Lab {
    /// The bytes of busybox for `amd64`, `arm64`, `arm`, `386` or `s390x`: static, so that an image needs nothing else.
    ///
    /// # Panics
    /// For another architecture.
    pub fn busybox(&self, architecture: &str) -> Vec<u8> {
        let debian = match architecture {
            "arm" => "armhf",
            "386" => "i386",
            other => other,
        };
        read(&self.cache().join("programs").join(debian).join("bin/busybox"))
    }

    /// The bytes of a tiny program of any of the many architectures of Debian's `arch-test` (`arm64`, `riscv64`, `x32`).
    ///
    /// # Panics
    /// When it has no such program.
    pub fn arch_test(&self, name: &str) -> Vec<u8> {
        read(&self.cache().join("old/usr/lib/arch-test").join(name))
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
