//! Checks a Dockerfile: reads it and its folder, asks registries of the digests in it, and says what is wrong.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use registry::{Kind, Registry};
use sources::dockerfile::{Answer, Answers, Context, Dockerfile, ReadError, Report, Rule, check, read};
use tokio::time::timeout;

use crate::view::{CheckedDigest, DockerfileFinding, DockerfileReport, DockerfileRule, Problem, Severity};

/// References that are asked of at a time; each registry has a limit of its own below that.
const AT_ONCE: usize = 8;

/// The most references that are asked of; generated files can have thousands.
const REFERENCES: usize = 200;

/// How long one reference may take: a registry that does not answer must not hold up a check of a file.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether registries are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registries {
    /// They are.
    #[default]
    Asked,
    /// They are not: what only they know stays unknown.
    LeftAlone,
}

/// Which Dockerfile is checked, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerfileRequest {
    /// The Dockerfile.
    pub file: PathBuf,
    /// The folder that is built; without it, the nearest one above the file that has what the file copies.
    pub context: Option<PathBuf>,
    /// Whether registries are asked.
    pub registries: Registries,
}

/// Every rule there is.
pub fn rules() -> Vec<DockerfileRule> {
    let rule = |rule: &Rule| DockerfileRule {
        id: rule.id().to_owned(),
        title: rule.title().to_owned(),
    };
    Rule::ALL.iter().map(rule).collect()
}

/// Checks one file.
pub(crate) async fn report(
    request: DockerfileRequest,
    registry: &Registry,
) -> Result<DockerfileReport, Problem> {
    let name = request.file.display().to_string();
    let registries = request.registries;
    let read = tokio::task::spawn_blocking(move || look(&request));
    let (file, context) = read.await.map_err(|error| unread(&error))??;
    let answers = match registries {
        Registries::Asked => ask(&file, registry).await,
        Registries::LeftAlone => Answers::new(),
    };
    let report = check(&file, &name, &context, &answers);
    Ok(view(name, context.root(), report))
}

fn look(request: &DockerfileRequest) -> Result<(Dockerfile, Context), Problem> {
    let file = read(&request.file).map_err(|error| problem(&request.file, error))?;
    let context = match &request.context {
        Some(folder) if !folder.is_dir() => return Err(no_folder(folder)),
        Some(folder) => Context::look(folder, &request.file),
        None => Context::beside(&request.file, &file),
    };
    Ok((file, context))
}

async fn ask(file: &Dockerfile, registry: &Registry) -> Answers {
    let mut references: Vec<String> = file.pins().into_iter().map(|pin| pin.reference).collect();
    references.sort();
    references.dedup();
    let asked = stream::iter(references.into_iter().take(REFERENCES)).map(|reference| async {
        let answer = answer(registry, &reference).await;
        (reference, answer)
    });
    asked.buffer_unordered(AT_ONCE).collect().await
}

async fn answer(registry: &Registry, reference: &str) -> Answer {
    match timeout(PATIENCE, registry.offer(reference)).await {
        Err(_) => Answer::Unknown(format!("Nothing came within {} seconds", PATIENCE.as_secs())),
        Ok(Err(error)) => Answer::Unknown(crate::problem::capitalised(&crate::problem::plain(
            &error.to_string(),
        ))),
        Ok(Ok(offer)) => match offer.kind {
            Kind::Index => Answer::Index(offer.builds.into_iter().map(|build| build.platform).collect()),
            Kind::Manifest => Answer::Image(offer.builds.into_iter().next().map(|build| build.platform)),
        },
    }
}

