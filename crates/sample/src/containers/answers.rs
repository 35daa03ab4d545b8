//! Answers about containers, and what is done to them.

use std::{sync::Arc, time::Duration};

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{
    Status, Wanted, create,
    create::{body_of, check_name},
    find,
    life::{ask_to_end, begin, live},
};
use crate::{
    answer::{Answer, Refusal, empty, json, json_with, line, stream},
    ask::Ask,
    clock::Moment,
    engine::Engine,
    scenario::Fault,
    world::World,
};

const TERM: u8 = 15;
const KILL: u8 = 9;

/// Between two looks at a container whose end somebody waits for.
const LOOK: Duration = Duration::from_millis(20);

/// `GET /containers/{id}/json`.
pub(crate) fn inspect(world: &World, name: &str) -> Result<Answer, Refusal> {
    let container = &world.containers[find(&world.containers, name)?];
    Ok(json(&container.inspection(world)))
}

/// `POST /containers/create`.
pub(crate) fn make(world: &mut World, ask: &Ask) -> Result<Answer, Refusal> {
    let wanted = Wanted {
        name: ask.text("name"),
        platform: ask.text("platform"),
        body: body_of(&ask.body)?,
    };
    let (id, warnings) = create(world, &wanted, Moment::now())?;
    Ok(json_with(
        StatusCode::CREATED,
        &json!({ "Id": id, "Warnings": warnings }),
    ))
}

