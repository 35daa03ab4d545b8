//! Where things end to the byte: the parser's own ends reach over blanks and comments behind them.

use super::Style;

/// Where the text of a node begins that starts at `start`: behind its anchor and its tag, not behind `end`.
pub(super) fn behind_properties(text: &str, start: usize, end: usize) -> usize {
    let mut at = start;
    while at < end && text[at..].starts_with(['&', '!']) {
        let rest = &text[at..end];
        let word = rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        at += word;
        let rest = &text[at..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if at + blanks > end {
            return at;
        }
        at += blanks;
    }
    at
}

/// Where a scalar ends whose text begins at `start`, and that the parser lets end at `end`.
pub(super) fn end(text: &str, start: usize, end: usize, style: Style) -> usize {
    let inside = text.get(start..end).unwrap_or_default();
    let length = match style {
        Style::Single => closing(inside, '\'', |rest| rest.starts_with("''").then_some(2)),
        Style::Double => closing(inside, '"', |rest| {
            let escaped = rest.strip_prefix('\\')?.chars().next()?;
            Some(1 + escaped.len_utf8())
        }),
        Style::Plain => Some(inside.trim_end().len()),
        Style::Block => None,
    };
    length.map_or(end, |length| start + length)
}

/// How long the quoted text is that `inside` begins with.
fn closing(inside: &str, quote: char, pair: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    let mut at = inside.strip_prefix(quote).map(|_| 1)?;
    while let Some(letter) = inside.get(at..).and_then(|rest| rest.chars().next()) {
        at += match pair(&inside[at..]) {
            Some(skipped) => skipped,
            None if letter == quote => return Some(at + 1),
            None => letter.len_utf8(),
        };
    }
    None
}

/// Where a flow collection ends whose closing bracket the parser sees from `start` to `end`.
pub(super) fn flow_end(text: &str, start: usize, end: usize) -> usize {
    let inside = text.get(start..end).unwrap_or_default();
    inside.find(['}', ']']).map_or(end, |at| start + at + 1)
}
