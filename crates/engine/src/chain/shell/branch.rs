//! The branches of `case`: where its word is known, the first pattern that it fits is the one that runs.

use super::tokens::{Part, Word};

/// A `case` that was opened and not closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Case {
    at: At,
    /// The word, where it is known.
    subject: Option<String>,
    /// Patterns of the branch that begins.
    patterns: Vec<Word>,
    /// Whether an earlier branch runs, or may.
    before: Fit,
}

/// Where in it one is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Subject,
    Patterns,
    Body(Fit),
}

/// Whether a branch runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fit {
    #[default]
    No,
    Unknown,
    Yes,
}

impl Case {
    /// Whether its word is still to come.
    pub(super) fn wants_subject(&self) -> bool {
        self.at == At::Subject
    }

    /// Whether patterns are to come.
    pub(super) fn wants_patterns(&self) -> bool {
        self.at == At::Patterns
    }

    /// Takes its word; patterns follow.
    pub(super) fn begin(&mut self, subject: Option<String>) {
        self.subject = subject;
        self.at = At::Patterns;
    }

    /// Takes one of the patterns of a branch.
    pub(super) fn pattern(&mut self, pattern: Word) {
        self.patterns.push(pattern);
    }

    /// The patterns are complete: the commands of the branch follow.
    pub(super) fn enter(&mut self) {
        let fits: Vec<Fit> = self
            .patterns
            .drain(..)
            .collect::<Vec<_>>()
            .iter()
            .map(|pattern| self.fit(pattern))
            .collect();
        let fit = if fits.contains(&Fit::Yes) {
            Fit::Yes
        } else if fits.contains(&Fit::Unknown) {
            Fit::Unknown
        } else {
            Fit::No
        };
        let runs = match (self.before, fit) {
            (Fit::Yes, _) | (_, Fit::No) => Fit::No,
            (Fit::Unknown, _) | (Fit::No, Fit::Unknown) => Fit::Unknown,
            (Fit::No, Fit::Yes) => Fit::Yes,
        };
        self.at = At::Body(runs);
    }

    /// The branch ends.
    pub(super) fn leave(&mut self) {
        if let At::Body(runs) = self.at {
            self.before = match (self.before, runs) {
                (before, Fit::No) => before,
                (_, runs) => runs,
            };
            self.at = At::Patterns;
        }
    }

    /// Whether what comes next runs.
    pub(super) fn runs(&self) -> Fit {
        match self.at {
            At::Body(fit) => fit,
            At::Subject | At::Patterns => Fit::No,
        }
    }

    fn fit(&self, pattern: &Word) -> Fit {
        if pattern.parts == [Part::Any] {
            return Fit::Yes;
        }
        let Some(subject) = &self.subject else {
            return Fit::Unknown;
        };
        match fits(&pattern.parts, subject) {
            Some(true) => Fit::Yes,
            Some(false) => Fit::No,
            None => Fit::Unknown,
        }
    }
}

/// Whether `subject` fits a pattern of texts and stars, each star taking as little as it can; `None` where other signs
/// stand in it.
fn fits(parts: &[Part], subject: &str) -> Option<bool> {
    let is_plain = |part: &Part| match part {
        Part::Text(text, _) => !text.contains('['),
        Part::Any => true,
        Part::Variable { .. } | Part::Arguments | Part::Opaque => false,
    };
    if !parts.iter().all(is_plain) {
        return None;
    }
    let (mut rest, mut is_open) = (subject, false);
    for (at, part) in parts.iter().enumerate() {
        let Part::Text(text, _) = part else {
            is_open = true;
            continue;
        };
        let is_last = at + 1 == parts.len();
        let behind = match (is_open, is_last) {
            (false, _) => rest.strip_prefix(text.as_str()),
            (true, true) => rest.ends_with(text.as_str()).then_some(""),
            (true, false) => rest.split_once(text.as_str()).map(|(_, behind)| behind),
        };
        let Some(behind) = behind else {
            return Some(false);
        };
        (rest, is_open) = (behind, false);
    }
    Some(is_open || rest.is_empty())
}
