//! A shell's text in statements of words: as much of its grammar as tells what is set, and when.
//!
//! Nothing is expanded. What a shell would refuse is read as far as it goes.

use std::iter::Peekable;
use std::str::Chars;

/// Which grammar a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `sh`, bash and zsh.
    Posix,
    /// fish.
    Fish,
}

/// Words up to the end of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// Its words without their quotes; substitutions stay as they are written.
    pub(super) words: Vec<String>,
    /// What stood before it.
    pub(super) after: Separator,
}

/// What parts two statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// The end of a line, `;` or `&`.
    End,
    /// `&&` or `||`: what follows depends on what was.
    Depends,
    /// `|`: what follows runs in a process of its own.
    Pipe,
}

/// All statements of a text.
pub(super) fn statements(text: &str, dialect: Dialect) -> Vec<Statement> {
    Lexer {
        letters: text.chars().peekable(),
        dialect,
        line: 1,
        current: None,
        word: None,
        after: Separator::End,
        documents: Vec::new(),
        done: Vec::new(),
    }
    .run()
}

struct Lexer<'a> {
    letters: Peekable<Chars<'a>>,
    dialect: Dialect,
    line: usize,
    current: Option<Statement>,
    word: Option<String>,
    after: Separator,
    /// Ends of here-documents that begin with the next line.
    documents: Vec<String>,
    done: Vec<Statement>,
}

