//! What the end of a probe's program tells.

use platform::Platform;

use super::{
    Doubt, Probe, RunBy, Runs, Why,
    image::PROGRAMS,
    run::Ended,
    said::{self, Said},
    speed::Rounds,
};
use crate::Translator;

/// What our programs end with, and nothing else does by chance.
const CODE: i64 = 42;

/// The kernel's words when nothing can run a program.
const NO_FORMAT: &str = "exec format error";

/// The kernel's words when what is to run it is not there. The program itself is: we packed it.
const NO_FILE: &str = "no such file or directory";

/// As much of what was said as is shown.
const EVIDENCE: usize = 200;

/// Whether nothing more is to be waited for.
pub(super) fn is_whole(lines: &[String]) -> bool {
    lines.iter().any(|line| line.trim_end() == said::END) || failure(lines).is_some()
}

/// What `ended` tells of `platform`.
pub(super) fn probe(platform: &Platform, ended: &Ended) -> Probe {
    let mut probe = Probe::unknown(platform, Doubt::TimedOut);
    probe.process = ended.seen.as_ref().map(|(_, command)| shown(command));
    if let Some(said) = said(platform, ended) {
        let (named, evidence) = said.translator();
        probe.runs = Runs::Yes;
        probe.translator = told(named, ended.seen.as_ref().map(|(seen, _)| *seen));
        (probe.evidence, probe.features) = (evidence, said.features());
        return probe;
    }
    let (runs, evidence) = unspoken(ended);
    probe.translator = match &runs {
        Runs::No { .. } => failed_translator(&evidence).unwrap_or(RunBy::Nothing),
        Runs::Yes => told(None, ended.seen.as_ref().map(|(seen, _)| *seen)),
        Runs::Unknown { .. } => RunBy::Unknown,
    };
    (probe.runs, probe.evidence) = (runs, shown(&evidence));
    probe
}

/// Whether a program that names a loader ran: the loader greets, and the program has the last word.
pub(super) fn dynamic(platform: &Platform, ended: &Ended) -> Runs {
    let greeting = said::loaders_greeting(platform.architecture());
    let mut lines = ended.lines.iter().map(|line| line.trim_end());
    if lines.any(|line| line == greeting) && lines.any(|line| line == said::END) {
        return Runs::Yes;
    }
    unspoken(ended).0
}

/// What the program for `platform` took for its work.
pub(super) fn rounds(platform: &Platform, ended: &Ended) -> Rounds {
    said(platform, ended)
        .map(|said| said.rounds())
        .unwrap_or_default()
}

fn said(platform: &Platform, ended: &Ended) -> Option<Said> {
    Said::read(platform.architecture(), ended.lines.iter().map(String::as_str))
}

/// By two witnesses, either of which may say nothing: the processor's name, and the list of processes.
fn told(named: Option<RunBy>, seen: Option<Translator>) -> RunBy {
    let seen = seen.map(|seen| match seen {
        Translator::Rosetta => RunBy::Rosetta,
        Translator::Qemu => RunBy::Qemu,
    });
    match (named, seen) {
        (Some(named), Some(seen)) if named != seen => RunBy::Contradicted,
        (named, seen) => named.or(seen).unwrap_or(RunBy::Unknown),
    }
}

/// Foreign text, as much of it as is shown.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control())
        .take(EVIDENCE)
        .collect()
}

/// Of a program that did not greet.
fn unspoken(ended: &Ended) -> (Runs, String) {
    if let Some(message) = &ended.refusal {
        let why = refusal(message);
        let doubt = Doubt::Refused {
            message: message.clone(),
        };
        let runs = why.map_or(Runs::Unknown { why: doubt }, |why| Runs::No { why });
        return (runs, message.clone());
    }
    if let Some((why, line)) = failure(&ended.lines) {
        return (Runs::No { why }, line.to_owned());
    }
    let last = ended.lines.last().cloned().unwrap_or_default();
    let runs = match ended.code {
        // Its log cannot be read here.
        Some(CODE) => Runs::Yes,
        Some(code) => Runs::Unknown {
            why: Doubt::Ended { code },
        },
        None => Runs::Unknown { why: Doubt::TimedOut },
    };
    (runs, last)
}

/// Some engines do not start what cannot be executed; others start it, and it says so itself.
fn refusal(message: &str) -> Option<Why> {
    let message = message.to_lowercase();
    if message.contains(NO_FORMAT) {
        return Some(Why::NothingTranslates);
    }
    // Engines miss other files too.
    let about_the_program = message
        .rsplit_once(PROGRAMS)
        .is_some_and(|(_, rest)| rest.contains(NO_FILE));
    about_the_program.then_some(Why::TranslatorNotFound)
}

fn failure(lines: &[String]) -> Option<(Why, &str)> {
    let of_line = |line: &str| {
        let lower = line.to_lowercase();
        if lower.contains(NO_FORMAT) {
            Some(Why::NothingTranslates)
        } else if failed_translator(line).is_some() {
            Some(Why::TranslatorFailed)
        } else if lower.contains("exec") && lower.contains(NO_FILE) {
            Some(Why::TranslatorNotFound)
        } else {
            None
        }
    };
    lines
        .iter()
        .find_map(|line| Some((of_line(line)?, line.as_str())))
}