/// `POST /containers/{id}/start`.
pub(crate) fn start(engine: &Arc<Engine>, name: &str) -> Result<Answer, Refusal> {
    let mut world = engine.world();
    let index = find(&world.containers, name)?;
    match world.containers[index].state.status {
        Status::Running | Status::Restarting => return Ok(empty(StatusCode::NOT_MODIFIED)),
        Status::Paused => {
            return Err(Refusal::conflict(
                "cannot start a paused container, try unpause instead",
            ));
        }
        Status::Created | Status::Exited => {}
    }
    if engine.fault == Some(Fault::StartFails) {
        let message = "failed to create task for container: failed to start shim: start failed: no space left on device";
        return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    }
    let ending = begin(&mut world, index, Moment::now())?;
    if let Some(ending) = ending {
        let container = &world.containers[index];
        tokio::spawn(live(
            Arc::downgrade(engine),
            container.id.clone(),
            ending,
            container.state.starts,
        ));
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /containers/{id}/stop`. Programs of a sample end well when they are asked to.
pub(crate) fn stop(world: &mut World, name: &str) -> Result<Answer, Refusal> {
    let index = find(&world.containers, name)?;
    if !world.containers[index].state.status.is_up() {
        return Ok(empty(StatusCode::NOT_MODIFIED));
    }
    let id = world.containers[index].id.clone();
    ask_to_end(world, index, TERM, 0);
    if let Ok(index) = find(&world.containers, &id) {
        world.tell_at(index, Moment::now(), "stop", &[]);
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /containers/{id}/kill`.
pub(crate) fn kill(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let index = find(&world.containers, name)?;
    let container = &world.containers[index];
    if !container.state.status.is_up() {
        let message = format!(
            "cannot kill container: {name}: container {} is not running",
            container.id
        );
        return Err(Refusal::conflict(message));
    }
    let signal = match ask.text("signal").trim_start_matches("SIG") {
        "" | "KILL" => KILL,
        "TERM" => TERM,
        "INT" => 2,
        other => other
            .parse()
            .map_err(|_| Refusal::bad(format!("invalid signal: {other}")))?,
    };
    ask_to_end(world, index, signal, 128 + i64::from(signal));
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /containers/{id}/restart`.
pub(crate) fn restart(engine: &Arc<Engine>, name: &str) -> Result<Answer, Refusal> {
    stop(&mut engine.world(), name)?;
    start(engine, name)?;
    let mut world = engine.world();
    let index = find(&world.containers, name)?;
    world.tell_at(index, Moment::now(), "restart", &[]);
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /containers/{id}/pause` and `unpause`.
pub(crate) fn turn(world: &mut World, name: &str, action: &str) -> Result<Answer, Refusal> {
    let index = find(&world.containers, name)?;
    let (from, to) = match action {
        "pause" => (Status::Running, Status::Paused),
        _ => (Status::Paused, Status::Running),
    };
    let container = &mut world.containers[index];
    if container.state.status != from {
        let message = format!(
            "cannot {action} container {name}: it is {}",
            container.state.status.as_str()
        );
        return Err(Refusal::conflict(message));
    }
    container.state.status = to;
    world.tell_at(index, Moment::now(), action, &[]);
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /containers/{id}/rename`.
pub(crate) fn rename(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let index = find(&world.containers, name)?;
    let new = ask.text("name").trim_start_matches('/');
    if new.is_empty() {
        return Err(Refusal::bad("Neither old nor new names may be empty"));
    }
    if world.containers[index].name == new {
        return Err(Refusal::bad(
            "Renaming a container with the same name as its current name",
        ));
    }
    check_name(world, new)?;
    let old = std::mem::replace(&mut world.containers[index].name, new.to_owned());
    world.tell_at(
        index,
        Moment::now(),
        "rename",
        &[("oldName", json!(format!("/{old}")))],
    );
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /containers/{id}/update`.
pub(crate) fn update(engine: &Engine, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let mut world = engine.world();
    let index = find(&world.containers, name)?;
    let id = world.containers[index].id.clone();
    if engine.fault == Some(Fault::EndsWhileChanged) && world.changed.insert(id.clone()) {
        let message = format!("Cannot update container {id}: cannot update a stopped container");
        return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    }
    let said = ask.body.as_object().cloned().unwrap_or_default();
    world.containers[index].host.extend(said);
    world.tell_at(index, Moment::now(), "update", &[]);
    Ok(json(&json!({ "Warnings": null })))
}

/// `DELETE /containers/{id}`.
pub(crate) fn remove(world: &mut World, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let index = find(&world.containers, name)?;
    let container = &world.containers[index];
    let id = container.id.clone();
    if container.state.status.is_up() {
        if !ask.is_set("force") {
            return Err(Refusal::conflict(format!(
                "cannot remove container \"/{}\": container is {}: stop the container before removing or force remove",
                container.name,
                container.state.status.as_str()
            )));
        }
        ask_to_end(world, index, KILL, 128 + i64::from(KILL));
    }
    // One with `AutoRemove` is gone by now.
    let Ok(index) = find(&world.containers, &id) else {
        return Ok(empty(StatusCode::NO_CONTENT));
    };
    world.tell_at(index, Moment::now(), "destroy", &[]);
    let container = world.containers.remove(index);
    if ask.is_set("v") {
        let names = container
            .mounts
            .iter()
            .filter_map(|mount| mount.get("Name")?.as_str());
        for name in names.filter(|name| is_anonymous(name)) {
            world.volumes.remove(name);
        }
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `GET /containers/{id}/top`.
pub(crate) fn top(world: &mut World, name: &str) -> Result<Answer, Refusal> {
    let index = find(&world.containers, name)?;
    let container = &world.containers[index];
    if !matches!(container.state.status, Status::Running | Status::Paused) {
        return Err(Refusal::conflict(format!(
            "container {} is not running",
            container.id
        )));
    }
    let (pid, command) = (container.pid().to_string(), container.state.command.clone());
    world.tell_at(index, Moment::now(), "top", &[]);
    Ok(json(&json!({
        "Titles": ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
        "Processes": [["root", pid, "1", "0", "07:40", "?", "00:00:00", command]],
    })))
}

/// `GET /containers/{id}/changes`: nothing is written.
pub(crate) fn changes(world: &World, name: &str) -> Result<Answer, Refusal> {
    find(&world.containers, name)?;
    Ok(json(&Value::Null))
}

/// `POST /containers/{id}/wait`.
pub(crate) fn wait(engine: &Arc<Engine>, ask: &Ask, name: &str) -> Result<Answer, Refusal> {
    let (id, begun) = {
        let world = engine.world();
        let container = &world.containers[find(&world.containers, name)?];
        (container.id.clone(), container.state.finished)
    };
    let condition = ask.text("condition").to_owned();
    let engine = Arc::downgrade(engine);
    let (sender, answer) = stream("application/json");
    tokio::spawn(async move {
        let mut code = 0;
        while let Some(engine) = engine.upgrade().filter(|_| !sender.is_closed()) {
            let over = {
                let world = engine.world();
                find(&world.containers, &id).map_or(true, |index| {
                    let state = &world.containers[index].state;
                    code = state.exit;
                    match condition.as_str() {
                        "removed" => false,
                        "next-exit" => state.finished != begun,
                        _ => !state.status.is_up(),
                    }
                })
            };
            if over {
                line(&sender, &json!({ "StatusCode": code })).await;
                return;
            }
            drop(engine);
            tokio::time::sleep(LOOK).await;
        }
    });
    Ok(answer)
}

/// Whether a volume's name is one that the engine gave it.
fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|digit| digit.is_ascii_hexdigit())
}
