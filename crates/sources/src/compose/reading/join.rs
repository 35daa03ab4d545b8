//! Files on top of each other, with what they include and extend.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{ReadError, at, find};
use crate::{
    compose::{
        dotenv,
        part::{Include, Source},
        service::{Joining, Part, Text},
        variables::{Trouble, Variables},
    },
    read,
    yaml::{self, Budget, Document},
};

/// A large project has some dozens.
const FILES: usize = 256;

/// Includes in includes, and bases of bases; people have two or three.
const DEPTH: usize = 16;

/// Services by their names.
type Parts = BTreeMap<String, Part>;

/// Reads files, each once.
#[derive(Default)]
pub(super) struct Joiner {
    /// In the order in which they were first needed.
    pub(super) read: Vec<PathBuf>,
    parsed: HashMap<PathBuf, Rc<Vec<Document>>>,
    budget: Budget,
    /// Files that are just being included.
    including: Vec<PathBuf>,
}

/// What a part is read in.
struct Place<'a> {
    file: &'a Path,
    folder: &'a Path,
    variables: &'a Variables,
}

impl Joiner {
    /// The services of `files`, later ones on top.
    pub(super) fn project(
        &mut self,
        files: &[PathBuf],
        folder: &Path,
        variables: &Variables,
    ) -> Result<Parts, ReadError> {
        let mut all = Parts::new();
        for file in files {
            let place = Place {
                file,
                folder,
                variables,
            };
            let documents = self.documents(file, None)?;
            for document in documents.iter() {
                self.document(document, &place, &mut all)?;
            }
        }
        Ok(all)
    }

    fn document(&mut self, document: &Document, place: &Place<'_>, all: &mut Parts) -> Result<(), ReadError> {
        let source = Source {
            file: place.file,
            document,
            variables: place.variables,
        };
        let Some(own) = source.parts(&mut self.budget)? else {
            return Ok(());
        };
        let mut whole = Parts::new();
        for name in own.keys() {
            let part = self.extended(name, &own, place, &mut Vec::new())?;
            whole.insert(name.clone(), part);
        }
        for include in source.includes(&mut self.budget)? {
            for (name, part) in self.included(&include, place)? {
                match whole.get(&name) {
                    Some(here) if *here != part => {
                        return Err(ReadError::Twice {
                            service: name,
                            spot: here.spot.clone(),
                        });
                    }
                    Some(_) => {}
                    None => drop(whole.insert(name, part)),
                }
            }
        }
        for (name, part) in whole {
            match (part.joining, all.remove(&name)) {
                (Joining::Remove, _) => {}
                (Joining::Merge, Some(before)) => drop(all.insert(name, part.over(before))),
                (Joining::Merge | Joining::Replace, _) => drop(all.insert(name, part)),
            }
        }
        Ok(())
    }

    /// The service on top of what it extends.
    fn extended(
        &mut self,
        name: &str,
        own: &Parts,
        place: &Place<'_>,
        chain: &mut Vec<(PathBuf, String)>,
    ) -> Result<Part, ReadError> {
        // Callers name what is there.
        let part = own[name].clone();
        let Some(extends) = part.extends.clone() else {
            return Ok(part);
        };
        let base = extends.service.value.clone();
        let failed = |why| ReadError::Extends {
            service: name.to_owned(),
            base: base.clone(),
            spot: extends.service.spot.clone(),
            why,
        };
        chain.push((place.file.to_owned(), name.to_owned()));
        if chain.len() > DEPTH {
            return Err(failed("extends more than anybody writes"));
        }
        let file = match &extends.file {
            Some(text) => path_of(text, place.folder)?,
            None => place.file.to_owned(),
        };
        if chain.contains(&(file.clone(), base.clone())) {
            return Err(failed("extends it in turn"));
        }
        let before = if extends.file.is_none() || file == place.file {
            if !own.contains_key(&base) {
                return Err(failed("is not in the same file"));
            }
            self.extended(&base, own, place, chain)?
        } else {
            self.foreign_base(&file, &extends.service, place, chain, &failed)?
        };
        let spot = part.spot.clone();
        let joining = part.joining;
        Ok(Part {
            spot,
            joining,
            ..part.over(before)
        })
    }

