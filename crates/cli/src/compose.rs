//! `compose check` and `compose fix`: what Compose files say of platforms.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Subcommand};
use companion::{
    Ask, ComposeChange, ComposeFiles, Session, Target, Write,
    view::{ComposeFix, Problem},
};

use crate::{
    arguments::FailOn,
    output::{Output, json_line, note, unless_reader_left},
    report,
    run::Failure,
};

/// What is done with Compose files.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Compose {
    /// Say of each service whether its `platform:` is needed, harmful or wrong
    Check(Check),
    /// Set, change or remove `platform:`, and leave every other byte as it is
    Fix(Fix),
}

/// Which project is looked at.
#[derive(Args, Clone, Debug)]
pub(crate) struct Check {
    /// Compose files or a folder; without any, what Compose itself finds
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Ask no registry
    #[arg(long)]
    offline: bool,
    /// Print SARIF 2.1.0, for code scanning
    #[arg(long)]
    sarif: bool,
    /// End with exit code 1 when something at least this bad is found: a wrong platform is an error, a harmful one a
    /// warning, one without a native build a note
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,
}

impl Compose {
    pub(crate) fn prints_sarif(&self) -> bool {
        matches!(self, Self::Check(Check { sarif: true, .. }))
    }
}

/// Which file is changed, and how.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Fix {
    /// The Compose file, or its folder
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only this service; can be said several times
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Such as linux/amd64, `native`, or `none`; without it, what `check` suggests
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Print what changes, as `patch` reads it
    #[arg(long)]
    diff: bool,
    /// Write it, and keep the text of before as FILE.bak
    #[arg(long)]
    write: bool,
    /// Leave the file alone, and say it in an override file beside it
    #[arg(long = "override")]
    beside: bool,
    /// Ask no registry
    #[arg(long)]
    offline: bool,
}

/// Does it.
pub(crate) async fn compose(
    session: &Session,
    compose: Compose,
    output: Output,
) -> Result<ExitCode, Failure> {
    match compose {
        Compose::Check(check) => {
            let files = files(&check.files, check.offline)?;
            let folder = files.folder.clone();
            let checked = session.check_compose(files).await?;
            if check.sarif {
                json_line(&report::compose_sarif(&checked, &folder)).or_else(unless_reader_left)?;
            } else {
                output.report(&checked, report::compose_check)?;
            }
            Ok(FailOn::code(check.fail_on, report::compose_worst(&checked)))
        }
        Compose::Fix(fix) => {
            let shown = Shown::of(&fix);
            let done = session.fix_compose(change(fix)?).await?;
            show(&done, shown, output)
        }
    }
}

fn files(paths: &[PathBuf], offline: bool) -> io::Result<ComposeFiles> {
    let whole = paths.iter().map(std::path::absolute).collect::<io::Result<_>>();
    Ok(ComposeFiles {
        paths: whole?,
        folder: std::env::current_dir()?,
        ask: if offline { Ask::Nobody } else { Ask::Registries },
    })
}

fn change(fix: Fix) -> io::Result<ComposeChange> {
    Ok(ComposeChange {
        files: files(&[fix.file], fix.offline)?,
        services: fix.service,
        platform: fix.platform,
        target: if fix.beside {
            Target::Override
        } else {
            Target::File
        },
        write: if fix.write { Write::Yes } else { Write::No },
    })
}

/// What is printed of a change for people.
#[derive(Clone, Copy)]
enum Shown {
    /// What was done.
    Outcome,
    Text,
    Diff,
}

impl Shown {
    fn of(fix: &Fix) -> Self {
        match (fix.diff, fix.write) {
            (true, _) => Self::Diff,
            (false, true) => Self::Outcome,
            (false, false) => Self::Text,
        }
    }
}

/// Prints it, and says on standard error what was left as it is.
fn show(fix: &ComposeFix, shown: Shown, output: Output) -> Result<ExitCode, Failure> {
    let code = ExitCode::from(if fix.refused.is_empty() { 0 } else { REFUSED });
    let nothing_done = fix.services.is_empty() && !fix.changed;
    if let ([first, ..], true) = (fix.refused.as_slice(), nothing_done) {
        return Err(Failure::Problem(Problem {
            kind: "not-safe".to_owned(),
            message: fix
                .refused
                .iter()
                .map(|one| one.why.as_str())
                .collect::<Vec<_>>()
                .join("; "),
            hint: first.hint.clone(),
        }));
    }
    if output.is_json() {
        output.report(fix, |_| String::new())?;
        return Ok(code);
    }
    match shown {
        Shown::Outcome => output.report(fix, report::compose_fix)?,
        // A file to the byte, as it would be written.
        Shown::Text => exactly(&fix.text)?,
        Shown::Diff => exactly(&fix.diff)?,
    }
    for refused in &fix.refused {
        note(&report::compose_refused(refused));
    }
    Ok(code)
}

fn exactly(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    printed.or_else(unless_reader_left)
}

/// The contract's exit code for what is not safe.
const REFUSED: u8 = 4;
