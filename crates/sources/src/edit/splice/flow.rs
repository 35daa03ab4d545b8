//! Services between braces.

use super::{
    NEIGHBOURS, Splice, entry,
    place::{self, Place},
};
use crate::yaml::{Id, Style};

/// An entry more: behind the image's, set apart as that is.
pub(super) fn added(place: &Place<'_>, wanted: &str) -> Vec<Splice> {
    let named = NEIGHBOURS
        .iter()
        .find_map(|name| place::own(place.document, place.value, name));
    let Some((key, value)) = named.or(place.entries().last().copied()) else {
        let at = place.node().text + 1;
        let with = entry(wanted, place.style(place.key));
        return vec![Splice { bytes: at..at, with }];
    };
    let (first, last) = (place.document.node(key), place.document.node(value));
    let at = last.end.max(first.end);
    let before = &place.text[..first.start];
    let gap = &before[before.trim_end_matches([' ', '\r', '\n']).len()..];
    // An empty line between two entries is not made twice.
    let gap = match gap.rsplit_once('\n') {
        Some((_, blanks)) => format!("{}{blanks}", place.line_end(first.start)),
        None => " ".to_owned(),
    };
    vec![Splice {
        bytes: at..at,
        with: format!(",{gap}{}", entry(wanted, json(place.style(key)))),
    }]
}

/// In braces keys in single quotes are as good as plain ones.
fn json(style: Style) -> Style {
    match style {
        Style::Double => style,
        Style::Plain | Style::Single | Style::Block => Style::Plain,
    }
}

/// An entry less, with one of the commas beside it.
pub(super) fn removed(place: &Place<'_>, key: Id, value: Id) -> Option<Vec<Splice>> {
    let entries = place.entries();
    let at = entries.iter().position(|entry| *entry == (key, value))?;
    let start = place.document.node(key).start;
    let end = place.document.node(value).end.max(place.document.node(key).end);
    let bytes = if let Some(line) = own_line(place, key, end) {
        line
    } else if let Some((next, _)) = entries.get(at + 1) {
        start..place.document.node(*next).start
    } else if let Some((key, value)) = at.checked_sub(1).and_then(|before| entries.get(before)) {
        place.document.node(*value).end.max(place.document.node(*key).end)..end
    } else {
        let rest = &place.text[end..];
        let comma = rest.trim_start_matches(' ').strip_prefix(',');
        start..comma.map_or(end, |behind| place.text.len() - behind.len())
    };
    // Only the entry, its comma and blanks: no comment goes with it.
    let around = [
        &place.text[bytes.start..start.max(bytes.start)],
        &place.text[end..bytes.end.max(end)],
    ];
    let is_free = |text: &&str| text.chars().all(|letter| letter == ',' || letter.is_whitespace());
    let is_one_line = !place.text[start..end].contains('\n');
    (around.iter().all(is_free) && is_one_line).then(|| {
        vec![Splice {
            bytes,
            with: String::new(),
        }]
    })
}

/// The whole line, where nothing but the entry and its comma stands in it.
fn own_line(place: &Place<'_>, key: Id, end: usize) -> Option<std::ops::Range<usize>> {
    let indentation = place.indentation(key)?;
    let start = place.document.node(key).start - indentation.len();
    let behind = place.text[end..].trim_start_matches(' ').strip_prefix(',')?;
    let rest = behind.trim_start_matches([' ', '\r']).strip_prefix('\n')?;
    Some(start..place.text.len() - rest.len())
}
