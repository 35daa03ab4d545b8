//! Which tags of a repository are newer versions of one of them, told by the tags' own scheme.
//!
//! Tags follow no standard. What most of them have in common is a run of numbers, `1.25.3` or `20240115`, with words
//! before and behind it that say a flavour: `v2.10.0`, `3.9-slim-bullseye`, `1.25.3-alpine3.18`. Two tags are of one line
//! when their words agree, they say as many numbers, and the first of them is the same: `5.7.44` is followed by `5.7.45`
//! and `5.8.0`, and not by `8.0.35`, which is told to be incompatible by it. Years are the exception: `2024.1` follows
//! `2023.12`.

use std::cmp::Ordering;

/// A version has no more numbers than this.
const NUMBERS: usize = 8;

/// First numbers from here on, up to [`LAST_YEAR`], are years.
const FIRST_YEAR: u64 = 1990;
const LAST_YEAR: u64 = 2100;

/// Dates in one number: from here on, up to the end of [`LAST_YEAR`].
const FIRST_DAY: u64 = FIRST_YEAR * 10_000;
const LAST_DAY: u64 = LAST_YEAR * 10_000;

/// Words of versions that are not released yet, without the numbers behind them.
const UNFINISHED: [&str; 15] = [
    "a", "alpha", "b", "beta", "canary", "dev", "ea", "edge", "m", "nightly", "pre", "preview", "rc",
    "snapshot", "unstable",
];

/// A tag that says a version, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    before: String,
    numbers: Vec<u64>,
    behind: String,
}

impl Line {
    /// The line of `tag`; `None` for one that says no version (`latest`, `bullseye`), whose newer ones cannot be told.
    pub fn of(tag: &str) -> Option<Self> {
        let start = start_of_version(tag)?;
        let (before, rest) = tag.split_at(start);
        let end = end_of_version(rest);
        let (version, behind) = rest.split_at(end);
        let numbers: Result<Vec<u64>, _> = version.split('.').map(str::parse).collect();
        let numbers = numbers.ok().filter(|numbers| numbers.len() <= NUMBERS)?;
        Some(Self {
            before: before.to_ascii_lowercase(),
            numbers,
            behind: behind.to_ascii_lowercase(),
        })
    }

    /// Those of `tags` that are of this line and newer, the newest first. Versions that are not released yet are left out,
    /// unless this one is such a version too.
    pub fn newer<'a>(&self, tags: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let mut found: Vec<(Self, &str)> = tags
            .into_iter()
            .filter_map(|tag| Some((Self::of(tag)?, tag)))
            .filter(|(other, _)| self.leads_to(other))
            .collect();
        found.sort_by(|(one, one_tag), (other, other_tag)| {
            other.order(one).then_with(|| one_tag.cmp(other_tag))
        });
        found.into_iter().map(|(_, tag)| tag).collect()
    }

    fn leads_to(&self, other: &Self) -> bool {
        self.before == other.before
            && flavour(&self.behind) == flavour(&other.behind)
            && self.numbers.len() == other.numbers.len()
            && self.is_compatible(other)
            && (self.is_unfinished() || !other.is_unfinished())
            && other.order(self) == Ordering::Greater
    }

    /// As far as the first number tells.
    fn is_compatible(&self, other: &Self) -> bool {
        let first = |line: &Self| line.numbers.first().copied().unwrap_or_default();
        first(self) == first(other) || (is_date(first(self)) && is_date(first(other)))
    }

    fn is_unfinished(&self) -> bool {
        words(&self.behind)
            .any(|word| UNFINISHED.contains(&word.trim_end_matches(|it: char| it.is_ascii_digit())))
    }

    /// By the version, then by the numbers of the flavour: `-alpine3.9` comes before `-alpine3.18`.
    fn order(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| numbers_in(&self.behind).cmp(&numbers_in(&other.behind)))
    }
}

/// The first digit that begins a word of digits and points, after letters such as `v` or `release-` or nothing.
fn start_of_version(tag: &str) -> Option<usize> {
    let starts_word = |at: usize| {
        let before = tag.get(..at).unwrap_or_default();
        if before.ends_with("x86_") {
            return false;
        }
        let word = before.rsplit(['-', '_', '+']).next().unwrap_or_default();
        let stands_alone = word.ends_with('.') && !word.contains(|letter: char| letter.is_ascii_digit());
        word.is_empty() || ["v", "r"].contains(&word.to_ascii_lowercase().as_str()) || stands_alone
    };
    tag.char_indices()
        .filter(|(_, letter)| letter.is_ascii_digit())
        .map(|(at, _)| at)
        .find(|at| starts_word(*at) && is_version(tag.get(*at..).unwrap_or_default()))
}

/// The start of a checksum such as `7d3f2a1` is no version.
fn is_version(rest: &str) -> bool {
    let behind = rest.get(end_of_version(rest)..).unwrap_or_default();
    !behind.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        || words(behind).next().is_some_and(|word| {
            let letters = word.trim_end_matches(|it: char| it.is_ascii_digit());
            UNFINISHED.contains(&letters.to_ascii_lowercase().as_str())
        })
}

