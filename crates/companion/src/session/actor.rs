//! The actor: one loop over what comes in, and the only owner of what is known.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use engine::{EngineError, EventKind, Scope};
use platform::Platform;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{
    Proof, Request,
    answers::Waiting,
    building::Building,
    images::ImageLooks,
    interrupted::Interrupted,
    jobs::{self, Event, Listing, Reporter, What},
    link::Link,
    looks::Looks,
    probes::Probing,
    several::Several,
    tidying::Tidying,
};
use crate::{
    Setup,
    board::{Board, Entry},
    examine::Here,
    memory::{Memory, Probes},
    present,
    view::{self, Update},
};

/// Removed containers that are remembered, for lists that are older than their end: one is under way for a second or two.
const GONE: usize = 256;

/// What the session was asked to keep current.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each can be wanted without the others"
)]
pub(super) struct Wants {
    pub(super) containers: bool,
    pub(super) images: bool,
    pub(super) causes: bool,
    pub(super) follow: bool,
}

/// The session's state.
pub(super) struct Actor {
    pub(super) setup: Setup,
    requests: mpsc::Receiver<Request>,
    events: mpsc::UnboundedReceiver<Event>,
    pub(super) reporter: Reporter,
    pub(super) link: Link,
    pub(super) failures: u32,
    pub(super) up_since: Option<Instant>,
    /// What follows the engine's events, one at a time; it ends with the link, and with the session.
    pub(super) following: JoinSet<()>,
    pub(super) sample: Option<sample::Sample>,
    pub(super) identity: Option<engine::Identity>,
    pub(super) host: view::Host,
    pub(super) here: Arc<Here>,
    pub(super) rosetta: Option<view::Rosetta>,
    pub(super) board: Board,
    /// A copy that jobs read.
    pub(super) known: Arc<Memory>,
    pub(super) memory: Memory,
    pub(super) probes: Probes,
    pub(super) probing: Probing,
    pub(super) wants: Wants,
    pub(super) waiting: Vec<Waiting>,
    pub(super) watchers: Vec<mpsc::UnboundedSender<Update>>,
    pub(super) looks: Looks,
    pub(super) image_looks: ImageLooks,
    pub(super) tidying: Tidying,
    pub(super) building: Building,
    pub(super) interrupted: Interrupted,
    pub(super) several: Several,
    dirty: HashSet<String>,
    /// What events spoke of since the last whole list was asked for: that list may be older than they are.
    touched: HashSet<String>,
    /// Containers that were removed last, the newest first.
    gone: VecDeque<String>,
    images_dirty: bool,
    /// Whether a list of images is under way: one at a time is enough.
    images_coming: bool,
    pub(super) flush_at: Option<Instant>,
}

/// What the loop wakes up for.
enum Tick {
    Request(Request),
    Event(Event),
    Timer,
    End,
}

