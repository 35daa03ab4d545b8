//! What the faces show: plain values, in the shapes of the command line's contract.
//!
//! Platforms are written in normalised form (`linux/arm64`); times are Unix seconds; sizes are bytes.

mod scan;

use serde::Serialize;
use specta::Type;

pub use scan::{Fix, ForeignFile, ForeignPackage, Scan, ScannedMount};

/// Whether the processor runs a program itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Translation {
    /// The engine's own architecture.
    Native,
    /// Foreign, and a translator was seen to run it, or the engine says so.
    Emulated,
    /// Foreign, and known that nothing here translates it.
    Impossible,
    /// Not known.
    #[default]
    Unknown,
}

/// A container, as a row and as an object of `containers --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Container {
    /// The full id, 64 hexadecimal digits.
    pub id: String,
    /// The name, without its leading slash.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The platform that its image claims, `None` where nothing tells.
    pub platform: Option<String>,
    /// How that platform runs on this engine.
    pub translation: Translation,
    /// The engine's word: `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub state: String,
    /// The exit code of a container that ended, or that could not be started.
    pub exit_code: Option<i32>,
    /// The compose project that it belongs to.
    pub compose_project: Option<String>,
    /// Why it ended badly: one of the contract's causes.
    pub cause: Option<String>,
    /// The cause in one line.
    pub summary: Option<String>,
    /// The platform of its program, read from the bytes, where that was done.
    pub actual: Option<String>,
    /// The engine's own words on its state, for example `Up 3 hours`.
    pub status: String,
    /// Whether it ended badly: a cause is known, or is being looked for.
    pub crashed: bool,
    /// What a re-run kept: the container that takes this one's place now.
    pub kept_for: Option<String>,
    /// What a re-run kept for this container, so that it can be undone.
    pub undo_to: Option<String>,
    /// The platform that a re-run would be offered for, where one is worth offering.
    pub rerun_platform: Option<String>,
}

/// A platform of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ImagePlatform {
    /// In normalised form.
    pub platform: String,
    /// Whether its content is here, not only its name.
    pub local: bool,
}

/// An image, as a row and as an object of `images --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Image {
    /// The engine's id, with its algorithm.
    pub id: String,
    /// Its tags, and its digests where it has no tag.
    pub references: Vec<String>,
    /// The platforms that it holds or names, attestations left out.
    pub platforms: Vec<ImagePlatform>,
    /// How the platform that would run here runs.
    pub translation: Translation,
    /// Its size on disk in bytes.
    #[specta(type = f64)]
    pub size: u64,
    /// What would keep it from starting: one of the contract's causes. `None` also when it is not known.
    pub cause: Option<String>,
    /// What was found in one line, `None` when it was not looked at.
    pub summary: Option<String>,
}

/// The engine that answers.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Engine {
    /// Its name for people, for example `Docker Desktop`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of the API that was agreed on.
    pub api_version: String,
    /// Its platform.
    pub platform: String,
    /// `classic` or `containerd`.
    pub store: String,
    /// What runs it, a closed list in the contract.
    pub runtime: String,
    /// Whether it is the built-in sample.
    pub sample: bool,
}

/// This machine.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Host {
    /// `macos` or `linux`.
    pub os: String,
    /// In the words of platforms: `arm64`, `amd64`.
    pub architecture: String,
    /// Whether Archlight itself is being translated.
    pub translated_process: bool,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Type)]
pub struct Counts {
    /// All containers.
    pub containers: u32,
    /// Those that run.
    pub running: u32,
    /// Those that ended badly.
    pub crashed: u32,
    /// Those that a translator runs.
    pub emulated: u32,
    /// All images.
    pub images: u32,
}

/// One link of what the kernel tried to start.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Link {
    /// `command`, `script`, `interpreter`, `loader`, `program` or `module`.
    pub role: String,
    /// Who asks for it: `kernel`, `env`, `launcher`, `shell`, `loader`, or `words` when only a log names it.
    pub via: String,
    /// As it was asked for.
    pub path: String,
    /// Where that led, after `PATH` and symbolic links.
    pub resolved: Option<String>,
    /// `elf`, `script`, `mach-o`, `pe`, `text`, `empty`, `directory`, `missing` or `other`.
    pub format: String,
    /// The file's size in bytes, where it is a file.
    #[specta(type = Option<f64>)]
    pub size: Option<u64>,
    /// The platform that its bytes say.
    pub platform: Option<String>,
    /// What is wrong with this link, `None` when nothing is.
    pub fault: Option<String>,
    /// One line on what it is.
    pub detail: String,
    /// Its first bytes, where they prove something.
    pub proof: Option<Proof>,
    /// The mount on which it lies, when it is not of the image.
    pub mount: Option<Mount>,
}

