//! One platform's image, judged by what would be started in it and by what it brings along.

use diagnosis::{Cause, Confidence, Diagnosis, Ending, Facts, Hints, Known, State};
use engine::{EngineError, Inspection, Root};
use platform::{Link, Native, Platform, Target, Via};
use registry::{Outline, RegistryError, Tree};
use serde_json::{Value, json};

use super::{
    files::ImageFiles,
    modules::{self, Programs},
};
use crate::{
    present, verify_words as words,
    view::{Problem, Verdict, VerifiedPlatform},
};

/// Judges the image of `reference` that is labelled so, and whose files are `tree`.
pub(super) async fn judge(
    reference: &str,
    labelled: &Platform,
    outline: &Outline,
    tree: &Tree,
) -> VerifiedPlatform {
    let programs = modules::look(tree, labelled);
    let inspection = inspection(&outline.config);
    let configured = outline.platform.as_ref();
    let found = if inspection.program().is_empty() {
        by_programs(labelled, &programs)
    } else {
        by_start(reference, labelled, &inspection, tree, &programs).await
    };
    let found = match configured.filter(|configured| !is_same(configured, labelled)) {
        Some(configured) => Found {
            verdict: Verdict::Mislabelled,
            why: words::two_labels(labelled, configured),
            fix: Some(words::rebuild(labelled)),
            ..found
        },
        None => found,
    };
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    VerifiedPlatform {
        program: found.program,
        actual: found.actual.as_ref().map(Platform::to_string),
        foreign_modules: count(programs.foreign_modules),
        cause: found.cause.map(|cause| cause.as_str().to_owned()),
        fix: found.fix,
        chain: found
            .diagnosis
            .into_iter()
            .flat_map(|diagnosis| diagnosis.chain)
            .map(present::link)
            .collect(),
        modules: programs.modules,
        programs: count(programs.all),
        foreign_programs: count(programs.foreign),
        configured: configured.map(Platform::to_string),
        ..without(labelled, None, found.verdict, found.why)
    }
}

/// A platform of which nothing was read.
pub(super) fn without(
    platform: &Platform,
    digest: Option<String>,
    verdict: Verdict,
    why: String,
) -> VerifiedPlatform {
    VerifiedPlatform {
        platform: platform.to_string(),
        digest,
        present: verdict != Verdict::Missing,
        configured: None,
        program: None,
        actual: None,
        foreign_modules: 0,
        verdict,
        cause: None,
        why,
        fix: (verdict == Verdict::Missing).then(|| words::build(platform)),
        chain: Vec::new(),
        modules: Vec::new(),
        programs: 0,
        foreign_programs: 0,
        error: None,
    }
}

/// A platform that could not be read; that two labels differ is known all the same.
pub(super) fn unread(
    platform: &Platform,
    digest: String,
    configured: Option<&Platform>,
    error: &RegistryError,
) -> VerifiedPlatform {
    let problem = Problem::from(error);
    let other = configured.filter(|configured| !is_same(configured, platform));
    let (verdict, why) = match other {
        Some(other) => (Verdict::Mislabelled, words::two_labels(platform, other)),
        None => (Verdict::Unknown, problem.message.clone()),
    };
    VerifiedPlatform {
        configured: configured.map(Platform::to_string),
        error: Some(problem),
        ..without(platform, Some(digest), verdict, why)
    }
}

struct Found {
    verdict: Verdict,
    program: Option<String>,
    actual: Option<Platform>,
    cause: Option<Cause>,
    why: String,
    fix: Option<String>,
    diagnosis: Option<Diagnosis>,
}

/// A container of an image, as an engine would describe it.
fn inspection(config: &Value) -> Inspection {
    let words = |name: &str| config.get(name).and_then(Value::as_array).cloned();
    let command: Vec<Value> = [words("Entrypoint"), words("Cmd")]
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    let (program, arguments) = command.split_first().unzip();
    Inspection::from_json(json!({
        "Path": program.unwrap_or(&Value::Null),
        "Args": arguments.unwrap_or_default(),
        "Config": config,
    }))
}

