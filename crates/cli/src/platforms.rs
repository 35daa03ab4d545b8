//! `platforms`: what registries offer.

use std::{
    io::{self, BufRead as _, Read as _},
    process::ExitCode,
};

use companion::{
    Elsewhere, OffersRequest, Session, Sizes,
    view::{Offers, Problem},
};

use crate::{arguments::Platforms, output::Output, progress, report, run::Failure};

/// The most bytes that are read from standard input: ten thousand references and more.
const INPUT_BYTES: u64 = 4 * 1024 * 1024;

/// What stands for standard input among the references.
const INPUT: &str = "-";

/// Asks, prints, and returns the exit code: 1 when something is not known, 2 when nothing of it is a reference.
pub(crate) async fn platforms(
    session: &Session,
    asked: Platforms,
    output: Output,
) -> Result<ExitCode, Failure> {
    let references = references(asked.references).await?;
    let (bar, progress) = progress::bar();
    let offers = session
        .offers(OffersRequest {
            references,
            sizes: if asked.sizes { Sizes::Asked } else { Sizes::Known },
            elsewhere: if asked.advice {
                Elsewhere::Looked
            } else {
                Elsewhere::NotLooked
            },
            progress,
        })
        .await;
    bar.finish_and_clear();
    let offers = offers?;
    output.report(&offers, report::offers)?;
    Ok(ExitCode::from(code(&offers)))
}

fn code(offers: &Offers) -> u8 {
    let mut failed = offers.references.iter().filter_map(|one| one.error.as_ref());
    let is_usage = |problem: &Problem| problem.kind == "bad-reference";
    if failed.clone().count() == 0 {
        0
    } else if failed.clone().count() == offers.references.len() && failed.all(is_usage) {
        2
    } else {
        1
    }
}

/// Those that were named, and where one is `-`, those of standard input, without empty lines and those after `#`.
async fn references(named: Vec<String>) -> Result<Vec<String>, Failure> {
    if !named.iter().any(|name| name == INPUT) {
        return Ok(named);
    }
    // Beside, so that an interruption is heard while nobody types.
    let read = tokio::task::spawn_blocking(lines).await;
    let read = read
        .map_err(io::Error::other)?
        .map_err(|error| unreadable(&error))?;
    let all: Vec<String> = named
        .into_iter()
        .flat_map(|name| if name == INPUT { read.clone() } else { vec![name] })
        .collect();
    if all.is_empty() {
        return Err(unreadable(&io::Error::other("nothing is in it")));
    }
    Ok(all)
}

fn lines() -> io::Result<Vec<String>> {
    let input = io::stdin().lock().take(INPUT_BYTES + 1);
    let lines: io::Result<Vec<String>> = io::BufReader::new(input).lines().collect();
    let lines = lines?;
    if lines.iter().map(|line| line.len() as u64 + 1).sum::<u64>() > INPUT_BYTES {
        return Err(io::Error::other("it has more than 4 MiB"));
    }
    let words = lines.iter().map(|line| line.trim());
    Ok(words
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(ToOwned::to_owned)
        .collect())
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::Problem(Problem {
        kind: "bad-input".to_owned(),
        message: format!("Standard input cannot be read: {error}"),
        hint: "Give it one reference a line".to_owned(),
    })
}
