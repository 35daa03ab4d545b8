//! Where a native build is, of an image whose own tag has none: the newest tag of the same line that has one, else a
//! known successor. Whatever is told was seen in the registry.

use platform::Platform;
use registry::{Registry, RegistryError, full_name};

use crate::{native_build_words as words, view};

/// Newer tags that are looked at for one image. Most images that ever got a native build have it in their newest tag;
/// each one is a request, and Docker Hub counts them.
const BUDGET: usize = 6;

/// An image that another one took the place of, by the makers' own words.
struct Successor {
    /// The repository, in full.
    repository: &'static str,
    /// What its tags begin with; empty for all.
    tags: &'static str,
    /// The reference of the other one.
    reference: &'static str,
    /// Who says so.
    source: &'static str,
}

const SUCCESSORS: [Successor; 2] = [
    Successor {
        repository: "docker.io/library/mysql",
        tags: "5",
        reference: "mysql:8.0",
        source: "https://github.com/docker-library/mysql/issues/978",
    },
    Successor {
        repository: "docker.io/gvenzl/oracle-xe",
        tags: "",
        reference: "gvenzl/oracle-free:latest",
        source: "https://github.com/gvenzl/oci-oracle-xe/issues/220",
    },
];

/// Looks for it. `reference` is an image whose registry has no build for `native`.
pub(crate) async fn look(registry: &Registry, reference: &str, native: &Platform) -> view::NativeElsewhere {
    let newer = match registry.newer(reference, native, BUDGET).await {
        Ok(newer) => newer,
        Err(error) => return unknown(&error),
    };
    let (asked, left) = newer.as_ref().map_or((0, 0), |newer| (newer.asked, newer.left));
    let is_whole = newer
        .as_ref()
        .is_none_or(|newer| newer.is_complete && newer.left == 0);
    let found = newer.and_then(|newer| newer.found);
    if let Some((tag, _)) = found {
        let reference = with_tag(reference, &tag);
        return view::NativeElsewhere {
            kind: "newer-tag".to_owned(),
            why: words::newer(&reference),
            reference: Some(reference),
            source: None,
            asked,
            left,
        };
    }
    match successor(registry, reference, native).await {
        Ok(Some(successor)) => view::NativeElsewhere {
            kind: "successor".to_owned(),
            reference: Some(successor.reference.to_owned()),
            source: Some(successor.source.to_owned()),
            why: words::successor(successor.reference),
            asked,
            left,
        },
        Ok(None) => view::NativeElsewhere {
            kind: "none".to_owned(),
            reference: None,
            source: None,
            why: words::none(asked, is_whole),
            asked,
            left,
        },
        Err(error) => unknown(&error),
    }
}

async fn successor(
    registry: &Registry,
    reference: &str,
    native: &Platform,
) -> Result<Option<&'static Successor>, RegistryError> {
    let full = full_name(reference)?;
    let (repository, tag) = full.rsplit_once(':').unwrap_or((&full, ""));
    let known = SUCCESSORS
        .iter()
        .find(|known| known.repository == repository && begins(tag, known.tags));
    let Some(known) = known else { return Ok(None) };
    let offer = registry.offer(known.reference).await?;
    let is_native = offer.builds.iter().any(|build| build.platform.satisfies(native));
    Ok(is_native.then_some(known))
}

/// `5` begins `5` and `5.7-debian`, and not `57`.
fn begins(tag: &str, start: &str) -> bool {
    let rest = tag.strip_prefix(start);
    rest.is_some_and(|rest| start.is_empty() || !rest.starts_with(|next: char| next.is_ascii_digit()))
}

/// The reference as the user wrote it, with another tag.
fn with_tag(reference: &str, tag: &str) -> String {
    let name = reference.split('@').next().unwrap_or(reference);
    let after_host = name.rfind('/').map_or(0, |at| at + 1);
    let end = name.get(after_host..).and_then(|last| last.find(':'));
    let name = end.and_then(|end| name.get(..after_host + end)).unwrap_or(name);
    format!("{name}:{tag}")
}

fn unknown(error: &RegistryError) -> view::NativeElsewhere {
    view::NativeElsewhere {
        kind: "unknown".to_owned(),
        reference: None,
        source: None,
        why: words::unknown(error),
        asked: 0,
        left: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_keeps_its_form() {
        assert_eq!(with_tag("mysql:5.7", "5.8"), "mysql:5.8");
        assert_eq!(with_tag("localhost:5000/a/b", "2"), "localhost:5000/a/b:2");
        assert_eq!(with_tag("a/b:1@sha256:00", "2"), "a/b:2");
    }

    #[test]
    fn a_start_of_a_version_ends_with_a_number() {
        assert!(begins("5", "5") && begins("5.7-debian", "5") && begins("anything", ""));
        assert!(!begins("57", "5") && !begins("8.0", "5"));
    }

    #[test]
    fn every_successor_has_a_source_and_a_full_name() {
        for known in &SUCCESSORS {
            assert!(known.source.starts_with("https://"), "{}", known.repository);
            let full = full_name(known.repository).expect("a reference");
            assert!(full.starts_with(known.repository), "{full}");
            assert_ne!(full_name(known.reference).expect("a reference"), full);
        }
    }
}
