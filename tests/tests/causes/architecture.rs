//! Programs that this processor, or this system, cannot run.

use super::{
    case::{
        Actual::{Foreign, Native, Of},
        Case,
        Faulty::{self, At},
        RESTARTING, case, shell,
    },
    images::Image,
};

const STRAY: &str = "foreign-binary";
const OTHER: &str = "not-linux-binary";
const UNAME: &[&str] = &["uname", "-m"];

pub(crate) fn cases() -> Vec<Case> {
    [
        whole_images(),
        stray_programs(),
        stray_behind_others(),
        other_systems(),
    ]
    .concat()
}

fn whole_images() -> Vec<Case> {
    let wrong = "wrong-architecture";
    let mislabelled = "mislabelled-image";
    let busybox = At("/bin/busybox");
    vec![
        case("foreign-image", Image::Foreign, UNAME).is(wrong, Foreign, busybox),
        case("foreign-script", Image::Foreign, &["/app/start.sh"]).is(wrong, Foreign, busybox),
        case(
            "foreign-shell-form",
            Image::Foreign,
            &["/bin/sh", "-c", "exec uname -m"],
        )
        .is(wrong, Foreign, busybox),
        case("foreign-under-init", Image::Foreign, UNAME)
            .with(&["--init"])
            .is(wrong, Foreign, busybox),
        case("foreign-for-ever", Image::Foreign, UNAME)
            .with(&["--restart", "always"])
            .until(RESTARTING)
            .is(wrong, Foreign, busybox),
        // Its loader is missing as well, but the kernel never came so far.
        case("foreign-dynamic", Image::Foreign, &["/app/hello"]).is(wrong, Foreign, At("/app/hello")),
        case("s390x-image", Image::S390x, UNAME).is(wrong, Of("linux/s390x"), busybox),
        case("ppc64le-image", Image::Ppc64le, UNAME).is(wrong, Of("linux/ppc64le"), busybox),
        case("riscv64-image", Image::Riscv64, UNAME).is(wrong, Of("linux/riscv64"), At("/bin/uname")),
        // Many 64-bit ARM processors run these.
        case("arm-v7-image", Image::ArmV7, UNAME)
            .only_on("amd64")
            .is(wrong, Of("linux/arm/v7"), busybox),
        case("arm-v5-image", Image::ArmV5, UNAME)
            .only_on("amd64")
            .is(wrong, Of("linux/arm/v5"), busybox),
        // Every 64-bit processor of Intel's kind runs this: it is not to blame.
        case("i386-image", Image::I386, &["/bin/sh", "-c", "exit 3"])
            .only_on("amd64")
            .is("application-exit", Of("linux/386"), Faulty::None),
        // No 64-bit ARM processor does.
        case("i386-image-on-arm", Image::I386, UNAME)
            .only_on("arm64")
            .is(wrong, Of("linux/386"), busybox),
        case("lying-image", Image::Lying, UNAME)
            .is(mislabelled, Foreign, busybox)
            .but_only_likely(),
        case("lying-script", Image::Lying, &["/app/start.sh"])
            .is(mislabelled, Foreign, busybox)
            .but_only_likely(),
        case("lying-for-ever", Image::Lying, UNAME)
            .with(&["--restart", "on-failure"])
            .until(RESTARTING)
            .is(mislabelled, Foreign, busybox)
            .but_only_likely(),
        case("lying-otherwise", Image::LyingOtherwise, UNAME)
            .is(mislabelled, Of("linux/s390x"), busybox)
            .but_only_likely(),
        // Its label is wrong, but it ran: the label did not end it.
        case(
            "overmodest-image",
            Image::Overmodest,
            &["/bin/sh", "-c", "exit 3"],
        )
        .is("application-exit", Native, Faulty::None),
    ]
}

