//! `archlight verify`: tags of a real registry, right and wrong ones.

use std::path::PathBuf;

use lab::{Archlight, Deed, Engine, FOREIGN, Generation, ImageSpec, Lab, NATIVE, Packing, Variant};
use serde_json::{Value, json};

/// What a verdict and a program are in rows, by platform.
fn rows(answer: &Value) -> Vec<(String, String, Value)> {
    let rows = answer["platforms"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| (text(row, "platform"), text(row, "verdict"), row.clone()))
        .collect()
}

fn linux(architecture: &str) -> String {
    format!("linux/{architecture}")
}

/// An image of one static program for each platform, which is for what it is said to be for.
fn right(lab: &Lab, name: &str, packing: Packing) -> ImageSpec {
    let image = ImageSpec::new(name, "1").attested();
    [NATIVE, FOREIGN, "arm/v7"].iter().fold(image, |image, platform| {
        let variant = Variant::with_tools(&linux(platform), lab.busybox(platform));
        image.variant(variant.packed(packing).command(&["/bin/ls", "/"]))
    })
}

#[test]
fn a_tag_that_is_what_it_says_passes_however_its_layers_are_packed() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    for (name, packing) in [
        ("lab/gzip", Packing::Gzip),
        ("lab/zstd", Packing::Zstd),
        ("lab/plain", Packing::Plain),
    ] {
        let reference = engine.push(&right(&lab, name, packing));
        let (code, answer) = verify(&archlight, &engine, &[&reference]);
        assert_eq!(code, 0, "{answer}");
        assert_eq!(
            (&answer["reference"], &answer["kind"]),
            (&json!(reference), &json!("index"))
        );
        let rows = rows(&answer);
        assert_eq!(rows.len(), 3, "attestations are no platforms: {answer}");
        for (platform, verdict, row) in rows {
            assert_eq!(verdict, "ok", "{row}");
            assert_eq!(row["program"], "/bin/busybox", "{row}");
            assert_eq!(
                (&row["actual"], &row["present"]),
                (&json!(platform), &json!(true))
            );
            assert_eq!(
                (&row["foreign_modules"], &row["error"]),
                (&json!(0), &Value::Null)
            );
        }
    }
}

#[test]
fn what_is_not_what_it_says_is_found() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let (native, foreign) = (linux(NATIVE), linux(FOREIGN));
    let tools = |platform: &str, holds: &str| Variant::with_tools(platform, lab.busybox(holds));

    // The whole image is another platform's; and only its label is.
    let lying = ImageSpec::new("lab/lying", "1")
        .variant(tools(&native, NATIVE))
        .variant(tools(&foreign, NATIVE).file("/different", 0o644, "x"));
    let [good, bad] = both(&archlight, &engine, &engine.push(&lying));
    assert_eq!(
        (good["verdict"].as_str(), &good["actual"]),
        (Some("ok"), &json!(native))
    );
    assert_eq!(bad["verdict"], "mislabelled", "{bad}");
    assert_eq!(
        (&bad["platform"], &bad["actual"]),
        (&json!(foreign), &json!(native))
    );
    assert!(
        bad["fix"].is_string() && bad["why"].as_str().is_some_and(|why| why.contains(&native)),
        "{bad}"
    );

    let two_labels = ImageSpec::new("lab/labels", "1")
        .variant(tools(&native, NATIVE))
        .variant(tools(&native, FOREIGN).placed_as(&foreign));
    let [good, bad] = both(&archlight, &engine, &engine.push(&two_labels));
    assert_eq!(
        (good["verdict"].as_str(), bad["verdict"].as_str()),
        (Some("ok"), Some("mislabelled"))
    );
    assert_eq!(
        (&bad["configured"], &bad["actual"]),
        (&json!(native), &json!(foreign)),
        "{bad}"
    );

    // One program of it is; and one module.
    let stray = ImageSpec::new("lab/stray", "1")
        .variant(
            tools(&native, NATIVE)
                .file("/web", 0o755, lab::tiny(NATIVE, Deed::Segfault))
                .command(&["/web"]),
        )
        .variant(
            tools(&foreign, FOREIGN)
                .file("/web", 0o755, lab::tiny(NATIVE, Deed::Segfault))
                .command(&["/web"]),
        );
    let [good, bad] = both(&archlight, &engine, &engine.push(&stray));
    assert_eq!(
        (good["verdict"].as_str(), bad["verdict"].as_str()),
        (Some("ok"), Some("foreign-binary"))
    );
    assert_eq!(bad["cause"], "foreign-binary", "{bad}");

    let place = "/usr/lib/python3/dist-packages/markupsafe/_speedups.so";
    let module = |of: &str| lab.python_module(of);
    let modules = ImageSpec::new("lab/modules", "1")
        .variant(tools(&native, NATIVE).file(place, 0o644, module(NATIVE)))
        .variant(tools(&foreign, FOREIGN).file(place, 0o644, module(NATIVE)));
    let [good, bad] = both(&archlight, &engine, &engine.push(&modules));
    assert_eq!(
        (good["verdict"].as_str(), bad["verdict"].as_str()),
        (Some("ok"), Some("foreign-binary"))
    );
    assert_eq!(
        (&bad["foreign_modules"], &bad["actual"]),
        (&json!(1), &json!(foreign))
    );
    assert_eq!(bad["modules"][0]["path"], place, "{bad}");
}

