//! Every sentence about a Dockerfile.

use platform::{Format, Program};

use super::{
    Rule,
    scope::{HOLE, Trust},
};

/// How much of a name from a file is shown.
const SHOWN: usize = 80;

/// Between back-quotes, without what could end them or move a cursor.
fn quoted(text: &str) -> String {
    let plain = |letter: &char| !letter.is_control() && *letter != '`';
    let text = text.replace(HOLE, "…");
    let mut letters = text.chars().filter(plain);
    let mut shown: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// What a rule is about.
pub(crate) fn title(rule: Rule) -> &'static str {
    match rule {
        Rule::FromSinglePlatformDigest => "An image is pinned to the digest of one platform's build",
        Rule::FromConstantPlatform => "A stage is for the same platform whoever builds, and whatever for",
        Rule::BuildPlatformWithoutCrossCompiling => {
            "A stage on the builder's platform compiles for it, and its program goes into an image for another"
        }
        Rule::SingleArchitectureDownload => "A download is for one architecture only",
        Rule::TargetarchUnused => "The target's architecture is declared where it is needed, and not used",
        Rule::GoarchConstant => "Go compiles for the same architecture whatever is built for",
        Rule::RustTargetConstant => "Cargo compiles for the same architecture whatever is built for",
        Rule::CopyNodeModules => "`node_modules` of the host get into the image",
        Rule::CopyVirtualenv => "A Python environment of the host gets into the image",
        Rule::CopyBuildOutput => "A program that was built on the host gets into the image",
        Rule::CopyForeignBinary => "A file that is a program for one platform gets into the image",
        Rule::ScriptCrlf => "A script with Windows' line endings is executed",
        Rule::ScriptNotExecutable => "A script that may not be executed is executed",
        Rule::BashOnAlpine => "`bash` is used on Alpine, which does not have it",
    }
}

pub(crate) fn single_digest(platform: &str) -> String {
    format!(
        "This digest is the build for {} alone, so every other platform gets that one too",
        quoted(platform)
    )
}

pub(crate) fn single_digest_fix(reference: &str) -> String {
    let name = reference.split('@').next().unwrap_or_default();
    format!(
        "Pin the digest of the whole index instead: `docker buildx imagetools inspect {name}` shows it as `Digest`"
    )
}

/// Which part of a build a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The image is made of it.
    Image,
    /// It only builds something.
    Build,
    /// Nothing runs in it: files are taken from it.
    Files,
}

pub(crate) fn constant_platform(platform: &str, part: Part) -> String {
    if part == Part::Files {
        return format!(
            "Files are taken from the build for {} whatever is built for, which suits only files that are the same everywhere",
            quoted(platform)
        );
    }
    format!(
        "This stage is {} whatever is built for, so elsewhere it is emulated, or does not run",
        quoted(platform)
    )
}

pub(crate) fn constant_platform_fix(platform: &str, part: Part) -> String {
    match part {
        Part::Image => format!(
            "Leave `--platform` out, and say `docker build --platform {platform}` where that one is wanted"
        ),
        Part::Files => {
            "Leave `--platform` out; or, where the files are the same everywhere, write `--platform=$BUILDPLATFORM`"
                .to_owned()
        }
        Part::Build => "Leave `--platform` out; or, where what it makes runs everywhere, write `--platform=$BUILDPLATFORM`".to_owned(),
    }
}

pub(crate) fn no_cross(compiler: &str, line: u32) -> String {
    let compiler = if compiler.starts_with("a ") {
        compiler.to_owned()
    } else {
        quoted(compiler)
    };
    format!(
        "{} on line {line} runs on the builder's platform and compiles for it, and the program goes into an image for the target's",
        capital(&compiler)
    )
}

pub(crate) fn no_cross_fix(compiler: &str) -> String {
    match compiler {
        "go build" => {
            "Write `ARG TARGETOS TARGETARCH` in this stage, and `GOOS=$TARGETOS GOARCH=$TARGETARCH go build`"
        }
        "cargo build" => "Leave `--platform` out, or compile with `--target` for what `TARGETARCH` says",
        _ => "Leave `--platform` out, or compile with a cross compiler for what `TARGETARCH` says",
    }
    .to_owned()
}

pub(crate) fn builders_image() -> String {
    "The image itself begins with the builder's platform, so what it holds is not for the platform that it says".to_owned()
}

pub(crate) fn builders_image_fix() -> String {
    "Leave `--platform` out of the stage that the image is made of".to_owned()
}

pub(crate) fn deb_source() -> String {
    "a package source".to_owned()
}

/// `line` is where it is fetched, where the architecture is written elsewhere.
pub(crate) fn download(architecture: &str, what: &str, by: Trust, line: Option<u32>) -> String {
    let what = if what == deb_source() {
        what.to_owned()
    } else {
        quoted(what)
    };
    let fetched = line.map_or_else(String::new, |line| format!(", which line {line} downloads,"));
    let when = match by {
        Trust::Constants => "whatever is built for",
        Trust::Defaults => "unless every build for another platform says `--build-arg`",
    };
    format!("{}{fetched} is for {architecture} only, {when}", capital(&what))
}

pub(crate) fn download_fix(architecture: &str) -> String {
    format!(
        "Write `ARG TARGETARCH` in this stage, and choose by it what stands for {architecture}; `dpkg --print-architecture` and `uname -m` say it too"
    )
}

pub(crate) fn unused(name: &str, line: u32) -> String {
    format!(
        "{} is declared and not used, while line {line} downloads for one architecture",
        quoted(name)
    )
}

pub(crate) fn unused_fix(name: &str) -> String {
    format!("Choose the download by `${name}`")
}

