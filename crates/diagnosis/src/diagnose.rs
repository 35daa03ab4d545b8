//! From the facts to the diagnosis: every link is judged by its bytes, then the verdict is put into words.

use platform::{Link, Native, Platform, Role, Via};

use crate::{
    Cause, Confidence, Diagnosis, Facts, JudgedLink, Known, State, attempts, evidence,
    fate::{self, Fate, fate},
    faults::{self, Fault},
    health,
    refusal::Errno,
    remedies,
    signature::Signature,
    verdict::{self, Verdict},
    words,
};

/// Says why the container ended, or what is wrong with it although it runs.
pub fn diagnose(facts: &Facts) -> Diagnosis {
    let found = of_facts(facts);
    match health::of(facts) {
        Some(check) => health::joined(found, check),
        None => found,
    }
}

/// As [`diagnose()`], without a look at the health check's own command.
pub(crate) fn of_facts(facts: &Facts) -> Diagnosis {
    let mut chain = judged(facts);
    let fate = fate(facts, &chain);
    blame_what_may_be_foreign(&mut chain, &fate, &facts.engine);
    let verdict = verdict::of(facts, &fate, &chain);
    blame_what_is_left(&mut chain, &verdict, &facts.engine);
    let actual = actual(&chain, verdict.faulty);
    let told = Case {
        facts,
        fate: &fate,
        chain: &chain,
        cause: verdict.cause,
        confidence: verdict.confidence,
        signature: verdict.signature,
        said: verdict.said.as_deref(),
        decides: verdict.faulty,
        actual: actual.as_ref(),
    };
    let summary = words::summary(&told);
    let evidence = evidence::of(&told);
    let remedies = remedies::of(&told);
    let (cause, confidence) = (verdict.cause, verdict.confidence);
    let chain = without_blame(chain, &verdict);
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

/// What ends a program whose libraries are missing, and one whose libraries end too early: SIGBUS and SIGSEGV.
const ENDINGS_OF_LIBRARIES: [i64; 3] = [127, 135, 139];

/// Whether the libraries of what was started are worth a look: its loader may have failed, or it never ran, and nothing that
/// comes before them is at fault.
pub fn may_miss_libraries(facts: &Facts) -> bool {
    let ended_so = match facts.ending.state {
        State::Image => true,
        State::Ended | State::Restarting => ENDINGS_OF_LIBRARIES.contains(&facts.ending.exit_code),
        State::Created | State::Running | State::HealthCheck => false,
    };
    let found = diagnose(facts);
    let open = matches!(
        found.cause,
        Cause::Unknown | Cause::ApplicationExit | Cause::MissingLibrary
    );
    ended_so && open
}

/// A link has a fault only if it is to blame for the cause: what was translated ran, a shell takes what the kernel refuses, and
/// what a program went on without did not end it.
fn without_blame(chain: Vec<JudgedLink>, verdict: &Verdict) -> Vec<JudgedLink> {
    let decides = verdict
        .faulty
        .and_then(|at| chain.get(at))
        .and_then(|judged| judged.kind);
    let cause = verdict.cause;
    let of = attempts::of(&chain);
    let ended = verdict.faulty.and_then(|at| of[at]);
    // The image as a whole is; what the kernel did not come to behind the link that decides is only its consequence.
    let is_whole =
        |at: usize| matches!(cause, Cause::WrongArchitecture | Cause::MislabelledImage) && of[at] != ended;
    let is_to_blame = |at: usize, kind: Fault| {
        let undecided = verdict.faulty.is_none() && cause != Cause::Unknown && kind.cause() == cause;
        let is_another = cause == Cause::MissingLibrary && decides == Some(kind);
        verdict.faulty == Some(at) || is_whole(at) && kind == Fault::Foreign || undecided || is_another
    };
    let forgive = |(at, judged): (usize, JudgedLink)| match judged.kind {
        Some(kind) if !is_to_blame(at, kind) => JudgedLink {
            kind: None,
            fault: None,
            ..judged
        },
        _ => judged,
    };
    chain.into_iter().enumerate().map(forgive).collect()
}

/// Everything that words, evidence and remedies are made from.
pub(crate) struct Case<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) fate: &'a Fate,
    pub(crate) chain: &'a [JudgedLink],
    pub(crate) cause: Cause,
    pub(crate) confidence: Confidence,
    pub(crate) signature: Option<&'static Signature>,
    /// The line that holds it.
    pub(crate) said: Option<&'a str>,
    /// The link that the verdict rests on.
    pub(crate) decides: Option<usize>,
    pub(crate) actual: Option<&'a Platform>,
}

