//! What runs the programs of a platform, on an engine whose machine is an Apple one.

use engine::{
    Engine, Scope,
    act::{Doubt, RunBy, Runs},
};
use platform::Platform;
use sample::Scenario;

use crate::sample_engine::connected;

/// The ids of all that there is.
async fn all(engine: &Engine) -> Vec<String> {
    let containers = engine.containers(Scope::All).await.expect("a list");
    let images = engine.images().await.expect("a list");
    let containers = containers.into_iter().map(|container| container.id);
    containers
        .chain(images.into_iter().map(|image| image.id))
        .collect()
}

#[tokio::test]
async fn each_platform_is_run_by_what_its_program_says() {
    let (_sample, engine) = connected(Scenario::recorded()).await;
    let before = all(&engine).await;
    for (architecture, run_by, process, feature) in [
        ("amd64", RunBy::Rosetta, Some("/run/rosetta/rosetta"), "sse4.2"),
        ("arm64", RunBy::Native, None, "lse"),
    ] {
        let probe = engine.probe(&Platform::linux(architecture)).await.expect("asked");
        assert_eq!((&probe.runs, probe.translator), (&Runs::Yes, run_by), "{probe:?}");
        let offers = |name| {
            probe
                .features
                .iter()
                .any(|known| known.name == name && known.offered)
        };
        assert!(offers(feature) && !offers("avx"), "{probe:?}");
        let seen = probe.process.as_deref().and_then(|seen| seen.split(' ').next());
        assert_eq!(seen, process, "{probe:?}");
        assert_eq!(probe.dynamic, Some(Runs::Yes), "{probe:?}");
        let speeds = probe.speeds.expect("it was measured");
        let slower = speeds.overall().expect("all of it") < 0.9;
        assert_eq!(slower, run_by == RunBy::Rosetta, "{speeds:?}");
        assert_eq!(engine.take_probes().len(), 1);
    }
    assert_eq!(all(&engine).await, before);
    let other = engine.probe(&Platform::linux("riscv64")).await.expect("asked");
    assert_eq!(
        other.runs,
        Runs::Unknown {
            why: Doubt::NoProgram
        }
    );
}

#[tokio::test]
async fn what_was_seen_to_run_need_not_run_again_at_once() {
    let (sample, engine) = connected(Scenario::recorded()).await;
    let (amd64, arm64) = (Platform::linux("amd64"), Platform::linux("arm64"));
    assert_eq!(engine.can_run(&amd64).await, Runs::Yes);
    drop(sample);
    assert_eq!(engine.clone().can_run(&amd64).await, Runs::Yes);
    let told = engine.take_probes();
    let measured = told
        .iter()
        .any(|probe| probe.speeds.is_some() || probe.dynamic.is_some());
    assert!(told.len() == 1 && !measured, "{told:?}");
    let doubt = engine.can_run(&arm64).await;
    assert!(
        matches!(
            doubt,
            Runs::Unknown {
                why: Doubt::Refused { .. }
            }
        ),
        "{doubt:?}"
    );
    assert!(engine.probe(&arm64).await.expect_err("it is gone").is_lost());
}

#[tokio::test]
async fn an_engine_that_starts_nothing_leaves_a_doubt_and_nothing_else() {
    let (_sample, engine) = connected(Scenario::recorded().with(sample::Fault::StartFails)).await;
    let before = all(&engine).await;
    let probe = engine.probe(&Platform::linux("amd64")).await.expect("asked");
    assert!(
        matches!(
            probe.runs,
            Runs::Unknown {
                why: Doubt::Refused { .. }
            }
        ),
        "{probe:?}"
    );
    assert_eq!(all(&engine).await, before);
}
