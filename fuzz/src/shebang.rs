//! Scripts, and what shells and launchers make of words.

use engine::fuzzing::{Course, env, follow, launched, told};
use platform::read_program;

/// The bounds that are promised: programs of a text, and reasons why one is not followed.
const RUNS: usize = 7;
const REASONS: usize = 4;

/// All words together that a text leads to. What is put together from variables must not grow with every line.
const WORDS: usize = 4 * 1024 * 1024;

const VARIABLES: [(&str, &str); 3] = [
    ("PATH", "/usr/bin:/bin"),
    ("HOME", "/root"),
    ("SERVER", "/app/server"),
];

const LAUNCHERS: [&str; 6] = ["tini", "gosu", "setpriv", "timeout", "sudo", "ls"];

pub(crate) fn look(bytes: &[u8], _choice: u64) {
    let program = crate::sure(|| read_program(bytes, bytes.len() as u64));
    if let Some(script) = program.script() {
        let words: Vec<String> = script
            .argument
            .iter()
            .cloned()
            .chain(["/app/x".to_owned()])
            .collect();
        look_at_words(&words);
    }
    let text = String::from_utf8_lossy(bytes);
    look_at_text(&text);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    look_at_words(&lines);
    let blanks: Vec<String> = text.split(' ').map(str::to_owned).collect();
    look_at_words(&blanks);
}

fn look_at_words(words: &[String]) {
    let length = |words: &[String]| words.iter().map(|word| word.len() + 1).sum::<usize>();
    let (found, path) = crate::sure(|| env(words));
    assert!(length(&found) <= length(words), "{found:?}");
    assert!(path.is_none_or(|path| path.len() <= length(words)));
    for name in LAUNCHERS {
        if let Some(found) = crate::sure(|| launched(name, words)) {
            assert!(!found.is_empty() && words.ends_with(&found), "{found:?}");
        }
    }
    if let Some((first, arguments)) = crate::sure(|| told(words)) {
        assert!(words.contains(&first) && words.ends_with(&arguments));
        look_at_text(&first);
    }
}

fn look_at_text(text: &str) {
    let arguments = ["/app/server", "--port", "80"].map(str::to_owned);
    for arguments in [&[][..], &arguments] {
        let course = crate::sure(|| follow(text, &VARIABLES, arguments, "/srv"));
        check(text, &course);
    }
}

fn check(text: &str, course: &Course) {
    assert!(course.runs.len() <= RUNS && course.unknown.len() <= REASONS);
    let lines = text.matches('\n').count() + 1;
    for run in &course.runs {
        assert!(
            !run.words.is_empty() && (1..=lines).contains(&run.line),
            "{run:?}"
        );
    }
    let words = course.runs.iter().flat_map(|run| &run.words);
    let length: usize = words.map(String::len).sum();
    assert!(length <= WORDS, "{length}");
}
