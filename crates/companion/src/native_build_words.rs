//! The words for where a native build is.

use registry::RegistryError;

use crate::problem::plain;

pub(crate) fn newer(reference: &str) -> String {
    plain(&format!(
        "{reference} has a native build: the newest tag of this line that has one; read what changed in between"
    ))
}

pub(crate) fn successor(reference: &str) -> String {
    format!("No newer tag of this line has a native build; its makers point to {reference}, which has one")
}

pub(crate) fn none(asked: usize, is_whole: bool) -> String {
    let looked = match asked {
        0 => "no newer tag of this line is known".to_owned(),
        1 => "1 newer tag of this line was looked at".to_owned(),
        asked => format!("{asked} newer tags of this line were looked at"),
    };
    let more = if is_whole { "" } else { ", and there are more" };
    format!("No native build was found elsewhere: {looked}{more}")
}

pub(crate) fn unknown(error: &RegistryError) -> String {
    plain(&format!(
        "Whether another tag has a native build is not known: {error}"
    ))
}
