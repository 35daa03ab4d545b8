//! What files of shells and of the session set for Docker: which line sets what, and whether always.

mod fish;
mod launchd;
mod lexer;
mod order;
mod posix;

use std::path::{Path, PathBuf};

pub use self::order::{At, Standing, User};
use self::order::{Found, Round, Source, standings};
use super::{Folders, place};
use crate::{HostError, Roots, read};

/// Start-up files are written by hand; a megabyte is more than any shell would start fast with.
const LIMIT: usize = 1024 * 1024;
/// Lines that are told of; nobody sets so many.
const MOST_LINES: usize = 100;
/// Snippets in a folder that are read.
const MOST_SNIPPETS: usize = 200;

/// Files of zsh, in the order in which a terminal's shell reads them: each for all users first, then the user's own.
const ZSH: [&str; 4] = ["zshenv", "zprofile", "zshrc", "zlogin"];
/// Files of bash for all users.
const BASH: [&str; 2] = ["etc/bashrc", "etc/bash.bashrc"];
/// Files of a login in the home folder, of which bash reads the first that is there.
const LOGIN: [&str; 3] = [".bash_profile", ".bash_login", ".profile"];
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
    /// Whether it counts.
    pub standing: Standing,
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
    const ALL: [Self; 4] = [
        Self::DefaultPlatform,
        Self::Host,
        Self::Context,
        Self::ContextInUse,
    ];

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
    /// `None` where it takes back what was set.
    value: Option<String>,
    always: bool,
}

impl ShellLine {
    /// Whether `user` starts with what the line sets.
    pub fn counts_for(&self, user: User) -> bool {
        matches!(&self.standing, Standing::Counts(users) if users.contains(&user))
    }
}

