//! What of this crate only reads bytes, laid open for the package `fuzz` and for nobody else.
//!
//! A cargo feature would hide it better, and have everything above this crate built twice in every run of the tests.

use crate::{
    act::{Probe, probe},
    chain::{
        launcher::{self, Told},
        shell::{self, Setting},
    },
    tar_head,
};

pub use crate::scan::fuzzing::{Exported, export};

/// What a shell's text leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Course {
    /// Programs that are started.
    pub runs: Vec<Run>,
    /// What could not be followed.
    pub unknown: Vec<String>,
}

/// A program that a shell starts.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// It and its arguments.
    pub words: Vec<String>,
    /// Where it is started.
    pub folder: String,
    /// The line of the text, counted from 1.
    pub line: usize,
}

/// What a shell with `variables` and `arguments` would start for `text`, from `folder`.
pub fn follow(text: &str, variables: &[(&str, &str)], arguments: &[String], folder: &str) -> Course {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let setting = Setting {
        variables: variables.iter().map(own).collect(),
        arguments: arguments.to_vec(),
        folder: folder.to_owned(),
    };
    let course = shell::follow(text, setting);
    let run = |run: shell::Run| Run {
        words: run.words,
        folder: run.folder,
        line: run.line,
    };
    Course {
        runs: course.runs.into_iter().map(run).collect(),
        unknown: course.unknown,
    }
}

/// The words of the program that `env` would start, and another `PATH`.
pub fn env(arguments: &[String]) -> (Vec<String>, Option<String>) {
    let env = launcher::env(arguments);
    (env.words, env.path)
}

/// What the launcher `name` would start.
pub fn launched(name: &str, arguments: &[String]) -> Option<Vec<String>> {
    launcher::launched(name, arguments)
}

/// The text or file that a shell is told to read, and the arguments behind it.
pub fn told(arguments: &[String]) -> Option<(String, Vec<String>)> {
    launcher::told(arguments).map(|told| match told {
        Told::Text(first, rest) | Told::File(first, rest) => (first, rest),
    })
}

/// What a probe makes of a program for `architecture` that wrote `lines` and ended with `code`, or did not end.
pub fn probed(architecture: &str, code: Option<i64>, lines: Vec<String>) -> Probe {
    probe::told(architecture, code, lines)
}

/// The beginning of the first file in `archive`, and its size.
pub fn first_file(archive: &[u8], limit: usize) -> Option<(Vec<u8>, u64)> {
    tar_head::first_file(archive, limit).map(|head| (head.bytes, head.size))
}

/// The texts of the files whose names end in `ending`.
pub fn texts(archive: &[u8], ending: &str) -> Vec<String> {
    tar_head::texts(archive, ending)
}
