//! Words that a report must not hold, and where a text holds them.

use std::{cmp::Reverse, collections::HashSet, ops::Range};

use crate::view::Diagnosis;

/// Shorter words are flags and numbers; in place of them nothing would be left to read.
const SHORTEST: usize = 4;

/// Numbers of so many digits may be secrets: codes for one use, pins, account numbers. Shorter ones are ports, sizes and
/// years, which a report could not do without.
const SHORTEST_NUMBER: usize = 6;

/// A single word within a longer value is looked for from this length on: shorter ones are mostly plain language.
const SHORTEST_PART: usize = 8;

/// Parts that are looked for, of arguments and of values each: a command and an environment have some dozens.
const MOST_WORDS: usize = 4000;

/// What stands in place of an argument.
const LEFT_OUT: &str = "…";

/// As much of a variable's name as is shown.
const LONGEST_NAME: usize = 60;

/// Variables that every container has, and whose values are folders and words that hide nothing.
const PLAIN: [&str; 5] = ["PATH", "HOME", "LANG", "TERM", "HOSTNAME"];

/// Ends of cut texts that are looked at; a sentence of ours has one or two.
const MOST_CUTS: usize = 8;

/// Where a hidden word comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A value of the environment, which is hidden wherever it stands.
    Value,
    /// An argument of the command, which is hidden where it stands for itself.
    Argument,
}

struct Word {
    text: String,
    kind: Kind,
    /// What is shown in its place.
    by: String,
}

/// A part of a text that is hidden.
pub(super) struct Hit<'a> {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    by: &'a str,
}

/// All words that are hidden.
pub(super) struct Hidden(Vec<Word>);

impl Hidden {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn of(diagnosis: &Diagnosis) -> Self {
        let mut words = values(diagnosis);
        words.extend(arguments(diagnosis));
        // The longest says best what it was.
        words.sort_by_key(|word| Reverse(word.text.len()));
        let mut seen = HashSet::new();
        words.retain(|word| seen.insert((word.text.clone(), word.kind == Kind::Value)));
        Self(words)
    }

    /// `text` without the hits that are `meant`. Those that overlap are one: no rest of either stays.
    pub(super) fn without(&self, text: &str, meant: impl Fn(&Hit) -> bool) -> String {
        let mut hits: Vec<Hit> = self.hits(text).filter(meant).collect();
        hits.sort_by_key(|hit| (hit.range.start, Reverse(hit.range.end)));
        let mut done = String::with_capacity(text.len());
        let mut end = 0;
        for hit in hits {
            if hit.range.start >= end {
                done.push_str(&text[end..hit.range.start]);
                done.push_str(hit.by);
            }
            end = end.max(hit.range.end);
        }
        done + &text[end..]
    }

    fn hits(&self, text: &str) -> impl Iterator<Item = Hit<'_>> {
        let whole = |word: &Word| -> Vec<Range<usize>> {
            let found = places(text, &word.text);
            match word.kind {
                Kind::Value => found.chain(beginnings(text, &word.text)).collect(),
                Kind::Argument => found.filter(|range| stands_alone(text, range)).collect(),
            }
        };
        self.0.iter().flat_map(move |word| {
            whole(word).into_iter().map(|range| Hit {
                range,
                kind: word.kind,
                by: &word.by,
            })
        })
    }
}

/// `text` with every `word` that stands for itself replaced.
pub(super) fn replaced(text: &str, word: &str, by: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut end = 0;
    for range in places(text, word).filter(|range| stands_alone(text, range)) {
        if range.start >= end {
            done.push_str(&text[end..range.start]);
            done.push_str(by);
            end = range.end;
        }
    }
    done + &text[end..]
}

/// Every place of `word`, also where two overlap.
fn places(text: &str, word: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let step = word.chars().next()?.len_utf8();
        let at = from + text.get(from..)?.find(word)?;
        from = at + step;
        Some(at..at + word.len())
    })
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let continues = |letter: Option<char>| letter.is_some_and(|it| it.is_alphanumeric() || it == '_');
    let word = &text[range.clone()];
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let within = continues(before) && continues(word.chars().next())
        || continues(after) && continues(word.chars().next_back());
    !within
}

/// What is left of `word` at the end of a quotation that was cut.
fn beginnings(text: &str, word: &str) -> impl Iterator<Item = Range<usize>> {
    let is_end = |at: &usize| matches!(text[at + '…'.len_utf8()..].chars().next(), None | Some('`'));
    let cuts = text.match_indices('…').map(|(at, _)| at).filter(is_end);
    cuts.take(MOST_CUTS).filter_map(|cut| {
        let lengths = word.char_indices().map(|(length, _)| length).skip(SHORTEST);
        let left = lengths
            .filter(|length| text[..cut].ends_with(&word[..*length]))
            .last()?;
        Some(cut - left..cut)
    })
}

