//! Images that never ran, on real engines: what is wrong with them is found, and nothing is left of having looked.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use lab::{Archlight, Engine, FOREIGN, Gate, Generation, ImageSpec, Lab, NATIVE, Variant};
use serde_json::{Value, json};

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

fn native() -> String {
    format!("linux/{NATIVE}")
}

fn foreign() -> String {
    format!("linux/{FOREIGN}")
}

fn tools(lab: &Lab) -> Variant {
    Variant::with_tools(&native(), lab.busybox(NATIVE))
}

/// The start of a program for the architecture of `program`, which names a loader that nobody has.
fn dynamic(program: &[u8]) -> Vec<u8> {
    const LOADER: &[u8] = b"/lib/ld-nobody.so.1\0";
    let mut bytes = program[..24].to_vec();
    for number in [0, 64, 0_u64] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(0_u32.to_le_bytes());
    for number in [64, 56, 1, 0, 0, 0_u16] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([3, 0, 0, 0, 4, 0, 0, 0]);
    let length = LOADER.len() as u64;
    for number in [120, 0, 0, length, length, 1] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(LOADER);
    bytes
}

/// An image, the platform that it is pulled for, the cause, and the path of the faulty link.
struct Case {
    name: &'static str,
    variant: Variant,
    platform: String,
    cause: Option<&'static str>,
    fault: Option<&'static str>,
}

fn cases(lab: &Lab) -> Vec<Case> {
    let case = |name, variant, cause, fault| Case {
        name,
        variant,
        platform: native(),
        cause,
        fault,
    };
    let script = |text: &str| tools(lab).file("/start.sh", 0o755, text).command(&["/start.sh"]);
    let program = |bytes: Vec<u8>| {
        tools(lab)
            .file("/app/server", 0o755, bytes)
            .command(&["/app/server"])
    };
    vec![
        Case {
            platform: foreign(),
            ..case(
                "wrong",
                Variant::with_tools(&foreign(), lab.busybox(FOREIGN)),
                Some("wrong-architecture"),
                Some("/bin/sh"),
            )
        },
        case(
            "lying",
            Variant::with_tools(&native(), lab.busybox(FOREIGN)),
            Some("mislabelled-image"),
            Some("/bin/sh"),
        ),
        case(
            "stray",
            program(dynamic(&lab.busybox(FOREIGN))),
            Some("foreign-binary"),
            Some("/app/server"),
        ),
        case(
            "loaderless",
            program(dynamic(&lab.busybox(NATIVE))),
            Some("missing-loader"),
            Some("/lib/ld-nobody.so.1"),
        ),
        case(
            "crlf",
            script("#!/bin/sh\r\necho hi\r\n"),
            Some("crlf-line-endings"),
            Some("/start.sh"),
        ),
        case(
            "bash",
            script("#!/bin/bash\necho hi\n"),
            Some("missing-interpreter"),
            Some("/bin/bash"),
        ),
        case(
            "nowhere",
            tools(lab).command(&["serve"]),
            Some("command-not-found"),
            Some("serve"),
        ),
        case("healthy", script("#!/bin/sh\nexec sleep 1000\n"), None, None),
        case(
            "commandless",
            Variant::new(&native()).file("/bin/busybox", 0o755, lab.busybox(NATIVE)),
            Some("unknown"),
            None,
        ),
    ]
}

fn pull(engine: &Engine, name: &str, variant: Variant, platform: &str) -> String {
    let image = engine.push(&ImageSpec::new(name, "1").variant(variant));
    engine.docker_ok(&["pull", "--platform", platform, &image]);
    image
}

fn assert_nothing_is_left(engine: &Engine, what: &str) {
    let containers = engine.docker_ok(&["ps", "-a", "--format", "{{.Names}} {{.State}}"]);
    assert_eq!(containers, "", "{what}");
    assert_eq!(engine.docker_ok(&["volume", "ls", "-q"]), "", "{what}");
}

fn check(engine: &Engine, archlight: &Archlight, case: Case) {
    let image = pull(
        engine,
        &format!("acme/{}", case.name),
        case.variant,
        &case.platform,
    );
    let id = engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &image]);
    let digest = engine.docker_ok(&["image", "inspect", "-f", "{{index .RepoDigests 0}}", &image]);
    for reference in [image, id, digest] {
        let found = archlight.ask_ok(&["diagnose", "--image", &reference]);
        let context = format!("{} as {reference}: {found:#}", case.name);
        assert_eq!(found["cause"], json!(case.cause), "{context}");
        assert_eq!(found["subject"], "image", "{context}");
        assert_eq!(found["container"], json!(reference), "{context}");
        assert_eq!(found["exit_code"], Value::Null, "{context}");
        assert_eq!(found["platform"]["claimed"], json!(case.platform), "{context}");
        let links = found["chain"].as_array().expect("a list");
        let faulty = links.iter().find(|link| !link["fault"].is_null());
        let path = faulty.map(|link| link["path"].clone());
        assert_eq!(path, case.fault.map(Value::from), "{context}");
        assert_nothing_is_left(engine, &context);
    }
}

#[test]
fn what_is_wrong_with_an_image_is_known_before_it_runs() {
    let lab = lab::require!("images that never ran");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        for case in cases(&lab) {
            check(&engine, &archlight, case);
        }
    }
}

