//! Layers as they stream in: what is shown for them, where they go on, and what is not taken for them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use registry::{Access, NodeKind, Outline, Registry, RegistryError, Tree};
use serde_json::json;
use tar::{Builder, Header};

use crate::fake::{Asked, CONFIG, Content, Fake, MANIFEST, Reply, Shelf, digest};

const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// An archive of one program, and bytes enough for several pieces.
fn archive(name: &str) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, mode, bytes) in [
        (name, 0o755, b"\x7fELF".to_vec()),
        ("padding", 0o644, vec![7; 200_000]),
    ] {
        let mut header = Header::new_gnu();
        header.set_mode(mode);
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, path, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Puts an image of these layers on the shelf. Gives its manifest's digest.
fn shelve(shelf: &Shelf, tag: &str, layers: &[&[u8]]) -> String {
    let config = json!({"os": "linux", "architecture": "arm64", "config": {"Cmd": [tag]}}).to_string();
    let named = digest(config.as_bytes());
    let mut described = Vec::new();
    shelf.put(
        &format!("/v2/app/blobs/{named}"),
        CONFIG,
        config.clone().into_bytes(),
    );
    for layer in layers {
        let digest = digest(layer);
        shelf.put(&format!("/v2/app/blobs/{digest}"), LAYER, layer.to_vec());
        described.push(json!({"mediaType": LAYER, "digest": digest, "size": layer.len()}));
    }
    shelf.manifest(
        "app",
        tag,
        &json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": named, "size": config.len()},
            "layers": described,
        }),
    )
}

/// What a session that knows nothing reads of images.
async fn trees(fake: &Fake, digests: &[&str]) -> Vec<Result<Tree, RegistryError>> {
    let registry = Registry::new(Access::default());
    let reference = format!("{}/app:1", fake.name());
    let mut outlines: Vec<Outline> = Vec::new();
    for digest in digests {
        let outline = registry.outline(&reference, digest).await.unwrap();
        outlines.push(outline.unwrap());
    }
    let layers = registry.layers(&reference, &outlines).unwrap();
    let mut trees = Vec::new();
    for outline in &outlines {
        trees.push(layers.tree(outline, &|_| {}).await);
    }
    trees
}

async fn tree(fake: &Fake, digest: &str) -> Result<Tree, RegistryError> {
    trees(fake, &[digest]).await.remove(0)
}

fn has_program(tree: &Tree, path: &str) -> bool {
    let node = tree.get(path);
    node.is_some_and(
        |node| matches!(&node.kind, NodeKind::File { head: Some(head), .. } if head.starts_with(b"\x7fELF")),
    )
}

fn is_of(asked: &Asked, layer: &[u8]) -> bool {
    asked.method == "GET" && asked.path.ends_with(&digest(layer))
}

#[tokio::test]
async fn a_layer_that_several_images_have_is_read_once() {
    let (base, own, other) = (archive("bin/sh"), archive("own"), archive("other"));
    let shelf = Shelf::default();
    let first = shelve(&shelf, "1", &[&base, &own]);
    let second = shelve(&shelf, "2", &[&base, &other]);
    let fake = crate::open(&shelf).await;
    let trees = trees(&fake, &[&first, &second]).await;
    let [one, two] = &trees[..] else {
        panic!("{trees:?}")
    };
    let (one, two) = (one.as_ref().unwrap(), two.as_ref().unwrap());
    assert!(has_program(one, "/bin/sh") && has_program(one, "/own") && !has_program(one, "/other"));
    assert!(has_program(two, "/bin/sh") && has_program(two, "/other"));
    assert_eq!(fake.count("GET", &digest(&base)), 1);
}

