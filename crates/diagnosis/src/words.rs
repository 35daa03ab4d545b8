//! The sentences of a diagnosis. Text from outside stands in back-quotes, cut and with its control characters escaped.

use platform::Platform;

use crate::{Cause, JudgedLink, Known, Link, Role, State, Target, fate::Fate, faults::Fault, rules::Case};

/// As much of a foreign text as a sentence bears.
const QUOTED: usize = 200;

/// `text` in back-quotes, so that it cannot be taken for a sentence of ours.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(QUOTED)
        .flat_map(|letter| {
            let escape = letter.is_control() || letter == '`';
            if escape {
                letter.escape_default().collect::<Vec<_>>()
            } else {
                vec![letter]
            }
        })
        .collect();
    let more = if text.chars().nth(QUOTED).is_some() {
        "…"
    } else {
        ""
    };
    format!("`{shown}{more}`")
}

/// The cause in one sentence.
pub(crate) fn summary(case: &Case<'_>) -> String {
    let place = place(case);
    let actual = case
        .actual
        .map_or_else(|| "another platform".to_owned(), Platform::short);
    let claimed = claimed(case);
    let engine = case.facts.engine.short();
    let code = case.facts.ending.exit_code;
    match case.cause {
        Cause::WrongArchitecture => {
            format!(
                "The image is built for {actual}, this engine is {engine}, and nothing here translated it"
            )
        }
        Cause::MislabelledImage => {
            format!("The image says {claimed}, but its program {place} is built for {actual}")
        }
        Cause::ForeignBinary => format!(
            "{place} is built for {}, inside an image for {claimed}",
            faulty_platform(case)
        ),
        Cause::NotLinuxBinary => format!("{place} is not a Linux program"),
        Cause::CrlfLineEndings => format!("{} ends its first line with CR LF", script_place(case)),
        Cause::ByteOrderMark => format!("{place} starts with a byte order mark before `#!`"),
        Cause::MissingShebang => format!("{place} is a text without a `#!` line"),
        Cause::MissingInterpreter => format!("The interpreter {place} is not in the image"),
        Cause::MissingLoader => format!("The loader {place} that the program needs is not in the image"),
        Cause::EmptyProgram => format!("{place} is an empty file"),
        Cause::TruncatedProgram => format!("{place} is cut off: its headers point past its end"),
        Cause::NotExecutable => format!("{place} is not executable"),
        Cause::IsADirectory => format!("{place} is a folder, not a program"),
        Cause::CommandNotFound => format!("{place} is not in the image"),
        Cause::IllegalInstruction => {
            "The program used an instruction that the processor here lacks".to_owned()
        }
        Cause::OutOfMemory => "The kernel ended it because it used more memory than it may".to_owned(),
        Cause::Stopped => "It was stopped by request".to_owned(),
        Cause::ApplicationExit if code == 0 => "The program ran and ended without an error".to_owned(),
        Cause::ApplicationExit => format!("The program ran and ended with exit code {code}"),
        Cause::Unknown => unknown(case),
        Cause::MissingLibrary
        | Cause::ForeignModule
        | Cause::NoexecMount
        | Cause::TranslatorFailure
        | Cause::PlatformUnavailable
        | Cause::PortInUse
        | Cause::MountSourceMissing => format!("It ended with exit code {code}"),
    }
}

fn unknown(case: &Case<'_>) -> String {
    match case.facts.ending.state {
        State::Running => return "It runs; there is nothing to explain".to_owned(),
        State::Created if !case.facts.ending.is_bad() => return "It was never started".to_owned(),
        State::Created | State::Restarting | State::Ended => {}
    }
    let code = case.facts.ending.exit_code;
    match (case.fate, &case.facts.chain) {
        (Fate::Refused(line), _) => format!(
            "It could not be started, and its files do not show why: {}",
            quoted(line)
        ),
        (_, Known::Unknown(why)) => {
            format!("It ended with exit code {code}, and its program could not be read: {why}")
        }
        (Fate::Unsure(why), _) => {
            format!("It ended with exit code {code}, and its log could not be read: {why}")
        }
        (Fate::Ran, _) => format!("It was ended by a signal (exit code {code}), and nothing says by whom"),
    }
}

/// The place of the faulty link, else of the program.
fn place(case: &Case<'_>) -> String {
    let link = case
        .faulty()
        .or_else(|| case.program())
        .or_else(|| case.chain.first());
    link.map_or_else(|| "the program".to_owned(), |judged| quoted(judged.link.place()))
}

fn faulty_platform(case: &Case<'_>) -> String {
    let platform = case.faulty().and_then(|judged| judged.link.platform());
    platform.map_or_else(|| "another platform".to_owned(), Platform::short)
}

fn script_place(case: &Case<'_>) -> String {
    let script = case.chain.iter().find(|judged| judged.link.role == Role::Script);
    script.map_or_else(|| "The script".to_owned(), |judged| quoted(judged.link.place()))
}

/// What the image says that it is for, in words.
pub(crate) fn claimed(case: &Case<'_>) -> String {
    let claimed = case.facts.claimed.as_known();
    claimed.map_or_else(|| "nothing".to_owned(), Platform::short)
}

/// What is wrong with `link`.
pub(crate) fn fault(fault: Fault, link: &Link, engine: &Platform) -> String {
    let platform = link
        .platform()
        .map_or_else(|| "another platform".to_owned(), Platform::short);
    match fault {
        Fault::Foreign => format!("built for {platform}, and this engine is {}", engine.short()),
        Fault::NotLinux => "not a Linux program".to_owned(),
        Fault::CarriageReturn => {
            "its name ends in a carriage return, which the script's first line put there".to_owned()
        }
        Fault::ByteOrderMark => "a byte order mark stands before `#!`".to_owned(),
        Fault::NoShebang => "neither a program nor a script with `#!`".to_owned(),
        Fault::MissingCommand | Fault::MissingInterpreter | Fault::MissingLoader => {
            "not in the image".to_owned()
        }
        Fault::Empty => "an empty file".to_owned(),
        Fault::Truncated => "its headers point past its end".to_owned(),
        Fault::NotExecutable => "not executable".to_owned(),
        Fault::Directory => "a folder".to_owned(),
    }
}

/// What `link` is, in one line.
pub(crate) fn detail(link: &Link) -> String {
    match &link.target {
        Target::File(file) => file.program.describe(),
        Target::Directory => "folder".to_owned(),
        Target::Special => "device, pipe or socket".to_owned(),
        Target::Missing => "not there".to_owned(),
        Target::Unreadable(why) => format!("could not be read: {why}"),
    }
}

/// The judged link's place, quoted.
pub(crate) fn place_of(judged: &JudgedLink) -> String {
    quoted(judged.link.place())
}
