//! Files that are not there, not whole, or not to be executed.

use lab::Generation;

use super::{
    case::{
        Actual::{Native, Nothing, Unsaid},
        Case,
        Faulty::{self, At},
        case, shell,
    },
    images::Image,
    stage::Place,
};

const NOT_FOUND: &str = "command-not-found";
const NOT_EXECUTABLE: &str = "not-executable";
const NO_EXEC: &str = "noexec-mount";

pub(crate) fn cases() -> Vec<Case> {
    [
        broken(),
        forbidden(),
        absent(),
        hidden(),
        on_mounts_without_exec(),
    ]
    .concat()
}

fn broken() -> Vec<Case> {
    vec![
        case("empty", Image::Tools, &["/app/empty"]).is("empty-program", Nothing, At("/app/empty")),
        // Its header is whole, and says the platform.
        case("cut-in-headers", Image::Tools, &["/app/cut-in-headers"]).is(
            "truncated-program",
            Native,
            At("/app/cut-in-headers"),
        ),
        case("cut-in-half", Image::Tools, &["/app/cut-in-half"]).is(
            "truncated-program",
            Native,
            At("/app/cut-in-half"),
        ),
    ]
}

fn forbidden() -> Vec<Case> {
    let user = ["--user", "1000:1000"];
    vec![
        case("script-not-executable", Image::Tools, &["/app/script-644"]).is(
            NOT_EXECUTABLE,
            Unsaid,
            At("/app/script-644"),
        ),
        case("program-not-executable", Image::Tools, &["/app/program-644"]).is(
            NOT_EXECUTABLE,
            Native,
            At("/app/program-644"),
        ),
        shell(
            "script-not-executable-by-shell",
            Image::Tools,
            "exec /app/script-644",
        )
        .is(NOT_EXECUTABLE, Unsaid, At("/app/script-644")),
        case(
            "script-not-executable-by-entrypoint",
            Image::Tools,
            &["/app/script-644"],
        )
        .with(&["--entrypoint", "/app/exec-arguments.sh"])
        .is(NOT_EXECUTABLE, Unsaid, At("/app/script-644")),
        case("script-of-another-user", Image::Tools, &["/app/script-700"])
            .with(&user)
            .is(NOT_EXECUTABLE, Unsaid, At("/app/script-700")),
        case("program-in-a-closed-folder", Image::Tools, &["/private/program"])
            .with(&user)
            .only_with(&[Generation::Old])
            .is(NOT_EXECUTABLE, Native, At("/private/program")),
        // A newer runc still has root's rights when it executes: there it runs.
        case("program-of-another-user", Image::Tools, &["/app/program-700"])
            .with(&user)
            .only_with(&[Generation::Old])
            .is(NOT_EXECUTABLE, Native, At("/app/program-700")),
        case("folder", Image::Tools, &["/app"]).is("is-a-directory", Nothing, At("/app")),
        shell("folder-by-shell", Image::Tools, "exec /app").is("is-a-directory", Unsaid, At("/app")),
    ]
}

fn absent() -> Vec<Case> {
    vec![
        case("absent", Image::Tools, &["/app/nope"]).is(NOT_FOUND, Nothing, At("/app/nope")),
        case("absent-in-path", Image::Tools, &["nope"]).is(NOT_FOUND, Nothing, At("nope")),
        case("absent-in-workdir", Image::Tools, &["./nope"])
            .with(&["-w", "/app"])
            .is(NOT_FOUND, Nothing, Faulty::Unsaid),
        case("absent-behind-link", Image::Tools, &["/app/dangling"]).is(
            NOT_FOUND,
            Nothing,
            At("/app/dangling"),
        ),
        case("absent-in-a-file", Image::Tools, &["/bin/busybox/nope"]).is(
            NOT_FOUND,
            Nothing,
            At("/bin/busybox/nope"),
        ),
        case("links-in-a-circle", Image::Tools, &["/app/loop"]).is(NOT_FOUND, Nothing, At("/app/loop")),
        // There is one in the folder, but nobody looks there.
        case("absent-without-a-path", Image::Tools, &["start.sh"])
            .with(&["-w", "/app"])
            .is(NOT_FOUND, Nothing, At("start.sh")),
        case("absent-under-init", Image::Tools, &["/app/nope"])
            .with(&["--init"])
            .is(NOT_FOUND, Nothing, At("/app/nope")),
        shell("absent-by-shell", Image::Tools, "exec /app/nope").is(NOT_FOUND, Unsaid, At("/app/nope")),
        shell("absent-in-path-by-shell", Image::Tools, "nope --serve").is(NOT_FOUND, Unsaid, At("nope")),
        case("absent-by-entrypoint", Image::Tools, &["nope"])
            .with(&["--entrypoint", "/app/exec-arguments.sh"])
            .is(NOT_FOUND, Unsaid, At("nope")),
    ]
}

