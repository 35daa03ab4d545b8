//! The sentences of a diagnosis.

use platform::{LineEnding, Link, Mount, MountKind, Native, Platform, Role, Target};

use crate::{
    Cause, Confidence, JudgedLink, Known, State,
    fate::Fate,
    faults::Fault,
    foreign_text::{engine_words, quoted, shown},
    rules::Case,
    verdict::{SIGNALLED, fits},
};

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
        Cause::CrlfLineEndings => carriage_return(case),
        Cause::ByteOrderMark => bytes_before_shebang(case),
        Cause::MissingShebang => missing_shebang(case),
        Cause::MissingInterpreter => {
            format!("The script's interpreter {place} is not in the {}", whole(case))
        }
        Cause::MissingLoader => format!("The program's loader {place} is not in the {}", whole(case)),
        Cause::MissingLibrary => missing_library(case),
        Cause::ForeignModule => foreign_module(case),
        Cause::EmptyProgram => format!("{place} is an empty file"),
        Cause::TruncatedProgram => format!("{place} is cut off: its headers point past its end"),
        Cause::NotExecutable => not_executable(case),
        Cause::IsADirectory => format!("{place} is a folder, not a program"),
        Cause::CommandNotFound => not_there(case),
        Cause::NoexecMount => noexec(case),
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
        Cause::Unknown => unknown(case),
    }
}

