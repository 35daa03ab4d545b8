//! What must hold of the readers of foreign bytes, whatever the bytes are.
//!
//! A [`Target`] gives bytes to some readers and panics where their answers break a promise. libFuzzer looks for such
//! bytes (`./dev fuzz`); a test gives every target the seeds in `corpus/`, so that what was found once stays found.

mod compose;
mod compose_edit;
mod dockerfile;
mod export;
mod layer;
mod probe;
mod program;
mod registry;
mod settings;
mod shebang;
mod signatures;
mod tar;

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

/// The longest input: as much as is read of any file but an archive.
pub const LONGEST: usize = platform::PREFIX_LIMIT;

/// No reader may take longer for an input.
const PATIENCE: Duration = Duration::from_secs(1);

/// On a busy machine, work that was slow is tried again.
const TRIES: usize = 4;

/// One in so many inputs is also tried in its long form, which takes much longer.
const STRETCHED: u64 = 64;

/// Readers that are tried together.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Its folders of seeds, from this package's. Real programs are kept where the tests of their reader have them.
    pub seeds: &'static [&'static str],
    /// How many different [`Target::look`]s there are at one input.
    pub choices: u64,
    look: fn(&[u8], u64),
}

/// All targets.
pub const TARGETS: [Target; 12] = [
    Target {
        name: "compose",
        seeds: &["corpus/compose"],
        choices: 1,
        look: compose::look,
    },
    Target {
        name: "compose-edit",
        seeds: &["corpus/compose-edit", "../crates/sources/tests/corpus"],
        choices: 2,
        look: compose_edit::look,
    },
    Target {
        name: "dockerfile",
        seeds: &["corpus/dockerfile", "../crates/sources/tests/dockerfile/corpus"],
        choices: 1,
        look: dockerfile::look,
    },
    Target {
        name: "export",
        seeds: &["corpus/tar"],
        choices: 4,
        look: export::look,
    },
    Target {
        name: "layer",
        seeds: &["corpus/layer", "corpus/tar"],
        choices: 1,
        look: layer::look,
    },
    Target {
        name: "probe",
        seeds: &["corpus/probe"],
        choices: probe::CHOICES,
        look: probe::look,
    },
    Target {
        name: "program",
        seeds: &["corpus/program", "../crates/platform/tests/fixtures/arch-test"],
        choices: program::SIZES,
        look: program::look,
    },
    Target {
        name: "registry",
        seeds: &["corpus/registry"],
        choices: 1,
        look: registry::look,
    },
    Target {
        name: "settings",
        seeds: &["corpus/settings"],
        choices: settings::CHOICES,
        look: settings::look,
    },
    Target {
        name: "shebang",
        seeds: &["corpus/shebang"],
        choices: 1,
        look: shebang::look,
    },
    Target {
        name: "signatures",
        seeds: &["corpus/signatures"],
        choices: signatures::CHOICES,
        look: signatures::look,
    },
    Target {
        name: "tar",
        seeds: &["corpus/tar"],
        choices: 1,
        look: tar::look,
    },
];

impl Target {
    /// Tries `bytes` in one way, which depends on nothing but them.
    pub fn check(&self, bytes: &[u8]) {
        let choice = sum(bytes);
        self.look(bytes, choice);
        if choice.is_multiple_of(STRETCHED) {
            self.look(&stretched(bytes), choice / STRETCHED);
        }
    }

    /// Tries `bytes` in the way of this choice; panics where a promise is broken.
    pub fn look(&self, bytes: &[u8], choice: u64) {
        (self.look)(&bytes[..bytes.len().min(LONGEST)], choice);
    }
}

/// `bytes` over and over: what is not linear shows in long inputs, and these are seldom found by chance.
pub fn stretched(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().cycle().take(LONGEST).collect()
}

/// What `work` answers: the same each time, and in time.
#[track_caller]
fn sure<T: PartialEq + Debug>(work: impl Fn() -> T) -> T {
    let answer = timely(&work);
    assert_eq!(work(), answer, "the same bytes, the same answer");
    answer
}

#[track_caller]
fn timely<T>(work: impl Fn() -> T) -> T {
    for _ in 0..TRIES {
        let start = Instant::now();
        let answer = work();
        if start.elapsed() < PATIENCE {
            return answer;
        }
    }
    panic!("it takes longer than {PATIENCE:?}, {TRIES} times");
}

/// A sentence that is shown as it is must not move a terminal's cursor, nor end its own quotes.
#[track_caller]
fn assert_calm(text: &str) {
    assert!(
        !text.is_empty() && !text.chars().any(char::is_control),
        "{text:?}"
    );
    assert_eq!(text.matches('`').count() % 2, 0, "{text:?}");
}

/// A number that any change of `bytes` changes (FNV-1a).
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Numbers that look random and are the same for the same start (xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap_or_default()
    }
}
