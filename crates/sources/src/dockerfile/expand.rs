//! Variables in words, in the forms that Docker knows.

use super::scope::{HOLE, Scope, Trust, Value};

/// The longest result; what is longer is cut, and ends with something unknown.
const LONGEST: usize = 2048;

/// How deep one form may stand in another.
const DEPTH: u32 = 8;

/// Whether quotes are taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// Yes, and what is between single ones stays as it is.
    Off,
    /// They were before.
    Gone,
}

/// A word with its variables replaced. What is not known becomes [`HOLE`].
pub(crate) fn word(text: &str, escape: char, quotes: Quotes, scope: &Scope, trust: Trust) -> String {
    let mut expansion = Expansion {
        rest: text,
        escape,
        quotes,
        scope,
        trust,
    };
    let mut out = String::new();
    expansion.until(None, 0, &mut out);
    out
}

struct Expansion<'a> {
    rest: &'a str,
    escape: char,
    quotes: Quotes,
    scope: &'a Scope,
    trust: Trust,
}

impl Expansion<'_> {
    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next();
        self.rest = letters.as_str();
        letter
    }

    /// Up to `end`, which is taken, or to the end of all.
    fn until(&mut self, end: Option<char>, depth: u32, out: &mut String) {
        let mut quoted = false;
        while let Some(letter) = self.next() {
            if out.len() > LONGEST {
                out.push(HOLE);
                // What is left is read over, so that the brace that ends it is found.
                let mut rest = String::new();
                while let Some(letter) = self.next() {
                    if Some(letter) == end {
                        return;
                    }
                    rest.clear();
                }
                return;
            }
            match letter {
                _ if Some(letter) == end && !quoted => return,
                '\'' if self.quotes == Quotes::Off && !quoted => self.single(out),
                '"' if self.quotes == Quotes::Off => quoted = !quoted,
                '$' => self.variable(depth, out),
                '`' if self.escape != '`' => self.command('`', out),
                _ if letter == self.escape => out.extend(self.next()),
                _ => out.push(letter),
            }
        }
    }

    fn single(&mut self, out: &mut String) {
        while let Some(letter) = self.next().filter(|letter| *letter != '\'') {
            out.push(letter);
        }
    }

    /// What a shell would work out.
    fn command(&mut self, end: char, out: &mut String) {
        let mut open = 0_u32;
        while let Some(letter) = self.next() {
            match letter {
                _ if letter == end && open == 0 => break,
                '(' => open += 1,
                ')' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        out.push(HOLE);
    }

    fn variable(&mut self, depth: u32, out: &mut String) {
        match self.rest.chars().next() {
            Some('{') => {
                self.next();
                self.braced(depth, out);
            }
            Some('(') => {
                self.next();
                self.command(')', out);
            }
            Some(first) if first == '_' || first.is_ascii_alphabetic() => {
                let name = self.name();
                out.push_str(&self.value(&name).unwrap_or_default());
            }
            Some(first) if first.is_ascii_digit() || "@*#?$!-".contains(first) => {
                self.next();
                out.push(HOLE);
            }
            Some(_) | None => out.push('$'),
        }
    }

    fn name(&mut self) -> String {
        let is_part = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
        let length = self
            .rest
            .find(|letter| !is_part(letter))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        name.to_owned()
    }

    /// The value as far as it is believed; `None` where it is not set.
    fn value(&self, name: &str) -> Option<String> {
        match (self.scope.get(name), self.trust) {
            (None, _) => None,
            (Some(Value::Constant(text)), _) | (Some(Value::Default(text)), Trust::Defaults) => {
                Some(text.clone())
            }
            (Some(Value::Default(_)), Trust::Constants) | (Some(Value::Unknown), _) => Some(HOLE.to_string()),
        }
    }

    fn braced(&mut self, depth: u32, out: &mut String) {
        let name = self.name();
        let value = self.value(&name);
        let (mut form, mut other) = (String::new(), String::new());
        while let Some(letter) = self
            .rest
            .chars()
            .next()
            .filter(|letter| ":-+?=#%/^,@".contains(*letter))
        {
            self.next();
            form.push(letter);
            if !form.ends_with(':') || form.len() > 2 {
                break;
            }
        }
        if depth >= DEPTH {
            self.command('}', out);
            return;
        }
        if form.is_empty() && self.rest.starts_with('}') {
            self.next();
            out.push_str(&value.unwrap_or_default());
            return;
        }
        self.until(Some('}'), depth + 1, &mut other);
        let is_set = |value: &String| !form.starts_with(':') || !value.is_empty();
        let set = value.filter(is_set);
        match (form.as_str(), set) {
            (":-" | "-" | ":=" | "=", None) | (":+" | "+", Some(_)) => out.push_str(&other),
            (":-" | "-" | ":=" | "=" | ":?" | "?", Some(value)) => out.push_str(&value),
            (":+" | "+", None) => {}
            _ => out.push(HOLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::default();
        scope.set("C", Value::Constant("amd64".to_owned()));
        scope.set("D", Value::Default("x64".to_owned()));
        scope.set("E", Value::Constant(String::new()));
        scope.set("U", Value::Unknown);
        scope
    }

    #[test]
    fn every_form_is_expanded() {
        let cases = [
            ("a-$C.b", "a-amd64.b"),
            ("${C}", "amd64"),
            ("$D", "x64"),
            ("$N", ""),
            ("${N:-y}", "y"),
            ("${E:-y}", "y"),
            ("${E-y}", ""),
            ("${N-${C}}", "amd64"),
            ("${C:+y}", "y"),
            ("${N+y}", ""),
            ("${C:?why}", "amd64"),
            ("${N:?why}", "\u{1a}"),
            ("${U:-y}", "\u{1a}"),
            ("${C%64}", "\u{1a}"),
            ("${C//a/b}", "\u{1a}"),
            ("$(uname -m)x", "\u{1a}x"),
            ("$(a $(b) c)x", "\u{1a}x"),
            ("`arch`x", "\u{1a}x"),
            ("\\$C", "$C"),
            ("'$C'\"$C\"", "$Camd64"),
            ("a$", "a$"),
            ("${", "\u{1a}"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                word(text, '\\', Quotes::Off, &scope(), Trust::Defaults),
                expected,
                "{text}"
            );
        }
        assert_eq!(
            word("$D", '\\', Quotes::Off, &scope(), Trust::Constants),
            "\u{1a}"
        );
        assert_eq!(
            word("'$C'", '\\', Quotes::Gone, &scope(), Trust::Constants),
            "'amd64'"
        );
    }

    #[test]
    fn nothing_grows_without_end() {
        let mut scope = Scope::default();
        scope.set("A", Value::Constant("x".repeat(1000)));
        let long = word(&"$A".repeat(1000), '\\', Quotes::Off, &scope, Trust::Constants);
        assert!(long.len() < 2 * LONGEST && long.ends_with(HOLE));
        let deep = "${N:-".repeat(50_000);
        word(&deep, '\\', Quotes::Off, &scope, Trust::Constants);
    }
}
