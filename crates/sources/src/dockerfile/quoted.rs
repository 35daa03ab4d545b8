//! Words between blanks, with quotes and escapes as they stand.

/// The words of a line. A quote that does not end reaches to the line's end.
pub(crate) fn words(line: &str, escape: char) -> impl Iterator<Item = &str> {
    located(line, escape).map(|(_, word)| word)
}

/// The same, with the byte at which each begins.
pub(crate) fn located(line: &str, escape: char) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let start = line.len() - rest.len();
        let (word, behind) = rest.split_at(end(rest, escape));
        rest = behind;
        Some((start, word))
    })
}

/// Where the first word ends.
fn end(text: &str, escape: char) -> usize {
    let (mut quote, mut escaped) = (None, false);
    for (at, letter) in text.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some('\'') if letter == '\'' => quote = None,
            Some('\'') => {}
            _ if letter == escape => escaped = true,
            Some(open) if letter == open => quote = None,
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            None if letter.is_whitespace() => return at,
            Some(_) | None => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let all: Vec<_> = words("  a \"b c\"d 'e \\' f\\ g \"open h", '\\').collect();
        assert_eq!(all, ["a", "\"b c\"d", "'e \\'", "f\\ g", "\"open h"]);
        assert_eq!(located("ab  cd", '\\').last(), Some((4, "cd")));
    }
}
