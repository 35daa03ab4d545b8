//! Another binary of an image, to tell an image that is foreign as a whole from one that holds a stray program.

use futures_util::future::try_join_all;
use platform::{Link, Role, Via};

use super::root::Root;
use crate::EngineError;

/// What almost every image has one of: a shell, a package tool, or a C library's loader.
const USUAL: [&str; 18] = [
    "/bin/sh",
    "/bin/busybox",
    "/bin/bash",
    "/usr/bin/env",
    "/bin/ls",
    "/usr/bin/dpkg",
    "/sbin/apk",
    "/usr/bin/rpm",
    "/bin/cat",
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
    "/lib/ld-linux-armhf.so.3",
    "/lib/ld-linux.so.2",
    "/lib/ld64.so.1",
    "/lib64/ld64.so.2",
    "/lib/ld-linux-riscv64-lp64d.so.1",
];

/// Candidates that are asked for at once: most images have one of the first.
const AT_ONCE: usize = 6;

/// Candidates that are read when the first ones tell nothing.
const TRIES: usize = 3;

impl Root<'_> {
    /// A binary of the image that is none of `chain`, and tells its platform.
    pub async fn witness(&self, chain: &[Link]) -> Result<Option<Link>, EngineError> {
        let is_new = |path: &str| !chain.iter().any(|link| link.resolved.as_deref() == Some(path));
        let mut tries = TRIES;
        for paths in USUAL.chunks(AT_ONCE) {
            let found = try_join_all(paths.iter().map(|path| self.find(path))).await?;
            for found in found.into_iter().flatten().filter(|found| is_new(&found.path)) {
                if tries == 0 {
                    return Ok(None);
                }
                tries -= 1;
                let link = self.link(Role::Program, Via::Words, &found.path, "/").await?;
                if link.mount.is_none() && link.platform().is_some() {
                    return Ok(Some(link));
                }
            }
        }
        Ok(None)
    }
}
