//! What a text for `sh`, bash or zsh sets.

use super::lexer::{Dialect, Separator, Statement, statements};
use super::{Effect, Subject};

/// What encloses a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Enclosure {
    /// `if`, `case`, a loop, or a function: it may never run, or often.
    Condition,
    /// `{ … }`, which runs as everything else.
    Group,
    /// `( … )`, whose settings end with it.
    Subshell,
}

/// What the statements of a text did so far.
#[derive(Default)]
struct Run {
    enclosures: Vec<Enclosure>,
    effects: Vec<Effect>,
    /// Set, and not handed on to other programs yet.
    kept: Vec<Effect>,
    /// Whether a list of parameters was just closed, as before a function's body.
    named: bool,
}

/// What a text sets for the programs that are started after it.
pub(super) fn effects(text: &str) -> Vec<Effect> {
    let mut run = Run::default();
    for statement in statements(text, Dialect::Posix) {
        run.take(&statement);
    }
    run.effects
}

/// The same of a file that only assigns, and hands all of it on.
pub(super) fn assignments(text: &str) -> Vec<Effect> {
    let mut run = Run::default();
    for statement in statements(text, Dialect::Posix) {
        run.export(&statement, &statement.words);
    }
    run.effects
}

impl Run {
    fn take(&mut self, statement: &Statement) {
        let mut words = statement.words.as_slice();
        let named = std::mem::take(&mut self.named);
        while let Some((first, rest)) = words.split_first() {
            match first.as_str() {
                "then" | "do" | "else" | "elif" | "!" | "builtin" | "command" | "time" => {}
                "if" | "case" | "for" | "while" | "until" | "select" => {
                    self.enclosures.push(Enclosure::Condition);
                    // What stands behind them is a condition or a pattern.
                    return;
                }
                "function" => {
                    if rest.last().is_some_and(|last| last == "{") {
                        self.enclosures.push(Enclosure::Condition);
                    }
                    self.named = true;
                    return;
                }
                "{" if named => self.enclosures.push(Enclosure::Condition),
                "{" => self.enclosures.push(Enclosure::Group),
                "(" => return self.enclosures.push(Enclosure::Subshell),
                ")" => {
                    self.named = true;
                    return self.close(|it| it == Enclosure::Subshell);
                }
                "fi" | "done" | "esac" => return self.close(|it| it == Enclosure::Condition),
                "}" => return self.close(|it| it != Enclosure::Subshell),
                _ => return self.command(statement, words),
            }
            words = rest;
        }
    }

    fn close(&mut self, fits: impl Fn(Enclosure) -> bool) {
        self.enclosures.pop_if(|it| fits(*it));
    }

    fn command(&mut self, statement: &Statement, words: &[String]) {
        let lost = statement.after == Separator::Pipe || self.enclosures.contains(&Enclosure::Subshell);
        let Some((name, rest)) = words.split_first().filter(|_| !lost) else {
            return;
        };
        match name.as_str() {
            "export" if has_flag(rest, 'n') => self.unset(statement, rest),
            "export" => self.export(statement, rest),
            "typeset" | "declare" | "readonly" | "local" if has_flag(rest, 'x') => {
                self.export(statement, rest);
            }
            "typeset" | "declare" | "readonly" => self.keep(statement, rest),
            "unset" => self.unset(statement, rest),
            "docker" => self.docker(statement, rest),
            "launchctl" if rest.first().is_some_and(|it| it == "setenv") => {
                self.setenv(statement, rest.get(1..).unwrap_or_default());
            }
            "setenv" => self.setenv(statement, rest),
            _ if words.iter().all(|word| assignment(word).is_some()) => self.keep(statement, words),
            _ => {}
        }
    }

    /// Each word is `NAME=value`, or a `NAME` that was set before.
    fn export(&mut self, statement: &Statement, words: &[String]) {
        for word in words.iter().filter(|word| !word.starts_with('-')) {
            if let Some((name, value)) = assignment(word) {
                if let Some(subject) = Subject::variable(name) {
                    self.put(statement, subject, value);
                }
            } else if let Some(subject) = Subject::variable(word) {
                let (ready, kept) = self.kept.drain(..).partition(|it| it.subject == subject);
                self.kept = kept;
                self.effects.extend::<Vec<_>>(ready);
            }
        }
    }

    fn keep(&mut self, statement: &Statement, words: &[String]) {
        for (name, value) in words.iter().filter_map(|word| assignment(word)) {
            let Some(subject) = Subject::variable(name) else {
                continue;
            };
            // What is handed on already stays so, with its new value.
            if self
                .effects
                .iter()
                .any(|it| it.subject == subject && it.value.is_some())
            {
                self.put(statement, subject, value);
            } else {
                let effect = self.effect(statement, subject, value);
                self.kept.push(effect);
            }
        }
    }

    fn put(&mut self, statement: &Statement, subject: Subject, value: &str) {
        if value.is_empty() {
            return self.forget(statement, subject);
        }
        let effect = self.effect(statement, subject, value);
        self.effects.push(effect);
    }

    fn unset(&mut self, statement: &Statement, words: &[String]) {
        for subject in words.iter().filter_map(|word| Subject::variable(word)) {
            self.forget(statement, subject);
        }
    }

