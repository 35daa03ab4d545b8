//! From the parser's events to documents, with bounds.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Document, Fault, Id, Kind, Layout, Node, Style, exact};

/// A file of a project has some thousand parts; what has more was written by no hand.
const NODES: usize = 200_000;

/// Compose's own deepest field is ten levels down.
const DEPTH: usize = 64;

/// More closing braces too far to the left have not been seen in one file.
const REPAIRS: usize = 64;

/// The documents of `text`.
pub(crate) fn parse(text: &str) -> Result<Vec<Document>, Fault> {
    let mut readable = text.to_owned();
    for _ in 0..REPAIRS {
        match documents(&readable, text) {
            Ok(documents) => return Ok(documents),
            Err(Trouble::Ours(fault)) => return Err(fault),
            Err(Trouble::Parser(error)) => {
                readable = joined(&readable, &error).ok_or_else(|| Fault {
                    line: error.marker().line().max(1),
                    why: error.info().to_owned(),
                })?;
            }
        }
    }
    Err(Fault {
        line: 1,
        why: "too many brackets stand where no bracket may".to_owned(),
    })
}

enum Trouble {
    Ours(Fault),
    Parser(ScanError),
}

/// `text` with the line's end before a closing bracket as a blank, where the parser wants brackets further to the right
/// than Compose does. Every byte stays where it is.
fn joined(text: &str, error: &ScanError) -> Option<String> {
    let at = offsets(text).map_or(error.marker().index(), |offsets| {
        offsets.get(error.marker().index()).copied().unwrap_or(text.len())
    });
    let line = text.get(..at)?.rfind('\n')?;
    let is_closing = text
        .get(line + 1..)?
        .trim_start_matches(' ')
        .starts_with(['}', ']']);
    let before = text.get(..line)?;
    let previous = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    // A comment would swallow the bracket.
    if !is_closing || previous.contains('#') {
        return None;
    }
    let mut joined = text.to_owned();
    joined.replace_range(line..=line, " ");
    Some(joined)
}

/// For each character of `text` its first byte; `None` where they are the same.
fn offsets(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect()
    })
}

fn documents(readable: &str, text: &str) -> Result<Vec<Document>, Trouble> {
    let mut builder = Builder {
        text,
        offsets: offsets(text),
        starts: line_starts(text),
        open: Vec::new(),
        current: Document {
            nodes: Vec::new(),
            anchors: HashMap::new(),
            root: 0,
        },
        documents: Vec::new(),
    };
    let mut parser = Parser::new_from_str(readable);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(Trouble::Parser)?;
        builder.take(event, span).map_err(Trouble::Ours)?;
    }
    Ok(builder.documents)
}

fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    [0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect()
}

/// A collection whose end has not come yet.
struct Open {
    id: Id,
    /// Keys and values in turn, of a mapping.
    children: Vec<Id>,
}

