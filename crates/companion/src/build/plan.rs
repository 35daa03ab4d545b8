//! What a build would do, and why it would not come to its end.

use std::{ffi::OsString, path::PathBuf};

use engine::Store;
use platform::Platform;

use super::{BOTH, BuildOptions, BuildOutput, Builder, Ground, How, Spot, Trait};

/// What a build would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) options: BuildOptions,
    /// The reference with registry and tag; `None` where it is none.
    pub(crate) name: Option<String>,
    /// `None` where there is none to choose.
    pub(crate) builder: Option<Builder>,
    pub(crate) spots: Vec<Spot>,
    /// The words behind `docker buildx`.
    pub(crate) words: Vec<OsString>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) blockers: Vec<Blocker>,
}

/// What to know before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    /// Programs of these platforms are translated while it builds.
    Emulated(Vec<Platform>),
    /// Nothing is known to run programs of these platforms.
    NothingRuns(Vec<Platform>),
    /// It is not known what these platforms are built on.
    NotKnown(Vec<Platform>),
    /// The result is kept by the builder alone.
    GoesNowhere,
    /// The builder runs in a container, where this address is its own.
    OwnAddress(String),
    /// Whether the engine can take several platforms is not known.
    MayNotLoad,
}

/// Why it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blocker {
    BadReference(String),
    BadPlatform(String),
    /// `native` where no engine says what that is.
    NoNative,
    NoFolder(PathBuf),
    NoDockerfile(PathBuf),
    NoBuilder(Option<String>),
    Broken(String, String),
    /// The engine's own builder holds a single platform in its store.
    StoreHoldsOne,
    /// The engine's store takes a single platform.
    LoadHoldsOne,
}

pub(super) fn plan(ground: &Ground, options: &BuildOptions) -> Plan {
    let mut blockers = Vec::new();
    let name = match registry::full_name(&options.reference) {
        Ok(name) if !options.reference.contains('@') => Some(name),
        Ok(_) | Err(_) => {
            blockers.push(Blocker::BadReference(options.reference.clone()));
            None
        }
    };
    let platforms = platforms(ground, options, &mut blockers);
    blockers.extend(files(options));
    let builder = builder(ground, options.builder.as_deref(), &mut blockers);
    let spots = builder.map_or_else(Vec::new, |builder| builder.spots(&platforms));
    if let Some(builder) = builder {
        blockers.extend(refusals(ground, options.output, builder, platforms.len()));
    }
    Plan {
        words: words(options, builder, &platforms),
        warnings: warnings(ground, options, builder, &spots, name.as_deref()),
        options: options.clone(),
        builder: builder.cloned(),
        name,
        spots,
        blockers,
    }
}

fn platforms(ground: &Ground, options: &BuildOptions, blockers: &mut Vec<Blocker>) -> Vec<Platform> {
    let asked: Vec<&str> = if options.platforms.is_empty() {
        BOTH.to_vec()
    } else {
        options.platforms.iter().map(String::as_str).collect()
    };
    let mut found: Vec<Platform> = Vec::new();
    for text in asked {
        let platform = match (text, &ground.engine) {
            ("native", Some(engine)) => Ok(engine.platform.clone()),
            ("native", None) => Err(Blocker::NoNative),
            (text, _) => text.parse().map_err(|_| Blocker::BadPlatform(text.to_owned())),
        };
        match platform {
            Ok(platform) if !found.contains(&platform) => found.push(platform),
            Ok(_) => {}
            Err(blocker) => blockers.push(blocker),
        }
    }
    found
}

fn files(options: &BuildOptions) -> Option<Blocker> {
    if !options.context.is_dir() {
        return Some(Blocker::NoFolder(options.context.clone()));
    }
    let file = options
        .file
        .clone()
        .unwrap_or_else(|| options.context.join("Dockerfile"));
    (!file.is_file()).then_some(Blocker::NoDockerfile(file))
}

