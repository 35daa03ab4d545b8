//! `scan` on real engines: every program of a whole file system that is for another platform, by its package.

use lab::{
    Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, NATIVE, Use, Variant, mach_o, portable_executable,
};
use serde_json::Value;

const PACKAGE: &str = "/app/node_modules/@acme/fast";
const PACKAGES: &str = "/usr/lib/python3/dist-packages";

/// Native tools, and four things in it that are for something else: in a package of npm, in a wheel, and in none.
fn image(lab: &Lab) -> ImageSpec {
    let variant = Variant::with_tools(&native(), lab.busybox(NATIVE))
        .file(
            &format!("{PACKAGE}/package.json"),
            0o644,
            r#"{"name": "@acme/fast", "version": "1.2.3"}"#,
        )
        .file(
            &format!("{PACKAGE}/build/foreign.node"),
            0o644,
            lab.python_module(FOREIGN),
        )
        .file(
            &format!("{PACKAGE}/build/native.node"),
            0o644,
            lab.python_module(NATIVE),
        )
        .file(&format!("{PACKAGE}/build/mac.node"), 0o644, mach_o(Use::Module))
        .file(
            &format!("{PACKAGES}/quick/_core.abi3.so"),
            0o644,
            lab.python_module(FOREIGN),
        )
        .file(
            &format!("{PACKAGES}/quick/__init__.py"),
            0o644,
            "from . import _core\n",
        )
        .file(
            &format!("{PACKAGES}/quick-4.5.dist-info/METADATA"),
            0o644,
            "Name: quick\nVersion: 4.5\n",
        )
        .file(
            &format!("{PACKAGES}/quick-4.5.dist-info/RECORD"),
            0o644,
            "quick/__init__.py,,\nquick/_core.abi3.so,,\n",
        )
        .file("/opt/tool.exe", 0o755, portable_executable())
        // Links lead to what is counted where it is, and texts are no programs.
        .link("/opt/again", "tool.exe")
        .file("/opt/notes.node", 0o644, "not a program at all\n");
    ImageSpec::new("acme/mixed", "1").variant(variant)
}

fn native() -> String {
    format!("linux/{NATIVE}")
}

fn pulled(lab: &Lab, engine: &Engine) -> String {
    let reference = engine.push(&image(lab));
    engine.docker_ok(&["pull", "--quiet", &reference]);
    reference
}

/// Path, platform and format of what was found.
fn found(scan: &Value) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let foreign = scan["foreign"].as_array().expect("a list");
    let mut found: Vec<_> = foreign
        .iter()
        .map(|one| [&one["path"], &one["platform"], &one["format"]].map(text))
        .collect();
    found.sort();
    found
}

fn expect_everything(generation: Generation, scan: &Value) {
    let foreign = format!("linux/{FOREIGN}");
    let mut expected = [
        [&format!("{PACKAGE}/build/foreign.node"), &foreign, "elf"],
        [&format!("{PACKAGE}/build/mac.node"), "darwin/arm64", "mach-o"],
        [&format!("{PACKAGES}/quick/_core.abi3.so"), &foreign, "elf"],
        ["/opt/tool.exe", "windows/arm64", "pe"],
    ]
    .map(|row| row.map(ToOwned::to_owned));
    expected.sort();
    assert_eq!(found(scan), expected, "{generation:?}: {scan}");
    for (part, package) in [
        ("foreign.node", Some("@acme/fast")),
        ("mac.node", Some("@acme/fast")),
        ("_core", Some("quick")),
        ("tool.exe", None),
    ] {
        let foreign = scan["foreign"].as_array().expect("a list");
        let one = foreign
            .iter()
            .find(|one| one["path"].as_str().is_some_and(|path| path.contains(part)))
            .expect("it was found");
        let named = one["package"].as_str();
        let is_right = match package {
            Some(package) => named.is_some_and(|named| named.contains(package)),
            None => named.is_none(),
        };
        assert!(is_right, "{generation:?}: the package of {one}");
    }
    // The four, the native module and the shell; what an engine adds to a container's files is no program.
    assert_eq!(scan["programs"], 6, "{generation:?}: {scan}");
    assert!(
        scan["files"].as_u64().is_some_and(|files| files >= 11),
        "{generation:?}: {scan}"
    );
    assert_eq!(scan["platform"], native(), "{generation:?}");
}

#[test]
fn a_containers_foreign_programs_are_found_with_their_packages() {
    let lab = lab::require!("scans");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let reference = pulled(&lab, &engine);
        engine.docker_ok(&["run", "--name", "mixed", "--network", "none", &reference, "true"]);
        let before = engine.docker_ok(&["ps", "--all", "--quiet", "--no-trunc"]);

        let scan = archlight.ask_ok(&["scan", "mixed"]);
        expect_everything(generation, &scan);
        assert!(
            scan["subject"]
                .as_str()
                .is_some_and(|subject| subject.contains("mixed")),
            "{scan}"
        );
        assert_eq!(
            engine.docker_ok(&["ps", "--all", "--quiet", "--no-trunc"]),
            before
        );
    }
}

#[test]
fn an_images_foreign_programs_are_found_and_no_container_is_left() {
    let lab = lab::require!("scans");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let reference = pulled(&lab, &engine);

        let scan = archlight.ask_ok(&["scan", &reference]);
        expect_everything(generation, &scan);
        assert!(
            scan["subject"]
                .as_str()
                .is_some_and(|subject| subject.contains("acme/mixed")),
            "{scan}"
        );
        assert_eq!(engine.docker_ok(&["ps", "--all", "--quiet"]), "");
    }
}

#[test]
fn what_is_neither_a_container_nor_an_image_is_not_found() {
    let lab = lab::require!("scans");
    let engine = lab.start(Generation::New);
    let answer = Archlight::for_engine(&engine).ask(&["scan", "nobody"]);
    assert_eq!(
        (answer.code, &answer.json["error"]["kind"]),
        (1, &"not-found".into())
    );
}
