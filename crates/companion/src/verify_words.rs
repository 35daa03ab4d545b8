//! The words for whether a tag is what it says.

use platform::Platform;

use crate::view::{Problem, Progress, VerifiedModule};

/// How far it is: how many bytes of all layers have come.
pub(crate) fn progress(reference: &str, bytes: u64, all: u64) -> Progress {
    Progress {
        container: reference.to_owned(),
        step: format!(
            "Reading layers, {} of {} MB",
            bytes / 1_000_000,
            all.div_ceil(1_000_000)
        ),
        fraction: Some(fraction(bytes, all)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody sees more than a hundredth")]
fn fraction(bytes: u64, all: u64) -> f64 {
    (bytes as f64 / all.max(1) as f64).min(1.0)
}

pub(crate) fn no_image(reference: &str) -> Problem {
    Problem {
        kind: "no-image".to_owned(),
        message: format!("`{reference}` has no image that could run"),
        hint: "Look at the tag: it may be a chart, a signature or another artifact".to_owned(),
    }
}

pub(crate) fn too_many(reference: &str, limit: usize) -> Problem {
    Problem {
        kind: "too-many-platforms".to_owned(),
        message: format!("`{reference}` has more than {limit} images"),
        hint: "Name those that matter with `--platforms`".to_owned(),
    }
}

pub(crate) fn not_offered(wanted: &Platform) -> String {
    format!("The tag has no image for {wanted}")
}

pub(crate) fn gone(digest: &str) -> String {
    format!("The index names `{digest}`, and the registry does not have it")
}

pub(crate) fn no_container() -> String {
    "It is no image of a container".to_owned()
}

pub(crate) fn not_linux(platform: &Platform) -> String {
    format!("Only images for Linux are read; this one is for {platform}")
}

pub(crate) fn two_labels(labelled: &Platform, configured: &Platform) -> String {
    format!("The index says {labelled}, and the image's own configuration says {configured}")
}

pub(crate) fn mislabelled(labelled: &Platform, program: &str, actual: Option<&Platform>) -> String {
    let actual = actual.map_or("another platform".to_owned(), Platform::to_string);
    format!("It says {labelled}, and its program `{program}` is built for {actual}")
}

pub(crate) fn none_fits(labelled: &Platform, actual: Option<&Platform>) -> String {
    let actual = actual.map_or("another platform".to_owned(), Platform::to_string);
    format!("It says {labelled}, and all its programs are built for {actual}, or others")
}

pub(crate) fn no_command(labelled: &Platform, programs: u64) -> String {
    let programs = match programs {
        1 => "its program is".to_owned(),
        more => format!("its {more} programs are"),
    };
    format!("It names no command, and {programs} for {labelled}")
}

pub(crate) fn nothing_to_start() -> String {
    "It names no command and holds no program, so nothing shows what it is for".to_owned()
}

pub(crate) fn no_platform(program: &str) -> String {
    format!("Nothing in `{program}` shows what it is for")
}

pub(crate) fn unfollowed(path: &str, why: &str) -> String {
    format!("What `{path}` is was not found out: {why}")
}

pub(crate) fn foreign_modules(labelled: &Platform, count: u64, named: &[VerifiedModule]) -> String {
    let first = named.first().map(|module| {
        let package = module.package.as_ref();
        let of = package
            .map(|package| format!(" of `{package}`"))
            .unwrap_or_default();
        format!(": `{}`{of} is for {}", module.path, module.platform)
    });
    let counted = match count {
        1 => "1 native module is".to_owned(),
        more => format!("{more} native modules are"),
    };
    format!(
        "{counted} for another platform than {labelled}{}",
        first.unwrap_or_default()
    )
}

pub(crate) fn fine(program: &str, actual: &Platform) -> String {
    format!("`{program}` is for {actual}")
}

pub(crate) fn fine_script(program: &str, actual: &Platform) -> String {
    format!("What runs `{program}` is for {actual}")
}

/// What to do about an image that is not there.
pub(crate) fn build(platform: &Platform) -> String {
    format!("Build it for {platform} as well, and push all platforms under one index")
}

/// What to do about an image that holds another platform's program.
pub(crate) fn rebuild(platform: &Platform) -> String {
    format!(
        "Build its stages for {platform}; `archlight dockerfile check` finds a fixed `--platform`, a download for one \
         architecture and files copied from the host"
    )
}
