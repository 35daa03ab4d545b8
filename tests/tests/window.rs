//! The real window on real engines, used as a person would use it.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use lab::{
    Engine, FOREIGN, Generation, ImageSpec, Interruption, Lab, Loading, NATIVE, Opening, Place, Variant,
    Window,
};

const GROUP: &str = "tests of the window";

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// The program, as the system shortens its name.
const PROGRAM: &str = "archlight-app";

#[test]
fn a_foreign_container_is_explained_re_run_and_put_back() {
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    for generation in [Generation::New, Generation::Old] {
        let engine = lab.start(generation);
        let image = engine.push(&sleeper(&lab, "acme/api", &[FOREIGN]));
        let old_id = crash(&engine, "api", &["--platform", &platform(FOREIGN), &image]);
        let window = Opening::for_engine(&engine).open();
        see_why_it_crashed(&window);

        engine.enable_translator(FOREIGN, Loading::Registration);
        rerun(&window, FOREIGN);
        window.see(&others("api").saying("Running, emulated"));
        window.see(&Place::row(&kept_name(&engine)).saying("Kept for undo"));
        assert_ne!(id_and_state(&engine, "api").0, old_id, "{generation:?}");
        assert_eq!(id_and_state(&engine, "api").1, "running", "{generation:?}");
        let machine = engine.docker_ok(&["exec", "api", "uname", "-m"]);
        assert_eq!(machine, machine_of(FOREIGN), "{generation:?}");

        window.press(&Place::button("Undo"));
        window.see(&Place::sheet().saying("Undo the re-run of api?"));
        window.press(&Place::button("Undo the re-run").within(&Place::sheet()));
        window.see(&needing_you("api"));
        window.see_gone(&others("api"));
        assert_eq!(names(&engine), ["api"], "{generation:?}");
        let back = id_and_state(&engine, "api");
        assert_eq!(back, (old_id, "exited".to_owned()), "{generation:?}");
    }
}

/// The row, then the sentence, the chain and the bytes beside it.
fn see_why_it_crashed(window: &Window) {
    let cause = format!("The image is built for {FOREIGN}, this engine is {NATIVE}");
    window.see(&needing_you("api").saying(&cause));
    window.press(&Place::row("api"));
    window.see(&Place::element("p").saying(&cause).within(&details()));
    window.see(&Place::item().saying("/bin/sh → /bin/busybox").within(&details()));
    let byte = if FOREIGN == "arm64" { "b7" } else { "3e" };
    let bytes = Place::named("The bytes that prove it");
    window.see(&Place::mark().saying(byte).within(&bytes));
}

#[test]
fn a_diagnosis_is_copied_for_others() {
    lab::require_display!(GROUP);
    let window = Opening::sample().open();
    window.press(&Place::row("legacy-api"));
    window.press(&Place::button("Copy as Markdown"));
    // A web view that does not let the page write says so instead.
    window.see(&Place::button("Copied"));
}

#[test]
fn a_native_re_run_outlives_a_reload_and_its_old_container_is_discarded() {
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    let engine = lab.start(Generation::New);
    let image = engine.push(&sleeper(&lab, "acme/api", &[NATIVE, FOREIGN]));
    let old_id = crash(&engine, "api", &["--platform", &platform(FOREIGN), &image]);
    engine.docker_ok(&[
        "run",
        "-d",
        "--name",
        "fine",
        "--platform",
        &platform(NATIVE),
        &image,
    ]);
    let window = Opening::for_engine(&engine).open();
    window.press(&needing_you("api"));
    rerun(&window, NATIVE);
    window.see(&others("api").saying("Running"));
    let machine = engine.docker_ok(&["exec", "api", "uname", "-m"]);
    assert_eq!(machine, machine_of(NATIVE));

    window.reload();
    window.see(&others("fine").saying("Running"));
    window.press(&others("api").saying("Running"));
    window.see(&Place::button("Undo…").within(&details()));
    window.press(&Place::button("Discard the old one…").within(&details()));
    window.see(&Place::sheet().saying("Discard the old api?"));
    window.press(&Place::button("Discard it").within(&Place::sheet()));
    window.see_gone(&Place::element("*").saying("Kept for undo"));
    assert_eq!(names(&engine), ["api", "fine"]);
    assert_ne!(id_and_state(&engine, "api").0, old_id);
}