/// The image is what it says, and one program is not.
fn stray_programs() -> Vec<Case> {
    let at = At("/opt/foreign");
    vec![
        case("stray-program", Image::Tools, UNAME)
            .with(&["--entrypoint", "/opt/foreign"])
            .is(STRAY, Foreign, at),
        case("stray-in-path", Image::Tools, &["stray"]).is(STRAY, Foreign, At("/usr/local/bin/stray")),
        case("stray-behind-links", Image::Tools, &["/app/linked"]).is(STRAY, Foreign, at),
        case("stray-in-workdir", Image::Tools, &["./foreign", "ls"])
            .with(&["-w", "/opt"])
            .is(STRAY, Foreign, at),
        case("stray-dynamic", Image::Tools, &["/app/hello-foreign"]).is(
            STRAY,
            Foreign,
            At("/app/hello-foreign"),
        ),
        case("stray-under-init", Image::Tools, &["/opt/foreign", "ls"])
            .with(&["--init"])
            .is(STRAY, Foreign, at),
        case("stray-for-ever", Image::Tools, &["/opt/foreign", "ls"])
            .with(&["--restart", "always"])
            .until(RESTARTING)
            .is(STRAY, Foreign, at),
        case("stray-on-a-bind", Image::Tools, &["/mnt/foreign", "ls"])
            .with(&["-v", "{folder}/programs:/mnt:ro"])
            .is(STRAY, Foreign, At("/mnt/foreign")),
        case("stray-as-a-bind", Image::Tools, &["/usr/bin/tool", "ls"])
            .with(&[
                "--mount",
                "type=bind,source={folder}/programs/foreign,target=/usr/bin/tool",
            ])
            .is(STRAY, Foreign, At("/usr/bin/tool")),
        case("stray-in-a-volume", Image::Tools, &["/data/foreign", "ls"])
            .with(&["-v", "strays:/data"])
            .before(|place| {
                let fill = ["run", "--rm", "-v", "strays:/data", place.image(Image::Tools)];
                place.docker(&[&fill[..], &["cp", "/opt/foreign", "/data/foreign"]].concat());
            })
            .is(STRAY, Foreign, At("/data/foreign")),
        case("stray-interpreter", Image::Tools, &["/app/by-foreign.sh"]).is(STRAY, Foreign, at),
        case(
            "stray-interpreter-of-interpreter",
            Image::Tools,
            &["/app/by-foreign-script.sh"],
        )
        .is(STRAY, Foreign, at),
        // The kernel loads the loader of a program, and this one is for another processor.
        case("stray-loader", Image::Glibc, &["/app/by-foreign-loader"]).is(
            STRAY,
            Native,
            At("/opt/foreign-loader"),
        ),
    ]
}

/// The program that was to run is the foreign one: what stands before it only starts it.
fn stray_behind_others() -> Vec<Case> {
    let at = At("/opt/foreign");
    let shell = |name, script| shell(name, Image::Tools, script);
    vec![
        // A shell that is told to run a program takes what the kernel refuses for a script.
        shell("stray-by-shell", "/opt/foreign uname -m").is(STRAY, Foreign, at),
        shell("stray-by-shell-exec", "exec /opt/foreign uname -m").is(STRAY, Foreign, at),
        shell(
            "stray-by-shell-set-e",
            "set -e; echo before; /opt/foreign uname; echo after",
        )
        .is(STRAY, Foreign, at),
        shell("stray-by-shell-in-path", "exec stray").is(STRAY, Foreign, At("/usr/local/bin/stray")),
        shell("stray-by-shell-and-script", "exec /app/exec-foreign.sh").is(STRAY, Foreign, at),
        // Other shells say other things of the same program.
        case(
            "stray-by-bash",
            Image::Glibc,
            &["/bin/bash", "-c", "/opt/foreign; exit $?"],
        )
        .is(STRAY, Foreign, at),
        case(
            "stray-by-bash-exec",
            Image::Glibc,
            &["/bin/bash", "-c", "exec /opt/foreign --serve"],
        )
        .is(STRAY, Foreign, at),
        case(
            "stray-by-dash",
            Image::Glibc,
            &["/bin/dash", "-c", "/opt/foreign"],
        )
        .is(STRAY, Foreign, at),
        case(
            "stray-by-env",
            Image::Tools,
            &["env", "A=b", "/opt/foreign", "ls"],
        )
        .is(STRAY, Foreign, at),
        case("stray-by-entrypoint", Image::Tools, &["/opt/foreign", "ls"])
            .with(&["--entrypoint", "/app/exec-arguments.sh"])
            .is(STRAY, Foreign, at),
        case(
            "stray-by-entrypoint-and-shell",
            Image::Tools,
            &["sh", "-c", "exec /opt/foreign ls"],
        )
        .with(&["--entrypoint", "/app/exec-arguments.sh"])
        .is(STRAY, Foreign, at),
        case("stray-by-script", Image::Tools, &["/app/exec-foreign.sh"]).is(STRAY, Foreign, at),
        case(
            "stray-by-shell-file",
            Image::Tools,
            &["sh", "/app/exec-foreign.sh"],
        )
        .is(STRAY, Foreign, at),
    ]
}

fn other_systems() -> Vec<Case> {
    let (mac, windows) = (Of("darwin/arm64"), Of("windows/arm64"));
    vec![
        case("mach-o", Image::Tools, &["/app/mach-o"]).is(OTHER, mac, At("/app/mach-o")),
        case("windows-program", Image::Tools, &["/app/program.exe"]).is(
            OTHER,
            windows,
            At("/app/program.exe"),
        ),
        case("mach-o-by-shell", Image::Tools, &["sh", "-c", "exec /app/mach-o"]).is(
            OTHER,
            mac,
            At("/app/mach-o"),
        ),
        case("mach-o-by-entrypoint", Image::Tools, &["/app/mach-o"])
            .with(&["--entrypoint", "/app/exec-arguments.sh"])
            .is(OTHER, mac, At("/app/mach-o")),
        case("mach-o-interpreter", Image::Tools, &["/app/by-mach-o.sh"]).is(OTHER, mac, At("/app/mach-o")),
    ]
}
