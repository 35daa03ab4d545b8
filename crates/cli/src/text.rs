//! Foreign text for a terminal: names and log lines may hold what a terminal would obey.

/// `text` with its control characters escaped.
pub(crate) fn clean(text: &str) -> String {
    let escape = |letter: char| {
        let keep = !letter.is_control() || letter == '\n';
        let hidden =
            matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if keep && !hidden {
            letter.to_string()
        } else {
            letter.escape_default().to_string()
        }
    };
    text.chars().map(escape).collect()
}

/// One line of at most `width` characters.
pub(crate) fn short(text: &str, width: usize) -> String {
    let text = clean(text).replace('\n', " ");
    if text.chars().count() <= width {
        return text;
    }
    let cut: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{cut}…")
}

/// `text` in lines of at most 80 characters, each after `indent`. A longer word has a line of its own.
pub(crate) fn wrapped(text: &str, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in clean(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}

/// The width that reports keep to.
pub(crate) const WIDTH: usize = 80;

/// Bytes for people: `84 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    let unit = units.into_iter().find(|(_, unit)| bytes >= *unit);
    let Some((name, unit)) = unit else {
        return format!("{bytes} B");
    };
    let tenths = bytes.saturating_mul(10) / unit;
    if tenths >= 100 {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(clean("a\u{1b}[31mb\r"), r"a\u{1b}[31mb\r");
        assert_eq!(clean("a\u{202e}b"), r"a\u{202e}b");
        assert_eq!(short("abcdef\nghi", 6), "abcde…");
    }

    #[test]
    fn sentences_are_broken_at_eighty_columns() {
        let text = wrapped(&"word ".repeat(40), "  ");
        assert!(text.lines().count() > 2);
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= WIDTH && line.starts_with("  word"))
        );
        assert_eq!(wrapped(&"x".repeat(100), " "), format!(" {}", "x".repeat(100)));
    }

    #[test]
    fn sizes_are_short() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_500, "1.5 kB"),
            (84_000_000, "84 MB"),
            (2_340_000_000, "2.3 GB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }
}
