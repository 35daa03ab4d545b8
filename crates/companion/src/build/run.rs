//! Runs a build that was planned, tells how far it is, and says what came of it.

use std::{
    io::Read as _,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader},
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};

use super::{
    Buildx, Cause, Plan, Step,
    buildx::{Running, of_buildx},
    tracker::Tracker,
};
use crate::{compose::Failure, problem::plain};

/// A vertex with a large log is some hundred kilobytes.
const LINE_BYTES: u64 = 1024 * 1024;
/// Lines that wait to be read.
const LINES: usize = 64;
/// People read no faster than this.
const TELL: Duration = Duration::from_millis(200);
/// What buildx writes of the result holds attestations too.
const METADATA_BYTES: u64 = 4 * 1024 * 1024;
/// The last sentences that say why it failed.
const LAST_LINES: usize = 4;
/// How long what it said is read after its end: what it leaves running may hold its pipes open for ever.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It was asked to end.
    Asked,
    /// It could not be run.
    Broken(Failure),
    /// It failed: in which step, by which cause, and its own words.
    Failed {
        step: Option<String>,
        cause: Option<Cause>,
        said: String,
    },
}

/// Builds, and returns the digest of the result where buildx tells it. `stop` ends it.
pub(crate) async fn run(
    buildx: &Buildx,
    plan: &Plan,
    tell: &(dyn Fn(Vec<Step>) + Send + Sync),
    stop: impl Future<Output = ()>,
) -> Result<Option<String>, Stopped> {
    let broken = |error: std::io::Error| Stopped::Broken(Failure::Broken(error.to_string()));
    let metadata = tempfile::NamedTempFile::new().map_err(broken)?;
    let mut words = of_buildx(&plan.words);
    words.insert(2, "--progress=rawjson".into());
    words.insert(3, "--metadata-file".into());
    words.insert(4, metadata.path().into());
    let mut running = buildx
        .start(&words, &plan.options.context)
        .map_err(Stopped::Broken)?;
    let (stdout, stderr) = running.pipes();
    let (said, hears) = mpsc::channel(LINES);
    let readers = [tokio::spawn(drain(stdout)), tokio::spawn(read(stderr, said))];
    let mut tracker = Tracker::new(&plan.spots);
    let status = tokio::select! {
        ended = hear(&mut running, hears, &mut tracker, tell) => Some(ended),
        () = stop => None,
    };
    let Some(status) = status else {
        running.stop().await;
        return Err(Stopped::Asked);
    };
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    let (status, last) = status.map_err(broken)?;
    if status.success() {
        return Ok(digest(metadata.path()));
    }
    Err(failed(&tracker, &last))
}

fn failed(tracker: &Tracker, last: &[String]) -> Stopped {
    let step = tracker.failed();
    let own = step.map_or_else(Vec::new, |step| {
        step.said.iter().chain(&step.error).cloned().collect()
    });
    let said = if own.is_empty() {
        last.join("; ")
    } else {
        own.join("; ")
    };
    let all = format!("{}; {}", own.join("; "), last.join("; "));
    Stopped::Failed {
        step: step.map(|step| step.name.clone()),
        cause: Cause::of(&all),
        said,
    }
}

/// Hears it until it ends, and keeps the last sentences that are no part of the stream.
async fn hear(
    running: &mut Running,
    mut hears: mpsc::Receiver<Vec<u8>>,
    tracker: &mut Tracker,
    tell: &(dyn Fn(Vec<Step>) + Send + Sync),
) -> std::io::Result<(std::process::ExitStatus, Vec<String>)> {
    let mut last = Vec::new();
    let mut ticks = interval(TELL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut status = None;
    loop {
        let line = tokio::select! {
            line = hears.recv() => line,
            _ = ticks.tick() => {
                publish(tracker, tell);
                continue;
            }
            ended = running.ended(), if status.is_none() => {
                status = Some(ended?);
                continue;
            }
            () = tokio::time::sleep(LAST_WORDS), if status.is_some() => None,
        };
        let Some(line) = line else { break };
        if !tracker.hear(&line, Instant::now()) {
            last.push(plain(String::from_utf8_lossy(&line).trim()));
            let surplus = last.len().saturating_sub(LAST_LINES);
            last.drain(..surplus);
        }
    }
    publish(tracker, tell);
    let status = match status {
        Some(status) => status,
        None => running.ended().await?,
    };
    Ok((status, last))
}

fn publish(tracker: &mut Tracker, tell: &(dyn Fn(Vec<Step>) + Send + Sync)) {
    let changes = tracker.changes();
    if !changes.is_empty() {
        tell(changes);
    }
}

async fn drain(from: Option<impl AsyncRead + Unpin>) {
    if let Some(mut from) = from {
        // With `--progress=rawjson` and without `--output` nothing is expected here.
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await.ok();
    }
}

/// Sends the lines of `from`, each cut. That nobody hears any more ends it.
async fn read(from: Option<impl AsyncRead + Unpin>, said: mpsc::Sender<Vec<u8>>) {
    let Some(from) = from else { return };
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        let count = (&mut from).take(LINE_BYTES).read_until(b'\n', &mut line).await;
        if count.is_err() || line.is_empty() {
            return;
        }
        if !line.trim_ascii().is_empty() && said.send(line).await.is_err() {
            return;
        }
    }
}

/// The digest of what was built. A builder that told none leaves it unknown.
fn digest(metadata: &Path) -> Option<String> {
    let file = std::fs::File::open(metadata).ok()?;
    let mut bytes = Vec::new();
    file.take(METADATA_BYTES).read_to_end(&mut bytes).ok()?;
    let document: Value = serde_json::from_slice(&bytes).ok()?;
    let digest = document.get("containerimage.digest")?.as_str()?;
    let is_digest = digest.starts_with("sha256:") && digest.len() == "sha256:".len() + 64;
    is_digest.then(|| plain(digest))
}
