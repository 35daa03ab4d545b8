//! Goes through a file from top to bottom, and knows the variables and the folder at each place.

use std::collections::HashSet;

use super::{
    Dockerfile, Pin,
    expand::{Quotes, word},
    instruction::{Instruction, Keyword},
    quoted,
    scope::{AUTOMATIC, HOLE, Scope, Trust, Value},
    stage::{Base, Stage, arguments},
};

/// One instruction, and what holds where it stands.
pub(crate) struct Here<'a> {
    /// Which stage.
    pub(crate) stage: usize,
    pub(crate) instruction: &'a Instruction,
    pub(crate) scope: &'a Scope,
    /// The working folder; `None` where it is not known.
    pub(crate) folder: Option<&'a str>,
}

/// What a stage leaves to one that begins with it.
#[derive(Clone, Debug, Default)]
struct State {
    scope: Scope,
    folder: Option<String>,
}

/// Shows each instruction of each stage.
pub(crate) fn walk(file: &Dockerfile, mut see: impl FnMut(&Here)) {
    let escape = file.escape();
    let mut head = Scope::default();
    for argument in &file.head {
        arguments(argument, escape, &mut head);
    }
    let is_base = |index: usize| file.stages.iter().any(|stage| stage.base == Base::Stage(index));
    let mut ends: Vec<Option<State>> = Vec::new();
    for (index, stage) in file.stages.iter().enumerate() {
        let mut state = begin(stage, &ends);
        for instruction in &stage.instructions {
            see(&Here {
                stage: index,
                instruction,
                scope: &state.scope,
                folder: state.folder.as_deref(),
            });
            step(instruction, escape, &head, &mut state);
        }
        ends.push(is_base(index).then_some(state));
    }
}

fn begin(stage: &Stage, ends: &[Option<State>]) -> State {
    match &stage.base {
        Base::Stage(index) => ends.get(*index).cloned().flatten().unwrap_or_default(),
        Base::Scratch => State {
            folder: Some("/".to_owned()),
            ..State::default()
        },
        // The image may say where it works.
        Base::Image(_) | Base::Unknown => State::default(),
    }
}

fn step(instruction: &Instruction, escape: char, head: &Scope, state: &mut State) {
    match instruction.keyword {
        Keyword::Arg => declare(instruction, escape, head, &mut state.scope),
        Keyword::Env => {
            let pairs = pairs(instruction.text.as_str(), escape);
            let values: Vec<_> = pairs
                .iter()
                .map(|(_, raw)| value(raw, escape, &state.scope))
                .collect();
            for ((name, raw), value) in pairs.iter().zip(values) {
                let text = &instruction.text;
                let at = text.as_str().find(raw.as_str()).unwrap_or_default();
                state.scope.note(name, raw, text.line_at(at));
                state.scope.set(name, value);
            }
        }
        Keyword::Workdir => {
            let folder = word(
                instruction.text.as_str(),
                escape,
                Quotes::Off,
                &state.scope,
                Trust::Defaults,
            );
            state.folder = joined(state.folder.as_deref(), &folder);
        }
        Keyword::Add
        | Keyword::Cmd
        | Keyword::Copy
        | Keyword::Entrypoint
        | Keyword::Expose
        | Keyword::From
        | Keyword::Healthcheck
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Run
        | Keyword::Shell
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Volume => {}
    }
}

/// A constant where all of it is, else a default where that is known.
fn value(raw: &str, escape: char, scope: &Scope) -> Value {
    let sure = word(raw, escape, Quotes::Off, scope, Trust::Constants);
    if !sure.contains(HOLE) {
        return Value::Constant(sure);
    }
    let usual = word(raw, escape, Quotes::Off, scope, Trust::Defaults);
    // A value with an unknown part may still hold an architecture in the known one.
    if usual == sure {
        Value::Constant(sure)
    } else {
        Value::Default(usual)
    }
}

