//! The directives that may stand at the very top: `# escape=`, `# syntax=`, `# check=`.

use super::{Damage, DamageKind};

/// What the directives of a file say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directives {
    /// What joins two lines: a backslash, or a backtick.
    pub(crate) escape: char,
    /// The frontend that the file asks for.
    pub(crate) syntax: Option<String>,
}

/// Reads them. The first line that is none ends them; one that is not known is a comment, and ends them too.
pub(crate) fn read(text: &str) -> Result<Directives, Damage> {
    let mut found = Directives {
        escape: '\\',
        syntax: None,
    };
    for (line, number) in text.lines().zip(1..) {
        let Some((name, value)) = directive(line) else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "escape" => {
                found.escape = match value {
                    "\\" => '\\',
                    "`" => '`',
                    _ => return Err(DamageKind::BadEscape.at(number)),
                }
            }
            "syntax" => found.syntax = Some(value.to_owned()),
            "check" => {}
            _ => break,
        }
    }
    Ok(found)
}

fn directive(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim().strip_prefix('#')?.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_name && !value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_stand_at_the_top_only() {
        let escape = |text: &str| read(text).map(|found| found.escape);
        assert_eq!(escape("# escape=`\nFROM x"), Ok('`'));
        assert_eq!(
            escape("#syntax=docker/dockerfile:1\r\n#  ESCAPE = `\r\n"),
            Ok('`')
        );
        assert_eq!(escape("# a comment\n# escape=`\n"), Ok('\\'));
        assert_eq!(escape("\n# escape=`\n"), Ok('\\'));
        assert_eq!(escape("# other=1\n# escape=`\n"), Ok('\\'));
        let damaged = escape("# check=skip=all\n# escape=x\n").expect_err("it is damaged");
        assert_eq!(damaged, DamageKind::BadEscape.at(2));
    }
}
