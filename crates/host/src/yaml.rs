//! YAML as runtimes write it and people edit it: text in, a value or the place of the fault out.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

/// The largest of these files, Lima's with every template in it, has some hundred values. An alias counts as all that it
/// stands for, so that a short text cannot unfold without end.
const VALUES: usize = 20_000;
/// Real ones are nested five deep.
const DEPTH: usize = 32;

/// Where the first fault is, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The first document of `text`; an empty text is `null`, as it is to every runtime.
///
/// A key that stands twice is a fault, as it is to the runtimes' own readers.
pub(crate) fn read(text: &str) -> Result<Value, Fault> {
    let mut builder = Builder::default();
    let mut place = Fault { line: 1, column: 1 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker();
            Fault {
                line: at.line(),
                column: at.col() + 1,
            }
        })?;
        place = Fault {
            line: span.start.line(),
            column: span.start.col() + 1,
        };
        let is_end = matches!(event, Event::DocumentEnd);
        builder.take(event).ok_or(place)?;
        if is_end {
            break;
        }
    }
    if builder.open.is_empty() {
        return Ok(builder.done.unwrap_or(Value::Null));
    }
    Err(place)
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    done: Option<Value>,
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
}

struct Open {
    holder: Holder,
    anchor: usize,
    /// How many values were there before it.
    before: usize,
}

enum Holder {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<String>),
}

impl Builder {
    /// `None` for what no file of a runtime has.
    fn take(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                let value = if is_plain {
                    plain(&text)
                } else {
                    Value::String(text.into_owned())
                };
                self.count(1)?;
                self.keep(anchor, &value, 1);
                self.put(value)
            }
            Event::SequenceStart(anchor, _) => self.open(Holder::List(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.open(Holder::Object(Map::new(), None), anchor),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                let (value, size) = self.anchors.get(&anchor)?.clone();
                self.count(size)?;
                self.put(value)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Some(()),
        }
    }

    fn open(&mut self, holder: Holder, anchor: usize) -> Option<()> {
        let before = self.values;
        self.count(1)?;
        self.open.push(Open {
            holder,
            anchor,
            before,
        });
        (self.open.len() <= DEPTH).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        let Open {
            holder,
            anchor,
            before,
        } = self.open.pop()?;
        let value = match holder {
            Holder::List(list) => Value::Array(list),
            Holder::Object(object, _) => Value::Object(object),
        };
        self.keep(anchor, &value, self.values - before);
        self.put(value)
    }

    fn count(&mut self, more: usize) -> Option<()> {
        self.values = self.values.checked_add(more)?;
        (self.values <= VALUES).then_some(())
    }

    /// Anchors are numbered from 1; 0 is none.
    fn keep(&mut self, anchor: usize, value: &Value, size: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size));
        }
    }

    fn put(&mut self, value: Value) -> Option<()> {
        match self.open.last_mut().map(|open| &mut open.holder) {
            None => {
                self.done = Some(value);
                Some(())
            }
            Some(Holder::List(list)) => {
                list.push(value);
                Some(())
            }
            Some(Holder::Object(object, key)) => match key.take() {
                None => {
                    *key = Some(key_of(value)?);
                    Some(())
                }
                Some(key) => object.insert(key, value).is_none().then_some(()),
            },
        }
    }
}

fn key_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(_) | Value::Number(_) | Value::Null => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// A word without quotes; `yes` and `off` are words, as they are to the readers that know YAML 1.2.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) => Value::Number(Number::from(number)),
            Err(_) => Value::String(text.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_write_is_read() {
        for (text, value) in [
            ("", Value::Null),
            ("# nothing\n", Value::Null),
            ("rosetta: true # on", json!({"rosetta": true})),
            (
                "a: {b: [1, ~, 'true']}\n...\nrest: [",
                json!({"a": {"b": [1, null, "true"]}}),
            ),
            ("a: &x {b: 1}\nc: *x", json!({"a": {"b": 1}, "c": {"b": 1}})),
            (
                "vmType: \"vz\"\r\ncpus: 4\r\n",
                json!({"vmType": "vz", "cpus": 4}),
            ),
            ("a: off\nb: 1.5", json!({"a": "off", "b": "1.5"})),
        ] {
            assert_eq!(read(text), Ok(value), "{text:?}");
        }
    }

    #[test]
    fn what_no_runtime_reads_is_a_fault_with_its_place() {
        for (text, line) in [
            ("rosetta: true\nrosetta: false", 2),
            ("a: [1, 2", 2),
            ("\"open", 1),
            ("a: *nowhere", 1),
            ("a: b: c", 1),
            ("{[1]: 2}", 1),
        ] {
            let fault = read(text).expect_err(text);
            assert!(
                fault.line <= line && fault.line > 0 && fault.column > 0,
                "{text:?} {fault:?}"
            );
        }
    }

    #[test]
    fn a_text_that_unfolds_without_end_is_a_fault() {
        let level = |n: usize| format!("l{n}: &l{n} [{}]\n", format!("*l{},", n - 1).repeat(9));
        let bomb = "l0: &l0 [1,1,1,1,1,1,1,1,1]\n".to_owned() + &(1..9).map(level).collect::<String>();
        assert!(read(&bomb).is_err());
        assert!(read(&"[".repeat(DEPTH + 1)).is_err());
        let wide = "a".to_owned() + &":\n- 1".repeat(VALUES);
        assert!(read(&wide).is_err());
    }
}
