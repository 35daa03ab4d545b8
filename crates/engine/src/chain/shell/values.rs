//! What a shell knows while it reads: its arguments, and what words become.

use super::{
    Reading,
    tokens::{Part, Word},
};

/// The longest word that a kernel takes (`MAX_ARG_STRLEN`): a variable that holds itself twice (`A=$A$A`) would soon fill
/// any memory.
pub(super) const WORD: usize = 128 * 1024;

/// Bytes of all words that are put together for one text: as much as a kernel takes for one program, on the usual stack.
pub(super) const WORDS: usize = 2 * 1024 * 1024;

impl Reading {
    /// `set -- a b` gives new arguments; options change nothing that matters.
    pub(super) fn set(&mut self, words: &[Word]) {
        let Some(at) = words.iter().position(|word| word.bare() == Some("--")) else {
            return;
        };
        let given: Option<Vec<Vec<String>>> = words[at + 1..].iter().map(|word| self.expand(word)).collect();
        match given {
            Some(given) => self.setting.arguments = given.concat(),
            None => self.lost.arguments = true,
        }
    }

    pub(super) fn shift(&mut self, words: &[Word]) {
        let count = match words.first() {
            None => Some(1),
            Some(word) => self.value(&word.parts).and_then(|count| count.parse().ok()),
        };
        match count {
            Some(count) if count <= self.setting.arguments.len() => {
                drop(self.setting.arguments.drain(..count));
            }
            _ => self.lost.arguments = true,
        }
    }

    /// The words that `word` becomes; `None` when that is only known when it runs.
    pub(super) fn expand(&mut self, word: &Word) -> Option<Vec<String>> {
        if word.is_arguments() {
            // Empty ones take memory as well.
            let length = |word: &String| word.len() + size_of::<String>();
            let all = self.setting.arguments.iter().map(length).sum();
            return self.spend(all).then(|| self.setting.arguments.clone());
        }
        self.value(&word.parts).map(|value| vec![value])
    }

    pub(super) fn value(&mut self, parts: &[Part]) -> Option<String> {
        let mut value = String::new();
        for part in parts {
            let text = self.part(part)?;
            if value.len() + text.len() > WORD {
                return None;
            }
            value.push_str(text);
        }
        self.spend(value.len()).then_some(value)
    }

    /// Whether so many bytes more may be put together; if so they count.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let fits = self.spent + bytes <= WORDS;
        if fits {
            self.spent += bytes;
        }
        fits
    }

    fn part<'a>(&'a self, part: &'a Part) -> Option<&'a str> {
        match part {
            Part::Text(text, _) => Some(text),
            Part::Variable { name, default } => self.variable(name, default.as_deref()),
            Part::Arguments | Part::Any | Part::Opaque => None,
        }
    }

    fn variable<'a>(&'a self, name: &str, default: Option<&'a str>) -> Option<&'a str> {
        if self.lost.all || self.lost.variables.contains(name) {
            return None;
        }
        if let Ok(place) = name.parse::<usize>() {
            let known = place.checked_sub(1).and_then(|at| self.setting.arguments.get(at));
            return known.filter(|_| !self.lost.arguments).map(String::as_str);
        }
        let value = self.setting.variables.get(name).filter(|value| !value.is_empty());
        value.map(String::as_str).or(default)
    }
}
