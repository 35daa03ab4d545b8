//! Images: which are here, with which platforms, and which the registry has.

mod answers;
mod load;
mod platform;
mod view;

use std::{io, sync::Arc};

use serde_json::{Map, Value};

pub(crate) use answers::{distribution, inspect, list, missing, not_provided, remove, tag};
pub(crate) use load::load;
pub(crate) use platform::Platform;
pub(crate) use view::manifest_descriptor;

use crate::{
    digest::digest,
    recorded::{ImageRecord, Kernel, ProgramRecord, VariantRecord},
    tree::Tree,
};

/// An image under all its tags.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    /// The digest of its index, or of its manifest when it has one platform.
    pub(crate) id: String,
    /// Its name in the registry, with its tag.
    pub(crate) origin: String,
    /// Its names here.
    pub(crate) tags: Vec<String>,
    made: String,
    pub(crate) variants: Vec<Variant>,
    /// Whether a client brought it: the registry does not have it.
    pub(crate) loaded: bool,
}

/// One platform of an image.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub(crate) platform: Platform,
    /// Of its manifest.
    pub(crate) digest: String,
    pub(crate) bytes: u64,
    /// Whether it is here; otherwise only the index names it.
    pub(crate) local: bool,
    pub(crate) config: Map<String, Value>,
    pub(crate) program: Arc<Program>,
}

/// What an image starts, and what that does.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) tree: Tree,
    pub(crate) says: Vec<(String, String)>,
    pub(crate) exit: Option<i64>,
    /// The programs that a client brought in it.
    pub(crate) brought: Vec<ProgramRecord>,
    /// What its health check writes when it fails.
    pub(crate) unhealthy: Option<String>,
}

impl Program {
    /// What `command` says, by channel and line, and what it ends with at once.
    pub(crate) fn answer(&self, command: &[String]) -> (Vec<(String, String)>, Option<i64>) {
        let mut brought = self.brought.iter();
        let brought = brought.find_map(|program| Some((program.lines(command)?, Some(program.exit))));
        brought.unwrap_or_else(|| (self.says.clone(), self.exit))
    }
}

impl Image {
    pub(crate) fn new(record: ImageRecord, kernel: &Kernel) -> io::Result<Self> {
        let reference = record.reference;
        let variants = record
            .variants
            .into_iter()
            .map(|variant| Variant::new(&reference, variant, kernel));
        let variants = variants.collect::<io::Result<Vec<_>>>()?;
        let mut image = Self {
            id: match variants.as_slice() {
                [only] => only.digest.clone(),
                _ => digest(&format!("index {reference}")),
            },
            tags: Vec::new(),
            made: record.made,
            variants,
            origin: reference,
            loaded: false,
        };
        if image.is_here() {
            image.tags.push(image.origin.clone());
        }
        Ok(image)
    }

    /// The same under another name, as another image.
    pub(crate) fn copied(&self, origin: String) -> Self {
        let mut copy = self.clone();
        for variant in &mut copy.variants {
            variant.digest = digest(&format!("{origin} {}", variant.platform));
        }
        copy.id = match copy.variants.as_slice() {
            [only] => only.digest.clone(),
            _ => digest(&format!("index {origin}")),
        };
        copy.tags = vec![origin.clone()];
        copy.origin = origin;
        copy
    }

    /// Whether any platform of it is here.
    pub(crate) fn is_here(&self) -> bool {
        self.variants.iter().any(|variant| variant.local)
    }

    /// Its name without tag.
    pub(crate) fn repository(&self) -> &str {
        self.origin
            .rsplit_once(':')
            .map_or(self.origin.as_str(), |(name, _)| name)
    }

    /// What is here for `asked`; without that, what suits `native` best.
    pub(crate) fn best(&self, asked: Option<&Platform>, native: &Platform) -> Option<&Variant> {
        let mut here = self.variants.iter().filter(|variant| variant.local);
        if let Some(asked) = asked {
            return here.find(|variant| variant.platform.is(asked));
        }
        let first = here.clone().next();
        here.find(|variant| variant.platform.is(native)).or(first)
    }
}

impl Variant {
    fn new(reference: &str, record: VariantRecord, kernel: &Kernel) -> io::Result<Self> {
        Ok(Self {
            digest: digest(&format!("{reference} {}", record.platform)),
            program: Arc::new(Program {
                tree: Tree::new(record.files(kernel)?),
                says: record.says,
                exit: record.exit,
                brought: Vec::new(),
                unhealthy: record.unhealthy,
            }),
            platform: record.platform,
            bytes: record.bytes,
            local: record.local,
            config: record.config,
        })
    }
}

/// Where the image that `reference` names is in `images`: by tag, by digest, or by the start of its id.
pub(crate) fn find(images: &[Image], reference: &str) -> Option<usize> {
    let name = named(reference);
    let by_tag = images
        .iter()
        .position(|image| image.is_here() && image.tags.contains(&name));
    by_tag.or_else(|| {
        let id = reference.rsplit_once('@').map_or(reference, |(_, digest)| digest);
        let id = id.strip_prefix("sha256:").unwrap_or(id);
        let is_id = !id.is_empty() && id.bytes().all(|digit| digit.is_ascii_hexdigit());
        let begins = |image: &Image| image.is_here() && image.id["sha256:".len()..].starts_with(id);
        images.iter().position(begins).filter(|_| is_id)
    })
}

/// `reference` as tags are kept: without Docker Hub's own name, and always with a tag.
pub(crate) fn named(reference: &str) -> String {
    let hub = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = hub.strip_prefix("library/").unwrap_or(hub);
    match name.rsplit_once(':') {
        Some((_, tag)) if !tag.contains('/') => name.to_owned(),
        _ if name.contains('@') => name.to_owned(),
        _ => format!("{name}:latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_people_write_them() {
        let cases = [
            ("nginx", "nginx:latest"),
            ("docker.io/library/nginx:1", "nginx:1"),
            ("localhost:5000/a", "localhost:5000/a:latest"),
            ("a@sha256:00", "a@sha256:00"),
        ];
        for (reference, name) in cases {
            assert_eq!(named(reference), name);
        }
    }
}
