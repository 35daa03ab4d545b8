//! What a `RUN` runs: its commands and their words, as a POSIX shell splits them. Nothing is run, and nothing is sure.

use super::{
    Text,
    expand::{Quotes, word},
    scope::{Scope, Trust, Value},
};

/// What stands in a word for what a command prints.
const PLACE: &str = "$(:)";

/// How deep `$(…)` may stand in `$(…)`.
const DEPTH: u32 = 8;

/// One word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without its quotes, variables as they stand.
    pub(crate) text: String,
    /// The line of the file.
    pub(crate) line: u32,
    /// The same, each character with its line.
    whole: Text,
}

/// One simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// `NAME=value` in front of it, or alone.
    pub(crate) assignments: Vec<Word>,
    /// The program and its arguments; empty for assignments alone.
    pub(crate) words: Vec<Word>,
}

impl Command {
    /// The program's name without its folder.
    pub(crate) fn name(&self) -> &str {
        let first = self.words.first().map_or("", |word| word.text.as_str());
        first.rsplit('/').next().unwrap_or_default()
    }

    /// What stands behind the program's name.
    pub(crate) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Whether one of its arguments is `word`.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.arguments().iter().any(|argument| argument.text == word)
    }
}

/// Words that stand before a command and are none.
const RESERVED: [&str; 12] = [
    "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "{", "}", "!",
];

/// Programs that start the program that follows them.
const STARTERS: [&str; 10] = [
    "sudo",
    "env",
    "exec",
    "time",
    "nice",
    "command",
    "nohup",
    "eatmydata",
    "retry",
    "busybox",
];

/// Programs that run the script behind their `-c`.
const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// The commands of `text`, also of what a shell that it starts is given to run.
pub(crate) fn commands(text: &Text) -> Vec<Command> {
    let mut found = Vec::new();
    scripts(text, 0, &mut found);
    found
}

fn scripts(text: &Text, depth: u32, found: &mut Vec<Command>) {
    let mut lexer = Lexer {
        text,
        letters: text.as_str().char_indices().collect(),
        at: 0,
        commands: Vec::new(),
        depth: 0,
    };
    lexer.script(None);
    for command in lexer.commands.into_iter().map(settled) {
        if command == Command::default() {
            continue;
        }
        let script = script(&command)
            .filter(|_| depth < DEPTH)
            .map(|word| word.whole.clone());
        found.push(command);
        if let Some(script) = script {
            scripts(&script, depth + 1, found);
        }
    }
}

/// What stands behind `bash -c`, `sh -euxc`.
fn script(command: &Command) -> Option<&Word> {
    if !SHELLS.contains(&command.name()) {
        return None;
    }
    let is_script =
        |word: &Word| word.text.starts_with('-') && !word.text.starts_with("--") && word.text.ends_with('c');
    let at = command.arguments().iter().position(is_script)?;
    command.arguments().get(at + 1)
}

/// Takes off what only starts it, and parts the assignments.
fn settled(mut command: Command) -> Command {
    while let Some(first) = command.words.first() {
        let text = first.text.as_str();
        let next_is_option = command
            .words
            .get(1)
            .is_some_and(|word| word.text.starts_with('-'));
        if assignment(text).is_some() {
            let first = command.words.remove(0);
            command.assignments.push(first);
        } else if RESERVED.contains(&text) || (STARTERS.contains(&command.name()) && !next_is_option) {
            command.words.remove(0);
        } else {
            break;
        }
    }
    if matches!(
        command.name(),
        "export" | "local" | "declare" | "readonly" | "typeset"
    ) {
        let set = command.words.drain(..).skip(1);
        command
            .assignments
            .extend(set.filter(|word| assignment(&word.text).is_some()));
    }
    command
}

/// The two sides of `NAME=value`.
pub(crate) fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let is_name = name.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
    is_name.then_some((name, value))
}

