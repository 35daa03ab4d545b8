//! Answers about images.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{Image, Platform, find, named, view::Manifests};
use crate::{
    answer::{Answer, Refusal, empty, json},
    ask::Ask,
    clock::Moment,
    world::World,
};

/// `GET /images/json`.
pub(crate) fn list(world: &World, ask: &Ask) -> Result<Answer, Refusal> {
    let filters = ask.filters()?;
    let fits = |image: &&Image| {
        let same = |reference: &str| {
            image.tags.iter().any(|tag| {
                *tag == named(reference) || tag.rsplit_once(':').is_some_and(|(name, _)| name == reference)
            })
        };
        image.is_here() && filters.fits("reference", same)
    };
    let rows = world
        .images
        .iter()
        .filter(fits)
        .map(|image| image.row(world, manifests(ask)));
    Ok(json(&rows.collect()))
}

/// `GET /images/{name}/json`.
pub(crate) fn inspect(world: &World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let asked = Platform::from_json(ask.text("platform"))?;
    if asked.is_some() && manifests(ask) == Manifests::Listed {
        return Err(Refusal::bad(
            "conflicting options: manifests and platform options cannot both be set",
        ));
    }
    let image = one(world, name)?;
    let variant = image.best(asked.as_ref(), &world.kernel.native);
    let variant = variant.ok_or_else(|| not_provided(name, asked.as_ref()))?;
    Ok(json(&image.inspection(world, variant, manifests(ask))))
}

/// `GET /distribution/{name}/json`: what the registry has, here or not.
pub(crate) fn distribution(world: &World, name: &str) -> Result<Answer, Refusal> {
    let wanted = named(name);
    let denied = || {
        let repository = wanted
            .rsplit_once(':')
            .map_or(wanted.as_str(), |(repository, _)| repository);
        let message = format!(
            "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required for {repository}\n"
        );
        Refusal::new(StatusCode::UNAUTHORIZED, message)
    };
    let image = world
        .images
        .iter()
        .find(|image| image.origin == wanted && !image.loaded)
        .ok_or_else(denied)?;
    Ok(json(&image.distribution()))
}

/// `POST /images/{name}/tag`.
pub(crate) fn tag(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let at = find(&world.images, name).ok_or_else(|| missing(name))?;
    let tag = if ask.text("tag").is_empty() {
        "latest"
    } else {
        ask.text("tag")
    };
    let reference = named(&format!("{}:{tag}", ask.text("repo")));
    for image in &mut world.images {
        image.tags.retain(|known| *known != reference);
    }
    let image = &mut world.images[at];
    image.tags.push(reference.clone());
    let id = image.id.clone();
    world.events.emit(
        Moment::now(),
        "image",
        "tag",
        &id,
        &Map::from_iter([("name".to_owned(), json!(reference))]),
    );
    Ok(empty(StatusCode::CREATED))
}

/// `DELETE /images/{name}`: the tag, and the image when that was the last one.
pub(crate) fn remove(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let at = find(&world.images, name).ok_or_else(|| missing(name))?;
    let image = &world.images[at];
    let by_tag = image.tags.iter().position(|tag| *tag == named(name));
    let last = by_tag.is_none() || image.tags.len() == 1;
    if let Some(user) = world
        .users(&image.id)
        .next()
        .filter(|_| last && !ask.is_set("force"))
    {
        let image = crate::digest::short(&image.id);
        let user = crate::digest::short(&user.id);
        return Err(Refusal::conflict(format!(
            "conflict: unable to delete {name} (must be forced) - container {user} is using its referenced image {image}"
        )));
    }
    let image = &mut world.images[at];
    let untagged: Vec<String> = match by_tag {
        Some(tag) => vec![image.tags.remove(tag)],
        None => image.tags.drain(..).collect(),
    };
    let mut gone: Vec<Value> = untagged.iter().map(|tag| json!({ "Untagged": tag })).collect();
    let id = image.id.clone();
    if last {
        image
            .variants
            .iter_mut()
            .for_each(|variant| variant.local = false);
        gone.push(json!({ "Deleted": id }));
    }
    let actions = [("untag", !untagged.is_empty()), ("delete", last)];
    for (action, _) in actions.into_iter().filter(|(_, happened)| *happened) {
        world.events.emit(
            Moment::now(),
            "image",
            action,
            &id,
            &Map::from_iter([("name".to_owned(), json!(name))]),
        );
    }
    // What the registry has stays known.
    world.images.retain(|image| !image.loaded || image.is_here());
    Ok(json(&Value::Array(gone)))
}

/// What the engine says of an image that is not here.
pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("No such image: {}", named(name)))
}

/// What the engine says of an image that is here for other platforms.
pub(crate) fn not_provided(name: &str, asked: Option<&Platform>) -> Refusal {
    let platform = asked.map(ToString::to_string).unwrap_or_default();
    Refusal::not_found(format!(
        "image with reference {name} was found but does not provide the specified platform ({platform})"
    ))
}

fn one<'a>(world: &'a World, name: &str) -> Result<&'a Image, Refusal> {
    let at = find(&world.images, name).ok_or_else(|| missing(name))?;
    Ok(&world.images[at])
}

fn manifests(ask: &Ask) -> Manifests {
    if ask.is_set("manifests") {
        Manifests::Listed
    } else {
        Manifests::Left
    }
}
