//! Words in names that stand for a machine.

/// Words by which packages that exist once for each platform tell these apart.
const PLATFORM_WORDS: [&str; 38] = [
    "64",
    "aarch64",
    "aix",
    "amd64",
    "android",
    "arm",
    "arm64",
    "armhf",
    "armv6",
    "armv7",
    "armv7l",
    "darwin",
    "freebsd",
    "glibc",
    "gnu",
    "gnueabihf",
    "ia32",
    "linux",
    "linuxmusl",
    "loong64",
    "macos",
    "mips64el",
    "msvc",
    "musl",
    "musleabihf",
    "netbsd",
    "openbsd",
    "ppc64",
    "ppc64le",
    "riscv64",
    "s390x",
    "sunos",
    "universal",
    "wasm32",
    "win32",
    "windows",
    "x64",
    "x86",
];

/// First parts of the names that compilers give to machines.
const MACHINES: [&str; 21] = [
    "aarch64",
    "aarch64_be",
    "alpha",
    "arm",
    "armeb",
    "armv7",
    "avr",
    "i386",
    "i586",
    "i686",
    "loongarch64",
    "m68k",
    "mips",
    "mips64el",
    "mipsel",
    "powerpc",
    "powerpc64le",
    "riscv64",
    "s390x",
    "sparc64",
    "x86_64",
];

/// The name without the words that stand for a platform; `None` when it has none of them.
///
/// ```
/// use platform::family;
/// assert_eq!(family("@esbuild/linux-arm64"), family("@esbuild/darwin-x64"));
/// assert_eq!(family("bcrypt"), None);
/// ```
pub fn family(name: &str) -> Option<String> {
    let is_platform = |word: &&str| PLATFORM_WORDS.contains(word);
    let words: Vec<&str> = name.split(['-', '/', '_', '.']).collect();
    let rest: Vec<&str> = words.iter().filter(|word| !is_platform(word)).copied().collect();
    (rest.len() < words.len()).then(|| rest.join("-"))
}

/// Whether a folder is named after a machine: `aarch64-linux-gnu`, `x86_64-apple-darwin`, `arm-none-eabi`.
pub(super) fn is_machine(folder: &str) -> bool {
    let mut words = folder.split('-');
    let first = words.next().unwrap_or_default();
    let system = ["linux", "none", "darwin", "windows", "w64", "elf", "freebsd"];
    MACHINES.contains(&first) && words.any(|word| system.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_for_each_platform_are_one_family() {
        for [one, other] in [
            ["@img/sharp-linux-arm64", "@img/sharp-linuxmusl-x64"],
            ["@rollup/rollup-linux-x64-gnu", "@rollup/rollup-win32-arm64-msvc"],
            ["esbuild-linux-64", "esbuild-linux-arm64"],
        ] {
            assert!(family(one).is_some(), "{one}");
            assert_eq!(family(one), family(other), "{one}");
        }
        assert_ne!(
            family("@img/sharp-linux-x64"),
            family("@img/sharp-libvips-linux-x64")
        );
        for name in ["bcrypt", "@x/y", "linuxify", ""] {
            assert_eq!(family(name), None, "{name}");
        }
    }

    #[test]
    fn folders_of_compilers_are_named_after_machines() {
        for folder in [
            "x86_64-linux-gnu",
            "arm-none-eabi",
            "x86_64-w64-mingw32",
            "avr-elf",
        ] {
            assert!(is_machine(folder), "{folder}");
        }
        for folder in ["x86_64", "linux-arm64", "arm-tools", "lib", "", "-linux"] {
            assert!(!is_machine(folder), "{folder}");
        }
    }
}
