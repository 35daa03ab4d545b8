//! Services whose fields stand in lines of their own.

use super::{
    NEIGHBOURS, Splice, entry,
    place::{self, Place},
};
use crate::yaml::{Id, Kind, Layout, Style};

/// How far a field is indented where nothing shows what is usual in the file.
const STEP: usize = 2;

/// A line more: behind the image's where that has one line, else before the first field.
pub(super) fn added(place: &Place<'_>, wanted: &str) -> Option<Vec<Splice>> {
    let neighbour = NEIGHBOURS.iter().find_map(|name| {
        let found = place::own(place.document, place.value, name)?;
        is_one_line(place, found).then_some(found)
    });
    if let Some((key, value)) = neighbour {
        let indentation = place.indentation(key)?;
        let end = place.document.node(value).end.max(place.document.node(key).end);
        let at = place::line_stop(place.text, end);
        let line = entry(wanted, place.style(key));
        return Some(vec![Splice {
            bytes: at..at,
            with: format!("{}{indentation}{line}", place.line_end(end)),
        }]);
    }
    let (key, _) = *place.entries().first()?;
    let indentation = place.indentation(key)?;
    let start = place.document.node(key).start;
    let at = start - indentation.len();
    let line = entry(wanted, place.style(key));
    Some(vec![Splice {
        bytes: at..at,
        with: format!("{indentation}{line}{}", place.line_end(start)),
    }])
}

/// A line less.
pub(super) fn removed(place: &Place<'_>, key: Id, value: Id) -> Option<Vec<Splice>> {
    if !is_one_line(place, (key, value)) {
        return None;
    }
    let start = place.document.node(key).start - place.indentation(key)?.len();
    let end = place.document.node(value).end.max(place.document.node(key).end);
    let stop = place::line_stop(place.text, end);
    let next = place.text[stop..].find('\n').map(|at| stop + at + 1);
    let line = Splice {
        bytes: match next {
            Some(next) => start..next,
            // What the last line lacks, the line before it is to lack.
            None => {
                place::line_stop(
                    place.text,
                    start.saturating_sub(1).min(previous(place.text, start)),
                )..stop
            }
        },
        with: String::new(),
    };
    if place.entries().len() > 1 {
        return Some(vec![line]);
    }
    let node = place.node();
    let name_end = place.document.node(place.key).end;
    let named = place.text[node.start..node.text].trim_end().len();
    let at = if node.text > node.start {
        node.start + named
    } else {
        name_end
    };
    let at = if at == name_end {
        place::behind_colon(place.text, at, at)?
    } else {
        at
    };
    let empty = Splice {
        bytes: at..at,
        with: " {}".to_owned(),
    };
    Some(vec![empty, line])
}

/// The first field of a service that says nothing.
pub(super) fn begun(place: &Place<'_>, wanted: &str) -> Option<Vec<Splice>> {
    let (document, text, node) = (place.document, place.text, place.node());
    if !document.is_null(place.value) || node.tag.is_some() {
        return None;
    }
    let style = place.style(place.key);
    if node.end > node.text {
        let with = format!("{{{}}}", entry(wanted, style));
        return Some(vec![Splice {
            bytes: node.text..node.end,
            with,
        }]);
    }
    let in_block = matches!(
        document.node(place.services).kind,
        Kind::Mapping(_, Layout::Block)
    );
    let own = place.indentation(place.key).filter(|_| in_block)?;
    let end = node.end.max(document.node(place.key).end);
    let at = place::line_stop(text, end);
    let deeper = " ".repeat(step(place, own.len()));
    let line = entry(wanted, style);
    Some(vec![Splice {
        bytes: at..at,
        with: format!("{}{own}{deeper}{line}", place.line_end(end)),
    }])
}

/// How much further than its name a service's fields are indented in this file.
fn step(place: &Place<'_>, own: usize) -> usize {
    let siblings = match &place.document.node(place.services).kind {
        Kind::Mapping(entries, _) => entries.as_slice(),
        Kind::Scalar(..) | Kind::Sequence(..) | Kind::Alias(_) => &[],
    };
    let of = |(_, value): &(Id, Id)| match &place.document.node(*value).kind {
        Kind::Mapping(entries, Layout::Block) => {
            let field = place.indentation(entries.first()?.0)?.len();
            field.checked_sub(own).filter(|step| *step > 0)
        }
        Kind::Mapping(..) | Kind::Scalar(..) | Kind::Sequence(..) | Kind::Alias(_) => None,
    };
    let usual = siblings.iter().find_map(of);
    usual.unwrap_or(if own > 0 { own } else { STEP })
}

/// Whether an entry stands in one line, which is its own.
fn is_one_line(place: &Place<'_>, (key, value): (Id, Id)) -> bool {
    let (first, last) = (place.document.node(key), place.document.node(value));
    let is_plain = match &last.kind {
        Kind::Scalar(_, style) => *style != Style::Block,
        Kind::Alias(_) | Kind::Sequence(_, Layout::Flow) | Kind::Mapping(_, Layout::Flow) => true,
        Kind::Sequence(_, Layout::Block) | Kind::Mapping(_, Layout::Block) => false,
    };
    let end = last.end.max(first.end);
    is_plain && place.indentation(key).is_some() && !place.text[first.start..end].contains('\n')
}

/// A place in the line before the one that begins at `start`.
fn previous(text: &str, start: usize) -> usize {
    place::line_start(text, start.saturating_sub(1))
}
