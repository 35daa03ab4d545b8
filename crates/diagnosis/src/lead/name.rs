//! Whether a piece of a log can be a name.

/// The longest path that Linux takes.
const LONGEST: usize = 4096;

/// Marks that stand around names.
const MARKS: &[char] = &['\'', '"', '`', '‘', '’', '“', '”', '(', ')', '[', ']', ' '];

/// What is said of a file is said behind this.
const SAYS: &str = ": ";

/// `text` as the path of a file: from the root, or from the working folder when it says so.
pub(super) fn path(text: &str) -> Option<String> {
    let path = plain(text)?;
    let begins = ["/", "./", "../"].iter().any(|begin| path.starts_with(begin));
    let names_file = !path.ends_with('/') && !path.ends_with("/.") && !path.ends_with("/..");
    (begins && names_file).then(|| path.to_owned())
}

/// `text` as the path of a file from the root.
pub(super) fn absolute(text: &str) -> Option<String> {
    path(text).filter(|path| path.starts_with('/'))
}

/// `text` as the name of a shared library, without a folder.
pub(super) fn library(text: &str) -> Option<String> {
    let name = plain(text)?;
    let is_library = name.contains(".so") && !name.contains(['/', '(']) && is_word(name);
    is_library.then(|| name.to_owned())
}

/// `text` as a program: a path, or a word that is looked up.
pub(super) fn program(text: &str) -> Option<String> {
    path(text).or_else(|| {
        let name = plain(text)?;
        let is_name = !name.contains(['/', '$', '=', '\\', '<', '>', '|', '&', ';', '*', '?', '!']);
        (is_name && is_word(name) && name != "-").then(|| name.to_owned())
    })
}

/// The piece of `line` that stands before `words`, which are about it. A log may put the whole line into quotes.
pub(super) fn before<'a>(line: &'a str, words: &str) -> Option<&'a str> {
    let (before, _) = line.split_once(words)?;
    let piece = before.rsplit_once(SAYS).map_or(before, |(_, piece)| piece);
    let is_quoted = |(at, mark): &(usize, &str)| piece[at + mark.len()..].starts_with('/');
    let quoted = piece.rmatch_indices('"').find(is_quoted);
    Some(quoted.map_or(piece, |(at, mark)| &piece[at + mark.len()..]))
}

fn plain(text: &str) -> Option<&str> {
    let text = text.trim_matches(MARKS);
    let is_plain = !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control);
    is_plain.then_some(text)
}

fn is_word(name: &str) -> bool {
    let starts =
        name.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '_' | '.' | '+' | '-'));
    starts && !name.contains(char::is_whitespace) && !name.contains(MARKS) && !name.contains(':')
}