#[test]
fn scripts_and_upper_layers_decide_what_is_started() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let (native, foreign) = (linux(NATIVE), linux(FOREIGN));
    let script = |platform: &str, holds: &str| {
        Variant::with_tools(platform, lab.busybox(holds))
            .next_layer()
            .file("/start.sh", 0o755, "#!/bin/sh\nset -e\nexec \"$@\"\n")
            .config("Entrypoint", json!(["/start.sh"]))
            .config("Cmd", json!(["ls"]))
    };
    let scripts = ImageSpec::new("lab/scripts", "1")
        .variant(script(&native, NATIVE))
        .variant(script(&foreign, NATIVE).file("/other", 0o644, "x"));
    let [good, bad] = both(&archlight, &engine, &engine.push(&scripts));
    assert_eq!(
        (good["verdict"].as_str(), &good["program"]),
        (Some("ok"), &json!("/start.sh"))
    );
    assert_eq!(
        (bad["verdict"].as_str(), &bad["actual"]),
        (Some("mislabelled"), &json!(native))
    );

    let dynamic = |platform: &str| {
        let tree = lab.packages(NATIVE, "glibc");
        Variant::new(platform).tree(&tree).command(&["/usr/bin/hello"])
    };
    let dynamic = ImageSpec::new("lab/dynamic", "1")
        .variant(dynamic(&native))
        .variant(dynamic(&foreign));
    let [good, bad] = both(&archlight, &engine, &engine.push(&dynamic));
    let roles: Vec<_> = good["chain"]
        .as_array()
        .expect("a chain")
        .iter()
        .map(|link| link["role"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        (&good["verdict"], roles),
        (&json!("ok"), vec!["program", "loader"]),
        "{good}"
    );
    assert_eq!(bad["verdict"], "mislabelled", "{bad}");

    // A foreign program below is hidden: by another in its place, by its own mark, and by its folder's.
    let upper = |platform: &str, below: &str, own: &str| {
        Variant::new(platform)
            .file("/bin/web", 0o755, lab::tiny(below, Deed::Segfault))
            .file("/opt/a/b", 0o755, lab::tiny(below, Deed::Segfault))
            .file("/srv/x", 0o755, lab::tiny(below, Deed::Segfault))
            .next_layer()
            .file("/bin/web", 0o755, lab::tiny(own, Deed::Segfault))
            .file("/opt/.wh.a", 0o600, "")
            .file("/srv/.wh..wh..opq", 0o600, "")
            .command(&["/bin/web"])
    };
    let layers = ImageSpec::new("lab/layers", "1")
        .variant(upper(&native, FOREIGN, NATIVE))
        .variant(upper(&foreign, FOREIGN, NATIVE));
    let [good, bad] = both(&archlight, &engine, &engine.push(&layers));
    assert_eq!(good["verdict"], "ok", "{good}");
    assert_eq!(
        (&good["programs"], &good["foreign_programs"]),
        (&json!(1), &json!(0)),
        "{good}"
    );
    assert_eq!(bad["verdict"], "mislabelled", "{bad}");

    // The mark takes the program itself away.
    let gone = |platform: &str, own: &str| {
        Variant::with_tools(platform, lab.busybox(own))
            .next_layer()
            .file("/bin/.wh.ls", 0o600, "")
            .command(&["ls"])
    };
    let gone = ImageSpec::new("lab/gone", "1")
        .variant(gone(&native, NATIVE))
        .variant(gone(&foreign, FOREIGN));
    for row in both(&archlight, &engine, &engine.push(&gone)) {
        assert_eq!(
            (row["verdict"].as_str(), row["cause"].as_str()),
            (Some("unknown"), Some("command-not-found"))
        );
    }
}

