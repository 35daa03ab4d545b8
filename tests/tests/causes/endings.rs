//! What the engine did, or the program itself.

use super::{
    case::{
        Actual::{Native, Unsaid},
        Case, Faulty, RESTARTING, RUNNING, case, shell,
    },
    images::Image,
    stage::Place,
};

const EXIT: &str = "application-exit";
const STOPPED: &str = "stopped";

pub(crate) fn cases() -> Vec<Case> {
    [of_itself(), by_a_signal(), by_the_engine(), refused()].concat()
}

fn of_itself() -> Vec<Case> {
    vec![
        shell("exit-3", Image::Tools, "echo out; echo err >&2; exit 3").is(EXIT, Native, Faulty::None),
        shell("exit-0", Image::Tools, "exit 0").is(EXIT, Native, Faulty::None),
        // The codes that a failed start has, chosen by a program that ran.
        shell("exit-255", Image::Tools, "echo bye; exit 255").is(EXIT, Native, Faulty::None),
        case("exit-by-entrypoint", Image::Tools, &["/app/start.sh"])
            .with(&["--entrypoint", "/app/exec-arguments.sh"])
            .is(EXIT, Native, Faulty::None),
        // What it says is its own affair.
        shell(
            "says-exec-format-error",
            Image::Tools,
            "echo starting >&2; echo 'exec /bin/sh: exec format error' >&2; exit 1",
        )
        .is(EXIT, Native, Faulty::None)
        .but_only_likely(),
        shell(
            "says-qemu",
            Image::Tools,
            "echo 'the docs say qemu: uncaught target signal 11'; echo done; exit 1",
        )
        .is(EXIT, Native, Faulty::None),
        shell("for-ever-by-itself", Image::Tools, "echo again; exit 4")
            .with(&["--restart", "always"])
            .until(RESTARTING)
            .is(EXIT, Native, Faulty::None),
    ]
}

fn by_a_signal() -> Vec<Case> {
    vec![
        case("illegal", Image::Tools, &["/app/illegal"])
            .is("illegal-instruction", Native, Faulty::Unsaid)
            .but_only_likely(),
        case("illegal-under-init", Image::Tools, &["/app/illegal"])
            .with(&["--init"])
            .is("illegal-instruction", Native, Faulty::Unsaid)
            .but_only_likely(),
        shell("illegal-by-shell", Image::Tools, "exec /app/illegal")
            .is("illegal-instruction", Native, Faulty::Unsaid)
            .but_only_likely(),
        case("segfault", Image::Tools, &["/app/segfault"]).is(EXIT, Native, Faulty::None),
        // Nobody chooses to end so, and nobody says who sent it.
        shell("kills-itself", Image::Tools, "kill -9 $$")
            .with(&["--init"])
            .is("unknown", Native, Faulty::None),
        // Codes that signals have, named by the text itself; and a signal's words with another code.
        shell("chooses-the-code-of-a-signal", Image::Tools, "echo bye; exit 132")
            .is(EXIT, Native, Faulty::None)
            .but_only_likely(),
        shell(
            "says-illegal-instruction",
            Image::Tools,
            "echo 'Illegal instruction (core dumped)'; exit 1",
        )
        .is(EXIT, Native, Faulty::None),
        shell("aborts", Image::Tools, "kill -6 $$")
            .with(&["--init"])
            .is(EXIT, Native, Faulty::None),
    ]
}

fn by_the_engine() -> Vec<Case> {
    vec![
        shell(
            "out-of-memory",
            Image::Tools,
            "x=a; while true; do x=$x$x$x; done",
        )
        .with(&["--memory", "16m", "--memory-swap", "16m"])
        .is("out-of-memory", Native, Faulty::None),
        case("stopped", Image::Tools, &["sleep", "1000"])
            .until(RUNNING)
            .after(|place| drop(place.docker(&["stop", "-t", "0", "stopped"])))
            .is(STOPPED, Native, Faulty::None),
        shell(
            "stopped-politely",
            Image::Tools,
            "trap 'exit 143' TERM; while true; do sleep 0.05; done",
        )
        .until(RUNNING)
        .after(|place| drop(place.docker(&["stop", "stopped-politely"])))
        .is(STOPPED, Native, Faulty::None),
        // Old engines tell of the request behind the end.
        shell(
            "stopped-and-content",
            Image::Tools,
            "trap 'exit 0' TERM; while true; do sleep 0.05; done",
        )
        .until(RUNNING)
        .after(|place| drop(place.docker(&["stop", "stopped-and-content"])))
        .is(STOPPED, Native, Faulty::None),
        case("killed", Image::Tools, &["sleep", "1000"])
            .until(RUNNING)
            .after(|place| drop(place.docker(&["kill", "killed"])))
            .is(STOPPED, Native, Faulty::None),
    ]
}

/// The engine made the container and could not start it.
fn refused() -> Vec<Case> {
    vec![
        case("port-in-use", Image::Tools, &["sleep", "1000"])
            .with(&["-p", "127.0.0.1:7999:80"])
            .before(hold_port)
            .is("port-in-use", Native, Faulty::None),
        // A bind is looked at again before each start. The engine keeps no word of this refusal, and finds no file of the
        // container any more: nothing in it may be called missing.
        case("mount-source-removed", Image::Tools, &["uname"])
            .with(&["--mount", "type=bind,source={folder}/removed,target=/mnt"])
            .before(|place| std::fs::create_dir(place.folder().join("removed")).expect("it is new"))
            .between(|place| std::fs::remove_dir(place.folder().join("removed")).expect("it is there"))
            .is("mount-source-missing", Unsaid, Faulty::None),
        case("mount-source-of-volume-missing", Image::Tools, &["uname"])
            .with(&["-v", "nowhere:/srv/data"])
            .before(|place| {
                let options =
                    ["type=none", "o=bind", "device=/nowhere/at/all"].map(|option| ["--opt", option]);
                place.docker(&[&["volume", "create", "--name", "nowhere"], &options.concat()[..]].concat());
            })
            .is("mount-source-missing", Unsaid, Faulty::None),
        // A file was meant. There was none, so the engine made a folder for it, which cannot be mounted over a file.
        case("mount-source-made-up", Image::Tools, &["uname"])
            .with(&["-v", "{folder}/settings.conf:/etc/passwd"])
            .is("mount-source-missing", Unsaid, Faulty::None)
            .but_only_likely(),
        // None of the closed list: it must not be taken for the program's own end, which never ran.
        case("user-missing", Image::Tools, &["uname"])
            .with(&["--user", "nosuch"])
            .is("unknown", Unsaid, Faulty::None),
        case("foreign-and-port-in-use", Image::Tools, &["/opt/foreign", "ls"])
            .with(&["-p", "127.0.0.1:7999:80"])
            .before(hold_port)
            // The engine's refusal came first. That the program could not run either may be told in the chain.
            .is("port-in-use", Unsaid, Faulty::Unsaid),
    ]
}

/// Somebody has the port; asking twice for this does no harm.
fn hold_port(place: &Place) {
    let tools = place.image(Image::Tools);
    let run = [
        "run",
        "-d",
        "--name",
        "holder",
        "-p",
        "127.0.0.1:7999:80",
        tools,
        "sleep",
        "1000",
    ];
    let holds = || {
        place
            .docker(&["ps", "--filter", "name=holder", "--format", "{{.Ports}}"])
            .contains("7999")
    };
    place.engine.docker(&run);
    while !holds() {
        std::thread::yield_now();
    }
}
