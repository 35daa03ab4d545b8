//! What keeps a text from saying too much, and from being anything but text.

mod hidden;

use std::{borrow::Cow, path::Path};

use crate::view::Diagnosis;
use hidden::{Hidden, Kind};

/// As much of one text as a report bears.
const LONGEST: usize = 1000;

/// What is not to be read in a report.
pub(super) struct Veil {
    hidden: Hidden,
    home: String,
}

impl Veil {
    /// Over the values of the environment, and over the arguments of the command except for what the chain itself names.
    pub(super) fn over(diagnosis: &Diagnosis, home: &Path) -> Self {
        Self {
            hidden: Hidden::of(diagnosis),
            home: home.to_string_lossy().trim_end_matches('/').to_owned(),
        }
    }

    /// Over nothing but the home folder: for what holds no values of an environment.
    pub(super) fn over_home(home: &Path) -> Self {
        Self {
            hidden: Hidden::none(),
            home: home.to_string_lossy().trim_end_matches('/').to_owned(),
        }
    }

    /// Foreign text in back-quotes that it cannot end.
    pub(super) fn code(&self, text: &str) -> String {
        code(&self.plain(text))
    }

    /// Foreign text as it may stand in a block of code.
    pub(super) fn plain(&self, text: &str) -> String {
        let veiled = self.hidden.without(text, |_| true);
        self.shown(&veiled)
    }

    /// A word of ours, of the engine or the machine, or a name that somebody gave, in back-quotes: it cannot come from an
    /// environment, and a part left out of a known name would tell the value.
    pub(super) fn fact(&self, text: &str) -> String {
        code(&self.shown(text))
    }

    /// A sentence of ours, with foreign text in back-quotes. One whose quotes do not match is foreign as a whole.
    pub(super) fn said(&self, sentence: &str) -> String {
        if !is_balanced(sentence) {
            return self.code(sentence);
        }
        // Arguments are common words too, which sentences of ours need.
        let veiled = self.hidden.without(sentence, |hit| match hit.kind {
            Kind::Value => true,
            Kind::Argument => !is_balanced(&sentence[..hit.range.start]),
        });
        if !is_balanced(&veiled) {
            return code(&self.shown(&veiled));
        }
        let piece = |(place, piece): (usize, &str)| match place % 2 {
            1 if piece.is_empty() => "\\`\\`".to_owned(),
            0 => prose(&self.shown(piece)),
            _ => code(&self.shown(piece)),
        };
        veiled.split('`').enumerate().map(piece).collect()
    }

    fn shown(&self, text: &str) -> String {
        escaped(cut(&hidden::replaced(text, &self.home, "~")).as_ref())
    }
}

/// Whether every back-quote has its other one.
fn is_balanced(text: &str) -> bool {
    text.matches('`').count().is_multiple_of(2)
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