#[test]
fn what_is_missing_or_cut_is_no_pass() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let reference = engine.push(&right(&lab, "lab/whole", Packing::Gzip));
    let (native, foreign) = (linux(NATIVE), linux(FOREIGN));

    let wanted = format!("{native},linux/riscv64");
    let (code, answer) = verify(&archlight, &engine, &[&reference, "--platforms", &wanted]);
    let rows_found = rows(&answer);
    let verdicts: Vec<_> = rows_found
        .iter()
        .map(|(name, verdict, _)| (name.as_str(), verdict.as_str()))
        .collect();
    assert_eq!(code, 1);
    assert_eq!(verdicts, [(native.as_str(), "ok"), ("linux/riscv64", "missing")]);
    assert_eq!(
        (&rows_found[1].2["present"], &rows_found[1].2["digest"]),
        (&json!(false), &Value::Null)
    );
    let only = verify(&archlight, &engine, &[&reference, "--platforms", &native]);
    assert_eq!(only.0, 0, "what nobody wants is not looked at: {}", only.1);

    // The index names it, and it is gone.
    let gone = digest_of(&answer_for(&archlight, &engine, &reference), "linux/arm/v7");
    let url = format!("http://{}/v2/lab/whole/manifests/{gone}", engine.registry());
    let deleted = engine
        .command("curl")
        .args(["-sf", "-X", "DELETE", &url])
        .status();
    assert!(deleted.expect("curl can be run").success());
    // Its layer is not what its digest says, with the same length; or is shorter.
    for (at, spoil) in [Spoil::Byte, Spoil::End].into_iter().enumerate() {
        let name = format!("lab/spoilt{at}");
        let variant = |platform: &str| {
            Variant::with_tools(&linux(platform), lab.busybox(platform)).file("/own", 0o644, name.as_bytes())
        };
        let image = ImageSpec::new(&name, "1")
            .variant(variant(NATIVE))
            .variant(variant(FOREIGN));
        let spoilt = engine.push(&image);
        spoil.layer(
            &engine,
            &name,
            &digest_of(&answer_for(&archlight, &engine, &spoilt), &foreign),
        );
        let fresh = Archlight::for_engine(&engine);
        let [good, bad] = both(&fresh, &engine, &spoilt);
        assert_eq!(good["verdict"], "ok", "{good}");
        assert_eq!(
            (bad["verdict"].as_str(), &bad["actual"]),
            (Some("unknown"), &Value::Null),
            "{bad}"
        );
        assert!(bad["error"]["kind"].is_string(), "{bad}");
        let lenient = verify(&fresh, &engine, &[&spoilt, "--fail-on", "error"]);
        assert_eq!(lenient.0, 0, "what could not be read is a warning: {}", lenient.1);
    }
    let fresh = Archlight::for_engine(&engine);
    let (code, answer) = verify(&fresh, &engine, &[&reference]);
    let (_, verdict, row) = rows(&answer)
        .into_iter()
        .find(|(name, ..)| name == "linux/arm/v7")
        .expect("a row");
    assert_eq!(
        (code, verdict.as_str(), &row["present"]),
        (1, "missing", &json!(false)),
        "{row}"
    );
    assert_eq!(row["digest"], gone);
}

