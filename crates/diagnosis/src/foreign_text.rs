//! Text from outside, made fit for our sentences: cut, with its control characters escaped.

/// As much of a name as a sentence bears.
const NAME: usize = 200;

/// As much of somebody's words: what an engine says has its point at the end of some hundred characters.
const WORDS: usize = 600;

/// What engines and runtimes say before they come to the point.
const PREAMBLES: [&str; 3] = [
    "unable to start container process: ",
    "starting container process caused: ",
    "error during container init: ",
];

/// `name` in back-quotes, so that it cannot be taken for a sentence of ours.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", cut(name, NAME))
}

/// Somebody's words in back-quotes.
pub(crate) fn quoted_words(words: &str) -> String {
    format!("`{}`", cut(words, WORDS))
}

/// An engine's words in back-quotes, without what it always says before.
pub(crate) fn engine_words(words: &str) -> String {
    let point = PREAMBLES.iter().fold(words, |rest, preamble| {
        rest.split_once(preamble).map_or(rest, |(_, point)| point)
    });
    quoted(point)
}

/// A reason that ends a sentence of ours, without back-quotes.
pub(crate) fn shown(reason: &str) -> String {
    cut(reason, NAME)
}

/// A sentence of ours in which foreign text may stand in back-quotes: escaped as that is, but for whole pairs of them.
pub(crate) fn sentence(text: &str) -> String {
    if text.matches('`').count() % 2 == 1 || text.chars().count() > NAME {
        return cut(text, NAME);
    }
    let pieces = text.split('`').map(|piece| cut(piece, NAME));
    pieces.collect::<Vec<_>>().join("`")
}

fn cut(text: &str, length: usize) -> String {
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(length).flat_map(visible).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A back-quote would end ours; control characters and marks of writing direction would change what stands around.
fn visible(letter: char) -> Vec<char> {
    match letter {
        '`' => letter.escape_unicode().collect(),
        '\'' | '"' | '\\' => vec![letter],
        _ => letter.escape_debug().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_within_its_quotes() {
        assert_eq!(
            quoted("/a`b\r\u{1b}[31m\u{202e}"),
            "`/a\\u{60}b\\r\\u{1b}[31m\\u{202e}`"
        );
        assert_eq!(quoted("exec: \"/it's\""), "`exec: \"/it's\"`");
        assert_eq!(quoted("größe"), "`größe`");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(quoted(&"a".repeat(201)), format!("`{}…`", "a".repeat(200)));
        assert_eq!(quoted(&"a".repeat(200)), format!("`{}`", "a".repeat(200)));
    }

    #[test]
    fn engines_come_to_the_point() {
        let words = r#"failed to create task: unable to start container process: error during container init: exec: "nope": not found"#;
        assert_eq!(engine_words(words), r#"`exec: "nope": not found`"#);
        assert_eq!(
            engine_words("port is already allocated"),
            "`port is already allocated`"
        );
    }
}
