//! What speaks HTTP for one registry.

use std::time::Duration;

use reqwest::{Client, NoProxy, Proxy, Url, redirect::Policy, tls};

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

/// The clients for one registry: one that insists on a certificate, and one for the servers that need none.
pub(crate) struct Clients {
    strict: Client,
    lenient: Client,
    insecure: Vec<String>,
}

impl Clients {
    /// Makes them, with the certificates that are there for this registry.
    pub(crate) fn new(access: &Access, registry: &str) -> Result<Self, RegistryError> {
        let unusable = |_| RegistryError::Unreachable {
            registry: registry.to_owned(),
            reason: "the proxy's address or a certificate for it cannot be used".to_owned(),
        };
        let builder = || {
            let certificates = certificates::read(&access.certificates, registry);
            builder(&access.proxies, certificates)
        };
        let lenient = builder().map_err(unusable)?;
        Ok(Self {
            strict: builder().map_err(unusable)?.build().map_err(unusable)?,
            lenient: lenient
                .danger_accept_invalid_certs(true)
                .build()
                .map_err(unusable)?,
            insecure: access.insecure.clone(),
        })
    }

    /// The client that may ask this server.
    pub(crate) fn pick(&self, url: &Url) -> &Client {
        if is_insecure(url, &self.insecure) {
            &self.lenient
        } else {
            &self.strict
        }
    }

    /// Whether what is sent there may be read on the way.
    pub(crate) fn may_be_plain(&self, url: &Url) -> bool {
        is_insecure(url, &self.insecure)
    }
}

fn builder(proxies: &Proxies, certificates: Certificates) -> reqwest::Result<reqwest::ClientBuilder> {
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
