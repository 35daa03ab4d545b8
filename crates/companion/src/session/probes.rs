//! Finds out what runs foreign programs here.

use engine::Engine;
use platform::Platform;

use super::reruns::platform_of;
use crate::{
    probe_words,
    view::{self, Problem},
};

/// The architectures that are tried when none is named, where they are foreign.
const TRIED: [&str; 2] = ["amd64", "arm64"];

/// Probes `platform`, or without one all that can be tried and are foreign.
pub(super) async fn probe(engine: &Engine, platform: Option<String>) -> Result<view::ProbeReport, Problem> {
    let identity = engine.identity();
    let native = &identity.platform;
    let foreign = || {
        TRIED
            .map(Platform::linux)
            .into_iter()
            .filter(|tried| is_foreign(tried, native))
    };
    let asked = match &platform {
        Some(text) => vec![platform_of(engine, text)?],
        None => foreign().collect(),
    };
    let mut report = view::ProbeReport {
        native: view::ProbedNative {
            platform: native.to_string(),
            probed: None,
        },
        foreign: Vec::new(),
    };
    for platform in asked {
        let probed = probe_words::probed(&engine.probe(&platform).await?, native, identity.runtime);
        if is_foreign(&platform, native) {
            report.foreign.push(probed);
        } else {
            report.native.probed = Some(probed);
        }
    }
    Ok(report)
}

fn is_foreign(platform: &Platform, native: &Platform) -> bool {
    platform.architecture() != native.architecture() || platform.os() != native.os()
}
