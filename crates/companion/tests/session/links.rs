//! A diagnosis as a whole: what was tried to start, the bytes that prove it, and what can be done.

use crate::stage::{Stage, soon};

#[tokio::test]
async fn a_mislabelled_image_is_proved_by_its_bytes() {
    let stage = Stage::new().await;
    let asked = soon("a diagnosis", stage.session.diagnose("billing".to_owned())).await;
    let diagnosis = asked.expect("a diagnosis");
    assert_eq!(diagnosis.cause.as_deref(), Some("mislabelled-image"));
    assert_eq!(diagnosis.platform.claimed.as_deref(), Some("linux/arm64"));
    assert_eq!(diagnosis.platform.actual.as_deref(), Some("linux/amd64"));
    let program = &diagnosis.chain[0];
    assert_eq!(
        (program.path.as_str(), program.format.as_str()),
        ("/app/billing", "elf")
    );
    let proof = program.proof.as_ref().expect("bytes");
    assert!(proof.meaning.contains("0x3e"), "{proof:?}");
    let bytes: Vec<&str> = proof.hex.split(' ').collect();
    assert_eq!(bytes[18..20], ["3e", "00"]);
    assert_eq!((proof.from, proof.to), (18, 20));
    let best = &diagnosis.remedies[0];
    assert_eq!(
        (best.kind.as_str(), best.platform.as_deref()),
        ("rerun-platform", Some("linux/amd64"))
    );
}

#[tokio::test]
async fn a_script_with_windows_line_ends_is_followed_to_what_it_names() {
    let stage = Stage::new().await;
    let asked = soon("a diagnosis", stage.session.diagnose("nightly-report".to_owned())).await;
    let diagnosis = asked.expect("a diagnosis");
    let links: Vec<_> = diagnosis
        .chain
        .iter()
        .map(|link| (link.role.as_str(), link.path.as_str(), link.format.as_str()))
        .collect();
    assert_eq!(
        links,
        [
            ("script", "/app/start.sh", "script"),
            ("interpreter", "/bin/sh\r", "missing")
        ]
    );
    assert_eq!(diagnosis.cause.as_deref(), Some("crlf-line-endings"));
}

#[tokio::test]
async fn the_start_of_an_id_is_enough_and_a_running_container_is_no_crash() {
    let stage = Stage::new().await;
    let id = stage.ids().await["pg"].clone();
    let diagnosis = stage
        .session
        .diagnose(id[..12].to_owned())
        .await
        .expect("a diagnosis");
    assert_eq!((diagnosis.container.as_str(), diagnosis.exit_code), ("pg", None));
    assert!(
        diagnosis
            .remedies
            .iter()
            .all(|remedy| remedy.kind != "rerun-platform"),
        "{:?}",
        diagnosis.remedies
    );
}

#[tokio::test]
async fn a_report_for_others_holds_no_environment_and_no_arguments() {
    let stage = Stage::new().await;
    let asked = stage.session.diagnose("shop-db-1".to_owned()).await;
    let diagnosis = asked.expect("a diagnosis");
    let report = stage.session.report(&diagnosis).await.expect("a report");
    assert!(report.contains("Diagnosis of `shop-db-1`"), "{report}");
    assert!(report.contains("one argument, left out here"), "{report}");
    assert_eq!(diagnosis.command.len(), 2, "the window shows them");
    // The chain may lead to a program that an argument names; the command line itself holds none of them.
    let line = report.lines().find(|line| line.starts_with("- Command:"));
    assert!(
        line.is_some_and(|line| !line.contains(&diagnosis.command[1])),
        "{report}"
    );
    let inspection = stage
        .docker
        .inspect_container(
            "shop-db-1",
            None::<bollard::query_parameters::InspectContainerOptions>,
        )
        .await
        .expect("it is there");
    let environment = inspection
        .config
        .and_then(|config| config.env)
        .unwrap_or_default();
    assert!(!environment.is_empty());
    assert!(environment.iter().all(|pair| !report.contains(pair)), "{report}");
    assert_eq!(
        diagnosis.environment.len(),
        environment.len(),
        "the report knows what to leave out"
    );
}
