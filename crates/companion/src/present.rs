//! From precise types to what faces show.

use diagnosis::{Cause, EvidenceKind, Facts, JudgedLink, State};
use engine::act::{Done, Plan, Restored};
use platform::{Mount, MountKind, Platform, Role, Target, Via};

use crate::{
    plan_words,
    view::{self, LinkVerdict, Problem},
};

pub(crate) fn engine(identity: &engine::Identity, sample: bool) -> view::Engine {
    view::Engine {
        name: identity.name.clone(),
        version: identity.version.clone(),
        api_version: identity.api_version.clone(),
        platform: identity.platform.to_string(),
        store: identity.store.as_str().to_owned(),
        runtime: identity.runtime.as_str().to_owned(),
        sample,
    }
}

pub(crate) fn host(machine: &host::Machine) -> view::Host {
    view::Host {
        os: machine.os.as_str().to_owned(),
        architecture: machine
            .architecture
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
        translated_process: machine.translated_process,
    }
}

pub(crate) fn diagnosis(
    facts: &Facts,
    command: Vec<String>,
    environment: Vec<(String, String)>,
    diagnosis: diagnosis::Diagnosis,
) -> view::Diagnosis {
    let ended = facts.ending.is_bad() || facts.ending.state == diagnosis::State::Ended;
    view::Diagnosis {
        subject: subject(facts).to_owned(),
        container: facts.container.clone(),
        image: facts.image.clone(),
        exit_code: ended.then(|| exit_code(facts.ending.exit_code)),
        platform: view::ClaimedActual {
            claimed: facts.claimed.as_known().map(Platform::to_string),
            actual: diagnosis.actual.as_ref().map(Platform::to_string),
        },
        cause: cause(facts, &diagnosis),
        confidence: diagnosis.confidence.as_str().to_owned(),
        summary: diagnosis.summary,
        command,
        chain: diagnosis.chain.into_iter().map(link).collect(),
        evidence: diagnosis.evidence.into_iter().map(evidence).collect(),
        remedies: diagnosis.remedies.into_iter().map(remedy).collect(),
        environment,
    }
}

fn subject(facts: &Facts) -> &'static str {
    match facts.ending.state {
        State::Image => "image",
        State::Created | State::Running | State::Restarting | State::Ended | State::HealthCheck => {
            "container"
        }
    }
}

/// A container always has a cause, if only that it is not known. An image that was read, and has no fault, has none.
fn cause(facts: &Facts, diagnosis: &diagnosis::Diagnosis) -> Option<String> {
    let is_fine =
        |judged: &JudgedLink| judged.fault.is_none() && !matches!(judged.link.target, Target::Unreadable(_));
    let was_read = facts.chain.as_known().is_some() && diagnosis.chain.iter().all(is_fine);
    let is_healthy = facts.ending.state == State::Image && diagnosis.cause == Cause::Unknown && was_read;
    (!is_healthy).then(|| diagnosis.cause.as_str().to_owned())
}

/// The container that was made to read an image is still there.
pub(crate) fn left_behind(id: &str, error: &engine::EngineError) -> view::Evidence {
    let short: String = id.chars().take(12).collect();
    let reason = Problem::from(error).message;
    view::Evidence {
        kind: EvidenceKind::Engine.as_str().to_owned(),
        text: format!("container {short}, which was made to read the image, could not be removed: {reason}"),
    }
}

/// Exit codes are a byte; what does not fit came from nowhere.
pub(crate) fn exit_code(code: i64) -> i32 {
    i32::try_from(code).unwrap_or(i32::MAX)
}

pub(crate) fn link(judged: JudgedLink) -> view::Link {
    let format = match &judged.link.target {
        Target::File(file) => file.program.format.as_str(),
        Target::Directory => "directory",
        Target::Missing => "missing",
        Target::Special | Target::Unreadable(_) => "other",
    };
    let proof = judged.link.program().and_then(platform::Program::proof);
    let verdict = match judged.link.target {
        _ if judged.fault.is_some() => LinkVerdict::Wrong,
        Target::Missing => LinkVerdict::Absent,
        Target::Special | Target::Unreadable(_) => LinkVerdict::Unknown,
        Target::File(_) | Target::Directory => LinkVerdict::Fine,
    };
    view::Link {
        role: role(judged.link.role).to_owned(),
        via: via(judged.link.via).to_owned(),
        mount: judged.link.mount.as_ref().map(mount),
        format: format.to_owned(),
        size: judged.link.program().map(|program| program.size),
        platform: judged.link.platform().map(Platform::to_string),
        proof: proof.map(bytes),
        path: judged.link.path,
        resolved: judged.link.resolved,
        verdict,
        fault: judged.fault,
        detail: judged.detail,
    }
}

