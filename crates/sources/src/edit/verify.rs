//! That a change changed what it was to change, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

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
pub(super) type Platforms = BTreeMap<String, Option<String>>;

/// Whether the file says of this service what it is to say, by whichever way.
pub(super) fn says(platforms: &Platforms, service: &str, to: &To) -> bool {
    platforms.get(service).is_some_and(|said| is(said.as_deref(), to))
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

/// That each service says what it said `before`, those that were changed what they are to say, and others only if that
/// is what they are to say, too.
pub(super) fn effects(
    before: &Platforms,
    after: &[Document],
    services: &[&String],
    changes: &Changes,
) -> Result<(), Refusal> {
    let first = services
        .first()
        .map(|service| (*service).clone())
        .unwrap_or_default();
    let inherited = |service: &String| Refusal::Inherited {
        service: service.clone(),
    };
    let after = platforms(after).ok_or_else(|| inherited(&first))?;
    let wanted =
        |name: &String, said: &Option<String>| changes.get(name).is_some_and(|to| is(said.as_deref(), to));
    for service in services {
        let said = after.get(*service).ok_or_else(|| inherited(service))?;
        if !wanted(service, said) {
            return Err(inherited(service));
        }
    }
    let spread =
        |(name, said): &(&String, &Option<String>)| before.get(*name) != Some(*said) && !wanted(name, said);
    match after.iter().find(spread) {
        Some((other, _)) => Err(Refusal::Spreads {
            service: first,
            other: other.clone(),
        }),
        None => Ok(()),
    }
}

/// What all services say; `None` where it cannot be told.
pub(super) fn platforms(documents: &[Document]) -> Option<Platforms> {
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

/// Whether two files say the same, but for `platform` in these parts of the documents of these numbers.
pub(super) fn differs_only_in(
    before: &[Document],
    after: &[Document],
    parts: &BTreeSet<(usize, Id)>,
) -> bool {
    let same = |(number, (before, after)): (usize, (&Document, &Document))| {
        let pair = Pair {
            before,
            after,
            number,
            parts,
        };
        pair.equal((before.root, after.root))
    };
    before.len() == after.len() && before.iter().zip(after).enumerate().all(same)
}

struct Pair<'a> {
    before: &'a Document,
    after: &'a Document,
    number: usize,
    /// Where `platform` may differ.
    parts: &'a BTreeSet<(usize, Id)>,
}

impl Pair<'_> {
    fn equal(&self, (one, two): (Id, Id)) -> bool {
        let (left, right) = (self.before.node(one), self.after.node(two));
        if left.tag != right.tag || left.anchored != right.anchored {
            return false;
        }
        if self.parts.contains(&(self.number, one)) {
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
