//! Lists of containers and images.

use comfy_table::{ContentArrangement, Table, presets};
use companion::view::{Container, Containers, Image, Images, Translation};

use crate::text::{short, size, wrapped};

/// Longer names are cut in tables, so that these keep to 80 columns; the JSON has them whole.
const NAME: usize = 19;
const IMAGE: usize = 18;

/// All containers; those that crashed with a line of why.
pub(crate) fn containers(list: &Containers) -> String {
    if list.containers.is_empty() {
        return format!("No containers on this {} engine", list.host.platform);
    }
    let mut table = table(["", "NAME", "PLATFORM", "STATE", "IMAGE"]);
    for container in &list.containers {
        table.add_row([
            mark(container).to_owned(),
            short(&container.name, NAME),
            platform(container),
            state(container),
            short(&container.image, IMAGE),
        ]);
    }
    let mut lines = table.lines();
    let mut text = vec![lines.next().unwrap_or_default().trim_end().to_owned()];
    for (line, container) in lines.zip(&list.containers) {
        text.push(line.trim_end().to_owned());
        // Below its container, and not in a cell, which would make its column wide.
        text.extend(
            container
                .summary
                .as_ref()
                .map(|summary| wrapped(summary, "     ")),
        );
    }
    if list.undiagnosed > 0 {
        text.push(format!(
            "{} more crashed; ask again for their causes",
            list.undiagnosed
        ));
    }
    text.join("\n")
}

/// All images with their platforms; what is only named and not here stands in brackets.
pub(crate) fn images(list: &Images) -> String {
    if list.images.is_empty() {
        return format!("No images on this {} engine", list.host.platform);
    }
    let mut table = table(["NAME", "PLATFORMS", "", "SIZE"]);
    for image in &list.images {
        table.add_row([
            short(&names(image), 34),
            short(&platforms(image), 22),
            translation(image.translation).to_owned(),
            size(image.size),
        ]);
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table
}

fn mark(container: &Container) -> &'static str {
    if container.crashed { "✕" } else { "" }
}

fn platform(container: &Container) -> String {
    let claimed = container.platform.as_deref().map_or("?", strip);
    match container.actual.as_deref().map(strip) {
        Some(actual) if actual != claimed => format!("{claimed} (is {actual})"),
        _ => match container.translation {
            Translation::Emulated => format!("{claimed} → emulated"),
            Translation::Impossible => format!("{claimed} ✕"),
            Translation::Native | Translation::Unknown => claimed.to_owned(),
        },
    }
}

fn state(container: &Container) -> String {
    match container.exit_code {
        Some(code) => format!("{} ({code})", container.state),
        None => container.state.clone(),
    }
}

fn names(image: &Image) -> String {
    if image.references.is_empty() {
        image.id.clone()
    } else {
        image.references.join(" ")
    }
}

fn platforms(image: &Image) -> String {
    if image.platforms.is_empty() {
        return "?".to_owned();
    }
    let name = |platform: &companion::view::ImagePlatform| {
        let name = strip(&platform.platform);
        if platform.local {
            name.to_owned()
        } else {
            format!("({name})")
        }
    };
    image.platforms.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn translation(translation: Translation) -> &'static str {
    match translation {
        Translation::Native => "native",
        Translation::Emulated => "emulated",
        Translation::Impossible => "impossible",
        Translation::Unknown => "unknown",
    }
}

fn strip(platform: &str) -> &str {
    platform.strip_prefix("linux/").unwrap_or(platform)
}
