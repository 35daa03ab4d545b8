//! Of shell files, the socket, and credentials.

use host::{
    HostError, Os,
    checks::{At, Context, DockerConfig, Found, Helper, Owner, ShellLine, Standing, Subject, User},
};

use super::{command, fault, fix, list, literal, product, said};
use crate::{
    checklist::{Fix, Said},
    view::FoundLine,
};

/// Where a value of the process's own stands.
const ENVIRONMENT: &str = "this program's environment";

/// A line as it sets something, and whether that counts.
pub(crate) fn line(line: &ShellLine) -> String {
    let at = |at: &At| {
        let number = at.line.map_or_else(String::new, |line| format!(", line {line}"));
        format!("{}{number}", at.place)
    };
    let sometimes = (!line.always).then(|| "in some cases only".to_owned());
    let lost = match &line.standing {
        Standing::Counts(_) => None,
        Standing::Replaced(by) => Some(format!("overridden by {}", at(by))),
        Standing::TakenBack(by) => Some(format!("taken back by {}", at(by))),
        Standing::Unread(by) => Some(format!("not read, since there is {}", at(by))),
    };
    let notes: Vec<String> = sometimes.into_iter().chain(lost).collect();
    if notes.is_empty() {
        return line.said();
    }
    format!("{} ({})", line.said(), notes.join("; "))
}

pub(crate) fn of_environment(name: &str, value: &str) -> FoundLine {
    FoundLine {
        place: ENVIRONMENT.to_owned(),
        line: None,
        text: format!("{name}={}", literal(value)),
    }
}

/// `~/.zshrc, line 12`.
fn place(line: &FoundLine) -> String {
    let at = line
        .line
        .map_or_else(String::new, |number| format!(", line {number}"));
    if line.place == ENVIRONMENT {
        return line.place.clone();
    }
    format!("`{}`{at}", line.place)
}

pub(crate) fn no_default_platform() -> Said {
    said(
        "No default platform is set",
        "nothing that was read sets `DOCKER_DEFAULT_PLATFORM`",
    )
}

pub(crate) fn native_default_platform(value: &str, first: Option<&FoundLine>) -> Said {
    let title = format!("DOCKER_DEFAULT_PLATFORM is {}", literal(value));
    said(title, format!("which runs here by itself{}", set_in(first)))
}

pub(crate) fn default_platform(value: &str, lines: &[FoundLine]) -> Said {
    let place = lines
        .first()
        .map_or_else(|| "the environment".to_owned(), |it| it.place.clone());
    let title = format!("DOCKER_DEFAULT_PLATFORM is {} in {place}", literal(value));
    let detail = "every image is pulled for that, also those that have a native build";
    said(title, format!("{detail}{}", set_in(lines.first())))
}

fn set_in(line: Option<&FoundLine>) -> String {
    line.map_or_else(String::new, |line| format!("; set in {}", place(line)))
}

pub(crate) fn shell_unread(name: &str, error: &HostError) -> Said {
    said(
        name,
        format!("whether a file sets it is not known: {}", fault(error)),
    )
}

/// An editor opens a file at a line; a place that a shell would read otherwise has no command.
pub(crate) fn take_out(name: &str, lines: &[&ShellLine]) -> Fix {
    let how = match lines.first() {
        Some(line) => format!("Take the line out of `{}`, and open a new terminal", line.place),
        None => format!("Run Archlight without `{name}`, and look at what set it"),
    };
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./~".contains(it);
    let open = lines.first().and_then(|line| {
        let number = line.line?;
        let safe = line.place.chars().all(plain);
        safe.then(|| format!("${{EDITOR:-vi}} +{number} {}", line.place))
    });
    let unset = lines.is_empty().then(|| format!("unset {name}"));
    Fix {
        command: open.or(unset),
        ..fix("remove-line", how)
    }
}

pub(crate) fn unset(name: &str) -> Fix {
    let how = "Take it back in this terminal, or look for what set it";
    command("unset-variable", how, format!("unset {name}"))
}

pub(crate) fn host_in_shell(line: &ShellLine, context: Option<&Context>) -> Said {
    let subject = line.subject.as_str();
    let title = match line.subject {
        Subject::ContextInUse => format!("{} chooses the context {}", line.place, line.value),
        Subject::Host | Subject::Context | Subject::DefaultPlatform => {
            format!("{subject} is set in {}", line.place)
        }
    };
    let over = context.map_or_else(String::new, |it| format!(" `{}`", it.name));
    let detail = match line.subject {
        Subject::ContextInUse => {
            "each new terminal changes the context of all programs back to it".to_owned()
        }
        Subject::Host | Subject::Context | Subject::DefaultPlatform if line.counts_for(User::Session) => {
            format!("programs use `{}` in place of the context{over}", line.value)
        }
        Subject::Host | Subject::Context | Subject::DefaultPlatform => format!(
            "terminals use `{}` in place of the context{over}; programs that are not started from one do not",
            line.value
        ),
    };
    said(title, detail)
}

