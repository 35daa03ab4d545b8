//! `archlight platforms`: hundreds of references, asked of a real registry.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, NATIVE, Variant};
use serde_json::{Value, json};

/// Where the registry of an engine answers, from inside.
const REGISTRY: &str = "127.0.0.1:5000";

fn image(name: &str, tag: &str, platforms: &[String]) -> ImageSpec {
    platforms
        .iter()
        .fold(ImageSpec::new(name, tag), |image, platform| {
            image.variant(Variant::new(platform).file("which", 0o644, platform.as_bytes()))
        })
}

fn platforms(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("linux/{name}")).collect()
}

/// What `curl` gets under a reference: an index or a manifest, byte for byte.
fn raw(engine: &Engine, name: &str, tag: &str) -> Vec<u8> {
    let accept = "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                  application/vnd.docker.distribution.manifest.list.v2+json, \
                  application/vnd.docker.distribution.manifest.v2+json";
    let url = format!("http://{REGISTRY}/v2/{name}/manifests/{tag}");
    let output = engine.command("curl").args(["-sf", "-H", accept, &url]).output();
    let output = output.expect("curl can be run");
    assert!(output.status.success(), "{url}: {output:?}");
    output.stdout
}

fn sha256(engine: &Engine, bytes: &[u8]) -> String {
    let mut child = engine
        .command("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it can be run");
    let mut input = child.stdin.take().expect("it was asked for");
    input.write_all(bytes).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(output.stdout).expect("text");
    format!("sha256:{}", text.split(' ').next().expect("a sum"))
}

#[test]
fn what_is_offered_is_what_the_registry_has() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let both = engine.push(&image("lab/both", "1", &platforms(&[NATIVE, FOREIGN, "arm/v7"])).attested());
    let foreign = engine.push(&image("lab/foreign", "1.0", &platforms(&[FOREIGN])));
    engine.push(&image("lab/foreign", "1.1", &platforms(&[NATIVE, FOREIGN])));
    let absent = format!("{REGISTRY}/lab/absent:1");
    let asked = [
        "platforms",
        "--sizes",
        "--advice",
        &both,
        &foreign,
        &absent,
        "Not A Name",
        &both,
    ];
    let answer = archlight.ask_inside(&engine, &asked);
    assert_eq!(
        answer["host"],
        json!({"platform": format!("linux/{NATIVE}"), "source": "engine"})
    );
    let rows = answer["references"].as_array().expect("references");
    let order: Vec<_> = rows
        .iter()
        .map(|row| row["reference"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(order, [&both, &foreign, &absent, "Not A Name", &both]);

    let several = &rows[0];
    let bytes = raw(&engine, "lab/both", "1");
    assert_eq!(several["digest"], sha256(&engine, &bytes), "{several}");
    assert_eq!(
        (&several["kind"], &several["native"]),
        (&json!("index"), &json!(true))
    );
    let index: Value = serde_json::from_slice(&bytes).expect("an index");
    let entries = index["manifests"].as_array().expect("entries").iter();
    let images: Vec<_> = entries
        .filter(|entry| entry["platform"]["os"] == "linux")
        .collect();
    let offered = several["platforms"].as_array().expect("platforms");
    assert_eq!(offered.len(), 3, "the attestations are left out: {several}");
    for (row, entry) in offered.iter().zip(images) {
        assert_eq!(row["digest"], entry["digest"]);
        let manifest = raw(&engine, "lab/both", row["digest"].as_str().expect("a digest"));
        let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest");
        let layers = manifest["layers"].as_array().expect("layers").iter();
        let layers = layers
            .map(|layer| layer["size"].as_u64().expect("a size"))
            .sum::<u64>();
        let config = manifest["config"]["size"].as_u64().expect("a size");
        assert_eq!(row["size"], layers + config);
    }
    assert_eq!(several, &rows[4], "it is asked once and told twice");

    assert_eq!(rows[1]["native"], false);
    assert_eq!(rows[1]["native_elsewhere"]["kind"], "newer-tag", "{}", rows[1]);
    for (row, kind) in [(&rows[2], "not-found"), (&rows[3], "bad-reference")] {
        assert_eq!(row["error"]["kind"], kind, "{row}");
        assert_eq!((&row["platforms"], &row["digest"]), (&json!([]), &Value::Null));
    }
}

#[test]
fn of_hundreds_each_is_asked_for_once() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    engine.push(&image("lab/many", "0", &platforms(&[NATIVE, FOREIGN])));
    let index = raw(&engine, "lab/many", "0");
    let folder = engine.folder().join("many");
    std::fs::create_dir(&folder).expect("the engine's folder can be written");
    std::fs::write(folder.join("index"), &index).expect("a file");
    let kind: Value = serde_json::from_slice(&index).expect("an index");
    let kind = kind["mediaType"].as_str().expect("a type");
    let put = format!(
        "for n in $(seq 200); do curl -sf -X PUT -H 'Content-Type: {kind}' --data-binary @{}/index \
         http://{REGISTRY}/v2/lab/many/manifests/$n; done",
        folder.display()
    );
    let put = engine.command("sh").args(["-c", &put]).status();
    assert!(put.expect("a shell can be run").success());
    let references: Vec<String> = (1..=200)
        .map(|tag| format!("{REGISTRY}/lab/many:{tag}"))
        .collect();
    let mut asked = vec!["platforms"];
    asked.extend(references.iter().map(String::as_str));
    let answer = archlight.ask_inside(&engine, &asked);
    let rows = answer["references"].as_array().expect("references");
    assert_eq!(rows.len(), 200);
    assert!(
        rows.iter()
            .all(|row| row["native"] == true && row["error"].is_null())
    );
    let requests = answer["requests"].as_u64().expect("a number");
    assert!(requests <= 202, "{requests} requests for 200 references");
    let again = archlight.ask_inside(&engine, &asked);
    assert_eq!(
        again["references"], answer["references"],
        "the cache says the same"
    );
}

/// Without an engine, of what is read from standard input: the exit code, and the JSON.
fn piped(archlight: &Archlight, input: &str) -> (i32, Value) {
    let mut command: Command = archlight.command(&["platforms", "-", "--json"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was built");
    let mut pipe = child.stdin.take().expect("it was asked for");
    pipe.write_all(input.as_bytes()).expect("it reads");
    drop(pipe);
    let output = child.wait_with_output().expect("it ends");
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.status.code().expect("no signal ended it"), json)
}

#[test]
fn references_come_from_standard_input_and_each_error_is_its_own() {
    let archlight = Archlight::at("");
    // Nobody listens on the first port, and no name has capital letters.
    let (code, answer) = piped(&archlight, "# a list\n\n127.0.0.1:1/a/b:1\n  Wrong  \n");
    assert_eq!(code, 1);
    let rows = answer["references"].as_array().expect("references");
    let kinds: Vec<_> = rows.iter().map(|row| row["error"]["kind"].clone()).collect();
    assert_eq!(kinds, ["registry-unreachable", "bad-reference"], "{answer}");
    assert_eq!(answer["host"]["source"], "machine");
    assert_eq!(piped(&archlight, "Wrong\n").0, 2);
    let (code, empty) = piped(&archlight, "\n");
    assert_eq!((code, &empty["error"]["kind"]), (1, &json!("bad-input")));
}
