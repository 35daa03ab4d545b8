//! What one document of a file says of its services.

use std::{collections::BTreeMap, path::Path};

pub(crate) use super::service::{Field, Part};
use super::{
    reading::ReadError,
    service::{Build, Extends, Joining, Spot, Text},
    variables::{Variables, fill},
};
use crate::yaml::{Budget, Document, Fault, Id};

/// A document, and what it is read with.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a Path,
    pub(crate) document: &'a Document,
    pub(crate) variables: &'a Variables,
}

/// One `include`.
pub(crate) struct Include {
    pub(crate) paths: Vec<Text>,
    pub(crate) folder: Option<Text>,
    pub(crate) environment: Option<Vec<Text>>,
}

impl Source<'_> {
    /// Its services by their names. `None` where it is an empty document.
    pub(crate) fn parts(&self, budget: &mut Budget) -> Result<Option<BTreeMap<String, Part>>, ReadError> {
        let root = self.document.root;
        if self.document.is_null(root) {
            return Ok(None);
        }
        let Some(top) = self.own(self.document.entries(root, budget))? else {
            return Err(self.shape(root, "a Compose file is a mapping"));
        };
        let services = top
            .iter()
            .find(|entry| self.document.scalar(entry.key) == Some("services"));
        let Some(services) = services.map(|entry| entry.value) else {
            return match top.iter().find(|entry| !self.is_known(entry.key)) {
                Some(entry) => Err(self.shape(entry.key, "it has no `services`")),
                None => Ok(Some(BTreeMap::new())),
            };
        };
        if self.document.is_null(services) {
            return Ok(Some(BTreeMap::new()));
        }
        let Some(entries) = self.own(self.document.entries(services, budget))? else {
            return Err(self.shape(services, "`services` is no mapping"));
        };
        let mut parts = BTreeMap::new();
        for entry in entries {
            let Some(name) = self.document.scalar(entry.key) else {
                return Err(self.shape(entry.key, "a service has no name"));
            };
            parts.insert(name.to_owned(), self.part(entry.key, entry.value, budget)?);
        }
        Ok(Some(parts))
    }

    /// Whether Compose takes it at the top of a file without services.
    fn is_known(&self, key: Id) -> bool {
        let name = self.document.scalar(key).unwrap_or_default();
        let known = [
            "version", "name", "networks", "volumes", "secrets", "configs", "include", "models",
        ];
        name.starts_with("x-") || known.contains(&name)
    }

    fn part(&self, key: Id, value: Id, budget: &mut Budget) -> Result<Part, ReadError> {
        let joining = match self.document.local_tag(value) {
            Some("reset") => Joining::Remove,
            Some("override") => Joining::Replace,
            Some(_) | None => Joining::Merge,
        };
        let mut part = Part {
            spot: self.spot(key),
            joining,
            image: Field::Unsaid,
            platform: Field::Unsaid,
            build: Field::Unsaid,
            replaces_platforms: false,
            profiles: Vec::new(),
            extends: None,
        };
        if joining == Joining::Remove || self.document.is_null(value) {
            return Ok(part);
        }
        let Some(fields) = self.own(self.document.entries(value, budget))? else {
            return Err(self.shape(value, "a service is a mapping"));
        };
        for field in fields {
            match self.document.scalar(field.key) {
                Some("image") => part.image = self.field(field.value, "`image`")?,
                Some("platform") => part.platform = self.field(field.value, "`platform`")?,
                Some("build") => {
                    let (build, replaces) = self.build(field.key, field.value, budget)?;
                    (part.build, part.replaces_platforms) = (build, replaces);
                }
                Some("profiles") => {
                    let said = self.texts(field.value, "`profiles`")?;
                    part.profiles = said.into_iter().map(|text| text.value).collect();
                }
                Some("extends") => part.extends = self.extends(field.value, budget)?,
                Some(_) | None => {}
            }
        }
        Ok(part)
    }

    fn field(&self, value: Id, what: &str) -> Result<Field<Text>, ReadError> {
        if self.document.local_tag(value) == Some("reset") {
            return Ok(Field::Reset);
        }
        if self.document.is_null(value) {
            return Ok(Field::Unsaid);
        }
        Ok(Field::Said(self.text(value, what)?))
    }

    fn build(&self, key: Id, value: Id, budget: &mut Budget) -> Result<(Field<Build>, bool), ReadError> {
        if self.document.local_tag(value) == Some("reset") {
            return Ok((Field::Reset, false));
        }
        if self.document.is_null(value) {
            return Ok((Field::Unsaid, false));
        }
        let mut build = Build {
            platforms: Vec::new(),
            spot: self.spot(key),
        };
        let mut replaces = self.document.local_tag(value) == Some("override");
        if let Some(said) = self.own(self.document.get(value, "platforms", budget))? {
            replaces |= self.document.local_tag(said.value).is_some();
            if self.document.local_tag(said.value) != Some("reset") {
                build.platforms = self.texts(said.value, "`platforms`")?;
            }
        } else if self.document.items(value).is_some() {
            return Err(self.shape(value, "`build` is neither a path nor a mapping"));
        }
        Ok((Field::Said(build), replaces))
    }

    fn extends(&self, value: Id, budget: &mut Budget) -> Result<Option<Extends>, ReadError> {
        if self.document.is_null(value) || self.document.local_tag(value) == Some("reset") {
            return Ok(None);
        }
        if self.document.scalar(value).is_some() {
            let service = self.text(value, "`extends`")?;
            return Ok(Some(Extends { service, file: None }));
        }
        let Some(service) = self.own(self.document.get(value, "service", budget))? else {
            return Err(self.shape(value, "`extends` names no service"));
        };
        let file = self.own(self.document.get(value, "file", budget))?;
        let file = file.filter(|file| !self.document.is_null(file.value));
        Ok(Some(Extends {
            service: self.text(service.value, "`service` of `extends`")?,
            file: file
                .map(|file| self.text(file.value, "`file` of `extends`"))
                .transpose()?,
        }))
    }

    /// What it includes, in its order.
    pub(crate) fn includes(&self, budget: &mut Budget) -> Result<Vec<Include>, ReadError> {
        let Some(entry) = self.own(self.document.get(self.document.root, "include", budget))? else {
            return Ok(Vec::new());
        };
        if self.document.is_null(entry.value) {
            return Ok(Vec::new());
        }
        let Some(items) = self.document.items(entry.value) else {
            return Err(self.shape(entry.value, "`include` is no list"));
        };
        items.iter().map(|item| self.include(*item, budget)).collect()
    }

    fn include(&self, item: Id, budget: &mut Budget) -> Result<Include, ReadError> {
        if self.document.scalar(item).is_some() {
            return Ok(Include {
                paths: vec![self.text(item, "`include`")?],
                folder: None,
                environment: None,
            });
        }
        let Some(path) = self.own(self.document.get(item, "path", budget))? else {
            return Err(self.shape(item, "`include` names no path"));
        };
        let folder = self.own(self.document.get(item, "project_directory", budget))?;
        let environment = self.own(self.document.get(item, "env_file", budget))?;
        Ok(Include {
            paths: self.texts(path.value, "`path` of `include`")?,
            folder: folder
                .map(|folder| self.text(folder.value, "`project_directory`"))
                .transpose()?,
            environment: environment
                .map(|file| self.texts(file.value, "`env_file`"))
                .transpose()?,
        })
    }

    /// A text, or a list of texts.
    fn texts(&self, value: Id, what: &str) -> Result<Vec<Text>, ReadError> {
        match self.document.items(value) {
            Some(items) => items.iter().map(|item| self.text(*item, what)).collect(),
            None if self.document.is_null(value) => Ok(Vec::new()),
            None => Ok(vec![self.text(value, what)?]),
        }
    }

    fn text(&self, value: Id, what: &str) -> Result<Text, ReadError> {
        let Some(raw) = self.document.scalar(value) else {
            return Err(self.shape(value, &format!("{what} is no text")));
        };
        let known = |name: &str| self.variables.get(name).map(ToOwned::to_owned);
        let (filled, trouble) = fill(raw, &known);
        Ok(Text {
            value: filled,
            raw: raw.to_owned(),
            trouble,
            spot: self.spot(value),
        })
    }

    fn spot(&self, id: Id) -> Spot {
        Spot {
            file: self.file.to_owned(),
            line: self.document.node(id).line,
        }
    }

    fn own<T>(&self, found: Result<T, Fault>) -> Result<T, ReadError> {
        found.map_err(|fault| ReadError::syntax(self.file, fault))
    }

    fn shape(&self, id: Id, why: &str) -> ReadError {
        ReadError::Shape {
            spot: self.spot(id),
            why: why.to_owned(),
        }
    }
}
