//! Images that a client brings, as archives.

use std::{
    collections::BTreeMap,
    io::{self, Read as _},
    sync::Arc,
};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Image, Platform, Program, Variant, named};
use crate::{
    answer::{Answer, Refusal, json},
    ask::Ask,
    clock::Moment,
    digest::digest,
    recorded::{PROGRAMS, ProgramRecord, read},
    tree::{Node, Tree},
    world::World,
};

/// What an archive says of each image in it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

/// What an image says of itself.
#[derive(Deserialize)]
struct Config {
    architecture: String,
    os: String,
    #[serde(default)]
    variant: String,
    #[serde(default)]
    created: String,
    /// What its containers begin with.
    #[serde(default, rename = "config")]
    defaults: Map<String, Value>,
}

/// `POST /images/load`.
pub(crate) fn load(world: &mut World, ask: &Ask) -> Result<Answer, Refusal> {
    let images = unpacked(&ask.archive).map_err(|error| Refusal::bad(format!("invalid archive: {error}")))?;
    let mut loaded = Vec::new();
    for image in images {
        loaded.extend(image.tags.clone());
        take(world, image);
    }
    let names = loaded.iter().map(|name| format!("Loaded image: {name}\n"));
    Ok(json(&json!({ "stream": names.collect::<String>() })))
}

/// Its tags are no other image's any more.
fn take(world: &mut World, image: Image) {
    for known in &mut world.images {
        known.tags.retain(|tag| !image.tags.contains(tag));
    }
    let labels = image
        .variants
        .first()
        .and_then(|variant| variant.config.get("Labels")?.as_object());
    let mut told = labels.cloned().unwrap_or_default();
    told.insert("name".to_owned(), json!(image.id));
    world
        .events
        .emit(Moment::now(), "image", "load", &image.id, &told);
    world.images.retain(|known| known.id != image.id);
    world.images.push(image);
}

fn unpacked(archive: &[u8]) -> io::Result<Vec<Image>> {
    let files = files(archive)?;
    let file = |name: &str| {
        files
            .get(name)
            .map(|(bytes, _)| bytes)
            .ok_or_else(|| missing(name))
    };
    let manifests: Vec<Manifest> = serde_json::from_slice(file("manifest.json")?)?;
    let image = |manifest: Manifest| {
        let config = file(&manifest.config)?;
        let mut tree = Vec::new();
        for layer in &manifest.layers {
            let layer = self::files(file(layer)?)?.into_iter();
            tree.extend(layer.map(|(name, (bytes, mode))| (format!("/{name}"), Node::File { bytes, mode })));
        }
        let text = String::from_utf8_lossy(config);
        let tags = manifest.repo_tags.unwrap_or_default();
        image(&digest(&text), serde_json::from_str(&text)?, tree, &tags)
    };
    manifests.into_iter().map(image).collect()
}

fn image(id: &str, config: Config, files: Vec<(String, Node)>, tags: &[String]) -> io::Result<Image> {
    let tags: Vec<String> = tags.iter().map(|tag| named(tag)).collect();
    let brought = brought(&files)?;
    let bytes = files.iter().map(|(_, node)| size(node)).sum();
    let platform = Platform {
        architecture: config.architecture,
        os: config.os,
        variant: config.variant,
    };
    let variant = Variant {
        digest: id.to_owned(),
        platform,
        bytes,
        local: true,
        config: config.defaults,
        program: Arc::new(Program {
            tree: Tree::new(files),
            exit: None,
            says: Vec::new(),
            brought,
            unhealthy: None,
        }),
    };
    Ok(Image {
        id: id.to_owned(),
        origin: tags.first().cloned().unwrap_or_default(),
        tags,
        made: config.created,
        variants: vec![variant],
        loaded: true,
    })
}

/// Those of `files` that are known: programs of a sample do not run.
fn brought(files: &[(String, Node)]) -> io::Result<Vec<ProgramRecord>> {
    let mut known: Vec<ProgramRecord> = read(PROGRAMS)?;
    known.retain(|program| files.iter().any(|(_, node)| program.is_in(node)));
    Ok(known)
}

fn size(node: &Node) -> u64 {
    match node {
        Node::File { bytes, .. } => bytes.len() as u64,
        Node::Folder | Node::Link(_) => 0,
    }
}

/// The plain files of an archive with their modes; a request is not larger than what a client may send.
fn files(archive: &[u8]) -> io::Result<BTreeMap<String, (Vec<u8>, u32)>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let (name, mode) = (
            entry.path()?.to_string_lossy().into_owned(),
            entry.header().mode()?,
        );
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.insert(name.trim_start_matches("./").to_owned(), (bytes, mode));
    }
    Ok(files)
}

fn missing(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("`{name}` is not in it"))
}
