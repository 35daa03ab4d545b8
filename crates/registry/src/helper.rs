//! Programs that keep passwords for Docker: `docker-credential-NAME`.

use std::{
    env::split_paths,
    ffi::OsStr,
    path::PathBuf,
    process::{Output, Stdio},
    time::Duration,
};

use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use crate::credentials::Credential;

/// How long a helper may take: it may ask a person to unlock a keychain.
const LIMIT: Duration = Duration::from_secs(30);

/// The most bytes that are read of it: a token is a few KiB.
const BYTES: u64 = 64 * 1024;

/// What helpers print, by agreement, when they have nothing for a registry.
const NOT_FOUND: &str = "credentials not found";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Kept {
    username: String,
    secret: String,
}

/// Asks the helper called `name`, found in `path`, for what it has for a server. It gets `path` as its own `PATH`, since
/// many helpers start others.
pub(crate) async fn ask(name: &str, server: &str, path: Option<&OsStr>) -> Credential {
    let unreadable = |reason: &str| Credential::Unreadable(format!("`docker-credential-{name}` {reason}"));
    if !is_name(name) {
        return Credential::Unreadable("Docker's `config.json` names a helper that cannot be one".to_owned());
    }
    let Some(program) = find(name, path) else {
        return unreadable("is not in the PATH");
    };
    let mut command = Command::new(program);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    match timeout(LIMIT, run(command, server)).await {
        Err(_) => unreadable("does not answer"),
        Ok(None) => unreadable("cannot be run"),
        Ok(Some(output)) => read(&output).unwrap_or_else(|| unreadable("fails")),
    }
}

/// Whether it is the end of a file's name, and nothing that leads to another folder.
fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

fn find(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let file = format!("docker-credential-{name}");
    let mut folders = split_paths(path?).filter(|folder| folder.is_absolute());
    folders.find_map(|folder| Some(folder.join(&file)).filter(|program| program.is_file()))
}

async fn run(mut command: Command, server: &str) -> Option<Output> {
    let child = command
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    converse(child.ok()?, server).await.ok()
}

async fn converse(mut child: Child, server: &str) -> std::io::Result<Output> {
    let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
    if let Some(stdin) = &mut stdin {
        // A helper that does not read its input can still answer.
        let _written = stdin.write_all(server.as_bytes()).await;
    }
    drop(stdin);
    let mut text = Vec::new();
    if let Some(stdout) = stdout {
        stdout.take(BYTES).read_to_end(&mut text).await?;
    }
    Ok(Output {
        status: child.wait().await?,
        stdout: text,
        stderr: Vec::new(),
    })
}

/// What a helper's output means; `None` is a failure. What it printed is never repeated: there may be a secret in it.
fn read(output: &Output) -> Option<Credential> {
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stdout);
        return text.contains(NOT_FOUND).then_some(Credential::Anonymous);
    }
    let kept: Kept = serde_json::from_slice(&output.stdout).ok()?;
    Some(match (kept.username.as_str(), kept.secret.is_empty()) {
        (_, true) => Credential::Anonymous,
        ("<token>", false) => Credential::Identity(kept.secret),
        (_, false) => Credential::Password {
            user: kept.username,
            password: kept.secret,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    async fn answer(script: &str) -> Credential {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("docker-credential-test");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        ask("test", "example.com", Some(path.as_ref())).await
    }

    #[tokio::test]
    async fn a_helper_is_asked_for_the_server_and_answers_with_what_it_keeps() {
        let script = r#"read -r server; printf '{"Username": "%s", "Secret": "%s"}' "$1" "$server""#;
        let expected = Credential::Password {
            user: "get".to_owned(),
            password: "example.com".to_owned(),
        };
        assert_eq!(answer(script).await, expected);
    }

    #[tokio::test]
    async fn a_helper_can_keep_a_token_or_nothing() {
        let token = r#"echo '{"Username": "<token>", "Secret": "one"}'"#;
        assert_eq!(answer(token).await, Credential::Identity("one".to_owned()));
        let nothing = "echo credentials not found in native keychain; exit 1";
        assert_eq!(answer(nothing).await, Credential::Anonymous);
    }

    #[tokio::test]
    async fn a_helper_that_fails_is_named_and_its_words_are_not_repeated() {
        for script in ["echo secret; exit 1", "echo secret", "kill -9 $$"] {
            let Credential::Unreadable(reason) = answer(script).await else {
                panic!("{script}");
            };
            assert!(reason.contains("docker-credential-test"), "{reason}");
            assert!(!reason.contains("secret"), "{reason}");
        }
    }

    #[tokio::test]
    async fn only_programs_of_the_given_path_are_run() {
        for name in ["../sh", "", "a/b", "missing"] {
            let given = ask(name, "example.com", Some("/bin:/usr/bin".as_ref())).await;
            assert!(matches!(given, Credential::Unreadable(_)), "{name}");
        }
        assert!(matches!(
            ask("pass", "example.com", None).await,
            Credential::Unreadable(_)
        ));
    }
}
