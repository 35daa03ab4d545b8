//! The newest version of an image that has a build for a platform.

use platform::Platform;

use crate::{Build, Line, Registry, RegistryError, target::Target};

/// A search, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newer {
    /// The newest tag of the line that has such a build, with that build.
    pub found: Option<(String, Build)>,
    /// Newer tags that were looked at.
    pub asked: usize,
    /// Newer tags that were not looked at: the search ended before.
    pub left: usize,
    /// Whether the registry told all its tags.
    pub is_complete: bool,
}

impl Registry {
    /// Looks for the newest tag of the line of `reference` (see [`Line`]) that has a build for `platform`, the newest
    /// first, in at most `budget` of them. `None` where the reference has no tag that says a version.
    ///
    /// Fails when the tags cannot be had; a tag that cannot be looked at is passed over, and counts.
    pub async fn newer(
        &self,
        reference: &str,
        platform: &Platform,
        budget: usize,
    ) -> Result<Option<Newer>, RegistryError> {
        let target = Target::parse(reference)?;
        let Some(line) = target.tag().and_then(Line::of) else {
            return Ok(None);
        };
        let tags = self.tags(reference).await?;
        let newer = line.newer(tags.names.iter().map(String::as_str));
        let mut search = Newer {
            found: None,
            asked: 0,
            left: newer.len(),
            is_complete: tags.is_complete,
        };
        for tag in newer.into_iter().take(budget) {
            search.asked += 1;
            search.left -= 1;
            let offer = match self.offer(&target.with_tag(tag)).await {
                Ok(offer) => offer,
                Err(error @ RegistryError::RateLimited { .. }) => return Err(error),
                Err(_) => continue,
            };
            let build = offer
                .builds
                .into_iter()
                .find(|build| build.platform.satisfies(platform));
            if let Some(build) = build {
                search.found = Some((tag.to_owned(), build));
                break;
            }
        }
        Ok(Some(search))
    }
}
