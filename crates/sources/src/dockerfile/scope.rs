//! Which variables have which values at one place of the file.

use std::collections::HashMap;

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

    /// What is known of `name`; `None` where it is not set.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).or(self.overflow.then_some(&Value::Unknown))
    }
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
