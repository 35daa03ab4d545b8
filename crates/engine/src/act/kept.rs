//! How a kept container is told from others: by its name, which nothing but the engine has to remember.

use super::record::Record;
use crate::{Container, Engine, EngineError, Inspection, Scope};

/// Between the container's own name and the id of the one that took its place.
const MARK: &str = ".kept-for-";

/// Between the container's own name and the id of the one that it is to replace, while a re-run is under way.
const BEGUN: &str = ".rerun-of-";

/// As much of an id as people see.
const SHORT: usize = 12;

/// The first twelve digits of an id.
pub(crate) fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

/// The name under which `name` is kept while `new_id` has its place.
pub fn kept_name(name: &str, new_id: &str) -> String {
    format!("{name}{MARK}{}", short(new_id))
}

/// The name of the new container of `name` until it takes the place of `old_id`.
pub(crate) fn begun_name(name: &str, old_id: &str) -> String {
    format!("{name}{BEGUN}{}", short(old_id))
}

/// The own name of a kept container, and the start of the id of the one that has its place. `None` for all others.
pub fn kept_for(name: &str) -> Option<(&str, &str)> {
    let (own, id) = name.rsplit_once(MARK)?;
    let is_id = id.len() == SHORT && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    (is_id && !own.is_empty()).then_some((own, id))
}

/// A container that took another's place, and the other one.
pub(crate) struct Pair {
    /// The one that was kept.
    pub(crate) kept: Inspection,
    /// The one that has its place; `None` when somebody removed it.
    pub(crate) new: Option<Inspection>,
    /// The name that both had.
    pub(crate) name: String,
}

impl Engine {
    /// The pair to which container `id` belongs, from either side.
    pub(crate) async fn pair(&self, id: &str) -> Result<Pair, EngineError> {
        let all = self.containers(Scope::All).await?;
        let asked = match self.inspect(id).await {
            Ok(inspection) => inspection,
            // After the new one was removed, its name still leads to the kept one.
            Err(EngineError::NotThere { message }) => {
                let orphan = all
                    .iter()
                    .find(|row| kept_for(&row.name).is_some_and(|(own, _)| own == id));
                self.inspect(&orphan.ok_or(EngineError::NotThere { message })?.id)
                    .await?
            }
            Err(error) => return Err(error),
        };
        if kept_for(asked.name()).is_some() {
            self.pair_of_kept(asked, &all).await
        } else {
            self.pair_of_new(asked, &all).await
        }
    }

    /// The name of the old container, or of what stands in for it, after steps of which some were done; the likely one when
    /// the engine does not say it.
    pub(crate) async fn kept_name_now(&self, record: &Record) -> String {
        for id in [Some(record.old_id()), record.stand_in.as_deref()]
            .into_iter()
            .flatten()
        {
            if let Ok(inspection) = self.inspect(id).await {
                return inspection.name().to_owned();
            }
        }
        record.kept_as()
    }

    async fn pair_of_kept(&self, kept: Inspection, all: &[Container]) -> Result<Pair, EngineError> {
        let (own, id) = kept_for(kept.name())
            .map(|(own, id)| (own.to_owned(), id.to_owned()))
            .unwrap_or_default();
        let new = match all.iter().find(|row| row.id.starts_with(&id)) {
            Some(row) => Some(self.inspect(&row.id).await?),
            None => None,
        };
        let name = new.as_ref().map_or(own, |new| new.name().to_owned());
        Ok(Pair { kept, new, name })
    }

    async fn pair_of_new(&self, new: Inspection, all: &[Container]) -> Result<Pair, EngineError> {
        let is_kept = |row: &&Container| kept_for(&row.name).is_some_and(|(_, id)| id == short(new.id()));
        let Some(row) = all.iter().find(is_kept) else {
            let had_its_name =
                |row: &&Container| kept_for(&row.name).is_some_and(|(own, _)| own == new.name());
            let message = match all.iter().find(had_its_name) {
                Some(row) => format!(
                    "`{}` took the place of another container, for which `{}` is kept: undo that by its own name, once \
                     this one has another name",
                    new.name(),
                    row.name
                ),
                None => format!(
                    "nothing is kept for `{}`: it was not re-run, or the old one was discarded or removed, \
                     as `docker container prune` does",
                    new.name()
                ),
            };
            return Err(EngineError::NothingKept { message });
        };
        let kept = self.inspect(&row.id).await?;
        Ok(Pair {
            kept,
            name: new.name().to_owned(),
            new: Some(new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_name_leads_to_both_containers() {
        let name = kept_name("web.1", "0123456789abcdef");
        assert_eq!(name, "web.1.kept-for-0123456789ab");
        assert_eq!(kept_for(&name), Some(("web.1", "0123456789ab")));
    }

    #[test]
    fn a_name_that_only_looks_like_it_is_not_taken_for_one() {
        for name in [
            "web",
            "web.kept-for-",
            "web.kept-for-0123",
            "web.kept-for-0123456789xy",
            ".kept-for-0123456789ab",
        ] {
            assert_eq!(kept_for(name), None, "{name}");
        }
    }
}
