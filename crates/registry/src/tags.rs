//! The tags of a repository, page by page.

use std::{collections::BTreeSet, sync::Arc};

use serde::Deserialize;

use crate::{Registry, RegistryError, fetch::Part, host::Host, registry::in_time, target::Target};

/// Tags that are asked for at a time; registries give fewer if they like.
const PAGE: usize = 1000;

/// The most pages of one list: registries that give a hundred at a time then show as many as people look through.
const PAGES: usize = 30;

/// The most tags of one list.
const TAGS: usize = 30_000;

/// The most characters of a page's query: a tag, a number, and a token of some registries.
const QUERY: usize = 2048;

/// No tag is longer, by the grammar of references.
const LONGEST: usize = 128;

/// What a repository has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The tags, in the order of their letters.
    pub names: BTreeSet<String>,
    /// Whether these are all: lists without an end are cut.
    pub is_complete: bool,
}

#[derive(Deserialize)]
struct Page {
    tags: Option<Vec<String>>,
}

impl Registry {
    /// The tags of the repository that a reference is in.
    pub async fn tags(&self, reference: &str) -> Result<Tags, RegistryError> {
        let target = Target::parse(reference)?;
        let (mirrors, own) = self.ways(&target);
        for mirror in mirrors {
            if let Ok(tags) = in_time(&mirror, all(&mirror, &target)).await {
                return Ok(tags);
            }
        }
        in_time(&own, all(&own, &target)).await
    }
}

async fn all(host: &Arc<Host>, target: &Target) -> Result<Tags, RegistryError> {
    let shown = format!("{}/{}", target.registry, target.repository);
    let mut tags = Tags::default();
    let mut query = format!("n={PAGE}");
    for _ in 0..PAGES {
        let part = Part {
            repository: &target.repository,
            version: &format!("list?{query}"),
            shown: &shown,
        };
        let answer = host.tags(&part).await?;
        let page: Page =
            serde_json::from_slice(&answer.body).map_err(|_| host.invalid("its list of tags is no JSON"))?;
        let before = tags.names.len();
        let names = page.tags.unwrap_or_default().into_iter();
        tags.names
            .extend(names.filter(|name| is_tag(name)).take(TAGS - before));
        match answer.next_query() {
            None => {
                tags.is_complete = true;
                return Ok(tags);
            }
            // A page that says nothing new leads nowhere.
            Some(_) if tags.names.len() == before || tags.names.len() >= TAGS => return Ok(tags),
            Some(next) if can_be_asked(next) => next.clone_into(&mut query),
            Some(_) => return Ok(tags),
        }
    }
    Ok(tags)
}

fn can_be_asked(query: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    !query.is_empty() && query.len() <= QUERY && query.bytes().all(is_plain)
}

fn is_tag(name: &str) -> bool {
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    !name.is_empty() && name.len() <= LONGEST && name.bytes().all(may_stand) && !name.starts_with(['.', '-'])
}
