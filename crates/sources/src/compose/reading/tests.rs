use std::{fmt::Write as _, fs};

use super::*;
use crate::compose::{Service, Text, Trouble};

struct Stage(tempfile::TempDir);

impl Stage {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, text).expect("a file");
        }
        Self(folder)
    }

    fn read_with(&self, paths: &[&str], variables: &[(&str, &str)]) -> Result<Reading, ReadError> {
        let pairs = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        read(&Request {
            paths: paths.iter().map(|path| at(self.0.path(), path)).collect(),
            folder: self.0.path().to_owned(),
            variables: pairs.collect(),
        })
    }

    fn read(&self, paths: &[&str]) -> Reading {
        self.read_with(paths, &[]).expect("a project")
    }

    fn error(&self, paths: &[&str]) -> ReadError {
        self.read_with(paths, &[]).expect_err("no project")
    }
}

/// `name image platform` of each service, `-` for none.
fn rows(reading: &Reading) -> Vec<String> {
    let said = |text: Option<&Text>| text.map_or("-".to_owned(), |text| text.value.clone());
    let row = |service: &Service| {
        format!(
            "{} {} {}",
            service.name,
            said(service.image.as_ref()),
            said(service.platform.as_ref())
        )
    };
    reading.services.iter().map(row).collect()
}

const BASE: &str =
    "services:\n  web:\n    image: a:${TAG:-1}\n    platform: linux/amd64\n  db:\n    image: b\n";

#[test]
fn the_usual_file_is_found_with_its_override_from_folders_below() {
    let stage = Stage::new(&[
        ("compose.yaml", BASE),
        (
            "compose.override.yml",
            "services:\n  web:\n    platform: linux/arm64\n",
        ),
        ("docker-compose.yml", "services: {other: {image: c}}\n"),
        ("deep/er/x", ""),
    ]);
    let expected = ["web a:1 linux/arm64", "db b -"];
    assert_eq!(rows(&stage.read(&[])), expected);
    assert_eq!(rows(&stage.read(&["compose.yaml"])), expected);
    assert_eq!(rows(&stage.read(&["."])), expected);
    let deep = read(&Request {
        folder: stage.0.path().join("deep/er"),
        ..Request::default()
    });
    assert_eq!(rows(&deep.expect("it is above")), expected);
    let reading = stage.read(&[]);
    let web = &reading.services[0];
    let spot = &web.platform.as_ref().expect("it is said").spot;
    assert_eq!(
        (spot.file.clone(), spot.line),
        (stage.0.path().join("compose.override.yml"), 3)
    );
    assert_eq!(web.spot.line, 2);
    assert_eq!(
        rows(&stage.read(&["docker-compose.yml", "compose.yaml"])),
        ["other c -", "web a:1 linux/amd64", "db b -"]
    );
}

#[test]
fn variables_come_from_the_environment_then_from_the_file() {
    let stage = Stage::new(&[
        (
            "compose.yaml",
            "services:\n  web:\n    image: ${REG}/${NAME?}:$TAG\n    platform: ${P}\n",
        ),
        (".env", "REG=r\nNAME='n'\nTAG=1 # x\n"),
    ]);
    let read = stage.read_with(&[], &[("TAG", "2")]).expect("a project");
    assert_eq!(rows(&read), ["web r/n:2 -"]);
    let bare = Stage::new(&[("compose.yaml", "services:\n  web:\n    image: ${NAME:?set it}\n")]);
    let image = bare.read(&[]).services[0].image.clone().expect("it is said");
    assert_eq!(image.trouble, Some(Trouble::Required("NAME".to_owned())));
}

