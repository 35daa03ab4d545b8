//! The command and the Compose service of a plan make the same container: they are run, and what the engine then says is
//! compared with what it said of the first one. `command/cases.rs` has the containers.

#[path = "command/cases.rs"]
mod cases;
#[path = "command/compare.rs"]
mod compare;
#[path = "command/options.rs"]
mod options;

use cases::{Case, How, Words};
use compare::{Part, differences, told};
use lab::{Archlight, Engine, Generation, ImageSpec, Lab, NATIVE, Variant};
use serde_json::{Value, json};

/// An image that says nothing of its own, and one that says all that an image can.
fn images(lab: &Lab) -> [ImageSpec; 2] {
    let platform = format!("linux/{NATIVE}");
    let plain = Variant::with_tools(&platform, lab.busybox(NATIVE)).command(&["/bin/sh", "-c", "sleep 1000"]);
    let rich = Variant::with_tools(&platform, lab.busybox(NATIVE))
        .folder("/bin", 0o755)
        .config("Entrypoint", json!(["/bin/env"]))
        .config("Cmd", json!(["sleep", "1000"]))
        .config("Env", json!(["PATH=/bin", "LEVEL=info"]))
        .config("Labels", json!({"version": "1", "maker": "acme"}))
        .config("User", json!("7"))
        .config("WorkingDir", json!("/srv"))
        .config("StopSignal", json!("SIGINT"))
        .config("ExposedPorts", json!({"80/tcp": {}, "53/udp": {}}))
        .config("Volumes", json!({"/data": {}}))
        .config(
            "Healthcheck",
            json!({"Test": ["CMD", "true"], "Interval": 60_000_000_000_u64, "Retries": 4}),
        );
    [("acme/plain", plain), ("acme/rich", rich)]
        .map(|(name, variant)| ImageSpec::new(name, "1").variant(variant))
}

struct Stage {
    engine: Engine,
    archlight: Archlight,
    generation: Generation,
    images: [String; 2],
}

impl Stage {
    fn new(lab: &Lab, generation: Generation) -> Self {
        let engine = lab.start(generation);
        let images = images(lab).map(|image| engine.push(&image));
        for image in &images {
            engine.docker_ok(&["pull", "--quiet", image]);
        }
        let dual = ["--ipv6", "--subnet", "10.77.0.0/24", "--subnet", "fd00:77::/64"];
        engine.docker_ok(&[&["network", "create"][..], &dual, &["front"]].concat());
        for network in ["back", "Side"] {
            engine.docker_ok(&["network", "create", network]);
        }
        engine.docker_ok(&[
            "run",
            "-d",
            "--name",
            "provider",
            "-v",
            "shared:/shared",
            "--ipc",
            "shareable",
            &images[0],
        ]);
        Self {
            archlight: Archlight::for_engine(&engine),
            engine,
            generation,
            images,
        }
    }

    /// What is wrong with what becomes of one container.
    fn play(&self, case: &Case) -> Result<(), String> {
        self.make(case)?;
        let first = self.engine.inspect(case.name);
        let platform = format!("linux/{NATIVE}");
        let plan = self
            .archlight
            .ask(&["rerun", case.name, "--platform", &platform, "--dry-run"])
            .json;
        let text = |field: &str| {
            plan[field]
                .as_str()
                .map(ToOwned::to_owned)
                .ok_or_else(|| format!("no {field}: {plan}"))
        };
        let (command, service) = (text("command")?, text("compose")?);
        self.engine.docker_ok(&["rm", "-f", case.name]);
        let by_command = self.by_command(case, &command, &first, &told(&plan["unsaid"]));
        self.engine.docker(&["rm", "-f", case.name]);
        let by_service = self.by_service(case, &service, &first, &told(&plan["compose_unsaid"]));
        self.engine.docker(&["rm", "-f", case.name]);
        let wrong: Vec<_> = [by_command, by_service]
            .into_iter()
            .filter_map(Result::err)
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong.join("\n"))
        }
    }

    fn make(&self, case: &Case) -> Result<(), String> {
        let image = &self.images[usize::from(case.image)];
        let made = match &case.how {
            How::Client(verb, options, words) => {
                let name = ["--name", case.name];
                let all = [&[*verb][..], &name, options, &[image], words].concat();
                let output = self.engine.own_docker(&all);
                if output.code == Some(0) {
                    Ok(())
                } else {
                    Err(output.stderr)
                }
            }
            How::Engine(body) => {
                let mut body = body.clone();
                body["Image"] = json!(image);
                self.engine.create(case.name, &body)
            }
        };
        made.map_err(|refusal| format!("the engine does not make it: {refusal}"))?;
        for join in case.joins {
            self.engine
                .docker_ok(&[&["network", "connect"][..], join, &[case.name]].concat());
        }
        Ok(())
    }

    fn by_command(&self, case: &Case, command: &str, first: &Value, unsaid: &[String]) -> Result<(), String> {
        let output = self.engine.shell(command);
        if output.code != Some(0) {
            return Err(format!("  {command}\n    {}", output.stderr.trim()));
        }
        let second = self.engine.inspect(case.name);
        let wrong = differences(first, &second, unsaid, Part::All);
        let expected: Vec<_> = case.unsaid.iter().map(|field| (*field).to_owned()).collect();
        if wrong.is_empty() && unsaid == expected {
            return Ok(());
        }
        Err(format!(
            "  {command}\n    unsaid: {unsaid:?}, expected {expected:?}\n    {}",
            wrong.join("\n    ")
        ))
    }

    fn by_service(&self, case: &Case, service: &str, first: &Value, unsaid: &[String]) -> Result<(), String> {
        let file = self.engine.folder().join(format!("{}.yaml", case.name));
        std::fs::write(&file, service).expect("the engine's folder can be written");
        let file = file.display().to_string();
        let output = self.engine.compose(&["-p", "proof", "-f", &file, "create"]);
        if output.code != Some(0) {
            return Err(format!("{service}\n    {}", output.stderr.trim()));
        }
        let second = self.engine.inspect(case.name);
        let wrong = differences(first, &second, unsaid, Part::Service);
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{service}\n    unsaid: {unsaid:?}\n    {}",
            wrong.join("\n    ")
        ))
    }
}

/// Plays all cases on one engine, and complains of all that go wrong at once.
fn play(generation: Generation) {
    let lab = lab::require!("the commands of plans");
    let stage = Stage::new(&lab, generation);
    let only = std::env::var("ARCHLIGHT_CASE").unwrap_or_default();
    let cases: Vec<_> = cases::all()
        .into_iter()
        .filter(|case| case.since <= stage.age() && case.name.contains(&only))
        .collect();
    let said = |case: &Case| stage.play(case).err().map(|why| format!("{}:\n{why}", case.name));
    let wrong: Vec<_> = cases.iter().filter_map(said).collect();
    assert!(
        wrong.is_empty(),
        "{generation:?}: {} of {} containers are not made again:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

impl Stage {
    fn age(&self) -> Words {
        match self.generation {
            Generation::Old => Words::Old,
            Generation::New | Generation::NewClassic => Words::New,
        }
    }
}

#[test]
fn an_old_engine_makes_the_same_containers_again() {
    play(Generation::Old);
}

#[test]
fn a_new_engine_makes_the_same_containers_again() {
    play(Generation::New);
}
