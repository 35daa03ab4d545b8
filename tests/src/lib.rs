//! Real engines, registries and images for the tests that cross crates.
//!
//! [`lab()`] says whether this machine can run them. [`Lab::start`] gives a throw-away [`Engine`] with a registry, in
//! namespaces of its own; [`ImageSpec`] describes an image with any label over any bytes, which [`Engine::push`] makes
//! and puts into that registry; [`Engine::enable_translator`] lets foreign programs run, inside of that engine only.
//!
//! Everything here is for tests: what cannot be done panics, saying what it was.

mod archlight;
mod engine;
mod gate;
mod image;
mod interruption;
mod made;
mod programs;
mod registry;
mod translator;
mod window;

use std::{
    env, fmt,
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

pub use archlight::{Answer, Archlight, FOREIGN, NATIVE, target_folder};
pub use engine::{Engine, Generation, Output};
pub use gate::Gate;
pub use image::{ImageSpec, Packing, Variant};
pub use interruption::{Interruption, Victim};
pub use made::{Deed, Linked, Use, linked, mach_o, needs_newer_library, portable_executable, tiny};
pub use programs::triplet;
pub use translator::Loading;
pub use window::{Appearance, Opening, Place, Window, display};

/// What engines are made of: the filled cache, on a machine that was found able to run them.
#[derive(Clone, Debug)]
pub struct Lab {
    cache: PathBuf,
}

/// Why real engines cannot be had here, in one sentence for the person who ran the tests.
#[derive(Clone, Debug)]
pub struct Unavailable(String);

impl Unavailable {
    /// For what one group of tests needs beyond the lab.
    pub fn because(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Lab {
    /// The folder that holds engines and programs, unpacked.
    pub fn cache(&self) -> &Path {
        &self.cache
    }
}

/// The lab, or why it cannot be had here. Fills the cache when it is empty; asked once for each process.
pub fn lab() -> Result<Lab, Unavailable> {
    static LAB: OnceLock<Result<Lab, Unavailable>> = OnceLock::new();
    LAB.get_or_init(open).clone()
}

/// Gives the lab to a test of `$group`, or ends the test with [`skip`].
#[macro_export]
macro_rules! require {
    ($group:expr) => {
        match $crate::lab() {
            Ok(lab) => lab,
            Err(unavailable) => return $crate::skip($group, &unavailable),
        }
    };
}

/// Writes down, in the file that `ARCHLIGHT_SKIPPED` names, that a group of tests is not run and why.
///
/// # Panics
/// When `CI` is set: there, not running a test is a failure.
pub fn skip(group: &str, reason: &Unavailable) {
    assert!(env::var_os("CI").is_none(), "{group} were not run: {reason}");
    let Some(path) = env::var_os("ARCHLIGHT_SKIPPED") else {
        return;
    };
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| writeln!(file, "{group}: {reason}"))
        .expect("`ARCHLIGHT_SKIPPED` names a file that can be written");
}

fn open() -> Result<Lab, Unavailable> {
    if cfg!(not(target_os = "linux")) {
        return Err(Unavailable("they need Linux namespaces".to_owned()));
    }
    said(
        as_root("true").arg("--"),
        "root, or `sudo` without a password, is needed",
    )?;
    let cache = said(&mut Command::new(script("fill.sh")), "filling the cache failed")?;
    said(&mut as_root(script("probe.sh")), "namespaces cannot be had")?;
    Ok(Lab {
        cache: PathBuf::from(cache.trim_end()),
    })
}

/// Runs `command` and gives what it printed, or `failure` with the last line that it complained with.
fn said(command: &mut Command, failure: &str) -> Result<String, Unavailable> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Unavailable(format!("{failure}: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().last().unwrap_or("no reason was given");
    Err(Unavailable(format!("{failure}: {last}")))
}

/// A script of the lab, by its file name.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../scripts/lab")
        .join(name)
}

/// A command that runs `program` as root, if that needs no password.
fn as_root(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg("-n").arg(program);
    command
}

/// Whether this process is root: it owns its own entry in `/proc` then.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}
