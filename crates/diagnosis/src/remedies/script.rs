//! Repairs of scripts: their line ends, their first line and what it names.

use super::{
    origin::{on_file, with_origin},
    packages, plain,
};
use crate::{
    Cause, Remedy, RemedyKind, diagnose::Case, foreign_text::quoted, signature::advice, words::script_place,
};

/// Interpreters whose scripts a plain shell may run as well.
const SHELLS: [&str; 7] = ["bash", "zsh", "ksh", "mksh", "dash", "ash", "rbash"];

pub(super) fn line_endings(case: &Case<'_>) -> Remedy {
    let script = script_place(case);
    Remedy {
        command: on_file(case, r"sed -i 's/\r$//'"),
        ..plain(
            RemedyKind::FixLineEndings,
            &format!("Save {script} with LF line ends"),
            &with_origin(case, advice::LF.why),
        )
    }
}

pub(super) fn shebang(case: &Case<'_>) -> Remedy {
    let has_mark = case.cause == Cause::ByteOrderMark;
    let (title, why) = if has_mark {
        (
            "Let the script begin with `#!`",
            "Save it as UTF-8 without a byte order mark and without anything else before `#!`",
        )
    } else {
        (
            "Give the script a first line",
            "Without `#!/bin/sh` or its like the kernel does not know what runs it",
        )
    };
    let mark = has_mark.then_some(r"sed -i '1s/^\xEF\xBB\xBF//'");
    Remedy {
        command: mark.and_then(|command| on_file(case, command)),
        ..plain(RemedyKind::FixShebang, title, &with_origin(case, why))
    }
}

pub(super) fn interpreter(case: &Case<'_>) -> Vec<Remedy> {
    let asked = case
        .faulty()
        .map(|judged| judged.link.path.as_str())
        .unwrap_or_default();
    let name = asked.rsplit('/').next().unwrap_or_default();
    if let Some((program, _)) = name.split_once(' ') {
        let why = format!(
            "`env` takes {} for one name; write `#!/usr/bin/env -S {}`",
            quoted(name),
            quoted(name).trim_matches('`')
        );
        return vec![plain(
            RemedyKind::FixShebang,
            &format!("Let `env` split what stands behind {}", quoted(program)),
            &why,
        )];
    }
    let tool = case.facts.hints.package_tool.as_deref();
    let package = tool.and_then(|tool| packages::of_program(tool, name));
    let install = Remedy {
        command: tool
            .zip(package)
            .and_then(|(tool, package)| packages::installs(tool, package)),
        ..plain(
            RemedyKind::InstallInterpreter,
            "Put the interpreter into the image",
            "The script names it in its first line, and the image does not have it",
        )
    };
    let other = SHELLS.contains(&name).then(|| {
        plain(
            RemedyKind::FixShebang,
            "Or name an interpreter that is there",
            &format!(
                "A script that needs nothing of {} runs with `#!/bin/sh`, which almost every image has",
                quoted(name)
            ),
        )
    });
    [install].into_iter().chain(other).collect()
}
