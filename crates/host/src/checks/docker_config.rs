//! Docker's own `config.json` and its contexts, as far as they decide which engine answers.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::place;
use super::socket;
use crate::{HostError, Roots, Runtime, read};

/// The file has a few lines for each registry.
const LIMIT: usize = 1024 * 1024;
/// A context is described in some hundred bytes.
const CONTEXT_LIMIT: usize = 64 * 1024;
/// Registries whose helpers are looked at; people have a handful.
const MOST_HELPERS: usize = 64;

/// What `config.json` says, without any credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DockerConfig {
    /// The file, as the user writes it.
    pub place: String,
    /// The context in use; `None` is the default one.
    pub context: Option<Context>,
    /// The program that keeps all credentials, by the end of its name.
    pub store: Option<String>,
    /// The programs that keep those of single registries, by the end of their names.
    pub helpers: BTreeMap<String, Vec<String>>,
    /// How many registries' credentials stand in the file itself.
    pub inline: usize,
}

/// The context in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// The engine's address, without credentials; `None` where the context is not kept or broken.
    pub address: Option<String>,
    /// Whose address that is.
    pub runtime: Runtime,
}

/// Reads the file in `folder`; `None` where there is none.
pub(super) fn read(roots: &Roots, folder: &Path) -> Result<Option<DockerConfig>, HostError> {
    let file = folder.join("config.json");
    let Some(object) = read::optional(read::json_object(roots, &file, LIMIT))? else {
        return Ok(None);
    };
    let text = |key: &str| object.get(key)?.as_str().filter(|it| !it.is_empty());
    let context = text("currentContext").filter(|name| *name != "default");
    Ok(Some(DockerConfig {
        place: place::shown(roots, &file),
        context: context.map(|name| self::context(roots, folder, name)),
        store: text("credsStore").map(place::tame),
        helpers: helpers(&object),
        inline: inline(&object),
    }))
}

fn helpers(object: &Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    let mut helpers = BTreeMap::<String, Vec<String>>::new();
    let named = object.get("credHelpers").and_then(Value::as_object);
    for (registry, helper) in named.into_iter().flatten().take(MOST_HELPERS) {
        if let Some(helper) = helper.as_str().filter(|it| !it.is_empty()) {
            let registries = helpers.entry(place::tame(helper)).or_default();
            registries.push(place::tame(registry));
        }
    }
    helpers
}

/// Under which of these keys a credential stands in the file itself.
const SECRETS: [&str; 4] = ["auth", "password", "identitytoken", "registrytoken"];

fn inline(object: &Map<String, Value>) -> usize {
    let holds = |entry: &Value, key: &str| {
        let text = entry.get(key).and_then(Value::as_str);
        text.is_some_and(|it| !it.is_empty())
    };
    let auths = object.get("auths").and_then(Value::as_object);
    let all = auths.into_iter().flatten();
    all.filter(|(_, entry)| SECRETS.iter().any(|key| holds(entry, key)))
        .count()
}

/// Contexts are kept in folders that are named by a hash; each says its name.
fn context(roots: &Roots, folder: &Path, name: &str) -> Context {
    let kept = folder.join("contexts/meta");
    let host = place::names(&kept)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|entry| read::json_object(roots, &kept.join(entry).join("meta.json"), CONTEXT_LIMIT).ok())
        .find(|meta| meta.get("Name").and_then(Value::as_str) == Some(name))
        .and_then(|meta| {
            let host = meta.get("Endpoints")?.get("docker")?.get("Host")?;
            host.as_str().map(str::to_owned)
        });
    Context {
        name: place::tame(name),
        runtime: host.as_deref().map_or(Runtime::Unknown, socket::owner),
        address: host.as_deref().map(place::veiled),
    }
}
