//! Through mappings as YAML means them: aliases are followed, and `<<` is merged.

use std::collections::HashSet;

use super::{Document, Fault, Id, Kind};

/// How many entries may be looked at for one file. Aliases in aliases multiply; a project's own merges are some hundreds.
const STEPS: usize = 500_000;

/// Merges of merges that people write are two or three deep.
const MERGES: usize = 16;

/// What is left of the steps.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(STEPS)
    }
}

impl Budget {
    fn pay(&mut self, line: usize) -> Result<(), Fault> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| Fault {
            line,
            why: "its aliases lead to more than anybody writes".to_owned(),
        })?;
        Ok(())
    }
}

/// One entry of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Id,
    pub(crate) value: Id,
    /// The mapping that it stands in: the one that was asked, or one that is merged into it.
    pub(crate) owner: Id,
}

impl Document {
    /// The entries of a mapping, those of its merges last; `None` where it is none.
    pub(crate) fn entries(&self, id: Id, budget: &mut Budget) -> Result<Option<Vec<Entry>>, Fault> {
        let id = self.resolved(id);
        if !matches!(self.node(id).kind, Kind::Mapping(..)) {
            return Ok(None);
        }
        let (mut found, mut names) = (Vec::new(), HashSet::new());
        self.collect(id, 0, budget, &mut names, &mut found)?;
        Ok(Some(found))
    }

    /// The entry of this name in a mapping; `None` also where it is no mapping.
    pub(crate) fn get(&self, id: Id, name: &str, budget: &mut Budget) -> Result<Option<Entry>, Fault> {
        self.seek(self.resolved(id), name, 0, budget)
    }

    /// The items of a sequence.
    pub(crate) fn items(&self, id: Id) -> Option<&[Id]> {
        match &self.node(self.resolved(id)).kind {
            Kind::Sequence(items, _) => Some(items),
            Kind::Mapping(..) | Kind::Scalar(..) | Kind::Alias(_) => None,
        }
    }

    fn collect<'a>(
        &'a self,
        id: Id,
        depth: usize,
        budget: &mut Budget,
        names: &mut HashSet<&'a str>,
        found: &mut Vec<Entry>,
    ) -> Result<(), Fault> {
        let Kind::Mapping(entries, _) = &self.node(id).kind else {
            return Ok(());
        };
        let mut merges = None;
        for &(key, value) in entries {
            budget.pay(self.node(key).line)?;
            match self.scalar(key) {
                Some(MERGE) => merges = Some(value),
                Some(name) if names.insert(name) => found.push(Entry {
                    key,
                    value,
                    owner: id,
                }),
                Some(_) | None => {}
            }
        }
        for source in self.sources(merges, depth)? {
            self.collect(source, depth + 1, budget, names, found)?;
        }
        Ok(())
    }

    fn seek(&self, id: Id, name: &str, depth: usize, budget: &mut Budget) -> Result<Option<Entry>, Fault> {
        let Kind::Mapping(entries, _) = &self.node(id).kind else {
            return Ok(None);
        };
        let mut merges = None;
        for &(key, value) in entries {
            budget.pay(self.node(key).line)?;
            let text = self.scalar(key);
            if text == Some(name) {
                return Ok(Some(Entry {
                    key,
                    value,
                    owner: id,
                }));
            }
            if text == Some(MERGE) {
                merges = Some(value);
            }
        }
        for source in self.sources(merges, depth)? {
            if let Some(entry) = self.seek(source, name, depth + 1, budget)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// The mappings that a `<<` names, the first one first.
    fn sources(&self, merges: Option<Id>, depth: usize) -> Result<Vec<Id>, Fault> {
        let Some(value) = merges else {
            return Ok(Vec::new());
        };
        let fault = |why: String| Fault {
            line: self.node(value).line,
            why,
        };
        if depth >= MERGES {
            return Err(fault(format!("it merges more than {MERGES} levels deep")));
        }
        let named = match self.items(value) {
            Some(items) => items.to_vec(),
            None => vec![value],
        };
        let sources: Vec<_> = named.into_iter().map(|id| self.resolved(id)).collect();
        let is_mapping = |id: &Id| matches!(self.node(*id).kind, Kind::Mapping(..));
        if !sources.iter().all(is_mapping) {
            return Err(fault("what is merged by `<<` is no mapping".to_owned()));
        }
        Ok(sources)
    }
}

/// The key that stands for the entries of its value.
const MERGE: &str = "<<";
