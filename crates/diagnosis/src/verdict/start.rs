//! What was not started, and why.

use platform::{MountKind, Target, Via};

use super::{Verdict, end, first_fault, foreign, is_native};
use crate::{
    Cause, Facts, JudgedLink, Known, attempts,
    faults::Fault,
    refusal::{self, Errno, Refusal},
    signature::{self, Signature},
};

/// It was not started, and its state does not say why: an engine that refuses its mounts says so again when its files are
/// to be read.
pub(super) fn silent(facts: &Facts) -> Verdict {
    if facts.missing_source.is_some() {
        return Verdict::new(Cause::MountSourceMissing);
    }
    let Known::Unknown(why) = &facts.chain else {
        return Verdict::new(Cause::Unknown);
    };
    let known = signature::in_engine_words(why).filter(|known| known.is_about_engine());
    known.map_or_else(
        || Verdict::new(Cause::Unknown),
        |known| Verdict::by_words((known, why)),
    )
}

/// What shells end with when their last command was not started; one that read a program as a text ends with 2.
const CODES_OF_SHELLS: [i64; 3] = [2, 126, 127];

/// Something was not started: the first faulty link of that attempt says why, when the kernel's error is the one that it
/// leads to. With another error something else is wrong that was not read.
pub(super) fn refused(facts: &Facts, refusal: &Refusal, chain: &[JudgedLink]) -> Verdict {
    let Some(errno) = refusal.errno else {
        return of_engine(facts, refusal);
    };
    let verdict = by_errno(facts, refusal, errno, chain);
    // Others than a shell that ended with its last command may have gone on behind it.
    let goes_on = refusal.attempt > 0 && !CODES_OF_SHELLS.contains(&facts.ending.exit_code);
    let by_shell = attempts::links(chain, refusal.attempt)
        .any(|judged| matches!(judged.link.via, Via::Shell | Via::Words));
    // What was not started wrote nothing else, unless an earlier start of the container did.
    let wrote_more =
        refusal.attempt == 0 && facts.ending.error.is_empty() && !refusal::is_all(refusal, facts, chain);
    if goes_on && by_shell || wrote_more {
        verdict.weakened()
    } else {
        verdict
    }
}

fn by_errno(facts: &Facts, refusal: &Refusal, errno: Errno, chain: &[JudgedLink]) -> Verdict {
    let first = first_fault(chain, refusal.attempt);
    match first {
        Some((at, Fault::Foreign)) if errno == Errno::NoLoader => foreign::without_loader(facts, chain, at),
        Some((at, fault @ Fault::Foreign)) if fault.explains(errno, chain[at].link.role) => {
            foreign::foreign(facts, chain, at)
        }
        Some((at, fault)) if fault.explains(errno, chain[at].link.role) => {
            let verdict = Verdict::new(fault.cause()).at(at);
            // Of what only words lead to, it is not known that anybody looked for it just there.
            let by_words = chain[at].link.via == Via::Words && errno == Errno::NotThere;
            if by_words { verdict.weakened() } else { verdict }
        }
        Some((at, Fault::Foreign)) if errno == Errno::NotThere => without_translator(facts, chain, at),
        // Where it was looked for is not known, or what was there is gone.
        None if errno == Errno::NotThere && is_unread(chain, refusal.attempt) => Verdict::new(Cause::Unknown),
        // The kernel does not say this of what is not there: who wrote it only says so, or it was there then.
        Some((at, Fault::MissingCommand)) if errno == Errno::Format && chain[at].link.via == Via::Words => {
            end::ran(facts, chain).weakened()
        }
        // A program may write such a line itself: where nothing that was read keeps it from running, it ran.
        None if may_be_its_own(facts, refusal, errno) && is_native(chain, &facts.engine) => {
            end::ran(facts, chain).weakened()
        }
        _ if errno == Errno::Denied => denied(refusal, chain),
        Some(_) | None => Verdict::new(Cause::Unknown),
    }
}

/// Whether what was asked for first in an attempt could not be read.
fn is_unread(chain: &[JudgedLink], attempt: usize) -> bool {
    let first = attempts::links(chain, attempt).next();
    first.is_some_and(|judged| matches!(judged.link.target, Target::Unreadable(_)))
}

/// Whether the program can have written the words: not what the engine says, nor what only a chain of interpreters leads to.
fn may_be_its_own(facts: &Facts, refusal: &Refusal, errno: Errno) -> bool {
    let is_engine = !facts.ending.error.is_empty();
    let is_loop = refusal.words.to_ascii_lowercase().contains("too many levels");
    matches!(errno, Errno::Format | Errno::NotThere) && !is_engine && !is_loop
}

/// The engine speaks of something else than the program's files.
pub(super) fn of_engine(facts: &Facts, refusal: &Refusal) -> Verdict {
    let own = (!facts.ending.error.is_empty()).then(|| signature::in_engine_words(&refusal.words));
    let said = own
        .flatten()
        .filter(|known| is_enough(known, &refusal.words, facts))
        .map(|known| (known, refusal.words.as_str()));
    said.map_or_else(|| Verdict::new(Cause::Unknown), Verdict::by_words)
}

/// Whether words alone tell: what the engine says of itself and of its translator; of the program, where that could not be
/// read and the words have one meaning.
fn is_enough(known: &Signature, words: &str, facts: &Facts) -> bool {
    let is_of_translator = known.cause == Cause::TranslatorFailure;
    // An engine also looks for programs of its own: hooks, inits, runtimes.
    let is_unread = facts.chain.as_known().is_none() && refusal::is_about_program(words, facts);
    known.is_about_engine() || known.has_one_meaning() && (is_of_translator || is_unread)
}

/// The kernel looked for something that is not there, and all that the foreign program names is: it is the translator
/// that it did not find, because it was registered without being opened then (flag `F` of `binfmt_misc`).
fn without_translator(facts: &Facts, chain: &[JudgedLink], at: usize) -> Verdict {
    let verdict = foreign::foreign(facts, chain, at);
    if verdict.cause != Cause::WrongArchitecture {
        return verdict;
    }
    Verdict {
        cause: Cause::TranslatorFailure,
        ..verdict
    }
}

/// All permissions are there, and it is refused: where it lies on a mount, that forbids to execute it. In the image's own
/// files nothing that is read here does.
fn denied(refusal: &Refusal, chain: &[JudgedLink]) -> Verdict {
    let of = attempts::of(chain);
    let on_mount = |(judged, attempt): (&JudgedLink, Option<usize>)| {
        let kind = judged.link.mount.as_ref().map(|mount| mount.kind);
        attempt == Some(refusal.attempt) && matches!(kind, Some(MountKind::Bind | MountKind::Volume))
    };
    let at = chain.iter().zip(of).position(on_mount);
    at.map_or_else(
        || Verdict::new(Cause::Unknown),
        |at| Verdict::likely(Cause::NoexecMount).at(at),
    )
}
