//! What files of shells and of the session set for Docker: which line sets what, and whether always.

mod fish;
mod launchd;
mod lexer;
mod posix;

use std::path::{Path, PathBuf};

use super::{Folders, place};
use crate::{HostError, Roots, read};

/// Start-up files are written by hand; a megabyte is more than any shell would start fast with.
const LIMIT: usize = 1024 * 1024;
/// Lines that are told of; nobody sets so many.
const MOST_LINES: usize = 100;
/// Snippets in a folder that are read.
const MOST_SNIPPETS: usize = 200;

/// Files of `sh`, bash and zsh in the home folder, in the order in which shells read them.
const HOME: [&str; 4] = [".profile", ".bash_profile", ".bash_login", ".bashrc"];
/// Those of zsh, which may lie in a folder of their own.
const ZSH: [&str; 4] = [".zshenv", ".zprofile", ".zshrc", ".zlogin"];
/// Those of all users.
const SYSTEM: [&str; 10] = [
    "etc/profile",
    "etc/bashrc",
    "etc/bash.bashrc",
    "etc/zshenv",
    "etc/zprofile",
    "etc/zshrc",
    "etc/zlogin",
    "etc/zsh/zshenv",
    "etc/zsh/zprofile",
    "etc/zsh/zshrc",
];
/// Folders of snippets for all users.
const SYSTEM_SNIPPETS: &str = "etc/profile.d";
/// Files and a folder of plain assignments, which the session reads on Linux.
const ENVIRONMENT: &str = "etc/environment";
const ENVIRONMENT_SNIPPETS: &str = "environment.d";

/// What was found in all files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shell {
    /// The lines that set something for Docker.
    pub lines: Vec<ShellLine>,
    /// Files that are there and could not be read.
    pub unread: Vec<HostError>,
}

/// A line that sets something for Docker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellLine {
    /// The file, as the user writes it.
    pub place: String,
    /// The line, from 1; `None` where lines say nothing, as in a property list.
    pub line: Option<usize>,
    /// What it sets.
    pub subject: Subject,
    /// To what, without what may be a credential.
    pub value: String,
    /// Whether it does so each time that the file is read, or in some cases only.
    pub always: bool,
}

/// What a line sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// `DOCKER_DEFAULT_PLATFORM`.
    DefaultPlatform,
    /// `DOCKER_HOST`.
    Host,
    /// `DOCKER_CONTEXT`.
    Context,
    /// The context in use, for all programs, by `docker context use`.
    ContextInUse,
}

impl Subject {
    /// The variable, or the command.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DefaultPlatform => "DOCKER_DEFAULT_PLATFORM",
            Self::Host => "DOCKER_HOST",
            Self::Context => "DOCKER_CONTEXT",
            Self::ContextInUse => "docker context use",
        }
    }

    /// The variable of that name, if it is one that matters here.
    fn variable(name: &str) -> Option<Self> {
        [Self::DefaultPlatform, Self::Host, Self::Context]
            .into_iter()
            .find(|it| it.as_str() == name)
    }
}

impl ShellLine {
    /// The line in a form that leaves out what else stands in it.
    pub fn said(&self) -> String {
        let Self { subject, value, .. } = self;
        match subject {
            Subject::ContextInUse => format!("{} {value}", subject.as_str()),
            Subject::DefaultPlatform | Subject::Host | Subject::Context => {
                format!("{}={value}", subject.as_str())
            }
        }
    }
}

/// What one line does, before it is told where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Effect {
    line: Option<usize>,
    subject: Subject,
    value: String,
    always: bool,
}

pub(super) fn read(roots: &Roots, folders: &Folders) -> Shell {
    let mut shell = Shell::default();
    for (file, effects) in files(roots, folders, &mut shell.unread) {
        let text = match read::optional(read::whole(roots, &file, LIMIT)) {
            Ok(Some(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            Ok(None) => continue,
            Err(error) => {
                shell.unread.push(error);
                continue;
            }
        };
        let room = MOST_LINES - shell.lines.len();
        shell
            .lines
            .extend(effects(&text).into_iter().take(room).map(|effect| ShellLine {
                place: place::shown(roots, &file),
                line: effect.line,
                subject: effect.subject,
                value: place::veiled(&effect.value),
                always: effect.always,
            }));
    }
    shell
}

/// How a file of one kind is understood.
type Reader = fn(&str) -> Vec<Effect>;

fn files(roots: &Roots, folders: &Folders, unread: &mut Vec<HostError>) -> Vec<(PathBuf, Reader)> {
    let mut files: Vec<(PathBuf, Reader)> = Vec::new();
    let mut snippets = |folder: &Path, end: &str| match place::names(folder) {
        Ok(names) => {
            let fitting = names.into_iter().filter(|name| name.ends_with(end));
            fitting
                .take(MOST_SNIPPETS)
                .map(|name| folder.join(name))
                .collect()
        }
        Err(error) => {
            unread.push(error);
            Vec::new()
        }
    };
    let posix = |path| (path, posix::effects as Reader);
    let plain = |path| (path, posix::assignments as Reader);
    let fish = |path| (path, fish::effects as Reader);
    let agent = |path| (path, launchd::effects as Reader);
    let zsh = folders.zsh(roots);
    let own_zsh = roots.home.join(".config/zsh");
    let config = folders.config(roots);

    files.extend(SYSTEM.map(|file| posix(roots.known(file))));
    files.extend(
        snippets(&roots.known(SYSTEM_SNIPPETS), ".sh")
            .into_iter()
            .map(posix),
    );
    files.extend(ZSH.map(|file| posix(zsh.join(file))));
    if zsh != own_zsh {
        files.extend(ZSH.map(|file| posix(own_zsh.join(file))));
    }
    files.extend(HOME.map(|file| posix(roots.home.join(file))));
    for folder in [roots.known("etc/fish"), config.join("fish")] {
        files.push(fish(folder.join("config.fish")));
        files.extend(snippets(&folder.join("conf.d"), ".fish").into_iter().map(fish));
    }
    files.push((config.join("fish/fish_variables"), fish::variables));
    files.push(plain(roots.known(ENVIRONMENT)));
    let environment = snippets(&config.join(ENVIRONMENT_SNIPPETS), ".conf");
    files.extend(environment.into_iter().map(plain));
    files.push(posix(roots.known("etc/launchd.conf")));
    files.push((roots.home.join(".MacOSX/environment.plist"), launchd::dictionary));
    for folder in [
        roots.known("Library/LaunchAgents"),
        roots.home.join("Library/LaunchAgents"),
    ] {
        files.extend(snippets(&folder, ".plist").into_iter().map(agent));
    }
    files
}
