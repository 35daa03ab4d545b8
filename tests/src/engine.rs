//! A throw-away Docker engine with a registry, in namespaces of its own.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::{net::UnixStream, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{self, Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{Lab, as_root, script};

/// Which engine, and with which image store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// 20.10 with API 1.41 and the classic store.
    Old,
    /// 28.5 with the containerd store.
    New,
    /// 28.5 with the classic store.
    NewClassic,
}

impl Generation {
    /// Every generation, for tests that must hold on all.
    pub const ALL: [Self; 3] = [Self::Old, Self::New, Self::NewClassic];

    fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::NewClassic => "new-classic",
        }
    }
}

/// What a program said and how it ended.
#[derive(Clone, Debug)]
pub struct Output {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

impl Output {
    pub(crate) fn of(output: &std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A running engine. Dropping it, or the death of this process in whatever way, ends it and removes all of it.
#[derive(Debug)]
pub struct Engine {
    lab: Lab,
    generation: Generation,
    folder: PathBuf,
    control: Mutex<Control>,
    inside: u32,
}

/// The line to the process that keeps the namespaces: orders go in, answers come out, and its end is the engine's end.
#[derive(Debug)]
struct Control {
    keeper: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Lab {
    /// Starts an engine and a registry, and returns when both answer.
    ///
    /// # Panics
    /// When the engine does not start.
    pub fn start(&self, generation: Generation) -> Engine {
        // Its owner's number is in the name, so that a later run can tell that it was left behind.
        let folder = tempfile::Builder::new()
            .prefix(&format!("archlight-lab.{}.", process::id()))
            .tempdir()
            .expect("the temporary folder can be written")
            .keep();
        let mut control = Control::start(self, generation, &folder);
        Engine {
            lab: self.clone(),
            generation,
            inside: control.await_ready(),
            folder,
            control: Mutex::new(control),
        }
    }
}

impl Engine {
    /// The engine's socket, reachable from outside of the namespaces.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("docker.sock")
    }

    /// What `DOCKER_HOST` must say to reach it.
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// The registry's address, which only this engine can reach.
    pub fn registry(&self) -> &'static str {
        "127.0.0.1:5000"
    }

    /// The folder of this engine's files; it goes when the engine does.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process that is number 1 inside of the namespaces, by its number outside.
    pub fn inside(&self) -> u32 {
        self.inside
    }

    /// Runs the real command line client of Docker against this engine.
    ///
    /// # Panics
    /// When the client cannot be run at all.
    pub fn docker(&self, arguments: &[&str]) -> Output {
        run(self
            .with_environment(Command::new(self.lab.cache().join("new/usr/bin/docker")))
            .args(arguments))
    }

    /// Like [`Engine::docker`], for what must succeed: gives what it printed, without the last line's end.
    ///
    /// # Panics
    /// When the client fails.
    pub fn docker_ok(&self, arguments: &[&str]) -> String {
        let output = self.docker(arguments);
        assert_eq!(output.code, Some(0), "docker {arguments:?}: {output:?}");
        output.stdout.trim_end().to_owned()
    }

    /// Runs the client that came with this engine, and knows what it knows.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub fn own_docker(&self, arguments: &[&str]) -> Output {
        run(self
            .with_environment(Command::new(self.client().join("docker")))
            .args(arguments))
    }

    pub(crate) fn client(&self) -> PathBuf {
        self.lab.cache().join(match self.generation {
            Generation::Old => "old/usr/bin",
            Generation::New | Generation::NewClassic => "new/usr/bin",
        })
    }