impl Actor {
    pub(super) fn new(setup: Setup, requests: mpsc::Receiver<Request>) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let cache = setup.cache.as_deref().filter(|_| !setup.sample);
        let memory = Memory::load(cache);
        Self {
            host: present::host(&setup.machine()),
            here: Arc::new(setup.here()),
            known: Arc::new(memory.clone()),
            memory,
            probes: Probes::at(cache),
            probing: Probing::default(),
            requests,
            events,
            reporter: Reporter {
                epoch: 0,
                events: sender,
            },
            link: Link::Idle,
            failures: 0,
            up_since: None,
            following: JoinSet::new(),
            sample: None,
            identity: None,
            rosetta: None,
            board: Board::default(),
            wants: Wants::default(),
            waiting: Vec::new(),
            watchers: Vec::new(),
            looks: Looks::default(),
            image_looks: ImageLooks::default(),
            tidying: Tidying::default(),
            building: Building::default(),
            interrupted: Interrupted::default(),
            several: Several::default(),
            dirty: HashSet::new(),
            touched: HashSet::new(),
            gone: VecDeque::new(),
            images_dirty: false,
            images_coming: false,
            flush_at: None,
            setup,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.tick().await {
                Tick::Request(request) => self.request(request),
                Tick::Event(event) if self.is_current(&event) => self.event(event.what),
                Tick::Event(_) => {}
                Tick::Timer => self.timer(),
                Tick::End => break,
            }
            self.answer();
        }
        self.memory.save();
    }

    /// What the settings say has nothing to do with an engine, what probes found out says itself of which start, and what was
    /// begun on an engine goes on there.
    fn is_current(&self, event: &Event) -> bool {
        let of_itself = matches!(
            event.what,
            What::Rosetta(_)
                | What::SettingChanged
                | What::Probed(..)
                | What::KeptProbe(_)
                | What::ProbeDone
                | What::OneOfSeveral(..)
        );
        of_itself || event.epoch == self.reporter.epoch
    }

    async fn tick(&mut self) -> Tick {
        let wake = self.wake();
        let timer = async {
            match wake {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            request = self.requests.recv() => request.map_or(Tick::End, Tick::Request),
            event = self.events.recv() => event.map_or(Tick::End, Tick::Event),
            () = timer => Tick::Timer,
        }
    }

    fn wake(&self) -> Option<Instant> {
        [self.flush_at, self.link.again(), self.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn timer(&mut self) {
        let now = Instant::now();
        if self.flush_at.is_some_and(|at| at <= now) {
            self.flush_at = None;
            self.refresh();
            self.publish();
            self.save_when_quiet();
        }
        if self.link.again().is_some_and(|at| at <= now) {
            self.connect();
        }
    }

    fn event(&mut self, what: What) {
        match what {
            What::Connected(Ok(engine)) => self.connected(engine),
            What::Connected(Err(problem)) | What::Sample(Err(problem)) => self.lost(&problem),
            What::Sample(Ok(sample)) => self.with_sample(sample),
            What::Listed(listing) => self.listed(listing),
            What::Images(Ok(images), learned) => self.images_listed(images, learned),
            What::Images(Err(error), _) => {
                self.images_coming = false;
                self.list_failed(&error);
            }
            What::StreamEnded(Some(error)) => self.lost(&(&error).into()),
            What::StreamEnded(None) => self.lost(&(&jobs::stream_ended()).into()),
            What::Engine(event) => self.engine_event(event),
            What::SecondLook(id) => self.second_look(id),
            What::Examined(id, examined) => self.examined(&id, examined),
            What::Seen(id, seen) => self.seen(&id, seen),
            What::ImageLookedAt(id, finding) => self.image_looked_at(&id, finding),
            What::Interrupted(reruns) => self.found_interrupted(reruns),
            What::UndoFiles(files) => self.board.undo_files = files,
            What::Progress(progress) => self.tell(&Update::Progress(progress)),
            What::OneOfSeveral(place, became) => self.one_of_several(place, *became),
            What::Probed(start, probed) => self.learn_probes(&start, probed),
            What::ProbeDone => self.probe_done(),
            What::KeptProbe(answer) => drop(answer.send(self.translator().map(|known| known.report))),
            What::Rosetta(rosetta) => {
                self.rosetta = Some((*rosetta).clone());
                self.tell(&Update::Rosetta { rosetta: *rosetta });
            }
            What::SettingChanged => self.read_rosetta(Proof::Kept, oneshot::channel().0),
        }
        self.look_at_next_images();
        self.stale();
    }

    /// What has come in is taken in: whoever ends the program expects it to be kept.
    pub(super) fn catch_up(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            if self.is_current(&event) {
                self.event(event.what);
            }
        }
    }

    /// The engine's own platform, once it is known.
    pub(super) fn platform(&self) -> Option<&Platform> {
        self.identity.as_ref().map(|identity| &identity.platform)
    }

    pub(super) fn reporter(&self) -> Reporter {
        self.reporter.clone()
    }

    /// Starts what is wanted and not under way.
    pub(super) fn load(&mut self) {
        let Some(engine) = self.link.engine().cloned() else {
            return self.connect_unless_down();
        };
        (self.board.containers_complete, self.board.images_complete) = (false, false);
        if self.wants.follow {
            self.following = JoinSet::new();
            self.following
                .spawn(jobs::follow(engine.clone(), self.reporter()));
        }
        // The whole list takes seconds on some stores, and what runs comes in milliseconds: it is shown first, and
        // shows by itself whether an image's platform is translated here.
        if self.wants.follow || (self.wants.images && !self.wants.containers) {
            self.list(Scope::Running);
        }
        if self.wants.containers {
            self.list(Scope::All);
        }
        self.touched.clear();
        if self.wants.images {
            self.list_images(engine);
        }
    }

    fn list_images(&mut self, engine: engine::Engine) {
        (self.images_coming, self.images_dirty) = (true, false);
        tokio::spawn(jobs::images(engine, Arc::clone(&self.known), self.reporter()));
    }

    fn connect_unless_down(&mut self) {
        if !matches!(self.link, Link::Down { .. }) {
            self.connect();
        }
    }

    fn list(&self, scope: Scope) {
        if let Some(engine) = self.link.engine().cloned() {
            tokio::spawn(jobs::list(
                engine,
                scope,
                Arc::clone(&self.known),
                self.reporter(),
            ));
        }
    }

    fn listed(&mut self, listing: Listing) {
        self.learn_images(listing.learned);
        let rows = match listing.rows {
            Ok(rows) => rows,
            Err(error) => return self.list_failed(&error),
        };
        let came: HashSet<String> = rows.iter().map(|(row, _)| row.id.clone()).collect();
        let looked_for = |id: &String| match &listing.scope {
            Scope::All => true,
            Scope::Running => false,
            Scope::These(ids) => ids.contains(id),
        };
        let touched = &self.touched;
        self.board
            .containers
            .retain(|id, _| came.contains(id) || touched.contains(id) || !looked_for(id));
        let by_event = matches!(listing.scope, Scope::These(_));
        for (row, platform) in rows {
            // The engine may have written the list before it removed the container; an id is never given twice.
            if !self.gone.contains(&row.id) {
                self.put(row, platform, by_event);
            }
        }
        self.board.running_complete |= matches!(listing.scope, Scope::Running | Scope::All);
        if listing.scope == Scope::All {
            self.board.containers_complete = true;
            // These may have changed after the engine wrote the list, so they are asked for once more.
            self.dirty.extend(self.touched.drain());
            self.tell_complete();
        }
        self.look();
    }

    /// From now on no job asks for these again.
    fn learn_images(&mut self, learned: HashMap<String, Platform>) {
        if learned.is_empty() {
            return;
        }
        for (id, platform) in learned {
            self.memory.learn_image(id, &platform);
        }
        self.known = Arc::new(self.memory.clone());
    }

    fn put(&mut self, row: engine::Container, platform: Option<Platform>, by_event: bool) {
        let id = row.id.clone();
        let mut entry = Entry::new(row, platform);
        if let Some(old) = self.board.containers.remove(&id) {
            let same = old.row.state == entry.row.state
                && old.row.exit_code() == entry.row.exit_code()
                && old.is_unhealthy() == entry.is_unhealthy();
            // A container that is restarted over and over ends the same way each time.
            if same && (!by_event || entry.row.state == "restarting" || entry.is_running()) {
                (entry.examined, entry.seen, entry.looked_at) = (old.examined, old.seen, old.looked_at);
            }
        }
        self.board.containers.insert(id.clone(), entry);
        self.queue(&id);
    }

    fn images_listed(&mut self, images: Vec<engine::Image>, learned: HashMap<String, Platform>) {
        self.learn_images(learned);
        self.board.images = images
            .into_iter()
            .map(|image| (image.id.clone(), image))
            .collect();
        self.recall_images();
        self.board.images_complete = true;
        self.images_coming = false;
        self.tell_complete();
    }

    /// An engine that answers, but not this, is not lost: whoever waits for the list hears of it.
    fn list_failed(&mut self, error: &EngineError) {
        if error.is_lost() {
            return self.lost(&error.into());
        }
        self.fail_waiting(&error.into());
    }

    fn engine_event(&mut self, event: engine::Event) {
        if event.kind != EventKind::ImageChanged && !self.board.containers_complete {
            self.touched.insert(event.id.clone());
        }
        match event.kind {
            EventKind::ImageChanged => self.images_dirty = true,
            EventKind::ContainerGone => {
                self.board.containers.remove(&event.id);
                self.gone.truncate(GONE - 1);
                self.gone.push_front(event.id);
            }
            EventKind::ContainerChanged => {
                self.dirty.insert(event.id);
            }
            EventKind::ContainerCreated => {
                self.dirty.insert(event.id.clone());
                tokio::spawn(jobs::look_again(event.id, self.reporter()));
            }
        }
    }

    /// Only a container that still waits for its start is worth it.
    fn second_look(&mut self, id: String) {
        if self
            .board
            .containers
            .get(&id)
            .is_some_and(|entry| entry.row.state == "created")
        {
            self.dirty.insert(id);
        }
    }

    fn refresh(&mut self) {
        if !self.dirty.is_empty() {
            let ids = self.dirty.drain().collect();
            self.list(Scope::These(ids));
        }
        if self.images_dirty
            && !self.images_coming
            && let Some(engine) = self.link.engine().cloned()
        {
            self.list_images(engine);
        }
    }
}