#[test]
fn several_are_re_run_to_one_yes_and_one_that_cannot_start_leaves_the_others_right() {
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    for generation in [Generation::New, Generation::Old] {
        let engine = lab.start(generation);
        let image = engine.push(&with_a_foreign_tool(&lab));
        let foreign = platform(FOREIGN);
        let mut olds = Vec::new();
        for (name, program) in [
            ("api", "/bin/wait"),
            ("broken", "/bin/tool"),
            ("web", "/bin/wait"),
        ] {
            olds.push(crash(&engine, name, &["--platform", &foreign, &image, program]));
        }
        let window = Opening::for_engine(&engine).open();
        for name in ["api", "broken", "web"] {
            window.see(&needing_you(name).saying("is built for"));
        }
        window.add(&needing_you("api"));
        window.add(&needing_you("web"));
        window.see(
            &Place::element("h1")
                .saying("2 containers selected")
                .within(&details()),
        );
        window.add(&needing_you("broken"));
        window.press(&Place::button("Re-run 3 containers…"));
        let plans = Place::named("Each container");
        let section = Place::item().saying("web").within(&plans);
        window.see(&section.saying(&format!("{foreign} → {}", platform(NATIVE))));
        window.press(&Place::button("Re-run 3 containers").within(&Place::sheet()));

        // The list would let each of them be undone, whether or not the sheet is there.
        window.see(&Place::sheet().saying("2 of 3 were re-run"));
        let result = |name: &str| {
            Place::item()
                .saying(name)
                .within(&Place::named("What came of each"))
        };
        window.see(&result("broken").saying("It is as it was."));
        window.see(&result("api").saying(&format!("runs as {} now", platform(NATIVE))));
        window.press(&Place::button("Undo the re-run of web"));
        window.press(&Place::button("Undo the re-run").within(&Place::sheet()));
        window.see(&result("web").saying("It was taken back"));
        window.press(&Place::button("Close").within(&Place::sheet()));
        window.see_gone(&Place::sheet());
        window.see(&others("api").saying("Running"));

        let of = |name: &str| id_and_state(&engine, name);
        let (made, state) = of("api");
        assert!(
            made != olds[0] && state == "running",
            "{generation:?}: {made} is {state}"
        );
        let machine = engine.docker_ok(&["exec", "api", "uname", "-m"]);
        assert_eq!(machine, machine_of(NATIVE), "{generation:?}");
        for (name, old) in [("broken", &olds[1]), ("web", &olds[2])] {
            assert_eq!(of(name), (old.clone(), "exited".to_owned()), "{generation:?}");
        }
        assert_eq!(names(&engine).len(), 4, "{generation:?}: {:?}", names(&engine));
    }
}

#[test]
fn the_list_follows_what_happens_elsewhere() {
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    for generation in [Generation::New, Generation::Old] {
        let engine = lab.start(generation);
        let image = engine.push(&sleeper(&lab, "acme/api", &[NATIVE]));
        let window = Opening::for_engine(&engine).open();
        window.see(&Place::element("p").saying("No containers yet"));

        engine.docker_ok(&["run", "-d", "--name", "late", &image]);
        window.see(&others("late").saying("Running"));
        engine.docker_ok(&["rename", "late", "later"]);
        window.see(&others("later").saying("Running"));
        window.see_gone(&Place::row("late"));
        engine.docker_ok(&["rm", "-f", "later"]);
        window.see_gone(&Place::row("later"));

        // It stays `created`: the engine tells of no start and of no end.
        let failed = engine.docker(&["run", "-d", "--name", "wrong", &image, "/no/such"]);
        assert_eq!(failed.code, Some(127), "{failed:?}");
        window.see(&needing_you("wrong").saying("/no/such"));
    }
}

#[test]
fn an_engine_that_dies_leaves_its_list_and_comes_back_by_itself() {
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    let engine = lab.start(Generation::New);
    let image = engine.push(&sleeper(&lab, "acme/api", &[NATIVE]));
    engine.docker_ok(&["create", "--name", "waiting", &image]);
    let window = Opening::for_engine(&engine).open();
    window.press(&others("waiting"));

    let lost = Place::alert().saying("The engine stopped answering");
    engine.kill();
    window.see(&lost);
    window.see(&Place::button("Try again"));
    window.see(&others("waiting"));
    engine.restart();
    window.see_gone(&lost);
    engine.docker_ok(&["start", "waiting"]);
    window.see(&others("waiting").saying("Running"));
}

