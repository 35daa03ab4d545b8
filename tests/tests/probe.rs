//! A probe says what runs the programs of a platform, on real engines, and nothing of it stays.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use lab::{Archlight, Engine, FOREIGN, Gate, Generation, ImageSpec, Loading, NATIVE, Variant};
use serde_json::{Value, json};

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// What a probe says of the foreign platform.
fn probed(archlight: &Archlight) -> Value {
    let report = archlight.ask_ok(&["probe"]);
    assert_eq!(report["native"]["platform"], format!("linux/{NATIVE}"));
    let foreign = report["foreign"].as_array().expect("a list");
    assert_eq!(foreign.len(), 1, "{report:#}");
    assert_eq!(foreign[0]["platform"], format!("linux/{FOREIGN}"));
    foreign[0].clone()
}

/// Containers, images and volumes, in order: the engine's own is by whole seconds.
fn all(engine: &Engine) -> Vec<String> {
    let lists = [
        &["ps", "-a", "--format", "{{.Names}}"][..],
        &["images", "-a", "--format", "{{.Repository}}:{{.Tag}}"],
        &["volume", "ls", "-q"],
    ];
    let lists = lists.map(|list| engine.docker_ok(list));
    let mut all: Vec<String> = lists
        .iter()
        .flat_map(|list| list.lines())
        .map(ToOwned::to_owned)
        .collect();
    all.sort();
    all
}

#[test]
fn what_runs_foreign_programs_is_found_out_by_running_one() {
    let lab = lab::require!("probes");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let off = probed(&archlight);
        assert_eq!(
            (&off["runs"], &off["known"], &off["translator"]),
            (&json!(false), &json!(true), &json!("none")),
            "{generation:?}: {off:#}"
        );
        let evidence = off["evidence"].as_str().unwrap_or_default();
        assert!(evidence.contains("exec format error"), "{off:#}");
        assert!(
            off["hint"]
                .as_str()
                .is_some_and(|hint| hint.contains("--install")),
            "{off:#}"
        );
        assert_nothing_ran(&off);

        engine.enable_translator(FOREIGN, Loading::Registration);
        let on = probed(&archlight);
        assert_eq!(
            (&on["runs"], &on["translator"], &on["hint"]),
            (&json!(true), &json!("qemu"), &Value::Null),
            "{generation:?}: {on:#}"
        );
        assert_features(&on, FOREIGN);
        assert_eq!(
            (&on["dynamic"]["runs"], &on["dynamic"]["known"]),
            (&json!(true), &json!(true)),
            "{generation:?}: {on:#}"
        );
        let evidence = on["evidence"].as_str().unwrap_or_default();
        let named = if FOREIGN == "arm64" { "MIDR_EL1" } else { "QEMU" };
        assert!(
            evidence.contains(named) && evidence.contains("/qemu-binfmt/"),
            "{generation:?}: {on:#}"
        );
        assert_slower(&on);
        engine.disable_translator(FOREIGN);

        engine.enable_translator(FOREIGN, Loading::Execution);
        let broken = probed(&archlight);
        assert_eq!(
            (&broken["runs"], &broken["known"]),
            (&json!(false), &json!(true)),
            "{generation:?}: {broken:#}"
        );
        assert!(
            broken["why"].as_str().is_some_and(|why| why.contains("`F`")),
            "{broken:#}"
        );
        assert_nothing_ran(&broken);
        assert_eq!(all(&engine), [""; 0], "{generation:?}");
    }
}

/// Neither kind of program, and nothing was measured of what did not run.
fn assert_nothing_ran(probed: &Value) {
    let dynamic = &probed["dynamic"];
    assert_eq!(
        (&dynamic["runs"], &dynamic["known"]),
        (&json!(false), &json!(true)),
        "{probed:#}"
    );
    let measured = [&probed["relative_speed"], &probed["speed"], &probed["pace"]];
    assert!(measured.iter().all(|value| value.is_null()), "{probed:#}");
}

