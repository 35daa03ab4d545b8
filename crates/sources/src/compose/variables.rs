//! `${VARIABLES}` as Compose puts their values in.

use std::{collections::BTreeMap, fmt};

/// Values of variables by their names. Shown without the values, which may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

/// Why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A variable has no value; nothing stands in its place.
    Unset(String),
    /// A variable has no value, and the text says that it must have one.
    Required(String),
    /// This is not how a variable is named.
    Malformed(String),
}

/// A text with its variables put in, and the first thing that is the matter with it.
pub(crate) type Filled = (String, Option<Trouble>);

/// Defaults in defaults; people write two levels.
const DEPTH: usize = 8;

/// Far more than any name or path has.
const LONGEST: usize = 64 * 1024;

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Variables {
    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// These, and of `others` those that have no value here.
    pub(crate) fn or(&self, others: Self) -> Self {
        let mut all = others.0;
        all.extend(self.0.clone());
        Self(all)
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    pub(crate) fn insert(&mut self, name: String, value: String) {
        self.0.insert(name, value);
    }
}

/// `text` with the values of its variables, `value` telling them.
pub(crate) fn fill(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Filled {
    let mut filling = Filling { value, trouble: None };
    let filled = filling.fill(text, 0);
    (filled, filling.trouble)
}

struct Filling<'a> {
    value: &'a dyn Fn(&str) -> Option<String>,
    trouble: Option<Trouble>,
}

impl Filling<'_> {
    fn fill(&mut self, text: &str, depth: usize) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix('$') {
                out.push('$');
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix('{') {
                let Some(end) = closing(behind).filter(|_| depth < DEPTH) else {
                    self.note(Trouble::Malformed(format!("${rest}")));
                    return out;
                };
                let value = self.braced(&behind[..end], depth);
                out.push_str(&value);
                rest = &behind[end + 1..];
            } else {
                let name = &rest[..name_length(rest)];
                if name.is_empty() {
                    out.push('$');
                } else {
                    let value = self.plain(name);
                    out.push_str(&value);
                    rest = &rest[name.len()..];
                }
            }
            if out.len() > LONGEST {
                self.note(Trouble::Malformed("it is too long".to_owned()));
                return out;
            }
        }
        out + rest
    }

    /// What stands between the braces.
    fn braced(&mut self, inside: &str, depth: usize) -> String {
        let (name, rest) = inside.split_at(name_length(inside));
        let malformed = |this: &mut Self| {
            this.note(Trouble::Malformed(format!("${{{inside}}}")));
            String::new()
        };
        if name.is_empty() {
            return malformed(self);
        }
        let (colon, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let value = (self.value)(name).filter(|value| !colon || !value.is_empty());
        match (rest.chars().next(), value) {
            (None, _) if !colon => self.plain(name),
            (Some('-' | '?'), Some(value)) => value,
            (Some('?'), None) => {
                self.note(Trouble::Required(name.to_owned()));
                String::new()
            }
            (Some('-'), None) | (Some('+'), Some(_)) => self.fill(&rest[1..], depth + 1),
            (Some('+'), None) => String::new(),
            (None | Some(_), _) => malformed(self),
        }
    }

    fn plain(&mut self, name: &str) -> String {
        (self.value)(name).unwrap_or_else(|| {
            self.note(Trouble::Unset(name.to_owned()));
            String::new()
        })
    }

    /// What cannot be mended outweighs what is only empty.
    fn note(&mut self, trouble: Trouble) {
        match (&self.trouble, &trouble) {
            (Some(Trouble::Required(_) | Trouble::Malformed(_)), _) | (Some(_), Trouble::Unset(_)) => {}
            (None | Some(Trouble::Unset(_)), _) => self.trouble = Some(trouble),
        }
    }
}

/// Where the brace ends that was just opened.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1_usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

fn name_length(text: &str) -> usize {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    match text.bytes().next() {
        Some(first) if is_first(first) => text.bytes().take_while(is_part).count(),
        Some(_) | None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Filled {
        fill(text, &|name| match name {
            "A" => Some("a".to_owned()),
            "E" => Some(String::new()),
            _ => None,
        })
    }

    #[test]
    fn every_form_of_compose_is_filled_in() {
        for (text, value) in [
            ("plain", "plain"),
            ("$A/${A}", "a/a"),
            ("$$A", "$A"),
            ("${A:-x}${E:-x}${N:-x}", "axx"),
            ("${A-x}${E-x}${N-x}", "ax"),
            ("${A:+x}${E:+x}${N:+x}", "x"),
            ("${A+x}${E+x}${N+x}", "xx"),
            ("${N:-reg/${M:-m}:${A}}", "reg/m:a"),
            ("${A:?no}${A?no}${E?no}", "aa"),
            ("5$ and $-x", "5$ and $-x"),
            ("${N:-}", ""),
        ] {
            assert_eq!(filled(text), (value.to_owned(), None), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_is_told() {
        let unset = |name: &str| Some(Trouble::Unset(name.to_owned()));
        assert_eq!(filled("x:${N}-$M"), ("x:-".to_owned(), unset("N")));
        let required = Some(Trouble::Required("E".to_owned()));
        assert_eq!(filled("$N${E:?it is needed}").1, required);
        for text in ["${", "${A", "${1}", "${A:}", "${A:=b}", "${}", "${A b}"] {
            assert!(matches!(filled(text).1, Some(Trouble::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = "${N:-".repeat(1000) + &"}".repeat(1000);
        assert!(matches!(filled(&deep).1, Some(Trouble::Malformed(_))));
        let (long, trouble) = fill(&"$A".repeat(1000), &|_| Some("x".repeat(1000)));
        assert!(long.len() <= LONGEST + 1000 && trouble.is_some());
    }

    #[test]
    fn values_are_not_shown() {
        let variables = Variables::from_iter([("TOKEN".to_owned(), "secret".to_owned())]);
        assert_eq!(format!("{variables:?}"), r#"{"TOKEN"}"#);
    }
}