impl Lexer<'_> {
    fn run(mut self) -> Vec<Statement> {
        while let Some(letter) = self.next() {
            match letter {
                '\n' => {
                    self.end(Separator::End);
                    self.skip_documents();
                }
                ' ' | '\t' | '\r' => self.end_word(),
                '#' if self.word.is_none() => self.skip_line(),
                ';' => self.end(Separator::End),
                '&' | '|' => self.operator(letter),
                '<' if self.dialect == Dialect::Posix && self.word.is_none() => self.input(),
                '(' if self.dialect == Dialect::Fish => self.substitution(letter),
                '(' | ')' if self.dialect == Dialect::Posix && !self.is_assigning() => {
                    self.parenthesis(letter);
                }
                _ => self.letter(letter),
            }
        }
        self.end(Separator::End);
        self.done
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.letters.next();
        self.line += usize::from(letter == Some('\n'));
        letter
    }

    fn take_if(&mut self, wanted: char) -> bool {
        let taken = self.letters.next_if_eq(&wanted).is_some();
        self.line += usize::from(taken && wanted == '\n');
        taken
    }

    /// `name=(…)` is a list of values, and no group.
    fn is_assigning(&self) -> bool {
        self.word.as_deref().is_some_and(|word| word.ends_with('='))
    }

    fn letter(&mut self, letter: char) {
        match letter {
            '\'' => self.quoted('\''),
            '"' => self.quoted('"'),
            '`' if self.dialect == Dialect::Posix => self.substitution('`'),
            '$' if self.letters.peek() == Some(&'(') => {
                self.push('$');
                self.next();
                self.substitution('(');
            }
            // An escaped end of line joins two lines.
            '\\' if self.take_if('\n') => {}
            '\\' => {
                if let Some(next) = self.next() {
                    self.push(next);
                }
            }
            _ => self.push(letter),
        }
    }

    fn push(&mut self, letter: char) {
        let line = self.line;
        let after = self.after;
        self.current.get_or_insert_with(|| Statement {
            line,
            words: Vec::new(),
            after,
        });
        self.word.get_or_insert_default().push(letter);
    }

    /// An empty pair of quotes is a word too.
    fn quoted(&mut self, quote: char) {
        self.push(' ');
        self.word.as_mut().map(String::pop);
        while let Some(letter) = self.next() {
            match letter {
                _ if letter == quote => return,
                '\\' if quote == '"' || self.dialect == Dialect::Fish => {
                    let Some(next) = self.next() else { return };
                    let escapes = matches!(next, '"' | '\\' | '$' | '`' | '\'');
                    if !escapes {
                        self.push('\\');
                    }
                    self.push(next);
                }
                _ => self.push(letter),
            }
        }
    }

    /// Up to where a substitution that was opened ends, all of it as one part of a word.
    fn substitution(&mut self, open: char) {
        self.push(open);
        let mut depth = 1_usize;
        while let Some(letter) = self.next() {
            self.push(letter);
            match (open, letter) {
                ('`', '`') => return,
                ('(', '(') => depth += 1,
                ('(', ')') => depth -= 1,
                (_, '\\') => {
                    if let Some(next) = self.next() {
                        self.push(next);
                    }
                }
                ('(', '"' | '\'') => self.verbatim(letter),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Up to the other one of a quote, which stays.
    fn verbatim(&mut self, quote: char) {
        while let Some(letter) = self.next() {
            self.push(letter);
            match letter {
                _ if letter == quote => return,
                '\\' if quote == '"' => {
                    if let Some(next) = self.next() {
                        self.push(next);
                    }
                }
                _ => {}
            }
        }
    }

    /// A group's parenthesis is a statement of its own, so that whoever counts them sees it.
    fn parenthesis(&mut self, letter: char) {
        self.end(Separator::End);
        self.push(letter);
        self.end(Separator::End);
    }

    fn operator(&mut self, letter: char) {
        let doubled = self.take_if(letter);
        // `>&`, `&>` and `|&` redirect, and part nothing.
        let redirects = letter == '&'
            && (self
                .word
                .as_deref()
                .is_some_and(|word| word.ends_with(['<', '>']))
                || self.letters.peek() == Some(&'>'));
        match (letter, doubled) {
            (_, true) => self.end(Separator::Depends),
            ('&', false) if redirects => self.push('&'),
            ('|', false) => self.end(Separator::Pipe),
            _ => self.end(Separator::End),
        }
    }

    /// `<<END` begins a here-document; `<<<` is a text.
    fn input(&mut self) {
        if !self.take_if('<') {
            return self.push('<');
        }
        if self.take_if('<') {
            return;
        }
        self.take_if('-');
        while self.take_if(' ') {}
        let mut end = String::new();
        while let Some(letter) = self
            .letters
            .next_if(|it| !it.is_whitespace() && !";&|<>()".contains(*it))
        {
            if !matches!(letter, '\'' | '"' | '\\') {
                end.push(letter);
            }
        }
        self.documents.push(end);
    }

    fn skip_documents(&mut self) {
        for end in std::mem::take(&mut self.documents) {
            loop {
                let mut line = String::new();
                let mut more = false;
                while let Some(letter) = self.next() {
                    if letter == '\n' {
                        more = true;
                        break;
                    }
                    line.push(letter);
                }
                if line.trim() == end || !more {
                    break;
                }
            }
        }
    }

    fn skip_line(&mut self) {
        while self.letters.next_if(|it| *it != '\n').is_some() {}
    }

    fn end_word(&mut self) {
        if let (Some(word), Some(statement)) = (self.word.take(), &mut self.current) {
            statement.words.push(word);
        }
    }

    /// An operator at the end of a line goes on with the next one.
    fn end(&mut self, separator: Separator) {
        self.end_word();
        let ended = self.current.take();
        if ended.is_some() || separator != Separator::End {
            self.after = separator;
        }
        self.done.extend(ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, dialect: Dialect) -> Vec<(usize, String)> {
        let all = statements(text, dialect).into_iter();
        all.map(|it| (it.line, it.words.join("|"))).collect()
    }

    #[test]
    fn words_lose_their_quotes_and_keep_their_substitutions() {
        let cases = [
            ("export A=\"b c\"'d' # no", "export|A=b cd"),
            ("A=$(echo \"x)\" y) B=`id -u`", "A=$(echo \"x)\" y)|B=`id -u`"),
            ("a \\\n b", "a|b"),
            ("a#b", "a#b"),
            ("echo ''", "echo|"),
            ("A=\"\\$x\\n\"", "A=$x\\n"),
        ];
        for (text, expected) in cases {
            let found = words(text, Dialect::Posix);
            assert_eq!(found, [(1, expected.to_owned())], "{text}");
        }
    }

    #[test]
    fn here_documents_and_comments_are_no_statements() {
        let text = "cat <<-'END' >x\nexport A=b\nEND\n# export C=d\nexport E=f\n";
        let found = words(text, Dialect::Posix);
        assert_eq!(found, [(1, "cat|>x".to_owned()), (5, "export|E=f".to_owned())]);
    }

    #[test]
    fn what_depends_on_another_command_says_so() {
        let after = |text: &str| {
            let last = statements(text, Dialect::Posix).pop().expect("a statement");
            last.after
        };
        assert_eq!(after("a && b"), Separator::Depends);
        assert_eq!(after("a ||\n b"), Separator::Depends);
        assert_eq!(after("a && b\nc"), Separator::End);
        assert_eq!(after("a | b"), Separator::Pipe);
        assert_eq!(after("a >/dev/null 2>&1; b"), Separator::End);
    }

    #[test]
    fn a_text_that_ends_within_something_is_read_as_far_as_it_goes() {
        for text in [
            "A=\"b",
            "A='b",
            "A=$(b",
            "A=`b",
            "A=b\\",
            "cat <<END\nA=b",
            "((((",
            "))))",
            "<<",
            "&",
            "|",
        ] {
            for dialect in [Dialect::Posix, Dialect::Fish] {
                assert!(statements(text, dialect).len() < 6, "{text}");
            }
        }
    }
}
