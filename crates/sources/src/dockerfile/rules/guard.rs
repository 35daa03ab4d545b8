//! Whether an instruction looks at the architecture before it chooses.

use crate::dockerfile::{
    architecture::named,
    instruction::Instruction,
    scope::{Scope, Value},
};

/// Words with which a script asks for the architecture, or for several.
const ASKS: [&str; 32] = [
    "TARGETARCH",
    "TARGETPLATFORM",
    "TARGETVARIANT",
    "BUILDARCH",
    "BUILDPLATFORM",
    "uname -m",
    "uname -p",
    "uname -i",
    "uname -a",
    "uname -sm",
    "uname --m",
    "--print-architecture",
    "--print-foreign-architectures",
    "--print-arch",
    "dpkg-architecture",
    "--add-architecture",
    "$(arch)",
    "`arch`",
    "$(arch ",
    "env GOARCH",
    "HOSTTYPE",
    "MACHTYPE",
    "BUILD_ARCH",
    "DPKG_ARCH",
    "LONG_BIT",
    "lscpu",
    "platform.machine",
    "process.arch",
    "--eval",
    "rpm -E",
    "xx-info",
    "qemu-user",
];

/// Whether it does.
pub(super) fn is_guarded(instruction: &Instruction, scope: &Scope) -> bool {
    let mut architectures: Vec<&str> = Vec::new();
    for text in instruction.texts() {
        let text = text.as_str();
        let asks = ASKS.iter().any(|word| text.contains(word));
        if asks || has_open_variable(text, scope) {
            return true;
        }
        for (architecture, _) in named(text) {
            if !architectures.contains(&architecture) {
                architectures.push(architecture);
            }
        }
    }
    architectures.len() > 1
}

/// Whether a variable stands in it that is named for an architecture, and whose value only the build knows.
fn has_open_variable(text: &str, scope: &Scope) -> bool {
    text.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let is_part = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let name = &rest[..end];
        is_named_for_one(name) && !is_known(scope, name) && !is_set_in(text, name)
    })
}

fn is_known(scope: &Scope, name: &str) -> bool {
    matches!(scope.get(name), Some(Value::Constant(_) | Value::Default(_)))
}

/// Set by the script itself to something plain.
fn is_set_in(text: &str, name: &str) -> bool {
    text.split(|letter: char| letter.is_whitespace() || letter == ';')
        .any(|word| {
            let value = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
            value.is_some_and(|value| !value.contains('$') && !value.contains('`'))
        })
}

/// `ARCH`, `TARGET_PLATFORM`, but not `ARCHIVE` or `SEARCH`.
fn is_named_for_one(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let plain = name
        .replace("ARCHIVE", "")
        .replace("SEARCH", "")
        .replace("MONARCH", "");
    ["ARCH", "PLATFORM", "MACHINE", "CPU"]
        .iter()
        .any(|word| plain.contains(word))
}
