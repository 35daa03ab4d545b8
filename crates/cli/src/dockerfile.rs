//! `archlight dockerfile`.

use std::process::ExitCode;

use companion::{
    Session,
    dockerfile::{DockerfileRequest, Registries},
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
        json_line(&report::dockerfile_sarif(&report)).or_else(unless_reader_left)?;
    } else {
        output.report(&report, report::dockerfile)?;
    }
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    Ok(FailOn::code(fail_on, worst))
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
