//! What a re-run would change, and what it did.

use serde::Serialize;
use specta::Type;

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
    /// What is pulled for it, `None` where all of it is here.
    pub pull: Option<Pull>,
    /// The same as a `docker run` command.
    pub command: String,
    /// The fields that the command leaves out, having no words for them.
    pub unsaid: Vec<String>,
    /// The same as a Compose file with one service.
    pub compose: String,
    /// The fields that the service leaves out.
    pub compose_unsaid: Vec<String>,
    /// What stays, in words: `name`, `2 ports`, `1 volume`.
    pub kept: Vec<String>,
    /// What is mounted as before, each with its name and its place.
    pub mounts: Vec<String>,
    /// How Compose does it, where it does; `None` where the container is re-created by hand.
    pub by_compose: Option<ByCompose>,
}

/// What a re-run pulls.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Pull {
    /// The build, by its digest where the registry told it.
    pub reference: String,
    /// How much that is at most, in bytes, where the registry told it.
    #[specta(type = Option<f64>)]
    pub size: Option<u64>,
}

/// How Compose makes a service anew: by a file that says the platform.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ByCompose {
    /// The file that is written.
    pub file: String,
    /// What it holds then.
    pub content: String,
    /// The command that is run after that.
    pub command: String,
    /// The project.
    pub project: String,
    /// Its service.
    pub service: String,
    /// What later calls of Compose have to know, in a sentence.
    pub later: String,
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
    /// The name under which the old one is kept; empty where Compose did it, which keeps none.
    pub kept_as: String,
    /// The state of the new one after waiting.
    pub state: String,
    /// How the two differ.
    pub differences: Vec<Difference>,
}

/// A re-run that neither ended nor was taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Interrupted {
    /// The container's name.
    pub container: String,
    /// The old container.
    pub old_id: String,
    /// The new one, where it was made.
    pub new_id: Option<String>,
    /// The platform that was asked for.
    pub platform: String,
    /// What there is to go on with: `old`, which can be taken back or finished, or only `new`, which a discard settles.
    pub left: String,
    /// What happened, and how it is now, in a sentence.
    pub text: String,
}

/// What `undo` or `discard` did.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Restored {
    /// The container's name.
    pub container: String,
    /// The container that now has that name.
    pub id: String,
    /// The container that was removed, empty when there was none.
    pub removed_id: String,
    /// The state of the one that stays.
    pub state: String,
    /// The file of a Compose project that was taken back or is kept, where Compose did the re-run.
    pub file: Option<String>,
}