/// What lies over a part of the image's own files.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Mount {
    /// `bind`, `volume`, `tmpfs` or `other`.
    pub kind: String,
    /// The folder of the engine's machine, or the volume's name; empty for memory.
    pub source: String,
    /// Where it is in the container.
    pub destination: String,
}

/// Bytes that prove a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Proof {
    /// The bytes in hexadecimal, two digits each, separated by spaces.
    pub hex: String,
    /// The first byte of the field that decides, counted from 0.
    pub from: u32,
    /// The byte after that field.
    pub to: u32,
    /// What that field says, for example `e_machine = 0xb7, aarch64`.
    pub meaning: String,
}

/// Something that shows the cause.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Evidence {
    /// `bytes`, `log`, `engine`, `label` or `missing`.
    pub kind: String,
    /// In words; text from outside is quoted as it is.
    pub text: String,
}

/// Something that can be done.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Remedy {
    /// One of the contract's remedies.
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// A command that does it, where one does.
    pub command: Option<String>,
    /// Why it helps here.
    pub why: String,
    /// The platform that it is about, for a re-run.
    pub platform: Option<String>,
}

/// What an image says that it is for, and what its program is for.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ClaimedActual {
    /// The image's label.
    pub claimed: Option<String>,
    /// What the bytes of the program say.
    pub actual: Option<String>,
}

/// Why a container ended, or what keeps an image from starting: the answer of `diagnose`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Diagnosis {
    /// `container` or `image`.
    pub subject: String,
    /// The container's name; of an image that never ran, the image as it was asked for.
    pub container: String,
    /// Its image as it was asked for.
    pub image: String,
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// Label and truth.
    pub platform: ClaimedActual,
    /// One of the contract's causes; `None` for an image in which nothing was found.
    pub cause: Option<String>,
    /// `certain` when bytes or the engine show it, `likely` when only words tell, `none` when it is not known.
    pub confidence: String,
    /// One sentence.
    pub summary: String,
    /// The command as it is configured: the program, then its arguments, which may hold secrets.
    pub command: Vec<String>,
    /// What the kernel tried to start, in its order.
    pub chain: Vec<Link>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// What can be done, best first.
    pub remedies: Vec<Remedy>,
}

/// A field that a re-run changes.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Change {
    /// The field's name.
    pub field: String,
    /// Its value now.
    pub from: String,
    /// Its value then.
    pub to: String,
    /// Why it changes.
    pub why: String,
}

/// A warning, or a reason why something is not done.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Note {
    /// A word to act on.
    pub kind: String,
    /// In words.
    pub text: String,
}

/// What a re-run would do: the answer of `rerun --dry-run`, and what the sheet shows.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct RerunPlan {
    /// The container's name.
    pub container: String,
    /// The platform now.
    pub from: Option<String>,
    /// The platform then.
    pub to: String,
    /// What is done, in order.
    pub steps: Vec<String>,
    /// The fields that change; all others stay as they are.
    pub changes: Vec<Change>,
    /// What to know before.
    pub warnings: Vec<Note>,
    /// Why it cannot be done, empty when it can.
    pub blockers: Vec<Note>,
    /// The same as a `docker run` command.
    pub command: String,
    /// What stays, in words: `name`, `2 ports`, `1 volume`.
    pub kept: Vec<String>,
}

/// A field that differs between the old container and the new one.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Difference {
    /// The field's path.
    pub field: String,
    /// Its old value as JSON.
    pub old: String,
    /// Its new value as JSON.
    pub new: String,
    /// Whether the plan announced it, or it differs by nature.
    pub expected: bool,
}

/// What a re-run did.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct RerunDone {
    /// The plan that was carried out.
    #[serde(flatten)]
    pub plan: RerunPlan,
    /// The container that is kept.
    pub old_id: String,
    /// The new container.
    pub new_id: String,
    /// The name under which the old one is kept.
    pub kept_as: String,
    /// The state of the new one after waiting.
    pub state: String,
    /// How the two differ.
    pub differences: Vec<Difference>,
}

