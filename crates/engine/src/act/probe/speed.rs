//! How fast a translator is: the same work, here and there, by the time that a processor spends on it.

/// As few rounds as say something of a spread.
const LEAST: usize = 8;

/// How fast something is, the engine's own platform being 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// By the medians of the rounds.
    pub relative: f64,
    /// With the slower quartile here, and the faster one of the engine's own platform.
    pub low: f64,
    /// The other way round.
    pub high: f64,
}

/// How fast each kind of work is; `None` for one that could not be measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speeds {
    /// Computing with whole numbers, and calling functions.
    pub integer: Option<Speed>,
    /// Copying memory, word by word.
    pub memory: Option<Speed>,
    /// Asking the kernel for something that takes it no time.
    pub system_calls: Option<Speed>,
}

/// What the rounds of a program took: nanoseconds for a unit of each kind of work.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rounds {
    pub(super) integer: Vec<f64>,
    pub(super) memory: Vec<f64>,
    pub(super) system_calls: Vec<f64>,
}

impl Rounds {
    pub(super) fn extend(&mut self, more: Self) {
        self.integer.extend(more.integer);
        self.memory.extend(more.memory);
        self.system_calls.extend(more.system_calls);
    }
}

impl Speeds {
    /// The geometric mean of all three; `None` unless all were measured.
    pub fn overall(&self) -> Option<f64> {
        let product = self.integer?.relative * self.memory?.relative * self.system_calls?.relative;
        Some(product.cbrt())
    }

    /// What `rounds` are beside those of the engine's own platform; `None` when nothing can be said of any.
    pub(super) fn of(rounds: &Rounds, native: &Rounds) -> Option<Self> {
        let speeds = Self {
            integer: speed(&rounds.integer, &native.integer),
            memory: speed(&rounds.memory, &native.memory),
            system_calls: speed(&rounds.system_calls, &native.system_calls),
        };
        (speeds != Self::default()).then_some(speeds)
    }
}

fn speed(rounds: &[f64], native: &[f64]) -> Option<Speed> {
    let (here, there) = (quartiles(rounds)?, quartiles(native)?);
    Some(Speed {
        relative: there[1] / here[1],
        low: there[0] / here[2],
        high: there[2] / here[0],
    })
}

/// The rounds that a quarter, a half and three quarters of all are faster than.
fn quartiles(rounds: &[f64]) -> Option<[f64; 3]> {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |quarter: usize| sorted.get(sorted.len() * quarter / 4).copied();
    let quartiles = [at(1)?, at(2)?, at(3)?];
    (sorted.len() >= LEAST).then_some(quartiles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(nanoseconds: impl Fn(f64) -> f64) -> Rounds {
        let times: Vec<f64> = (0..31).map(f64::from).map(nanoseconds).collect();
        Rounds {
            integer: times.clone(),
            memory: times.clone(),
            system_calls: times,
        }
    }

    #[test]
    fn a_program_that_takes_five_times_as_long_has_a_fifth_of_the_speed() {
        let speeds = Speeds::of(&rounds(|_| 500.0), &rounds(|_| 100.0)).expect("measured");
        let fifth = Speed {
            relative: 0.2,
            low: 0.2,
            high: 0.2,
        };
        assert_eq!(speeds.integer, Some(fifth));
        assert!(speeds.overall().is_some_and(|all| (all - 0.2).abs() < 1e-9));
    }

    #[test]
    fn rounds_that_were_disturbed_widen_the_spread_and_hardly_move_the_rest() {
        let disturbed = rounds(|round| if round % 3.0 == 0.0 { 9000.0 } else { 500.0 });
        let speed = Speeds::of(&disturbed, &rounds(|_| 100.0))
            .and_then(|speeds| speeds.memory)
            .expect("measured");
        assert!((speed.relative - 0.2).abs() < 1e-9, "{speed:?}");
        assert!(speed.low < 0.02 && speed.high >= speed.relative, "{speed:?}");
    }

    #[test]
    fn too_little_is_no_measurement() {
        let few = Rounds {
            integer: vec![100.0; LEAST - 1],
            ..rounds(|_| 100.0)
        };
        let speeds = Speeds::of(&few, &rounds(|_| 100.0)).expect("measured");
        assert!(speeds.integer.is_none() && speeds.memory.is_some() && speeds.overall().is_none());
        assert_eq!(Speeds::of(&Rounds::default(), &few), None);
    }
}