/// Every one that users ask for is told, whether it is offered or not; one that every processor has is.
fn assert_features(probed: &Value, architecture: &str) {
    let (told, offered): (&[&str], &[&str]) = if architecture == "arm64" {
        (&["lse", "crc32", "sve"], &["asimd", "lse"])
    } else {
        (
            &["avx", "avx2", "x86-64-v3", "x86-64-v4"],
            &["sse4.2", "x86-64-v2"],
        )
    };
    for feature in told {
        assert!(probed["features"][feature].is_boolean(), "{feature}: {probed:#}");
    }
    for feature in offered {
        assert_eq!(probed["features"][feature], true, "{feature}: {probed:#}");
    }
}

/// The speed of each kind of work lies in its spread; all in all a translator is slower than a processor.
fn assert_slower(probed: &Value) {
    for kind in ["integer", "memory", "system_calls"] {
        let number = |of: &str| probed["speed"][kind][of].as_f64().expect("it was measured");
        let (low, relative, high) = (number("low"), number("relative"), number("high"));
        assert!(
            0.0 < low && low <= relative && relative <= high,
            "{kind}: {probed:#}"
        );
    }
    let all = probed["relative_speed"].as_f64().expect("it was measured");
    assert!(all < 1.0, "{probed:#}");
    let pace = probed["pace"].as_str().unwrap_or_default();
    assert!(pace.contains("times slower"), "{probed:#}");
}

#[test]
fn several_at_a_time_do_not_take_each_others_away() {
    let lab = lab::require!("probes");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        engine.enable_translator(FOREIGN, Loading::Registration);
        thread::scope(|scope| {
            let probes: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| probed(&Archlight::for_engine(&engine))))
                .collect();
            for probe in probes {
                let probe = probe.join().expect("it is asked");
                assert_eq!(
                    (&probe["runs"], &probe["translator"]),
                    (&json!(true), &json!("qemu")),
                    "{probe:#}"
                );
            }
        });
        assert_eq!(all(&engine), [""; 0], "{generation:?}");
    }
}

