//! The command line, run as a script would run it.

use std::{
    ffi::OsString,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{Engine, Output};

/// The architecture of this machine's processor, in the words of platforms.
pub const NATIVE: &str = if cfg!(target_arch = "aarch64") {
    "arm64"
} else {
    "amd64"
};

/// An architecture that it cannot run.
pub const FOREIGN: &str = if cfg!(target_arch = "aarch64") {
    "amd64"
} else {
    "arm64"
};

/// `archlight` with a home and a cache of its own, told to use one engine.
#[derive(Debug)]
pub struct Archlight {
    home: TempDir,
    docker_host: String,
    path: OsString,
}

/// What it answered with `--json`.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// The one document on standard output.
    pub json: Value,
}

impl Archlight {
    /// For a real engine.
    pub fn for_engine(engine: &Engine) -> Self {
        Self::at(&engine.docker_host())
    }

    /// For any address; empty for none.
    ///
    /// # Panics
    /// When there is no temporary folder.
    pub fn at(docker_host: &str) -> Self {
        let home = tempfile::tempdir().expect("the temporary folder can be written");
        Self {
            home,
            docker_host: docker_host.to_owned(),
            path: std::env::var_os("PATH").unwrap_or_default(),
        }
    }

    /// For a real engine, with its client and the plugin for Compose in the path.
    ///
    /// # Panics
    /// When its home cannot be written.
    pub fn with_compose(engine: &Engine) -> Self {
        Self::with_plugin(engine, "docker-compose")
    }

    /// For a real engine, with its client and buildx in the path.
    ///
    /// # Panics
    /// When its home cannot be written.
    pub fn with_buildx(engine: &Engine) -> Self {
        Self::with_plugin(engine, "docker-buildx")
    }

    fn with_plugin(engine: &Engine, name: &str) -> Self {
        let archlight = Self::for_engine(engine);
        let plugins = archlight.home().join(".docker/cli-plugins");
        std::fs::create_dir_all(&plugins).expect("the home can be written");
        std::os::unix::fs::symlink(engine.plugin(name), plugins.join(name)).expect("the home can be written");
        let folders = [engine.client(), PathBuf::from("/usr/bin"), PathBuf::from("/bin")];
        Self {
            path: std::env::join_paths(folders).expect("no colon is in them"),
            ..archlight
        }
    }

    /// Its home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The command, ready to run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(arguments).stdin(Stdio::null()).env_clear();
        command.env("PATH", &self.path);
        command
            .env("HOME", self.home.path())
            .env("DOCKER_HOST", &self.docker_host);
        command
    }

    /// The command, to run beside the engine, where the registry can be reached.
    pub fn command_inside(&self, engine: &Engine, arguments: &[&str]) -> Command {
        let mut path = OsString::from("PATH=");
        path.push(&self.path);
        let mut command = engine.command("env");
        command
            .args(["-i".into(), path])
            .arg(format!("HOME={}", self.home.path().display()))
            .arg(format!("DOCKER_HOST={}", self.docker_host))
            .arg(program())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// What it answers with `--json` when it runs beside the engine.
    ///
    /// # Panics
    /// When it prints anything but one JSON document.
    pub fn ask_inside(&self, engine: &Engine, arguments: &[&str]) -> Value {
        self.answer_inside(engine, arguments).json
    }

    /// The same with its exit code.
    ///
    /// # Panics
    /// When it prints anything but one JSON document, or is ended by a signal.
    pub fn answer_inside(&self, engine: &Engine, arguments: &[&str]) -> Answer {
        let output = self
            .command_inside(engine, &[arguments, &["--json"]].concat())
            .output()
            .expect("it was built");
        let json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output:?}"));
        Answer {
            code: output.status.code().expect("no signal ended it"),
            json,
        }
    }

    /// Runs it beside the engine, where the registry can be reached.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub fn run_inside(&self, engine: &Engine, arguments: &[&str]) -> Output {
        let output = self.command_inside(engine, arguments).output();
        Output::of(&output.expect("it was built"))
    }

    /// Runs it.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub fn run(&self, arguments: &[&str]) -> Output {
        Output::of(&self.command(arguments).output().expect("it was built"))
    }

    /// Runs it with `--json`.
    ///
    /// # Panics
    /// When it prints anything but one JSON document.
    pub fn ask(&self, arguments: &[&str]) -> Answer {
        let output = self.run(&[arguments, &["--json"]].concat());
        let json = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {output:?}"));
        Answer {
            code: output.code.expect("no signal ended it"),
            json,
        }
    }

    /// Like [`Archlight::ask`], for what must succeed.
    ///
    /// # Panics
    /// When it fails.
    pub fn ask_ok(&self, arguments: &[&str]) -> Value {
        let answer = self.ask(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.json);
        answer.json
    }
}

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| build("archlight-cli", "archlight"))
}

/// Builds a program of this project and tells where it is: a test must never run yesterday's.
pub(crate) fn build(package: &str, program: &str) -> PathBuf {
    let mut build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo is there");
    let mut complaint = String::new();
    if let Some(mut stderr) = build.stderr.take() {
        stderr.read_to_string(&mut complaint).ok();
    }
    let status = build.wait().expect("cargo ends");
    assert!(status.success(), "`{program}` cannot be built: {complaint}");
    target_folder().join("debug").join(program)
}

/// Where cargo puts what it builds: tests run from a folder in it.
///
/// # Panics
/// When it was not cargo that built the test.
pub fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("this test has a path");
    let debug = test
        .ancestors()
        .find(|folder| folder.ends_with("debug"))
        .expect("tests are built into `debug`");
    debug.parent().expect("`debug` is in a folder").to_owned()
}
