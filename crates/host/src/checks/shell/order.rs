//! Which of several lines counts: shells read their files in an order, and the last line that says something wins.

use std::path::PathBuf;

use super::{Effect, Reader, Subject};

/// Who starts with the variables that a file sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// zsh, as terminals start it.
    Zsh,
    /// bash.
    Bash,
    /// fish.
    Fish,
    /// `sh`, by which some start a session.
    Sh,
    /// Programs that no shell starts.
    Session,
}

/// Whether a line counts, or what keeps it from that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// For these, one at least.
    Counts(Vec<User>),
    /// A later line always sets something else.
    Replaced(At),
    /// A later line always takes it back.
    TakenBack(At),
    /// bash does not read the file, because this one is there.
    Unread(At),
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The file, as the user writes it.
    pub place: String,
    /// The line, from 1; `None` where lines say nothing.
    pub line: Option<usize>,
}

/// One way in which files are read after each other. All of them start with what the session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    Session,
    Sh,
    /// A shell of a login, which is what terminals of macOS start.
    BashLogin,
    /// A shell within a session, as terminals of Linux start it.
    BashInside,
    Zsh,
    /// The same where `ZDOTDIR` is set to its usual folder, which cannot be told.
    ZshElsewhere,
    Fish,
}

impl Round {
    pub(super) const ALL: &[Self] = &[
        Self::Session,
        Self::Sh,
        Self::BashLogin,
        Self::BashInside,
        Self::Zsh,
        Self::ZshElsewhere,
        Self::Fish,
    ];

    fn user(self) -> User {
        match self {
            Self::Session => User::Session,
            Self::Sh => User::Sh,
            Self::BashLogin | Self::BashInside => User::Bash,
            Self::Zsh | Self::ZshElsewhere => User::Zsh,
            Self::Fish => User::Fish,
        }
    }
}

/// A file, how it is understood, and the rounds in which it is read.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) reader: Reader,
    pub(super) rounds: Vec<Round>,
}

/// A line that was found, in the order in which files are read.
pub(super) struct Found {
    pub(super) at: At,
    pub(super) effect: Effect,
    pub(super) rounds: Vec<Round>,
}

/// How each of the lines stands; for one that takes something back it says nothing.
pub(super) fn standings(found: &[Found], unread: impl Fn(&Found) -> Option<At>) -> Vec<Standing> {
    let mut by: Vec<Vec<User>> = vec![Vec::new(); found.len()];
    let mut beaten: Vec<Option<usize>> = vec![None; found.len()];
    let elsewhere = found.iter().any(|it| it.rounds == [Round::ZshElsewhere]);
    let rounds = Round::ALL
        .iter()
        .filter(|it| **it != Round::ZshElsewhere || elsewhere);
    for round in rounds {
        for subject in Subject::ALL {
            let is_read = |it: &Found| it.effect.subject == subject && it.rounds.contains(round);
            let mut live: Vec<usize> = Vec::new();
            for (place, _) in found.iter().enumerate().filter(|(_, it)| is_read(it)) {
                if found[place].effect.always {
                    live.drain(..).for_each(|old| beaten[old] = Some(place));
                }
                live.push(place);
            }
            for place in live {
                if !by[place].contains(&round.user()) {
                    by[place].push(round.user());
                }
            }
        }
    }
    let each = by.into_iter().zip(beaten).zip(found);
    each.map(|((by, beaten), line)| match beaten.map(|place| &found[place]) {
        _ if !by.is_empty() => Standing::Counts(by),
        Some(later) if later.effect.value.is_none() => Standing::TakenBack(later.at.clone()),
        Some(later) => Standing::Replaced(later.at.clone()),
        None => unread(line).map_or(Standing::Counts(by), Standing::Unread),
    })
    .collect()
}
