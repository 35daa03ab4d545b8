//! Where the image for another platform comes from, without moving anybody's tag.
//!
//! On the classic store a tag names one platform: pulling another one moves it. A build that is pulled by its own digest
//! leaves the tag where it is (20.10, and 28.5 with both stores, do so), and a container that is made of `name:tag@digest`
//! still says which tag it came from.

use platform::Platform;
use serde_json::Value;

use super::{
    plan::{Blocker, Warning},
    pull::{Reference, split},
};
use crate::{Engine, EngineError, Inspection, Store, identity::ApiVersion, read};

/// The first API that tells the configuration of one among several platforms of an image.
const PLATFORM_OF_IMAGE: ApiVersion = ApiVersion(1, 49);

/// The shortest start of an id that is not rather a name.
const SHORTEST: usize = 6;

/// What a registry has for a platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Build {
    /// The platform's own manifest.
    pub digest: String,
    /// The index that it stands in, where it does in one.
    pub index: Option<String>,
    /// Whether that is the release that the container was made of: else its tag names another one by now.
    pub release: Release,
    /// Configuration and compressed layers, in bytes.
    pub size: Option<u64>,
    /// The `Config` of the image: its defaults.
    pub config: Option<Value>,
}

/// What a registry said of a container's image, where it was asked before the engine is.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Nothing, or nothing that helps: the engine may reach other registries.
    Nothing,
    /// It has the build.
    Build(Build),
    /// It has builds for these platforms only.
    Others(Vec<Platform>),
    /// It did not answer in time. The engine would wait for it as well.
    Silent {
        /// In whose words.
        why: String,
    },
}

impl Asked {
    /// The build, where there is one.
    pub fn build(&self) -> Option<&Build> {
        match self {
            Self::Build(build) => Some(build),
            Self::Nothing | Self::Others(_) | Self::Silent { .. } => None,
        }
    }
}

/// Which release a build belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The one that the container was made of.
    Same,
    /// The one that its tag names now.
    Tag,
}

/// What a registry can be asked for a container's image by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// `name:tag`, without a digest; none for an image that only has an id.
    pub tag: Option<String>,
    /// `name@digest` of what it was pulled as.
    pub digests: Vec<String>,
}

/// What is taken for the new container.
pub(super) struct Found {
    pub(super) image: String,
    pub(super) pull: Option<String>,
    /// Whether the pull moves the tag, so that it has to be put back.
    pub(super) moves_tag: bool,
    pub(super) warnings: Vec<Warning>,
    pub(super) blockers: Vec<Blocker>,
}

/// The image that the container's tag names here.
struct Local {
    id: String,
    digests: Vec<String>,
    platforms: Vec<Platform>,
}

impl Found {
    fn local(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            pull: None,
            moves_tag: false,
            warnings: Vec::new(),
            blockers: Vec::new(),
        }
    }

    fn but_moved(mut self) -> Self {
        self.warnings.push(Warning::TagMoved);
        self
    }
}

impl Engine {
    /// By which names a registry can be asked for another platform of the image of `old`.
    pub async fn names(&self, old: &Inspection) -> Result<Names, EngineError> {
        let json = match self.image_json(old.image_id()).await {
            Ok(json) => json,
            Err(EngineError::NotThere { .. }) => Value::Null,
            Err(error) => return Err(error),
        };
        let reference = reference_of(old, &json);
        let name = reference
            .as_deref()
            .map(|reference| name_of(reference).to_owned());
        let is_own = |digest: &String| name.as_deref().is_none_or(|name| name_of(digest) == name);
        let digests = texts(&json, "RepoDigests").into_iter();
        // A container that was made by a digest says it itself, also when no image is called so any more.
        let own = old.image().split_once('@').zip(name.as_deref());
        let own = own.map(|((_, digest), name)| format!("{name}@{digest}"));
        let mut digests: Vec<String> = own.into_iter().chain(digests.filter(is_own)).collect();
        digests.dedup();
        let tag = reference.filter(|reference| !reference.contains('@'));
        Ok(Names { tag, digests })
    }

