//! What a sample engine holds, and what is wrong with it.

/// What a sample engine starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    pub(crate) more_containers: usize,
    pub(crate) more_images: usize,
    pub(crate) fault: Option<Fault>,
}

/// Something that engines, and what lies between them and us, do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connections are taken, and nothing is ever said.
    Hang,
    /// What comes is not HTTP.
    Garbage,
    /// Connections are closed at once.
    CloseAtOnce,
    /// Everything but the questions who the engine is fails with status 500.
    Fails,
    /// Archives break off after their first bytes.
    TruncatedArchive,
    /// The event stream breaks off at once.
    BrokenEvents,
    /// A pull fails in its middle.
    PullFails,
    /// A container that is started after the beginning does not start.
    StartFails,
    /// The first change of each container is refused, as engines do while its process ends.
    EndsWhileChanged,
}

impl Scenario {
    /// The recorded images and containers.
    pub fn recorded() -> Self {
        Self::default()
    }

    /// The recorded ones, and copies of them until there are so many.
    pub fn many(containers: usize, images: usize) -> Self {
        Self {
            more_containers: containers,
            more_images: images,
            fault: None,
        }
    }

    /// The same with a fault.
    #[must_use]
    pub fn with(self, fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..self
        }
    }
}
