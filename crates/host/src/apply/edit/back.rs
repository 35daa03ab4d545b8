//! One key of a JSON object given its value of before, in a text that was changed otherwise since.

use serde_json::Value;

use super::{BYTE_ORDER_MARK, Entry, entries, spliced, word};

/// What taking one key back does to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::apply) enum Back {
    /// The key has its value of before already.
    Already,
    /// The whole text, with that one key as it was.
    Text(Vec<u8>),
    /// The key has another value than was written, or the text has another form.
    NotOurs,
}

/// Takes `key` back to what it is in `before`, if `now` still has the value that was `written`.
pub(in crate::apply) fn take_back(now: &[u8], before: &[u8], key: &str, written: bool) -> Back {
    let now = now.strip_prefix(BYTE_ORDER_MARK).unwrap_or(now);
    let before = before.strip_prefix(BYTE_ORDER_MARK).unwrap_or(before);
    let (Some(there), Some(old)) = (object(now), object(before)) else {
        return Back::NotOurs;
    };
    let (Ok(found), Ok(earlier)) = (only(&there, key), only(&old, key)) else {
        return Back::NotOurs;
    };
    let value_of = |text: &[u8], at: usize, entries: &[Entry]| text[entries[at].value.clone()].to_vec();
    let value = found.map(|at| value_of(now, at, &there));
    let wanted = earlier.map(|at| value_of(before, at, &old));
    if value == wanted {
        return Back::Already;
    }
    let (Some(at), true) = (found, value.as_deref() == Some(word(written))) else {
        return Back::NotOurs;
    };
    let text = match wanted {
        Some(wanted) => spliced(now, there[at].value.clone(), &wanted),
        None => without(now, &there, at),
    };
    if is_same_but(now, &text, &there[at].name) {
        Back::Text(text)
    } else {
        Back::NotOurs
    }
}

fn object(text: &[u8]) -> Option<Vec<Entry>> {
    serde_json::from_slice::<Value>(text).ok()?;
    entries(text)
}

/// Where the key stands, in whatever case; an error when it does so twice.
fn only(entries: &[Entry], key: &str) -> Result<Option<usize>, ()> {
    let mut named = (0..entries.len()).filter(|at| entries[*at].name.eq_ignore_ascii_case(key));
    match (named.next(), named.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(()),
    }
}

/// The text without the entry at `at`, and without one of the commas beside it.
fn without(text: &[u8], entries: &[Entry], at: usize) -> Vec<u8> {
    let entry = &entries[at];
    let range = match (at.checked_sub(1), entries.get(at + 1)) {
        (Some(last), _) => entries[last].value.end..entry.value.end,
        (None, Some(next)) => entry.start..next.start,
        (None, None) => entry.start..entry.value.end,
    };
    spliced(text, range, b"")
}

/// That nothing else changed is not believed of the code above, but seen.
fn is_same_but(one: &[u8], other: &[u8], key: &str) -> bool {
    let rest = |text: &[u8]| match serde_json::from_slice(text) {
        Ok(Value::Object(mut object)) => {
            object.remove(key);
            Some(object)
        }
        Ok(_) | Err(_) => None,
    };
    let (one, other) = (rest(one), rest(other));
    one.is_some() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_key_goes_back_and_only_where_it_is_as_it_was_written() {
        let cases = [
            (
                "{\"K\":false}",
                "{\n \"N\": [1],\n \"k\": true\n}",
                Some("{\n \"N\": [1],\n \"k\": false\n}"),
            ),
            (
                "{\"K\":null}",
                "{\"k\":true,\"n\":1}",
                Some("{\"k\":null,\"n\":1}"),
            ),
            ("{}", "{\"K\":true,\"n\":1}", Some("{\"n\":1}")),
            (
                "{\"a\":1}",
                "{\"a\":2, \"K\":true , \"n\":1}",
                Some("{\"a\":2 , \"n\":1}"),
            ),
            ("{}", "{ \"K\":true }", Some("{  }")),
            ("{\"K\":false}", "{\"K\":\"x\"}", None),
            ("{\"K\":null}", "{\"K\":false}", None),
            ("{\"K\":false}", "{\"K\":true,\"k\":true}", None),
            ("{\"K\":false}", "{\"n\":1}", None),
            ("{\"K\":false}", "{\"K\":true", None),
        ];
        for (before, now, after) in cases {
            let back = take_back(now.as_bytes(), before.as_bytes(), "K", true);
            let expected = after.map_or(Back::NotOurs, |text| Back::Text(text.into()));
            assert_eq!(back, expected, "{now}");
        }
        let already = take_back(b"{\"n\":1,\"k\":false}", b"{\"K\":false}", "K", true);
        assert_eq!(already, Back::Already);
    }
}
