//! What speaks HTTP for one registry.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, ClientBuilder, NoProxy, Proxy, Url, redirect::Policy, tls};

use crate::{
    Access, Proxies, RegistryError,
    address::is_insecure,
    certificates::{self, Certificates},
    patience::AT_ONCE,
};

/// How long a connection may take: a far registry takes one second, one behind a bad line three.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// What is never reached through a proxy, whatever is said of others.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The clients for one registry: one that insists on a certificate, and one for the servers that need none. Each is made
/// when it is first wanted, since reading the system's authorities takes long.
pub(crate) struct Clients {
    registry: String,
    access: Access,
    sent: Arc<AtomicU64>,
    strict: OnceLock<Option<Client>>,
    lenient: OnceLock<Option<Client>>,
}

impl Clients {
    /// Clients with the certificates that there are for this registry.
    ///
    /// `sent` counts every request, redirects included.
    pub(crate) fn new(access: &Access, registry: &str, sent: Arc<AtomicU64>) -> Self {
        Self {
            registry: registry.to_owned(),
            access: access.clone(),
            sent,
            strict: OnceLock::new(),
            lenient: OnceLock::new(),
        }
    }

    /// The client that may ask this server.
    pub(crate) fn pick(&self, url: &Url) -> Result<&Client, RegistryError> {
        let client = if self.may_be_plain(url) {
            // No authority has to be known where none is believed.
            let build = || {
                self.builder()?
                    .danger_accept_invalid_certs(true)
                    .tls_certs_only([])
                    .build()
            };
            self.lenient.get_or_init(|| build().ok())
        } else {
            self.strict
                .get_or_init(|| self.builder().and_then(ClientBuilder::build).ok())
        };
        client.as_ref().ok_or_else(|| RegistryError::Unreachable {
            registry: self.registry.clone(),
            reason: "the proxy's address or a certificate for it cannot be used".to_owned(),
        })
    }

    /// Counts one request more.
    pub(crate) fn count(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether what is sent there may be read on the way.
    pub(crate) fn may_be_plain(&self, url: &Url) -> bool {
        is_insecure(url, &self.access.insecure)
    }

    fn builder(&self) -> reqwest::Result<ClientBuilder> {
        let certificates = certificates::read(&self.access.certificates, &self.registry);
        builder(&self.access.proxies, certificates)
    }
}

fn builder(proxies: &Proxies, certificates: Certificates) -> reqwest::Result<ClientBuilder> {
    let mut builder = Client::builder()
        .user_agent(concat!("archlight/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_LIMIT)
        .pool_max_idle_per_host(AT_ONCE)
        .min_tls_version(tls::Version::TLS_1_2)
        .redirect(Policy::none())
        .referer(false)
        // Without this the environment's proxies would be used.
        .no_proxy()
        .tls_certs_merge(certificates.authorities);
    if let Some(identity) = certificates.identity {
        builder = builder.identity(identity);
    }
    let none = format!("{LOOPBACK},{}", proxies.none.as_deref().unwrap_or_default());
    let none = NoProxy::from_string(&none);
    if let Some(url) = &proxies.http {
        builder = builder.proxy(Proxy::http(url)?.no_proxy(none.clone()));
    }
    if let Some(url) = &proxies.https {
        builder = builder.proxy(Proxy::https(url)?.no_proxy(none));
    }
    Ok(builder)
}
