//! The words of a probe, and of what to do when nothing runs a platform's programs.

use engine::{
    Runtime,
    act::{Doubt, Probe, RunBy, Runs, Speed, Speeds, Why},
};
use platform::Platform;

use crate::{
    problem::{capitalised, plain},
    view,
};

/// What `tonistiigi/binfmt` can install.
const INSTALLABLE: [&str; 9] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips64le", "ppc64le", "riscv64", "s390x",
];

/// One platform as faces show it, probed in second `at` on an engine of platform `native` that `runtime` runs.
pub(crate) fn probed(probe: &Probe, native: &Platform, runtime: Runtime, at: u64) -> view::Probed {
    let (why, hint) = match &probe.runs {
        Runs::Yes => (run_by(probe), None),
        Runs::No { why } => (
            no(&probe.platform, *why),
            Some(fix(&probe.platform, native, runtime, *why)),
        ),
        Runs::Unknown { why } => (unknown(&probe.platform, why), None),
    };
    view::Probed {
        platform: probe.platform.to_string(),
        runs: probe.runs == Runs::Yes,
        known: !matches!(probe.runs, Runs::Unknown { .. }),
        why: capitalised(&why),
        hint: hint.map(|hint| capitalised(&hint)),
        translator: translator(probe.translator).to_owned(),
        evidence: plain(&evidence(probe)),
        features: probe
            .features
            .iter()
            .map(|feature| (feature.name.to_owned(), feature.offered))
            .collect(),
        dynamic: probe
            .dynamic
            .as_ref()
            .map(|dynamic| self::dynamic(probe, dynamic)),
        relative_speed: probe.speeds.as_ref().and_then(Speeds::overall).map(rounded),
        speed: probe.speeds.as_ref().map(speeds),
        pace: probe
            .speeds
            .as_ref()
            .and_then(pace)
            .map(|pace| capitalised(&pace)),
        at,
    }
}

/// Both witnesses, where both spoke.
fn evidence(probe: &Probe) -> String {
    let process = probe.process.as_ref();
    let process = process.map(|command| format!("in the list of processes: {command}"));
    let named = Some(probe.evidence.clone()).filter(|named| !named.is_empty());
    let all: Vec<String> = named.into_iter().chain(process).collect();
    all.join("; ")
}

fn dynamic(probe: &Probe, dynamic: &Runs) -> view::ProbedDynamic {
    let platform = &probe.platform;
    let why = match dynamic {
        Runs::Yes => format!("{platform} programs that need a loader run too"),
        Runs::No { why } if probe.runs != Runs::Yes => no(platform, *why),
        Runs::No {
            why: Why::TranslatorNotFound,
        } => format!("the loader of {platform} programs is not found, although it is in the image"),
        Runs::No { .. } => {
            format!("static {platform} programs run, and those that need a loader, which most do, fail")
        }
        Runs::Unknown { why } => unknown(platform, why),
    };
    view::ProbedDynamic {
        runs: *dynamic == Runs::Yes,
        known: !matches!(dynamic, Runs::Unknown { .. }),
        why: capitalised(&why),
    }
}

fn speeds(speeds: &Speeds) -> view::ProbedSpeeds {
    let shown = |speed: Option<Speed>| {
        speed.map(|speed| view::ProbedSpeed {
            relative: rounded(speed.relative),
            low: rounded(speed.low),
            high: rounded(speed.high),
        })
    };
    view::ProbedSpeeds {
        integer: shown(speeds.integer),
        memory: shown(speeds.memory),
        system_calls: shown(speeds.system_calls),
    }
}

/// To three digits that count: no measurement has more.
fn rounded(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

/// How fast it is on the whole, in words; with the spread where that says more.
fn pace(speeds: &Speeds) -> Option<String> {
    let all = [speeds.integer?, speeds.memory?, speeds.system_calls?];
    let mean = |of: fn(&Speed) -> f64| all.iter().map(of).product::<f64>().cbrt();
    let (low, high) = (mean(|speed| speed.low), mean(|speed| speed.high));
    let slower = 1.0 / speeds.overall()?;
    let pace = match slower {
        slower if slower < ALIKE => "about as fast as native programs".to_owned(),
        slower => format!("about {} times slower than native programs", times(slower)),
    };
    if high / low < WIDE {
        return Some(pace);
    }
    let (least, most) = (times((1.0 / high).max(1.0)), times(1.0 / low));
    Some(format!(
        "{pace}; measured unsteadily, between {least} and {most} times slower"
    ))
}

fn times(number: f64) -> String {
    let digits = usize::from(number < FEW);
    format!("{number:.digits$}").trim_end_matches(".0").to_owned()
}

/// Slower than this is felt.
const ALIKE: f64 = 1.15;

/// Where the upper end of a spread is this many times its lower one, one number would claim too much.
const WIDE: f64 = 2.0;

/// Below this, a tenth matters.
const FEW: f64 = 5.0;

/// The contract's word.
fn translator(run_by: RunBy) -> &'static str {
    match run_by {
        RunBy::Native => "native",
        RunBy::Rosetta => "rosetta",
        RunBy::Qemu => "qemu",
        RunBy::Unknown | RunBy::Contradicted => "unknown",
        RunBy::Nothing => "none",
    }
}