/// Translators put their names before what they complain about.
fn failed_translator(line: &str) -> Option<RunBy> {
    let name = line.split(':').next()?;
    match name {
        "rosetta error" => Some(RunBy::Rosetta),
        name if name == "qemu" || name.starts_with("qemu-") || name.ends_with("-binfmt-P") => {
            Some(RunBy::Qemu)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(code: Option<i64>, lines: &[&str]) -> Probe {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let ended = Ended {
            code,
            lines,
            ..Ended::default()
        };
        probe(&Platform::linux("arm64"), &ended)
    }

    fn loaded(code: Option<i64>, lines: &[&str]) -> Runs {
        let ended = Ended {
            code,
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            ..Ended::default()
        };
        dynamic(&Platform::linux("arm64"), &ended)
    }

    fn refused(message: &str) -> Runs {
        let refusal = Some(message.to_owned());
        probe(
            &Platform::linux("arm64"),
            &Ended {
                refusal,
                ..Ended::default()
            },
        )
        .runs
    }

    #[test]
    fn what_cannot_be_executed_is_told_by_the_kernels_words_and_not_by_the_code() {
        for code in [1, 255] {
            let probe = ended(Some(code), &["exec /archlight-probe: exec format error"]);
            assert_eq!(
                probe.runs,
                Runs::No {
                    why: Why::NothingTranslates
                }
            );
            assert_eq!(probe.translator, RunBy::Nothing);
            let probe = ended(Some(code), &["exec /archlight-probe: no such file or directory"]);
            assert_eq!(
                probe.runs,
                Runs::No {
                    why: Why::TranslatorNotFound
                }
            );
        }
        let old = ended(
            Some(1),
            &["standard_init_linux.go:228: exec user process caused: exec format error"],
        );
        assert_eq!(
            old.runs,
            Runs::No {
                why: Why::NothingTranslates
            }
        );
    }

    #[test]
    fn a_refusal_is_a_no_only_for_the_program() {
        let crun = "crun: exec container process `/archlight-probe`: Exec format error: OCI runtime error";
        assert_eq!(
            refused(crun),
            Runs::No {
                why: Why::NothingTranslates
            }
        );
        let missing = "crun: exec container process `/archlight-probe`: No such file or directory";
        assert_eq!(
            refused(missing),
            Runs::No {
                why: Why::TranslatorNotFound
            }
        );
        let other = "open /sys/fs/cgroup/pids.max: no such file or directory";
        assert!(matches!(
            refused(other),
            Runs::Unknown {
                why: Doubt::Refused { .. }
            }
        ));
    }

    #[test]
    fn a_translator_that_gives_up_is_named() {
        let rosetta = ended(
            Some(133),
            &["rosetta error: Rosetta is only intended to run on Apple Silicon"],
        );
        assert_eq!(
            rosetta.runs,
            Runs::No {
                why: Why::TranslatorFailed
            }
        );
        assert_eq!(rosetta.translator, RunBy::Rosetta);
        let qemu = ended(
            None,
            &["qemu: uncaught target signal 4 (Illegal instruction) - core dumped"],
        );
        assert_eq!(
            (qemu.runs, qemu.translator),
            (
                Runs::No {
                    why: Why::TranslatorFailed
                },
                RunBy::Qemu
            )
        );
    }

    #[test]
    fn silence_is_a_doubt_unless_the_code_is_ours() {
        assert_eq!(ended(None, &[]).runs, Runs::Unknown { why: Doubt::TimedOut });
        assert_eq!(
            ended(Some(139), &[]).runs,
            Runs::Unknown {
                why: Doubt::Ended { code: 139 }
            }
        );
        assert_eq!(ended(Some(CODE), &[]).runs, Runs::Yes);
    }

    #[test]
    fn a_program_that_greeted_ran_whatever_came_then() {
        let probe = ended(
            Some(132),
            &["archlight-probe 1 arm64", "qemu: uncaught target signal 4"],
        );
        assert_eq!((probe.runs, probe.translator), (Runs::Yes, RunBy::Unknown));
    }

    #[test]
    fn two_witnesses_that_disagree_name_nobody() {
        let seen = |translator| {
            let qemu = ["archlight-probe 1 arm64", "midr 00000000000f0510", "end"];
            let ended = Ended {
                code: Some(CODE),
                lines: qemu.map(ToOwned::to_owned).to_vec(),
                seen: Some((translator, "/run/it /archlight-probe\u{1b}".to_owned())),
                ..Ended::default()
            };
            probe(&Platform::linux("arm64"), &ended)
        };
        let agreed = seen(Translator::Qemu);
        assert_eq!(agreed.translator, RunBy::Qemu);
        assert_eq!(agreed.process.as_deref(), Some("/run/it /archlight-probe"));
        let disagreed = seen(Translator::Rosetta);
        assert_eq!(disagreed.translator, RunBy::Contradicted);
        assert!(!disagreed.evidence.is_empty() && disagreed.process.is_some());
    }

    #[test]
    fn a_program_with_a_loader_ran_when_both_spoke() {
        let greeting = "archlight-dynamic 1 arm64";
        assert_eq!(loaded(Some(CODE), &[greeting, "end"]), Runs::Yes);
        let doubt = Runs::Unknown {
            why: Doubt::Ended { code: 139 },
        };
        for lines in [&[greeting][..], &["end"], &["end", greeting]] {
            assert_eq!(loaded(Some(139), lines), doubt, "{lines:?}");
        }
        let failed = Runs::No {
            why: Why::TranslatorFailed,
        };
        let missing = "rosetta error: failed to open elf at /archlight-loader";
        assert_eq!(loaded(Some(133), &[missing]), failed);
        let crashed = "qemu: uncaught target signal 11 (Segmentation fault) - core dumped";
        assert_eq!(loaded(None, &[greeting, crashed]), failed);
    }
}
