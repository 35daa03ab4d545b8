//! A whole Dockerfile.

use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use super::{
    Damage, DamageKind, Pin,
    directives::{self, Directives},
    instruction::{self, Instruction},
    lines,
    stage::{self, Stage},
    walk,
};
use crate::SourcesError;

/// More than people write by hand into one file.
const LIMIT: usize = 1024 * 1024;

/// More instructions than any file that is written, or generated, has.
const INSTRUCTIONS: usize = 5000;

/// A Dockerfile as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile {
    pub(crate) directives: Directives,
    pub(crate) head: Vec<Instruction>,
    pub(crate) stages: Vec<Stage>,
}

impl Dockerfile {
    /// Reads `bytes`, as `BuildKit`'s own frontend would. What is not UTF-8 is replaced.
    pub fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        if bytes.len() > LIMIT {
            return Err(DamageKind::TooLarge.at(1));
        }
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let directives = directives::read(text)?;
        let lines = lines::split(text, directives.escape)?;
        if let Some(line) = lines.get(INSTRUCTIONS) {
            return Err(DamageKind::TooLarge.at(line.line));
        }
        let read = |line| instruction::read(line, directives.escape);
        let all = lines.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let (head, stages) = stage::split(all, directives.escape)?;
        Ok(Self {
            directives,
            head,
            stages,
        })
    }

    /// The `ARG`s before the first stage.
    pub fn head(&self) -> &[Instruction] {
        &self.head
    }

    /// The stages, in their order; there is at least one.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The frontend that a `# syntax=` names.
    pub fn syntax(&self) -> Option<&str> {
        self.directives.syntax.as_deref()
    }

    /// What joins two lines: a backslash, or a backtick.
    pub fn escape(&self) -> char {
        self.directives.escape
    }

    /// The images that are named by their digest, each once: what to ask registries of before [`super::check`].
    pub fn pins(&self) -> Vec<Pin> {
        walk::pins(self)
    }
}

/// Why a file cannot be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It could not be read.
    #[error(transparent)]
    File(#[from] SourcesError),
    /// It was read, and is no Dockerfile.
    #[error(transparent)]
    Damaged(#[from] Damage),
}

/// Reads the Dockerfile at `path`, which may be a link.
pub fn read(path: &Path) -> Result<Dockerfile, ReadError> {
    let failed = |error: &std::io::Error| SourcesError::failed("read", path, error);
    // Asked before opening: a pipe would wait for its writer.
    let metadata = fs::metadata(path).map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(SourcesError::NotAFile { path: path.into() }.into());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    file.take(LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    Ok(Dockerfile::parse(&bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::Keyword;

    fn parse(text: &str) -> Dockerfile {
        Dockerfile::parse(text.as_bytes()).unwrap_or_else(|damage| panic!("{text}: {damage}"))
    }

    fn damage(text: &str) -> Damage {
        Dockerfile::parse(text.as_bytes()).expect_err(text)
    }

    #[test]
    fn stages_flags_and_both_forms_are_read() {
        let file = parse(
            "\u{feff}# syntax=docker/dockerfile:1\r\narg V=1\r\nfrom --platform=$BUILDPLATFORM a:${V} as Build\r\n\
             run --mount=type=cache,target=/x --network=none echo hi\r\nFROM scratch\r\n\
             COPY --from=build --chmod=755 [\"/a b\", \"/c\"]\r\nENTRYPOINT [ \"/c\" ]\r\nCMD [not json]\r\n",
        );
        assert_eq!((file.head().len(), file.stages().len()), (1, 2));
        assert_eq!(file.syntax(), Some("docker/dockerfile:1"));
        let [build, last] = file.stages() else {
            panic!("two stages")
        };
        assert_eq!((build.name.as_deref(), build.line), (Some("build"), 3));
        assert_eq!(build.platform.as_deref(), Some("$BUILDPLATFORM"));
        assert_eq!(build.instructions[0].flag("mount"), Some("type=cache,target=/x"));
        assert_eq!(build.instructions[0].text.as_str(), "echo hi");
        let copy = &last.instructions[0];
        assert_eq!((copy.keyword, copy.flag("FROM")), (Keyword::Copy, Some("build")));
        assert_eq!(copy.sources('\\'), (vec!["/a b".to_owned()], "/c".to_owned()));
        assert_eq!(last.instructions[1].json.as_deref(), Some(&["/c".to_owned()][..]));
        assert_eq!(last.instructions[2].json, None);
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let cases = [
            ("", DamageKind::NoStage.at(1)),
            ("# only\n", DamageKind::NoStage.at(1)),
            ("RUN x\nFROM a", DamageKind::BeforeFrom("RUN").at(1)),
            (
                "FROM a\nFOO x",
                DamageKind::UnknownInstruction("FOO".to_owned()).at(2),
            ),
            ("FROM a\nRUN", DamageKind::Bare("RUN").at(2)),
            ("FROM a as", DamageKind::BadFrom.at(1)),
            ("FROM a b c", DamageKind::BadFrom.at(1)),
            ("FROM a\nCOPY x", DamageKind::NoDestination("COPY").at(2)),
            ("FROM a\nONBUILD FROM b", DamageKind::BadTrigger("FROM").at(2)),
        ];
        for (text, expected) in cases {
            assert_eq!(damage(text), expected, "{text}");
        }
        let long = "RUN x\n".repeat(INSTRUCTIONS + 1);
        assert_eq!(damage(&format!("FROM a\n{long}")).kind, DamageKind::TooLarge);
    }

    #[test]
    fn triggers_keep_their_instruction() {
        let file = parse("FROM a\nONBUILD COPY --chmod=1 <<A /x\nq\nA\nONBUILD RUN y");
        let [copy, run] = &file.stages()[0].instructions[..] else {
            panic!("two")
        };
        let trigger = copy.trigger.as_deref().expect("a trigger");
        assert_eq!((trigger.keyword, trigger.heredocs.len()), (Keyword::Copy, 1));
        assert_eq!(run.trigger.as_deref().map(|run| run.text.as_str()), Some("y"));
    }

    #[test]
    fn what_is_no_plain_file_is_not_read() {
        assert!(matches!(
            read(Path::new("/")),
            Err(ReadError::File(SourcesError::NotAFile { .. }))
        ));
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(
            read(&folder.path().join("none")),
            Err(ReadError::File(SourcesError::Failed { .. }))
        ));
    }
}
