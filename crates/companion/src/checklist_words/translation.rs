//! Of the translator, and of whether it is on and proven.

use host::{Handler, HostError};

use super::{capitalised, command, fault, fix, literal, product, said, translator};
use crate::{
    checklist::{Fix, Said},
    view,
};

const PROBE: &str = "archlight probe";
const ROSETTA: &str = "archlight rosetta";

fn macos(version: Option<&str>) -> String {
    version.map_or_else(|| "macOS".to_owned(), |version| format!("macOS {version}"))
}

pub(crate) fn intel_mac() -> Said {
    said(
        "No translation of amd64 programs",
        "an Intel Mac runs them by itself",
    )
}

pub(crate) fn translator_built_in(version: Option<&str>) -> Said {
    let title = format!("{} translates Intel Linux programs", macos(version));
    said(
        title,
        "the translator is a part of macOS, and nothing is to be installed",
    )
}

pub(crate) fn translator_installed(version: Option<&str>) -> Said {
    let title = format!("{} translates Intel Linux programs", macos(version));
    said(title, "Rosetta for Linux is installed")
}

pub(crate) fn translator_missing(version: Option<&str>) -> Said {
    let title = format!("Rosetta is not installed on this {}", macos(version));
    said(
        title,
        "`/Library/Apple/usr/libexec/oah/RosettaLinux/rosetta` does not exist",
    )
}

pub(crate) fn install_rosetta() -> Fix {
    let how = "Install Apple's Rosetta, then restart the runtime";
    command(
        "install-rosetta",
        how,
        "softwareupdate --install-rosetta --agree-to-license",
    )
}

pub(crate) fn translator_too_old(version: Option<&str>) -> Said {
    let title = format!("{} cannot translate Linux programs", macos(version));
    said(title, "Rosetta is shared with virtual machines from macOS 13 on")
}

pub(crate) fn translator_unknown() -> Said {
    said(
        "Rosetta for Linux",
        "whether it is needed and installed cannot be read",
    )
}

pub(crate) fn translator_for_what() -> Said {
    said(
        "Rosetta for Linux",
        "it is not installed, and nothing tells whether this Mac has Apple Silicon, where it would be needed",
    )
}

pub(crate) fn handlers_for_what() -> Said {
    said("Translators", "nothing tells for which processor these files are")
}

pub(crate) fn handlers_unread(foreign: &str, error: &HostError) -> Said {
    said(
        format!("Translator for {foreign} programs"),
        format!("what the kernel has registered cannot be seen: {}", fault(error)),
    )
}

pub(crate) fn no_handler(foreign: &str) -> Said {
    said(
        format!("Nothing translates {foreign} programs"),
        "`/proc/sys/fs/binfmt_misc` has no handler for them",
    )
}

pub(crate) fn install_handler(foreign: &str) -> Fix {
    let install = format!("docker run --privileged --rm tonistiigi/binfmt --install {foreign}");
    command(
        "install-translator",
        "Register a translator with the flag `F`",
        install,
    )
}

pub(crate) fn handler_off(foreign: &str, handler: &Handler) -> Said {
    let detail = format!("`{}` is registered and switched off", literal(&handler.name));
    said(format!("The translator for {foreign} programs is off"), detail)
}

pub(crate) fn enable_handler(handler: &Handler) -> Fix {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    let how = "Switch it on, and `binfmt_misc` as a whole where that is off";
    let file = format!("/proc/sys/fs/binfmt_misc/{}", handler.name);
    Fix {
        command: handler
            .name
            .chars()
            .all(plain)
            .then(|| format!("echo 1 | sudo tee {file}")),
        ..fix("install-translator", how)
    }
}

pub(crate) fn handler_not_fixed(foreign: &str, handler: &Handler) -> Said {
    let detail = format!(
        "`{}` is registered without the flag `F`, so that containers do not find it",
        literal(&handler.name)
    );
    said(
        format!("The translator for {foreign} programs is not for containers"),
        detail,
    )
}