#[tokio::test]
async fn a_layer_goes_on_where_it_broke_off() {
    let layer = archive("bin/sh");
    for honours_ranges in [true, false] {
        let shelf = Shelf::default();
        let image = shelve(&shelf, "1", &[&layer]);
        let (ranges, times) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
        let (heard, bytes) = (Arc::clone(&ranges), layer.clone());
        let fake = Fake::start(move |asked| {
            if !is_of(asked, &bytes) {
                return shelf.answer(asked);
            }
            heard.lock().unwrap().push(asked.range.clone());
            if times.fetch_add(1, Ordering::Relaxed) == 0 {
                let half = bytes[..bytes.len() / 2].to_vec();
                return Reply::new(200).content(Content::Cut(half));
            }
            let range = asked.range.as_deref().unwrap_or_default();
            let from = range.trim_start_matches("bytes=").trim_end_matches('-');
            match from.parse::<usize>() {
                Ok(from) if honours_ranges => {
                    let said = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
                    Reply::new(206).header("content-range", said).body(&bytes[from..])
                }
                _ => Reply::ok(bytes.clone()),
            }
        })
        .await;
        let tree = tree(&fake, &image).await.unwrap();
        assert!(has_program(&tree, "/bin/sh"), "{honours_ranges}");
        let asked = ranges.lock().unwrap().clone();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert_eq!(asked[0], None);
        assert!(
            asked[1].as_ref().is_some_and(|range| range.starts_with("bytes=")),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn what_always_breaks_off_is_given_up() {
    let layer = archive("bin/sh");
    let shelf = Shelf::default();
    let image = shelve(&shelf, "1", &[&layer]);
    let bytes = layer.clone();
    let fake = Fake::start(move |asked| {
        if is_of(asked, &bytes) {
            Reply::new(200).content(Content::Cut(bytes[..1000].to_vec()))
        } else {
            shelf.answer(asked)
        }
    })
    .await;
    let error = tree(&fake, &image).await.unwrap_err();
    assert!(matches!(error, RegistryError::Unreachable { .. }), "{error:?}");
    assert_eq!(fake.count("GET", &digest(&layer)), 3);
}

#[tokio::test]
async fn what_is_not_the_layer_is_not_taken_for_it() {
    let layer = archive("bin/sh");
    let longer = [layer.clone(), vec![0; 512]].concat();
    let mut other = layer.clone();
    other[600] ^= 1;
    for sent in [longer, other, layer[..layer.len() - 512].to_vec()] {
        let shelf = Shelf::default();
        let image = shelve(&shelf, "1", &[&layer]);
        shelf.put(&format!("/v2/app/blobs/{}", digest(&layer)), LAYER, sent);
        let error = tree(&crate::open(&shelf).await, &image).await.unwrap_err();
        assert!(matches!(error, RegistryError::Invalid { .. }), "{error:?}");
    }
    let shelf = Shelf::default();
    let page = b"<html>no archive, and its digest is right</html>".repeat(20);
    let image = shelve(&shelf, "1", &[&page]);
    let error = tree(&crate::open(&shelf).await, &image).await.unwrap_err();
    assert!(matches!(error, RegistryError::Unreadable { .. }), "{error:?}");
    let image = shelve(&shelf, "2", &[&layer]);
    let bytes = layer.clone();
    let fake = Fake::start(move |asked| {
        if is_of(asked, &bytes) {
            Reply::new(404)
        } else {
            shelf.answer(asked)
        }
    })
    .await;
    let error = tree(&fake, &image).await.unwrap_err();
    assert!(matches!(error, RegistryError::NotThere { .. }), "{error:?}");
}

#[tokio::test]
async fn what_a_layer_s_server_is_shown_is_what_its_registry_is() {
    let layer = archive("bin/sh");
    let shelf = Shelf::default();
    let image = shelve(&shelf, "1", &[&layer]);
    let (named, bytes) = (digest(&layer), layer.clone());
    let storage = Fake::start(move |_| Reply::ok(bytes.clone())).await;
    let server = Fake::start(|_| Reply::ok(json!({"token": "good"}).to_string())).await;
    let (place, realm) = (storage.url(), server.url());
    let fake = Fake::start(move |asked| {
        if asked.authorization.as_deref() != Some("Bearer good") {
            let challenge = format!(r#"Bearer realm="{realm}/token",service="registry""#);
            return Reply::new(401).header("www-authenticate", challenge);
        }
        if asked.method == "GET" && asked.path.ends_with(&named) {
            return Reply::new(307).header("location", format!("{place}/kept?signature=1"));
        }
        shelf.answer(asked)
    })
    .await;
    let tree = tree(&fake, &image).await.unwrap();
    assert!(has_program(&tree, "/bin/sh"));
    let asked = storage.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].authorization, None, "another server is shown nothing");
}

#[tokio::test]
async fn an_outline_is_what_the_configuration_says() {
    let shelf = Shelf::default();
    let image = shelve(&shelf, "1", &[]);
    let fake = crate::open(&shelf).await;
    let registry = Registry::new(Access::default());
    let outline = registry.outline(&format!("{}/app", fake.name()), &image).await;
    let outline = outline.unwrap().unwrap();
    assert_eq!(outline.platform, Some(platform::Platform::linux("arm64")));
    assert_eq!(outline.config, json!({"Cmd": ["1"]}));
    let tree = tree(&fake, &image).await.unwrap();
    assert_eq!(tree.all().count(), 1, "only the root");
}
