//! What runs containers on a Mac or a Linux machine.

/// What runs the containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the product of that name")]
pub enum Runtime {
    DockerDesktop,
    OrbStack,
    Colima,
    Lima,
    RancherDesktop,
    Podman,
    Finch,
    DockerEngine,
    Unknown,
}

impl Runtime {
    /// The word for it, such as `docker-desktop`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DockerDesktop => "docker-desktop",
            Self::OrbStack => "orbstack",
            Self::Colima => "colima",
            Self::Lima => "lima",
            Self::RancherDesktop => "rancher-desktop",
            Self::Podman => "podman",
            Self::Finch => "finch",
            Self::DockerEngine => "docker-engine",
            Self::Unknown => "unknown",
        }
    }
}

/// What runs the virtual machine that the containers live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vmm {
    /// Apple's Virtualization framework, the only one with Rosetta.
    AppleVirtualization,
    /// Docker's own, called `libkrun` in its settings.
    DockerVmm,
    /// QEMU as a machine, which is not QEMU as a translator of programs.
    Qemu,
}

impl Vmm {
    /// The word for it, such as `apple-virtualization`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppleVirtualization => "apple-virtualization",
            Self::DockerVmm => "docker-vmm",
            Self::Qemu => "qemu",
        }
    }
}
