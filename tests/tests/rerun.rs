//! A re-run keeps what belongs to the container, can be undone, and refuses what it could not take back.

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};
use serde_json::Value;

/// An image with a build for both platforms, which sleeps.
fn both(lab: &Lab, name: &str) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new(name, "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
        })
}

fn foreign() -> String {
    format!("linux/{FOREIGN}")
}

/// What of a container was asked for, without what the engine generates.
fn asked_for(engine: &Engine, name: &str) -> Value {
    let inspect = engine.docker_ok(&["inspect", name]);
    let mut inspect: Value = serde_json::from_str(&inspect).expect("JSON");
    let one = inspect[0].take();
    let mut config = one["Config"].clone();
    let mut host = one["HostConfig"].clone();
    config["Hostname"].take();
    host["Binds"].take();
    let networks = one["NetworkSettings"]["Networks"]
        .as_object()
        .expect("networks")
        .keys()
        .cloned()
        .collect::<Vec<_>>();
    let mut mounts: Vec<String> = one["Mounts"]
        .as_array()
        .expect("mounts")
        .iter()
        .map(|mount| format!("{} {}", mount["Name"], mount["Destination"]))
        .collect();
    mounts.sort();
    serde_json::json!({ "config": config, "host": host, "networks": networks, "mounts": mounts })
}

fn listing(engine: &Engine) -> Vec<String> {
    let rows = engine.docker_ok(&[
        "ps",
        "-a",
        "--no-trunc",
        "--format",
        "{{.ID}} {{.Names}} {{.State}}",
    ]);
    let mut rows: Vec<String> = rows.lines().map(ToOwned::to_owned).collect();
    rows.sort();
    rows
}

#[test]
fn the_native_build_is_pulled_and_everything_else_stays() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab, "acme/shop"));
        engine.enable_translator(FOREIGN, Loading::Registration);
        engine.docker_ok(&["network", "create", "front"]);
        engine.docker_ok(&["network", "create", "back"]);
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "db",
            "--platform",
            &foreign(),
            "--network",
            "front",
            "--network-alias",
            "store",
            "-v",
            "data:/data:ro",
            "-v",
            "/cache",
            "--tmpfs",
            "/scratch:size=1m",
            "-p",
            "127.0.0.1:7000:7000",
            "-e",
            "ODD=it's $HOME \"x\"",
            "--label",
            "note=a b",
            "--restart",
            "unless-stopped",
            "--memory",
            "64m",
            "--cap-drop",
            "NET_RAW",
            "--ulimit",
            "nofile=100:200",
            "--workdir",
            "/tmp",
            "--stop-timeout",
            "1",
            &image,
        ]);
        engine.docker_ok(&["network", "connect", "--alias", "deep", "back", "db"]);
        let before = asked_for(&engine, "db");
        let tag = engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &image]);

        let plan = archlight.ask_ok(&["rerun", "db", "--platform", "native", "--dry-run"]);
        assert_eq!(plan["blockers"], serde_json::json!([]), "{plan}");
        assert_eq!(
            (&plan["from"], &plan["to"]),
            (&foreign().into(), &format!("linux/{NATIVE}").into())
        );

        let done = archlight.ask_ok(&["rerun", "db", "--platform", "native", "--yes", "--wait", "1"]);
        let differences = done["differences"].as_array().expect("a list");
        let unexpected: Vec<_> = differences
            .iter()
            .filter(|difference| difference["expected"] == false)
            .collect();
        assert!(unexpected.is_empty(), "{generation:?}: {unexpected:?}");
        assert_eq!(asked_for(&engine, "db"), before, "{generation:?}");
        assert_eq!(engine.docker_ok(&["exec", "db", "uname", "-m"]), machine(NATIVE));
        assert_eq!(
            engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &image]),
            tag,
            "the tag was not put back"
        );
        let alias = engine.docker_ok(&[
            "inspect",
            "-f",
            "{{json .NetworkSettings.Networks.back.Aliases}}",
            "db",
        ]);
        assert!(alias.contains("deep"), "{alias}");

        let undone = archlight.ask_ok(&["undo", "db"]);
        assert_eq!(
            (&undone["id"], &undone["state"]),
            (&done["old_id"], &Value::from("running"))
        );
        assert_eq!(asked_for(&engine, "db"), before, "{generation:?} after undo");
        assert_eq!(engine.docker_ok(&["exec", "db", "uname", "-m"]), machine(FOREIGN));
    }
}

