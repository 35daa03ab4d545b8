//! `platform:` of services set, changed or removed, and every other byte left as it is.

use std::collections::BTreeMap;

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
}

impl Refusal {
    /// The service that is left as it is.
    pub fn service(&self) -> &str {
        match self {
            Self::NoService { service }
            | Self::Alias { service, .. }
            | Self::Inherited { service }
            | Self::Spreads { service, .. }
            | Self::Entangled { service, .. } => service,
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
        edited.refused.clear();
        open.retain(|service| match step(&edited.text, service, changes) {
            Ok(text) => {
                edited.text = text;
                edited.done.push((*service).clone());
                false
            }
            Err(refusal) => {
                edited.refused.push(refusal);
                true
            }
        });
        if open.is_empty() || open.len() == before {
            edited.done.sort();
            return Ok(edited);
        }
    }
}

/// One service changed.
fn step(text: &str, service: &str, changes: &Changes) -> Result<String, Refusal> {
    let entangled = |line| Refusal::Entangled {
        service: service.to_owned(),
        line,
    };
    // It was read before.
    let documents = yaml::parse(text).map_err(|fault| entangled(fault.line))?;
    let to = &changes[service];
    let line = splice::line(&documents, service);
    if verify::says(&documents, service, to) && !splice::is_idle(&documents, service, to) {
        return Ok(text.to_owned());
    }
    let change = splice::change(text, &documents, service, to)?;
    let after = splice::applied(text, change.splices);
    let read_again = yaml::parse(&after).map_err(|_| entangled(line))?;
    if !verify::differs_only_in(&documents, &read_again, change.document, change.part) {
        return Err(entangled(line));
    }
    verify::effects(&documents, &read_again, service, changes)?;
    Ok(after)
}

#[cfg(test)]
mod tests;
