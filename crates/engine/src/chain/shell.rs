//! Which programs a shell would start for a text, as far as that can be said without running it.
//!
//! Only what is certain is followed: commands that no condition guards, with words that are known. The rest is said to
//! be unknown, in words for people.

mod branch;
mod noted;
mod tokens;
mod values;

use std::collections::{HashMap, HashSet};

use branch::{Case, Fit};
use noted::{note, note_folder};
use platform::Asides;
use tokens::{Token, Word};
use values::WORD;

/// Programs that are followed for one text: start-up scripts prepare with a few and end in the one that matters.
const RUNS: usize = 6;

/// Reasons that are kept: they are shown to people.
const REASONS: usize = 4;

/// Commands of shells that start nothing, or nothing that matters here.
const OWN: [&str; 31] = [
    ":", "true", "false", "echo", "printf", "test", "[", "[[", "umask", "ulimit", "trap", "wait", "export",
    "local", "declare", "typeset", "readonly", "alias", "unalias", "hash", "type", "pwd", "pushd", "popd",
    "shopt", "getopts", "let", "kill", "jobs", "break", "continue",
];

/// Commands that ask something: what `&&` puts behind them only runs when the answer is yes.
const QUESTIONS: [&str; 8] = ["[", "[[", "test", "command", "type", "which", "grep", "false"];

/// What a shell knows when it begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    /// The environment.
    pub(crate) variables: HashMap<String, String>,
    /// `$1` and those behind it.
    pub(crate) arguments: Vec<String>,
    /// The folder that it begins in.
    pub(crate) folder: String,
}

/// A program that a shell starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The program and its arguments, up to the first that is not known.
    pub(crate) words: Vec<String>,
    /// The folder that it is started in.
    pub(crate) folder: String,
    /// Where its name is looked for, when the text says so itself.
    pub(crate) path: Option<String>,
    /// The line of the text, counted from 1.
    pub(crate) line: usize,
}

/// What a text leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Course {
    /// The programs that it starts, in its order.
    pub(crate) runs: Vec<Run>,
    /// What could not be followed, in words.
    pub(crate) unknown: Vec<String>,
    /// What else it says.
    pub(crate) asides: Asides,
}

/// Follows `text`.
pub(crate) fn follow(text: &str, setting: Setting) -> Course {
    let mut reading = Reading {
        setting,
        ..Reading::default()
    };
    for token in tokens::read(text) {
        if reading.is_over {
            break;
        }
        reading.take(token);
    }
    reading.end_command();
    reading.finish()
}

/// How the last operator binds the next command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Bond {
    #[default]
    Always,
    /// Behind `||`, or behind a question and `&&`.
    Guarded,
}

/// What is not known any more.
#[derive(Default)]
struct Lost {
    variables: HashSet<String>,
    /// Whether a text that was not read may have set any of them.
    all: bool,
    arguments: bool,
    folder: bool,
}

#[derive(Default)]
struct Functions {
    names: HashSet<String>,
    /// Whether `function` was read, and its name comes.
    is_announced: bool,
    /// Whether a function's name was read, and its body comes.
    is_named: bool,
}

#[derive(Default)]
struct Reading {
    setting: Setting,
    lost: Lost,
    /// What was opened and not closed: `if`, `case`, `{` and their like.
    open: Vec<&'static str>,
    /// Those of them that are `case`.
    cases: Vec<Case>,
    words: Vec<Word>,
    line: usize,
    bond: Bond,
    functions: Functions,
    /// Whether the last command asks something.
    asks: bool,
    is_over: bool,
    /// Bytes of all words so far.
    spent: usize,
    /// A guarded `exec "$@"`, where the script hands over to its arguments.
    hands_over: Option<usize>,
    course: Course,
}

impl Reading {
    fn take(&mut self, token: Token) {
        match token {
            Token::Word(word, line) => {
                if self.words.is_empty() {
                    self.line = line;
                }
                self.words.push(word);
                if std::mem::take(&mut self.functions.is_announced) {
                    return self.function();
                }
                // A reserved word is one where a command may begin.
                if self.words.len() == 1 && self.is_reserved() {
                    self.words.clear();
                }
            }
            Token::Operator(operator) => self.operator(operator),
        }
    }

    fn operator(&mut self, operator: &'static str) {
        let bare = |word: Option<&Word>, text: &str| word.and_then(Word::bare) == Some(text);
        if bare(self.words.first(), "[[") && !bare(self.words.last(), "]]") {
            // Within its brackets, operators join conditions.
            return;
        }
        if self.open.last() == Some(&"case") && self.is_of_case(operator) {
            return;
        }
        match operator {
            "(" if self.words.len() == 1 => self.function(),
            "(" | ")" if self.functions.is_named => {}
            "(" => self.open.push("("),
            ")" => {
                self.end_command();
                self.close("(");
            }
            _ => {
                self.end_command();
                self.bond = match operator {
                    "||" => Bond::Guarded,
                    "&&" if self.asks => Bond::Guarded,
                    _ => Bond::Always,
                };
            }
        }
    }

