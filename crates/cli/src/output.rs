//! Where things are printed: reports on standard output, everything else on standard error.

use std::{
    io::{IsTerminal as _, Write as _},
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
    pub(crate) fn report<T: Serialize>(self, answer: &T, text: impl FnOnce(&T) -> String) {
        if self.json {
            line(&json(answer));
        } else {
            line(text(answer).trim_end());
        }
    }

    /// Prints a problem, and returns the exit code that goes with it.
    pub(crate) fn problem(self, problem: &Problem) -> ExitCode {
        if self.json {
            line(&json(&Failure { error: problem }));
        } else {
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
    ) -> ExitCode {
        if self.json {
            line(&json(&Part {
                error: problem,
                answer,
            }));
            return ExitCode::from(problem.exit_code());
        }
        self.report(answer, text);
        self.problem(problem)
    }

    /// Whether somebody sits before it who can be asked.
    pub(crate) fn can_ask(self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}

/// Prints one JSON document in one line, at once. Says whether somebody still reads.
pub(crate) fn json_line<T: Serialize>(answer: &T) -> bool {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", json(answer))
        .and_then(|()| out.flush())
        .is_ok()
}

/// Prints a line for people on standard error.
pub(crate) fn note(text: &str) {
    writeln!(std::io::stderr().lock(), "{text}").ok();
}

/// A reader that went away, as `head` does, is no error.
fn line(text: &str) {
    writeln!(std::io::stdout().lock(), "{text}").ok();
}

fn json<T: Serialize>(answer: &T) -> String {
    serde_json::to_string(answer).expect("views hold nothing that JSON cannot")
}
