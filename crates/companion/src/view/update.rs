//! Everything at once, and one change after the other.

use serde::Serialize;
use specta::Type;

use super::{
    Became, Container, Engine, EngineState, Host, Image, Interrupted, Problem, Rosetta, Several, Translator,
};

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
    /// What probes found out since the engine's last start.
    pub translator: Option<Translator>,
    /// Whether a probe is under way that somebody asked for.
    pub probing: bool,
    /// Re-runs that were interrupted, `None` as long as that is not known.
    pub interrupted: Option<Vec<Interrupted>>,
    /// Several re-runs that are under way, or were last and not forgotten yet.
    pub several: Option<Several>,
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
    /// These re-runs are interrupted, and no others.
    Interrupted {
        /// They.
        reruns: Vec<Interrupted>,
    },
    /// Several re-runs were begun, are to end early, or are forgotten.
    Several {
        /// They.
        several: Option<Several>,
    },
    /// One of several re-runs went on, or came to something.
    OneOfSeveral {
        /// Its place among them, counted from 0.
        place: u32,
        /// How far it is, or what it came to.
        became: Became,
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
    /// A probe began or ended, or the engine started anew.
    Translator {
        /// What is known now.
        translator: Option<Translator>,
        /// Whether a probe is under way that somebody asked for.
        probing: bool,
    },
}