/// An image that starts nothing by itself is known by all that could be started in it.
fn by_programs(labelled: &Platform, programs: &Programs) -> Found {
    let (verdict, why) = match (programs.all, programs.foreign) {
        (0, _) => (Verdict::Unknown, words::nothing_to_start()),
        (all, foreign) if all == foreign => (
            Verdict::Mislabelled,
            words::none_fits(labelled, programs.first.as_ref()),
        ),
        _ if programs.foreign_modules > 0 => (
            Verdict::ForeignBinary,
            words::foreign_modules(labelled, programs.foreign_modules, &programs.modules),
        ),
        (all, foreign) => (Verdict::Ok, words::no_command(labelled, all - foreign)),
    };
    let fix = match verdict {
        Verdict::Mislabelled => Some(words::rebuild(labelled)),
        Verdict::ForeignBinary => programs.fix.clone(),
        Verdict::Ok | Verdict::Missing | Verdict::Unknown => None,
    };
    Found {
        verdict,
        program: None,
        actual: None,
        cause: None,
        why,
        fix,
        diagnosis: None,
    }
}

async fn by_start(
    reference: &str,
    labelled: &Platform,
    inspection: &Inspection,
    tree: &Tree,
    programs: &Programs,
) -> Found {
    let diagnosis = match diagnosed(reference, labelled, inspection, tree).await {
        Ok(diagnosis) => diagnosis,
        Err(error) => {
            return Found {
                verdict: Verdict::Unknown,
                program: Some(inspection.program().to_owned()),
                actual: None,
                cause: None,
                why: words::unfollowed(inspection.program(), &error.to_string()),
                fix: None,
                diagnosis: None,
            };
        }
    };
    let start = Start {
        labelled,
        programs,
        diagnosis: &diagnosis,
        program: started(&diagnosis, inspection),
    };
    let (verdict, why) = start.verdict();
    let is_blamed = !matches!(diagnosis.cause, Cause::Unknown);
    Found {
        verdict,
        why,
        fix: start.fix(verdict),
        cause: is_blamed.then_some(diagnosis.cause),
        program: Some(start.program),
        actual: diagnosis.actual.clone(),
        diagnosis: Some(diagnosis),
    }
}

/// What would keep it from starting where everything is as it is labelled.
async fn diagnosed(
    reference: &str,
    labelled: &Platform,
    inspection: &Inspection,
    tree: &Tree,
) -> Result<Diagnosis, EngineError> {
    let root = Root::new(Box::new(ImageFiles(tree)), inspection);
    let followed = root.chain().await?;
    let is_stray = |link: &Link| link.platform().is_some_and(|platform| !fits(platform, labelled));
    let witness = if followed.links.iter().any(is_stray) {
        root.witness(&followed.links).await?
    } else {
        None
    };
    Ok(diagnosis::diagnose(&Facts {
        container: reference.to_owned(),
        image: reference.to_owned(),
        engine: labelled.clone(),
        claimed: Known::Known(labelled.clone()),
        program: inspection.program().to_owned(),
        ending: Ending {
            state: State::Image,
            ..Ending::default()
        },
        chain: Known::Known(followed.links),
        unfollowed: followed.unfollowed,
        asides: followed.asides,
        witness,
        health: None,
        log: Known::Known(Vec::new()),
        stop_requested: Known::Known(false),
        user: inspection.user().to_owned(),
        missing_source: None,
        hints: Hints::default(),
    }))
}

/// What is started, where it was found.
fn started(diagnosis: &Diagnosis, inspection: &Inspection) -> String {
    let first = diagnosis.chain.first();
    first
        .map_or(inspection.program(), |judged| judged.link.place())
        .to_owned()
}

struct Start<'a> {
    labelled: &'a Platform,
    programs: &'a Programs,
    diagnosis: &'a Diagnosis,
    program: String,
}

