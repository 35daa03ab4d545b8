//! Networks that a container was taken out of, or that changed, while it runs or is kept.

use lab::{
    Answer, Archlight, Engine, FOREIGN, Generation, ImageSpec, Interruption, Lab, Loading, NATIVE, Variant,
    Victim,
};
use serde_json::{Value, json};

/// The subnet of the network `front`, and another one.
const SUBNETS: [&str; 2] = ["172.30.7.0/24", "172.30.8.0/24"];

/// An undo makes fewer calls than this; more of them would be a loop.
const MOST: usize = 30;

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

/// An engine with a container `web`, which has an address of its own and an alias in the network `front`.
struct Stage {
    engine: Engine,
    archlight: Archlight,
    /// The old container.
    old: String,
    context: Generation,
}

impl Stage {
    fn new(lab: &Lab, generation: Generation, subnet: &str, address: &str) -> Self {
        let engine = lab.start(generation);
        let archlight = Archlight::for_engine(&engine);
        let variant = Variant::with_tools(&format!("linux/{NATIVE}"), lab.busybox(NATIVE));
        let variant = variant.config("StopSignal", "SIGKILL".into());
        let variant = variant.command(&["/bin/sh", "-c", "sleep 1000"]);
        let image = engine.push(&ImageSpec::new("acme/app", "1").variant(variant));
        engine.docker_ok(&["network", "create", "--subnet", subnet, "front"]);
        let place = ["--network", "front", "--network-alias", "store", "--ip", address];
        let run = [&["run", "-d", "--name", "web"][..], &place, &[&image]].concat();
        let old = engine.docker_ok(&run).trim().to_owned();
        Self {
            engine,
            archlight,
            old,
            context: generation,
        }
    }

    /// The name under which the old one is kept.
    fn rerun(&self) -> String {
        let rerun = ["rerun", "web", "--platform", "native", "--yes", "--wait", "0"];
        let done = self.archlight.ask_ok(&rerun);
        done["kept_as"].as_str().expect("a name").to_owned()
    }

    /// Runs `words` of the command line until a call `line` of it reaches the engine.
    fn killed_before(&self, words: &[&str], line: &'static str) {
        let victim = Victim::default();
        let heard = victim.clone();
        let socket = self.archlight.home().join("interruption.sock");
        let interruption =
            Interruption::before(&socket, &self.engine.socket(), line, move || heard.signal("KILL"));
        let mut command = self.archlight.command(words);
        victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
        assert!(interruption.came(), "{words:?}");
    }

    /// Runs an undo until its call of this number. Says whether it came to that.
    fn undo_killed_at(&self, call: usize) -> bool {
        let victim = Victim::default();
        let heard = victim.clone();
        let socket = self.archlight.home().join("interruption.sock");
        let interruption =
            Interruption::at(&socket, &self.engine.socket(), call, move || heard.signal("KILL"));
        let mut command = self.archlight.command(&["undo", "web"]);
        victim.run(command.env("DOCKER_HOST", interruption.docker_host()));
        interruption.came()
    }

    /// Removes `front`, after all containers were taken out of it that it would not let go.
    fn remove_front(&self, taken_out: &[&str]) {
        for name in taken_out {
            self.engine
                .docker_ok(&["network", "disconnect", "--force", "front", name]);
        }
        self.engine.docker_ok(&["network", "rm", "front"]);
    }

    fn make_front(&self, subnet: &str) {
        self.engine
            .docker_ok(&["network", "create", "--subnet", subnet, "front"]);
    }

    /// All containers, since when they run, and where they are.
    fn facts(&self) -> Value {
        let names = self.engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]);
        let facts = names.lines().map(|name| {
            let json = self.engine.inspect(name);
            json!([name, json["Id"], json["State"], networks(&self.engine, name)])
        });
        facts.collect()
    }

    /// What `words` refuse with, touching nothing.
    fn refused(&self, words: &[&str], kind: &str) -> Answer {
        let before = self.facts();
        let refused = self.archlight.ask(words);
        let context = format!("{:?} {words:?}: {}", self.context, refused.json);
        assert_eq!(refused.json["error"]["kind"], kind, "{context}");
        assert_eq!(self.facts(), before, "{context}");
        refused
    }

    /// The old container is where it was, and nothing else is there.
    fn assert_back(&self, address: &str) {
        let json = self.engine.inspect("web");
        let context = format!("{:?} {json}", self.context);
        assert_eq!(json["Id"], self.old.as_str(), "{context}");
        assert_eq!(json["State"]["Running"], true, "{context}");
        let place = &json["NetworkSettings"]["Networks"]["front"];
        assert_eq!(place["IPAddress"], address, "{context}");
        let aliases = place["Aliases"].as_array().expect("aliases");
        assert!(aliases.contains(&"store".into()), "{context}");
        let names = self.engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]);
        assert_eq!(names, "web", "{context}");
    }

    /// Does what a hint says: runs the last command in it.
    fn follow(&self, refused: &Answer) {
        let hint = refused.json["error"]["hint"].as_str().expect("a hint");
        let command = hint.rsplit('`').nth(1).expect("a command");
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(words[0], "docker", "{hint}");
        self.engine.docker_ok(&words[1..]);
    }
}

#[test]
fn a_network_that_is_gone_is_missed_though_the_kept_container_was_taken_out_of_it() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SUBNETS[0], "172.30.7.9");
        let kept = stage.rerun();
        stage.remove_front(&["web", &kept]);
        assert_eq!(networks(&stage.engine, &kept), [""; 0], "{generation:?}");

        let refused = stage.refused(&["undo", "web"], "network-gone");
        let said = refused.json["error"]["message"].as_str().expect("a sentence");
        assert!(said.contains("`front`"), "{said}");
        stage.follow(&refused);
        stage.archlight.ask_ok(&["undo", "web"]);
        stage.assert_back("172.30.7.9");
    }
}

