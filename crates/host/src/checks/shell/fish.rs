//! What a text for fish sets.

use super::lexer::{Dialect, Separator, Statement, statements};
use super::{Effect, Subject};

/// What a block is for fish; both end with `end`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// It may never run, or often.
    Condition,
    /// `begin`, which runs as everything else.
    Group,
}

#[derive(Default)]
struct Run {
    blocks: Vec<Block>,
    effects: Vec<Effect>,
}

/// What a text sets for the programs that are started after it.
pub(super) fn effects(text: &str) -> Vec<Effect> {
    let mut run = Run::default();
    for statement in statements(text, Dialect::Fish) {
        run.take(&statement);
    }
    run.effects
}

/// What `fish_variables` keeps, which fish writes itself: `SETUVAR --export NAME:value`.
pub(super) fn variables(text: &str) -> Vec<Effect> {
    let exported = |(place, line): (usize, &str)| {
        let (name, value) = line.strip_prefix("SETUVAR --export ")?.split_once(':')?;
        Some(Effect {
            line: Some(place + 1),
            subject: Subject::variable(name)?,
            value: Some(unescaped(value)),
            always: true,
        })
    };
    text.lines().enumerate().filter_map(exported).collect()
}

/// `\x3a` is a colon.
fn unescaped(value: &str) -> String {
    let mut pieces = value.split("\\x");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let letter = piece
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (letter, piece.get(2..)) {
            (Some(letter), Some(rest)) => {
                text.push(char::from(letter));
                text.push_str(rest);
            }
            _ => text.push_str(piece),
        }
    }
    text
}

impl Run {
    fn take(&mut self, statement: &Statement) {
        let mut words = statement.words.as_slice();
        let mut depends = statement.after == Separator::Depends;
        while let Some((first, rest)) = words.split_first() {
            match first.as_str() {
                "and" | "or" => depends = true,
                "not" | "!" | "else" | "builtin" | "command" => {}
                "if" | "while" | "for" | "switch" | "function" => {
                    return self.blocks.push(Block::Condition);
                }
                "begin" => self.blocks.push(Block::Group),
                "end" => {
                    self.blocks.pop();
                    return;
                }
                _ => {
                    let always = !depends && !self.blocks.contains(&Block::Condition);
                    return self.command(statement.line, words, always_or_not(always));
                }
            }
            words = rest;
        }
    }

    fn command(&mut self, line: usize, words: &[String], how: Certainty) {
        let Some((name, rest)) = words.split_first() else {
            return;
        };
        match (name.as_str(), rest) {
            ("set", _) => self.set(line, rest, how),
            ("export", [word]) => {
                if let Some((name, value)) = word.split_once('=') {
                    self.put(line, name, value, how);
                }
            }
            ("export", [name, value]) => self.put(line, name, value, how),
            ("docker", [context, r#use, name, ..])
                if (context.as_str(), r#use.as_str()) == ("context", "use") =>
            {
                self.effects.push(Effect {
                    line: Some(line),
                    subject: Subject::ContextInUse,
                    value: Some(name.clone()),
                    always: how == Certainty::Always,
                });
            }
            _ => {}
        }
    }

    fn set(&mut self, line: usize, words: &[String], how: Certainty) {
        let is_flag = |word: &&String| word.starts_with('-');
        let flags: Vec<_> = words.iter().take_while(is_flag).collect();
        let has = |short: char, long: &str| {
            let short = |flag: &str| !flag.starts_with("--") && flag.contains(short);
            flags.iter().any(|flag| *flag == long || short(flag))
        };
        let Some((name, value)) = words[flags.len()..].split_first() else {
            return;
        };
        if has('e', "--erase") {
            self.put(line, name, "", how);
        } else if has('x', "--export") {
            self.put(line, name, &value.join(" "), how);
        }
    }

    /// An empty value takes back what was set, if it does so always.
    fn put(&mut self, line: usize, name: &str, value: &str, how: Certainty) {
        let Some(subject) = Subject::variable(name) else {
            return;
        };
        if !value.is_empty() {
            self.effects.push(Effect {
                line: Some(line),
                subject,
                value: Some(value.to_owned()),
                always: how == Certainty::Always,
            });
        } else if how == Certainty::Always {
            self.effects.retain(|it| it.subject != subject);
            self.effects.push(Effect {
                line: Some(line),
                subject,
                value: None,
                always: true,
            });
        }
    }
}

/// Whether a command runs each time that the file is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certainty {
    Always,
    Sometimes,
}

fn always_or_not(always: bool) -> Certainty {
    if always {
        Certainty::Always
    } else {
        Certainty::Sometimes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, String, bool)> {
        let said = |it: Effect| {
            let what = format!("{}={}", it.subject.as_str(), it.value.unwrap_or_default());
            (it.line.unwrap_or_default(), what, it.always)
        };
        let set = effects(text).into_iter().filter(|it| it.value.is_some());
        set.map(said).collect()
    }

    #[test]
    fn exported_variables_and_contexts_are_found() {
        let set = |line, what: &str, always| (line, what.to_owned(), always);
        let host = "DOCKER_HOST=unix:///x";
        let cases = [
            ("set -gx DOCKER_HOST unix:///x", vec![set(1, host, true)]),
            (
                "set --export --global DOCKER_HOST unix:///x # why",
                vec![set(1, host, true)],
            ),
            ("set -g DOCKER_HOST unix:///x", vec![]),
            ("# set -gx DOCKER_HOST unix:///x", vec![]),
            ("set -gx DOCKER_HOST unix:///x\nset -e DOCKER_HOST", vec![]),
            (
                "if status is-login\n  set -gx DOCKER_HOST unix:///x\nend",
                vec![set(2, host, false)],
            ),
            (
                "if a\nend\nset -x DOCKER_HOST unix:///x",
                vec![set(3, host, true)],
            ),
            (
                "test -e x; and set -x DOCKER_HOST unix:///x",
                vec![set(1, host, false)],
            ),
            ("export DOCKER_HOST=unix:///x", vec![set(1, host, true)]),
            (
                "docker context use colima",
                vec![set(1, "docker context use=colima", true)],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_fish_keeps_itself_is_found() {
        let kept = "# VERSION: 3.0\nSETUVAR EDITOR:vi\nSETUVAR --export DOCKER_HOST:unix\\x3a///x\\x";
        let effects = variables(kept);
        assert_eq!(
            (effects[0].line, effects[0].value.as_deref()),
            (Some(3), Some("unix:///x"))
        );
        assert_eq!(effects.len(), 1);
    }
}
