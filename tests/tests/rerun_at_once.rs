//! Two processes at the same container: one of them is at it, and the other is told so.

use std::thread;

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};

/// An image with a build for both platforms, which ends as soon as it is asked to.
fn both(lab: &Lab) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new("acme/app", "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            let variant = variant.config("StopSignal", "SIGKILL".into());
            image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
        })
}

/// Asks both at the same time; their exit codes and kinds of error.
fn at_once(archlight: &Archlight, requests: [&[&str]; 2]) -> [(i32, String); 2] {
    thread::scope(|scope| {
        let asked = requests.map(|request| scope.spawn(move || archlight.ask(request)));
        asked.map(|asked| {
            let answer = asked.join().expect("it answers");
            let kind = answer.json["error"]["kind"].as_str().unwrap_or_default();
            (answer.code, kind.to_owned())
        })
    })
}

fn names(engine: &Engine) -> Vec<String> {
    let rows = engine.docker_ok(&["ps", "-a", "--format", "{{.Names}} {{.State}}"]);
    let mut rows: Vec<String> = rows.lines().map(ToOwned::to_owned).collect();
    rows.sort();
    rows
}

#[test]
fn of_two_at_the_same_container_one_does_it_and_the_other_changes_nothing() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab));
        engine.enable_translator(FOREIGN, Loading::Registration);
        engine.docker_ok(&["run", "-d", "--name", "web", &image]);
        let to = format!("linux/{FOREIGN}");
        let rerun = ["rerun", "web", "--platform", &to, "--yes", "--wait", "0"];
        for round in 0..4 {
            let context = format!("{generation:?}, round {round}");
            if round == 2 {
                engine.docker_ok(&["rm", "-f", "web"]);
                engine.docker_ok(&["run", "-d", "--rm", "--name", "web", &image]);
            }
            let done = at_once(&archlight, [&rerun, &rerun]);
            let failed: Vec<_> = done.iter().filter(|(code, _)| *code != 0).collect();
            let told = ["under-way", "not-safe"];
            assert!(
                failed.len() == 1 && told.contains(&failed[0].1.as_str()),
                "{context}: {done:?}"
            );
            let all = names(&engine);
            assert!(all.len() == 2 && all[0] == "web running", "{context}: {all:?}");

            let undo = ["undo", "web"];
            let done = at_once(&archlight, [&undo, &undo]);
            let failed: Vec<_> = done.iter().filter(|(code, _)| *code != 0).collect();
            let told = ["under-way", "nothing-kept"];
            assert!(
                failed.len() == 1 && told.contains(&failed[0].1.as_str()),
                "{context}: {done:?}"
            );
            assert_eq!(names(&engine), ["web running"], "{context}");

            archlight.ask_ok(&rerun);
            let done = at_once(&archlight, [&undo, &["discard", "web"]]);
            assert_eq!(
                done.iter().filter(|(code, _)| *code == 0).count(),
                1,
                "{context}: {done:?}"
            );
            assert_eq!(names(&engine), ["web running"], "{context}: {done:?}");
            let status = archlight.ask_ok(&["status"]);
            assert_eq!(status["interrupted"], serde_json::json!([]), "{context}");
        }
    }
}
