//! What was measured, in a few words each.

use super::Seen;
use crate::{checklist_words as words, view};

/// The processor feature whose absence stops most images.
const AVX: &str = "avx";

/// What is native, the engine, what ran foreign programs, how fast, and what it lacks; only what is known.
pub(super) fn measured(seen: &Seen) -> Vec<view::Measured> {
    let mut measured = Vec::new();
    let chip = seen.variables.chip.as_deref();
    measured.extend(seen.native().map(|native| words::native(native, chip)));
    measured.extend(seen.engine.as_ref().ok().map(words::engine));
    let foreign = seen.foreign();
    let all = seen.probe.iter().flat_map(|it| &it.foreign);
    let is_foreign = |it: &&view::Probed| it.platform.rsplit('/').next() == foreign;
    let Some(probed) = all.filter(|it| it.known).find(is_foreign) else {
        return measured;
    };
    measured.push(words::ran(probed));
    measured.extend(probed.relative_speed.map(words::speed));
    let lacks_avx = probed
        .features
        .iter()
        .any(|(name, offered)| name == AVX && !offered);
    measured.extend(lacks_avx.then(words::no_avx));
    measured
}
