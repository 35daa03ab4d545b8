//! What a text says beside what it certainly starts, guarded or not.

use platform::Asides;

use super::{OWN, tokens::Word};

/// As many of each as are kept.
const KEPT: usize = 64;

/// As much of one as is kept: the longest path that Linux takes.
const LENGTH: usize = 4096;

/// Commands of shells that are no programs, beside those that start nothing.
const WORDS_OF_SHELLS: [&str; 11] = [
    "cd", "set", "shift", "exit", "return", "read", "unset", "eval", ".", "source", "trap",
];

/// Words before a command that start it.
const PREFIXES: [&str; 3] = ["exec", "command", "builtin"];

/// Notes what `command` does.
pub(super) fn note(asides: &mut Asides, command: &[Word]) {
    let is_prefix = |word: &&Word| word.bare().is_some_and(|word| PREFIXES.contains(&word));
    let command = &command[command.iter().take_while(is_prefix).count()..];
    let Some(name) = command.first().and_then(Word::literal) else {
        return;
    };
    if name == "exit" {
        let code = command.get(1).and_then(Word::literal);
        asides
            .exits
            .extend(code.and_then(|code| code.parse::<i64>().ok()));
        asides.exits.truncate(KEPT);
    }
    if OWN.contains(&name.as_str()) || WORDS_OF_SHELLS.contains(&name.as_str()) {
        return;
    }
    if !name.contains('/') {
        let paths = command[1..].iter().filter_map(Word::literal);
        for path in paths.filter(|path| path.contains('/')) {
            keep(&mut asides.touched, path);
        }
    }
    keep(&mut asides.starts, name);
}

/// Notes a folder that the text goes to; `None` where it is only known when it runs, and stands as `source` in it.
pub(super) fn note_folder(asides: &mut Asides, folder: Option<String>, source: String) {
    match folder {
        Some(folder) => keep(&mut asides.folders, folder),
        None => keep(&mut asides.unclear, source),
    }
}

fn keep(list: &mut Vec<String>, text: String) {
    if list.len() < KEPT && text.len() <= LENGTH && !list.contains(&text) {
        list.push(text);
    }
}
