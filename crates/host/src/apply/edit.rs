//! One key of a JSON object set to a value, and every other byte left as it was.

mod back;

use std::ops::Range;

use serde_json::Value;

pub(super) use back::{Back, take_back};

/// What a byte order mark is in UTF-8; Docker Desktop refuses a file that begins with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why a text is not edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotEdited {
    /// It is no JSON object, or holds something else than `true`, `false` or `null` at the key.
    OtherForm,
    /// It has the key more than once.
    Twice,
}

/// A text with one value changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edited {
    /// The key as the text spells it.
    pub(super) key: String,
    /// Its value before; `None` where the key was not there, or `null`.
    pub(super) from: Option<bool>,
    /// The whole text afterwards, without a byte order mark.
    pub(super) text: Vec<u8>,
    /// Whether a byte order mark was left out.
    pub(super) had_mark: bool,
}

/// Sets `key`, in whatever case the text spells it, to `value`. `key` begins with a capital.
///
/// A key that is not there is added at the end, in the case and with the spaces of the one before it.
pub(super) fn set(text: &[u8], key: &str, value: bool) -> Result<Edited, NotEdited> {
    let had_mark = text.starts_with(BYTE_ORDER_MARK);
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let before: Value = serde_json::from_slice(text).map_err(|_| NotEdited::OtherForm)?;
    let entries = entries(text).ok_or(NotEdited::OtherForm)?;
    let mut named = entries
        .iter()
        .filter(|entry| entry.name.eq_ignore_ascii_case(key));
    let (found, more) = (named.next(), named.next());
    if more.is_some() {
        return Err(NotEdited::Twice);
    }
    let (spelled, from, new) = if let Some(entry) = found {
        let from = switch(&text[entry.value.clone()])?;
        (
            entry.name.clone(),
            from,
            spliced(text, entry.value.clone(), word(value)),
        )
    } else {
        let spelled = spelling(key, &entries);
        let (place, addition) = addition(text, &entries, &spelled, value);
        (spelled, None, spliced(text, place..place, &addition))
    };
    if !differs_only_in(&before, &new, &spelled, value) {
        return Err(NotEdited::OtherForm);
    }
    Ok(Edited {
        key: spelled,
        from,
        text: new,
        had_mark,
    })
}

/// Names of what two JSON objects do not have in common, but for `key`; `None` when one is no object.
pub(super) fn differences(one: &[u8], other: &[u8], key: &str) -> Option<Vec<String>> {
    let object = |text: &[u8]| {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        match serde_json::from_slice(text) {
            Ok(Value::Object(object)) => Some(object),
            Ok(_) | Err(_) => None,
        }
    };
    let (one, other) = (object(one)?, object(other)?);
    let changed = one.iter().filter(|(name, value)| other.get(*name) != Some(value));
    let added = other.iter().filter(|(name, _)| !one.contains_key(*name));
    let names = changed.chain(added).map(|(name, _)| name.clone());
    Some(names.filter(|name| !name.eq_ignore_ascii_case(key)).collect())
}

struct Entry {
    name: String,
    /// Where the key begins, with its quote.
    start: usize,
    /// Where its quote ends.
    key_end: usize,
    value: Range<usize>,
}

/// The entries of the object in `text`, which is valid JSON; `None` when it holds no object.
fn entries(text: &[u8]) -> Option<Vec<Entry>> {
    let mut at = skip_space(text, 0);
    if text.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(text, at + 1);
    let mut entries = Vec::new();
    while text.get(at) == Some(&b'"') {
        let (start, key_end) = (at, string_end(text, at)?);
        let name = serde_json::from_slice(text.get(start..key_end)?).ok()?;
        let colon = skip_space(text, key_end);
        let from = skip_space(text, colon + 1);
        let end = value_end(text, from)?;
        entries.push(Entry {
            name,
            start,
            key_end,
            value: from..end,
        });
        at = skip_space(text, end);
        if text.get(at) == Some(&b',') {
            at = skip_space(text, at + 1);
        }
    }
    Some(entries)
}

fn skip_space(text: &[u8], from: usize) -> usize {
    let space = text
        .iter()
        .skip(from)
        .take_while(|byte| byte.is_ascii_whitespace());
    from + space.count()
}