#[test]
fn what_a_probe_made_goes_before_a_program_that_is_quit() {
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    let engine = lab.start(Generation::New);
    engine.enable_translator(FOREIGN, Loading::Registration);
    let made = || engine.docker_ok(&["ps", "-aq"]) + &engine.docker_ok(&["images", "-aq"]);
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("held.sock");
    let (tell, probes) = mpsc::channel();
    let (go_on, closed) = mpsc::channel();
    let closed = Mutex::new(closed);
    // The window looks by itself at what translates, and is held where it starts its first program.
    let hold = move || {
        tell.send(()).ok();
        let closed = closed.lock().expect("nobody else has it");
        closed.recv_timeout(LIMIT).ok();
    };
    let interruption = Interruption::before(&socket, &engine.socket(), "/start", hold);
    let window = Opening::at(&interruption.docker_host()).open();
    probes.recv_timeout(LIMIT).expect("it probes");
    assert_ne!(made(), "");
    let program = || {
        let mut all = programs_of(window.group()).into_iter();
        all.find(|(_, name)| name == PROGRAM).map(|(process, _)| process)
    };
    let process = program().expect("it runs");
    let asked = Command::new("kill").args(["-s", "TERM", &process]).status();
    assert!(asked.expect("it can be run").success());
    go_on.send(()).expect("it waits");
    let start = Instant::now();
    while program().is_some() {
        assert!(start.elapsed() < LIMIT, "it goes on");
        thread::yield_now();
    }
    assert_eq!(made(), "");
}

#[test]
fn without_an_engine_there_is_a_hint_and_a_sample() {
    lab::require_display!(GROUP);
    let window = Opening::at("unix:///nowhere/docker.sock").open();
    let state = Place::named("No engine answers");
    window.see(&state.saying("/nowhere/docker.sock"));
    window.see(&Place::alert().saying("Start Docker Desktop").within(&state));
    window.press(&Place::button("Look around with the sample engine"));
    window.see(&Place::note().saying("Sample").saying("nothing is changed"));
    window.see(&needing_you("legacy-api"));

    // What the sample shows is not lost by a reload either.
    window.reload();
    window.see(&Place::note().saying("Sample"));
    window.see(&needing_you("legacy-api"));
}

#[test]
fn what_others_wrote_is_shown_and_never_run() {
    const HOSTILE: &str = "<img src=x onerror=document.title='run'>";
    let lab = lab::require!(GROUP);
    lab::require_display!(GROUP);
    let engine = lab.start(Generation::New);
    let shouting = Variant::with_tools(&platform(NATIVE), lab.busybox(NATIVE)).command(&[
        "/bin/sh",
        "-c",
        "echo \"$0\"; exit 3",
        HOSTILE,
    ]);
    let shouting = engine.push(&ImageSpec::new("acme/shouting", "1").variant(shouting));
    let project = format!("com.docker.compose.project={HOSTILE}");
    engine.docker_ok(&["create", "--name", "labelled", "--label", &project, &shouting]);
    crash(&engine, "shouting", &["--label", &project, &shouting]);
    let failed = engine.docker(&["run", "-d", "--name", "missing", &shouting, HOSTILE]);
    assert_ne!(failed.code, Some(0), "{failed:?}");

    let window = Opening::for_engine(&engine).open();
    window.see(&Place::row("labelled").within(&Place::named(&format!("{HOSTILE} · compose"))));
    window.press(&needing_you("missing").saying(HOSTILE));
    window.see(&Place::item().saying(HOSTILE).within(&details()));
    window.press(&needing_you("shouting").saying("exit code 3"));
    window.press(&Place::button("Logs").within(&details()));
    window.see(&Place::element("*").saying(HOSTILE).within(&details()));
    window.see_gone(&Place::element("img"));
    assert_eq!(window.title(), "Archlight");
}

