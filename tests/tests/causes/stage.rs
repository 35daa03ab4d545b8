//! One engine with every image, on which cases are played: all containers of a translator's state at once, then the
//! questions about them.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use lab::{Answer, Archlight, Engine, FOREIGN, Generation, Lab, Loading, NATIVE, Output};
use serde_json::Value;

use super::{
    case::{Actual, Case, Faulty, Translator, Until},
    images::Image,
    modules::machines_node,
};

/// Engines answer a few questions at once well, and many badly.
const AT_ONCE: usize = 4;
/// An engine remembers 256 events, and each case makes about ten: of more cases it would forget who was stopped.
const MEMORABLE: usize = 20;
/// No case takes longer to be as it will stay, on a busy machine neither.
const LONGEST: Duration = Duration::from_mins(1);
/// Between two looks at what cannot be waited for.
const PAUSE: Duration = Duration::from_millis(100);

/// Where a case is played.
pub(crate) struct Place {
    pub(crate) engine: Engine,
    /// Of the engine's machine, and seen from here too.
    folder: PathBuf,
    references: HashMap<Image, String>,
}

pub(crate) struct Stage {
    place: Place,
    archlight: Archlight,
}

impl Place {
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        self.engine.docker_ok(arguments)
    }

    pub(crate) fn image(&self, image: Image) -> &str {
        &self.references[&image]
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Stage {
    /// Starts an engine and gives it the images of `cases`.
    pub(crate) fn new(lab: &Lab, generation: Generation, cases: &[Case]) -> Self {
        let images: HashSet<Image> = cases
            .iter()
            .map(|case| case.image)
            .chain([Image::Tools])
            .collect();
        let engine = lab.start(generation);
        let pull = |image: &Image| {
            let reference = engine.push(&image.spec(lab));
            engine.docker_ok(&["pull", "--quiet", "--platform", &image.platform(), &reference]);
            (*image, reference)
        };
        let references = side_by_side(&images.into_iter().collect::<Vec<_>>(), pull);
        let folder = engine.folder().join("cases");
        fill_folder(lab, &folder);
        Self {
            archlight: Archlight::for_engine(&engine),
            place: Place {
                engine,
                folder,
                references: references.into_iter().collect(),
            },
        }
    }

    /// Plays all, and gives a line for each that was diagnosed wrongly.
    pub(crate) fn play(&self, cases: &[Case]) -> Vec<String> {
        [Translator::Off, Translator::Fixed, Translator::NotFixed]
            .into_iter()
            .flat_map(|translator| {
                let some: Vec<&Case> = cases
                    .iter()
                    .filter(|case| case.translator == translator)
                    .collect();
                self.translate(translator);
                let wrong: Vec<String> = some
                    .chunks(MEMORABLE)
                    .flat_map(|some| self.play_some(some))
                    .collect();
                if translator != Translator::Off {
                    self.place.engine.disable_translator(FOREIGN);
                }
                wrong
            })
            .collect()
    }

    fn translate(&self, translator: Translator) {
        match translator {
            Translator::Off => {}
            Translator::Fixed => self
                .place
                .engine
                .enable_translator(FOREIGN, Loading::Registration),
            Translator::NotFixed => self.place.engine.enable_translator(FOREIGN, Loading::Execution),
        }
    }

    fn play_some(&self, cases: &[&Case]) -> Vec<String> {
        let started = side_by_side(cases, |case| self.start(case));
        let wrong = side_by_side(cases, |case| {
            self.settle(case);
            let answer = self.archlight.ask(&["diagnose", case.name]);
            wrong(case, &answer)
        });
        let tell = |(wrong, started): (Option<String>, Output)| {
            wrong.map(|wrong| format!("{wrong}\n    docker: {}", started.stderr.trim_end()))
        };
        wrong.into_iter().zip(started).filter_map(tell).collect()
    }

    fn start(&self, case: &Case) -> Output {
        if let Some(step) = case.before {
            step(&self.place);
        }
        let folder = self.place.folder.display().to_string();
        let node = machines_node().unwrap_or_default().display().to_string();
        let options: Vec<String> = case
            .options
            .iter()
            .map(|option| option.replace("{folder}", &folder).replace("{node}", &node))
            .collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let platform = case.image.platform();
        // Networks take longer than all else, and only ports need one.
        let network = if options.contains(&"-p") { "bridge" } else { "none" };
        let run = [
            &["--network", network, "--name", case.name, "--platform", &platform][..],
            &options,
            &[self.place.image(case.image)],
            &case.command,
        ]
        .concat();
        let Some(step) = case.between else {
            return self.place.engine.docker(&[&["run", "-d"], &run[..]].concat());
        };
        self.place.docker(&[&["create"], &run[..]].concat());
        step(&self.place);
        self.place.engine.docker(&["start", case.name])
    }

    fn settle(&self, case: &Case) {
        self.wait(case, case.until);
        if let Some(step) = case.after {
            step(&self.place);
            self.wait(case, Until::Ended);
        }
    }

    /// Waits until the container is as it will stay. One that never becomes so is asked about all the same.
    fn wait(&self, case: &Case, until: Until) {
        let engine = &self.place.engine;
        let end = Instant::now() + LONGEST;
        let is_settled = || match until {
            Until::Ended => engine.inspect(case.name)["State"]["Running"] != true,
            Until::Is(so) => so(&engine.inspect(case.name)),
            Until::Says(words) => {
                let log = engine.docker(&["logs", case.name]);
                log.stdout.contains(words) || log.stderr.contains(words)
            }
        };
        while !is_settled() && Instant::now() < end {
            thread::sleep(PAUSE);
        }
    }
}

/// Files that are mounted, not in any image.
fn fill_folder(lab: &Lab, folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    for inner in ["programs", "modules", "empty"] {
        fs::create_dir_all(folder.join(inner)).expect("the engine's folder can be written");
    }
    for (name, architecture) in [("native", NATIVE), ("foreign", FOREIGN)] {
        let program = folder.join("programs").join(name);
        fs::write(&program, lab.busybox(architecture)).expect("it can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is this process's");
    }
    fs::write(
        folder.join("modules/_mounted.abi3.so"),
        lab.python_module(FOREIGN),
    )
    .expect("it can be written");
}

/// Does `work` for each, a few at once, and keeps their order.
pub(crate) fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = Mutex::new(0..items.len());
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let worker = || {
        std::iter::from_fn(&take)
            .map(|at| (at, work(&items[at])))
            .collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        let results = workers
            .into_iter()
            .map(|worker| worker.join().expect("a case failed to be made"));
        results.flatten().collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What is wrong with the answer about `case`, in one line; none when nothing is.
pub(crate) fn wrong(case: &Case, answer: &Answer) -> Option<String> {
    let json = &answer.json;
    if answer.code != 0 {
        return Some(format!("{}: {json}", case.name));
    }
    let mut wrong = Vec::new();
    if json["cause"] != case.cause {
        wrong.push(format!("cause {}, not {}", json["cause"], case.cause));
    }
    if json["confidence"] != case.confidence {
        wrong.push(format!("{}, not {}", json["confidence"], case.confidence));
    }
    let actual = &json["platform"]["actual"];
    if let Some(expected) = platform(case.actual).filter(|expected| expected != actual) {
        wrong.push(format!("actual {actual}, not {expected}"));
    }
    let faulty: Vec<&Value> = json["chain"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|link| !link["fault"].is_null())
        .collect();
    let is_right = match case.faulty {
        Faulty::None => faulty.is_empty(),
        Faulty::At(path) => {
            let is_it = |link: &&Value| link["path"] == path || link["resolved"] == path;
            !faulty.is_empty() && faulty.iter().all(is_it)
        }
        Faulty::Unsaid => true,
    };
    if !is_right {
        let named: Vec<_> = faulty.iter().map(|link| link["path"].to_string()).collect();
        wrong.push(format!("blames [{}], not {:?}", named.join(", "), case.faulty));
    }
    let summary = &json["summary"];
    (!wrong.is_empty()).then(|| format!("{}: {}\n    says: {summary}", case.name, wrong.join("; ")))
}

fn platform(actual: Actual) -> Option<Value> {
    match actual {
        Actual::Native => Some(format!("linux/{NATIVE}").into()),
        Actual::Foreign => Some(format!("linux/{FOREIGN}").into()),
        Actual::Of(platform) => Some(platform.into()),
        Actual::Nothing => Some(Value::Null),
        Actual::Unsaid => None,
    }
}
