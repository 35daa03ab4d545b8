//! The words of a command, quoted for a shell, and not more of them than a shell takes.

use super::super::unsaid::Unsaid;

/// Linux takes 128 KiB in one argument, which is what a whole command is to `sh -c`.
const ROOM: usize = 120 * 1024;

/// The options of a command.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    spent: usize,
    unsaid: Unsaid,
}

impl Words {
    /// An option that takes no value.
    pub(super) fn flag(&mut self, name: &str) {
        self.text.push(' ');
        self.text.push_str(name);
    }

    /// An option with its value, which is a word of its own: it may begin with anything. `field` is what is left out
    /// where there is no room for it.
    pub(super) fn option(&mut self, name: &str, value: &str, field: &str) {
        let word = quoted(value);
        if value.contains('\0') || !self.spend(name.len() + word.len() + 2) {
            return self.leave_out(field);
        }
        self.flag(name);
        self.text.push(' ');
        self.text.push_str(&word);
    }

    /// The option, unless its value is what it is without it.
    pub(super) fn said(&mut self, name: &str, value: &str, field: &str) {
        if !value.is_empty() {
            self.option(name, value, field);
        }
    }

    /// A `name=value`, where the name is one that the option can hold.
    pub(super) fn pair(&mut self, option: &str, name: &str, value: &str, field: &str) {
        let field = format!("{field}[{}]", name.chars().take(60).collect::<String>());
        if name.is_empty() || name.contains('=') || refuses(option, name) {
            return self.leave_out(&field);
        }
        self.option(option, &format!("{name}={value}"), &field);
    }

    pub(super) fn leave_out(&mut self, field: &str) {
        self.unsaid.add(field);
    }

    /// Whether there is room for that much, which is taken.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let has_room = self.spent.saturating_add(bytes) <= ROOM;
        if has_room {
            self.spent += bytes;
        }
        has_room
    }

    /// Puts the options, and what they are followed by, behind `text`.
    pub(super) fn end(&mut self, text: &mut String, words: &[String]) {
        text.push_str(&self.text);
        positional(text, &words.iter().map(String::as_str).collect::<Vec<_>>());
        self.text.clear();
    }

    pub(super) fn into_unsaid(self) -> Vec<String> {
        self.unsaid.into_list()
    }
}

/// What the client says no to, before it asks an engine.
fn refuses(option: &str, name: &str) -> bool {
    let kernel = [
        "msgmax",
        "msgmnb",
        "msgmni",
        "sem",
        "shmall",
        "shmmax",
        "shmmni",
        "shm_rmid_forced",
    ];
    match option {
        "--label" => name.contains([' ', '\t']),
        "--sysctl" => {
            let is_known = |name: &str| kernel.contains(&name);
            !(name.starts_with("net.")
                || name.starts_with("fs.mqueue.")
                || name.strip_prefix("kernel.").is_some_and(is_known))
        }
        _ => false,
    }
}

/// Words that are no options, whatever they begin with.
pub(super) fn positional(text: &mut String, words: &[&str]) {
    if words.first().is_some_and(|word| word.starts_with('-')) {
        text.push_str(" --");
    }
    for word in words {
        text.push(' ');
        text.push_str(&quoted(word));
    }
}

/// In single quotes when a shell would see anything but the word itself. A `=` at the beginning means a program's path
/// to zsh.
pub(in crate::act) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@+%".contains(&byte);
    if !word.is_empty() && !word.starts_with('=') && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// One line of comma-separated fields, as the client reads an option with several parts. None where a field holds what
/// such a line cannot.
pub(super) fn comma_separated(fields: &[String]) -> Option<String> {
    let field = |text: &String| {
        // Its reader takes the end of a Windows line for that of another.
        let is_sayable = !text.contains('\r');
        let is_plain = !text.contains([',', '"', '\n']) && !text.starts_with([' ', '\t']);
        is_sayable.then(|| {
            if is_plain {
                text.clone()
            } else {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
        })
    };
    let fields: Option<Vec<_>> = fields.iter().map(field).collect();
    fields.map(|fields| fields.join(","))
}
