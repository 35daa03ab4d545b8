//! Scans of containers and images, and what is left behind.

use std::sync::Arc;

use companion::view::{Problem, Scan};
use sample::Fault;

use crate::stage::{Stage, soon};

async fn scan(stage: &Stage, subject: &str) -> Result<Scan, Problem> {
    soon("a scan", stage.session.scan(subject.to_owned(), Arc::new(|_| {}))).await
}

#[tokio::test]
async fn a_foreign_module_is_found_in_the_container_and_in_its_image() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    for (subject, kind) in [("thumbs", "container"), ("acme/thumbs:1.0", "image")] {
        let scan = scan(&stage, subject).await.expect("a scan");
        assert_eq!((scan.subject.as_str(), scan.kind.as_str()), (subject, kind));
        assert_eq!((scan.platform.as_str(), &scan.incomplete), ("linux/arm64", &None));
        let [file] = scan.foreign.as_slice() else {
            panic!("one file in {scan:?}");
        };
        assert_eq!(
            (file.platform.as_str(), file.format.as_str()),
            ("linux/amd64", "elf")
        );
        assert_eq!(file.package.as_deref(), Some("@img/sharp-linux-arm64"));
        let [package] = scan.packages.as_slice() else {
            panic!("one package in {scan:?}");
        };
        assert_eq!(
            (file.group, package.kind.as_str(), package.files),
            (Some(0), "npm", 1)
        );
        let fix = package.fix.as_ref().expect("a fix");
        assert_eq!(fix.kind, "rebuild-modules");
        assert!(scan.programs > 1 && scan.files > scan.programs, "{scan:?}");
    }
    assert_eq!(stage.inventory().await, before, "nothing is left behind");
}

#[tokio::test]
async fn mounts_of_a_container_are_told_with_how_far_they_were_read() {
    let stage = Stage::new().await;
    let scan = scan(&stage, "thumbs").await.expect("a scan");
    let [mount] = scan.mounts.as_slice() else {
        panic!("one mount in {scan:?}");
    };
    assert_eq!(
        (mount.kind.as_str(), mount.destination.as_str(), mount.complete),
        ("volume", "/cache", true)
    );
}

#[tokio::test]
async fn what_is_neither_a_container_nor_an_image_is_not_found() {
    let stage = Stage::new().await;
    for subject in ["nope", "acme/nope:1", "../images/json", "a b", ""] {
        let problem = scan(&stage, subject).await.expect_err("there is none");
        assert_eq!(problem.kind, "not-found", "{subject:?}: {problem:?}");
    }
}

#[tokio::test]
async fn an_export_that_breaks_off_tells_what_was_seen_and_that_it_is_not_all() {
    let stage = Stage::failing(Fault::TruncatedArchive).await;
    let scan = scan(&stage, "thumbs").await.expect("a part");
    let problem = scan.incomplete.expect("a reason");
    assert_eq!((problem.kind.as_str(), scan.files), ("answer-broken-off", 1));
}

#[tokio::test]
async fn a_container_wins_over_an_image_of_the_same_name() {
    let stage = Stage::new().await;
    stage.create("nginx", crate::stage::alpine(&["sh"])).await;
    let found = scan(&stage, "nginx").await.expect("a scan");
    assert_eq!(found.kind, "container");
    let image = scan(&stage, "nginx:1.29").await.expect("a scan");
    assert_eq!(image.kind, "image");
}

#[tokio::test]
async fn whoever_waits_no_longer_leaves_nothing_behind() {
    let stage = Stage::new().await;
    let before = stage.inventory().await;
    let made = async {
        while stage.inventory().await == before {
            tokio::task::yield_now().await;
        }
    };
    let specimen_seen = tokio::select! {
        () = made => true,
        scan = scan(&stage, "acme/thumbs:1.0") => scan.is_err(),
    };
    soon("the removal", async {
        while stage.inventory().await != before {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(stage.inventory().await, before, "seen before: {specimen_seen}");
}
