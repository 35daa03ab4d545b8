//! What is asked for: a reference in its full form.

use std::fmt;

use oci_client::Reference;

use crate::{RegistryError, digest::Digest};

/// The name that stands for Docker Hub in references.
pub(crate) const DOCKER_HUB: &str = "docker.io";

/// The most characters of a wrong reference that an error repeats: enough to know it again.
const SHOWN: usize = 200;

/// A reference, split into who has it and what it is called there.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The registry's name: `docker.io`, `127.0.0.1:5000`.
    pub(crate) registry: String,
    /// The repository's name there: `library/nginx`.
    pub(crate) repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Target {
    /// Reads a reference as Docker does: `nginx` is `docker.io/library/nginx:latest`.
    pub(crate) fn parse(text: &str) -> Result<Self, RegistryError> {
        let bad = |reason| RegistryError::BadReference {
            reference: shown(text),
            reason,
        };
        if let Some(reason) = unreadable(text) {
            return Err(bad(reason));
        }
        let reference: Reference = text.parse().map_err(|error| bad(words(&error)))?;
        // oci-client takes the first part of `Ada/app` for a name on Docker Hub, which no such name can be.
        if reference
            .repository()
            .bytes()
            .any(|byte| byte.is_ascii_uppercase())
        {
            return Err(bad(words(&oci_client::ParseError::NameContainsUppercase)));
        }
        let digest = match reference.digest() {
            Some(digest) => Some(Digest::parse(digest).ok_or_else(|| bad("its digest is malformed"))?),
            None => None,
        };
        Ok(Self {
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            tag: reference.tag().map(str::to_owned),
            digest,
        })
    }

    /// The last part of a manifest's address: the digest where there is one, else the tag.
    pub(crate) fn version(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }

    /// The tag; `latest` where nothing is said, and none where a digest says all.
    pub(crate) fn tag(&self) -> Option<&str> {
        match (&self.tag, &self.digest) {
            (Some(tag), _) => Some(tag),
            (None, Some(_)) => None,
            (None, None) => Some("latest"),
        }
    }

    /// The full reference of another tag of the same repository.
    pub(crate) fn with_tag(&self, tag: &str) -> String {
        format!("{}/{}:{tag}", self.registry, self.repository)
    }

    /// The digest that the reference itself asks for.
    pub(crate) fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The full name of one part of the repository, for errors.
    pub(crate) fn part(&self, digest: &Digest) -> String {
        format!("{}/{}@{digest}", self.registry, self.repository)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Why a text is not given to the parser, whose own words would not say.
fn unreadable(text: &str) -> Option<&'static str> {
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.is_empty() {
        Some("it is empty")
    } else if !text.is_ascii() {
        Some("it has letters that no reference has")
    } else if text.contains("://") {
        Some("it is a URL, and references have no scheme")
    } else if text.starts_with('[') {
        Some("registries at an IPv6 address cannot be asked: give the host a name")
    } else if is_hash(text.strip_prefix("sha256:").unwrap_or(text)) {
        Some("it is an image's id, which no registry knows")
    } else {
        None
    }
}

fn words(error: &oci_client::ParseError) -> &'static str {
    use oci_client::ParseError;
    match error {
        ParseError::DigestInvalidFormat | ParseError::DigestInvalidLength => "its digest is malformed",
        ParseError::DigestUnsupported => "its digest is of an unknown kind",
        ParseError::NameContainsUppercase => "a repository's name is in lower case",
        ParseError::NameEmpty => "it has no name",
        ParseError::NameTooLong => "its name is too long",
        ParseError::TagInvalidFormat => "its tag is malformed",
        ParseError::ReferenceInvalidFormat => "it does not have the form NAME[:TAG][@DIGEST]",
    }
}

/// A wrong reference for an error: short, printable, and without what may be a secret in a URL.
fn shown(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host_end = text.find('/').unwrap_or(text.len());
    let user_end = text[..host_end].rfind('@').map_or(0, |at| at + 1);
    text[user_end..]
        .chars()
        // It stands between back-quotes.
        .filter(|character| !character.is_control() && *character != '`')
        .take(SHOWN)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_those_of_docker_hub() {
        let hash = "a".repeat(64);
        let cases = [
            ("nginx", "docker.io/library/nginx:latest".to_owned()),
            ("ada/app:1", "docker.io/ada/app:1".to_owned()),
            (
                "index.docker.io/nginx",
                "docker.io/library/nginx:latest".to_owned(),
            ),
            ("localhost:5000/app", "localhost:5000/app:latest".to_owned()),
            (
                &format!("nginx@sha256:{hash}"),
                format!("docker.io/library/nginx@sha256:{hash}"),
            ),
            (
                &format!("ghcr.io/a/b:c@sha256:{hash}"),
                format!("ghcr.io/a/b:c@sha256:{hash}"),
            ),
        ];
        for (text, full) in cases {
            assert_eq!(Target::parse(text).unwrap().to_string(), full);
        }
    }

    #[test]
    fn a_digest_is_asked_for_before_a_tag() {
        let digest = format!("sha256:{}", "b".repeat(64));
        let target = Target::parse(&format!("nginx:1@{digest}")).unwrap();
        assert_eq!(target.version(), digest);
        assert_eq!(Target::parse("nginx:1").unwrap().version(), "1");
    }

    #[test]
    fn what_is_no_reference_is_refused_with_its_reason() {
        let id = "c".repeat(64);
        let cases = [
            ("", "empty"),
            ("https://nginx", "URL"),
            ("[::1]:5000/app", "IPv6"),
            (&format!("sha256:{id}"), "id"),
            (&id, "id"),
            ("Nginx", "form"),
            ("Ada/app", "lower case"),
            ("nginx:\u{e9}", "letters"),
            ("nginx:", "form"),
            ("nginx@sha256:abc", "form"),
        ];
        for (text, reason) in cases {
            let error = Target::parse(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_url_in_place_of_a_reference_does_not_show_its_secrets() {
        for text in [
            "https://ada:secret@example.com/app?token=secret",
            "ada:secret@example.com/A?secret#secret",
        ] {
            let error = Target::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
}
