//! What a session may use to reach registries: all that would otherwise be read from the environment.

use std::{ffi::OsString, fmt, path::PathBuf};

/// How registries are reached, and with whose rights. The default is anonymous, over TLS, without a proxy or a cache.
#[derive(Clone, Default)]
pub struct Access {
    /// The folder that has Docker's `config.json`, with what `docker login` left; without it nobody is logged in.
    pub docker_config: Option<PathBuf>,
    /// The folders in which credential helpers are looked for, as in `PATH`, and the `PATH` that they get.
    pub path: Option<OsString>,
    /// The registries that the engine lists as insecure, each `host`, `host:port` or addresses as `10.0.0.0/8`. These
    /// and loopback are asked without TLS, or with a certificate that nobody vouches for.
    pub insecure: Vec<String>,
    /// The engine's mirrors of Docker Hub, as URLs, tried in this order before Docker Hub itself.
    pub mirrors: Vec<String>,
    /// The proxies on the way to registries; loopback is always reached without.
    pub proxies: Proxies,
    /// Folders such as `~/.docker/certs.d`: what they have in a folder `HOST[:PORT]` named like the registry, `*.crt`
    /// as authorities and `*.cert` with `*.key` as our own certificate, is used for that registry alone.
    pub certificates: Vec<PathBuf>,
    /// The folder in which manifests are kept between runs; it is made when it is missing.
    pub cache: Option<PathBuf>,
}

/// Proxies, in the form that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` have.
#[derive(Clone, Default)]
pub struct Proxies {
    /// The URL of the proxy for plain HTTP.
    pub http: Option<String>,
    /// The URL of the proxy for TLS.
    pub https: Option<String>,
    /// Hosts, domains and networks that are reached without one, separated by commas.
    pub none: Option<String>,
}

impl fmt::Debug for Access {
    /// Without the mirrors, which may have a password in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("docker_config", &self.docker_config)
            .field("path", &self.path)
            .field("insecure", &self.insecure)
            .field("proxies", &self.proxies)
            .field("certificates", &self.certificates)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Proxies {
    /// Without their URLs, which may have a password in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxies")
            .field("http", &self.http.is_some())
            .field("https", &self.https.is_some())
            .field("none", &self.none)
            .finish()
    }
}