/// The lines of `archlight watch` that come while `deed` is done, up to the one that tells of container `last`.
fn watched(archlight: &Archlight, last: &str, deed: impl FnOnce()) -> Vec<Value> {
    let mut watch = archlight
        .command(&["watch"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was built");
    let lines = BufReader::new(watch.stdout.take().expect("it was asked for")).lines();
    let mut lines = lines.map(|line| serde_json::from_str(&line.expect("text")).expect("JSON"));
    let first: Value = lines.next().expect("a snapshot");
    assert_eq!(first["kind"], "snapshot");
    deed();
    let tells = |line: &Value| line["container"]["name"] == last;
    let lines = lines.take_while(|line| !tells(line)).collect();
    watch.kill().expect("it can be killed");
    watch.wait().expect("it ended");
    lines
}

#[test]
fn nobody_who_watches_hears_of_it() {
    let lab = lab::require!("probes");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let variant = Variant::with_tools(&format!("linux/{NATIVE}"), lab.busybox(NATIVE));
        let image = engine.push(&ImageSpec::new("acme/app", "1").variant(variant.command(&["/bin/sh"])));
        engine.docker_ok(&["pull", "-q", &image]);
        let lines = watched(&archlight, "last", || {
            archlight.ask_ok(&["probe", "--platform", "native"]);
            engine.docker_ok(&["create", "--name", "last", &image]);
        });
        let changes: Vec<&Value> = lines.iter().filter(|line| line["kind"] != "engine").collect();
        assert!(changes.is_empty(), "{generation:?}: {changes:#?}");
    }
}

#[test]
fn its_own_platform_is_run_by_the_processor_and_others_are_not_known() {
    let lab = lab::require!("probes");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let own = archlight.ask_ok(&["probe", "--platform", "native"]);
    assert_eq!(own["foreign"], json!([]), "{own:#}");
    let own = &own["native"]["probed"];
    assert_eq!(
        (&own["runs"], &own["translator"]),
        (&json!(true), &json!("native")),
        "{own:#}"
    );
    assert_features(own, NATIVE);
    assert_eq!(own["dynamic"]["runs"], true, "{own:#}");
    assert!(own["speed"]["integer"]["low"].as_f64() <= Some(1.0), "{own:#}");

    let other = archlight.ask_ok(&["probe", "--platform", "linux/riscv64"]);
    let other = &other["foreign"][0];
    assert_eq!(
        (&other["runs"], &other["known"]),
        (&json!(false), &json!(false)),
        "{other:#}"
    );
    assert!(
        other["why"]
            .as_str()
            .is_some_and(|why| why.contains("no test program")),
        "{other:#}"
    );
    assert_eq!(archlight.ask(&["probe", "--platform", "linux/a b"]).code, 2);
    assert_eq!(Archlight::at("unix:///nowhere.sock").ask(&["probe"]).code, 3);
    assert_eq!(all(&engine), [""; 0]);
}

#[test]
fn what_is_left_when_it_is_killed_goes_at_the_next_start() {
    let lab = lab::require!("probes");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        // What somebody else gave a name like it stays.
        let variant = Variant::with_tools(&format!("linux/{NATIVE}"), lab.busybox(NATIVE));
        let image = engine.push(&ImageSpec::new("acme/app", "1").variant(variant.command(&["/bin/sh"])));
        engine.docker_ok(&["pull", "-q", &image]);
        engine.docker_ok(&["tag", &image, "archlight-probe:mine"]);
        engine.docker_ok(&["create", "--name", "archlight-probe-mine", &image]);
        let archlight = Archlight::for_engine(&engine);
        let before = (all(&engine), counts(&archlight));
        // With a translator, so that all of it is come to: what the loader's program and the engine's own are made for too.
        engine.enable_translator(FOREIGN, Loading::Registration);
        let native = if NATIVE == "amd64" {
            "probe:amd64-"
        } else {
            "probe:arm64-"
        };
        for last in [
            "/images/load",
            "/containers/create",
            "/start",
            "/top",
            "/archlight-dynamic",
            native,
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let socket = folder.path().join("gate.sock");
            let gate = Gate::open(&socket, &engine.socket(), last);
            let mut killed = Archlight::at(&format!("unix://{}", socket.display()))
                .command(&["probe"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it was built");
            gate.await_closed(LIMIT);
            // What passed before the gate was closed may still be under way; the image has been there since the first request.
            let ours = || {
                let image = format!("archlight-probe:{FOREIGN}-");
                all(&engine).into_iter().find(|name| name.starts_with(&image))
            };
            let left = ours();
            assert!(left.is_some(), "{generation:?} {last}: {:?}", all(&engine));

            // As long as its maker lives it is left alone, and nobody sees it.
            assert_eq!(counts(&archlight), before.1, "{generation:?} {last}");
            assert_eq!(ours(), left, "{generation:?} {last}");

            killed.kill().expect("it can be killed");
            killed.wait().expect("it ended");
            assert_eq!(counts(&archlight), before.1, "{generation:?} {last}");
            let start = Instant::now();
            while all(&engine) != before.0 {
                assert!(
                    start.elapsed() < LIMIT,
                    "{generation:?} {last}: {:?}",
                    all(&engine)
                );
                counts(&archlight);
            }
        }
    }
}

/// An engine loads an image before it names it, and takes the name before the image.
#[test]
fn an_image_of_a_probe_that_has_no_name_is_in_no_list_and_goes_at_the_next_start() {
    let lab = lab::require!("probes");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let before = (all(&engine), counts(&archlight));
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("files.tar");
        // An archive of nothing.
        std::fs::write(&file, [0; 1024]).expect("it can be written");
        let import = |label: &str| {
            let change = format!("LABEL io.archlight.probe={label}");
            engine.docker_ok(&["import", "--change", &change, file.to_str().expect("text")])
        };
        // Of a process that is not there, on a machine that is long gone.
        import("1000-00000000-7-00");
        assert_eq!(counts(&archlight), before.1, "{generation:?}");
        let start = Instant::now();
        while all(&engine) != before.0 {
            assert!(start.elapsed() < LIMIT, "{generation:?}: {:?}", all(&engine));
            counts(&archlight);
        }
        // What somebody else labelled so is theirs.
        import("mine");
        assert_ne!(counts(&archlight), before.1, "{generation:?}");
        assert_ne!(all(&engine), before.0, "{generation:?}");
    }
}

/// How many there are of each, and the lists themselves without their times.
fn counts(archlight: &Archlight) -> Value {
    let names = |list: &str| {
        let list = archlight.ask_ok(&[list])[list].take();
        let rows = list.as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["id"].clone()).collect::<Value>()
    };
    json!([
        archlight.ask_ok(&["status"])["counts"],
        names("containers"),
        names("images")
    ])
}
