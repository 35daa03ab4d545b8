//! Compose files of a user: what they say is read as Docker Compose reads it, held against a real registry, and changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, NATIVE, Variant};
use serde_json::{Value, json};

/// A project: its name, its files, and how Compose is told of them.
type Project = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

const PROJECTS: [Project; 8] = [
    (
        "override",
        &[
            (
                "compose.yaml",
                "services:\n  web:\n    image: a:${TAG:-1}\n    platform: linux/amd64\n  db: {image: b}\n",
            ),
            (
                "compose.override.yaml",
                "services:\n  web: {platform: linux/arm64}\n  db: {build: .}\n",
            ),
        ],
        &[],
    ),
    (
        "several",
        &[
            (
                "a.yaml",
                "services:\n  web: {image: a, platform: linux/amd64}\n  gone: {image: x}\n",
            ),
            (
                "sub/b.yaml",
                "services:\n  web: {platform: !reset null}\n  gone: !reset null\n  new: !override {image: n}\n",
            ),
        ],
        &["a.yaml", "sub/b.yaml"],
    ),
    (
        "extends",
        &[
            (
                "compose.yaml",
                "services:\n  web:\n    extends: {file: sub/base.yaml, service: mid}\n    image: own\n  job: {extends: web}\n",
            ),
            (
                "sub/base.yaml",
                "services:\n  mid:\n    extends: {file: ../root.yaml, service: root}\n",
            ),
            (
                "root.yaml",
                "services:\n  root: {image: r, platform: linux/amd64}\n",
            ),
        ],
        &[],
    ),
    (
        "include",
        &[
            (
                "compose.yaml",
                "include:\n  - sub/compose.yaml\n  - path: [one.yaml, two.yaml]\n    env_file: x.env\nservices: {web: {image: w}}\n",
            ),
            (".env", "V=outer\n"),
            ("sub/compose.yaml", "services: {deep: {image: \"d:${V}${W}\"}}\n"),
            ("sub/.env", "V=inner\nW=w\n"),
            ("one.yaml", "services: {both: {image: \"b:$X\"}}\n"),
            ("two.yaml", "services: {both: {platform: linux/arm64}}\n"),
            ("x.env", "X=x\n"),
        ],
        &[],
    ),
    (
        "anchors",
        &[(
            "compose.yaml",
            "x-a: &a {image: a, platform: linux/amd64}\nx-b: &b {platform: linux/s390x, build: .}\nservices:\n  one: *a\n  \
             two:\n    <<: [*b, *a]\n  three: {<<: *a, platform: linux/arm64}\n---\nservices: {one: {image: again}}\n",
        )],
        &[],
    ),
    (
        "variables",
        &[
            (
                "compose.yaml",
                "services:\n  a: {image: \"${R}/${N?}:$T\"}\n  b: {image: \"${U:-${R:-x}}-${E:-empty}${E-set}${R:+r}${U+u}\"}\n  \
                 c: {image: 'x$$y', platform: \"${P:-linux/arm64}\"}\n",
            ),
            (".env", "# some\nexport R=reg # why\nN='n$R'\nT=\"${R}.1\"\nE=\n"),
        ],
        &[],
    ),
    (
        "profiles",
        &[(
            "docker-compose.yml",
            "services:\n  a: {image: a, profiles: [x]}\n  b: {image: b, profiles: [y], platform: linux/arm64/v8}\n",
        )],
        &[],
    ),
    (
        "braces",
        &[(
            "compose.yml",
            "services: {\n  web: {\n    image: a,\n    build: {context: ., platforms: [linux/amd64]}\n  }\n}\n",
        )],
        &[],
    ),
];

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the engine's folder can be written");
        fs::write(file, text).expect("the engine's folder can be written");
    }
}

/// Image, platform and whether it is built, by service.
type Rows = BTreeMap<String, (Value, Value, bool)>;

fn by_compose(engine: &Engine, folder: &Path, files: &[&str]) -> Rows {
    let folder_text = folder.display().to_string();
    let paths: Vec<_> = files.iter().map(|file| format!("{folder_text}/{file}")).collect();
    let mut words = vec!["--project-directory", &folder_text, "--profile", "*"];
    for path in &paths {
        words.extend(["-f", path]);
    }
    words.extend(["config", "--format", "json"]);
    let output = engine.compose(&words);
    assert_eq!(output.code, Some(0), "{output:?}");
    let whole: Value = serde_json::from_str(&output.stdout).expect("Compose answers in JSON");
    let services = whole["services"].as_object().expect("services");
    let row = |(name, service): (&String, &Value)| {
        (
            name.clone(),
            (
                unescaped(&service["image"]),
                normal(&service["platform"]),
                service.get("build").is_some(),
            ),
        )
    };
    services.iter().map(row).collect()
}

