//! An engine on another machine: a private socket here, and one `ssh` behind each of its connections.
//!
//! There, `docker system dial-stdio` hands the connection to the engine, as it does for Docker's own command line.

use std::{
    ffi::OsStr,
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, copy},
    net::{UnixListener, UnixStream},
    process::{ChildStderr, Command},
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
};

/// A server of `ssh` begins to turn logins away when more than ten are under way.
const AT_ONCE: usize = 8;

/// The last line is what counts; before it may stand a greeting or a warning.
const COMPLAINT_BYTES: usize = 16 * 1024;

/// Who is called, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    user: Option<String>,
    host: String,
    port: Option<u16>,
}

impl Destination {
    /// Reads `ssh://[user@]host[:port]`, or says why it cannot be used.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let address = url.strip_prefix("ssh://").unwrap_or(url);
        let (authority, path) = address.split_once('/').unwrap_or((address, ""));
        if !path.is_empty() {
            return Err("a path behind the host is not understood".to_owned());
        }
        let (user, host) = authority
            .rsplit_once('@')
            .map_or((None, authority), |(user, host)| (Some(user), host));
        let (host, port) = split_port(host)?;
        // What begins with a dash would be an option to `ssh`, and options can start programs.
        let is_name = |text: &str| {
            let odd = |letter: char| letter.is_whitespace() || letter.is_control();
            !text.is_empty() && !text.starts_with('-') && !text.contains(odd)
        };
        if !is_name(host) || !user.is_none_or(|user| is_name(user) && !user.contains(':')) {
            return Err("it names no host and user that `ssh` could be given".to_owned());
        }
        Ok(Self {
            user: user.map(ToOwned::to_owned),
            host: host.to_owned(),
            port,
        })
    }

    fn arguments(&self) -> Vec<String> {
        // Nobody could answer a question: a password belongs into an agent, a host key into `known_hosts`.
        let mut arguments = vec!["-T".to_owned(), "-o".to_owned(), "BatchMode=yes".to_owned()];
        if let Some(user) = &self.user {
            arguments.extend(["-l".to_owned(), user.clone()]);
        }
        if let Some(port) = self.port {
            arguments.extend(["-p".to_owned(), port.to_string()]);
        }
        arguments.extend(["--", &self.host, "docker system dial-stdio"].map(ToOwned::to_owned));
        arguments
    }
}

/// The host and its port; an IPv6 address stands in brackets.
fn split_port(host: &str) -> Result<(&str, Option<u16>), String> {
    let (host, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':').unwrap_or(port)),
        None => host.split_once(':').unwrap_or((host, "")),
    };
    if port.is_empty() {
        return Ok((host, None));
    }
    let number = port.parse().map_err(|_| "its port is none".to_owned())?;
    Ok((host, Some(number)))
}

/// The socket that leads there. Dropping it ends every `ssh`.
#[derive(Debug)]
pub(crate) struct Tunnel {
    socket: PathBuf,
    complaint: watch::Receiver<String>,
    server: JoinHandle<()>,
    _folder: TempDir,
}

impl Tunnel {
    /// Opens a tunnel. Nobody is called before somebody connects.
    pub(crate) fn open(destination: &Destination) -> io::Result<Self> {
        Self::through(OsStr::new("ssh"), destination)
    }

