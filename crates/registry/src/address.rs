//! Where a registry is, and whether it may be asked without TLS.

use std::net::IpAddr;

use reqwest::Url;

use crate::target::DOCKER_HUB;

/// The host that answers for Docker Hub.
const HUB_HOST: &str = "registry-1.docker.io";

/// A registry's own addresses, each with a slash at the end, in the order in which they are tried; empty when no
/// address has such a host.
pub(crate) fn addresses(registry: &str, insecure: &[String]) -> Vec<Url> {
    let host = if registry == DOCKER_HUB {
        HUB_HOST
    } else {
        registry
    };
    let address = |scheme: &str| Url::parse(&format!("{scheme}://{host}/")).ok();
    let schemes: &[&str] = match address("https") {
        // What listens on loopback hardly ever has a certificate; elsewhere a password should be encrypted if it can.
        Some(url) if is_loopback(&url) => &["http", "https"],
        Some(url) if is_insecure(&url, insecure) => &["https", "http"],
        Some(_) | None => &["https"],
    };
    schemes.iter().filter_map(|scheme| address(scheme)).collect()
}

/// A mirror's name, for its credentials and certificates, and its address; `None` is not a mirror's URL.
pub(crate) fn mirror(url: &str) -> Option<(String, Url)> {
    let mut url = Url::parse(url).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    // A mirror's URL with a password is refused by engines; ours goes without.
    let is_clean = url.set_username("").is_ok() && url.set_password(None).is_ok();
    if !is_web || !is_clean {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Some((authority(&url), url))
}

/// Whether nothing leaves this machine on the way there.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str() == Some("localhost") || ip(url).is_some_and(|ip| ip.is_loopback())
}

/// Whether a certificate is not insisted on: loopback, and what the engine lists.
pub(crate) fn is_insecure(url: &Url, insecure: &[String]) -> bool {
    is_loopback(url)
        || insecure.iter().any(|entry| match entry.split_once('/') {
            Some((network, length)) => ip(url).is_some_and(|ip| is_within(ip, network, length)),
            None => entry.eq_ignore_ascii_case(&authority(url)),
        })
}

/// Whether two addresses are of one server, which may see the same secrets.
pub(crate) fn is_same_server(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// `host`, or `host:port` where the port is not the scheme's own.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn ip(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_matches(['[', ']']).parse().ok()
}

/// Whether an address is in `network/length`. Names are not looked up: whoever answers for names could choose.
fn is_within(ip: IpAddr, network: &str, length: &str) -> bool {
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    let (ip, network, width) = match (ip, network) {
        (IpAddr::V4(ip), IpAddr::V4(network)) => {
            (u128::from(ip.to_bits()), u128::from(network.to_bits()), 32)
        }
        (IpAddr::V6(ip), IpAddr::V6(network)) => (ip.to_bits(), network.to_bits(), 128),
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
    };
    let Some(rest) = u32::checked_sub(width, length) else {
        return false;
    };
    // A shift by the whole width is no shift at all.
    ip.checked_shr(rest).unwrap_or(0) == network.checked_shr(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemes(registry: &str, insecure: &[&str]) -> Vec<String> {
        let insecure: Vec<_> = insecure.iter().map(|&entry| entry.to_owned()).collect();
        let addresses = addresses(registry, &insecure);
        addresses.iter().map(|url| url.scheme().to_owned()).collect()
    }

    #[test]
    fn only_loopback_and_listed_registries_are_asked_without_tls() {
        let plain_first = ["http", "https"];
        for registry in ["localhost:5000", "127.0.0.1:5000", "127.9.9.9"] {
            assert_eq!(schemes(registry, &[]), plain_first, "{registry}");
        }
        let tls_first = ["https", "http"];
        assert_eq!(schemes("registry.lan:5000", &["registry.lan:5000"]), tls_first);
        assert_eq!(schemes("10.1.2.3:5000", &["10.0.0.0/8"]), tls_first);
        assert_eq!(schemes("9.9.9.9", &["0.0.0.0/0"]), tls_first);
        for registry in [
            "registry.lan:5001",
            "11.1.2.3",
            "localhost.example.com",
            "docker.io",
        ] {
            let listed = ["registry.lan:5000", "10.0.0.0/8", "10.0.0.0/99", "::/0", "/"];
            assert_eq!(schemes(registry, &listed), ["https"], "{registry}");
        }
    }

    #[test]
    fn a_mirror_is_asked_without_what_its_url_has_of_secrets() {
        let (name, url) = mirror("https://ada:secret@mirror.example:8443/hub?secret#secret").unwrap();
        assert_eq!(name, "mirror.example:8443");
        assert_eq!(url.as_str(), "https://mirror.example:8443/hub/");
        assert_eq!(mirror("ftp://mirror.example"), None);
        assert_eq!(mirror("mirror"), None);
    }
}
