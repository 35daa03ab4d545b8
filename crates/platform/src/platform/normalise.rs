//! The many names of an architecture, and the one that containerd gives it.
//!
//! Names come from image configurations (Go's), from `/info` (the kernel's) and
//! from people (Debian's).

/// The one name of an operating system; an empty one is `linux`.
pub(super) fn os(name: &str) -> &str {
    match name {
        "" => "linux",
        "macos" => "darwin",
        other => other,
    }
}

/// The one name of an architecture and of its variant, both in lower case; an
/// empty variant says no more than the architecture does.
pub(super) fn architecture<'a>(name: &'a str, variant: &'a str) -> (&'a str, &'a str) {
    match name {
        "" => (super::UNKNOWN, ""),
        "amd64" | "x86_64" | "x86-64" => ("amd64", amd64_variant(variant)),
        "arm64" | "aarch64" => ("arm64", arm64_variant(variant)),
        "arm" => ("arm", arm_variant(variant)),
        "armhf" | "armv7" | "armv7l" => ("arm", "v7"),
        "armel" | "armv6" | "armv6l" => ("arm", "v6"),
        "armv5" | "armv5l" | "armv5tel" => ("arm", "v5"),
        "armv8l" => ("arm", "v8"),
        "i386" | "i486" | "i586" | "i686" => ("386", ""),
        "ppc64el" | "powerpc64le" => ("ppc64le", variant),
        "mipsel" => ("mipsle", variant),
        "mips64el" => ("mips64le", variant),
        "loongarch64" => ("loong64", variant),
        other => (other, variant),
    }
}

fn amd64_variant(variant: &str) -> &str {
    match variant {
        "v1" => "",
        other => other,
    }
}

fn arm64_variant(variant: &str) -> &str {
    match variant {
        "8" | "v8" | "8.0" | "v8.0" => "",
        "9" | "9.0" | "v9.0" => "v9",
        other => other,
    }
}

fn arm_variant(variant: &str) -> &str {
    match variant {
        "" | "7" => "v7",
        "5" => "v5",
        "6" => "v6",
        "8" => "v8",
        other => other,
    }
}
