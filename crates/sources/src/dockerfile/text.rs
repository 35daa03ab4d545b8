//! Text that was put together from several lines, and knows from which.

/// One logical line, or a heredoc: its characters, and which line of the file each came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    value: String,
    /// From which byte on which line's characters stand; ascending.
    starts: Vec<(usize, u32)>,
}

impl Text {
    /// Adds what `line` has to say.
    pub(crate) fn push(&mut self, part: &str, line: u32) {
        self.starts.push((self.value.len(), line));
        self.value.push_str(part);
    }

    /// Adds one character of `line`.
    pub(crate) fn push_char(&mut self, letter: char, line: u32) {
        if self.starts.last().is_none_or(|(_, last)| *last != line) {
            self.starts.push((self.value.len(), line));
        }
        self.value.push(letter);
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The file's line, counted from 1, on which the byte at `offset` stands.
    pub fn line_at(&self, offset: usize) -> u32 {
        let behind = self.starts.partition_point(|(start, _)| *start <= offset);
        let at = behind.checked_sub(1).and_then(|index| self.starts.get(index));
        at.or(self.starts.first()).map_or(0, |(_, line)| *line)
    }

    /// What stands from byte `from` on, without blanks at both ends.
    pub(crate) fn tail(&self, from: usize) -> Self {
        let rest = self.value.get(from..).unwrap_or_default();
        let from = from + (rest.len() - rest.trim_start().len());
        let moved = |(start, line): &(usize, u32)| (start.saturating_sub(from), *line);
        let behind = self.starts.partition_point(|(start, _)| *start <= from);
        Self {
            value: rest.trim().to_owned(),
            starts: self.starts[behind.saturating_sub(1)..]
                .iter()
                .map(moved)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_knows_its_line() {
        let mut text = Text::default();
        text.push("RUN  one ", 3);
        text.push("two ", 5);
        assert_eq!((text.line_at(0), text.line_at(8), text.line_at(9)), (3, 3, 5));
        let tail = text.tail(3);
        assert_eq!(tail.as_str(), "one two");
        assert_eq!((tail.line_at(0), tail.line_at(4), tail.line_at(99)), (3, 5, 5));
        assert_eq!(Text::default().line_at(7), 0);
    }
}
