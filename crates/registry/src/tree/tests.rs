use tar::{Builder, EntryType, Header};

use super::*;

/// A layer of these lines: `path`, `path/` for a folder, `path -> link`, `path = other` for another name of a file.
fn layer(lines: &[&str]) -> Layer {
    let mut builder = Builder::new(Vec::new());
    for line in lines {
        let mut header = Header::new_gnu();
        header.set_mode(0o755);
        header.set_size(0);
        if let Some((path, leads)) = line.split_once(" -> ") {
            header.set_entry_type(EntryType::Symlink);
            builder.append_link(&mut header, path, leads).unwrap();
        } else if let Some((path, other)) = line.split_once(" = ") {
            header.set_entry_type(EntryType::Link);
            builder.append_link(&mut header, path, other).unwrap();
        } else if line.ends_with('/') {
            header.set_entry_type(EntryType::Directory);
            builder.append_data(&mut header, line, &b""[..]).unwrap();
        } else {
            header.set_entry_type(EntryType::Regular);
            header.set_size(line.len() as u64);
            builder.append_data(&mut header, line, line.as_bytes()).unwrap();
        }
    }
    Layer::of(&builder.into_inner().unwrap())
}

fn tree(layers: &[&[&str]]) -> Tree {
    let mut tree = Tree::default();
    for lines in layers {
        tree.put(&layer(lines));
    }
    tree
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.all().map(|(path, _)| path).skip(1).collect()
}

#[test]
fn what_is_hidden_is_gone_and_what_comes_with_it_stays() {
    let lower: &[&str] = &["a/b/one", "a/b/two", "c/one", "c-d", "e/f/g"];
    let upper: &[&str] = &["a/b/.wh.one", "c/new", "c/.wh..wh..opq", ".wh.e"];
    assert_eq!(
        paths(&tree(&[lower, upper])),
        ["/a", "/a/b", "/a/b/two", "/c", "/c-d", "/c/new"]
    );
    let again: &[&str] = &["a/.wh.b", "a/b/three"];
    assert_eq!(
        paths(&tree(&[lower, upper, again])),
        ["/a", "/a/b", "/a/b/three", "/c", "/c-d", "/c/new"]
    );
    let of_nothing: &[&str] = &[".wh.x", "y/.wh..wh..opq", ".wh..wh..opq"];
    assert!(paths(&tree(&[lower, of_nothing])).is_empty());
}

#[test]
fn the_upper_layer_wins_also_over_a_folder() {
    let tree = tree(&[&["a/b/c", "d", "e -> d"], &["a", "d/x", "e"]]);
    assert_eq!(paths(&tree), ["/a", "/d", "/d/x", "/e"]);
    let is_file = |path: &str| matches!(tree.get(path).map(|node| &node.kind), Some(NodeKind::File { .. }));
    assert!(is_file("/a") && is_file("/e") && is_file("/d/x"));
}

#[test]
fn links_are_followed_as_the_kernel_does() {
    let tree = tree(&[&[
        "usr/bin/sh",
        "usr/lib/x",
        "bin -> usr/bin",
        "lib64 -> /usr/../usr/lib",
        "up -> usr/lib/../bin/sh",
        "one -> two",
        "two -> one",
        "away -> ../../../usr",
        "none -> not/there",
    ]]);
    assert!(matches!(tree.get("/bin").unwrap().kind, NodeKind::Link(_)));
    assert!(matches!(tree.get("/bin/").unwrap().kind, NodeKind::Folder));
    assert!(tree.get("/bin/sh").is_some() && tree.get("/away/bin/../../lib64/x").is_some());
    assert_eq!(tree.end("/up").as_deref(), Some("/usr/bin/sh"));
    assert_eq!(tree.end("/lib64/x").as_deref(), Some("/usr/lib/x"));
    assert_eq!(tree.end("/none").as_deref(), Some("/not/there"));
    assert_eq!(tree.end("/").as_deref(), Some("/"));
    assert_eq!(tree.end("/one"), None);
    assert!(tree.get("/usr/bin/sh/").is_none() && tree.get("/usr/bin/sh/x").is_none());
}

#[test]
fn a_layer_writes_and_hides_through_the_links_of_those_below() {
    let lower: &[&str] = &["usr/lib/old", "usr/lib/other", "lib -> usr/lib"];
    let upper: &[&str] = &["lib/new", "lib/.wh.old", "again = lib/other"];
    assert_eq!(
        paths(&tree(&[lower, upper])),
        [
            "/again",
            "/lib",
            "/usr",
            "/usr/lib",
            "/usr/lib/new",
            "/usr/lib/other"
        ]
    );
}

#[test]
fn a_folder_shows_what_is_right_in_it() {
    let tree = tree(&[&["etc/ld.so.conf.d/a.conf", "etc/x", "etc-x", "e -> etc"]]);
    let names = |path: &str| -> Vec<String> { tree.folder(path).map(|(name, _)| name.to_owned()).collect() };
    assert_eq!(names("/etc"), ["ld.so.conf.d", "x"]);
    assert_eq!(names("/e"), ["ld.so.conf.d", "x"]);
    assert_eq!(names("/"), ["e", "etc", "etc-x"]);
}
