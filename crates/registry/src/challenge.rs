//! What a registry wants to see before it answers.

use http_auth::{ChallengeRef, ParamValue, parse_challenges};
use reqwest::{
    Url,
    header::{HeaderMap, WWW_AUTHENTICATE},
};

/// The way to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// Nothing is wanted, or nothing that is understood.
    None,
    /// A name and a password.
    Basic,
    /// A token, which another server gives.
    Bearer {
        /// That server's address.
        realm: Url,
        /// What that server calls the registry.
        service: Option<String>,
    },
}

impl Challenge {
    /// Reads what an answer wants. Tokens are preferred, because they reach less far than passwords do.
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let texts = headers.get_all(WWW_AUTHENTICATE).iter();
        let mut wanted = Self::None;
        for text in texts.filter_map(|text| text.to_str().ok()) {
            for challenge in parse_challenges(text).unwrap_or_default() {
                if let Some(bearer) = bearer(&challenge) {
                    return bearer;
                }
                if challenge.scheme.eq_ignore_ascii_case("basic") {
                    wanted = Self::Basic;
                }
            }
        }
        wanted
    }
}

fn bearer(challenge: &ChallengeRef<'_>) -> Option<Challenge> {
    let parameter = |wanted: &str| {
        let mut parameters = challenge.params.iter();
        let found = parameters.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value): &(&str, ParamValue<'_>)| value.to_unescaped())
    };
    if !challenge.scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut realm = Url::parse(&parameter("realm")?).ok()?;
    // A name in the address would be sent as ours.
    let is_clean = realm.set_username("").is_ok() && realm.set_password(None).is_ok();
    is_clean.then(|| Challenge::Bearer {
        realm,
        service: parameter("service"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Challenge {
        let pairs = texts.iter().map(|text| (WWW_AUTHENTICATE, text.parse().unwrap()));
        Challenge::read(&pairs.collect())
    }

    #[test]
    fn a_token_is_preferred_to_a_password() {
        let bearer = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="a:b:c""#;
        for texts in [
            &[bearer][..],
            &["Basic realm=x", bearer],
            &[&format!("Basic realm=x, {bearer}")],
        ] {
            let Challenge::Bearer { realm, service } = read(texts) else {
                panic!("{texts:?}");
            };
            assert_eq!(realm.as_str(), "https://auth.example/token");
            assert_eq!(service.as_deref(), Some("registry.example"));
        }
    }

    #[test]
    fn what_cannot_be_understood_wants_nothing() {
        for text in [
            "",
            "Bearer",
            "Bearer realm=\"no url\"",
            "Negotiate",
            "Bearer realm=\"",
            ",,=,",
        ] {
            assert_eq!(read(&[text]), Challenge::None, "{text}");
        }
        assert_eq!(read(&["Basic"]), Challenge::Basic);
    }
}
