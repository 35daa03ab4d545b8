//! What keeps a text from saying too much, and from being anything but text.

use std::{borrow::Cow, path::Path};

use crate::view::Diagnosis;

/// As much of one text as a report bears.
const LONGEST: usize = 1000;

/// Shorter arguments are flags and numbers; in place of them nothing would be left to read.
const SHORTEST: usize = 4;

/// Words of arguments that are looked for; a command has few.
const MOST_WORDS: usize = 400;

/// What stands in place of an argument.
const LEFT_OUT: &str = "…";

/// What is not to be read in a report.
pub(super) struct Veil {
    /// Longest first, so that no rest of one stays.
    words: Vec<String>,
    home: String,
}

impl Veil {
    /// Over the arguments of the command, except for what the chain itself names.
    pub(super) fn over(diagnosis: &Diagnosis, home: &Path) -> Self {
        let named: Vec<&str> = diagnosis
            .chain
            .iter()
            .flat_map(|link| [Some(link.path.as_str()), link.resolved.as_deref()])
            .flatten()
            .chain(diagnosis.command.first().map(String::as_str))
            .collect();
        let mut words: Vec<String> = diagnosis
            .command
            .iter()
            .skip(1)
            .flat_map(|argument| parts(argument))
            .filter(|word| word.chars().count() >= SHORTEST && !named.contains(word))
            .take(MOST_WORDS)
            .flat_map(|word| [word.to_owned(), escaped(word)])
            .collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        Self {
            words,
            home: home.to_string_lossy().trim_end_matches('/').to_owned(),
        }
    }

    /// Foreign text in back-quotes that it cannot end.
    pub(super) fn code(&self, text: &str) -> String {
        code(&self.plain(text))
    }

    /// Foreign text as it may stand in a block of code.
    pub(super) fn plain(&self, text: &str) -> String {
        escaped(cut(&self.veiled(text)).as_ref())
    }

    /// A sentence of ours, with foreign text in back-quotes. One whose quotes do not match is foreign as a whole.
    pub(super) fn said(&self, sentence: &str) -> String {
        let pieces: Vec<&str> = sentence.split('`').collect();
        if pieces.len().is_multiple_of(2) {
            return self.code(sentence);
        }
        let piece = |(place, piece): (usize, &&str)| match place % 2 {
            1 if piece.is_empty() => "\\`\\`".to_owned(),
            0 => prose(&escaped(cut(&self.homeless(piece)).as_ref())),
            _ => self.code(piece),
        };
        pieces.iter().enumerate().map(piece).collect()
    }

    fn veiled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for word in &self.words {
            text = replaced(&text, word, LEFT_OUT);
        }
        self.homeless(&text)
    }

    fn homeless(&self, text: &str) -> String {
        replaced(text, &self.home, "~")
    }
}

/// An argument as a whole, its words, and the value after a `=`.
fn parts(argument: &str) -> impl Iterator<Item = &str> {
    let words = argument.split_whitespace();
    let values = argument
        .split_whitespace()
        .filter_map(|word| Some(word.split_once('=')?.1));
    std::iter::once(argument).chain(words).chain(values)
}

/// `text` with every `word` that stands for itself replaced.
fn replaced(text: &str, word: &str, by: &str) -> String {
    if word.is_empty() {
        return text.to_owned();
    }
    let continues = |letter: Option<char>| letter.is_some_and(|it| it.is_alphanumeric() || it == '_');
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let within = continues(before.chars().next_back()) && continues(word.chars().next())
            || continues(after.chars().next()) && continues(word.chars().next_back());
        done.push_str(before);
        done.push_str(if within { word } else { by });
        rest = after;
    }
    done + rest
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// Control characters, marks of writing direction and the like as escapes; all of it is one line then.
pub(super) fn escaped(text: &str) -> String {
    let visible = |letter: char| match letter {
        '\'' | '"' | '\\' => letter.to_string(),
        _ => letter.escape_debug().collect(),
    };
    text.chars().map(visible).collect()
}

/// Back-quotes, at least `least`, and more than there are in a row in `text`.
pub(super) fn fence(text: &str, least: usize) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max();
    "`".repeat(least.max(longest.unwrap_or(0) + 1))
}

fn code(text: &str) -> String {
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let fence = fence(text, 1);
    // Markdown takes one blank away at each end, if there is one at both.
    let edge = |letter: Option<char>| matches!(letter, Some('`' | ' '));
    let gap = if edge(text.chars().next()) || edge(text.chars().next_back()) {
        " "
    } else {
        ""
    };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// Text in which nothing is markup, a link or a mention.
fn prose(text: &str) -> String {
    let tame = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        // A word joiner keeps hosts from calling people.
        '@' => "@\u{2060}".to_owned(),
        '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' | '`' => format!("\\{letter}"),
        _ => letter.to_string(),
    };
    text.chars().map(tame).collect()
}
