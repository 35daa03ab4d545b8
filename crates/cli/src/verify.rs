//! `verify`: whether a pushed tag is what it says, for people and for CI.

use std::process::ExitCode;

use companion::{
    Session, VerifyRequest,
    view::{Severity, Verdict, Verification},
};

use crate::{
    arguments::{FailOn, Verify},
    output::{Output, json_line, unless_reader_left},
    progress, report,
    run::Failure,
};

/// Looks, prints, and returns the exit code: 1 when something is found that is bad enough.
pub(crate) async fn verify(session: &Session, asked: Verify, output: Output) -> Result<ExitCode, Failure> {
    let (bar, progress) = progress::bar();
    let verification = session
        .verify(VerifyRequest {
            reference: asked.reference,
            platforms: asked.platforms,
            progress,
        })
        .await;
    bar.finish_and_clear();
    let verification = verification?;
    if asked.sarif {
        json_line(&report::verify_sarif(&verification)).or_else(unless_reader_left)?;
    } else {
        output.report(&verification, report::verification)?;
    }
    Ok(FailOn::code(Some(asked.fail_on), worst(&verification)))
}

fn worst(verification: &Verification) -> Option<Severity> {
    let verdicts = verification.platforms.iter().map(|platform| platform.verdict);
    verdicts.filter_map(severity).max()
}

/// How bad a verdict is: what could not be read may yet be fine.
pub(crate) fn severity(verdict: Verdict) -> Option<Severity> {
    match verdict {
        Verdict::Ok => None,
        Verdict::Missing | Verdict::Mislabelled | Verdict::ForeignBinary => Some(Severity::Error),
        Verdict::Unknown => Some(Severity::Warning),
    }
}
