//! The menu-bar menu as data: a pure function of what is known, so that it can be compared, tested, and set only when
//! it differs.

use crate::view::{Container, EngineState, Rosetta, Snapshot, Translation, Translator};

/// Containers of one kind in the menu; the window has all of them.
const ROWS: usize = 8;

/// Names may be as long as their makers like; a menu is not.
const NAME: usize = 40;

/// The icon, by shape and not only by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Nothing needs anybody.
    Fine,
    /// Something runs through a translator.
    Emulated,
    /// Something crashed.
    Crashed,
}

/// What a chosen item does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens the window.
    Open,
    /// Opens the window at the container with this id.
    Show(String),
    /// Looks for the engine again.
    Reconnect,
    /// Ends the program.
    Quit,
}

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Words that cannot be chosen.
    Words(String),
    /// Something that can be chosen.
    Choice {
        /// What it says.
        label: String,
        /// What it does.
        action: Action,
        /// The keys that do the same, as Tauri writes them.
        keys: Option<&'static str>,
    },
    /// A line between two parts.
    Separator,
}

/// The menu and the icon above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The icon.
    pub icon: Icon,
    /// What the icon says to those who do not see it.
    pub tooltip: String,
    /// The lines, from the top.
    pub items: Vec<Item>,
}

/// The menu for what is known.
pub fn menu(snapshot: &Snapshot) -> Menu {
    let crashed: Vec<&Container> = snapshot
        .containers
        .iter()
        .filter(|container| container.crashed)
        .collect();
    let emulated: Vec<&Container> = snapshot
        .containers
        .iter()
        .filter(|container| is_emulated(container))
        .collect();
    let mut items = vec![Item::Words(headline(snapshot))];
    if snapshot.state == EngineState::Lost {
        items.push(choice("Look for an engine again", Action::Reconnect, None));
    }
    section(&mut items, "Crashed", &crashed, why);
    section(&mut items, "Emulated", &emulated, |container| {
        short_platform(container.platform.as_deref())
    });
    items.push(Item::Separator);
    items.extend(snapshot.translator.as_ref().and_then(runs).map(Item::Words));
    items.extend(snapshot.rosetta.as_ref().and_then(translator).map(Item::Words));
    items.push(choice("Open Archlight", Action::Open, Some("CmdOrCtrl+O")));
    items.push(Item::Separator);
    items.push(choice("Quit", Action::Quit, Some("CmdOrCtrl+Q")));
    Menu {
        icon: icon(&crashed, &emulated),
        tooltip: tooltip(&crashed, &emulated),
        items,
    }
}

impl Action {
    /// A word by which a menu can give it back.
    pub fn id(&self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::Show(id) => format!("show:{id}"),
            Self::Reconnect => "reconnect".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The action that has this word.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "open" => Some(Self::Open),
            "reconnect" => Some(Self::Reconnect),
            "quit" => Some(Self::Quit),
            _ => id.strip_prefix("show:").map(|id| Self::Show(id.to_owned())),
        }
    }
}

fn is_emulated(container: &Container) -> bool {
    container.state == "running" && container.translation == Translation::Emulated
}

fn headline(snapshot: &Snapshot) -> String {
    match (&snapshot.engine, snapshot.state) {
        (_, EngineState::Connecting) => "Looking for an engine…".to_owned(),
        (Some(engine), EngineState::Connected) if engine.sample => {
            format!("Sample engine  {}", engine.platform)
        }
        (Some(engine), EngineState::Connected) => format!("{}  {}", label(&engine.name), engine.platform),
        (Some(engine), EngineState::Lost) => format!("{} does not answer", label(&engine.name)),
        (None, _) => "No engine answers".to_owned(),
    }
}

fn section(
    items: &mut Vec<Item>,
    title: &str,
    containers: &[&Container],
    words: impl Fn(&Container) -> String,
) {
    if containers.is_empty() {
        return;
    }
    items.extend([Item::Separator, Item::Words(title.to_owned())]);
    for container in containers.iter().take(ROWS) {
        let label = format!("{}  {}", label(&container.name), words(container));
        items.push(choice(&label, Action::Show(container.id.clone()), None));
    }
    if let Some(more) = containers.len().checked_sub(ROWS).filter(|more| *more > 0) {
        items.push(choice(&format!("{more} more…"), Action::Open, None));
    }
}

fn choice(label: &str, action: Action, keys: Option<&'static str>) -> Item {
    Item::Choice {
        label: label.to_owned(),
        action,
        keys,
    }
}

/// A foreign name in a menu: cut, on one line, and with `&` doubled, which menus take for a mark otherwise.
fn label(text: &str) -> String {
    let mut label: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME)
        .collect();
    if text.chars().count() > NAME {
        label.push('…');
    }
    label.replace('&', "&&")
}

fn why(container: &Container) -> String {
    match container.cause.as_deref() {
        Some(cause) => cause.replace('-', " "),
        None => container
            .exit_code
            .map_or_else(|| "crashed".to_owned(), |code| format!("exit code {code}")),
    }
}

fn short_platform(platform: Option<&str>) -> String {
    platform.map_or_else(
        || "translated".to_owned(),
        |platform| platform.trim_start_matches("linux/").to_owned(),
    )
}

