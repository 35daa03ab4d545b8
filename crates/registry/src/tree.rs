//! The files of an image: its layers, one over the other.

use std::collections::BTreeMap;

use crate::layer::{Laid, Layer, Node, NodeKind};

/// The kernel gives up after so many symbolic links (`MAXSYMLINKS`).
const LINKS: usize = 40;

/// The parts of a path and of all links in it; the kernel takes no path with more.
const PARTS: usize = 4096;

/// The files of one image, as its programs would see them. Nothing of them is on a disk.
#[derive(Clone, Debug)]
pub struct Tree {
    /// By their paths; the root's is empty. What is in a folder has all folders above it in here.
    nodes: BTreeMap<String, Node>,
}

/// Whether the last part of a path is followed when it is a link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Followed,
    Kept,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            nodes: BTreeMap::from([(String::new(), folder())]),
        }
    }
}

/// Of files that did not come in layers, each over those before it; paths are absolute.
impl FromIterator<(String, Node)> for Tree {
    fn from_iter<T: IntoIterator<Item = (String, Node)>>(files: T) -> Self {
        let mut tree = Self::default();
        for (path, node) in files {
            if let Some(path) = tree.resolved(&path, Last::Kept) {
                tree.insert(path, node);
            }
        }
        tree
    }
}

impl Tree {
    /// What is at `path`, an absolute one; links among its folders are followed, and its end is not.
    pub fn get(&self, path: &str) -> Option<&Node> {
        let is_folder = path.len() > 1 && path.ends_with('/');
        let last = if is_folder { Last::Followed } else { Last::Kept };
        let node = self.nodes.get(&self.resolved(path, last)?)?;
        (!is_folder || node.kind == NodeKind::Folder).then_some(node)
    }

    /// Where `path` leads when all links are followed, also to what is not there; `None` when they never end.
    pub fn end(&self, path: &str) -> Option<String> {
        let end = self.resolved(path, Last::Followed)?;
        Some(if end.is_empty() { "/".to_owned() } else { end })
    }

    /// Everything in it, by absolute paths in their order.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.nodes.iter().map(|(path, node)| (path.as_str(), node))
    }

    /// What is right in the folder at `path`, which is no link, by its name.
    pub fn folder(&self, path: &str) -> impl Iterator<Item = (&str, &Node)> {
        let above = format!("{}/", self.resolved(path, Last::Followed).unwrap_or_default());
        let length = above.len();
        self.nodes
            .range(above.clone()..)
            .take_while(move |(path, _)| path.starts_with(&above))
            .filter_map(move |(path, node)| Some((path.get(length..)?, node)))
            .filter(|(name, _)| !name.contains('/'))
    }

    /// Puts `layer` over what is there.
    pub(crate) fn put(&mut self, layer: &Layer) {
        for path in &layer.hidden {
            if let Some(path) = self.resolved(path, Last::Kept) {
                self.remove(&path);
            }
        }
        for path in &layer.emptied {
            if let Some(path) = self.resolved(path, Last::Followed) {
                self.empty(&path);
            }
        }
        for (path, laid) in &layer.entries {
            let node = match laid {
                Laid::Node(node) => Some(node.clone()),
                Laid::Same(other) => self.get(other).cloned(),
            };
            if let (Some(path), Some(node)) = (self.resolved(path, Last::Kept), node) {
                self.insert(path, node);
            }
        }
    }

    fn insert(&mut self, path: String, node: Node) {
        let ends = path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
        for end in ends {
            let above = &path[..end];
            if self
                .nodes
                .get(above)
                .is_none_or(|node| node.kind != NodeKind::Folder)
            {
                self.nodes.insert(above.to_owned(), folder());
            }
        }
        if node.kind != NodeKind::Folder {
            // The root stays a folder, whatever a layer says.
            if path.is_empty() {
                return;
            }
            self.remove(&path);
        }
        self.nodes.insert(path, node);
    }

    fn remove(&mut self, path: &str) {
        if !path.is_empty()
            && self
                .nodes
                .remove(path)
                .is_some_and(|node| node.kind == NodeKind::Folder)
        {
            self.empty(path);
        }
    }

    fn empty(&mut self, path: &str) {
        // Behind a slash comes a zero: what is between them begins with this folder.
        let below = format!("{path}/")..format!("{path}0");
        let gone: Vec<String> = self.nodes.range(below).map(|(path, _)| path.clone()).collect();
        for path in gone {
            self.nodes.remove(&path);
        }
    }

    /// `path` without links and steps upward. What is not there is left as it is written.
    fn resolved(&self, path: &str, last: Last) -> Option<String> {
        let mut parts: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let (mut at, mut links, mut steps) = (String::new(), 0, 0);
        while let Some(part) = parts.pop() {
            steps += 1;
            if steps > PARTS {
                return None;
            }
            match part.as_str() {
                "" | "." => {}
                ".." => at.truncate(at.rfind('/').unwrap_or_default()),
                part => {
                    let above = at.len();
                    at.push('/');
                    at.push_str(part);
                    let is_last = parts.iter().all(String::is_empty);
                    let Some(NodeKind::Link(leads)) = self.nodes.get(&at).map(|node| &node.kind) else {
                        continue;
                    };
                    if is_last && last == Last::Kept {
                        continue;
                    }
                    links += 1;
                    if links > LINKS {
                        return None;
                    }
                    parts.extend(leads.split('/').rev().map(str::to_owned));
                    at.truncate(if leads.starts_with('/') { 0 } else { above });
                }
            }
        }
        Some(at)
    }
}

/// A folder that no layer names, and that has to be there.
fn folder() -> Node {
    Node {
        kind: NodeKind::Folder,
        mode: 0o755,
        user: Some(0),
        group: Some(0),
    }
}

#[cfg(test)]
mod tests;
