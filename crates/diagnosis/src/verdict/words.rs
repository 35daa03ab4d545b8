//! Causes by known texts.

use platform::{Native, Role, Via};

use super::{
    Verdict,
    end::{NOT_EXECUTABLE, NOT_FOUND, SIGILL},
};
use crate::{
    Cause, Facts, JudgedLink,
    diagnose::has,
    faults::Fault,
    refusal,
    signature::{self, Holds, Signature},
};

/// A known text among `lines`, where bytes that were read do not say otherwise.
pub(super) fn by_signature(lines: &[String], facts: &Facts, chain: &[JudgedLink]) -> Option<Verdict> {
    let foreign = has(chain, Fault::Foreign)
        || facts
            .claimed
            .as_known()
            .is_some_and(|claimed| claimed.runs_on(&facts.engine) != Native::Yes);
    let sound = chain.iter().any(|judged| {
        judged.link.role == Role::Module
            && judged.link.via == Via::Words
            && judged.kind.is_none()
            && judged.link.program().is_some()
    });
    let code = facts.ending.exit_code;
    let plausible = |known: &Signature| {
        let of_modules = matches!(known.cause, Cause::ForeignModule | Cause::MissingLibrary);
        let ended_so = matches!(code, NOT_FOUND | NOT_EXECUTABLE) || !is_of_a_start(known.cause);
        let holds = match known.holds {
            Holds::Anywhere => foreign || known.cause != Cause::TranslatorFailure,
            Holds::WhereTranslated => foreign,
            Holds::WhereSignalled => code == SIGILL,
        };
        holds && !(of_modules && sound) && ended_so
    };
    let (known, line) = signature::in_log_where(lines, plausible)?;
    // What was read and is sound, the words are wrong about.
    let is_sound = |judged: &JudgedLink| {
        judged.kind.is_none() && judged.link.program().is_some() && judged.link.via != Via::Kernel
    };
    let names_sound = chain
        .iter()
        .any(|judged| is_sound(judged) && refusal::names(line, &judged.link));
    (!names_sound).then(|| Verdict::by_words((known, line)))
}

/// Causes by which something was not started: what started it ends in a way of its own then.
fn is_of_a_start(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::WrongArchitecture
            | Cause::MislabelledImage
            | Cause::ForeignBinary
            | Cause::NotLinuxBinary
            | Cause::CrlfLineEndings
            | Cause::ByteOrderMark
            | Cause::MissingShebang
            | Cause::MissingInterpreter
            | Cause::MissingLoader
            | Cause::CommandNotFound
            | Cause::NotExecutable
            | Cause::IsADirectory
    )
}