/// What a probe found out of the first foreign platform.
fn runs(translator: &Translator) -> Option<String> {
    let probed = translator.report.foreign.first().filter(|probed| probed.known)?;
    let platform = short_platform(Some(&probed.platform));
    Some(match (probed.runs, probed.translator.as_str()) {
        (false, _) => format!("{platform} programs do not run here"),
        (true, "rosetta") => format!("{platform} programs run through Rosetta"),
        (true, "qemu") => format!("{platform} programs run through QEMU"),
        (true, _) => format!("{platform} programs run"),
    })
}

fn translator(rosetta: &Rosetta) -> Option<String> {
    match rosetta.state.as_str() {
        "on" => Some("Rosetta is on by its settings".to_owned()),
        "off" => Some("Rosetta is off".to_owned()),
        "impossible" => Some("Rosetta cannot be used here".to_owned()),
        _ => None,
    }
}

fn icon(crashed: &[&Container], emulated: &[&Container]) -> Icon {
    match (crashed.is_empty(), emulated.is_empty()) {
        (false, _) => Icon::Crashed,
        (true, false) => Icon::Emulated,
        (true, true) => Icon::Fine,
    }
}

fn tooltip(crashed: &[&Container], emulated: &[&Container]) -> String {
    match (crashed.len(), emulated.len()) {
        (0, 0) => "Archlight: nothing needs you".to_owned(),
        (0, emulated) => format!("Archlight: {emulated} emulated"),
        (crashed, _) => format!("Archlight: {crashed} crashed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Engine, Host};

    fn container(name: &str, crashed: bool, translation: Translation) -> Container {
        Container {
            id: format!("id-{name}"),
            name: name.to_owned(),
            image: "acme/x:1".to_owned(),
            platform: Some("linux/amd64".to_owned()),
            translation,
            state: if crashed { "exited" } else { "running" }.to_owned(),
            exit_code: crashed.then_some(255),
            compose_project: None,
            cause: crashed.then(|| "wrong-architecture".to_owned()),
            summary: None,
            actual: None,
            status: String::new(),
            crashed,
            kept_for: None,
            undo_to: None,
            undo_file: None,
            rerun_platform: None,
        }
    }

    fn snapshot(containers: Vec<Container>) -> Snapshot {
        Snapshot {
            state: EngineState::Connected,
            problem: None,
            engine: Some(Engine {
                name: "Docker Desktop".to_owned(),
                version: "28.5.2".to_owned(),
                api_version: "1.51".to_owned(),
                platform: "linux/arm64".to_owned(),
                store: "containerd".to_owned(),
                runtime: "docker-desktop".to_owned(),
                sample: false,
            }),
            host: Host {
                os: "macos".to_owned(),
                architecture: "arm64".to_owned(),
                translated_process: false,
            },
            rosetta: None,
            translator: None,
            probing: false,
            interrupted: None,
            several: None,
            containers,
            images: Vec::new(),
            containers_complete: true,
            images_complete: true,
        }
    }

    fn labels(menu: &Menu) -> Vec<String> {
        let label = |item: &Item| match item {
            Item::Words(words) => words.clone(),
            Item::Choice { label, .. } => label.clone(),
            Item::Separator => "—".to_owned(),
        };
        menu.items.iter().map(label).collect()
    }

    #[test]
    fn what_crashed_comes_first_with_its_cause() {
        let crashed = container("legacy-api", true, Translation::Impossible);
        let emulated = container("shop-db-1", false, Translation::Emulated);
        let menu = menu(&snapshot(vec![emulated, crashed]));
        let expected = [
            "Docker Desktop  linux/arm64",
            "—",
            "Crashed",
            "legacy-api  wrong architecture",
            "—",
            "Emulated",
            "shop-db-1  amd64",
            "—",
            "Open Archlight",
            "—",
            "Quit",
        ];
        assert_eq!(labels(&menu), expected);
        assert_eq!(
            (menu.icon, menu.tooltip.as_str()),
            (Icon::Crashed, "Archlight: 1 crashed")
        );
    }

    #[test]
    fn the_icon_has_three_states() {
        let emulated = || container("db", false, Translation::Emulated);
        assert_eq!(menu(&snapshot(Vec::new())).icon, Icon::Fine);
        assert_eq!(menu(&snapshot(vec![emulated()])).icon, Icon::Emulated);
    }

    #[test]
    fn many_crashes_and_long_names_stay_a_menu() {
        let long = "a&\u{1b}".repeat(100);
        let menu = menu(&snapshot(
            (0..30)
                .map(|_| container(&long, true, Translation::Unknown))
                .collect(),
        ));
        assert!(menu.items.len() < 20);
        assert!(
            labels(&menu)
                .iter()
                .all(|label| label.chars().count() < 120 && !label.contains('\u{1b}'))
        );
        assert!(labels(&menu).contains(&"22 more…".to_owned()));
    }

    #[test]
    fn actions_come_back_by_their_ids() {
        for action in [
            Action::Open,
            Action::Show("abc".into()),
            Action::Reconnect,
            Action::Quit,
        ] {
            assert_eq!(Action::from_id(&action.id()), Some(action));
        }
        assert_eq!(Action::from_id("else"), None);
    }
}
