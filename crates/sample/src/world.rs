//! Everything that the sample engine holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde_json::{Map, Value, json};

use crate::{
    clock::Moment,
    containers::{
        Container, Status, Wanted, create,
        life::{begin, end},
    },
    events::Events,
    images::Image,
    networks::Network,
    recorded::{self, ContainerRecord, ImageRecord, Kernel},
    scenario::Scenario,
};

/// All state of one sample engine.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) kernel: Kernel,
    pub(crate) images: Vec<Image>,
    pub(crate) containers: Vec<Container>,
    pub(crate) networks: Vec<Network>,
    /// When each was made.
    pub(crate) volumes: BTreeMap<String, Moment>,
    pub(crate) events: Events,
    pub(crate) began: Moment,
    /// The ids of containers whose first change was refused.
    pub(crate) changed: BTreeSet<String>,
    version: Value,
    info: Value,
    counted: u64,
}

impl World {
    /// The recorded world as of now, with as many copies as `scenario` wants.
    pub(crate) fn new(scenario: &Scenario) -> io::Result<Self> {
        let kernel: Kernel = recorded::read(recorded::KERNEL)?;
        let images: Vec<ImageRecord> = recorded::read(recorded::IMAGES)?;
        let networks: Vec<Network> = recorded::read(recorded::NETWORKS)?;
        let mut world = Self {
            images: images
                .into_iter()
                .map(|image| Image::new(image, &kernel))
                .collect::<io::Result<_>>()?,
            networks: networks.into_iter().map(Network::identified).collect(),
            version: recorded::read(recorded::VERSION)?,
            info: recorded::read(recorded::INFO)?,
            containers: Vec::new(),
            volumes: BTreeMap::new(),
            events: Events::new(),
            began: Moment::now(),
            changed: BTreeSet::new(),
            counted: 0,
            kernel,
        };
        let records: Vec<ContainerRecord> = recorded::read(recorded::CONTAINERS)?;
        for record in &records {
            world.enact(record)?;
        }
        world.fill(scenario);
        Ok(world)
    }

    /// A number that was not given out before.
    pub(crate) fn count(&mut self) -> u64 {
        self.counted += 1;
        self.counted
    }

    /// The containers that were made of image `id`.
    pub(crate) fn users(&self, id: &str) -> impl Iterator<Item = &Container> {
        self.containers
            .iter()
            .filter(move |container| container.image == id)
    }

    /// `GET /version`.
    pub(crate) fn version(&self) -> &Value {
        &self.version
    }

    /// `GET /info`.
    pub(crate) fn info(&self) -> Value {
        let count = |wanted: &[Status]| {
            self.containers
                .iter()
                .filter(|container| wanted.contains(&container.state.status))
                .count()
        };
        let mut info = self.info.clone();
        info["Containers"] = json!(self.containers.len());
        info["ContainersRunning"] = json!(count(&[Status::Running, Status::Restarting]));
        info["ContainersPaused"] = json!(count(&[Status::Paused]));
        info["ContainersStopped"] = json!(count(&[Status::Created, Status::Exited]));
        info["Images"] = json!(self.images.iter().filter(|image| image.is_here()).count());
        info["SystemTime"] = json!(Moment::now().text());
        info
    }

    /// Tells of something that happened to the container at `index`.
    pub(crate) fn tell_at(&mut self, index: usize, at: Moment, action: &str, more: &[(&str, Value)]) {
        self.events.container(at, action, &self.containers[index], more);
    }

    /// Tells of a container that joined or left `network`.
    pub(crate) fn tell_network(&mut self, network: &Network, index: usize, at: Moment, action: &str) {
        let container = &self.containers[index].id;
        let told = [
            ("container", container),
            ("name", &network.name),
            ("type", &network.driver),
        ];
        let told: Map<String, Value> = told
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        self.events.emit(at, "network", action, &network.id, &told);
    }

    pub(crate) fn join_networks(&mut self, index: usize, at: Moment) {
        self.tell_networks(index, at, "connect");
    }

    pub(crate) fn leave_networks(&mut self, index: usize, at: Moment) {
        self.tell_networks(index, at, "disconnect");
    }

    fn tell_networks(&mut self, index: usize, at: Moment, action: &str) {
        let networks = self
            .networks
            .iter()
            .filter(|network| self.containers[index].networks.contains_key(&network.name));
        for network in networks.cloned().collect::<Vec<_>>() {
            self.tell_network(&network, index, at, action);
        }
    }

    /// Does what a user once did, at the time at which it was done.
    fn enact(&mut self, record: &ContainerRecord) -> io::Result<()> {
        let mut body = record.body.clone();
        body.insert("Image".to_owned(), json!(record.image));
        let wanted = Wanted {
            name: &record.name,
            platform: &record.platform,
            body: &body,
        };
        create(self, &wanted, self.began.before(record.age))
            .map_err(|refusal| io::Error::other(refusal.message))?;
        let index = self.containers.len() - 1;
        let Some(started) = record.started else {
            return Ok(());
        };
        // A start that is refused is a part of the record.
        let ending = begin(self, index, self.began.before(started)).ok().flatten();
        if let Some(ending) = ending {
            let ended = self.began.before(record.ended.unwrap_or(started));
            end(self, index, ending.code, ended);
        }
        if record.paused {
            self.containers[index].state.status = Status::Paused;
        }
        Ok(())
    }

    /// Copies of what is recorded, under other names and ids.
    fn fill(&mut self, scenario: &Scenario) {
        let images: Vec<Image> = self
            .images
            .iter()
            .filter(|image| image.is_here())
            .cloned()
            .collect();
        for (nth, image) in (images.len()..scenario.more_images).zip(images.iter().cycle()) {
            self.images
                .push(image.copied(format!("{}-{nth}:1", image.repository())));
        }
        let containers = self.containers.clone();
        for (nth, container) in (containers.len()..scenario.more_containers).zip(containers.iter().cycle()) {
            let mut copy = container.clone();
            copy.id = crate::digest::id(&format!("copy {nth}"));
            copy.name = format!("{}-{nth}", container.name);
            self.containers.push(copy);
        }
    }
}
