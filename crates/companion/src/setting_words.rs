//! The words for a change of Rosetta's setting: the plan as it is shown, its progress, and what can go wrong.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use host::{
    State,
    apply::{ApplyError, Command, Plan, Refusal, Restart, Warning},
};

use crate::{
    compose::Failure,
    problem::{plain, said},
    runtime_command::shown,
    view::{self, Note, Problem},
};

/// The plan as it is shown; nothing of it is done.
pub(crate) fn change(plan: &Plan) -> view::SettingChange {
    let change = plan.change.as_ref();
    let path = |path: Option<&std::path::PathBuf>| path.map(|path| path.display().to_string());
    let is_changed = !plan.is_done() && plan.refusals.is_empty();
    view::SettingChange {
        aim: plan.aim.as_str().to_owned(),
        runtime: plan.target.runtime.as_str().to_owned(),
        title: plan.target.runtime.title().to_owned(),
        machine: plan.target.machine.as_deref().map(plain),
        runtime_version: plan.version.clone(),
        state: plan.state.as_str().to_owned(),
        way: plan.way.as_ref().map(|way| way.as_str().to_owned()),
        file: path(change.and_then(|change| change.file.as_ref())),
        key: change.map(|change| change.key.clone()),
        from: change.and_then(|change| change.from),
        to: change.and_then(|change| change.to),
        diff: change.map(|change| change.diff.clone()).unwrap_or_default(),
        commands: plan.commands.iter().map(shown).collect(),
        warnings: plan.warnings.iter().map(warning).collect(),
        refusals: plan.refusals.iter().map(refusal).collect(),
        steps: steps(plan),
        restart: restart(plan).filter(|_| is_changed),
        stops: None,
        backup: path(change.and_then(|change| change.backup.as_ref())),
        already: plan.is_done(),
        applied: false,
        state_after: None,
        seal: seal(plan),
    }
}

/// The runtime's own steps, or else what can be done about the reasons against it.
fn steps(plan: &Plan) -> Vec<String> {
    if plan.steps.is_empty() {
        return plan
            .refusals
            .iter()
            .map(|refusal| refusal.hint().to_owned())
            .collect();
    }
    plan.steps.iter().map(|step| said(&step.sentence())).collect()
}

/// Two plans with one seal do the same.
fn seal(plan: &Plan) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{plan:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn warning(warning: &Warning) -> Note {
    Note {
        kind: warning.kind().to_owned(),
        text: said(&warning.sentence()),
    }
}

fn refusal(refusal: &Refusal) -> Note {
    Note {
        kind: refusal.kind().to_owned(),
        text: said(&refusal.sentence()),
    }
}

fn restart(plan: &Plan) -> Option<view::Restart> {
    let title = plan.target.runtime.title();
    let (how, commands, text) = match &plan.restart {
        Restart::Included => return None,
        Restart::NextStart => {
            let text =
                format!("It counts from the next start of {title}, which does not run now; this opens it");
            ("next-start", vec!["open -a Docker".to_owned()], text)
        }
        Restart::ByCommands(commands) => (
            "commands",
            commands.iter().map(shown).collect(),
            format!("It counts once {title} is restarted, which stops all running containers"),
        ),
        Restart::ByHand => (
            "by-hand",
            Vec::new(),
            format!("It counts once {title} is quit and opened again, which stops all running containers"),
        ),
    };
    Some(view::Restart {
        how: how.to_owned(),
        commands,
        text,
        done: false,
    })
}

/// How far it is, in words.
pub(crate) fn progress(plan: &Plan, step: &str) -> view::Progress {
    view::Progress {
        container: plan.target.runtime.title().to_owned(),
        step: plain(step),
        fraction: None,
    }
}

/// The setting is being written.
pub(crate) fn writing(plan: &Plan) -> String {
    match plan.change.as_ref().and_then(|change| change.file.as_ref()) {
        Some(file) => format!("Writing `{}`", file.display()),
        None => format!("Telling {}", plan.target.runtime.title()),
    }
}

/// A command is being run.
pub(crate) fn running(command: &Command) -> String {
    format!("Running `{}`", shown(command))
}

/// A program that a plan needs is not here.
pub(crate) fn no_program(command: &Command) -> Problem {
    let name = plain(command.words.first().map_or("", String::as_str));
    Problem {
        kind: "no-program".to_owned(),
        message: format!("Nothing was changed, because there is no program `{name}`"),
        hint: format!("Put `{name}` into a folder of `PATH`, or run the command of the plan by hand"),
    }
}

/// A runtime's own command failed.
pub(crate) fn command_failed(command: &Command, failure: &Failure) -> Problem {
    Problem {
        kind: "command-failed".to_owned(),
        message: format!("`{}` {}", plain(&shown(command)), ended(failure)),
        hint: "Run it in a terminal, where it says more; `archlight rosetta undo` takes the change back"
            .to_owned(),
    }
}

/// Everything ended well, and the settings do not say what they were to say.
pub(crate) fn not_followed(plan: &Plan, state: State) -> Problem {
    let title = plan.target.runtime.title();
    let machine = plan.target.machine.as_deref();
    let machine = machine
        .map(|name| format!(" (`{}`)", plain(name)))
        .unwrap_or_default();
    let done = match plan.commands.last() {
        Some(command) => format!("`{}` ended without an error", plain(&shown(command))),
        None => "The setting was written".to_owned(),
    };
    let found = if state == State::Unknown {
        "what the settings say of Rosetta now cannot be told".to_owned()
    } else {
        format!("by the settings, Rosetta is {} all the same", state.as_str())
    };
    Problem {
        kind: "not-followed".to_owned(),
        message: format!("{done}, and {title}{machine} did not follow: {found}"),
        hint: "`archlight rosetta` says which file decides; `archlight rosetta undo` takes back what was changed"
            .to_owned(),
    }
}

fn ended(failure: &Failure) -> String {
    match failure {
        Failure::Failed(why) if why.is_empty() => "failed, and said nothing".to_owned(),
        Failure::Failed(why) => format!("failed: {}", plain(why)),
        Failure::TooLong(limit) => format!("did not end within {} min", limit.as_secs() / 60),
        Failure::TooMuch => "said more than can be read".to_owned(),
        Failure::Broken(why) => format!("could not be run: {}", plain(why)),
        Failure::NoDocker | Failure::NoCompose => "needs a `docker` that is not here".to_owned(),
    }
}

impl From<ApplyError> for Problem {
    fn from(error: ApplyError) -> Self {
        Self {
            kind: kind(&error).to_owned(),
            message: said(&error.to_string()),
            hint: hint(&error).to_owned(),
        }
    }
}

fn kind(error: &ApplyError) -> &'static str {
    match error {
        ApplyError::Changed { .. } => "file-changed",
        ApplyError::Denied { .. } => "file-denied",
        ApplyError::NoRoom { .. } => "disk-full",
        ApplyError::Failed { .. } => "file-failed",
        ApplyError::NotAFile { .. } => "file-not-usable",
        ApplyError::NotKept { .. } => "file-not-kept",
        ApplyError::UnderWay => "under-way",
        ApplyError::JournalFailed { .. } => "journal-failed",
        ApplyError::NothingToUndo => "nothing-kept",
        ApplyError::RunsNow { .. } => "plan-changed",
        ApplyError::Refused => "not-safe",
        ApplyError::Uncertain { .. } => "setting-uncertain",
    }
}

