//! Settings files of any notation, read into one shape, and keys looked up in them.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{HostError, Roots, plist_file, read, yaml};

/// The largest of such files, Lima's with all of its comments, has 30 KiB.
const LIMIT: usize = 1024 * 1024;

/// One key of a settings file, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// The key, with dots between the names that lead to it.
    pub key: String,
    /// Its value, as text.
    pub value: String,
}

/// A settings file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    object: Map<String, Value>,
}

impl Document {
    /// Reads JSON; `None` when no file is there.
    pub(crate) fn json(roots: &Roots, path: &Path) -> Result<Option<Self>, HostError> {
        let object = read::optional(read::json_object(roots, path, LIMIT))?;
        Ok(object.map(|object| Self::new(path, object)))
    }

    /// Reads YAML; `None` when no file is there. An empty file has no key.
    pub(crate) fn yaml(roots: &Roots, path: &Path) -> Result<Option<Self>, HostError> {
        let Some(text) = read::optional(read::text(roots, path, LIMIT))? else {
            return Ok(None);
        };
        match yaml::read(&text) {
            Ok(Value::Object(object)) => Ok(Some(Self::new(path, object))),
            Ok(Value::Null) => Ok(Some(Self::new(path, Map::new()))),
            Ok(_) => Err(HostError::NotAnObject { path: path.into() }),
            Err(fault) => Err(HostError::NotValid {
                path: path.into(),
                notation: "YAML",
                line: fault.line,
                column: fault.column,
            }),
        }
    }

    /// Reads TOML; `None` when no file is there.
    pub(crate) fn toml(roots: &Roots, path: &Path) -> Result<Option<Self>, HostError> {
        let Some(text) = read::optional(read::text(roots, path, LIMIT))? else {
            return Ok(None);
        };
        match toml::from_str::<Map<String, Value>>(&text) {
            Ok(object) => Ok(Some(Self::new(path, object))),
            Err(error) => {
                let before = error
                    .span()
                    .and_then(|span| text.get(..span.start))
                    .unwrap_or_default();
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                Err(HostError::NotValid {
                    path: path.into(),
                    notation: "TOML",
                    line: before.matches('\n').count() + 1,
                    column,
                })
            }
        }
    }

    /// Reads a property list, XML or binary; `None` when no file is there.
    pub(crate) fn list(roots: &Roots, path: &Path) -> Result<Option<Self>, HostError> {
        let object = read::optional(plist_file::dictionary(roots, path))?;
        Ok(object.map(|object| Self::new(path, object)))
    }

    fn new(path: &Path, object: Map<String, Value>) -> Self {
        let path = path.to_path_buf();
        Self { path, object }
    }

    /// The value at `key`, whose names stand between dots; `null` counts as absent.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        let mut names = key.split('.');
        let first = self.object.get(names.next()?)?;
        let value = names.try_fold(first, |value, name| value.get(name))?;
        (!value.is_null()).then_some(value)
    }

    /// True where `key` is there, whatever its value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// The switch at `key`; `None` when it is absent, an error when it is neither on nor off.
    pub(crate) fn switch(&self, key: &str) -> Result<Option<(bool, Found)>, HostError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        let Some(is_on) = value.as_bool() else {
            return Err(HostError::NotABoolean {
                path: self.path.clone(),
                key: key.to_owned(),
            });
        };
        Ok(Some((is_on, self.found(key, is_on.to_string()))))
    }

    /// The switch under this very name, which may hold dots.
    pub(crate) fn switch_named(&self, name: &str) -> Option<(bool, Found)> {
        let is_on = self.object.get(name)?.as_bool()?;
        Some((is_on, self.found(name, is_on.to_string())))
    }

    /// The word at `key`; `None` when it is absent or no word.
    pub(crate) fn word(&self, key: &str) -> Option<Found> {
        let word = self.value(key)?.as_str()?;
        Some(self.found(key, word.to_owned()))
    }

    /// The whole number at `key`.
    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        self.value(key)?.as_u64()
    }

    fn found(&self, key: &str, value: String) -> Found {
        Found {
            file: self.path.clone(),
            key: key.to_owned(),
            value,
        }
    }
}

/// The first of `documents` that has the switch at one of `keys`, in that order.
pub(crate) fn first_switch(
    documents: &[&Document],
    keys: &[&str],
) -> Result<Option<(bool, Found)>, HostError> {
    for document in documents {
        for key in keys {
            if let Some(found) = document.switch(key)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}
