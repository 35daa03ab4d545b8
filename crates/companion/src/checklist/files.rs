//! What files of the user's lead programs to which engine, platform and credentials.

use host::{
    Os, Runtime,
    checks::{Context, DockerConfig, Found, Helper, Owner, ShellLine, SocketLink, Standing, Subject, User},
};
use platform::Platform;

use super::{Id, Judged, Seen};
use crate::{checklist_words as words, view::FoundLine};

pub(super) fn default_platform(seen: &Seen) -> Judged {
    let id = Id::DefaultPlatform;
    let lines = lines(seen, &[Subject::DefaultPlatform]);
    let own = seen
        .variables
        .default_platform
        .as_deref()
        .filter(|it| !it.is_empty());
    let shown = found(&lines, own.map(|value| ("DOCKER_DEFAULT_PLATFORM", value)));
    let values: Vec<&str> = own
        .into_iter()
        .chain(lines.iter().filter(|it| counts(it)).map(|it| it.value.as_str()))
        .collect();
    let Some(value) = values.iter().find(|it| is_foreign(seen, it)).or(values.first()) else {
        return unread(seen, id, "DOCKER_DEFAULT_PLATFORM")
            .unwrap_or_else(|| id.ok(words::no_default_platform()).at(shown));
    };
    let of_value = |it: &&&ShellLine| counts(it) && it.value == **value;
    let lines: Vec<&ShellLine> = lines.iter().filter(of_value).copied().collect();
    let shown = first_of(shown, &lines);
    let judged = if is_foreign(seen, value) {
        id.warn(
            words::default_platform(value, &shown),
            words::take_out("DOCKER_DEFAULT_PLATFORM", &lines),
        )
    } else {
        id.ok(words::native_default_platform(value, shown.first()))
    };
    judged.at(shown)
}

/// Whether images are pulled for something else than this engine's own platform; what cannot be read counts.
fn is_foreign(seen: &Seen, value: &str) -> bool {
    let asked = value.parse::<Platform>();
    let same = |own: &str| asked.as_ref().is_ok_and(|it| it.architecture() == own);
    !seen.native().is_some_and(same)
}

pub(super) fn docker_host(seen: &Seen) -> Judged {
    let id = Id::DockerHost;
    let lines = lines(seen, &[Subject::Host, Subject::Context, Subject::ContextInUse]);
    let own = [
        ("DOCKER_HOST", &seen.docker_host),
        ("DOCKER_CONTEXT", &seen.docker_context),
    ];
    let own = own
        .into_iter()
        .find_map(|(name, value)| Some((name, value.as_deref().filter(|it| !it.is_empty())?)));
    let config = match &seen.facts.docker {
        Ok(config) => config.as_ref(),
        Err(error) => return id.unknown(words::config_unread(error)).with(words::mend(error)),
    };
    let context = config.and_then(|it| it.context.as_ref());
    let shown = found(&lines, None);
    if let Some(line) = lines.iter().find(|it| counts(it)) {
        let said = words::host_in_shell(line, context);
        return id
            .warn(said, words::take_out(line.subject.as_str(), &[line]))
            .at(shown);
    }
    if let Some(judged) = unread(seen, id, "DOCKER_HOST") {
        return judged.at(shown);
    }
    let judged = match (own, context) {
        (Some((name, value)), Some(context)) => id.warn(
            words::environment_over_context(name, value, context),
            words::unset(name),
        ),
        (Some((name, value)), None) => id.ok(words::by_environment(name, value)),
        (None, Some(context)) if context.address.is_none() => {
            id.todo(words::lost_context(context), words::use_default_context())
        }
        (None, context) => id.ok(words::context(context)),
    };
    judged.at(shown)
}

/// The lines of these, an earlier of which overrules a later one: what counts first, by who most probably uses it.
fn lines<'a>(seen: &'a Seen, subjects: &[Subject]) -> Vec<&'a ShellLine> {
    let all = seen.facts.shell.lines.iter();
    let mut lines: Vec<&ShellLine> = all.filter(|it| subjects.contains(&it.subject)).collect();
    // The last comes first, and so do, of those that count alike, the ones that always do.
    lines.reverse();
    let users = users(seen.machine.os);
    lines.sort_by_key(|line| {
        let user = users.iter().position(|user| line.counts_for(*user));
        let subject = subjects.iter().position(|it| *it == line.subject);
        (user.unwrap_or(users.len()), subject, !line.always)
    });
    lines
}

/// Those who may use a line, the default shell of terminals first.
fn users(os: Os) -> [User; 5] {
    match os {
        Os::MacOs => [User::Zsh, User::Bash, User::Fish, User::Sh, User::Session],
        Os::Linux => [User::Bash, User::Zsh, User::Fish, User::Sh, User::Session],
    }
}