/// The place after the string that begins at `from`.
fn string_end(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The place after the value that begins at `from`.
fn value_end(text: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut depth) = (from, 0_usize);
    loop {
        let end = match text.get(at) {
            Some(b'"') => string_end(text, at)?,
            Some(b'{' | b'[') => {
                depth += 1;
                at + 1
            }
            Some(b'}' | b']') if depth > 0 => {
                depth -= 1;
                at + 1
            }
            Some(byte) if depth == 0 && (b",}]".contains(byte) || byte.is_ascii_whitespace()) => {
                return Some(at);
            }
            Some(_) => at + 1,
            None => return None,
        };
        at = end;
        let closed = matches!(text.get(end - 1), Some(b'}' | b']' | b'"'));
        if depth == 0 && closed {
            return Some(end);
        }
    }
}

/// `null` is how the older files write "not set".
fn switch(value: &[u8]) -> Result<Option<bool>, NotEdited> {
    match value {
        b"true" => Ok(Some(true)),
        b"false" => Ok(Some(false)),
        b"null" => Ok(None),
        _ => Err(NotEdited::OtherForm),
    }
}

fn word(value: bool) -> &'static [u8] {
    if value { b"true" } else { b"false" }
}

/// In small letters at its start where most of the other keys are written so.
fn spelling(key: &str, entries: &[Entry]) -> String {
    let small = entries
        .iter()
        .filter(|entry| entry.name.starts_with(|it: char| it.is_ascii_lowercase()));
    match key.split_at_checked(1) {
        Some((first, rest)) if small.count() * 2 > entries.len() => first.to_ascii_lowercase() + rest,
        Some(_) | None => key.to_owned(),
    }
}

/// Where a new key goes, and how it is written there.
fn addition(text: &[u8], entries: &[Entry], key: &str, value: bool) -> (usize, Vec<u8>) {
    let quoted = format!("\"{key}\"").into_bytes();
    let Some(last) = entries.last() else {
        let place = skip_space(text, 0) + 1;
        return (place, [b"\n  ", &*quoted, b": ", word(value), b"\n"].concat());
    };
    let gap_start = match entries.len() {
        1 => skip_space(text, 0) + 1,
        more => entries[more - 2].value.end,
    };
    let gap: Vec<u8> = text[gap_start..last.start]
        .iter()
        .copied()
        .filter(u8::is_ascii_whitespace)
        .collect();
    let colon = &text[last.key_end..last.value.start];
    (
        last.value.end,
        [b",", &*gap, &*quoted, colon, word(value)].concat(),
    )
}

fn spliced(text: &[u8], place: Range<usize>, new: &[u8]) -> Vec<u8> {
    [&text[..place.start], new, &text[place.end..]].concat()
}

