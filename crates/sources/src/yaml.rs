//! YAML with places: which bytes say what, so that a reader can name lines, and an edit can leave all else alone.
//!
//! Aliases are not expanded. Whoever follows them, or merge keys, pays for every step out of a [`Budget`].

mod build;
mod exact;
mod walk;

use std::collections::HashMap;

pub(crate) use build::parse;
pub(crate) use walk::Budget;

/// A node of a document, by its place in [`Document::nodes`].
pub(crate) type Id = usize;

/// Why a text cannot be read as YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1 on.
    pub line: usize,
    /// In the parser's words, or ours.
    pub why: String,
}

/// One document of a file.
#[derive(Debug)]
pub(crate) struct Document {
    nodes: Vec<Node>,
    anchors: HashMap<usize, Id>,
    /// What it consists of.
    pub(crate) root: Id,
}

/// A part of a document.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Where its first byte is: the anchor or tag, if it has one.
    pub(crate) start: usize,
    /// Where its text begins, behind anchor and tag.
    pub(crate) text: usize,
    /// Where it ends; of a block collection, where what follows it begins.
    pub(crate) end: usize,
    /// The line of `start`, from 1 on.
    pub(crate) line: usize,
    /// Whether aliases may lead here.
    pub(crate) anchored: bool,
    /// `!reset`, `tag:yaml.org,2002:str`.
    pub(crate) tag: Option<String>,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Kind {
    Scalar(String, Style),
    Sequence(Vec<Id>, Layout),
    Mapping(Vec<(Id, Id)>, Layout),
    /// The number of an anchor.
    Alias(usize),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Single,
    Double,
    /// `|` or `>`.
    Block,
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// By its indentation.
    Block,
    /// Between braces or brackets.
    Flow,
}

impl Document {
    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// The text of a scalar, also behind an alias.
    pub(crate) fn scalar(&self, id: Id) -> Option<&str> {
        match &self.node(self.resolved(id)).kind {
            Kind::Scalar(text, _) => Some(text),
            Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => None,
        }
    }

    /// Whether it stands for nothing: no text at all, `~` or `null`, without quotes.
    pub(crate) fn is_null(&self, id: Id) -> bool {
        match &self.node(self.resolved(id)).kind {
            Kind::Scalar(text, Style::Plain) => {
                matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => false,
        }
    }

    /// What an alias leads to; everything else is what it is.
    pub(crate) fn resolved(&self, id: Id) -> Id {
        match self.node(id).kind {
            // The parser knows every anchor that it lets an alias name.
            Kind::Alias(anchor) => self.anchors.get(&anchor).copied().unwrap_or(id),
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) => id,
        }
    }

    /// The tag that Compose has of its own: `reset` or `override`.
    pub(crate) fn local_tag(&self, id: Id) -> Option<&str> {
        self.node(id).tag.as_deref()?.strip_prefix('!')
    }
}
