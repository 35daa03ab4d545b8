//! `GET /containers/json`.

use serde_json::Value;

use super::Container;
use crate::{
    answer::{Answer, Refusal, json},
    ask::{Ask, Filters, label_fits},
    clock::Moment,
    world::World,
};

/// The containers that are asked for, newest first.
pub(crate) fn list(world: &World, ask: &Ask) -> Result<Answer, Refusal> {
    let filters = ask.filters()?;
    let limit = match ask.text("limit") {
        "" => None,
        text => {
            let limit: i64 = text
                .parse()
                .map_err(|_| Refusal::bad(format!("invalid limit {text:?}")))?;
            usize::try_from(limit).ok().filter(|limit| *limit > 0)
        }
    };
    let all = ask.is_set("all") || limit.is_some() || filters.has("status");
    let wanted =
        |container: &&Container| (all || container.state.status.is_up()) && fits(container, &filters);
    let mut found: Vec<&Container> = world.containers.iter().filter(wanted).collect();
    found.sort_by_key(|container| std::cmp::Reverse(container.created));
    let now = Moment::now();
    let rows = found
        .into_iter()
        .take(limit.unwrap_or(usize::MAX))
        .map(|container| container.row(world, now));
    Ok(json(&rows.collect::<Value>()))
}

fn fits(container: &Container, filters: &Filters) -> bool {
    let named = |name: &str| {
        container
            .name
            .contains(name.trim_start_matches(['/', '^']).trim_end_matches('$'))
    };
    filters.fits("id", |id| container.id.starts_with(id))
        && filters.fits("name", named)
        && filters.fits("status", |status| container.state.status.as_str() == status)
        && filters.fits("ancestor", |image| {
            container.text("Image") == image || container.image == image
        })
        && filters.fits("network", |network| container.networks.contains_key(network))
        && filters.all_fit("label", |label| label_fits(container.config.get("Labels"), label))
}
