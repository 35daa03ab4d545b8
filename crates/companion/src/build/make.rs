//! Builders of the user's own: made and removed by buildx's commands, shown first.

use std::ffi::OsString;

use platform::Platform;

use super::{BuilderOptions, Buildx, Ground, buildx::shown};
use crate::compose::Failure;

/// What would be done to a builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) name: String,
    /// The words behind `docker buildx` of each command, in order.
    pub(crate) commands: Vec<Vec<OsString>>,
    /// The words of the command that takes it back.
    pub(crate) undo: Option<Vec<OsString>>,
    pub(crate) blockers: Vec<ChangeBlocker>,
}

/// Why it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChangeBlocker {
    BadName(String),
    Taken(String),
    NotThere(String),
    /// The engine's own builder.
    OfEngine(String),
    BadDriver(String),
    BadNode(String),
    /// A remote builder is somewhere.
    NoNode,
}

/// Drivers that can be made.
const DRIVERS: [&str; 3] = ["docker-container", "remote", "kubernetes"];
/// A name that buildx keeps for itself.
const RESERVED: &str = "default";

pub(super) fn plan(ground: &Ground, options: &BuilderOptions) -> Change {
    match options {
        BuilderOptions::Create {
            name,
            driver,
            nodes,
            driver_options,
        } => create(ground, name, driver.as_deref(), nodes, driver_options),
        BuilderOptions::Remove { name } => remove(ground, name),
    }
}

fn remove(ground: &Ground, name: &str) -> Change {
    let found = ground.builders.iter().find(|builder| builder.name == name);
    let blocker = match found {
        None => Some(ChangeBlocker::NotThere(name.to_owned())),
        Some(builder) if builder.is_engine() => Some(ChangeBlocker::OfEngine(name.to_owned())),
        Some(_) => None,
    };
    Change {
        name: name.to_owned(),
        commands: vec![removal(name)],
        undo: None,
        blockers: blocker.into_iter().collect(),
    }
}

fn removal(name: &str) -> Vec<OsString> {
    vec!["rm".into(), name.into()]
}

fn create(ground: &Ground, name: &str, driver: Option<&str>, nodes: &[String], told: &[String]) -> Change {
    let mut blockers = Vec::new();
    let driver = driver.unwrap_or(DRIVERS[0]);
    if !DRIVERS.contains(&driver) {
        blockers.push(ChangeBlocker::BadDriver(driver.to_owned()));
    }
    if !is_name(name) {
        blockers.push(ChangeBlocker::BadName(name.to_owned()));
    }
    if ground.builders.iter().any(|builder| builder.name == name) {
        blockers.push(ChangeBlocker::Taken(name.to_owned()));
    }
    let mut places = Vec::new();
    for text in nodes {
        match place(text) {
            Some(place) => places.push(place),
            None => blockers.push(ChangeBlocker::BadNode(text.clone())),
        }
    }
    // The engine in use is the first node, where a driver runs on engines: native for its own platform.
    if driver == DRIVERS[0] {
        let own = ground.engine.as_ref().map(|engine| engine.platform.clone());
        let fixed = if places.is_empty() {
            Vec::new()
        } else {
            own.into_iter().collect()
        };
        places.insert(0, (None, fixed));
    } else if places.is_empty() && driver == "remote" {
        blockers.push(ChangeBlocker::NoNode);
    } else if places.is_empty() {
        places.push((None, Vec::new()));
    }
    let first = |at: usize| if at == 0 { Join::Make } else { Join::Append };
    let commands = places
        .iter()
        .enumerate()
        .map(|(at, place)| command(name, driver, told, place, first(at)));
    Change {
        name: name.to_owned(),
        commands: commands.collect(),
        undo: Some(removal(name)),
        blockers,
    }
}

/// Whether a node is the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    Make,
    Append,
}

type Place = (Option<String>, Vec<Platform>);

fn command(
    name: &str,
    driver: &str,
    told: &[String],
    (endpoint, fixed): &Place,
    join: Join,
) -> Vec<OsString> {
    let mut words: Vec<OsString> = ["create", "--name", name, "--driver", driver]
        .map(Into::into)
        .into();
    if join == Join::Append {
        words.push("--append".into());
    }
    for option in told {
        words.extend(["--driver-opt".into(), OsString::from(option)]);
    }
    if !fixed.is_empty() {
        let names: Vec<_> = fixed.iter().map(ToString::to_string).collect();
        words.extend(["--platform".into(), OsString::from(names.join(","))]);
    }
    words.extend(endpoint.as_ref().map(OsString::from));
    words
}

