//! Programs whose work is to start another one: where in their arguments that one is named.

/// Texts of `-S` that are split: one within another makes no sense, and each costs as much as all that is left.
const SPLITS: usize = 8;

/// What `env` makes of its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Env {
    /// The program and its arguments; empty when it only prints.
    pub(crate) words: Vec<String>,
    /// Another `PATH`, when one was given.
    pub(crate) path: Option<String>,
    /// Another folder to start it in.
    pub(crate) folder: Option<String>,
}

/// Reads `env`'s arguments. Text behind `-S` is split as it does, for plain words and quotes.
pub(crate) fn env(arguments: &[String]) -> Env {
    let mut env = Env::default();
    let mut rest: Vec<String> = arguments.to_vec();
    rest.reverse();
    let mut splits = 0;
    while let Some(word) = rest.pop() {
        if let Some(text) = split_string(&word).filter(|_| splits < SPLITS) {
            splits += 1;
            let text = if text.is_empty() {
                rest.pop().unwrap_or_default()
            } else {
                text.to_owned()
            };
            rest.extend(words(&text).into_iter().rev());
        } else if matches!(word.as_str(), "-C" | "--chdir") {
            env.folder = rest.pop();
        } else if let Some(folder) = word.strip_prefix("--chdir=") {
            env.folder = Some(folder.to_owned());
        } else if matches!(word.as_str(), "-u" | "--unset") {
            rest.pop();
        } else if word.starts_with('-') || is_assignment(&word) {
            if let Some(path) = word.strip_prefix("PATH=") {
                env.path = Some(path.to_owned());
            }
        } else {
            env.words.push(word);
            rest.reverse();
            env.words.extend(rest);
            break;
        }
    }
    env
}

/// The text of `-S`, also of `-vS`; empty when it is the next word.
fn split_string(word: &str) -> Option<&str> {
    let text = ["-S", "-vS", "-iS", "--split-string"]
        .iter()
        .find_map(|option| word.strip_prefix(option));
    text.map(|text| text.trim_start_matches('=').trim_start())
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && !name.contains('/'))
}

/// Splits at blanks, outside of quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in text.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (letter, Some(open)) if letter == open => quote = None,
            (' ' | '\t' | '\r' | '\n', None) => words.extend(word.take()),
            (letter, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// A launcher: its names, its options that take the next word, and how many words come before the program.
struct Launcher {
    names: &'static [&'static str],
    valued: &'static [&'static str],
    before: usize,
}

const LAUNCHERS: [Launcher; 10] = [
    Launcher {
        names: &["tini", "tini-static", "docker-init", "catatonit"],
        valued: &["-p", "-e"],
        before: 0,
    },
    Launcher {
        names: &["dumb-init"],
        valued: &["-r", "--rewrite"],
        before: 0,
    },
    Launcher {
        names: &["gosu", "su-exec"],
        valued: &[],
        before: 1,
    },
    Launcher {
        names: &["setpriv"],
        valued: &[
            "--reuid",
            "--regid",
            "--groups",
            "--inh-caps",
            "--ambient-caps",
            "--bounding-set",
            "--securebits",
            "--pdeathsig",
        ],
        before: 0,
    },
    Launcher {
        names: &["nice"],
        valued: &["-n", "--adjustment"],
        before: 0,
    },
    Launcher {
        names: &["ionice"],
        valued: &["-c", "-n"],
        before: 0,
    },
    Launcher {
        names: &["nohup", "setsid", "unbuffer", "chronic"],
        valued: &[],
        before: 0,
    },
    Launcher {
        names: &["stdbuf"],
        valued: &["-i", "-o", "-e"],
        before: 0,
    },
    Launcher {
        names: &["timeout"],
        valued: &["-k", "-s", "--kill-after", "--signal"],
        before: 1,
    },
    Launcher {
        names: &["sudo"],
        valued: &["-u", "-g", "-C", "-h", "-p"],
        before: 0,
    },
];

/// The program that the launcher `name` starts, with its arguments; `None` when it is no launcher, or starts nothing.
pub(crate) fn launched(name: &str, arguments: &[String]) -> Option<Vec<String>> {
    let launcher = LAUNCHERS.iter().find(|launcher| launcher.names.contains(&name))?;
    let mut at = 0;
    while let Some(word) = arguments.get(at).filter(|word| word.starts_with('-')) {
        at += 1;
        if word == "--" {
            break;
        }
        at += usize::from(launcher.valued.contains(&word.as_str()));
    }
    let rest = arguments.get(at + launcher.before..)?;
    (!rest.is_empty()).then(|| rest.to_vec())
}

/// Options of a loader that take the next word.
const OF_LOADERS: [&str; 6] = [
    "--library-path",
    "--preload",
    "--argv0",
    "--inhibit-rpath",
    "--glibc-hwcaps-prepend",
    "--glibc-hwcaps-mask",
];

/// Whether a program of this name is a loader, which can be given a program to load.
pub(crate) fn is_loader(name: &str) -> bool {
    name.starts_with("ld-linux") || name.starts_with("ld-musl-") || name.starts_with("ld64.so")
}