/// Compose writes a dollar so that it could be read again.
fn unescaped(value: &Value) -> Value {
    value
        .as_str()
        .map_or(Value::Null, |text| text.replace("$$", "$").into())
}

fn normal(value: &Value) -> Value {
    value
        .as_str()
        .map_or(Value::Null, |text| text.trim_end_matches("/v8").into())
}

fn by_us(archlight: &Archlight, folder: &Path, files: &[&str]) -> Rows {
    let folder = folder.display().to_string();
    let paths: Vec<_> = files.iter().map(|file| format!("{folder}/{file}")).collect();
    let mut words = vec!["compose", "check", "--offline"];
    if paths.is_empty() {
        words.push(&folder);
    }
    words.extend(paths.iter().map(String::as_str));
    let answer = archlight.ask_ok(&words);
    let services = answer["services"].as_array().expect("services").iter();
    let row = |service: &Value| {
        let name = service["service"].as_str().expect("a name").to_owned();
        (
            name,
            (
                service["image"].clone(),
                service["platform"].clone(),
                service["builds"] == true,
            ),
        )
    };
    services.map(row).collect()
}

#[test]
fn projects_are_read_as_docker_compose_reads_them() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_compose(&engine);
    for (name, files, named) in PROJECTS {
        let folder = engine.folder().join(name);
        write(&folder, files);
        let found: Vec<&str> = if named.is_empty() {
            let is_found = |file: &&str| file.starts_with("compose.") || file.starts_with("docker-compose.");
            files.iter().map(|(file, _)| *file).filter(is_found).collect()
        } else {
            named.to_vec()
        };
        assert_eq!(
            by_us(&archlight, &folder, named),
            by_compose(&engine, &folder, &found),
            "{name}"
        );
    }
}

fn image(lab: &lab::Lab, name: &str, architectures: &[&str]) -> ImageSpec {
    architectures
        .iter()
        .fold(ImageSpec::new(name, "1"), |image, architecture| {
            image.variant(Variant::with_tools(
                &format!("linux/{architecture}"),
                lab.busybox(architecture),
            ))
        })
}

#[test]
fn a_newer_tag_with_a_native_build_is_found_where_the_own_one_has_none() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let tagged = |name: &str, tag: &str, architectures: &[&str]| {
        let image = ImageSpec::new(name, tag);
        engine.push(&architectures.iter().fold(image, |image, architecture| {
            let platform = format!("linux/{architecture}");
            image.variant(Variant::with_tools(&platform, lab.busybox(architecture)))
        }))
    };
    let old = tagged("acme/old", "5.7.0", &[FOREIGN]);
    tagged("acme/old", "5.8.0", &[NATIVE, FOREIGN]);
    tagged("acme/old", "5.9.0", &[FOREIGN]);
    tagged("acme/old", "8.0.0", &[NATIVE]);
    let last = tagged("acme/last", "2.0", &[FOREIGN]);
    let both = tagged("acme/both", "1.0", &[NATIVE, FOREIGN]);
    tagged("acme/both", "1.1", &[NATIVE]);
    let file = engine.folder().join("compose.yaml");
    let text =
        format!("services:\n  old: {{image: {old}}}\n  last: {{image: {last}}}\n  both: {{image: {both}}}\n");
    fs::write(&file, text).expect("the engine's folder can be written");
    let answer = archlight.ask_inside(&engine, &["compose", "check", &file.display().to_string()]);
    let elsewhere = |name: &str| {
        let rows = answer["services"].as_array().expect("services").iter();
        let row = rows.clone().find(|row| row["service"] == name);
        row.expect("a service")["native_elsewhere"].clone()
    };
    let found = elsewhere("old");
    assert_eq!(found["kind"], "newer-tag", "{answer}");
    assert_eq!(found["reference"], old.replace("5.7.0", "5.8.0"));
    assert_eq!((&found["asked"], &found["left"]), (&json!(2), &json!(0)));
    assert_eq!(elsewhere("last")["kind"], "none", "{answer}");
    assert_eq!(elsewhere("both"), Value::Null, "it has one of its own");
}

fn advice(answer: &Value) -> BTreeMap<&str, &str> {
    let services = answer["services"].as_array().expect("services").iter();
    services
        .map(|service| {
            assert!(
                service["why"].as_str().is_some_and(|why| !why.is_empty()),
                "{service}"
            );
            (
                service["service"].as_str().expect("a name"),
                service["advice"].as_str().expect("a word"),
            )
        })
        .collect()
}

