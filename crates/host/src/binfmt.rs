//! Which foreign programs a Linux kernel hands to a translator.

use std::fs;
use std::path::Path;

use platform::Platform;

use crate::{HostError, Roots, read};

/// Where the kernel lists its handlers.
const FOLDER: &str = "proc/sys/fs/binfmt_misc";
/// The kernel writes an entry into one page.
const ENTRY_LIMIT: usize = 4096;
/// A kernel with every QEMU registered has about thirty.
const ENTRIES_LIMIT: usize = 256;
/// The kernel's own two files, which are no handlers.
const REGISTER: &str = "register";
const STATUS: &str = "status";

/// A program that the kernel starts in place of programs with certain first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The name that it was registered under, such as `qemu-aarch64`.
    pub name: String,
    /// The program that is started.
    pub interpreter: String,
    /// The flags, such as `OCF`; with `F` it works inside containers.
    pub flags: String,
    /// False when this handler, or all handlers, are switched off.
    pub enabled: bool,
    /// Whose programs it takes; `None` when that is no platform that is known.
    pub platform: Option<Platform>,
}

/// The kernel's handlers by name.
///
/// A folder that is missing or empty is an error and not an empty list: it is then not mounted,
/// and what is registered cannot be seen. An empty list is a kernel without handlers.
pub fn binfmt(roots: &Roots) -> Result<Vec<Handler>, HostError> {
    let folder = roots.known(FOLDER);
    let mut names = names(&folder)?;
    if names.is_empty() {
        return Err(HostError::Missing { path: folder });
    }
    names.sort();
    let all_enabled = read_text(roots, &folder.join(STATUS))?.is_none_or(|text| text.trim() != "disabled");
    let mut handlers = Vec::new();
    for name in names {
        if name == REGISTER || name == STATUS {
            continue;
        }
        let path = folder.join(&name);
        // An entry that went away since the folder was listed is no handler any more.
        let Some(text) = read_text(roots, &path)? else {
            continue;
        };
        let handler = parse(name, &text).ok_or(HostError::NotAnEntry { path })?;
        let enabled = handler.enabled && all_enabled;
        handlers.push(Handler { enabled, ..handler });
    }
    Ok(handlers)
}

fn names(folder: &Path) -> Result<Vec<String>, HostError> {
    let failed = |error| HostError::from_io(folder, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        if names.len() == ENTRIES_LIMIT {
            let path = folder.to_path_buf();
            return Err(HostError::TooLarge {
                path,
                limit: ENTRIES_LIMIT,
            });
        }
        let name = entry.map_err(failed)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    Ok(names)
}

fn read_text(roots: &Roots, path: &Path) -> Result<Option<String>, HostError> {
    let bytes = read::optional(read::whole(roots, path, ENTRY_LIMIT))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// One entry as the kernel writes it; `None` for any other text.
fn parse(name: String, text: &str) -> Option<Handler> {
    let enabled = match text.lines().next()? {
        "enabled" => true,
        "disabled" => false,
        _ => return None,
    };
    let field = |label: &str| text.lines().find_map(|line| line.strip_prefix(label));
    let magic = field("magic ").filter(|_| field("offset ").is_none_or(|it| it == "0"));
    Some(Handler {
        interpreter: field("interpreter ")?.to_owned(),
        flags: field("flags: ").unwrap_or_default().to_owned(),
        enabled,
        platform: magic.and_then(from_magic).or_else(|| from_name(&name)),
        name,
    })
}

/// The platform of the programs that begin with `magic`, in hexadecimal: it is the beginning of
/// their ELF header, up to the machine.
fn from_magic(magic: &str) -> Option<Platform> {
    let bytes: Option<Vec<u8>> = (0..magic.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(magic.get(at..at + 2)?, 16).ok())
        .collect();
    let bytes = bytes?;
    platform::read_program(&bytes, bytes.len() as u64).platform
}

/// The platform that a handler's usual name stands for.
fn from_name(name: &str) -> Option<Platform> {
    if name == "rosetta" {
        return Some(Platform::linux("amd64"));
    }
    let word = match name.strip_prefix("qemu-")? {
        "aarch64" => "arm64",
        "x86_64" => "amd64",
        "i386" => "386",
        "arm" => "arm",
        "riscv64" => "riscv64",
        "ppc64le" => "ppc64le",
        "s390x" => "s390x",
        "loongarch64" => "loong64",
        "mips64" => "mips64",
        "mips64el" => "mips64le",
        _ => return None,
    };
    Some(Platform::linux(word))
}
