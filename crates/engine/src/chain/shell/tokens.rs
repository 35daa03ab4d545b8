//! A shell's text, cut into words and operators.

/// Tokens that are looked at: a start-up script of a thousand lines has about ten thousand.
const TOKENS: usize = 20_000;

/// A piece of a shell's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word, and its line, counted from 1.
    Word(Word, usize),
    /// What stands between commands; a line's end is `;`.
    Operator(&'static str),
}

/// A word before its expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) parts: Vec<Part>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text, and whether it was quoted.
    Text(String, Quoting),
    /// A variable, and what stands for it when it is empty.
    Variable { name: String, default: Option<String> },
    /// `$@` or `$*`.
    Arguments,
    /// `*`, which stands for anything.
    Any,
    /// What is only known when it runs.
    Opaque,
}

/// Whether a shell takes signs of its own out of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    Bare,
    Quoted,
}

impl Word {
    /// The text, when it is one that nothing was quoted in.
    pub(crate) fn bare(&self) -> Option<&str> {
        match &self.parts[..] {
            [Part::Text(text, Quoting::Bare)] => Some(text),
            _ => None,
        }
    }

    /// The text, when all of it is known from the start.
    pub(crate) fn literal(&self) -> Option<String> {
        let text = |part: &Part| match part {
            Part::Text(text, _) => Some(text.clone()),
            Part::Variable { .. } | Part::Arguments | Part::Any | Part::Opaque => None,
        };
        self.parts.iter().map(text).collect()
    }

    /// Whether it is `"$@"`, alone.
    pub(crate) fn is_arguments(&self) -> bool {
        matches!(&self.parts[..], [Part::Arguments])
    }

    /// `NAME=value`, as its two sides.
    pub(crate) fn assignment(&self) -> Option<(&str, Vec<Part>)> {
        let Some(Part::Text(text, Quoting::Bare)) = self.parts.first() else {
            return None;
        };
        let (name, value) = text.split_once('=')?;
        let is_name = !name.starts_with(|first: char| first.is_ascii_digit())
            && !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let rest = self.parts[1..].iter().cloned();
        let first = Part::Text(value.to_owned(), Quoting::Bare);
        is_name.then(|| (name, std::iter::once(first).chain(rest).collect()))
    }

    /// About how it stands in the text.
    pub(crate) fn source(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text, _) => text.clone(),
            Part::Variable { name, .. } => format!("${name}"),
            Part::Arguments => "$@".to_owned(),
            Part::Any => "*".to_owned(),
            Part::Opaque => "…".to_owned(),
        };
        let source: String = self.parts.iter().map(part).collect();
        source.replace('`', "'")
    }
}

/// Cuts `text`; what makes no sense is cut somehow.
pub(crate) fn read(text: &str) -> Vec<Token> {
    let mut reader = Reader {
        rest: text,
        line: 1,
        tokens: Vec::new(),
        here: Vec::new(),
    };
    while !reader.rest.is_empty() && reader.tokens.len() < TOKENS {
        reader.next();
    }
    reader.tokens
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
    /// The ends of texts that begin behind the line's end (`<< END`).
    here: Vec<String>,
}

