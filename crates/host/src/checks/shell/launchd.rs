//! What property lists of launchd set for all programs of a session.

use std::io::Cursor;

use plist::{Dictionary, Value};

use super::{Effect, Subject, posix};
use crate::plist_file::XML_LIMIT;

/// What an agent starts.
const ARGUMENTS: &str = "ProgramArguments";
/// What it gives to what it starts, and to nothing else: it is left out.
const PROGRAM: &str = "launchctl";

/// What an agent sets by `launchctl setenv`, itself or in a line for a shell.
pub(super) fn effects(text: &str) -> Vec<Effect> {
    let Some(list) = dictionary_of(text) else {
        return Vec::new();
    };
    let words = list.get(ARGUMENTS).and_then(Value::as_array);
    let words: Vec<&str> = words.into_iter().flatten().filter_map(Value::as_string).collect();
    let program = words
        .iter()
        .position(|word| word.rsplit('/').next() == Some(PROGRAM));
    let own = program.and_then(|at| match words.get(at + 1..)? {
        ["setenv", name, value] => effect(name, value),
        _ => None,
    });
    let lines = words
        .iter()
        .filter(|word| word.contains("setenv") && word.contains(' '));
    let by_shell = lines.flat_map(|line| posix::effects(&line.replace("/bin/launchctl", PROGRAM)));
    // What is taken back in that shell ends with it.
    let by_shell = by_shell.filter(|effect| effect.value.is_some());
    let by_shell = by_shell.map(|effect| Effect { line: None, ..effect });
    own.into_iter().chain(by_shell).collect()
}

/// `environment.plist` of old: variables by their names.
pub(super) fn dictionary(text: &str) -> Vec<Effect> {
    let list = dictionary_of(text).unwrap_or_default();
    let pairs = list.iter();
    pairs
        .filter_map(|(name, value)| effect(name, value.as_string()?))
        .collect()
}

/// Only the XML form: agents that people write are text.
fn dictionary_of(text: &str) -> Option<Dictionary> {
    if text.len() > XML_LIMIT {
        return None;
    }
    Value::from_reader_xml(Cursor::new(text)).ok()?.into_dictionary()
}

fn effect(name: &str, value: &str) -> Option<Effect> {
    let subject = Subject::variable(name)?;
    (!value.is_empty()).then(|| Effect {
        line: None,
        subject,
        value: Some(value.to_owned()),
        always: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(arguments: &[&str]) -> String {
        let strings = arguments.join("</string><string>");
        format!(
            "<plist><dict><key>ProgramArguments</key><array><string>{strings}</string></array></dict></plist>"
        )
    }

    #[test]
    fn agents_that_set_variables_are_understood() {
        let value = |arguments: &[&str]| {
            let effects = effects(&agent(arguments));
            effects
                .first()
                .and_then(|it| Some((it.subject, it.value.clone()?)))
        };
        let expected = Some((Subject::Host, "unix:///x".to_owned()));
        assert_eq!(
            value(&["/bin/launchctl", "setenv", "DOCKER_HOST", "unix:///x"]),
            expected
        );
        let line = "/bin/launchctl setenv A b; /bin/launchctl setenv DOCKER_HOST unix:///x";
        assert_eq!(value(&["/bin/sh", "-c", line]), expected);
        assert_eq!(value(&["/bin/sh", "-c", "echo DOCKER_HOST"]), None);
        assert_eq!(value(&["/bin/launchctl", "setenv", "OTHER", "x"]), None);
    }

    #[test]
    fn a_list_of_variables_is_read() {
        let list = "<plist><dict><key>DOCKER_CONTEXT</key><string>colima</string></dict></plist>";
        assert_eq!(dictionary(list)[0].value.as_deref(), Some("colima"));
        assert!(dictionary("bplist00").is_empty() && effects("<plist>").is_empty());
    }
}