    fn through(program: &OsStr, destination: &Destination) -> io::Result<Self> {
        // Whoever can open the folder can use the engine there.
        let folder = tempfile::Builder::new()
            .prefix("archlight-ssh-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let socket = folder.path().join("docker.sock");
        let listener = UnixListener::bind(&socket)?;
        let (complain, complaint) = watch::channel(String::new());
        let line = Line {
            program: program.to_owned(),
            arguments: destination.arguments(),
            free: Semaphore::new(AT_ONCE),
            complain,
        };
        Ok(Self {
            socket,
            complaint,
            server: tokio::spawn(serve(listener, Arc::new(line))),
            _folder: folder,
        })
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// What `ssh` said last before it ended by itself.
    pub(crate) fn complaint(&self) -> Option<String> {
        let said = self.complaint.borrow().clone();
        (!said.is_empty()).then_some(said)
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// How the other side is called.
struct Line {
    program: std::ffi::OsString,
    arguments: Vec<String>,
    free: Semaphore,
    complain: watch::Sender<String>,
}

async fn serve(listener: UnixListener, line: Arc<Line>) {
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            Ok((client, _)) = listener.accept() => {
                let line = Arc::clone(&line);
                calls.spawn(async move { line.carry(client).await });
            }
            Some(_) = calls.join_next() => {}
            else => return,
        }
    }
}

impl Line {
    /// Carries one connection until either side ends it.
    async fn carry(&self, client: UnixStream) {
        let Ok(_permit) = self.free.acquire().await else {
            return;
        };
        let spawned = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut ssh = match spawned {
            Ok(ssh) => ssh,
            Err(error) => {
                return drop(
                    self.complain
                        .send_replace(format!("it cannot be started: {error}")),
                );
            }
        };
        let (Some(mut there), Some(mut back), Some(errors)) =
            (ssh.stdin.take(), ssh.stdout.take(), ssh.stderr.take())
        else {
            return;
        };
        let (mut from_client, mut to_client) = client.into_split();
        let asked = async move {
            let asked = copy(&mut from_client, &mut there).await;
            drop(there);
            // An `ssh` that takes nothing any more has ended, and what it said is still to come.
            if asked.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let answered = async {
            let (_, said) = tokio::join!(copy(&mut back, &mut to_client), last_line(errors));
            self.complain.send_replace(said);
        };
        tokio::select! {
            () = asked => {}
            () = answered => {}
        }
    }
}

/// The last line that is not empty, of what is read to its end.
async fn last_line(errors: ChildStderr) -> String {
    let mut said = Vec::new();
    let mut bounded = errors.take(u64::try_from(COMPLAINT_BYTES).unwrap_or(u64::MAX));
    bounded.read_to_end(&mut said).await.ok();
    discard(bounded.into_inner()).await;
    let said = String::from_utf8_lossy(&said);
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    last.unwrap_or_default().to_owned()
}

/// A pipe that nobody reads would stop the program that writes.
async fn discard(mut rest: impl AsyncRead + Unpin) {
    copy(&mut rest, &mut tokio::io::sink()).await.ok();
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    fn arguments(url: &str) -> String {
        Destination::parse(url).expect(url).arguments().join(" ")
    }

    #[test]
    fn user_host_and_port_are_given_to_ssh_apart() {
        let cases = [
            ("ssh://box", "-- box"),
            ("ssh://box/", "-- box"),
            ("ssh://ada@box", "-l ada -- box"),
            ("ssh://ada@box:2222", "-l ada -p 2222 -- box"),
            ("ssh://[fe80::1]:22", "-p 22 -- fe80::1"),
        ];
        for (url, expected) in cases {
            let expected = format!("-T -o BatchMode=yes {expected} docker system dial-stdio");
            assert_eq!(arguments(url), expected, "{url}");
        }
    }

    #[test]
    fn what_ssh_would_take_for_an_option_is_refused() {
        for url in [
            "ssh://",
            "ssh://-oProxyCommand=x",
            "ssh://-l@box",
            "ssh://ada:secret@box",
            "ssh://box:port",
            "ssh://box:0x16",
            "ssh://a b",
            "ssh://box/run/docker.sock",
            "ssh://@box",
        ] {
            assert!(Destination::parse(url).is_err(), "{url}");
        }
    }

    /// A program that stands in for `ssh`.
    fn stand_in(folder: &TempDir, script: &str) -> PathBuf {
        let program = folder.path().join("ssh");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("a mode");
        program
    }

    async fn call(program: &Path) -> (Tunnel, String) {
        let destination = Destination::parse("ssh://ada@box:2222").expect("an address");
        let tunnel = Tunnel::through(program.as_os_str(), &destination).expect("a tunnel");
        let mut client = UnixStream::connect(tunnel.socket()).await.expect("a connection");
        client.write_all(b"hello\n").await.ok();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.ok();
        (tunnel, answer)
    }

    #[tokio::test]
    async fn bytes_go_there_and_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = stand_in(&folder, "read line; echo \"$line to $*\"");
        let (tunnel, answer) = call(&program).await;
        assert_eq!(
            answer,
            "hello to -T -o BatchMode=yes -l ada -p 2222 -- box docker system dial-stdio\n"
        );
        assert_eq!(tunnel.complaint(), None);
    }

    #[tokio::test]
    async fn what_ssh_complains_of_is_known_when_its_connection_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let script = "echo Welcome >&2; echo 'ada@box: Permission denied (publickey).' >&2; exit 255";
        let (tunnel, answer) = call(&stand_in(&folder, script)).await;
        assert_eq!(answer, "");
        assert_eq!(
            tunnel.complaint().as_deref(),
            Some("ada@box: Permission denied (publickey).")
        );
        let (tunnel, _) = call(&folder.path().join("nothing")).await;
        assert!(
            tunnel
                .complaint()
                .is_some_and(|said| said.contains("cannot be started"))
        );
    }

    #[tokio::test]
    async fn the_end_of_the_tunnel_ends_ssh() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = stand_in(&folder, "echo $$; exec sleep 600");
        let destination = Destination::parse("ssh://box").expect("an address");
        let tunnel = Tunnel::through(program.as_os_str(), &destination).expect("a tunnel");
        let mut client = UnixStream::connect(tunnel.socket()).await.expect("a connection");
        let mut process = [0; 16];
        let read = client.read(&mut process).await.expect("a number");
        let process = String::from_utf8_lossy(&process[..read]).trim().to_owned();
        drop(tunnel);
        let ended = async {
            while is_running(&process) {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let limit = std::time::Duration::from_secs(10);
        tokio::time::timeout(limit, ended).await.expect("it ends");
    }

    fn is_running(process: &str) -> bool {
        let asked = std::process::Command::new("ps")
            .args(["-o", "stat=", "-p", process])
            .output();
        let stat = asked.expect("ps is there").stdout;
        !stat.is_empty() && !stat.starts_with(b"Z")
    }
}
