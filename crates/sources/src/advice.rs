//! Whether `platform:` of a Compose service helps, harms or is wrong. Facts in, an answer out.

use platform::{Native, Platform};

use crate::compose::{Service, Text, Trouble};

/// What is known of the image that a service runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// The platforms that its registry has.
    Known(Vec<Platform>),
    /// Why that is not known, in one sentence.
    Unknown(String),
    /// Nobody was to be asked.
    NotAsked,
}

/// All that the advice depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What the files say.
    pub service: &'a Service,
    /// What the registry says.
    pub offered: &'a Offered,
    /// What runs here without a translator.
    pub native: &'a Platform,
    /// `DOCKER_DEFAULT_PLATFORM`, which Compose takes where a service says nothing.
    pub default: Option<&'a str>,
}

/// The answer, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// It runs natively, as it is.
    Fine,
    /// Only a foreign build exists: `platform:` has to name it.
    Needed,
    /// It makes a foreign build run though a native one exists.
    Harmful,
    /// It names what is not offered, or what is no platform.
    Wrong,
    /// The image is built here.
    BuildsHere,
    /// Not enough is known.
    Unknown,
}

/// What leads to the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It says no platform, and a native build exists.
    NativeByItself,
    /// The platform that it says is native, and offered.
    SaysNative(Platform),
    /// It says no platform, and the builds that exist are foreign.
    OnlyForeign(Platform),
    /// It says a foreign platform, and there is no native build.
    SaysForeign(Platform),
    /// It says a foreign platform, and there is a native build.
    ForcesForeign(Platform),
    /// It says a platform that the image has no build for.
    NotOffered(Platform),
    /// What it says is no platform.
    NotAPlatform(String),
    /// It is built here, for the platform that it says if it says one.
    Built(Option<Platform>),
    /// It is built for other platforms than the one it is to run on.
    BuiltForOthers(Platform),
    /// It names no image, and builds none.
    NoImage,
    /// The name of the image or of the platform depends on this.
    Variable(Trouble),
    /// The registry has nothing under this name that could run.
    NoBuilds,
    /// It could not be found out what is offered.
    NotKnown(String),
    /// Nobody was asked what is offered.
    NotAsked,
}

/// What an edit would do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cure {
    /// Say this platform.
    Set(Platform),
    /// Say none.
    Remove,
}

/// The answer, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counsel {
    /// In one word.
    pub advice: Advice,
    /// What leads to it.
    pub reason: Reason,
    /// Whether the platform comes from `DOCKER_DEFAULT_PLATFORM`: no file can mend that.
    pub by_default: bool,
    /// What to do, if anything.
    pub cure: Option<Cure>,
}

/// Says what `platform:` of a service is good for.
///
/// ```
/// use platform::Platform;
/// use sources::advice::{Advice, Facts, Offered, advise};
/// # let spot = sources::compose::Spot { file: "compose.yaml".into(), line: 2 };
/// # let text = |text: &str| sources::compose::Text {
/// #     value: text.into(), raw: text.into(), trouble: None, spot: spot.clone(),
/// # };
/// # let service = sources::compose::Service {
/// #     name: "db".into(), spot: spot.clone(), image: Some(text("mysql:5.7")), platform: None, build: None,
/// #     profiles: Vec::new(),
/// # };
/// let (native, offered) = (Platform::linux("arm64"), Offered::Known(vec![Platform::linux("amd64")]));
/// let counsel = advise(&Facts { service: &service, offered: &offered, native: &native, default: None });
/// assert_eq!(counsel.advice, Advice::Needed);
/// ```
pub fn advise(facts: &Facts<'_>) -> Counsel {
    let said = facts.service.platform.as_ref();
    let default = facts.default.filter(|text| said.is_none() && !text.is_empty());
    let mut answer = match wish(said, default) {
        Ok(wish) => with(facts, wish),
        Err(Unreadable::NotAPlatform(text)) => {
            counsel(Advice::Wrong, Reason::NotAPlatform(text), cure(facts))
        }
        Err(Unreadable::Variable(trouble)) => counsel(Advice::Unknown, Reason::Variable(trouble), None),
    };
    answer.by_default = default.is_some();
    if answer.by_default {
        answer.cure = None;
    }
    answer
}

/// Why it cannot be read which platform is wished for.
enum Unreadable {
    NotAPlatform(String),
    Variable(Trouble),
}

/// The platform that is wished for.
fn wish(said: Option<&Text>, default: Option<&str>) -> Result<Option<Platform>, Unreadable> {
    if let Some(trouble) = said.and_then(serious) {
        return Err(Unreadable::Variable(trouble));
    }
    let Some(text) = said.map(|said| said.value.as_str()).or(default) else {
        return Ok(None);
    };
    let read = text.parse().map(Some);
    read.map_err(|_| Unreadable::NotAPlatform(text.to_owned()))
}