    /// Whether the image for `to` is here already, so that no registry has to be asked.
    pub async fn has_image(
        &self,
        old: &Inspection,
        from: Option<&Platform>,
        to: &Platform,
    ) -> Result<bool, EngineError> {
        let found = match self.reference(old).await? {
            Some(reference) => self.local(&reference).await?,
            None => return Ok(true),
        };
        let has = |here: &Local| {
            here.id == old.image_id() && here.platforms.iter().any(|platform| platform.satisfies(to))
        };
        Ok(from == Some(to) || found.as_ref().is_some_and(has))
    }

    pub(super) async fn find_image(
        &self,
        old: &Inspection,
        from: Option<&Platform>,
        to: &Platform,
        asked: &Asked,
    ) -> Result<Found, EngineError> {
        let build = asked.build();
        let Some(tag) = self.reference(old).await? else {
            return self.find_by_id(old, from, to).await;
        };
        let here = self.local(&tag).await?;
        let is_same = |here: &Local| {
            let index = build.filter(|build| build.release == Release::Same);
            let index = index.and_then(|build| build.index.as_deref());
            here.id == old.image_id()
                || index.is_some_and(|index| here.digests.iter().any(|digest| digest.ends_with(index)))
        };
        let moved = here.as_ref().is_some_and(|here| !is_same(here));
        if from == Some(to) && (moved || here.is_none()) {
            // The same platform again: the image that it was made of is at hand, whatever its tag names today.
            return Ok(Found::local(old.image_id()));
        }
        let has = |here: &&Local| here.platforms.iter().any(|platform| platform.satisfies(to));
        if here.as_ref().filter(has).is_some_and(is_same) {
            return Ok(Found::local(&spelled(old.image(), &tag)));
        }
        match build {
            Some(build) => self.by_digest(&tag, here.as_ref(), build).await,
            None if here.as_ref().is_some_and(|here| has(&here)) => Ok(Found::local(&tag).but_moved()),
            // There a digest names one platform, and would name another one after that.
            None if tag.contains('@') && self.identity.store == Store::Classic => {
                let mut found = Found::local(old.image());
                found.blockers.push(Blocker::NoReference);
                Ok(found)
            }
            None => self.by_tag(&tag, to, moved, asked).await,
        }
    }

    /// The containerd store keeps all platforms of an index under its tag, so there the tag itself will do.
    async fn by_digest(&self, tag: &str, here: Option<&Local>, build: &Build) -> Result<Found, EngineError> {
        let name = name_of(tag);
        let named = tag.split('@').next().unwrap_or_default();
        let mut found = Found::local(&format!("{named}@{}", build.digest));
        if build.release == Release::Tag {
            found = found.but_moved();
        }
        let is_index = |here: &&Local| Some(&here.id) == build.index.as_ref();
        if self.identity.store == Store::Containerd && here.as_ref().is_some_and(is_index) {
            found.image = tag.to_owned();
            found.pull = Some(format!(
                "{name}@{}",
                here.map(|here| here.id.as_str()).unwrap_or_default()
            ));
            return Ok(found);
        }
        let pulled = format!("{name}@{}", build.digest);
        if self.find_image_id(&pulled).await?.is_none() {
            found.pull = Some(pulled);
        }
        Ok(found)
    }

    /// Without a digest, the engine has to ask by the tag itself.
    async fn by_tag(
        &self,
        tag: &str,
        to: &Platform,
        moved: bool,
        asked: &Asked,
    ) -> Result<Found, EngineError> {
        let mut found = Found {
            pull: Some(tag.to_owned()),
            moves_tag: self.identity.store == Store::Classic,
            ..Found::local(tag)
        };
        if moved {
            found = found.but_moved();
        }
        if let Asked::Silent { why } = asked {
            found.warnings.push(Warning::RegistryUnknown { why: why.clone() });
            return Ok(found);
        }
        match (self.offered(tag).await, asked) {
            // Engines do not say for which platform an image is that stands in no index.
            (Ok(offered), Asked::Others(others)) if offered.is_empty() => {
                let offered = others.clone();
                found.blockers.push(Blocker::PlatformUnavailable { offered });
            }
            (Ok(offered), _)
                if offered.is_empty() || offered.iter().any(|platform| platform.satisfies(to)) => {}
            (Ok(offered), _) => found.blockers.push(Blocker::PlatformUnavailable { offered }),
            (Err(error), _) if matches!(error, EngineError::Unreachable { .. }) => return Err(error),
            (Err(error), _) => found.warnings.push(Warning::RegistryUnknown {
                why: error.to_string(),
            }),
        }
        Ok(found)
    }