    /// What stands around the branches of a `case`; `false` where it only ends a command of one.
    fn is_of_case(&mut self, operator: &'static str) -> bool {
        let Some(mut case) = self.cases.pop() else {
            return false;
        };
        if case.wants_subject() {
            let mut words = std::mem::take(&mut self.words).into_iter();
            let subject = words.next().and_then(|word| self.value(&word.parts));
            case.begin(subject);
            self.words = words.skip_while(|word| word.bare() == Some("in")).collect();
        }
        let is_pattern = case.wants_patterns();
        if is_pattern {
            self.words.drain(..).for_each(|word| case.pattern(word));
            if operator == ")" {
                case.enter();
            }
        } else if operator == ";;" {
            self.cases.push(case.clone());
            self.end_command();
            self.cases.pop();
            case.leave();
        }
        self.cases.push(case);
        is_pattern || operator == ";;"
    }

    /// `name (`, or `function name`: what follows is only defined.
    fn function(&mut self) {
        if let Some(name) = self.words.pop().and_then(|word| word.literal()) {
            self.functions.names.insert(name);
        }
        self.functions.is_named = true;
    }

    /// Takes a reserved word in; `false` when it is none.
    fn is_reserved(&mut self) -> bool {
        let Some(word) = self.words[0].bare() else {
            return false;
        };
        match word {
            "if" => self.open.push("if"),
            "while" | "until" | "for" | "select" => self.open.push("loop"),
            "case" => {
                self.open.push("case");
                self.cases.push(Case::default());
            }
            "{" if std::mem::take(&mut self.functions.is_named) => self.open.push("body"),
            "{" => self.open.push("{"),
            "fi" => self.close("if"),
            "done" => self.close("loop"),
            "esac" => self.close("case"),
            "}" if self.open.contains(&"body") => self.close_innermost(&["{", "body"]),
            "}" => self.close("{"),
            "function" => self.functions.is_announced = true,
            "!" => self.asks = true,
            "then" | "else" | "elif" | "do" | "in" | "time" => {}
            _ => return false,
        }
        true
    }

    fn close(&mut self, what: &str) {
        self.close_innermost(&[what]);
    }

    fn close_innermost(&mut self, what: &[&str]) {
        if let Some(at) = self.open.iter().rposition(|open| what.contains(open)) {
            self.open.truncate(at);
            let cases = self.open.iter().filter(|open| **open == "case").count();
            self.cases.truncate(cases);
        }
    }

    fn end_command(&mut self) {
        let words = std::mem::take(&mut self.words);
        let bond = std::mem::take(&mut self.bond);
        if words.is_empty() {
            return;
        }
        let branch = self.cases.iter().map(Case::runs).min_by_key(|fit| *fit as usize);
        if branch == Some(Fit::No) {
            return;
        }
        // A group in braces always runs, and so does the branch that fits; all others only under a condition.
        let always = |open: &&str| *open == "{" || *open == "case" && branch == Some(Fit::Yes);
        let guarded = bond == Bond::Guarded || !self.open.iter().all(always);
        let assigned = words
            .iter()
            .take_while(|word| word.assignment().is_some())
            .count();
        let (assignments, command) = words.split_at(assigned);
        self.asks = command
            .first()
            .and_then(Word::bare)
            .is_some_and(|name| QUESTIONS.contains(&name));
        note(&mut self.course.asides, command);
        if guarded {
            self.guarded(assignments, command);
        } else {
            self.assign(assignments, command.is_empty());
            self.command(command);
        }
    }

    /// What may or may not run changes what is known, and is not followed.
    fn guarded(&mut self, assignments: &[Word], command: &[Word]) {
        for (name, _) in assignments.iter().filter_map(Word::assignment) {
            self.lost.variables.insert(name.to_owned());
        }
        match command.first().and_then(Word::bare) {
            Some("set" | "shift") => self.lost.arguments = true,
            Some("cd") => {
                self.lost.folder = true;
                self.folder(&command[1..]);
            }
            Some("." | "source" | "eval") => self.lost.all = true,
            Some("read" | "unset") => self.lose(&command[1..]),
            Some(_)
                if self.open.last() == Some(&"loop") && command.get(1).and_then(Word::bare) == Some("in") =>
            {
                self.lose(&command[..1]);
            }
            Some("exec") if command.get(1).is_some_and(Word::is_arguments) => {
                self.hands_over = Some(self.line);
            }
            _ => {}
        }
        for (name, _) in command.iter().skip(1).filter_map(Word::assignment) {
            self.lost.variables.insert(name.to_owned());
        }
    }

    /// The values of these names are not known any more.
    fn lose(&mut self, names: &[Word]) {
        let names = names.iter().filter_map(Word::bare).map(str::to_owned);
        self.lost.variables.extend(names);
    }

