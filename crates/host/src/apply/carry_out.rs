//! Carries a plan out, one deed after the other: after each, a kill leaves the file whole and the journal true.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Aim, ApplyError, Change, Journal, Plan, Texts, Want, Way, backend, docker_desktop, journal::Record, place,
};
use crate::{Roots, Runtime};

/// One thing to do, in the order of the list that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Writes into the journal what is about to be done.
    Note,
    /// Removes what an ended process left.
    Sweep,
    /// Puts a copy of the file beside it.
    BackUp,
    /// Writes the new file beside its place.
    Prepare,
    /// Gives it the file's name.
    Put,
    /// Removes the file.
    Remove,
    /// Reads back what was written.
    Look,
    /// Tells the running runtime.
    Tell,
    /// Writes into the journal that it is done, and forgets what it was needed for.
    Settle,
}

/// Makes the change of `plan`, which was shown; `at` is now, in Unix seconds. Its commands are left to the caller.
///
/// With an error, the file is as it was. That is not so for [`ApplyError::NotKept`], where the journal has the way back,
/// and for [`ApplyError::Uncertain`].
pub fn write(roots: &Roots, plan: &Plan, journal: &Journal, at: u64) -> Result<(), ApplyError> {
    let mut work = Work::begin(roots, plan, journal, at)?;
    for deed in deeds(plan) {
        if let Err(error) = work.go(deed) {
            work.give_up(&error);
            return Err(error);
        }
    }
    Ok(())
}

/// Everything that `plan` needs, in order.
fn deeds(plan: &Plan) -> Vec<Deed> {
    let change = match (
        &plan.way,
        plan.change.as_ref().and_then(|change| change.texts.as_ref()),
    ) {
        (Some(Way::Backend { .. }), _) => vec![Deed::Tell],
        (
            _,
            Some(Texts {
                before: Some(_),
                after: Some(_),
            }),
        ) => {
            vec![Deed::Sweep, Deed::BackUp, Deed::Prepare, Deed::Put, Deed::Look]
        }
        (_, Some(Texts { after: Some(_), .. })) => vec![Deed::Sweep, Deed::Prepare, Deed::Put, Deed::Look],
        (_, Some(Texts { after: None, .. })) => vec![Deed::Sweep, Deed::Remove],
        (_, None) => Vec::new(),
    };
    match plan.aim {
        _ if plan.is_done() && plan.aim != Aim::Before => Vec::new(),
        Aim::On | Aim::Off => [vec![Deed::Note], change, vec![Deed::Settle]].concat(),
        Aim::Before => {
            let change = change.into_iter().filter(|deed| *deed != Deed::BackUp);
            change.chain([Deed::Settle]).collect()
        }
    }
}

struct Work<'a> {
    roots: &'a Roots,
    plan: &'a Plan,
    journal: &'a Journal,
    _lock: super::journal::Lock,
    /// What is in the journal, or is to be.
    record: Record,
    /// What was in it before, and can still be taken back as long as nothing is changed.
    earlier: Option<Record>,
    /// Where the file really lies.
    place: Option<PathBuf>,
}

impl<'a> Work<'a> {
    fn begin(roots: &'a Roots, plan: &'a Plan, journal: &'a Journal, at: u64) -> Result<Self, ApplyError> {
        if !plan.refusals.is_empty() {
            return Err(ApplyError::Refused);
        }
        let lock = journal.lock()?;
        let earlier = journal.last(Some(&plan.target));
        let mut record = match (plan.aim, &earlier) {
            (Aim::Before, None) => return Err(ApplyError::NothingToUndo),
            (Aim::Before, Some(record)) => record.clone(),
            (Aim::On | Aim::Off, _) => Record::of(plan, at).after(earlier.clone()),
        };
        let file = plan.change.as_ref().filter(|change| change.texts.is_some());
        let file = file.and_then(|change| change.file.as_deref());
        let place = file.map(|file| place::resolved(roots, file)).transpose()?;
        if let (Aim::On | Aim::Off, Some(place)) = (plan.aim, &place) {
            // The journal has no roots to follow links in.
            record.file = Some(place.clone());
        }
        Ok(Self {
            place,
            roots,
            plan,
            journal,
            _lock: lock,
            record,
            earlier,
        })
    }

    fn go(&mut self, deed: Deed) -> Result<(), ApplyError> {
        match deed {
            Deed::Note => self.journal.write(&self.record),
            Deed::Sweep => {
                if let Some((place, _)) = self.file() {
                    place::sweep(place);
                }
                Ok(())
            }
            Deed::BackUp => self.back_up(),
            Deed::Prepare => self.prepare(),
            Deed::Put => self.put(),
            Deed::Remove => match self.file() {
                Some((
                    place,
                    Texts {
                        before: Some(before), ..
                    },
                )) => place::remove(place, before),
                Some(_) | None => Ok(()),
            },
            Deed::Look => self.look(),
            Deed::Tell => self.tell(),
            Deed::Settle => {
                self.settle();
                Ok(())
            }
        }
    }

