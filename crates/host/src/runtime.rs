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
    AppleContainer,
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
            Self::AppleContainer => "apple-container",
            Self::DockerEngine => "docker-engine",
            Self::Unknown => "unknown",
        }
    }

    /// The runtime that a word stands for; [`Runtime::Unknown`] for any other.
    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|runtime| runtime.as_str() == word)
            .unwrap_or(Self::Unknown)
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::DockerDesktop => "Docker Desktop",
            Self::OrbStack => "OrbStack",
            Self::Colima => "Colima",
            Self::Lima => "Lima",
            Self::RancherDesktop => "Rancher Desktop",
            Self::Podman => "Podman",
            Self::Finch => "Finch",
            Self::AppleContainer => "Apple's `container`",
            Self::DockerEngine => "Docker Engine",
            Self::Unknown => "the runtime",
        }
    }

    const ALL: [Self; 10] = [
        Self::DockerDesktop,
        Self::OrbStack,
        Self::Colima,
        Self::Lima,
        Self::RancherDesktop,
        Self::Podman,
        Self::Finch,
        Self::AppleContainer,
        Self::DockerEngine,
        Self::Unknown,
    ];
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
    /// libkrun, as Podman and others start it; it has no Rosetta.
    Krun,
}

impl Vmm {
    /// The word for it, such as `apple-virtualization`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppleVirtualization => "apple-virtualization",
            Self::DockerVmm => "docker-vmm",
            Self::Qemu => "qemu",
            Self::Krun => "krun",
        }
    }
}