    /// A service of another file, with what it extends in turn.
    fn foreign_base(
        &mut self,
        file: &Path,
        service: &Text,
        place: &Place<'_>,
        chain: &mut Vec<(PathBuf, String)>,
        failed: &dyn Fn(&'static str) -> ReadError,
    ) -> Result<Part, ReadError> {
        let documents = self.documents(file, Some(service))?;
        let mut parts = Parts::new();
        for document in documents.iter() {
            let source = Source {
                file,
                document,
                variables: place.variables,
            };
            parts.extend(source.parts(&mut self.budget)?.unwrap_or_default());
        }
        if !parts.contains_key(&service.value) {
            return Err(failed("is not in that file"));
        }
        // Paths in it begin at its own folder.
        let place = Place {
            file,
            folder: file.parent().unwrap_or(place.folder),
            variables: place.variables,
        };
        self.extended(&service.value, &parts, &place, chain)
    }

    fn included(&mut self, include: &Include, place: &Place<'_>) -> Result<Parts, ReadError> {
        let paths = include.paths.iter().map(|text| path_of(text, place.folder));
        let files = paths.collect::<Result<Vec<_>, _>>()?;
        let Some((first, text)) = files.first().zip(include.paths.first()) else {
            return Ok(Parts::new());
        };
        if self.including.contains(first) || self.including.len() >= DEPTH {
            return Err(ReadError::Elsewhere {
                raw: text.raw.clone(),
                spot: text.spot.clone(),
                why: "includes itself in turn",
            });
        }
        for (file, text) in files.iter().zip(&include.paths) {
            self.documents(file, Some(text))?;
        }
        let folder = match &include.folder {
            Some(text) => path_of(text, place.folder)?,
            None => first.parent().unwrap_or(place.folder).to_owned(),
        };
        let variables = match &include.environment {
            None => find::with_file(place.variables, &folder)?,
            Some(files) => {
                let mut variables = place.variables.clone();
                for text in files {
                    let file = path_of(text, place.folder)?;
                    let content = read::any_text(&file)?.ok_or_else(|| missing(&file, Some(text)))?;
                    variables = variables.or(dotenv::read(&content, &variables));
                }
                variables
            }
        };
        self.including.push(first.clone());
        let parts = self.project(&files, &folder, &variables);
        self.including.pop();
        parts
    }

    fn documents(&mut self, file: &Path, named: Option<&Text>) -> Result<Rc<Vec<Document>>, ReadError> {
        if let Some(documents) = self.parsed.get(file) {
            return Ok(Rc::clone(documents));
        }
        if self.read.len() >= FILES {
            return Err(ReadError::TooMany { limit: FILES });
        }
        let text = read::any_text(file)?.ok_or_else(|| missing(file, named))?;
        let documents = yaml::parse(&text).map_err(|fault| ReadError::syntax(file, fault))?;
        let documents = Rc::new(documents);
        self.read.push(file.to_owned());
        self.parsed.insert(file.to_owned(), Rc::clone(&documents));
        Ok(documents)
    }
}

/// The file that a text names.
fn path_of(text: &Text, folder: &Path) -> Result<PathBuf, ReadError> {
    let elsewhere = |why| ReadError::Elsewhere {
        raw: text.raw.clone(),
        spot: text.spot.clone(),
        why,
    };
    if matches!(&text.trouble, Some(Trouble::Required(_) | Trouble::Malformed(_))) || text.value.is_empty() {
        return Err(elsewhere("names a file by a variable that has no value"));
    }
    if text.value.contains("://") || text.value.starts_with("git@") || text.value.starts_with("oci:") {
        return Err(elsewhere(
            "leads to another machine; only files of this one are read",
        ));
    }
    Ok(at(folder, &text.value))
}

fn missing(path: &Path, named: Option<&Text>) -> ReadError {
    ReadError::Missing {
        path: path.to_owned(),
        from: named.map(|text| text.spot.clone()),
    }
}