fn run_by(probe: &Probe) -> String {
    let platform = &probe.platform;
    match probe.translator {
        RunBy::Native => format!("the processor runs {platform} programs itself"),
        RunBy::Rosetta => format!("Rosetta translates {platform} programs"),
        RunBy::Qemu => format!("QEMU translates {platform} programs"),
        RunBy::Contradicted => format!(
            "{platform} programs run, and two witnesses name two translators: the processor, and the engine's list of processes"
        ),
        RunBy::Unknown | RunBy::Nothing => {
            format!("{platform} programs run, and what runs them does not show itself")
        }
    }
}

/// Why no program for `platform` runs, as a part of a sentence.
pub(crate) fn no(platform: &Platform, why: Why) -> String {
    match why {
        Why::NothingTranslates => format!("nothing here runs {platform} programs"),
        Why::TranslatorNotFound => format!(
            "a translator for {platform} programs is registered without the flag `F`, so that it is not found from inside of containers"
        ),
        Why::TranslatorFailed => format!("the translator for {platform} programs fails"),
    }
}

/// Why it is not known, as a part of a sentence.
pub(crate) fn unknown(platform: &Platform, why: &Doubt) -> String {
    match why {
        Doubt::NoProgram => {
            format!("there is no test program for {platform}, only for linux/amd64 and linux/arm64")
        }
        Doubt::Variant => format!(
            "programs for the architecture of {platform} run, but not all that this variant asks for was seen to be offered"
        ),
        Doubt::TimedOut => {
            format!("a test program for {platform} was started, and neither said anything nor ended")
        }
        Doubt::Ended { code } => {
            format!("a test program for {platform} ended with {code} before it said anything")
        }
        Doubt::Refused { message } => {
            format!(
                "the engine did not run a test program for {platform}: {}",
                plain(message)
            )
        }
    }
}

/// What lets programs for `platform` run on an engine of platform `on`, which `runtime` runs.
pub(crate) fn fix(platform: &Platform, on: &Platform, runtime: Runtime, why: Why) -> String {
    let in_machine = !matches!(runtime, Runtime::DockerEngine | Runtime::Unknown);
    let by_rosetta = on.architecture() == "arm64" && platform.architecture() == "amd64";
    if in_machine && by_rosetta {
        return "turn on Rosetta: `archlight rosetta` says whether it is on and how to turn it on".to_owned();
    }
    let name = platform.architecture();
    if !INSTALLABLE.contains(&name) {
        return format!("use an engine on a machine that runs {platform} itself");
    }
    let install = format!("`docker run --privileged --rm tonistiigi/binfmt --install {name}`");
    match why {
        Why::NothingTranslates => format!("register a translator with the flag `F`, as {install} does"),
        // What is registered already is left as it is.
        Why::TranslatorNotFound | Why::TranslatorFailed => {
            format!(
                "take away what is registered in `/proc/sys/fs/binfmt_misc`, then let {install} register it with the flag `F`"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fix_depends_on_who_runs_the_engine() {
        let (amd64, arm64) = (Platform::linux("amd64"), Platform::linux("arm64"));
        let fix = |foreign, on, runtime| fix(foreign, on, runtime, Why::NothingTranslates);
        assert!(fix(&amd64, &arm64, Runtime::DockerDesktop).contains("archlight rosetta"));
        assert!(fix(&amd64, &arm64, Runtime::DockerEngine).contains("--install amd64"));
        assert!(fix(&arm64, &amd64, Runtime::DockerDesktop).contains("--install arm64"));
        assert!(
            fix(&Platform::linux("sparc64"), &amd64, Runtime::DockerEngine).contains("a machine that runs")
        );
    }

    fn measured(relative: f64, low: f64, high: f64) -> Option<String> {
        let speed = Some(Speed { relative, low, high });
        pace(&Speeds {
            integer: speed,
            memory: speed,
            system_calls: speed,
        })
    }

    #[test]
    fn a_pace_claims_no_more_than_was_measured() {
        let pace = |relative, low, high| measured(relative, low, high).expect("all of it");
        assert_eq!(pace(0.2, 0.19, 0.22), "about 5 times slower than native programs");
        assert_eq!(
            pace(0.78, 0.7, 0.8),
            "about 1.3 times slower than native programs"
        );
        assert_eq!(pace(1.02, 0.9, 1.1), "about as fast as native programs");
        let unsteady = pace(0.2, 0.1, 0.5);
        assert!(
            unsteady.ends_with("unsteadily, between 2 and 10 times slower"),
            "{unsteady}"
        );
        assert_eq!(
            pace(0.05, 0.049, 0.051),
            "about 20 times slower than native programs"
        );
        assert_eq!(super::pace(&Speeds::default()), None);
    }

    #[test]
    fn what_is_not_known_is_told_from_what_does_not_run() {
        let native = Platform::linux("arm64");
        let report = |runs| {
            let probe = Probe {
                platform: Platform::linux("amd64"),
                runs,
                translator: RunBy::Unknown,
                evidence: "\u{1b}[31m".to_owned(),
                process: None,
                features: Vec::new(),
                dynamic: None,
                speeds: None,
            };
            probed(&probe, &native, Runtime::DockerEngine, 7)
        };
        let no = report(Runs::No {
            why: Why::TranslatorNotFound,
        });
        assert!(!no.runs && no.known && no.hint.is_some() && no.why.contains("`F`"));
        let unknown = report(Runs::Unknown { why: Doubt::TimedOut });
        assert!(!unknown.runs && !unknown.known && unknown.hint.is_none());
        assert!(!unknown.evidence.contains('\u{1b}'));
    }
}
