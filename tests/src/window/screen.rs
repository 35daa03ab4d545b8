//! A display, a session bus and a driver of windows that belong to one test, and end with it.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{Unavailable, script};

/// What a window is shown and driven with; `./dev test` installs them.
const PROGRAMS: [&str; 4] = ["Xvfb", "dbus-daemon", "WebKitWebDriver", "tauri-driver"];

/// What of the log is shown when something went wrong.
const LAST_COMPLAINTS: usize = 20;

/// Tells why windows cannot be opened here, if they cannot.
pub fn display() -> Result<(), Unavailable> {
    if cfg!(not(target_os = "linux")) {
        return Err(Unavailable(
            "nothing drives the system's web view here".to_owned(),
        ));
    }
    let missing: Vec<_> = PROGRAMS.into_iter().filter(|name| !is_there(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Unavailable(format!(
        "`{}` is missing, which `./dev test` installs",
        missing.join("`, `")
    )))
}

/// Ends a test of `$group` with [`crate::skip`] where windows cannot be opened.
#[macro_export]
macro_rules! require_display {
    ($group:expr) => {
        if let Err(unavailable) = $crate::display() {
            return $crate::skip($group, &unavailable);
        }
    };
}

/// The line to the process that keeps all of it: the end of its input is the end of it.
#[derive(Debug)]
pub(super) struct Screen {
    keeper: Child,
    folder: PathBuf,
    driver: String,
}

impl Screen {
    /// Starts everything, so that a window will have only `environment` and folders of its own.
    pub(super) fn start<'a>(environment: impl IntoIterator<Item = (&'a str, &'a OsStr)>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("archlight-window.")
            .tempdir()
            .expect("the temporary folder can be written")
            .keep();
        let [port, native_port] = free_ports();
        let mut keeper = Command::new(script("window.sh"));
        keeper
            .arg(&folder)
            .args([port, native_port].map(|port| port.to_string()));
        keeper.env_clear().envs(folders(&folder)).envs(environment);
        keeper.env("PATH", env::var_os("PATH").unwrap_or_default());
        // There is neither a graphics card nor anybody who would hear of a window's parts.
        keeper.env("LIBGL_ALWAYS_SOFTWARE", "1").env("NO_AT_BRIDGE", "1");
        let keeper = keeper
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash is there");
        let mut screen = Self {
            keeper,
            folder,
            driver: format!("http://127.0.0.1:{port}"),
        };
        screen.await_ready();
        screen
    }

    /// The address of what opens and drives windows.
    pub(super) fn driver(&self) -> &str {
        &self.driver
    }

    /// The number of the process group of everything that was started.
    pub(super) fn group(&self) -> u32 {
        self.keeper.id()
    }

    /// What the programs complained last.
    pub(super) fn complaints(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_COMPLAINTS)..].join("\n")
    }

    fn await_ready(&mut self) {
        let stdout = self.keeper.stdout.take().expect("it was asked for");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the keeper answers in text");
        assert_eq!(line.trim_end(), "ready", "there is no display");
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing can be done about a failure here.
        let _ended = self.keeper.wait();
    }
}

/// The folders that programs ask their environment for, all of them inside of `folder`.
fn folders(folder: &Path) -> [(&'static str, PathBuf); 5] {
    let folders = [
        ("HOME", "home"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_RUNTIME_DIR", "run"),
        ("TMPDIR", "tmp"),
    ];
    folders.map(|(name, place)| {
        let place = folder.join(place);
        fs::create_dir(&place).expect("the folder is new");
        (name, place)
    })
}

/// Two ports that nobody listens on. Somebody could come first; then the driver says so.
fn free_ports() -> [u16; 2] {
    let listeners = [0; 2].map(|any| TcpListener::bind(("127.0.0.1", any)).expect("there are free ports"));
    listeners.map(|listener| listener.local_addr().expect("it is bound").port())
}

fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