#[test]
fn volumes_of_the_image_go_with_the_container_that_was_read() {
    let lab = lab::require!("images that never ran");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let variant = tools(&lab)
            .file("/data/start.sh", 0o755, "#!/bin/nothing\n")
            .config("Volumes", json!({"/data": {}}))
            .config("Labels", json!({"io.archlight.specimen": "1"}))
            .command(&["/data/start.sh"]);
        let image = pull(&engine, "acme/volume", variant, &native());
        let found = archlight.ask_ok(&["diagnose", "--image", &image]);
        assert_eq!(found["cause"], "missing-interpreter", "{found:#}");
        assert_nothing_is_left(&engine, "volume");
        // An image that has the label makes no container of its user's a left-over, or invisible.
        engine.docker_ok(&["create", "--name", "mine", &image, "true"]);
        let list = archlight.ask_ok(&["containers"]);
        assert_eq!(list["containers"][0]["name"], "mine", "{list:#}");
        assert_eq!(engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]), "mine");
    }
}

#[test]
fn a_platform_picks_among_those_that_are_here() {
    let lab = lab::require!("images that never ran");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let spec = ImageSpec::new("acme/both", "1")
        .variant(tools(&lab))
        .variant(Variant::with_tools(&foreign(), lab.busybox(FOREIGN)));
    let image = engine.push(&spec);
    engine.docker_ok(&["pull", "--platform", &foreign(), &image]);
    // Only the foreign one is here, and it is what would run.
    let found = archlight.ask_ok(&["diagnose", "--image", &image]);
    assert_eq!(found["cause"], "wrong-architecture", "{found:#}");
    let missing = archlight.ask_ok(&["diagnose", "--image", &image, "--platform", "native"]);
    assert_eq!(missing["cause"], "platform-unavailable", "{missing:#}");
    engine.docker_ok(&["pull", "--platform", &native(), &image]);
    let causes = [foreign(), native()].map(|platform| {
        let found = archlight.ask_ok(&["diagnose", "--image", &image, "--platform", &platform]);
        assert_eq!(found["platform"]["claimed"], platform, "{found:#}");
        found["cause"].clone()
    });
    assert_eq!(causes, [Value::from("wrong-architecture"), Value::Null]);
    assert_nothing_is_left(&engine, "platforms");
}

#[test]
fn a_platform_that_is_not_here_is_the_cause_in_the_engine_s_words() {
    let lab = lab::require!("images that never ran");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let reference = engine.push(&ImageSpec::new("acme/native", "1").variant(tools(&lab)));
        engine.docker_ok(&["pull", "--quiet", &reference]);
        let answer = archlight.ask_ok(&["diagnose", "--image", &reference, "--platform", &foreign()]);
        assert_eq!(
            answer["cause"], "platform-unavailable",
            "{generation:?}: {answer}"
        );
        assert_eq!(
            (&answer["subject"], &answer["chain"]),
            (&json!("image"), &json!([]))
        );
        assert_eq!(engine.docker_ok(&["ps", "--all", "--quiet"]), "");
    }
}

#[test]
fn an_image_that_is_not_here_is_not_pulled() {
    let lab = lab::require!("images that never ran");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&ImageSpec::new("acme/remote", "1").variant(tools(&lab)));
        let answer = archlight.ask(&["diagnose", "--image", &image]);
        assert_eq!(
            (answer.code, &answer.json["error"]["kind"]),
            (1, &Value::from("not-found"))
        );
        assert_eq!(engine.docker_ok(&["images", "-q"]), "");
        for wrong in [
            &["diagnose"][..],
            &["diagnose", "web", "--image", &image],
            &["diagnose", "web", "--platform", "native"],
        ] {
            assert_eq!(archlight.run(wrong).code, Some(2), "{wrong:?}");
        }
    }
}

fn names(engine: &Engine) -> String {
    engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"])
}

#[test]
fn what_is_left_when_it_is_killed_goes_at_the_next_start() {
    let lab = lab::require!("images that never ran");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let image = pull(&engine, "acme/tools", tools(&lab), &native());
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("gate.sock");
        let gate = Gate::open(&socket, &engine.socket(), "/containers/create");
        let behind = Archlight::at(&format!("unix://{}", socket.display()));
        let mut killed = behind
            .command(&["diagnose", "--image", &image])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it was built");
        gate.await_closed(LIMIT);
        let left = names(&engine);
        assert!(left.starts_with("archlight-specimen-"), "{left}");

        // As long as its maker lives it is left alone, and nobody sees it.
        let archlight = Archlight::for_engine(&engine);
        let list = archlight.ask_ok(&["containers"]);
        assert_eq!(list["containers"], json!([]), "{list:#}");
        assert_eq!(archlight.ask_ok(&["status"])["counts"]["containers"], 0);
        assert_eq!(names(&engine), left);

        killed.kill().expect("it can be killed");
        killed.wait().expect("it ended");
        let list = archlight.ask_ok(&["containers"]);
        assert_eq!(list["containers"], json!([]), "{list:#}");
        let start = Instant::now();
        while !names(&engine).is_empty() {
            assert!(start.elapsed() < LIMIT, "{} is still there", names(&engine));
        }
    }
}
