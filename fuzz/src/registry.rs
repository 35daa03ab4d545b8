//! What registries send, and what names and keeps the way to them.

use registry::fuzzing::{Manifest, credentials, manifest, platform, realm, reference};

pub(crate) fn look(bytes: &[u8], _choice: u64) {
    match crate::sure(|| manifest(bytes)) {
        Some(Manifest::Index(entries)) => {
            // An entry takes more than its digest.
            assert!(entries.len() <= bytes.len() / "sha256:".len());
            assert!(entries.iter().all(|(digest, _)| is_safe(digest)), "{entries:?}");
        }
        Some(Manifest::Image(_)) | None => {}
    }
    crate::sure(|| platform(bytes));
    if let Some((helper, kept)) = crate::sure(|| credentials(bytes, "docker.io")) {
        assert!(helper.is_none_or(|name| !name.is_empty()));
        assert!(["None", "Given"].contains(&kept.as_str()), "{kept}");
    }
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Some(realm) = crate::sure(|| realm(line)) {
            let rest = realm.split_once("://").map_or("", |(_, rest)| rest);
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            assert!(!host.contains('@'), "{realm}");
        }
        look_at_name(&String::from_utf8_lossy(line));
    }
}

fn look_at_name(text: &str) {
    match crate::sure(|| reference(text)) {
        Ok(full) => {
            assert_eq!(reference(&full).as_ref(), Ok(&full), "{text}");
            assert!(
                full.len() <= text.len() + "docker.io/library/:latest".len(),
                "{full}"
            );
            // It becomes a URL's path.
            assert!(!full.contains("/.") && !full.contains(['?', '#', '%']), "{full}");
        }
        Err(error) => crate::assert_calm(&error.to_string()),
    }
}

/// It becomes a part of a URL and a file's name.
fn is_safe(digest: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b':';
    digest.bytes().all(allowed)
}