impl Reader<'_> {
    fn next(&mut self) {
        let Some(letter) = self.rest.chars().next() else {
            return;
        };
        match letter {
            ' ' | '\t' | '\r' => self.skip(1),
            '\\' if self.rest.starts_with("\\\n") => {
                self.line += 1;
                self.skip(2);
            }
            '\\' if self.rest.starts_with("\\\r\n") => {
                self.line += 1;
                self.skip(3);
            }
            '\n' => self.line_end(),
            '#' => {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.skip(end);
            }
            '<' | '>' => self.redirection(),
            '&' if self.rest.starts_with("&>") => {
                self.skip(1);
                self.redirection();
            }
            ';' | '&' | '|' | '(' | ')' => self.operator(),
            _ => self.word(),
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn line_end(&mut self) {
        self.skip(1);
        self.line += 1;
        self.tokens.push(Token::Operator(";"));
        for end in std::mem::take(&mut self.here) {
            self.skip_until(&end);
        }
    }

    /// Skips the lines of a text up to the line that ends it.
    fn skip_until(&mut self, end: &str) {
        while !self.rest.is_empty() {
            let length = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
            let line = self.rest[..length].trim_end().trim_start_matches('\t');
            let found = line == end;
            self.line += 1;
            self.skip(length);
            if found {
                break;
            }
        }
    }

    fn operator(&mut self) {
        let known = ["&&", "||", ";;", ";", "&", "|", "(", ")"];
        let found = known.into_iter().find(|operator| self.rest.starts_with(operator));
        let operator = found.unwrap_or(";");
        self.skip(operator.len());
        self.tokens.push(Token::Operator(operator));
    }

    /// Where input and output go does not matter; the word that says it is taken away.
    fn redirection(&mut self) {
        // A number right before it belongs to it.
        if let Some(Token::Word(word, _)) = self.tokens.last()
            && word
                .bare()
                .is_some_and(|text| text.len() == 1 && text.as_bytes()[0].is_ascii_digit())
        {
            self.tokens.pop();
        }
        let is_here = self.rest.starts_with("<<") && !self.rest.starts_with("<<<");
        let signs = self.rest.len() - self.rest.trim_start_matches(['<', '>', '&', '|', '-']).len();
        self.skip(signs);
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.skip(blanks);
        let before = self.tokens.len();
        if self
            .rest
            .starts_with(|next: char| !matches!(next, '\n' | ';' | '('))
        {
            self.word();
        }
        let target = self.tokens.split_off(before).into_iter().next();
        if let (true, Some(Token::Word(word, _))) = (is_here, target) {
            self.here.push(word.literal().unwrap_or_default());
        }
    }

    fn word(&mut self) {
        let (start, line) = (self.rest.len(), self.line);
        let mut word = Word::default();
        while let Some(letter) = self.rest.chars().next() {
            match letter {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => self.single(&mut word),
                '"' => self.double(&mut word),
                '$' => {
                    let part = self.dollar();
                    word.parts.push(part);
                }
                '`' => {
                    self.skip(1);
                    self.skip_behind("`");
                    word.parts.push(Part::Opaque);
                }
                '*' | '?' => {
                    self.skip(1);
                    word.parts
                        .push(if letter == '*' { Part::Any } else { Part::Opaque });
                }
                '\\' => {
                    self.skip(1);
                    self.letter(&mut word, Quoting::Quoted);
                }
                _ => self.letter(&mut word, Quoting::Bare),
            }
        }
        // Whatever else happens, the text gets shorter.
        if self.rest.len() == start {
            let next = self.rest.chars().next().map_or(0, char::len_utf8);
            self.skip(next);
            return;
        }
        if word.parts.is_empty() {
            word.parts.push(Part::Text(String::new(), Quoting::Quoted));
        }
        self.tokens.push(Token::Word(word, line));
    }

    fn letter(&mut self, word: &mut Word, quoting: Quoting) {
        let Some(letter) = self.rest.chars().next() else {
            return;
        };
        self.skip(letter.len_utf8());
        self.line += usize::from(letter == '\n');
        add(word, letter, quoting);
    }

    fn single(&mut self, word: &mut Word) {
        self.skip(1);
        let end = self.rest.find('\'').unwrap_or(self.rest.len());
        let text = &self.rest[..end];
        self.line += text.matches('\n').count();
        word.parts.push(Part::Text(text.to_owned(), Quoting::Quoted));
        self.skip(end + 1);
    }

    fn double(&mut self, word: &mut Word) {
        self.skip(1);
        let before = word.parts.len();
        while let Some(letter) = self.rest.chars().next() {
            match letter {
                '"' => break,
                '$' => {
                    let part = self.dollar();
                    word.parts.push(part);
                }
                '`' => {
                    self.skip(1);
                    self.skip_behind("`");
                    word.parts.push(Part::Opaque);
                }
                '\\' if self.rest.starts_with("\\\n") => self.skip(2),
                '\\' if self.rest[1..].starts_with(['"', '$', '`', '\\']) => {
                    self.skip(1);
                    self.letter(word, Quoting::Quoted);
                }
                _ => self.letter(word, Quoting::Quoted),
            }
        }
        self.skip(1);
        if word.parts.len() == before {
            word.parts.push(Part::Text(String::new(), Quoting::Quoted));
        }
    }

    /// What begins with `$`.
    fn dollar(&mut self) -> Part {
        let behind = &self.rest[1..];
        if let Some(inside) = behind.strip_prefix('{') {
            let Some(end) = inside.find('}') else {
                self.skip(2);
                return Part::Opaque;
            };
            let part = braced(&inside[..end]);
            self.skip(end + 3);
            return part;
        }
        if behind.starts_with('(') {
            self.skip(1);
            self.skip_parentheses();
            return Part::Opaque;
        }
        let first = behind.chars().next();
        match first {
            Some('@' | '*') => {
                self.skip(2);
                Part::Arguments
            }
            Some(digit) if digit.is_ascii_digit() => {
                self.skip(2);
                variable(&behind[..1])
            }
            Some(letter) if letter.is_ascii_alphabetic() || letter == '_' => {
                let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                let length = behind.find(|letter| !is_name(letter)).unwrap_or(behind.len());
                self.skip(1 + length);
                variable(&behind[..length])
            }
            Some('#' | '?' | '$' | '!' | '-') => {
                self.skip(2);
                Part::Opaque
            }
            _ => {
                self.skip(1);
                Part::Text("$".to_owned(), Quoting::Quoted)
            }
        }
    }

    fn skip_parentheses(&mut self) {
        let mut depth = 0_usize;
        let mut length = self.rest.len();
        for (at, letter) in self.rest.char_indices() {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                length = at + 1;
                break;
            }
        }
        self.line += self.rest[..length].matches('\n').count();
        self.skip(length);
    }

    fn skip_behind(&mut self, sign: &str) {
        let end = self.rest.find(sign).map_or(self.rest.len(), |at| at + sign.len());
        self.line += self.rest[..end].matches('\n').count();
        self.skip(end);
    }
}

fn add(word: &mut Word, letter: char, quoting: Quoting) {
    match word.parts.last_mut() {
        Some(Part::Text(text, before)) if *before == quoting => text.push(letter),
        _ => word.parts.push(Part::Text(letter.to_string(), quoting)),
    }
}

fn variable(name: &str) -> Part {
    Part::Variable {
        name: name.to_owned(),
        default: None,
    }
}

/// `${NAME}` and `${NAME:-default}`; other forms are only known when they run.
fn braced(inside: &str) -> Part {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let length = inside.find(|letter| !is_name(letter)).unwrap_or(inside.len());
    let (name, rest) = inside.split_at(length);
    match (name, rest) {
        ("", "@" | "*") => Part::Arguments,
        ("", _) => Part::Opaque,
        (name, "") => variable(name),
        (name, rest) => match rest.strip_prefix(":-").or_else(|| rest.strip_prefix('-')) {
            Some(default) if !default.contains(['$', '`', '"', '\'']) => Part::Variable {
                name: name.to_owned(),
                default: Some(default.to_owned()),
            },
            _ => Part::Opaque,
        },
    }
}