/// An `ARG` in a stage. An `ENV` of the same name wins over it.
fn declare(instruction: &Instruction, escape: char, head: &Scope, scope: &mut Scope) {
    for raw in quoted::words(instruction.text.as_str(), escape) {
        let (name, default) = match raw.split_once('=') {
            Some((name, value)) => (
                name,
                Some(word(value, escape, Quotes::Off, scope, Trust::Defaults)),
            ),
            None => (raw, None),
        };
        if matches!(scope.get(name), Some(Value::Constant(_))) {
            continue;
        }
        let is_automatic = AUTOMATIC.contains(&name);
        match default {
            Some(_) => scope.note(name, raw, instruction.line),
            None => scope.inherit(name, head),
        }
        let value = match default {
            Some(text) if !is_automatic => Value::Default(text),
            None if !is_automatic => head.get(name).cloned().unwrap_or(Value::Unknown),
            Some(_) | None => Value::Unknown,
        };
        scope.set(name, value);
    }
}

/// What an `ENV` sets: `A=1 B="2 3"`, or the old form `A the whole rest`.
pub(crate) fn pairs(text: &str, escape: char) -> Vec<(String, String)> {
    let first = quoted::words(text, escape).next().unwrap_or_default();
    if !first.contains('=') {
        let rest = text.get(first.len()..).unwrap_or_default().trim();
        return vec![(first.to_owned(), rest.to_owned())];
    }
    quoted::words(text, escape)
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// `path` in the image, seen from `folder`; without a slash at its end. `None` where it is not known.
pub(crate) fn joined(folder: Option<&str>, path: &str) -> Option<String> {
    if path.contains(HOLE) {
        return None;
    }
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", folder?)
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

/// The images that are named by their digest.
pub(crate) fn pins(file: &Dockerfile) -> Vec<Pin> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut note = |line: u32, image: &str| {
        let is_pin = image.contains("@sha256:") && !image.contains([HOLE, '$']);
        if is_pin && seen.insert((line, image.to_owned())) {
            found.push(Pin {
                line,
                reference: image.to_owned(),
            });
        }
    };
    for stage in &file.stages {
        if let Base::Image(image) = &stage.base {
            note(stage.line, image);
        }
        for instruction in &stage.instructions {
            if let Some(image) = instruction.flag("from") {
                note(instruction.line, image);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_folders_are_known_at_each_place() {
        let text = "ARG G=1\nFROM a AS one\nENV A=x B=\"$A y\"\nARG G\nARG P=p\nENV Q=${P}q OLD=\nWORKDIR /w\n\
                    WORKDIR sub/../two\nRUN 1\nFROM one\nENV N some  words\nRUN 2\nFROM b\nWORKDIR rel\nRUN 3";
        let file = Dockerfile::parse(text.as_bytes()).expect("it is whole");
        let mut seen = Vec::new();
        walk(&file, |here| {
            if here.instruction.keyword == Keyword::Run {
                let get = |name: &str| here.scope.get(name).cloned();
                let values = ["A", "B", "G", "P", "Q", "N"].map(get);
                seen.push((here.stage, here.folder.map(ToOwned::to_owned), values));
            }
        });
        let constant = |text: &str| Some(Value::Constant(text.to_owned()));
        let default = |text: &str| Some(Value::Default(text.to_owned()));
        let (stage, folder, values) = seen[0].clone();
        assert_eq!((stage, folder.as_deref()), (0, Some("/w/two")));
        // All of one `ENV` sees what was before it.
        let expected = [
            constant("x"),
            constant(" y"),
            default("1"),
            default("p"),
            default("pq"),
        ];
        assert_eq!(values[..5], expected);
        assert_eq!(seen[1].1.as_deref(), Some("/w/two"));
        assert_eq!(seen[1].2[5], constant("some  words"));
        assert_eq!((seen[2].1.as_deref(), seen[2].2[0].clone()), (None, None));
    }

    #[test]
    fn images_by_digest_are_found() {
        let text = "ARG D=@sha256:aa\nFROM x@sha256:bb\nCOPY --from=y@sha256:cc /a /b\nFROM z$D\nFROM q:1";
        let file = Dockerfile::parse(text.as_bytes()).expect("it is whole");
        let pins: Vec<_> = pins(&file)
            .into_iter()
            .map(|pin| (pin.line, pin.reference))
            .collect();
        let expected = [(2, "x@sha256:bb"), (3, "y@sha256:cc"), (4, "z@sha256:aa")];
        assert_eq!(pins, expected.map(|(line, image)| (line, image.to_owned())));
    }
}
