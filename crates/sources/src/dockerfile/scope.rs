//! Which variables have which values at one place of the file.

use std::collections::HashMap;

use super::architecture::named;

/// The most variables that are followed. Later ones are not known.
const VARIABLES: usize = 500;

/// The longest value that is followed: longer than an address, and short enough for any number of repetitions.
const LONGEST: usize = 1024;

/// What stands for a part that is not known. It is in no name, and ends every word.
pub(crate) const HOLE: char = '\u{1a}';

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// It has this value, whoever builds.
    Constant(String),
    /// It has this value unless the build says otherwise.
    Default(String),
    /// It is set by somebody, or was worked out.
    Unknown,
}

/// How far values are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Only what no build can change.
    Constants,
    /// Defaults too.
    Defaults,
}

/// The variables of one place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    values: HashMap<String, Value>,
    /// On which line the architecture stands that a value names.
    origins: HashMap<String, u32>,
    overflow: bool,
}

impl Scope {
    /// From here on `name` is `value`.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        let value = match value {
            Value::Constant(text) | Value::Default(text) if text.len() > LONGEST => Value::Unknown,
            value @ (Value::Constant(_) | Value::Default(_) | Value::Unknown) => value,
        };
        if self.values.len() >= VARIABLES && !self.values.contains_key(name) {
            self.overflow = true;
        } else {
            self.values.insert(name.to_owned(), value);
        }
    }

    /// Notes on which line it is written what architecture `name` is for: `line`, if `raw` says it itself, else where
    /// it is written for a variable in `raw`. To be called before [`Scope::set`].
    pub(crate) fn note(&mut self, name: &str, raw: &str, line: u32) {
        match self.origin(raw, line) {
            Some(line) if self.origins.len() < VARIABLES => drop(self.origins.insert(name.to_owned(), line)),
            Some(_) | None => drop(self.origins.remove(name)),
        }
    }

    /// Takes over what `other` knows of where `name` was written.
    pub(crate) fn inherit(&mut self, name: &str, other: &Self) {
        if let Some(line) = other.origins.get(name) {
            self.origins.insert(name.to_owned(), *line);
        }
    }

    /// On which line the architecture is written that `raw`, which stands on `line`, names.
    pub(crate) fn origin(&self, raw: &str, line: u32) -> Option<u32> {
        if !named(raw).is_empty() {
            return Some(line);
        }
        variables(raw).find_map(|name| self.origins.get(name).copied())
    }

    /// What is known of `name`; `None` where it is not set.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).or(self.overflow.then_some(&Value::Unknown))
    }
}

/// The names behind `$` and `${`.
fn variables(raw: &str) -> impl Iterator<Item = &str> {
    raw.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let is_part = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
        &rest[..rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())]
    })
}

/// The variables that a builder sets by itself.
pub(crate) const AUTOMATIC: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];