pub(super) fn read(roots: &Roots, folders: &Folders) -> Shell {
    let mut unread = Vec::new();
    let mut found = Vec::new();
    for source in sources(roots, folders, &mut unread) {
        let text = match read::optional(read::whole(roots, &source.path, LIMIT)) {
            Ok(Some(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            Ok(None) => continue,
            Err(error) => {
                unread.push(error);
                continue;
            }
        };
        let place = place::shown(roots, &source.path);
        let effects = (source.reader)(&text).into_iter();
        found.extend(effects.map(|effect| Found {
            at: At {
                place: place.clone(),
                line: effect.line,
            },
            effect,
            rounds: source.rounds.clone(),
        }));
    }
    let first = first_of_login(roots);
    let standings = standings(&found, |_| {
        first.as_ref().map(|file| At {
            place: place::shown(roots, file),
            line: None,
        })
    });
    let all = found.into_iter().zip(standings);
    let mut lines: Vec<ShellLine> = all
        .filter_map(|(line, standing)| shell_line(line, standing))
        .collect();
    if lines.len() > MOST_LINES {
        // What counts is told first.
        lines.sort_by_key(|line| !matches!(line.standing, Standing::Counts(_)));
        lines.truncate(MOST_LINES);
    }
    Shell { lines, unread }
}

/// A line that takes something back is told with what it takes back.
fn shell_line(found: Found, standing: Standing) -> Option<ShellLine> {
    let Found { at, effect, .. } = found;
    Some(ShellLine {
        place: at.place,
        line: at.line,
        subject: effect.subject,
        value: place::veiled(&effect.value?),
        always: effect.always,
        standing,
    })
}

/// How a file of one kind is understood.
type Reader = fn(&str) -> Vec<Effect>;

/// All files, so that those of each round stand in the order in which they are read.
fn sources(roots: &Roots, folders: &Folders, unread: &mut Vec<HostError>) -> Vec<Source> {
    let mut snippets = |folder: &Path, end: &str| match place::names(folder) {
        Ok(names) => {
            let fitting = names.into_iter().filter(|name| name.ends_with(end));
            let fitting = fitting.take(MOST_SNIPPETS);
            fitting.map(|name| folder.join(name)).collect()
        }
        Err(error) => {
            unread.push(error);
            Vec::new()
        }
    };
    let mut sources = of_session(roots, &folders.config(roots), &mut snippets);
    sources.extend(of_bash(roots, &mut snippets));
    sources.extend(of_zsh(roots, &folders.zsh(roots)));
    sources.extend(of_fish(roots, &folders.config(roots), &mut snippets));
    sources
}

/// The files in a folder whose names end so.
type Snippets<'a> = dyn FnMut(&Path, &str) -> Vec<PathBuf> + 'a;

fn source(path: PathBuf, reader: Reader, rounds: &[Round]) -> Source {
    Source {
        path,
        reader,
        rounds: rounds.to_vec(),
    }
}

/// What the session has, all shells start with.
fn of_session(roots: &Roots, config: &Path, snippets: &mut Snippets<'_>) -> Vec<Source> {
    let mut files: Vec<(PathBuf, Reader)> = vec![(roots.known(ENVIRONMENT), posix::assignments)];
    let environment = snippets(&config.join(ENVIRONMENT_SNIPPETS), ".conf");
    files.extend(
        environment
            .into_iter()
            .map(|file| (file, posix::assignments as Reader)),
    );
    files.push((roots.known("etc/launchd.conf"), posix::effects));
    files.push((roots.home.join(".MacOSX/environment.plist"), launchd::dictionary));
    for folder in [
        roots.known("Library/LaunchAgents"),
        roots.home.join("Library/LaunchAgents"),
    ] {
        let agents = snippets(&folder, ".plist").into_iter();
        files.extend(agents.map(|file| (file, launchd::effects as Reader)));
    }
    let files = files.into_iter();
    files
        .map(|(path, reader)| source(path, reader, Round::ALL))
        .collect()
}

fn of_bash(roots: &Roots, snippets: &mut Snippets<'_>) -> Vec<Source> {
    let posix = |path, rounds: &[Round]| source(path, posix::effects, rounds);
    let login = [Round::BashLogin, Round::Sh];
    let mut files = vec![posix(roots.known("etc/profile"), &login)];
    let all = snippets(&roots.known(SYSTEM_SNIPPETS), ".sh").into_iter();
    files.extend(all.map(|file| posix(file, &login)));
    // Where they are there, the profile of all users reads them too.
    let both = [Round::BashLogin, Round::BashInside];
    files.extend(BASH.map(|file| posix(roots.known(file), &both)));
    let first = first_of_login(roots);
    for file in LOGIN.map(|file| roots.home.join(file)) {
        let by_bash = (first.as_ref() == Some(&file)).then_some(Round::BashLogin);
        let by_sh = file.ends_with(".profile").then_some(Round::Sh);
        let rounds: Vec<Round> = by_bash.into_iter().chain(by_sh).collect();
        files.push(posix(file, &rounds));
    }
    files.push(posix(roots.home.join(".bashrc"), &[Round::BashInside]));
    files
}

/// The file that bash reads of those of a login.
fn first_of_login(roots: &Roots) -> Option<PathBuf> {
    let mut all = LOGIN.iter().map(|file| roots.home.join(file));
    all.find(|file| file.symlink_metadata().is_ok())
}

fn of_zsh(roots: &Roots, own: &Path) -> Vec<Source> {
    let usual = roots.home.join(".config/zsh");
    let both = [Round::Zsh, Round::ZshElsewhere];
    let mut files = Vec::new();
    for file in ZSH {
        let of_all = [format!("etc/{file}"), format!("etc/zsh/{file}")].map(|it| roots.known(&it));
        files.extend(of_all.map(|it| source(it, posix::effects, &both)));
        // It is what sets `ZDOTDIR`, and is read before.
        let rounds: &[Round] = if file == "zshenv" { &both } else { &[Round::Zsh] };
        files.push(source(own.join(format!(".{file}")), posix::effects, rounds));
        if own != usual {
            let other = usual.join(format!(".{file}"));
            files.push(source(other, posix::effects, &[Round::ZshElsewhere]));
        }
    }
    files
}

/// fish reads all snippets before its files; what it keeps itself gives way to all of them.
fn of_fish(roots: &Roots, config: &Path, snippets: &mut Snippets<'_>) -> Vec<Source> {
    let folders = [roots.known("etc/fish"), config.join("fish")];
    let mut files = vec![source(
        folders[1].join("fish_variables"),
        fish::variables,
        &[Round::Fish],
    )];
    let mut all: Vec<PathBuf> = Vec::new();
    for folder in &folders {
        all.extend(snippets(&folder.join("conf.d"), ".fish"));
    }
    all.extend(folders.iter().map(|folder| folder.join("config.fish")));
    let all = all.into_iter();
    files.extend(all.map(|file| source(file, fish::effects, &[Round::Fish])));
    files
}
