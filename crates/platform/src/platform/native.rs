//! Which processors run which programs without a translator.

use super::{Platform, UNKNOWN};

/// Whether a processor runs a program by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Native {
    /// Every processor of that platform does.
    Yes,
    /// None does: a translator is needed, or another operating system.
    No,
    /// Some do and some do not, or a name says too little to tell.
    Depends,
}

/// Narrow architectures beside the wider ones whose processors may run them:
/// some Arm servers do run 32-bit programs, Apple's processors cannot.
const SOMETIMES: [(&str, &str); 6] = [
    ("arm", "arm64"),
    ("mips", "mips64"),
    ("mipsle", "mips64le"),
    ("ppc", "ppc64"),
    ("s390", "s390x"),
    ("sparc", "sparc64"),
];

/// Whether processors of `engine` run programs of `program`.
pub(super) fn runs_on(program: &Platform, engine: &Platform) -> Native {
    let pair = (program.architecture(), engine.architecture());
    if program.os() != engine.os() {
        return Native::No;
    }
    if pair.0 == UNKNOWN || pair.1 == UNKNOWN {
        return Native::Depends;
    }
    if pair.0 == pair.1 {
        return within_architecture(program, engine);
    }
    match pair {
        ("386", "amd64") => Native::Yes,
        pair if SOMETIMES.contains(&pair) => Native::Depends,
        _ => Native::No,
    }
}

/// An Arm variant is an instruction set that the processor has or has not. The
/// other variants are levels that an engine does not report, so what is above
/// the known one may well run.
fn within_architecture(program: &Platform, engine: &Platform) -> Native {
    if program.variant().is_none() || program.variant() == engine.variant() {
        return Native::Yes;
    }
    let (Some(needed), Some(offered)) = (level(program), level(engine)) else {
        return Native::Depends;
    };
    match program.architecture() {
        _ if needed <= offered => Native::Yes,
        "arm" => Native::No,
        _ => Native::Depends,
    }
}

/// A variant such as `v8.2` as numbers that can be compared.
fn level(platform: &Platform) -> Option<(u32, u32)> {
    let Some(variant) = platform.variant() else {
        return baseline(platform.architecture());
    };
    let number = variant.strip_prefix('v')?;
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn baseline(architecture: &str) -> Option<(u32, u32)> {
    match architecture {
        "amd64" => Some((1, 0)),
        "arm64" => Some((8, 0)),
        _ => None,
    }
}
