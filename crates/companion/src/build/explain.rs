//! Why a build failed, by what buildx and `BuildKit` say of it. What is not recognised is shown as it was said.

/// A cause that is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A program of another platform, and nothing translates it there.
    NothingRuns,
    /// The base image has no build for one of the platforms.
    NoBase(String),
    /// The registry wants to know who that is, or does not let them.
    Refused,
    /// The registry speaks plain HTTP.
    PlainHttp,
    /// The registry cannot be reached from where it is built.
    NoRegistry,
    /// The builder can only make one platform at a time.
    OnePlatform,
    /// The result cannot be loaded with several platforms.
    OneLoaded,
    /// The builder's node cannot be reached.
    NoNode,
    /// The disk of the builder is full.
    DiskFull,
    /// The Dockerfile cannot be read.
    Dockerfile,
}

/// Phrases of buildx 0.13 to 0.29 and `BuildKit` 0.12 to 0.26, the most telling ones first.
const PHRASES: [(&str, Cause); 17] = [
    ("exec format error", Cause::NothingRuns),
    ("multi-platform build is not supported", Cause::OnePlatform),
    (
        "multiple platforms feature is currently not supported",
        Cause::OnePlatform,
    ),
    (
        "exporter does not currently support exporting manifest lists",
        Cause::OneLoaded,
    ),
    ("server gave http response to https client", Cause::PlainHttp),
    ("insufficient_scope", Cause::Refused),
    ("authorization failed", Cause::Refused),
    ("401 unauthorized", Cause::Refused),
    ("403 forbidden", Cause::Refused),
    ("no basic auth credentials", Cause::Refused),
    ("push access denied", Cause::Refused),
    ("no space left on device", Cause::DiskFull),
    ("dockerfile parse error", Cause::Dockerfile),
    ("failed to dial", Cause::NoNode),
    ("listing workers", Cause::NoNode),
    ("connection refused", Cause::NoRegistry),
    ("no such host", Cause::NoRegistry),
];

impl Cause {
    /// The cause that `said` tells of, where it is recognised.
    pub(crate) fn of(said: &str) -> Option<Self> {
        let lower = said.to_ascii_lowercase();
        let no_base = || {
            let (before, _) = lower.split_once(": no match for platform in manifest")?;
            // The words keep their case only in what was said.
            let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
            Some(Self::NoBase(said.get(start..before.len())?.to_owned()))
        };
        let phrase = || PHRASES.iter().find(|(phrase, _)| lower.contains(phrase));
        no_base().or_else(|| phrase().map(|(_, cause)| cause.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_buildx_says_is_recognised() {
        let cases = [
            (
                "ERROR: failed to solve: Acme/Base:1: failed to resolve source metadata for docker.io/Acme/Base:1: no match for platform in manifest: not found",
                Some(Cause::NoBase("docker.io/Acme/Base:1".to_owned())),
            ),
            (
                "exec /bin/sh: exec format error; process \"/bin/sh -c make\" did not complete successfully: exit code: 255",
                Some(Cause::NothingRuns),
            ),
            (
                "ERROR: Multi-platform build is not supported for the docker driver.",
                Some(Cause::OnePlatform),
            ),
            (
                "ERROR: docker exporter does not currently support exporting manifest lists",
                Some(Cause::OneLoaded),
            ),
            (
                "failed to push x: http: server gave HTTP response to HTTPS client",
                Some(Cause::PlainHttp),
            ),
            (
                "push access denied, repository does not exist",
                Some(Cause::Refused),
            ),
            (
                "dial tcp 127.0.0.1:5000: connect: connection refused",
                Some(Cause::NoRegistry),
            ),
            (
                "process \"/bin/sh -c make\" did not complete successfully: exit code: 2",
                None,
            ),
            ("", None),
        ];
        for (said, cause) in cases {
            assert_eq!(Cause::of(said), cause, "{said}");
        }
    }
}
