//! Moments as an engine writes and reads them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const NANOS: u64 = 1_000_000_000;
const DAY: u64 = 86_400;

/// What an engine writes for a moment that never was.
pub(crate) const NEVER: &str = "0001-01-01T00:00:00Z";

/// Nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(crate) fn before(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub(seconds.saturating_mul(NANOS)))
    }

    pub(crate) fn after(self, time: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)),
        )
    }

    pub(crate) fn seconds(self) -> u64 {
        self.0 / NANOS
    }

    pub(crate) fn nanos(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// As in `2026-11-23T07:19:05.749475159Z`.
    pub(crate) fn text(self) -> String {
        let (year, month, day) = date(self.seconds() / DAY);
        let second = self.seconds() % DAY;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let fraction = self.0 % NANOS;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:09}Z")
    }

    /// From what a client may send: seconds since 1970 with or without a fraction, or the form of [`Moment::text`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text
            .trim_end_matches('Z')
            .split_once('.')
            .unwrap_or((text.trim_end_matches('Z'), ""));
        let seconds = match whole.split_once('T') {
            Some((date, time)) => days(date)?.checked_mul(DAY)?.checked_add(second_of_day(time)?)?,
            None => whole.parse().ok()?,
        };
        let fraction: u64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        Some(Self(seconds.checked_mul(NANOS)?.checked_add(fraction)?))
    }
}

/// As an engine says how long ago something was, without the word `ago`.
pub(crate) fn words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours) = (seconds / 60, (seconds + 1800) / 3600);
    match seconds {
        0 => "Less than a second".to_owned(),
        1 => "1 second".to_owned(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".to_owned(),
        120..3600 => format!("{minutes} minutes"),
        3600..5400 => "About an hour".to_owned(),
        5400..172_800 => format!("{hours} hours"),
        172_800..1_209_600 => format!("{} days", seconds / DAY),
        1_209_600..5_184_000 => format!("{} weeks", seconds / DAY / 7),
        _ => format!("{} months", seconds / DAY / 30),
    }
}

/// The date of a day since 1970, by Howard Hinnant's `civil_from_days`.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// The day since 1970 of a date, by Howard Hinnant's `days_from_civil`.
fn days(date: &str) -> Option<u64> {
    let mut parts = date.split('-').map(|part| part.parse::<u64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year % 400;
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    let in_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    // What was before 1970 is as good as 1970 to whoever asks for events.
    Some((year / 400 * 146_097 + in_era).saturating_sub(719_468))
}

fn second_of_day(time: &str) -> Option<u64> {
    let mut parts = time.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_being_written_and_read() {
        for text in [
            "2026-11-23T07:19:05.749475159Z",
            "1970-01-01T00:00:00.000000000Z",
            "2024-02-29T23:59:59.000000001Z",
        ] {
            assert_eq!(Moment::parse(text).expect("a moment").text(), text);
        }
        assert_eq!(
            Moment::parse("1795418345.5").expect("seconds").text(),
            "2026-11-23T07:19:05.500000000Z"
        );
        assert_eq!(Moment::parse(NEVER).expect("never").seconds(), 0);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "x",
            "2026-13-01T00:00:00Z",
            "2026-01-01T25:00:00Z",
            "99999999999999999999",
            "2026T",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_told_in_the_engines_words() {
        let cases = [
            (0, "Less than a second"),
            (12, "12 seconds"),
            (75, "About a minute"),
            (10_800, "3 hours"),
            (172_801, "2 days"),
            (9_000_000, "3 months"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(words(Duration::from_secs(seconds)), expected);
        }
    }
}
