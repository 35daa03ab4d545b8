//! Platforms as images and clients name them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Refusal;

/// An operating system, an architecture, and sometimes a variant of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Platform {
    pub(crate) architecture: String,
    pub(crate) os: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) variant: String,
}

impl Platform {
    /// From `linux/arm64/v8` and the like. `None` when nothing is asked for.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        if text.is_empty() {
            return Ok(None);
        }
        let mut parts = text.splitn(3, '/');
        let mut part = || parts.next().unwrap_or_default().to_ascii_lowercase();
        let platform = Self {
            os: part(),
            architecture: part(),
            variant: part(),
        };
        let all = [&platform.os, &platform.architecture, &platform.variant];
        if let Some(part) = all.into_iter().find(|part| !is_word(part)) {
            return Err(Refusal::bad(format!(
                "{part:?} is an invalid component of {text:?}: platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument"
            )));
        }
        if platform.architecture.is_empty() {
            let message = format!("{text:?}: unknown operating system or architecture: invalid argument");
            return Err(Refusal::bad(message));
        }
        Ok(Some(platform))
    }

    /// From the JSON form that some parameters have.
    pub(crate) fn from_json(text: &str) -> Result<Option<Self>, Refusal> {
        if text.is_empty() {
            return Ok(None);
        }
        let json: Value =
            serde_json::from_str(text).map_err(|error| Refusal::bad(format!("invalid platform: {error}")))?;
        let field = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
        let parts = [field("os"), field("architecture"), field("variant")];
        Self::parse(parts.join("/").trim_end_matches('/'))
    }

    /// Whether what is offered is what is asked for, by whatever names. Another variant is another platform.
    pub(crate) fn is(&self, asked: &Self) -> bool {
        self.normal() == asked.normal()
    }

    fn normal(&self) -> (&str, &str, &str) {
        let architecture = match self.architecture.as_str() {
            "aarch64" => "arm64",
            "x86_64" | "x86-64" => "amd64",
            other => other,
        };
        let variant = match (architecture, self.variant.as_str()) {
            ("arm64", "v8" | "8") | ("amd64", "v1") => "",
            ("arm", "") => "v7",
            (_, variant) => variant,
        };
        (&self.os, architecture, variant)
    }
}

fn is_word(part: &str) -> bool {
    part.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

impl std::fmt::Display for Platform {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.os, self.architecture)?;
        if self.variant.is_empty() {
            Ok(())
        } else {
            write!(formatter, "/{}", self.variant)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Platform {
        Platform::parse(text).expect("valid").expect("given")
    }

    #[test]
    fn one_platform_has_several_names_and_another_variant_is_another_platform() {
        assert!(of("linux/arm64/v8").is(&of("linux/aarch64")));
        assert!(of("linux/amd64").is(&of("linux/x86_64")));
        assert!(of("linux/arm/v7").is(&of("linux/arm")));
        assert!(!of("linux/arm64/v8").is(&of("linux/arm64/v9")));
    }

    #[test]
    fn what_is_no_platform_is_refused_in_the_engines_words() {
        let refused = Platform::parse("bogus/arch/x/y/z").expect_err("too many parts");
        assert!(
            refused
                .message
                .starts_with("\"x/y/z\" is an invalid component of \"bogus/arch/x/y/z\"")
        );
        assert!(Platform::parse("linux").is_err());
        assert!(Platform::from_json("[").is_err());
        assert_eq!(
            Platform::from_json(r#"{"os":"linux","architecture":"arm64"}"#).expect("valid"),
            Some(of("linux/arm64"))
        );
    }
}