fn counts(line: &ShellLine) -> bool {
    matches!(line.standing, Standing::Counts(_))
}

/// With what is said of the first of `lines` in front.
fn first_of(mut shown: Vec<FoundLine>, lines: &[&ShellLine]) -> Vec<FoundLine> {
    let told = |it: &FoundLine, line: &ShellLine| {
        it.place == line.place && it.line == line.line.and_then(|line| u32::try_from(line).ok())
    };
    if let Some(line) = lines.first() {
        shown.sort_by_key(|it| !told(it, line));
    }
    shown
}

/// A file that could not be read may hold the line.
fn unread(seen: &Seen, id: Id, name: &str) -> Option<Judged> {
    let error = seen.facts.shell.unread.first()?;
    Some(id.unknown(words::shell_unread(name, error)))
}

fn found(lines: &[&ShellLine], own: Option<(&str, &str)>) -> Vec<FoundLine> {
    let own = own.map(|(name, value)| words::of_environment(name, value));
    let shown = lines.iter().map(|it| FoundLine {
        place: it.place.clone(),
        line: it.line.and_then(|line| u32::try_from(line).ok()),
        text: words::line(it),
    });
    shown.chain(own).collect()
}

pub(super) fn socket(seen: &Seen) -> Judged {
    let id = Id::Socket;
    let context = context(seen);
    let told = context.is_some() || seen.docker_host.as_deref().is_some_and(|it| !it.is_empty());
    let fix = || words::remake_link(context);
    match &seen.facts.socket {
        SocketLink::Absent if told || seen.engine.is_ok() => id.ok(words::no_socket()),
        SocketLink::Absent => id.warn(words::nothing_leads_to_an_engine(), words::start_runtime()),
        SocketLink::Socket => id.ok(words::own_socket()),
        SocketLink::Leads(owner) if is_other(owner, context) => {
            id.warn(words::socket_of_another(owner, context), fix())
        }
        SocketLink::Leads(owner) => id.ok(words::socket_leads(owner)),
        SocketLink::Dangling(owner) if is_installed(seen, owner) => {
            id.warn(words::stopped_socket(owner), words::start_runtime())
        }
        SocketLink::Dangling(owner) => id.todo(words::dangling_socket(owner), fix()),
        SocketLink::NotASocket => id.todo(words::not_a_socket(), words::remove_socket()),
        SocketLink::Unknown => id.unknown(words::socket_unknown()),
    }
}

/// A runtime that is only stopped makes its socket again when it starts.
fn is_installed(seen: &Seen, owner: &Owner) -> bool {
    let mut all = seen.facts.runtimes.iter();
    all.any(|it| it.runtime == owner.runtime)
}

fn context(seen: &Seen) -> Option<&Context> {
    let config: &DockerConfig = seen.facts.docker.as_ref().ok()?.as_ref()?;
    config.context.as_ref()
}

/// Whether the link and the context in use lead to different runtimes, both of which are known.
fn is_other(owner: &Owner, context: Option<&Context>) -> bool {
    let known = |it: &Runtime| *it != Runtime::Unknown;
    let chosen = context.map(|it| it.runtime).filter(known);
    chosen.is_some_and(|it| known(&owner.runtime) && it != owner.runtime)
}

pub(super) fn credentials(seen: &Seen) -> Judged {
    let id = Id::Credentials;
    let config = match &seen.facts.docker {
        Ok(Some(config)) => config,
        Ok(None) => return id.ok(words::not_signed_in()),
        Err(error) => return id.unknown(words::config_unread(error)).with(words::mend(error)),
    };
    let helpers = &seen.facts.helpers;
    let first = |fits: fn(&Found) -> bool| helpers.iter().find(|it| fits(&it.found));
    if let Some(helper) = first(|it| matches!(it, Found::Nowhere | Found::BadName)) {
        let todo = id.todo(
            words::no_helper(helper, config),
            words::install_helper(helper, config),
        );
        return todo.also(words::inline_beside(config));
    }
    if let Some((helper, place)) = helpers.iter().find_map(terminal_only) {
        let warn = id.warn(
            words::helper_for_terminals(helper, place),
            words::helper_for_all(place, seen.machine.os),
        );
        return warn.also(words::inline_beside(config));
    }
    if config.inline > 0 {
        return id.warn(
            words::inline_credentials(config),
            words::use_store(config, seen.machine.os),
        );
    }
    match helpers.first() {
        Some(helper) => id.ok(words::helper(helper)),
        None => id.ok(words::not_signed_in()),
    }
}

fn terminal_only(helper: &Helper) -> Option<(&Helper, &str)> {
    match &helper.found {
        Found::TerminalOnly(place) => Some((helper, place)),
        Found::Everywhere(_) | Found::Nowhere | Found::BadName => None,
    }
}