#[test]
fn an_undo_joins_the_usual_network_that_the_kept_container_was_taken_out_of() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SUBNETS[0], "172.30.7.9");
        stage.engine.docker_ok(&["network", "connect", "bridge", "web"]);
        let kept = stage.rerun();
        for network in ["bridge", "front"] {
            stage
                .engine
                .docker_ok(&["network", "disconnect", "--force", network, &kept]);
        }
        stage.archlight.ask_ok(&["undo", "web"]);
        stage.assert_back("172.30.7.9");
        assert_eq!(
            networks(&stage.engine, "web"),
            ["bridge", "front"],
            "{generation:?}"
        );
    }
}

#[test]
fn a_stopped_container_too_comes_back_into_its_networks_or_not_at_all() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SUBNETS[0], "172.30.7.9");
        stage.engine.docker_ok(&["stop", "web"]);
        let kept = stage.rerun();
        stage.remove_front(&["web", &kept]);
        let refused = stage.refused(&["undo", "web"], "network-gone");
        stage.follow(&refused);
        stage.archlight.ask_ok(&["undo", "web"]);
        assert_eq!(
            stage.engine.inspect("web")["State"]["Running"],
            false,
            "{generation:?}"
        );
        stage.engine.docker_ok(&["start", "web"]);
        stage.assert_back("172.30.7.9");
    }
}

#[test]
fn a_network_of_another_subnet_is_refused_before_anything_is_stopped() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SUBNETS[0], "172.30.7.9");
        stage.rerun();
        stage.remove_front(&["web"]);
        stage.make_front(SUBNETS[1]);
        let refused = stage.refused(&["undo", "web"], "other-subnet");
        let said = refused.json["error"]["message"].as_str().expect("a sentence");
        for part in ["172.30.7.9", "`front`", SUBNETS[1]] {
            assert!(said.contains(part), "{said}");
        }
        stage.remove_front(&[]);
        stage.follow(&refused);
        stage.archlight.ask_ok(&["undo", "web"]);
        stage.assert_back("172.30.7.9");
    }
}

#[test]
fn what_was_interrupted_is_not_planned_into_a_network_of_another_subnet() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SUBNETS[0], "172.30.7.9");
        let rerun = ["rerun", "web", "--platform", "native", "--yes", "--wait", "0"];
        stage.killed_before(&rerun, "/rename");
        stage.remove_front(&[]);
        stage.make_front(SUBNETS[1]);

        let planned = stage.archlight.ask_ok(&["rerun", "web", "--dry-run"]);
        let blockers = planned["blockers"].as_array().expect("a list");
        let [blocker] = &blockers[..] else {
            panic!("{generation:?}: {planned}")
        };
        assert_eq!(blocker["kind"], "other-subnet", "{generation:?}");
        let said = blocker["text"].as_str().expect("a sentence");
        assert!(
            said.contains(&format!("docker network create --subnet {} front", SUBNETS[0])),
            "{said}"
        );
        stage.refused(&rerun, "other-subnet");
        stage.refused(&["undo", "web"], "other-subnet");
        stage.remove_front(&[]);
        stage.make_front(SUBNETS[0]);
        stage.archlight.ask_ok(&["undo", "web"]);
        stage.assert_back("172.30.7.9");
    }
}

/// Engines take a chosen address only where the subnet was chosen, and do not tell whether it was.
#[test]
fn a_network_that_does_not_take_the_address_stops_nothing_and_loses_nothing() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        // What engines give out first beside their own.
        let (subnet, address) = ("172.18.0.0/16", "172.18.0.77");
        let stage = Stage::new(&lab, generation, subnet, address);
        stage.rerun();
        stage.remove_front(&["web"]);
        stage.engine.docker_ok(&["network", "create", "front"]);
        let new = stage.engine.inspect("web")["State"].take();
        for _ in 0..2 {
            let failed = stage.archlight.ask(&["undo", "web"]);
            let context = format!("{generation:?} {}", failed.json);
            assert_eq!(failed.json["error"]["kind"], "not-joined", "{context}");
            assert_eq!(stage.engine.inspect("web")["State"], new, "{context}");
        }
        stage.remove_front(&[]);
        let refused = stage.refused(&["undo", "web"], "network-gone");
        stage.follow(&refused);
        stage.archlight.ask_ok(&["undo", "web"]);
        stage.assert_back(address);
    }
}

#[test]
fn an_undo_that_is_killed_after_any_call_is_completed_by_the_next() {
    let lab = lab::require!("re-runs");
    for generation in [Generation::Old, Generation::New] {
        let stage = Stage::new(&lab, generation, SUBNETS[0], "172.30.7.9");
        let mut calls = 0;
        for call in 1..MOST {
            stage.rerun();
            stage.remove_front(&["web"]);
            stage.make_front(SUBNETS[0]);
            let was_killed = stage.undo_killed_at(call);
            if !was_killed {
                break;
            }
            calls = call;
            if call == 1 {
                // It left, and did not join yet.
                stage.remove_front(&[]);
                stage.refused(&["undo", "web"], "network-gone");
                stage.make_front(SUBNETS[0]);
            }
            stage.archlight.ask_ok(&["undo", "web"]);
            stage.assert_back("172.30.7.9");
        }
        assert!(
            calls > 4,
            "{generation:?}: {calls} calls are too few to be an undo"
        );
        stage.assert_back("172.30.7.9");
    }
}
