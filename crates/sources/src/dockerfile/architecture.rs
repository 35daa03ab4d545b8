//! Architectures in names: `app_1.2_linux_amd64.deb`, `node-v22-linux-x64.tar.xz`.

/// The spellings that name one architecture and nothing else, and Docker's word for it.
const NAMES: [(&str, &str); 26] = [
    ("amd64", "amd64"),
    ("x86_64", "amd64"),
    ("x86-64", "amd64"),
    ("x64", "amd64"),
    ("linux64", "amd64"),
    ("i86linux64", "amd64"),
    ("linux-64bit", "amd64"),
    ("linux_64bit", "amd64"),
    ("linux-64", "amd64"),
    ("64-bit-linux", "amd64"),
    ("arm64", "arm64"),
    ("aarch64", "arm64"),
    ("arm64v8", "arm64"),
    ("armv8", "arm64"),
    ("armhf", "arm"),
    ("armel", "arm"),
    ("armv5", "arm"),
    ("armv6", "arm"),
    ("armv6l", "arm"),
    ("armv7", "arm"),
    ("armv7l", "arm"),
    ("i386", "386"),
    ("i686", "386"),
    ("ppc64le", "ppc64le"),
    ("s390x", "s390x"),
    ("riscv64", "riscv64"),
];

/// The architectures that `text` names, each once, in their order, with where the first name of each stands.
pub(crate) fn named(text: &str) -> Vec<(&'static str, usize)> {
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<(&'static str, usize)> = Vec::new();
    for (name, architecture) in NAMES {
        let at = lower.match_indices(name).map(|(at, _)| at);
        let Some(at) = at.filter(|at| stands_alone(&lower, *at, name.len())).min() else {
            continue;
        };
        match found.iter_mut().find(|(known, _)| *known == architecture) {
            Some((_, first)) => *first = at.min(*first),
            None => found.push((architecture, at)),
        }
    }
    found.sort_by_key(|(_, at)| *at);
    found
}

/// The one architecture that `text` names; `None` where it names none, or several.
pub(crate) fn only(text: &str) -> Option<&'static str> {
    match named(text)[..] {
        [(architecture, _)] => Some(architecture),
        _ => None,
    }
}

/// Neither a letter nor a digit beside it; `linux` before it is fine, as in `linuxamd64`.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric();
    let before = text[..at].strip_suffix("linux").unwrap_or(&text[..at]);
    let before_is_free = before.len() < at || !before.ends_with(is_part);
    before_is_free && !text[at + length..].starts_with(is_part)
}

/// Docker's word for the architecture of `linux/amd64` or `amd64`.
pub(crate) fn of_platform(platform: &str) -> Option<&'static str> {
    let parsed: platform::Platform = platform.parse().ok()?;
    let known = NAMES.iter().find(|(_, name)| *name == parsed.architecture());
    known.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architectures_are_found_in_names() {
        let cases = [
            ("https://x.example/app_linux_amd64.tar.gz", vec!["amd64"]),
            ("node-v22.1.0-linux-x64.tar.xz", vec!["amd64"]),
            ("Miniconda3-latest-Linux-x86_64.sh", vec!["amd64"]),
            ("tool-linuxamd64", vec!["amd64"]),
            ("chromedriver_linux64.zip", vec!["amd64"]),
            ("gcc-x86_64_aarch64-linux-gnu", vec!["amd64", "arm64"]),
            ("x86_64 and amd64", vec!["amd64"]),
            ("max64.tar", vec![]),
            ("amd64x", vec![]),
            ("linux64bit", vec![]),
            ("base64", vec![]),
            ("qemu-i386-static", vec!["386"]),
            ("", vec![]),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = named(text).into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(only("a-amd64-arm64"), None);
        assert_eq!(of_platform("linux/x86_64"), Some("amd64"));
        assert_eq!(of_platform("what"), None);
    }
}
