//! Which answer belongs to which request.

use std::sync::Arc;

use hyper::{Method, StatusCode};

use crate::{
    answer::{Answer, Refusal, bytes, header, json},
    archive,
    ask::{API, Ask},
    containers::{self, answers},
    engine::Engine,
    events, images, logs, networks, pull,
    scenario::Fault,
};

/// Answers one request.
pub(crate) fn answer(engine: &Arc<Engine>, ask: &Ask) -> Answer {
    let answer = match ask.method {
        Method::GET | Method::HEAD => get(engine, ask),
        Method::POST => post(engine, ask),
        Method::DELETE => delete(engine, ask),
        _ => Err(unknown()),
    };
    answer.unwrap_or_else(Answer::from)
}

/// Adds what a real engine says of itself with every answer.
pub(crate) fn signed(mut answer: Answer) -> Answer {
    let signs = [
        ("api-version", format!("{}.{}", API.0, API.1)),
        ("docker-experimental", "false".to_owned()),
        ("ostype", "linux".to_owned()),
        ("server", "Docker/28.5.2 (linux)".to_owned()),
    ];
    for (name, value) in signs {
        header(&mut answer, name, &value);
    }
    answer
}

fn get(engine: &Arc<Engine>, ask: &Ask) -> Result<Answer, Refusal> {
    let path: Vec<&str> = ask.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["_ping"] => return Ok(ping()),
        ["version"] => return Ok(json(engine.world().version())),
        ["info"] => return Ok(json(&engine.world().info())),
        _ if engine.fault == Some(Fault::Fails) => return Err(failed()),
        _ => {}
    }
    match path.as_slice() {
        ["events"] => events::answer(engine, ask),
        ["containers", "json"] => containers::list(&engine.world(), ask),
        ["containers", name, "json"] => answers::inspect(&engine.world(), name),
        ["containers", name, "logs"] => logs::answer(engine, ask, name),
        ["containers", name, "export"] => archive::export(engine, name),
        ["containers", name, "archive"] => archive::answer(engine, ask, name),
        ["containers", name, "top"] => answers::top(&mut engine.world(), name),
        ["containers", name, "changes"] => answers::changes(&engine.world(), name),
        ["images", "json"] => images::list(&engine.world(), ask),
        ["images", name @ .., "json"] => images::inspect(&engine.world(), ask, &name.join("/")),
        ["distribution", name @ .., "json"] => images::distribution(&engine.world(), &name.join("/")),
        ["networks"] => networks::list(&engine.world(), ask),
        ["networks", name] => networks::inspect(&engine.world(), name),
        ["volumes"] => Ok(networks::volumes(&engine.world())),
        ["volumes", name] => networks::inspect_volume(&engine.world(), name),
        _ => Err(unknown()),
    }
}

fn post(engine: &Arc<Engine>, ask: &Ask) -> Result<Answer, Refusal> {
    if engine.fault == Some(Fault::Fails) {
        return Err(failed());
    }
    let path: Vec<&str> = ask.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["containers", "create"] => answers::make(&mut engine.world(), ask),
        ["containers", name, "start"] => answers::start(engine, name),
        ["containers", name, "stop"] => answers::stop(&mut engine.world(), name),
        ["containers", name, "kill"] => answers::kill(&mut engine.world(), ask, name),
        ["containers", name, "restart"] => answers::restart(engine, name),
        ["containers", name, action @ ("pause" | "unpause")] => {
            answers::turn(&mut engine.world(), name, action)
        }
        ["containers", name, "rename"] => answers::rename(&mut engine.world(), ask, name),
        ["containers", name, "update"] => answers::update(engine, ask, name),
        ["containers", name, "wait"] => answers::wait(engine, ask, name),
        ["images", "load"] => images::load(&mut engine.world(), ask),
        ["images", "create"] => pull::answer(engine, ask),
        ["images", name @ .., "tag"] => images::tag(&mut engine.world(), ask, &name.join("/")),
        ["networks", name, "connect"] => networks::connect(&mut engine.world(), ask, name),
        ["networks", name, "disconnect"] => networks::disconnect(&mut engine.world(), ask, name),
        _ => Err(unknown()),
    }
}

fn delete(engine: &Arc<Engine>, ask: &Ask) -> Result<Answer, Refusal> {
    if engine.fault == Some(Fault::Fails) {
        return Err(failed());
    }
    let path: Vec<&str> = ask.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["containers", name] => answers::remove(&mut engine.world(), ask, name),
        ["images", name @ ..] if !name.is_empty() => {
            images::remove(&mut engine.world(), ask, &name.join("/"))
        }
        _ => Err(unknown()),
    }
}

fn ping() -> Answer {
    let mut answer = bytes("text/plain; charset=utf-8", "OK");
    let signs = [
        ("builder-version", "2"),
        ("cache-control", "no-cache, no-store, must-revalidate"),
        ("pragma", "no-cache"),
        ("swarm", "inactive"),
    ];
    for (name, value) in signs {
        header(&mut answer, name, value);
    }
    answer
}

fn unknown() -> Refusal {
    Refusal::not_found("page not found")
}

fn failed() -> Refusal {
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the sample engine was told to fail",
    )
}
