//! From the facts to the findings: every link is judged by its bytes, then the verdict is put into words.

use platform::{Link, Native, Platform};

use crate::{
    Cause, Confidence, Diagnosis, Facts, JudgedLink, Known, State, evidence,
    fate::{Fate, fate},
    faults::{Fault, fault},
    refusal::Errno,
    remedies, verdict, words,
};

/// Says why the container ended.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    let fate = fate(facts);
    let chain = judged(facts, &fate);
    let actual = actual(&chain);
    let cause = verdict::cause(facts, &fate, &chain);
    let told = Case {
        facts,
        fate: &fate,
        chain: &chain,
        cause,
        actual: actual.as_ref(),
    };
    let summary = words::summary(&told);
    let evidence = evidence::of(&told);
    let remedies = remedies::of(&told);
    let chain = if ran(facts, &fate) {
        without_blame(chain)
    } else {
        chain
    };
    let confidence = match cause {
        Cause::Unknown => Confidence::Nothing,
        _ => Confidence::Certain,
    };
    Diagnosis {
        cause,
        confidence,
        summary,
        actual,
        chain,
        evidence,
        remedies,
    }
}

/// Whether the program ran, or runs.
fn ran(facts: &Facts, fate: &Fate) -> bool {
    facts.ending.state == State::Running || *fate == Fate::Ran
}

/// A foreign program that ran was translated: there is nothing wrong with it.
fn without_blame(chain: Vec<JudgedLink>) -> Vec<JudgedLink> {
    let forgive = |judged: JudgedLink| match judged.kind {
        Some(Fault::Foreign) => JudgedLink {
            kind: None,
            fault: None,
            ..judged
        },
        _ => judged,
    };
    chain.into_iter().map(forgive).collect()
}

/// Everything that words, evidence and remedies are made from.
pub(crate) struct Case<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) fate: &'a Fate,
    pub(crate) chain: &'a [JudgedLink],
    pub(crate) cause: Cause,
    pub(crate) actual: Option<&'a Platform>,
}

impl Case<'_> {
    /// The link that decides: the first one whose fault is the cause, else the first one with a fault.
    pub(crate) fn faulty(&self) -> Option<&JudgedLink> {
        let is_cause = |judged: &&JudgedLink| judged.kind.is_some_and(|kind| kind.cause() == self.cause);
        let faulty = || self.chain.iter().find(|judged| judged.kind.is_some());
        self.chain.iter().find(is_cause).or_else(faulty)
    }

    /// The program itself: the link whose platform is the container's actual one.
    pub(crate) fn program(&self) -> Option<&JudgedLink> {
        self.chain.iter().find(|judged| judged.link.platform().is_some())
    }

    /// Whether something in the chain is for another platform than the engine's.
    pub(crate) fn is_foreign(&self) -> bool {
        has(self.chain, Fault::Foreign)
    }
}

fn judged(facts: &Facts, fate: &Fate) -> Vec<JudgedLink> {
    let Known::Known(links) = &facts.chain else {
        return Vec::new();
    };
    let mut chain: Vec<JudgedLink> = links.iter().map(|link| judge(link, &facts.engine)).collect();
    if is_format_error(fate) && chain.iter().all(|judged| judged.kind.is_none()) {
        blame_what_may_be_foreign(&mut chain, &facts.engine);
    }
    chain
}

fn judge(link: &Link, engine: &Platform) -> JudgedLink {
    let kind = fault(link, engine);
    let fault = kind.map(|kind| words::fault(kind, link, engine));
    JudgedLink {
        fault,
        detail: words::detail(link),
        link: link.clone(),
        kind,
    }
}

/// Some processors run a program of this platform and others do not: the kernel has just said that this one does not.
fn blame_what_may_be_foreign(chain: &mut [JudgedLink], engine: &Platform) {
    let depends = |judged: &&mut JudgedLink| {
        let platform = judged.link.platform();
        platform.is_some_and(|platform| platform.runs_on(engine) == Native::Depends)
    };
    if let Some(judged) = chain.iter_mut().find(depends) {
        judged.kind = Some(Fault::Foreign);
        judged.fault = Some(words::fault(Fault::Foreign, &judged.link, engine));
    }
}

fn is_format_error(fate: &Fate) -> bool {
    matches!(fate, Fate::Refused(refusal) if refusal.errno == Some(Errno::Format))
}

/// The platform of the program that was to run: of the first link whose bytes name one.
fn actual(chain: &[JudgedLink]) -> Option<Platform> {
    chain.iter().find_map(|judged| judged.link.platform()).cloned()
}

/// Whether a link of `chain` has this fault.
pub(crate) fn has(chain: &[JudgedLink], fault: Fault) -> bool {
    chain.iter().any(|judged| judged.kind == Some(fault))
}