#[test]
fn what_is_said_is_held_against_a_real_registry_and_mended() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let both = engine.push(&image(&lab, "acme/both", &[NATIVE, FOREIGN]));
    let foreign = engine.push(&image(&lab, "acme/foreign", &[FOREIGN]));
    let text = format!(
        "services:\n  fine: {{image: {both}}}\n  native:\n    image: {both}\n    platform: linux/{NATIVE}\n  harmful:\n    \
         image: {both}  # keep\n    platform: linux/{FOREIGN}\n  needed:\n    image: {foreign}\n  said:\n    image: {foreign}\n    \
         platform: linux/{FOREIGN}\n  wrong:\n    image: {foreign}\n    platform: linux/{NATIVE}\n  built:\n    build: .\n  \
         absent:\n    image: 127.0.0.1:5000/acme/absent:1\n"
    );
    let file = engine.folder().join("compose.yaml");
    fs::write(&file, &text).expect("the engine's folder can be written");
    let path = file.display().to_string();
    let answer = archlight.ask_inside(&engine, &["compose", "check", &path]);
    let expected = BTreeMap::from([
        ("fine", "fine"),
        ("native", "fine"),
        ("harmful", "harmful"),
        ("needed", "needed"),
        ("said", "needed"),
        ("wrong", "wrong"),
        ("built", "builds-here"),
        ("absent", "unknown"),
    ]);
    assert_eq!(advice(&answer), expected, "{answer}");
    assert_eq!(answer["native"]["source"], "engine");
    let row = |name: &str| {
        let rows = answer["services"].as_array().expect("services");
        rows.iter()
            .find(|row| row["service"] == name)
            .cloned()
            .expect("a service")
    };
    assert_eq!(row("needed")["offered"], json!([format!("linux/{FOREIGN}")]));
    assert_eq!(row("absent")["offered"], Value::Null);
    assert_eq!(
        (&row("harmful")["line"], &row("harmful")["fix"]["platform"]),
        (&json!(8), &Value::Null)
    );

    let fixed = archlight.ask_inside(&engine, &["compose", "fix", &path, "--write"]);
    assert_eq!(
        (&fixed["written"], &fixed["refused"]),
        (&json!(true), &json!([])),
        "{fixed}"
    );
    let line = |platform: &str| format!("    platform: linux/{platform}\n");
    let mended = text
        .replace(&format!("  # keep\n{}", line(FOREIGN)), "  # keep\n")
        .replace(
            &format!("  needed:\n    image: {foreign}\n"),
            &format!("  needed:\n    image: {foreign}\n{}", line(FOREIGN)),
        )
        .replace(
            &format!("{foreign}\n{}", line(NATIVE)),
            &format!("{foreign}\n{}", line(FOREIGN)),
        );
    assert_eq!(fs::read_to_string(&file).expect("a file"), mended);
    assert_eq!(fs::read_to_string(format!("{path}.bak")).expect("a backup"), text);
    let again = archlight.ask_inside(&engine, &["compose", "fix", &path, "--write"]);
    assert_eq!(
        (&again["changed"], &again["written"]),
        (&json!(false), &json!(false)),
        "{again}"
    );
}

#[test]
fn a_change_is_shown_to_docker_compose_before_it_is_written() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::with_compose(&engine);
    let folder = engine.folder().join("shop");
    let text = "services:\n  web:\n    extends: {file: base.yaml, service: base}\n  db: {image: b}\n";
    write(
        &folder,
        &[
            ("compose.yaml", text),
            ("base.yaml", "services: {base: {image: \"a:${T}\"}}\n"),
            (".env", "T=1\n"),
        ],
    );
    let file = folder.join("compose.yaml").display().to_string();
    let set = ["compose", "fix", &file, "--offline", "--platform", "linux/s390x"];
    let shown = archlight.ask_ok(&set);
    assert_eq!(
        (&shown["read_by_compose"], &shown["written"]),
        (&json!("yes"), &json!(false)),
        "{shown}"
    );
    assert_eq!(
        fs::read_to_string(&file).expect("a file"),
        text,
        "nothing was to be written"
    );
    let beside = archlight.ask_ok(&[&set[..], &["--override", "--write", "--service", "db"]].concat());
    assert_eq!(
        (&beside["read_by_compose"], &beside["written"]),
        (&json!("yes"), &json!(true)),
        "{beside}"
    );
    assert_eq!(
        fs::read_to_string(&file).expect("a file"),
        text,
        "the file itself is left alone"
    );
    assert_eq!(by_us(&archlight, &folder, &[])["db"].1, json!("linux/s390x"));
    let later = archlight.ask(&[&set[..], &["--service", "db"]].concat());
    assert_eq!(later.code, 4, "the override would undo it: {}", later.json);
    let found = by_compose(&engine, &folder, &["compose.yaml", "compose.override.yaml"]);
    assert_eq!(found["db"].1, json!("linux/s390x"));
}

