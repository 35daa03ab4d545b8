//! `archlight dockerfile`.

use std::process::ExitCode;

use companion::{
    Session,
    dockerfile::{DockerfileRequest, Registries},
    view::{DockerfileReport, Severity},
};

use crate::{
    arguments::{Check, Dockerfile, FailOn},
    output::{Output, json_line, unless_reader_left},
    report,
    run::Failure,
};

pub(crate) async fn run(session: &Session, asked: Dockerfile, output: Output) -> Result<ExitCode, Failure> {
    let Dockerfile::Check(check) = asked;
    let (sarif, fail_on) = (check.sarif, check.fail_on);
    let report = session.check_dockerfile(request(check)).await?;
    if sarif {
        json_line(&report::sarif(&report)).or_else(unless_reader_left)?;
    } else {
        output.report(&report, report::dockerfile)?;
    }
    Ok(code(&report, fail_on))
}

fn request(check: Check) -> DockerfileRequest {
    let registries = if check.offline {
        Registries::LeftAlone
    } else {
        Registries::Asked
    };
    DockerfileRequest {
        file: check.file,
        context: check.folder,
        registries,
    }
}

/// 1 where something is found that somebody wants to fail on.
fn code(report: &DockerfileReport, fail_on: Option<FailOn>) -> ExitCode {
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    let bound = fail_on.map(|bound| match bound {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note => Severity::Note,
    });
    let fails = bound.is_some_and(|bound| worst.is_some_and(|worst| worst >= bound));
    if fails {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}