/// What was read.
fn whole(case: &Case<'_>) -> &'static str {
    match case.facts.ending.state {
        State::Image => "image",
        State::Created | State::Running | State::Restarting | State::Ended => "container",
    }
}

fn carriage_return(case: &Case<'_>) -> String {
    let script = script_place(case);
    match case.faulty().and_then(|judged| judged.kind) {
        Some(Fault::CarriageReturn | Fault::ScriptCarriageReturn) => {
            format!("The first line of {script} ends in CR LF, so its interpreter is not found")
        }
        _ => format!("The lines of {script} end in CR LF, and what reads them stumbles over it"),
    }
}

fn missing_library(case: &Case<'_>) -> String {
    match case
        .faulty()
        .filter(|judged| judged.kind == Some(Fault::MissingLibrary))
    {
        Some(judged) => format!("The library {} is not in the {}", place_of(judged), whole(case)),
        None => "Its log says that a library is missing, or is too old".to_owned(),
    }
}

fn foreign_module(case: &Case<'_>) -> String {
    let Some(judged) = case
        .faulty()
        .filter(|judged| judged.kind == Some(Fault::ForeignModule))
    else {
        return "Its log says that a module could not be loaded, as one for another platform is not"
            .to_owned();
    };
    let place = place_of(judged);
    let program = case
        .actual
        .map_or_else(|| case.facts.engine.short(), Platform::short);
    match judged.link.platform().map(Platform::os) {
        Some("darwin") => format!("{place} is built for macOS, and a Linux program loads it"),
        Some("windows") => format!("{place} is built for Windows, and a Linux program loads it"),
        _ => format!(
            "{place} is built for {}, and the program that loads it for {program}",
            name(judged.link.platform())
        ),
    }
}

fn not_executable(case: &Case<'_>) -> String {
    let place = place(case);
    let file = case.faulty().and_then(|judged| judged.link.file());
    match (
        case.faulty().and_then(|judged| judged.kind),
        file.and_then(|file| file.barred_by.as_deref()),
    ) {
        (_, Some(folder)) => {
            format!(
                "{place} lies below {}, which its user may not enter",
                quoted(folder)
            )
        }
        (Some(Fault::NotReadable), None) => format!("{place} may not be read by its user"),
        _ => format!("{place} has no permission to be executed"),
    }
}

fn not_there(case: &Case<'_>) -> String {
    let hidden = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let place = place(case);
    match hidden {
        Some(mount) => format!(
            "There is no program {place}: {} lies over what the image has there",
            mounted(mount)
        ),
        None => format!("There is no program {place} in the {}", whole(case)),
    }
}

fn noexec(case: &Case<'_>) -> String {
    let mount = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let place = place(case);
    match (mount, case.confidence) {
        (Some(mount), Confidence::Certain) => {
            format!("{place} lies on {}, which forbids to execute it", mounted(mount))
        }
        (Some(mount), _) => format!(
            "{place} may be executed by its permissions, and lies on {}, which seems to forbid it",
            mounted(mount)
        ),
        (None, _) => format!("{place} lies where execution is forbidden"),
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

fn bytes_before_shebang(case: &Case<'_>) -> String {
    let place = place(case);
    let text = case.faulty().and_then(|judged| judged.link.program()?.text());
    match text.map(|text| (text.byte_order_mark, text.shebang_at)) {
        Some((false, Some(1))) => format!("{place} has one byte before its `#!`"),
        Some((false, Some(at))) => format!("{place} has {at} bytes before its `#!`"),
        _ => format!("{place} has a byte order mark before its `#!`"),
    }
}

fn missing_shebang(case: &Case<'_>) -> String {
    let place = place(case);
    if case.faulty().and_then(|judged| judged.kind) == Some(Fault::BadShebang) {
        format!("The `#!` line of {place} names no interpreter that the kernel can read")
    } else {
        format!("{place} is a text without a `#!` line")
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

fn unknown(case: &Case<'_>) -> String {
    let facts = case.facts;
    match facts.ending.state {
        State::Running if !facts.health.is_empty() => {
            return "It runs, its health check fails, and nothing that was read says why".to_owned();
        }
        State::Running => return "It runs; there is nothing to explain".to_owned(),
        State::Created if !facts.ending.is_bad() => return "It was never started".to_owned(),
        State::Image => return unknown_image(case),
        State::Created | State::Restarting | State::Ended => {}
    }
    match (case.fate, &facts.chain) {
        (Fate::Refused(refusal), Known::Unknown(why)) => format!(
            "It could not be started, and its program could not be read ({}): {}",
            shown(why),
            engine_words(&refusal.words)
        ),
        (Fate::Refused(refusal), Known::Known(_)) => format!(
            "It could not be started, and its files do not show why: {}",
            engine_words(&refusal.words)
        ),
        (Fate::Silent, _) => "It could not be started, and the engine does not say why".to_owned(),
        (Fate::Unsure(why), _) => format!(
            "It {}, and its log could not be read: {}",
            ended(case),
            shown(why)
        ),
        (Fate::Ran, _) => unknown_end(case),
    }
}

fn unknown_image(case: &Case<'_>) -> String {
    if let Known::Unknown(why) = &case.facts.chain {
        return format!("What it would run is not known: {}", shown(why));
    }
    let faulty = case.chain.iter().find(|judged| judged.fault.is_some());
    let unread = |judged: &&JudgedLink| matches!(judged.link.target, Target::Unreadable(_));
    match (faulty, case.chain.iter().find(unread)) {
        (Some(judged), _) => format!(
            "{} would not start: {}",
            place_of(judged),
            judged.fault.as_deref().unwrap_or_default()
        ),
        (None, Some(judged)) => format!(
            "Whether it starts is not known: {} could not be read",
            place_of(judged)
        ),
        (None, None) => "Nothing that was read keeps it from starting".to_owned(),
    }
}

fn unknown_end(case: &Case<'_>) -> String {
    let is_broken = |judged: &&JudgedLink| judged.kind.is_some_and(Fault::forbids_running);
    match case.chain.iter().find(is_broken) {
        Some(judged) => format!(
            "It {}; {} cannot be run as it is now, and the log does not say so",
            ended(case),
            place_of(judged)
        ),
        None => format!("It {}, and nothing tells who sent the signal", ended(case)),
    }
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

/// What is wrong with `link`.
pub(crate) fn fault(fault: Fault, link: &Link, engine: &Platform) -> String {
    let words = match fault {
        Fault::Foreign => return foreign(link, engine),
        Fault::NotLinux => "not a Linux program",
        Fault::CarriageReturn => "not in the container; its name ends in a carriage return",
        Fault::ScriptCarriageReturn => "its first line ends in CR LF",
        Fault::LineEndings => "its lines end in CR LF",
        Fault::ForeignModule => return foreign_to_loader(link),
        Fault::NoExecution => "it lies where execution is forbidden",
        Fault::NotReadable => "its user may not read it",
        Fault::BytesBeforeShebang => "`#!` does not come first",
        Fault::NoShebang => "a text without `#!`",
        Fault::BadShebang => "`#!` names no interpreter that the kernel can read",
        Fault::Unrecognised if link.role == Role::Loader => "not a loader",
        Fault::Unrecognised => "neither a program nor a text",
        Fault::MissingCommand | Fault::MissingInterpreter | Fault::MissingLoader | Fault::MissingLibrary => {
            "not in the container"
        }
        Fault::Empty => "an empty file",
        Fault::Truncated => "its headers point past its end",
        Fault::NotExecutable if link.file().is_some_and(|file| file.barred_by.is_some()) => {
            "its user may not enter a folder above it"
        }
        Fault::NotExecutable => "its user may not execute it",
        Fault::Directory => "a folder",
    };
    words.to_owned()
}

fn foreign_to_loader(link: &Link) -> String {
    match link.platform().map(Platform::os) {
        Some("darwin") => "built for macOS".to_owned(),
        Some("windows") => "built for Windows".to_owned(),
        _ => format!("built for {}, unlike what loads it", name(link.platform())),
    }
}

/// Some processors of the engine's platform may run it, this one does not.
fn foreign(link: &Link, engine: &Platform) -> String {
    let (platform, engine_name) = (name(link.platform()), engine.short());
    match link.platform().map(|platform| platform.runs_on(engine)) {
        Some(Native::Depends) => {
            format!("built for {platform}, which this {engine_name} engine does not run")
        }
        _ => format!("built for {platform}, and this engine is {engine_name}"),
    }
}

/// What `link` is, in one line.
pub(crate) fn detail(link: &Link) -> String {
    match &link.target {
        Target::File(file) => file.program.describe(),
        Target::Directory => "folder".to_owned(),
        Target::Special => "device, pipe or socket".to_owned(),
        Target::Missing => "not there".to_owned(),
        Target::Unreadable(why) => format!("could not be read: {}", shown(why)),
    }
}

/// The judged link's place, quoted.
pub(crate) fn place_of(judged: &JudgedLink) -> String {
    quoted(judged.link.place())
}
