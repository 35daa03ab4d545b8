//! `archlight`, the command line face: says which architecture everything is, and what to do when it is the wrong one.

mod arguments;
mod build;
mod compose;
mod confirm;
mod dockerfile;
mod output;
mod platforms;
mod progress;
mod report;
mod rerun;
mod run;
mod text;
mod turn;
mod verify;

use std::{ffi::OsString, process::ExitCode};

use companion::{Setup, view::Problem};

use crate::{arguments::Arguments, output::Output};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let parsed = match Arguments::read(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, &arguments),
    };
    let setup = parsed
        .setup(Setup::from_environment(|name| std::env::var_os(name)))
        .with_environment(std::env::vars_os());
    let output = Output::new(parsed.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return output.problem(&no_runtime(&error)),
    };
    let code = runtime.block_on(run::run(parsed, setup, &output));
    // A settings file behind a permission question may hold a thread: nobody waits for it any more.
    runtime.shutdown_background();
    code
}

/// Help and version are no errors; all else is a usage error, in JSON when that was asked for.
fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let json = arguments.iter().any(|argument| argument == "--json");
    if !error.use_stderr() || !json {
        if let Err(error) = error.print().or_else(output::unless_reader_left) {
            return output::unwritten(&error);
        }
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    let message = error.to_string();
    let message = message
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned();
    let hint = "`archlight --help` lists the commands and their options".to_owned();
    Output::new(true).problem(&Problem {
        kind: "usage".to_owned(),
        message,
        hint,
    })
}

fn no_runtime(error: &std::io::Error) -> Problem {
    Problem {
        kind: "no-runtime".to_owned(),
        message: format!("The program could not start its threads: {error}"),
        hint: "Close other programs and try again".to_owned(),
    }
}
