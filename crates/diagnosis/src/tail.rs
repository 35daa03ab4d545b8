//! The end of a log, as much of it as is looked at.

/// As many lines as are asked for of an engine; what made a program end is among its last words.
pub(crate) const LINES: usize = 400;

/// Lines at the end that may say why it ended: what starts a program says a little more, and a runtime prints its own stack
/// and what it knows of the failure.
pub(crate) const LAST_WORDS: usize = 60;

/// As much of one line as is looked at: the longest path and what is said of it. Messages begin with what they are about.
pub(crate) const LINE: usize = 4096;

/// The last lines, newest first, each cut.
pub(crate) fn newest(lines: &[String]) -> impl Iterator<Item = &str> {
    lines.iter().rev().take(LINES).map(|line| cut(line, LINE))
}

/// As much of the beginning of `text` as fits into `bytes`.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_looked_at_and_only_the_beginning_of_each_line() {
        let lines: Vec<String> = (0..LINES + 3).map(|number| number.to_string()).collect();
        assert_eq!(newest(&lines).count(), LINES);
        assert_eq!(newest(&lines).next(), Some("402"));
        assert_eq!(newest(&lines).last(), Some("3"));
        assert_eq!(newest(&["x".repeat(LINE + 1)]).next().map(str::len), Some(LINE));
    }

    #[test]
    fn letters_are_not_cut_in_two() {
        assert_eq!(cut("größe", 3), "gr");
        assert_eq!(cut("größe", 4), "grö");
        assert_eq!(cut("größe", 400), "größe");
    }
}
