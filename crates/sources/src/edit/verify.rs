//! That a change changed what it was to change, and nothing else.

use std::{collections::BTreeMap, path::Path};

use super::{
    lossless::{Changes, Refusal, To},
    splice::PLATFORM,
};
use crate::{
    compose::{
        Variables,
        part::{Field, Part, Source},
    },
    yaml::{Budget, Document, Id, Kind},
};

/// Bases of bases in one file.
const DEPTH: usize = 16;

/// What each service of a file says of its platform, variables as they are written.
type Platforms = BTreeMap<String, Option<String>>;

/// Whether the file says of this service what it is to say, by whichever way.
pub(super) fn says(documents: &[Document], service: &str, to: &To) -> bool {
    let said = platforms(documents).and_then(|all| all.get(service).cloned());
    said.is_some_and(|said| is(said.as_deref(), to))
}

fn is(said: Option<&str>, to: &To) -> bool {
    match (said, to) {
        (None, To::Nothing) => true,
        (Some(said), To::Platform(platform)) => said
            .parse()
            .is_ok_and(|said: platform::Platform| said == *platform),
        (None | Some(_), To::Platform(_) | To::Nothing) => false,
    }
}

/// That each service says what it said before, the one that was changed what it is to say, and others only if that is
/// what they are to say, too.
pub(super) fn effects(
    before: &[Document],
    after: &[Document],
    service: &str,
    changes: &Changes,
) -> Result<(), Refusal> {
    let inherited = || Refusal::Inherited {
        service: service.to_owned(),
    };
    let (Some(before), Some(after)) = (platforms(before), platforms(after)) else {
        return Err(inherited());
    };
    for (name, said) in &after {
        let wanted = changes.get(name).is_some_and(|to| is(said.as_deref(), to));
        if name == service && !wanted {
            return Err(inherited());
        }
        if before.get(name) != Some(said) && !wanted {
            return Err(Refusal::Spreads {
                service: service.to_owned(),
                other: name.clone(),
            });
        }
    }
    Ok(())
}

/// `None` where it cannot be told.
fn platforms(documents: &[Document]) -> Option<Platforms> {
    let mut budget = Budget::default();
    let variables = Variables::default();
    let mut all: BTreeMap<String, Part> = BTreeMap::new();
    for document in documents {
        let source = Source {
            file: Path::new(""),
            document,
            variables: &variables,
        };
        for (name, part) in source.parts(&mut budget).ok()?.unwrap_or_default() {
            let extends = part.extends.clone();
            let mut whole = match all.remove(&name) {
                Some(before) => {
                    let earlier = before.extends.clone();
                    let mut whole = part.over(before);
                    whole.extends = earlier;
                    whole
                }
                None => part,
            };
            whole.extends = extends.or(whole.extends);
            all.insert(name, whole);
        }
    }
    let said = |name: &String| Some((name.clone(), platform(&all, name, 0).ok()?));
    all.keys().map(said).collect()
}

/// The platform of a service, where one is said. Fails where that cannot be told.
fn platform(all: &BTreeMap<String, Part>, name: &str, depth: usize) -> Result<Option<String>, Circle> {
    let Some(part) = all.get(name) else {
        return Ok(None);
    };
    match (&part.platform, &part.extends) {
        (Field::Said(text), _) => Ok(Some(text.raw.clone())),
        (Field::Reset, _) | (Field::Unsaid, None) => Ok(None),
        (Field::Unsaid, Some(extends)) if extends.file.is_some() => Ok(None),
        (Field::Unsaid, Some(_)) if depth >= DEPTH => Err(Circle),
        // A base that is not there is for whoever reads the project.
        (Field::Unsaid, Some(extends)) => platform(all, &extends.service.raw, depth + 1),
    }
}

/// Services extend one another in turn.
struct Circle;

/// Whether two files say the same, but for `platform` in this part of this document.
pub(super) fn differs_only_in(before: &[Document], after: &[Document], document: usize, part: Id) -> bool {
    let same = |(number, (before, after)): (usize, (&Document, &Document))| {
        let part = (number == document).then_some(part);
        let pair = Pair { before, after, part };
        pair.equal((before.root, after.root))
    };
    before.len() == after.len() && before.iter().zip(after).enumerate().all(same)
}

struct Pair<'a> {
    before: &'a Document,
    after: &'a Document,
    /// Where `platform` may differ.
    part: Option<Id>,
}

impl Pair<'_> {
    fn equal(&self, (one, two): (Id, Id)) -> bool {
        let (left, right) = (self.before.node(one), self.after.node(two));
        if left.tag != right.tag || left.anchored != right.anchored {
            return false;
        }
        if self.part == Some(one) {
            return self.changed((one, two));
        }
        match (&left.kind, &right.kind) {
            (Kind::Scalar(a, one), Kind::Scalar(b, two)) => a == b && one == two,
            (Kind::Alias(a), Kind::Alias(b)) => a == b,
            (Kind::Sequence(a, _), Kind::Sequence(b, _)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.equal((*a, *b)))
            }
            (Kind::Mapping(a, _), Kind::Mapping(b, _)) => self.entries(a, b),
            (Kind::Scalar(..) | Kind::Alias(_) | Kind::Sequence(..) | Kind::Mapping(..), _) => false,
        }
    }

    /// The same, but for `platform`. What says nothing at all may be written as what has no fields.
    fn changed(&self, (one, two): (Id, Id)) -> bool {
        let (left, right) = (fields(self.before, one), fields(self.after, two));
        left.zip(right)
            .is_some_and(|(left, right)| self.entries(&left, &right))
    }

    /// The same keys in the same order, with the same values.
    fn entries(&self, left: &[(Id, Id)], right: &[(Id, Id)]) -> bool {
        let same = |((key, value), (other, theirs)): (&(Id, Id), &(Id, Id))| {
            self.equal((*key, *other)) && self.equal((*value, *theirs))
        };
        left.len() == right.len() && left.iter().zip(right).all(same)
    }
}

/// The fields but `platform`; `None` where it is neither a mapping nor empty.
fn fields(document: &Document, id: Id) -> Option<Vec<(Id, Id)>> {
    match &document.node(id).kind {
        Kind::Mapping(entries, _) => {
            let is_kept = |(key, _): &&(Id, Id)| !matches!(&document.node(*key).kind, Kind::Scalar(text, _) if text == PLATFORM);
            Some(entries.iter().filter(is_kept).copied().collect())
        }
        Kind::Scalar(..) if document.is_null(id) => Some(Vec::new()),
        Kind::Scalar(..) | Kind::Sequence(..) | Kind::Alias(_) => None,
    }
}