/// `ssh://me@mini=linux/amd64,linux/386`, or an endpoint alone.
fn place(text: &str) -> Option<Place> {
    let (endpoint, platforms) = text.rsplit_once('=').unwrap_or((text, ""));
    let platforms = platforms
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let platforms = platforms.map(|name| name.parse().ok()).collect::<Option<_>>()?;
    let is_plain = !endpoint.is_empty() && !endpoint.starts_with('-') && !endpoint.contains(char::is_control);
    is_plain.then(|| (Some(endpoint.to_owned()), platforms))
}

/// As buildx takes it: a letter first, then letters, digits, dots, dashes and underscores.
fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name != RESERVED
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(is_part)
}

/// Carries it out. What fails half-way is removed whole: buildx forgets platforms of the other nodes when one cannot join.
///
/// Returns the command that failed, with why.
pub(crate) async fn carry_out(buildx: &Buildx, change: &Change) -> Result<(), (String, Failure)> {
    for (at, words) in change.commands.iter().enumerate() {
        if let Err(failure) = buildx.ask(words).await {
            if let Some(undo) = change.undo.as_ref().filter(|_| at > 0) {
                // Nothing more can be done about a builder that cannot even be removed than to tell the first failure.
                buildx.ask(undo).await.ok();
            }
            return Err((shown(words), failure));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{Builder, buildx::tests::scripted};

    async fn ground(script: &str) -> (tempfile::TempDir, Ground) {
        let (folder, setup) = scripted(&format!(
            "[ $2 = version ] && {{ echo buildx v0.29.1; exit; }}\n{script}"
        ));
        let buildx = Buildx::find(&setup, None).await.expect("it answers");
        let builders = vec![Builder {
            name: "desktop-linux".to_owned(),
            driver: "docker".to_owned(),
            ..Builder::default()
        }];
        (
            folder,
            Ground {
                buildx,
                builders,
                engine: None,
            },
        )
    }

    fn options(name: &str, nodes: &[&str]) -> BuilderOptions {
        BuilderOptions::Create {
            name: name.to_owned(),
            driver: None,
            nodes: nodes.iter().map(|node| (*node).to_owned()).collect(),
            driver_options: Vec::new(),
        }
    }

    #[tokio::test]
    async fn nodes_are_appended_with_their_platforms_and_nothing_looks_like_an_option() {
        let (_folder, ground) = ground("exit 0").await;
        let change = ground.change(&options("both", &["ssh://me@mini=linux/amd64"]));
        let shown: Vec<_> = change.commands.iter().map(|words| shown(words)).collect();
        assert_eq!(
            shown,
            [
                "docker buildx create --name both --driver docker-container",
                "docker buildx create --name both --driver docker-container --append --platform linux/amd64 ssh://me@mini"
            ]
        );
        assert_eq!(change.blockers, []);
        for (name, node) in [
            ("-x", "a"),
            ("default", "a"),
            ("a b", "a"),
            ("ok", "--flag"),
            ("ok", "a=what/is/this/x"),
            ("desktop-linux", "a"),
        ] {
            assert_ne!(
                ground.change(&options(name, &[node])).blockers,
                [],
                "{name} {node}"
            );
        }
        let remove = |name: &str| {
            ground
                .change(&BuilderOptions::Remove {
                    name: name.to_owned(),
                })
                .blockers
        };
        assert_eq!(
            remove("desktop-linux"),
            [ChangeBlocker::OfEngine("desktop-linux".to_owned())]
        );
        assert_eq!(remove("gone"), [ChangeBlocker::NotThere("gone".to_owned())]);
    }

    #[tokio::test]
    async fn a_builder_that_is_made_only_in_part_is_removed_again() {
        let script =
            r#"echo "$*" >> "$HOME/said"; case "$*" in *--append*) echo no route >&2; exit 1;; esac"#;
        let (folder, ground) = ground(script).await;
        let change = ground.change(&options("both", &["ssh://me@mini=linux/amd64"]));
        let (command, failure) = carry_out(&ground.buildx, &change).await.expect_err("it fails");
        assert!(command.contains("--append"), "{command}");
        assert_eq!(failure, Failure::Failed("no route".to_owned()));
        let said = std::fs::read_to_string(folder.path().join("said")).expect("it was asked");
        assert_eq!(said.lines().last(), Some("buildx rm both"));
    }
}