fn machine(architecture: &str) -> &'static str {
    if architecture == "arm64" {
        "aarch64"
    } else {
        "x86_64"
    }
}

#[test]
fn discard_removes_the_old_one_and_not_its_volumes() {
    let lab = lab::require!("re-runs");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let image = engine.push(&both(&lab, "acme/app"));
    engine.docker_ok(&[
        "run",
        "-d",
        "--name",
        "app",
        "-v",
        "/data",
        "--stop-timeout",
        "1",
        &image,
    ]);
    engine.docker_ok(&["exec", "app", "/bin/sh", "-c", "echo kept > /data/file"]);
    let done = archlight.ask_ok(&["rerun", "app", "--platform", "native", "--yes", "--wait", "0"]);
    let discarded = archlight.ask_ok(&["discard", "app"]);
    assert_eq!(discarded["removed_id"], done["old_id"]);
    assert_eq!(
        engine.docker_ok(&["exec", "app", "/bin/sh", "-c", "cat /data/file"]),
        "kept"
    );
    assert_eq!(listing(&engine).len(), 1);
    assert_eq!(archlight.ask(&["undo", "app"]).code, 1);
}

#[test]
fn what_could_not_be_taken_back_is_refused_and_nothing_changes() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab, "acme/app"));
        engine.docker_ok(&["run", "-d", "--name", "provider", &image]);
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "dependent",
            "--network",
            "container:provider",
            &image,
        ]);
        engine.docker_ok(&["run", "-d", "--name", "plain", &image]);
        let before = listing(&engine);
        for (arguments, kind) in [
            (
                &["rerun", "provider", "--platform", "native", "--yes"][..],
                "not-safe",
            ),
            (
                &["rerun", "plain", "--platform", "linux/riscv64", "--yes"],
                "not-safe",
            ),
            (&["rerun", "plain", "--platform", "native"], "not-confirmed"),
        ] {
            let refused = archlight.ask(arguments);
            assert_eq!(
                (refused.code, &refused.json["error"]["kind"]),
                (4, &kind.into()),
                "{arguments:?}"
            );
            assert_ne!(refused.json["error"]["hint"], "");
        }
        assert_eq!(listing(&engine), before);
        assert_eq!(
            archlight
                .ask(&["rerun", "plain", "--platform", "linux/a b", "--yes"])
                .code,
            2
        );
        assert_eq!(archlight.ask(&["rerun", "nobody", "--yes"]).code, 1);
    }
}

#[test]
fn nothing_is_stopped_for_a_platform_that_nothing_here_runs() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab, "acme/app"));
        engine.docker_ok(&["run", "-d", "--name", "app", "--stop-timeout", "1", &image]);
        let (before, started) = (listing(&engine), engine.inspect("app")["State"].clone());
        let plan = archlight.ask_ok(&["rerun", "app", "--platform", &foreign(), "--dry-run"]);
        let blockers = plan["blockers"].as_array().expect("a list");
        assert_eq!(blockers.len(), 1, "{plan:#}");
        assert_eq!(blockers[0]["kind"], "nothing-runs");
        let refused = archlight.ask(&["rerun", "app", "--platform", &foreign(), "--yes", "--wait", "2"]);
        let error = &refused.json["error"];
        assert_eq!(
            (refused.code, &error["kind"]),
            (4, &"not-safe".into()),
            "{error:#}"
        );
        let fix = format!("tonistiigi/binfmt --install {FOREIGN}");
        assert!(
            error["message"].as_str().is_some_and(|text| text.contains(&fix)),
            "{error:#}"
        );
        assert_eq!(listing(&engine), before, "{generation:?}");
        assert_eq!(engine.inspect("app")["State"], started, "{generation:?}");
        let images = engine.docker_ok(&["images", "--format", "{{.Repository}}"]);
        assert_eq!(images, "127.0.0.1:5000/acme/app", "something was pulled or left");

        engine.enable_translator(FOREIGN, Loading::Registration);
        let done = archlight.ask_ok(&["rerun", "app", "--platform", &foreign(), "--yes", "--wait", "1"]);
        assert_eq!(done["state"], "running", "{generation:?}: {done:#}");
        assert_eq!(
            engine.docker_ok(&["exec", "app", "uname", "-m"]),
            machine(FOREIGN)
        );
    }
}

