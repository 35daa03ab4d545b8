//! What is written down of a re-run, after somebody renamed or removed its containers.

use std::path::{Path, PathBuf};

use lab::{Archlight, Generation, ImageSpec, NATIVE, Variant};

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
