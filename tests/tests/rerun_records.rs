//! What is written down of a re-run, after somebody renamed or removed its containers.

use std::path::{Path, PathBuf};

use lab::{Archlight, Generation, ImageSpec, Interruption, NATIVE, Variant, Victim};

/// All files that are kept below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn a_kept_container_is_found_by_its_id_and_forgotten_when_it_is_gone() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let variant = Variant::with_tools(&format!("linux/{NATIVE}"), lab.busybox(NATIVE));
        let variant = variant.config("StopSignal", "SIGKILL".into());
        let variant = variant.command(&["/bin/sh", "-c", "sleep 1000"]);
        let image = engine.push(&ImageSpec::new("acme/app", "1").variant(variant));
        engine.docker_ok(&["run", "-d", "--name", "web", &image]);
        let rerun = ["rerun", "web", "--platform", "native", "--yes", "--wait", "0"];
        let reruns = archlight.home().join(".local/share/archlight/reruns");

        for asked in ["web", "mine"] {
            let done = archlight.ask_ok(&rerun);
            let kept = done["kept_as"].as_str().expect("a name");
            engine.docker_ok(&["rename", kept, "mine"]);
            let undone = archlight.ask_ok(&["undo", asked]);
            assert_eq!(undone["id"], done["old_id"], "{generation:?} {asked}");
            assert_eq!(
                engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]),
                "web",
                "{generation:?}"
            );
            assert_eq!(files(&reruns), Vec::<PathBuf>::new(), "{generation:?} {asked}");
        }

        for removed in [&["kept"][..], &["kept", "web"]] {
            let done = archlight.ask_ok(&rerun);
            archlight.ask_ok(&["status"]);
            assert_eq!(files(&reruns).len(), 1, "{generation:?}: it can still be undone");
            for name in removed {
                let name = if *name == "kept" {
                    done["kept_as"].as_str().expect("a name")
                } else {
                    *name
                };
                engine.docker_ok(&["rm", "-f", name]);
            }
            let refused = archlight.ask(&["undo", "web"]);
            let error = &refused.json["error"];
            assert_eq!(
                (refused.code, &error["kind"]),
                (1, &"nothing-kept".into()),
                "{generation:?}: {error:#}"
            );
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.contains("docker container prune"), "{message}");
            archlight.ask_ok(&["status"]);
            assert_eq!(
                files(&reruns),
                Vec::<PathBuf>::new(),
                "{generation:?} {removed:?}"
            );
        }
    }
}

#[test]
fn a_new_container_that_was_made_and_not_written_down_takes_the_place_of_one_that_is_gone() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let variant = Variant::with_tools(&format!("linux/{NATIVE}"), lab.busybox(NATIVE));
        let variant = variant.config("StopSignal", "SIGKILL".into());
        let variant = variant.command(&["/bin/sh", "-c", "sleep 1000"]);
        let image = engine.push(&ImageSpec::new("acme/app", "1").variant(variant));
        for network in ["front", "back"] {
            engine.docker_ok(&["network", "create", network]);
        }
        let old = engine.docker_ok(&["run", "-d", "--name", "web", "--network", "front", &image]);
        engine.docker_ok(&["network", "connect", "--alias", "deep", "back", "web"]);
        let victim = Victim::default();
        let heard = victim.clone();
        let socket = archlight.home().join("interruption.sock");
        let interruption = Interruption::at(&socket, &engine.socket(), 1, move || heard.signal("KILL"));
        let rerun = ["rerun", "web", "--platform", "native", "--yes", "--wait", "0"];
        let mut command = archlight.command(&rerun);
        victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
        let made = format!("web.rerun-of-{}", &old[..12]);
        let new = engine.inspect(&made)["Id"].clone();
        engine.docker_ok(&["rm", "-f", "web"]);

        let told = archlight.ask_ok(&["status"]);
        assert_eq!(
            told["interrupted"][0]["container"], "web",
            "{generation:?}: {told}"
        );
        let refused = archlight.ask(&["undo", "web"]).json;
        assert_eq!(refused["error"]["kind"], "old-gone", "{generation:?}");
        let said = refused["error"]["hint"].as_str().expect("a hint");
        assert!(said.contains("`archlight discard web`"), "{generation:?}: {said}");
        assert_eq!(engine.inspect(&made)["Id"], new, "{generation:?}");

        let settled = archlight.ask_ok(&["discard", "web"]);
        assert_eq!(settled["id"], new, "{generation:?}");
        let json = engine.inspect("web");
        assert_eq!(json["State"]["Running"], true, "{generation:?}");
        let places = json["NetworkSettings"]["Networks"].as_object().expect("places");
        assert_eq!(
            places.keys().collect::<Vec<_>>(),
            ["back", "front"],
            "{generation:?}"
        );
        let aliases = places["back"]["Aliases"].as_array().expect("aliases");
        assert!(aliases.contains(&"deep".into()), "{generation:?}: {json}");
        let told = archlight.ask_ok(&["status"]);
        assert_eq!(told["interrupted"], serde_json::json!([]), "{generation:?}");
    }
}