/// The program that a loader is given.
pub(crate) fn loaded(arguments: &[String]) -> Option<String> {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if !word.starts_with("--") {
            return Some(word.clone());
        }
        if OF_LOADERS.contains(&word.as_str()) {
            words.next();
        }
    }
    None
}

/// What a shell was told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A text, and the arguments behind it, `$1` first.
    Text(String, Vec<String>),
    /// A file to read, and its arguments.
    File(String, Vec<String>),
}

const SHELLS: [&str; 9] = ["sh", "ash", "dash", "bash", "ksh", "mksh", "zsh", "rbash", "hush"];

/// Whether a program of this name is a shell.
pub(crate) fn is_shell(name: &str) -> bool {
    SHELLS.contains(&name)
}

/// What a shell does with its arguments; `None` when it waits for its input.
pub(crate) fn told(arguments: &[String]) -> Option<Told> {
    let (mut at, mut text) = (0, false);
    while let Some(word) = arguments
        .get(at)
        .filter(|word| word.starts_with(['-', '+']) && word.len() > 1)
    {
        at += 1;
        match word.as_str() {
            "--" => break,
            "-o" | "+o" | "-O" | "+O" | "--rcfile" | "--init-file" => at += 1,
            long if long.starts_with("--") => {}
            short => {
                text |= short.starts_with('-') && short.contains('c');
                at += usize::from(short.ends_with('o'));
            }
        }
    }
    let first = arguments.get(at)?.clone();
    let rest = arguments.get(at + 1..).unwrap_or_default();
    if text {
        // The word behind the text is `$0`.
        return Some(Told::Text(first, rest.get(1..).unwrap_or_default().to_vec()));
    }
    Some(Told::File(first, rest.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.split('|')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn env_finds_the_program_behind_options_and_variables() {
        for (arguments, words) in [
            ("bash", "bash"),
            ("bash\r", "bash\r"),
            ("-i|A=1|PATH=/x|/app/x|-m", "/app/x|-m"),
            ("-S python3 -u|/app.py", "python3|-u|/app.py"),
            ("-S|node --max=1 'a b'|/x", "node|--max=1|a b|/x"),
            ("python3 -u|/app.py", "python3 -u|/app.py"),
            ("-u|HOME|sh", "sh"),
            ("A=1", ""),
        ] {
            assert_eq!(env(&list(arguments)).words, list(words), "{arguments}");
        }
        assert_eq!(env(&list("PATH=/x|a")).path.as_deref(), Some("/x"));
        assert_eq!(env(&list("-C|/app|./a")).folder.as_deref(), Some("/app"));
        assert_eq!(env(&list("--chdir=/app|./a")).words, ["./a"]);
    }

    #[test]
    fn texts_within_texts_come_to_an_end() {
        let nested = format!("{}node", "-S".repeat(SPLITS - 1));
        assert_eq!(env(&list(&nested)).words, ["node"]);
        assert_eq!(env(&["-S".repeat(1 << 20)]), Env::default());
    }

    #[test]
    fn launchers_name_their_program_behind_their_options() {
        for (name, arguments, words) in [
            ("tini", "--|/app/x|-p", Some("/app/x|-p")),
            ("tini", "-g|-p|SIGTERM|--|/x", Some("/x")),
            ("dumb-init", "/x|--|y", Some("/x|--|y")),
            ("gosu", "app|/x|-u", Some("/x|-u")),
            ("timeout", "-k|5|10|/x", Some("/x")),
            ("setpriv", "--reuid=1|--clear-groups|/x", Some("/x")),
            ("tini", "--", None),
            ("gosu", "app", None),
            ("ls", "-l", None),
        ] {
            assert_eq!(
                launched(name, &list(arguments)),
                words.map(list),
                "{name} {arguments}"
            );
        }
    }

    #[test]
    fn loaders_name_what_they_load_behind_their_options() {
        assert!(is_loader("ld-linux-x86-64.so.2") && is_loader("ld-musl-aarch64.so.1") && !is_loader("ld"));
        let arguments = list("--library-path|/opt/lib|--inhibit-cache|/app/x|-v");
        assert_eq!(loaded(&arguments).as_deref(), Some("/app/x"));
        assert_eq!(loaded(&list("--list")), None);
    }

    #[test]
    fn shells_read_a_text_or_a_file() {
        let text = |text: &str, arguments| Some(Told::Text(text.to_owned(), list(arguments)));
        let file = |file: &str, arguments| Some(Told::File(file.to_owned(), list(arguments)));
        assert_eq!(told(&list("-c|/app/x")), text("/app/x", ""));
        assert_eq!(told(&list("-exc|a \"$1\"|sh|b")), text("a \"$1\"", "b"));
        assert_eq!(told(&list("--login|-o|pipefail|-c|a")), text("a", ""));
        assert_eq!(told(&list("-eo|pipefail|-c|a")), text("a", ""));
        assert_eq!(told(&list("-e|/start.sh|x")), file("/start.sh", "x"));
        assert_eq!(told(&list("-i")), None);
    }
}