/// A file in a folder of its own, and a command line that no engine answers.
fn alone(text: &str) -> (Archlight, PathBuf) {
    let archlight = Archlight::at("unix:///nonexistent/docker.sock");
    let file = archlight.home().join("compose.yaml");
    fs::write(&file, text).expect("the home can be written");
    (archlight, file)
}

#[test]
fn no_engine_is_needed_and_what_is_printed_is_the_file_to_the_byte() {
    let text = "services:\r\n  web:\r\n    image: a # é";
    let (archlight, file) = alone(text);
    let path = file.display().to_string();
    let answer = archlight.ask_ok(&["compose", "check", "--offline", &path]);
    assert_eq!(
        answer["native"],
        json!({"platform": format!("linux/{NATIVE}"), "source": "machine"})
    );
    assert_eq!(answer["services"][0]["advice"], "unknown");
    let fix = ["compose", "fix", &path, "--offline", "--platform", "linux/arm64"];
    assert_eq!(
        archlight.run(&fix).stdout,
        format!("{text}\r\n    platform: linux/arm64")
    );
    let diff = archlight.run(&[&fix[..], &["--diff"]].concat()).stdout;
    assert!(
        diff.starts_with("--- ") && diff.contains("\n+    platform: linux/arm64\n"),
        "{diff}"
    );
    assert_eq!(fs::read_to_string(&file).expect("a file"), text);
    let report = archlight.run(&["compose", "check", "--offline", &path]).stdout;
    assert!(
        report.lines().skip(1).all(|line| line.chars().count() <= 80),
        "{report}"
    );
}

#[test]
fn what_cannot_be_done_is_told_with_its_exit_code() {
    let text = "x-a: &a {image: a}\nservices:\n  web: *a\n  db: {image: b}\n";
    let (archlight, file) = alone(text);
    let path = file.display().to_string();
    let code = |words: &[&str]| {
        let answer = archlight.ask(&[&["compose"], words, &["--offline"]].concat());
        (answer.code, answer.json)
    };
    let (refused, answer) = code(&["fix", &path, "--service", "web", "--platform", "linux/arm64"]);
    assert_eq!(
        (refused, &answer["error"]["kind"]),
        (4, &json!("not-safe")),
        "{answer}"
    );
    let (part, answer) = code(&["fix", &path, "--platform", "linux/arm64"]);
    assert_eq!(
        (part, &answer["refused"][0]["service"]),
        (4, &json!("web")),
        "{answer}"
    );
    assert!(
        answer["text"]
            .as_str()
            .is_some_and(|text| text.contains("db: {image: b, platform: linux/arm64}"))
    );
    assert_eq!(code(&["fix", &path, "--service", "nobody"]).0, 1);
    assert_eq!(code(&["fix", &path, "--platform", "a/b/c/d"]).0, 2);
    assert_eq!(code(&["check", &format!("{path}.gone")]).0, 1);
    fs::write(&file, "services:\n  web: [\n").expect("the home can be written");
    let (bad, answer) = code(&["check", &path]);
    assert_eq!(
        (bad, &answer["error"]["kind"]),
        (1, &json!("bad-yaml")),
        "{answer}"
    );
    assert!(
        answer["error"]["message"]
            .as_str()
            .is_some_and(|message| message.contains("line ")),
        "{answer}"
    );
}

#[test]
fn code_scanning_gets_the_line_of_each_platform_that_is_not_fine() {
    let archlight = Archlight::at("");
    let folder = archlight.home().join("project");
    fs::create_dir(&folder).expect("the home can be written");
    let file = folder.join("compose.yaml");
    fs::write(
        &file,
        "services:\n  web:\n    image: a\n    platform: linux/nothing-known\n",
    )
    .expect("a file");
    let check = |words: &[&str]| {
        let words = [&["compose", "check", "compose.yaml", "--offline"], words].concat();
        let output = archlight
            .command(&words)
            .current_dir(&folder)
            .output()
            .expect("it was built");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let (code, text) = check(&["--sarif"]);
    let log: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!((code, results.len()), (Some(0), 1), "{log}");
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "compose.yaml", "{log}");
    assert_eq!(place["region"]["startLine"], 4, "{log}");
    let level = results[0]["level"].as_str().expect("a level");
    assert_eq!(check(&["--fail-on", level]).0, Some(1));
    assert_eq!(check(&[]).0, Some(0));
}