pub(crate) fn environment_over_context(name: &str, value: &str, context: &Context) -> Said {
    let detail = format!(
        "it is `{}` in {ENVIRONMENT}, and overrules the context `{}`",
        literal(value),
        context.name
    );
    said(format!("{name} overrules the context"), detail)
}

pub(crate) fn by_environment(name: &str, value: &str) -> Said {
    said(
        format!("{name} names the engine"),
        format!("it is `{}` in {ENVIRONMENT}", literal(value)),
    )
}

pub(crate) fn lost_context(context: &Context) -> Said {
    let detail = "`docker` fails until another one is chosen: what it leads to is kept nowhere";
    said(format!("The context {} does not exist", context.name), detail)
}

pub(crate) fn use_default_context() -> Fix {
    let how = "Choose a context that exists; `docker context ls` lists them";
    command("use-context", how, "docker context use default")
}

pub(crate) fn context(context: Option<&Context>) -> Said {
    match context {
        Some(context) => {
            let address = context.address.as_deref().unwrap_or_default();
            said(
                format!("The context {} is in use", context.name),
                format!("it leads to `{address}`, and no file of a shell sets another"),
            )
        }
        None => said("The default context is in use", "no file of a shell sets another"),
    }
}

pub(crate) fn config_unread(error: &HostError) -> Said {
    said(
        "Docker's config.json",
        format!("it cannot be understood: {}", fault(error)),
    )
}

pub(crate) fn mend(error: &HostError) -> Fix {
    let how = if matches!(error, HostError::Denied { .. }) {
        "Make the file yours to read"
    } else {
        "Keep a copy of the file, and correct it"
    };
    fix("mend-file", how)
}

pub(crate) fn no_socket() -> Said {
    said(
        "No socket link",
        "`/var/run/docker.sock` does not exist; contexts do not need it",
    )
}

pub(crate) fn nothing_leads_to_an_engine() -> Said {
    said(
        "Nothing leads to an engine",
        "`/var/run/docker.sock` does not exist, and no context is chosen",
    )
}

pub(crate) fn start_runtime() -> Fix {
    fix(
        "start-runtime",
        "Start the runtime; most of them make the link, or a context, when they start",
    )
}

pub(crate) fn own_socket() -> Said {
    said(
        "The engine's own socket",
        "`/var/run/docker.sock` is a socket itself",
    )
}

pub(crate) fn socket_leads(owner: &Owner) -> Said {
    said(
        format!("The socket leads to {}", product(owner.runtime.as_str())),
        led(owner),
    )
}

fn led(owner: &Owner) -> String {
    format!("`/var/run/docker.sock` is a link to `{}`", owner.place)
}

pub(crate) fn socket_of_another(owner: &Owner, context: Option<&Context>) -> Said {
    let name = context.map(|it| it.name.as_str()).unwrap_or_default();
    let detail = format!(
        "{}, while the context `{name}` is in use, so that programs see two engines",
        led(owner)
    );
    said(
        format!("The socket leads to {}", product(owner.runtime.as_str())),
        detail,
    )
}

pub(crate) fn dangling_socket(owner: &Owner) -> Said {
    said(
        "The socket leads nowhere",
        format!("{}, which does not exist", led(owner)),
    )
}

pub(crate) fn stopped_socket(owner: &Owner) -> Said {
    let name = product(owner.runtime.as_str());
    let detail = format!("{}, which is not there while {name} does not run", led(owner));
    said(format!("The socket leads to {name}, which is stopped"), detail)
}

/// The link to the socket of the context in use, where its path can stand in a command.
pub(crate) fn remake_link(context: Option<&Context>) -> Fix {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./".contains(it);
    let path = context.and_then(|it| it.address.as_deref()?.strip_prefix("unix://"));
    match path.filter(|path| path.starts_with('/') && path.chars().all(plain)) {
        Some(path) => command(
            "remake-socket-link",
            "Let the link lead to the engine of the context in use",
            format!("sudo ln -sf {path} /var/run/docker.sock"),
        ),
        None => command(
            "remake-socket-link",
            "Take the link away; the runtime in use makes its own, or a context is used",
            "sudo rm /var/run/docker.sock",
        ),
    }
}