    /// Lets a shell run `command`, which may call the `docker` that came with this engine.
    ///
    /// # Panics
    /// When there is no shell.
    pub fn shell(&self, command: &str) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.client().display());
        let mut shell = self.with_environment(Command::new("/bin/sh"));
        run(shell.env("PATH", path).args(["-c", command]))
    }

    /// Runs Compose against this engine.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub fn compose(&self, arguments: &[&str]) -> Output {
        run(self
            .with_environment(Command::new(self.plugin("docker-compose")))
            .args(arguments))
    }

    /// A plugin of the client, such as `docker-compose`.
    pub(crate) fn plugin(&self, name: &str) -> PathBuf {
        let part = name.trim_start_matches("docker-");
        self.lab
            .cache()
            .join(part)
            .join("usr/libexec/docker/cli-plugins")
            .join(name)
    }

    /// What the engine says of a container, null when there is none: asked of the engine itself, since starting a client
    /// takes longer than the answer.
    ///
    /// # Panics
    /// When the engine does not answer.
    pub fn inspect(&self, container: &str) -> Value {
        let answer = self.ask(&format!(
            "GET /containers/{container}/json HTTP/1.0\r\nHost: engine\r\n\r\n"
        ));
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        if head.contains(" 404 ") {
            return Value::Null;
        }
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{container}: {error}: {answer}"))
    }

    /// Asks the engine itself to make a container, for what its client has no words for. Gives its refusal.
    ///
    /// # Errors
    /// What the engine says no with.
    ///
    /// # Panics
    /// When the engine does not answer.
    pub fn create(&self, name: &str, body: &Value) -> Result<(), String> {
        let body = body.to_string();
        let answer = self.ask(&format!(
            "POST /containers/create?name={name} HTTP/1.0\r\nHost: engine\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let made = answer.lines().next().is_some_and(|head| head.contains(" 201 "));
        if made { Ok(()) } else { Err(answer) }
    }

    /// One request on a connection of its own; gives the whole answer with its headers.
    fn ask(&self, request: &str) -> String {
        let mut answer = String::new();
        UnixStream::connect(self.socket())
            .and_then(|mut socket| {
                socket.write_all(request.as_bytes())?;
                socket.read_to_string(&mut answer)
            })
            .expect("the engine answers");
        answer
    }

    /// A command that runs `program` inside of the engine's namespaces, as their root, with `DOCKER_HOST` set.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = as_root("nsenter");
        command
            .args(["--target", &self.inside.to_string()])
            .args(["--user", "--net", "--mount", "--pid", "env"])
            .arg(format!("DOCKER_HOST={}", self.docker_host()))
            .arg(program);
        command
    }

    /// Kills the engine itself with SIGKILL; its containers, its data and the registry stay.
    ///
    /// # Panics
    /// When its keeper does not obey.
    pub fn kill(&self) {
        assert_eq!(self.order("kill"), "killed");
    }

    /// Starts a killed engine again, on the same socket and data.
    ///
    /// # Panics
    /// When the engine does not start.
    pub fn restart(&self) {
        let answer = self.order("start");
        assert!(answer.starts_with("ready"), "instead of starting: {answer}");
    }

    /// Tells the keeper of the namespaces what to do, and gives its answer.
    pub(crate) fn order(&self, order: &str) -> String {
        self.control().order(order)
    }

    pub(crate) fn registry_socket(&self) -> PathBuf {
        self.folder.join("registry.sock")
    }

    fn with_environment(&self, mut command: Command) -> Command {
        command
            .env("DOCKER_HOST", self.docker_host())
            .env("DOCKER_CONFIG", self.folder.join("client"))
            .env_remove("DOCKER_CONTEXT")
            .env_remove("DOCKER_DEFAULT_PLATFORM");
        command
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let mut control = self.control();
        control.orders = None;
        // Nothing can be done about a failure here; the next run removes what was left.
        let _ended = control.keeper.wait();
    }
}

impl Control {
    fn start(lab: &Lab, generation: Generation, folder: &Path) -> Self {
        let mut keeper = as_root(script("engine.sh"))
            .arg(lab.cache())
            .arg(generation.name())
            .arg(folder)
            // Ctrl-C is for the tests; the keeper follows when their end closes its input.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash is there");
        let orders = keeper.stdin.take();
        let answers = keeper.stdout.take().expect("it was asked for");
        Self {
            keeper,
            orders,
            answers: BufReader::new(answers),
        }
    }

    fn await_ready(&mut self) -> u32 {
        let answer = self.answer();
        answer
            .strip_prefix("ready ")
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("the engine did not start: {answer:?}"))
    }

    fn order(&mut self, order: &str) -> String {
        let orders = self.orders.as_mut().expect("only dropping closes it");
        writeln!(orders, "{order}").expect("the keeper lives as long as this");
        self.answer()
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the keeper answers in text");
        line.trim_end().to_owned()
    }
}

fn run(command: &mut Command) -> Output {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("the client is in the cache");
    Output::of(&output)
}
