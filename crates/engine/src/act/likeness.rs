//! Whether a container is the one that a re-run asked for: its id may not have been written down, and a name is anybody's.

use serde_json::{Map, Value};

use crate::Inspection;

/// Fields that tell containers apart, as the request has them; the engine takes each over as it is.
const SAID: [&str; 5] = ["/Image", "/Cmd", "/WorkingDir", "/User", "/HostConfig/AutoRemove"];

/// Fields whose parts come in any order.
const SETS: [&str; 3] = ["/Env", "/Labels", "/HostConfig/Binds"];

/// What the container that is made of this request is recognised by.
pub(super) fn of_request(request: &Value) -> Value {
    let fields = SAID.iter().chain(&SETS);
    let said = fields.filter_map(|field| Some(((*field).to_owned(), request.pointer(field)?.clone())));
    let said = said.filter(|(_, value)| !value.is_null());
    Value::Object(said.collect::<Map<_, _>>())
}

/// Whether `container` can be the one that was recognised so when it was asked for.
pub(super) fn is_like(container: &Inspection, likeness: &Value) -> bool {
    let Some(said) = likeness.as_object().filter(|said| !said.is_empty()) else {
        return false;
    };
    said.iter().all(|(field, asked)| {
        let place = if field.starts_with("/HostConfig") {
            field.clone()
        } else {
            format!("/Config{field}")
        };
        let made = container.json().pointer(&place).unwrap_or(&Value::Null);
        parts(made) == parts(asked)
    })
}

/// The parts of a list of words in one order; nothing is the same as an empty one.
fn parts(value: &Value) -> Value {
    match value {
        Value::Null => Value::Array(Vec::new()),
        Value::Object(parts) if parts.is_empty() => Value::Array(Vec::new()),
        Value::Array(all) => {
            let mut all = all.clone();
            all.sort_by_key(ToString::to_string);
            Value::Array(all)
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_is_recognised_by_what_was_asked_for() {
        let request = json!({
            "Image": "acme@sha256:00", "Env": ["A=1", "B=2"], "Cmd": ["serve"], "Labels": {}, "User": null,
            "HostConfig": {"Binds": ["v:/data"], "AutoRemove": true}
        });
        let likeness = of_request(&request);
        let made = json!({
            "Config": {"Image": "acme@sha256:00", "Env": ["B=2", "A=1"], "Cmd": ["serve"], "Labels": null, "User": "0"},
            "HostConfig": {"Binds": ["v:/data"], "AutoRemove": true}
        });
        let is_it = |made: &Value| is_like(&Inspection::from_json(made.clone()), &likeness);
        assert!(is_it(&made));
        for (place, value) in [
            ("/Config/Env", json!(["A=1", "B=2", "PRECIOUS=1"])),
            ("/Config/Image", json!("acme:1")),
            ("/Config/Labels", json!({"who": "stranger"})),
            ("/HostConfig/Binds", json!(null)),
        ] {
            let mut other = made.clone();
            *other.pointer_mut(place).expect("it is there") = value;
            assert!(!is_it(&other), "{place}");
        }
        assert!(
            !is_like(&Inspection::from_json(made), &json!({})),
            "nothing was asked for"
        );
    }
}
