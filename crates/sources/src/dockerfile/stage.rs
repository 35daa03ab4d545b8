//! Stages: what begins with a `FROM`.

use super::{
    Damage, DamageKind,
    expand::{Quotes, word},
    instruction::{Instruction, Keyword},
    quoted,
    scope::{AUTOMATIC, HOLE, Scope, Trust, Value},
};

/// What a stage begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An earlier stage.
    Stage(usize),
    /// An image, with the defaults of its variables.
    Image(String),
    /// Nothing at all.
    Scratch,
    /// What only the build decides.
    Unknown,
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The line of its `FROM`.
    pub line: u32,
    /// The name behind `AS`, in lower case.
    pub name: Option<String>,
    /// The image as it stands.
    pub image: String,
    /// What it begins with.
    pub base: Base,
    /// What `--platform` says, as it stands.
    pub platform: Option<String>,
    /// The same where no build can change it.
    pub(crate) constant_platform: Option<String>,
    /// What follows.
    pub instructions: Vec<Instruction>,
}

/// Splits a file into what stands before the first stage, and the stages.
pub(crate) fn split(all: Vec<Instruction>, escape: char) -> Result<(Vec<Instruction>, Vec<Stage>), Damage> {
    let (mut head, mut stages) = (Vec::new(), Vec::<Stage>::new());
    let mut scope = Scope::default();
    for name in AUTOMATIC {
        scope.set(name, Value::Unknown);
    }
    for instruction in all {
        if instruction.keyword == Keyword::From {
            let stage = begin(&instruction, escape, &scope, &stages)?;
            stages.push(stage);
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push(instruction);
        } else if instruction.keyword == Keyword::Arg {
            arguments(&instruction, escape, &mut scope);
            head.push(instruction);
        } else {
            return Err(DamageKind::BeforeFrom(instruction.keyword.as_str()).at(instruction.line));
        }
    }
    if stages.is_empty() {
        return Err(DamageKind::NoStage.at(1));
    }
    Ok((head, stages))
}

/// Sets what an `ARG` before the first stage declares.
pub(crate) fn arguments(instruction: &Instruction, escape: char, scope: &mut Scope) {
    for raw in quoted::words(instruction.text.as_str(), escape) {
        let (name, value) = match raw.split_once('=') {
            Some((name, value)) => {
                let value = word(value, escape, Quotes::Off, scope, Trust::Defaults);
                let is_known = !value.contains(HOLE);
                (
                    name,
                    if is_known {
                        Value::Default(value)
                    } else {
                        Value::Unknown
                    },
                )
            }
            None => (raw, Value::Unknown),
        };
        scope.note(name, raw, instruction.line);
        scope.set(name, value);
    }
}

fn begin(from: &Instruction, escape: char, scope: &Scope, before: &[Stage]) -> Result<Stage, Damage> {
    let words: Vec<&str> = quoted::words(from.text.as_str(), escape).collect();
    let (image, name) = match words[..] {
        [image] => (image, None),
        [image, keyword, name] if keyword.eq_ignore_ascii_case("as") => (image, Some(name)),
        _ => return Err(DamageKind::BadFrom.at(from.line)),
    };
    let usual = |text: &str| word(text, escape, Quotes::Off, scope, Trust::Defaults);
    let platform = from.flag("platform").map(ToOwned::to_owned);
    let constant_platform = platform.as_deref().and_then(|text| {
        let sure = word(text, escape, Quotes::Off, scope, Trust::Constants);
        (!sure.contains(HOLE) && !sure.is_empty()).then_some(sure)
    });
    Ok(Stage {
        line: from.line,
        name: name.map(str::to_ascii_lowercase),
        image: image.to_owned(),
        base: base(&usual(image), before),
        platform,
        constant_platform,
        instructions: Vec::new(),
    })
}

fn base(image: &str, before: &[Stage]) -> Base {
    let lower = image.to_ascii_lowercase();
    let is_named = |stage: &Stage| stage.name.as_deref() == Some(&lower);
    if let Some(index) = before.iter().rposition(is_named) {
        Base::Stage(index)
    } else if image.is_empty() || image.contains(HOLE) {
        Base::Unknown
    } else if image == "scratch" {
        Base::Scratch
    } else {
        Base::Image(image.to_owned())
    }
}