fn end_of_version(rest: &str) -> usize {
    let all = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let run = rest.get(..all.unwrap_or(rest.len())).unwrap_or_default();
    run.trim_end_matches('.').len()
}

fn is_date(number: u64) -> bool {
    (FIRST_YEAR..LAST_YEAR).contains(&number) || (FIRST_DAY..LAST_DAY).contains(&number)
}

fn words(behind: &str) -> impl Iterator<Item = &str> {
    behind.split(['-', '_', '.', '+']).filter(|word| !word.is_empty())
}

/// The words behind a version, without their numbers: `-alpine#` for `-alpine3.18`.
fn flavour(behind: &str) -> String {
    let mut flavour = String::with_capacity(behind.len());
    for letter in behind.chars() {
        let is_number = letter.is_ascii_digit();
        let follows = flavour.ends_with('#');
        match letter {
            _ if is_number && follows => {}
            _ if is_number => flavour.push('#'),
            '.' if follows => {}
            _ => flavour.push(letter),
        }
    }
    flavour
}

fn numbers_in(text: &str) -> Vec<u64> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.filter(|run| !run.is_empty())
        .map(|run| run.parse().unwrap_or(u64::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newer<'a>(tag: &str, tags: &[&'a str]) -> Vec<&'a str> {
        Line::of(tag).map_or_else(Vec::new, |line| line.newer(tags.iter().copied()))
    }

    #[test]
    fn versions_are_ordered_by_their_numbers_and_not_by_their_letters() {
        let tags = [
            "1.9.0",
            "1.25.3",
            "1.25.10",
            "1.26.0-rc1",
            "2.0.0",
            "1.25",
            "latest",
            "v1.99.0",
        ];
        assert_eq!(newer("1.25.3", &tags), ["1.25.10"]);
        assert_eq!(newer("1.9.0", &tags), ["1.25.10", "1.25.3"]);
        assert_eq!(newer("v1.1.0", &tags), ["v1.99.0"]);
        assert_eq!(
            newer("1.25", &["1.26", "1.27", "1.27.1", "2.0"]),
            ["1.27", "1.26"]
        );
    }

    #[test]
    fn a_flavour_is_kept_and_its_own_version_may_rise() {
        let tags = [
            "3.9-slim-bullseye",
            "3.10-slim-bullseye",
            "3.11-slim-bookworm",
            "3.12",
            "3.12-slim",
        ];
        assert_eq!(newer("3.9-slim-bullseye", &tags), ["3.10-slim-bullseye"]);
        let tags = [
            "1.25.3-alpine3.18",
            "1.25.4-alpine3.9",
            "1.25.4-alpine3.19",
            "1.25.4-alpine",
        ];
        assert_eq!(
            newer("1.25.3-alpine3.18", &tags),
            ["1.25.4-alpine3.19", "1.25.4-alpine3.9"]
        );
    }

    #[test]
    fn another_first_number_is_another_line_but_for_years() {
        assert!(newer("5.7", &["5.7.44", "8.0", "8", "9.1"]).is_empty());
        assert_eq!(newer("2023.10.1", &["2024.1.0", "2022.9.9"]), ["2024.1.0"]);
        assert_eq!(
            newer("jammy-20231004", &["jammy-20240111", "noble-20240801"]),
            ["jammy-20240111"]
        );
    }

    #[test]
    fn what_is_not_released_yet_is_for_those_who_use_such_versions() {
        let tags = ["1.1.0-beta2", "1.1.0-rc1", "1.0.1", "1.1.0rc2", "1.2.0-nightly"];
        assert_eq!(newer("1.0.0", &tags), ["1.0.1"]);
        assert_eq!(newer("1.1.0-rc0", &tags), ["1.1.0-rc1"]);
    }

    #[test]
    fn names_and_checksums_are_no_versions() {
        for tag in [
            "latest",
            "bullseye",
            "7d3f2a1",
            "sha-7d3f2a1",
            "",
            "alpine3.18",
            "x86_64",
        ] {
            assert_eq!(Line::of(tag), None, "{tag}");
        }
        for tag in [
            "1",
            "v1",
            "release-1.2",
            "1.2.3-alpine",
            "RELEASE.2023-10-07T15-07-38Z",
            "1.0rc1",
        ] {
            assert!(Line::of(tag).is_some(), "{tag}");
        }
    }

    #[test]
    fn endless_tags_are_no_trouble() {
        let long = "9".repeat(200);
        assert_eq!(Line::of(&long), None);
        assert_eq!(Line::of(&"1.".repeat(200)), None);
        let line = Line::of(&format!("1.0-{}", "7".repeat(300))).expect("a version");
        assert_eq!(line.newer([format!("1.1-{}", "8".repeat(300)).as_str()]).len(), 1);
    }
}