fn view(file: String, context: Option<&Path>, report: Report) -> DockerfileReport {
    let findings = report.findings.into_iter().map(|finding| DockerfileFinding {
        rule: finding.rule.id().to_owned(),
        line: finding.line,
        severity: severity(finding.severity),
        message: finding.message,
        fix: finding.fix,
    });
    let checked = report.checked.into_iter().map(|checked| {
        let (kind, platforms, why) = match checked.answer {
            Some(Answer::Index(platforms)) => ("index", platforms, None),
            Some(Answer::Image(platform)) => ("manifest", platform.into_iter().collect(), None),
            Some(Answer::Unknown(why)) => ("unknown", Vec::new(), Some(why)),
            None => ("unknown", Vec::new(), Some("No registry was asked".to_owned())),
        };
        CheckedDigest {
            line: checked.pin.line,
            reference: checked.pin.reference,
            kind: kind.to_owned(),
            platforms: platforms.iter().map(ToString::to_string).collect(),
            why,
        }
    });
    DockerfileReport {
        file,
        context: context.map(|folder| folder.display().to_string()),
        findings: findings.collect(),
        checked: checked.collect(),
    }
}

fn severity(severity: sources::dockerfile::Severity) -> Severity {
    match severity {
        sources::dockerfile::Severity::Note => Severity::Note,
        sources::dockerfile::Severity::Warning => Severity::Warning,
        sources::dockerfile::Severity::Error => Severity::Error,
    }
}

fn problem(file: &Path, error: ReadError) -> Problem {
    let name = crate::problem::plain(&file.display().to_string());
    match error {
        ReadError::File(error) => Problem {
            kind: "file-not-usable".to_owned(),
            message: crate::problem::capitalised(&crate::problem::plain(&error.to_string())),
            hint: "Name the Dockerfile itself, and make sure that it can be read".to_owned(),
        },
        ReadError::Damaged(damage) => Problem {
            kind: "dockerfile-damaged".to_owned(),
            message: format!("`{name}` is no Dockerfile that can be built: {damage}"),
            hint: "Look at that line; `docker build --check` says what the builder makes of the file"
                .to_owned(),
        },
    }
}

fn no_folder(folder: &Path) -> Problem {
    Problem {
        kind: "file-not-usable".to_owned(),
        message: format!(
            "`{}` is no folder",
            crate::problem::plain(&folder.display().to_string())
        ),
        hint: "Name the folder that `docker build` is given".to_owned(),
    }
}

fn unread(error: &tokio::task::JoinError) -> Problem {
    Problem {
        kind: "file-not-usable".to_owned(),
        message: format!("The file was not read to its end: {error}"),
        hint: "Try again, and report it with the file if it happens again".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(file: PathBuf) -> DockerfileRequest {
        DockerfileRequest {
            file,
            context: None,
            registries: Registries::LeftAlone,
        }
    }

    fn nobody() -> Registry {
        Registry::new(registry::Access::default())
    }

    #[tokio::test]
    async fn a_file_is_checked_without_an_engine_or_a_registry() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("Dockerfile");
        let digest = "a".repeat(64);
        let text = format!("FROM --platform=linux/amd64 x@sha256:{digest}\nCMD [\"true\"]\n");
        std::fs::write(&file, text).expect("a file");
        let report = report(request(file), &nobody()).await.expect("a report");
        assert_eq!(report.findings[0].rule, "from-constant-platform");
        assert_eq!(report.findings[0].severity, Severity::Warning);
        assert_eq!(
            (report.checked[0].kind.as_str(), report.checked[0].line),
            ("unknown", 1)
        );
        assert!(report.context.is_some());
    }

    #[tokio::test]
    async fn what_is_no_dockerfile_is_told_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("Dockerfile");
        std::fs::write(&file, "FROM a\nNONSENSE\n").expect("a file");
        let damaged = report(request(file.clone()), &nobody())
            .await
            .expect_err("it is damaged");
        assert_eq!(
            (damaged.kind.as_str(), damaged.exit_code()),
            ("dockerfile-damaged", 1)
        );
        assert!(damaged.message.contains("line 2"), "{}", damaged.message);
        let gone = report(request(folder.path().join("none")), &nobody()).await;
        assert_eq!(gone.expect_err("nothing is there").kind, "file-not-usable");
        let context = Some(file.clone());
        let no_folder = report(
            DockerfileRequest {
                context,
                ..request(file)
            },
            &nobody(),
        )
        .await;
        std::fs::write(folder.path().join("Dockerfile"), "FROM a").expect("a file");
        assert!(no_folder.is_err());
    }
}
