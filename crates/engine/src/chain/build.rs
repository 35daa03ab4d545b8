//! How an image is built, as far as it tells: for remedies that name a command, a file and a line.

use futures_util::future::try_join_all;
use serde::Deserialize;

use super::root::{Found, Root};
use crate::{EngineError, FileKind, read};

/// The history of an image: instructions of a Dockerfile, some hundred at the most.
const HISTORY_BYTES: usize = 4 * 1024 * 1024;

/// The first ones of [`TOOLS`], of which almost every image has one: the others are asked for only where it has none.
const USUAL: usize = 2;

/// Package tools, the surest sign first.
const TOOLS: [(&str, &str); 8] = [
    ("/sbin/apk", "apk"),
    ("/usr/bin/apt-get", "apt-get"),
    ("/usr/bin/dnf", "dnf"),
    ("/usr/bin/microdnf", "microdnf"),
    ("/usr/bin/yum", "yum"),
    ("/usr/bin/zypper", "zypper"),
    ("/usr/bin/pacman", "pacman"),
    ("/bin/apk", "apk"),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Layer {
    created_by: Option<String>,
}

impl Root<'_> {
    /// The image's own package tool.
    pub async fn package_tool(&self) -> Result<Option<&'static str>, EngineError> {
        let (usual, rare) = TOOLS.split_at(USUAL);
        for tools in [usual, rare] {
            let found = try_join_all(tools.iter().map(|(path, _)| self.find(path))).await?;
            let is_there = |found: &Option<Found>| {
                found
                    .as_ref()
                    .is_some_and(|found| found.stat.kind == FileKind::Regular)
            };
            if let Some(at) = found.iter().position(is_there) {
                return Ok(Some(tools[at].1));
            }
        }
        Ok(None)
    }

    /// The last instruction of the image's history that brought a file of this name: `COPY start.sh /app/`.
    ///
    /// `None` when none does, or the engine has no history of the image any more.
    pub async fn copied_by(&self, path: &str) -> Result<Option<String>, EngineError> {
        let id = self.inspection.image_id();
        if !id
            .strip_prefix("sha256:")
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return Ok(None);
        }
        let asked = self
            .engine
            .get::<Vec<Layer>>(&format!("/images/{id}/history"), read::QUICK, HISTORY_BYTES)
            .await;
        match asked {
            Ok(layers) => Ok(layers
                .into_iter()
                .find_map(|layer| copies(&layer.created_by?, path))),
            Err(error @ (EngineError::Unreachable { .. } | EngineError::PermissionDenied { .. })) => {
                Err(error)
            }
            Err(_) => Ok(None),
        }
    }

    /// The folder of the Compose project that the container belongs to.
    pub fn compose_folder(&self) -> Option<&str> {
        let folder = self
            .inspection
            .text("/Config/Labels/com.docker.compose.project.working_dir");
        Some(folder).filter(|folder| !folder.is_empty())
    }
}

/// The instruction, without what builders add, when it copies something of this name, or a folder that `path` lies in.
fn copies(created_by: &str, path: &str) -> Option<String> {
    let instruction = created_by.trim().trim_start_matches("/bin/sh -c #(nop) ").trim();
    let instruction = instruction.split(" # buildkit").next()?.trim();
    let words: Vec<&str> = instruction.split_whitespace().collect();
    let (verb, rest) = words.split_first()?;
    if !matches!(*verb, "COPY" | "ADD") {
        return None;
    }
    let (to, from) = rest.split_last()?;
    let from: Vec<&&str> = from
        .iter()
        .filter(|word| !word.starts_with("--") && **word != "in")
        .collect();
    let base = |path: &str| {
        path.trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let whole = to.trim_end_matches('/');
    let below = whole.is_empty()
        || path
            .strip_prefix(whole)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // Old builders name a digest instead of the file.
    let fits = whole == path
        || from
            .iter()
            .any(|source| base(source) == base(path) || matches!(**source, "." | "./"));
    (below && fits && from.iter().all(|source| !source.starts_with("file:"))).then(|| instruction.to_owned())
}

#[cfg(test)]
mod tests {
    use super::copies;

    #[test]
    fn the_instruction_that_brings_a_file_is_found() {
        let path = "/app/start.sh";
        for (history, found) in [
            ("COPY start.sh /app/ # buildkit", Some("COPY start.sh /app/")),
            (
                "COPY --chmod=755 docker/start.sh /app/start.sh # buildkit",
                Some("COPY --chmod=755 docker/start.sh /app/start.sh"),
            ),
            ("COPY . /app # buildkit", Some("COPY . /app")),
            ("COPY . / # buildkit", Some("COPY . /")),
            ("COPY other.sh /app/ # buildkit", None),
            ("COPY start.sh /srv/ # buildkit", None),
            ("/bin/sh -c #(nop) COPY file:0123 in /app/start.sh ", None),
            ("RUN /bin/sh -c chmod +x /app/start.sh", None),
            ("COPY", None),
            ("", None),
        ] {
            assert_eq!(copies(history, path).as_deref(), found, "{history}");
        }
    }
}
