//! Which translator a running container's processes show.

use serde::Deserialize;

use crate::{Engine, EngineError, read};

/// Processes of a container; a build farm has some thousands.
const BYTES: usize = 4 * 1024 * 1024;

/// A translator that was seen in a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Translator {
    /// Apple's.
    Rosetta,
    /// QEMU's user mode.
    Qemu,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Top {
    titles: Option<Vec<String>>,
    processes: Option<Vec<Vec<String>>>,
}

impl Engine {
    /// The translator that runs the processes of container `id`.
    ///
    /// That one is seen proves that it translates; that none is seen proves nothing, because some runtimes hide it.
    pub async fn translator_seen(&self, id: &str) -> Result<Option<Translator>, EngineError> {
        let shown = self.translator_shown(id).await?;
        Ok(shown.map(|(translator, _)| translator))
    }

    /// The same with the command line that shows it: foreign text.
    pub(crate) async fn translator_shown(
        &self,
        id: &str,
    ) -> Result<Option<(Translator, String)>, EngineError> {
        let id = read::container_name(id)?;
        let top: Top = self
            .get(&format!("/containers/{id}/top"), read::QUICK, BYTES)
            .await?;
        let titles = top.titles.unwrap_or_default();
        let Some(column) = titles
            .iter()
            .position(|title| matches!(title.as_str(), "CMD" | "COMMAND"))
        else {
            return Ok(None);
        };
        let processes = top.processes.unwrap_or_default();
        Ok(processes
            .iter()
            .filter_map(|process| process.get(column))
            .find_map(|command| Some((translator_of(command)?, command.clone()))))
    }
}

/// By the first word only: arguments are the user's.
fn translator_of(command: &str) -> Option<Translator> {
    let program = command.split(' ').next()?;
    let name = program.rsplit('/').next()?;
    match name {
        "rosetta" | "[rosetta]" => Some(Translator::Rosetta),
        name if name.starts_with("qemu-") || program.contains("/qemu-binfmt/") => Some(Translator::Qemu),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translators_are_told_by_the_first_word_of_a_command_line() {
        let cases = [
            (
                "/usr/libexec/qemu-binfmt/aarch64-binfmt-P /bin/sh sleep 20",
                Some(Translator::Qemu),
            ),
            ("/usr/bin/qemu-x86_64 /bin/sh /bin/sh", Some(Translator::Qemu)),
            (
                "/run/rosetta/rosetta /usr/bin/sleep 120",
                Some(Translator::Rosetta),
            ),
            ("/mnt/lima-rosetta/rosetta /bin/sh", Some(Translator::Rosetta)),
            ("[rosetta] /bin/sh", Some(Translator::Rosetta)),
            ("nginx: worker for /run/rosetta/rosetta", None),
            ("sleep 20", None),
            ("", None),
        ];
        for (command, translator) in cases {
            assert_eq!(translator_of(command), translator, "{command}");
        }
    }
}
