//! What is known of Rosetta: by the files, by the engine that answers, and by a program that is run.

use std::{path::Path, time::Duration};

use engine::{Endpoint, Identity, Store};
use host::{
    ImageStore, Machine, Os, Serving,
    apply::{self, Ground, Target, Want},
};
use tokio::{sync::oneshot, task::spawn_blocking, time::timeout};

use super::{
    Proof, Reply,
    actor::Actor,
    jobs::{Reporter, What},
    link::Link,
    probes,
};
use crate::{
    Refusal, Setup, present_rosetta,
    verdict::Witnesses,
    verdict_words::Unseen,
    view::{self, Problem},
};

/// An engine that answers does so at once; the files are worth more than waiting for one that does not.
const ENGINE_PATIENCE: Duration = Duration::from_secs(2);
/// Whose programs Rosetta runs.
const PLATFORM: &str = "linux/amd64";

/// What is asked of the engine.
struct Asked {
    setup: Setup,
    proof: Proof,
    kept: Option<view::Probed>,
    reporter: Reporter,
}

impl Actor {
    /// Reads the files beside the actor, since a protected folder may wait for the user's answer.
    pub(super) fn read_rosetta(&mut self, proof: Proof, reply: Reply<view::Rosetta>) {
        let reporter = self.reporter();
        let asked = Asked {
            setup: self.setup.clone(),
            proof,
            kept: self.kept_probe(),
            reporter: self.reporter(),
        };
        let engine = self.engine_for(&asked);
        tokio::spawn(async move {
            let answer = match engine {
                Some(engine) => asked.with_engine(engine).await,
                None => asked.without_engine().await,
            };
            let answer = answer.inspect(|rosetta| {
                reporter.send(What::Rosetta(Box::new(rosetta.clone())));
            });
            reply.send(answer).ok();
        });
    }

    /// What a probe of this start of the engine found out of amd64.
    fn kept_probe(&mut self) -> Option<view::Probed> {
        let report = self.translator()?.report;
        let mut known = report.foreign.into_iter().chain(report.native.probed);
        known.find(|probed| probed.platform == PLATFORM)
    }

    /// The engine, where it has to do with these files, and as soon as there is one.
    fn engine_for(&mut self, asked: &Asked) -> Option<oneshot::Receiver<Result<engine::Engine, Problem>>> {
        let is_idle = matches!(self.link, Link::Idle | Link::Making | Link::Up(_));
        let is_wanted = asked.setup.machine().os == Os::MacOs && is_idle && !self.setup.sample;
        if asked.proof == Proof::Kept && !(is_wanted && asked.setup.has_engine()) {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        self.with_engine(move |engine| drop(sender.send(engine)));
        Some(receiver)
    }
}

type Answer = Result<view::Rosetta, Problem>;

impl Asked {
    async fn with_engine(self, engine: oneshot::Receiver<Result<engine::Engine, Problem>>) -> Answer {
        let engine = match self.proof {
            Proof::Fresh => engine.await.map_err(|_| Refusal::Ended)?,
            Proof::Kept => match timeout(ENGINE_PATIENCE, engine).await {
                Ok(Ok(engine)) => engine,
                Ok(Err(_)) | Err(_) => return self.without_engine().await,
            },
        };
        match (engine, self.proof) {
            (Ok(engine), Proof::Kept) => self.of_engine(&engine, None).await,
            (Ok(engine), Proof::Fresh) => {
                // Where Rosetta is not needed, whatever is foreign is tried.
                let is_mac = self.setup.machine().os == Os::MacOs;
                let platform = is_mac.then(|| PLATFORM.to_owned());
                let report = probes::probe(&engine, platform).await;
                probes::tell_probes(&engine, &self.reporter);
                let report = report?;
                let probed = report.foreign.into_iter().next().or(report.native.probed);
                self.of_engine(&engine, probed).await
            }
            (Err(problem), Proof::Fresh) => Err(problem),
            (Err(_), Proof::Kept) => self.without_engine().await,
        }
    }

    async fn of_engine(self, engine: &engine::Engine, fresh: Option<view::Probed>) -> Answer {
        let identity = engine.identity();
        let probed = fresh.or(self.kept);
        let told = Told::by(identity);
        let unseen = probed.is_none().then_some(Unseen::Probe);
        let endpoint = engine::locate(&self.setup.of_files()).await.ok();
        let serving = serving(Some(identity), endpoint.as_ref());
        let unseen = unseen.into_iter().collect();
        read(self.setup, serving, told, probed, unseen).await
    }