struct Builder<'a> {
    text: &'a str,
    offsets: Option<Vec<usize>>,
    starts: Vec<usize>,
    open: Vec<Open>,
    current: Document,
    documents: Vec<Document>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(()),
            Event::DocumentEnd => {
                let empty = Document {
                    nodes: Vec::new(),
                    anchors: HashMap::new(),
                    root: 0,
                };
                let done = std::mem::replace(&mut self.current, empty);
                if !done.nodes.is_empty() {
                    self.documents.push(done);
                }
                Ok(())
            }
            Event::Alias(anchor) => self.leaf(Kind::Alias(anchor), span, 0, None),
            Event::Scalar(text, style, anchor, tag) => {
                let kind = Kind::Scalar(text.into_owned(), style_of(style));
                self.leaf(kind, span, anchor, tag.as_deref())
            }
            Event::SequenceStart(anchor, tag) => self.begin(
                Kind::Sequence(Vec::new(), Layout::Block),
                span,
                anchor,
                tag.as_deref(),
            ),
            Event::MappingStart(anchor, tag) => self.begin(
                Kind::Mapping(Vec::new(), Layout::Block),
                span,
                anchor,
                tag.as_deref(),
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
        }
    }

    fn leaf(&mut self, kind: Kind, span: Span, anchor: usize, tag: Option<&Tag>) -> Result<(), Fault> {
        let id = self.add(kind, span, anchor, tag)?;
        let node = &mut self.current.nodes[id];
        if let Kind::Scalar(_, style) = node.kind {
            node.end = exact::end(self.text, node.text, node.end, style);
        }
        Ok(())
    }

    fn begin(&mut self, mut kind: Kind, span: Span, anchor: usize, tag: Option<&Tag>) -> Result<(), Fault> {
        let start = self.byte(span.start.index());
        let text = exact::behind_properties(self.text, start, self.byte(span.end.index()));
        let opens = |sign| self.text[text..].starts_with(sign);
        match &mut kind {
            Kind::Sequence(_, layout) if opens('[') => *layout = Layout::Flow,
            Kind::Mapping(_, layout) if opens('{') => *layout = Layout::Flow,
            Kind::Sequence(..) | Kind::Mapping(..) | Kind::Scalar(..) | Kind::Alias(_) => {}
        }
        let id = self.add(kind, span, anchor, tag)?;
        if self.open.len() >= DEPTH {
            return Err(self.fault(id, format!("it is nested more than {DEPTH} levels deep")));
        }
        self.open.push(Open {
            id,
            children: Vec::new(),
        });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Fault> {
        // The parser closes only what it opened.
        let Some(Open { id, children }) = self.open.pop() else {
            return Ok(());
        };
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        let node = &mut self.current.nodes[id];
        let layout = match &mut node.kind {
            Kind::Sequence(items, layout) => {
                *items = children;
                *layout
            }
            Kind::Mapping(entries, layout) => {
                *entries = children.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
                *layout
            }
            Kind::Scalar(..) | Kind::Alias(_) => Layout::Block,
        };
        node.end = match layout {
            Layout::Flow => exact::flow_end(self.text, start, end),
            Layout::Block => end,
        };
        self.unique(id)
    }

    fn add(&mut self, kind: Kind, span: Span, anchor: usize, tag: Option<&Tag>) -> Result<Id, Fault> {
        let id = self.current.nodes.len();
        let start = self.byte(span.start.index());
        let end = self.byte(span.end.index()).max(start);
        let line = self.starts.partition_point(|line| *line <= start).max(1);
        let text = match kind {
            Kind::Alias(_) => start,
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) => {
                exact::behind_properties(self.text, start, end)
            }
        };
        self.current.nodes.push(Node {
            kind,
            start,
            text,
            end,
            line,
            anchored: anchor != 0,
            tag: tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)),
        });
        if id >= NODES {
            return Err(self.fault(id, format!("it has more than {NODES} parts")));
        }
        if anchor != 0 {
            self.current.anchors.insert(anchor, id);
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.current.root = id,
        }
        Ok(id)
    }

    /// Compose refuses a key that stands twice, merge keys included.
    fn unique(&self, id: Id) -> Result<(), Fault> {
        let Kind::Mapping(entries, _) = &self.current.nodes[id].kind else {
            return Ok(());
        };
        let mut seen = HashSet::new();
        for (key, _) in entries {
            if let Kind::Scalar(text, _) = &self.current.nodes[*key].kind
                && !seen.insert(text.as_str())
            {
                return Err(self.fault(*key, format!("the key `{text}` stands there twice")));
            }
        }
        Ok(())
    }

    fn fault(&self, id: Id, why: String) -> Fault {
        Fault {
            line: self.current.nodes[id].line,
            why,
        }
    }

    fn byte(&self, index: usize) -> usize {
        let at = match &self.offsets {
            Some(offsets) => offsets.get(index).copied(),
            None => Some(index),
        };
        at.unwrap_or(self.text.len()).min(self.text.len())
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}