pub(crate) fn not_a_socket() -> Said {
    said(
        "The socket is none",
        "`/var/run/docker.sock` is a file or a folder, which a container's mount may have made",
    )
}

pub(crate) fn remove_socket() -> Fix {
    fix(
        "remake-socket-link",
        "Look at what lies at `/var/run/docker.sock`, take it away, and restart the runtime",
    )
}

pub(crate) fn socket_unknown() -> Said {
    said("The socket", "where `/var/run/docker.sock` leads cannot be told")
}

pub(crate) fn not_signed_in() -> Said {
    said(
        "No credential helper is needed",
        "no registry's credentials are kept",
    )
}

/// `docker-credential-desktop`.
fn program(helper: &Helper) -> String {
    format!("docker-credential-{}", helper.name)
}

fn for_whom(helper: &Helper) -> String {
    if helper.registries.is_empty() {
        return "all registries".to_owned();
    }
    list(helper.registries.iter().map(|it| format!("`{it}`")))
}

pub(crate) fn no_helper(helper: &Helper, config: &DockerConfig) -> Said {
    let detail = match helper.found {
        Found::BadName => "it is no name of a program",
        Found::Nowhere | Found::Everywhere(_) | Found::TerminalOnly(_) => {
            "it lies in none of the usual folders, so that pulls fail"
        }
    };
    let detail = format!("`{}` names it for {}; {detail}", config.place, for_whom(helper));
    said(format!("{} was not found", program(helper)), detail)
}

pub(crate) fn install_helper(helper: &Helper, config: &DockerConfig) -> Fix {
    let key = if helper.registries.is_empty() {
        "credsStore"
    } else {
        "credHelpers"
    };
    let how = format!(
        "Install `{}`, or take it out of `{key}` in `{}` and sign in anew",
        program(helper),
        config.place
    );
    fix("install-helper", how)
}

pub(crate) fn helper_for_terminals(helper: &Helper, place: &str) -> Said {
    let detail = format!("it is `{place}`, where programs that are not started from a terminal do not look");
    said(format!("{} is found by terminals only", program(helper)), detail)
}

pub(crate) fn helper_for_all(place: &str, os: Os) -> Fix {
    let how = "Let all programs look there too, then start the Mac anew";
    let folder = place.rsplit_once('/').map_or("", |(folder, _)| folder);
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./".contains(it);
    if os == Os::MacOs && folder.starts_with('/') && folder.chars().all(plain) {
        let set = format!("sudo launchctl config user path {folder}:/usr/bin:/bin:/usr/sbin:/sbin");
        return command("extend-path", how, set);
    }
    fix(
        "extend-path",
        format!("Link `{place}` into a folder where all programs look, such as `/usr/local/bin`"),
    )
}

pub(crate) fn inline_credentials(config: &DockerConfig) -> Said {
    let detail = format!(
        "`{}` holds those of {}, readable for whoever reads the file",
        config.place,
        registries(config.inline)
    );
    said("Credentials are kept without encryption", detail)
}

/// What is kept in the file itself beside a helper for it.
pub(crate) fn inline_beside(config: &DockerConfig) -> Option<String> {
    let held = registries(config.inline);
    let text = || format!("credentials of {held} stand in the file itself, without encryption");
    (config.inline > 0).then(text)
}

fn registries(count: usize) -> String {
    match count {
        1 => "1 registry".to_owned(),
        count => format!("{count} registries"),
    }
}

pub(crate) fn use_store(config: &DockerConfig, os: Os) -> Fix {
    if let Some(store) = &config.store {
        let how = format!(
            "Sign in anew with `docker logout` and `docker login` for each of them, which moves them into `{store}`"
        );
        return fix("use-credential-store", how);
    }
    let store = match os {
        Os::MacOs => "osxkeychain",
        Os::Linux => "secretservice",
    };
    let how =
        format!("Install `docker-credential-{store}`, set `\"credsStore\": \"{store}\"`, and sign in anew");
    fix("use-credential-store", how)
}

pub(crate) fn helper(helper: &Helper) -> Said {
    let place = match &helper.found {
        Found::Everywhere(place) | Found::TerminalOnly(place) => {
            format!("it is `{place}`, and for {}", for_whom(helper))
        }
        Found::Nowhere | Found::BadName => for_whom(helper),
    };
    said(format!("{} is found by all programs", program(helper)), place)
}
