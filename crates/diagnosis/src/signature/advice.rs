//! What can be done about more than one signature.

use super::Advice;
use crate::RemedyKind;

const fn advice(kind: RemedyKind, title: &'static str, why: &'static str) -> Advice {
    Advice { kind, title, why }
}

// Other builds.

pub(super) const NATIVE_BUILD: Advice = advice(
    RemedyKind::UseNativeBuild,
    "Use the build for this engine's own platform",
    "A native build needs no translator, so it does not meet this limit",
);
pub(super) const PULL_PLATFORM: Advice = advice(
    RemedyKind::RerunPlatform,
    "Ask for a platform that the image has",
    "The image has no build for the one that was asked for; naming another lets the engine fetch it, and translate it if it can",
);
pub(super) const PULL_AGAIN: Advice = advice(
    RemedyKind::RerunPlatform,
    "Fetch the image again for the platform that is wanted",
    "The engine holds this tag for another platform only, and does not look in the registry by itself",
);
pub(super) const NEWER_TAG: Advice = advice(
    RemedyKind::UseNewerTag,
    "Look for a newer tag",
    "Many images gained builds for more platforms later than their older tags",
);
pub(super) const REPORT: Advice = advice(
    RemedyKind::ReportUpstream,
    "Tell whoever builds the image",
    "Only they can publish a build for this platform under the same name",
);

// Translators.

pub(super) const QEMU_INSTEAD: Advice = advice(
    RemedyKind::TurnOffTranslation,
    "Let QEMU translate instead of Rosetta",
    "With Rosetta turned off in the runtime's settings, QEMU runs the same program more slowly; reported to help",
);
pub(super) const ROSETTA_INSTEAD: Advice = advice(
    RemedyKind::TurnOnTranslation,
    "Let Rosetta translate instead of QEMU",
    "On a Mac with Apple silicon, Rosetta runs many amd64 programs that QEMU does not; reported to help",
);
pub(super) const UPDATE_MACOS: Advice = advice(
    RemedyKind::UpdateRuntime,
    "Update macOS and the container runtime",
    "Rosetta comes with macOS and the kernel with the runtime; newer ones are reported to work together",
);
pub(super) const UPDATE_TRANSLATOR: Advice = advice(
    RemedyKind::UpdateRuntime,
    "Update the container runtime",
    "QEMU comes with it, and newer versions translate more; reported to help",
);
pub(super) const NATIVE_OR_STATIC_PROGRAM: Advice = advice(
    RemedyKind::FixBuild,
    "Put the program for the image's own platform into it",
    "The translator runs a program whose loader is not in this image: most likely it was copied or downloaded for another platform",
);

// Processors.

pub(super) const OLDER_PROCESSOR_BUILD: Advice = advice(
    RemedyKind::UseNewerTag,
    "Use a tag that is built for older processors",
    "The processor, or what stands for it, lacks instructions that this build needs; earlier releases and other base images often do without them",
);
pub(super) const ROSETTA_KNOWS_MORE: Advice = advice(
    RemedyKind::TurnOnTranslation,
    "Let Rosetta of a newer macOS translate",
    "Newer versions of Rosetta know instructions that QEMU and older ones lack; reported to help some programs",
);

// Modules and libraries.

pub(super) const REBUILD_IN_IMAGE: Advice = advice(
    RemedyKind::RebuildModules,
    "Install the modules inside of the image",
    "Modules that were installed on another system hold its programs; run the package manager in the Dockerfile, and keep the folder out of the build context with `.dockerignore`",
);
pub(super) const HIDE_MOUNTED_MODULES: Advice = advice(
    RemedyKind::FixBuild,
    "Keep the host's modules out of the container",
    "A folder that is mounted from the host brings its modules along; a volume over `node_modules` or the virtual environment keeps the image's own",
);
pub(super) const INSTALL_LIBRARY: Advice = advice(
    RemedyKind::InstallLibrary,
    "Put the library into the image",
    "The image's package manager has it, perhaps in a package of another name",
);
pub(super) const SAME_C_LIBRARY: Advice = advice(
    RemedyKind::FixBuild,
    "Use one C library for everything",
    "Programs and modules for glibc do not fit into an image with musl, such as Alpine, nor the other way round; build them in the image, or change its base",
);
pub(super) const NEWER_BASE: Advice = advice(
    RemedyKind::FixBuild,
    "Build on the release that it runs on",
    "It was built against a newer C library than this image has; use a newer base image, or build it in this one",
);
pub(super) const SAME_LOCK_FILE: Advice = advice(
    RemedyKind::RebuildModules,
    "Remove the lock file and `node_modules`, and install in the image",
    "A lock file that was made on one platform can leave out the optional packages of the others; reported to help",
);

// Scripts.

pub(crate) const LF: Advice = advice(
    RemedyKind::FixLineEndings,
    "Save the script with LF line ends",
    "Keep it so with `*.sh text eol=lf` in `.gitattributes`",
);

// What the engine was asked to start.

pub(crate) const NAME_A_PROGRAM: Advice = advice(
    RemedyKind::FixCommand,
    "Name a program that is there",
    "Look at `ENTRYPOINT`, `CMD`, the command that was given, and at mounts that hide the image's files",
);

// Mounts and ports.

pub(super) const MAKE_SOURCE: Advice = advice(
    RemedyKind::FixCommand,
    "Mount a folder or file that is there",
    "Make it first, or correct its path; a relative path counts from where the command was given",
);
pub(super) const SHARE_FOLDER: Advice = advice(
    RemedyKind::FixPermissions,
    "Let the runtime see the folder",
    "On a Mac, the runtime's file sharing and the system's privacy settings decide which folders its machine sees",
);
pub(super) const FREE_PORT: Advice = advice(
    RemedyKind::FreePort,
    "Stop what holds the port, or publish another",
    "Another container, or a program of the host, listens there already",
);
pub(crate) const AIRPLAY: Advice = advice(
    RemedyKind::FreePort,
    "Turn off the AirPlay receiver, or publish another port",
    "macOS listens on ports 5000 and 7000 for AirPlay; it is turned off in the system settings under AirDrop & Handoff",
);

// Emulated system calls.

pub(super) const POLL: Advice = advice(
    RemedyKind::FixCommand,
    "Let it poll for changes",
    "QEMU passes no file events on; `CHOKIDAR_USEPOLLING=1` or `WATCHFILES_FORCE_POLLING=1` make common watchers poll",
);
pub(super) const NEWER_GO: Advice = advice(
    RemedyKind::UseNewerTag,
    "Use a build with a newer Go",
    "Older versions of Go rely on addresses and threads that QEMU does not give; newer ones are reported to run",
);