fn bytes(proof: platform::Proof) -> view::Proof {
    let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let hex: Vec<String> = proof.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    view::Proof {
        hex: hex.join(" "),
        from: position(proof.from),
        to: position(proof.to),
        meaning: proof.meaning,
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Command => "command",
        Role::Script => "script",
        Role::Interpreter => "interpreter",
        Role::Loader => "loader",
        Role::Program => "program",
        Role::Module => "module",
    }
}

fn via(via: Via) -> &'static str {
    match via {
        Via::Kernel => "kernel",
        Via::Env => "env",
        Via::Launcher => "launcher",
        Via::Shell | Via::Reader => "shell",
        Via::Loader => "loader",
        Via::Words => "words",
        Via::HealthCheck => "health-check",
    }
}

fn mount(mount: &Mount) -> view::Mount {
    let kind = match mount.kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Memory => "tmpfs",
        MountKind::Other => "other",
    };
    view::Mount {
        kind: kind.to_owned(),
        source: mount.source.clone(),
        destination: mount.destination.clone(),
    }
}

fn evidence(evidence: diagnosis::Evidence) -> view::Evidence {
    view::Evidence {
        kind: evidence.kind.as_str().to_owned(),
        text: evidence.text,
    }
}

fn remedy(remedy: diagnosis::Remedy) -> view::Remedy {
    view::Remedy {
        kind: remedy.kind.as_str().to_owned(),
        title: remedy.title,
        command: remedy.command,
        why: remedy.why,
        platform: remedy.platform.map(|platform| platform.to_string()),
    }
}

pub(crate) fn plan(plan: &Plan) -> view::RerunPlan {
    view::RerunPlan {
        container: plan.old.name().to_owned(),
        from: plan.from.as_ref().map(Platform::to_string),
        to: plan.to.to_string(),
        steps: plan_words::steps(plan),
        changes: plan.changes.iter().map(plan_words::change).collect(),
        warnings: plan
            .warnings
            .iter()
            .map(|warning| plan_words::warning(warning, plan))
            .collect(),
        blockers: plan
            .blockers
            .iter()
            .map(|blocker| plan_words::blocker(blocker, plan))
            .collect(),
        pull: plan.pull.clone().map(|reference| view::Pull {
            reference,
            size: plan.size,
        }),
        command: plan.command.clone(),
        unsaid: plan.unsaid.clone(),
        compose: plan.compose.clone(),
        compose_unsaid: plan.compose_unsaid.clone(),
        kept: plan_words::kept(plan),
        mounts: plan_words::mounts(plan),
        by_compose: None,
    }
}

pub(crate) fn done(plan: &Plan, done: Done) -> view::RerunDone {
    view::RerunDone {
        plan: self::plan(plan),
        old_id: plan.old.id().to_owned(),
        new_id: done.new_id,
        kept_as: done.kept_as,
        state: done.state,
        differences: done.differences.into_iter().map(difference).collect(),
    }
}

fn difference(difference: engine::act::Difference) -> view::Difference {
    let engine::act::Difference {
        field,
        old,
        new,
        expected,
    } = difference;
    view::Difference {
        field,
        old,
        new,
        expected,
    }
}

pub(crate) fn restored(restored: Restored) -> view::Restored {
    let Restored {
        name,
        id,
        removed_id,
        state,
    } = restored;
    view::Restored {
        container: name,
        id,
        removed_id,
        state,
        file: None,
    }
}

/// As it was written: faces make visible what cannot be seen, each in its own way.
pub(crate) fn log_line(line: engine::LogLine) -> view::LogLine {
    let engine::LogLine { stderr, time, text } = line;
    view::LogLine { stderr, time, text }
}