/// An image with a build for both platforms, of which the one for `broken` ends badly.
fn half_broken(lab: &Lab, name: &str, broken: &str) -> ImageSpec {
    let variant = |architecture: &str| {
        let script = if architecture == broken {
            "exit 3"
        } else {
            "exec sleep 1000"
        };
        Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture))
            .file("app", 0o755, format!("#!/bin/sh\n{script}\n"))
            .command(&["/app"])
    };
    ImageSpec::new(name, "1")
        .variant(variant(NATIVE))
        .variant(variant(FOREIGN))
}

/// A container that the engine starts again whenever it ends, and that ends soon when it is asked to.
fn run_for_ever(engine: &Engine, image: &str) {
    let options = ["--name", "app", "--restart", "always", "--stop-timeout", "1"];
    engine.docker_ok(&[&["run", "-d"], &options[..], &[image]].concat());
}

#[test]
fn a_new_container_that_cannot_start_leaves_the_old_one_running() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&half_broken(&lab, "acme/app", FOREIGN));
        engine.enable_translator(FOREIGN, Loading::Registration);
        run_for_ever(&engine, &image);
        let before = listing(&engine);
        let failed = archlight.ask(&["rerun", "app", "--platform", &foreign(), "--yes", "--wait", "2"]);
        assert_eq!(failed.code, 1, "{}", failed.json);
        assert_eq!(listing(&engine), before, "{generation:?}: {}", failed.json);
        let policy = engine.docker_ok(&["inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "app"]);
        assert_eq!(policy, "always");
        let local = engine.docker_ok(&["image", "inspect", "-f", "{{.Architecture}}", &image]);
        assert_eq!(local, NATIVE, "the tag was not put back");
    }
}

#[test]
fn a_container_that_crashes_over_and_over_is_run_again() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&half_broken(&lab, "acme/app", NATIVE));
        engine.enable_translator(FOREIGN, Loading::Registration);
        run_for_ever(&engine, &image);
        let policy = || engine.docker_ok(&["inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", "app"]);
        for _ in 0..3 {
            let done = archlight.ask_ok(&["rerun", "app", "--platform", &foreign(), "--yes", "--wait", "1"]);
            assert_eq!(done["state"], "running", "{generation:?}: {done:#}");
            assert_eq!(policy(), "always");
            archlight.ask_ok(&["undo", "app"]);
            assert_eq!(policy(), "always");
            assert_eq!(listing(&engine).len(), 1, "{generation:?}");
        }
    }
}