fn builder<'a>(ground: &'a Ground, name: Option<&str>, blockers: &mut Vec<Blocker>) -> Option<&'a Builder> {
    let mut builders = ground.builders.iter();
    let found = match name {
        Some(name) => builders.find(|builder| builder.name == name),
        None => builders.find(|builder| builder.current),
    };
    match found {
        None => blockers.push(Blocker::NoBuilder(name.map(ToOwned::to_owned))),
        Some(builder) => {
            let of_node = || builder.nodes.iter().find_map(|node| node.error.as_ref());
            // One node that answers is enough for what it can do.
            let is_dead = builder.nodes.iter().all(|node| node.error.is_some());
            if let Some(why) = builder.error.as_ref().or_else(of_node).filter(|_| is_dead) {
                blockers.push(Blocker::Broken(builder.name.clone(), why.clone()));
            }
        }
    }
    found
}

/// What buildx would refuse, said before it is asked.
fn refusals(ground: &Ground, output: BuildOutput, builder: &Builder, platforms: usize) -> Option<Blocker> {
    if platforms < 2 {
        return None;
    }
    if builder.is_engine() {
        let holds_several = builder.has(Trait::ContainerdStore);
        return (!holds_several).then_some(Blocker::StoreHoldsOne);
    }
    let is_classic = ground
        .engine
        .as_ref()
        .is_some_and(|engine| engine.store == Store::Classic);
    let loads = output == BuildOutput::Load || (output == BuildOutput::Usual && builder.has(Trait::Loads));
    (loads && is_classic).then_some(Blocker::LoadHoldsOne)
}

fn warnings(
    ground: &Ground,
    options: &BuildOptions,
    builder: Option<&Builder>,
    spots: &[Spot],
    name: Option<&str>,
) -> Vec<Warning> {
    let Some(builder) = builder else { return Vec::new() };
    let of = |which: &[How]| -> Option<Vec<Platform>> {
        let those: Vec<_> = spots
            .iter()
            .filter(|spot| which.contains(&spot.how))
            .map(|spot| spot.platform.clone())
            .collect();
        (!those.is_empty()).then_some(those)
    };
    let mut all = Vec::new();
    all.extend(of(&[How::Emulated, How::Bundled]).map(Warning::Emulated));
    all.extend(of(&[How::Impossible]).map(Warning::NothingRuns));
    all.extend(of(&[How::Unknown]).map(Warning::NotKnown));
    let stays = options.output == BuildOutput::Usual && !builder.is_engine() && !builder.has(Trait::Loads);
    if stays {
        all.push(Warning::GoesNowhere);
    }
    let registry = name.and_then(|name| name.split('/').next()).unwrap_or_default();
    let is_in_container = matches!(builder.driver.as_str(), "docker-container" | "kubernetes");
    if options.output == BuildOutput::Push
        && is_in_container
        && is_loopback(registry)
        && !builder.has(Trait::SharesNetwork)
    {
        all.push(Warning::OwnAddress(registry.to_owned()));
    }
    let several = spots.len() > 1 && options.output == BuildOutput::Load && !builder.is_engine();
    if several && ground.engine.is_none() {
        all.push(Warning::MayNotLoad);
    }
    all
}

fn is_loopback(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    host == "localhost" || host.starts_with("127.") || host == "[::1]"
}

fn words(options: &BuildOptions, builder: Option<&Builder>, platforms: &[Platform]) -> Vec<OsString> {
    let names: Vec<_> = platforms.iter().map(ToString::to_string).collect();
    let mut words: Vec<OsString> = vec!["build".into()];
    if let Some(builder) = builder {
        words.extend(["--builder".into(), OsString::from(&builder.name)]);
    }
    words.extend(["--platform".into(), names.join(",").into()]);
    words.extend(["--tag".into(), OsString::from(&options.reference)]);
    match options.output {
        BuildOutput::Push => words.push("--push".into()),
        BuildOutput::Load => words.push("--load".into()),
        BuildOutput::Usual => {}
    }
    if let Some(file) = &options.file {
        words.extend(["--file".into(), file.into()]);
    }
    if let Some(target) = &options.target {
        words.extend(["--target".into(), target.into()]);
    }
    for argument in &options.arguments {
        words.extend(["--build-arg".into(), argument.into()]);
    }
    // What looks like an option is none behind this.
    words.extend(["--".into(), (&options.context).into()]);
    words
}
