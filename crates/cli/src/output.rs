//! Where things are printed: reports on standard output, everything else on standard error.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use companion::view::Problem;
use serde::Serialize;

use crate::text::clean;

/// How reports are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: &'a Problem,
}

#[derive(Serialize)]
struct Part<'a, T> {
    error: &'a Problem,
    #[serde(flatten)]
    answer: &'a T,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Prints `answer` as JSON or as `text` says it.
    pub(crate) fn report<T: Serialize>(self, answer: &T, text: impl FnOnce(&T) -> String) -> io::Result<()> {
        let text = if self.json { json(answer) } else { text(answer) };
        line(text.trim_end()).or_else(unless_reader_left)
    }

    /// Prints a problem, and returns the exit code that goes with it.
    pub(crate) fn problem(self, problem: &Problem) -> ExitCode {
        let printed = self.json.then(|| line(&json(&Failure { error: problem })));
        let unheard = printed.is_some_and(|printed| printed.or_else(unless_reader_left).is_err());
        if !self.json || unheard {
            note(&format!(
                "error: {}\n\nhint: {}",
                clean(&problem.message),
                clean(&problem.hint)
            ));
        }
        ExitCode::from(problem.exit_code())
    }

    /// Prints what there is of an answer that is not all, with the problem that is the reason; in JSON as one document.
    pub(crate) fn part<T: Serialize>(
        self,
        answer: &T,
        text: impl FnOnce(&T) -> String,
        problem: &Problem,
    ) -> io::Result<ExitCode> {
        if self.json {
            let part = Part {
                error: problem,
                answer,
            };
            json_line(&part).or_else(unless_reader_left)?;
            return Ok(ExitCode::from(problem.exit_code()));
        }
        self.report(answer, text)?;
        Ok(self.problem(problem))
    }

    /// Whether somebody sits before it who can be asked.
    pub(crate) fn can_ask(self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }
}

/// Prints one JSON document in one line, at once.
pub(crate) fn json_line<T: Serialize>(answer: &T) -> io::Result<()> {
    line(&json(answer))
}

/// Prints a line for people on standard error.
pub(crate) fn note(text: &str) {
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// Says that standard output could not be written to, and returns the exit code that goes with it.
pub(crate) fn unwritten(error: &io::Error) -> ExitCode {
    note(&format!(
        "error: The answer could not be written: {error}\n\nhint: Look at where standard output goes; `archlight containers` shows how things stand"
    ));
    ExitCode::from(1)
}

/// A reader that went away, as `head` does, is no error.
pub(crate) fn unless_reader_left(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(error)
}

fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

fn json<T: Serialize>(answer: &T) -> String {
    serde_json::to_string(answer).expect("views hold nothing that JSON cannot")
}
