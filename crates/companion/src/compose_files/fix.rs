//! A Compose file, or an override file beside it, with another `platform:`.

use std::path::{Path, PathBuf};

use platform::Platform;
use sources::{
    Says,
    advice::Cure,
    compose::{Project, Reading, Service},
    edit::{Changes, Override, Rewrite, To, unified},
};

use super::{
    ComposeChange, Ground, Target, Write,
    check::{self, said},
    proof::{self, Proof},
};
use crate::{
    Refusal, compose_file_words as words,
    view::{self, Problem},
};

/// What is to be done, and what was left out.
struct Wish {
    changes: Changes,
    refused: Vec<view::ComposeRefused>,
}

/// Works out the change, shows it, and writes it when that is wished for.
pub(crate) async fn fix(change: ComposeChange, ground: &Ground) -> Result<view::ComposeFix, Problem> {
    let ask = change.files.ask;
    let reading = check::read(change.files.clone(), ground).await?;
    // A folder stands for the file in it.
    let file = match (change.files.paths.first(), reading.files.first()) {
        (Some(path), _) if path.is_file() => path.clone(),
        (_, Some(first)) => first.clone(),
        (path, None) => path.cloned().unwrap_or_default(),
    };
    let chosen = chosen(&change, &reading, &file)?;
    let wish = if let Some(text) = &change.platform {
        asked_for(text, &chosen, ground)?.without_later(&reading, &file, change.target)
    } else {
        let offers = check::offers(&reading, ask, &ground.registry).await;
        advised(&chosen, &file, change.target, |service| {
            check::counsel(service, &reading, &offers, ground).cure
        })
    };
    let folder = change.files.folder.as_path();
    match change.target {
        Target::File => in_file(&file, wish, &reading, change.write, (ground, folder)).await,
        Target::Override => beside(wish, &reading, change.write, (ground, folder)).await,
    }
}

/// A file as `patch` finds it from where the user is.
fn beneath(folder: &Path, file: &Path) -> String {
    file.strip_prefix(folder).unwrap_or(file).display().to_string()
}

/// The services that are meant. All of a file are those that stand in it.
fn chosen<'a>(
    change: &ComposeChange,
    reading: &'a Reading,
    file: &Path,
) -> Result<Vec<&'a Service>, Problem> {
    if change.services.is_empty() {
        let all = reading.services.iter();
        let of_file = |service: &&Service| {
            change.target == Target::Override || service.spot.file == file || says_it_in(service, file)
        };
        return Ok(all.filter(of_file).collect());
    }
    let find = |name: &String| {
        let found = reading.services.iter().find(|service| service.name == *name);
        found.ok_or_else(|| words::no_service(name, reading))
    };
    change.services.iter().map(find).collect()
}

fn says_it_in(service: &Service, file: &Path) -> bool {
    let platform = service.platform.as_ref();
    platform.is_some_and(|platform| platform.spot.file == file)
}

impl Wish {
    /// Leaves out what a later file says otherwise: a change here would change nothing.
    fn without_later(mut self, reading: &Reading, file: &Path, target: Target) -> Self {
        let place = |file: &Path| reading.files.iter().position(|other| other == file);
        if target == Target::Override {
            return self;
        }
        for service in &reading.services {
            let Some(said) = &service.platform else { continue };
            let is_later = place(&said.spot.file) > place(file) && place(file).is_some();
            if is_later && self.changes.remove(&service.name).is_some() {
                self.refused
                    .push(words::said_elsewhere(&service.name, &said.spot));
            }
        }
        self
    }
}

fn asked_for(text: &str, chosen: &[&Service], ground: &Ground) -> Result<Wish, Problem> {
    let to = match text {
        "none" => To::Nothing,
        "native" => To::Platform(ground.native.clone().ok_or_else(words::native_unknown)?),
        _ => To::Platform(text.parse().map_err(|error: platform::PlatformError| {
            Refusal::BadPlatform(format!("`{text}` is not a platform: {error}"))
        })?),
    };
    Ok(Wish {
        changes: chosen
            .iter()
            .map(|service| (service.name.clone(), to.clone()))
            .collect(),
        refused: Vec::new(),
    })
}

fn advised(
    chosen: &[&Service],
    file: &Path,
    target: Target,
    cure: impl Fn(&Service) -> Option<Cure>,
) -> Wish {
    let mut wish = Wish {
        changes: Changes::new(),
        refused: Vec::new(),
    };
    for service in chosen {
        let Some(cure) = cure(service) else { continue };
        let to = match cure {
            Cure::Set(platform) => To::Platform(platform),
            Cure::Remove => To::Nothing,
        };
        match service.platform.as_ref() {
            Some(platform) if target == Target::File && platform.spot.file != file => {
                wish.refused
                    .push(words::said_elsewhere(&service.name, &platform.spot));
            }
            Some(platform) if platform.raw.contains('$') => {
                wish.refused
                    .push(words::by_variable(&service.name, &platform.raw));
            }
            None if target == Target::File && service.spot.file != file => {
                wish.refused
                    .push(words::said_elsewhere(&service.name, &service.spot));
            }
            Some(_) | None => drop(wish.changes.insert(service.name.clone(), to)),
        }
    }
    wish
}