/// A variable that is merely empty leaves a name that Compose tries; one that is needed leaves none.
fn serious(text: &Text) -> Option<Trouble> {
    match &text.trouble {
        Some(trouble @ (Trouble::Required(_) | Trouble::Malformed(_))) => Some(trouble.clone()),
        Some(Trouble::Unset(_)) | None => None,
    }
}

fn with(facts: &Facts<'_>, wish: Option<Platform>) -> Counsel {
    if let Some(build) = &facts.service.build {
        return built(&build.platforms, wish);
    }
    let Some(image) = &facts.service.image else {
        return counsel(Advice::Unknown, Reason::NoImage, None);
    };
    if let Some(trouble) = serious(image) {
        return counsel(Advice::Unknown, Reason::Variable(trouble), None);
    }
    if image.value.is_empty() {
        let reason = image.trouble.clone().map_or(Reason::NoImage, Reason::Variable);
        return counsel(Advice::Unknown, reason, None);
    }
    match facts.offered {
        Offered::Known(builds) => of_builds(facts, &runnable(builds, facts.native), wish),
        // A name with a gap in it is what the registry does not know.
        Offered::Unknown(_) if image.trouble.is_some() => {
            let trouble = image.trouble.clone().unwrap_or(Trouble::Unset(String::new()));
            counsel(Advice::Unknown, Reason::Variable(trouble), None)
        }
        Offered::Unknown(why) => counsel(Advice::Unknown, Reason::NotKnown(why.clone()), None),
        Offered::NotAsked => counsel(Advice::Unknown, Reason::NotAsked, None),
    }
}

fn built(platforms: &[Text], wish: Option<Platform>) -> Counsel {
    let named = |text: &Text| text.value.parse::<Platform>().ok();
    let Some(wish) = wish else {
        return counsel(Advice::BuildsHere, Reason::Built(None), None);
    };
    let is_among = |text: &Text| named(text).is_none_or(|platform| platform.satisfies(&wish));
    if !platforms.is_empty() && !platforms.iter().any(is_among) {
        return counsel(Advice::Wrong, Reason::BuiltForOthers(wish), Some(Cure::Remove));
    }
    counsel(Advice::BuildsHere, Reason::Built(Some(wish)), None)
}

fn of_builds(facts: &Facts<'_>, builds: &[Platform], wish: Option<Platform>) -> Counsel {
    let has_native = native(builds, facts.native);
    match wish {
        _ if builds.is_empty() => counsel(Advice::Unknown, Reason::NoBuilds, None),
        None if has_native => counsel(Advice::Fine, Reason::NativeByItself, None),
        None => {
            let foreign = best(builds, facts.native);
            let cure = Some(Cure::Set(foreign.clone()));
            counsel(Advice::Needed, Reason::OnlyForeign(foreign), cure)
        }
        Some(wish) if !builds.iter().any(|build| build.satisfies(&wish)) => {
            counsel(Advice::Wrong, Reason::NotOffered(wish), cure(facts))
        }
        Some(wish) if wish.runs_on(facts.native) == Native::Yes => {
            counsel(Advice::Fine, Reason::SaysNative(wish), None)
        }
        Some(wish) if has_native => counsel(Advice::Harmful, Reason::ForcesForeign(wish), Some(Cure::Remove)),
        Some(wish) => counsel(Advice::Needed, Reason::SaysForeign(wish), None),
    }
}

/// What to say instead of something wrong: nothing where a native build exists, else what exists.
fn cure(facts: &Facts<'_>) -> Option<Cure> {
    if facts.service.build.is_some() {
        return Some(Cure::Remove);
    }
    match facts.offered {
        Offered::Known(builds) => {
            let builds = runnable(builds, facts.native);
            if native(&builds, facts.native) {
                return Some(Cure::Remove);
            }
            (!builds.is_empty()).then(|| Cure::Set(best(&builds, facts.native)))
        }
        Offered::Unknown(_) | Offered::NotAsked => None,
    }
}

/// No translator helps against another operating system.
fn runnable(builds: &[Platform], native: &Platform) -> Vec<Platform> {
    let same = builds.iter().filter(|build| build.os() == native.os());
    same.cloned().collect()
}

fn native(builds: &[Platform], native: &Platform) -> bool {
    builds.iter().any(|build| build.runs_on(native) == Native::Yes)
}

/// The build that translators are best at, of several foreign ones.
fn best(builds: &[Platform], native: &Platform) -> Platform {
    let of = |architecture| {
        let wanted = Platform::new(native.os(), architecture, "");
        builds.iter().find(move |build| build.satisfies(&wanted))
    };
    let usual = of("amd64").or_else(|| of("arm64"));
    usual.or(builds.first()).unwrap_or(native).clone()
}

