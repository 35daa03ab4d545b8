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

#[test]
fn an_undo_joins_the_network_that_has_the_name_now() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab));
        engine.enable_translator(FOREIGN, Loading::Registration);
        let make = |network| {
            let subnet = ["--subnet", "172.30.7.0/24"];
            engine.docker_ok(&[&["network", "create"][..], &subnet, &[network]].concat())
        };
        let (front, back) = (make("front"), engine.docker_ok(&["network", "create", "back"]));
        let place = [
            "--network",
            "front",
            "--network-alias",
            "store",
            "--ip",
            "172.30.7.9",
        ];
        let run = [
            &["run", "-d", "--stop-timeout", "1", "--name", "web"][..],
            &place,
            &[&image],
        ]
        .concat();
        let old = engine.docker_ok(&run);
        engine.docker_ok(&["network", "connect", "back", "web"]);
        let before = engine.inspect("web");
        let to = format!("linux/{FOREIGN}");
        archlight.ask_ok(&["rerun", "web", "--platform", &to, "--yes", "--wait", "0"]);
        // What somebody does who tidies up: the kept container is in no list of a network.
        let new = engine.inspect("web")["Id"].as_str().expect("an id").to_owned();
        for network in ["front", "back"] {
            engine.docker_ok(&["network", "disconnect", network, "web"]);
            engine.docker_ok(&["network", "rm", network]);
        }

        let refused = archlight.ask(&["undo", "web"]);
        assert_ne!(refused.code, 0, "{generation:?}");
        let problem = refused.json["error"].clone();
        assert_eq!(problem["kind"], "network-gone", "{problem}");
        let said = problem["message"].as_str().expect("a sentence");
        assert!(said.contains("`front`") && said.contains("`back`"), "{said}");
        let left = engine.inspect("web");
        assert_eq!(left["Id"], new, "{generation:?}");
        assert_eq!(
            left["State"]["Running"], true,
            "nothing was stopped for it: {generation:?}"
        );

        assert_ne!(make("front"), front);
        assert_ne!(engine.docker_ok(&["network", "create", "back"]), back);
        archlight.ask_ok(&["undo", "web"]);
        let after = engine.inspect("web");
        assert_eq!(after["Id"], old.trim(), "{generation:?}");
        assert_eq!(after["State"]["Running"], true, "{generation:?}");
        assert_eq!(networks(&engine, "web"), ["back", "front"], "{generation:?}");
        let said = |json: &serde_json::Value| {
            let place = &json["NetworkSettings"]["Networks"]["front"];
            let aliases = place["Aliases"].as_array().expect("aliases");
            assert!(aliases.contains(&"store".into()), "{generation:?} {place}");
            place["IPAMConfig"]["IPv4Address"].clone()
        };
        assert_eq!(said(&before), said(&after), "{generation:?}");
    }
}

#[test]
fn what_the_engine_removed_is_made_again_only_where_its_networks_are() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let image = engine.push(&both(&lab));
        engine.enable_translator(FOREIGN, Loading::Registration);
        engine.docker_ok(&["network", "create", "front"]);
        let run = ["run", "-d", "--rm", "--stop-timeout", "1", "--name", "job"];
        engine.docker_ok(&[&run[..], &["--network", "front", &image]].concat());
        let to = format!("linux/{FOREIGN}");
        archlight.ask_ok(&["rerun", "job", "--platform", &to, "--yes", "--wait", "0"]);
        engine.docker_ok(&["network", "disconnect", "front", "job"]);
        engine.docker_ok(&["network", "rm", "front"]);

        let refused = archlight.ask(&["undo", "job"]);
        assert_eq!(refused.json["error"]["kind"], "network-gone", "{generation:?}");
        assert_eq!(engine.inspect("job")["State"]["Running"], true, "{generation:?}");

        engine.docker_ok(&["network", "create", "front"]);
        archlight.ask_ok(&["undo", "job"]);
        assert_eq!(engine.inspect("job")["State"]["Running"], true, "{generation:?}");
        assert_eq!(networks(&engine, "job"), ["front"], "{generation:?}");
    }
}
