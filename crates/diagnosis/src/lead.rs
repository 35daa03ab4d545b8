//! What else should be read, because a log names it.
//!
//! A log says that something could not be loaded or started, and seldom why: glibc says `No such file or directory` of a
//! library for another platform, `BusyBox` reads a foreign program as a script. The bytes of what is named tell.

mod loader;
mod name;
mod program;
mod python;
#[cfg(test)]
mod tests;

use platform::Sought;

use crate::tail;

/// As many as are worth a look: each costs reads of the engine, and the last words of a program name few things.
const LEADS: usize = 8;

/// As much of a line as is kept: it is shown, not read again.
const LINE: usize = 1024;

/// Something that words name and whose bytes should be read before anything is concluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// It.
    pub what: Sought,
    /// The line that names it, cut.
    pub line: String,
}

/// What the end of `log` names, newest first, each once.
pub fn leads(log: &[String]) -> Vec<Lead> {
    let newest: Vec<&str> = tail::newest(log).collect();
    let mut leads: Vec<Lead> = Vec::new();
    for (at, line) in newest.iter().enumerate() {
        let before = newest.get(at + 1..).unwrap_or_default();
        let Some(what) = wanted(line.trim(), before) else {
            continue;
        };
        if !leads.iter().any(|lead| is_same(&lead.what, &what)) {
            let line = tail::cut(line, LINE).to_owned();
            leads.push(Lead { what, line });
        }
        if leads.len() == LEADS {
            break;
        }
    }
    leads
}

/// What `line` names; `before` are the lines before it, newest first.
fn wanted(line: &str, before: &[&str]) -> Option<Sought> {
    loader::wanted(line)
        .or_else(|| python::wanted(line, before))
        .or_else(|| program::wanted(line))
}

/// A traceback may name a module twice, with more folders the later it does so.
fn is_same(one: &Sought, other: &Sought) -> bool {
    match (one, other) {
        (Sought::PythonModule { name, .. }, Sought::PythonModule { name: other, .. }) => name == other,
        _ => one == other,
    }
}