pub(crate) fn replace_handler(foreign: &str, handler: &Handler) -> Fix {
    let how = format!(
        "Take `{}` away, then register a translator with the flag `F`",
        literal(&handler.name)
    );
    let image = "docker run --privileged --rm tonistiigi/binfmt";
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    Fix {
        command: handler.name.chars().all(plain).then(|| {
            format!(
                "{image} --uninstall {} && {image} --install {foreign}",
                handler.name
            )
        }),
        ..fix("install-translator", how)
    }
}

pub(crate) fn handler(foreign: &str, handler: &Handler) -> Said {
    let detail = format!(
        "`{}` is registered with the flag `F`, so that it works in containers",
        literal(&handler.name)
    );
    said(
        format!("A translator for {foreign} programs is registered"),
        detail,
    )
}

pub(crate) fn foreign_unknown() -> Said {
    said("Translation", "nothing tells which architecture is native here")
}

pub(crate) fn not_proven(foreign: &str) -> Said {
    said(
        format!("Translation of {foreign} programs"),
        "whether they run was not tried yet",
    )
}

pub(crate) fn prove() -> Fix {
    command(
        "prove-translation",
        "Run a small program of Archlight's own, which shows what translates it",
        PROBE,
    )
}

pub(crate) fn does_not_run(probed: &view::Probed) -> Said {
    said(format!("{} programs do not run", probed.platform), &probed.why)
}

pub(crate) fn hint_of(probed: &view::Probed) -> Fix {
    let how = probed.hint.clone();
    fix(
        "turn-on-translation",
        how.unwrap_or_else(|| "Turn on translation in the runtime's settings".to_owned()),
    )
}

pub(crate) fn proven(probed: &view::Probed) -> Said {
    let title = format!(
        "{} translates {} programs",
        translator(&probed.translator),
        probed.platform
    );
    said(capitalised(&title), "a program was run, and showed it")
}

pub(crate) fn settings_differ(state: &str) -> String {
    format!("the settings say `{state}` all the same")
}

pub(crate) fn on_but_qemu(probed: &view::Probed) -> Said {
    let title = "Rosetta is on by settings, and QEMU ran instead";
    said(
        title,
        format!(
            "a program for {} was run, and QEMU translated it",
            probed.platform
        ),
    )
}

pub(crate) fn restart_runtime() -> Fix {
    fix(
        "restart-runtime",
        "Restart the runtime, and update it where that does not help",
    )
}

pub(crate) fn off_and_qemu(probed: &view::Probed, why: &str) -> Said {
    said(
        format!("QEMU translates {} programs", probed.platform),
        format!("it was seen to run one; {why}"),
    )
}

pub(crate) fn turn_on() -> Fix {
    command(
        "turn-on-translation",
        "Turn Rosetta on in the runtime's settings",
        ROSETTA,
    )
}

pub(crate) fn off(runtime: &str, settings: &view::Rosetta, foreign: &str) -> Said {
    let detail = format!("{}; {foreign} images run under QEMU instead", settings.why);
    said(format!("Rosetta is switched off in {}", product(runtime)), detail)
}

pub(crate) fn on_not_proven(runtime: &str, settings: &view::Rosetta) -> Said {
    let detail = format!("{}; whether it works was not tried yet", settings.why);
    said(
        format!("Rosetta is on by the settings of {}", product(runtime)),
        detail,
    )
}

pub(crate) fn impossible(settings: &view::Rosetta) -> Said {
    said("Rosetta cannot be used here", &settings.why)
}

pub(crate) fn make_possible(settings: &view::Rosetta) -> Fix {
    let how = settings.steps.first().cloned();
    let how = how.unwrap_or_else(|| "Look at what Archlight says of Rosetta".to_owned());
    command("turn-on-translation", how, ROSETTA)
}

pub(crate) fn not_needed(settings: &view::Rosetta) -> Said {
    said("Rosetta is not needed here", &settings.why)
}

pub(crate) fn settings_unknown(settings: &view::Rosetta) -> Said {
    said("Rosetta: not known", &settings.why)
}

pub(crate) fn look_at_settings(settings: &view::Rosetta) -> Fix {
    let how = settings.steps.first().cloned();
    let how = how.unwrap_or_else(|| "Look at the runtime's own settings".to_owned());
    command("look-at-settings", how, ROSETTA)
}