fn hint(error: &ApplyError) -> &'static str {
    match error {
        ApplyError::Changed { .. } | ApplyError::RunsNow { .. } => {
            "Look at the plan again, and agree to that one"
        }
        ApplyError::Denied { .. } => {
            "Allow it in System Settings → Privacy & Security, or change the setting in the runtime itself"
        }
        ApplyError::NoRoom { .. } => "Make room on the disk and try again",
        ApplyError::Failed { .. } => "Look whether the disk can be written, and try again",
        ApplyError::NotAFile { .. } => "Put the settings file back where it was, and start the runtime once",
        ApplyError::NotKept { .. } => {
            "Look at what else writes that file; `archlight rosetta undo` restores it"
        }
        ApplyError::UnderWay => "Wait until it has ended, here or in the other window or terminal",
        ApplyError::JournalFailed { .. } => "Make room on the disk, or make that folder yours to write",
        ApplyError::NothingToUndo => "`archlight rosetta` says how it is now",
        ApplyError::Refused => "Run the same with `--dry-run` to see the whole plan",
        ApplyError::Uncertain { .. } => {
            "Look in Docker Desktop under Settings → General; after quitting it, the same command writes its file"
        }
    }
}

#[cfg(test)]
mod tests {
    use host::apply::BackendError;

    use super::*;

    #[test]
    fn every_error_has_a_kind_a_sentence_and_a_hint() {
        let path = || "/Users/me/settings-store.json".into();
        let errors = [
            ApplyError::Changed { path: path() },
            ApplyError::Denied { path: path() },
            ApplyError::NoRoom { path: path() },
            ApplyError::NotKept { path: path() },
            ApplyError::UnderWay,
            ApplyError::NothingToUndo,
            ApplyError::Uncertain {
                told: "{}\u{1b}[31m".to_owned(),
                said: BackendError::Ignored,
                now: None,
            },
        ];
        for problem in errors.map(Problem::from) {
            assert!(!problem.message.contains(char::is_control) && !problem.message.ends_with('.'));
            assert!(
                !problem.hint.is_empty() && !problem.hint.ends_with('.'),
                "{problem:?}"
            );
            assert!(
                problem
                    .kind
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            );
            assert_eq!(problem.exit_code(), 1, "{problem:?}");
        }
        let runs = ApplyError::RunsNow { path: path() };
        assert_eq!(Problem::from(runs).exit_code(), 4);
    }

    #[test]
    fn what_failed_is_said_with_its_last_words() {
        let command = Command {
            words: vec!["colima".to_owned(), "start".to_owned()],
        };
        let failed = command_failed(&command, &Failure::Failed("no \u{7}disk".to_owned()));
        assert_eq!(failed.message, "`colima start` failed: no disk");
        assert!(failed.hint.contains("archlight rosetta undo"));
    }
}
