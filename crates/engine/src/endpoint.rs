//! Where the engine is: the same order as the Docker command line's, then the sockets that runtimes are known to make.

use std::path::{Path, PathBuf};

use crate::{EngineError, contexts::ContextStore, known_sockets, tunnel::Destination};

/// What decides where the engine is. It is read once, at the start of the program, and passed in.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Where this machine's file system is read from; empty is `/`.
    pub root: PathBuf,
    /// The user's home folder.
    pub home: PathBuf,
    /// The address that the user gave.
    pub host: Option<String>,
    /// The context that the user named.
    pub context: Option<String>,
    /// `DOCKER_HOST`.
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub docker_context: Option<String>,
    /// `DOCKER_CONFIG`.
    pub docker_config: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
    /// `TMPDIR`.
    pub temporary: Option<PathBuf>,
}

impl Surroundings {
    /// `path`, which is absolute on this machine, under the root.
    pub(crate) fn under_root(&self, path: &str) -> PathBuf {
        if self.root.as_os_str().is_empty() || self.root == Path::new("/") {
            return PathBuf::from(path);
        }
        self.root.join(path.trim_start_matches('/'))
    }
}

/// The address of an engine, and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `unix://`, `tcp://`, `http://` or `ssh://`.
    pub url: String,
    /// Who named it, for example `DOCKER_HOST` or `context colima`.
    pub source: String,
}

/// Finds the engine's address.
///
/// `--host` or `--context`, then `DOCKER_HOST`, `DOCKER_CONTEXT`, the current context, and at last the known sockets.
/// That `DOCKER_HOST` comes before `DOCKER_CONTEXT` is what the Docker command line does
/// (`resolveContextName` in docker/cli `cli/command/cli.go`), although its documentation says the reverse.
pub async fn locate(surroundings: &Surroundings) -> Result<Endpoint, EngineError> {
    if let Some(url) = &surroundings.host {
        return Endpoint::new(url, "--host");
    }
    if let Some(name) = &surroundings.context {
        return by_context(surroundings, name).await;
    }
    if let Some(url) = non_empty(surroundings.docker_host.as_deref()) {
        return Endpoint::new(url, "DOCKER_HOST");
    }
    if let Some(name) = non_empty(surroundings.docker_context.as_deref()) {
        return by_context(surroundings, name).await;
    }
    match ContextStore::of(surroundings).current()? {
        Some(name) => by_context(surroundings, &name).await,
        None => known_sockets::first(surroundings).await,
    }
}

async fn by_context(surroundings: &Surroundings, name: &str) -> Result<Endpoint, EngineError> {
    // The default context has no file: it is whatever the machine offers.
    if name == "default" {
        return known_sockets::first(surroundings).await;
    }
    let url = ContextStore::of(surroundings).host(name)?;
    Endpoint::new(&url, &format!("context {name}"))
}

fn non_empty(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.is_empty())
}

impl Endpoint {
    /// Checks that `url` is of a kind that is spoken here.
    pub(crate) fn new(url: &str, source: &str) -> Result<Self, EngineError> {
        let url = if url.starts_with('/') {
            format!("unix://{url}")
        } else {
            url.to_owned()
        };
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        if !matches!(scheme, "unix" | "tcp" | "http" | "ssh") {
            let why = "it starts with none of unix://, tcp://, http:// and ssh://".to_owned();
            return Err(EngineError::UnsupportedEndpoint { url, why });
        }
        if scheme == "unix" && url.len() == "unix://".len() {
            return Err(EngineError::UnsupportedEndpoint {
                url,
                why: "it names no socket".to_owned(),
            });
        }
        if matches!(scheme, "tcp" | "http") && !has_valid_port(&url) {
            let why = "its port is none".to_owned();
            return Err(EngineError::UnsupportedEndpoint { url, why });
        }
        if scheme == "ssh"
            && let Err(why) = Destination::parse(&url)
        {
            return Err(EngineError::UnsupportedEndpoint { url, why });
        }
        Ok(Self {
            url,
            source: source.to_owned(),
        })
    }

    /// The socket's path, when it is one.
    pub fn socket(&self) -> Option<&Path> {
        self.url.strip_prefix("unix://").map(Path::new)
    }
}

