//! What registries offer, for people.

use companion::view::{OfferedPlatform, Offers, ReferenceOffer};

use crate::text::{clean, short, size, wrapped};

/// Longer names are cut, so that lines keep to 80 columns; the JSON has them whole.
const NAME: usize = 60;

/// Each reference with its platforms.
pub(crate) fn offers(offers: &Offers) -> String {
    let native = offers.native.platform.as_deref().unwrap_or("not known");
    let mut lines = vec![format!(
        "Native here: {native}, says the {}\n",
        offers.native.source
    )];
    for one in &offers.references {
        lines.push(format!("{} {}", mark(one), short(&one.reference, NAME)));
        lines.extend(said(one));
    }
    if offers.references.len() > 1 {
        lines.push(format!("\n{}", counted(offers)));
    }
    lines.join("\n")
}

fn mark(one: &ReferenceOffer) -> &'static str {
    match (&one.error, one.native) {
        (Some(_), _) => "?",
        (None, true) => "✓",
        (None, false) => "✕",
    }
}

fn said(one: &ReferenceOffer) -> Vec<String> {
    if let Some(problem) = &one.error {
        return vec![wrapped(
            &format!("{}. {}", clean(&problem.message), clean(&problem.hint)),
            "     ",
        )];
    }
    let mut lines = Vec::new();
    if one.platforms.is_empty() {
        lines.push(wrapped("It has no image that could run", "     "));
    } else if one.platforms.iter().any(|platform| platform.size.is_some()) {
        lines.extend(one.platforms.iter().map(row));
    } else {
        let names: Vec<String> = one.platforms.iter().map(|it| clean(&it.platform)).collect();
        lines.push(wrapped(&names.join(", "), "     "));
    }
    lines.extend(one.native_elsewhere.iter().map(|elsewhere| {
        let source = elsewhere.source.as_ref().map(|source| format!(" ({source})"));
        wrapped(
            &format!("{}{}", elsewhere.why, source.unwrap_or_default()),
            "     ",
        )
    }));
    lines
}

fn row(platform: &OfferedPlatform) -> String {
    let bytes = platform.size.map_or("not known".to_owned(), size);
    format!("     {:<20} {bytes:>10}", short(&platform.platform, 20))
}

fn counted(offers: &Offers) -> String {
    let count = |is: fn(&ReferenceOffer) -> bool| offers.references.iter().filter(|one| is(one)).count();
    format!(
        "{} references: {} with a native build, {} without, {} not known; {} requests",
        offers.references.len(),
        count(|one| one.native),
        count(|one| one.error.is_none() && !one.native),
        count(|one| one.error.is_some()),
        offers.requests,
    )
}

#[cfg(test)]
mod tests {
    use companion::view::{NativeHere, Problem};

    use super::*;

    fn one(reference: &str, platforms: &[&str], native: bool) -> ReferenceOffer {
        let platform = |name: &&str| OfferedPlatform {
            platform: (*name).to_owned(),
            digest: "sha256:0".to_owned(),
            size: None,
        };
        ReferenceOffer {
            reference: reference.to_owned(),
            name: None,
            digest: None,
            kind: Some("index".to_owned()),
            platforms: platforms.iter().map(platform).collect(),
            native,
            native_elsewhere: None,
            error: None,
        }
    }

    #[test]
    fn each_is_told_and_all_are_counted() {
        let failed = ReferenceOffer {
            error: Some(Problem {
                kind: "not-found".to_owned(),
                message: "It is \u{1b}[31mgone".to_owned(),
                hint: "Look".to_owned(),
            }),
            ..one("gone", &[], false)
        };
        let text = offers(&Offers {
            native: NativeHere {
                platform: Some("linux/arm64".to_owned()),
                source: "engine".to_owned(),
            },
            references: vec![
                one("nginx", &["linux/amd64", "linux/arm64"], true),
                one("mysql:5.7", &["linux/amd64"], false),
                failed,
            ],
            requests: 4,
        });
        assert!(text.contains("✓ nginx\n     linux/amd64, linux/arm64"), "{text}");
        assert!(text.contains("✕ mysql:5.7\n"), "{text}");
        assert!(text.contains("? gone\n") && !text.contains('\u{1b}'), "{text}");
        assert!(
            text.ends_with("3 references: 1 with a native build, 1 without, 1 not known; 4 requests"),
            "{text}"
        );
    }
}
