//! The bytes that a change replaces.

mod block;
mod flow;
mod place;

use std::ops::Range;

use self::place::Place;
use super::lossless::{Refusal, To};
use crate::yaml::{Document, Id, Kind, Layout, Style};

/// Bytes, and what is to stand in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) bytes: Range<usize>,
    pub(super) with: String,
}

/// `text` with all `splices`, which do not overlap.
pub(super) fn applied(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.bytes.start);
    let mut out = text.to_owned();
    for splice in splices.iter().rev() {
        out.replace_range(splice.bytes.clone(), &splice.with);
    }
    out
}

/// Where a service is spoken of, for a message; the first line where it is not.
pub(super) fn line(documents: &[Document], service: &str) -> usize {
    let found = documents.iter().rev().find_map(|document| {
        let (key, _) = place::own(document, place::services(document)?, service)?;
        Some(document.node(key).line)
    });
    found.unwrap_or(1)
}

/// Whether the service has a `platform` without a value, which Compose refuses, and is to have none.
pub(super) fn is_idle(documents: &[Document], service: &str, to: &To) -> bool {
    let has_one = |document: &Document| {
        let services = place::services(document)?;
        let (_, fields) = place::own(document, services, service)?;
        let (_, value) = place::own(document, fields, PLATFORM)?;
        Some(document.is_null(value) && document.node(value).tag.is_none())
    };
    *to == To::Nothing && documents.iter().any(|document| has_one(document) == Some(true))
}

/// What is to be replaced, and where that is.
pub(super) struct Change {
    pub(super) splices: Vec<Splice>,
    /// The document, by its number.
    pub(super) document: usize,
    /// The only part of it that may say something else.
    pub(super) part: Id,
}

/// What is to be replaced so that the service says `to`.
pub(super) fn change(text: &str, documents: &[Document], service: &str, to: &To) -> Result<Change, Refusal> {
    let place = Place::find(text, documents, service)?;
    let entangled = Refusal::Entangled {
        service: service.to_owned(),
        line: place.document.node(place.key).line,
    };
    let own = place::own(place.document, place.value, PLATFORM);
    let (part, splices) = match (own, to) {
        (Some((key, value)), To::Platform(platform)) => {
            (place.value, replaced(&place, key, value, &platform.to_string()))
        }
        (Some((key, value)), To::Nothing) => (place.value, removed(&place, key, value)),
        (None, To::Platform(platform)) => (place.value, added(&place, &platform.to_string())),
        (None, To::Nothing) => {
            let inherited = Refusal::Inherited {
                service: service.to_owned(),
            };
            let (merged, key, value) = place.merged().ok_or(inherited)?;
            (merged.value, removed(&merged, key, value))
        }
    };
    Ok(Change {
        splices: splices.ok_or(entangled)?,
        document: place.number,
        part,
    })
}

fn removed(place: &Place<'_>, key: Id, value: Id) -> Option<Vec<Splice>> {
    match &place.node().kind {
        Kind::Mapping(_, Layout::Block) => block::removed(place, key, value),
        Kind::Mapping(_, Layout::Flow) => flow::removed(place, key, value),
        Kind::Scalar(..) | Kind::Sequence(..) | Kind::Alias(_) => None,
    }
}

fn added(place: &Place<'_>, wanted: &str) -> Option<Vec<Splice>> {
    match &place.node().kind {
        Kind::Mapping(_, Layout::Block) => block::added(place, wanted),
        Kind::Mapping(_, Layout::Flow) => Some(flow::added(place, wanted)),
        Kind::Scalar(..) => block::begun(place, wanted),
        Kind::Sequence(..) | Kind::Alias(_) => None,
    }
}

/// The value of `platform` in the quotes that it has.
fn replaced(place: &Place<'_>, key: Id, value: Id, wanted: &str) -> Option<Vec<Splice>> {
    let (document, text) = (place.document, place.text);
    let node = document.node(value);
    let is_reset = document.local_tag(value) == Some("reset");
    let (start, style) = match &node.kind {
        Kind::Scalar(_, Style::Block) | Kind::Sequence(..) | Kind::Mapping(..) => return None,
        Kind::Alias(_) => (node.start, place.style(key)),
        Kind::Scalar(_, style) if is_reset => (node.start, *style),
        Kind::Scalar(_, Style::Plain) if document.is_null(value) => (node.text, place.style(key)),
        Kind::Scalar(_, style) => (node.text, *style),
    };
    let bytes = start..node.end.max(start);
    if text.get(bytes.clone())?.contains('\n') {
        return None;
    }
    let wanted = quoted(wanted, style);
    if bytes.is_empty() {
        let at = place::behind_colon(text, document.node(key).end, bytes.start)?;
        return Some(vec![Splice {
            bytes: at..at,
            with: format!(" {wanted}"),
        }]);
    }
    Some(vec![Splice { bytes, with: wanted }])
}

/// The name of a platform needs no escapes.
fn quoted(text: &str, style: Style) -> String {
    match style {
        Style::Plain | Style::Block => text.to_owned(),
        Style::Single => format!("'{text}'"),
        Style::Double => format!("\"{text}\""),
    }
}

/// `platform: VALUE` in the quotes of its neighbour.
fn entry(wanted: &str, neighbour: Style) -> String {
    let value = match neighbour {
        Style::Double => quoted(wanted, neighbour),
        Style::Plain | Style::Single | Style::Block => wanted.to_owned(),
    };
    format!("{}: {value}", quoted(PLATFORM, neighbour))
}

pub(super) const PLATFORM: &str = "platform";

/// Beside which field `platform` is written, the best one first.
const NEIGHBOURS: [&str; 4] = ["image", "build", "container_name", "<<"];