/// That nothing else changed is not believed of the code above, but seen.
fn differs_only_in(before: &Value, new: &[u8], key: &str, value: bool) -> bool {
    let (Ok(Value::Object(mut after)), Value::Object(before)) = (serde_json::from_slice(new), before) else {
        return false;
    };
    let mut before = before.clone();
    let is_set = after.remove(key) == Some(Value::Bool(value));
    before.remove(key);
    is_set && before == after
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "UseVirtualizationFrameworkRosetta";

    fn edited(text: &str, value: bool) -> Result<(String, Option<bool>), NotEdited> {
        let edited = set(text.as_bytes(), KEY, value)?;
        Ok((String::from_utf8(edited.text).expect("text"), edited.from))
    }

    #[test]
    fn only_the_value_changes_whatever_stands_around_it() {
        let cases = [
            (
                "{\"UseVirtualizationFrameworkRosetta\": false}",
                "{\"UseVirtualizationFrameworkRosetta\": true}",
            ),
            (
                "\r\n{ \"a\":\"}\\\"{\" ,\t\"useVirtualizationFrameworkRosetta\" :\nnull , \"z\":[1e400000,{\"b\":[]}] }\n\n",
                "",
            ),
            (
                "{\"\\u0055seVirtualizationFrameworkRosetta\":false,\"n\":10000000000000000000000001}",
                "{\"\\u0055seVirtualizationFrameworkRosetta\":true,\"n\":10000000000000000000000001}",
            ),
        ];
        assert_eq!(edited(cases[0].0, true), Ok((cases[0].1.to_owned(), Some(false))));
        assert_eq!(edited(cases[2].0, true), Ok((cases[2].1.to_owned(), Some(false))));
        assert_eq!(
            edited(cases[1].0, true),
            Err(NotEdited::OtherForm),
            "no number is so large"
        );
        let odd = cases[1].0.replace("1e400000", "1.50");
        let (text, from) = edited(&odd, true).expect("it is an object");
        assert_eq!((text, from), (odd.replace("null", "true"), None));
    }

    #[test]
    fn an_absent_key_is_added_in_the_style_of_the_others() {
        let cases = [
            (
                "{\n  \"AutoStart\": false,\n  \"Cpus\": 4\n}\n",
                "{\n  \"AutoStart\": false,\n  \"Cpus\": 4,\n  \"UseVirtualizationFrameworkRosetta\": true\n}\n",
            ),
            (
                "{\r\n\t\"autoStart\" : false,\r\n\t\"cpus\" : {\"a\":[]}\r\n}",
                "{\r\n\t\"autoStart\" : false,\r\n\t\"cpus\" : {\"a\":[]},\r\n\t\"useVirtualizationFrameworkRosetta\" : true\r\n}",
            ),
            (
                "{\"Cpus\":4}",
                "{\"Cpus\":4,\"UseVirtualizationFrameworkRosetta\":true}",
            ),
            ("{}", "{\n  \"UseVirtualizationFrameworkRosetta\": true\n}"),
        ];
        for (before, after) in cases {
            assert_eq!(edited(before, true), Ok((after.to_owned(), None)));
        }
    }

    #[test]
    fn a_mark_is_left_out_and_said() {
        let text = b"\xef\xbb\xbf{\"UseVirtualizationFrameworkRosetta\":true}";
        let edited = set(text, KEY, false).expect("it is an object");
        assert!(edited.had_mark);
        assert_eq!(edited.text, b"{\"UseVirtualizationFrameworkRosetta\":false}");
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        let twice = "{\"useVirtualizationFrameworkRosetta\":true,\"UseVirtualizationFrameworkRosetta\":true}";
        assert_eq!(edited(twice, false), Err(NotEdited::Twice));
        for text in [
            "",
            "[]",
            "3",
            "{",
            "{\"UseVirtualizationFrameworkRosetta\":\"true\"}",
            "{\"UseVirtualizationFrameworkRosetta\":{\"value\":true}}",
            "{\"a\":1}}",
            "{\"a\":1 /* comment */}",
        ] {
            assert_eq!(edited(text, true), Err(NotEdited::OtherForm), "{text}");
        }
    }

    #[test]
    fn whatever_the_bytes_are_it_is_refused_or_one_key_changes() {
        let whole =
            "{ \"a\\\"}\" : [1,{\"b\":\"]\"}],\r\n\t\"useVirtualizationFrameworkRosetta\":false,\"c\":{} }";
        let odd = *b"{}[]\",:\\ \n\x00\xff0tn";
        for at in 0..whole.len() {
            let mut texts = vec![whole.as_bytes()[..at].to_vec(), whole.as_bytes()[at..].to_vec()];
            for byte in odd {
                let mut text = whole.as_bytes().to_vec();
                text[at] = byte;
                texts.push(text.clone());
                text[at] = whole.as_bytes()[at];
                text.insert(at, byte);
                texts.push(text);
            }
            for text in texts {
                let Ok(edited) = set(&text, KEY, true) else {
                    continue;
                };
                assert_eq!(
                    differences(&text, &edited.text, KEY),
                    Some(Vec::new()),
                    "{text:?}"
                );
                let back = set(&edited.text, KEY, false).expect("it was edited before");
                assert_eq!(back.from, Some(true));
            }
        }
    }

    #[test]
    fn differences_are_told_by_their_keys_and_not_by_their_order() {
        let one = b"{\"a\":1,\"b\":2,\"UseVirtualizationFrameworkRosetta\":true}";
        let other = b"{ \"b\": 2, \"a\": 1, \"useVirtualizationFrameworkRosetta\": false }";
        assert_eq!(differences(one, other, KEY), Some(Vec::new()));
        assert_eq!(
            differences(one, b"{\"a\":2,\"c\":3}", KEY),
            Some(vec!["a".into(), "b".into(), "c".into()])
        );
        assert_eq!(differences(one, b"{", KEY), None);
    }
}
