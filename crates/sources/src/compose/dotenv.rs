//! Files of variables: `.env`, and those that an `include` names.

use super::variables::{Variables, fill};

/// More variables than anybody sets.
const MOST: usize = 10_000;

/// The variables of a file. Values may name variables: those of `outer`, which come first, and earlier ones.
///
/// A line that says no variable is passed over: only Compose itself need refuse it.
pub(crate) fn read(text: &str, outer: &Variables) -> Variables {
    let mut found = Variables::default();
    let mut rest = text.trim_start_matches('\u{feff}');
    for _ in 0..MOST {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let line = rest.lines().next().unwrap_or_default();
        let Some((name, value)) = name(line) else {
            rest = &rest[line.len()..];
            continue;
        };
        let value_at = line.len() - value.len();
        let (value, length) = value_of(&rest[value_at..], outer, &found);
        found.insert(name.to_owned(), value);
        rest = &rest[value_at + length..];
    }
    found
}

/// The name that a line sets, and what stands behind its sign.
fn name(line: &str) -> Option<(&str, &str)> {
    if line.starts_with('#') {
        return None;
    }
    let (name, value) = line.split_once(['=', ':'])?;
    let name = name.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_part)).then_some((name, value))
}

/// The value that `text` begins with, and how much of the text it takes.
fn value_of(text: &str, outer: &Variables, found: &Variables) -> (String, usize) {
    let blanks = text.len() - text.trim_start_matches([' ', '\t']).len();
    let inside = &text[blanks..];
    let known = |name: &str| outer.get(name).or_else(|| found.get(name)).map(ToOwned::to_owned);
    if let Some(end) = quoted(inside, '\'') {
        return (
            inside[1..end].to_owned(),
            blanks + end + 1 + rest_of_line(&inside[end + 1..]),
        );
    }
    if let Some(end) = quoted(inside, '"') {
        let value = unescaped(&inside[1..end]);
        return (
            fill(&value, &known).0,
            blanks + end + 1 + rest_of_line(&inside[end + 1..]),
        );
    }
    let line = &inside[..rest_of_line(inside)];
    let value = match line.find(" #").or_else(|| line.find("\t#")) {
        Some(comment) => &line[..comment],
        None if line.starts_with('#') => "",
        None => line,
    };
    (fill(value.trim(), &known).0, blanks + line.len())
}

/// Where the quotes are closed that `text` begins with.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let inside = text.strip_prefix(quote)?;
    let mut is_escaped = false;
    let end = inside.char_indices().find(|(_, letter)| {
        let ends = *letter == quote && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped && quote == '"';
        ends
    });
    end.map(|(at, _)| at + 1)
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\\"", "\"")
        .replace("\\\\", "\\")
}

fn rest_of_line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_compose_reads_them() {
        let outer = Variables::from_iter([("OUT".to_owned(), "o".to_owned())]);
        let text = "# a comment\nA=1\r\nexport B = two words # why\nC='$A # not'\nD=\"${A}-$OUT\\n\"\nE=\nF=a#b\n\
                    nonsense\nG=\"over\ntwo\"\nH: x\nOUT=inner\nI=${OUT}${Z:-z}";
        let read = read(text, &outer);
        for (name, value) in [
            ("A", "1"),
            ("B", "two words"),
            ("C", "$A # not"),
            ("D", "1-o\n"),
            ("E", ""),
            ("F", "a#b"),
            ("G", "over\ntwo"),
            ("H", "x"),
            ("I", "oz"),
        ] {
            assert_eq!(read.get(name), Some(value), "{name}");
        }
        assert_eq!(read.get("nonsense"), None);
    }
}
