//! Where the engine is: the same order as the Docker command line's, then the sockets that runtimes are known to make.

use std::path::{Path, PathBuf};

use crate::{EngineError, contexts::ContextStore, known_sockets};

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
pub fn locate(surroundings: &Surroundings) -> Result<Endpoint, EngineError> {
    if let Some(url) = &surroundings.host {
        return Endpoint::new(url, "--host");
    }
    if let Some(name) = &surroundings.context {
        return by_context(surroundings, name);
    }
    if let Some(url) = non_empty(surroundings.docker_host.as_deref()) {
        return Endpoint::new(url, "DOCKER_HOST");
    }
    if let Some(name) = non_empty(surroundings.docker_context.as_deref()) {
        return by_context(surroundings, name);
    }
    match ContextStore::of(surroundings).current()? {
        Some(name) => by_context(surroundings, &name),
        None => known_sockets::first(surroundings),
    }
}

fn by_context(surroundings: &Surroundings, name: &str) -> Result<Endpoint, EngineError> {
    // The default context has no file: it is whatever the machine offers.
    if name == "default" {
        return known_sockets::first(surroundings);
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

    #[test]
    fn docker_host_comes_before_docker_context_and_the_current_one() {
        let home = home();
        write_context(home.path(), "colima", "unix:///colima.sock");
        let mut here = surroundings(home.path());
        here.docker_host = Some("tcp://127.0.0.1:2375".into());
        here.docker_context = Some("colima".into());
        assert_eq!(locate(&here).expect("found").url, "tcp://127.0.0.1:2375");
        here.docker_host = Some(String::new());
        assert_eq!(locate(&here).expect("found").url, "unix:///colima.sock");
    }

    #[test]
    fn the_current_context_is_used_when_nothing_else_is_said() {
        let home = home();
        write_context(home.path(), "orbstack", "unix:///orb.sock");
        std::fs::write(
            home.path().join(".docker/config.json"),
            r#"{"currentContext":"orbstack"}"#,
        )
        .expect("file");
        let endpoint = locate(&surroundings(home.path())).expect("found");
        assert_eq!(
            (endpoint.url.as_str(), endpoint.source.as_str()),
            ("unix:///orb.sock", "context orbstack")
        );
    }

    #[test]
    fn a_context_that_does_not_exist_is_named_in_the_error() {
        let home = home();
        let mut here = surroundings(home.path());
        here.context = Some("nope".into());
        assert!(matches!(locate(&here), Err(EngineError::UnknownContext { name }) if name == "nope"));
    }

    #[test]
    fn a_broken_configuration_file_is_an_error_and_not_ignored() {
        let home = home();
        std::fs::create_dir_all(home.path().join(".docker")).expect("folder");
        std::fs::write(home.path().join(".docker/config.json"), "{").expect("file");
        assert!(matches!(
            locate(&surroundings(home.path())),
            Err(EngineError::BadContext { .. })
        ));
    }

    #[test]
    fn known_sockets_are_looked_for_under_root_and_home() {
        let home = home();
        let here = surroundings(home.path());
        assert!(matches!(locate(&here), Err(EngineError::NotFound { looked_at }) if looked_at.len() > 3));
        std::fs::create_dir_all(home.path().join(".rd")).expect("folder");
        let _socket =
            std::os::unix::net::UnixListener::bind(home.path().join(".rd/docker.sock")).expect("socket");
        assert!(locate(&here).expect("found").url.ends_with("/.rd/docker.sock"));
    }

    #[test]
    fn addresses_of_other_kinds_are_refused() {
        for url in [
            "npipe:////./pipe/docker",
            "ftp://x",
            "unix://",
            "nonsense",
            "tcp://127.0.0.1:99999",
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