#[test]
fn what_could_not_be_asked_is_an_error_and_no_verdict() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let absent = format!("{}/lab/absent:1", engine.registry());
    for (reference, code, kind) in [
        (absent.as_str(), 1, "not-found"),
        ("127.0.0.1:1/a/b:1", 1, "registry-unreachable"),
        ("Not A Name", 2, "bad-reference"),
    ] {
        let (found, answer) = verify(&archlight, &engine, &[reference]);
        assert_eq!(
            (found, answer["error"]["kind"].as_str()),
            (code, Some(kind)),
            "{answer}"
        );
    }
    let (code, answer) = verify(&archlight, &engine, &[&absent, "--platforms", "windows95"]);
    assert_eq!(
        (code, answer["error"]["kind"].as_str()),
        (2, Some("bad-platform")),
        "{answer}"
    );
}

#[test]
fn code_scanning_gets_a_result_for_each_platform_that_is_wrong() {
    let lab = lab::require!("real engines");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let variant = |platform: &str| Variant::with_tools(&linux(platform), lab.busybox(NATIVE));
    let image = ImageSpec::new("lab/sarif", "1")
        .variant(variant(NATIVE))
        .variant(variant(FOREIGN).file("/x", 0o644, "x"));
    let reference = engine.push(&image);
    let output = archlight.run_inside(&engine, &["verify", &reference, "--sarif"]);
    let log: Value =
        serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!((output.code, &log["version"]), (Some(1), &json!("2.1.0")));
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 1, "{log}");
    assert_eq!(
        (&results[0]["ruleId"], &results[0]["level"]),
        (&json!("mislabelled-image"), &json!("error"))
    );
    let text = archlight.run_inside(&engine, &["verify", &reference]);
    assert!(
        text.stdout.contains("✕") && text.stdout.contains("1 of 2 platforms"),
        "{text:?}"
    );
    assert!(
        text.stdout.lines().all(|line| line.chars().count() <= 80),
        "{text:?}"
    );
}

fn verify(archlight: &Archlight, engine: &Engine, arguments: &[&str]) -> (i32, Value) {
    let output = archlight.run_inside(engine, &[&["verify", "--json"], arguments].concat());
    let json = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.code.expect("no signal ended it"), json)
}

fn answer_for(archlight: &Archlight, engine: &Engine, reference: &str) -> Value {
    verify(archlight, engine, &[reference]).1
}

/// The native platform's row, and the foreign one's.
fn both(archlight: &Archlight, engine: &Engine, reference: &str) -> [Value; 2] {
    let (code, answer) = verify(archlight, engine, &[reference]);
    let rows = rows(&answer);
    let fails = rows.iter().any(|(_, verdict, _)| verdict != "ok");
    assert_eq!(code, i32::from(fails), "{answer}");
    [NATIVE, FOREIGN].map(|architecture| {
        let found = rows.iter().find(|(name, ..)| *name == linux(architecture));
        found.unwrap_or_else(|| panic!("{answer}")).2.clone()
    })
}

fn digest_of(answer: &Value, platform: &str) -> String {
    let found = rows(answer).into_iter().find(|(name, ..)| name == platform);
    let (.., row) = found.unwrap_or_else(|| panic!("{answer}"));
    row["digest"].as_str().expect("a digest").to_owned()
}

/// What happens to a layer in the registry's own storage.
#[derive(Clone, Copy)]
enum Spoil {
    /// One byte is another one.
    Byte,
    /// Its end is gone.
    End,
}

impl Spoil {
    fn layer(self, engine: &Engine, name: &str, manifest: &str) {
        let url = format!("http://{}/v2/{name}/manifests/{manifest}", engine.registry());
        let accept = "Accept: application/vnd.oci.image.manifest.v1+json";
        let output = engine.command("curl").args(["-sf", "-H", accept, &url]).output();
        let manifest: Value =
            serde_json::from_slice(&output.expect("curl can be run").stdout).expect("a manifest");
        let digest = manifest["layers"][0]["digest"].as_str().expect("a digest");
        let hash = digest.trim_start_matches("sha256:");
        let blobs: PathBuf = engine.folder().join("registry/docker/registry/v2/blobs/sha256");
        let file = blobs.join(&hash[..2]).join(hash).join("data");
        let mut bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let middle = bytes.len() / 2;
        match self {
            Self::Byte => bytes[middle] ^= 0xff,
            Self::End => bytes.truncate(middle),
        }
        std::fs::write(&file, bytes).expect("the storage can be written");
    }
}
