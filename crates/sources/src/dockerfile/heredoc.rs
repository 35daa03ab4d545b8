//! Heredocs: files and scripts that stand in the Dockerfile itself.

use super::Text;

/// One heredoc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// Whether variables in it are replaced.
    pub quoting: Quoting,
    /// Whether tabs at the start of its lines are left out (`<<-`).
    pub(crate) tabs: Tabs,
    /// Its lines, each with its line feed.
    pub content: Text,
}

/// Whether variables are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// They are.
    Expanded,
    /// They are not: the word that ends it was written in quotes.
    Literal,
}

/// What becomes of tabs at the start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tabs {
    Kept,
    LeftOut,
}

/// The heredocs that a logical line opens, in their order.
pub(crate) fn opened(line: &str, escape: char) -> Vec<Heredoc> {
    if !line.contains("<<") {
        return Vec::new();
    }
    super::quoted::words(line, escape)
        .filter_map(|word| open(word, escape))
        .collect()
}

/// A word such as `<<EOF`, `3<<-"END"`.
fn open(word: &str, escape: char) -> Option<Heredoc> {
    let rest = word
        .trim_start_matches(|digit: char| digit.is_ascii_digit())
        .strip_prefix("<<")?;
    let (tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (Tabs::LeftOut, rest),
        None => (Tabs::Kept, rest),
    };
    let is_quote = |letter: char| letter == '"' || letter == '\'' || letter == escape;
    let quoting = if rest.contains(is_quote) {
        Quoting::Literal
    } else {
        Quoting::Expanded
    };
    let name = rest.replace(is_quote, "");
    let is_name = !name.is_empty() && !name.contains(['<', ' ', '\t']);
    is_name.then(|| Heredoc {
        name,
        quoting,
        tabs,
        content: Text::default(),
    })
}

impl Heredoc {
    /// Takes a line of the file, without its end; `None` when it is the last one.
    pub(crate) fn take(&mut self, line: &str, number: u32) -> Option<()> {
        let line = match self.tabs {
            Tabs::LeftOut => line.trim_start_matches('\t'),
            Tabs::Kept => line,
        };
        if line == self.name {
            return None;
        }
        self.content.push(line, number);
        self.content.push("\n", number);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heredocs_are_opened_by_words_of_their_own() {
        let names = |line: &str| -> Vec<(String, Quoting, Tabs)> {
            let all = opened(line, '\\').into_iter();
            all.map(|one| (one.name, one.quoting, one.tabs)).collect()
        };
        let (expanded, literal) = (Quoting::Expanded, Quoting::Literal);
        assert_eq!(
            names("RUN <<ONE cat > /a && 3<<-'TWO' cat > /b"),
            [
                ("ONE".to_owned(), expanded, Tabs::Kept),
                ("TWO".to_owned(), literal, Tabs::LeftOut)
            ]
        );
        assert_eq!(names("RUN <<\"A\""), [("A".to_owned(), literal, Tabs::Kept)]);
        for line in [
            "RUN cat<<EOF",
            "RUN a <<< b",
            "RUN echo '<<EOF'",
            "RUN <<",
            "RUN a << b",
            "RUN echo \"a <<B c\"",
        ] {
            assert!(names(line).is_empty(), "{line}");
        }
    }
}
