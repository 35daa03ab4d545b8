//! Lets libFuzzer look for bytes with which a target fails; `./dev fuzz` builds and runs it.
#![no_main]

use std::sync::LazyLock;

/// The one to try: libFuzzer has no place of its own for an argument of ours.
static TARGET: LazyLock<&fuzz::Target> = LazyLock::new(|| {
    let name = std::env::var("ARCHLIGHT_FUZZ").unwrap_or_default();
    let found = fuzz::TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("ARCHLIGHT_FUZZ names no target: `{name}`"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET.check(bytes));