/// `text` of a word with its variables replaced.
pub(crate) fn expanded(text: &str, scope: &Scope, trust: Trust) -> String {
    word(text, '\\', Quotes::Gone, scope, trust)
}

/// Sets what a command assigns. A name that was set to something else before is not known any more: it may be either.
pub(crate) fn assign(command: &Command, scope: &mut Scope) {
    for word in &command.assignments {
        let Some((name, raw)) = assignment(&word.text) else {
            continue;
        };
        let value = if raw.contains("$(") || raw.contains('`') {
            Value::Unknown
        } else {
            let sure = expanded(raw, scope, Trust::Constants);
            let usual = expanded(raw, scope, Trust::Defaults);
            if sure == usual {
                Value::Constant(sure)
            } else {
                Value::Default(usual)
            }
        };
        scope.note(name, raw, word.line);
        let before = scope.get(name);
        let differs = before.is_some_and(|before| *before != value && !matches!(before, Value::Default(_)));
        scope.set(name, if differs { Value::Unknown } else { value });
    }
    if command.name() == "read" {
        for word in command.arguments() {
            scope.set(&word.text, Value::Unknown);
        }
    }
}

struct Lexer<'a> {
    text: &'a Text,
    letters: Vec<(usize, char)>,
    at: usize,
    commands: Vec<Command>,
    depth: u32,
}

/// A command and a word that are being read.
#[derive(Default)]
struct Open {
    command: Command,
    word: Option<Text>,
    /// The next word is where something is written to or read from.
    redirected: bool,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).map(|(_, letter)| *letter)
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek();
        self.at += 1;
        letter
    }

    fn line(&self) -> u32 {
        let offset = self
            .letters
            .get(self.at.saturating_sub(1))
            .map_or(0, |(offset, _)| *offset);
        self.text.line_at(offset)
    }

    /// Up to `end`, or to the end of all.
    fn script(&mut self, end: Option<char>) {
        let mut open = Open::default();
        while let Some(letter) = self.next() {
            match letter {
                _ if Some(letter) == end => break,
                '\n' | ';' | '&' | '|' | '(' | ')' => self.end_command(&mut open),
                '#' if open.word.is_none() => {
                    while self.next().is_some_and(|letter| letter != '\n') {}
                    self.end_command(&mut open);
                }
                '<' | '>' => {
                    // A number before it is a descriptor's.
                    let is_number = |word: &Text| word.as_str().bytes().all(|byte| byte.is_ascii_digit());
                    if !open.word.as_ref().is_some_and(is_number) {
                        open.end_word();
                    }
                    open.word = None;
                    while self.peek().is_some_and(|letter| "<>&-".contains(letter)) {
                        self.at += 1;
                    }
                    open.redirected = true;
                }
                letter if letter.is_whitespace() => open.end_word(),
                letter => self.part(letter, &mut open),
            }
        }
        self.end_command(&mut open);
    }

    fn end_command(&mut self, open: &mut Open) {
        open.end_word();
        open.redirected = false;
        let command = std::mem::take(&mut open.command);
        if !command.words.is_empty() {
            self.commands.push(command);
        }
    }

    /// One letter of a word, or what it begins.
    fn part(&mut self, letter: char, open: &mut Open) {
        let line = self.line();
        let mut word = open.word.take().unwrap_or_default();
        match letter {
            '\\' => {
                if let Some(letter) = self.next().filter(|letter| *letter != '\n') {
                    word.push_char(letter, line);
                }
            }
            '\'' => {
                while let Some(letter) = self.next().filter(|letter| *letter != '\'') {
                    word.push_char(letter, self.line());
                }
            }
            '"' => self.quoted(&mut word),
            '$' if self.peek() == Some('(') => self.substitution(&mut word),
            '`' => {
                self.inner('`');
                word.push(PLACE, line);
            }
            letter => word.push_char(letter, line),
        }
        // An empty word is one too, and it also has a line.
        if word.as_str().is_empty() {
            word.push("", line);
        }
        open.word = Some(word);
    }

    fn quoted(&mut self, text: &mut Text) {
        while let Some(letter) = self.next() {
            let line = self.line();
            match letter {
                '"' => return,
                '\\' => {
                    if let Some(letter) = self.next() {
                        text.push_char(letter, line);
                    }
                }
                '$' if self.peek() == Some('(') => self.substitution(text),
                '`' => {
                    self.inner('`');
                    text.push(PLACE, line);
                }
                letter => text.push_char(letter, line),
            }
        }
    }

    /// `$(…)`, whose commands are commands too. In the word it is only a place.
    fn substitution(&mut self, text: &mut Text) {
        let line = self.line();
        self.at += 1;
        self.inner(')');
        text.push(PLACE, line);
    }

    fn inner(&mut self, end: char) {
        if self.depth >= DEPTH {
            while self.next().is_some_and(|letter| letter != end) {}
            return;
        }
        self.depth += 1;
        self.script(Some(end));
        self.depth -= 1;
    }
}

