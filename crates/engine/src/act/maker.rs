//! Who made what is only there for a while: told by a label, so that others can remove what a maker left behind.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sha2::{Digest as _, Sha256};

/// Making takes three minutes at most, removing one and a half, and few read for longer than some: whether a maker on
/// another machine still does is not known here.
const LEFT_OVER: Duration = Duration::from_mins(10);

/// A maker that lives on this machine may still be at it: a scan of a large image on a busy engine takes hours. Only a
/// process of another program that has its number by now lives longer.
const LONGEST: Duration = Duration::from_hours(24);

/// A crash leaves one or two; more than this are somebody's doing, and the next start takes the next ones.
pub(super) const AT_ONCE: usize = 32;

/// Who made something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Maker {
    /// Unix seconds.
    at: u64,
    /// The machine, as the start of its name's digest: the name is nobody's business.
    machine: String,
    pid: u32,
}

impl Maker {
    pub(super) fn this() -> Self {
        let name = Sha256::digest(rustix::system::uname().nodename().to_bytes());
        let [a, b, c, d, ..]: [u8; 32] = name.into();
        Self {
            at: unix_seconds(),
            machine: format!("{:08x}", u32::from_be_bytes([a, b, c, d])),
            pid: std::process::id(),
        }
    }

    pub(super) fn parse(label: &str) -> Option<Self> {
        let mut words = label.split('-');
        let (at, machine, pid) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            at: at.parse().ok()?,
            machine: machine.to_owned(),
            pid: pid.parse().ok()?,
        })
    }

    /// Whether it still runs. Of another machine nothing is known from here: it is given a while.
    pub(super) fn is_at_work(&self) -> bool {
        !self.is_done(&Self::this(), unix_seconds())
    }

    /// Whether a label says who made something.
    pub(super) fn is_one(label: &str) -> bool {
        Self::parse(label).is_some()
    }

    /// Whether what has this label belongs to nobody any more.
    pub(super) fn is_gone(label: &str) -> bool {
        Self::parse(label).is_none_or(|maker| !maker.is_at_work())
    }

    /// Whether it has ended, as far as that is known from here, or has had more time than it can need.
    fn is_done(&self, here: &Self, now: u64) -> bool {
        let is_here = self.machine == here.machine;
        let limit = if is_here { LONGEST } else { LEFT_OVER };
        is_here && !is_alive(self.pid) || now.saturating_sub(self.at) > limit.as_secs()
    }
}

impl std::fmt::Display for Maker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}-{}-{}", self.at, self.machine, self.pid)
    }
}

/// Whether there is such a process here. Another one may have its number by now: then its age decides.
fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    // Being refused means that somebody is there.
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).unwrap_or_default()
}

/// A number that nobody else has.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Larger than any process id can be.
    const NOBODY: u32 = 1 << 30;

    #[test]
    fn a_maker_is_read_back_from_its_label() {
        let maker = Maker::this();
        assert_eq!(Maker::parse(&maker.to_string()), Some(maker));
        for label in ["", "1", "x-0-1", "1-0-x", "1-0"] {
            assert_eq!(Maker::parse(label), None, "{label}");
        }
    }

    #[test]
    fn only_what_nobody_reads_any_more_is_left_over() {
        let here = Maker::this();
        let now = here.at + 1;
        let ended = Maker {
            pid: NOBODY,
            ..here.clone()
        };
        let elsewhere = Maker {
            machine: "00".to_owned(),
            ..ended.clone()
        };
        let late = now + LEFT_OVER.as_secs();
        let very_late = now + LONGEST.as_secs();
        assert!(!here.is_done(&here, late) && here.is_done(&here, very_late));
        assert!(ended.is_done(&here, now));
        assert!(!elsewhere.is_done(&here, now) && elsewhere.is_done(&here, late));
    }
}
