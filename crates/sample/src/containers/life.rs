//! Starting and ending containers.

use std::{sync::Weak, time::Duration};

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Container, Status, find};
use crate::{
    answer::Refusal,
    clock::Moment,
    engine::Engine,
    launch::{Fate, launch},
    logs::Line,
    world::World,
};

/// Between the start and the end of a program that cannot be executed; measured on a real engine.
const NOT_EXECUTED: Duration = Duration::from_millis(60);

/// How long a program runs that ends by itself.
const BRIEF: Duration = Duration::from_millis(300);

/// Before a first restart by policy; it doubles each time up to the second one, as in a real engine.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// When a container that was just started ends by itself, and with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    after: Duration,
    pub(crate) code: i64,
}

/// Starts the container at `index`; what comes back says when it ends by itself.
pub(crate) fn begin(world: &mut World, index: usize, at: Moment) -> Result<Option<Ending>, Refusal> {
    let container = &world.containers[index];
    let result = check_networks(world, container)
        .and_then(|()| check_ports(world, container))
        .map(|()| launch(&world.kernel, container));
    world.join_networks(index, at);
    let fate = match result {
        Ok(fate) => fate,
        Err(refusal) => {
            let why = refusal.message.clone();
            not_started(world, index, 128, why, at);
            return Err(refusal);
        }
    };
    match fate {
        Fate::Refused { code, why } => {
            not_started(world, index, code, why.clone(), at);
            Err(Refusal::bad(why))
        }
        Fate::Ends { code, line } => {
            started(world, index, String::new(), at);
            world.containers[index].log.push(Line::new(at, "stderr", &line));
            Ok(Some(Ending {
                after: NOT_EXECUTED,
                code,
            }))
        }
        Fate::Runs(command) => {
            started(world, index, command, at);
            let container = &mut world.containers[index];
            let (says, exit) = container.program.answer(&container.command());
            let says = says.iter().zip(0_u32..);
            let lines = says.map(|((channel, text), nth)| {
                Line::new(at.after(Duration::from_millis(7) * nth), channel, text)
            });
            container.log.extend(lines);
            Ok(exit.map(|code| Ending { after: BRIEF, code }))
        }
    }
}

/// Ends the container at `index`. The time to the restart comes back when its policy wants one.
pub(crate) fn end(world: &mut World, index: usize, code: i64, at: Moment) -> Option<Duration> {
    let container = &mut world.containers[index];
    let lived = container
        .state
        .started
        .map_or(0, |started| at.since(started).as_secs());
    container.state.exit = code;
    container.state.finished = Some(at);
    container.state.command = String::new();
    let again = restarts(container, code);
    container.state.status = if again { Status::Restarting } else { Status::Exited };
    let told = [
        ("execDuration", json!(lived.to_string())),
        ("exitCode", json!(code.to_string())),
    ];
    world.tell_at(index, at, "die", &told);
    world.leave_networks(index, at);
    let container = &mut world.containers[index];
    if again {
        container.state.restarts += 1;
        let doubled =
            u32::try_from(container.state.restarts - 1).map_or(u32::MAX, |times| 2_u32.saturating_pow(times));
        return Some(FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE));
    }
    if container.host.get("AutoRemove") == Some(&Value::Bool(true)) {
        world.tell_at(index, at, "destroy", &[]);
        world.containers.remove(index);
    }
    None
}

/// Ends a running container because a user wants it: with `signal`, and then as a program answers that.
pub(crate) fn ask_to_end(world: &mut World, index: usize, signal: u8, code: i64) {
    let at = Moment::now();
    world.containers[index].state.stopped = true;
    world.tell_at(index, at, "kill", &[("signal", json!(signal.to_string()))]);
    if world.containers[index].state.status == Status::Restarting {
        world.containers[index].state.status = Status::Exited;
    } else {
        end(world, index, code, at);
    }
}

/// Lets a container that was started live: it ends, and restarts, as was worked out for it.
pub(crate) async fn live(engine: Weak<Engine>, id: String, mut ending: Ending, mut starts: u64) {
    loop {
        tokio::time::sleep(ending.after).await;
        let Some(pause) = step(&engine, &id, starts, |world, index| {
            end(world, index, ending.code, Moment::now())
        }) else {
            return;
        };
        tokio::time::sleep(pause).await;
        let next = step(&engine, &id, starts, |world, index| {
            let ending = begin(world, index, Moment::now()).ok()??;
            Some((ending, world.containers[index].state.starts))
        });
        let Some(next) = next else { return };
        (ending, starts) = next;
    }
}

/// Does `what` to a container, when it is still in the life that was planned for it.
fn step<T>(
    engine: &Weak<Engine>,
    id: &str,
    starts: u64,
    what: impl FnOnce(&mut World, usize) -> Option<T>,
) -> Option<T> {
    let engine = engine.upgrade()?;
    let mut world = engine.world();
    let index = find(&world.containers, id).ok()?;
    let state = &world.containers[index].state;
    let as_planned = state.starts == starts && matches!(state.status, Status::Running | Status::Restarting);
    if as_planned { what(&mut world, index) } else { None }
}

fn started(world: &mut World, index: usize, command: String, at: Moment) {
    let state = &mut world.containers[index].state;
    state.status = Status::Running;
    state.started = Some(at);
    state.starts += 1;
    state.exit = 0;
    state.stopped = false;
    state.command = command;
    state.error.clear();
    world.tell_at(index, at, "start", &[]);
}

fn not_started(world: &mut World, index: usize, code: i64, why: String, at: Moment) {
    let state = &mut world.containers[index].state;
    state.exit = code;
    state.error = why;
    world.leave_networks(index, at);
}

fn restarts(container: &Container, code: i64) -> bool {
    let policy = container.host.get("RestartPolicy");
    let name = policy
        .and_then(|policy| policy.get("Name"))
        .and_then(Value::as_str);
    let most = policy
        .and_then(|policy| policy.get("MaximumRetryCount"))
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let state = &container.state;
    match name {
        Some("always" | "unless-stopped") => !state.stopped,
        Some("on-failure") => !state.stopped && code != 0 && (most == 0 || state.restarts < most),
        _ => false,
    }
}

fn check_networks(world: &World, container: &Container) -> Result<(), Refusal> {
    let there = |name: &String| {
        world
            .networks
            .iter()
            .any(|network| network.name == *name || network.id == *name)
    };
    match container.networks.keys().find(|name| !there(name)) {
        None => Ok(()),
        Some(name) => Err(Refusal::not_found(format!(
            "failed to set up container networking: network {name} not found"
        ))),
    }
}

fn check_ports(world: &World, container: &Container) -> Result<(), Refusal> {
    let up = world
        .containers
        .iter()
        .filter(|other| other.state.status.is_up() && other.id != container.id);
    let taken: Vec<&str> = up
        .flat_map(|other| other.published().into_iter().map(|(_, host)| host))
        .collect();
    let wanted = container.published();
    let Some((_, port)) = wanted
        .iter()
        .find(|(_, host)| !host.is_empty() && taken.contains(host))
    else {
        return Ok(());
    };
    let message = format!(
        "failed to set up container networking: driver failed programming external connectivity on endpoint {} ({}): Bind for 0.0.0.0:{port} failed: port is already allocated",
        container.name, container.id
    );
    Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message))
}
