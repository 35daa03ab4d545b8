//! Where a service stands in a text.

use crate::{
    edit::Refusal,
    yaml::{Budget, Document, Id, Kind, Node, Style},
};

/// A service and the text that it stands in.
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    pub(super) document: &'a Document,
    /// Which document it is.
    pub(super) number: usize,
    /// The mapping that it is an entry of.
    pub(super) services: Id,
    pub(super) key: Id,
    pub(super) value: Id,
}

impl<'a> Place<'a> {
    /// Where the last document that speaks of the service does so, one that says its platform before all others.
    pub(super) fn find(text: &'a str, documents: &'a [Document], service: &str) -> Result<Self, Refusal> {
        let speaks = |(number, document): (usize, &'a Document)| {
            let services = services(document)?;
            let (key, value) = own(document, services, service)?;
            Some(Self {
                text,
                document,
                number,
                services,
                key,
                value,
            })
        };
        let all: Vec<_> = documents.iter().enumerate().filter_map(speaks).collect();
        let says = |place: &Self| own(place.document, place.value, super::PLATFORM).is_some();
        let best = all.iter().rposition(says).or(all.len().checked_sub(1));
        let place = best.and_then(|at| all.into_iter().nth(at));
        let Some(place) = place else {
            return Err(elsewhere(documents, service));
        };
        match place.node().kind {
            Kind::Alias(_) => Err(Refusal::Alias {
                service: service.to_owned(),
                line: place.node().line,
            }),
            Kind::Scalar(..) | Kind::Sequence(..) | Kind::Mapping(..) => Ok(place),
        }
    }

    /// The mapping from which the service has its platform by `<<`, with that entry. The service's own name is not its.
    pub(super) fn merged(&self) -> Option<(Self, Id, Id)> {
        let budget = &mut Budget::default();
        let entry = self.document.get(self.value, super::PLATFORM, budget).ok()??;
        let merged = Self {
            key: entry.owner,
            value: entry.owner,
            ..*self
        };
        // Without that entry it would be no mapping any more.
        (merged.entries().len() > 1).then_some((merged, entry.key, entry.value))
    }

    /// What the service says.
    pub(super) fn node(&self) -> &'a Node {
        self.document.node(self.value)
    }

    /// The entries of the service itself.
    pub(super) fn entries(&self) -> &'a [(Id, Id)] {
        entries(self.document, self.value)
    }

    /// How a scalar is quoted.
    pub(super) fn style(&self, id: Id) -> Style {
        match self.document.node(id).kind {
            Kind::Scalar(_, style) => style,
            Kind::Sequence(..) | Kind::Mapping(..) | Kind::Alias(_) => Style::Plain,
        }
    }

    /// The blanks that stand before a node in its line; `None` where something else does.
    pub(super) fn indentation(&self, id: Id) -> Option<&'a str> {
        let at = self.document.node(id).start;
        let before = &self.text[line_start(self.text, at)..at];
        before.bytes().all(|byte| byte == b' ').then_some(before)
    }

    /// How lines end here: as the one at `at` does, else as the first one does.
    pub(super) fn line_end(&self, at: usize) -> &'static str {
        let own = &self.text[line_start(self.text, at)..];
        let is_windows = |text: &str| text.find('\n').map(|end| text[..end].ends_with('\r'));
        match is_windows(own).or_else(|| is_windows(self.text)) {
            Some(true) => "\r\n",
            Some(false) | None => "\n",
        }
    }
}

/// The mapping `services`, where it stands in the document itself.
pub(super) fn services(document: &Document) -> Option<Id> {
    own(document, document.root, "services").map(|(_, value)| value)
}

/// The entry of this name that stands in a mapping itself.
pub(super) fn own(document: &Document, mapping: Id, name: &str) -> Option<(Id, Id)> {
    let is_it =
        |(key, _): &&(Id, Id)| matches!(&document.node(*key).kind, Kind::Scalar(text, _) if text == name);
    entries(document, mapping).iter().find(is_it).copied()
}

fn entries(document: &Document, mapping: Id) -> &[(Id, Id)] {
    match &document.node(mapping).kind {
        Kind::Mapping(entries, _) => entries,
        Kind::Scalar(..) | Kind::Sequence(..) | Kind::Alias(_) => &[],
    }
}

/// A service that no document has itself: it is merged into `services`, or nowhere.
fn elsewhere(documents: &[Document], service: &str) -> Refusal {
    let merges = documents.iter().rev().find_map(|document| {
        let (_, services) = own(document, document.root, "services")?;
        let is_alias = matches!(document.node(services).kind, Kind::Alias(_));
        let merge = own(document, services, "<<").map(|(key, _)| key);
        let budget = &mut Budget::default();
        let found = document.get(services, service, budget).ok().flatten();
        found
            .and(merge.or(is_alias.then_some(services)))
            .map(|id| document.node(id).line)
    });
    let service = service.to_owned();
    match merges {
        Some(line) => Refusal::Alias { service, line },
        None => Refusal::NoService { service },
    }
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |before| before + 1)
}

/// Where the line's text ends, before what ends the line.
pub(super) fn line_stop(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    if text[at..end].ends_with('\r') {
        end - 1
    } else {
        end
    }
}

/// The place behind the colon that follows a key; where a value was seen already, behind that.
pub(super) fn behind_colon(text: &str, key_end: usize, seen: usize) -> Option<usize> {
    let rest = text.get(key_end..)?;
    let colon = rest.trim_start_matches(' ').strip_prefix(':')?;
    Some((text.len() - colon.len()).max(seen))
}