#[test]
fn a_container_that_is_removed_by_stopping_comes_back_by_an_undo() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab, "acme/once"));
        engine.enable_translator(FOREIGN, Loading::Registration);
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "once",
            "--rm",
            "-v",
            "/data",
            "-v",
            "named:/named",
            "--stop-timeout",
            "1",
            "-e",
            "KEY=value",
            &image,
        ]);
        engine.docker_ok(&["exec", "once", "/bin/sh", "-c", "echo kept > /data/file"]);
        let before = asked_for(&engine, "once");
        let done = archlight.ask_ok(&["rerun", "once", "--platform", &foreign(), "--yes", "--wait", "1"]);
        assert_eq!(
            engine.docker_ok(&["exec", "once", "uname", "-m"]),
            machine(FOREIGN)
        );
        assert_eq!(engine.docker_ok(&["exec", "once", "cat", "/data/file"]), "kept");
        assert!(
            engine
                .inspect(done["kept_as"].as_str().expect("a name"))
                .is_object()
        );

        let undone = archlight.ask_ok(&["undo", "once"]);
        assert_eq!(undone["state"], "running");
        assert_eq!(asked_for(&engine, "once"), before, "{generation:?}");
        assert_eq!(engine.docker_ok(&["exec", "once", "cat", "/data/file"]), "kept");
        assert_eq!(listing(&engine).len(), 1);
    }
}

#[test]
fn of_several_one_that_fails_leaves_the_others_right() {
    let lab = lab::require!("re-runs");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let image = engine.push(&both(&lab, "acme/app"));
    for name in ["first", "last"] {
        engine.docker_ok(&["run", "-d", "--name", name, "--stop-timeout", "1", &image]);
    }
    let words = ["rerun", "first", "nobody", "last", "--platform", "native"];
    let plans = archlight.ask(&[&words[..], &["--dry-run"]].concat());
    assert_eq!(
        (plans.code, plans.json["results"][1]["error"]["kind"].as_str()),
        (1, Some("not-found"))
    );
    let done = archlight.ask(&[&words[..], &["--yes", "--wait", "0"]].concat());
    assert_eq!(done.code, 1, "{}", done.json);
    let results = done.json["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    for (result, name) in [(&results[0], "first"), (&results[2], "last")] {
        assert_eq!(
            (&result["container"], &result["state"]),
            (&name.into(), &"running".into()),
            "{result}"
        );
    }
    assert_eq!(listing(&engine).len(), 4);
    assert_eq!(archlight.ask(&[&words[..], &[]].concat()).code, 4);
}

/// What is kept is found by itself, whatever became of the container that took its place.
#[test]
fn an_undo_after_the_new_container_is_gone_brings_back_what_was() {
    let lab = lab::require!("re-runs");
    let engine = lab.start(Generation::New);
    let archlight = Archlight::for_engine(&engine);
    let image = engine.push(&both(&lab, "acme/app"));
    for (name, option) in [("first", "--restart=always"), ("second", "--rm")] {
        engine.docker_ok(&["run", "-d", "--name", name, option, "--stop-timeout", "1", &image]);
        let before = asked_for(&engine, name);
        archlight.ask_ok(&["rerun", name, "--platform", "native", "--yes", "--wait", "0"]);
        engine.docker_ok(&["rm", "--force", name]);
        let undone = archlight.ask_ok(&["undo", name]);
        assert_eq!(
            (&undone["container"], &undone["state"]),
            (&name.into(), &"running".into())
        );
        assert_eq!(asked_for(&engine, name), before, "{name}");
    }
    assert_eq!(listing(&engine).len(), 2);
}

/// What a container reads at `path`.
fn read(engine: &Engine, container: &str, path: &str) -> String {
    engine.docker_ok(&[
        "exec",
        container,
        "/bin/sh",
        "-c",
        &format!("ls -ln {path} && cat {path}"),
    ])
}

