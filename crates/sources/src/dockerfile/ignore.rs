//! `.dockerignore`: which files of the folder a build never sees, by the rules of Docker's own matcher.

/// The most lines that are followed.
const PATTERNS: usize = 1000;

/// The longest pattern that is followed: as long as a path may be on most systems.
const LONGEST: usize = 1024;

/// The patterns of a `.dockerignore`. Without any, nothing is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignore {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    effect: Effect,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    LeavesOut,
    TakesBack,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Letter(char),
    /// `?`
    Any,
    /// `*`: anything within one name.
    Run,
    /// `**`: anything at all.
    All,
    /// `**/`: nothing, or whole names.
    Folders,
    /// `[a-z]`
    Class {
        negated: Negated,
        ranges: Vec<(char, char)>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Negated {
    Yes,
    No,
}

impl Ignore {
    /// Reads the patterns of a `.dockerignore`.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let patterns = lines.filter_map(|line| pattern(line.trim())).take(PATTERNS);
        Self {
            patterns: patterns.collect(),
        }
    }

    /// Whether a file or folder, named from the context's root, is left out: the last pattern that fits it, or a folder
    /// above it, decides.
    pub fn leaves_out(&self, path: &str) -> bool {
        let mut out = false;
        for pattern in &self.patterns {
            let would = pattern.effect == Effect::LeavesOut;
            if would != out && with_parents(path).any(|path| fits(&pattern.parts, path)) {
                out = would;
            }
        }
        out
    }
}

/// Whether a name fits a pattern of `COPY`, which knows `*`, `?` and `[…]` within one name.
pub(crate) fn is_match(pattern: &str, path: &str) -> bool {
    pattern.len() <= LONGEST && fits(&parts(pattern), path)
}

/// `a`, `a/b` and `a/b/c` of `a/b/c`.
fn with_parents(path: &str) -> impl Iterator<Item = &str> {
    let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
    parents.chain([path])
}

fn pattern(line: &str) -> Option<Pattern> {
    let (effect, line) = match line.strip_prefix('!') {
        Some(rest) => (Effect::TakesBack, rest.trim()),
        None => (Effect::LeavesOut, line),
    };
    let cleaned = cleaned(line)?;
    (cleaned.len() <= LONGEST).then(|| Pattern {
        effect,
        parts: parts(&cleaned),
    })
}

/// The path without what says nothing: slashes at its ends, `.` and `..`. `None` where nothing is left.
pub(crate) fn cleaned(path: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    (!names.is_empty()).then(|| names.join("/"))
}

fn parts(pattern: &str) -> Vec<Part> {
    let letters: Vec<char> = pattern.chars().collect();
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(letter) = letters.get(at) {
        at += 1;
        match letter {
            '*' if letters.get(at) == Some(&'*') => {
                while letters.get(at) == Some(&'*') {
                    at += 1;
                }
                if letters.get(at) == Some(&'/') {
                    at += 1;
                    parts.push(Part::Folders);
                } else {
                    parts.push(Part::All);
                }
            }
            '*' => parts.push(Part::Run),
            '?' => parts.push(Part::Any),
            '\\' => {
                parts.extend(letters.get(at).copied().map(Part::Letter));
                at += 1;
            }
            '[' => match class(&letters[at..]) {
                Some((class, length)) => {
                    parts.push(class);
                    at += length;
                }
                None => parts.push(Part::Letter('[')),
            },
            letter => parts.push(Part::Letter(*letter)),
        }
    }
    parts
}

/// What stands behind `[`, and how long it is with its `]`.
fn class(letters: &[char]) -> Option<(Part, usize)> {
    let end = letters.iter().skip(1).position(|letter| *letter == ']')? + 1;
    let (negated, start) = match letters.first()? {
        '^' => (Negated::Yes, 1),
        _ => (Negated::No, 0),
    };
    let (mut ranges, mut at) = (Vec::new(), start);
    while at < end {
        let from = letters[at];
        if letters.get(at + 1) == Some(&'-') && at + 2 < end {
            ranges.push((from, letters[at + 2]));
            at += 3;
        } else {
            ranges.push((from, from));
            at += 1;
        }
    }
    Some((Part::Class { negated, ranges }, end + 1))
}

/// Whether all of `path` is as the parts say. All states are kept at once, so that no pattern takes for ever.
fn fits(parts: &[Part], path: &str) -> bool {
    let mut states = vec![false; parts.len() + 1];
    states[0] = true;
    settle(parts, &mut states);
    // `**/` may end only where a name begins.
    let mut inside = vec![false; parts.len() + 1];
    for letter in path.chars() {
        let mut next = vec![false; parts.len() + 1];
        let mut next_inside = vec![false; parts.len() + 1];
        for (at, part) in parts.iter().enumerate() {
            let is_here = states[at];
            match part {
                Part::Letter(wanted) => next[at + 1] |= is_here && letter == *wanted,
                Part::Any => next[at + 1] |= is_here && letter != '/',
                Part::Run => next[at] |= is_here && letter != '/',
                Part::All => next[at] |= is_here,
                Part::Folders => {
                    let was_inside = is_here || inside[at];
                    next_inside[at] |= was_inside;
                    next[at + 1] |= was_inside && letter == '/';
                }
                Part::Class { negated, ranges } => {
                    let is_in = ranges.iter().any(|(from, to)| (from..=to).contains(&&letter));
                    let wanted = *negated == Negated::No;
                    next[at + 1] |= is_here && letter != '/' && is_in == wanted;
                }
            }
        }
        settle(parts, &mut next);
        (states, inside) = (next, next_inside);
    }
    states[parts.len()]
}

/// Goes past parts that may be nothing.
fn settle(parts: &[Part], states: &mut [bool]) {
    for (at, part) in parts.iter().enumerate() {
        if matches!(part, Part::Run | Part::All | Part::Folders) {
            states[at + 1] |= states[at];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_docker_says() {
        let cases = [
            ("node_modules", "node_modules", true),
            ("node_modules", "node_modules/a/b", true),
            ("node_modules", "web/node_modules", false),
            ("**/node_modules", "node_modules", true),
            ("**/node_modules", "a/b/node_modules/c", true),
            ("**/node_modules", "my_node_modules", false),
            ("/venv/", "venv/x", true),
            ("*.pyc", "a.pyc", true),
            ("*.pyc", "a/b.pyc", false),
            ("*/temp*", "a/temporary.txt", true),
            ("*/*/temp*", "a/temporary.txt", false),
            ("temp?", "tempa", true),
            ("temp?", "temp", false),
            ("**/*.go", "a.go", true),
            ("**/*.go", "x/y/a.go", true),
            ("a/**", "a/b/c", true),
            ("a/**", "a", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("./a/../b", "b", true),
            ("# a", "# a", false),
            (" b ", "b", true),
            ("**", "a/b", true),
            (".", "a", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(
                Ignore::parse(pattern).leaves_out(path),
                expected,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let ignore = Ignore::parse("*\n!src\nsrc/secret\n!src/secret/but");
        for (path, expected) in [
            ("a", true),
            ("src/a", false),
            ("src/secret", true),
            ("src/secret/b", true),
            ("src/secret/but", false),
        ] {
            assert_eq!(ignore.leaves_out(path), expected, "{path}");
        }
        assert!(Ignore::parse(&"*".repeat(500)).leaves_out(&"a".repeat(1000)));
    }
}