pub(crate) fn goarch(value: &str, by: Trust) -> String {
    match by {
        Trust::Constants => format!(
            "Go compiles for {} here, whatever the image is built for",
            quoted(value)
        ),
        Trust::Defaults => format!(
            "Go compiles for {} here, unless every build for another platform says `--build-arg`",
            quoted(value)
        ),
    }
}

pub(crate) fn goarch_fix() -> String {
    "Leave `GOARCH` out; where the stage is on `$BUILDPLATFORM`, write `ARG TARGETARCH` and `GOARCH=$TARGETARCH`".to_owned()
}

pub(crate) fn rust_target(triple: &str) -> String {
    format!(
        "Cargo compiles for {} here, whatever the image is built for",
        quoted(triple)
    )
}

pub(crate) fn rust_target_fix() -> String {
    "Leave `--target` out, or choose it by what `uname -m` or `TARGETARCH` says".to_owned()
}

pub(crate) fn modules_by_name(path: &str) -> String {
    format!(
        "{} holds what was installed for the host's system and architecture: modules with native code fail in the image",
        quoted(path)
    )
}

pub(crate) fn modules_by_name_fix() -> String {
    "Copy `package.json` and its lock file, and run `npm ci` (or your manager's own) in the image".to_owned()
}

pub(crate) fn modules_there(path: &str) -> String {
    format!(
        "{} of the host gets into the image with all else: it holds modules for the host's system and architecture",
        quoted(path)
    )
}

/// Whether there is a `.dockerignore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IgnoreFile {
    There,
    Missing,
}

pub(crate) fn modules_to_come(path: &str, ignore: IgnoreFile) -> String {
    let why = if ignore == IgnoreFile::There {
        "the `.dockerignore` does not name it"
    } else {
        "there is no `.dockerignore`"
    };
    format!(
        "Once modules are installed on the host, {} gets into the image and mixes with what is installed there, since {why}",
        quoted(path)
    )
}

pub(crate) fn ignore_fix(path: &str, ignore: IgnoreFile) -> String {
    let place = if ignore == IgnoreFile::There {
        "Add to"
    } else {
        "Make"
    };
    let line = match path.rsplit_once('/') {
        Some((_, name)) => format!("**/{name}"),
        None => path.to_owned(),
    };
    let with = if ignore == IgnoreFile::There { "" } else { " with" };
    format!(
        "{place} `.dockerignore`{with}{} the line {}",
        if ignore == IgnoreFile::There { ":" } else { "" },
        quoted(&line)
    )
}

pub(crate) fn environment_by_name(path: &str) -> String {
    format!(
        "{} is a Python environment of the host: its interpreter and its native modules are not the image's",
        quoted(path)
    )
}

pub(crate) fn environment_by_name_fix() -> String {
    "Copy the list of packages, and make the environment in the image with `python -m venv` and `pip install`"
        .to_owned()
}

pub(crate) fn environment_there(path: &str) -> String {
    format!(
        "{} of the host gets into the image with all else: a Python environment for the host's system and architecture",
        quoted(path)
    )
}

pub(crate) fn output(path: &str, tool: &str) -> String {
    format!(
        "{} is what {tool} made on the host, for the host's system and architecture",
        quoted(path)
    )
}

pub(crate) fn output_by_name(path: &str, architecture: &str) -> String {
    format!(
        "{} is for {architecture} by its name, whatever the image is built for",
        quoted(path)
    )
}

pub(crate) fn output_fix() -> String {
    "Build it in a stage of this file, or keep one for each architecture and copy it by `${TARGETARCH}`"
        .to_owned()
}

pub(crate) fn foreign(path: &str, program: &Program, count: usize) -> String {
    let more = match count {
        0 | 1 => String::new(),
        2 => ", and one more file beside it".to_owned(),
        count => format!(", and {} more files beside it", count - 1),
    };
    let why = match (&program.platform, program.format) {
        (Some(platform), Format::Elf) => format!("is a program for {} only", quoted(&platform.to_string())),
        _ => format!(
            "is no program for Linux ({})",
            program.describe().replace('`', "")
        ),
    };
    format!("{} {why}{more}", quoted(path))
}

pub(crate) fn crlf(path: &str, line: u32) -> String {
    format!(
        "{} has Windows' line endings, and line {line} executes it: its first line names an interpreter that ends in a carriage return, or its words do",
        quoted(path)
    )
}

pub(crate) fn crlf_fix(path: &str) -> String {
    format!(
        "Save it with LF endings, and keep it so with `*.sh text eol=lf` in `.gitattributes`; `dos2unix {}` does it once",
        quoted(path).trim_matches('`')
    )
}

pub(crate) fn locked(path: &str, line: u32) -> String {
    format!(
        "{} may not be executed, and line {line} executes it",
        quoted(path)
    )
}

pub(crate) fn locked_fix(path: &str) -> String {
    format!(
        "Write `COPY --chmod=755` there, or run `chmod +x {}` on the host",
        quoted(path).trim_matches('`')
    )
}

pub(crate) fn bash(image: &str, keyword: &str) -> String {
    format!(
        "`{keyword}` wants `bash`, which {} does not have and nothing here installs",
        quoted(image)
    )
}

pub(crate) fn bash_script(image: &str, path: &str, line: u32) -> String {
    format!(
        "{}, which line {line} executes, wants `bash`, which {} does not have and nothing here installs",
        quoted(path),
        quoted(image)
    )
}

pub(crate) fn bash_fix() -> String {
    "Write `RUN apk add --no-cache bash` before, or use `sh`".to_owned()
}

/// With a capital, unless it begins with a back-quote.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    first
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