/// The image has it, and something is mounted over it.
fn hidden() -> Vec<Case> {
    let start = At("/app/start.sh");
    vec![
        case("hidden-by-memory", Image::Tools, &["/app/start.sh"])
            .with(&["--tmpfs", "/app"])
            .is(NOT_FOUND, Nothing, start),
        case("hidden-by-a-bind", Image::Tools, &["/app/start.sh"])
            .with(&["-v", "{folder}/empty:/app"])
            .is(NOT_FOUND, Nothing, start),
        // A volume that is mounted without a copy of what the image has there.
        case("hidden-by-a-volume", Image::Tools, &["/app/start.sh"])
            .with(&["--mount", "type=volume,source=bare,target=/app,volume-nocopy"])
            .is(NOT_FOUND, Nothing, start),
    ]
}

fn on_mounts_without_exec() -> Vec<Case> {
    let user_of_volume = ["-v", "noexec:/data"];
    let user_of_bind = ["-v", "{folder}/noexec:/data"];
    vec![
        case("noexec-volume", Image::Tools, &["/data/program"])
            .with(&user_of_volume)
            .before(fill_volume)
            .is(NO_EXEC, Native, At("/data/program")),
        case("noexec-bind", Image::Tools, &["/data/program"])
            .with(&user_of_bind)
            .before(fill_bind)
            .is(NO_EXEC, Native, At("/data/program"))
            .but_only_likely(),
        case(
            "noexec-bind-by-shell",
            Image::Tools,
            &["sh", "-c", "exec /data/program"],
        )
        .with(&["-v", "{folder}/noexec-2:/data"])
        .before(|place| mount_without_exec(place, "noexec-2"))
        .is(NO_EXEC, Native, At("/data/program"))
        .but_only_likely(),
        // What was in memory is gone with the container: the file cannot be shown any more.
        shell(
            "noexec-memory",
            Image::Tools,
            "cp /bin/busybox /run/uname && exec /run/uname",
        )
        .with(&["--tmpfs", "/run"])
        .is(NO_EXEC, Unsaid, Faulty::Unsaid),
        // The same, with what lets it run.
        shell(
            "exec-memory",
            Image::Tools,
            "cp /bin/busybox /run/uname && /run/uname && exit 3",
        )
        .with(&["--tmpfs", "/run:exec"])
        .is("application-exit", Native, Faulty::None),
    ]
}

/// What is in memory goes when nobody has it mounted any more, so somebody keeps it.
fn fill_volume(place: &Place) {
    let options = ["type=tmpfs", "device=tmpfs", "o=noexec"];
    let options = options.map(|option| ["--opt", option]).concat();
    place.docker(&[&["volume", "create", "--name", "noexec"], &options[..]].concat());
    let tools = place.image(Image::Tools);
    let keep = "cp /bin/busybox /data/program && exec sleep 1000";
    place.docker(&[
        "run",
        "-d",
        "--name",
        "keeper",
        "-v",
        "noexec:/data",
        tools,
        "sh",
        "-c",
        keep,
    ]);
    let is_there = [
        "exec",
        "keeper",
        "sh",
        "-c",
        "until [ -x /data/program ]; do :; done",
    ];
    place.docker(&is_there);
}

fn fill_bind(place: &Place) {
    mount_without_exec(place, "noexec");
}

fn mount_without_exec(place: &Place, name: &str) {
    let folder = place.folder().join(name);
    let folder = folder.display();
    let script = format!(
        "mkdir -p {folder} && mount -t tmpfs -o noexec tmpfs {folder} && cp {}/programs/native {folder}/program",
        place.folder().display()
    );
    let output = place
        .engine
        .command("sh")
        .args(["-c", &script])
        .output()
        .expect("nsenter is there");
    assert!(output.status.success(), "{output:?}");
}
