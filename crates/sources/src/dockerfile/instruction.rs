//! One instruction: its keyword, its flags, and what else it says.

use super::{Damage, DamageKind, Text, damage::shown, heredoc::Heredoc, lines::Logical, quoted};

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the language's own words")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
}

/// All of them, as they are written.
const KEYWORDS: [(&str, Keyword); 18] = [
    ("ADD", Keyword::Add),
    ("ARG", Keyword::Arg),
    ("CMD", Keyword::Cmd),
    ("COPY", Keyword::Copy),
    ("ENTRYPOINT", Keyword::Entrypoint),
    ("ENV", Keyword::Env),
    ("EXPOSE", Keyword::Expose),
    ("FROM", Keyword::From),
    ("HEALTHCHECK", Keyword::Healthcheck),
    ("LABEL", Keyword::Label),
    ("MAINTAINER", Keyword::Maintainer),
    ("ONBUILD", Keyword::Onbuild),
    ("RUN", Keyword::Run),
    ("SHELL", Keyword::Shell),
    ("STOPSIGNAL", Keyword::Stopsignal),
    ("USER", Keyword::User),
    ("VOLUME", Keyword::Volume),
    ("WORKDIR", Keyword::Workdir),
];

impl Keyword {
    /// As it is written: `FROM`.
    pub fn as_str(self) -> &'static str {
        let named = KEYWORDS.iter().find(|(_, keyword)| *keyword == self);
        named.map_or("", |(name, _)| name)
    }

    fn parse(word: &str) -> Option<Self> {
        let named = KEYWORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        named.map(|(_, keyword)| *keyword)
    }

    fn has_flags(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Copy | Self::From | Self::Healthcheck | Self::Run
        )
    }
}

/// One `--name` or `--name=value` in front of what an instruction says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without the two hyphens.
    pub name: String,
    /// As it stands, variables and all, without quotes.
    pub value: Option<String>,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What it does.
    pub keyword: Keyword,
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// Its flags, in their order.
    pub flags: Vec<Flag>,
    /// What stands behind keyword and flags.
    pub text: Text,
    /// The same where it is in JSON form.
    pub json: Option<Vec<String>>,
    /// The heredocs that it opens.
    pub heredocs: Vec<Heredoc>,
    /// What an `ONBUILD` keeps for later.
    pub trigger: Option<Box<Instruction>>,
}

impl Instruction {
    /// The value of a flag, as it stands.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let named = self
            .flags
            .iter()
            .find(|flag| flag.name.eq_ignore_ascii_case(name));
        named.map(|flag| flag.value.as_deref().unwrap_or_default())
    }

    /// The words of its text, or of its JSON form, as they stand.
    pub(crate) fn words(&self, escape: char) -> Vec<String> {
        match &self.json {
            Some(words) => words.clone(),
            None => quoted::words(self.text.as_str(), escape)
                .map(ToOwned::to_owned)
                .collect(),
        }
    }

    /// The sources and the destination of a `COPY` or an `ADD`.
    pub(crate) fn sources(&self, escape: char) -> (Vec<String>, String) {
        let mut words = self.words(escape);
        let destination = words.pop().unwrap_or_default();
        words.retain(|word| self.json.is_some() || !word.starts_with("<<"));
        (words, destination)
    }

    /// Everything that it says, heredocs too, one after the other.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.text).chain(self.heredocs.iter().map(|heredoc| &heredoc.content))
    }
}

/// Reads a logical line.
pub(crate) fn read(logical: Logical, escape: char) -> Result<Instruction, Damage> {
    let mut read = body(&logical.text, logical.line, escape)?;
    if read.keyword == Keyword::Onbuild {
        let trigger = body(&read.text, logical.line, escape)?;
        if matches!(
            trigger.keyword,
            Keyword::Onbuild | Keyword::From | Keyword::Maintainer
        ) {
            return Err(DamageKind::BadTrigger(trigger.keyword.as_str()).at(logical.line));
        }
        let heredocs = logical.heredocs;
        read.trigger = Some(Box::new(Instruction { heredocs, ..trigger }));
    } else {
        read.heredocs = logical.heredocs;
    }
    Ok(read)
}

fn body(text: &Text, line: u32, escape: char) -> Result<Instruction, Damage> {
    let written = text.as_str().trim_start();
    let word = written.split_whitespace().next().unwrap_or_default();
    let keyword = Keyword::parse(word).ok_or_else(|| DamageKind::UnknownInstruction(shown(word)).at(line))?;
    let start = text.as_str().len() - written.len() + word.len();
    let mut rest = text.tail(start);
    let mut flags = Vec::new();
    while keyword.has_flags()
        && let Some((flag, length)) = flag(rest.as_str(), escape)
    {
        flags.extend(flag);
        rest = rest.tail(length);
    }
    let json = json(keyword, rest.as_str());
    let read = Instruction {
        keyword,
        line,
        flags,
        text: rest,
        json,
        heredocs: Vec::new(),
        trigger: None,
    };
    complete(read, escape)
}

/// The first word, if it is a flag, and where it ends. Two hyphens alone end the flags.
fn flag(text: &str, escape: char) -> Option<(Option<Flag>, usize)> {
    let word = quoted::words(text, escape).next()?;
    let name = word.strip_prefix("--")?;
    if name.is_empty() {
        return None;
    }
    let bare = |text: &str| text.replace(['"', '\''], "");
    let flag = match name.split_once('=') {
        Some((name, value)) => Flag {
            name: bare(name),
            value: Some(bare(value)),
        },
        None => Flag {
            name: bare(name),
            value: None,
        },
    };
    Some((Some(flag), word.len()))
}

/// The strings of the JSON form, for the instructions that have one.
fn json(keyword: Keyword, text: &str) -> Option<Vec<String>> {
    let may = matches!(
        keyword,
        Keyword::Add
            | Keyword::Cmd
            | Keyword::Copy
            | Keyword::Entrypoint
            | Keyword::Healthcheck
            | Keyword::Run
            | Keyword::Shell
            | Keyword::Volume
    );
    let is_command = |text: &str| text[..3].eq_ignore_ascii_case("cmd");
    let text = if keyword == Keyword::Healthcheck {
        text.get(3..).filter(|_| is_command(text))?.trim_start()
    } else {
        text
    };
    let looks = may && text.starts_with('[');
    looks.then(|| serde_json::from_str(text).ok()).flatten()
}

/// Refuses what lacks a part without which it means nothing.
fn complete(read: Instruction, escape: char) -> Result<Instruction, Damage> {
    let name = read.keyword.as_str();
    let empty_is_fine = matches!(read.keyword, Keyword::Cmd | Keyword::Entrypoint);
    if read.text.as_str().is_empty() && !empty_is_fine {
        return Err(DamageKind::Bare(name).at(read.line));
    }
    let is_copy = matches!(read.keyword, Keyword::Copy | Keyword::Add);
    if is_copy && read.words(escape).len() < 2 {
        return Err(DamageKind::NoDestination(name).at(read.line));
    }
    Ok(read)
}
