//! Containers that were made by a digest or an id: the names of their image lead to the other platform.

use lab::{Archlight, FOREIGN, Generation, ImageSpec, Loading, NATIVE, Variant};

#[test]
fn a_container_that_was_made_by_a_digest_or_an_id_is_run_for_another_platform() {
    let lab = lab::require!("re-runs");
    for generation in Generation::ALL {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let both =
            [NATIVE, FOREIGN]
                .into_iter()
                .fold(ImageSpec::new("acme/app", "1"), |image, architecture| {
                    let variant =
                        Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
                    image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
                });
        let image = engine.push(&both);
        engine.enable_translator(FOREIGN, Loading::Registration);
        engine.docker_ok(&["pull", "--quiet", &image]);
        let digest = engine.docker_ok(&["image", "inspect", "-f", "{{index .RepoDigests 0}}", &image]);
        let id = engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &image]);
        let short = id.trim_start_matches("sha256:")[..12].to_owned();
        let to = format!("linux/{FOREIGN}");
        for (name, made_of) in [("by-digest", &digest), ("by-id", &id), ("by-start", &short)] {
            engine.docker_ok(&["run", "-d", "--name", name, "--stop-timeout", "1", made_of]);
            let context = format!("{generation:?} {name}");
            let rerun = ["rerun", name, "--platform", &to, "--yes", "--wait", "0"];
            let done = archlight.ask_inside(&engine, &rerun);
            assert_eq!(done["state"], "running", "{context}: {done:#}");
            let now = engine.docker_ok(&["exec", name, "uname", "-m"]);
            assert_eq!(now == "aarch64", FOREIGN == "arm64", "{context}: {now}");
            let unexpected = |it: &serde_json::Value| it["expected"] != true;
            let differences = done["differences"].as_array().expect("a list");
            assert!(!differences.iter().any(unexpected), "{context}: {done:#}");

            let undone = archlight.ask_ok(&["undo", name]);
            assert_eq!(undone["id"], done["old_id"], "{context}");
            let names = engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &image]);
            assert_eq!(names, id, "{context}: the tag moved");
            let of_digest = engine.docker_ok(&["image", "inspect", "-f", "{{.Id}}", &digest]);
            assert_eq!(of_digest, id, "{context}: the digest moved");
        }
    }
}
