//! The sentences of a diagnosis.

mod file;
mod link;
mod unknown;

use platform::{LineEnding, Mount, MountKind, Platform};

use crate::{
    Cause, JudgedLink, Known, State,
    diagnose::Case,
    foreign_text::quoted,
    verdict::{SIGNALLED, fits},
};

pub(crate) use link::{asked_in, detail, fault};

/// The signals that end programs, as Linux numbers them on every platform that engines run on.
const SIGNALS: [(i64, &str); 12] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (11, "SIGSEGV"),
    (7, "SIGBUS"),
    (13, "SIGPIPE"),
    (15, "SIGTERM"),
];

/// The cause in one sentence.
pub(crate) fn summary(case: &Case<'_>) -> String {
    let said = of_cause(case);
    if case.facts.ending.state != State::HealthCheck {
        return said;
    }
    let mut letters = said.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let said: String = first.into_iter().chain(letters).collect();
    format!("It runs, and its health check does not start: {said}")
}

fn of_cause(case: &Case<'_>) -> String {
    let place = place(case);
    match case.cause {
        Cause::WrongArchitecture => wrong_architecture(case),
        Cause::MislabelledImage => {
            let actual = name(case.actual);
            format!(
                "The image says {}, but its program {place} is built for {actual}",
                claimed(case)
            )
        }
        Cause::ForeignBinary => foreign_binary(case),
        Cause::NotLinuxBinary => format!("{place} is a program for {}, not for Linux", system(case)),
        Cause::CrlfLineEndings => file::carriage_return(case),
        Cause::ByteOrderMark => file::bytes_before_shebang(case),
        Cause::MissingShebang => file::missing_shebang(case),
        Cause::MissingInterpreter => {
            format!("The script's interpreter {place} is not in the {}", whole(case))
        }
        Cause::MissingLoader => format!("The program's loader {place} is not in the {}", whole(case)),
        Cause::MissingLibrary => file::missing_library(case),
        Cause::ForeignModule => file::foreign_module(case),
        Cause::EmptyProgram => format!("{place} is an empty file"),
        Cause::TruncatedProgram => format!("{place} is cut off: its headers point past its end"),
        Cause::NotExecutable => file::not_executable(case),
        Cause::IsADirectory if case.signature.is_some() => {
            "The program that was to be started is a folder, by the engine's words".to_owned()
        }
        Cause::IsADirectory => file::folder(case),
        Cause::CommandNotFound => file::not_there(case),
        Cause::NoexecMount => file::noexec(case),
        Cause::TranslatorFailure => translator_failure(case),
        Cause::PlatformUnavailable => "The engine has no such platform of the image".to_owned(),
        Cause::PortInUse => port_in_use(case),
        Cause::MountSourceMissing => match &case.facts.missing_source {
            Some(source) => format!("{} was to be mounted and is not there", quoted(source)),
            None => "What was to be mounted is not there".to_owned(),
        },
        Cause::IllegalInstruction => illegal_instruction(case),
        Cause::OutOfMemory => "The kernel ended a process in it for want of memory".to_owned(),
        Cause::Stopped => "It was stopped by request".to_owned(),
        Cause::ApplicationExit => format!("{} ran and {}", program(case), ended(case)),
        Cause::Unknown => unknown::unknown(case),
    }
}