/// What `undo` or `discard` did.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Restored {
    /// The container's name.
    pub container: String,
    /// The container that now has that name.
    pub id: String,
    /// The container that was removed.
    pub removed_id: String,
    /// The state of the one that stays.
    pub state: String,
}

/// What the settings say of translation: the answer of `rosetta`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Rosetta {
    /// `on`, `off`, `impossible`, `not-needed` or `unknown`.
    pub state: String,
    /// `backend`, `settings-file`, `admin`, `default` or `probe`.
    pub source: String,
    /// The runtime that was asked.
    pub runtime: String,
    /// Its version.
    pub runtime_version: Option<String>,
    /// What runs its virtual machine.
    pub vmm: Option<String>,
    /// The file that says so.
    pub file: Option<String>,
    /// Whether an administrator decides.
    pub locked: bool,
    /// One sentence on why.
    pub why: String,
    /// How to turn it on, in order.
    pub steps: Vec<String>,
    /// What contradicts what.
    pub conflicts: Vec<String>,
}

/// A line that a container wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct LogLine {
    /// Whether it came by standard error.
    pub stderr: bool,
    /// When, as the engine writes it.
    pub time: String,
    /// The text, with control characters made visible.
    pub text: String,
}

/// Whether an engine answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum EngineState {
    /// Being looked for.
    Connecting,
    /// It answers, and its events are followed.
    Connected,
    /// It answered no more, or never did.
    Lost,
}

/// What could not be done, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Problem {
    /// What faces act on, in kebab case.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// Something that can be done.
    pub hint: String,
}

/// Everything at once.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Snapshot {
    /// Whether an engine answers.
    pub state: EngineState,
    /// Why not, when none does.
    pub problem: Option<Problem>,
    /// The engine, also when it was lost.
    pub engine: Option<Engine>,
    /// This machine.
    pub host: Host,
    /// What the settings say of translation.
    pub rosetta: Option<Rosetta>,
    /// Every container that is known so far.
    pub containers: Vec<Container>,
    /// Every image that is known so far.
    pub images: Vec<Image>,
    /// Whether all containers were listed.
    pub containers_complete: bool,
    /// Whether all images were listed.
    pub images_complete: bool,
}

/// How far a re-run or a scan is.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Progress {
    /// The container's name, or what is scanned.
    pub container: String,
    /// The step, in words.
    pub step: String,
    /// Between 0 and 1, where it can be said.
    pub fraction: Option<f64>,
}

/// One change, or everything: what `watch` prints and the window receives.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(
    clippy::large_enum_variant,
    reason = "a snapshot is sent once, and boxing would show in the generated types"
)]
pub enum Update {
    /// Everything; the first message.
    Snapshot(Snapshot),
    /// A container is new or changed.
    Container {
        /// It.
        container: Container,
    },
    /// A container is gone.
    Removed {
        /// Its id.
        id: String,
    },
    /// An image is new or changed.
    Image {
        /// It.
        image: Image,
    },
    /// An image is gone.
    ImageRemoved {
        /// Its id.
        id: String,
    },
    /// Lists are complete now.
    Complete {
        /// All containers were listed.
        containers: bool,
        /// All images were listed.
        images: bool,
    },
    /// The engine came or went.
    Engine {
        /// Now.
        state: EngineState,
        /// Why.
        why: String,
        /// The engine, when it is known.
        engine: Option<Engine>,
        /// The same as a problem with a hint, when it is lost.
        problem: Option<Problem>,
    },
    /// A re-run or a scan goes on.
    Progress(Progress),
    /// The settings were read.
    Rosetta {
        /// What they say.
        rosetta: Rosetta,
    },
}

/// The answer of `status`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Status {
    /// The engine that answers.
    pub engine: Engine,
    /// This machine.
    pub host: Host,
    /// What a probe measured, `None` before one was made.
    pub translator: Option<Translator>,
    /// How many there are of each.
    pub counts: Counts,
}

/// What runs foreign programs, as it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Translator {
    /// `rosetta`, `qemu`, `none` or `unknown`.
    pub translator: String,
}

/// The platform that containers are compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Native {
    /// In normalised form.
    pub platform: String,
}

/// The answer of `containers`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Containers {
    /// The engine's own platform.
    pub host: Native,
    /// All of them, newest first.
    pub containers: Vec<Container>,
    /// How many ended badly without that the time was enough to find out why.
    pub undiagnosed: u32,
}

/// The answer of `images`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Images {
    /// The engine's own platform.
    pub host: Native,
    /// All of them.
    pub images: Vec<Image>,
}
