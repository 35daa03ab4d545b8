//! What a probe's program says, and what others say in its place.

use engine::{
    act::{RunBy, Runs},
    fuzzing::probed,
};

/// Ends of a program.
const CODES: [Option<i64>; 4] = [None, Some(42), Some(255), Some(-1)];

/// Both architectures with each end.
pub(crate) const CHOICES: u64 = 8;

/// The bounds that are promised.
const EVIDENCE: usize = 200;
const FEATURES: usize = 32;

pub(crate) fn look(bytes: &[u8], choice: u64) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let architecture = if choice.is_multiple_of(2) {
        "amd64"
    } else {
        "arm64"
    };
    let code = usize::try_from(choice / 2 % 4).ok().and_then(|at| CODES[at]);
    let probe = crate::sure(|| probed(architecture, code, lines.clone()));
    assert!(probe.evidence.chars().count() <= EVIDENCE && !probe.evidence.contains(char::is_control));
    assert!(probe.features.len() <= FEATURES);
    let speeds = probe.speeds.unwrap_or_default();
    for speed in [speeds.integer, speeds.memory, speeds.system_calls]
        .into_iter()
        .flatten()
    {
        assert!(0.0 < speed.low && speed.low <= speed.relative, "{speed:?}");
        assert!(
            speed.relative <= speed.high && speed.high.is_finite(),
            "{speed:?}"
        );
    }
    let ran = probe.runs == Runs::Yes;
    assert!(ran || probe.features.is_empty(), "{probe:?}");
    assert_eq!(
        matches!(probe.runs, Runs::No { .. }) && probe.translator != RunBy::Nothing,
        !ran && matches!(probe.translator, RunBy::Rosetta | RunBy::Qemu),
        "{probe:?}"
    );
}
