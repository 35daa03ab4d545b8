//! What an override file of ours looks like: a small YAML document, written in one way only and read as strictly.

use std::{collections::BTreeMap, fmt::Write as _};

use platform::Platform;

/// The first lines of every file of ours.
const HEAD: &str = "\
# Archlight wrote this, to say for which platform these services are made.
# `archlight undo CONTAINER` takes it back; so does removing it, followed by `docker compose up`.
services:
";

/// What is said of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Says {
    /// For which platform it is made.
    pub platform: Platform,
    /// The image by its digest, where its tag would have to move for another platform.
    pub image: Option<String>,
}

/// The services of a file, each with its lines as they are written.
pub(crate) type Services = BTreeMap<String, String>;

/// The lines below a service's name. `None` where the image's name has what such a line cannot hold.
pub(crate) fn lines(says: &Says) -> Option<String> {
    let mut lines = format!("    platform: \"{}\"\n", says.platform);
    if let Some(image) = &says.image {
        if !is_plain(image, b"._-/:@") {
            return None;
        }
        let _written = writeln!(lines, "    image: \"{image}\"");
    }
    Some(lines)
}

/// The whole file.
pub(crate) fn text(services: &Services) -> String {
    let entry = |(service, lines): (&String, &String)| format!("  \"{service}\":\n{lines}");
    HEAD.to_owned() + &services.iter().map(entry).collect::<String>()
}

/// The services of a file of ours; `None` for one that is not to the letter what we write.
pub(crate) fn services(text: &str) -> Option<Services> {
    let mut services = Services::new();
    let mut last = None;
    for line in text.strip_prefix(HEAD)?.split_inclusive('\n') {
        let name = line
            .strip_prefix("  \"")
            .and_then(|rest| rest.strip_suffix("\":\n"));
        if let Some(name) = name {
            last = Some(services.entry(name.to_owned()).or_default());
        } else {
            last.as_deref_mut()?.push_str(line);
        }
    }
    let is_ours = |(name, lines): (&String, &String)| is_service(name) && is_entry(lines);
    (services.iter().all(is_ours) && self::text(&services) == text).then_some(services)
}

/// Whether these are lines that [`lines`] writes.
fn is_entry(text: &str) -> bool {
    let value = |line: &str, key: &str| {
        let value = line.strip_prefix(key)?.strip_prefix(": \"")?.strip_suffix('"')?;
        Some(value.to_owned())
    };
    let mut rows = text
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or_default());
    let platform = rows.next().and_then(|line| value(line, "platform"));
    let image = rows.next().map(|line| value(line, "image"));
    let (Some(platform), None) = (platform, rows.next()) else {
        return false;
    };
    let Ok(platform) = platform.parse() else {
        return false;
    };
    match image {
        Some(None) => false,
        Some(image @ Some(_)) => lines(&Says { platform, image }).as_deref() == Some(text),
        None => {
            lines(&Says {
                platform,
                image: None,
            })
            .as_deref()
                == Some(text)
        }
    }
}

/// Whether Compose takes this for the name of a service, and a program for no option.
pub(crate) fn is_service(name: &str) -> bool {
    is_plain(name, b"._-") && !name.starts_with('-')
}

/// Longer names exist only to see what happens.
const LONGEST: usize = 1024;

/// Letters, digits and some signs: what needs no quoting anywhere, and has no `$` for Compose to replace.
fn is_plain(text: &str, signs: &[u8]) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || signs.contains(&byte);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(image: Option<&str>) -> Says {
        Says {
            platform: "linux/amd64".parse().expect("a platform"),
            image: image.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else_is() {
        let mut all = Services::new();
        all.insert("web".to_owned(), lines(&says(None)).expect("plain"));
        all.insert(
            "db-1.x".to_owned(),
            lines(&says(Some("a/b:1@sha256:00"))).expect("plain"),
        );
        let written = text(&all);
        assert!(
            written.ends_with("  \"web\":\n    platform: \"linux/amd64\"\n"),
            "{written}"
        );
        assert_eq!(services(&written), Some(all));
        for other in [
            String::new(),
            "services: {}\n".to_owned(),
            format!("{written}volumes: {{}}\n"),
            written.replace("amd64", "amd64\\n"),
            written.replace("    platform", "    privileged: true\n    platform"),
            written.replace("platform: \"linux/amd64\"", "platform: \"nothing at all\""),
            written.replace('\n', "\r\n"),
            written.trim_end().to_owned(),
        ] {
            assert_eq!(services(&other), None, "{other}");
        }
    }

    #[test]
    fn names_that_would_need_quoting_are_not_written() {
        for image in ["a\nb", "a\"b", "${HOME}", "", "a b"] {
            assert_eq!(lines(&says(Some(image))), None, "{image}");
        }
        for service in ["-f", "", "a b", "a\n", "a\"", "../x", &"a".repeat(10_000)] {
            assert!(!is_service(service), "{service}");
        }
        assert!(is_service("web_1.2-x"));
    }
}
