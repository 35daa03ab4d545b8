//! Programs for another platform: which of image, label and program does not belong to the others.

use platform::{Native, Platform};

use super::Verdict;
use crate::{Cause, Facts, JudgedLink, diagnose::has, faults::Fault};

/// Whether the whole image is foreign, only says that it is not, or holds one foreign program.
pub(super) fn foreign(facts: &Facts, chain: &[JudgedLink], at: usize) -> Verdict {
    // What lies on a mount says nothing of the image.
    let own = || chain.iter().filter(|judged| judged.link.mount.is_none());
    let platforms = || {
        own()
            .filter_map(|judged| judged.link.platform())
            .chain(witnessed(facts))
    };
    let claimed = facts.claimed.as_known();
    let agrees = |platform: &Platform| claimed.is_none_or(|claimed| fits(platform, claimed));
    let faulty = chain[at].link.platform();
    let is_mounted = chain[at].link.mount.is_some();
    // What is as the image says is not astray in it, whatever else is.
    let is_labelled = claimed.is_some() && !is_mounted && faulty.is_some_and(agrees);
    if is_labelled && foreign_ones(chain).all(agrees) {
        return Verdict::new(Cause::WrongArchitecture).at(at);
    }
    // A machine without a name is no engine's, and no image's.
    if is_mounted
        || faulty.is_none()
        || platforms().any(|platform| platform.runs_on(&facts.engine) == Native::Yes)
    {
        return Verdict::new(Cause::ForeignBinary).at(at);
    }
    // A loader that is missing for the program's platform belongs to an image of another one.
    let is_mixed = || platforms().any(agrees) || has(chain, Fault::MissingLoader);
    if claimed.is_none() && foreign_ones(chain).all(agrees) {
        Verdict::new(Cause::WrongArchitecture).at(at)
    } else if is_mixed() {
        Verdict::new(Cause::ForeignBinary).at(at)
    } else if own().filter(|judged| judged.link.platform().is_some()).count() + witnessed(facts).count() > 1 {
        Verdict::new(Cause::MislabelledImage).at(at)
    } else {
        Verdict::likely(Cause::MislabelledImage).at(at)
    }
}

/// A translator ran the program and missed its loader: the image is not the program's, or it is incomplete.
pub(super) fn without_loader(facts: &Facts, chain: &[JudgedLink], at: usize) -> Verdict {
    let claimed = facts.claimed.as_known();
    let belongs = |platform: &Platform| claimed.is_none_or(|claimed| fits(platform, claimed));
    if chain[at].link.mount.is_none() && foreign_ones(chain).all(belongs) {
        let loader = chain
            .iter()
            .position(|judged| judged.kind == Some(Fault::MissingLoader));
        Verdict::new(Cause::MissingLoader).at(loader.unwrap_or(at))
    } else {
        Verdict::new(Cause::ForeignBinary).at(at)
    }
}

/// The platform of another binary of the image.
fn witnessed(facts: &Facts) -> impl Iterator<Item = &Platform> {
    facts.witness.iter().filter_map(|link| link.platform())
}

fn foreign_ones(chain: &[JudgedLink]) -> impl Iterator<Item = &Platform> {
    chain
        .iter()
        .filter(|judged| judged.kind == Some(Fault::Foreign) && judged.link.mount.is_none())
        .filter_map(|judged| judged.link.platform())
}

/// Whether a program belongs into an image that claims this. Variants do not tell: labels leave them out or overstate
/// them. An image may hold programs of a narrower architecture that all its processors run.
pub(crate) fn fits(program: &Platform, claimed: &Platform) -> bool {
    let is_same = program.os() == claimed.os() && program.architecture() == claimed.architecture();
    is_same || program.runs_on(claimed) == Native::Yes
}