    async fn without_engine(self) -> Answer {
        let unseen = match (self.setup.machine().os, self.setup.has_engine()) {
            (Os::Linux, _) => Vec::new(),
            (Os::MacOs, false) => vec![Unseen::OtherMachine],
            (Os::MacOs, true) => vec![Unseen::Engine],
        };
        let endpoint = engine::locate(&self.setup.of_files()).await.ok();
        let serving = serving(None, endpoint.as_ref());
        read(self.setup, serving, Told::default(), None, unseen).await
    }
}

async fn read(
    setup: Setup,
    engine: Serving,
    told: Told,
    probed: Option<view::Probed>,
    unseen: Vec<Unseen>,
) -> Result<view::Rosetta, Problem> {
    let read = spawn_blocking(move || {
        let found = read_now(&setup, &engine, &told, probed.as_ref(), &unseen);
        view::Rosetta {
            turns_on_here: turns_on_here(&setup, &found),
            ..found
        }
    });
    Ok(read.await.map_err(|_| Refusal::Ended)?)
}

/// Whether a plan to turn it on has something to do, and no reason against it.
fn turns_on_here(setup: &Setup, found: &view::Rosetta) -> bool {
    if found.state != host::State::Off.as_str() {
        return false;
    }
    let (roots, machine, folders) = (setup.roots(), setup.machine(), setup.folders());
    let ground = Ground {
        roots: &roots,
        machine: &machine,
        folders: &folders,
    };
    let target = Target {
        runtime: host::Runtime::from_word(&found.runtime),
        machine: found.instance.clone(),
    };
    let plan = apply::plan(&ground, Want::On, Some(&target), None);
    plan.refusals.is_empty() && !plan.is_done()
}

/// Reads the files at once: a protected folder may wait for the user's answer.
pub(super) fn read_now(
    setup: &Setup,
    engine: &Serving,
    told: &Told,
    probed: Option<&view::Probed>,
    unseen: &[Unseen],
) -> view::Rosetta {
    let roots = setup.roots();
    let machine = proven(setup.machine(), engine, probed);
    let found = host::runtimes(&roots, &machine, &setup.folders());
    let settings = host::serving(&roots, &machine, &found, engine);
    let witnesses = Witnesses {
        settings: &settings,
        host: &host::host_rosetta(&roots, &machine),
        machine: &machine,
        store: told.store,
        kernel: told.kernel.as_deref(),
        probed,
    };
    present_rosetta::rosetta(&witnesses, &found, unseen)
}

/// A Mac on which an amd64 program was translated has Apple Silicon, where only that could not be told before.
fn proven(mut machine: Machine, engine: &Serving, probed: Option<&view::Probed>) -> Machine {
    let is_assumed = machine.os == Os::MacOs && machine.architecture.is_none();
    let is_its_own = engine.elsewhere.is_none() && engine.socket.is_some();
    let proves = |probed: &view::Probed| {
        let by_qemu = probed.translator == "qemu" && engine.runtime.is_some();
        probed.platform == PLATFORM
            && probed.known
            && probed.runs
            && (by_qemu || probed.translator == "rosetta")
    };
    if is_assumed && is_its_own && probed.is_some_and(proves) {
        machine.architecture = Some("arm64".to_owned());
    }
    machine
}

/// What an engine says that has to do with known trouble.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    store: Option<ImageStore>,
    kernel: Option<String>,
}

impl Told {
    fn by(identity: &Identity) -> Self {
        Self {
            store: Some(image_store(identity.store)),
            kernel: identity.kernel.clone(),
        }
    }
}

fn image_store(store: Store) -> ImageStore {
    match store {
        Store::Classic => ImageStore::Classic,
        Store::Containerd => ImageStore::Containerd,
    }
}

/// What the engine says of itself, and where it is reached.
pub(super) fn serving(identity: Option<&Identity>, endpoint: Option<&Endpoint>) -> Serving {
    let runtime = identity.map(|identity| host::Runtime::from_word(identity.runtime.as_str()));
    let is_named =
        |runtime: &host::Runtime| !matches!(runtime, host::Runtime::Unknown | host::Runtime::DockerEngine);
    let socket = endpoint.and_then(Endpoint::socket).map(Path::to_path_buf);
    let address = endpoint.map(|endpoint| &endpoint.url);
    Serving {
        runtime: runtime.filter(is_named),
        machine: identity.map(|identity| identity.machine.clone()),
        socket,
        elsewhere: address.filter(|url| is_elsewhere(url)).cloned(),
    }
}

/// By the address alone: another machine's name, or a tunnel to it.
fn is_elsewhere(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let is_here = ["localhost", "127.", "[::1]"]
        .iter()
        .any(|name| rest.starts_with(name));
    scheme == "ssh" || matches!(scheme, "tcp" | "http") && !is_here
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn an_address_tells_whether_the_engine_is_on_another_machine() {
        for (url, elsewhere) in [
            ("unix:///var/run/docker.sock", false),
            ("tcp://127.0.0.1:2375", false),
            ("tcp://localhost:2375", false),
            ("http://[::1]:2375", false),
            ("tcp://build:2375", true),
            ("ssh://me@localhost", true),
            ("nothing", false),
        ] {
            assert_eq!(is_elsewhere(url), elsewhere, "{url}");
        }
    }

    /// What a probe found, and what is known then of the processor of a Mac that tells nothing of it.
    #[test]
    fn a_translated_program_proves_the_processor_of_the_mac_that_it_ran_on() {
        let here = Serving {
            runtime: Some(host::Runtime::Colima),
            socket: Some("/Users/me/.colima/default/docker.sock".into()),
            ..Serving::default()
        };
        let elsewhere = Serving {
            elsewhere: Some("ssh://server".to_owned()),
            ..here.clone()
        };
        let some_engine = Serving {
            runtime: None,
            ..here.clone()
        };
        for (engine, runs, translator, is_proven) in [
            (&here, true, "rosetta", true),
            (&here, true, "qemu", true),
            (&here, true, "native", false),
            (&here, true, "unknown", false),
            (&here, false, "none", false),
            (&some_engine, true, "rosetta", true),
            (&some_engine, true, "qemu", false),
            (&elsewhere, true, "rosetta", false),
        ] {
            let probed = view::Probed {
                platform: PLATFORM.to_owned(),
                runs,
                known: true,
                why: String::new(),
                hint: None,
                translator: translator.to_owned(),
                evidence: String::new(),
                features: BTreeMap::new(),
                dynamic: None,
                relative_speed: None,
                speed: None,
                pace: None,
                at: 0,
            };
            let machine = Machine {
                os: Os::MacOs,
                os_version: Some("26.1".to_owned()),
                architecture: None,
                translated_process: false,
            };
            let architecture = proven(machine, engine, Some(&probed)).architecture;
            assert_eq!(
                architecture.is_some(),
                is_proven,
                "{runs} {translator} {engine:?}"
            );
        }
    }
}
