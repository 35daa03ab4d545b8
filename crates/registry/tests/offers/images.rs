//! Indexes, images, and what is neither.

use platform::Platform;
use registry::{Access, Kind, Registry, RegistryError};
use serde_json::json;

use crate::{
    fake::{self, INDEX, LIST, MANIFEST, Shelf, entry, index},
    offer, open, platforms,
};

#[tokio::test]
async fn lists_of_docker_and_of_oci_offer_the_same() {
    for media_type in [LIST, INDEX] {
        let shelf = Shelf::default();
        let (arm, amd) = (
            shelf.image("app", "a", "linux/arm64"),
            shelf.image("app", "b", "linux/amd64"),
        );
        let mut list = index(&[entry(&arm, "linux/arm64/v8"), entry(&amd, "linux/amd64")]);
        list["mediaType"] = json!(media_type);
        let digest = shelf.manifest("app", "1", &list);
        let fake = open(&shelf).await;

        let offer = offer(&fake, "app:1").await.unwrap();

        assert_eq!(offer.reference, format!("{}/app:1", fake.name()));
        assert_eq!((offer.digest, offer.kind), (digest, Kind::Index));
        let found: Vec<_> = offer
            .builds
            .iter()
            .map(|build| (&build.platform, &build.digest))
            .collect();
        assert_eq!(
            found,
            [
                (&Platform::linux("arm64"), &arm),
                (&Platform::linux("amd64"), &amd)
            ]
        );
        assert_eq!(fake.count("GET", "/"), 1, "the index alone: {:?}", fake.asked());
    }
}

#[tokio::test]
async fn attestations_and_what_is_no_image_are_left_out() {
    let shelf = Shelf::default();
    let arm = shelf.image("app", "a", "linux/arm64");
    let mut attestation = entry(&arm, "unknown/unknown");
    attestation["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let mut chart = entry(&arm, "linux/amd64");
    chart["mediaType"] = json!("application/vnd.cncf.helm.chart");
    let entries = [
        attestation,
        entry(&arm, "linux/arm64"),
        entry(&arm, "unknown/unknown"),
        chart,
    ];
    shelf.manifest("app", "1", &index(&entries));
    let fake = open(&shelf).await;
    assert_eq!(platforms(&offer(&fake, "app:1").await.unwrap()), ["linux/arm64"]);
}

#[tokio::test]
async fn indexes_in_an_index_are_followed_in_their_place() {
    let shelf = Shelf::default();
    let arm = shelf.image("app", "a", "linux/arm64");
    let inner = shelf.manifest(
        "app",
        "i",
        &index(&[entry(&arm, "linux/arm64"), entry(&arm, "linux/arm/v7")]),
    );
    let nested = json!({"mediaType": INDEX, "digest": inner, "size": 1});
    let entries = [entry(&arm, "linux/amd64"), nested, entry(&arm, "linux/s390x")];
    shelf.manifest("app", "1", &index(&entries));
    let fake = open(&shelf).await;
    let expected = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x"];
    assert_eq!(platforms(&offer(&fake, "app:1").await.unwrap()), expected);
}

#[tokio::test]
async fn an_index_that_names_no_platform_is_answered_by_the_images() {
    let shelf = Shelf::default();
    let image = shelf.image("app", "a", "linux/arm/v7");
    shelf.manifest(
        "app",
        "1",
        &index(&[json!({"mediaType": MANIFEST, "digest": image, "size": 1})]),
    );
    let fake = open(&shelf).await;
    assert_eq!(platforms(&offer(&fake, "app:1").await.unwrap()), ["linux/arm/v7"]);
}

#[tokio::test]
async fn a_single_image_says_its_platform_and_its_size() {
    let shelf = Shelf::default();
    let digest = shelf.image("team/app", "1", "linux/arm64");
    let fake = open(&shelf).await;
    let offer = offer(&fake, "team/app:1").await.unwrap();
    assert_eq!((offer.kind, &offer.digest), (Kind::Manifest, &digest));
    assert_eq!(platforms(&offer), ["linux/arm64"]);
    let config = json!({"os": "linux", "architecture": "arm64", "variant": ""}).to_string();
    assert_eq!(offer.builds[0].size, Some(1000 + config.len() as u64));

    let registry = Registry::new(Access::default());
    let reference = format!("{}/team/app", fake.name());
    assert_eq!(
        registry.size(&reference, &digest).await.ok(),
        offer.builds[0].size
    );
}

#[tokio::test]
async fn what_only_has_the_form_of_an_image_offers_nothing() {
    let shelf = Shelf::default();
    let config = json!({"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": fake::digest(b"{}"), "size": 2});
    shelf.manifest(
        "chart",
        "1",
        &json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}),
    );
    let fake = open(&shelf).await;
    let offer = offer(&fake, "chart:1").await.unwrap();
    assert_eq!((offer.kind, offer.builds.len()), (Kind::Manifest, 0));
}

#[tokio::test]
async fn schema_1_is_refused_with_a_sentence() {
    let shelf = Shelf::default();
    let old = json!({"schemaVersion": 1, "name": "old", "tag": "1", "fsLayers": [], "signatures": []});
    shelf.put(
        "/v2/old/manifests/1",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        old.to_string().into(),
    );
    let fake = open(&shelf).await;
    let error = offer(&fake, "old:1").await.unwrap_err();
    assert!(matches!(error, RegistryError::TooOld { .. }), "{error:?}");
    assert!(error.to_string().contains("old format, schema 1"), "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let fake = open(&Shelf::default()).await;
    let error = offer(&fake, "nothing:1").await.unwrap_err();
    let what = format!("{}/nothing:1", fake.name());
    assert_eq!(
        error,
        RegistryError::NotThere {
            registry: fake.name(),
            what
        }
    );
}

#[tokio::test]
async fn a_reference_by_digest_offers_what_has_that_digest() {
    let shelf = Shelf::default();
    let digest = shelf.image("app", "1", "linux/arm64");
    let fake = open(&shelf).await;
    let found = offer(&fake, &format!("app@{digest}")).await.unwrap();
    assert_eq!(found.digest, digest);
    let both = offer(&fake, &format!("app:gone@{digest}")).await.unwrap();
    assert_eq!(both.digest, digest);
}