impl Start<'_> {
    fn verdict(&self) -> (Verdict, String) {
        let (labelled, diagnosis, programs) = (self.labelled, self.diagnosis, self.programs);
        let cause = diagnosis.cause;
        let is = |causes: &[Cause]| causes.contains(&cause);
        let none_fits = programs.all > 0 && programs.all == programs.foreign;
        if is(&[Cause::MislabelledImage, Cause::WrongArchitecture])
            || is(&[Cause::ForeignBinary]) && none_fits
        {
            let why = words::mislabelled(labelled, &self.program, diagnosis.actual.as_ref());
            return (Verdict::Mislabelled, why);
        }
        if is(&[Cause::ForeignBinary, Cause::ForeignModule, Cause::NotLinuxBinary]) {
            return (Verdict::ForeignBinary, diagnosis.summary.clone());
        }
        // Somebody's script may yet bring what is not there; what the kernel refuses it refuses everywhere.
        if cause == Cause::Unknown || diagnosis.confidence != Confidence::Certain {
            return self.faultless();
        }
        if none_fits {
            let why = words::none_fits(labelled, programs.first.as_ref());
            return (Verdict::Mislabelled, why);
        }
        (Verdict::Unknown, diagnosis.summary.clone())
    }

    /// Nothing keeps it from starting where some processors of its label are.
    fn faultless(&self) -> (Verdict, String) {
        let (labelled, programs) = (self.labelled, self.programs);
        if let Some((path, why)) = self.unreadable() {
            return (Verdict::Unknown, words::unfollowed(path, why));
        }
        let Some(actual) = &self.diagnosis.actual else {
            return (Verdict::Unknown, words::no_platform(&self.program));
        };
        // Some processors run it, and it is not what the label says.
        if !fits(actual, labelled) {
            let why = words::mislabelled(labelled, &self.program, Some(actual));
            return (Verdict::Mislabelled, why);
        }
        if programs.foreign_modules > 0 {
            let why = words::foreign_modules(labelled, programs.foreign_modules, &programs.modules);
            return (Verdict::ForeignBinary, why);
        }
        let first = self.diagnosis.chain.first();
        let why = match first.and_then(|judged| judged.link.platform()) {
            Some(_) => words::fine(&self.program, actual),
            None => words::fine_script(&self.program, actual),
        };
        (Verdict::Ok, why)
    }

    /// What the kernel would start and was not read.
    fn unreadable(&self) -> Option<(&str, &str)> {
        let by_kernel = |link: &Link| matches!(link.via, Via::Kernel | Via::Env);
        let links = self.diagnosis.chain.iter().map(|judged| &judged.link);
        links
            .filter(|link| by_kernel(link))
            .find_map(|link| match &link.target {
                Target::Unreadable(why) => Some((link.place(), why.as_str())),
                Target::File(_) | Target::Directory | Target::Special | Target::Missing => None,
            })
    }

    fn fix(&self, verdict: Verdict) -> Option<String> {
        match verdict {
            Verdict::Ok | Verdict::Missing => None,
            Verdict::ForeignBinary if self.diagnosis.cause == Cause::Unknown => self.programs.fix.clone(),
            Verdict::Mislabelled | Verdict::ForeignBinary => Some(words::rebuild(self.labelled)),
            Verdict::Unknown => {
                let remedy = self.diagnosis.remedies.first();
                remedy.map(|remedy| remedy.title.clone())
            }
        }
    }
}

/// Whether a program belongs into an image that is labelled so: it runs on all its processors.
fn fits(program: &Platform, labelled: &Platform) -> bool {
    is_same(program, labelled) || program.runs_on(labelled) == Native::Yes
}

/// Whether two labels mean the same architecture. Variants do not tell: some builders leave them out.
fn is_same(one: &Platform, other: &Platform) -> bool {
    one.os() == other.os() && one.architecture() == other.architecture()
}

#[cfg(test)]
mod tests;
