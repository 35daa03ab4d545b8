//! Rosetta as faces show it: the verdict, and what every runtime's files say.

use host::{Conflict, Rosetta, Step, Vmm};

use crate::{
    problem::{capitalised, plain, said},
    verdict::{Decides, Verdict, Witnesses, verdict},
    verdict_words::{self, Unseen},
    view,
};

/// The answer of `rosetta`: of the runtime that serves the engine, with all that were found.
pub(crate) fn rosetta(witnesses: &Witnesses<'_>, found: &[Rosetta], unseen: &[Unseen]) -> view::Rosetta {
    let settings = witnesses.settings;
    let verdict = verdict(witnesses);
    let own = settled(settings);
    view::Rosetta {
        state: verdict.state.as_str().to_owned(),
        source: verdict.source.as_str().to_owned(),
        confidence: verdict.confidence.as_str().to_owned(),
        decides: decides(verdict.decides).to_owned(),
        works: verdict.works,
        runtime: own.runtime,
        instance: own.instance,
        runtime_version: own.runtime_version,
        vmm: own.vmm,
        file: own.file,
        key: own.key,
        value: own.value,
        socket: own.socket,
        locked: own.locked,
        why: said(&verdict_words::why(&verdict, settings)),
        steps: steps(&verdict, settings),
        // That takes a plan, for which more is read.
        turns_on_here: false,
        conflicts: conflicts(&verdict, witnesses),
        unseen: unseen
            .iter()
            .map(|it| capitalised(verdict_words::unseen(*it)))
            .collect(),
        probed: witnesses.probed.cloned(),
        runtimes: found.iter().map(settled).collect(),
    }
}

/// What one runtime's files say.
pub(crate) fn settled(rosetta: &Rosetta) -> view::RuntimeRosetta {
    let path = |path: &std::path::PathBuf| plain(&path.display().to_string());
    view::RuntimeRosetta {
        state: rosetta.state.as_str().to_owned(),
        source: rosetta.source.as_str().to_owned(),
        confidence: rosetta.confidence.as_str().to_owned(),
        runtime: rosetta.runtime.as_str().to_owned(),
        instance: rosetta.instance.as_deref().map(plain),
        runtime_version: rosetta.runtime_version.clone(),
        vmm: rosetta.vmm.map(Vmm::as_str).map(str::to_owned),
        file: rosetta.file.as_ref().map(path),
        key: rosetta.key.clone(),
        value: rosetta.value.as_deref().map(plain),
        socket: rosetta.socket.as_ref().map(path),
        locked: rosetta.locked,
        why: said(&rosetta.why.sentence()),
        steps: rosetta.steps.iter().map(|step| said(&step.sentence())).collect(),
        conflicts: rosetta.conflicts.iter().map(|it| said(&it.sentence())).collect(),
    }
}

/// Where a program showed something else than the settings say, its remedies take the place of theirs.
fn steps(verdict: &Verdict, settings: &Rosetta) -> Vec<String> {
    if verdict.contradiction.is_some() {
        let remedies = verdict.remedies.iter();
        return remedies.map(|it| verdict_words::remedy(*it, settings)).collect();
    }
    let is_on = verdict.state == host::State::On && verdict.decides == Decides::Probe;
    let is_left = |step: &&Step| !matches!(step, Step::Probe) || verdict.decides != Decides::Probe;
    let steps = settings.steps.iter().filter(|_| !is_on).filter(is_left);
    steps.map(|step| said(&step.sentence())).collect()
}

fn conflicts(verdict: &Verdict, witnesses: &Witnesses<'_>) -> Vec<String> {
    let settings = witnesses.settings;
    let translated = witnesses.machine.translated_process;
    let translated = translated.then(|| verdict_words::TRANSLATED.to_owned());
    let contradiction = verdict
        .contradiction
        .map(|it| verdict_words::contradiction(it, settings));
    let known = verdict.troubles.iter().map(|row| Conflict::Known(row).sentence());
    let own = settings.conflicts.iter().map(Conflict::sentence);
    let mut sentences: Vec<String> = Vec::new();
    for sentence in contradiction
        .into_iter()
        .chain(own)
        .chain(known)
        .chain(translated)
    {
        let sentence = said(&sentence);
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

fn decides(decides: Decides) -> &'static str {
    match decides {
        Decides::Machine => "machine",
        Decides::Settings => "settings",
        Decides::Probe => "probe",
        Decides::Nothing => "nothing",
    }
}