impl Open {
    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if !std::mem::take(&mut self.redirected) {
            self.command.words.push(Word {
                text: word.as_str().to_owned(),
                line: word.line_at(0),
                whole: word,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(script: &str) -> Vec<Vec<String>> {
        let mut text = Text::default();
        text.push(script, 1);
        let all = commands(&text).into_iter();
        all.map(|command| {
            let words = command.assignments.into_iter().chain(command.words);
            words.map(|word| word.text).collect()
        })
        .collect()
    }

    #[test]
    fn scripts_are_split_into_commands() {
        let cases: [(&str, &[&[&str]]); 9] = [
            ("a b && c | d; e", &[&["a", "b"], &["c"], &["d"], &["e"]]),
            (
                "if [ x ]; then sudo curl -o 'y z' u; fi",
                &[&["[", "x", "]"], &["curl", "-o", "y z", "u"]],
            ),
            ("A=1 B=\"$C d\" go build", &[&["A=1", "B=$C d", "go", "build"]]),
            ("export X=y Z", &[&["X=y"]]),
            ("x=$(uname -m) && f", &[&["uname", "-m"], &["x=$(:)"], &["f"]]),
            ("echo `a b`c > /x 2>&1 # no", &[&["a", "b"], &["echo", "$(:)c"]]),
            ("a \"$(b \"c d\")\"", &[&["b", "c d"], &["a", "$(:)"]]),
            ("cat <in >>out x", &[&["cat", "x"]]),
            ("a\\ b # c\nd", &[&["a b"], &["d"]]),
        ];
        for (script, expected) in cases {
            assert_eq!(split(script), expected, "{script}");
        }
        split(&"$(".repeat(10_000));
    }

    #[test]
    fn scripts_in_scripts_keep_their_lines() {
        let mut text = Text::default();
        text.push("bash -euxc 'a && ", 3);
        text.push("  sh -c \"b  c\"'", 4);
        let all: Vec<_> = commands(&text)
            .iter()
            .map(|one| (one.name().to_owned(), one.words[0].line))
            .collect();
        let expected = [("bash", 3), ("a", 3), ("sh", 4), ("b", 4)];
        assert_eq!(all, expected.map(|(name, line)| (name.to_owned(), line)));
    }

    #[test]
    fn a_name_that_is_set_twice_may_be_either() {
        let mut text = Text::default();
        text.push("A=amd64; B=x; case y in z) B=y;; esac; C=$(q)", 1);
        let mut scope = Scope::default();
        for command in commands(&text) {
            assign(&command, &mut scope);
        }
        assert_eq!(scope.get("A"), Some(&Value::Constant("amd64".to_owned())));
        assert_eq!(scope.get("B"), Some(&Value::Unknown));
        assert_eq!(scope.get("C"), Some(&Value::Unknown));
    }
}