#[test]
fn volumes_are_copied_where_that_is_asked_for_and_the_old_ones_stay_as_they_are() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab, "acme/postgres"));
        engine.enable_translator(FOREIGN, Loading::Registration);
        let folder = "/var/lib/postgresql/data";
        let named = format!("data:{folder}");
        let stopping = ["--stop-timeout", "1"];
        let run = [
            "run",
            "-d",
            "--name",
            "db",
            "--read-only",
            "-v",
            &named,
            "-v",
            "/more",
        ];
        engine.docker_ok(&[&run[..], &stopping, &[&image]].concat());
        let file = format!("{folder}/file");
        let write = format!(
            "ln -s ../../../x {folder}/out; ln -s /etc/x {folder}/away; \
             echo old > {file}; chmod 640 {file}; chown 70:70 {file}; echo more > /more/file; \
             chown 70:70 /more/file; chmod 4755 /more/file; chown 999:999 {folder}; chmod 700 {folder}; chmod 2770 /more"
        );
        engine.docker_ok(&["exec", "db", "/bin/sh", "-c", &write]);
        let before = read(&engine, "db", &file);
        let folders = |name| {
            let list = format!("stat -c '%n %a %u:%g' {folder} /more /more/file");
            engine.docker_ok(&["exec", name, "/bin/sh", "-c", &list])
        };
        let links = |name| {
            let links = format!("readlink {folder}/out; readlink {folder}/away");
            engine.docker_ok(&["exec", name, "/bin/sh", "-c", &links])
        };
        assert_eq!(links("db"), "../../../x\n/etc/x");
        let stand = folders("db");
        assert!(stand.contains(&format!("{folder} 700 999:999")), "{stand}");
        assert!(stand.contains("/more/file 4755"), "{stand}");

        let to = foreign();
        let rerun = ["rerun", "db", "--platform", &to, "--copy-volumes", "--wait", "1"];
        let plan = archlight.ask_ok(&[&rerun[..], &["--dry-run"]].concat());
        let volumes = || engine.docker_ok(&["volume", "ls", "-q"]);
        assert_eq!(plan["warnings"].as_array().map(Vec::len), Some(1), "{plan:#}");
        assert_eq!(volumes().lines().count(), 2, "a plan makes nothing");

        let done = archlight.ask_ok(&[&rerun[..], &["--yes"]].concat());
        assert_eq!(done["state"], "running", "{generation:?}: {done:#}");
        let unexpected = |it: &serde_json::Value| it["expected"] != true;
        let differences = done["differences"].as_array().expect("a list");
        assert!(!differences.iter().any(unexpected), "{generation:?}: {done:#}");
        assert_eq!(read(&engine, "db", &file), before, "{generation:?}");
        assert_eq!(engine.docker_ok(&["exec", "db", "cat", "/more/file"]), "more");
        assert_eq!(folders("db"), stand, "{generation:?}");
        assert_eq!(links("db"), "../../../x\n/etc/x", "{generation:?}");
        let all = engine.docker_ok(&["ps", "-aq"]);
        assert_eq!(
            all.lines().count(),
            2,
            "{generation:?}: something was left behind"
        );
        let copy = format!("data-{FOREIGN}");
        assert!(volumes().contains(&copy), "{}", volumes());

        engine.docker_ok(&["exec", "db", "/bin/sh", "-c", &format!("echo new > {file}")]);
        archlight.ask_ok(&["undo", "db"]);
        assert_eq!(read(&engine, "db", &file), before, "{generation:?}");
        assert_eq!(volumes().lines().count(), 4, "an undo leaves the copies");
    }
}

#[test]
fn copies_for_a_container_that_does_not_stay_are_removed() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&half_broken(&lab, "acme/app", FOREIGN));
        engine.enable_translator(FOREIGN, Loading::Registration);
        engine.docker_ok(&["volume", "create", &format!("data-{FOREIGN}")]);
        let run = [
            "run",
            "-d",
            "--name",
            "app",
            "-v",
            "data:/data",
            "--stop-timeout",
            "1",
        ];
        engine.docker_ok(&[&run[..], &[&image]].concat());
        let volumes = || engine.docker_ok(&["volume", "ls", "-q"]);
        let (before, list) = (volumes(), listing(&engine));
        let to = foreign();
        let rerun = [
            "rerun",
            "app",
            "--platform",
            &to,
            "--copy-volumes",
            "--yes",
            "--wait",
            "2",
        ];
        let failed = archlight.ask(&rerun);
        assert_eq!(failed.code, 1, "{}", failed.json);
        assert_eq!((volumes(), listing(&engine)), (before, list), "{generation:?}");
    }
}