#[test]
fn files_are_named_by_the_environment_or_the_file_of_variables() {
    let files = [
        ("a.yaml", "services: {web: {image: a}}\n"),
        ("sub/b.yaml", "services: {web: {platform: linux/arm64}}\n"),
    ];
    let stage = Stage::new(&files);
    let named = [("COMPOSE_FILE", "a.yaml:sub/b.yaml")];
    assert_eq!(
        rows(&stage.read_with(&[], &named).expect("a project")),
        ["web a linux/arm64"]
    );
    fs::write(
        stage.0.path().join(".env"),
        "COMPOSE_PATH_SEPARATOR=;\nCOMPOSE_FILE=a.yaml;sub/b.yaml\n",
    )
    .expect("a file");
    assert_eq!(rows(&stage.read(&["."])), ["web a linux/arm64"]);
}

#[test]
fn services_begin_as_those_that_they_extend() {
    let stage = Stage::new(&[
        (
            "compose.yaml",
            "services:\n  web:\n    extends: {file: sub/base.yaml, service: mid}\n    image: own\n  job:\n    extends: web\n",
        ),
        (
            "sub/base.yaml",
            "services:\n  mid:\n    extends: {file: ../root.yaml, service: root}\n",
        ),
        (
            "root.yaml",
            "services:\n  root:\n    image: r\n    platform: linux/amd64\n    profiles: [p]\n",
        ),
    ]);
    let reading = stage.read(&[]);
    assert_eq!(rows(&reading), ["web own linux/amd64", "job own linux/amd64"]);
    assert_eq!(reading.services[1].profiles, ["p"]);
    assert_eq!(reading.all.len(), 3);
    assert_eq!(reading.files.len(), 1);
}

#[test]
fn circles_and_missing_bases_are_told_with_their_line() {
    for (text, part) in [
        (
            "services:\n  a:\n    extends: b\n  b:\n    extends: a\n",
            "in turn",
        ),
        ("services:\n  a:\n    extends: a\n", "in turn"),
        (
            "services:\n  a:\n    extends: nobody\n",
            "is not in the same file",
        ),
        (
            "services:\n  a:\n    extends: {file: nowhere.yaml, service: b}\n",
            "line 3",
        ),
        ("include: [compose.yaml]\nservices: {a: {image: b}}\n", "in turn"),
        (
            "include: ['https://example.com/a.git']\nservices: {a: {image: b}}\n",
            "another machine",
        ),
        ("services:\n  a: 5\n", "a service is a mapping"),
        ("services: []\n", "no mapping"),
        ("services:\n  a:\n    image: [b]\n", "line 3"),
        ("web:\n  image: a\n", "it has no `services`"),
        ("- a\n", "line 1"),
        ("services: {}\n", "has no services"),
        ("", "has no services"),
        ("services:\n  a: {image: b\n", "YAML"),
        ("services:\n  a:\n    <<: *nobody\n", "YAML"),
        ("services:\n  a:\n    <<: text\n", "no mapping"),
    ] {
        let error = Stage::new(&[("compose.yaml", text)]).error(&[]).to_string();
        assert!(error.contains(part), "{text}: {error}");
    }
    assert!(matches!(Stage::new(&[]).error(&["."]), ReadError::NoFile { .. }));
    assert!(matches!(
        Stage::new(&[]).error(&["gone.yaml"]),
        ReadError::Missing { from: None, .. }
    ));
}

#[test]
fn what_is_included_has_its_own_folder_and_variables() {
    let stage = Stage::new(&[
        (
            "compose.yaml",
            "include:\n  - sub/compose.yaml\n  - path: [one.yaml, two.yaml]\n    env_file: extra.env\nservices:\n  web:\n    image: w\n",
        ),
        (".env", "V=outer\n"),
        ("sub/compose.yaml", "services:\n  deep:\n    image: d:${V}${W}\n"),
        ("sub/.env", "V=inner\nW=w\n"),
        ("one.yaml", "services:\n  both:\n    image: b:$X\n"),
        ("two.yaml", "services:\n  both:\n    platform: linux/arm64\n"),
        ("extra.env", "X=x\n"),
    ]);
    assert_eq!(
        rows(&stage.read(&[])),
        ["web w -", "deep d:outerw -", "both b:x linux/arm64"]
    );
    let twice = Stage::new(&[
        (
            "compose.yaml",
            "include: [a.yaml]\nservices:\n  web:\n    image: w\n",
        ),
        ("a.yaml", "services:\n  web:\n    image: v\n"),
    ]);
    assert!(matches!(twice.error(&[]), ReadError::Twice { .. }));
}