    /// An image that only has an id is for the platforms that are here.
    async fn find_by_id(
        &self,
        old: &Inspection,
        from: Option<&Platform>,
        to: &Platform,
    ) -> Result<Found, EngineError> {
        let here = self.image_platform(old.image_id()).await;
        let fits = from == Some(to) || here.is_ok_and(|here| here.is_some_and(|here| here.satisfies(to)));
        let mut found = Found::local(old.image());
        if !fits {
            found.blockers.push(Blocker::NoReference);
        }
        Ok(found)
    }

    /// What the image of `old` is called: as the container says it, else as the image itself does.
    async fn reference(&self, old: &Inspection) -> Result<Option<String>, EngineError> {
        match self.image_json(old.image_id()).await {
            Ok(json) => Ok(reference_of(old, &json)),
            Err(EngineError::NotThere { .. }) => Ok(reference_of(old, &Value::Null)),
            Err(error) => Err(error),
        }
    }

    async fn local(&self, tag: &str) -> Result<Option<Local>, EngineError> {
        let json = match self.image_json(tag).await {
            Ok(json) => json,
            Err(EngineError::NotThere { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Local {
            id: json
                .get("Id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            digests: texts(&json, "RepoDigests"),
            platforms: self.local_platforms(tag).await?,
        }))
    }

    /// The platforms of `image` that are here.
    pub(super) async fn local_platforms(&self, image: &str) -> Result<Vec<Platform>, EngineError> {
        let listed = self.image(image).await?.and_then(|image| image.platforms);
        Ok(match listed {
            Some(platforms) => platforms
                .into_iter()
                .filter(|known| known.local)
                .map(|known| known.platform)
                .collect(),
            None => self.image_platform(image).await?.into_iter().collect(),
        })
    }

    /// The `Config` of an image, of this platform of it where the engine keeps several; `None` when the image is gone, or
    /// the engine cannot tell one platform from another.
    pub(super) async fn image_config(
        &self,
        image: &str,
        platform: Option<&Platform>,
    ) -> Result<Option<Value>, EngineError> {
        let asks = self.identity.store == Store::Containerd && self.api >= PLATFORM_OF_IMAGE;
        let query = platform.filter(|_| asks).map(|platform| {
            let json = serde_json::json!({
                "os": platform.os(),
                "architecture": platform.architecture(),
                "variant": platform.variant(),
            });
            format!("?platform={}", read::escaped(&json.to_string()))
        });
        let target = format!(
            "/images/{}/json{}",
            read::escaped(image),
            query.unwrap_or_default()
        );
        match self.get::<Value>(&target, read::QUICK, read::OBJECT_BYTES).await {
            Ok(json) => {
                let field = |name: &str| json.get(name).and_then(Value::as_str);
                let told = Platform::from_fields(field("Os"), field("Architecture"), field("Variant"));
                let fits = platform.is_none_or(|asked| told.is_none_or(|told| told.satisfies(asked)));
                Ok(json.get("Config").filter(|_| fits).cloned())
            }
            Err(EngineError::NotThere { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The platforms that the registry has under `reference`, asked by the engine with its own proxies and certificates.
    async fn offered(&self, reference: &str) -> Result<Vec<Platform>, EngineError> {
        let target = format!("/distribution/{}/json", read::escaped(reference));
        let answer: Value = self.get(&target, read::QUICK, read::OBJECT_BYTES).await?;
        let list = answer.get("Platforms").and_then(Value::as_array).cloned();
        let list = list.unwrap_or_default();
        Ok(list.iter().filter_map(crate::inspect::platform_of).collect())
    }
}

fn texts(json: &Value, field: &str) -> Vec<String> {
    let list = json.get(field).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(ToOwned::to_owned).collect()
}

/// `name:tag` or `name@digest` by which a container was made, or by which its `image` is known.
fn reference_of(old: &Inspection, image: &Value) -> Option<String> {
    let said = tag_of_container(old);
    let said = said.or_else(|| old.image().contains('@').then(|| old.image().to_owned()));
    let names = texts(image, "RepoTags").into_iter();
    let mut names = names.chain(texts(image, "RepoDigests"));
    said.or_else(|| names.find(|name| !name.starts_with("<none>")))
}

/// A reference without its tag and its digest.
fn name_of(reference: &str) -> &str {
    split(reference.split('@').next().unwrap_or_default()).name
}

/// The tag that a container was made by; `None` for one that was made by the start of an image's id.
fn tag_of_container(old: &Inspection) -> Option<String> {
    let id = old.image_id().strip_prefix("sha256:").unwrap_or_default();
    let is_start = old.image().len() >= SHORTEST && id.starts_with(old.image());
    if is_start { None } else { tag_of(old.image()) }
}

/// `name:tag` of a reference, without its digest; `None` for one that is no name, or only has a digest.
fn tag_of(reference: &str) -> Option<String> {
    if is_id(reference) {
        return None;
    }
    let named = reference.split('@').next().unwrap_or_default();
    let Reference { name, tag } = split(named);
    let is_tagged = named != name || !reference.contains('@');
    is_tagged.then(|| format!("{name}:{tag}"))
}

/// As the container already says it, where that means the tag and nothing more.
fn spelled(reference: &str, tag: &str) -> String {
    if reference.contains('@') {
        tag.to_owned()
    } else {
        reference.to_owned()
    }
}

fn is_id(reference: &str) -> bool {
    let digits = reference.strip_prefix("sha256:").unwrap_or(reference);
    let all_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all_hex && (reference.starts_with("sha256:") || digits.len() == 64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_told_from_names() {
        assert!(is_id("sha256:0123"));
        assert!(is_id(&"a".repeat(64)));
        for name in ["acme/api:1", "beef", "127.0.0.1:5000/x", "a@sha256:00"] {
            assert!(!is_id(name), "{name}");
        }
    }

    #[test]
    fn an_image_that_a_container_has_by_id_or_digest_is_known_by_its_own_names() {
        let id = format!("sha256:{}", "ab".repeat(32));
        let image = |tags: Value| json!({"RepoTags": tags, "RepoDigests": ["acme/api@sha256:01"]});
        let reference = |said: &str, image: &Value| {
            let old = json!({"Image": id, "Config": {"Image": said}});
            reference_of(&Inspection::from_json(old), image)
        };
        let tagged = image(json!(["acme/api:1"]));
        for (said, image, expected) in [
            ("acme/api:2", &tagged, Some("acme/api:2")),
            ("acme/api@sha256:02", &tagged, Some("acme/api@sha256:02")),
            ("abababababab", &tagged, Some("acme/api:1")),
            (&id, &image(json!([])), Some("acme/api@sha256:01")),
            (&id, &json!({"RepoTags": ["<none>:<none>"]}), None),
            (&id, &Value::Null, None),
        ] {
            assert_eq!(reference(said, image).as_deref(), expected, "{said} {image}");
        }
        for reference in ["h:5/a", "h:5/a:1", "h:5/a@sha256:00", "h:5/a:1@sha256:00"] {
            assert_eq!(name_of(reference), "h:5/a");
        }
    }

    #[test]
    fn the_tag_is_found_beside_a_digest_and_not_made_up() {
        for (reference, tag) in [
            ("nginx", Some("nginx:latest")),
            ("127.0.0.1:5000/acme/api:1", Some("127.0.0.1:5000/acme/api:1")),
            ("acme/api:1@sha256:00", Some("acme/api:1")),
            ("acme/api@sha256:00", None),
            ("sha256:0123", None),
        ] {
            assert_eq!(tag_of(reference).as_deref(), tag, "{reference}");
        }
    }
}