async fn in_file(
    file: &Path,
    wish: Wish,
    reading: &Reading,
    write: Write,
    (ground, folder): (&Ground, &Path),
) -> Result<view::ComposeFix, Problem> {
    let rewrite = Rewrite::plan(file, &wish.changes)?;
    let edited = rewrite.edited();
    let (before, after) = (rewrite.before(), &edited.text);
    let name = file.display().to_string();
    let shown = beneath(folder, file);
    let mut fix = view::ComposeFix {
        changed: before != after,
        services: fixed(reading, &wish.changes, |name| edited.done.contains(name)),
        refused: wish.refused,
        text: after.clone(),
        diff: unified(before, after, &shown, &shown),
        file: name,
        written: false,
        backup: None,
        earlier_backup: None,
        read_by_compose: words::NOTHING_CHANGED.to_owned(),
        later: None,
    };
    fix.refused.extend(edited.refused.iter().map(words::refused));
    if !fix.changed {
        return Ok(fix);
    }
    let done: Vec<&str> = edited.done.iter().map(String::as_str).collect();
    let proof = proof::of_file(file, reading, (before, after), &done, ground).await;
    fix.read_by_compose = told(proof)?;
    if write == Write::Yes {
        let written = tokio::task::spawn_blocking(move || rewrite.write());
        let backup = written.await.map_err(|_| Refusal::Ended)??;
        let shown = |file: PathBuf| file.display().to_string();
        fix.written = backup.is_some();
        fix.earlier_backup = backup
            .as_ref()
            .and_then(|backup| backup.earlier.clone())
            .map(shown);
        fix.backup = backup.map(|backup| shown(backup.file));
    }
    Ok(fix)
}

async fn beside(
    wish: Wish,
    reading: &Reading,
    write: Write,
    (ground, folder): (&Ground, &Path),
) -> Result<view::ComposeFix, Problem> {
    let mut says = Vec::new();
    for (service, to) in &wish.changes {
        let platform = match to {
            To::Platform(platform) => platform.clone(),
            // A file on top of others cannot take away what they say but by saying something else.
            To::Nothing => ground.native.clone().ok_or_else(words::native_unknown)?,
        };
        says.push((
            service.clone(),
            Says {
                platform,
                image: None,
            },
        ));
    }
    let project = project(reading);
    let plan = Override::plan_all(&project, &says)?;
    let name = plan.file().display().to_string();
    let shown = beneath(folder, plan.file());
    let platforms: Vec<(String, Platform)> = says
        .into_iter()
        .map(|(service, says)| (service, says.platform))
        .collect();
    let before = plan.before().unwrap_or_default();
    let changed = !platforms.is_empty() && before != plan.after();
    let mut fix = view::ComposeFix {
        changed,
        services: platforms
            .iter()
            .map(|(service, platform)| view::ComposeFixed {
                service: service.clone(),
                from: find(reading, service).and_then(said),
                to: Some(platform.to_string()),
            })
            .collect(),
        refused: wish.refused,
        text: if changed {
            plan.after().to_owned()
        } else {
            before.to_owned()
        },
        diff: if changed {
            unified(before, plan.after(), &shown, &shown)
        } else {
            String::new()
        },
        file: name,
        written: false,
        backup: None,
        earlier_backup: None,
        read_by_compose: words::NOTHING_CHANGED.to_owned(),
        later: Some(words::later(&project.place()?)),
    };
    if !changed {
        return Ok(fix);
    }
    let proof = proof::of_override(&project, plan.file(), plan.after(), &platforms, ground).await;
    fix.read_by_compose = told(proof)?;
    if write == Write::Yes {
        let written = tokio::task::spawn_blocking(move || plan.write());
        written.await.map_err(|_| Refusal::Ended)??;
        fix.written = true;
    }
    Ok(fix)
}

/// The project in the words of an override's plan, which asks only for files and services.
fn project(reading: &Reading) -> Project {
    let first = reading.services.first();
    Project {
        name: String::new(),
        folder: reading.folder.clone(),
        files: reading.files.clone(),
        environment: Vec::new(),
        service: first.map(|service| service.name.clone()).unwrap_or_default(),
    }
}

fn fixed(reading: &Reading, changes: &Changes, is_done: impl Fn(&String) -> bool) -> Vec<view::ComposeFixed> {
    let row = |(service, to): (&String, &To)| view::ComposeFixed {
        service: service.clone(),
        from: find(reading, service).and_then(said),
        to: match to {
            To::Platform(platform) => Some(platform.to_string()),
            To::Nothing => None,
        },
    };
    let rows = changes.iter().filter(|(service, _)| is_done(service)).map(row);
    rows.filter(|row| row.from != row.to).collect()
}

fn find<'a>(reading: &'a Reading, name: &str) -> Option<&'a Service> {
    reading.services.iter().find(|service| service.name == name)
}

fn told(proof: Proof) -> Result<String, Problem> {
    match proof {
        Proof::Same => Ok("yes".to_owned()),
        Proof::NotAsked(why) => Ok(why),
        Proof::Otherwise(why) => Err(words::otherwise(&why)),
    }
}