impl Case<'_> {
    /// The link that decides: what the verdict rests on, else the first one whose fault is the cause, else the first one
    /// with a fault.
    pub(crate) fn faulty(&self) -> Option<&JudgedLink> {
        let is_cause = |judged: &&JudgedLink| judged.kind.is_some_and(|kind| kind.cause() == self.cause);
        // What has a fault and did not end it is no matter, unless nothing is known.
        let faulty = || {
            let mut faulty = self.chain.iter().filter(|judged| judged.kind.is_some());
            faulty.find(|_| self.cause == Cause::Unknown)
        };
        let decides = self.decides.and_then(|at| self.chain.get(at));
        decides
            .or_else(|| self.chain.iter().find(is_cause))
            .or_else(faulty)
    }

    /// The program itself: the link whose platform is the container's actual one.
    pub(crate) fn program(&self) -> Option<&JudgedLink> {
        self.chain.iter().find(|judged| judged.link.platform().is_some())
    }

    /// Whether the program, or the link that the verdict rests on, is for another platform than the engine's.
    pub(crate) fn is_foreign(&self) -> bool {
        let decides = self.decides.and_then(|at| self.chain.get(at));
        [decides, self.program()]
            .into_iter()
            .flatten()
            .any(|judged| judged.kind == Some(Fault::Foreign))
    }
}

fn judged(facts: &Facts) -> Vec<JudgedLink> {
    let Known::Known(links) = &facts.chain else {
        return Vec::new();
    };
    let faults = faults::faults(links, &facts.engine);
    let judge = |(link, kind): (&Link, Option<Fault>)| JudgedLink {
        fault: kind.map(|kind| words::fault(kind, link, &facts.engine)),
        detail: words::detail(link),
        link: link.clone(),
        kind,
    };
    links.iter().zip(faults).map(judge).collect()
}

/// Some processors run a program of this platform and others do not: the kernel has just said that this one does not.
fn blame_what_may_be_foreign(chain: &mut [JudgedLink], fate: &Fate, engine: &Platform) {
    let is_format_error = matches!(fate, Fate::Refused(refusal) if refusal.errno == Some(Errno::Format));
    let is_innocent = fate::refused(fate, chain)
        .iter()
        .all(|judged| judged.kind.is_none());
    if !is_format_error || !is_innocent {
        return;
    }
    let depends = |judged: &&mut JudgedLink| {
        let platform = judged.link.platform();
        platform.is_some_and(|platform| platform.runs_on(engine) == Native::Depends)
    };
    if let Some(judged) = chain.iter_mut().find(depends) {
        judged.kind = Some(Fault::Foreign);
        judged.fault = Some(words::fault(Fault::Foreign, &judged.link, engine));
    }
}

/// What nothing else explains is the fault of the link that the verdict rests on.
fn blame_what_is_left(chain: &mut [JudgedLink], verdict: &Verdict, engine: &Platform) {
    let decides = verdict.faulty.and_then(|at| chain.get_mut(at));
    if let Some(judged) =
        decides.filter(|judged| judged.kind.is_none() && verdict.cause == Cause::NoexecMount)
    {
        judged.kind = Some(Fault::NoExecution);
        judged.fault = Some(words::fault(Fault::NoExecution, &judged.link, engine));
    }
}

/// The platform of the program that was to run: of the one that was refused, else of the first whose bytes name one.
fn actual(chain: &[JudgedLink], decides: Option<usize>) -> Option<Platform> {
    let refused = decides.and_then(|at| chain.get(at)).map(|judged| &judged.link);
    let is_program =
        |link: &&Link| matches!(link.role, Role::Program | Role::Interpreter) && link.via != Via::Loader;
    let own = refused.filter(is_program).and_then(Link::platform);
    own.or_else(|| chain.iter().find_map(|judged| judged.link.platform()))
        .cloned()
}

/// Whether a link of `chain` has this fault.
pub(crate) fn has(chain: &[JudgedLink], fault: Fault) -> bool {
    chain.iter().any(|judged| judged.kind == Some(fault))
}