#[test]
fn anchors_merges_documents_and_tags_are_followed() {
    let stage = Stage::new(&[
        (
            "a.yaml",
            "x-a: &a\n  image: a\n  platform: linux/amd64\nx-b: &b {platform: p, build: .}\nservices:\n  one: *a\n  two:\n    <<: [*b, *a]\n  three: {<<: *a, platform: own}\n  four: &four {image: f, platform: x}\n  five: {image: g}\n---\nservices:\n  one:\n    image: again\n",
        ),
        (
            "b.yaml",
            "services:\n  four: !override {image: new}\n  three: {platform: !reset null}\n  five: !reset null\n",
        ),
    ]);
    let reading = stage.read(&["a.yaml", "b.yaml"]);
    assert_eq!(
        rows(&reading),
        ["one again linux/amd64", "two a p", "three a -", "four new -"]
    );
    assert!(reading.services[1].build.is_some());
}

#[test]
fn builds_tell_for_which_platforms() {
    let stage = Stage::new(&[
        (
            "a.yaml",
            "services:\n  web:\n    build: {context: ., platforms: [linux/amd64]}\n  job:\n    build: ./job\n",
        ),
        (
            "b.yaml",
            "services:\n  web:\n    build:\n      platforms:\n        - linux/amd64\n        - linux/arm64\n",
        ),
    ]);
    let reading = stage.read(&["a.yaml", "b.yaml"]);
    let platforms = |at: usize| {
        let build = reading.services[at].build.clone().expect("it is built");
        build
            .platforms
            .into_iter()
            .map(|text| text.value)
            .collect::<Vec<_>>()
    };
    assert_eq!(platforms(0), ["linux/amd64", "linux/arm64"]);
    assert_eq!(platforms(1), Vec::<String>::new());
}

#[test]
fn laughs_by_the_billion_are_refused_at_once() {
    let mut text = "x0: &x0 {image: a, b: c}\n".to_owned();
    for level in 1..14 {
        let before = format!("*x{}, ", level - 1).repeat(10);
        let _written = writeln!(text, "x-{level}: &x{level} {{<<: [{before}]}}");
    }
    text += "services:\n  web:\n    <<: *x13\n";
    let text = text.replace("x0: &x0", "x-0: &x0");
    let error = Stage::new(&[("compose.yaml", &text)]).error(&[]).to_string();
    assert!(error.contains("more than anybody writes"), "{error}");
    let deep = format!("services: {}", "[".repeat(5_000));
    let nested = Stage::new(&[("compose.yaml", &deep)]).error(&[]);
    assert!(matches!(nested, ReadError::Syntax { .. }), "{nested:?}");
    let itself = "services:\n  web: &w\n    <<: *w\n    image: a\n";
    assert!(matches!(
        Stage::new(&[("compose.yaml", itself)]).error(&[]),
        ReadError::Syntax { .. }
    ));
}

#[test]
fn files_that_are_none_are_told() {
    let stage = Stage::new(&[("compose.yaml", "services: {a: {image: b}}\n")]);
    let file = stage.0.path().join("compose.yaml");
    fs::write(&file, b"services:\n  \xff: {}\n").expect("a file");
    assert!(matches!(
        stage.error(&["compose.yaml"]),
        ReadError::File(SourcesError::NotText { .. })
    ));
    fs::write(&file, vec![b'#'; 2 * 1024 * 1024]).expect("a file");
    assert!(matches!(
        stage.error(&["compose.yaml"]),
        ReadError::File(SourcesError::TooLarge { .. })
    ));
}