#[test]
fn nothing_is_left_of_a_window_whose_owner_was_killed() {
    lab::require_display!(GROUP);
    if env::var_os(HOLD).is_some() {
        return hold_a_window();
    }
    let mut owner = Command::new(env::current_exe().expect("it is running"))
        .args(["--exact", "nothing_is_left_of_a_window_whose_owner_was_killed"])
        .arg("--nocapture")
        .env(HOLD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program can be run again");
    let group = BufReader::new(owner.stdout.take().expect("it was asked for"))
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once(HELD)?.1.parse().ok())
        .expect("the owner tells of its window");
    let programs = programs_of(group);
    for name in ["Xvfb", "dbus-daemon", "WebKitWebDriver", "archlight-app"] {
        assert!(
            programs.iter().any(|(_, program)| program == name),
            "{programs:?}"
        );
    }

    owner.kill().expect("it is running");
    owner.wait().expect("it was started");
    let limit = Instant::now() + Duration::from_secs(20);
    while !programs_of(group).is_empty() && Instant::now() < limit {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(programs_of(group), [] as [(String, String); 0]);
}

/// Set for the process that is to hold a window until it is killed.
const HOLD: &str = "ARCHLIGHT_WINDOW_HOLD";
/// What stands before the number of the window's process group in what that process prints.
const HELD: &str = "holding ";

#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
fn hold_a_window() {
    let window = Opening::sample().open();
    println!("{HELD}{}", window.group());
    thread::sleep(Duration::from_mins(5));
}

/// The numbers and names of the programs that run in a process group.
fn programs_of(group: u32) -> Vec<(String, String)> {
    let processes = fs::read_dir("/proc").expect("Linux has it");
    processes
        .flatten()
        .filter_map(|process| {
            let stat = fs::read_to_string(process.path().join("stat")).ok()?;
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            let mut rest = rest.split_whitespace();
            // One that has ended is there until its parent asks for it.
            let lives = rest.next()? != "Z";
            let of_group = lives && rest.nth(1)? == group.to_string();
            let number = process.file_name().into_string().ok()?;
            of_group.then(|| (number, name.to_owned()))
        })
        .collect()
}

/// An image that sleeps, for each of these architectures.
fn sleeper(lab: &Lab, name: &str, architectures: &[&str]) -> ImageSpec {
    architectures
        .iter()
        .fold(ImageSpec::new(name, "1"), |image, architecture| {
            let variant = Variant::with_tools(&platform(architecture), lab.busybox(architecture));
            image.variant(variant.command(&["/bin/sh", "-c", "trap exit TERM; sleep 1000 & wait"]))
        })
}

/// An image with a program that only its foreign build has, so that a native container that is to start it cannot.
fn with_a_foreign_tool(lab: &Lab) -> ImageSpec {
    let script = "#!/bin/sh\ntrap exit TERM; sleep 1000 & wait\n";
    let variant = |architecture| {
        Variant::with_tools(&platform(architecture), lab.busybox(architecture)).file(
            "/bin/wait",
            0o755,
            script,
        )
    };
    ImageSpec::new("acme/tools", "1")
        .variant(variant(NATIVE))
        .variant(variant(FOREIGN).file("/bin/tool", 0o755, script))
}

/// Starts a container and waits for its end. Gives its id.
fn crash(engine: &Engine, name: &str, arguments: &[&str]) -> String {
    engine.docker_ok(&[&["run", "-d", "--name", name], arguments].concat());
    engine.docker_ok(&["wait", name]);
    id_and_state(engine, name).0
}

/// Takes the remedy that offers this architecture, and says yes to the plan.
fn rerun(window: &Window, architecture: &str) {
    let to = platform(architecture);
    let remedy = Place::item()
        .saying(&format!("Re-run as {to}"))
        .within(&details());
    window.press(&Place::button("Re-run").within(&remedy));
    window.see(&Place::sheet().saying(&format!("Re-run api as {to}?")));
    window.see(&Place::sheet().saying("Nothing is deleted"));
    window.see(&Place::named("The same as a command").within(&Place::sheet()));
    window.press(&Place::button("Re-run").within(&Place::sheet()));
    window.see_gone(&Place::sheet());
}

fn details() -> Place {
    Place::named("Details")
}

fn needing_you(name: &str) -> Place {
    Place::row(name).within(&Place::named("Needs you"))
}

fn others(name: &str) -> Place {
    Place::row(name).within(&Place::named("Others"))
}

fn platform(architecture: &str) -> String {
    format!("linux/{architecture}")
}

fn machine_of(architecture: &str) -> &'static str {
    if architecture == "arm64" {
        "aarch64"
    } else {
        "x86_64"
    }
}

fn id_and_state(engine: &Engine, name: &str) -> (String, String) {
    let both = engine.docker_ok(&["inspect", "-f", "{{.Id}} {{.State.Status}}", name]);
    let (id, state) = both.split_once(' ').expect("two words");
    (id.to_owned(), state.to_owned())
}

fn names(engine: &Engine) -> Vec<String> {
    let names = engine.docker_ok(&["ps", "-a", "--format", "{{.Names}}"]);
    let mut names: Vec<_> = names.lines().map(ToOwned::to_owned).collect();
    names.sort();
    names
}

/// The name of the one container that is not `api`.
fn kept_name(engine: &Engine) -> String {
    let kept = names(engine).into_iter().find(|name| name != "api");
    kept.expect("the old container is kept")
}