fn counsel(advice: Advice, reason: Reason, cure: Option<Cure>) -> Counsel {
    Counsel {
        advice,
        reason,
        by_default: false,
        cure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Build, Spot};

    fn text(text: &str) -> Text {
        Text {
            value: text.to_owned(),
            raw: text.to_owned(),
            trouble: None,
            spot: spot(),
        }
    }

    fn spot() -> Spot {
        Spot {
            file: "compose.yaml".into(),
            line: 1,
        }
    }

    fn service(platform: Option<&str>) -> Service {
        Service {
            name: "web".to_owned(),
            spot: spot(),
            image: Some(text("acme/web")),
            platform: platform.map(text),
            build: None,
            profiles: Vec::new(),
        }
    }

    fn asked(service: &Service, offered: &Offered, default: Option<&str>) -> Counsel {
        let native = Platform::linux("arm64");
        advise(&Facts {
            service,
            offered,
            native: &native,
            default,
        })
    }

    fn known(platforms: &[&str]) -> Offered {
        Offered::Known(
            platforms
                .iter()
                .map(|text| text.parse().expect("a platform"))
                .collect(),
        )
    }

    fn set(platform: &str) -> Cure {
        Cure::Set(platform.parse().expect("a platform"))
    }

    #[test]
    fn what_is_said_is_held_against_what_is_offered() {
        let both = &["linux/amd64", "linux/arm64/v8"][..];
        let foreign = &["linux/s390x", "linux/amd64"][..];
        let remove = || Some(Cure::Remove);
        for (said, offered, advice, cure) in [
            (None, both, Advice::Fine, None),
            (None, foreign, Advice::Needed, Some(set("linux/amd64"))),
            (None, &[][..], Advice::Unknown, None),
            (None, &["windows/amd64"][..], Advice::Unknown, None),
            (Some("linux/arm64/v8"), both, Advice::Fine, None),
            (Some("linux/amd64"), both, Advice::Harmful, remove()),
            (Some("linux/x86_64"), both, Advice::Harmful, remove()),
            (Some("linux/amd64"), foreign, Advice::Needed, None),
            (
                Some("linux/arm64"),
                foreign,
                Advice::Wrong,
                Some(set("linux/amd64")),
            ),
            (Some("linux/riscv64"), both, Advice::Wrong, remove()),
            (Some("linux/a/b/c"), both, Advice::Wrong, remove()),
            (
                Some("linux/a/b/c"),
                foreign,
                Advice::Wrong,
                Some(set("linux/amd64")),
            ),
            // A 32-bit build may run, or not: it does not make the foreign one needless.
            (
                Some("linux/amd64"),
                &["linux/arm/v7", "linux/amd64"][..],
                Advice::Needed,
                None,
            ),
        ] {
            let counsel = asked(&service(said), &known(offered), None);
            assert_eq!(
                (counsel.advice, counsel.cure),
                (advice, cure),
                "{said:?} {offered:?}"
            );
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let unknown = Offered::Unknown("nobody answers".to_owned());
        for offered in [&unknown, &Offered::NotAsked] {
            for said in [None, Some("linux/amd64"), Some("linux/arm64")] {
                let counsel = asked(&service(said), offered, None);
                assert_eq!((counsel.advice, counsel.cure), (Advice::Unknown, None));
            }
            let wrong = asked(&service(Some("a/b/c/d")), offered, None);
            assert_eq!((wrong.advice, wrong.cure), (Advice::Wrong, None));
        }
        let mut gap = service(None);
        gap.image = Some(Text {
            trouble: Some(Trouble::Unset("TAG".to_owned())),
            ..text("acme/web:")
        });
        let reason = asked(&gap, &unknown, None).reason;
        assert_eq!(reason, Reason::Variable(Trouble::Unset("TAG".to_owned())));
        gap.image = None;
        assert_eq!(asked(&gap, &unknown, None).reason, Reason::NoImage);
    }

    #[test]
    fn what_is_built_here_is_only_held_against_itself() {
        let built = |said, platforms: &[&str]| {
            let mut service = service(said);
            service.build = Some(Build {
                platforms: platforms.iter().map(|platform| text(platform)).collect(),
                spot: spot(),
            });
            asked(&service, &Offered::NotAsked, None).advice
        };
        assert_eq!(built(None, &[]), Advice::BuildsHere);
        assert_eq!(built(Some("linux/amd64"), &[]), Advice::BuildsHere);
        assert_eq!(
            built(Some("linux/amd64"), &["linux/arm64", "linux/amd64"]),
            Advice::BuildsHere
        );
        assert_eq!(built(Some("linux/amd64"), &["linux/arm64"]), Advice::Wrong);
        assert_eq!(built(Some("linux/a/b/c"), &[]), Advice::Wrong);
    }

    #[test]
    fn the_environments_default_counts_and_no_file_mends_it() {
        let both = known(&["linux/amd64", "linux/arm64"]);
        let counsel = asked(&service(None), &both, Some("linux/amd64"));
        assert_eq!(
            (counsel.advice, counsel.cure, counsel.by_default),
            (Advice::Harmful, None, true)
        );
        let said = asked(&service(Some("linux/arm64")), &both, Some("linux/amd64"));
        assert_eq!((said.advice, said.by_default), (Advice::Fine, false));
    }
}
