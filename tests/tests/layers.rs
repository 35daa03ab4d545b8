//! Which crate may know which: the directions that ARCHITECTURE.md draws, checked against what cargo says.

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// What each crate of ours may depend on, of ours.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("platform", &[]),
    ("diagnosis", &["platform"]),
    ("engine", &["platform"]),
    ("host", &["platform"]),
    ("registry", &["platform"]),
    ("sample", &["platform"]),
    ("sources", &["platform"]),
    (
        "companion",
        &[
            "diagnosis",
            "engine",
            "host",
            "platform",
            "registry",
            "sample",
            "sources",
        ],
    ),
    ("archlight-cli", &["companion", "platform"]),
    ("archlight-app", &["companion"]),
    ("lab", &[]),
    (
        "fuzz",
        &["diagnosis", "engine", "host", "platform", "registry", "sources"],
    ),
];

#[test]
fn crates_depend_only_on_the_crates_below_them() {
    let packages = packages();
    let names: Vec<_> = packages.iter().map(|package| package.name.as_str()).collect();
    for package in &packages {
        let allowed = ALLOWED
            .iter()
            .find_map(|(name, allowed)| (*name == package.name.as_str()).then_some(*allowed))
            .unwrap_or_else(|| panic!("`{}` has no place in the layers", package.name));
        let wrong: Vec<_> = dependencies(package)
            .filter(|name| names.contains(name) && !allowed.contains(name))
            .collect();
        assert!(wrong.is_empty(), "`{}` must not know {wrong:?}", package.name);
    }
    for (name, _) in ALLOWED {
        assert!(names.contains(&name), "`{name}` is gone: take it off the list");
    }
}

#[test]
fn only_the_window_knows_tauri() {
    for package in packages() {
        let knows_tauri = dependencies(&package).any(|name| name.starts_with("tauri"));
        let is_window = package.name.as_str() == "archlight-app";
        assert_eq!(knows_tauri, is_window, "`{}`", package.name);
    }
}

#[test]
fn pure_crates_know_no_runtime() {
    for package in packages() {
        let name = package.name.as_str();
        if ["platform", "diagnosis"].contains(&name) {
            let impure = dependencies(&package).any(|name| ["tokio", "bollard"].contains(&name));
            assert!(!impure, "`{name}` must stay free of I/O");
        }
    }
}

fn packages() -> Vec<Package> {
    MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo describes the workspace that it builds")
        .packages
}

/// What a package is built with; what only its tests use may point anywhere.
fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
}
