//! The terminals that macOS was told to open through Rosetta.

use super::preferences::Preferences;
use crate::{HostError, Os, Roots};

/// Where the Finder's "Open using Rosetta" is kept.
const FILE: &str = "Library/Preferences/com.apple.LaunchServices/com.apple.LaunchServices.plist";
const KEY: &str = "Architectures for arm64";
/// The architecture of a program that is to be translated.
const INTEL: &str = "x86_64";

/// Terminals, and editors with one, by their bundles.
const TERMINALS: [(&str, &str); 9] = [
    ("com.apple.Terminal", "Terminal"),
    ("com.googlecode.iterm2", "iTerm"),
    ("com.mitchellh.ghostty", "Ghostty"),
    ("dev.warp.Warp-Stable", "Warp"),
    ("net.kovidgoyal.kitty", "kitty"),
    ("org.alacritty", "Alacritty"),
    ("com.github.wez.wezterm", "WezTerm"),
    ("com.microsoft.VSCode", "Visual Studio Code"),
    ("com.jetbrains.intellij", "IntelliJ IDEA"),
];

/// What is known of "Open using Rosetta".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terminals {
    /// Linux has nothing of the kind.
    None,
    /// The names of those that are opened through Rosetta; empty for none.
    Translated(Vec<&'static str>),
    /// It cannot be read.
    Unknown(HostError),
}

pub(super) fn read(roots: &Roots, os: Os) -> Terminals {
    if os == Os::Linux {
        return Terminals::None;
    }
    match Preferences::read(roots, &roots.home.join(FILE)) {
        Err(error) => Terminals::Unknown(error),
        Ok(None) => Terminals::Translated(Vec::new()),
        Ok(Some(list)) => {
            let translated = |bundle: &str| {
                let chosen = list.texts([KEY, bundle]);
                chosen.is_some_and(|it| it.iter().any(|name| name == INTEL))
            };
            let all = TERMINALS.into_iter().filter(|(bundle, _)| translated(bundle));
            Terminals::Translated(all.map(|(_, name)| name).collect())
        }
    }
}