    /// Assignments hold for the text when no command follows them.
    fn assign(&mut self, assignments: &[Word], lasting: bool) {
        for (name, value) in assignments.iter().filter_map(Word::assignment) {
            match self.value(&value).filter(|_| lasting) {
                Some(value) => {
                    self.lost.variables.remove(name);
                    self.setting.variables.insert(name.to_owned(), value);
                }
                None if lasting => drop(self.lost.variables.insert(name.to_owned())),
                None => {}
            }
        }
    }

    fn command(&mut self, words: &[Word]) {
        let is_prefix = |word: &&Word| matches!(word.bare(), Some("command" | "builtin"));
        let (prefixes, words) = words.split_at(words.iter().take_while(is_prefix).count());
        let Some(first) = words.first() else { return };
        if !prefixes.is_empty() && matches!(first.bare(), Some("-v" | "-V")) {
            // It only tells where a program is.
            return;
        }
        let rest = &words[1..];
        match first.bare() {
            Some("exec") => self.exec(rest),
            Some("cd") => self.change_folder(rest),
            Some("set") => self.set(rest),
            Some("shift") => self.shift(rest),
            Some("exit" | "return") => self.is_over = true,
            Some("export" | "readonly" | "declare" | "local" | "typeset") => self.assign(rest, true),
            Some("." | "source") => self.lost.all = true,
            Some("eval") => {
                self.lost.all = true;
                self.unknown("a text that it makes while it runs");
            }
            Some("read" | "unset") => self.lose(rest),
            Some(own) if OWN.contains(&own) => {}
            Some(name) if self.functions.names.contains(name) => {
                let what = format!("the function `{name}`");
                self.unknown(&what);
            }
            Some(_) | None => self.run(words),
        }
    }

    /// `exec` without a program only moves input and output.
    fn exec(&mut self, words: &[Word]) {
        let mut words = words;
        while let Some(option) = words
            .first()
            .and_then(Word::bare)
            .filter(|word| word.starts_with('-'))
        {
            let skipped = if option == "-a" { 2 } else { 1 };
            words = words.get(skipped..).unwrap_or_default();
        }
        if !words.is_empty() {
            self.run(words);
            self.is_over = true;
        }
    }

    fn run(&mut self, words: &[Word]) {
        let mut known = Vec::new();
        for word in words {
            match self.expand(word) {
                Some(values) => known.extend(values),
                None => break,
            }
        }
        let path = self.setting.variables.get("PATH").cloned();
        let is_lost = match known.first() {
            None => true,
            Some(program) if program.contains('/') => self.lost.folder && is_relative(program),
            Some(_) => self.lost.all || self.lost.variables.contains("PATH"),
        };
        if is_lost {
            return self.unknown(&format!("`{}`", words[0].source()));
        }
        if words[0].is_arguments() && self.lost.arguments {
            self.unknown("whether it changes its arguments first");
            // Options alone are no program: the text puts one before them.
            if known[0].starts_with('-') {
                return;
            }
        }
        if self.course.runs.len() == RUNS {
            // The last one is the one that the text is for.
            self.course.runs.pop();
            self.unknown("some of it, which is too much");
        }
        self.course.runs.push(Run {
            words: known,
            folder: self.setting.folder.clone(),
            path,
            line: self.line,
        });
    }

    /// The folder that `cd` names, where it is known.
    fn folder(&mut self, words: &[Word]) -> Option<String> {
        let word = words
            .iter()
            .find(|word| word.bare().is_none_or(|word| word != "--"))?;
        let folder = self.value(&word.parts);
        note_folder(&mut self.course.asides, folder.clone(), word.source());
        folder
    }

    fn change_folder(&mut self, words: &[Word]) {
        match self.folder(words) {
            Some(folder) if folder.starts_with('/') => {
                self.setting.folder = folder;
                self.lost.folder = false;
            }
            Some(folder) if folder != "-" && !folder.is_empty() && self.is_short(&folder) => {
                self.setting.folder = format!("{}/{folder}", self.setting.folder.trim_end_matches('/'));
            }
            _ => self.lost.folder = true,
        }
    }

    /// Whether `folder` below the present one makes a path that can be spent on.
    fn is_short(&mut self, folder: &str) -> bool {
        let length = self.setting.folder.len() + folder.len();
        length <= WORD && self.spend(length)
    }

    fn unknown(&mut self, what: &str) {
        if self.course.unknown.len() < REASONS {
            self.course.unknown.push(what.to_owned());
        }
    }

    /// Where nothing certain is at the end, the script may still hand over to its arguments.
    fn finish(mut self) -> Course {
        if let Some(line) = self.hands_over.filter(|_| !self.is_over) {
            self.unknown("whether it comes to its `exec \"$@\"`");
            if !self.setting.arguments.is_empty() {
                self.course.runs.push(Run {
                    path: self.setting.variables.get("PATH").cloned(),
                    words: self.setting.arguments,
                    folder: self.setting.folder,
                    line,
                });
            }
        }
        self.course
    }
}

fn is_relative(path: &str) -> bool {
    path.contains('/') && !path.starts_with('/')
}

#[cfg(test)]
mod tests;
