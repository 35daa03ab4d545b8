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

use crate::tail;

/// As many as are worth a look: each costs reads of the engine, and the last words of a program name few things.
const LEADS: usize = 8;

/// As much of a line as is kept: it is shown, not read again.
const LINE: usize = 1024;

/// Something that words name and whose bytes should be read before anything is concluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// It.
    pub what: Wanted,
    /// The line that names it, cut.
    pub line: String,
}

/// What a lead leads to. Names come from a log and may be anything that could be a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A file at this path, loaded as a library or module.
    Module(String),
    /// A library by its name, to be looked for as a loader does.
    Library {
        /// The name, without a folder.
        name: String,
        /// The file that needs it, when said.
        needed_by: Option<String>,
    },
    /// A Python module, whose file's name begins with this and a dot.
    PythonModule {
        /// The last part of its name.
        name: String,
        /// The folders in which it would be, most likely first.
        folders: Vec<String>,
    },
    /// A program that a shell or another program tried to start; without a slash, to be looked for in `PATH`. It ends in
    /// a carriage return when the name that was looked for does.
    Program(String),
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
fn wanted(line: &str, before: &[&str]) -> Option<Wanted> {
    loader::wanted(line)
        .or_else(|| python::wanted(line, before))
        .or_else(|| program::wanted(line))
}

/// A traceback may name a module twice, with more folders the later it does so.
fn is_same(one: &Wanted, other: &Wanted) -> bool {
    match (one, other) {
        (Wanted::PythonModule { name, .. }, Wanted::PythonModule { name: other, .. }) => name == other,
        _ => one == other,
    }
}
