//! What a case is: a container, how it comes to its end, and what must be said of it.

use std::collections::HashSet;

use lab::{FOREIGN, Generation, NATIVE};
use serde_json::Value;

use super::{images::Image, stage::Place};

/// The loader that a program of glibc names.
pub(crate) const GLIBC_LOADER: &str = glibc_loader(NATIVE);
/// The same for foreign programs.
pub(crate) const FOREIGN_GLIBC_LOADER: &str = glibc_loader(FOREIGN);
/// The loader that a program of musl names.
pub(crate) const MUSL_LOADER: &str = if cfg!(target_arch = "aarch64") {
    "/lib/ld-musl-aarch64.so.1"
} else {
    "/lib/ld-musl-x86_64.so.1"
};

/// A foreign library where only musl's path file makes its loader look.
pub(crate) const STRAY_FOR_MUSL: &str = if cfg!(target_arch = "aarch64") {
    "/usr/lib/aarch64-linux-musl/libstray.so.1"
} else {
    "/usr/lib/x86_64-linux-musl/libstray.so.1"
};

/// The name of musl's C library, as modules need it.
pub(crate) const MUSL_LIBRARY: &str = if cfg!(target_arch = "aarch64") {
    "libc.musl-aarch64.so.1"
} else {
    "libc.musl-x86_64.so.1"
};

const fn glibc_loader(architecture: &str) -> &'static str {
    if matches!(architecture.as_bytes(), b"arm64") {
        "/lib/ld-linux-aarch64.so.1"
    } else {
        "/lib64/ld-linux-x86-64.so.2"
    }
}

/// What runs foreign programs while the container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Translator {
    Off,
    /// Registered as it should be.
    Fixed,
    /// Registered without the flag by which it is found from inside of containers.
    NotFixed,
}

/// When the container is as it will stay.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// It ended, or never started.
    Ended,
    /// It says this; it may run for ever.
    Says(&'static str),
    /// What the engine says of it is so.
    Is(fn(&Value) -> bool),
}

/// It runs.
pub(crate) const RUNNING: Until = Until::Is(|container| container["State"]["Running"] == true);

/// The engine starts it again and again, and waits longer each time: this one is long enough for a question.
pub(crate) const RESTARTING: Until = Until::Is(|container| {
    container["State"]["Restarting"] == true && container["RestartCount"].as_u64() > Some(4)
});

/// What asks for its health says that it has none.
pub(crate) const UNHEALTHY: Until =
    Until::Is(|container| container["State"]["Health"]["Status"] == "unhealthy");

/// Which platform the program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actual {
    Native,
    Foreign,
    Of(&'static str),
    /// Nothing that could be read says one.
    Nothing,
    /// The contract's words allow more than one answer.
    Unsaid,
}

/// The link that is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faulty {
    /// No link may be blamed.
    None,
    /// A link with this `path`, or that it `resolved` to.
    At(&'static str),
    /// The contract's words allow more than one answer.
    Unsaid,
}

/// What is to be done with docker at some moment; `Place` says where.
pub(crate) type Step = fn(&Place);

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) image: Image,
    pub(crate) options: Vec<&'static str>,
    pub(crate) command: Vec<&'static str>,
    pub(crate) translator: Translator,
    pub(crate) until: Until,
    pub(crate) before: Option<Step>,
    pub(crate) between: Option<Step>,
    pub(crate) after: Option<Step>,
    pub(crate) cause: &'static str,
    pub(crate) confidence: &'static str,
    pub(crate) actual: Actual,
    pub(crate) faulty: Faulty,
    /// The only architecture that it can be made on; any, when there is none.
    only_on: Option<&'static str>,
    /// The generations that it can be made on.
    on: Vec<Generation>,
}

/// A container of `image` that runs `command` through its own entry point, if it has one.
pub(crate) fn case(name: &'static str, image: Image, command: &[&'static str]) -> Case {
    Case {
        name,
        image,
        options: Vec::new(),
        command: command.to_vec(),
        translator: Translator::Off,
        until: Until::Ended,
        before: None,
        between: None,
        after: None,
        cause: "",
        confidence: "",
        actual: Actual::Unsaid,
        faulty: Faulty::Unsaid,
        only_on: None,
        on: Generation::ALL.to_vec(),
    }
}

/// A container of `image` whose shell runs `script`.
pub(crate) fn shell(name: &'static str, image: Image, script: &'static str) -> Case {
    case(name, image, &["/bin/sh", "-c", script])
}

impl Case {
    /// Options of `docker run`. `{folder}` in them is a folder of the engine's machine, `{node}` the
    /// file of its Node.
    pub(crate) fn with(mut self, options: &[&'static str]) -> Self {
        self.options.extend(options);
        self
    }

    /// Gives a program that takes it `code` to run.
    pub(crate) fn running(mut self, program: &'static str, code: &'static str) -> Self {
        let option = if program == "node" { "-e" } else { "-c" };
        self.command.extend([program, option, code]);
        self
    }

    pub(crate) fn under(mut self, translator: Translator) -> Self {
        self.translator = translator;
        self
    }

    pub(crate) fn until(mut self, until: Until) -> Self {
        self.until = until;
        self
    }

    /// What is done before it is created.
    pub(crate) fn before(mut self, step: Step) -> Self {
        self.before = Some(step);
        self
    }

    /// What is done after it was created, and before it starts.
    pub(crate) fn between(mut self, step: Step) -> Self {
        self.between = Some(step);
        self
    }

    /// What is done once it is as `until` says.
    pub(crate) fn after(mut self, step: Step) -> Self {
        self.after = Some(step);
        self
    }

    pub(crate) fn only_on(mut self, architecture: &'static str) -> Self {
        self.only_on = Some(architecture);
        self
    }

    /// Leaves out the other generations.
    pub(crate) fn only_with(mut self, generations: &[Generation]) -> Self {
        self.on = generations.to_vec();
        self
    }

    /// What must be said of it.
    pub(crate) fn is(mut self, cause: &'static str, actual: Actual, faulty: Faulty) -> Self {
        (self.cause, self.actual, self.faulty) = (cause, actual, faulty);
        self.confidence = if cause == "unknown" { "none" } else { "certain" };
        self
    }

    /// There is nothing to be sure of.
    pub(crate) fn and_nothing_known(mut self) -> Self {
        self.confidence = "none";
        self
    }

    /// The bytes do not settle it, and that must be said.
    pub(crate) fn but_only_likely(mut self) -> Self {
        self.confidence = "likely";
        self
    }
}

/// The cases that can be made on an engine of this generation, on this machine.
pub(crate) fn on(generation: Generation, cases: Vec<Case>) -> Vec<Case> {
    let can = |case: &Case| {
        case.only_on.is_none_or(|architecture| architecture == NATIVE) && case.on.contains(&generation)
    };
    cases.into_iter().filter(can).collect()
}

/// The first case of each cause under each translator.
pub(crate) fn one_of_each(cases: Vec<Case>) -> Vec<Case> {
    let mut seen = HashSet::new();
    let is_first = |case: &Case| seen.insert((case.cause, format!("{:?}", case.translator)));
    let mut is_first = is_first;
    cases.into_iter().filter(|case| is_first(case)).collect()
}
