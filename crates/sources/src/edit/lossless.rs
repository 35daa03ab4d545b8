//! `platform:` of services set, changed or removed, and every other byte left as it is.

use std::collections::{BTreeMap, BTreeSet};

use platform::Platform;
use thiserror::Error;

use super::{splice, verify};
use crate::yaml::{self, Fault};

/// What is to be said of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// This platform.
    Platform(Platform),
    /// None.
    Nothing,
}

/// What is to be said, by the names of services.
pub type Changes = BTreeMap<String, To>;

/// A text with its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// The services of which it says what it is to say; some may have done so before.
    pub done: Vec<String>,
    /// What was not done, with the reason. The text is as it was there.
    pub refused: Vec<Refusal>,
}

/// Why a service is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The file has no such service.
    #[error("there is no service `{service}` in it")]
    NoService {
        /// The service.
        service: String,
    },
    /// The service stands elsewhere: it comes whole from an alias or a merge.
    #[error("`{service}` comes whole from what an alias in line {line} stands for")]
    Alias {
        /// The service.
        service: String,
        /// Where the alias is.
        line: usize,
    },
    /// What is to go is not said by the service itself.
    #[error("`{service}` takes its platform from elsewhere in the file, by an alias, `<<` or `extends`")]
    Inherited {
        /// The service.
        service: String,
    },
    /// Another service takes it from there.
    #[error("it would change `{other}` too, which has its platform from the same place as `{service}`")]
    Spreads {
        /// The service.
        service: String,
        /// The other one.
        other: String,
    },
    /// It is written in a way that is not edited without a change to something else.
    #[error("`{service}` is written in a way, line {line}, that cannot be changed alone")]
    Entangled {
        /// The service.
        service: String,
        /// Where.
        line: usize,
    },
    /// There are more such services than are tried.
    #[error("`{service}` is one of too many that cannot be changed together")]
    TooMany {
        /// The service.
        service: String,
    },
}

impl Refusal {
    /// The service that is left as it is.
    pub fn service(&self) -> &str {
        match self {
            Self::NoService { service }
            | Self::Alias { service, .. }
            | Self::Inherited { service }
            | Self::Spreads { service, .. }
            | Self::Entangled { service, .. }
            | Self::TooMany { service } => service,
        }
    }
}

/// Makes `changes` in the text of a Compose file, each one whole or not at all. Fails where the text is no YAML.
///
/// ```
/// use sources::edit::{Changes, To, edited};
/// let text = "services:\n  web:\n    image: nginx  # pinned by ops\n";
/// let changes = Changes::from([("web".into(), To::Platform("linux/amd64".parse().expect("a platform")))]);
/// let edited = edited(text, &changes).expect("it is YAML");
/// assert_eq!(edited.text, format!("{text}    platform: linux/amd64\n"));
/// ```
pub fn edited(text: &str, changes: &Changes) -> Result<Edited, Fault> {
    yaml::parse(text)?;
    let mut edited = Edited {
        text: text.to_owned(),
        done: Vec::new(),
        refused: Vec::new(),
    };
    let mut open: Vec<&String> = changes.keys().collect();
    // One that inherits from another one may be done as soon as that is.
    loop {
        let before = open.len();
        if let Some((text, done)) = together(&edited.text, &open, changes) {
            edited.text = text;
            open.retain(|service| !done.contains(service));
            edited.done.extend(done.into_iter().cloned());
        }
        edited.refused.clear();
        let mut left = ONE_BY_ONE;
        open.retain(|service| {
            let one = [*service];
            let outcome = match left.checked_sub(1) {
                Some(rest) => {
                    left = rest;
                    step(&edited.text, &one, changes)
                }
                None => Err(Refusal::TooMany {
                    service: (*service).clone(),
                }),
            };
            match outcome {
                Ok(text) => edited.text = text,
                Err(refusal) => {
                    edited.refused.push(refusal);
                    return true;
                }
            }
            edited.done.push((*service).clone());
            false
        });
        if open.is_empty() || open.len() == before {
            edited.done.sort();
            return Ok(edited);
        }
    }
}

/// All services changed at once of which each can be changed, unless that changes anything else.
fn together<'a>(text: &str, services: &[&'a String], changes: &Changes) -> Option<(String, Vec<&'a String>)> {
    let documents = yaml::parse(text).ok()?;
    let platforms = verify::platforms(&documents)?;
    let can = |service: &&&String| {
        let to = &changes[**service];
        verify::says(&platforms, service, to) || splice::change(text, &documents, service, to).is_ok()
    };
    let done: Vec<&String> = services.iter().filter(can).copied().collect();
    let text = step(text, &done, changes).ok()?;
    Some((text, done))
}

/// Some services changed: all of them, or the first reason why that cannot be.
fn step(text: &str, services: &[&String], changes: &Changes) -> Result<String, Refusal> {
    let Some(first) = services.first() else {
        return Ok(text.to_owned());
    };
    let entangled = |line| Refusal::Entangled {
        service: (*first).clone(),
        line,
    };
    // It was read before.
    let documents = yaml::parse(text).map_err(|fault| entangled(fault.line))?;
    let line = splice::line(&documents, first);
    let platforms = verify::platforms(&documents).ok_or_else(|| entangled(line))?;
    let (mut splices, mut parts) = (Vec::new(), BTreeSet::new());
    for service in services {
        let to = &changes[*service];
        if verify::says(&platforms, service, to) && !splice::is_idle(&documents, service, to) {
            continue;
        }
        let change = splice::change(text, &documents, service, to)?;
        // Services that merge the same part have the same change.
        if parts.insert((change.document, change.part)) {
            splices.extend(change.splices);
        }
    }
    let after = splice::applied(text, splices);
    let read_again = yaml::parse(&after).map_err(|_| entangled(line))?;
    if !verify::differs_only_in(&documents, &read_again, &parts) {
        return Err(entangled(line));
    }
    verify::effects(&platforms, &read_again, services, changes)?;
    Ok(after)
}

/// Each is parsed by itself: of more that cannot be changed together, somebody has to choose.
const ONE_BY_ONE: usize = 200;

#[cfg(test)]
mod tests;