/// A number of a port behind the last colon, or no colon at all.
fn has_valid_port(url: &str) -> bool {
    let authority = url
        .split_once("://")
        .map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    port.is_none_or(|port| port.ends_with(']') || port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn home() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder can be made")
    }

    fn surroundings(home: &Path) -> Surroundings {
        Surroundings {
            root: home.join("root"),
            home: home.to_owned(),
            ..Surroundings::default()
        }
    }

    fn write_context(home: &Path, name: &str, host: &str) {
        let meta = home
            .join(".docker/contexts/meta")
            .join(crate::contexts::folder(name));
        std::fs::create_dir_all(&meta).expect("folder");
        let text = format!(
            r#"{{"Name":"{name}","Metadata":{{"otel":{{}}}},"Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#
        );
        std::fs::write(meta.join("meta.json"), text).expect("file");
    }

    #[tokio::test]
    async fn docker_host_comes_before_docker_context_and_the_current_one() {
        let home = home();
        write_context(home.path(), "colima", "unix:///colima.sock");
        let mut here = surroundings(home.path());
        here.docker_host = Some("tcp://127.0.0.1:2375".into());
        here.docker_context = Some("colima".into());
        assert_eq!(locate(&here).await.expect("found").url, "tcp://127.0.0.1:2375");
        here.docker_host = Some(String::new());
        assert_eq!(locate(&here).await.expect("found").url, "unix:///colima.sock");
    }

    #[tokio::test]
    async fn the_current_context_is_used_when_nothing_else_is_said() {
        let home = home();
        write_context(home.path(), "orbstack", "unix:///orb.sock");
        std::fs::write(
            home.path().join(".docker/config.json"),
            r#"{"currentContext":"orbstack"}"#,
        )
        .expect("file");
        let endpoint = locate(&surroundings(home.path())).await.expect("found");
        assert_eq!(
            (endpoint.url.as_str(), endpoint.source.as_str()),
            ("unix:///orb.sock", "context orbstack")
        );
    }

    #[tokio::test]
    async fn a_context_that_does_not_exist_is_named_in_the_error() {
        let home = home();
        let mut here = surroundings(home.path());
        here.context = Some("nope".into());
        assert!(matches!(locate(&here).await, Err(EngineError::UnknownContext { name }) if name == "nope"));
    }

    #[tokio::test]
    async fn a_broken_configuration_file_is_an_error_and_not_ignored() {
        let home = home();
        std::fs::create_dir_all(home.path().join(".docker")).expect("folder");
        std::fs::write(home.path().join(".docker/config.json"), "{").expect("file");
        assert!(matches!(
            locate(&surroundings(home.path())).await,
            Err(EngineError::BadContext { .. })
        ));
    }

    #[tokio::test]
    async fn known_sockets_are_looked_for_under_root_and_home() {
        let home = home();
        let here = surroundings(home.path());
        assert!(
            matches!(locate(&here).await, Err(EngineError::NotFound { looked_at }) if looked_at.len() > 3)
        );
        let _socket = listener(home.path(), ".rd/docker.sock");
        assert!(
            locate(&here)
                .await
                .expect("found")
                .url
                .ends_with("/.rd/docker.sock")
        );
    }

    fn listener(home: &Path, name: &str) -> UnixListener {
        let socket = home.join(name);
        std::fs::create_dir_all(socket.parent().expect("it has a folder")).expect("folder");
        UnixListener::bind(socket).expect("socket")
    }

    #[tokio::test]
    async fn a_known_socket_that_nobody_answers_is_passed_over() {
        let home = home();
        let here = surroundings(home.path());
        drop(listener(home.path(), ".orbstack/run/docker.sock"));
        drop(listener(home.path(), ".colima/default/docker.sock"));
        let stale = locate(&here).await.expect("found");
        assert!(stale.url.ends_with("/.orbstack/run/docker.sock"), "{stale:?}");
        let _second = listener(home.path(), ".rd/docker.sock");
        let _third = listener(home.path(), ".lima/docker/sock/docker.sock");
        let found = locate(&here).await.expect("found");
        assert!(found.url.ends_with("/.rd/docker.sock"), "{found:?}");
    }

    #[tokio::test]
    async fn a_socket_that_was_named_is_not_passed_over() {
        let home = home();
        let mut here = surroundings(home.path());
        let _answers = listener(home.path(), ".rd/docker.sock");
        here.docker_host = Some("unix:///nowhere.sock".into());
        assert_eq!(locate(&here).await.expect("named").url, "unix:///nowhere.sock");
    }

    #[tokio::test]
    async fn finch_and_podman_machines_are_known() {
        let sockets = [
            "root/Applications/Finch/lima/data/finch/sock/finch.sock",
            "tmp/podman/podman-machine-default-api.sock",
            ".local/share/containers/podman/machine/podman.sock",
        ];
        for socket in sockets {
            let home = home();
            let mut here = surroundings(home.path());
            here.temporary = Some(home.path().join("tmp"));
            let _answers = listener(home.path(), socket);
            let found = locate(&here).await.expect("found");
            assert!(found.url.ends_with(socket), "{found:?}");
        }
    }

    #[test]
    fn addresses_of_other_kinds_are_refused() {
        for url in [
            "npipe:////./pipe/docker",
            "ftp://x",
            "unix://",
            "nonsense",
            "tcp://127.0.0.1:99999",
            "ssh://",
            "ssh://ada@box:99999",
            "ssh://-oProxyCommand=x",
        ] {
            let refused = Endpoint::new(url, "--host");
            assert!(
                matches!(refused, Err(EngineError::UnsupportedEndpoint { .. })),
                "{url}"
            );
        }
        assert_eq!(
            Endpoint::new("/run/x.sock", "--host").expect("fine").url,
            "unix:///run/x.sock"
        );
    }
}