    /// Only what is always taken back is not set any more, here and by the files before.
    fn forget(&mut self, statement: &Statement, subject: Subject) {
        if self.is_certain(statement) {
            self.effects.retain(|it| it.subject != subject);
            self.kept.retain(|it| it.subject != subject);
            self.effects.push(Effect {
                line: Some(statement.line),
                subject,
                value: None,
                always: true,
            });
        }
    }

    fn docker(&mut self, statement: &Statement, words: &[String]) {
        if let [context, r#use, name, ..] = words
            && (context.as_str(), r#use.as_str()) == ("context", "use")
        {
            self.put(statement, Subject::ContextInUse, name);
        }
    }

    fn setenv(&mut self, statement: &Statement, words: &[String]) {
        if let [name, value] = words
            && let Some(subject) = Subject::variable(name)
        {
            self.put(statement, subject, value);
        }
    }

    fn effect(&self, statement: &Statement, subject: Subject, value: &str) -> Effect {
        Effect {
            line: Some(statement.line),
            subject,
            value: Some(value.to_owned()),
            always: self.is_certain(statement),
        }
    }

    fn is_certain(&self, statement: &Statement) -> bool {
        statement.after == Separator::End && !self.enclosures.contains(&Enclosure::Condition)
    }
}

fn has_flag(words: &[String], flag: char) -> bool {
    let flags = words.iter().filter_map(|word| word.strip_prefix('-'));
    flags
        .take_while(|it| !it.starts_with('-'))
        .any(|it| it.contains(flag))
}

/// `NAME=value`.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let letters = |it: char| it.is_ascii_alphanumeric() || it == '_';
    (!name.is_empty() && name.chars().all(letters)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `line name=value`, with a `?` where it does not always happen.
    fn found(text: &str) -> Vec<String> {
        let said = |it: Effect| {
            let doubt = if it.always { "" } else { "?" };
            let line = it.line.unwrap_or_default();
            let value = it.value.unwrap_or_default();
            format!("{line}{doubt} {}={value}", it.subject.as_str())
        };
        let set = effects(text).into_iter().filter(|it| it.value.is_some());
        set.map(said).collect()
    }

    #[test]
    fn a_line_counts_when_other_programs_get_it() {
        let p = "DOCKER_DEFAULT_PLATFORM";
        let cases: [(String, &[&str]); 12] = [
            (
                format!("export {p}=linux/amd64"),
                &["1 DOCKER_DEFAULT_PLATFORM=linux/amd64"],
            ),
            (
                format!("export A=1 {p}='linux/amd64' B=2"),
                &["1 DOCKER_DEFAULT_PLATFORM=linux/amd64"],
            ),
            (
                format!("\n{p}=linux/amd64\nexport {p}\n"),
                &["2 DOCKER_DEFAULT_PLATFORM=linux/amd64"],
            ),
            (
                format!("typeset -gx {p}=linux/amd64"),
                &["1 DOCKER_DEFAULT_PLATFORM=linux/amd64"],
            ),
            (format!("# export {p}=linux/amd64"), &[]),
            (format!("{p}=linux/amd64"), &[]),
            (format!("{p}=linux/amd64 docker build ."), &[]),
            (format!("(export {p}=linux/amd64)"), &[]),
            (format!("echo \"export {p}=linux/amd64\""), &[]),
            (format!("export {p}=linux/amd64\nunset {p}"), &[]),
            (format!("export {p}=linux/amd64\nexport {p}="), &[]),
            (format!("alias x='export {p}=linux/amd64'"), &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_happens_in_some_cases_only_says_so() {
        let line = "export DOCKER_HOST=tcp://a";
        let maybe = ["2? DOCKER_HOST=tcp://a"];
        for text in [
            format!("if [ -n \"$X\" ]; then\n {line}\nfi"),
            format!("case $(uname -m) in arm64)\n {line};; esac"),
            format!("work() {{\n {line}\n}}"),
            format!("function work {{\n {line}\n}}"),
            format!("[[ -n $X ]] &&\n {line}"),
            format!("for x in a b; do\n {line}; done"),
        ] {
            assert_eq!(found(&text), maybe, "{text}");
        }
        for before in [
            "if a; then b; fi",
            "case x in a) b;; (c) d;; esac",
            "f() { a; }",
            "{ a; }",
            "a && b",
        ] {
            let after = format!("{before}\n{line}");
            assert_eq!(found(&after), ["2 DOCKER_HOST=tcp://a"], "{after}");
        }
        let unset = format!("{line}\nif a; then unset DOCKER_HOST; fi");
        assert_eq!(found(&unset), ["1 DOCKER_HOST=tcp://a"]);
    }

    #[test]
    fn contexts_and_launchd_are_understood() {
        let text = "docker context use colima >/dev/null\ndocker context use orbstack\n\
                    launchctl setenv DOCKER_HOST unix:///x\nexport DOCKER_CONTEXT=rd";
        let expected = [
            "2 docker context use=orbstack",
            "3 DOCKER_HOST=unix:///x",
            "4 DOCKER_CONTEXT=rd",
        ];
        assert_eq!(found(text).split_off(1), expected);
        assert_eq!(found(text)[0], "1 docker context use=colima");
    }
}
