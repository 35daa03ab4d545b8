//! The end of what a container wrote.

use bollard::{container::LogOutput, query_parameters::LogsOptionsBuilder};
use futures_util::StreamExt as _;

use crate::{Engine, EngineError, read};

/// Lines that are asked for.
const LINES: &str = "400";

/// A line of a log may be as long as its writer likes; this many bytes in all are kept.
const LIMIT: usize = 512 * 1024;

/// One line, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Whether it came by standard error.
    pub stderr: bool,
    /// When, as the engine writes it; sorts as text.
    pub time: String,
    /// The text without its line end. Bytes that are no UTF-8 are replaced.
    pub text: String,
}

/// The last lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTail {
    /// In the order of their times: engines differ in how they interleave the two streams.
    pub lines: Vec<LogLine>,
    /// Whether there was more than the bound.
    pub cut: bool,
}

impl Engine {
    /// The last lines that container `id` wrote. An error when its logging driver cannot be read.
    pub async fn log_tail(&self, id: &str) -> Result<LogTail, EngineError> {
        let id = read::container_name(id)?;
        let options = LogsOptionsBuilder::default()
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .tail(LINES)
            .build();
        let collect = async {
            let mut tail = LogTail::default();
            let mut bytes = 0;
            let mut stream = std::pin::pin!(self.docker.logs(id, Some(options)));
            while let Some(output) = stream.next().await {
                let output = output.map_err(|error| self.error(error, "logs"))?;
                bytes += output.as_ref().len();
                if bytes > LIMIT {
                    tail.cut = true;
                    break;
                }
                tail.lines.extend(lines(&output));
            }
            tail.lines.sort_by(|left, right| left.time.cmp(&right.time));
            Ok(tail)
        };
        read::within(read::QUICK, "logs", collect).await
    }
}

fn lines(output: &LogOutput) -> Vec<LogLine> {
    let stderr = matches!(output, LogOutput::StdErr { .. });
    let text = String::from_utf8_lossy(output.as_ref());
    let line = |line: &str| {
        let (time, text) = line.split_once(' ').unwrap_or(("", line));
        LogLine {
            stderr,
            time: time.to_owned(),
            text: text.trim_end_matches('\r').to_owned(),
        }
    };
    text.lines().map(line).collect()
}