    fn back_up(&self) -> Result<(), ApplyError> {
        let Some((
            place,
            Texts {
                before: Some(before), ..
            },
        )) = self.file()
        else {
            return Ok(());
        };
        let change = self.plan.change.as_ref();
        let Some(backup) = change.and_then(|change: &Change| change.backup.as_deref()) else {
            return Ok(());
        };
        let there = place::text(backup).unwrap_or_default();
        if there.as_ref() == Some(before) {
            return Ok(());
        }
        place::sweep(backup);
        place::beside(backup, before, Some(place))?;
        place::put(backup, None)
    }

    fn prepare(&self) -> Result<(), ApplyError> {
        let Some((
            place,
            Texts {
                before,
                after: Some(after),
            },
        )) = self.file()
        else {
            return Ok(());
        };
        if before.is_none()
            && let Some(folder) = place.parent()
        {
            fs::create_dir_all(folder).map_err(|error| ApplyError::from_io(place, &error))?;
        }
        place::beside(place, after, before.is_some().then_some(place))
    }

    fn put(&self) -> Result<(), ApplyError> {
        let Some((place, texts)) = self.file() else {
            return Ok(());
        };
        let is_desktop = self.plan.target.runtime == Runtime::DockerDesktop;
        if is_desktop && docker_desktop::runs(self.roots) {
            place::sweep(place);
            return Err(ApplyError::RunsNow { path: place.into() });
        }
        place::put(place, texts.before.as_deref())
    }

    fn look(&self) -> Result<(), ApplyError> {
        let Some((place, texts)) = self.file() else {
            return Ok(());
        };
        match place::text(place) {
            Ok(there) if there == texts.after => Ok(()),
            Ok(_) | Err(_) => Err(ApplyError::NotKept { path: place.into() }),
        }
    }

    fn tell(&self) -> Result<(), ApplyError> {
        let to = self.plan.change.as_ref().and_then(|change| change.to);
        let (Some(Way::Backend { socket }), Some(is_on)) = (&self.plan.way, to) else {
            return Ok(());
        };
        backend::tell(socket, Want::of(is_on)).map_err(|said| ApplyError::Uncertain {
            told: backend::words(Want::of(is_on)),
            said,
            now: backend::ask(socket).ok().and_then(|said| said.rosetta),
        })
    }

    /// The backup of a change goes when it is taken back, or when a later change has one of its own.
    fn settle(&self) {
        match self.plan.aim {
            Aim::Before => {
                sweep_after(self.roots, &self.record);
                self.journal.forget(&self.record);
                remove_backup(&self.record);
            }
            Aim::On | Aim::Off => {
                // The change is made: a record that still names the one before it is only less tidy.
                if self.record.earlier.is_some() || self.record.is_open {
                    self.journal.write(&self.record.clone().settled()).ok();
                }
                let own = self.record.backup.as_ref();
                let earlier = self
                    .earlier
                    .iter()
                    .filter(|earlier| earlier.backup.as_ref() != own);
                earlier.for_each(remove_backup);
            }
        }
    }

    /// As long as nothing was changed, the journal goes back to what it said before.
    fn give_up(&self, error: &ApplyError) {
        let is_changed = matches!(error, ApplyError::NotKept { .. } | ApplyError::Uncertain { .. });
        if is_changed || self.plan.aim == Aim::Before {
            return;
        }
        if let Some((place, _)) = self.file() {
            place::sweep(place);
        }
        match &self.earlier {
            // What cannot be written back is found as it was in the record that stays.
            Some(earlier) => drop(self.journal.write(earlier)),
            None => self.journal.forget(&self.record),
        }
        let is_others = self
            .earlier
            .as_ref()
            .is_some_and(|earlier| earlier.backup == self.record.backup);
        if !is_others {
            remove_backup(&self.record);
        }
    }

    fn file(&self) -> Option<(&Path, &Texts)> {
        let texts = self.plan.change.as_ref()?.texts.as_ref()?;
        Some((self.place.as_deref()?, texts))
    }
}

/// Removes what a change left that ended before it was made.
fn sweep_after(roots: &Roots, record: &Record) {
    let real = record
        .file
        .as_deref()
        .and_then(|file| place::resolved(roots, file).ok());
    real.iter()
        .chain(&record.backup)
        .for_each(|path| place::sweep(path));
}

/// Only what holds what we put there.
fn remove_backup(record: &Record) {
    if let (Some(backup), Some(before)) = (&record.backup, &record.before) {
        place::remove(backup, before.as_bytes()).ok();
    }
}

#[cfg(test)]
mod tests;