fn values(diagnosis: &Diagnosis) -> Vec<Word> {
    let known = platforms(diagnosis);
    let is_secret = |(name, value): &&(String, String)| {
        let is_number = || value.bytes().all(|byte| byte.is_ascii_digit());
        !PLAIN.contains(&name.as_str())
            && (is_long(value, SHORTEST_NUMBER) || !is_number())
            && !known.contains(value.as_str())
    };
    let secret = diagnosis.environment.iter().filter(is_secret);
    // Parts may be many; they leave no whole value out.
    let whole = secret.clone().map(|(name, value)| (name, value.as_str()));
    let parts = secret.flat_map(|(name, value)| secrets(value).map(move |part| (name, part)));
    whole
        .filter(|(_, value)| is_long(value, SHORTEST))
        .chain(parts.take(MOST_WORDS))
        .flat_map(|(name, text)| forms(text).map(|text| (tame(name), text)))
        .map(|(name, text)| Word {
            text,
            kind: Kind::Value,
            by: format!("(value of {name})"),
        })
        .collect()
}

fn is_long(text: &str, least: usize) -> bool {
    text.chars().nth(least - 1).is_some()
}

/// The platforms that a report is about, and their parts: it says them in any case, and could say nothing without.
fn platforms(diagnosis: &Diagnosis) -> HashSet<&str> {
    let told = [&diagnosis.platform.claimed, &diagnosis.platform.actual];
    let links = diagnosis.chain.iter().map(|link| &link.platform);
    let all = told.into_iter().chain(links).flatten();
    all.flat_map(|all| std::iter::once(all.as_str()).chain(all.split('/')))
        .collect()
}

/// The parts of a value that a program may print by themselves.
fn secrets(value: &str) -> impl Iterator<Item = &str> {
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, ';' | '&' | '?' | ',');
    let lines = std::iter::once(value.trim()).chain(value.lines().map(str::trim));
    let assigned = value.split(ends).filter_map(|word| Some(word.split_once('=')?.1));
    let short = lines.chain(assigned).chain(credentials(value));
    let words = value.split_whitespace();
    short
        .filter(|part| is_long(part, SHORTEST))
        .chain(words.filter(|word| is_long(word, SHORTEST_PART)))
}

/// `user:password` of addresses, and the password.
fn credentials(value: &str) -> impl Iterator<Item = &str> {
    let authority = |rest: &'_ str| rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let addresses = value
        .match_indices("://")
        .map(|(at, mark)| &value[at + mark.len()..]);
    let users = addresses.filter_map(move |rest| {
        // A password that is not encoded may hold a `/`: then the `@` is behind it.
        let within = rest[..authority(rest)].rfind('@').or_else(|| rest.find('@'))?;
        Some(&rest[..within])
    });
    users
        .flat_map(|both| [Some(both), both.split_once(':').map(|(_, password)| password)])
        .flatten()
}

/// As texts from outside are written in sentences, in the bytes of files, and in commands.
fn forms(text: &str) -> [String; 5] {
    let escaped = super::escaped(text);
    [
        text.to_owned(),
        escaped.replace('`', "\\u{60}"),
        escaped,
        text.escape_debug().to_string(),
        text.replace('\'', r"'\''"),
    ]
}

/// A variable's name, which is foreign too, as nothing but a word.
fn tame(name: &str) -> String {
    let letter = |it: char| {
        if it.is_ascii_alphanumeric() || "_.-".contains(it) {
            it
        } else {
            '?'
        }
    };
    name.chars().take(LONGEST_NAME).map(letter).collect()
}

fn arguments(diagnosis: &Diagnosis) -> impl Iterator<Item = Word> {
    let chain = diagnosis.chain.iter();
    let named: Vec<&str> = chain
        .flat_map(|link| [Some(link.path.as_str()), link.resolved.as_deref()])
        .flatten()
        .chain(diagnosis.command.first().map(String::as_str))
        .collect();
    let parts = diagnosis
        .command
        .iter()
        .skip(1)
        .flat_map(|argument| parts(argument));
    parts
        .filter(move |word| is_long(word, SHORTEST) && !named.contains(word))
        .take(MOST_WORDS)
        .flat_map(|word| [word.to_owned(), super::escaped(word)])
        .map(|text| Word {
            text,
            kind: Kind::Argument,
            by: LEFT_OUT.to_owned(),
        })
}

/// An argument as a whole, its words, and the value after a `=`.
fn parts(argument: &str) -> impl Iterator<Item = &str> {
    let words = argument.split_whitespace();
    let values = argument
        .split_whitespace()
        .filter_map(|word| Some(word.split_once('=')?.1));
    std::iter::once(argument).chain(words).chain(values)
}
