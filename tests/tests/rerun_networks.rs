//! Networks that a container was taken out of, or that changed, while it runs or is kept.

use lab::{Archlight, Engine, FOREIGN, Generation, ImageSpec, Lab, Loading, NATIVE, Variant};

fn both(lab: &Lab) -> ImageSpec {
    [NATIVE, FOREIGN]
        .into_iter()
        .fold(ImageSpec::new("acme/app", "1"), |image, architecture| {
            let variant = Variant::with_tools(&format!("linux/{architecture}"), lab.busybox(architecture));
            image.variant(variant.command(&["/bin/sh", "-c", "sleep 1000"]))
        })
}

fn networks(engine: &Engine, name: &str) -> Vec<String> {
    let networks = engine.inspect(name)["NetworkSettings"]["Networks"].take();
    let networks = networks.as_object().cloned().unwrap_or_default();
    networks.keys().cloned().collect()
}

#[test]
fn a_network_that_a_container_was_taken_out_of_stays_out() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab));
        engine.enable_translator(FOREIGN, Loading::Registration);
        for network in ["front", "back"] {
            engine.docker_ok(&["network", "create", network]);
        }
        let run = ["run", "-d", "--stop-timeout", "1", "--name"];
        engine.docker_ok(&[&run[..], &["alone", "--network", "front", &image]].concat());
        engine.docker_ok(&["network", "disconnect", "front", "alone"]);
        engine.docker_ok(&[&run[..], &["moved", "--network", "front", &image]].concat());
        engine.docker_ok(&["network", "connect", "back", "moved"]);
        engine.docker_ok(&["network", "disconnect", "front", "moved"]);
        engine.docker_ok(&[&run[..], &["plain", &image]].concat());
        let to = format!("linux/{FOREIGN}");
        for (name, expected) in [("alone", &[][..]), ("moved", &["back"]), ("plain", &["bridge"])] {
            assert_eq!(networks(&engine, name), expected, "{generation:?} {name}");
            archlight.ask_ok(&["rerun", name, "--platform", &to, "--yes", "--wait", "0"]);
            assert_eq!(networks(&engine, name), expected, "{generation:?} {name}");
            archlight.ask_ok(&["undo", name]);
            assert_eq!(networks(&engine, name), expected, "{generation:?} {name} undone");
        }
    }
}
