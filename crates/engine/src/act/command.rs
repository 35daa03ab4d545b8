//! The `docker run` command that makes the same container, for people to read and to keep.

mod limits;
mod mounts;
mod networks;
mod program;
mod words;

use serde_json::{Value, json};

use super::{
    options::{CONFIG, Form, HOST, Rest, Row, is_nothing, number, pairs, text, texts},
    wanted::{Made, SystemPaths, Then, Wanted},
};
pub(super) use limits::{cpus, device_words};
pub(super) use networks::{is_users, links_of, published};
pub(super) use program::{duration, restart_policy};
use words::Words;
pub(super) use words::quoted;

/// A command, and what it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// For a shell, which reads it back to the same configuration.
    pub(crate) text: String,
    /// The fields of the create request that the command line has no words for.
    pub(crate) unsaid: Vec<String>,
}

/// The command that makes the same container as `made`, read from the request that the engine itself gets.
///
/// It is `docker run --detach` where that says it all. A container that was made to be attached to, one that is not to
/// be started, and one that joins further networks is made by `docker create`, and the rest follows after `&&`.
pub(crate) fn docker_run(made: &Made<'_>) -> Command {
    let mut wanted = Wanted::of(made);
    let joins = networks::Joins::of(made, &wanted);
    let streams = Streams::take(&mut wanted.config);
    let at_once = made.then == Then::Start && joins.later.is_empty() && streams.are_detached();
    let mut words = Words::default();
    words.option("--name", made.name, "Name");
    words.option("--platform", &made.platform.to_string(), "Platform");
    if !at_once {
        streams.say(&mut words);
    }
    for row in CONFIG {
        plain(&mut words, &row, &wanted.config.take(row.field));
    }
    program::life(&mut words, &mut wanted);
    networks::networks(&mut words, &mut wanted, &joins, made);
    mounts::mounts(&mut words, &mut wanted);
    for row in HOST {
        plain(&mut words, &row, &wanted.host.take(row.field));
    }
    limits::limits(&mut words, &mut wanted.host);
    let profile = security(&mut words, &mut wanted);
    program::surroundings(&mut words, &mut wanted);
    let program = program::program(&mut words, &wanted);
    leftovers(&mut words, &wanted);
    let verb = if at_once {
        "docker run --detach"
    } else {
        "docker create"
    };
    let mut text = profile
        .map(|profile| format!("printf %s {} | ", quoted(&profile)))
        .unwrap_or_default();
    text.push_str(verb);
    words.end(&mut text, &program);
    for later in &joins.later {
        text.push_str(" && ");
        networks::connect(&mut text, &mut words, later, made.name);
    }
    if !at_once && made.then == Then::Start {
        text.push_str(" && docker start");
        words::positional(&mut text, &[made.name]);
    }
    Command {
        text,
        unsaid: words.into_unsaid(),
    }
}

/// Which of its three streams the client that made it was attached to.
#[derive(Clone, Copy)]
struct Streams {
    input: Attached,
    output: Attached,
    errors: Attached,
    once: Attached,
    open: Attached,
}

type Attached = Option<()>;

impl Streams {
    fn take(config: &mut Rest) -> Self {
        let mut flag = |field: &str| (config.take(field) == json!(true)).then_some(());
        let (input, output, errors) = (flag("AttachStdin"), flag("AttachStdout"), flag("AttachStderr"));
        Self {
            input,
            output,
            errors,
            once: flag("StdinOnce"),
            open: (config.get("OpenStdin") == &json!(true)).then_some(()),
        }
    }

    /// As `docker run --detach` makes it.
    fn are_detached(self) -> bool {
        [self.input, self.output, self.errors, self.once] == [None; 4]
    }

    /// For `docker create`, which attaches to both outputs unless it is told otherwise, and to an open input always.
    fn say(self, words: &mut Words) {
        let implied = [self.open, Some(()), Some(())];
        let wanted = [self.input, self.output, self.errors];
        if wanted != implied {
            for (stream, attached) in ["stdin", "stdout", "stderr"].into_iter().zip(wanted) {
                if attached.is_some() {
                    words.option("--attach", stream, "Attach");
                }
            }
        }
        let all = ["Config.AttachStdin", "Config.AttachStdout", "Config.AttachStderr"];
        let nothing_said = wanted == [None; 3];
        let made = if nothing_said {
            implied
        } else {
            [self.input.or(self.open), self.output, self.errors]
        };
        for (field, (wanted, made)) in all.into_iter().zip(wanted.into_iter().zip(made)) {
            if wanted != made {
                words.leave_out(field);
            }
        }
        if self.once != self.open.and(made[0]) {
            words.leave_out("Config.StdinOnce");
        }
    }
}

/// A field that is said as the table has it.
fn plain(words: &mut Words, row: &Row, value: &Value) {
    let path = path(row);
    match row.form {
        Form::Text => words.said(row.flag, text(value), &path),
        Form::Texts => {
            for text in texts(value) {
                words.option(row.flag, &text, &path);
            }
        }
        Form::Number if is_nothing(value) => {}
        Form::Number | Form::AnyNumber => words.said(row.flag, &number(value), &path),
        Form::Switch => {
            if value == &json!(true) {
                words.flag(row.flag);
            }
        }
        Form::Pairs => {
            for (name, value) in pairs(value) {
                words.pair(row.flag, name, text(value), &path);
            }
        }
    }
}

fn path(row: &Row) -> String {
    let part = if CONFIG.iter().any(|known| known.field == row.field) {
        "Config"
    } else {
        "HostConfig"
    };
    format!("{part}.{}", row.field)
}

/// Security options. The profile of system calls is JSON, and an option of the command names a file: it is given as that
/// file's text.
fn security(words: &mut Words, wanted: &mut Wanted) -> Option<String> {
    let mut profile = None;
    for option in texts(&wanted.host.take("SecurityOpt")) {
        let inline = option
            .strip_prefix("seccomp=")
            .filter(|value| value.starts_with('{'));
        match inline {
            Some(_) if profile.is_some() => words.leave_out("HostConfig.SecurityOpt[seccomp]"),
            Some(json) if words.spend(json.len()) => {
                profile = Some(json.to_owned());
                words.option("--security-opt", "seccomp=/dev/stdin", "HostConfig.SecurityOpt");
            }
            Some(_) => words.leave_out("HostConfig.SecurityOpt[seccomp]"),
            None => words.option("--security-opt", &option, "HostConfig.SecurityOpt"),
        }
    }
    match wanted.paths {
        SystemPaths::Usual => {}
        SystemPaths::Open => words.option(
            "--security-opt",
            "systempaths=unconfined",
            "HostConfig.MaskedPaths",
        ),
        SystemPaths::Own => {
            words.leave_out("HostConfig.MaskedPaths");
            words.leave_out("HostConfig.ReadonlyPaths");
        }
    }
    profile
}

/// What no option was found for.
fn leftovers(words: &mut Words, wanted: &Wanted) {
    for field in wanted.config.left() {
        words.leave_out(&format!("Config.{field}"));
    }
    for field in wanted.host.left() {
        words.leave_out(&format!("HostConfig.{field}"));
    }
}

#[cfg(test)]
mod tests;