/// What was read.
fn whole(case: &Case<'_>) -> &'static str {
    match case.facts.ending.state {
        State::Image => "image",
        State::Created | State::Running | State::Restarting | State::Ended | State::HealthCheck => {
            "container"
        }
    }
}

/// What lies over the image's own files, in words.
pub(crate) fn mounted(mount: &Mount) -> String {
    let at = quoted(&mount.destination);
    match mount.kind {
        MountKind::Bind => format!("the mounted folder {at}"),
        MountKind::Volume => format!("the volume at {at}"),
        MountKind::Memory => format!("the memory mounted at {at}"),
        MountKind::Other => format!("what is mounted at {at}"),
    }
}

fn translator_failure(case: &Case<'_>) -> String {
    let actual = case.actual.or(case.facts.claimed.as_known());
    let programs = actual.map_or_else(|| "the".to_owned(), Platform::short);
    if case.signature.is_some() {
        return format!("What translates {programs} programs here failed, by its own words");
    }
    format!(
        "{} is there, and the kernel does not find what translates {programs} programs: it was registered in a way that does not reach into containers",
        place(case)
    )
}

fn port_in_use(case: &Case<'_>) -> String {
    match port(&case.facts.ending.error) {
        Some(port) => format!("Port {port} of this machine is taken"),
        None => "A port of this machine that it publishes is taken".to_owned(),
    }
}

/// The port that an engine's words are about: `0.0.0.0:5000`, `[::]:5000`.
pub(crate) fn port(words: &str) -> Option<u16> {
    let mut ports =
        words.split(|letter: char| !letter.is_ascii_digit() && !matches!(letter, ':' | '.' | ']'));
    ports.find_map(|word| {
        let (address, port) = word.trim_end_matches([':', '.']).rsplit_once(':')?;
        (address.contains('.') || address.ends_with(']') || address.ends_with(':'))
            .then_some(port)?
            .parse()
            .ok()
    })
}

/// Without a label, only the program is known to be foreign.
fn wrong_architecture(case: &Case<'_>) -> String {
    let subject = match case.facts.claimed {
        Known::Known(_) => "The image".to_owned(),
        Known::Unknown(_) => format!("The program {}", place(case)),
    };
    let (actual, engine) = (name(case.actual), case.facts.engine.short());
    if case.facts.ending.state == State::Image {
        return format!(
            "{subject} is built for {actual}, and this engine is {engine}: it runs only if translated"
        );
    }
    format!("{subject} is built for {actual}, this engine is {engine}, and nothing translated it")
}

fn foreign_binary(case: &Case<'_>) -> String {
    let foreign = case.faulty().and_then(|judged| judged.link.platform());
    let (place, platform) = (place(case), name(foreign));
    let belongs = |claimed: &&Platform| foreign.is_some_and(|foreign| fits(foreign, claimed));
    match case.facts.claimed.as_known().filter(|claimed| !belongs(claimed)) {
        Some(claimed) => format!(
            "{place} is built for {platform}, inside an image for {}",
            claimed.short()
        ),
        None => format!("{place} is built for {platform}, and what belongs to it is not"),
    }
}

fn illegal_instruction(case: &Case<'_>) -> String {
    let (program, code) = (program(case), exit_code(case));
    let who = if case.is_foreign() {
        "its translator"
    } else {
        "the processor"
    };
    format!("{program} stopped at an instruction that {who} does not know ({code})")
}

/// The program; what is known to have been translated is called so.
fn program(case: &Case<'_>) -> String {
    match case.actual {
        Some(actual) if case.is_foreign() => {
            format!(
                "The program, built for {} and translated to {},",
                actual.short(),
                case.facts.engine.short()
            )
        }
        _ => "The program".to_owned(),
    }
}

fn ended(case: &Case<'_>) -> String {
    match case.facts.ending.exit_code {
        0 => "ended without an error".to_owned(),
        _ => format!("ended with {}", exit_code(case)),
    }
}

fn exit_code(case: &Case<'_>) -> String {
    let code = case.facts.ending.exit_code;
    let signal = SIGNALS.iter().find(|(number, _)| SIGNALLED + number == code);
    signal.map_or_else(
        || format!("exit code {code}"),
        |(_, name)| format!("exit code {code}, {name}"),
    )
}

/// The place of the faulty link, else of the program.
fn place(case: &Case<'_>) -> String {
    let link = case
        .faulty()
        .or_else(|| case.program())
        .or_else(|| case.chain.first());
    link.map_or_else(|| "the program".to_owned(), place_of)
}

/// The place of the script whose first line ends in CR LF.
pub(crate) fn script_place(case: &Case<'_>) -> String {
    let ends_in_cr_lf = |judged: &&JudgedLink| {
        let program = judged.link.program();
        let script = program.and_then(|program| program.script());
        let text = program.and_then(|program| program.text());
        script.is_some_and(|script| script.line_ending == LineEnding::CrLf)
            || text.is_some_and(|text| text.first_line.ends_with(b"\r\n"))
    };
    let script = case.chain.iter().find(ends_in_cr_lf);
    script.map_or_else(|| "the script".to_owned(), place_of)
}

fn system(case: &Case<'_>) -> &'static str {
    let platform = case.faulty().and_then(|judged| judged.link.platform());
    match platform.map(Platform::os) {
        Some("darwin") => "macOS",
        Some("windows") => "Windows",
        Some("freebsd") => "FreeBSD",
        _ => "another system",
    }
}

fn name(platform: Option<&Platform>) -> String {
    platform.map_or_else(|| "another platform".to_owned(), Platform::short)
}

/// What the image says that it is for, in words.
fn claimed(case: &Case<'_>) -> String {
    let claimed = case.facts.claimed.as_known();
    claimed.map_or_else(|| "nothing".to_owned(), Platform::short)
}

/// The judged link's place, quoted.
pub(crate) fn place_of(judged: &JudgedLink) -> String {
    quoted(judged.link.place())
}
