//! Changes of how a container is started: its command, mounts, memory and ports.

use platform::{MountKind, Target, Via};

use super::{is_safe, packages, plain};
use crate::{
    JudgedLink, Remedy, RemedyKind, State,
    diagnose::Case,
    foreign_text::quoted,
    signature::advice,
    words::{asked_in, port},
};

pub(super) fn command(case: &Case<'_>) -> Vec<Remedy> {
    let judged = case.faulty();
    let asked = judged.map(|judged| judged.link.path.as_str()).unwrap_or_default();
    if let Some((program, _)) = asked.split_once(' ') {
        let why = format!(
            "The whole text {} is taken for one name; write each word as one of a list, as in {}",
            quoted(asked),
            quoted(&format!("[\"{program}\", …]"))
        );
        return vec![plain(
            RemedyKind::FixCommand,
            "Split the command into its words",
            &why,
        )];
    }
    if is_list_as_text(asked) {
        return vec![plain(
            RemedyKind::FixCommand,
            "Write the list as JSON",
            "What is no JSON is handed to a shell as it is; each word stands in double quotes, with commas between, as in `[\"/app/server\", \"--port\", \"80\"]`",
        )];
    }
    if let Some(source) = judged.and_then(made_in_place) {
        return vec![plain(
            RemedyKind::FixCommand,
            &format!("Create the file {}", quoted(source)),
            &format!(
                "Remove the folder {} on the engine's machine, put the file there, and make the container anew; engines make a folder where the source of a mount is missing",
                quoted(source)
            ),
        )];
    }
    let link = judged.map(|judged| &judged.link);
    let mount = link.and_then(|link| link.mount.as_ref());
    let why = match (mount, link.and_then(|link| link.asked_in.as_ref())) {
        (Some(mount), _) => format!(
            "What is mounted at {} lies over the image's own files there",
            quoted(&mount.destination)
        ),
        (None, Some(origin)) => format!("It is asked for in {}", asked_in(origin)),
        (None, None) if case.facts.ending.state == State::HealthCheck => {
            "Look at `HEALTHCHECK` in the Dockerfile, and at `healthcheck` in a Compose file, which wins over it".to_owned()
        }
        (None, None) if link.is_some_and(|link| link.via == Via::Words) => {
            "The log says that it was to be started: put it into the image, or have another one started".to_owned()
        }
        (None, None) => advice::NAME_A_PROGRAM.why.to_owned(),
    };
    let name = plain(RemedyKind::FixCommand, advice::NAME_A_PROGRAM.title, &why);
    installed(case, asked).into_iter().chain([name]).collect()
}

/// Whether `asked` is the first word of a list that was to be JSON and came to a shell.
pub(crate) fn is_list_as_text(asked: &str) -> bool {
    asked.len() > 1 && asked.starts_with('[') && asked.ends_with([',', ']']) && asked != "[["
}

/// The path on the engine's machine from which one file was to be mounted, where a folder is mounted instead.
pub(crate) fn made_in_place(judged: &JudgedLink) -> Option<&str> {
    let mount = judged.link.mount.as_ref()?;
    let is_whole = mount.destination == judged.link.place() || mount.destination == judged.link.path;
    let is_made = mount.kind == MountKind::Bind && is_whole && judged.link.target == Target::Directory;
    is_made.then_some(mount.source.as_str())
}

/// What is looked up by its name, and usually is in a package, can be put into the image.
fn installed(case: &Case<'_>, name: &str) -> Option<Remedy> {
    let tool = case.facts.hints.package_tool.as_deref()?;
    let package = packages::of_program(tool, name)?;
    let why = format!("It is usually in the package `{package}`");
    Some(Remedy {
        command: packages::installs(tool, package),
        ..plain(
            RemedyKind::FixBuild,
            &format!("Put {} into the image", quoted(name)),
            &why,
        )
    })
}

pub(super) fn noexec(case: &Case<'_>) -> Vec<Remedy> {
    let mount = case.faulty().and_then(|judged| judged.link.mount.as_ref());
    let why = match mount.filter(|mount| mount.kind == MountKind::Memory) {
        Some(mount) => format!(
            "Memory is mounted without execution unless `exec` is among its options, as in {}",
            quoted(&format!("--tmpfs {}:exec", mount.destination))
        ),
        None => "The options of the volume, or of the host's own mount, forbid it".to_owned(),
    };
    let allow = plain(RemedyKind::FixCommand, "Mount it so that programs may run", &why);
    let elsewhere = plain(
        RemedyKind::FixBuild,
        "Or keep the program in the image",
        "What lies in the image's own files may always be executed",
    );
    vec![allow, elsewhere]
}

/// Twice what the container has now: an engine takes no limit of memory above that of memory and swap, so both grow.
pub(super) fn memory(case: &Case<'_>) -> Remedy {
    let Some(memory) = case.facts.hints.memory else {
        return plain(
            RemedyKind::RaiseMemory,
            "Allow more memory",
            "No limit of the container's own is known, so the engine's machine, or its virtual machine, was short of memory: give that more, or run less beside it",
        );
    };
    let doubled = memory.limit.saturating_mul(2);
    let with_swap = memory.with_swap.map_or_else(String::new, |limit| {
        format!(" --memory-swap {}", size(limit.saturating_mul(2)))
    });
    let name = &case.facts.container;
    let why = format!(
        "The container may have {} of memory, and that was not enough; this allows twice as much",
        size(memory.limit)
    );
    Remedy {
        command: is_safe(name).then(|| format!("docker update --memory {}{with_swap} {name}", size(doubled))),
        ..plain(RemedyKind::RaiseMemory, "Allow more memory", &why)
    }
}

/// Bytes as `docker` takes them, in the largest unit that is exact.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, char); 3] = [(1 << 30, 'g'), (1 << 20, 'm'), (1 << 10, 'k')];
    let exact = UNITS.iter().find(|(unit, _)| bytes.is_multiple_of(*unit));
    exact.map_or_else(
        || format!("{bytes}b"),
        |(unit, name)| format!("{}{name}", bytes / unit),
    )
}

/// What tells who has the port.
pub(super) fn holder_of_port(case: &Case<'_>) -> Option<String> {
    let taken = port(&case.facts.ending.error)?;
    Some(format!("docker ps --filter publish={taken}"))
}

pub(super) fn mount_source() -> Remedy {
    plain(
        RemedyKind::FixCommand,
        "Give the mount something that is there",
        "Make the folder or file on the engine's machine, or name one that is there; a virtual machine sees only the folders that are shared with it",
    )
}

#[cfg(test)]
mod tests {
    use super::{is_list_as_text, size};

    #[test]
    fn the_first_word_of_a_list_is_told_from_a_test() {
        assert!(is_list_as_text("[/app/x,") && is_list_as_text("['/app/x']"));
        assert!(!is_list_as_text("[") && !is_list_as_text("[[") && !is_list_as_text("/app/x"));
    }

    #[test]
    fn sizes_are_written_as_docker_takes_them() {
        for (bytes, text) in [
            (32 << 20, "32m"),
            (2 << 30, "2g"),
            (1536 << 20, "1536m"),
            (1000, "1000b"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
