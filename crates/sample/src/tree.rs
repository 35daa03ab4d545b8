//! The files of an image.

use std::collections::BTreeMap;

/// As many as the kernel follows (`MAXSYMLINKS`).
const LINKS: usize = 40;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    File { bytes: Vec<u8>, mode: u32 },
    Folder,
    Link(String),
}

/// Paths, absolute and without links in their folders, and what is there.
#[derive(Debug)]
pub(crate) struct Tree(BTreeMap<String, Node>);

impl Tree {
    /// With all the folders that `files` need.
    pub(crate) fn new(files: impl IntoIterator<Item = (String, Node)>) -> Self {
        let mut tree = Self(BTreeMap::from([("/".to_owned(), Node::Folder)]));
        for (path, node) in files {
            // Links come before what lies behind them, as in a layer.
            let path = tree.settle(&path).unwrap_or(path);
            let slashes = path
                .match_indices('/')
                .skip(1)
                .map(|(at, _)| at)
                .collect::<Vec<_>>();
            for at in slashes {
                tree.0.entry(path[..at].to_owned()).or_insert(Node::Folder);
            }
            tree.0.insert(path, node);
        }
        tree
    }

    /// What is at `path` itself, a link when it is one, with the path at which it lies.
    pub(crate) fn at(&self, path: &str) -> Option<(String, &Node)> {
        let settled = self.settle(path)?;
        let node = self.0.get(&settled)?;
        Some((settled, node))
    }

    /// What is at the end of all links from `path`.
    pub(crate) fn resolve(&self, path: &str) -> Option<(String, &Node)> {
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let (settled, node) = self.at(&path)?;
            let Node::Link(target) = node else {
                return Some((settled, node));
            };
            path = joined(parent(&settled), target);
        }
        None
    }

    /// The end of the link at `path`, whether or not anything is there.
    pub(crate) fn link_end(&self, path: &str, target: &str) -> String {
        let next = joined(parent(path), target);
        match self.resolve(&next) {
            Some((end, _)) => end,
            None => self.settle(&next).unwrap_or(next),
        }
    }

    /// Everything below `folder`, parents first.
    pub(crate) fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let all = self.0.iter().map(|(path, node)| (path.as_str(), node));
        all.filter(move |(path, _)| path.starts_with(&prefix) && path.len() > prefix.len())
    }

    /// `path` without dots, and without links in its folders; its last part stays as it is.
    fn settle(&self, path: &str) -> Option<String> {
        let mut rest: Vec<String> = path.split('/').rev().map(ToOwned::to_owned).collect();
        let (mut done, mut links) = (Vec::<String>::new(), 0);
        while let Some(part) = rest.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    done.pop();
                    continue;
                }
                _ => done.push(part),
            }
            let here = format!("/{}", done.join("/"));
            if let Some(Node::Link(target)) = self.0.get(&here).filter(|_| !rest.is_empty()) {
                links += 1;
                if links > LINKS {
                    return None;
                }
                let target = joined(parent(&here), target);
                done.clear();
                rest.extend(target.split('/').rev().map(ToOwned::to_owned));
            }
        }
        Some(format!("/{}", done.join("/")))
    }
}

/// The folder of a path.
pub(crate) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// `path` as seen from `folder`.
pub(crate) fn joined(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", folder.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let file = |text: &str| Node::File {
            bytes: text.into(),
            mode: 0o755,
        };
        Tree::new([
            ("/bin".to_owned(), Node::Link("usr/bin".into())),
            ("/usr/bin/dash".to_owned(), file("dash")),
            ("/bin/sh".to_owned(), Node::Link("dash".into())),
            ("/loop".to_owned(), Node::Link("/loop".into())),
        ])
    }

    #[test]
    fn links_in_folders_and_at_the_end_are_followed() {
        assert_eq!(
            tree().resolve("/bin/../bin/./sh").expect("a file").0,
            "/usr/bin/dash"
        );
        assert_eq!(
            tree().at("/bin/sh").expect("a link").1,
            &Node::Link("dash".into())
        );
        assert_eq!(tree().link_end("/bin", "usr/bin"), "/usr/bin");
        assert_eq!(tree().at("/usr").expect("a folder").1, &Node::Folder);
    }

    #[test]
    fn loops_and_what_is_not_there_end() {
        assert_eq!(tree().resolve("/loop"), None);
        assert_eq!(tree().resolve("/loop/x"), None);
        assert_eq!(tree().resolve("/usr/bin/nope"), None);
        assert_eq!(
            tree().resolve("/../../usr/bin/dash").expect("kept inside").0,
            "/usr/bin/dash"
        );
    }
}
