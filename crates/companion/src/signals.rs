//! The signals that ask a program to end, and the exit codes that shells expect then.

use std::io::{self, IsTerminal as _};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a shell adds to a signal's number.
const BY_SIGNAL: u8 = 128;

/// Hears the signals that ask for the end; one that the program was started deaf to is not among them.
#[derive(Debug)]
pub struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hangup: Option<Signal>,
}

impl Signals {
    /// Begins to hear; must be called within a tokio runtime. A signal that cannot be heard ends the program as it does any other.
    pub fn hear() -> Self {
        // `nohup` is asked for what should outlive its terminal.
        let hangup = (!is_deaf_to_hangup()).then(|| signal(SignalKind::hangup()));
        let heard = |signal: io::Result<Signal>| signal.ok();
        Self {
            interrupt: heard(signal(SignalKind::interrupt())),
            terminate: heard(signal(SignalKind::terminate())),
            hangup: hangup.and_then(heard),
        }
    }

    /// Waits for the next of them, and gives the exit code that goes with it.
    pub async fn next(&mut self) -> u8 {
        tokio::select! {
            () = next_of(&mut self.interrupt) => BY_SIGNAL + 2,
            () = next_of(&mut self.terminate) => BY_SIGNAL + 15,
            () = next_of(&mut self.hangup) => BY_SIGNAL + 1,
        }
    }
}

async fn next_of(signal: &mut Option<Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if heard.is_none() {
        std::future::pending::<()>().await;
    }
}

/// Linux tells it. Elsewhere a program cannot ask without changing it, and `nohup` is known by what it leaves no terminal.
fn is_deaf_to_hangup() -> bool {
    if !cfg!(target_os = "linux") {
        return !io::stdout().is_terminal() && !io::stderr().is_terminal();
    }
    let told = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = told.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 != 0))
}
