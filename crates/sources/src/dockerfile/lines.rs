//! Logical lines: what stands on one line of the file, or on several that a character at their ends joins.

use super::{
    Damage, DamageKind, Text,
    damage::shown,
    heredoc::{self, Heredoc},
};

/// One logical line, with the heredocs that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logical {
    /// The line on which it begins.
    pub(crate) line: u32,
    pub(crate) text: Text,
    pub(crate) heredocs: Vec<Heredoc>,
}

/// Splits a file. Comments are left out, also between joined lines.
pub(crate) fn split(text: &str, escape: char) -> Result<Vec<Logical>, Damage> {
    let mut lines = text
        .split('\n')
        .map(|line| line.trim_end_matches('\r'))
        .zip(1_u32..);
    let mut found = Vec::new();
    while let Some((line, number)) = lines.next() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (start, mut joins) = cut(line, escape);
        let mut logical = Text::default();
        logical.push(start, number);
        while joins {
            let Some((line, number)) = lines.next() else { break };
            let begin = line.trim_start();
            if begin.is_empty() || begin.starts_with('#') {
                continue;
            }
            let (part, more) = cut(line, escape);
            logical.push(part, number);
            joins = more;
        }
        if logical.as_str().trim().is_empty() {
            continue;
        }
        let heredocs = heredocs(&logical, escape, &mut lines)?;
        found.push(Logical {
            line: number,
            text: logical,
            heredocs,
        });
    }
    Ok(found)
}

/// A line without the character that joins it with the next, and whether there was one.
fn cut(line: &str, escape: char) -> (&str, bool) {
    let trimmed = line.trim_end_matches([' ', '\t']);
    match trimmed.strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => (rest, true),
        Some(_) | None => (line, false),
    }
}

fn heredocs<'a>(
    logical: &Text,
    escape: char,
    lines: &mut impl Iterator<Item = (&'a str, u32)>,
) -> Result<Vec<Heredoc>, Damage> {
    if !may_have_heredoc(logical.as_str()) {
        return Ok(Vec::new());
    }
    let mut opened = heredoc::opened(logical.as_str(), escape);
    for heredoc in &mut opened {
        let is_closed = lines
            .by_ref()
            .any(|(line, number)| heredoc.take(line, number).is_none());
        if !is_closed {
            let name = shown(&heredoc.name);
            return Err(DamageKind::OpenHeredoc(name).at(logical.line_at(0)));
        }
    }
    Ok(opened)
}

/// Whether this is an `ADD`, a `COPY` or a `RUN`, and not in JSON form.
fn may_have_heredoc(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let mut first = words.next().unwrap_or_default();
    if first.eq_ignore_ascii_case("onbuild") {
        first = words.next().unwrap_or_default();
    }
    let can = ["add", "copy", "run"]
        .iter()
        .any(|name| first.eq_ignore_ascii_case(name));
    let is_json = words.next().is_some_and(|word| word.starts_with('['));
    can && !is_json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, escape: char) -> Vec<(u32, String)> {
        let lines = split(text, escape).expect("it is whole");
        lines
            .into_iter()
            .map(|logical| (logical.line, logical.text.as_str().to_owned()))
            .collect()
    }

    #[test]
    fn lines_are_joined_over_comments_and_blanks() {
        let text =
            "FROM a\r\n\r\nRUN one \\\r\n# comment\r\n\r\n  two \\  \r\n  # other\r\n three\r\n  CMD x";
        assert_eq!(
            texts(text, '\\'),
            [
                (1, "FROM a".to_owned()),
                (3, "RUN one   two  three".to_owned()),
                (9, "CMD x".to_owned())
            ]
        );
        assert_eq!(texts("RUN a `\n b\\\nCMD c", '`').len(), 2);
        assert_eq!(
            texts("RUN a \\\\\nCMD c", '\\').len(),
            2,
            "an escaped one joins nothing"
        );
        assert_eq!(texts("\\\nFROM a\nRUN x \\", '\\').len(), 2);
    }

    #[test]
    fn heredocs_are_no_instructions() {
        let text =
            "RUN <<A cat && <<-B cat\nFROM no\nA\n\tCOPY no\n\tB\nCOPY <<E /x\n# kept\nE\nENV a=<<X\nCMD y";
        let lines = split(text, '\\').expect("it is whole");
        assert_eq!(lines.len(), 4);
        let contents: Vec<_> = lines[0].heredocs.iter().map(|one| one.content.as_str()).collect();
        assert_eq!(contents, ["FROM no\n", "COPY no\n"]);
        assert_eq!(lines[0].heredocs[1].content.line_at(0), 4);
        assert_eq!(lines[1].heredocs[0].content.as_str(), "# kept\n");
        let open = split("FROM a\nRUN <<A\nb", '\\').expect_err("it is open");
        assert_eq!(open, DamageKind::OpenHeredoc("A".to_owned()).at(2));
    }
}
