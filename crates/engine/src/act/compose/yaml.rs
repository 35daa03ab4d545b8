//! YAML of tables, lists and quoted texts, which no reader takes for anything else.

use std::fmt::Write as _;

use serde_json::Value;

/// What some reader of YAML takes for a truth value or for nothing.
const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// A whole file. Texts, but not names, are written so that Compose puts nothing in their place.
pub(super) fn file(value: &Value) -> String {
    let mut text = String::new();
    table(&mut text, value, 0);
    text
}

fn table(text: &mut String, value: &Value, depth: usize) {
    for (name, value) in value.as_object().into_iter().flatten() {
        indent(text, depth);
        text.push_str(&key(name));
        text.push(':');
        below(text, value, depth + 1);
    }
}

/// What follows a name or a dash.
fn below(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            table(text, value, depth);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            for entry in list {
                indent(text, depth);
                text.push('-');
                below(text, entry, depth + 1);
            }
        }
        Value::String(said) => {
            text.push(' ');
            text.push_str(&quoted(&said.replace('$', "$$")));
            text.push('\n');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            // Writing to a text cannot fail.
            let _written = writeln!(text, " {value}");
        }
    }
}

fn indent(text: &mut String, depth: usize) {
    text.push_str(&"  ".repeat(depth));
}

fn key(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    let begins = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    if begins && name.chars().all(is_plain) && !RESERVED.contains(&name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// In double quotes, with everything escaped that is not a letter in YAML.
fn quoted(said: &str) -> String {
    let mut text = String::with_capacity(said.len() + 2);
    text.push('"');
    for letter in said.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            letter if is_strange(letter) => {
                let _written = write!(text, "\\u{:04x}", u32::from(letter));
            }
            letter => text.push(letter),
        }
    }
    text.push('"');
    text
}

/// Control characters, other ends of lines, and what is no character at all.
fn is_strange(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_is_misread() {
        let value = json!({"services": {"no": {"a": ["x: y", {"b": 1, "c": true}], "e": [], "l": {"a $b": "$c\n\u{85}\u{1b}\"\\"}}}});
        let text = "services:\n  \"no\":\n    a:\n      - \"x: y\"\n      -\n        b: 1\n        c: true\n    \
            e: []\n    l:\n      \"a $b\": \"$$c\\n\\u0085\\u001b\\\"\\\\\"\n";
        assert_eq!(file(&value), text);
    }
}
