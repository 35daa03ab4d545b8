//! Translators of foreign programs, registered in an engine's own `binfmt_misc`: the machine's is not touched.

use crate::Engine;

/// When the kernel opens the translator's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loading {
    /// When it is registered (flag `F`), as every working set-up has it: it is found from inside of containers.
    Registration,
    /// When a program is run, which is a known fault: inside of a container there is no such file.
    Execution,
}

impl Engine {
    /// Lets programs of `architecture` (`amd64`, `arm64`, `arm`, `386`, `s390x`, `riscv64`, `ppc64le`) run.
    ///
    /// # Panics
    /// When the kernel refuses, as it does for one that is registered already.
    pub fn enable_translator(&self, architecture: &str, loading: Loading) {
        let flags = match loading {
            Loading::Registration => "OPF",
            Loading::Execution => "OP",
        };
        let name = qemu_name(architecture);
        assert_eq!(self.order(&format!("translate {name} {flags}")), "translated");
    }

    /// Takes away what [`Engine::enable_translator`] gave.
    ///
    /// # Panics
    /// When there is none.
    pub fn disable_translator(&self, architecture: &str) {
        let name = qemu_name(architecture);
        assert_eq!(self.order(&format!("untranslate {name}")), "untranslated");
    }
}

/// What qemu calls an architecture.
fn qemu_name(architecture: &str) -> &str {
    match architecture {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        "386" => "i386",
        other => other,
    }
}
